//! The owner of what waits is told by mail.

use super::super::decide_bill::{BillDecision, decide_bill};
use super::super::tell_owners::tell_owners;
use super::world::Story;
use crate::basics::address::MailAddress;
use crate::basics::ids::BillId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::document::DocumentKind;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::domain::outbound::Purpose;
use crate::domain::payable::test_world::{document, text};

impl Story {
    async fn held(&self, number: &str) -> BillId {
        let held = document(DocumentKind::Bill, |fields| {
            fields.invoice_number = Some(text(number.into()));
            fields.issue_date = Some(text(jiff::civil::date(2027, 6, 1)));
        });
        self.arrives(held).await
    }

    /// At that time the owners are told; gives the subjects of all mails so far.
    async fn told_at(&self, time: &str) -> Vec<String> {
        self.office.clock.move_to(time.parse().unwrap());
        tell_owners(&self.office).await.unwrap();
        let mails = self.mails(Purpose::WorkList).await.into_iter();
        mails
            .map(|mail| format!("{}: {}", mail.to, mail.letter.subject))
            .collect()
    }
}

#[tokio::test]
async fn the_office_hears_in_the_morning_what_waits_and_within_the_hour_what_is_new() {
    let story = Story::begin().await;
    let first = story.held("RE-1").await;
    assert!(
        story.told_at("2026-11-21T11:00:00Z").await.is_empty(),
        "a Saturday"
    );
    let monday = "office@fin.test: 1 new, 1 waiting for you, 1 late";
    assert_eq!(story.told_at("2026-11-23T08:00:00Z").await, [monday]);
    assert_eq!(story.told_at("2026-11-23T08:01:00Z").await, [monday]);
    let second = story.held("RE-2").await;
    assert_eq!(story.told_at("2026-11-23T08:30:00Z").await, [monday]);
    let noon = "office@fin.test: 1 new, 2 waiting for you, 1 late";
    assert_eq!(story.told_at("2026-11-23T09:30:00Z").await, [monday, noon]);
    assert_eq!(
        story.told_at("2026-11-23T15:00:00Z").await.len(),
        2,
        "nothing new"
    );
    let tuesday = "office@fin.test: 2 waiting for you, 2 late";
    assert_eq!(
        story.told_at("2026-11-24T08:00:00Z").await,
        [monday, noon, tuesday]
    );
    for id in [first, second] {
        decide_bill(&story.office, id, &BillDecision::Void, "dora", "a test")
            .await
            .unwrap();
    }
    let left = story.office.store.open_exceptions(10).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(story.told_at("2026-11-25T08:00:00Z").await.len(), 3);
    let [_, told, _] = story.mails(Purpose::WorkList).await.try_into().unwrap();
    for letter in [&told.letter.text, &told.letter.html] {
        assert!(
            letter.contains("Bill held") && letter.contains("RE-2"),
            "{letter}"
        );
    }
}

#[tokio::test]
async fn that_an_owner_cannot_be_reached_is_not_told_to_that_owner_again_and_again() {
    let story = Story::begin().await;
    story.held("RE-1").await;
    story.told_at("2026-11-23T08:00:00Z").await;
    let [mail] = story.mails(Purpose::WorkList).await.try_into().unwrap();
    let now = story.office.clock.now();
    let owner = Ownership {
        owner: MailAddress::parse("office@fin.test").unwrap().to_string(),
        due_hours: 8,
    };
    let reason = ("it came back", "mend the address");
    let code = ExceptionCode::DeliveryFailed;
    let failed = Exception::raise(code, mail.id.into(), "once", &owner, now, reason);
    let told = AuditEvent::new(now, Actor::program("story"), "came back", mail.id, "story");
    let change = Change::new(told).raise(failed);
    story.office.store.commit(change).await.unwrap();
    assert_eq!(story.told_at("2026-11-23T10:00:00Z").await.len(), 1);
}
