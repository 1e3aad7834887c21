use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::basics::ids::{BillId, ContentHash};

const ALL: Days<'_> = (const { &TimeZone::UTC }, (Date::MIN, Date::MAX));

/// Who moved it, to which state and how many hours after the first of November, with which fact.
type Moved = (&'static str, &'static str, i64, Option<&'static str>);

fn trail(moves: &[Moved]) -> Vec<ChainedEvent> {
    let mut from: Option<String> = None;
    let begin: jiff::Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let events = moves.iter().map(|(who, to, hours, fact)| {
        let at = begin + jiff::SignedDuration::from_hours(*hours);
        let actor = match *who {
            "program" => Actor::program("test"),
            person => Actor::Person(person.into()),
        };
        let event = AuditEvent::new(at, actor, "moved", BillId::derive(&["a"]), "");
        let event = event.state(from.replace((*to).to_owned()).as_deref(), to);
        ChainedEvent {
            sequence: 1,
            event: fact.iter().fold(event, |event, fact| event.fact(fact, "")),
            hash: ContentHash::ZERO,
        }
    });
    events.collect()
}

fn course(moves: &[Moved]) -> Course {
    Course::of(&trail(moves))
}

fn smooth(hours: i64) -> Course {
    course(&[
        ("program", "draft", 0, None),
        ("program", "awaiting_approval", 0, None),
        ("anna", "approved", hours, None),
    ])
}

fn corrected() -> Course {
    course(&[
        ("program", "draft", 0, None),
        ("program", "held", 1, None),
        ("anna", "draft", 2, Some("field")),
        ("program", "awaiting_approval", 3, None),
        ("ben", "approved", 30 * 24, None),
        ("ben", "draft", 31 * 24, Some("field")),
    ])
}

fn shown(shares: &[Share]) -> Vec<(i8, u32, u32, String)> {
    let shown = shares.iter().map(|one| {
        let percent = one.percent().unwrap().to_string();
        (one.month.month(), one.all, one.some, percent)
    });
    shown.collect()
}

#[test]
fn an_approver_touches_nothing_and_who_corrects_does() {
    let later = course(&[
        ("program", "draft", 0, None),
        ("program", "approved", 1, None),
        ("anna", "draft", 2, Some("field")),
    ]);
    let cleared = course(&[
        ("program", "held", 0, None),
        ("anna", "draft", 1, Some("cleared")),
        ("program", "approved", 2, None),
    ]);
    let courses = [smooth(1), smooth(2), later, cleared, corrected()];
    let told = touchless(&courses, ALL);
    assert_eq!(
        shown(&told),
        [(11, 4, 4, "100".into()), (12, 1, 0, "0".into())]
    );
    let told = first_time_right(&courses, ALL);
    assert_eq!(shown(&told), [(11, 5, 3, "60".into())]);
}

#[test]
fn half_and_nine_of_ten_approvals_took_no_longer() {
    let courses = (1..=10).map(smooth).collect::<Vec<_>>();
    let times = cycle_times(&courses, ALL);
    assert_eq!(times.len(), 1);
    assert_eq!(
        (times[0].approved, times[0].median_hours, times[0].p90_hours),
        (10, Decimal::from(5), Decimal::from(9))
    );
    assert_eq!(
        cycle_times(&[smooth(3)], ALL)[0].p90_hours,
        Decimal::from(3)
    );
    assert_eq!(cycle_times(&[Course::default()], ALL), []);
}

#[test]
fn a_bill_that_is_taken_up_again_has_not_ended() {
    let rejected = [("program", "draft", 0, None), ("anna", "rejected", 1, None)];
    assert!(course(&rejected).ended.is_some());
    let again = [rejected[0], rejected[1], ("anna", "draft", 2, None)];
    assert_eq!(course(&again).ended, None);
}

fn eur(whole: i64) -> Money {
    Money::from_minor(whole * 100, Currency::EUR)
}

fn rolled(beginning: i64, sales: i64, open: i64) -> RollForward {
    RollForward {
        beginning: eur(beginning),
        moved: vec![
            (Movement::Added, eur(sales + 10)),
            (Movement::CreditNotes, eur(-10)),
            (Movement::Paid, eur(open - beginning - sales)),
        ],
        ending: eur(open),
        open: eur(open),
        difference: eur(0),
    }
}

#[test]
fn the_examples_of_the_requirements() {
    let told = outstanding(&rolled(0, 900_000, 300_000), eur(200_000), 90).unwrap();
    assert_eq!(told.dso, Some(Decimal::new(300, 1)));
    assert_eq!(told.best_possible, Some(Decimal::new(200, 1)));
    assert_eq!(told.delinquent, Some(Decimal::new(100, 1)));
    assert_eq!(told.overdue_percent, Some(Decimal::new(333, 1)));
    let told = outstanding(&rolled(200, 300, 150), eur(100), 90).unwrap();
    assert_eq!(told.cei_percent, Some(Decimal::new(875, 1)));
}

#[test]
fn without_sales_there_are_no_days() {
    let told = outstanding(&rolled(100, 0, 100), eur(0), 90).unwrap();
    assert_eq!((told.dso, told.cei_percent), (None, Some(Decimal::ZERO)));
}

#[test]
fn only_what_happened_on_these_days_counts() {
    let november = (date(2026, 11, 1), date(2026, 11, 30));
    let days = (ALL.0, november);
    let courses = [smooth(1), corrected()];
    assert_eq!(touchless(&courses, days).len(), 1);
    assert_eq!(cycle_times(&courses, days)[0].approved, 1);
}

#[test]
fn duplicates_of_a_month_are_added_up_by_currency() {
    let ended = [
        (date(2026, 11, 3), eur(100)),
        (date(2026, 11, 30), eur(19)),
        (date(2026, 12, 1), eur(1)),
    ];
    let told = stopped(&ended).unwrap();
    let told = told.iter().map(|row| (row.stopped, row.amount));
    assert_eq!(told.collect::<Vec<_>>(), [(2, eur(119)), (1, eur(1))]);
    let much = Money::from_minor(i64::MAX, Currency::EUR);
    assert!(stopped(&[(ended[0].0, much), ended[1]]).is_err());
}

#[test]
fn a_discount_that_was_not_taken_was_offered() {
    let (november, december) = (date(2026, 11, 3), date(2026, 12, 1));
    let paid = [
        (november, eur(20), Some(eur(20))),
        (november, eur(60), None),
        (december, eur(1), None),
    ];
    let told = captured(&paid).unwrap();
    let told = told
        .iter()
        .map(|row| (row.offered, row.taken, row.percent()));
    let percent = |whole: i64| Some(Decimal::from(whole));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (eur(80), eur(20), percent(25)),
            (eur(1), eur(0), percent(0))
        ]
    );
}
