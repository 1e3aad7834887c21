//! An account is said to be a supplier's: by a bill that prints it, or by a person. That pays nothing yet.

use super::bill_change::BillFile;
use super::patiently::patiently;
use super::{Office, StepError};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Timestamp;
use crate::basics::text::one_line;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::payable::checks::needs_call;
use crate::domain::payable::{Bill, Supplier, SupplierAccount};
use crate::io::store::StoreError;

/// Longest reason kept.
const REASON_CHARS: usize = 500;

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// It may not be, or not so.
    #[error("{0}")]
    Refused(String),
    /// A door failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        Self::Step(error.into())
    }
}

impl AccountError {
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Step(failure) => failure.is_conflict(),
            Self::Refused(_) => false,
        }
    }
}

pub(super) fn refused(why: impl Into<String>) -> AccountError {
    AccountError::Refused(why.into())
}

/// With the account a bill prints, where nobody knows it and nothing proposed it before. A mail proposes and does no more.
///
/// # Errors
/// What the store met.
pub async fn with_proposal(
    office: &Office,
    change: Change,
    (bill, supplier): (&Bill, Option<&Supplier>),
    now: Timestamp,
) -> Result<Change, StepError> {
    let is_asked = bill.findings.iter().any(|one| needs_call(&one.code));
    let printed = bill.iban.as_deref().and_then(Iban::parse);
    let (Some(supplier), Some(iban), true) = (supplier, printed, is_asked) else {
        return Ok(change);
    };
    let id = SupplierAccount::id_of(supplier.id, &iban);
    if office.store.supplier_account(id).await?.is_some() {
        return Ok(change);
    }
    let step = "review_bill";
    let account = SupplierAccount::proposed((supplier.id, iban), (step, now), Some(bill.id));
    let why = "a bill prints it";
    let told = event(&account, None, (now, Actor::program(step)), why).fact("bill", bill.id);
    Ok(change.event(told).put(Record::SupplierAccount(account)))
}

/// The account this bill prints, where it is on its way.
///
/// # Errors
/// What the store met.
pub async fn printed_account(
    office: &Office,
    file: &BillFile,
) -> Result<Option<SupplierAccount>, StepError> {
    let printed = file.bill.iban.as_deref().and_then(Iban::parse);
    let Some((supplier, iban)) = file.supplier().zip(printed) else {
        return Ok(None);
    };
    let id = SupplierAccount::id_of(supplier.id, &iban);
    Ok(office.store.supplier_account(id).await?)
}

/// A person names an account, for the first time or again.
///
/// # Errors
/// That it is known or under way, or what the store met.
pub async fn propose_account(
    office: &Office,
    supplier: &Supplier,
    iban: &Iban,
    (by, reason): (&str, &str),
) -> Result<SupplierAccount, AccountError> {
    is_said(by, "--by: somebody has to be named")?;
    is_said(reason, "--reason: say why")?;
    let attempt = || async {
        let now = office.clock.now();
        if supplier.ibans.contains(iban) {
            let words = format!("supplier {} is paid there already", supplier.number);
            return Err(refused(words));
        }
        let id = SupplierAccount::id_of(supplier.id, iban);
        let before = office.store.supplier_account(id).await?;
        let after = match &before {
            Some(known) => known.proposed_again((by, now)),
            None => Ok(SupplierAccount::proposed(
                (supplier.id, iban.clone()),
                (by, now),
                None,
            )),
        };
        let after = after.map_err(|why| refused(why.to_string()))?;
        let who = (now, Actor::Person(by.to_owned()));
        let told = event(
            &after,
            before.as_ref(),
            who,
            &one_line(reason, REASON_CHARS),
        );
        let change = Change::new(told).put(Record::SupplierAccount(after.clone()));
        office.store.commit(change).await?;
        Ok(after)
    };
    patiently(attempt, AccountError::is_conflict).await
}

/// What happens to an account, for the trail.
pub(super) fn event(
    after: &SupplierAccount,
    before: Option<&SupplierAccount>,
    (now, actor): (Timestamp, Actor),
    reason: &str,
) -> AuditEvent {
    let action = format!(
        "supplier account {}",
        after.state.as_str().replace('_', " ")
    );
    AuditEvent::new(now, actor, &action, after.id, reason)
        .state(before.map(|one| one.state.as_str()), after.state.as_str())
        .fact("supplier", after.supplier)
        .fact("account ends in", after.iban.last_four())
}

/// Something was written there.
pub(super) fn is_said(text: &str, otherwise: &str) -> Result<(), AccountError> {
    let has_words = text.chars().any(char::is_alphanumeric);
    has_words.then_some(()).ok_or_else(|| refused(otherwise))
}
