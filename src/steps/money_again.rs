//! The jobs that look again at money which came and found no invoice, after the books have changed.

use super::{Office, StepError};
use crate::domain::bank::Credit;
use crate::domain::job::{NewJob, Step};

/// A job for each credit that may find its invoice now.
///
/// # Errors
/// What the store met.
pub async fn money_again(
    office: &Office,
    may_find: impl Fn(&Credit) -> bool,
) -> Result<Vec<NewJob>, StepError> {
    let now = office.clock.now();
    let credits = office.store.unapplied_bank_entries().await?;
    let credits = credits.iter().filter(|credit| may_find(credit));
    let jobs = credits.map(|credit| NewJob::now(Step::ApplyCash, credit.entry.id, now));
    Ok(jobs.collect())
}
