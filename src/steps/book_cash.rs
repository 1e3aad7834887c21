//! Books money that was decided on: the entries, what is taken off, the remittances it explains, and what nobody need be asked any more.

use super::cash_books::Loaded;
use super::{Office, StepError, deduct};
use crate::basics::calendar::Timestamp;
use crate::basics::money::Money;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::bank::Credit;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::receivable::cash_decision::{Settlement, Withheld, explained};
use crate::domain::receivable::deduction::{self, Ground};
use crate::domain::receivable::remittance::next;
use crate::domain::receivable::{OpenInvoice, Remittance, RemittanceEvent};

/// The entries, and every row they stand on: invoices, bank entry and remittance move on by a version, so that whoever
/// decided on the old ones (another credit, a reminder) decides again.
pub(super) async fn booked(
    office: &Office,
    credit: &Credit,
    settlement: &Settlement,
    loaded: &Loaded,
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let actor = || by.clone();
    let before = office.store.cash_of_entry(credit.entry.id).await?;
    let entry = &credit.entry;
    let total = settlement.allocations.len();
    let told = AuditEvent::new(
        now,
        actor(),
        "bank entry applied",
        entry.id,
        settlement.evidence.clone(),
    )
    .fact("amount", entry.amount)
    .fact("invoices", total)
    .fact("method", settlement.how());
    let mut change = Change::new(told).put(Record::BankEntry(entry.clone()));
    let mut paid_up = Vec::new();
    for application in settlement.entries(credit, &before, now) {
        let open = loaded
            .books()
            .invoices
            .iter()
            .find(|i| i.invoice.id == application.invoice);
        let open = open.ok_or_else(|| StepError::Missing(application.invoice.into()))?;
        let withheld = settlement.withheld.iter();
        let withheld = withheld.filter(|one| one.invoice == application.invoice);
        let withheld = withheld.collect::<Vec<_>>();
        let allowed = withheld.iter().filter(|one| one.ground.is_some());
        let gone = Money::sum(allowed.map(|one| one.amount).chain([application.amount]));
        let rest = gone.and_then(|gone| open.balance.checked_sub(gone));
        let rest = rest.unwrap_or(open.balance);
        let told = AuditEvent::new(
            now,
            actor(),
            "cash applied",
            application.id,
            settlement.evidence.clone(),
        )
        .fact("invoice", &open.invoice.number)
        .fact("amount", application.amount)
        .fact("still open", rest)
        .fact("bank entry", &entry.entry_reference)
        .fact("method", &application.how);
        tracing::info!(invoice = open.invoice.number, amount = %application.amount, rest = %rest, "cash applied");
        paid_up.extend(rest.is_zero().then_some(open.invoice.id));
        change = change
            .event(told)
            .put(Record::CustomerInvoice(open.invoice.clone()))
            .put(Record::CashApplication(application));
        for one in withheld {
            change = took_off(office, change, (one, open), (credit, loaded), (now, by)).await?;
        }
    }
    let explained = explained(settlement, loaded.books());
    for remittance in &explained {
        change = change.and(applied(remittance, credit, (now, by))?);
    }
    change = settle_work_items(office, change, entry.id.into(), &explained, (now, by)).await?;
    for paid in paid_up {
        change = deduct::settle_asked(office, change, paid, ("it is paid", now, by)).await?;
    }
    Ok(match &settlement.difference {
        None => change,
        Some(difference) => {
            let occurrence = match before.len() {
                0 => "difference".to_owned(),
                count => format!("difference {count}"),
            };
            change.raise(work_item(office, credit, &occurrence, difference, now))
        }
    })
}

/// What the payer kept: taken off the invoice where something allows it, else a person's question. The customer is written as it was read
/// before what was let go this month: whoever lets another small difference go meanwhile makes this commit conflict, and the limit is
/// looked at again.
async fn took_off(
    office: &Office,
    change: Change,
    (withheld, open): (&Withheld, &OpenInvoice),
    (credit, loaded): (&Credit, &Loaded),
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let invoice = &open.invoice;
    let before = office.store.deductions_off(invoice.id).await?;
    let Some(deduction) = withheld.entry(credit, invoice.customer, &before, now) else {
        let owner = &office.rules.owners.receivables;
        let item = deduction::ask(
            (withheld.amount, withheld.code, &withheld.why),
            invoice,
            credit.entry.id,
            owner,
            now,
        );
        return Ok(change.raise(item));
    };
    let told = AuditEvent::new(now, by.clone(), "taken off", invoice.id, &deduction.why)
        .fact("amount", deduction.amount)
        .fact("code", deduction.code)
        .fact("ground", deduction.ground)
        .fact("bank entry", &credit.entry.entry_reference);
    tracing::info!(invoice = invoice.number, amount = %deduction.amount, code = %deduction.code, "taken off an invoice");
    let customer = match deduction.ground {
        Ground::Tolerance => {
            let mut customers = loaded.books().customers.iter();
            customers.find(|one| one.id == invoice.customer).cloned()
        }
        Ground::Terms | Ground::Charges | Ground::Person => None,
    };
    let change = change.event(told).put(Record::Deduction(deduction));
    Ok(customer
        .into_iter()
        .map(Record::Customer)
        .fold(change, Change::put))
}

fn applied(
    remittance: &Remittance,
    credit: &Credit,
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let state = next(remittance.state, RemittanceEvent::Apply)?;
    let actor = by.clone();
    let told = AuditEvent::new(
        now,
        actor,
        "remittance applied",
        remittance.id,
        "its money came",
    )
    .state(Some(remittance.state.as_str()), state.as_str())
    .fact("bank entry", &credit.entry.entry_reference);
    Ok(Change::new(told).put(Record::Remittance(Remittance {
        state,
        ..remittance.clone()
    })))
}

/// What a person was asked about this money or this remittance has answered itself.
async fn settle_work_items(
    office: &Office,
    mut change: Change,
    entry: Subject,
    explained: &[&Remittance],
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let mut subjects = vec![entry];
    subjects.extend(explained.iter().map(|r| Subject::from(r.id)));
    for subject in subjects {
        for item in office.store.exceptions_about(&subject).await? {
            let ours = matches!(
                item.code,
                ExceptionCode::CashUnidentified | ExceptionCode::RemittanceUnmatched
            );
            if item.state == ExceptionState::Open && ours {
                let words = "the money was applied";
                let (settled, told) = item.resolve((by, by.parts().1), words, now)?;
                change = change.event(told).put(Record::Exception(settled));
            }
        }
    }
    Ok(change)
}

/// A person is asked what this money pays.
pub(super) fn work_item(
    office: &Office,
    credit: &Credit,
    occurrence: &str,
    seen: &str,
    now: Timestamp,
) -> Exception {
    let entry = &credit.entry;
    let reason = format!(
        "{} of {} from {}: {seen}",
        entry.amount, entry.booking_date, entry.counterparty_name
    );
    Exception::raise(
        ExceptionCode::CashUnidentified,
        entry.id.into(),
        occurrence,
        &office.rules.owners.receivables,
        now,
        (
            reason,
            "find out what it pays and apply it (`cash apply ENTRY INVOICE`), ask the payer for a remittance, or correct the customer or invoice by import; resolve this \
             when that is done or it pays no invoice of ours: it is looked at once more and then left alone",
        ),
    )
}
