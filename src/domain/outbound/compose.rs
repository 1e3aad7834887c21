//! Facts into words: one function for each purpose of a mail. The wording is in `config/templates`, the facts come from the
//! two sides of the house; here they only meet.

mod values;
mod samples;
mod shown;

use minijinja::Value;

use super::facts::{
    AccountNoticeFacts, ApprovalReceiptFacts, ApprovalRequestFacts, ClarificationFacts,
    DelegationFacts, EscalationFacts, ReplyRefusedFacts,
};
use super::feedback::FeedbackFacts;
use super::work_list::WorkListFacts;
use super::{Letter, Purpose, ReminderFacts, TemplateError, Templates};
use crate::basics::address::MailAddress;
use crate::domain::receivable::Tone;
use shown::Language;

/// A letter that could not be written: a template asks for something that does not exist.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the mail '{purpose}' cannot be written")]
pub struct ComposeError {
    /// Which mail.
    pub purpose: Purpose,
    /// The file and the line.
    #[source]
    pub template: TemplateError,
}

/// Asks one approver about one version of one bill.
///
/// # Errors
/// When an operator's own template asks for a value that does not exist.
pub fn approval_request(
    templates: &Templates,
    facts: &ApprovalRequestFacts,
) -> Result<Letter, ComposeError> {
    write(
        templates,
        Purpose::ApprovalRequest,
        "approval_request",
        &values::approval_request(facts),
    )
}

/// Tells an approver that the answer was taken.
///
/// # Errors
/// As `approval_request`.
pub fn approval_receipt(
    templates: &Templates,
    facts: &ApprovalReceiptFacts,
) -> Result<Letter, ComposeError> {
    write(
        templates,
        Purpose::ApprovalReceipt,
        "approval_receipt",
        &values::approval_receipt(facts),
    )
}

/// Tells somebody, once, why an answer was not taken.
///
/// # Errors
/// As `approval_request`.
pub fn reply_refused(
    templates: &Templates,
    facts: &ReplyRefusedFacts,
) -> Result<Letter, ComposeError> {
    write(
        templates,
        Purpose::ReplyRefused,
        "reply_refused",
        &values::reply_refused(facts),
    )
}

/// Asks an approver for one clear word, or says that a question was handed on.
///
/// # Errors
/// As `approval_request`.
pub fn clarification(
    templates: &Templates,
    facts: &ClarificationFacts,
) -> Result<Letter, ComposeError> {
    write(
        templates,
        Purpose::Clarification,
        "clarification",
        &values::clarification(facts),
    )
}

/// Tells an approver or a delegate of the other one.
///
/// # Errors
/// As `approval_request`.
pub fn delegation(templates: &Templates, facts: &DelegationFacts) -> Result<Letter, ComposeError> {
    let values = values::delegation(facts);
    write(templates, Purpose::Delegation, "delegation", &values)
}

/// Tells a supplier that another account of its own is paid from a day on.
///
/// # Errors
/// As `approval_request`.
pub fn account_notice(
    templates: &Templates,
    facts: &AccountNoticeFacts,
) -> Result<Letter, ComposeError> {
    let values = values::account_notice(facts);
    write(templates, Purpose::AccountNotice, "account_notice", &values)
}

/// Tells the owner of work items what waits.
///
/// # Errors
/// As `approval_request`.
pub fn work_list(templates: &Templates, facts: &WorkListFacts) -> Result<Letter, ComposeError> {
    let values = values::work_list(facts);
    write(templates, Purpose::WorkList, "work_list", &values)
}

/// Tells somebody that an approver does not answer.
///
/// # Errors
/// As `approval_request`.
pub fn escalation(templates: &Templates, facts: &EscalationFacts) -> Result<Letter, ComposeError> {
    let values = values::escalation(facts);
    write(templates, Purpose::Escalation, "escalation", &values)
}

/// Tells a sender what became of a mail.
///
/// # Errors
/// As `approval_request`.
pub fn feedback(templates: &Templates, facts: &FeedbackFacts) -> Result<Letter, ComposeError> {
    let values = values::feedback(facts);
    write(templates, Purpose::Feedback, "feedback", &values)
}

/// Reminds a customer, in German or English.
///
/// # Errors
/// As `approval_request`.
pub fn reminder(templates: &Templates, facts: &ReminderFacts) -> Result<Letter, ComposeError> {
    let language = Language::of(&facts.language);
    let stem = match language {
        Language::En => "reminder.en",
        Language::De => "reminder.de",
    };
    write(
        templates,
        Purpose::Reminder,
        stem,
        &values::reminder(facts, language),
    )
}

/// Writes every kind of letter once from made-up facts, so that `check` finds a misspelled value and not the night.
/// `desk` is the mailbox that writes.
///
/// # Errors
/// The first letter that cannot be written.
pub fn try_all(templates: &Templates, desk: &MailAddress) -> Result<(), ComposeError> {
    sample_letters(templates, desk).map(|_| ())
}

/// Every kind of letter in every variant, by a name of its own, from made-up facts.
///
/// # Errors
/// The first letter that cannot be written.
pub fn sample_letters(
    templates: &Templates,
    desk: &MailAddress,
) -> Result<Vec<(String, Letter)>, ComposeError> {
    let mut letters = Vec::new();
    for (name, facts) in samples::approval_requests(desk) {
        letters.push((name.to_owned(), approval_request(templates, &facts)?));
    }
    for (name, facts) in samples::approval_receipts(desk) {
        letters.push((name.to_owned(), approval_receipt(templates, &facts)?));
    }
    letters.push((
        "reply_refused".to_owned(),
        reply_refused(templates, &samples::reply_refused(desk))?,
    ));
    for (name, facts) in samples::clarifications(desk) {
        letters.push((name.to_owned(), clarification(templates, &facts)?));
    }
    let late = samples::escalation(desk);
    letters.push(("escalation".to_owned(), escalation(templates, &late)?));
    for (name, facts) in samples::delegations(desk) {
        letters.push((name.to_owned(), delegation(templates, &facts)?));
    }
    let account = samples::account_notice(desk);
    letters.push((
        "account_notice".to_owned(),
        account_notice(templates, &account)?,
    ));
    for (name, facts) in samples::work_lists() {
        letters.push((name.to_owned(), work_list(templates, &facts)?));
    }
    for (name, facts) in samples::feedback(desk) {
        letters.push((name, feedback(templates, &facts)?));
    }
    for language in ["en", "de"] {
        for tone in Tone::ALL {
            let facts = samples::reminder(desk, language, *tone);
            letters.push((
                format!("reminder.{language}.{tone}"),
                reminder(templates, &facts)?,
            ));
        }
    }
    Ok(letters)
}

fn write(
    templates: &Templates,
    purpose: Purpose,
    stem: &str,
    values: &Value,
) -> Result<Letter, ComposeError> {
    templates
        .write(stem, values)
        .map_err(|template| ComposeError { purpose, template })
}

#[cfg(test)]
mod tests;
