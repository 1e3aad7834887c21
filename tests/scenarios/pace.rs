//! More mail than the company wants to send in a time: it waits, a person is asked once, and nothing is lost.

use countinghouse::domain::exception::ExceptionCode;
use jiff::SignedDuration;

use crate::office::Office;
use crate::office::bills::bill;

#[tokio::test]
async fn what_is_more_than_the_limit_waits_for_its_turn_and_somebody_is_asked_once() {
    let office = Office::sqlite().await;
    let limited = "[outgoing]\nmax_in_ten_minutes = 3\n";
    let office = office.reopen_with("[outgoing]\n", limited).await;
    let receive = async |numbers: std::ops::RangeInclusive<u32>| {
        for number in numbers {
            let paper = bill(&format!("RE-70{number}"), 10_000 + i64::from(number));
            office.receive(&office.people.ap, &paper.mail(number)).await;
        }
        office.work().await;
    };
    let arrived = async || office.inbox_of(&office.people.petra).await.len();
    receive(1..=3).await;
    assert_eq!(arrived().await, 3);
    assert!(office.waiting_for_a_person().await.is_empty());
    receive(4..=5).await;
    assert_eq!(arrived().await, 3);
    let asked = [ExceptionCode::TooMuchMail];
    assert_eq!(office.waiting_for_a_person().await, asked);

    office.desk.clock.move_by(SignedDuration::from_mins(11));
    office.work().await;
    assert_eq!(arrived().await, 5);
    assert_eq!(office.waiting_for_a_person().await, asked);
    office.close(&asked).await;
}

#[tokio::test]
async fn a_domain_that_takes_little_gets_it_minute_by_minute_and_each_wait_is_told_once() {
    let office = Office::sqlite().await;
    let limited = "[outgoing]\nmax_a_minute_to_a_domain = 1\n";
    let office = office.reopen_with("[outgoing]\n", limited).await;
    for number in 0..MANY {
        let paper = bill(&format!("RE-71{number}"), 20_000 + i64::from(number));
        office.receive(&office.people.ap, &paper.mail(number)).await;
        // One after the other: those that look at the same moment may all go, sixteen at most.
        office.work().await;
    }
    let waits = async || {
        let all = office.desk.store.audit_newest(10_000).await.unwrap();
        let waits = all
            .iter()
            .filter(|entry| entry.event.action == "mail waits");
        waits.count()
    };
    let arrived = async || office.inbox_of(&office.people.petra).await.len();
    let all_but_one = usize::try_from(MANY).unwrap() - 1;
    assert_eq!((arrived().await, waits().await), (1, all_but_one));
    let mut minutes = 0;
    while arrived().await <= all_but_one {
        office.desk.clock.move_by(SignedDuration::from_secs(61));
        office.work().await;
        minutes += 1;
        assert_eq!(waits().await, all_but_one);
    }
    assert!(minutes > 1, "some waited again");
    assert!(office.waiting_for_a_person().await.is_empty());
    office.close(&[]).await;
}

/// More than are sent at the same moment, twice.
const MANY: u32 = 40;
