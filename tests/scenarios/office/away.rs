//! An office whose work a daemon does in another process, with its door open to look in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use countinghouse::basics::address::MailAddress;
use countinghouse::domain::message::{Message, MessageState};
use countinghouse::domain::outbound::{OutboundMessage, OutboundState};
use countinghouse::io::clock::Clock;
use countinghouse::io::store::Store;
use countinghouse::setup;

use super::servers::servers;
use super::{Office, People, everything};

/// Longer than a daemon takes for anything here, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The office, while a daemon works in it.
pub struct Away {
    pub people: People,
    pub store: Store,
    office: Parts,
}

/// What is needed to come back.
pub(super) struct Parts {
    pub folder: tempfile::TempDir,
    pub database: Option<String>,
}

impl Office {
    /// Everybody goes home; a daemon may take the books.
    pub async fn left_to_a_daemon(self) -> Away {
        let Self {
            desk,
            config,
            people,
            folder,
            database,
            today: _,
        } = self;
        desk.store.close().await;
        let store = Store::open(&setup::store_config(&config).unwrap())
            .await
            .unwrap();
        Away {
            people,
            store,
            office: Parts { folder, database },
        }
    }
}

impl Away {
    /// The daemon is gone: back to work, on this machine's own clock.
    pub async fn taken_back(self) -> Office {
        self.store.close().await;
        let Parts { folder, database } = self.office;
        let clock = Clock::system();
        let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let (config, desk) = super::open_desk(&folder, clock).await;
        Office {
            desk,
            config,
            people: self.people,
            folder,
            database,
            today,
        }
    }

    pub fn folder(&self) -> &Path {
        self.office.folder.path()
    }

    pub fn config_file(&self) -> PathBuf {
        self.folder().join("countinghouse.toml")
    }

    pub async fn receive(&self, to: &MailAddress, mail: &str) {
        servers()
            .deliver("sender@ext.test", to, mail.as_bytes())
            .await;
    }

    /// Waits for a state of the books.
    pub async fn until(&self, story: &str, reached: impl AsyncFn(&Self) -> bool) {
        self.until_within(PATIENCE, story, reached).await;
    }

    /// The same, for what takes its time.
    pub async fn until_within(
        &self,
        patience: Duration,
        story: &str,
        reached: impl AsyncFn(&Self) -> bool,
    ) {
        let waiting = async {
            while !reached(self).await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(patience, waiting).await.is_err() {
            let idle = self.store.idle(Clock::system().now()).await.unwrap();
            panic!(
                "{story}: not reached: {idle:?}, mails {:?}",
                self.outbound().await
            );
        }
    }

    async fn outbound(&self) -> Vec<OutboundMessage> {
        self.store.list_outbound(&everything()).await.unwrap()
    }

    /// How many mails of ours the relay took.
    pub async fn sent_mails(&self) -> usize {
        self.outbound()
            .await
            .iter()
            .filter(|mail| mail.state == OutboundState::Sent)
            .count()
    }
    /// No job waits or runs, and every mail that came is marked.
    pub async fn nothing_is_left(&self) -> bool {
        let idle = self.store.idle(Clock::system().now()).await.unwrap();
        let messages = self.store.list_messages(&everything()).await.unwrap();
        let is_filed = |message: &Message| message.state == MessageState::Filed;
        idle.is_idle() && messages.iter().all(is_filed)
    }
}
