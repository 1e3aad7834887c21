//! The order a bill names, with what came in and what was billed on it before.

use super::{Office, StepError};
use crate::domain::payable::Bill;
use crate::domain::payable::checks::order::{BilledBefore, OrderFile};
use crate::io::store::load::MAX_OF_ORDER;

/// Loads it; empty where the bill names none of ours.
///
/// # Errors
/// What the store met.
pub async fn order_file(office: &Office, bill: &Bill) -> Result<OrderFile, StepError> {
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
    let others = store.billed_on_order(number, bill.id).await?;
    for other in &others {
        let document = store.document(other.document).await?;
        let document = document.ok_or_else(|| StepError::Missing(other.document.into()))?;
        billed.extend(BilledBefore::of(other, document.reading));
    }
    let receipts = store.receipts_of_order(named).await?;
    Ok(OrderFile {
        is_cut: [lines.len(), receipts.len(), others.len()].contains(&MAX_OF_ORDER),
        receipts,
        lines,
        billed,
        has_orders,
    })
}
