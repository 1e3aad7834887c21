//! `import invoices FILE`. Money and remittances that waited for one of them are looked at again.

use std::collections::{HashMap, HashSet};

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, take, unreadable, waiting};
use crate::basics::ids::CustomerInvoiceId;
use crate::basics::money::Money;
use crate::domain::change::Record;
use crate::domain::import::{Sheet, invoices};
use crate::domain::receivable::CustomerInvoice;
use crate::formats::csv_import::Mistake;

/// Takes customer invoices.
///
/// # Errors
/// What the store met.
pub async fn import_invoices(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(
        || async {
            let customers: HashSet<_> = office
                .store
                .customers()
                .await?
                .iter()
                .map(|c| c.id)
                .collect();
            let sheet = match invoices::read(import.bytes, |id| customers.contains(&id)) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let mut known = HashMap::new();
            let mut applied = HashMap::new();
            for (_, row) in &sheet.rows {
                if let Some(open) = office.store.open_invoice(row.id).await? {
                    applied.extend(
                        open.invoice
                            .gross
                            .checked_sub(open.balance)
                            .map(|a| (row.id, a)),
                    );
                    known.insert(row.number.clone(), open.invoice);
                }
            }
            let sheet = over(sheet.over_known(&known), &known, &applied);
            take(
                office,
                &import,
                sheet,
                &known,
                (Record::CustomerInvoice, |_| Vec::new()),
                &waiting(office).await?,
            )
            .await
        },
        StepError::is_conflict,
    )
    .await
}

/// What must not change any more becomes a mistake of its line.
fn over(
    sheet: Sheet<CustomerInvoice>,
    known: &HashMap<String, CustomerInvoice>,
    applied: &HashMap<CustomerInvoiceId, Money>,
) -> Sheet<CustomerInvoice> {
    let mut mistakes = sheet.mistakes;
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for (line, row) in sheet.rows {
        let Some(before) = known.get(&row.number) else {
            rows.push((line, row));
            continue;
        };
        let applied = applied.get(&row.id).copied();
        match invoices::over(before, row, applied) {
            Ok(row) => rows.push((line, row)),
            Err((column, problem)) => mistakes.push(Mistake {
                line,
                column: Some(column.to_owned()),
                problem,
            }),
        }
    }
    Sheet {
        rows,
        in_file: sheet.in_file,
        mistakes,
        unsaid: sheet.unsaid,
        advice: sheet.advice,
        told: sheet.told,
    }
}
