//! The way out fails for good: the mail waits, says why, and goes once when the world is mended.

use countinghouse::domain::outbound::{OutboundMessage, OutboundState};
use countinghouse::io::store::Filter;
use jiff::SignedDuration;

use crate::world::{RELAY, World};

async fn the_mail(world: &World) -> OutboundMessage {
    let mails = world.office.store.list_outbound(&Filter::default()).await;
    let mut mails = mails.unwrap();
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

/// It waits for another try, with this said about the last one.
async fn it_waits(world: &World, why: &str) {
    let mail = the_mail(world).await;
    let answer = mail.last_answer.unwrap_or_default();
    assert_eq!(
        (mail.state, mail.losses),
        (OutboundState::Queued, 0),
        "{answer}"
    );
    assert!(answer.contains(why), "{answer}");
    assert!(mail.next_attempt_at > world.office.clock.now());
    assert!(world.relay.taken().is_empty());
    let parked = world.office.store.parked_jobs(10).await.unwrap();
    assert!(parked.is_empty(), "{parked:?}");
}

async fn it_goes_once(world: &World) {
    world.relay.recover();
    world.pass(SignedDuration::from_hours(3));
    world.settle().await;
    assert_eq!(the_mail(world).await.state, OutboundState::Sent);
    assert_eq!(world.relay.taken().len(), 1);
}

#[tokio::test]
async fn a_relay_that_answers_byte_by_byte_is_left_at_the_deadline() {
    let world = World::with_one_bill(RELAY).await;
    world.relay.drip();
    world.settle().await;
    it_waits(&world, "no answer within 5 s").await;
    it_goes_once(&world).await;
}

#[tokio::test]
async fn a_relay_that_nobody_finds_by_its_name_keeps_the_mail_waiting() {
    let world = World::with_one_bill("host = \"relay.invalid\"").await;
    world.settle().await;
    it_waits(&world, "relay.invalid").await;
    let world = world.starts_again_with(RELAY).await;
    it_goes_once(&world).await;
}

#[tokio::test]
async fn a_clock_that_jumps_a_year_back_and_forth_sends_nothing_twice() {
    let world = World::with_one_bill(RELAY).await;
    world.relay.recover();
    let year = SignedDuration::from_hours(366 * 24);
    for span in [year, -year, -year, year] {
        world.pass(span);
        world.settle().await;
    }
    it_goes_once(&world).await;
}
