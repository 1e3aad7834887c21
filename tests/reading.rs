//! The sample office's mails taken apart on a real store: every part becomes a document or is set aside, and what follows
//! is in the books.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use countinghouse::basics::calendar::Timestamp;
use countinghouse::basics::ids::MessageId;
use countinghouse::config::Config;
use countinghouse::domain::audit::{Actor, AuditEvent};
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::document::{Document, DocumentKind, DocumentState, Side};
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::domain::message::{Message, MessageState, Route};
use countinghouse::formats::mime;
use countinghouse::io::clock::Clock;
use countinghouse::io::store::{Claimed, StoreError};
use countinghouse::setup::{Purpose, file_passwords, open_office_at};
use countinghouse::steps::import::{Import, import_suppliers};
use countinghouse::steps::read_message::read_message;
use countinghouse::steps::requeue_document::requeue_document;
use countinghouse::steps::{Office, StepError, perform};
use countinghouse::worker::Worker;

struct Desk {
    office: Office,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = include_str!("../config/demo/countinghouse.toml");
        let config = Config::parse(config, folder.path()).unwrap();
        let clock = Clock::set_to("2026-11-20T09:00:00Z".parse::<Timestamp>().unwrap());
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
        let office = open_office_at(&config, executable, Purpose::Command, clock)
            .await
            .unwrap();
        Self { office, folder }
    }

    /// The mail arrives in a mailbox and is read.
    async fn read(&self, mailbox: &str, raw: &[u8]) -> Message {
        let office = &self.office;
        let now = office.clock.now();
        let content = office.vault.put(raw).await.unwrap();
        let id = Message::id_of(content);
        let message = Message {
            id,
            content,
            size_bytes: raw.len() as u64,
            header_message_id: None,
            from: None,
            subject: String::new(),
            received_at: now,
            mailbox: mailbox.to_owned(),
            state: MessageState::Fetched,
            route: None,
            notes: Vec::new(),
            version: 0,
        };
        let told = AuditEvent::new(
            now,
            Actor::program("test"),
            "message fetched",
            id,
            "it came",
        )
        .state(None, message.state.as_str());
        let change = Change::new(told)
            .put(Record::Message(message))
            .job(NewJob::now(Step::ReadMessage, id, now));
        office.store.commit(change).await.unwrap();
        let claimed = office
            .store
            .claim("test", now, 50, Duration::from_secs(60))
            .await
            .unwrap();
        let job = claimed
            .into_iter()
            .find(|claimed| claimed.step == Step::ReadMessage)
            .unwrap();
        read_message(office, &job.claim, id).await.unwrap();
        office.store.message(id).await.unwrap().unwrap()
    }

    /// Everything that is to be done now.
    async fn work(&self) {
        let worker = Worker::new(self.office.clone(), "works".into(), Arc::default());
        worker.until_idle().await.unwrap();
    }

    async fn documents(&self, message: MessageId) -> Vec<Document> {
        self.office
            .store
            .documents_of_message(message)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn two_bills_and_a_logo_become_two_bills_and_a_part_set_aside() {
    let desk = Desk::open().await;
    let mail = include_bytes!("../config/demo/mail/04-two-bills-and-logo.eml");
    let message = desk.read("ap", mail).await;
    assert_eq!(
        (message.state, message.route),
        (MessageState::Read, Some(Route::Documents))
    );
    let documents = desk.documents(message.id).await;
    let consumed = documents
        .iter()
        .filter(|d| d.state == DocumentState::Consumed);
    let bills = consumed
        .filter(|d| d.reading.classification.kind == DocumentKind::Bill)
        .count();
    let aside = documents
        .iter()
        .filter(|d| d.state == DocumentState::SetAside)
        .collect::<Vec<_>>();
    assert_eq!((bills, aside.len()), (2, 1));
    assert!(aside.iter().all(|document| document.note.is_some()));
    for document in documents
        .iter()
        .filter(|d| d.state == DocumentState::Consumed)
    {
        let bill = desk
            .office
            .store
            .bill_by_document(document.id)
            .await
            .unwrap()
            .unwrap();
        assert!(bill.number.is_some() && bill.gross.is_some());
    }
}

#[tokio::test]
async fn a_remittance_in_the_text_of_a_mail_is_a_document_for_receivables_wherever_it_arrives() {
    let desk = Desk::open().await;
    let mail = include_bytes!("../config/demo/mail/10-remittance-text.eml");
    let message = desk.read("ap", mail).await;
    let documents = desk.documents(message.id).await;
    let [document] = documents.as_slice() else {
        panic!("{documents:?}")
    };
    let class = &document.reading.classification;
    assert_eq!(
        (class.kind, class.side),
        (DocumentKind::Remittance, Side::Receivable)
    );
    assert_eq!(document.reading.payments.len(), 2);
}

#[tokio::test]
async fn a_copy_of_our_own_order_supports_a_bill_to_come_though_its_supplier_is_known() {
    let desk = Desk::open().await;
    let suppliers = Import {
        bytes: include_bytes!("../config/demo/suppliers.csv"),
        source: "suppliers.csv",
        by: "test",
        partial: false,
    };
    import_suppliers(&desk.office, suppliers).await.unwrap();
    let mail = include_bytes!("../config/demo/mail/09-purchase-order.eml");
    let message = desk.read("ap", mail).await;
    let documents = desk.documents(message.id).await;
    let [document] = documents.as_slice() else {
        panic!("{documents:?}")
    };
    let class = &document.reading.classification;
    assert_eq!(
        (class.kind, class.side),
        (DocumentKind::PurchaseOrder, Side::Payable)
    );
}

#[tokio::test]
async fn what_is_no_mail_is_quarantined_and_a_person_told() {
    let desk = Desk::open().await;
    let message = desk.read("ap", b"\0\0\0\0 no mail at all").await;
    assert_eq!(message.state, MessageState::Quarantined);
    let open = desk.office.store.open_exceptions(10).await.unwrap();
    assert!(
        open.iter()
            .any(|item| item.code == ExceptionCode::MessageUnreadable)
    );
}

#[tokio::test]
async fn a_broken_pdf_is_shown_to_a_person() {
    let desk = Desk::open().await;
    let mail = "From: a@supplier.example\r\nSubject: Rechnungen\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: application/pdf; name=broken.pdf\r\nContent-Disposition: attachment; filename=broken.pdf\r\n\r\n%PDF-1.7 nothing else\r\n--b--\r\n";
    let message = desk.read("ap", mail.as_bytes()).await;
    assert_eq!(message.state, MessageState::Read);
    let open = desk.office.store.open_exceptions(10).await.unwrap();
    assert!(
        open.iter()
            .any(|item| item.code == ExceptionCode::DocumentUnreadable),
        "{open:?}"
    );
}

/// A mail with one file.
fn mail_with(name: &str, from: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: {from}\r\nSubject: Rechnung\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name={name}\r\n\
         Content-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    [head.into_bytes(), BASE64.encode(bytes).into_bytes()].concat()
}

/// As a person does who has written the passwords into the configuration and started the daemon again.
fn with_passwords(desk: &mut Desk, senders: &str) {
    let secret = desk.folder.path().join("password");
    std::fs::write(&secret, "morgenrot\n").unwrap();
    let config = format!(
        "{}\n[[supplier_password]]\nsenders = [\"{senders}\"]\npassword_file = \"{}\"\n",
        include_str!("../config/demo/countinghouse.toml"),
        secret.display()
    );
    let config = Config::parse(&config, desk.folder.path()).unwrap();
    let passwords = file_passwords(&config, Purpose::Daemon).unwrap();
    desk.office.file_passwords = Arc::new(passwords);
}

#[tokio::test]
async fn locked_files_are_read_again_once_their_password_is_configured() {
    let mut desk = Desk::open().await;
    let pdf = include_bytes!("golden/mail/hostile/encrypted-pdf.eml");
    let pdf = file_of(pdf, "application/pdf");
    let zip = include_bytes!("golden/files/zip_aes.zip");
    let mut locked = Vec::new();
    for (name, bytes) in [("bill.pdf", pdf.as_slice()), ("bills.zip", zip)] {
        let mail = mail_with(name, "billing@elbkarton.example", bytes);
        let message = desk.read("ap", &mail).await;
        let [document] = desk.documents(message.id).await.try_into().unwrap();
        let document: Document = document;
        assert_eq!(document.state, DocumentState::Read);
        locked.push(document);
    }
    let asked = |desk: &Desk| {
        let store = desk.office.store.clone();
        async move { store.open_exceptions(10).await.unwrap() }
    };
    let open = asked(&desk).await;
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(
        open[0].next_action.contains("documents requeue"),
        "{open:?}"
    );
    let requeue = async |desk: &Desk, document: &Document| {
        let office = &desk.office;
        requeue_document(office, document.id, "anna", "the password came").await
    };
    // Another sender's password changes nothing: the same is asked again.
    with_passwords(&mut desk, "other.example");
    requeue(&desk, &locked[0]).await.unwrap();
    desk.work().await;
    assert_eq!(asked(&desk).await.len(), 2);
    with_passwords(&mut desk, "elbkarton.example");
    for document in &locked {
        requeue(&desk, document).await.unwrap();
    }
    desk.work().await;
    let open = asked(&desk).await;
    assert!(
        open.iter()
            .all(|item| item.code != ExceptionCode::DocumentUnreadable),
        "{open:?}"
    );
    let [pdf, zip] = locked.as_slice() else {
        panic!("two files")
    };
    let of_pdf = desk.documents(pdf.message).await;
    assert_eq!(of_pdf[0].state, DocumentState::Consumed);
    let of_zip = desk.documents(zip.message).await;
    let state = |part: &str| {
        of_zip
            .iter()
            .find(|one| one.part == part)
            .map(|one| one.state)
    };
    assert_eq!(state("1"), Some(DocumentState::Replaced));
    assert_eq!(state("1/1"), Some(DocumentState::Consumed));
    // A document that became a bill is not read again.
    assert!(requeue(&desk, &of_pdf[0]).await.is_err());
}

#[tokio::test]
async fn every_sample_mail_is_read_and_nothing_is_lost() {
    let desk = Desk::open().await;
    let samples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/demo/mail");
    let mut names = std::fs::read_dir(samples)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    names.sort();
    for name in names
        .iter()
        .filter(|name| name.extension().is_some_and(|end| end == "eml"))
    {
        let raw = countinghouse::io::limits::read_bytes(name, 10 << 20).unwrap();
        let message = desk.read("ap", &raw).await;
        assert_eq!(message.state, MessageState::Read, "{}", name.display());
        assert!(message.route.is_some(), "{}", name.display());
    }
}

#[tokio::test]
async fn a_bill_with_somebody_elses_ulid_in_its_addresses_is_read_and_not_taken_for_an_answer() {
    let desk = Desk::open().await;
    let ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let bill = include_str!("../config/demo/mail/04-two-bills-and-logo.eml");
    let own = desk.office.rules.payables_address.with_detail(ulid);
    for (nth, head) in [
        format!("Delivered-To: suppliers+{ulid}@elsewhere.example\r\n"),
        format!("References: <order.{ulid}@shop.example>\r\n"),
        // These do look like ours, and no request of ours has that token.
        format!("Delivered-To: {own}\r\n"),
        format!("References: <approval.{ulid}@shop.example>\r\nPrecedence: bulk\r\n"),
        format!("In-Reply-To: <approval.{ulid}@shop.example>\r\nAuto-Submitted: auto-replied\r\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let mail = format!("X-Copy: {nth}\r\n{head}{bill}");
        let message = desk.read("ap", mail.as_bytes()).await;
        assert_eq!(message.route, Some(Route::Documents), "{head}");
        let documents = desk.documents(message.id).await;
        let consumed = documents
            .iter()
            .filter(|document| document.state == DocumentState::Consumed);
        assert_eq!(consumed.count(), 2, "{head}");
    }
}

/// The bytes of the one file of this type in a mail.
fn file_of(mail: &[u8], media_type: &str) -> Vec<u8> {
    let mail = mime::read(mail).unwrap();
    let mut parts = mail.parts.iter();
    let found = parts.find(|part| part.content_type == media_type).unwrap();
    found.bytes.to_vec()
}

/// A PDF, an XML of its number with another amount, and ten bills in XML: too many to be read at once.
fn mail_with_twelve_documents() -> Vec<u8> {
    let pdf = file_of(
        include_bytes!("../config/demo/mail/01-pdf-bill.eml"),
        "application/pdf",
    );
    let xml = file_of(
        include_bytes!("../config/demo/mail/03-ubl-bill.eml"),
        "application/xml",
    );
    let xml = String::from_utf8(xml).unwrap();
    let mut mail = b"From: a@supplier.example\r\nSubject: Rechnungen\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n".to_vec();
    let mut attach = |name: &str, bytes: &[u8]| {
        let head = format!(
            "\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: attachment; filename={name}\r\n\r\n"
        );
        mail.extend(head.as_bytes());
        mail.extend(bytes);
    };
    attach("shown.pdf", &pdf);
    for nth in 0..10 {
        let other = xml.replace("SR-26-2207", &format!("SR-26-30{nth}0"));
        attach(&format!("{nth}.xml"), other.as_bytes());
    }
    // Of the supplier of the PDF: another one's bill of the same number would be a bill of its own.
    let written = xml
        .replace("SR-26-2207", "RE-2026-0815")
        .replace("Sandtor Rohkaffee Kontor", "Elbkarton Verpackungen");
    attach("written.xml", written.as_bytes());
    mail.extend(b"\r\n--b--\r\n");
    mail
}

impl Desk {
    async fn claimed(&self, step: Step) -> Vec<Claimed> {
        let (store, now) = (&self.office.store, self.office.clock.now());
        let lease = Duration::from_secs(60);
        let claimed = store.claim("test", now, 50, lease).await.unwrap();
        let mut jobs = claimed;
        jobs.retain(|job| job.step == step);
        jobs
    }

    /// As the worker does: decided again when somebody else was faster.
    async fn done(&self, job: &Claimed) {
        for _ in 0..3 {
            match perform(&self.office, job).await {
                Err(StepError::Store(StoreError::Conflict { .. })) => {}
                result => return result.unwrap(),
            }
        }
        panic!("{job:?} meets conflicts for ever");
    }

    async fn states(&self, message: MessageId) -> Vec<(String, DocumentState)> {
        let documents = self.documents(message).await;
        let mut states = documents
            .into_iter()
            .map(|document| (document.name, document.state))
            .collect::<Vec<_>>();
        states.sort();
        states
    }

    /// Ten bills, and one that a person is asked about.
    async fn has_ten_bills_and_a_question(&self, message: MessageId) {
        let states = self.states(message).await;
        let count = |state| states.iter().filter(|(_, own)| *own == state).count();
        assert_eq!(count(DocumentState::Consumed), 10, "{states:?}");
        let expected = ("shown.pdf".to_owned(), DocumentState::Replaced);
        assert!(states.contains(&expected), "{states:?}");
        let expected = ("written.xml".to_owned(), DocumentState::Read);
        assert!(states.contains(&expected), "{states:?}");
        let open = self.office.store.open_exceptions(10).await.unwrap();
        let [question] = open.as_slice() else {
            panic!("{open:?}")
        };
        assert_eq!(question.code, ExceptionCode::HybridMismatch);
    }
}

#[tokio::test]
async fn the_documents_of_a_mail_with_many_are_paired_once_the_last_is_read() {
    let desk = Desk::open().await;
    let message = desk.read("ap", &mail_with_twelve_documents()).await;
    let jobs = desk.claimed(Step::ReadDocument).await;
    assert_eq!(jobs.len(), 12);
    let (last, first) = jobs.split_last().unwrap();
    for job in first {
        desk.done(job).await;
    }
    let states = desk.states(message.id).await;
    let waiting = states
        .iter()
        .filter(|(_, state)| *state == DocumentState::Waiting);
    assert_eq!(waiting.count(), 11, "{states:?}");
    desk.done(last).await;
    desk.has_ten_bills_and_a_question(message.id).await;
}

#[tokio::test]
async fn documents_read_at_the_same_time_end_as_if_one_after_the_other() {
    let desk = Desk::open().await;
    let message = desk.read("ap", &mail_with_twelve_documents()).await;
    let jobs = desk.claimed(Step::ReadDocument).await;
    futures_util::future::join_all(jobs.iter().map(|job| desk.done(job))).await;
    desk.has_ten_bills_and_a_question(message.id).await;
}

#[tokio::test]
async fn a_reader_that_dies_between_its_two_commits_leaves_a_document_that_still_counts() {
    let desk = Desk::open().await;
    let message = desk.read("ap", &mail_with_twelve_documents()).await;
    let jobs = desk.claimed(Step::ReadDocument).await;
    let (last, first) = jobs.split_last().unwrap();
    for job in first {
        desk.done(job).await;
    }
    // A claim that is not held any more: what it read is kept, and nothing follows from it.
    let mut dead = last.clone();
    dead.claim.attempt += 1;
    assert!(perform(&desk.office, &dead).await.is_err());
    let states = desk.states(message.id).await;
    assert!(
        states
            .iter()
            .all(|(_, state)| *state == DocumentState::Waiting)
    );
    desk.done(last).await;
    desk.has_ten_bills_and_a_question(message.id).await;
}

#[tokio::test]
async fn an_answer_in_html_alone_is_recorded_with_the_words_it_was_routed_by() {
    let desk = Desk::open().await;
    let head = "From: a@customer.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
    let answer = format!(
        "{head}Subject: Re: Reminder\r\nIn-Reply-To: <reminder.1@ours.example>\r\n\r\n<p>We paid <b>last week</b>.</p>"
    );
    let message = desk.read("ar", answer.as_bytes()).await;
    assert_eq!(message.route, Some(Route::CustomerReply));
    for job in desk.claimed(Step::RecordCustomerReply).await {
        desk.done(&job).await;
    }
    let open = desk.office.store.open_exceptions(10).await.unwrap();
    assert!(
        open.iter()
            .any(|item| item.reason.contains("We paid last week.")),
        "{open:?}"
    );
}

#[tokio::test]
async fn a_delivery_report_in_html_alone_is_read_as_a_report() {
    let desk = Desk::open().await;
    let report = "From: MAILER-DAEMON@mx.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\
        Subject: Message blocked\r\n\r\n<p>Your message could not be delivered to a@customer.example: user unknown.</p>";
    let message = desk.read("ar", report.as_bytes()).await;
    assert_eq!(message.route, Some(Route::DeliveryReport));
    for job in desk.claimed(Step::RecordDelivery).await {
        desk.done(&job).await;
    }
    let told = desk
        .office
        .store
        .audit_of(&message.id.into())
        .await
        .unwrap();
    let last = told.last().unwrap();
    assert_eq!(
        last.event.reason,
        "a report about no mail of ours that is known"
    );
}

#[tokio::test]
async fn a_remittance_is_read_without_the_older_one_it_quotes() {
    let desk = Desk::open().await;
    let head = "From: a@kettle.example\r\nSubject: Remittance advice\r\nMIME-Version: 1.0\r\n";
    let plain = "Today we paid the following invoices by bank transfer:\r\n\r\n\
        Invoice MR-2026-1040    EUR 1,284.00\r\nInvoice MR-2026-1058    EUR   749.00\r\nTotal paid    EUR 2,033.00\r\n\r\n\
        On Mon, 2 Nov 2026 at 10:00, Anna <a@kettle.example> wrote:\r\n\
        > Today we paid the following invoices by bank transfer:\r\n>\r\n> Invoice MR-2026-0901    EUR 100.00\r\n> Invoice MR-2026-0902    EUR 200.00\r\n";
    let table = |one: &str, other: &str| {
        format!(
            "<p>We paid the following invoices:</p><table><tr><th>Invoice number</th><th>Amount paid EUR</th></tr><tr><td>{one}</td><td>1,284.00</td></tr><tr><td>{other}</td><td>749.00</td></tr></table>"
        )
    };
    let markup = format!(
        "{}<div class=gmail_quote>{}<table><tr><td>MR-2026-0903</td><td>3.00</td></tr></table></div>",
        table("MR-2026-1040", "MR-2026-1058"),
        table("MR-2026-0901", "MR-2026-0902")
    );
    for (media_type, body) in [("text/plain", plain), ("text/html", &markup)] {
        let mail = format!("{head}Content-Type: {media_type}; charset=utf-8\r\n\r\n{body}");
        let message = desk.read("ar", mail.as_bytes()).await;
        let documents = desk.documents(message.id).await;
        let [document] = documents.as_slice() else {
            panic!("{documents:?}")
        };
        let payments = document.reading.payments.iter();
        let paid = payments.map(|line| line.invoice.as_str());
        let paid = paid.collect::<Vec<_>>();
        assert_eq!(paid, ["MR-2026-1040", "MR-2026-1058"], "{media_type}");
        let kept = desk.office.vault.get(document.content, 1 << 20);
        let kept = String::from_utf8(kept.await.unwrap()).unwrap();
        assert!(!kept.contains("MR-2026-09"), "{kept}");
    }
}

#[tokio::test]
async fn a_mail_at_which_the_whole_program_dies_is_not_tried_for_ever() {
    let desk = Desk::open().await;
    let office = &desk.office;
    let now = office.clock.now();
    let told = AuditEvent::new(
        now,
        Actor::program("test"),
        "message fetched",
        MessageId::derive(&["deadly"]),
        "it came",
    );
    let job = NewJob::now(Step::ReadMessage, MessageId::derive(&["deadly"]), now);
    office
        .store
        .commit(Change::new(told).job(job))
        .await
        .unwrap();
    let tries = countinghouse::steps::patience(Step::ReadMessage).attempts;
    for _ in 0..tries {
        let claimed = office
            .store
            .claim("dies", office.clock.now(), 1, Duration::ZERO)
            .await
            .unwrap();
        assert_eq!(claimed.len(), 1);
        // Leases that ended are looked for once a second.
        office.clock.move_by(jiff::SignedDuration::from_secs(2));
    }
    let worker = Worker::new(office.clone(), "lives".into(), Arc::default());
    worker.until_idle().await.unwrap();
    let parked = office.store.parked_jobs(10).await.unwrap();
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert!(parked[0].error.contains("never ended"), "{parked:?}");
    let open = office
        .store
        .exceptions_about(&MessageId::derive(&["deadly"]).into())
        .await
        .unwrap();
    assert_eq!(open[0].code, ExceptionCode::JobParked);
}

#[tokio::test]
async fn a_job_whose_worker_never_heard_that_it_has_it_waits_for_no_lease() {
    let desk = Desk::open().await;
    let office = &desk.office;
    let now = office.clock.now();
    let unheard = MessageId::derive(&["unheard"]);
    let told = AuditEvent::new(
        now,
        Actor::program("test"),
        "message fetched",
        unheard,
        "it came",
    );
    let job = NewJob::now(Step::ReadMessage, unheard, now);
    let change = Change::new(told).job(job);
    office.store.commit(change).await.unwrap();
    let lease = countinghouse::steps::LEASE;
    let lost = office.store.claim("works", now, 1, lease).await.unwrap();
    assert_eq!(lost.len(), 1);
    let worker = Worker::new(office.clone(), "works".into(), Arc::default());
    worker.until_idle().await.unwrap();
    // There is no such mail, and that is told.
    let parked = office.store.parked_jobs(10).await.unwrap();
    assert_eq!(parked.len(), 1, "{parked:?}");
}
