//! Brings an account into what we know of its supplier when its day has come, and follows the import of suppliers, which may bring
//! or take one itself. Bills that wait for the answer are looked at again in the same commit.

use super::propose_account::event;
use super::supplier_account::{with_bills, without};
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::SupplierAccountId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::JobClaim;
use crate::domain::payable::supplier_account::next;
use crate::domain::payable::{AccountEvent, AccountState, Supplier, SupplierAccount};

const STEP: &str = "follow_account";

/// One commit: the account, its supplier, and the bills that are looked at again. Done again it finds everything done.
///
/// # Errors
/// What the store met.
pub async fn follow_account(
    office: &Office,
    claim: &JobClaim,
    id: SupplierAccountId,
) -> Result<(), StepError> {
    let (store, now) = (&office.store, office.clock.now());
    let account = store.supplier_account(id).await?;
    let account = account.ok_or_else(|| StepError::Missing(id.into()))?;
    let suppliers = store.suppliers().await?;
    let supplier = suppliers.iter().find(|one| one.id == account.supplier);
    let supplier = supplier.ok_or_else(|| StepError::Missing(account.supplier.into()))?;
    let is_known = supplier.ibans.contains(&account.iban);
    let is_due = account.pays_from.is_some_and(|day| office.today() >= day);
    let change = match account.state {
        AccountState::CoolingOff if is_due && !is_known => {
            let why = "its day has come";
            let change = moved(&account, AccountEvent::Activate, now, why)?;
            with_it(change, &account, supplier, now)
        }
        AccountState::Proposed
        | AccountState::Verified
        | AccountState::CoolingOff
        | AccountState::Retired
        | AccountState::Refused
            if is_known =>
        {
            let why = "an import brought it with the supplier";
            moved(&account, AccountEvent::Activate, now, why)?
        }
        AccountState::Active if !is_known => {
            let why = "an import took it from the supplier";
            moved(&account, AccountEvent::Retire, now, why)?
        }
        // An import that began before the suspicion.
        AccountState::FraudSuspected if is_known => {
            let told = left(&account, now);
            without(Change::new(told), &account, supplier, (now, actor()))
        }
        AccountState::Proposed
        | AccountState::Verified
        | AccountState::CoolingOff
        | AccountState::Active
        | AccountState::Retired
        | AccountState::Refused
        | AccountState::FraudSuspected => Change::new(left(&account, now)),
    };
    let change = with_bills(office, change, &account, now).await?;
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

fn actor() -> Actor {
    Actor::program(STEP)
}

fn left(account: &SupplierAccount, now: Timestamp) -> AuditEvent {
    let why = format!("it is {}", account.state);
    AuditEvent::new(
        now,
        actor(),
        "supplier account left as it is",
        account.id,
        why,
    )
}

fn moved(
    account: &SupplierAccount,
    happens: AccountEvent,
    now: Timestamp,
    why: &str,
) -> Result<Change, StepError> {
    let after = SupplierAccount {
        state: next(account.state, happens)?,
        ..account.clone()
    };
    let told = event(&after, Some(account), (now, actor()), why);
    Ok(Change::new(told).put(Record::SupplierAccount(after)))
}

fn with_it(
    change: Change,
    account: &SupplierAccount,
    supplier: &Supplier,
    now: Timestamp,
) -> Change {
    let mut knows = supplier.clone();
    knows.ibans.push(account.iban.clone());
    let why = "verified by a call and confirmed by a second person";
    let told = AuditEvent::new(now, actor(), "supplier account added", supplier.id, why)
        .fact("iban", account.iban.last_four());
    change.event(told).put(Record::Supplier(knows))
}
