//! What an answer to an approval request says: the words of a mail, or of a text alone. `record_approval` decides by it and
//! `inspect` shows it.

use super::mail_facts::{plain_body, whole_text};
use crate::domain::approval::reply::understand_both;
use crate::domain::approval::{Reply, Verb, understand};
use crate::domain::message::new_text::{NewText, new_text};
use crate::formats::html::{self, Quotes};
use crate::formats::mime::{Mail, Part};

/// What its sender wrote, without what it quotes. A mail in HTML alone loses what its program marked as quoted before its
/// tags go: no line of the text shows it afterwards.
pub fn new_words(mail: &Mail<'_>) -> NewText {
    let plain = plain_body(mail);
    if plain.trim().is_empty() {
        return html_body(mail).unwrap_or_default();
    }
    new_text(&plain)
}

/// What the sender wrote, in the text part and in the HTML part where there are both.
pub fn of_mail(mail: &Mail<'_>) -> Reply {
    let text = new_words(mail);
    if plain_body(mail).trim().is_empty() {
        return if_certain(understand(&text.text), text.certain);
    }
    let marked = html_body(mail);
    let html = marked.as_ref().map(|marked| marked.text.as_str());
    if_certain(understand_both(&text.text, html), text.certain)
}

fn html_body(mail: &Mail<'_>) -> Option<NewText> {
    let own = |part: &&Part<'_>| {
        part.inside.is_none() && part.name.is_none() && part.content_type == "text/html"
    };
    let first = mail.parts.iter().find(own)?;
    let markup = whole_text(mail, first)?;
    Some(new_text(&html::text(&markup, Quotes::Drop)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mime;

    #[test]
    fn an_answer_in_html_alone_keeps_nothing_of_what_its_program_quotes() {
        let quote = "<p>Please approve bill RE-7. Answer APPROVE or REJECT.</p>";
        for body in [
            format!(
                "<div>Approved</div><div class=\"gmail_quote\">On Sat, Anna wrote:<blockquote>{quote}</blockquote></div>"
            ),
            format!(
                "<p>Approved</p><hr><div id=\"divRplyFwdMsg\"><b>From:</b> ap@fin.test</div>{quote}"
            ),
            format!(
                "<p>Approved</p><div class=\"moz-cite-prefix\">Am 21.11.26 schrieb ap:</div><blockquote type=\"cite\">{quote}</blockquote>"
            ),
            format!(
                "<p>Approved</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p><b>Von:</b> ap@fin.test<br><b>Gesendet:</b> Samstag<br><b>An:</b> Anna<br><b>Betreff:</b> Rechnung</p></div>{quote}"
            ),
        ] {
            let raw = format!("From: anna@example.com\r\nContent-Type: text/html\r\n\r\n{body}");
            let mail = mime::read(raw.as_bytes()).expect("a mail");
            let new = new_words(&mail);
            assert_eq!(
                (new.text.as_str(), new.certain),
                ("Approved", true),
                "{body}"
            );
            assert_eq!(of_mail(&mail).verb, Verb::Approve, "{body}");
        }
    }
}
