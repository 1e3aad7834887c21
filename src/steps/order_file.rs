//! The order a bill names, with what came in and what was billed on it before.

use super::Office;
use crate::domain::payable::Bill;
use crate::domain::payable::checks::order::OrderFile;
use crate::io::store::StoreError;

/// Loads it; empty where the bill names none of ours.
///
/// # Errors
/// What the store met.
pub async fn order_file(office: &Office, bill: &Bill) -> Result<OrderFile, StoreError> {
    let store = &office.store;
    let has_orders = store.has_orders().await?;
    let Some(named) = bill.po_number.as_deref().filter(|_| has_orders) else {
        return Ok(OrderFile {
            has_orders,
            ..OrderFile::default()
        });
    };
    let lines = store.lines_of_order(named).await?;
    let number = lines.first().map_or(named, |line| line.order.as_str());
    let mut billed = Vec::new();
    for other in store.billed_on_order(number, bill.id).await? {
        if other.supplier == bill.supplier {
            let document = store.document(other.document).await?;
            billed.extend(document.map(|document| document.reading.lines));
        }
    }
    Ok(OrderFile {
        receipts: store.receipts_of_order(named).await?,
        lines,
        billed,
        has_orders,
    })
}
