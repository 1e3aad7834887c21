//! `inspect` of a mail: where it goes, what it says, what is in it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Inspector, failed};
use crate::basics::address::MailAddress;
use crate::basics::ids::ContentHash;
use crate::domain::approval::Reply;
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::pair::{Told, pair};
use crate::domain::message::authenticity::{OwnChecks, authenticity};
use crate::domain::message::new_text::new_text;
use crate::domain::message::{MessageState, Route};
use crate::formats::mime;
use crate::steps::answer_words;
use crate::steps::carried::carried_in_pages;
use crate::steps::open_mail::{OpenedMail, open};
use crate::steps::read_content::Understood;
use crate::steps::unpack_mail::take_apart;

impl Inspector {
    pub(super) async fn message(&self, shown: &str, bytes: Vec<u8>) -> Value {
        let raw = Arc::new(bytes);
        let opened = match self.taken_apart(shown, &raw).await {
            Ok(opened) => opened,
            Err(why) => return why,
        };
        let (documents, set_aside) = self.documents(&opened).await;
        let mut value = self.message_head(shown, &opened);
        if opened.routed.route == Route::ApprovalReply {
            let says = mime::read(&raw).map(|mail| answer_words::of_mail(&mail));
            decided(&mut value, says.ok());
        }
        if let Some(object) = value.as_object_mut() {
            object.insert("documents".into(), json!(documents));
            object.insert("set_aside".into(), json!(set_aside));
        }
        value
    }

    /// The mail opened, or what to show of one that cannot be.
    pub(super) async fn taken_apart(
        &self,
        shown: &str,
        raw: &Arc<Vec<u8>>,
    ) -> Result<OpenedMail, Value> {
        let passwords = |_: Option<&MailAddress>| self.context.passwords.clone();
        match take_apart(&self.reader, raw, &self.context.ours, passwords).await {
            Ok(Ok(opened)) => Ok(opened),
            Ok(Err(error)) => Err(quarantined(shown, &error)),
            Err(error) => Err(failed(shown, &error.to_string())),
        }
    }

    /// The documents of a mail, and what is set aside.
    pub(super) async fn documents(&self, opened: &OpenedMail) -> (Vec<Value>, Vec<Value>) {
        let domain = opened.facts.from.first().map(|from| from.domain());
        let from = opened.facts.sender();
        let (mut read, mut parted) = (Vec::new(), Vec::new());
        for document in &opened.documents {
            let mail = MailFacts {
                subject: &opened.facts.subject,
                from_domain: domain,
                mailbox_side: None,
                file_name: &document.name,
            };
            let Understood {
                content,
                reading,
                pieces,
            } = self.document(document, mail, from).await;
            let inside = carried_in_pages(document, &content).into_iter();
            parted.extend(inside.map(|part| json!({"name": part.name, "why": part.why})));
            if pieces.is_empty() {
                read.push((document, reading, None));
                continue;
            }
            let why = reading.classification.reasons.join("; ");
            parted.push(json!({"name": document.name, "why": why}));
            let bills = pieces.into_iter();
            read.extend(bills.map(|piece| (document, piece.reading, Some(piece.pages))));
        }
        let pairs = pair(
            &mut read
                .iter_mut()
                .map(|(document, reading, _)| Told {
                    is_body: document.is_body(),
                    reading,
                })
                .collect::<Vec<_>>(),
        );
        let documents = read
            .iter()
            .enumerate()
            .filter(|(index, _)| !pairs.iter().any(|pair| pair.rendering == *index));
        let documents = documents
            .map(|(_, (document, reading, pages))| {
                let hash = ContentHash::of(&document.bytes);
                super::json::part(&document.name, hash, reading, pages.as_ref())
            })
            .collect::<Vec<_>>();
        let renderings = pairs.iter().filter_map(|pair| {
            let (rendering, _, _) = read.get(pair.rendering)?;
            let (master, _, _) = read.get(pair.master)?;
            Some(json!({"name": rendering.name, "why": pair.why(&master.name)}))
        });
        let set_aside = opened
            .set_aside
            .iter()
            .map(|part| json!({"name": part.name, "why": part.why}))
            .chain(parted)
            .chain(renderings)
            .collect::<Vec<_>>();
        (documents, set_aside)
    }

    fn message_head(&self, shown: &str, opened: &OpenedMail) -> Value {
        let facts = &opened.facts;
        let proven = authenticity(facts, &OwnChecks::default(), &self.context.authenticity);
        let deliveries = opened.routed.report.iter().flat_map(|report| &report.recipients).map(|delivery| {
            json!({"recipient": delivery.recipient, "action": delivery.action.as_str(), "status": delivery.status, "diagnostic": delivery.diagnostic})
        });
        // About these the daemon asks a person.
        let closed = opened.left_closed.iter();
        let closed = closed.map(|name| format!("{name} cannot be opened: ask for it as a PDF"));
        let issues = opened.issues.iter().cloned().chain(closed);
        json!({
            "file": shown,
            "type": "message",
            "state": MessageState::Read.as_str(),
            "route": opened.routed.route.as_str(),
            "reasons": opened.routed.reasons,
            "from": facts.from.first().map(ToString::to_string),
            "subject": facts.subject,
            "message_id": facts.message_id.as_ref().map(ToString::to_string),
            "authenticity": {"dkim": proven.dkim.as_str(), "spf": proven.spf.as_str(), "dmarc": proven.dmarc.as_str(), "reasons": proven.reasons},
            "new_text": opened.new_text.text,
            "deliveries": deliveries.collect::<Vec<_>>(),
            "issues": issues.collect::<Vec<_>>(),
        })
    }

    /// The file as the text of a reply.
    pub(super) fn reply(&self, shown: &str, bytes: &[u8], is_mail: bool) -> Value {
        let (mut value, text, says) = if is_mail {
            let (opened, mail) = match (open(bytes, &self.context.ours), mime::read(bytes)) {
                (Ok(opened), Ok(mail)) => (opened, mail),
                (Err(error), _) | (_, Err(error)) => return quarantined(shown, &error),
            };
            let head = self.message_head(shown, &opened);
            (head, opened.new_text, answer_words::of_mail(&mail))
        } else {
            let text = String::from_utf8_lossy(bytes);
            let head = json!({"file": shown, "type": "message", "issues": []});
            (head, new_text(&text), answer_words::of_text(&text))
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("new_text".into(), json!(text.text));
            object.insert("new_text_certain".into(), json!(text.certain));
        }
        decided(&mut value, Some(says));
        value
    }
}

/// What the answer says; whether it counts is decided by its token and its sender.
fn decided(value: &mut Value, says: Option<Reply>) {
    if let (Some(object), Some(says)) = (value.as_object_mut(), says) {
        let decision = json!({"verb": says.verb.as_str(), "reason": says.reason, "why": says.why});
        object.insert("decision".into(), decision);
    }
}

/// A mail that the daemon puts into quarantine, in the words it tells there.
fn quarantined(shown: &str, why: &mime::Unreadable) -> Value {
    let state = MessageState::Quarantined.as_str();
    json!({"file": shown, "type": "message", "state": state, "route": "nothing", "documents": [], "set_aside": [], "issues": [why.to_string()]})
}
