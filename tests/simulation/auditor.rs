//! Looks over everything at the end, with a model of its own: the plan, and what the relay took.

use std::collections::BTreeMap;

use countinghouse::basics::currency::Currency;
use countinghouse::basics::ids::CustomerInvoiceId;
use countinghouse::basics::money::Money;
use countinghouse::domain::approval::Verdict;
use countinghouse::domain::audit::counts::FollowedCounts;
use countinghouse::domain::audit::{self, GENESIS, Subject};
use countinghouse::domain::ledger::roll_forward::OpenAccount;
use countinghouse::domain::message::{Message, MessageState, Route};
use countinghouse::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use countinghouse::domain::payable::{Bill, BillState, PaymentState};
use countinghouse::domain::receivable::CustomerInvoice;
use countinghouse::io::store::{Filter, Store};
use countinghouse::steps::roll_forward::rolled;

use crate::office::mails::Letter;
use crate::plan::{Fate, Habit, PlannedBill};
use crate::world::World;

/// What two lives of one seed must agree on: number and hash of the last entry of the trail.
pub type Head = (u64, String);

/// Panics at the first thing that is not as it must be.
pub async fn audit(world: &World) -> Head {
    nothing_is_left(world).await;
    for planned in &world.plan.bills {
        bill_came_out(world, planned).await;
    }
    cash_is_sound(world).await;
    books_tie(world).await;
    for message in all(world.office.store.list_messages(&everything()).await) {
        went_somewhere(&world.office.store, &message).await;
    }
    mails_arrived(world).await;
    replayed(&world.office.store).await
}

fn everything() -> Filter {
    Filter::default().limit(100_000)
}

fn all<T, E: std::fmt::Debug>(loaded: Result<Vec<T>, E>) -> Vec<T> {
    loaded.unwrap()
}

fn eur(cents: i64) -> Money {
    Money::from_minor(cents, Currency::EUR)
}

async fn nothing_is_left(world: &World) {
    let store = &world.office.store;
    let idle = store.idle(world.office.clock.now()).await.unwrap();
    assert!(idle.is_idle(), "work is left: {idle:?}");
    let parked = store.parked_jobs(100).await.unwrap();
    assert!(parked.is_empty(), "given up: {parked:#?}");
}

/// No payment without the votes, none twice, and what was planned came.
async fn bill_came_out(world: &World, planned: &PlannedBill) {
    let store = &world.office.store;
    let bills = all(store.list_bills(&everything()).await).into_iter();
    let bills = bills.filter(|bill| bill.number.as_deref() == Some(&planned.number));
    let bills = bills.collect::<Vec<Bill>>();
    let mut payments = Vec::new();
    let mut approvals = 0;
    for bill in &bills {
        let of_bill = all(store.payments_of_bill(bill.id).await).into_iter();
        payments.extend(of_bill.filter(|payment| payment.state != PaymentState::Cancelled));
        let votes = all(store.votes_of_bill(bill.id).await);
        let approves = |verdict| votes.iter().filter(|vote| vote.verdict == verdict).count();
        approvals = approvals.max(approves(Verdict::Approve));
        let is_decided = matches!(
            bill.state,
            BillState::Approved | BillState::Scheduled | BillState::Paid
        );
        assert!(
            !is_decided || approves(Verdict::Approve) >= planned.votes_needed(),
            "{} is {} with {} votes",
            planned.number,
            bill.state,
            votes.len()
        );
        assert!(
            is_decided || payments.iter().all(|payment| payment.bill != bill.id),
            "{} is {} and has a payment",
            planned.number,
            bill.state
        );
    }
    assert!(payments.len() <= 1, "{} is paid twice", planned.number);
    let amounts = payments.iter().map(|payment| payment.amount);
    assert!(
        amounts
            .into_iter()
            .all(|amount| amount == eur(planned.gross)),
        "{} is paid wrongly",
        planned.number
    );
    let states = bills.iter().map(|bill| bill.state).collect::<Vec<_>>();
    let is_one = |state| states.iter().filter(|it| **it == state).count() == 1;
    let was_asked = asked(world, &planned.number).await;
    let came_out = match planned.fate {
        // Who was asked by a mail that was lost twice cannot answer: a person was told.
        Fate::Approved if !was_asked => payments.is_empty(),
        Fate::Approved => is_one(BillState::Scheduled) && payments.len() == 1,
        Fate::Rejected if !was_asked => payments.is_empty(),
        Fate::Rejected => is_one(BillState::Rejected) && payments.is_empty(),
        Fate::Unanswered | Fate::Forged => {
            is_one(BillState::AwaitingApproval) && payments.is_empty() && approvals == 0
        }
        Fate::Wrong => payments.is_empty() && states.iter().all(|it| *it == BillState::Held),
    };
    let (number, fate) = (&planned.number, planned.fate);
    assert!(
        came_out && !bills.is_empty(),
        "{number}, {fate:?}: {states:?}"
    );
}

/// Whether every request about this bill reached its approver.
async fn asked(world: &World, number: &str) -> bool {
    let mails = all(world.office.store.list_outbound(&everything()).await);
    let mut requests = mails.iter().filter(|mail| {
        mail.purpose == Purpose::ApprovalRequest && mail.letter.subject.contains(number)
    });
    requests.all(|mail| arrived(world, mail) > 0)
}

fn arrived(world: &World, mail: &OutboundMessage) -> usize {
    let id = mail.header_message_id.to_string();
    let taken = world.relay.taken().into_iter();
    let copies = taken.filter(|taken| Letter::read(&taken.bytes).message_id == id);
    copies
        .inspect(|taken| assert_eq!(taken.to, mail.to.to_string(), "{id} went astray"))
        .count()
}

/// Never more applied than came, nor than was owed; who paid in full owes nothing, who paid nothing owes all.
async fn cash_is_sound(world: &World) {
    let store = &world.office.store;
    let mut of_entry = BTreeMap::<_, Money>::new();
    for planned in &world.plan.invoices {
        let id: CustomerInvoiceId = CustomerInvoice::id_of(&planned.number);
        let mut applied = eur(0);
        for cash in all(store.cash_of_invoice(id).await) {
            applied = applied.checked_add(cash.amount).unwrap();
            let of_entry = of_entry.entry(cash.bank_entry).or_insert(eur(0));
            *of_entry = of_entry.checked_add(cash.amount).unwrap();
        }
        let (number, gross) = (&planned.number, eur(planned.gross));
        assert!(!exceeds(applied, gross), "{number}: more applied than owed");
        match planned.habit {
            Habit::Announces | Habit::Pays => assert_eq!(applied, gross, "{number} was paid"),
            Habit::OnlySaysSo | Habit::Waits => {
                assert_eq!(applied, eur(0), "{number} was not paid");
            }
            Habit::PaysHalf => assert!(!exceeds(applied, eur(planned.gross / 2)), "{number}"),
            Habit::PaysMore => {}
        }
    }
    for entry in all(store.list_bank_entries(&everything()).await) {
        let applied = of_entry.get(&entry.id).copied().unwrap_or(eur(0));
        assert!(
            !exceeds(applied, entry.amount),
            "{}: more than came",
            entry.entry_reference
        );
    }
}

/// Entries and open items come to the same, and customers owe what was billed less what was applied.
async fn books_tie(world: &World) {
    let (office, store) = (&world.office, &world.office.store);
    let days = (office.today(), office.today());
    let mut owed = eur(0);
    for planned in &world.plan.invoices {
        let id = CustomerInvoice::id_of(&planned.number);
        let applied = all(store.cash_of_invoice(id).await).into_iter();
        let open = applied.fold(eur(planned.gross), |open, cash| {
            open.checked_sub(cash.amount).unwrap()
        });
        owed = owed.checked_add(open).unwrap();
    }
    for account in OpenAccount::ALL {
        let told = rolled(office, *account, days).await.unwrap();
        assert_eq!(told.left_out, Vec::<String>::new(), "{account}");
        for row in &told.rows {
            assert!(row.difference.is_zero(), "{account}: {row:#?}");
        }
        if *account == OpenAccount::Receivables {
            let open = told.rows.iter().map(|row| row.open).collect::<Vec<_>>();
            assert_eq!(open, [owed], "what customers owe");
        }
    }
}

fn exceeds(some: Money, limit: Money) -> bool {
    some.checked_sub(limit).unwrap().is_positive()
}

/// Every mail is filed, and ended in documents, a vote, a report, a note or an Exception.
async fn went_somewhere(store: &Store, message: &Message) {
    let about = all(store.exceptions_about(&message.id.into()).await);
    let told = format!(
        "{} ({:?}): {:?}",
        message.subject, message.route, message.notes
    );
    match message.state {
        MessageState::Filed => {}
        MessageState::Quarantined => return assert!(!about.is_empty(), "nobody was told: {told}"),
        MessageState::Fetched | MessageState::Read => panic!("not filed: {told}"),
    }
    let trail = all(store.audit_of(&message.id.into()).await);
    let said = |start: &str| trail.iter().any(|it| it.event.action.starts_with(start));
    let documents = all(store.documents_of_message(message.id).await);
    let ended = match message
        .route
        .unwrap_or_else(|| panic!("without a route: {told}"))
    {
        Route::Documents => !documents.is_empty(),
        Route::ApprovalReply => said("approval") || voted(store, message).await,
        Route::CustomerReply => !documents.is_empty() || said("customer"),
        Route::DeliveryReport | Route::FeedbackReport => said("delivery report"),
        Route::AutomaticReply | Route::Nothing => !message.notes.is_empty(),
    };
    assert!(ended || !about.is_empty(), "came to nothing: {told}");
}

async fn voted(store: &Store, message: &Message) -> bool {
    for bill in all(store.list_bills(&everything()).await) {
        let votes = all(store.votes_of_bill(bill.id).await);
        if votes.iter().any(|vote| vote.message == Some(message.id)) {
            return true;
        }
    }
    false
}

/// What the books call sent arrived; nothing arrived oftener than it was tried; copies only where an answer was lost.
async fn mails_arrived(world: &World) {
    for mail in all(world.office.store.list_outbound(&everything()).await) {
        let copies = arrived(world, &mail);
        let told = format!(
            "{} to {}: {:?}",
            mail.letter.subject, mail.to, mail.last_answer
        );
        match mail.state {
            OutboundState::Sent => assert!(copies >= 1, "never arrived: {told}"),
            OutboundState::Unsure => {
                let about = all(world.office.store.exceptions_about(&mail.id.into()).await);
                let of_bill = all(world.office.store.exceptions_about(&mail.about).await);
                assert!(
                    !about.is_empty() || !of_bill.is_empty(),
                    "nobody was told: {told}"
                );
            }
            OutboundState::Withdrawn => {
                assert!(copies as u64 <= u64::from(mail.losses), "it left: {told}");
            }
            OutboundState::Queued
            | OutboundState::Sending
            | OutboundState::Bounced
            | OutboundState::Failed => panic!("{}: {told}", mail.state),
        }
        assert!(
            copies as u64 <= 1 + u64::from(mail.losses),
            "{copies} copies: {told}"
        );
    }
}

/// The chain holds, every change of state begins where the one before ended, and the trail alone gives the stored states.
async fn replayed(store: &Store) -> Head {
    let entries = all(store.audit_after(0, 1_000_000).await);
    let head = audit::verify((0, GENESIS), &entries).unwrap_or_else(|broken| panic!("{broken}"));
    assert_eq!(head, store.audit_head().await.unwrap());
    let mut states = BTreeMap::<Subject, String>::new();
    for event in entries.iter().map(|entry| &entry.event) {
        let Some(to) = &event.to_state else { continue };
        let before = states.insert(event.subject.clone(), to.clone());
        assert_eq!(
            before, event.from_state,
            "{}: {}",
            event.subject, event.action
        );
    }
    let mut followed = FollowedCounts::default();
    assert!(followed.follow(&entries), "the trail does not fit itself");
    assert_eq!(followed, store.followed_counts().await.unwrap());
    let mut stored = Vec::<(Subject, String)>::new();
    macro_rules! state_of {
        ($($list:ident),*) => { $(
            let records = all(store.$list(&everything()).await);
            stored.extend(records.iter().map(|it| (it.id.into(), it.state.to_string())));
        )* };
    }
    state_of!(
        list_messages,
        list_documents,
        list_bills,
        list_approval_requests,
        list_payments,
        list_remittances,
        list_outbound,
        list_exceptions
    );
    for (subject, state) in stored {
        assert_eq!(states.get(&subject), Some(&state), "{subject}");
    }
    (head.0, head.1.to_string())
}
