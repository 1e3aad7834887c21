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
use crate::domain::exception::ExceptionState;
use crate::domain::health::{HealthFacts, MailboxFacts, complaints};
use crate::formats::prometheus::{self, Exposition};
use crate::io::monitor_door::Page;
use crate::io::store::{Filter, StoreError};
use crate::steps::Office;

/// Open work items whose age is looked at: as many as anybody leaves lying.
const EXCEPTIONS: u32 = 10_000;
/// Entries of the trail checked in one go.
const ENTRIES: u32 = 1_000;
/// Checked while somebody waits; the rest with the next look.
const ENTRIES_A_LOOK: usize = 20_000;

/// Looks at the books for whoever asks.
#[derive(Clone)]
pub struct Monitor {
    office: Office,
    config: Arc<Config>,
    since: Timestamp,
    chain: Arc<Mutex<Chain>>,
}

/// The audit trail, followed from where it stood at the start: every entry since then is checked once.
struct Chain {
    head: (u64, ContentHash),
    broken: Option<String>,
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
            chain: Arc::new(Mutex::new(Chain { head, broken: None })),
        })
    }

    /// The page at a path.
    pub async fn page(&self, path: &str) -> Page {
        let page = match path {
            "/metrics" => self.metrics().await,
            "/health" => self.health().await,
            _ => return Page::plain(404, "there are /metrics and /health\n"),
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
        let facts = self.facts().await?;
        let wrong = complaints(&facts, self.office.clock.now());
        Ok(match wrong.as_slice() {
            [] => Page::plain(200, "well\n"),
            wrong => Page::plain(503, wrong.join("\n") + "\n"),
        })
    }

    async fn facts(&self) -> Result<HealthFacts, StoreError> {
        let looks = self.office.store.looks().await?;
        let idle = self.office.store.idle(self.office.clock.now()).await?;
        let mailboxes = self.config.mailboxes.iter().map(|mailbox| {
            let look = looks.iter().find(|look| look.mailbox == mailbox.name);
            MailboxFacts {
                name: mailbox.name.clone(),
                poll_seconds: mailbox.poll_seconds,
                looked_at: look.map(|look| look.looked_at),
                problem: look.and_then(|look| look.problem.clone()),
            }
        });
        Ok(HealthFacts {
            since: self.since,
            mailboxes: mailboxes.collect(),
            oldest_job: idle.next_due.filter(|_| idle.ready > 0),
            broken_chain: self.follow_chain().await?,
        })
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
            match audit::verify(followed.head, &entries) {
                Ok(head) => followed.head = head,
                Err(broken) => followed.broken = Some(broken.to_string()),
            }
        }
        Ok(followed.broken.clone())
    }

    async fn metrics(&self) -> Result<Page, StoreError> {
        let facts = self.facts().await?;
        let mut page = Exposition::default();
        self.things(&mut page).await?;
        self.queue(&mut page, &facts).await?;
        self.mailboxes(&mut page, &facts).await?;
        self.exceptions(&mut page).await?;
        let name = "countinghouse_audit_chain_unbroken";
        page.gauge(
            name,
            "1 while every entry of the audit trail since the start fits.",
        );
        page.sample(name, &[], u8::from(facts.broken_chain.is_none()));
        let name = "countinghouse_start_time_seconds";
        page.gauge(name, "When this daemon started, in seconds since 1970.");
        page.sample(name, &[], self.since.as_second());
        Ok(Page {
            status: 200,
            media_type: prometheus::MEDIA_TYPE,
            text: page.into_text(),
        })
    }

    async fn things(&self, page: &mut Exposition) -> Result<(), StoreError> {
        let name = "countinghouse_things";
        page.gauge(
            name,
            "How many messages, bills, outbound mails and so on are in which state.",
        );
        for count in self.office.store.counts().await? {
            let labels = [
                ("kind", count.kind.as_str()),
                ("state", count.state.as_str()),
            ];
            page.sample(name, &labels, count.count);
        }
        Ok(())
    }

    async fn queue(&self, page: &mut Exposition, facts: &HealthFacts) -> Result<(), StoreError> {
        let now = self.office.clock.now();
        let idle = self.office.store.idle(now).await?;
        let name = "countinghouse_jobs";
        page.gauge(
            name,
            "Jobs that are due, wait for their time, are being done, or were given up.",
        );
        let states = [
            ("ready", idle.ready),
            ("later", idle.later),
            ("running", idle.leased),
            ("parked", idle.parked),
        ];
        for (state, count) in states {
            page.sample(name, &[("state", state)], count);
        }
        let waits = facts
            .oldest_job
            .map_or(0, |oldest| now.as_second() - oldest.as_second());
        let name = "countinghouse_oldest_job_seconds";
        page.gauge(name, "How long the oldest job that is due waits.");
        page.sample(name, &[], waits.max(0));
        if self.office.store.is_shared() {
            let name = "countinghouse_replicas";
            page.gauge(name, "Daemons that work on these books.");
            page.sample(name, &[], self.office.store.replicas().await?.len());
        }
        Ok(())
    }

    async fn mailboxes(
        &self,
        page: &mut Exposition,
        facts: &HealthFacts,
    ) -> Result<(), StoreError> {
        let name = "countinghouse_mailbox_looked_at_seconds";
        page.gauge(
            name,
            "When the mailbox was last looked at, in seconds since 1970.",
        );
        for mailbox in &facts.mailboxes {
            let at = mailbox.looked_at.map_or(0, Timestamp::as_second);
            page.sample(name, &[("mailbox", &mailbox.name)], at);
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
        for look in self.office.store.looks().await? {
            let at = look.reconciled_at.map_or(0, Timestamp::as_second);
            page.sample(name, &[("mailbox", &look.mailbox)], at);
        }
        Ok(())
    }

    async fn exceptions(&self, page: &mut Exposition) -> Result<(), StoreError> {
        let now = self.office.clock.now();
        let open = Filter::state(ExceptionState::Open.as_str()).limit(EXCEPTIONS);
        let open = self.office.store.list_exceptions(&open).await?;
        let late = open.iter().filter(|one| one.due_at < now).count();
        let oldest = open.iter().map(|one| one.raised_at).min();
        let name = "countinghouse_exceptions";
        page.gauge(
            name,
            "Work items that wait for a person, and those of them that are late.",
        );
        page.sample(name, &[("which", "open")], open.len());
        page.sample(name, &[("which", "late")], late);
        let name = "countinghouse_oldest_exception_seconds";
        page.gauge(name, "How long the oldest of them waits.");
        let waits = oldest.map_or(0, |oldest| now.as_second() - oldest.as_second());
        page.sample(name, &[], waits.max(0));
        Ok(())
    }
}

/// Tells systemd again and again that the daemon lives (WatchdogSec=), as long as the task that writes the books answers, be it
/// that they cannot be reached now: what hangs or is gone is started anew, what waits for a database is not.
pub async fn feed_watchdog(office: &Office) {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let every = (patience / 3).max(Duration::from_millis(100));
    loop {
        let answered = tokio::time::timeout(every, office.store.writer_answers()).await;
        if matches!(answered, Ok(true))
            && let Err(failure) = sd_notify::notify(&[sd_notify::NotifyState::Watchdog])
        {
            warn!(error = %failure, "systemd could not be told that the daemon lives");
        }
        tokio::time::sleep(every).await;
    }
}
