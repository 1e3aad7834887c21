//! What a bank says of a file of ours before anything is booked (pain.002): what it refuses is not paid; what it accepts is not
//! paid either, since only a statement settles.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::basics::calendar::Date;
use crate::domain::payable::payment_run::report::batch_id;
use crate::domain::payable::payment_run::{PaymentRun, Transfer};
use crate::formats::pain002::{Said, StatusReport, TransferStatus};

/// Rejected, and cancelled as somebody asked at the bank: in both cases nothing is paid.
const NOT_PAID: [&str; 2] = ["RJCT", "CANC"];
/// Incorrect, invalid, closed and blocked account.
const ACCOUNT_REASONS: [&str; 4] = ["AC01", "AC03", "AC04", "AC06"];
/// Names that are given where there is none.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// What became of one transfer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fate<'r> {
    /// Which.
    pub transfer: &'r Transfer,
    /// The bank's word, with its reasons.
    pub words: String,
    /// The bank will not carry it out.
    pub is_refused: bool,
    /// Because of the account that was to be paid.
    pub is_about_account: bool,
}

/// Why the report is taken as a whole or not at all, in words.
type Refusal = String;

/// The name by which the report's file can be found: that of the file, else of one of its batches or transfers.
pub fn names_in(report: &StatusReport) -> impl Iterator<Item = &str> {
    let batches = report.batches.iter();
    let batch_ids = batches.clone().filter_map(|one| one.original_id.as_deref());
    let transfers = batches.flat_map(|one| &one.transfers);
    let ids = transfers.filter_map(|one| one.end_to_end_id.as_deref());
    std::iter::once(report.original_message_id.as_str())
        .chain(batch_ids)
        .chain(ids)
}

/// The transfers of which the report says something that counts for each: all of a refused file or batch, and those it names.
///
/// # Errors
/// That it names what is not in the file, or contradicts itself or the file.
pub fn fates<'r>(run: &'r PaymentRun, report: &StatusReport) -> Result<Vec<Fate<'r>>, Refusal> {
    let original = report.original_message_id.trim();
    if original != run.message_id() && original != NOT_PROVIDED {
        return Err(format!(
            "it is on a file {original:?}, and names transfers of {}",
            run.message_id()
        ));
    }
    let days: BTreeSet<_> = run.transfers.iter().map(|one| one.execution_date).collect();
    let days = days.into_iter().zip(1..);
    let batch_ids: HashMap<Date, String> = days.map(|(day, n)| (day, batch_id(run, n))).collect();
    known_batches(&batch_ids, report)?;
    known_transfers(run, report)?;
    let mut of_batch = HashMap::<&str, Vec<&Said>>::new();
    let mut of_transfer = HashMap::<&str, Vec<&Said>>::new();
    for batch in &report.batches {
        let id = batch.original_id.as_deref().unwrap_or(NOT_PROVIDED);
        of_batch.entry(id).or_default().push(&batch.said);
        for one in &batch.transfers {
            let id = one.end_to_end_id.as_deref().unwrap_or(NOT_PROVIDED);
            of_transfer.entry(id).or_default().push(&one.said);
        }
    }
    let none = Vec::new();
    let mut fates = Vec::new();
    for transfer in &run.transfers {
        let batch = batch_ids.get(&transfer.execution_date);
        let batch = batch.and_then(|id| of_batch.get(id.as_str()));
        let own = of_transfer.get(transfer.end_to_end_id.as_str());
        let all = batch
            .unwrap_or(&none)
            .iter()
            .copied()
            .chain([&report.group]);
        fates.extend(fate(transfer, own.unwrap_or(&none), all)?);
    }
    Ok(fates)
}

fn known_batches(ids: &HashMap<Date, String>, report: &StatusReport) -> Result<(), Refusal> {
    let ids: HashSet<&str> = ids.values().map(String::as_str).collect();
    for batch in &report.batches {
        let named = batch
            .original_id
            .as_deref()
            .filter(|id| *id != NOT_PROVIDED);
        match named {
            Some(id) if ids.contains(id) => {}
            Some(id) => {
                return Err(format!(
                    "it names the batch {id:?}, which is not in the file"
                ));
            }
            None if batch.said.status.is_some() => {
                return Err("it has a word on a batch that it does not name".into());
            }
            None => {}
        }
    }
    Ok(())
}

fn known_transfers(run: &PaymentRun, report: &StatusReport) -> Result<(), Refusal> {
    let transfers = run.transfers.iter();
    let transfers: HashMap<&str, &Transfer> = transfers
        .map(|one| (one.end_to_end_id.as_str(), one))
        .collect();
    let said = report.batches.iter().flat_map(|batch| &batch.transfers);
    for TransferStatus {
        end_to_end_id,
        amount,
        ..
    } in said
    {
        let id = end_to_end_id.as_deref().unwrap_or(NOT_PROVIDED);
        let transfer = transfers.get(id);
        let transfer = transfer
            .ok_or_else(|| format!("it names the transfer {id:?}, which is not in the file"))?;
        let sent = (
            transfer.amount.to_decimal(),
            transfer.amount.currency().to_string(),
        );
        if let Some((amount, currency)) = amount.as_ref().filter(|amount| **amount != sent) {
            return Err(format!(
                "it says {amount} {currency} of {id}, which is of {}",
                transfer.amount
            ));
        }
    }
    Ok(())
}

/// The nearest word counts. A refusal of all that takes one of it out says two things.
fn fate<'r, 's>(
    transfer: &'r Transfer,
    own: &[&'s Said],
    all: impl Iterator<Item = &'s Said>,
) -> Result<Option<Fate<'r>>, Refusal> {
    let refuses_all = all.filter(|said| is_refusal(said)).collect::<Vec<_>>();
    let with_word = own.iter().filter(|said| said.status.is_some());
    let (refusing, others): (Vec<&Said>, Vec<&Said>) =
        with_word.copied().partition(|said| is_refusal(said));
    let is_refused = !refusing.is_empty() || !refuses_all.is_empty();
    if is_refused && !others.is_empty() {
        return Err(format!(
            "it refuses {} and says {} of it as well",
            transfer.end_to_end_id,
            words(&others)
        ));
    }
    let nearest = match (refusing.is_empty(), others.is_empty()) {
        (false, _) => refusing,
        (true, false) => others,
        // A transfer that is listed with its reason and no word of its own.
        (true, true) => refuses_all.into_iter().chain(own.iter().copied()).collect(),
    };
    if nearest.iter().all(|said| said.status.is_none()) {
        return Ok(None);
    }
    let mut reasons = own.iter().flat_map(|said| &said.reasons);
    Ok(Some(Fate {
        transfer,
        words: words(&nearest),
        is_refused,
        // A reason for all of a file is about our account, not about one that is paid.
        is_about_account: is_refused
            && reasons.any(|reason| ACCOUNT_REASONS.contains(&reason.as_str())),
    }))
}

fn is_refusal(said: &Said) -> bool {
    said.status
        .as_deref()
        .is_some_and(|status| NOT_PAID.contains(&status))
}

/// The bank's words, for people: `RJCT AC04 account closed`.
pub fn words(said: &[&Said]) -> String {
    let mut parts = Vec::new();
    for one in said {
        parts.extend(one.status.as_deref());
        parts.extend(one.reasons.iter().map(String::as_str));
        parts.extend(Some(one.information.as_str()).filter(|text| !text.is_empty()));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests;
