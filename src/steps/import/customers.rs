//! `import customers FILE`. Money and remittances that waited for one of them are looked at again.

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, by_key, take, unreadable, waiting};
use crate::domain::change::Record;
use crate::domain::import::customers;

/// Takes customers.
///
/// # Errors
/// What the store met.
pub async fn import_customers(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(
        || async {
            let sheet = match customers::read(import.bytes) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let known = by_key(&office.store.customers().await?);
            let sheet = sheet.over_known(&known);
            take(
                office,
                &import,
                sheet,
                &known,
                (Record::Customer, |_| Vec::new()),
                &waiting(office).await?,
            )
            .await
        },
        StepError::is_conflict,
    )
    .await
}
