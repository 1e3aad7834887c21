//! `import goods-receipts FILE`. Bills whose goods are in now are checked again, and their payments may go.

use std::collections::{HashMap, HashSet};

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, again_by_order, take, unreadable};
use crate::domain::change::Record;
use crate::domain::import::{Imported, goods_receipts};
use crate::domain::payable::{GoodsReceipt, OrderLine};

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
            let sheet = match goods_receipts::read(import.bytes) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let orders = sheet.rows.iter().map(|(_, row)| row.order.clone());
            let orders: HashSet<String> = orders.collect();
            let (mut ordered, mut known) = (HashSet::new(), HashMap::new());
            for order in &orders {
                let lines = office.store.lines_of_order(order).await?;
                ordered.extend(lines.into_iter().map(|line| line.id));
                let receipts = office.store.receipts_of_order(order).await?;
                known.extend(receipts.into_iter().map(|receipt| (receipt.key(), receipt)));
            }
            let is_ordered =
                |row: &GoodsReceipt| ordered.contains(&OrderLine::id_of(&row.order, &row.line));
            let sheet = goods_receipts::of_orders(sheet, is_ordered);
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
