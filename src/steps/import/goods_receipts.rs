//! `import goods-receipts FILE`. Bills whose goods are in now are checked again, and their payments may go.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, again_by_order, take, unreadable};
use crate::basics::ids::OrderLineId;
use crate::domain::change::Record;
use crate::domain::import::{Imported, Sheet, goods_receipts};
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
            let sheet = match goods_receipts::read(import.bytes, office.today()) {
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
            let came = came_in(office, &sheet).await?;
            let of_line = |row: &GoodsReceipt| {
                let line = OrderLine::id_of(&row.order, &row.line);
                came.get(&line).copied().unwrap_or_default()
            };
            let sheet = goods_receipts::within_received(sheet, of_line);
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

/// What the books have of the lines that something went back on, apart from the receipts of this file.
async fn came_in(
    office: &Office,
    sheet: &Sheet<GoodsReceipt>,
) -> Result<HashMap<OrderLineId, Decimal>, StepError> {
    let in_file = sheet.rows.iter().map(|(_, row)| row.id);
    let in_file = in_file.collect::<HashSet<_>>();
    let went_back = sheet.rows.iter().map(|(_, row)| row);
    let went_back = went_back.filter(|row| row.quantity.is_sign_negative());
    let orders = went_back
        .map(|row| row.order.as_str())
        .collect::<HashSet<_>>();
    let mut came = HashMap::<_, Decimal>::new();
    for order in orders {
        for receipt in office.store.receipts_of_order(order).await? {
            if !in_file.contains(&receipt.id) {
                let line = OrderLine::id_of(&receipt.order, &receipt.line);
                let sum = came.entry(line).or_default();
                *sum = sum.saturating_add(receipt.quantity);
            }
        }
    }
    Ok(came)
}
