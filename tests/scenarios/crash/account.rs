//! What the books and the people's inboxes say when nothing is left to do, so that two runs can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countinghouse::config::Config;
use countinghouse::domain::audit::{self, GENESIS};
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::outbound::{OutboundMessage, OutboundState};
use countinghouse::domain::payable::Finding;
use countinghouse::io::clock::Clock;
use countinghouse::io::store::Store;
use countinghouse::setup;

use crate::office::daemon::program;
use crate::office::everything;
use crate::office::mails::Letter;

/// Line by line, sorted, without times and numbers of entries.
#[derive(Default)]
pub struct Account {
    pub lines: Vec<String>,
    /// Mails lost from sight twice, so that a person decides, and what asks that person: each needs two deaths at the wrong
    /// moment.
    pub given_up: BTreeSet<String>,
}

impl Account {
    /// What the books of this office say. `inboxes` is what arrived at whom, copies and all.
    pub async fn of(config: &Path, inboxes: &[(String, Vec<Letter>)]) -> Self {
        let store = open(config).await;
        let mails = store.list_outbound(&everything()).await.unwrap();
        let mut lines = bills(&store).await;
        lines.extend(receivables(&store).await);
        lines.extend(messages(&store).await);
        let given_up = mails.iter().filter(|mail| is_given_up(mail));
        let given_up = given_up.map(|mail| mail.id.to_string());
        let mut given_up = given_up.collect::<BTreeSet<_>>();
        lines.extend(mails.iter().map(mail_line));
        lines.extend(exceptions(&store, &mut given_up).await);
        let idle = store.idle(Clock::system().now()).await.unwrap();
        assert_eq!((idle.leased, idle.parked), (0, 0), "jobs are left");
        lines.extend(trail(&store).await);
        store.close().await;
        lines.extend(arrived(&mails, inboxes));
        lines.sort();
        verified(config).await;
        Self { lines, given_up }
    }

    /// How many mails a person decides about.
    pub fn mails_given_up(&self) -> usize {
        // Each with the exception that asks.
        self.given_up.len() / 2
    }

    /// What the other says differently; empty when they agree. What became of a mail that was given up is compared by where it
    /// stands, not by how it came there.
    pub fn differences(&self, seen: &Self) -> String {
        let given_up = self.given_up.union(&seen.given_up).collect::<Vec<_>>();
        let counts = |line: &&String| {
            let is_of = |id: &&String| line.starts_with("trail") && line.contains(id.as_str());
            !given_up.iter().any(is_of)
        };
        let [expected, seen] =
            [self, seen].map(|it| it.lines.iter().filter(counts).collect::<Vec<_>>());
        let only = |sign: &str, of: &[&String], other: &[&String]| {
            let missing = of.iter().filter(|line| !other.contains(line));
            missing
                .map(|line| format!("{sign} {line}\n"))
                .collect::<String>()
        };
        let told = only("-", &expected, &seen) + &only("+", &seen, &expected);
        if told.is_empty() && expected != seen {
            return "the same things, another number of times".to_owned();
        }
        told
    }
}

/// The books as they are now.
pub async fn open(config: &Path) -> Store {
    let config = Config::load(config).unwrap();
    Store::open(&setup::store_config(&config).unwrap())
        .await
        .unwrap()
}

/// The program itself looks over its trail and its vault.
async fn verified(config: &Path) {
    let config = config.to_owned();
    let ran = tokio::task::spawn_blocking(move || {
        let config = config.to_str().unwrap();
        program(&["--config", config, "audit", "verify"]).status()
    });
    assert!(ran.await.unwrap().unwrap().success(), "audit verify");
}

async fn bills(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for bill in store.list_bills(&everything()).await.unwrap() {
        lines.push(format!(
            "bill {} {} {:?} {:?} {:?}",
            bill.id,
            bill.state,
            bill.number,
            bill.gross,
            codes(&bill.findings)
        ));
        for request in store.requests_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "request {} {} {}",
                request.id, request.approver, request.state
            ));
        }
        for vote in store.votes_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "vote {} {} {} {}",
                vote.request, vote.approver, vote.verdict, vote.reason
            ));
        }
        for payment in store.payments_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "payment {} {} {} {:?}",
                payment.id, payment.amount, payment.planned_for, payment.blocked
            ));
        }
    }
    lines
}

async fn receivables(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for invoice in store.list_customer_invoices(&everything()).await.unwrap() {
        let open = store.open_invoice(invoice.id).await.unwrap().unwrap();
        lines.push(format!(
            "invoice {} {} {} {:?}",
            invoice.number, open.balance, open.claimed, invoice.disputed
        ));
        for cash in store.cash_of_invoice(invoice.id).await.unwrap() {
            lines.push(format!("cash {} {} {}", cash.id, cash.amount, cash.how));
        }
    }
    for reminder in store.list_reminders(100_000).await.unwrap() {
        lines.push(format!(
            "reminder {} {} {}",
            reminder.invoice, reminder.level_days, reminder.on
        ));
    }
    for remittance in store.list_remittances(&everything()).await.unwrap() {
        lines.push(format!("remittance {} {}", remittance.id, remittance.state));
    }
    lines
}

async fn messages(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for message in store.list_messages(&everything()).await.unwrap() {
        lines.push(format!(
            "message {} {} {:?}",
            message.id, message.state, message.route
        ));
        for arrival in store.arrivals_of_message(message.id).await.unwrap() {
            lines.push(format!(
                "arrival {} {} filed: {}",
                message.id, arrival.mailbox, arrival.filed
            ));
        }
        for document in store.documents_of_message(message.id).await.unwrap() {
            lines.push(format!(
                "document {} {} {:?}",
                document.id, document.state, document.reading.classification.kind
            ));
        }
    }
    lines
}

/// Without those about mails that were given up: they join them.
async fn exceptions(store: &Store, given_up: &mut BTreeSet<String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut asked = BTreeSet::new();
    for exception in store.list_exceptions(&everything()).await.unwrap() {
        if exception.code == ExceptionCode::DeliveryUnsure {
            asked.insert(exception.id.to_string());
            continue;
        }
        lines.push(format!(
            "exception {} {} {}",
            exception.code, exception.subject, exception.state
        ));
    }
    assert_eq!(
        asked.len(),
        given_up.len(),
        "a person is asked about every mail that was lost twice, and about no other"
    );
    given_up.append(&mut asked);
    lines
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

/// Twice nobody lived to tell how it ended: a third time nothing is sent by itself.
fn is_given_up(mail: &OutboundMessage) -> bool {
    mail.losses >= 2
}

/// One that a person decides counts as sent: in the run beside it, it was.
fn mail_line(mail: &OutboundMessage) -> String {
    let state = if mail.state == OutboundState::Unsure && is_given_up(mail) {
        OutboundState::Sent
    } else {
        mail.state
    };
    format!(
        "mail {} {} {} {}",
        mail.header_message_id, mail.to, state, mail.letter.subject
    )
}

/// What a death itself adds to the trail: that the attempt before did not live to tell, and the attempt after it; and
/// looks that found the work done, or other work beside it.
fn is_of_a_death(action: &str) -> bool {
    [
        "mail lost from sight",
        "mail started",
        "no reminder due",
        "message read already",
        "mail fetched",
        "mail filed",
    ]
    .contains(&action)
}

/// What happened to each thing, in order. When a mail is marked on the server no other work waits for, so that stands alone.
async fn trail(store: &Store) -> Vec<String> {
    let entries = store.audit_after(0, 1_000_000).await.unwrap();
    let head = audit::verify((0, GENESIS), &entries).unwrap_or_else(|broken| panic!("{broken}"));
    assert_eq!(head, store.audit_head().await.unwrap());
    let told = entries.iter().map(|entry| &entry.event);
    let mut of_each = BTreeMap::<_, Vec<String>>::new();
    for event in told.filter(|event| !is_of_a_death(&event.action)) {
        let state = event.to_state.as_deref().unwrap_or("-");
        let aside = if event.action == "message filed" {
            " on the server"
        } else {
            ""
        };
        let steps = of_each.entry(format!("{}{aside}", event.subject));
        steps
            .or_default()
            .push(format!("{} ({state})", event.action));
    }
    of_each
        .into_iter()
        .map(|(subject, steps)| format!("trail {subject}: {}", steps.join(", ")))
        .collect()
}

/// Who got which mail. Copies are alike and no more than the attempts we made: a death between the relay's word and ours.
fn arrived(mails: &[OutboundMessage], inboxes: &[(String, Vec<Letter>)]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (person, letters) in inboxes {
        let mut copies = BTreeMap::<&str, Vec<&Letter>>::new();
        for letter in letters {
            copies.entry(&letter.message_id).or_default().push(letter);
        }
        for (id, copies) in copies {
            let ours = mails
                .iter()
                .find(|mail| mail.header_message_id.to_string() == id);
            let ours = ours.unwrap_or_else(|| panic!("{person} got {id}, which is in no book"));
            assert!(
                copies.len() as u64 <= u64::from(ours.attempts),
                "{person} got {} copies of {id}, which was tried {} times",
                copies.len(),
                ours.attempts
            );
            let alike = copies
                .iter()
                .all(|copy| (&copy.text, &copy.date) == (&copies[0].text, &copies[0].date));
            assert!(alike, "{person} got copies of {id} that differ");
            lines.insert(format!("arrived {person} {id}"));
        }
    }
    for mail in mails.iter().filter(|mail| is_given_up(mail)) {
        // Both losses may have come before its content left us.
        lines.insert(format!("arrived {} {}", mail.to, mail.header_message_id));
    }
    lines
}
