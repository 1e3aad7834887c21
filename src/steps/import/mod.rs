//! Takes files of suppliers, customers, invoices and bank lines. All of a file or nothing, unless a person says otherwise;
//! the same file again changes nothing.

mod suppliers;
mod customers;
mod invoices;
mod bank_statement;
mod goods_receipts;
mod purchase_orders;

pub use bank_statement::import_bank_statement;
pub use customers::import_customers;
pub use goods_receipts::import_goods_receipts;
pub use invoices::import_invoices;
pub use purchase_orders::import_purchase_orders;
pub use suppliers::import_suppliers;

use std::collections::HashMap;

use super::money_again::money_again;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::domain::audit::Actor;
use crate::domain::change::{Change, Record};
use crate::domain::import::{Imported, Sheet, compare};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::Bill;
use crate::domain::payable::supplier::Recheck;
use crate::domain::receivable::{Remittance, RemittanceState};
use crate::formats::csv_import::Mistake;

/// Rows of one commit: a large file must not hold the books for long. A crash between two commits leaves the rest for the
/// next import of the same file.
const ROWS_PER_COMMIT: usize = 500;
/// What is imported and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// Its name, for the audit trail.
    pub source: &'a str,
    /// Who imports it.
    pub by: &'a str,
    /// Takes the good rows of a file with bad ones.
    pub partial: bool,
}

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ImportReport {
    /// Rows of the file, wrong ones included.
    pub rows: usize,
    /// Rows that were not known.
    pub new: usize,
    /// Rows that differed from what was known.
    pub changed: usize,
    /// Rows that said nothing new.
    pub unchanged: usize,
    /// Rows with a mistake, which were left out of a file that was taken in part, and what a bank was not sure of.
    pub left_out: usize,
    /// Everything wrong with the file.
    pub mistakes: Vec<Mistake>,
    /// What a bank tells before it is sure; nothing of that was taken.
    pub advice: Vec<String>,
    /// Nothing was taken, because of the mistakes.
    pub refused: bool,
}

/// A row on its way into the books.
type Recorder<T> = fn(T) -> Record;

/// Compares a file with the books and writes what differs. `jobs` are what a row that was written calls for, `waiting` what
/// every commit of rows wakes: in the same commit, so that a crash leaves neither without the other.
async fn take<T: Imported + Clone>(
    office: &Office,
    import: &Import<'_>,
    sheet: Sheet<T>,
    known: &HashMap<String, T>,
    (record, jobs): (Recorder<T>, impl Fn(&T) -> Vec<NewJob>),
    waiting: &[NewJob],
) -> Result<ImportReport, StepError> {
    let mut report = ImportReport {
        rows: sheet.in_file,
        left_out: sheet.in_file.saturating_sub(sheet.rows.len()),
        mistakes: sheet.mistakes,
        advice: sheet.advice,
        ..ImportReport::default()
    };
    report.refused = !report.mistakes.is_empty() && !import.partial;
    if report.refused {
        report.left_out = report.rows;
        return Ok(report);
    }
    let actor = Actor::Person(import.by.to_owned());
    let now = office.clock.now();
    for rows in sheet.rows.chunks(ROWS_PER_COMMIT) {
        let mut change: Option<Change> = None;
        for (_, row) in rows {
            let before = known.get(&row.key());
            let Some(taken) = compare(before, row.clone(), import.source, &actor, now) else {
                report.unchanged += 1;
                continue;
            };
            match before {
                Some(_) => report.changed += 1,
                None => report.new += 1,
            }
            let called_for = jobs(&taken.row);
            let with_event = match change {
                None => Change::new(taken.event),
                Some(change) => change.event(taken.event),
            };
            let with_row = with_event.put(record(taken.row));
            change = Some(called_for.into_iter().fold(with_row, Change::job));
        }
        if let Some(change) = change {
            let change = waiting.iter().cloned().fold(change, Change::job);
            office.store.commit(change).await?;
        }
    }
    tracing::info!(
        file = import.source,
        new = report.new,
        changed = report.changed,
        "imported"
    );
    Ok(report)
}

/// Credits that found nobody's invoice may find one now, and so may remittances that named one we did not know.
async fn waiting(office: &Office) -> Result<Vec<NewJob>, StepError> {
    let now = office.clock.now();
    let mut remittances = office.store.unsettled_remittances(None).await?;
    remittances.retain(|remittance| remittance.state == RemittanceState::Held);
    let look = |remittance: &Remittance| NewJob::now(Step::ApplyCash, remittance.id, now);
    let mut jobs = remittances.iter().map(look).collect::<Vec<_>>();
    jobs.extend(money_again(office, |_| true).await?);
    Ok(jobs)
}

/// What the bills that name these orders call for: the checks of a bill that is not approved yet, the plan of its payment after that.
async fn again_by_order<'o>(
    office: &Office,
    orders: impl Iterator<Item = &'o str>,
) -> Result<HashMap<String, Vec<NewJob>>, StepError> {
    let now = office.clock.now();
    let mut again = HashMap::new();
    for order in orders {
        let bills = office.store.open_bills_of_order(order).await?;
        let jobs = bills
            .iter()
            .filter_map(|bill| Some(looks_again(Recheck::of(bill.state)?, bill, now)));
        again.insert(order.to_owned(), jobs.collect());
    }
    Ok(again)
}

pub(super) fn looks_again(recheck: Recheck, bill: &Bill, now: Timestamp) -> NewJob {
    let step = match recheck {
        Recheck::Bill => Step::ReviewBill,
        Recheck::Payment => Step::SchedulePayment,
    };
    NewJob::now(step, bill.id, now)
}

/// A file that is no table at all.
fn unreadable(mistake: Mistake) -> ImportReport {
    ImportReport {
        mistakes: vec![mistake],
        refused: true,
        ..ImportReport::default()
    }
}

/// What is known, by the column that names it.
fn by_key<T: Imported + Clone>(known: &[T]) -> HashMap<String, T> {
    known
        .iter()
        .cloned()
        .map(|thing| (thing.key(), thing))
        .collect()
}
