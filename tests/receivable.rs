//! Stories of customers' money, on a real store: imports, a remittance, its money, reminders and what keeps them from
//! going out.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

use std::path::PathBuf;

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::Timestamp;
use countinghouse::basics::currency::Currency;
use countinghouse::basics::ids::{ContentHash, CustomerId, DocumentId, OutboundId};
use countinghouse::basics::money::Money;
use countinghouse::config::Config;
use countinghouse::domain::audit::{Actor, AuditEvent};
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::document::{
    Confidence, Document, DocumentState, Field, Reading, RemittanceLine, Source,
};
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::domain::message::{Message, MessageState};
use countinghouse::domain::outbound::OutboundMessage;
use countinghouse::domain::outbound::attempt::{Intent, Outcome, begin, settle};
use countinghouse::domain::outbound::state::OutboundState;
use countinghouse::domain::receivable::reminder_ladder::LADDER;
use countinghouse::domain::receivable::{
    Customer, CustomerInvoice, Remittance, RemittanceState, Tone,
};
use countinghouse::io::clock::Clock;
use countinghouse::io::store::{Look, StoreError};
use countinghouse::setup::{Purpose, open_office_at};
use countinghouse::steps::Office;
use countinghouse::steps::import::{
    Import, ImportReport, import_bank_statement, import_customers, import_invoices,
};
use countinghouse::steps::send_reminders::customers_due;
use countinghouse::steps::{
    StepError, apply_cash, decide_remittance, dispute_invoice, record_customer_reply,
    record_delivery, record_remittance, resolve_exception, send_outbound, send_reminders,
};

const CONFIG: &str = include_str!("../config/demo/countinghouse.toml");
const CUSTOMERS: &[u8] = include_bytes!("../config/demo/customers.csv");
const INVOICES: &[u8] = include_bytes!("../config/demo/invoices.csv");
const STATEMENT: &[u8] = include_bytes!("../config/demo/bank-statement.csv");

/// A Thursday; the statement of that day is in.
const DAY: &str = "2026-11-19T09:00:00Z";

struct Story {
    office: Office,
    _folder: tempfile::TempDir,
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse(CONFIG, folder.path()).unwrap();
        let clock = Clock::set_to(DAY.parse().unwrap());
        let opened = open_office_at(&config, PathBuf::new(), Purpose::Command, clock).await;
        Self {
            office: opened.unwrap(),
            _folder: folder,
        }
    }

    /// Customers and invoices of the sample office.
    async fn with_books() -> Self {
        let story = Self::begin().await;
        assert_eq!(
            import_customers(&story.office, file(CUSTOMERS))
                .await
                .unwrap()
                .new,
            6
        );
        assert_eq!(
            import_invoices(&story.office, file(INVOICES))
                .await
                .unwrap()
                .new,
            10
        );
        story
    }

    async fn statement(&self) -> ImportReport {
        import_bank_statement(&self.office, file(STATEMENT))
            .await
            .unwrap()
    }

    fn it_is(&self, day: &str) {
        let at: Timestamp = format!("{day}T09:00:00Z").parse().unwrap();
        assert!(self.office.clock.move_to(at));
    }

    /// A mail of Kontorküche that lists these invoices and amounts in cents.
    async fn remittance_mail(&self, lines: &[(&str, i64)]) -> Remittance {
        self.remittance_in("a mail", lines).await
    }

    /// The same lines in another mail.
    async fn remittance_in(&self, mail: &str, lines: &[(&str, i64)]) -> Remittance {
        let now = self.office.clock.now();
        let content = self
            .office
            .vault
            .put(format!("{mail}: {lines:?}").as_bytes())
            .await
            .unwrap();
        let message = message(content, "kreditoren@kontorkueche.example", now);
        let document = remittance_document(&message, content, lines);
        let id = document.id;
        let told = |subject: countinghouse::domain::audit::Subject, state: &str| {
            AuditEvent::new(now, Actor::program("test"), "arranged", subject, "").state(None, state)
        };
        let change = Change::new(told(message.id.into(), message.state.as_str()))
            .event(told(id.into(), document.state.as_str()))
            .put(Record::Message(message))
            .put(Record::Document(document))
            .job(NewJob::now(Step::RecordRemittance, id, now));
        self.office.store.commit(change).await.unwrap();
        self.work().await;
        self.remittance(id).await
    }

    async fn remittance(&self, document: DocumentId) -> Remittance {
        self.office
            .store
            .remittance(Remittance::id_of(document))
            .await
            .unwrap()
            .unwrap()
    }

    /// Does every job that is due, as the worker does.
    async fn work(&self) {
        let lease = std::time::Duration::from_secs(60);
        loop {
            let now = self.office.clock.now();
            let jobs = self
                .office
                .store
                .claim("test", now, 8, lease)
                .await
                .unwrap();
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let mut result = self.perform(&job.step, &job.subject, &job.claim).await;
                if matches!(result, Err(StepError::Store(StoreError::Conflict { .. }))) {
                    result = self.perform(&job.step, &job.subject, &job.claim).await;
                }
                result.unwrap();
            }
        }
    }

    async fn perform(
        &self,
        step: &Step,
        subject: &countinghouse::domain::audit::Subject,
        claim: &countinghouse::domain::job::JobClaim,
    ) -> Result<(), StepError> {
        let office = &self.office;
        let id = subject.id.as_str();
        match step {
            Step::RecordRemittance => {
                record_remittance::record_remittance(office, claim, DocumentId::parse(id).unwrap())
                    .await
            }
            Step::ApplyCash => apply_cash::apply_cash(office, claim, subject).await,
            Step::SendReminders => {
                send_reminders::send_reminders(office, claim, CustomerId::parse(id).unwrap()).await
            }
            Step::RecordDelivery => {
                let message = countinghouse::basics::ids::MessageId::parse(id).unwrap();
                record_delivery::record_delivery(office, claim, message).await
            }
            Step::RecordCustomerReply => {
                let message = countinghouse::basics::ids::MessageId::parse(id).unwrap();
                record_customer_reply::record_customer_reply(office, claim, message).await
            }
            Step::SendOutbound => {
                send_outbound::send_outbound(office, claim, OutboundId::parse(id).unwrap()).await
            }
            Step::ReadMessage
            | Step::AskModel
            | Step::ReadDocument
            | Step::ReviewBill
            | Step::RecordApproval
            | Step::FollowAccount
            | Step::SchedulePayment
            | Step::ReconcileBank
            | Step::AttachSupport
            | Step::AskDelegate
            | Step::RemindApprover
            | Step::ExpireApproval => panic!("no story here calls for {step}"),
        }
    }

    async fn open(&self, number: &str) -> Money {
        let id = CustomerInvoice::id_of(number);
        self.office
            .store
            .open_invoice(id)
            .await
            .unwrap()
            .unwrap()
            .balance
    }

    async fn exceptions(&self) -> Vec<(ExceptionCode, String)> {
        let open = self.office.store.open_exceptions(100).await.unwrap();
        open.into_iter().map(|e| (e.code, e.reason)).collect()
    }

    /// A look at the mailbox of customers, one sweep and its jobs; gives (customer number, tone as a word in the audit trail) of the mails written.
    async fn reminders_today(&self) -> Vec<String> {
        let now = self.office.clock.now();
        let looked = Look {
            mailbox: "ar".into(),
            looked_at: now,
            problem: None,
            reconciled_at: None,
        };
        self.office.store.note_look(looked).await.unwrap();
        let due = customers_due(&self.office).await.unwrap().customers;
        let mut written = Vec::new();
        for id in &due {
            let told = AuditEvent::new(now, Actor::program("sweep"), "jobs enqueued", *id, "");
            let job = NewJob::now(Step::SendReminders, *id, now);
            self.office
                .store
                .commit(Change::new(told).job(job))
                .await
                .unwrap();
            written.push(
                self.office
                    .store
                    .customer(*id)
                    .await
                    .unwrap()
                    .unwrap()
                    .number,
            );
        }
        self.work().await;
        written.sort();
        written
    }
}

fn file(bytes: &[u8]) -> Import<'_> {
    Import {
        bytes,
        source: "sample.csv",
        by: "Anna",
        partial: false,
    }
}

fn message(content: ContentHash, from: &str, now: Timestamp) -> Message {
    Message {
        id: Message::id_of(content),
        content,
        size_bytes: 1,
        header_message_id: None,
        from: MailAddress::parse(from),
        subject: "Zahlungsavis".into(),
        received_at: now,
        mailbox: "ar".into(),
        state: MessageState::Read,
        route: None,
        notes: Vec::new(),
        version: 0,
    }
}

fn remittance_document(message: &Message, content: ContentHash, lines: &[(&str, i64)]) -> Document {
    let mut reading = Reading::default();
    for (number, minor) in lines {
        let invoice = (*number).to_owned();
        reading.payments.push(RemittanceLine {
            invoice,
            amount: Some(eur(*minor)),
            discount: None,
        });
    }
    let total = eur(lines.iter().map(|(_, minor)| minor).sum());
    let sure = Confidence::per_mille(950);
    reading.fields.total = Some(Field::text(total, sure, Source::Line(9)));
    Document {
        id: Document::id_of(message.id, "1"),
        message: message.id,
        parent: None,
        part: "1".into(),
        name: "body".into(),
        media_type: "text/plain".into(),
        content,
        state: DocumentState::Read,
        note: None,
        reading,
        version: 0,
    }
}

const TWO: &[(&str, i64)] = &[("MR-2026-1044", 214_000), ("MR 2026/1047", 85_600)];

#[tokio::test]
async fn importing_the_same_files_again_changes_nothing() {
    let story = Story::with_books().await;
    story.statement().await;
    story.work().await;
    let before = story.office.store.audit_head().await.unwrap();
    for report in [
        import_customers(&story.office, file(CUSTOMERS))
            .await
            .unwrap(),
        import_invoices(&story.office, file(INVOICES))
            .await
            .unwrap(),
        story.statement().await,
    ] {
        assert_eq!((report.new, report.changed), (0, 0));
        assert_eq!(report.unchanged, report.rows);
    }
    assert_eq!(story.office.store.audit_head().await.unwrap(), before);
}

#[tokio::test]
async fn one_bad_row_keeps_the_whole_file_out_unless_a_person_says_otherwise() {
    let story = Story::begin().await;
    import_customers(&story.office, file(CUSTOMERS))
        .await
        .unwrap();
    let bad = String::from_utf8(INVOICES.to_vec())
        .unwrap()
        .replace("2026-11-26", "2026-11-31");
    let refused = import_invoices(&story.office, file(bad.as_bytes()))
        .await
        .unwrap();
    assert!(refused.refused);
    assert!(
        refused.mistakes[0]
            .to_string()
            .starts_with("line 10, column \"due_date\"")
    );
    assert_eq!(story.office.store.open_invoices().await.unwrap().len(), 0);
    let partial = Import {
        partial: true,
        ..file(bad.as_bytes())
    };
    let taken = import_invoices(&story.office, partial).await.unwrap();
    assert_eq!((taken.new, taken.mistakes.len()), (9, 1));
}

#[tokio::test]
async fn a_remittance_and_its_money_clear_two_invoices_in_either_order() {
    for money_first in [false, true] {
        let story = Story::with_books().await;
        if money_first {
            story.statement().await;
            story.work().await;
        }
        let claimed = story.remittance_mail(TWO).await;
        if !money_first {
            assert_eq!(claimed.state, RemittanceState::Claimed);
            assert_eq!(
                story.open("MR-2026-1044").await,
                eur(214_000),
                "a claim is no money"
            );
            story.statement().await;
            story.work().await;
        }
        assert_eq!(
            story.remittance(claimed.document).await.state,
            RemittanceState::Applied
        );
        assert_eq!(story.open("MR-2026-1044").await, eur(0));
        assert_eq!(story.open("MR-2026-1047").await, eur(0));
        assert_eq!(story.exceptions().await, []);
        // The same statement again, and every job once more: nothing is applied twice.
        story.statement().await;
        story.work().await;
        let applied = story
            .office
            .store
            .cash_of_invoice(CustomerInvoice::id_of("MR-2026-1044"))
            .await
            .unwrap();
        assert_eq!(applied.len(), 1);
    }
}

#[tokio::test]
async fn an_advice_that_is_sent_twice_neither_stops_its_money_nor_asks_anybody() {
    for money_between in [false, true] {
        let story = Story::with_books().await;
        let first = story.remittance_mail(TWO).await;
        if money_between {
            story.statement().await;
            story.work().await;
        }
        let again = story.remittance_in("its resend", TWO).await;
        assert_eq!(again.state, RemittanceState::Void);
        if !money_between {
            story.statement().await;
            story.work().await;
        }
        assert_eq!(
            story.remittance(first.document).await.state,
            RemittanceState::Applied
        );
        assert_eq!(story.open("MR-2026-1044").await, eur(0));
        assert_eq!(story.exceptions().await, []);
    }
}

#[tokio::test]
async fn money_that_fits_two_remittances_is_looked_at_again_when_a_person_takes_one_out() {
    let story = Story::with_books().await;
    let one = story.remittance_mail(&[("MR-2026-1044", 100_000)]).await;
    let other = story.remittance_mail(&[("MR-2026-1047", 50_000), ("MR-2026-1044", 50_000)]);
    let other = other.await;
    let paid = b"entry_id,booking_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n\
        B-1,2026-11-19,1000.00,EUR,Kontorkueche,,MR-2026-1044\n";
    import_bank_statement(&story.office, file(paid))
        .await
        .unwrap();
    story.work().await;
    assert_eq!(story.open("MR-2026-1044").await, eur(214_000));
    decide_remittance::void_remittance(&story.office, other.id, "Anna", "taken back")
        .await
        .unwrap();
    story.work().await;
    assert_eq!(
        story.remittance(one.document).await.state,
        RemittanceState::Applied
    );
    assert_eq!(story.open("MR-2026-1044").await, eur(114_000));
    assert_eq!(story.exceptions().await, []);
}

#[tokio::test]
async fn money_nobody_explains_waits_for_a_person_and_then_for_the_invoice() {
    let story = Story::begin().await;
    import_customers(&story.office, file(CUSTOMERS))
        .await
        .unwrap();
    story.statement().await;
    story.work().await;
    let asked = story.exceptions().await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, ExceptionCode::CashUnidentified);
    // The invoices come later: the money finds them and nobody has to answer any more.
    import_invoices(&story.office, file(INVOICES))
        .await
        .unwrap();
    story.work().await;
    assert_eq!(story.open("MR-2026-1044").await, eur(0));
    assert_eq!(story.exceptions().await, []);
}

#[tokio::test]
async fn a_credit_that_pays_no_invoice_is_put_aside_by_closing_its_item() {
    let story = Story::with_books().await;
    let takings =
        b"entry_id,booking_date,amount,currency,counterparty_name,remittance_information\n\
        B-7,2026-11-19,77.10,EUR,Kartenabrechnung,Terminal 4\n";
    import_bank_statement(&story.office, file(takings))
        .await
        .unwrap();
    story.work().await;
    let store = &story.office.store;
    let items = store.open_exceptions(100).await.unwrap();
    let item = items.first().unwrap();
    let looked = async || {
        let trail = store.audit_after(0, 10_000).await.unwrap();
        let mut actions = trail.iter().map(|entry| entry.event.action.as_str());
        actions
            .by_ref()
            .filter(|action| *action == "cash not identified")
            .count()
    };
    resolve_exception::resolve_exception(&story.office, item.id, &[], "Anna", "card takings")
        .await
        .unwrap();
    story.work().await;
    let before = looked().await;
    import_invoices(&story.office, file(LATE_INVOICE))
        .await
        .unwrap();
    story.work().await;
    assert_eq!(looked().await, before);
    assert_eq!(story.exceptions().await, []);
}

#[tokio::test]
async fn a_remittance_that_does_not_hold_asks_a_person_and_is_matched_again_on_request() {
    let story = Story::with_books().await;
    let held = story
        .remittance_mail(&[("MR-2026-1044", 214_000), ("MR-2026-1099", 100)])
        .await;
    assert_eq!(held.state, RemittanceState::Held);
    let asked = story.exceptions().await;
    assert!(
        asked[0]
            .1
            .contains("MR-2026-1099 is no open invoice of ours"),
        "{asked:?}"
    );
    let still = decide_remittance::rematch_remittance(&story.office, held.id, "Anna", "try")
        .await
        .unwrap();
    assert_eq!(still, ["MR-2026-1099 is no open invoice of ours"]);
    let more = "number,customer,issue_date,due_date,currency,gross_total\n\
        MR-2026-1099,20014,2026-11-01,2026-11-15,EUR,1.00\n";
    import_invoices(&story.office, file(more.as_bytes()))
        .await
        .unwrap();
    let still = decide_remittance::rematch_remittance(&story.office, held.id, "Anna", "imported")
        .await
        .unwrap();
    assert_eq!(still, Vec::<String>::new());
    assert_eq!(
        story.remittance(held.document).await.state,
        RemittanceState::Claimed
    );
    assert_eq!(story.exceptions().await, []);
}

const LATE: &[(&str, i64)] = &[("MR-2026-1044", 214_000), ("MR-2026-1099", 100)];
const LATE_INVOICE: &[u8] = b"number,customer,issue_date,due_date,currency,gross_total\n\
    MR-2026-1099,20014,2026-11-01,2026-11-15,EUR,1.00\n";

#[tokio::test]
async fn an_invoice_imported_after_the_remittance_that_names_it_answers_the_question() {
    let story = Story::with_books().await;
    let held = story.remittance_mail(LATE).await;
    assert_eq!(held.state, RemittanceState::Held);
    import_invoices(&story.office, file(LATE_INVOICE))
        .await
        .unwrap();
    story.work().await;
    let matched = story.remittance(held.document).await;
    assert_eq!(matched.state, RemittanceState::Claimed);
    assert_eq!(matched.waits_until, held.waits_until);
    assert_eq!(story.exceptions().await, []);
}

#[tokio::test]
async fn a_held_remittance_whose_money_was_applied_meanwhile_waits_for_nothing() {
    for imported_first in [true, false] {
        let story = Story::with_books().await;
        let held = story.remittance_mail(&[("MR-2026-1099", 100)]).await;
        assert_eq!(held.state, RemittanceState::Held);
        let paid =
            b"entry_id,booking_date,amount,currency,counterparty_name,remittance_information\n\
            B-1,2026-11-19,1.00,EUR,Kontorkueche,MR-2026-1099\n";
        for step in if imported_first { [0, 1] } else { [1, 0] } {
            match step {
                0 => import_invoices(&story.office, file(LATE_INVOICE))
                    .await
                    .unwrap(),
                _ => import_bank_statement(&story.office, file(paid))
                    .await
                    .unwrap(),
            };
            story.work().await;
        }
        assert_eq!(story.open("MR-2026-1099").await, eur(0));
        assert_eq!(
            story.remittance(held.document).await.state,
            RemittanceState::Applied
        );
        assert_eq!(story.exceptions().await, []);
    }
}

#[tokio::test]
async fn what_a_held_remittance_names_is_not_reminded_of_while_a_person_looks_at_it() {
    let story = Story::with_books().await;
    story
        .remittance_mail(&[
            ("MR-2026-1044", 214_000),
            ("MR-2026-1047", 85_600),
            ("MR-2026-9999", 100),
        ])
        .await;
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
    story.it_is("2026-11-27");
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
    // Nobody looked at it: the customer is not forgotten for that.
    story.it_is("2026-11-30");
    assert!(story.reminders_today().await.contains(&"20014".to_owned()));
    assert_eq!(story.exceptions().await.len(), 1);
}

#[tokio::test]
async fn reminders_go_out_once_a_day_and_stop_for_what_is_paid_claimed_or_disputed() {
    let story = Story::with_books().await;
    // 20014 owes MR-2026-1044 (due 16 Nov) and MR-2026-1047 (due 20 Nov); 20030 has a disputed one beside a due one.
    story.remittance_mail(TWO).await;
    let first = story.reminders_today().await;
    assert!(!first.contains(&"20014".to_owned()), "claimed: {first:?}");
    assert!(first.contains(&"20030".to_owned()));
    assert_eq!(
        story.reminders_today().await,
        Vec::<String>::new(),
        "once a day"
    );
    let mails = story
        .office
        .store
        .outbound_about(&Customer::id_of("20030").into())
        .await
        .unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].letter.text.contains("MR-2026-1031"));
    assert!(!mails[0].letter.text.contains("MR-2026-1038"), "disputed");
    let sent = story
        .office
        .store
        .reminders_to(Customer::id_of("20030"))
        .await
        .unwrap();
    assert_eq!(sent.iter().map(|r| r.level_days).collect::<Vec<_>>(), [7]);
    assert_eq!(LADDER.last().map(|l| l.tone), Some(Tone::FinalNotice));
    // Over the weekend nothing goes out.
    story.it_is("2026-11-21");
    assert_eq!(story.reminders_today().await, Vec::<String>::new());
}

#[tokio::test]
async fn money_that_comes_between_looking_and_writing_stops_the_reminder() {
    let story = Story::with_books().await;
    let id = Customer::id_of("20014");
    let customer = story.office.store.customer(id).await.unwrap().unwrap();
    let outlook = send_reminders::outlook(&story.office, &customer)
        .await
        .unwrap();
    let planned = outlook.plan.unwrap().invoices;
    assert_eq!(planned[0].open.invoice.number, "MR-2026-1044");
    story.statement().await;
    story.work().await;
    // What the step would write, decided before the money came.
    let told = AuditEvent::new(
        story.office.clock.now(),
        Actor::program("test"),
        "late",
        id,
        "",
    );
    let late = Change::new(told).put(Record::CustomerInvoice(planned[0].open.invoice.clone()));
    let refused = story.office.store.commit(late).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
}

#[tokio::test]
async fn a_claim_whose_money_never_comes_is_held_and_reminded_of_again() {
    let story = Story::with_books().await;
    let claimed = story.remittance_mail(TWO).await;
    story.it_is("2026-11-27");
    story.work().await;
    assert_eq!(
        story.remittance(claimed.document).await.state,
        RemittanceState::Claimed
    );
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
    story.it_is("2026-11-30");
    story.work().await;
    assert_eq!(
        story.remittance(claimed.document).await.state,
        RemittanceState::Held
    );
    assert_eq!(
        story.exceptions().await[0].0,
        ExceptionCode::RemittanceUnmatched
    );
    assert!(story.reminders_today().await.contains(&"20014".to_owned()));
    // The person says that it comes: it has its time again, and when that is over somebody is asked again.
    let still = decide_remittance::rematch_remittance(&story.office, claimed.id, "Anna", "called")
        .await
        .unwrap();
    assert_eq!(still, Vec::<String>::new());
    story.work().await;
    story.it_is("2026-12-10");
    story.work().await;
    let waiting = story.remittance(claimed.document).await;
    assert_eq!(waiting.state, RemittanceState::Claimed);
    assert_eq!(story.exceptions().await, []);
    story.it_is("2026-12-11");
    story.work().await;
    let held = story.remittance(claimed.document).await;
    assert_eq!(held.state, RemittanceState::Held);
    assert_eq!(story.exceptions().await.len(), 1);
}

const ENTRY: &str = "entry_id,booking_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n";

#[tokio::test]
async fn money_that_came_during_a_dispute_pays_the_invoice_when_it_ends() {
    let story = Story::with_books().await;
    let office = &story.office;
    dispute_invoice::dispute_invoice(office, "MR-2026-1044", "Anna", "wrong price")
        .await
        .unwrap();
    let paid = format!("{ENTRY}B-1,2026-11-19,2140.00,EUR,,,MR-2026-1044\n");
    import_bank_statement(office, file(paid.as_bytes()))
        .await
        .unwrap();
    story.work().await;
    assert!(story.exceptions().await[0].1.contains("is disputed"));
    dispute_invoice::end_dispute(office, "MR-2026-1044", "Anna", "the price was right")
        .await
        .unwrap();
    story.work().await;
    assert_eq!(story.open("MR-2026-1044").await, eur(0));
    assert_eq!(story.exceptions().await, []);
}

#[tokio::test]
async fn an_advice_that_is_sent_twice_is_taken_once_and_its_money_finds_it() {
    let story = Story::with_books().await;
    let first = story.remittance_mail(TWO).await;
    story.it_is("2026-11-20");
    let again = story.remittance_in("again", TWO).await;
    assert_eq!(first.state, RemittanceState::Claimed);
    assert_eq!(again.state, RemittanceState::Void);
    assert_eq!(story.exceptions().await, []);
    let customers = story.office.store.customers().await.unwrap();
    let payer = customers.iter().find(|c| c.number == "20014").unwrap();
    let paid = format!(
        "{ENTRY}B-1,2026-11-20,2996.00,EUR,,{},DANKE\n",
        payer.ibans[0]
    );
    import_bank_statement(&story.office, file(paid.as_bytes()))
        .await
        .unwrap();
    story.work().await;
    assert_eq!(story.open("MR-2026-1044").await, eur(0));
    assert_eq!(
        story.remittance(first.document).await.state,
        RemittanceState::Applied
    );
}

#[tokio::test]
async fn a_dispute_stops_the_reminders_of_that_invoice_until_it_ends() {
    let story = Story::with_books().await;
    let office = &story.office;
    for number in ["MR-2026-1044", "MR-2026-1047"] {
        dispute_invoice::dispute_invoice(office, number, "Anna", "wrong price")
            .await
            .unwrap();
    }
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
    // The older file does not end the dispute.
    import_invoices(office, file(INVOICES)).await.unwrap();
    story.it_is("2026-11-20");
    assert!(!story.reminders_today().await.contains(&"20014".to_owned()));
    dispute_invoice::end_dispute(office, "MR-2026-1044", "Anna", "credit agreed")
        .await
        .unwrap();
    assert!(story.reminders_today().await.contains(&"20014".to_owned()));
    assert!(
        dispute_invoice::end_dispute(office, "MR-2026-1044", "Anna", "again")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_reminder_that_waited_over_night_is_not_written_before_the_morning_mail_was_looked_at() {
    let story = Story::with_books().await;
    let (office, id) = (&story.office, Customer::id_of("20030"));
    let told = AuditEvent::new(
        office.clock.now(),
        Actor::program("sweep"),
        "jobs enqueued",
        id,
        "",
    );
    let job = NewJob::now(Step::SendReminders, id, office.clock.now());
    office
        .store
        .commit(Change::new(told).job(job))
        .await
        .unwrap();
    story.it_is("2026-11-20");
    story.work().await;
    assert!(
        office
            .store
            .outbound_about(&id.into())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(story.reminders_today().await.contains(&"20030".to_owned()));
    assert_eq!(
        office.store.outbound_about(&id.into()).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_customer_who_answers_is_read_by_a_person_before_the_next_reminder() {
    let story = Story::with_books().await;
    story.reminders_today().await;
    let office = &story.office;
    let id = Customer::id_of("20030");
    let mail = office
        .store
        .outbound_about(&id.into())
        .await
        .unwrap()
        .remove(0);
    let raw = format!(
        "From: buchhaltung@feinkost-wiechmann.example\r\nTo: ar@fin.test\r\nSubject: Re: Mahnung\r\n\
         In-Reply-To: {}\r\nContent-Type: text/plain\r\n\r\nWir haben letzte Woche bezahlt.\r\n\r\nAm 19.11.2026 um 10:00 schrieb Morgenrot GmbH:\r\n> Sie schulden\r\n",
        mail.header_message_id
    );
    let content = office.vault.put(raw.as_bytes()).await.unwrap();
    let now = office.clock.now();
    let reply = message(content, "buchhaltung@feinkost-wiechmann.example", now);
    let reply_id = reply.id;
    let told =
        AuditEvent::new(now, Actor::program("test"), "arranged", reply.id, "").state(None, "read");
    let change = Change::new(told)
        .put(Record::Message(reply))
        .job(NewJob::now(Step::RecordCustomerReply, reply_id, now));
    office.store.commit(change).await.unwrap();
    story.work().await;
    let asked = story.exceptions().await;
    assert_eq!(asked[0].0, ExceptionCode::CustomerReply);
    assert!(asked[0].1.contains("Wir haben letzte Woche bezahlt."));
    assert!(!asked[0].1.contains("Sie schulden"));
    let customer = office.store.customer(id).await.unwrap().unwrap();
    story.it_is("2026-12-21");
    let outlook = send_reminders::outlook(office, &customer).await.unwrap();
    assert_eq!(outlook.plan, None);
}

/// The server takes the mail, its answer is on the way to the books, and the report that it came back is faster.
#[tokio::test]
async fn a_bounce_that_is_read_before_the_servers_answer_is_committed_stands() {
    let story = Story::with_books().await;
    story.reminders_today().await;
    let (office, now) = (&story.office, story.office.clock.now());
    let about = Customer::id_of("20030").into();
    let queued = office.store.outbound_about(&about).await.unwrap().remove(0);
    let by = || Actor::program("test");
    let Intent::Send(intent) = begin(queued, by(), now).unwrap() else {
        panic!("it waits to be sent")
    };
    let sending = intent.message;
    let change = Change::new(intent.told).put(Record::Outbound(sending.clone()));
    office.store.commit(change).await.unwrap();
    let report = include_str!("../config/demo/mail/16-bounce.eml")
        .replace("{{recipient}}", &sending.to.to_string())
        .replace("{{subject}}", "Mahnung")
        .replace(
            "{{outbound_message_id}}",
            &sending.header_message_id.to_string(),
        );
    let content = office.vault.put(report.as_bytes()).await.unwrap();
    let bounce = message(content, "mailer-daemon@mx.morgenrot.example", now);
    let told = AuditEvent::new(now, by(), "arranged", bounce.id, "").state(None, "read");
    let job = NewJob::now(Step::RecordDelivery, bounce.id, now);
    let change = Change::new(told).put(Record::Message(bounce)).job(job);
    office.store.commit(change).await.unwrap();
    story.work().await;

    let sending = OutboundMessage {
        version: sending.version + 1,
        ..sending
    };
    let answer = Outcome::Accepted("250 ok".into());
    let late = settle(sending, answer, None, (by(), now)).unwrap();
    let late = Change::new(late.told).put(Record::Outbound(late.message));
    let refused = office.store.commit(late).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    let found = office.store.outbound_about(&about).await.unwrap().remove(0);
    assert_eq!(found.state, OutboundState::Bounced);
    assert!(matches!(begin(found, by(), now), Ok(Intent::Nothing)));
    let asked = story.exceptions().await;
    assert_eq!(asked[0].0, ExceptionCode::DeliveryFailed, "{asked:?}");
}
