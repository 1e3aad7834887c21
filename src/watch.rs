//! One mailbox, watched: look, wait until the server tells of new mail or the next look is due, look again. A lost word from
//! the server costs until the next look, never a mail.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{debug, error, info, warn};

use crate::basics::calendar::Timestamp;
use crate::basics::text::chain;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::Change;
use crate::domain::exception::Exception;
use crate::domain::message::reconcile::{Account, is_due};
use crate::io::disposition::Disposition;
use crate::io::store::{Look, StoreError};
use crate::steps::Office;
use crate::steps::fetch_mail::{Haul, fetch_mail};
use crate::steps::file_mail::file_mail;
use crate::steps::mail_source::MailSource;
use crate::steps::mailbox_error::MailboxError;
use crate::steps::reconcile_mailbox::{Reconciled, reconcile_mailbox, watch_for_silence};

/// After new mail the next look comes so soon at the latest.
const MARK_AFTER: Duration = Duration::from_secs(10);
/// The longest wait after failures in a row.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// A failure that usually passes and lasted for four hours is told to a person.
const LONG_FAILURE_SECONDS: i64 = 4 * 3600;
/// The longest wait a server may ask for: what it says is not ours to trust without end.
const LONGEST_HINT: Duration = Duration::from_secs(3600);

/// Watches until told to stop.
pub async fn watch_mailbox(
    office: &Office,
    mailbox: &Mailbox,
    poke: &Notify,
    mut stop: watch::Receiver<bool>,
) {
    let mut open = None;
    let mut failures = 0_u32;
    let mut since = None;
    let mut accounted = Accounted {
        at: last_reconciled(office, mailbox).await,
        // Nobody remembers it over a restart, or from another daemon: the first account says.
        misses_mail: true,
    };
    while !*stop.borrow() {
        let looked = tokio::select! {
            looked = caught(&mailbox.name, look_and_account(office, mailbox, open.take(), &mut accounted)) => looked,
            // A look may be dropped anywhere: what was committed stays, the rest is announced again.
            _ = stop.changed() => return,
        };
        let now = office.clock.now();
        let problem = looked.as_ref().err().map(|failure| chain(failure));
        failures = match problem {
            Some(_) => failures.saturating_add(1),
            None => 0,
        };
        report(mailbox, &looked, problem.as_deref());
        since = looked.is_err().then(|| since.unwrap_or(now));
        if let (Err(failure), Some(since)) = (&looked, since)
            && (failure.disposition() == Disposition::AskPerson || lasts(since, now))
        {
            tell_of_closed_door(office, mailbox, &chain(failure), now).await;
        }
        note(office, mailbox, problem, accounted.at).await;
        poke.notify_one();
        let poll = Duration::from_secs(u64::from(mailbox.poll_seconds));
        let pause = match &looked {
            // What came is being read; soon it can be marked on the server.
            Ok((haul, _)) if haul.new > 0 => poll.min(MARK_AFTER),
            Ok(_) => poll,
            Err(failure) => after_failures(poll, failures, now).max(asked_for(failure)),
        };
        open = match looked {
            Ok((_, source)) => keep(mailbox, source).await,
            Err(_) => None,
        };
        tokio::select! {
            () = wait(mailbox, &mut open, pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// The last account of every mail in the mailbox.
struct Accounted {
    /// When; `None` when there never was one.
    at: Option<Timestamp>,
    /// A mail stands there that its server does not hand over.
    misses_mail: bool,
}

/// Work on this mailbox whose panic is a failure of this mailbox: what one server says must not end the work for the others. What
/// the work held is dropped, and the next look begins with what is in the books.
async fn caught<T>(
    mailbox: &str,
    work: impl Future<Output = Result<T, MailboxError>>,
) -> Result<T, MailboxError> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|_| {
            Poll::Ready(Err(MailboxError::Panicked {
                mailbox: mailbox.to_owned(),
            }))
        })
    })
    .await
}

/// When every mail of the mailbox was last accounted for. A failure costs a second time, nothing else.
async fn last_reconciled(office: &Office, mailbox: &Mailbox) -> Option<Timestamp> {
    let looks = office.store.looks().await.unwrap_or_default();
    let look = looks.into_iter().find(|look| look.mailbox == mailbox.name);
    look.and_then(|look| look.reconciled_at)
}

/// One look, and once a night an account of every mail that stands there; hourly while one is not handed over.
async fn look_and_account(
    office: &Office,
    mailbox: &Mailbox,
    kept: Option<MailSource>,
    accounted: &mut Accounted,
) -> Result<(Haul, MailSource), MailboxError> {
    let (haul, mut source, uid_validity) = look(office, mailbox, kept).await?;
    accounted.misses_mail |= haul.refused > 0;
    let now = office.clock.now();
    let last = (accounted.at, accounted.misses_mail);
    if is_due(last, now, &office.rules.time_zone) {
        let all = reconcile_mailbox(office, mailbox, &mut source, uid_validity).await?;
        *accounted = Accounted {
            at: Some(now),
            misses_mail: all.count(Account::Missing) > 0,
        };
        info!(
            mailbox = mailbox.name,
            mails = all.mails.len(),
            passed_over = all.fetched,
            missing = all.count(Account::Missing),
            "every mail is accounted for"
        );
    }
    if let Err(failure) = watch_for_silence(office, mailbox).await {
        warn!(mailbox = mailbox.name, error = %chain(&failure), "nobody could see whether mail still comes");
    }
    Ok((haul, source))
}

/// One look at a mailbox, then an account of every mail that stands there.
///
/// # Errors
/// What the mailbox or the books met.
pub async fn reconcile(office: &Office, mailbox: &Mailbox) -> Result<Reconciled, MailboxError> {
    let (_, mut source, uid_validity) = look(office, mailbox, None).await?;
    let all = reconcile_mailbox(office, mailbox, &mut source, uid_validity).await?;
    source.close().await;
    Ok(all)
}

/// One look at a mailbox: fetch what is new, mark what is in the books.
///
/// # Errors
/// What the mailbox or the books met.
pub async fn visit(office: &Office, mailbox: &Mailbox) -> Result<Haul, MailboxError> {
    let (haul, source, _) = look(office, mailbox, None).await?;
    source.close().await;
    note(office, mailbox, None, None).await;
    Ok(haul)
}

async fn note(
    office: &Office,
    mailbox: &Mailbox,
    problem: Option<String>,
    reconciled_at: Option<Timestamp>,
) {
    let look = Look {
        mailbox: mailbox.name.clone(),
        looked_at: office.clock.now(),
        problem,
        reconciled_at,
    };
    if let Err(failure) = office.store.note_look(look).await {
        warn!(error = %chain(&failure), "the time of this look could not be noted");
    }
}

/// One look, over the connection of the last one if there is one.
async fn look(
    office: &Office,
    mailbox: &Mailbox,
    kept: Option<MailSource>,
) -> Result<(Haul, MailSource, u32), MailboxError> {
    let (mut source, uid_validity) = open(office, mailbox, kept).await?;
    let haul = fetch_mail(office, mailbox, &mut source, uid_validity).await?;
    match file_mail(office, mailbox, &mut source).await {
        Ok(_) => {}
        Err(failure @ MailboxError::Store { .. }) => return Err(failure),
        Err(failure) => {
            // Nothing depends on a mark: what was fetched is read, and the mailbox is accounted for and watched as ever.
            let why = chain(&failure);
            warn!(mailbox = mailbox.name, error = %why, "mails that are in the books could not be marked; trying again with the next look");
            if failure.disposition() == Disposition::AskPerson {
                let owner = &office.rules.owners.mail;
                let days = (office.today(), office.clock.now());
                let item = Exception::marks_refused(&mailbox.name, &why, owner, days);
                tell(office, mailbox, item, "marks refused").await;
            }
            // After a failure the connection is gone.
            source = MailSource::open(mailbox, &office.tokens).await?.0;
        }
    }
    Ok((haul, source, uid_validity))
}

/// A server may end a session whenever it likes: whether something is wrong shows when a new one is begun.
async fn open(
    office: &Office,
    mailbox: &Mailbox,
    kept: Option<MailSource>,
) -> Result<(MailSource, u32), MailboxError> {
    if let Some(mut source) = kept {
        match source.again(mailbox).await {
            Ok(uid_validity) => return Ok((source, uid_validity)),
            Err(failure) => {
                debug!(mailbox = mailbox.name, error = %chain(&failure), "connecting anew");
            }
        }
    }
    MailSource::open(mailbox, &office.tokens).await
}

/// The connection to wait on, where that is wanted and the server can.
async fn keep(mailbox: &Mailbox, source: MailSource) -> Option<MailSource> {
    if mailbox.idle && source.can_wait() {
        return Some(source);
    }
    source.close().await;
    None
}

/// Waits for new mail, at most so long. A server that breaks the wait is asked again when the time is over.
async fn wait(mailbox: &Mailbox, open: &mut Option<MailSource>, pause: Duration) {
    let begun = Instant::now();
    if let Some(mut source) = open.take() {
        match caught(&mailbox.name, source.wait_for_news(&mailbox.name, pause)).await {
            Ok(()) => {
                *open = Some(source);
                return;
            }
            Err(failure) => {
                warn!(mailbox = mailbox.name, error = %chain(&failure), "waiting for mail broke; the next look comes at its time");
            }
        }
    }
    tokio::time::sleep(pause.saturating_sub(begun.elapsed())).await;
}

/// Twice as long with every failure, within a quarter more or less: mailboxes that failed together do not come back together.
fn after_failures(poll: Duration, failures: u32, now: Timestamp) -> Duration {
    let doubled = poll.saturating_mul(2_u32.saturating_pow(failures.min(10)));
    let longest = LONGEST_WAIT.max(poll);
    let spread = u32::try_from(now.as_millisecond().rem_euclid(512)).unwrap_or_default();
    doubled.min(longest).saturating_mul(768 + spread) / 1024
}

/// Whether a failure that usually passes has lasted for so long that a person is told.
fn lasts(since: Timestamp, now: Timestamp) -> bool {
    now.as_second() - since.as_second() >= LONG_FAILURE_SECONDS
}

/// A person is asked, once a day while it lasts.
async fn tell_of_closed_door(office: &Office, mailbox: &Mailbox, why: &str, now: Timestamp) {
    let owner = &office.rules.owners.mail;
    let days = (office.today(), now);
    let item = Exception::server_refuses(&mailbox.name, why, owner, days);
    tell(office, mailbox, item, "mailbox closed").await;
}

/// A person is asked, once about the same.
async fn tell(office: &Office, mailbox: &Mailbox, item: Exception, action: &str) {
    let told = async {
        if office.store.exception(item.id).await?.is_some() {
            return Ok(());
        }
        let subject = Subject::mailbox(&mailbox.name);
        let event = AuditEvent::new(
            item.raised_at,
            Actor::program("watch_mailbox"),
            action,
            subject,
            item.reason.clone(),
        );
        office.store.commit(Change::new(event).raise(item)).await?;
        Ok::<_, StoreError>(())
    };
    if let Err(failure) = told.await {
        warn!(error = %chain(&failure), action, "nobody could be told");
    }
}

/// How long the server asked to be left alone.
fn asked_for(failure: &MailboxError) -> Duration {
    failure
        .asked_to_wait()
        .unwrap_or_default()
        .min(LONGEST_HINT)
}

fn report(
    mailbox: &Mailbox,
    looked: &Result<(Haul, MailSource), MailboxError>,
    problem: Option<&str>,
) {
    match looked {
        Ok((
            Haul {
                new: 0, known: 0, ..
            },
            _,
        )) => {}
        Ok((haul, _)) => info!(
            mailbox = mailbox.name,
            new = haul.new,
            known = haul.known,
            "looked"
        ),
        Err(failure) if failure.disposition() == Disposition::Retry => {
            warn!(
                mailbox = mailbox.name,
                error = problem,
                "looking again soon"
            );
        }
        Err(_) => error!(
            mailbox = mailbox.name,
            error = problem,
            "somebody has to mend this; trying on"
        ),
    }
}

#[cfg(test)]
mod odd_servers;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_that_panics_is_a_failure_of_its_mailbox_and_ends_nothing() {
        let looked = caught("ap", async {
            tokio::task::yield_now().await;
            let nothing = "".parse::<u32>().unwrap();
            Ok(nothing)
        });
        let failure = looked.await.unwrap_err();
        assert!(failure.to_string().contains("mailbox ap panicked"));
        // Waiting mends no defect: a person is told at once.
        assert_eq!(failure.disposition(), Disposition::AskPerson);
        assert_eq!(caught("ap", async { Ok(3) }).await.unwrap(), 3);
    }

    #[test]
    fn failures_in_a_row_wait_longer_up_to_ten_minutes_and_not_all_alike() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        let minute = Duration::from_secs(60);
        let waits = |failures| (0..512).map(move |ms| after_failures(minute, failures, at(ms)));
        assert!(waits(1).all(|wait| wait >= minute * 3 / 2 && wait < minute * 5 / 2));
        assert!(waits(40).all(|wait| wait >= LONGEST_WAIT * 3 / 4 && wait < LONGEST_WAIT * 5 / 4));
        assert!(waits(3).min() < waits(3).max());
    }
}
