//! Files carried inside the PDF of a document: time sheets, delivery notes. They are kept as support for it.

use super::mail_parts::{PartDocument, SetAside};
use super::part_change::set_aside;
use super::several_documents::{inside_pages, kept_inside};
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::domain::change::Change;
use crate::domain::document::read::Content;
use crate::domain::message::Message;

/// The files a PDF carries beside the XML it was read from, decoded by the reader's child and limited there.
pub fn carried_in_pages(file: &PartDocument, content: &Content) -> Vec<SetAside> {
    kept_inside(file, inside_pages(content).into_iter().cloned())
}

/// Keeps carried files: their bytes in the vault, a row for each.
///
/// # Errors
/// What the vault met.
pub async fn keep_carried(
    office: &Office,
    mut change: Change,
    message: &Message,
    carried: &[SetAside],
    told: (Timestamp, &str),
) -> Result<Change, StepError> {
    if carried.is_empty() {
        return Ok(change);
    }
    let bytes = carried.iter().map(|part| part.bytes.as_slice());
    let hashes = office.vault.put_all(&bytes.collect::<Vec<_>>()).await?;
    for (part, hash) in carried.iter().zip(hashes) {
        change = set_aside(change, message, (part, hash), told);
    }
    Ok(change)
}
