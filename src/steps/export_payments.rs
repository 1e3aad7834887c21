//! Hands out the file of a released run. The run was released by a commit before; a crash between the file and the commit
//! that says so leaves the file, and asking again finds the same bytes there.

use std::path::{Path, PathBuf};

use super::Office;
use super::patiently::patiently;
use super::plan_payments::PayError;
use super::release_payments::{load, run_event};
use crate::basics::ids::PaymentRunId;
use crate::domain::audit::Actor;
use crate::domain::change::{Change, Record};
use crate::domain::payable::payment_run::state;
use crate::domain::payable::{PaymentRun, PaymentRunEvent};
use crate::io::payment_folder::hand_out;

/// A file of as many transfers as a run may have is a few MiB.
const MOST_BYTES: u64 = 64 << 20;

/// Writes it to `to`, a file or a folder, else into the folder of its account. Gives the run and the file.
///
/// # Errors
/// That it is not released, that another file has the name, or what the doors met.
pub async fn export_payments(
    office: &Office,
    id: PaymentRunId,
    to: Option<&Path>,
    by: &str,
) -> Result<(PaymentRun, PathBuf), PayError> {
    let run = load(office, id).await?;
    let refused = |refused: crate::basics::words::Refused| PayError::Refused(refused.to_string());
    state::next(run.state, PaymentRunEvent::Export).map_err(refused)?;
    let name = format!("{}.xml", run.message_id());
    let file = match to {
        Some(file) if !file.is_dir() => file.to_owned(),
        Some(folder) => folder.join(name),
        None => {
            let account = office.rules.payments.account(Some(&run.account));
            account.map_err(PayError::Refused)?.folder.join(name)
        }
    };
    let bytes = office.vault.get(run.file, MOST_BYTES).await?;
    let target = file.clone();
    let handed_out = tokio::task::spawn_blocking(move || hand_out(&target, &bytes)).await;
    match handed_out {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => return Err(PayError::Refused(crate::basics::text::chain(&failure))),
        Err(panicked) => return Err(PayError::Refused(panicked.to_string())),
    }
    let attempt = || async {
        let run = load(office, id).await?;
        let state = state::next(run.state, PaymentRunEvent::Export).map_err(refused)?;
        let exported = PaymentRun {
            state,
            ..run.clone()
        };
        let who = Actor::Person(by.to_owned());
        let told = run_event(
            &run,
            &exported,
            (office.clock.now(), who),
            "payment file handed out",
            "asked for",
        );
        let told = told.fact("to", file.display());
        let change = Change::new(told).put(Record::PaymentRun(exported.clone()));
        office.store.commit(change).await?;
        Ok(exported)
    };
    let exported = patiently(attempt, PayError::is_conflict).await?;
    tracing::info!(payment_run.id = %id.short(), "payment file handed out");
    Ok((exported, file))
}
