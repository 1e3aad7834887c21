//! Every load gives back what was committed, to the last field.

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::date;
use countinghouse::basics::ids::{ContentHash, DocumentId, HeaderMessageId};
use countinghouse::domain::audit::{Actor, Subject, SubjectKind};
use countinghouse::domain::bank::BankData;
use countinghouse::domain::change::{MailboxProgress, ModelDay, Record};
use countinghouse::domain::document::memory::LearnedField;
use countinghouse::domain::document::memory::place::Shape;
use countinghouse::domain::document::{DocumentState, Side};
use countinghouse::domain::exception::Exception;
use countinghouse::domain::message::start::Start;
use countinghouse::domain::message::{Message, MessageState};
use countinghouse::domain::payable::{
    BillState, Coding, CodingMemory, NumberKey, PaymentRun, PaymentRunState,
};
use countinghouse::domain::receivable::RemittanceState;
use countinghouse::io::store::{Filter, Look};

use crate::env::Env;
use crate::samples::*;

async fn commit(env: &Env, records: Vec<Record>) {
    env.store.commit(change(records)).await.expect("committed");
}

pub async fn messages_and_arrivals(env: &Env) {
    let (fetched, mut read) = (message("fetched"), read_message("read"));
    read.size_bytes = 50 * 1024 * 1024;
    let mut filed = arrival(&read, 3);
    filed.filed = true;
    let records = vec![
        Record::Message(fetched.clone()),
        Record::Message(read.clone()),
        Record::Arrival(arrival(&fetched, 1)),
        Record::Arrival(arrival(&read, 2)),
        Record::Arrival(filed.clone()),
    ];
    commit(env, records).await;
    let store = &env.store;
    let stored = |m: &countinghouse::domain::message::Message| m.clone().at(1);
    assert_eq!(
        store.message(read.id).await.expect("loads"),
        Some(stored(&read))
    );
    let header = HeaderMessageId::parse("<read@supplier.test>").expect("an id");
    assert_eq!(
        store.messages_by_header(&header).await.expect("loads"),
        [stored(&read)]
    );
    let found = store.find_messages(&read.id.short()).await.expect("loads");
    assert_eq!(found, [stored(&read)]);
    assert!(
        store.find_messages("12").await.expect("loads").is_empty(),
        "too short"
    );
    assert!(
        store
            .find_messages("'; --")
            .await
            .expect("loads")
            .is_empty()
    );
    let places = store.arrivals_of_message(read.id).await.expect("loads");
    assert_eq!(places.len(), 2);
    let to_file = store.arrivals_to_file("ap", 10).await.expect("loads");
    assert_eq!(
        to_file,
        [arrival(&read, 2)],
        "only what is read and not marked"
    );
    assert!(
        store
            .arrivals_to_file("ar", 10)
            .await
            .expect("loads")
            .is_empty()
    );
    let fetched_only = Filter::state(MessageState::Fetched.as_str());
    assert_eq!(
        store.list_messages(&fetched_only).await.expect("loads"),
        [stored(&fetched)]
    );
}

pub async fn mailboxes(env: &Env) {
    assert_eq!(env.store.mailbox_progress("ap").await.expect("loads"), None);
    let mut progress = MailboxProgress {
        mailbox: "ap".into(),
        uid_validity: u32::MAX,
        next_uid: 1,
        start: Some(Start {
            at: now(),
            below_uid: 20_001,
        }),
        version: 0,
    };
    commit(env, vec![Record::Mailbox(progress.clone())]).await;
    progress.version = 1;
    progress.next_uid = u32::MAX;
    commit(env, vec![Record::Mailbox(progress.clone())]).await;
    progress.version = 2;
    let stored = env.store.mailbox_progress("ap").await.expect("loads");
    assert_eq!(stored.as_ref(), Some(&progress));
    assert_eq!(env.store.mailboxes().await.expect("loads"), [progress]);
    let message = message("m");
    let place = arrival(&message, 5);
    let records = vec![Record::Message(message), Record::Arrival(place.clone())];
    commit(env, records).await;
    assert_eq!(
        env.store.arrival("ap", 17, "5").await.expect("loads"),
        Some(place.clone())
    );
    assert_eq!(env.store.arrival("ap", 18, "5").await.expect("loads"), None);
    // More than one question has room for.
    let many = (0..120).map(|uid| uid.to_string()).collect::<Vec<_>>();
    let many = many.iter().map(String::as_str).collect::<Vec<_>>();
    let among = |validity| env.store.arrivals_among("ap", validity, &many);
    assert_eq!(among(17).await.expect("loads"), [place]);
    assert_eq!(among(18).await.expect("loads"), []);
}

pub async fn documents_with_all_their_evidence(env: &Env) {
    let message = read_message("m");
    let unread = document(&message, "1");
    let mut read = document(&message, "2");
    read.reading = full_reading();
    read.state = DocumentState::Read;
    read.note = Some("read".into());
    read.parent = Some(unread.id);
    let records = vec![
        Record::Message(message.clone()),
        Record::Document(unread.clone()),
        Record::Document(read.clone()),
    ];
    commit(env, records).await;
    let stored = env.store.document(read.id).await.expect("loads");
    assert_eq!(stored, Some(read.clone().at(1)));
    let both = env
        .store
        .documents_of_message(message.id)
        .await
        .expect("loads");
    assert_eq!(both, [unread.at(1), read.at(1)]);
}

pub async fn memories_until_they_were_wrong_twice(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let supplier = supplier("S-1");
    let number = memory(&supplier, &parts.1, LearnedField::Number);
    let mut day = memory(&supplier, &parts.1, LearnedField::IssueDate);
    day.evidence.shape = Shape::Day(Some(1));
    day.failures = 1;
    let mut records = records_of(&parts);
    records.extend([
        Record::Supplier(supplier.clone()),
        Record::Memory(number.clone()),
        Record::Memory(day.clone()),
    ]);
    commit(env, records).await;
    let store = &env.store;
    let kept = store.memories_of_supplier(supplier.id).await;
    assert_eq!(
        kept.expect("loads"),
        [number.clone().at(1), day.clone().at(1)]
    );
    let mut dropped = day.at(1);
    dropped.failures = 2;
    commit(env, vec![Record::Memory(dropped.clone())]).await;
    dropped.version = 2;
    let kept = store.memories_of_supplier(supplier.id).await;
    assert_eq!(kept.expect("loads"), [number.at(1)]);
    let by_id = store.memory(dropped.id).await.expect("loads");
    assert_eq!(by_id, Some(dropped), "it is not forgotten, only not used");
}

pub async fn codings_until_they_were_wrong_twice(env: &Env) {
    let parts = bill_with_parents("c", "RE-1");
    let supplier = supplier("S-1");
    let coding = |description: &str, text: &str| CodingMemory {
        id: CodingMemory::id_of(supplier.id, description),
        supplier: supplier.id,
        description: description.into(),
        coding: Coding::parse(text).expect("a coding"),
        bill: parts.2.id,
        taught_by: "karla".into(),
        taught_at: now(),
        failures: 0,
        version: 0,
    };
    let (hosting, whole) = (coding("hosting", "6850/IT//V19"), coding("", "6300"));
    let mut records = records_of(&parts);
    records.extend([
        Record::Supplier(supplier.clone()),
        Record::CodingMemory(hosting.clone()),
        Record::CodingMemory(whole.clone()),
    ]);
    commit(env, records).await;
    let store = &env.store;
    let mut dropped = whole.at(1);
    dropped.failures = 2;
    commit(env, vec![Record::CodingMemory(dropped.clone())]).await;
    dropped.version = 2;
    let kept = store.coding_memories_of_supplier(supplier.id).await;
    assert_eq!(kept.expect("loads"), [hosting.at(1)]);
    let by_id = store.coding_memory(dropped.id).await.expect("loads");
    assert_eq!(by_id, Some(dropped), "it is not forgotten, only not used");
}

pub async fn what_the_model_was_asked_on_a_day(env: &Env) {
    let today = ModelDay {
        requests: 1,
        tokens: 321,
        ..ModelDay::begin(date(2026, 11, 22))
    };
    commit(env, vec![Record::ModelDay(today.clone())]).await;
    let stored = ModelDay {
        version: 1,
        ..today
    };
    let loaded = env.store.model_day(stored.day).await.expect("loads");
    assert_eq!(loaded, Some(stored));
    let tomorrow = env.store.model_day(date(2026, 11, 23)).await;
    assert_eq!(tomorrow.expect("loads"), None);
}

pub async fn suppliers_bills_and_payments(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let supplier = supplier("S-1");
    let mut bill = parts.2.clone();
    bill.supplier = Some(supplier.id);
    let paid = payment(&bill);
    let mut records = records_of(&(parts.0, parts.1.clone(), bill.clone()));
    records.extend([
        Record::Supplier(supplier.clone()),
        Record::Payment(paid.clone()),
    ]);
    commit(env, records).await;
    let store = &env.store;
    assert_eq!(
        store.supplier(supplier.id).await.expect("loads"),
        Some(supplier.clone().at(1))
    );
    assert_eq!(
        *store.suppliers().await.expect("loads"),
        [supplier.clone().at(1)]
    );
    // Kept in memory, and read again once one of them is another.
    let mut renamed = supplier.at(1);
    renamed.name = "Nordlicht GmbH".into();
    commit(env, vec![Record::Supplier(renamed.clone())]).await;
    renamed.version = 2;
    assert_eq!(*store.suppliers().await.expect("loads"), [renamed]);
    assert_eq!(
        store.bill(bill.id).await.expect("loads"),
        Some(bill.clone().at(1))
    );
    let of_document = store.bill_by_document(parts.1.id).await.expect("loads");
    assert_eq!(of_document, Some(bill.clone().at(1)));
    assert_eq!(
        store
            .bill_by_document(DocumentId::derive(&["?"]))
            .await
            .expect("loads"),
        None
    );
    assert_eq!(
        store.payment(paid.id).await.expect("loads"),
        Some(paid.clone().at(1))
    );
    assert_eq!(
        store.payments_of_bill(bill.id).await.expect("loads"),
        [paid.clone().at(1)]
    );
    let due = store
        .payments_planned(paid.planned_for, 10)
        .await
        .expect("loads");
    assert_eq!(due, [paid.clone().at(1)]);
    let day_before = countinghouse::basics::calendar::add_days(paid.planned_for, -1);
    assert!(
        store
            .payments_planned(day_before, 10)
            .await
            .expect("loads")
            .is_empty()
    );
}

pub async fn payment_runs_and_the_payments_of_a_transfer(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let mut paid = payment(&parts.2);
    let run = payment_run(&paid);
    paid.end_to_end_id = Some(run.transfers[0].end_to_end_id.clone());
    let mut records = records_of(&parts);
    records.extend([
        Record::Payment(paid.clone()),
        Record::PaymentRun(run.clone()),
    ]);
    commit(env, records).await;
    let store = &env.store;
    let loaded = store.payment_run(run.id).await.expect("loads");
    assert_eq!(loaded, Some(run.clone().at(1)));
    let proposed = store.payment_runs_proposed().await.expect("loads");
    assert_eq!(proposed, [run.clone().at(1)]);
    let of_transfer = async |place: usize| {
        let name = &run.transfers[place].end_to_end_id;
        store.payments_of_transfer(name).await.expect("loads")
    };
    assert_eq!(of_transfer(0).await, [paid.at(1)]);
    assert!(of_transfer(1).await.is_empty());
    let released = PaymentRun {
        released_by: Some("tom".into()),
        state: PaymentRunState::Released,
        ..run.at(1)
    };
    commit(env, vec![Record::PaymentRun(released)]).await;
    let proposed = store.payment_runs_proposed().await.expect("loads");
    assert!(proposed.is_empty());
}

pub async fn a_bill_is_found_by_digits_or_number(env: &Env) {
    let parts = bill_with_parents("m", "RE-2026/0815");
    commit(env, records_of(&parts)).await;
    let id = parts.2.id;
    for text in [
        id.short(),
        id.to_string(),
        "re 2026 815".into(),
        "RE-2026/0815".into(),
    ] {
        let found = env.store.find_bills(&text).await.expect("loads");
        assert_eq!(
            found.iter().map(|b| b.id).collect::<Vec<_>>(),
            [id],
            "{text}"
        );
    }
    assert!(
        env.store
            .find_bills("RE-2026-816")
            .await
            .expect("loads")
            .is_empty()
    );
}

pub async fn what_a_bill_may_duplicate(env: &Env) {
    let (ours, theirs) = (supplier("S-1"), supplier("S-2"));
    let mut records = vec![
        Record::Supplier(ours.clone()),
        Record::Supplier(theirs.clone()),
    ];
    let rows = [
        ("m1", "RE-1", Some(ours.id), BillState::Paid),
        ("m2", "RE-2", Some(ours.id), BillState::Void),
        ("m3", "RE 1", Some(theirs.id), BillState::Draft),
        ("m4", "re-1", None, BillState::Draft),
        ("m5", "RE-9", None, BillState::Draft),
    ];
    for (name, number, supplier, state) in rows {
        let mut parts = bill_with_parents(name, number);
        parts.2.supplier = supplier;
        parts.2.state = state;
        records.extend(records_of(&parts));
    }
    commit(env, records).await;
    let numbers = |bills: Vec<countinghouse::domain::payable::Bill>| {
        let mut numbers: Vec<String> = bills.into_iter().filter_map(|b| b.number).collect();
        numbers.sort();
        numbers
    };
    let key = NumberKey::of("RE-1");
    let like = env
        .store
        .bills_like(Some(ours.id), Some(&key), 10)
        .await
        .expect("loads");
    assert_eq!(numbers(like), ["RE 1", "RE-1", "RE-2", "re-1"]);
    let like = env
        .store
        .bills_like(None, Some(&key), 10)
        .await
        .expect("loads");
    assert_eq!(numbers(like), ["RE 1", "RE-1", "re-1"]);
    let like = env
        .store
        .bills_like(Some(ours.id), None, 10)
        .await
        .expect("loads");
    assert_eq!(numbers(like), ["RE-1", "RE-2"]);
    assert!(
        env.store
            .bills_like(None, None, 10)
            .await
            .expect("loads")
            .is_empty()
    );
}

pub async fn rivals_by_file_number_reference_or_day_and_amount(env: &Env) {
    let ours = supplier("S-1");
    let mut records = vec![Record::Supplier(ours.clone())];
    let mut one = |name: &str, number: &str, minor: i64, day: i8| {
        let mut parts = bill_with_parents(name, number);
        parts.1.content = ContentHash::of(name.as_bytes());
        parts.2.supplier = Some(ours.id);
        parts.2.gross = Some(eur(minor));
        parts.2.issue_date = Some(date(2026, 11, day));
        records.extend(records_of(&parts));
        parts
    };
    let number = one("number", "RE 7", 1, 1);
    let referred = one("referred", "RE-6", 2, 2);
    let amount = one("amount", "X-1", 500, 7);
    one("other day", "X-2", 500, 8);
    one("other", "X-3", 3, 3);
    let mut new = one("new", "RE-7", 500, 7);
    new.2.preceding_number = Some("RE-6".into());
    let mut copy = bill_with_parents("copy", "Y-1");
    copy.1.content = new.1.content;
    records.extend(records_of(&copy));
    commit(env, records).await;

    let found = env
        .store
        .rivals_of(&new.2, new.1.content)
        .await
        .expect("loads");
    let mut found: Vec<_> = found.into_iter().map(|bill| bill.id).collect();
    let mut expected = [number.2.id, referred.2.id, amount.2.id, copy.2.id];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

pub async fn looks_at_mailboxes_are_overwritten(env: &Env) {
    let look = |seconds, problem: Option<&str>| Look {
        mailbox: "ap".into(),
        looked_at: later(seconds),
        problem: problem.map(str::to_owned),
        reconciled_at: None,
    };
    let first = Look {
        reconciled_at: Some(later(1)),
        ..look(1, Some("no route"))
    };
    env.store.note_look(first).await.expect("noted");
    env.store.note_look(look(2, None)).await.expect("noted");
    // When every mail was accounted for stays known.
    let last = Look {
        reconciled_at: Some(later(1)),
        ..look(2, None)
    };
    assert_eq!(env.store.looks().await.expect("loads"), [last]);
}

pub async fn requests_and_votes(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let (anna, bob) = (
        request(&parts.2, "anna@fin.test"),
        request(&parts.2, "bob@fin.test"),
    );
    let mut records = records_of(&parts);
    records.extend([
        Record::ApprovalRequest(anna.clone()),
        Record::ApprovalRequest(bob.clone()),
        Record::Vote(vote(&bob)),
    ]);
    commit(env, records).await;
    let store = &env.store;
    let asked = store.requests_of_bill(parts.2.id).await.expect("loads");
    assert_eq!(asked.len(), 2);
    let by_token = store
        .request_by_token_hash(anna.token_hash)
        .await
        .expect("loads");
    assert_eq!(by_token, Some(anna.clone().at(1)));
    assert_eq!(
        store
            .request_by_token_hash(ContentHash::ZERO)
            .await
            .expect("loads"),
        None
    );
    assert_eq!(
        store.approval_request(bob.id).await.expect("loads"),
        Some(bob.clone().at(1))
    );
    assert_eq!(store.vote(bob.id).await.expect("loads"), Some(vote(&bob)));
    assert_eq!(store.vote(anna.id).await.expect("loads"), None);
    assert_eq!(
        store.votes_of_bill(parts.2.id).await.expect("loads"),
        [vote(&bob)]
    );
    assert!(
        store
            .requests_expiring(later(3599), 10)
            .await
            .expect("loads")
            .is_empty()
    );
    assert_eq!(
        store
            .requests_expiring(later(3600), 10)
            .await
            .expect("loads")
            .len(),
        2
    );
}

pub async fn customers_invoices_and_balances(env: &Env) {
    let customer = customer("C-1");
    let (part, whole, open) = (
        invoice(&customer, "A-001", 1000),
        invoice(&customer, "A-002", 2000),
        invoice(&customer, "A-003", 3000),
    );
    let entry = bank_entry("B-1", 5000);
    let taken_back = cash(&open, &entry, 3000);
    let mut reversal = cash(&open, &entry, -3000);
    reversal.reverses = Some(taken_back.id);
    // What was taken off A-001 and put back, and off A-003 for good.
    let off = deduction(&part, Some(&entry), 20);
    let put_back = off.taken_back("too late", now()).expect("turns");
    let records = vec![
        Record::Customer(customer.clone()),
        Record::CustomerInvoice(part.clone()),
        Record::CustomerInvoice(whole.clone()),
        Record::CustomerInvoice(open.clone()),
        Record::BankEntry(entry.clone()),
        Record::CashApplication(cash(&part, &entry, 400)),
        Record::CashApplication(cash(&whole, &entry, 2000)),
        Record::CashApplication(taken_back.clone()),
        Record::CashApplication(reversal.clone()),
        Record::Deduction(off.clone()),
        Record::Deduction(put_back.clone()),
        Record::Deduction(deduction(&open, None, 60)),
    ];
    commit(env, records).await;
    let store = &env.store;
    assert_eq!(
        *store.customers().await.expect("loads"),
        [customer.clone().at(1)]
    );
    assert_eq!(
        store.customer(customer.id).await.expect("loads"),
        Some(customer.clone().at(1))
    );
    let balances: Vec<_> = store.open_invoices().await.expect("loads");
    let balances: Vec<_> = balances
        .iter()
        .map(|o| (o.invoice.number.as_str(), o.balance, o.claimed))
        .collect();
    assert_eq!(
        balances,
        [("A-001", eur(600), false), ("A-003", eur(2940), false)]
    );
    assert_eq!(
        store
            .open_invoices_of(customer.id)
            .await
            .expect("loads")
            .len(),
        2
    );
    let nobody = crate::samples::customer("C-2").id;
    assert!(
        store
            .open_invoices_of(nobody)
            .await
            .expect("loads")
            .is_empty()
    );
    let keys = [
        NumberKey::of("a 2"),
        NumberKey::of("A-2"),
        NumberKey::of("A-9"),
    ];
    let named = store.invoices_by_number_keys(&keys).await.expect("loads");
    assert_eq!(named.len(), 1, "each once");
    assert_eq!(
        named.first().map(|o| o.balance),
        Some(eur(0)),
        "settled ones too"
    );
    let one = store
        .open_invoice(part.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!((one.invoice, one.balance), (part.clone().at(1), eur(600)));
    assert_eq!(
        store.find_customer_invoices("a-1").await.expect("loads"),
        [part.clone().at(1)]
    );
    let applied = store.cash_of_invoice(open.id).await.expect("loads");
    assert_eq!(applied.len(), 2);
    assert!(applied.contains(&reversal) && applied.contains(&taken_back));
    assert_eq!(store.cash_of_entry(entry.id).await.expect("loads").len(), 4);
    let taken_off = store.deductions_off(part.id).await.expect("loads");
    assert_eq!(taken_off, [off, put_back]);
    let since = async |at| store.deductions_from(at).await.expect("loads").len();
    assert_eq!((since(now()).await, since(later(1)).await), (3, 0));
    let credit = store
        .credit(entry.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(credit.remaining, eur(2600), "a deduction takes no money");
}

pub async fn remittances_claim_invoices_until_applied(env: &Env) {
    let message = read_message("m");
    let document = document(&message, "1");
    let customer = customer("C-1");
    let (first, second) = (
        invoice(&customer, "A-1", 1000),
        invoice(&customer, "A-2", 2000),
    );
    let advice = remittance(&document, &customer, &[&first, &second]);
    let records = vec![
        Record::Message(message),
        Record::Document(document),
        Record::Customer(customer.clone()),
        Record::CustomerInvoice(first.clone()),
        Record::CustomerInvoice(second.clone()),
        Record::Remittance(advice.clone()),
    ];
    commit(env, records).await;
    let store = &env.store;
    let stored = store
        .remittance(advice.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(stored, advice.clone().at(1));
    let claims = |open: Vec<countinghouse::domain::receivable::invoice::OpenInvoice>| {
        open.into_iter().map(|o| o.claimed).collect::<Vec<bool>>()
    };
    assert_eq!(
        claims(store.open_invoices().await.expect("loads")),
        [true, true]
    );
    let waiting = store
        .unsettled_remittances(Some(customer.id))
        .await
        .expect("loads");
    assert_eq!(waiting, std::slice::from_ref(&stored));
    assert_eq!(
        store
            .unsettled_remittances(None)
            .await
            .expect("loads")
            .len(),
        1
    );
    assert_eq!(
        store.remittances_naming(second.id).await.expect("loads"),
        std::slice::from_ref(&stored)
    );

    // A person corrects it: the second line meant something else.
    let mut corrected = stored;
    corrected.lines.remove(1);
    commit(env, vec![Record::Remittance(corrected.clone())]).await;
    assert_eq!(
        claims(store.open_invoices().await.expect("loads")),
        [true, false]
    );
    let mut applied = corrected.at(2);
    applied.state = RemittanceState::Applied;
    commit(env, vec![Record::Remittance(applied)]).await;
    assert_eq!(
        claims(store.open_invoices().await.expect("loads")),
        [false, false]
    );
    assert!(
        store
            .unsettled_remittances(None)
            .await
            .expect("loads")
            .is_empty()
    );
}

pub async fn bank_entries_and_what_is_left(env: &Env) {
    let customer = customer("C-1");
    let invoice = invoice(&customer, "A-1", 1000);
    let (used, partly, debit) = (
        bank_entry("B-1", 400),
        bank_entry("B-2", 900),
        bank_entry("B-3", -50),
    );
    let records = vec![
        Record::Customer(customer),
        Record::CustomerInvoice(invoice.clone()),
        Record::BankEntry(used.clone()),
        Record::BankEntry(partly.clone()),
        Record::BankEntry(debit.clone()),
        Record::CashApplication(cash(&invoice, &used, 400)),
        Record::CashApplication(cash(&invoice, &partly, 600)),
    ];
    commit(env, records).await;
    assert_eq!(
        env.store.bank_entry(debit.id).await.expect("loads"),
        Some(debit.at(1))
    );
    let left = env.store.unapplied_bank_entries().await.expect("loads");
    let left: Vec<_> = left.into_iter().map(|c| (c.entry, c.remaining)).collect();
    assert_eq!(left, [(partly.at(1), eur(300))]);
    let none = env
        .store
        .credit(used.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(none.remaining, eur(0));
}

pub async fn up_to_which_day_the_bank_told_us(env: &Env) {
    let first = BankData::of("DE02120300000000202051", date(2026, 11, 20));
    let table = BankData::of_table(date(2026, 11, 19));
    let records = [first.clone(), table.clone()].map(Record::BankData);
    commit(env, records.to_vec()).await;
    let newer = BankData {
        version: 1,
        until: date(2026, 11, 23),
        ..first
    };
    commit(env, vec![Record::BankData(newer.clone())]).await;
    let newer = BankData {
        version: 2,
        ..newer
    };
    let table = BankData {
        version: 1,
        ..table
    };
    let known = env.store.bank_data().await.expect("loads");
    assert_eq!(known, [newer, table]);
}

pub async fn whose_mails_wait_for_a_person(env: &Env) {
    let senders = ["a@c1.test", "b@c2.test", "c@c3.test", "d@c4.test"];
    let from = |nth: usize| Message {
        from: MailAddress::parse(senders[nth]),
        ..message(senders[nth])
    };
    let mails = [from(0), from(1), from(2), from(3)];
    let file = |nth: usize, side| {
        let mut file = document(&mails[nth], "1");
        file.reading.classification.side = side;
        file
    };
    let advice = file(1, Side::Receivable);
    let bill = file(2, Side::Payable);
    let about = |subject: Subject, occurrence: &str| Exception {
        subject,
        ..exception(occurrence)
    };
    let anna = Actor::Person("Anna".into());
    let settled = about(mails[3].id.into(), "settled");
    let (settled, _) = settled
        .resolve((&anna, "Anna"), "done", now())
        .expect("is open");
    let items = [
        about(mails[0].id.into(), "mail"),
        about(advice.id.into(), "file"),
        about(bill.id.into(), "bill"),
        settled,
    ];
    let mut records: Vec<Record> = mails.iter().cloned().map(Record::Message).collect();
    records.extend([advice, bill].map(Record::Document));
    records.extend(items.map(Record::Exception));
    commit(env, records).await;
    let waiting = env.store.senders_waiting().await.expect("loads");
    let mut waiting: Vec<String> = waiting.iter().map(ToString::to_string).collect();
    waiting.sort();
    assert_eq!(waiting, ["a@c1.test", "b@c2.test"]);
}

pub async fn reminders(env: &Env) {
    let customer = customer("C-1");
    let invoice = invoice(&customer, "A-1", 1000);
    let records = vec![
        Record::Customer(customer.clone()),
        Record::CustomerInvoice(invoice.clone()),
        Record::Reminder(reminder(&invoice, 3)),
        Record::Reminder(reminder(&invoice, -7)),
    ];
    commit(env, records).await;
    let sent = env.store.reminders_of(invoice.id).await.expect("loads");
    assert_eq!(sent, [reminder(&invoice, -7), reminder(&invoice, 3)]);
    assert_eq!(
        env.store
            .reminders_to(customer.id)
            .await
            .expect("loads")
            .len(),
        2
    );
    assert_eq!(env.store.list_reminders(1).await.expect("loads").len(), 1);
    let again = env
        .store
        .commit(change(vec![Record::Reminder(reminder(&invoice, 3))]))
        .await;
    assert!(again.is_err(), "a level is reached once");
}

pub async fn outbound_mail(env: &Env) {
    let letter = outbound("one");
    commit(
        env,
        vec![
            Record::Outbound(letter.clone()),
            Record::Outbound(outbound("two")),
        ],
    )
    .await;
    let store = &env.store;
    let stored = letter.clone().at(1);
    assert_eq!(
        store.outbound(letter.id).await.expect("loads"),
        Some(stored.clone())
    );
    let by_id = store
        .outbound_by_message_id(&letter.header_message_id)
        .await
        .expect("loads");
    assert_eq!(by_id, Some(stored.clone()));
    let bounced = mail("bounce+ONE@fin.test");
    assert_eq!(
        store.outbound_by_envelope(&bounced).await.expect("loads"),
        Some(stored)
    );
    assert_eq!(
        store
            .outbound_by_envelope(&mail("x@fin.test"))
            .await
            .expect("loads"),
        None
    );
    assert_eq!(
        store
            .outbound_about(&letter.about)
            .await
            .expect("loads")
            .len(),
        2
    );
    let queued = store
        .list_outbound(&Filter::state("queued"))
        .await
        .expect("loads");
    assert_eq!(queued.len(), 2);
}

pub async fn exceptions(env: &Env) {
    let (first, second) = (exception("1"), exception("2"));
    let records = vec![
        Record::Exception(first.clone()),
        Record::Exception(second.clone()),
    ];
    commit(env, records).await;
    let store = &env.store;
    assert_eq!(
        store.exception(first.id).await.expect("loads"),
        Some(first.clone().at(1))
    );
    assert_eq!(
        store
            .exceptions_about(&first.subject)
            .await
            .expect("loads")
            .len(),
        2
    );
    let anna = countinghouse::domain::audit::Actor::Person("anna".into());
    let (resolved, _) = second
        .at(1)
        .resolve((&anna, "anna"), "done", now())
        .expect("it is open");
    commit(env, vec![Record::Exception(resolved)]).await;
    assert_eq!(
        store.open_exceptions(10).await.expect("loads"),
        [first.clone().at(1)]
    );
    let of = async |code| store.open_exceptions_of(code).await.expect("loads");
    assert_eq!(of(first.code).await, [first.clone().at(1)]);
    assert_eq!(
        of(countinghouse::domain::exception::ExceptionCode::AccountRefused).await,
        []
    );
    let found = store
        .find_exceptions(&first.id.short())
        .await
        .expect("loads");
    assert_eq!(found.len(), 1);
}

pub async fn counts_for_the_status_screen(env: &Env) {
    commit(env, records_of(&bill_with_parents("m", "RE-1"))).await;
    commit(env, vec![Record::Supplier(supplier("S-1"))]).await;
    let counts = env.store.counts().await.expect("loads");
    let count = |kind, state: &str| {
        counts
            .iter()
            .find(|c| c.kind == kind && c.state == state)
            .map(|c| c.count)
    };
    assert_eq!(count(SubjectKind::Bill, "draft"), Some(1));
    assert_eq!(count(SubjectKind::Message, "read"), Some(1));
    assert_eq!(count(SubjectKind::Supplier, ""), Some(1));
    assert_eq!(count(SubjectKind::Customer, ""), Some(0));
    assert_eq!(count(SubjectKind::Payment, "planned"), None);
}

pub async fn lists_show_the_newest_first(env: &Env) {
    for name in ["old", "middle", "new"] {
        commit(env, vec![Record::Message(message(name))]).await;
    }
    let listed = env
        .store
        .list_messages(&Filter::default().limit(2))
        .await
        .expect("loads");
    let subjects: Vec<&str> = listed.iter().map(|m| m.subject.as_str()).collect();
    assert_eq!(subjects, ["Rechnung new", "Rechnung middle"]);
    let filter = Filter::default();
    assert!(
        env.store
            .list_bills(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
    assert!(
        env.store
            .list_payments(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
    assert!(
        env.store
            .list_remittances(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
    assert!(
        env.store
            .list_approval_requests(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
    assert!(
        env.store
            .list_bank_entries(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
    assert!(
        env.store
            .list_customer_invoices(&filter)
            .await
            .expect("loads")
            .is_empty()
    );
}
