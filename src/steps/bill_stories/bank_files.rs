//! What banks send of our payments, in their own files.

use super::payment_runs::due_soon;
use super::world::Story;
use crate::basics::calendar::date;
use crate::domain::bank::BankEntry;
use crate::domain::document::Document;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::payable::payment_run::candidate::SkipReason;
use crate::domain::payable::test_world::{eur, text};
use crate::domain::payable::{BillState, PaymentRun, PaymentState};
use crate::io::store::Filter;
use crate::steps::import::{Import, ImportReport, import_bank_statement};
use crate::steps::plan_payments::PayError;
use crate::steps::record_payment_status::{Recorded, record_payment_status};
use crate::steps::resolve_exception::resolve_exception;

impl Story {
    async fn takes_statement(&self, file: &str) -> ImportReport {
        let import = Import {
            bytes: file.as_bytes(),
            source: "statement",
            by: "lena",
            partial: false,
        };
        import_bank_statement(&self.office, import).await.unwrap()
    }

    async fn entries(&self) -> Vec<BankEntry> {
        let entries = self.office.store.list_bank_entries(&Filter::all()).await;
        entries.unwrap()
    }
}

impl Story {
    async fn bank_says(&self, report: &str) -> Result<Recorded, String> {
        let recorded = record_payment_status(&self.office, report.as_bytes(), "lena").await;
        recorded.map_err(|error| match error {
            PayError::Refused(words) => words,
            PayError::Step(failure) => panic!("{failure}"),
        })
    }

    async fn waiting(&self, code: ExceptionCode) -> Vec<Exception> {
        self.office.store.open_exceptions_of(code).await.unwrap()
    }

    async fn released(&self) -> PaymentRun {
        let run = self.plans("lena").await.run.unwrap();
        self.releases(&run, "Tom Ode").await.unwrap()
    }
}

/// Another bill of the same supplier.
fn another() -> Document {
    due_soon(|fields| {
        fields.invoice_number = Some(text("RE-2".to_owned()));
        fields.issue_date = Some(text(date(2026, 11, 19)));
    })
}

/// A bank's report on the file of a run.
fn report(file: &str, group: &str, transfers: &[(&str, &str, &str)]) -> String {
    let one = |(id, status, reason): &(&str, &str, &str)| {
        format!(
            "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        )
    };
    let transfers: String = transfers.iter().map(one).collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B-1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId><GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

/// An American bank's, of the day on which it paid 1,190.00 for us.
fn bai2(named: &str) -> String {
    format!(
        "01,122099999,123456789,261125,0200,1,,,2/\n02,123456789,122099999,1,261124,,EUR,2/\n03,107049924,,010,5000000,,,015,4881000,,/\n16,495,119000,V,261124,,B-1,{named},WIRE TO ALPHA\n49,10000000,3/\n98,10000000,1,5/\n99,10000000,1,7/\n"
    )
}

#[tokio::test]
async fn an_american_banks_statement_settles_what_it_paid_for_us() {
    let mut story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    let statement = bai2(&run.transfers[0].end_to_end_id);

    let refused = story.takes_statement(&statement).await;
    assert!(refused.refused, "{refused:?}");
    let why = refused.mistakes[0].to_string();
    assert!(
        why.contains("none of ours") && why.contains("account_numbers"),
        "{why}"
    );
    story.reconfigured(&[(
        "iban = \"DE02120300000000202051\"",
        "iban = \"DE02120300000000202051\"\naccount_numbers = [\"107049924\"]",
    )]);
    let short = statement.replace("49,10000000,3", "49,10000000,4");
    let refused = story.takes_statement(&short).await;
    let why = refused.mistakes[0].to_string();
    assert!(
        why.contains("line 5, record 49: its number of records"),
        "{why}"
    );
    assert!(story.entries().await.is_empty(), "half a statement is none");

    let taken = story.takes_statement(&statement).await;
    assert_eq!((taken.refused, taken.new), (false, 1), "{taken:?}");
    let entries = story.entries().await;
    assert_eq!(
        entries[0].entry_reference,
        "DE02120300000000202051 B-1 2026-11-24 -119000"
    );
    story.looked_at(entries[0].id).await;
    assert_eq!(story.bill(bill).await.state, BillState::Paid);
    assert_eq!(story.payment_states(bill).await, [PaymentState::Settled]);
    let again = story.takes_statement(&statement).await;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 1));
}

#[tokio::test]
async fn a_transfer_the_bank_refuses_for_a_closed_account_is_not_paid_and_nothing_more_goes_there()
{
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.released().await;
    let named = run.transfers[0].end_to_end_id.clone();
    let report = report(&run.message_id(), "PART", &[(&named, "RJCT", "AC04")]);

    let recorded = story.bank_says(&report).await.unwrap();
    assert_eq!(recorded.refused, [(named, "RJCT AC04".to_owned())]);
    assert!(!recorded.again && recorded.unfitting.is_empty());
    assert_eq!(story.bill(bill).await.state, BillState::Held);
    assert_eq!(story.payment_states(bill).await, [PaymentState::Returned]);
    let asked = story.exceptions(bill).await;
    assert!(asked.contains(&"payment_refused open".into()), "{asked:?}");
    let version = story.bill(bill).await.version;
    let again = story.bank_says(&report).await.unwrap();
    assert!(again.again, "the same report twice does nothing");
    assert_eq!(story.bill(bill).await.version, version);
    // The bank pays after all: that is for a person, who sees both.
    let id = &recorded.refused[0].0;
    story.bank_reports(1, eur(-119_000), id).await;
    assert_eq!(story.bill(bill).await.state, BillState::Held);
    assert_eq!(story.waiting(ExceptionCode::PaymentMismatch).await.len(), 1);

    let other = another();
    let other = story.approved(other).await;
    assert_eq!(story.bill(other).await.state, BillState::Scheduled);
    let plan = story.plans("lena").await;
    assert!(plan.run.is_none(), "the account is closed");
    assert_eq!(plan.skipped[0].why, SkipReason::BankRefused);
    assert!(
        plan.skipped[0].words.contains("RJCT AC04"),
        "{}",
        plan.skipped[0].words
    );
    let [flag] = story
        .waiting(ExceptionCode::AccountRefused)
        .await
        .try_into()
        .unwrap();
    resolve_exception(
        &story.office,
        flag.id,
        &[],
        "lena",
        "the supplier says it is open again",
    )
    .await
    .unwrap();
    assert!(story.plans("lena").await.run.is_some());
}

#[tokio::test]
async fn a_run_planned_before_the_bank_refused_its_account_is_not_released() {
    let story = Story::begin().await;
    story.approved(due_soon(|_| {})).await;
    let run = story.released().await;
    let other = another();
    story.approved(other).await;
    let planned = story.plans("lena").await.run.unwrap();
    let named = run.transfers[0].end_to_end_id.clone();
    let report = report(&run.message_id(), "PART", &[(&named, "RJCT", "AC06")]);
    story.bank_says(&report).await.unwrap();
    let why = story.releases(&planned, "Tom Ode").await.unwrap_err();
    assert!(why.contains("RJCT AC06"), "{why}");
}

#[tokio::test]
async fn what_the_bank_accepts_or_calls_settled_is_not_paid_before_the_statement_says_so() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.released().await;
    let named = run.transfers[0].end_to_end_id.clone();
    for status in ["ACCP", "ACSP", "ACSC", "ACCC"] {
        let said = report(&run.message_id(), status, &[(&named, status, "")]);
        let recorded = story.bank_says(&said).await.unwrap();
        assert_eq!(recorded.told, [(named.clone(), status.to_owned())]);
        assert_eq!(story.payment_states(bill).await, [PaymentState::Released]);
        assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    }
    let payments = story.office.store.payments_of_bill(bill).await.unwrap();
    let trail = story
        .office
        .store
        .audit_of(&payments[0].id.into())
        .await
        .unwrap();
    let told = trail.iter().map(|entry| entry.event.reason.as_str());
    let told: Vec<&str> = told.filter(|words| words.starts_with("AC")).collect();
    assert_eq!(told, ["ACCP", "ACSP", "ACSC", "ACCC"]);

    story.bank_reports(1, eur(-119_000), &named).await;
    assert_eq!(story.bill(bill).await.state, BillState::Paid);
    let late = report(&run.message_id(), "RJCT", &[]);
    let recorded = story.bank_says(&late).await.unwrap();
    assert_eq!(recorded.unfitting.len(), 1, "{recorded:?}");
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Paid,
        "a person compares"
    );
    assert_eq!(story.waiting(ExceptionCode::PaymentMismatch).await.len(), 1);
}

#[tokio::test]
async fn a_report_on_a_file_of_others_or_one_nobody_released_is_refused() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let early = report(&run.message_id(), "RJCT", &[]);
    let why = story.bank_says(&early).await.unwrap_err();
    assert!(why.contains("nobody released it"), "{why}");
    let why = story
        .bank_says(&report("PAYROLL-11", "RJCT", &[]))
        .await
        .unwrap_err();
    assert!(why.contains("none of ours"), "{why}");
    let stranger = format!("CH{}", "0".repeat(32));
    let why = story
        .bank_says(&report(&stranger, "RJCT", &[]))
        .await
        .unwrap_err();
    assert!(why.contains("none of ours"), "{why}");
    assert!(story.bank_says("MsgId,Status").await.is_err());
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    let refused = story.takes_statement(&early).await;
    assert!(
        refused.mistakes[0].to_string().contains("pay report"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_a_bank_tells_during_the_day_is_advice_and_settles_nothing() {
    let mut story = Story::begin().await;
    story.reconfigured(&[(
        "iban = \"DE02120300000000202051\"",
        "iban = \"DE02120300000000202051\"\naccount_numbers = [\"107049924\"]",
    )]);
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.released().await;
    let named = run.transfers[0].end_to_end_id.clone();
    let camt = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08\"><BkToCstmrAcctRpt><Rpt><Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy=\"EUR\">1190.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{named}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry></Rpt></BkToCstmrAcctRpt></Document>"
    );
    let mt942 = format!(
        ":20:X\n:25:DE02120300000000202051\n:28C:1/1\n:34F:EUR0,\n:13D:2611241815+0100\n:61:2611241124DR1190,00NTRFNONREF//B-1\n:86:166?20EREF+{named}\n:90D:1EUR1190,\n"
    );
    let interim = bai2(&named).replace(",,EUR,2/", ",,EUR,3/");
    for file in [camt, mt942, interim] {
        let told = story.takes_statement(&file).await;
        assert!(!told.refused && told.new == 0, "{told:?}");
        let [advice] = told.advice.as_slice() else {
            panic!("{told:?}")
        };
        assert!(advice.contains("EUR 0 came and 1190.00 went"), "{advice}");
        assert!(
            advice.contains(&named) && advice.contains("nothing of it is taken"),
            "{advice}"
        );
        assert!(story.entries().await.is_empty());
        assert_eq!(story.payment_states(bill).await, [PaymentState::Released]);
    }
}

/// A statement of one credit whose bank has no reference for it.
fn nameless(day: &str, payer: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>1</Id>\
         <Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>\
         <Ntry><Amt Ccy=\"EUR\">535.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>NONREF</AcctSvcrRef><NtryDtls><TxDtls>\
         <RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    )
}

#[tokio::test]
async fn two_credits_alike_to_a_bank_that_names_none_are_two_and_stay_two() {
    let story = Story::begin().await;
    let files = [
        nameless("2026-11-20", "Hafen"),
        nameless("2026-11-20", "Insel"),
        nameless("2026-11-23", "Hafen"),
    ];
    for file in &files {
        let report = story.takes_statement(file).await;
        assert_eq!(
            (report.new, report.changed),
            (1, 0),
            "{:?}",
            report.mistakes
        );
    }
    for file in &files {
        let report = story.takes_statement(file).await;
        assert_eq!(
            (report.new, report.unchanged),
            (0, 1),
            "the same file again"
        );
    }
    assert_eq!(story.entries().await.len(), 3);
}

#[tokio::test]
async fn a_booking_told_in_parts_and_then_as_one_sum_is_counted_once() {
    let story = Story::begin().await;
    let part = |amount: &str, id: &str| {
        format!(
            "<TxDtls><Refs><TxId>{id}</TxId></Refs><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
        )
    };
    let file = |kind: &str, details: &str| {
        let (version, outer, inner) = match kind {
            "camt.054" => ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
            _ => ("camt.053.001.08", "BkToCstmrStmt", "Stmt"),
        };
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{version}\"><{outer}><{inner}><Id>1</Id>\
             <Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>\
             <Ntry><Amt Ccy=\"EUR\">1070.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>ABC123</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry></{inner}></{outer}></Document>"
        )
    };
    let parts = [part("749.00", "T1"), part("321.00", "T2")].concat();
    let notified = story.takes_statement(&file("camt.054", &parts)).await;
    assert_eq!(notified.new, 2, "{:?}", notified.mistakes);
    for _ in 0..2 {
        let stated = story.takes_statement(&file("camt.053", "")).await;
        assert_eq!(
            (stated.new, stated.changed),
            (0, 0),
            "{:?}",
            stated.mistakes
        );
    }
    assert_eq!(story.entries().await.len(), 2);
}
