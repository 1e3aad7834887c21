//! What was open on a day that is over.

use super::super::ageing::open_bills;
use super::world::Story;
use crate::basics::calendar::{Date, date};
use crate::domain::document::DocumentKind;
use crate::domain::payable::test_world::{document, eur};

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Mon, 23 Nov 2026 10:00:00 +0000\r\n";

impl Story {
    /// Number of the party, state and amount of what was open.
    async fn open_on(&self, day: Date) -> Vec<(String, &'static str, i64)> {
        let items = open_bills(&self.office, day).await.unwrap().into_iter();
        let told = items.map(|item| (item.party, item.state, item.open.unwrap().minor()));
        told.collect()
    }
}

#[tokio::test]
async fn a_bill_is_open_from_the_day_it_came_in_the_state_of_that_day() {
    let story = Story::begin().await;
    let id = story.arrives(document(DocumentKind::Bill, |_| {})).await;
    story
        .office
        .clock
        .move_to("2026-11-23T09:00:00Z".parse().unwrap());
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    story.scheduled(id).await;
    story
        .office
        .clock
        .move_to("2026-11-25T09:00:00Z".parse().unwrap());
    let open = |state| vec![("70001".to_owned(), state, eur(119_000).minor())];
    assert_eq!(story.open_on(date(2026, 11, 20)).await, []);
    assert_eq!(
        story.open_on(date(2026, 11, 22)).await,
        open("awaiting_approval")
    );
    assert_eq!(story.open_on(date(2026, 11, 23)).await, open("scheduled"));
    assert_eq!(story.open_on(date(2026, 11, 25)).await, open("scheduled"));
}
