//! What the demo tells at its end: mail by mail, then the books.

use std::fmt::Write;
use std::path::Path;

use super::super::desk::Desk;
use super::super::output::Record;
use super::super::{bills, exceptions, messages, outbound, payments, remittances};
use super::script;
use crate::basics::calendar::day_in;
use crate::basics::ids::ContentHash;
use crate::domain::approval::ApprovalRequest;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::document::{Document, DocumentState};
use crate::domain::exception::ExceptionState;
use crate::domain::message::Message;
use crate::domain::outbound::{OutboundState, Purpose};
use crate::domain::payable::Bill;
use crate::domain::receivable::Remittance;
use crate::io::store::{Filter, StoreError};
use crate::steps::Office;

/// More than the sample office has of anything.
const EVERYTHING: u32 = 10_000;

/// The whole account.
///
/// # Errors
/// What the store met.
pub async fn tell(office: &Office, dir: &Path) -> Result<String, StoreError> {
    let mut told = String::from("\nTHE MAIL, one by one\n");
    let mut messages = office
        .store
        .list_messages(&Filter::default().limit(EVERYTHING))
        .await?;
    messages.sort_by_key(|message| (place(message), message.received_at));
    for message in &messages {
        told.push_str(&tell_message(office, message).await?);
    }
    told.push_str(&tell_payments(office).await?);
    told.push_str(&tell_cash(office).await?);
    told.push_str(&tell_reminders(office).await?);
    told.push_str(&tell_exceptions(office).await?);
    told.push_str(&tell_trail(office, dir).await?);
    Ok(told)
}

/// The same for programs: mail by mail with what became of it, then what the books hold. `told` says what each object is.
///
/// # Errors
/// What the store met.
pub async fn records(desk: &Desk) -> anyhow::Result<Vec<Record>> {
    let store = &desk.office.store;
    let all = Filter::default().limit(EVERYTHING);
    let told = |what: &'static str, record| Record::new().with("told", what).and(record);
    let mut records = Vec::new();
    let mut messages = store.list_messages(&all).await?;
    messages.sort_by_key(|message| (place(message), message.received_at));
    for message in &messages {
        records.push(told("message", messages::whole(desk, message).await?));
    }
    let bills = store.list_bills(&all).await?;
    records.extend(bills.iter().map(|one| told("bill", bills::row(one))));
    let payments = store.list_payments(&all).await?;
    records.extend(
        payments
            .iter()
            .map(|one| told("payment", payments::row(one))),
    );
    let remittances = store.list_remittances(&all).await?;
    let remittances = remittances.iter().map(remittances::row);
    records.extend(remittances.map(|one| told("remittance", one)));
    let mails = store.list_outbound(&all).await?;
    records.extend(mails.iter().map(|one| told("outbound", outbound::row(one))));
    let open = store.open_exceptions(EVERYTHING).await?;
    records.extend(
        open.iter()
            .map(|one| told("exception", exceptions::row(one))),
    );
    let (entries, head) = store.audit_head().await?;
    let trail = Record::new()
        .with("entries", entries)
        .with("head", head.to_string());
    records.push(told("audit", trail));
    Ok(records)
}

/// The order of the script; what a user added comes last.
fn place(message: &Message) -> usize {
    name_of(message).map_or(usize::MAX, |(place, _)| place)
}

/// The file a message was laid out from: by its content, an answer by its Message-ID.
fn name_of(message: &Message) -> Option<(usize, &'static str)> {
    let laid = script::FIRST_MORNING.iter().chain(script::LATER);
    let laid = laid.map(|mail| (ContentHash::of(mail.bytes) == message.content, mail.name));
    let answers = script::ANSWERS.iter();
    let answers = answers.map(|answer| {
        (
            answer.message_id() == message.header_message_id,
            answer.name,
        )
    });
    let mut all = laid.chain(answers).enumerate();
    all.find(|(_, (same, _))| *same)
        .map(|(place, (_, name))| (place, name))
}

async fn tell_message(office: &Office, message: &Message) -> Result<String, StoreError> {
    let mut told = String::new();
    let from = message
        .from
        .as_ref()
        .map_or("nobody".to_owned(), ToString::to_string);
    let route = message.route.map_or("not read", |route| route.as_str());
    let name = name_of(message)
        .map(|(_, name)| format!("{name}  "))
        .unwrap_or_default();
    line(&mut told, 0, &format!("{name}{}", message.subject));
    line(
        &mut told,
        1,
        &format!(
            "from {from} to {}: {}, {route}",
            message.mailbox, message.state
        ),
    );
    let documents = office.store.documents_of_message(message.id).await?;
    for document in &documents {
        told.push_str(&tell_document(office, document).await?);
    }
    for note in message.notes.iter().filter(|_| documents.is_empty()) {
        line(&mut told, 2, note);
    }
    told.push_str(&to_decide(office, &message.id.into(), 2).await?);
    for event in office.store.audit_of(&message.id.into()).await? {
        let event = event.event;
        if event.action.starts_with("reply")
            || event.action.starts_with("answer")
            || event.action.contains("report")
        {
            line(&mut told, 2, &format!("{}: {}", event.action, event.reason));
        }
    }
    Ok(told)
}

async fn tell_document(office: &Office, document: &Document) -> Result<String, StoreError> {
    let mut told = String::new();
    let reading = &document.reading;
    if document.state == DocumentState::SetAside {
        let why = document.note.as_deref().unwrap_or("nothing to book in it");
        line(
            &mut told,
            2,
            &format!("{}: set aside, {why}", document.name),
        );
        return Ok(told);
    }
    let class = &reading.classification;
    line(
        &mut told,
        2,
        &format!("{}: {}, side {}", document.name, class.kind, class.side),
    );
    if let Some(bill) = office.store.bill_by_document(document.id).await? {
        told.push_str(&tell_bill(office, &bill).await?);
    }
    if let Some(remittance) = office
        .store
        .remittance(Remittance::id_of(document.id))
        .await?
    {
        told.push_str(&tell_remittance(&remittance));
    }
    told.push_str(&to_decide(office, &document.id.into(), 3).await?);
    Ok(told)
}

/// When the approver was reminded, and who was told that there is no answer.
async fn waited(office: &Office, request: &ApprovalRequest) -> Result<String, StoreError> {
    let mut told = String::new();
    for mail in office.store.outbound_about(&request.id.into()).await? {
        let day = day_in(&office.rules.time_zone, mail.written_at);
        match mail.purpose {
            Purpose::ApprovalReminder => line(&mut told, 5, &format!("reminded on {day}")),
            Purpose::Escalation => line(&mut told, 5, &format!("{} told on {day}", mail.to)),
            Purpose::ApprovalRequest
            | Purpose::ApprovalReceipt
            | Purpose::ReplyRefused
            | Purpose::Clarification
            | Purpose::Delegation
            | Purpose::AccountNotice
            | Purpose::WorkList
            | Purpose::Feedback
            | Purpose::Reminder => {}
        }
    }
    Ok(told)
}

/// What a person is asked about it, and what became of that.
async fn to_decide(office: &Office, about: &Subject, indent: usize) -> Result<String, StoreError> {
    let mut told = String::new();
    for item in office.store.exceptions_about(about).await? {
        let words = match item.state {
            ExceptionState::Open => format!("-> {} has to decide: {}", item.owner, item.reason),
            ExceptionState::Resolved => {
                let how = item.resolution.as_deref().unwrap_or("settled");
                format!("-> settled: {} ({how})", item.reason)
            }
        };
        line(&mut told, indent, &words);
    }
    Ok(told)
}

async fn tell_bill(office: &Office, bill: &Bill) -> Result<String, StoreError> {
    let mut told = String::new();
    let number = bill.number.as_deref().unwrap_or("without a number");
    let gross = bill
        .gross
        .map_or("an unknown amount".to_owned(), |gross| gross.to_string());
    line(
        &mut told,
        3,
        &format!(
            "{} {number} of {}, {gross}: {}",
            bill.kind, bill.supplier_name, bill.state
        ),
    );
    for finding in &bill.findings {
        line(
            &mut told,
            4,
            &format!(
                "{} {}: {}",
                finding.severity, finding.code, finding.evidence
            ),
        );
    }
    for request in office.store.requests_of_bill(bill.id).await? {
        let rules = request.rules.join(", ");
        line(
            &mut told,
            4,
            &format!("asked {} ({rules}): {}", request.approver, request.state),
        );
        told.push_str(&waited(office, &request).await?);
    }
    for vote in office.store.votes_of_bill(bill.id).await? {
        let reason = if vote.reason.is_empty() {
            String::new()
        } else {
            format!(", \"{}\"", vote.reason)
        };
        line(
            &mut told,
            4,
            &format!(
                "{} said {}{reason} ({})",
                vote.approver, vote.verdict, vote.proof
            ),
        );
    }
    told.push_str(&to_decide(office, &bill.id.into(), 4).await?);
    Ok(told)
}

fn tell_remittance(remittance: &Remittance) -> String {
    let mut told = String::new();
    let total = remittance
        .total
        .map_or("an unknown total".to_owned(), |total| total.to_string());
    line(
        &mut told,
        3,
        &format!(
            "{} says {total} is paid: {}",
            remittance.payer, remittance.state
        ),
    );
    for claimed in &remittance.lines {
        line(
            &mut told,
            4,
            &format!("{} {}: {}", claimed.written, claimed.amount, claimed.how),
        );
    }
    told
}

async fn tell_payments(office: &Office) -> Result<String, StoreError> {
    let mut told =
        String::from("\nPAYMENTS, planned for the last day on which the money arrives in time\n");
    for payment in office
        .store
        .list_payments(&Filter::default().limit(EVERYTHING))
        .await?
    {
        let bill = office.store.bill(payment.bill).await?;
        let named = bill.as_ref().map(|bill| {
            format!(
                "{} {}",
                bill.supplier_name,
                bill.number.as_deref().unwrap_or("")
            )
        });
        let blocked = payment
            .blocked
            .as_ref()
            .map(|why| format!(", blocked: {why}"))
            .unwrap_or_default();
        let named = named.unwrap_or_default();
        line(
            &mut told,
            1,
            &format!(
                "{} {} {named}: {}{blocked}",
                payment.planned_for, payment.amount, payment.state
            ),
        );
    }
    Ok(told)
}

async fn tell_cash(office: &Office) -> Result<String, StoreError> {
    let mut told = String::from("\nCASH APPLIED, never without a bank receipt\n");
    let invoices = office
        .store
        .list_customer_invoices(&Filter::default().limit(EVERYTHING))
        .await?;
    for invoice in invoices {
        for cash in office.store.cash_of_invoice(invoice.id).await? {
            line(
                &mut told,
                1,
                &format!(
                    "{} to {} of {}: {}",
                    cash.amount, invoice.number, invoice.gross, cash.how
                ),
            );
        }
    }
    Ok(told)
}

async fn tell_reminders(office: &Office) -> Result<String, StoreError> {
    let mut told = String::from("\nREMINDERS, one mail a customer and day\n");
    let mut mails = office
        .store
        .list_outbound(&Filter::default().limit(EVERYTHING))
        .await?;
    mails.retain(|mail| mail.purpose == Purpose::Reminder);
    mails.sort_by_key(|mail| (mail.written_at, mail.to.to_string()));
    for mail in mails {
        let day = mail
            .written_at
            .to_zoned(office.rules.time_zone.clone())
            .date();
        let state = if mail.state == OutboundState::Sent {
            String::new()
        } else {
            format!(" ({})", mail.state)
        };
        line(
            &mut told,
            1,
            &format!("{day} {}: {}{state}", mail.to, mail.letter.subject),
        );
    }
    Ok(told)
}

async fn tell_exceptions(office: &Office) -> Result<String, StoreError> {
    let open = office.store.open_exceptions(EVERYTHING).await?;
    let mut told = format!("\nWAITING FOR A PERSON: {}\n", open.len());
    for exception in open {
        line(
            &mut told,
            1,
            &format!(
                "{} {}: {}",
                exception.id.short(),
                exception.code,
                exception.reason
            ),
        );
        line(
            &mut told,
            2,
            &format!("{} can: {}", exception.owner, exception.next_action),
        );
    }
    Ok(told)
}

async fn tell_trail(office: &Office, dir: &Path) -> Result<String, StoreError> {
    let (sequence, hash) = office.store.audit_head().await?;
    let mailboxes = office.store.counts().await?;
    let mails = mailboxes
        .iter()
        .filter(|count| count.kind == SubjectKind::Outbound)
        .map(|count| count.count)
        .sum::<u64>();
    Ok(format!(
        "\n{mails} mails written, {sequence} entries in the audit trail, its head is {}.\nLook in, with status, bills list, exceptions list, \
         audit verify or any other command:\n  countinghouse --config {}/countinghouse.toml status\n",
        hash.to_string().chars().take(16).collect::<String>(),
        dir.display()
    ))
}

/// One line of the account. Nothing a stranger wrote can break out of it.
fn line(told: &mut String, depth: usize, text: &str) {
    let text = crate::basics::text::one_line(text, 400);
    // Writing into a String cannot fail.
    writeln!(told, "{}{text}", "  ".repeat(depth)).ok();
}
