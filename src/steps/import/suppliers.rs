//! `import suppliers FILE`.

use super::{Import, ImportReport, Office, StepError, by_key, patiently, take, unreadable};
use crate::domain::change::Record;
use crate::domain::import::suppliers;

/// Takes suppliers.
///
/// # Errors
/// What the store met.
pub async fn import_suppliers(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(|| async {
        let sheet = match suppliers::read(import.bytes) {
            Ok(sheet) => sheet,
            Err(mistake) => return Ok(unreadable(mistake)),
        };
        let known = by_key(&office.store.suppliers().await?);
        take(office, &import, sheet, &known, (Record::Supplier, |_| None)).await
    })
    .await
}
