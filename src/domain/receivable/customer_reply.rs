//! A customer's answer to a reminder. What it says beyond doubt is taken down: a promise to pay, or why an invoice is not accepted. A person
//! reads everything else, and until then that customer is not reminded again. Nothing is sent back.

mod amounts;
mod cues;
pub mod decision;
pub mod intent;
mod promised_day;
mod sentence;

use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{CustomerId, MessageId};
use crate::basics::text::{clean_lines, one_line};
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::domain::receivable::CustomerInvoice;

use self::intent::Intent;

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
    /// What it may say.
    pub seems: Vec<Intent>,
    /// Why it was not taken down, or what was.
    pub taken: Taken,
}

/// What became of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// Nothing is taken down.
    Nothing {
        /// Why, where it seemed to say something; a line.
        why: Option<String>,
    },
    /// These invoices are disputed, by their numbers: the others are reminded of as before.
    Disputed(Vec<CustomerInvoice>),
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
    let (about, became, action) = match &answer.taken {
        Taken::Disputed(invoices) => {
            let first = invoices.first().map(|invoice| Subject::from(invoice.id));
            let about = first.unwrap_or_else(|| answer.message.into());
            (about, disputed(invoices), AFTER_DISPUTE.to_owned())
        }
        Taken::Nothing { why } => {
            let about = answer.customer;
            let about = about.map_or_else(|| answer.message.into(), Subject::from);
            (
                about,
                seems(&answer.seems, why.as_deref()),
                next_action(&answer.seems),
            )
        }
    };
    let reason = format!("{from} answered to \"{subject}\": {words}{became}");
    let (code, occurrence) = (ExceptionCode::CustomerReply, answer.message.to_string());
    Exception::raise(code, about, &occurrence, owner, now, (reason, action))
}

/// What a person does about a dispute that was taken down.
const AFTER_DISPUTE: &str = "settle it with the customer, then `invoices dispute NUMBER --end`; what was not meant as a dispute is ended the same way";

fn disputed(invoices: &[CustomerInvoice]) -> String {
    let numbers = invoices.iter().map(|invoice| invoice.number.as_str());
    let numbers = numbers.collect::<Vec<_>>().join(", ");
    format!("\n{numbers} is disputed from now on, and not reminded of")
}

fn seems(intents: &[Intent], why: Option<&str>) -> String {
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    match intents {
        [] => why,
        some if some.contains(&Intent::BankDetails) => {
            format!(
                "\nIT SPEAKS OF BANK ACCOUNTS: ours have not changed, and nobody is told others by mail{why}"
            )
        }
        several => {
            let said = several.iter().map(|intent| intent.as_str());
            format!(
                "\nIt seems to say: {}{why}",
                said.collect::<Vec<_>>().join("; ")
            )
        }
    }
}

/// What helps most often; every answer ends with resolving the item.
fn next_action(intents: &[Intent]) -> String {
    let first = match intents {
        [Intent::Promise] => {
            "record it with `invoices promise NUMBER --by-day DATE`, or ask by when"
        }
        [Intent::Paid] => {
            "look for the money (`cash list`), ask for the proof of payment if it is not there"
        }
        [Intent::Dispute] => "record it with `invoices dispute NUMBER`",
        [Intent::Copy] => "send the copy to the address in the books, and nowhere else",
        [Intent::WrongContact] => "find the right address and mend it in the import of customers",
        [Intent::PaymentPlan] => "agree on a plan, then `reminders pause CUSTOMER --until DATE`",
        [Intent::BankDetails] => {
            "call the customer on a number you know: this is how money is led astray"
        }
        [Intent::Legal] => {
            "hand it to whoever answers lawyers, and `reminders pause CUSTOMER --until DATE`"
        }
        [] | [_, _, ..] => {
            "read it and answer; record a dispute with `invoices dispute`, a promise with `invoices promise`"
        }
    };
    format!("{first}. Reminders to this customer wait until this is resolved")
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
            seems: Vec::new(),
            taken: Taken::Nothing { why: None },
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
