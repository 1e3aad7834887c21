//! An answer as it was read: who sent it, what proves that, what it says.

use crate::basics::ids::MessageId;
use crate::basics::token::ReplyToken;
use crate::domain::approval::{Reply, understand};
use crate::domain::message::Message;
use crate::domain::message::authenticity::authenticates;
use crate::domain::message::automatic::automatic;
use crate::domain::message::facts::MailFacts;
use crate::domain::message::token::find_tokens;
use crate::formats::mime;
use crate::io::dkim::Checked;
use crate::io::limits::MAX_MAIL_BYTES;
use crate::steps::mail_facts::{body_text, mail_facts};
use crate::steps::{Office, StepError, answer_words};

/// An answer as it was read.
pub struct Answer {
    /// The tokens it carries, the most believable place first.
    pub tokens: Vec<ReplyToken>,
    /// Its facts; of a mail that cannot be read, none.
    pub mail: MailFacts,
    /// Why it is taken for a program's mail.
    pub automatic: Option<String>,
    /// It carries another mail.
    pub carries_mail: bool,
    /// How the sender was proved, or why not.
    pub proof: Result<String, String>,
    /// Our name server gave no answer: the same mail may be proved when it does.
    pub may_be_proved_later: bool,
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
    let bytes = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let checked = match &office.dkim {
        Some(checker) => checker.check(&bytes, message.received_at).await,
        None => Checked::default(),
    };
    let repeated = repeats(office, message).await?;
    let Ok(mail) = mime::read(&bytes) else {
        return Ok(unreadable(repeated));
    };
    let facts = mail_facts(&mail, body_text(&mail), 0);
    let proof = match facts.from.as_slice() {
        [from] => authenticates(from, &facts, &checked.own, &office.rules.authenticity)
            .map(|proof| proof.describe())
            .map_err(|unproven| unproven.reason),
        _ => Err("the mail does not name exactly one sender".into()),
    };
    let may_be_proved_later = proof.is_err() && checked.is_undecided;
    let proof = proof.map_err(|why| match may_be_proved_later {
        true => {
            format!("{why}; our name server does not answer, so signatures could not be checked")
        }
        false => why,
    });
    let ours = office.own_mail();
    let sightings = find_tokens(&facts, &ours);
    Ok(Answer {
        tokens: sightings.into_iter().map(|seen| seen.token).collect(),
        automatic: automatic(&facts, &ours).map(|found| found.why),
        carries_mail: mail.parts.iter().any(|part| part.opened.is_some()),
        proof,
        may_be_proved_later,
        reply: answer_words::of_mail(&mail),
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
        may_be_proved_later: false,
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
