//! Where a mail goes: by what it is, then by what it answers.

use super::Route;
use super::automatic::{Automatic, AutomaticKind, automatic};
use super::delivery_report::{DeliveryReport, delivery_report, is_feedback_report};
use super::facts::MailFacts;
use super::own::OwnMail;
use super::token::{TokenPlace, TokenPurpose, TokenSighting, find_tokens, is_reminder_id};

/// A route and what led to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Routed {
    /// Where it goes.
    pub route: Route,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The tokens found, best first.
    pub tokens: Vec<TokenSighting>,
    /// Set when a program wrote the mail: it is not answered, whatever its route.
    pub automatic: Option<Automatic>,
    /// Read out of a delivery report.
    pub report: Option<DeliveryReport>,
}

/// Where in a mail a bill may be typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MayBeTyped {
    /// Nowhere.
    Nowhere,
    /// In each attached mail that brings no document: the text beside a document is its covering letter.
    InAttachedMails,
    /// In the mail itself and in each attached to it.
    Anywhere,
}

impl Routed {
    /// An answer to a request of ours that bears the mark of a program: some mail systems set such marks on what people write.
    pub fn is_marked_answer(&self) -> bool {
        let automatic = self.automatic.as_ref();
        let is_marked = automatic.is_some_and(|found| found.kind == AutomaticKind::Bulk);
        let mut tokens = self.tokens.iter();
        is_marked && tokens.any(|seen| seen.purpose == TokenPurpose::Approval)
    }

    /// A mail that brings nothing and answers nothing may be the bill itself, and so may each mail attached to it. Billing
    /// programs write such mails, too; what answers by itself, or is our own, does not bill us.
    pub fn may_be_typed(&self) -> MayBeTyped {
        match self.automatic.as_ref().map(|automatic| automatic.kind) {
            Some(AutomaticKind::OwnMail | AutomaticKind::Reply) => return MayBeTyped::Nowhere,
            Some(AutomaticKind::Bulk) | None => {}
        }
        match self.route {
            Route::Nothing => MayBeTyped::Anywhere,
            Route::Documents => MayBeTyped::InAttachedMails,
            Route::ApprovalReply
            | Route::AutomaticReply
            | Route::CustomerReply
            | Route::DeliveryReport
            | Route::FeedbackReport => MayBeTyped::Nowhere,
        }
    }
}

/// Decides. What programs write is recognised before any token: an absence notice or a bounce quotes the token of the
/// request it answers, and must not be taken for the approver's answer.
pub fn route(mail: &MailFacts, ours: &OwnMail) -> Routed {
    let tokens = find_tokens(mail, ours);
    let automatic = automatic(mail, ours);
    let to = |route: Route, reasons: Vec<String>| Routed {
        route,
        reasons,
        tokens: tokens.clone(),
        automatic: automatic.clone(),
        report: None,
    };
    if is_feedback_report(mail) {
        return to(Route::FeedbackReport, vec!["a complaint (RFC 5965)".into()]);
    }
    let program = automatic
        .as_ref()
        .map(|found| (found.kind, found.why.clone()));
    if let Some((AutomaticKind::OwnMail, why)) = &program {
        return to(Route::Nothing, vec![why.clone()]);
    }
    if let Some(report) = delivery_report(mail) {
        let reasons = report.reasons.clone();
        return Routed {
            report: Some(report),
            ..to(Route::DeliveryReport, reasons)
        };
    }
    if let Some((AutomaticKind::Reply, why)) = &program {
        // Some billing systems mark their invoices as replies; an absence notice brings no file.
        let brings_documents = mail.documents > 0 && !has_answer_token(&tokens);
        if !brings_documents {
            return to(Route::AutomaticReply, vec![why.clone()]);
        }
    }
    if let Some((purpose, why)) = answered(mail, &tokens) {
        let route = if purpose == TokenPurpose::Reminder {
            Route::CustomerReply
        } else {
            Route::ApprovalReply
        };
        // A program that answers our question has not decided it.
        return match &program {
            Some((_, by_program)) if route == Route::ApprovalReply => {
                to(Route::AutomaticReply, vec![why, by_program.clone()])
            }
            _ => to(route, vec![why]),
        };
    }
    match mail.documents {
        0 => to(
            Route::Nothing,
            vec!["no document in it, and it answers nothing of ours".into()],
        ),
        1 => to(Route::Documents, vec!["one document".into()]),
        many => to(Route::Documents, vec![format!("{many} documents")]),
    }
}

fn has_answer_token(tokens: &[TokenSighting]) -> bool {
    tokens
        .iter()
        .any(|seen| seen.purpose != TokenPurpose::Envelope)
}

/// What our mail asked that this one answers. A reminder is told by its Message-ID; every other token by its case.
fn answered(mail: &MailFacts, tokens: &[TokenSighting]) -> Option<(TokenPurpose, String)> {
    let reminder = mail.thread.iter().any(|id| is_reminder_id(id.as_str()));
    let best = tokens
        .iter()
        .find(|seen| seen.purpose != TokenPurpose::Envelope);
    let approval = tokens
        .iter()
        .find(|seen| seen.purpose == TokenPurpose::Approval);
    match (approval.or(best), reminder) {
        (Some(seen), _) if seen.purpose == TokenPurpose::Approval => {
            Some((TokenPurpose::Approval, place(seen)))
        }
        (_, true) => Some((
            TokenPurpose::Reminder,
            "it answers a reminder of ours".into(),
        )),
        (Some(seen), false) => Some((seen.purpose, place(seen))),
        (None, false) => None,
    }
}

fn place(seen: &TokenSighting) -> String {
    let place = match seen.place {
        TokenPlace::Recipient => "the address it was sent to",
        TokenPlace::Thread => "the mail it answers",
    };
    format!("a token of ours in {place}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::address::MailAddress;
    use crate::basics::ids::HeaderMessageId;
    use crate::domain::message::own::mark;

    const TOKEN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn reply() -> MailFacts {
        MailFacts {
            from: MailAddress::parse("anna@example.com").into_iter().collect(),
            from_count: 1,
            subject: format!("Re: Please approve [#{TOKEN}]"),
            thread: HeaderMessageId::parse(&format!("<approval.{TOKEN}@fin.test>"))
                .into_iter()
                .collect(),
            ..MailFacts::default()
        }
    }

    fn ours() -> OwnMail {
        OwnMail {
            key: Some([7; 32]),
            mailboxes: MailAddress::parse("ap@fin.test").into_iter().collect(),
            nothing_asked: false,
        }
    }

    fn goes(mail: &MailFacts) -> Route {
        route(mail, &ours()).route
    }

    #[test]
    fn an_approvers_answer_is_found_by_any_of_its_tokens() {
        assert_eq!(goes(&reply()), Route::ApprovalReply);
        let by_address = MailFacts {
            recipients: MailAddress::parse(&format!("ap+{TOKEN}@fin.test"))
                .into_iter()
                .collect(),
            thread: Vec::new(),
            ..reply()
        };
        assert_eq!(goes(&by_address), Route::ApprovalReply);
        let with_file = MailFacts {
            documents: 1,
            ..reply()
        };
        assert_eq!(goes(&with_file), Route::ApprovalReply);
    }

    #[test]
    fn a_bill_whose_tokens_are_nobodys_is_read() {
        let bill = MailFacts {
            documents: 1,
            ..reply()
        };
        let routed = route(&bill, &ours().nothing_asked());
        assert_eq!(routed.route, Route::Documents);
        let fields = vec![("Precedence".to_owned(), "bulk".to_owned())];
        let by_program = MailFacts { fields, ..bill };
        let routed = route(&by_program, &ours().nothing_asked());
        assert_eq!(routed.route, Route::Documents);
    }

    #[test]
    fn an_absence_notice_that_quotes_the_token_is_no_answer() {
        for field in [
            ("Auto-Submitted", "auto-replied"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Autoreply", "yes"),
        ] {
            let fields = vec![(field.0.to_owned(), field.1.to_owned())];
            assert_eq!(
                goes(&MailFacts {
                    fields,
                    documents: 1,
                    ..reply()
                }),
                Route::AutomaticReply,
                "{field:?}"
            );
        }
    }

    #[test]
    fn a_bounce_that_quotes_the_token_is_a_report() {
        let from = MailAddress::parse("mailer-daemon@example.com")
            .into_iter()
            .collect();
        let mail = MailFacts {
            from,
            subject: "Undeliverable".into(),
            text: "could not be delivered".into(),
            ..reply()
        };
        assert_eq!(goes(&mail), Route::DeliveryReport);
    }

    #[test]
    fn answers_to_reminders_go_to_the_customers_side() {
        let thread = HeaderMessageId::parse("<reminder.2026-1001.3@fin.test>")
            .into_iter()
            .collect();
        let mail = MailFacts {
            thread,
            subject: "Re: Reminder".into(),
            ..reply()
        };
        assert_eq!(goes(&mail), Route::CustomerReply);
    }

    #[test]
    fn bills_of_billing_systems_are_read_though_nobody_may_answer_them() {
        let fields = vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())];
        let mail = MailFacts {
            fields,
            documents: 2,
            ..MailFacts::default()
        };
        let routed = route(&mail, &ours());
        assert_eq!(routed.route, Route::Documents);
        assert!(routed.automatic.is_some());
        let replied = vec![("Auto-Submitted".to_owned(), "auto-replied".to_owned())];
        assert_eq!(
            goes(&MailFacts {
                fields: replied,
                documents: 1,
                ..MailFacts::default()
            }),
            Route::Documents
        );
    }

    #[test]
    fn our_own_mail_come_back_goes_nowhere() {
        let id = HeaderMessageId::parse("<answer.1@fin.test>");
        let marked = |key: [u8; 32]| MailFacts {
            mark: id.as_ref().map(|id| mark(&key, id)),
            message_id: id.clone(),
            documents: 1,
            ..reply()
        };
        assert_eq!(goes(&marked([7; 32])), Route::Nothing);
        assert_eq!(goes(&marked([8; 32])), Route::ApprovalReply);
    }
}
