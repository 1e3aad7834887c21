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
            // Each by its own id: an order of years has more of both than are looked at for a bill.
            let (mut ordered, mut known) = (HashSet::new(), HashMap::new());
            for (_, row) in &sheet.rows {
                let line = OrderLine::id_of(&row.order, &row.line);
                if !ordered.contains(&line) && office.store.order_line(line).await?.is_some() {
                    ordered.insert(line);
                }
                let receipt = office.store.goods_receipt(row.id).await?;
                known.extend(receipt.map(|receipt| (receipt.key(), receipt)));
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
