//! Files carried inside the PDF of a document: time sheets, delivery notes. They are kept as support for it.

use super::mail_parts::{PartDocument, SetAside};
use super::part_change::set_aside;
use super::several_documents::inside_pages;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::text::one_line;
use crate::domain::change::Change;
use crate::domain::document::read::Content;
use crate::domain::message::Message;
use crate::formats::sniff::file_type;

/// The files a PDF carries beside the XML it was read from, decoded by the reader's child and limited there.
pub fn carried_in_pages(file: &PartDocument, content: &Content) -> Vec<SetAside> {
    let numbered = inside_pages(content).into_iter().enumerate();
    let kept = numbered.map(|(index, inside)| SetAside {
        part: format!("{}/file-{}", file.part, index + 1),
        name: one_line(&inside.name, 200),
        kind: file_type(&inside.bytes),
        bytes: inside.bytes.clone(),
        why: format!("carried inside {}; kept as support for it", file.name),
        is_replaced: false,
    });
    kept.collect()
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
