//! Takes down what a bank says of a file of ours before anything is booked (pain.002). What it refuses goes the way of money that
//! came back; what it accepts is written into the trail and is not paid: only a statement settles.

use super::patiently::patiently;
use super::plan_payments::PayError;
use super::refused_transfer::refused;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;
use crate::basics::text::one_line;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::import::payment_status::{Fate, fates, names_in, words};
use crate::domain::payable::payment_run::TransferLine;
use crate::domain::payable::payment_run::report::run_of;
use crate::domain::payable::{Bill, Payment, PaymentRun, PaymentRunState};
use crate::formats::pain002::{self, StatusReport};

/// The fact of the audit entry by which a report is known when it comes again.
const REPORT: &str = "report";
/// Longest words of a bank that are kept.
const MAX_WORDS_CHARS: usize = 500;

/// What became of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// On which run it is.
    pub run: PaymentRun,
    /// The bank's word on the whole file.
    pub word: String,
    /// It came before: nothing was changed.
    pub again: bool,
    /// EndToEndIds of the transfers it refuses, with its words.
    pub refused: Vec<(String, String)>,
    /// The same for the others it says something of.
    pub told: Vec<(String, String)>,
    /// What does not fit what we know, which waits for a person.
    pub unfitting: Vec<String>,
}

/// Takes a file. Report and effects are one commit, after the file is in the vault: after a crash it is given again.
///
/// # Errors
/// Why nothing of it is taken, in words, or what the doors met.
pub async fn record_payment_status(
    office: &Office,
    bytes: &[u8],
    by: &str,
) -> Result<Recorded, PayError> {
    let report = pain002::read(bytes).map_err(|error| PayError::Refused(error.to_string()))?;
    let file = ContentHash::of(bytes);
    let attempt = || async {
        let run = meant(office, &report).await?;
        let trail = office.store.audit_of(&run.id.into()).await?;
        let known = (REPORT.to_owned(), file.to_string());
        let again = trail.iter().any(|entry| entry.event.facts.contains(&known));
        let fates = fates(&run, &report).map_err(PayError::Refused)?;
        let mut recorded = recorded(&run, &report, &fates, again);
        if !again {
            let told = (office.clock.now(), Actor::Person(by.to_owned()));
            let change = change(office, &run, (file, &report, &fates), told, &mut recorded).await?;
            office.vault.put(bytes).await?;
            office.store.commit(change).await?;
        }
        Ok(recorded)
    };
    let recorded = patiently(attempt, PayError::is_conflict).await?;
    let refused = recorded.refused.len();
    tracing::info!(payment_run.id = %recorded.run.id.short(), refused, "the bank reported on a payment file");
    Ok(recorded)
}

/// The run it is on: by the name of the file, or of a batch or transfer where the bank left that away.
async fn meant(office: &Office, report: &StatusReport) -> Result<PaymentRun, PayError> {
    let prefix = names_in(report).find_map(run_of);
    let unknown = || {
        let named = one_line(&report.original_message_id, MAX_WORDS_CHARS);
        PayError::Refused(format!(
            "it is on a file {named:?}, which is none of ours: `pay list` has all there are"
        ))
    };
    let runs = match prefix {
        Some(prefix) => office.store.find_payment_runs(&prefix).await?,
        None => return Err(unknown()),
    };
    let Ok([run]) = <[PaymentRun; 1]>::try_from(runs) else {
        return Err(unknown());
    };
    match run.state {
        PaymentRunState::Released | PaymentRunState::Exported => Ok(run),
        PaymentRunState::Proposed | PaymentRunState::Withdrawn => Err(PayError::Refused(format!(
            "its payment run {} is {}: nobody released it, and the bank has it; ask the bank who sent the file",
            run.id.short(),
            run.state
        ))),
    }
}

fn recorded(run: &PaymentRun, report: &StatusReport, fates: &[Fate<'_>], again: bool) -> Recorded {
    let of = |wanted: bool| {
        let those = fates.iter().filter(move |fate| fate.is_refused == wanted);
        let pair = |fate: &Fate<'_>| (fate.transfer.end_to_end_id.clone(), said(fate));
        those.map(pair).collect()
    };
    Recorded {
        run: run.clone(),
        word: one_line(&words(&[&report.group]), MAX_WORDS_CHARS),
        again,
        refused: of(true),
        told: of(false),
        unfitting: Vec::new(),
    }
}

fn said(fate: &Fate<'_>) -> String {
    one_line(&fate.words, MAX_WORDS_CHARS)
}

/// The run is written as it is, so that of two who bring the same report one meets a conflict and sees the other.
async fn change(
    office: &Office,
    run: &PaymentRun,
    (file, report, fates): (ContentHash, &StatusReport, &[Fate<'_>]),
    (now, by): (Timestamp, Actor),
    recorded: &mut Recorded,
) -> Result<Change, PayError> {
    let mut told = AuditEvent::new(
        now,
        by.clone(),
        "bank reported on the file",
        run.id,
        "pain.002",
    )
    .state(Some(run.state.as_str()), run.state.as_str())
    .fact(REPORT, file)
    .fact("status", &recorded.word);
    if let Some(id) = &report.message_id {
        told = told.fact("report id", one_line(id, MAX_WORDS_CHARS));
    }
    for batch in &report.batches {
        let word = one_line(&words(&[&batch.said]), MAX_WORDS_CHARS);
        if let (Some(id), false) = (&batch.original_id, word.is_empty()) {
            told = told.fact(&format!("batch {}", one_line(id, MAX_WORDS_CHARS)), word);
        }
    }
    let mut change = Change::new(told).put(Record::PaymentRun(run.clone()));
    for fate in fates {
        let mut lines = Vec::with_capacity(fate.transfer.lines.len());
        for line in &fate.transfer.lines {
            lines.push(loaded(office, line).await?);
        }
        change = if fate.is_refused {
            match refused(office, fate, lines, (now, &by)) {
                Ok(Some(more)) => change.and(more),
                Ok(None) => change,
                Err(why) => {
                    let named = &fate.transfer.end_to_end_id;
                    recorded
                        .unfitting
                        .push(format!("{named} ({}): {why}", said(fate)));
                    change
                }
            }
        } else {
            lines.iter().fold(change, |change, (payment, _)| {
                let event = AuditEvent::new(
                    now,
                    by.clone(),
                    "bank told of the payment",
                    payment.id,
                    said(fate),
                );
                change.event(event)
            })
        };
    }
    if !recorded.unfitting.is_empty() {
        change = change.raise(unfitting(office, run, (file, &recorded.unfitting), now));
    }
    Ok(change)
}

async fn loaded(office: &Office, line: &TransferLine) -> Result<(Payment, Bill), PayError> {
    let payment = office.store.payment(line.payment).await?;
    let payment = payment.ok_or_else(|| StepError::Missing(line.payment.into()))?;
    let bill = office.store.bill(line.bill).await?;
    Ok((
        payment,
        bill.ok_or_else(|| StepError::Missing(line.bill.into()))?,
    ))
}

/// What a person has to compare; the rest of the report was taken.
fn unfitting(
    office: &Office,
    run: &PaymentRun,
    (file, seen): (ContentHash, &[String]),
    now: Timestamp,
) -> Exception {
    Exception::raise(
        ExceptionCode::PaymentMismatch,
        run.id.into(),
        &file.to_string(),
        &office.rules.owners.payables,
        now,
        (
            format!(
                "the bank's report on the file does not fit: {}",
                seen.join("; ")
            ),
            "compare the report and the statement with `pay show`, and ask the bank what it paid",
        ),
    )
}
