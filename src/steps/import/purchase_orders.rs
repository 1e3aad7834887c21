//! `import purchase-orders FILE`. Bills that wait for their order are checked again.

use std::collections::{HashMap, HashSet};

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, again_by_order, take, unreadable};
use crate::domain::change::Record;
use crate::domain::import::{Imported, purchase_orders};
use crate::domain::payable::OrderLine;

/// Takes orders.
///
/// # Errors
/// What the store met.
pub async fn import_purchase_orders(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(
        || async {
            let suppliers = office.store.suppliers().await?;
            let suppliers: HashSet<_> = suppliers.iter().map(|one| one.id).collect();
            let sheet = match purchase_orders::read(import.bytes, |id| suppliers.contains(&id)) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let numbers = sheet.rows.iter().map(|(_, row)| row.order.as_str());
            let numbers: HashSet<&str> = numbers.collect();
            let mut in_books = Vec::new();
            for number in &numbers {
                in_books.extend(office.store.lines_of_order(number).await?);
            }
            let again = again_by_order(office, numbers.into_iter()).await?;
            let sheet = purchase_orders::beside(sheet, &in_books);
            let mut known = HashMap::new();
            for (_, row) in &sheet.rows {
                let line = office.store.order_line(row.id).await?;
                known.extend(line.map(|line| (line.key(), line)));
            }
            let jobs = |row: &OrderLine| again.get(&row.order).cloned().unwrap_or_default();
            let sheet = sheet.over_known(&known);
            take(
                office,
                &import,
                sheet,
                &known,
                (Record::OrderLine, jobs),
                &[],
            )
            .await
        },
        StepError::is_conflict,
    )
    .await
}
