//! What was open on a day: bills by the state their trail says, invoices by the cash that was applied until then.

use std::collections::{BTreeMap, HashMap};

use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, add_days, start_of_day};
use crate::domain::ageing::{OpenItem, next_action, state_before};
use crate::domain::payable::{Bill, BillState};
use crate::domain::receivable::OpenInvoice;
use crate::io::store::{Filter, StoreError};

/// Bills of one look: more would not fit into the memory of a small machine.
const BILLS: u32 = 1_000_000;

/// The bills that were open when this day ended, in its state then. Amounts are as the books know them now: what was corrected since
/// was wrong then, too.
///
/// # Errors
/// What the store met.
pub async fn open_bills(office: &Office, as_of: Date) -> Result<Vec<OpenItem>, StepError> {
    let suppliers = office.store.suppliers().await?;
    let suppliers: HashMap<_, _> = suppliers.iter().map(|one| (one.id, one)).collect();
    let end = end_of(office, as_of);
    let mut items = Vec::new();
    for bill in office
        .store
        .list_bills(&Filter::default().limit(BILLS))
        .await?
    {
        let Some(state) = state_at(office, &bill, as_of, end).await? else {
            continue;
        };
        let Some((open, action)) = bill.payable.or(bill.gross).zip(next_action(state)) else {
            continue;
        };
        let supplier = bill.supplier.and_then(|id| suppliers.get(&id));
        items.push(OpenItem {
            party: supplier.map(|one| one.number.clone()).unwrap_or_default(),
            name: supplier.map_or(bill.supplier_name, |one| one.name.clone()),
            number: bill.number.unwrap_or_default(),
            state: state.to_string(),
            issued: bill.issue_date,
            due: bill.due_date,
            open,
            next_action: action,
        });
    }
    items.sort_by(|a, b| (&a.party, a.due, &a.number).cmp(&(&b.party, b.due, &b.number)));
    Ok(items)
}

/// The trail is gone through for days that are over only.
async fn state_at(
    office: &Office,
    bill: &Bill,
    as_of: Date,
    end: Timestamp,
) -> Result<Option<BillState>, StoreError> {
    if as_of >= office.today() {
        return Ok(Some(bill.state));
    }
    let trail = office.store.audit_of(&bill.id.into()).await?;
    Ok(state_before(&trail, end).and_then(BillState::parse))
}

/// The invoices that were open when this day ended, by the cash applied until then. One counts from its date of issue on, whenever
/// it was imported.
///
/// # Errors
/// What the store met.
pub async fn open_invoices(office: &Office, as_of: Date) -> Result<Vec<OpenItem>, StepError> {
    let customers = office.store.customers().await?;
    let customers: HashMap<_, _> = customers.iter().map(|one| (one.id, one)).collect();
    let open = office.store.open_invoices().await?.into_iter();
    let mut open: BTreeMap<_, OpenInvoice> = open.map(|one| (one.invoice.id, one)).collect();
    for applied in office
        .store
        .cash_applied_from(end_of(office, as_of))
        .await?
    {
        if !open.contains_key(&applied.invoice) {
            let settled = office.store.open_invoice(applied.invoice).await?;
            open.extend(settled.map(|one| (one.invoice.id, one)));
        }
        if let Some(one) = open.get_mut(&applied.invoice) {
            let balance = one.balance.checked_add(applied.amount);
            one.balance = balance.ok_or_else(|| StepError::Missing(applied.id.into()))?;
        }
    }
    let mut items = Vec::new();
    for one in open.into_values() {
        let was_there = one.invoice.issue_date <= as_of;
        if one.balance.is_zero() || !was_there {
            continue;
        }
        let customer = customers.get(&one.invoice.customer);
        let (state, action) = match (&one.invoice.disputed, one.claimed) {
            (Some(_), _) => ("disputed", "settle the dispute"),
            (None, true) => ("claimed", "wait for the money"),
            (None, false) => ("open", "collect"),
        };
        items.push(OpenItem {
            party: customer.map(|one| one.number.clone()).unwrap_or_default(),
            name: customer.map(|one| one.name.clone()).unwrap_or_default(),
            number: one.invoice.number,
            state: state.to_owned(),
            issued: Some(one.invoice.issue_date),
            due: Some(one.invoice.due_date),
            open: one.balance,
            next_action: action,
        });
    }
    items.sort_by(|a, b| (&a.party, a.due, &a.number).cmp(&(&b.party, b.due, &b.number)));
    Ok(items)
}

fn end_of(office: &Office, day: Date) -> Timestamp {
    start_of_day(&office.rules.time_zone, add_days(day, 1))
}
