use super::*;
use crate::basics::calendar::{add_days, date};
use crate::domain::receivable::samples::{customer, eur, invoice_due};

/// A Monday; no bank holiday within 30 days after it.
const DUE: Date = date(2026, 11, 16);

fn policy() -> ReminderPolicy {
    ReminderPolicy {
        levels: LADDER.to_vec(),
        minimum: eur(1000),
        claim_days: 10,
    }
}

fn open() -> OpenInvoice {
    invoice_due("MR-1", "1", 53_500, DUE)
}

fn sent(open: &OpenInvoice, level_days: i32, on: Date) -> Reminder {
    Reminder {
        id: Reminder::id_of(open.invoice.id, level_days),
        invoice: open.invoice.id,
        customer: open.invoice.customer,
        level_days,
        outbound: OutboundId::derive(&[&level_days.to_string()]),
        on,
    }
}

/// What goes out day by day from `first` for `days` days, as (days from the due date, level).
fn run(open: &OpenInvoice, first: i32, days: i32, mut history: Vec<Reminder>) -> Vec<(i32, i32)> {
    let mut out = Vec::new();
    for day in first..first + days {
        let today = add_days(DUE, day);
        if let Some(level) = due(open, said(&history), &policy(), today) {
            history.push(sent(open, level.days, today));
            out.push((day, level.days));
        }
    }
    out
}

#[test]
fn every_level_goes_out_once_and_weekends_wait_for_monday() {
    // -7 and 0 and 7 and 14 are Mondays, -3 is a Friday, 3 a Thursday, 30 a Wednesday.
    let all = [
        (-7, -7),
        (-3, -3),
        (0, 0),
        (3, 3),
        (7, 7),
        (14, 14),
        (30, 30),
    ];
    assert_eq!(run(&open(), -20, 80, Vec::new()), all);
    // Due on a Thursday: -7 Thursday, -3 Monday, 3 is a Sunday and waits for Monday, 30 is a Saturday.
    let thursday = invoice_due("MR-1", "1", 53_500, add_days(DUE, 3));
    let shifted = [
        (-4, -7),
        (0, -3),
        (3, 0),
        (7, 3),
        (10, 7),
        (17, 14),
        (35, 30),
    ];
    assert_eq!(run(&thursday, -20, 80, Vec::new()), shifted);
}

#[test]
fn what_was_due_on_saturday_is_not_due_today_on_monday() {
    let saturday = invoice_due("MR-1", "1", 53_500, date(2026, 11, 21));
    let monday = due(&saturday, History::default(), &policy(), date(2026, 11, 23));
    assert_eq!(
        monday.map(|level| (level.days, level.tone)),
        Some((0, Tone::Friendly))
    );
}

#[test]
fn bank_holidays_wait_for_the_next_business_day() {
    let christmas = invoice_due("MR-1", "1", 53_500, date(2026, 12, 25));
    let level = |day| {
        due(
            &christmas,
            History::default(),
            &policy(),
            date(2026, 12, day),
        )
        .map(|l| l.days)
    };
    // The 28th is three days past the due date: that level goes out, the missed one does not.
    assert_eq!(
        [level(25), level(26), level(27), level(28)],
        [None, None, None, Some(3)]
    );
}

#[test]
fn who_was_away_for_weeks_sends_one_mail_and_no_backlog() {
    assert_eq!(run(&open(), 15, 6, Vec::new()), [(15, 7)]);
    let history = vec![sent(&open(), -7, add_days(DUE, -7))];
    assert_eq!(run(&open(), 8, 10, history), [(8, 7), (15, 14)]);
}

#[test]
fn the_first_mail_of_all_never_speaks_of_earlier_ones() {
    // Open items imported long after they were due: step by step, and a week between firm words.
    let tones = |first: i32| {
        let mut history = Vec::new();
        let mut told = Vec::new();
        for day in first..first + 40 {
            let today = add_days(DUE, day);
            if let Some(level) = due(&open(), said(&history), &policy(), today) {
                history.push(sent(&open(), level.days, today));
                told.push((day, level.tone));
            }
        }
        told
    };
    let in_steps = [(0, Tone::Plain), (7, Tone::Firm), (14, Tone::FinalNotice)];
    assert_eq!(tones(35), in_steps.map(|(day, tone)| (35 + day, tone)));
    let firm_only = ReminderPolicy::at_days(&[14, 30], eur(1000), 10);
    let first = due(&open(), History::default(), &firm_only, add_days(DUE, 35));
    assert_eq!(
        first.map(|level| (level.days, level.tone)),
        Some((14, Tone::Plain))
    );
}

#[test]
fn what_was_said_before_the_due_date_was_extended_counts_no_more() {
    let levels = [-7, -3, 0, 3, 7, 14];
    let history: Vec<_> = levels
        .into_iter()
        .map(|level| sent(&open(), level, add_days(DUE, level)))
        .collect();
    let extended = invoice_due("MR-1", "1", 53_500, add_days(DUE, 28));
    let told: Vec<_> = (15..80)
        .filter_map(|day| due(&extended, said(&history), &policy(), add_days(DUE, day)))
        .collect();
    assert_eq!(told.first().map(|level| level.tone), Some(Tone::Plain));
}

#[test]
fn a_higher_level_once_sent_silences_the_lower_ones() {
    let history = vec![sent(&open(), 14, add_days(DUE, 14))];
    assert_eq!(run(&open(), 14, 15, history), []);
}

#[test]
fn paid_disputed_claimed_and_small_invoices_are_left_alone() {
    let today = add_days(DUE, 7);
    let mut paid = open();
    paid.balance = eur(0);
    let mut disputed = open();
    disputed.invoice.disputed = Some("wrong price".into());
    let mut claimed = open();
    claimed.claimed = true;
    let mut in_review = open();
    in_review.in_review_until = Some(today);
    let mut small = open();
    small.balance = eur(999);
    for (silent, why) in [
        (paid, Suppression::Paid),
        (disputed, Suppression::Disputed),
        (claimed, Suppression::Claimed),
        (in_review, Suppression::ClaimInReview),
        (small, Suppression::BelowMinimum),
    ] {
        assert_eq!(
            due(&silent, History::default(), &policy(), today),
            None,
            "{why}"
        );
        let outlook = plan_for(&[silent], &[], today);
        assert_eq!(outlook.plan, None);
        assert_eq!(outlook.suppressed.first().map(|s| s.why), Some(why));
    }
    let mut enough = open();
    enough.balance = eur(1000);
    assert!(due(&enough, History::default(), &policy(), today).is_some());
}

fn plan_for(invoices: &[OpenInvoice], history: &[Reminder], today: Date) -> Outlook {
    plan(
        &customer("1"),
        Gate::default(),
        invoices,
        said(history),
        &policy(),
        today,
    )
}

/// All of it reached the customer.
fn said(reminders: &[Reminder]) -> History<'_> {
    History {
        reminders,
        unsaid: &[],
    }
}

#[test]
fn a_reminder_that_never_left_or_came_back_is_none_that_firm_words_may_speak_of() {
    let invoice = open();
    let history = [
        sent(&invoice, 3, add_days(DUE, 3)),
        sent(&invoice, 7, add_days(DUE, 7)),
    ];
    let tone = |unsaid: &[OutboundId], day| {
        let history = History {
            reminders: &history,
            unsaid,
        };
        due(&invoice, history, &policy(), add_days(DUE, day)).map(|level| level.tone)
    };
    assert_eq!(tone(&[], 30), Some(Tone::FinalNotice));
    let lost = history.each_ref().map(|reminder| reminder.outbound);
    assert_eq!(tone(&lost[..1], 30), Some(Tone::Firm));
    assert_eq!(tone(&lost, 30), Some(Tone::Plain));
}

#[test]
fn an_invoice_never_mentioned_before_is_not_in_a_mail_that_says_despite_our_reminders() {
    let today = add_days(DUE, 15);
    let old = invoice_due("A", "1", 100_000, DUE);
    let new = invoice_due("B", "1", 7_000, add_days(DUE, 5));
    let history = [
        sent(&old, 3, add_days(DUE, 3)),
        sent(&old, 7, add_days(DUE, 7)),
    ];
    let outlook = plan_for(&[old.clone(), new.clone()], &history, today);
    let plan = outlook.plan.expect("the old one is due");
    assert_eq!(plan.tone, Tone::Firm);
    assert_eq!(plan.totals(), [eur(100_000)]);
    assert_eq!(outlook.suppressed[0].why, Suppression::FirmerFirst);
    // It has its own mail when the customer may be written to again, in words that are true of it.
    let told = [
        &history[..],
        &plan.reminders(OutboundId::derive(&["firm"]), today),
    ]
    .concat();
    let next = plan_for(&[old, new], &told, add_days(today, 3));
    let next = next.plan.expect("the new one is due");
    assert_eq!((next.tone, next.totals()), (Tone::Plain, vec![eur(7_000)]));
}

#[test]
fn a_claim_nobody_looked_at_in_time_is_reminded_of_again() {
    let today = add_days(DUE, 7);
    let mut late = open();
    late.in_review_until = Some(add_days(today, -1));
    assert!(due(&late, History::default(), &policy(), today).is_some());
}

#[test]
fn one_mail_holds_all_invoices_and_the_highest_level_sets_its_tone() {
    let today = add_days(DUE, 14);
    let invoices = [
        invoice_due("B", "1", 2_000, add_days(DUE, 14)),
        invoice_due("A", "1", 1_000, DUE),
        invoice_due("D", "1", 2_000, add_days(DUE, 10)),
        invoice_due("C", "1", 5_000, add_days(DUE, 60)),
        invoice_due("X", "2", 5_000, DUE),
    ];
    let outlook = plan_for(&invoices, &[], today);
    let plan = outlook.plan.expect("something is due");
    assert_eq!(plan.tone, Tone::Plain, "the first mail is not a firm one");
    let listed: Vec<_> = plan
        .invoices
        .iter()
        .map(|p| (p.open.invoice.number.as_str(), p.days_overdue))
        .collect();
    assert_eq!(listed, [("A", 14), ("D", 4)]);
    assert_eq!(
        plan.totals(),
        [eur(3_000)],
        "what is not due is not asked for"
    );
    let why: Vec<_> = outlook.suppressed.iter().map(|s| s.why).collect();
    assert_eq!(why, [Suppression::NoNewLevel, Suppression::OverdueFirst]);
}

#[test]
fn a_customer_gets_one_mail_a_day_even_when_another_invoice_becomes_due() {
    let today = add_days(DUE, 7);
    let other = invoice_due("MR-2", "1", 53_500, DUE);
    let outlook = plan_for(&[open()], &[sent(&other, 7, today)], today);
    assert_eq!(outlook.plan, None);
    assert!(
        outlook
            .suppressed
            .iter()
            .any(|s| s.why == Suppression::RemindedToday)
    );
}

#[test]
fn whatever_is_known_of_the_customer_keeps_the_mail_back() {
    let today = add_days(DUE, 7);
    let usual = || (customer("1"), Gate::default());
    let gate = |change: fn(&mut Gate)| {
        let mut both = usual();
        change(&mut both.1);
        both
    };
    let mut nameless = usual();
    nameless.0.mail = None;
    let mut paused = usual();
    paused.0.reminders_paused_until = Some(add_days(today, 1));
    let parked = |gate: &mut Gate| gate.advice_parked_until = Some(date(2026, 11, 23));
    let tuesday = Some(date(2026, 11, 24));
    for ((customer, gate), why, until) in [
        (nameless, Suppression::NoAddress, None),
        (paused, Suppression::Paused, tuesday),
        (
            gate(|g| g.bounced = true),
            Suppression::AddressBounced,
            None,
        ),
        (
            gate(|g| g.answer_waiting = true),
            Suppression::AnswerWaiting,
            None,
        ),
        (
            gate(|g| g.mail_waiting = true),
            Suppression::MailWaiting,
            None,
        ),
        (
            gate(|g| g.mail_on_its_way = true),
            Suppression::MailOnItsWay,
            None,
        ),
        (
            gate(|g| g.cash_unapplied = true),
            Suppression::CashUnapplied,
            None,
        ),
        (
            gate(|g| g.bank_data_stale = true),
            Suppression::BankDataStale,
            None,
        ),
        (gate(parked), Suppression::AdviceParked, tuesday),
    ] {
        let outlook = plan(
            &customer,
            gate,
            &[open()],
            History::default(),
            &policy(),
            today,
        );
        assert_eq!(outlook.plan, None, "{why}");
        let invoice = None;
        let kept_back = Suppressed {
            invoice,
            why,
            until,
        };
        assert_eq!(outlook.suppressed, [kept_back]);
    }
}

#[test]
fn a_pause_and_a_parked_remittance_end_by_themselves() {
    let today = add_days(DUE, 7);
    let mut ours = customer("1");
    ours.reminders_paused_until = Some(today);
    let gate = Gate {
        advice_parked_until: Some(add_days(today, -1)),
        ..Gate::default()
    };
    let history = History::default();
    let outlook = plan(&ours, gate, &[open()], history, &policy(), today);
    assert!(outlook.plan.is_some());
}

#[test]
fn a_customer_is_told_of_what_is_overdue_every_third_day_at_most() {
    let today = add_days(DUE, 7);
    let other = invoice_due("MR-2", "1", 53_500, DUE);
    let told = [sent(&other, 7, today)];
    for (days, is_told) in [(1, false), (2, false), (3, true)] {
        let outlook = plan_for(&[open()], &told, add_days(today, days));
        assert_eq!(outlook.plan.is_some(), is_told, "{days}");
        let lately = outlook.suppressed.iter();
        let mut lately = lately.filter(|one| one.why == Suppression::RemindedLately);
        let until = lately.next().map(|one| one.until);
        assert_eq!(until, (!is_told).then_some(Some(add_days(today, 3))));
    }
    // A mail that never left told nobody, and what is not due yet is no demand.
    let unsaid = [told[0].outbound];
    let history = History {
        reminders: &told,
        unsaid: &unsaid,
    };
    let (ours, next) = (customer("1"), add_days(today, 1));
    let outlook = plan(&ours, Gate::default(), &[open()], history, &policy(), next);
    assert!(outlook.plan.is_some());
    let courtesy = invoice_due("MR-3", "1", 53_500, add_days(next, 3));
    let outlook = plan_for(&[open(), courtesy], &told, next);
    assert_eq!(outlook.plan.map(|plan| plan.tone), Some(Tone::Courtesy));
}

#[test]
fn a_final_notice_waits_for_its_release_and_keeps_nothing_else_back() {
    let (old, new) = (open(), invoice_due("MR-2", "1", 7_000, add_days(DUE, 23)));
    let history = [
        sent(&old, 7, add_days(DUE, 7)),
        sent(&old, 14, add_days(DUE, 14)),
    ];
    let today = add_days(DUE, 30);
    let both = [old.clone(), new];
    let outlook = plan_for(&both, &history, today);
    assert_eq!(outlook.to_release[0].open, old);
    assert_eq!(outlook.plan.unwrap().tone, Tone::Plain, "of the new one");
    assert!(
        outlook
            .suppressed
            .contains(&Suppressed::of(&old, Suppression::NotReleased, None))
    );

    let mut released = old.clone();
    released.invoice.final_notice_released = Some(today);
    let outlook = plan_for(&[released], &history, today);
    assert!(outlook.to_release.is_empty());
    assert_eq!(outlook.plan.unwrap().tone, Tone::FinalNotice);

    // Nobody is asked about a customer who is not written to.
    let gate = Gate {
        cash_unapplied: true,
        ..Gate::default()
    };
    let ours = customer("1");
    let outlook = plan(&ours, gate, &both, said(&history), &policy(), today);
    assert!(outlook.to_release.is_empty() && outlook.plan.is_none());
}

#[test]
fn what_waits_says_until_when() {
    let until = |today| {
        let outlook = plan_for(&[open()], &[], today);
        let of_it = outlook.suppressed.into_iter();
        of_it.map(|one| (one.why, one.until)).collect::<Vec<_>>()
    };
    let next = add_days(DUE, -7);
    assert_eq!(
        until(add_days(DUE, -10)),
        [(Suppression::NoNewLevel, Some(next))]
    );
    let (saturday, monday) = (add_days(DUE, 5), add_days(DUE, 7));
    assert_eq!(
        until(saturday),
        [(Suppression::NotABusinessDay, Some(monday))]
    );
}

#[test]
fn the_same_level_of_the_same_invoice_has_the_same_id_for_ever() {
    let outlook = plan_for(&[open()], &[], DUE);
    let plan = outlook.plan.expect("due today");
    let mail = |text| OutboundId::derive(&[text]);
    let first = plan.reminders(mail("a"), DUE);
    let again = plan.reminders(mail("b"), add_days(DUE, 1));
    assert_eq!(first[0].id, again[0].id);
}

#[test]
fn reminders_wait_until_each_mailbox_of_customers_was_looked_at_today() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (friday, monday) = (at("2026-11-20T17:00:00Z"), at("2026-11-23T06:00:00Z"));
    let midnight = at("2026-11-23T00:00:00Z");
    let both = || ["ar", "ar-uk"].into_iter();
    assert!(!all_looked_at(both(), &[], midnight));
    assert!(!all_looked_at(
        both(),
        &[("ar", monday), ("ar-uk", friday)],
        midnight
    ));
    assert!(all_looked_at(
        both(),
        &[("ar", monday), ("ar-uk", monday)],
        midnight
    ));
    assert!(all_looked_at(std::iter::empty(), &[], midnight));
}
