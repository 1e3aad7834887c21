//! A customer's answer to a reminder. Nothing is read into it and nothing is sent back: a person reads it, and until then
//! that customer is not reminded again.

use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{CustomerId, MessageId};
use crate::basics::text::{clean_lines, one_line};
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// What of the answer stands in the work item; the mail itself is kept whole.
const MOST_CHARS_SHOWN: usize = 2_000;

/// The answer as far as it is known.
#[derive(Clone, Debug)]
pub struct CustomerAnswer {
    /// The mail.
    pub message: MessageId,
    /// Whom we had reminded, when the answer says which mail it answers.
    pub customer: Option<CustomerId>,
    /// Who wrote it; a claim.
    pub from: Option<MailAddress>,
    /// Its subject.
    pub subject: String,
    /// What the sender wrote, without what it quotes.
    pub new_text: String,
    /// False when the cut between new and quoted text may be wrong.
    pub certain: bool,
}

/// The work item: about the customer, so that reminders wait for it, else about the mail.
pub fn work_item(answer: &CustomerAnswer, owner: &Ownership, now: Timestamp) -> Exception {
    let from = answer.from.as_ref().map(ToString::to_string);
    let from = from.unwrap_or_else(|| "somebody".to_owned());
    let text = clean_lines(answer.new_text.trim(), MOST_CHARS_SHOWN);
    let words = match (text.is_empty(), answer.certain) {
        (true, _) => "nothing but what it quotes".to_owned(),
        (false, true) => text,
        (false, false) => format!("{text}\n(part of this may be quoted)"),
    };
    let subject = one_line(&answer.subject, 200);
    let about = answer
        .customer
        .map_or_else(|| answer.message.into(), Subject::from);
    Exception::raise(
        ExceptionCode::CustomerReply,
        about,
        &answer.message.to_string(),
        owner,
        now,
        (
            format!("{from} answered to \"{subject}\": {words}"),
            "read it and answer; record a dispute with `invoices dispute`. Reminders to this customer wait until this is resolved",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised(customer: Option<CustomerId>, text: &str) -> Exception {
        let answer = CustomerAnswer {
            message: MessageId::derive(&["m"]),
            customer,
            from: MailAddress::parse("anna@c1.test"),
            subject: "Re: Reminder\r\nX".into(),
            new_text: text.into(),
            certain: true,
        };
        let owner = Ownership {
            owner: "ar@us.test".into(),
            due_hours: 24,
        };
        work_item(&answer, &owner, "2026-11-19T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn the_customers_words_stand_in_the_work_item_and_nothing_is_read_into_them() {
        let customer = CustomerId::derive(&["1"]);
        let item = raised(Some(customer), "We paid last week.\nAnna");
        assert_eq!(item.code, ExceptionCode::CustomerReply);
        assert_eq!(item.subject, customer.into());
        assert!(item.reason.contains("We paid last week.\nAnna"));
    }

    #[test]
    fn an_answer_of_nobody_we_know_is_about_the_mail() {
        assert_eq!(raised(None, "").subject, MessageId::derive(&["m"]).into());
    }
}
