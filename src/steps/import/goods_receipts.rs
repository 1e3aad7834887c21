//! `import goods-receipts FILE`. Bills whose goods are in now are checked again, and their payments may go.

use std::collections::{HashMap, HashSet};

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, again_by_order, take, unreadable};
use crate::domain::change::Record;
use crate::domain::import::{Imported, goods_receipts};
use crate::domain::payable::GoodsReceipt;

/// Takes receipts.
///
/// # Errors
/// What the store met.
pub async fn import_goods_receipts(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(
        || async {
            // Once to see of which orders it speaks, once with their lines.
            let sheet = match goods_receipts::read(import.bytes, |_, _| true) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let orders = sheet.rows.into_iter().map(|(_, row)| row.order);
            let orders: HashSet<String> = orders.collect();
            let (mut lines, mut known) = (HashSet::new(), HashMap::new());
            for order in &orders {
                let of_order = office.store.lines_of_order(order).await?;
                lines.extend(of_order.into_iter().map(|one| (order.clone(), one.line)));
                let receipts = office.store.receipts_of_order(order).await?;
                known.extend(receipts.into_iter().map(|receipt| (receipt.key(), receipt)));
            }
            let is_known =
                |order: &str, line: &str| lines.contains(&(order.to_owned(), line.to_owned()));
            let sheet = match goods_receipts::read(import.bytes, is_known) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let again = again_by_order(office, orders.iter().map(String::as_str)).await?;
            let jobs = |row: &GoodsReceipt| again.get(&row.order).cloned().unwrap_or_default();
            let sheet = sheet.over_known(&known);
            take(
                office,
                &import,
                sheet,
                &known,
                (Record::GoodsReceipt, jobs),
                &[],
            )
            .await
        },
        StepError::is_conflict,
    )
    .await
}
