//! One of everything, and the events that go with it.

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::bank_account::Iban;
use countinghouse::basics::calendar::{Timestamp, date};
use countinghouse::basics::currency::Currency;
use countinghouse::basics::ids::*;
use countinghouse::basics::money::Money;
use countinghouse::basics::tax_id::VatId;
use countinghouse::domain::approval::{ApprovalRequest, ApprovalState, Verdict, Vote};
use countinghouse::domain::audit::{Actor, AuditEvent, Subject};
use countinghouse::domain::bank::BankEntry;
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::document::memory::place::{Evidence, Landmark, Shape};
use countinghouse::domain::document::memory::{LearnedField, Memory, Recalled};
use countinghouse::domain::document::{
    Classification, Collection, Confidence, Document, DocumentKind, DocumentLine, DocumentState,
    Field, Fields, Reading, RemittanceLine, Side, Source, StatedAmounts, StatedVat,
};
use countinghouse::domain::exception::{Exception, ExceptionCode, Ownership};
use countinghouse::domain::message::{Arrival, Message, MessageState, Route};
use countinghouse::domain::outbound::{
    Attachment, Letter, OutboundMessage, OutboundState, Purpose,
};
use countinghouse::domain::payable::payment_run::{
    RemittanceText, Transfer, TransferLine, end_to_end_id,
};
use countinghouse::domain::payable::{
    Bill, BillKind, BillState, Coding, CodingMemory, CodingSource, Finding, LineCoding, Payment,
    PaymentRun, PaymentRunState, PaymentState, Severity, Supplier,
};
use countinghouse::domain::receivable::deduction::{DeductionCode, Ground};
use countinghouse::domain::receivable::remittance::ClaimedInvoice;
use countinghouse::domain::receivable::{
    CashApplication, Customer, CustomerInvoice, Deduction, EarlyDiscount, Reminder, Remittance,
    RemittanceState,
};
use countinghouse::formats::issue::Issue;
use countinghouse::formats::page::Rect;

/// 2026-11-22 08:00:00.123 UTC.
pub fn now() -> Timestamp {
    Timestamp::from_millisecond(1_795_334_400_123).expect("a time")
}

pub fn later(seconds: i64) -> Timestamp {
    Timestamp::from_millisecond(now().as_millisecond() + seconds * 1000).expect("a time")
}

pub fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

pub fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).expect("an address")
}

pub fn iban() -> Iban {
    Iban::parse("DE89370400440532013000").expect("an IBAN")
}

/// Events that tell the state of every record, as every commit must.
pub fn change(records: Vec<Record>) -> Change {
    let told = records.iter().filter_map(|record| {
        let (subject, state) = record.state()?;
        let event = AuditEvent::new(
            now(),
            Actor::program("test"),
            "set",
            subject,
            "for the test",
        );
        Some(event.state(None, state))
    });
    let base = AuditEvent::new(
        now(),
        Actor::program("test"),
        "test begun",
        Subject::mailbox("ap"),
        "for the test",
    );
    let change = told.fold(Change::new(base), Change::event);
    records.into_iter().fold(change, Change::put)
}

pub fn message(name: &str) -> Message {
    let content = ContentHash::of(name.as_bytes());
    Message {
        id: Message::id_of(content),
        content,
        size_bytes: 4711,
        header_message_id: HeaderMessageId::parse(&format!("<{name}@supplier.test>")),
        from: Some(mail("billing@supplier.test")),
        subject: format!("Rechnung {name}"),
        received_at: now(),
        mailbox: "ap".into(),
        state: MessageState::Fetched,
        route: None,
        notes: Vec::new(),
        version: 0,
    }
}

pub fn read_message(name: &str) -> Message {
    Message {
        state: MessageState::Read,
        route: Some(Route::Documents),
        notes: vec!["one document".into(), "ein Logo: set aside".into()],
        ..message(name)
    }
}

pub fn arrival(message: &Message, uid: u32) -> Arrival {
    Arrival {
        mailbox: "ap".into(),
        uid_validity: 17,
        uid: uid.to_string(),
        message: message.id,
        filed: false,
    }
}

pub fn document(message: &Message, part: &str) -> Document {
    Document {
        id: Document::id_of(message.id, part),
        message: message.id,
        parent: None,
        part: part.into(),
        name: "rechnung.pdf".into(),
        media_type: "application/pdf".into(),
        content: ContentHash::of(part.as_bytes()),
        state: DocumentState::Unread,
        note: None,
        reading: Reading::default(),
        version: 0,
    }
}

/// Everything reading can give.
pub fn full_reading() -> Reading {
    let decimal = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
    let place = Rect {
        x0: 72.25,
        top: 100.5,
        x1: 140.125,
        bottom: 112.0,
    };
    Reading {
        classification: Classification {
            kind: DocumentKind::Bill,
            side: Side::Payable,
            confidence: Confidence::per_mille(973),
            reasons: vec!["the seller is not us".into()],
            conflict: Some("the buyer is nobody".into()),
        },
        fields: Fields {
            supplier_name: Some(Field::xml("Müller GmbH".into(), "/Invoice/Seller")),
            invoice_number: Some(Field::text(
                "RE-1".into(),
                Confidence::per_mille(912),
                Source::Page(1, place),
            )),
            issue_date: Some(Field::person(date(2026, 11, 1), "anna@fin.test")),
            currency: Some(Field::text(
                Currency::EUR,
                Confidence::per_mille(1000),
                Source::Line(3),
            )),
            gross_total: Some(Field::text(
                eur(119_000),
                Confidence::NONE,
                Source::Computed,
            )),
            ..Fields::default()
        },
        lines: vec![DocumentLine {
            description: "Beratung \"spezial\"".into(),
            quantity: decimal("2.5"),
            unit_price: decimal("400.0000"),
            net: decimal("1000.00"),
            gross: decimal("1190.00"),
            tax_rate: decimal("19"),
            confidence: Confidence::per_mille(960),
            source: Source::Page(2, place),
        }],
        amounts: StatedAmounts {
            line_nets: decimal("1000.00").into_iter().collect(),
            net: decimal("1000.00"),
            withheld: decimal("200.00"),
            outside_vat: decimal("2.00"),
            line_tolerance: decimal("1"),
            vat_rows: vec![StatedVat {
                base: decimal("1000"),
                tax: None,
                rate: decimal("19.00"),
            }],
            ..StatedAmounts::default()
        },
        payments: vec![RemittanceLine {
            invoice: "4711".into(),
            amount: Some(eur(100)),
            discount: Some(eur(3)),
        }],
        collection: Collection::Likely,
        issues: vec![Issue::new("page 2", "a word outside the page")],
        pages: 3,
        recalled: vec![Recalled {
            memory: MemoryId::derive(&["7"]),
            field: LearnedField::Number,
            agreed: false,
            place: "right of “beleg”".into(),
        }],
    }
}

pub fn supplier(number: &str) -> Supplier {
    Supplier {
        id: Supplier::id_of(number),
        number: number.into(),
        name: format!("Supplier {number}"),
        vat_id: VatId::parse("DE136695976"),
        ibans: vec![iban()],
        domains: vec!["supplier.test".into()],
        mail: Some(mail("billing@supplier.test")),
        terms_days: Some(30),
        phone: Some("+49 30 901820".into()),
        approver: Some(mail("anna@fin.test")),
        version: 0,
    }
}

pub fn memory(supplier: &Supplier, document: &Document, field: LearnedField) -> Memory {
    Memory {
        id: Memory::id_of(supplier.id, field, document.id),
        supplier: supplier.id,
        field,
        document: document.id,
        taught_by: "anna@fin.test".into(),
        taught_at: now(),
        evidence: Evidence {
            landmarks: vec![Landmark {
                words: "müller gmbh".into(),
                left_points: 72,
            }],
            left: "beleg".into(),
            above: String::new(),
            neighbours: vec!["kunde".into()],
            left_points: 120,
            right_points: 180,
            depth_per_mille: 210,
            shape: Shape::Text("A-9".into()),
            is_ambiguous: true,
        },
        successes: 0,
        failures: 0,
        version: 0,
    }
}

pub fn bill(document: &Document, number: &str) -> Bill {
    Bill {
        id: Bill::id_of(document.id),
        document: document.id,
        message: document.message,
        kind: BillKind::Invoice,
        supplier: None,
        supplier_name: "Müller GmbH".into(),
        number: Some(number.into()),
        issue_date: Some(date(2026, 11, 1)),
        due_date: None,
        currency: Some(Currency::EUR),
        net: Some(eur(100_000)),
        tax: Some(eur(19_000)),
        gross: Some(eur(119_000)),
        payable: None,
        iban: Some("DE89370400440532013000".into()),
        po_number: None,
        payment_reference: Some(number.into()),
        preceding_number: None,
        submitter: Some(mail("bob@fin.test")),
        corrected_by: vec!["anna@fin.test".into()],
        codings: vec![LineCoding {
            line: 1,
            coding: Coding::parse("6850/IT//V19").expect("a coding"),
            source: CodingSource::Person,
        }],
        findings: vec![Finding {
            code: "supplier.unknown".into(),
            severity: Severity::Hold,
            evidence: "nobody is called so".into(),
        }],
        cleared: vec!["arithmetic.br_co_10".into()],
        state: BillState::Draft,
        version: 0,
    }
}

/// A message, its document and the bill in it.
pub fn bill_with_parents(name: &str, number: &str) -> (Message, Document, Bill) {
    let message = read_message(name);
    let document = document(&message, "1");
    let bill = bill(&document, number);
    (message, document, bill)
}

pub fn records_of((message, document, bill): &(Message, Document, Bill)) -> Vec<Record> {
    vec![
        Record::Message(message.clone()),
        Record::Document(document.clone()),
        Record::Bill(bill.clone()),
    ]
}

pub fn request(bill: &Bill, approver: &str) -> ApprovalRequest {
    let id = ApprovalRequestId::derive(&[&bill.id.to_string(), approver]);
    ApprovalRequest {
        id,
        bill: bill.id,
        bill_version: bill.content_version(),
        approver: mail(approver),
        stands_in_for: Some(mail("away@fin.test")),
        rules: vec!["over ten thousand".into()],
        token_hash: ContentHash::of(approver.as_bytes()),
        outbound: OutboundId::derive(&[approver]),
        state: ApprovalState::Open,
        asked_at: now(),
        expires_at: later(3600),
        version: 0,
    }
}

pub fn vote(request: &ApprovalRequest) -> Vote {
    Vote {
        request: request.id,
        bill: request.bill,
        message: None,
        approver: request.approver.clone(),
        stands_in_for: request.stands_in_for.clone(),
        verdict: Verdict::Approve,
        reason: "seen".into(),
        proof: "command line".into(),
        at: now(),
    }
}

pub fn payment(bill: &Bill) -> Payment {
    Payment {
        id: PaymentId::derive(&[&bill.id.to_string()]),
        bill: bill.id,
        amount: eur(119_000),
        planned_for: date(2026, 12, 1),
        end_to_end_id: None,
        blocked: Some("the account is new".into()),
        state: PaymentState::Planned,
        version: 0,
    }
}

pub fn customer(number: &str) -> Customer {
    Customer {
        id: Customer::id_of(number),
        number: number.into(),
        name: format!("Customer {number}"),
        vat_id: None,
        mail: Some(mail("buchhaltung@kunde.test")),
        language: "de".into(),
        domains: vec!["kunde.test".into()],
        ibans: vec![iban()],
        reminders_paused_until: None,
        version: 0,
    }
}

pub fn invoice(customer: &Customer, number: &str, minor: i64) -> CustomerInvoice {
    CustomerInvoice {
        id: CustomerInvoice::id_of(number),
        number: number.into(),
        customer: customer.id,
        issue_date: date(2026, 10, 1),
        due_date: date(2026, 10, 31),
        gross: eur(minor),
        discount: Some(EarlyDiscount {
            until: date(2026, 10, 11),
            amount: eur(minor / 50),
        }),
        payment_reference: Some("RF18 5390 0754 7034".into()),
        dispute_in_file: countinghouse::domain::receivable::FileDispute::NotDisputed,
        disputed: None,
        final_notice_released: None,
        promised_for: None,
        version: 0,
    }
}

pub fn remittance(
    document: &Document,
    customer: &Customer,
    names: &[&CustomerInvoice],
) -> Remittance {
    let lines = names.iter().map(|invoice| ClaimedInvoice {
        written: invoice.number.to_lowercase(),
        amount: invoice.gross,
        invoice: Some(invoice.id),
        how: "exact number".into(),
    });
    let unmatched = ClaimedInvoice {
        written: "???".into(),
        amount: eur(1),
        invoice: None,
        how: "no such number".into(),
    };
    Remittance {
        id: Remittance::id_of(document.id),
        document: document.id,
        message: document.message,
        customer: Some(customer.id),
        payer: "Kunde AG".into(),
        total: Some(eur(5000)),
        payment_date: Some(date(2026, 11, 20)),
        reference: Some("AVIS 7".into()),
        lines: lines.chain([unmatched]).collect(),
        state: RemittanceState::Claimed,
        waits_until: Some(date(2026, 11, 30)),
        version: 0,
    }
}

pub fn bank_entry(reference: &str, minor: i64) -> BankEntry {
    BankEntry {
        id: BankEntry::id_of(reference),
        entry_reference: reference.into(),
        booking_date: date(2026, 11, 20),
        value_date: Some(date(2026, 11, 21)),
        amount: eur(minor),
        counterparty_name: "Kunde AG".into(),
        counterparty_iban: Some("DE89370400440532013000".into()),
        remittance_information: "RE 1, RE 2".into(),
        end_to_end_id: None,
        charges: Some(eur(750)),
        version: 0,
    }
}

pub fn deduction(invoice: &CustomerInvoice, entry: Option<&BankEntry>, minor: i64) -> Deduction {
    Deduction {
        id: Deduction::id_after(&[], invoice.id),
        invoice: invoice.id,
        customer: invoice.customer,
        bank_entry: entry.map(|entry| entry.id),
        code: DeductionCode::Discount,
        ground: Ground::Terms,
        amount: eur(minor),
        why: "paid in time".into(),
        at: now(),
        reverses: None,
    }
}

pub fn cash(invoice: &CustomerInvoice, entry: &BankEntry, minor: i64) -> CashApplication {
    CashApplication {
        id: CashApplicationId::derive(&[
            &invoice.id.to_string(),
            &entry.id.to_string(),
            &minor.to_string(),
        ]),
        invoice: invoice.id,
        bank_entry: entry.id,
        remittance: None,
        amount: eur(minor),
        how: "exact".into(),
        at: now(),
        reverses: None,
    }
}

pub fn reminder(invoice: &CustomerInvoice, level_days: i32) -> Reminder {
    Reminder {
        id: ReminderId::derive(&[&invoice.id.to_string(), &level_days.to_string()]),
        invoice: invoice.id,
        customer: invoice.customer,
        level_days,
        outbound: OutboundId::derive(&["reminder"]),
        on: date(2026, 11, 22),
    }
}

pub fn outbound(name: &str) -> OutboundMessage {
    let header = |name: &str| HeaderMessageId::parse(&format!("<{name}@fin.test>"));
    OutboundMessage {
        id: OutboundId::derive(&[name]),
        purpose: Purpose::ApprovalRequest,
        about: BillId::derive(&["b"]).into(),
        header_message_id: header(name).expect("a Message-ID"),
        from: mail("ap@fin.test"),
        reply_to: Some(mail("ap+tok@fin.test")),
        envelope_from: mail(&format!("Bounce+{name}@fin.test")),
        to: mail("anna@fin.test"),
        in_reply_to: header("first"),
        references: header("zero").into_iter().chain(header("first")).collect(),
        letter: Letter {
            subject: "Freigabe: Müller".into(),
            text: "Bitte antworten.\n".into(),
            html: "<p>Bitte antworten.</p>".into(),
        },
        attachments: vec![Attachment {
            name: "rechnung.pdf".into(),
            media_type: "application/pdf".into(),
            content: ContentHash::of(b"pdf"),
        }],
        written_at: now(),
        state: OutboundState::Queued,
        attempts: 0,
        losses: 0,
        next_attempt_at: now(),
        last_answer: None,
        version: 0,
    }
}

pub fn exception(occurrence: &str) -> Exception {
    Exception::raise(
        ExceptionCode::BillHeld,
        BillId::derive(&["b"]).into(),
        occurrence,
        &Ownership {
            owner: "anna@fin.test".into(),
            due_hours: 24,
        },
        now(),
        ("the sum is wrong", "correct it or void it"),
    )
}

/// With the version the store gave it.
pub trait Stored: Sized {
    fn at(self, version: u64) -> Self;
}

macro_rules! stored {
    ($($record:ty),*) => {$(
        impl Stored for $record {
            fn at(mut self, version: u64) -> Self {
                self.version = version;
                self
            }
        }
    )*};
}

stored!(
    Message,
    Document,
    Memory,
    CodingMemory,
    Supplier,
    Bill,
    ApprovalRequest,
    Payment,
    PaymentRun,
    Customer,
    CustomerInvoice,
    Remittance,
    BankEntry,
    OutboundMessage,
    Exception
);

pub fn payment_run(of: &Payment) -> PaymentRun {
    let id = PaymentRunId::derive(&[&of.id.to_string()]);
    let line = |number: &str, minor, discount| TransferLine {
        payment: of.id,
        bill: of.bill,
        invoice_number: number.into(),
        amount: eur(minor),
        discount,
    };
    let transfer = |place, remittance, lines| Transfer {
        end_to_end_id: end_to_end_id(id, place),
        supplier: Supplier::id_of("S-1"),
        creditor_name: "Nordlicht & Söhne".into(),
        creditor_iban: iban(),
        amount: eur(104_720),
        execution_date: date(2026, 12, 1),
        remittance,
        lines,
    };
    let words = RemittanceText::Unstructured("RE-1 less G-1".into());
    let reference = RemittanceText::CreditorReference("RF18539007547034".into());
    let two = vec![
        line("RE-1", 116_620, Some(eur(2_380))),
        line("G-1", -11_900, None),
    ];
    PaymentRun {
        id,
        account: "main".into(),
        debtor_iban: iban(),
        prepared_by: "lena".into(),
        prepared_at: now(),
        transfers: vec![
            transfer(1, words, two),
            transfer(2, reference, vec![line("RE-2", 104_720, None)]),
        ],
        total: eur(209_440),
        file: ContentHash::of(b"a file"),
        released_by: None,
        state: PaymentRunState::Proposed,
        version: 0,
    }
}
