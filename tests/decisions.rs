//! Stories of a person's word on what the program gave up, on a real store.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

use std::path::PathBuf;
use std::time::Duration;

use countinghouse::basics::ids::{ExceptionId, MessageId};
use countinghouse::config::Config;
use countinghouse::domain::audit::{Actor, AuditEvent};
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::exception::{Exception, ExceptionCode, ExceptionState};
use countinghouse::domain::job::{Step, parked_occurrence};
use countinghouse::domain::message::{Message, MessageState};
use countinghouse::io::clock::Clock;
use countinghouse::setup::{Purpose, open_office_at};
use countinghouse::steps::Office;
use countinghouse::steps::requeue_message::requeue_message;
use countinghouse::steps::resolve_exception::{ResolveError, Resolved, resolve_exception};
use countinghouse::steps::take_file::take_file;

const CONFIG: &str = include_str!("../config/demo/countinghouse.toml");
const MAIL: &[u8] = b"From: a@b.example\r\nSubject: hello\r\n\r\nhello\r\n";
const DAY: &str = "2026-11-19T09:00:00Z";

struct Story {
    office: Office,
    message: MessageId,
    _folder: tempfile::TempDir,
}

impl Story {
    /// One mail is in, nothing has read it.
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse(CONFIG, folder.path()).unwrap();
        let clock = Clock::set_to(DAY.parse().unwrap());
        let opened = open_office_at(&config, PathBuf::new(), Purpose::Command, clock).await;
        let office = opened.unwrap();
        let taken = take_file(&office, config.mailboxes.first().unwrap(), MAIL)
            .await
            .unwrap();
        assert!(taken.is_new);
        let again = take_file(&office, config.mailboxes.first().unwrap(), MAIL)
            .await
            .unwrap();
        assert!(!again.is_new, "the same file was taken twice");
        Self {
            office,
            message: taken.message,
            _folder: folder,
        }
    }

    /// Its job is given up, as the worker does.
    async fn park(&self) -> ExceptionId {
        let (office, minute) = (&self.office, Duration::from_secs(60));
        office.clock.move_by(jiff::SignedDuration::from_mins(10));
        let now = office.clock.now();
        let claimed = office.store.claim("test", now, 10, minute).await.unwrap();
        let [job] = claimed.as_slice() else {
            panic!("one job waits, not {claimed:?}")
        };
        assert_eq!(job.step, Step::ReadMessage);
        let item = Exception::raise(
            ExceptionCode::JobParked,
            job.subject.clone(),
            &parked_occurrence(job.step, job.claim.job, now),
            &office.rules.owners.mail,
            now,
            ("it failed", "mend it"),
        );
        let id = item.id;
        office
            .store
            .park(job.claim.clone(), "it failed", item)
            .await
            .unwrap();
        id
    }

    async fn state_of(&self, item: ExceptionId) -> ExceptionState {
        self.office
            .store
            .exception(item)
            .await
            .unwrap()
            .unwrap()
            .state
    }

    async fn resolve(&self, item: ExceptionId) -> Result<Resolved, ResolveError> {
        resolve_exception(&self.office, item, &[], "lena", "mended").await
    }

    async fn quarantine(&self, occasion: &str) -> ExceptionId {
        let store = &self.office.store;
        let message = store.message(self.message).await.unwrap().unwrap();
        let now = self.office.clock.now();
        let state = MessageState::Quarantined;
        let told = AuditEvent::new(
            now,
            Actor::program("test"),
            "message quarantined",
            message.id,
            "unreadable",
        )
        .state(Some(message.state.as_str()), state.as_str());
        let item = Exception::raise(
            ExceptionCode::MessageUnreadable,
            message.id.into(),
            occasion,
            &self.office.rules.owners.mail,
            now,
            ("unreadable", "look"),
        );
        let id = item.id;
        let change = Change::new(told)
            .put(Record::Message(Message { state, ..message }))
            .raise(item);
        store.commit(change).await.unwrap();
        id
    }
}

#[tokio::test]
async fn a_parked_job_is_done_again_when_its_work_item_is_resolved() {
    let story = Story::begin().await;
    let item = story.park().await;
    assert_eq!(story.office.store.parked_jobs(10).await.unwrap().len(), 1);
    assert_eq!(
        story.resolve(item).await.unwrap(),
        Resolved::JobRequeued(Step::ReadMessage)
    );
    assert_eq!(story.state_of(item).await, ExceptionState::Resolved);
    let idle = story
        .office
        .store
        .idle(story.office.clock.now())
        .await
        .unwrap();
    assert_eq!((idle.ready, idle.parked), (1, 0));
    assert!(
        story.resolve(item).await.is_err(),
        "a closed item was closed again"
    );
}

#[tokio::test]
async fn a_job_that_is_parked_again_asks_again() {
    let story = Story::begin().await;
    let first = story.park().await;
    story.resolve(first).await.unwrap();
    let second = story.park().await;
    assert_ne!(first, second);
    assert_eq!(story.state_of(second).await, ExceptionState::Open);
    assert_eq!(
        story.resolve(second).await.unwrap(),
        Resolved::JobRequeued(Step::ReadMessage)
    );
}

#[tokio::test]
async fn nothing_is_resolved_without_a_reason() {
    let story = Story::begin().await;
    let item = story.park().await;
    let refused = resolve_exception(&story.office, item, &[], "lena", " . ").await;
    assert!(
        matches!(refused, Err(ResolveError::NoReason)),
        "{refused:?}"
    );
    assert_eq!(story.state_of(item).await, ExceptionState::Open);
}

#[tokio::test]
async fn findings_are_cleared_on_bills_only() {
    let story = Story::begin().await;
    let item = story.park().await;
    let clear = ["arithmetic.br_co_15".to_owned()];
    let refused = resolve_exception(&story.office, item, &clear, "lena", "looked").await;
    assert!(
        matches!(refused, Err(ResolveError::NothingToClear)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_quarantined_message_is_read_again_and_its_work_item_closed() {
    let story = Story::begin().await;
    let item = story.quarantine("parts").await;
    let again = requeue_message(&story.office, story.message, "lena", "new version")
        .await
        .unwrap();
    assert_eq!(again.state, MessageState::Fetched);
    assert_eq!(story.state_of(item).await, ExceptionState::Resolved);
    let twice = requeue_message(&story.office, story.message, "lena", "new version").await;
    assert!(
        twice.is_err(),
        "a message that is not quarantined was requeued"
    );
}

#[tokio::test]
async fn a_message_that_was_never_fetched_is_not_read_again() {
    let story = Story::begin().await;
    story.quarantine("oversize").await;
    let refused = requeue_message(&story.office, story.message, "lena", "please").await;
    assert!(refused.unwrap_err().to_string().contains("refused"));
}
