//! The worker: takes due jobs from the store, does them, and says what became of each. Several run beside each other,
//! in one process or in many; the store never hands out two jobs about one thing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{Instrument, error, info, info_span, warn};

use crate::basics::calendar::Timestamp;
use crate::basics::ids::JobId;
use crate::basics::text::chain;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::parked_occurrence;
use crate::io::disposition::Disposition;
use crate::io::store::{Claimed, StoreError};
use crate::steps::patiently::patiently;
use crate::steps::{self, Office, StepError};

/// Jobs done beside each other. Reading a PDF waits for a child process and sending waits for a server, so more than
/// there are cores; not so many that a burst of large mails fills the memory.
const CONCURRENT_JOBS: u32 = 16;
/// Jobs taken at a time while others are being done: asking for each one as soon as there is room for it costs as much as doing
/// it.
const TAKEN_TOGETHER: u32 = 4;
/// How long to wait when nothing is due and nobody pokes.
const IDLE_WAIT: Duration = Duration::from_millis(500);
/// Whoever waits for a command asks a store that cannot be reached so often in a row: half a minute.
const ASKED_BEFORE_GIVING_UP: u32 = 60;

/// How often the lease of a long step is renewed: twice before it ends.
const RENEW_EVERY: Duration = Duration::from_secs(10 * 60);
/// How often at most: what was not read in six hours never will be, and somebody else may try.
const MAX_RENEWALS: usize = 36;

/// How often it is looked for jobs that this worker was handed and does not do.
const LET_GO_EVERY: Duration = Duration::from_secs(10);

/// What is being done here. Each job is named until its guard is dropped, however it ended.
#[derive(Clone, Default)]
struct Doing(Arc<Mutex<BTreeSet<JobId>>>);

impl Doing {
    fn begins(&self, job: JobId) -> BeingDone {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(job);
        BeingDone(self.clone(), job)
    }

    fn jobs(&self) -> Vec<JobId> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().copied().collect()
    }
}

struct BeingDone(Doing, JobId);

impl Drop for BeingDone {
    fn drop(&mut self) {
        let mut jobs = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.remove(&self.1);
    }
}

/// The jobs under way, and when it was last made sure that no others are leased to this worker.
#[derive(Default)]
struct Hands {
    running: JoinSet<()>,
    doing: Doing,
    let_go_at: Option<Instant>,
}

/// What a look at the queue gave.
enum Took {
    /// At least one job.
    Jobs,
    /// None is due, or there is no room for one.
    Nothing,
    /// Nobody knows: the store cannot be asked now.
    Unreachable(StoreError),
}

/// Takes jobs and does them.
pub struct Worker {
    office: Office,
    owner: String,
    poke: Arc<Notify>,
    concurrent_jobs: u32,
}

impl Worker {
    /// `owner` names this worker's leases; unique among running processes. A poke shortens the wait for new jobs; a lost
    /// one costs half a second.
    pub fn new(office: Office, owner: String, poke: Arc<Notify>) -> Self {
        Self {
            office,
            owner,
            poke,
            concurrent_jobs: CONCURRENT_JOBS,
        }
    }

    /// One job after the other, in the order in which they are due: the same work is then done the same way each time.
    #[must_use]
    pub fn one_at_a_time(self) -> Self {
        Self {
            concurrent_jobs: 1,
            ..self
        }
    }

    /// Works until told to stop, then finishes what it holds.
    ///
    /// # Errors
    /// When the store cannot hand out jobs for a reason that waiting does not mend.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let mut hands = Hands::default();
        while !*stop.borrow() {
            if matches!(self.take(&mut hands).await?, Took::Jobs) {
                continue;
            }
            tokio::select! {
                Some(_) = hands.running.join_next() => {}
                () = self.poke.notified() => {}
                () = tokio::time::sleep(IDLE_WAIT) => {}
                _ = stop.changed() => {}
            }
        }
        while hands.running.join_next().await.is_some() {}
        Ok(())
    }

    /// Works until nothing is due: for `demo`, `process` and tests.
    ///
    /// # Errors
    /// As `run`.
    pub async fn until_idle(&self) -> Result<(), StoreError> {
        let mut hands = Hands::default();
        let mut asked_in_vain = 0_u32;
        loop {
            let took = self.take(&mut hands).await?;
            asked_in_vain = match took {
                Took::Unreachable(_) => asked_in_vain.saturating_add(1),
                Took::Jobs | Took::Nothing => 0,
            };
            match took {
                Took::Unreachable(failure) if asked_in_vain >= ASKED_BEFORE_GIVING_UP => {
                    return Err(failure);
                }
                Took::Jobs | Took::Unreachable(_) => {}
                Took::Nothing if hands.running.join_next().await.is_none() => return Ok(()),
                Took::Nothing => {}
            }
        }
    }

    /// Takes as many due jobs as there is room for.
    async fn take(&self, hands: &mut Hands) -> Result<Took, StoreError> {
        while hands.running.try_join_next().is_some() {}
        let busy = u32::try_from(hands.running.len()).unwrap_or(u32::MAX);
        let room = self.concurrent_jobs.saturating_sub(busy);
        if busy > 0 && room < TAKEN_TOGETHER {
            return Ok(Took::Nothing);
        }
        let claimed = match self.ask(hands, room).await {
            Ok(claimed) => claimed,
            // A store that is closed while somebody works has lost its writer: only a new start mends that.
            Err(failure @ StoreError::Closed) => return Err(failure),
            Err(failure) if failure.disposition() == Disposition::Retry => {
                warn!(error = %chain(&failure), "the store hands out no jobs; asking again");
                // It may have handed out some, and the answer was lost.
                hands.let_go_at = None;
                tokio::time::sleep(IDLE_WAIT).await;
                return Ok(Took::Unreachable(failure));
            }
            Err(failure) => return Err(failure),
        };
        let took = if claimed.is_empty() {
            Took::Nothing
        } else {
            Took::Jobs
        };
        for job in claimed {
            self.begin(hands, job);
        }
        Ok(took)
    }

    /// Jobs to do, after giving back what nobody does: without that it would wait for the end of its lease, half an hour. A job whose
    /// fate could not be written counts one more attempt and is done again at once.
    async fn ask(&self, hands: &mut Hands, room: u32) -> Result<Vec<Claimed>, StoreError> {
        let store = &self.office.store;
        if hands
            .let_go_at
            .is_none_or(|last| last.elapsed() >= LET_GO_EVERY)
        {
            let given_back = store.let_go(&self.owner, hands.doing.jobs()).await?;
            if given_back > 0 {
                info!(jobs = given_back, "jobs that nobody did are done again");
            }
            hands.let_go_at = Some(Instant::now());
        }
        let now = self.office.clock.now();
        store.claim(&self.owner, now, room, steps::LEASE).await
    }

    fn begin(&self, hands: &mut Hands, job: Claimed) {
        let span = info_span!("job", step = %job.step, subject = %job.subject.id);
        let (office, poke) = (self.office.clone(), Arc::clone(&self.poke));
        let being_done = hands.doing.begins(job.claim.job);
        hands.running.spawn(
            async move {
                do_job(office, job).await;
                // From here on whoever looks for jobs that nobody does may find this one: its fate is written, or never will be.
                drop(being_done);
                // What it enqueued may be due now.
                poke.notify_one();
            }
            .instrument(span),
        );
    }
}

/// Does one job and settles its fate. A crash anywhere in here leaves the job leased: when the lease ends it is done again,
/// and its ids, derived from the same facts, meet what the first run committed.
async fn do_job(office: Office, job: Claimed) {
    let begun_before = job.claim.attempt.saturating_sub(1);
    let result = if begun_before >= steps::patience(job.step).attempts {
        Err(StepError::NeverEnded(begun_before))
    } else {
        let attempt = tokio::spawn({
            let (office, job) = (office.clone(), job.clone());
            async move { perform(&office, &job).await }.in_current_span()
        });
        let ended = if steps::is_renewed(job.step) {
            let renew = || renew(office.clone(), job.clone());
            renewing(attempt, RENEW_EVERY, renew).await
        } else {
            attempt.await
        };
        ended.unwrap_or_else(|panic| Err(StepError::Panicked(panic.to_string())))
    };
    let Err(failure) = result else { return };
    if let Err(failure) = settle(&office, &job, &failure).await {
        // The job is given back by this worker soon, or by the end of its lease.
        error!(error = %chain(&failure), "the fate of a failed job could not be stored");
    }
}

/// Waits for the end of work, renewing its lease meanwhile, but not for ever.
async fn renewing<T, R: Future<Output = ()>>(
    work: impl Future<Output = T>,
    every: Duration,
    renew: impl Fn() -> R,
) -> T {
    let mut work = std::pin::pin!(work);
    for _ in 0..MAX_RENEWALS {
        tokio::select! {
            ended = &mut work => return ended,
            () = tokio::time::sleep(every) => renew().await,
        }
    }
    work.await
}

/// A renewal that fails is no failure of the work: at worst it is done twice, and the commit of one of them is refused.
async fn renew(office: Office, job: Claimed) {
    if let Err(failure) = office.store.renew(job.claim, steps::LEASE).await {
        warn!(error = %chain(&failure), "the lease could not be renewed");
    }
}

/// Decides again on the spot when somebody else was faster, a few times.
async fn perform(office: &Office, job: &Claimed) -> Result<(), StepError> {
    patiently(|| steps::perform(office, job), StepError::is_conflict).await
}

async fn settle(office: &Office, job: &Claimed, failure: &StepError) -> Result<(), StoreError> {
    let told = chain(failure);
    let patience = steps::patience(job.step);
    let now = office.clock.now();
    if failure.is_stale_claim() {
        warn!(error = %told, "somebody else holds this job now");
        return Ok(());
    }
    if job.claim.attempt < patience.tries(failure) {
        let due = now
            .checked_add(patience.wait(job.claim.attempt))
            .unwrap_or(now);
        warn!(error = %told, attempt = job.claim.attempt, "trying again later");
        return office.store.retry(job.claim.clone(), due, &told).await;
    }
    error!(error = %told, attempt = job.claim.attempt, "given up: a person is asked");
    match steps::give_up(office, job, failure).await {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(failure) => {
            warn!(error = %chain(&failure), "what was given up could not be put aside; its job waits for a person");
        }
    }
    office
        .store
        .park(job.claim.clone(), &told, parked(office, job, &told, now))
        .await?;
    Ok(())
}

fn parked(office: &Office, job: &Claimed, told: &str, now: Timestamp) -> Exception {
    Exception::raise(
        ExceptionCode::JobParked,
        job.subject.clone(),
        &parked_occurrence(job.step, job.claim.job, now),
        &office.rules.owners.mail,
        now,
        (
            format!("the step {} failed: {told}", job.step),
            "mend what the error names, then: countinghouse exceptions resolve ID --by NAME --reason TEXT (the step is done again)",
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn work_that_outlasts_its_lease_keeps_it_but_not_for_ever() {
        let renewed = AtomicUsize::new(0);
        let renewals = || renewed.load(Ordering::Relaxed);
        let until = async |count: usize| {
            while renewals() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            count
        };
        let renew = || {
            renewed.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        };
        let every = Duration::from_millis(2);
        assert_eq!(renewing(until(3), every, renew).await, 3);
        let endless = renewing(until(MAX_RENEWALS * 10), every, renew);
        let ended = tokio::time::timeout(Duration::from_millis(500), endless).await;
        assert!(ended.is_err());
        assert!(renewals() <= MAX_RENEWALS + 4, "{}", renewals());
    }
}
