//! What a monitoring system is told: measurements at `/metrics`, `/health` with 200 or 503 and why, and systemd's watchdog.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tracing::warn;

use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use crate::config::Config;
use crate::domain::audit;
use crate::domain::audit::counts::FollowedCounts;
use crate::domain::health::{HealthFacts, MailboxFacts, complaints};
use crate::formats::prometheus::{self, Exposition};
use crate::io::monitor_door::Page;
use crate::io::oauth::TokenSources;
use crate::io::store::load::{Idle, StateCount, Waiting};
use crate::io::store::{Look, StoreError};
use crate::steps::Office;

/// Entries of the trail checked in one go.
const ENTRIES: u32 = 1_000;
/// Checked while somebody waits; the rest with the next look.
const ENTRIES_A_LOOK: usize = 20_000;

/// Then the tables are counted whole once more: what is told never rests for long on entries alone.
const COUNTED_ANEW_AFTER_ENTRIES: u64 = 200_000;

/// Shorter than the door's own patience: a monitoring system wants to hear also that the database is cut off.
const ANSWERED_WITHIN: Duration = Duration::from_secs(6);

/// Looks at the books for whoever asks.
#[derive(Clone)]
pub struct Monitor {
    office: Office,
    config: Arc<Config>,
    since: Timestamp,
    chain: Arc<Mutex<Chain>>,
}

/// What one look shows.
struct Seen {
    at: Timestamp,
    looks: Vec<Look>,
    queue: Idle,
    broken_chain: Option<String>,
}

/// The audit trail, followed from where it stood at the start: every entry since then is checked once.
struct Chain {
    head: (u64, ContentHash),
    broken: Option<String>,
    counts: Option<Counts>,
}

/// How many things are in which state, and the last entry there was when all were counted.
struct Counts {
    whole_at: u64,
    now: FollowedCounts,
}

impl Monitor {
    /// Follows the trail from here on.
    ///
    /// # Errors
    /// What the store met.
    pub async fn begin(office: &Office, config: &Config) -> Result<Self, StoreError> {
        let head = office.store.audit_head().await?;
        Ok(Self {
            office: office.clone(),
            config: Arc::new(config.clone()),
            since: office.clock.now(),
            chain: Arc::new(Mutex::new(Chain {
                head,
                broken: None,
                counts: None,
            })),
        })
    }

    /// The page at a path.
    pub async fn page(&self, path: &str) -> Page {
        let page = async {
            match path {
                "/metrics" => self.metrics().await,
                "/health" => self.health().await,
                _ => Ok(Page::plain(404, "there are /metrics and /health\n")),
            }
        };
        let Ok(page) = tokio::time::timeout(ANSWERED_WITHIN, page).await else {
            let seconds = ANSWERED_WITHIN.as_secs();
            return Page::plain(503, format!("the books do not answer within {seconds} s\n"));
        };
        page.unwrap_or_else(|failure| {
            warn!(error = %chain(&failure), "the books could not be looked at for the monitoring");
            Page::plain(
                503,
                format!("the books cannot be read: {}\n", chain(&failure)),
            )
        })
    }

    async fn health(&self) -> Result<Page, StoreError> {
        let seen = self.look().await?;
        let wrong = complaints(&self.facts(&seen), seen.at);
        Ok(match wrong.as_slice() {
            [] => Page::plain(200, "well\n"),
            wrong => Page::plain(503, wrong.join("\n") + "\n"),
        })
    }

    async fn look(&self) -> Result<Seen, StoreError> {
        let (store, at) = (&self.office.store, self.office.clock.now());
        Ok(Seen {
            at,
            looks: store.looks().await?,
            queue: store.idle(at).await?,
            broken_chain: self.follow_chain().await?,
        })
    }

    fn facts(&self, seen: &Seen) -> HealthFacts {
        let mailboxes = self.config.mailboxes.iter().map(|mailbox| {
            let look = seen.looks.iter().find(|look| look.mailbox == mailbox.name);
            MailboxFacts {
                name: mailbox.name.clone(),
                poll_seconds: mailbox.poll_seconds,
                looked_at: look.map(|look| look.looked_at),
                problem: look.and_then(|look| look.problem.clone()),
            }
        });
        HealthFacts {
            since: self.since,
            mailboxes: mailboxes.collect(),
            oldest_job: seen.oldest_job(),
            broken_chain: seen.broken_chain.clone(),
        }
    }

    async fn follow_chain(&self) -> Result<Option<String>, StoreError> {
        let mut followed = self.chain.lock().await;
        let mut looked = 0;
        while followed.broken.is_none() && looked < ENTRIES_A_LOOK {
            let entries = self
                .office
                .store
                .audit_after(followed.head.0, ENTRIES)
                .await?;
            if entries.is_empty() {
                break;
            }
            looked += entries.len();
            let followed = &mut *followed;
            // What does not fit is counted anew.
            followed.counts = (followed.counts.take())
                .and_then(|mut counts| counts.now.follow(&entries).then_some(counts));
            match audit::verify(followed.head, &entries) {
                Ok(head) => followed.head = head,
                Err(broken) => followed.broken = Some(broken.to_string()),
            }
        }
        Ok(followed.broken.clone())
    }

    /// Followed through the entries `look` has just read, where these were all there are.
    async fn counts(&self) -> Result<Vec<StateCount>, StoreError> {
        let store = &self.office.store;
        let mut chain = self.chain.lock().await;
        let unread = store.audit_head().await?.0.saturating_sub(chain.head.0);
        let behind = chain.broken.is_some() || unread > u64::from(ENTRIES);
        let fits = |counts: &Counts| {
            !behind && counts.now.sequence - counts.whole_at < COUNTED_ANEW_AFTER_ENTRIES
        };
        let counts = match chain.counts.take().filter(fits) {
            Some(counts) => counts,
            None => {
                let now = store.followed_counts().await?;
                let whole_at = now.sequence;
                Counts { whole_at, now }
            }
        };
        let told = store.counts_with(&counts.now).await;
        chain.counts = Some(counts);
        told
    }

    async fn metrics(&self) -> Result<Page, StoreError> {
        let seen = self.look().await?;
        let mut page = Exposition::default();
        things(&mut page, &self.counts().await?);
        queue(&mut page, &seen);
        if self.office.store.is_shared() {
            let name = "countinghouse_replicas";
            page.gauge(name, "Daemons that work on these books.");
            let known = self.office.store.replicas().await?;
            let living = known.iter().filter(|one| one.lives).count();
            page.sample(name, &[], living);
        }
        mailboxes(&mut page, &self.facts(&seen), &seen.looks);
        let waiting = self.office.store.exceptions_waiting(seen.at).await?;
        exceptions(&mut page, &waiting, seen.at);
        logins(&mut page, &self.office.tokens);
        let name = "countinghouse_audit_chain_unbroken";
        page.gauge(
            name,
            "1 while every entry of the audit trail since the start fits.",
        );
        page.sample(name, &[], u8::from(seen.broken_chain.is_none()));
        let name = "countinghouse_start_time_seconds";
        page.gauge(name, "When this daemon started, in seconds since 1970.");
        page.sample(name, &[], self.since.as_second());
        Ok(Page {
            status: 200,
            media_type: prometheus::MEDIA_TYPE,
            text: page.into_text(),
        })
    }
}

impl Seen {
    /// Since when the oldest job waits for a worker.
    fn oldest_job(&self) -> Option<Timestamp> {
        self.queue.next_due.filter(|_| self.queue.ready > 0)
    }
}

fn things(page: &mut Exposition, counts: &[StateCount]) {
    let name = "countinghouse_things";
    page.gauge(
        name,
        "How many messages, bills, outbound mails and so on are in which state.",
    );
    for count in counts {
        let labels = [
            ("kind", count.kind.as_str()),
            ("state", count.state.as_str()),
        ];
        page.sample(name, &labels, count.count);
    }
}

/// Of the logins by tokens. One whose file cannot be read has no sample; the log and an exception say why.
fn logins(page: &mut Exposition, tokens: &TokenSources) {
    if tokens.all().next().is_none() {
        return;
    }
    let name = "countinghouse_oauth_token_age_seconds";
    page.gauge(name, "How old the access token is that mail servers get.");
    for source in tokens.all() {
        if let Some(age) = source.token_age() {
            page.sample(name, &[("oauth", source.name())], age.as_secs());
        }
    }
    let name = "countinghouse_oauth_signed_in_at_seconds";
    page.gauge(
        name,
        "When the refresh token was given, in seconds since 1970.",
    );
    for source in tokens.all() {
        let standing = source.standing().ok();
        if let Some(since) = standing.and_then(|standing| standing.signed_in_at) {
            page.sample(name, &[("oauth", source.name())], since.as_second());
        }
    }
}

fn queue(page: &mut Exposition, seen: &Seen) {
    let name = "countinghouse_jobs";
    page.gauge(
        name,
        "Jobs that are due, wait for their time, are being done, or were given up.",
    );
    let states = [
        ("ready", seen.queue.ready),
        ("later", seen.queue.later),
        ("running", seen.queue.leased),
        ("parked", seen.queue.parked),
    ];
    for (state, count) in states {
        page.sample(name, &[("state", state)], count);
    }
    let name = "countinghouse_oldest_job_seconds";
    page.gauge(name, "How long the oldest job that is due waits.");
    page.sample(name, &[], seconds_since(seen.oldest_job(), seen.at));
}

fn mailboxes(page: &mut Exposition, facts: &HealthFacts, looks: &[Look]) {
    let seconds = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_second);
    let name = "countinghouse_mailbox_looked_at_seconds";
    page.gauge(
        name,
        "When the mailbox was last looked at, in seconds since 1970.",
    );
    for mailbox in &facts.mailboxes {
        let labels = [("mailbox", mailbox.name.as_str())];
        page.sample(name, &labels, seconds(mailbox.looked_at));
    }
    let name = "countinghouse_mailbox_problem";
    page.gauge(name, "1 where the last look met a problem.");
    for mailbox in &facts.mailboxes {
        let is_wrong = u8::from(mailbox.problem.is_some());
        page.sample(name, &[("mailbox", &mailbox.name)], is_wrong);
    }
    let name = "countinghouse_mailbox_reconciled_at_seconds";
    page.gauge(
        name,
        "When every mail of the mailbox was last accounted for, in seconds since 1970.",
    );
    for look in looks {
        let labels = [("mailbox", look.mailbox.as_str())];
        page.sample(name, &labels, seconds(look.reconciled_at));
    }
}

fn exceptions(page: &mut Exposition, waiting: &Waiting, now: Timestamp) {
    let name = "countinghouse_exceptions";
    page.gauge(
        name,
        "Work items that wait for a person, and those of them that are late.",
    );
    page.sample(name, &[("which", "open")], waiting.open);
    page.sample(name, &[("which", "late")], waiting.late);
    let name = "countinghouse_oldest_exception_seconds";
    page.gauge(name, "How long the oldest of them waits.");
    page.sample(name, &[], seconds_since(waiting.oldest, now));
}

fn seconds_since(then: Option<Timestamp>, now: Timestamp) -> i64 {
    then.map_or(0, |then| (now.as_second() - then.as_second()).max(0))
}

/// Tells systemd again and again that the daemon lives (WatchdogSec=), as long as the task that writes the books answers, be it
/// that they cannot be reached now: what hangs or is gone is started anew, what waits for a database is not.
pub async fn feed_watchdog(office: &Office) {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    // A database that is cut off or locked is waited for, for up to a minute and a quarter: that is an answer, and within half of
    // what systemd allows with room to ask again.
    let every = (patience / 6).max(Duration::from_millis(100));
    loop {
        let answered = tokio::time::timeout(patience / 2, office.store.writer_answers()).await;
        if matches!(answered, Ok(true))
            && let Err(failure) = sd_notify::notify(&[sd_notify::NotifyState::Watchdog])
        {
            warn!(error = %failure, "systemd could not be told that the daemon lives");
        }
        tokio::time::sleep(every).await;
    }
}
