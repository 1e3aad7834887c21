//! `import bank-statement FILE`. Every credit in it looks for its invoices, and what names a transfer of ours settles it or
//! brings it back.

use std::collections::{HashMap, HashSet};

use super::super::bank_data::note_told;
use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, Recorder, StepError, take, unreadable};
use crate::basics::ids::BankEntryId;
use crate::basics::money::Money;
use crate::domain::bank::BankEntry;
use crate::domain::change::Record;
use crate::domain::import::{Sheet, bank_statement};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::payment_run::report::run_of;
use crate::formats::csv_import::Mistake;
use crate::io::store::Filter;

/// Takes bank lines.
///
/// # Errors
/// What the store met.
pub async fn import_bank_statement(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    let now = office.clock.now();
    let apply = |entry: &BankEntry| {
        let step = match entry.end_to_end_id.as_deref().and_then(run_of) {
            Some(_) => Step::ReconcileBank,
            // What went out may be a customer's payment that was taken back.
            None => Step::ApplyCash,
        };
        vec![NewJob::now(step, entry.id, now)]
    };
    patiently(
        || async {
            let sheet = match bank_statement::read(import.bytes, &office.rules.own_accounts) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let sheet = apart(office, sheet, import.bytes).await?;
            let mut known = HashMap::new();
            let mut applied = HashMap::new();
            for (_, row) in &sheet.rows {
                if let Some(credit) = office.store.credit(row.id).await? {
                    applied.extend(
                        credit
                            .entry
                            .amount
                            .checked_sub(credit.remaining)
                            .map(|a| (row.id, a)),
                    );
                    known.insert(row.entry_reference.clone(), credit.entry);
                }
            }
            let sheet = over(sheet, &known, &applied);
            let told = sheet.told.clone();
            let record: Recorder<BankEntry> = Record::BankEntry;
            let report = take(office, &import, sheet, &known, (record, apply), &[]).await?;
            // Of what was left out nobody knows what it says.
            if !report.refused && report.mistakes.is_empty() {
                note_told(office, (import.by, import.source), told).await?;
            }
            Ok(report)
        },
        StepError::is_conflict,
    )
    .await
}

/// Entries of a bank's own statement that are named as another booking was get names of their own. In a table the names are whose
/// who wrote it.
async fn apart(
    office: &Office,
    mut sheet: Sheet<BankEntry>,
    bytes: &[u8],
) -> Result<Sheet<BankEntry>, StepError> {
    if !bank_statement::is_of_bank(bytes) {
        return Ok(sheet);
    }
    for (_, row) in &mut sheet.rows {
        let known = office.store.bank_entry(row.id).await?;
        if known.is_some_and(|known| bank_statement::is_another(&known, row)) {
            *row = bank_statement::renamed(row.clone());
        }
    }
    let known = office.store.list_bank_entries(&Filter::all()).await?;
    let names = sheet
        .rows
        .iter()
        .map(|(_, row)| row.entry_reference.clone());
    let names = names.collect::<HashSet<_>>();
    let (again, others): (Vec<_>, Vec<_>) = known
        .into_iter()
        .partition(|entry| names.contains(&entry.entry_reference));
    let again = again.into_iter().map(|entry| entry.entry_reference);
    let again = again.collect::<HashSet<_>>();
    let rows = sheet.rows.iter().map(|(_, row)| row);
    let new = rows.filter(|row| !again.contains(&row.entry_reference));
    let told = bank_statement::told_otherwise(&others, &new.collect::<Vec<_>>());
    sheet
        .rows
        .retain(|(_, row)| !told.contains(&row.entry_reference));
    if !told.is_empty() {
        tracing::info!(
            entries = told.len(),
            "entries that another file told in parts or as one sum are left out"
        );
    }
    Ok(sheet)
}

/// What must not change any more becomes a mistake of its line.
fn over(
    sheet: Sheet<BankEntry>,
    known: &HashMap<String, BankEntry>,
    applied: &HashMap<BankEntryId, Money>,
) -> Sheet<BankEntry> {
    let mut mistakes = sheet.mistakes;
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for (line, row) in sheet.rows {
        let before = known.get(&row.entry_reference);
        let applied = applied.get(&row.id).copied();
        match before.map_or(Ok(row.clone()), |before| {
            bank_statement::over(before, row, applied)
        }) {
            Ok(row) => rows.push((line, row)),
            Err((column, problem)) => mistakes.push(Mistake {
                line,
                column: Some(column.to_owned()),
                problem,
            }),
        }
    }
    Sheet {
        rows,
        in_file: sheet.in_file,
        mistakes,
        unsaid: sheet.unsaid,
        advice: sheet.advice,
        told: sheet.told,
    }
}
