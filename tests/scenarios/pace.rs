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
