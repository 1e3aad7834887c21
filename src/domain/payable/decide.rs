//! What a person decides about a bill: correct fields, clear a finding, void it, reject it. Every one of them says who and
//! why; a correction makes earlier approvals worthless.

use super::checks::{CHECKS, NO_APPROVER, TOTAL_MISSING, needs_call, needs_second_person};
use super::{Bill, BillEvent, BillState, CodingSource, Severity, Supplier, state};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::parse_iso_date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::basics::words::Refused;
use crate::domain::approval::Verdict;
use crate::words;

words! {
    /// The fields a person may correct, by the names of the command line's contract.
    pub enum BillField {
        /// The supplier, by its number in our books.
        Supplier = "supplier",
        /// BT-1.
        Number = "invoice_number",
        /// BT-2, ISO 8601.
        IssueDate = "issue_date",
        /// BT-9, ISO 8601.
        DueDate = "due_date",
        /// BT-5; amounts keep their figures.
        Currency = "currency",
        /// BT-109.
        Net = "net_total",
        /// BT-110.
        Tax = "tax_total",
        /// BT-112.
        Gross = "gross_total",
        /// BT-115.
        Payable = "payable_total",
        /// BT-84.
        Iban = "iban",
        /// BT-13.
        PoNumber = "po_number",
        /// BT-83.
        PaymentReference = "payment_reference",
    }
}

/// Why a decision was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotDecided {
    /// The bill's state does not allow it.
    #[error("{0}")]
    Refused(Refused),
    /// The value does not fit the field.
    #[error("{field}: {why}, for example {example}")]
    BadValue {
        /// The field.
        field: BillField,
        /// What is wrong with the value.
        why: String,
        /// One that fits.
        example: &'static str,
    },
    /// The correction says what the bill says already.
    #[error("{0} already: the correction would change nothing")]
    Unchanged(String),
    /// The bill has no such line.
    #[error("there is no line {line}: the bill has {count} {}, numbered from 1", if *.count == 1 { "line" } else { "lines" })]
    NoLine {
        /// The one that was named.
        line: u32,
        /// How many there are.
        count: u32,
    },
    /// The bill has no such finding, or it cannot be cleared.
    #[error("{0}")]
    NotClearable(String),
    /// Every decision says why.
    #[error("a reason is needed")]
    NoReason,
    /// The person may not decide this.
    #[error("{0}")]
    NoAuthority(String),
}

impl NotDecided {
    /// Whether somebody who may not decide as an approver any more may say no all the same, as anybody may: nothing is paid
    /// by it.
    pub fn leaves_saying_no(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Reject && matches!(self, Self::NoAuthority(_))
    }
}

impl From<Refused> for NotDecided {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// A decision taken: the bill after it, and what the audit trail says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The bill after it.
    pub bill: Bill,
    /// The state before.
    pub from: BillState,
    /// Facts for the audit trail: field, old and new value.
    pub facts: Vec<(String, String)>,
    /// The requests that are open no longer stand.
    pub withdraws_requests: bool,
    /// What happens next.
    pub then: Then,
}

impl Decided {
    /// A rejected bill is back: no answer to an earlier question about it counts.
    pub fn takes_up_again(&self) -> bool {
        self.from == BillState::Rejected && self.bill.state != BillState::Rejected
    }
}

/// What happens next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// All checks run again.
    Review,
    /// Its payment is planned again.
    Schedule,
    /// Nothing.
    Nothing,
}

/// One field and what it should say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Correction<'a> {
    /// Which.
    pub field: BillField,
    /// As a person wrote it.
    pub value: &'a str,
    /// The supplier with the number in `value`, when that is the field.
    pub supplier: Option<&'a Supplier>,
}

/// Corrects fields, one after the other and all or none: amounts are read in the currency as it is by then. The bill goes back
/// to Draft, open requests are withdrawn, all checks run again, and whoever corrected it cannot approve it.
///
/// # Errors
/// When a value does not fit or nothing changes, or the bill is past correcting.
pub fn correct(
    bill: &Bill,
    corrections: &[Correction<'_>],
    by: &str,
) -> Result<Decided, NotDecided> {
    let reopened = state::next(bill.state, BillEvent::Reopen)?;
    let mut corrected = bill.clone();
    let mut facts = Vec::new();
    for one in corrections {
        let before = show(&corrected, one.field);
        let value = one_line(one.value, 200);
        set(&mut corrected, one.field, value.trim(), one.supplier)?;
        facts.extend([
            ("field".to_owned(), one.field.to_string()),
            ("before".to_owned(), before),
            ("after".to_owned(), show(&corrected, one.field)),
        ]);
    }
    if corrected == *bill {
        let said = corrections
            .iter()
            .map(|one| format!("{} is {}", one.field, show(bill, one.field)));
        return Err(NotDecided::Unchanged(said.collect::<Vec<_>>().join(", ")));
    }
    if corrected.content_version() != bill.content_version() {
        // What was cleared was cleared for the facts as they were.
        corrected.cleared.clear();
    }
    corrected.state = reopened;
    if !corrected.corrected_by.iter().any(|known| known == by) {
        corrected.corrected_by.push(by.to_owned());
    }
    Ok(Decided {
        bill: corrected,
        from: bill.state,
        facts,
        withdraws_requests: true,
        then: Then::Review,
    })
}

/// Who lets findings pass, and what that person has to do with the approval of the bill as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clears<'a> {
    /// As typed: an address or a name.
    pub by: &'a str,
    /// An open request asks this person.
    pub is_asked: bool,
    /// This person agreed to this version already.
    pub has_agreed: bool,
}

/// Lets findings pass for this version of the bill. One that holds it reopens it; one that blocks the payment of an approved
/// bill has the payment planned again. What says that it may be paid twice, or to somebody else, is not for one person alone:
/// who lets it pass cannot approve the bill, and who approved it cannot let it pass.
///
/// # Errors
/// When the bill has no such finding, it is one that no word of a person replaces, or not for this person.
pub fn clear(
    bill: &Bill,
    codes: &[String],
    who: Clears<'_>,
    reason: &str,
) -> Result<Decided, NotDecided> {
    needs(reason)?;
    let mut cleared = bill.clone();
    let mut is_hold = false;
    let mut takes_two = false;
    for code in codes {
        let finding = bill
            .findings
            .iter()
            .find(|finding| &finding.code == code)
            .ok_or_else(|| NotDecided::NotClearable(format!("the bill has no finding {code}")))?;
        if [NO_APPROVER.code, TOTAL_MISSING.code].contains(&code.as_str()) {
            let sentence = CHECKS
                .iter()
                .find(|check| check.code == code)
                .map_or("", |check| check.sentence);
            return Err(NotDecided::NotClearable(format!(
                "{code} cannot be cleared, only put right: {sentence}"
            )));
        }
        if needs_call(code) {
            return Err(NotDecided::NotClearable(format!(
                "{code} cannot be cleared: call the supplier on a number you knew before and take the call down with \
                 `supplier-accounts called`; another person confirms it"
            )));
        }
        is_hold |= finding.severity == Severity::Hold;
        let is_for_two = finding.severity != Severity::Note && needs_second_person(code);
        if is_for_two && who.has_agreed {
            return Err(NotDecided::NoAuthority(format!(
                "{} approved the bill: somebody else has to let {code} pass",
                who.by
            )));
        }
        takes_two |= is_for_two;
        if !cleared.cleared.contains(code) {
            cleared.cleared.push(code.clone());
        }
    }
    if takes_two && !cleared.corrected_by.iter().any(|known| known == who.by) {
        cleared.corrected_by.push(who.by.to_owned());
    }
    let is_past_review = matches!(bill.state, BillState::Approved | BillState::Scheduled);
    let then = if is_past_review && !is_hold {
        Then::Schedule
    } else if bill.state == BillState::AwaitingApproval && !is_hold && !(takes_two && who.is_asked)
    {
        // The approvers keep their requests: what they decide on has not changed. Only who must not answer any more does not.
        Then::Nothing
    } else {
        cleared.state = state::next(bill.state, BillEvent::Reopen)?;
        Then::Review
    };
    Ok(Decided {
        bill: cleared,
        from: bill.state,
        facts: vec![("cleared".into(), codes.join(", "))],
        withdraws_requests: then == Then::Review,
        then,
    })
}

/// Has a held bill checked again as it is: what held it may have been put right elsewhere, by an import of the supplier say.
/// So is a rejected one taken up again that was rejected by mistake.
///
/// # Errors
/// When it is neither held nor rejected, or no reason is given.
pub fn check_again(bill: &Bill, reason: &str) -> Result<Decided, NotDecided> {
    needs(reason)?;
    if !matches!(bill.state, BillState::Held | BillState::Rejected) {
        return Err(NotDecided::Refused(Refused {
            machine: "bill",
            state: bill.state.as_str(),
            event: "checked again",
        }));
    }
    let mut again = bill.clone();
    again.state = state::next(bill.state, BillEvent::Reopen)?;
    Ok(Decided {
        bill: again,
        from: bill.state,
        facts: Vec::new(),
        withdraws_requests: false,
        then: Then::Review,
    })
}

/// Takes a bill out of the books.
///
/// # Errors
/// When it is paid, rejected or void already, or no reason is given.
pub fn void(bill: &Bill, reason: &str) -> Result<Decided, NotDecided> {
    end(bill, BillEvent::Void, reason)
}

/// Rejects a bill by hand: anybody who may use the command line may say no.
///
/// # Errors
/// When it is past rejecting, or no reason is given.
pub fn reject(bill: &Bill, reason: &str) -> Result<Decided, NotDecided> {
    end(bill, BillEvent::Reject, reason)
}

fn end(bill: &Bill, event: BillEvent, reason: &str) -> Result<Decided, NotDecided> {
    needs(reason)?;
    let mut ended = bill.clone();
    ended.state = state::next(bill.state, event)?;
    Ok(Decided {
        bill: ended,
        from: bill.state,
        facts: Vec::new(),
        withdraws_requests: true,
        then: Then::Nothing,
    })
}

fn needs(reason: &str) -> Result<(), NotDecided> {
    let said = reason.chars().any(char::is_alphanumeric);
    said.then_some(()).ok_or(NotDecided::NoReason)
}

fn set(
    bill: &mut Bill,
    field: BillField,
    value: &str,
    supplier: Option<&Supplier>,
) -> Result<(), NotDecided> {
    let bad = |why: &str, example: &'static str| NotDecided::BadValue {
        field,
        why: format!("“{value}” {why}"),
        example,
    };
    let day = || parse_iso_date(value).ok_or_else(|| bad("is no date", "2026-11-20"));
    let said = || (!value.is_empty()).then(|| value.to_owned());
    let currency = bill.currency;
    let amount = || {
        let currency =
            currency.ok_or_else(|| bad("has no currency: correct that first", "currency=EUR"))?;
        let decimal = value.parse().ok();
        let money = decimal.and_then(|decimal| Money::from_decimal(decimal, currency));
        money.ok_or_else(|| bad("is no amount", "1190.00"))
    };
    match field {
        BillField::Supplier => {
            let supplier = supplier.ok_or_else(|| bad("is no supplier of ours", "70001"))?;
            if bill.supplier != Some(supplier.id) {
                // What was proposed was proposed for another supplier's lines.
                bill.codings
                    .retain(|coding| coding.source == CodingSource::Person);
            }
            bill.supplier = Some(supplier.id);
        }
        BillField::Number => {
            bill.number = Some(said().ok_or_else(|| bad("is empty", "RE-2026-0815"))?)
        }
        BillField::IssueDate => bill.issue_date = Some(day()?),
        BillField::DueDate => bill.due_date = Some(day()?),
        BillField::Currency => {
            let new = Currency::parse(value).ok_or_else(|| bad("is no currency", "EUR"))?;
            bill.currency = Some(new);
            for amount in [
                &mut bill.net,
                &mut bill.tax,
                &mut bill.gross,
                &mut bill.payable,
            ] {
                let Some(money) = *amount else { continue };
                let same_figures = Money::from_decimal(money.to_decimal(), new);
                let why = || bad(&format!("has no such decimals as {money}"), "EUR");
                *amount = Some(same_figures.ok_or_else(why)?);
            }
        }
        BillField::Net => bill.net = Some(amount()?),
        BillField::Tax => bill.tax = Some(amount()?),
        BillField::Gross => bill.gross = Some(amount()?),
        BillField::Payable => bill.payable = Some(amount()?),
        BillField::Iban => {
            let iban = Iban::parse(value)
                .ok_or_else(|| bad("is no valid IBAN", "DE89370400440532013000"))?;
            bill.iban = Some(iban.as_str().to_owned());
        }
        BillField::PoNumber => bill.po_number = said(),
        BillField::PaymentReference => bill.payment_reference = said(),
    }
    Ok(())
}

/// A field for the audit trail; account numbers masked.
fn show(bill: &Bill, field: BillField) -> String {
    let amount = |money: Option<Money>| money.map(|m| m.to_string());
    let shown = match field {
        BillField::Supplier => bill.supplier.map(|id| id.to_string()),
        BillField::Number => bill.number.clone(),
        BillField::IssueDate => bill.issue_date.map(|day| day.to_string()),
        BillField::DueDate => bill.due_date.map(|day| day.to_string()),
        BillField::Currency => bill.currency.map(|currency| currency.to_string()),
        BillField::Net => amount(bill.net),
        BillField::Tax => amount(bill.tax),
        BillField::Gross => amount(bill.gross),
        BillField::Payable => amount(bill.payable),
        BillField::Iban => bill.iban.as_deref().map(crate::basics::text::mask),
        BillField::PoNumber => bill.po_number.clone(),
        BillField::PaymentReference => bill.payment_reference.clone(),
    };
    shown.unwrap_or_else(|| "nothing".into())
}

#[cfg(test)]
mod tests;
