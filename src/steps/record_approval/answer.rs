//! An answer as it was read: who sent it, what proves that, what it says.

use crate::basics::ids::MessageId;
use crate::domain::approval::reply::understand_both;
use crate::domain::approval::{Reply, Token, Verb, understand};
use crate::domain::message::Message;
use crate::domain::message::authenticity::authenticates;
use crate::domain::message::automatic::automatic;
use crate::domain::message::facts::MailFacts;
use crate::domain::message::new_text::new_text;
use crate::domain::message::token::find_tokens;
use crate::formats::html::{self, Quotes};
use crate::formats::mime::{self, Mail, Part};
use crate::steps::mail_facts::{mail_facts, plain_body};
use crate::steps::{Office, StepError};

/// An answer as it was read.
pub struct Answer {
    /// The tokens it carries, the most believable place first.
    pub tokens: Vec<Token>,
    /// Its facts; of a mail that cannot be read, none.
    pub mail: MailFacts,
    /// Why it is taken for a program's mail.
    pub automatic: Option<String>,
    /// It carries another mail.
    pub carries_mail: bool,
    /// How the sender was proved, or why not.
    pub proof: Result<String, String>,
    /// What it says.
    pub reply: Reply,
    /// A mail with the same Message-ID came before.
    pub repeated: bool,
}

/// Reads the stored mail again: what was noted of it at its arrival decides nothing here.
///
/// # Errors
/// What the store or the vault met.
pub async fn read(office: &Office, message: &Message) -> Result<Answer, StepError> {
    let limit = u64::try_from(mime::MAX_MAIL_BYTES).unwrap_or(u64::MAX);
    let bytes = office.vault.get(message.content, limit).await?;
    let own = match &office.dkim {
        Some(checker) => checker.check(&bytes).await,
        None => Vec::new(),
    };
    let repeated = repeats(office, message).await?;
    let Ok(mail) = mime::read(&bytes) else {
        return Ok(unreadable(repeated));
    };
    let facts = mail_facts(&mail, plain_body(&mail), 0);
    let proof = match facts.from.as_slice() {
        [from] => authenticates(from, &facts, &own, &office.rules.authenticity)
            .map(|proof| proof.describe())
            .map_err(|unproven| unproven.reason),
        _ => Err("the mail does not name exactly one sender".into()),
    };
    let sightings = find_tokens(&facts);
    Ok(Answer {
        tokens: sightings
            .iter()
            .filter_map(|seen| Token::parse(seen.token.as_str()))
            .collect(),
        automatic: automatic(&facts, &office.rules.installation).map(|found| found.why),
        carries_mail: mail.parts.iter().any(|part| part.opened.is_some()),
        proof,
        reply: words(&mail, &facts.text),
        repeated,
        mail: facts,
    })
}

fn unreadable(repeated: bool) -> Answer {
    Answer {
        tokens: Vec::new(),
        mail: MailFacts::default(),
        automatic: None,
        carries_mail: false,
        proof: Err("the mail cannot be read".into()),
        reply: understand(""),
        repeated,
    }
}

/// Of several mails with one Message-ID the first counts.
async fn repeats(office: &Office, message: &Message) -> Result<bool, StepError> {
    let Some(header) = &message.header_message_id else {
        return Ok(false);
    };
    let place =
        |message: &Message| -> (jiff::Timestamp, MessageId) { (message.received_at, message.id) };
    let same = office.store.messages_by_header(header).await?;
    Ok(same.iter().any(|other| place(other) < place(message)))
}

/// What the sender wrote, in the text part and in the HTML part where there are both. Where the cut between new and quoted
/// text is uncertain, no word of it decides.
fn words(mail: &Mail<'_>, plain: &str) -> Reply {
    let own = |part: &&Part<'_>| {
        part.inside.is_none() && part.name.is_none() && part.content_type == "text/html"
    };
    let marked = mail.parts.iter().find(own).and_then(Part::text);
    let marked = marked.map(|markup| new_text(&html::text(&markup, Quotes::Drop)));
    let (reply, certain) = if plain.trim().is_empty() {
        let text = marked.unwrap_or_default();
        (understand(&text.text), text.certain)
    } else {
        let text = new_text(plain);
        (
            understand_both(&text.text, marked.as_ref().map(|m| m.text.as_str())),
            text.certain,
        )
    };
    let decides = matches!(reply.verb, Verb::Approve | Verb::Reject);
    if decides && !certain {
        return Reply {
            verb: Verb::Unclear,
            reason: None,
            why: "it is not certain which of its words are new",
            ..reply
        };
    }
    reply
}
