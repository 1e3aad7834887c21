//! Fills the books with bills of earlier years, each as a bill of today leaves them: its mail and arrival, its document, the request
//! and the vote, the payment, two mails of ours, and what the trail says of them. Written by `commit`, not read from mails.

#[expect(
    dead_code,
    clippy::expect_used,
    reason = "samples of the tests, which need more of them"
)]
#[path = "../../tests/store/samples.rs"]
mod samples;

use std::time::Instant;

use countinghouse::basics::calendar::{add_days, date};
use countinghouse::basics::ids::{ApprovalRequestId, ContentHash, OutboundId, SupplierId};
use countinghouse::config::Config;
use countinghouse::domain::approval::{ApprovalRequest, ApprovalState, Vote};
use countinghouse::domain::audit::SubjectKind;
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::document::{Document, DocumentState};
use countinghouse::domain::message::{Arrival, Message, MessageState};
use countinghouse::domain::outbound::{Letter, OutboundMessage, OutboundState, Purpose};
use countinghouse::domain::payable::{Bill, BillState, Payment, Supplier};
use countinghouse::io::store::Store;
use countinghouse::setup::store_config;

/// Messages in one commit: the fastest way in, not the usual one.
const TOGETHER: usize = 200;
/// Suppliers besides those of the office: each has sent a hundredth of everything.
const SUPPLIERS: usize = 95;
/// Of the office: their new bills are compared with their old ones.
const IMPORTED: [&str; 5] = ["70001", "70002", "70003", "70004", "70005"];
/// A request is a letter of some kilobytes.
const LETTER_LINES: usize = 30;

/// Until so many messages are stored.
pub async fn fill(config: &Config, wanted: usize) {
    let store = Store::open(&store_config(config).unwrap()).await.unwrap();
    let suppliers = suppliers(&store).await;
    let counts = store.counts().await.unwrap();
    let messages = counts
        .iter()
        .filter(|count| count.kind == SubjectKind::Message)
        .map(|count| usize::try_from(count.count).unwrap());
    let first = messages.sum::<usize>();
    let begun = Instant::now();
    let (mut next, letter) = (first, letter());
    while next < wanted {
        let until = wanted.min(next + TOGETHER);
        let records = (next..until).flat_map(|nth| earlier(nth, &suppliers, &letter));
        let mut change = samples::change(records.collect());
        for record in change.records().to_vec() {
            change = told_again(change, &record);
        }
        store.commit(change).await.unwrap();
        next = until;
    }
    crate::tell("fill", wanted.saturating_sub(first), begun);
    store.close().await;
}

/// A thing of today has been through two states more.
fn told_again(change: Change, record: &Record) -> Change {
    let Some((subject, state)) = record.state() else {
        return change;
    };
    let event = crate::said(subject).events().first().unwrap().clone();
    change.event(event.state(Some(state), state))
}

async fn suppliers(store: &Store) -> Vec<SupplierId> {
    let numbers = (0..SUPPLIERS).map(|nth| (60_001 + nth).to_string());
    let known = store.suppliers().await.unwrap();
    let is_known = |number: &String| known.iter().any(|one| one.number == *number);
    for number in numbers.clone().filter(|number| !is_known(number)) {
        let supplier = Supplier {
            vat_id: None,
            ibans: Vec::new(),
            domains: vec![format!("supplier{number}.test")],
            mail: None,
            approver: None,
            ..samples::supplier(&number)
        };
        let change = samples::change(vec![Record::Supplier(supplier)]);
        store.commit(change).await.unwrap();
    }
    let numbers = numbers.chain(IMPORTED.map(str::to_owned));
    numbers.map(|number| Supplier::id_of(&number)).collect()
}

fn letter() -> Letter {
    let line = "Please look at this bill and answer with one word: APPROVED or REJECTED.\n";
    Letter {
        subject: "Please approve: a bill of earlier years".into(),
        text: line.repeat(LETTER_LINES),
        html: String::new(),
    }
}

fn earlier(nth: usize, suppliers: &[SupplierId], letter: &Letter) -> Vec<Record> {
    let name = format!("earlier-{nth}");
    let message = Message {
        state: MessageState::Filed,
        ..samples::read_message(&name)
    };
    let arrival = Arrival {
        filed: true,
        ..samples::arrival(&message, u32::try_from(nth).unwrap() + 1)
    };
    let document = Document {
        state: DocumentState::Consumed,
        content: ContentHash::of(format!("{name} file").as_bytes()),
        ..samples::document(&message, "2")
    };
    let bill = bill(nth, &document, suppliers);
    let request = request(&bill, &name);
    let vote = Vote {
        message: Some(message.id),
        ..samples::vote(&request)
    };
    let payment = Payment {
        blocked: None,
        ..samples::payment(&bill)
    };
    let asked = sent(&format!("{name} asked"), &bill, letter);
    let thanked = sent(&format!("{name} thanked"), &bill, letter);
    vec![
        Record::Message(message),
        Record::Arrival(arrival),
        Record::Document(document),
        Record::Bill(bill),
        Record::ApprovalRequest(request),
        Record::Vote(vote),
        Record::Payment(payment),
        Record::Outbound(asked),
        Record::Outbound(thanked),
    ]
}

fn bill(nth: usize, document: &Document, suppliers: &[SupplierId]) -> Bill {
    let day = i32::try_from(nth % 1_800).unwrap();
    let gross = samples::eur(i64::try_from(nth).unwrap() * 7 + 10_000);
    Bill {
        supplier: suppliers.get(nth % suppliers.len()).copied(),
        issue_date: Some(add_days(date(2020, 1, 1), day)),
        gross: Some(gross),
        payable: Some(gross),
        codings: Vec::new(),
        corrected_by: Vec::new(),
        findings: Vec::new(),
        cleared: Vec::new(),
        submitter: None,
        state: BillState::Scheduled,
        ..samples::bill(document, &format!("OLD-{nth:07}"))
    }
}

fn request(bill: &Bill, name: &str) -> ApprovalRequest {
    ApprovalRequest {
        id: ApprovalRequestId::derive(&[name]),
        token_hash: ContentHash::of(name.as_bytes()),
        outbound: OutboundId::derive(&[&format!("{name} asked")]),
        state: ApprovalState::Approved,
        ..samples::request(bill, "approver1@sink.test")
    }
}

fn sent(name: &str, bill: &Bill, letter: &Letter) -> OutboundMessage {
    OutboundMessage {
        id: OutboundId::derive(&[name]),
        purpose: Purpose::ApprovalRequest,
        about: bill.id.into(),
        letter: letter.clone(),
        attachments: Vec::new(),
        state: OutboundState::Sent,
        attempts: 1,
        next_attempt_at: samples::later(-400 * 86_400),
        written_at: samples::later(-400 * 86_400),
        last_answer: Some("250 2.0.0 Ok: queued as 4711".into()),
        ..samples::outbound(&name.replace(' ', "."))
    }
}
