//! What was open on a day: bills by the state their trail says, invoices by the cash that was applied until then.

use std::collections::{BTreeMap, HashMap};

use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, add_days, start_of_day};
use crate::domain::ageing::{AsOf, OpenItem, bill_item, invoice_item, is_open};
use crate::domain::receivable::OpenInvoice;
use crate::io::store::Filter;

/// The bills that were open when this day ended, in their states then. What is owed is what was approved; other amounts are as the
/// books know them now: what was corrected since was wrong then, too.
///
/// # Errors
/// What the store met.
pub async fn open_bills(office: &Office, as_of: Date) -> Result<Vec<OpenItem>, StepError> {
    let store = &office.store;
    let suppliers = store.suppliers().await?;
    let suppliers: HashMap<_, _> = suppliers.iter().map(|one| (one.id, one)).collect();
    let as_of = AsOf {
        day: as_of,
        is_now: as_of >= office.today(),
        zone: &office.rules.time_zone,
    };
    let mut items = Vec::new();
    for bill in store.list_bills(&Filter::all()).await? {
        // What is settled now was open on a day that is over, and no day to come.
        if as_of.is_now && !is_open(bill.state) {
            continue;
        }
        let trail = store.audit_of(&bill.id.into()).await?;
        let supplier = bill.supplier.and_then(|id| suppliers.get(&id).copied());
        items.extend(bill_item(bill, supplier, &trail, as_of));
    }
    Ok(in_order(items))
}

/// The invoices that were open when this day ended, by the cash applied and what was taken off until then. One counts from its date of issue on, whenever
/// it was imported.
///
/// # Errors
/// What the store met.
pub async fn open_invoices(office: &Office, as_of: Date) -> Result<Vec<OpenItem>, StepError> {
    let store = &office.store;
    let customers = store.customers().await?;
    let customers: HashMap<_, _> = customers.iter().map(|one| (one.id, one)).collect();
    let open = store.open_invoices().await?.into_iter();
    let mut open: BTreeMap<_, OpenInvoice> = open.map(|one| (one.invoice.id, one)).collect();
    let end = end_of(office, as_of);
    let applied = store.cash_applied_from(end).await?.into_iter();
    let applied = applied.map(|one| (one.invoice, one.amount));
    let taken_off = store.deductions_from(end).await?.into_iter();
    let taken_off = taken_off.map(|one| (one.invoice, one.amount));
    for (invoice, amount) in applied.chain(taken_off) {
        if !open.contains_key(&invoice) {
            let settled = store.open_invoice(invoice).await?;
            open.extend(settled.map(|one| (one.invoice.id, one)));
        }
        let missing = || StepError::Missing(invoice.into());
        let one = open.get_mut(&invoice).ok_or_else(missing)?;
        one.balance = one.balance.checked_add(amount).ok_or_else(missing)?;
    }
    let items = open.into_values().filter_map(|one| {
        let customer = customers.get(&one.invoice.customer).copied();
        invoice_item(one, customer, as_of)
    });
    Ok(in_order(items.collect()))
}

fn in_order(mut items: Vec<OpenItem>) -> Vec<OpenItem> {
    items.sort_by(|a, b| (&a.party, a.due, &a.number).cmp(&(&b.party, b.due, &b.number)));
    items
}

fn end_of(office: &Office, day: Date) -> Timestamp {
    start_of_day(&office.rules.time_zone, add_days(day, 1))
}
