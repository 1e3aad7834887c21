//! What an answer to an approval request says: the words of a mail, or of a text alone. `record_approval` decides by it and
//! `inspect` shows it.

use super::mail_facts::plain_body;
use crate::domain::approval::reply::understand_both;
use crate::domain::approval::{Reply, Verb, understand};
use crate::domain::message::new_text::new_text;
use crate::formats::html::{self, Quotes};
use crate::formats::mime::{Mail, Part};

/// What the sender wrote, in the text part and in the HTML part where there are both.
pub fn of_mail(mail: &Mail<'_>) -> Reply {
    let own = |part: &&Part<'_>| {
        part.inside.is_none() && part.name.is_none() && part.content_type == "text/html"
    };
    let marked = mail.parts.iter().find(own).and_then(Part::text);
    let marked = marked.map(|markup| new_text(&html::text(&markup, Quotes::Drop)));
    let plain = plain_body(mail);
    if plain.trim().is_empty() {
        let text = marked.unwrap_or_default();
        return if_certain(understand(&text.text), text.certain);
    }
    let text = new_text(&plain);
    let html = marked.as_ref().map(|marked| marked.text.as_str());
    if_certain(understand_both(&text.text, html), text.certain)
}

/// What a text says that came without a mail around it.
pub fn of_text(text: &str) -> Reply {
    let text = new_text(text);
    if_certain(understand(&text.text), text.certain)
}

/// Where the cut between new and quoted text is uncertain, no word of it decides.
fn if_certain(reply: Reply, certain: bool) -> Reply {
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
