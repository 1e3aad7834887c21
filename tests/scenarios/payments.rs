//! Approved bills are paid: a clerk plans, somebody else releases, the bank gets a file and reports.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::office::bills::bill;
use crate::office::closed::Closed;
use crate::office::mails::answer;
use crate::office::servers::servers;
use crate::office::{Database, Office};

/// Where `pay export` is killed in the story below: nothing else writes payment files.
pub const DEATHS: [&str; 2] = ["payment-file.before", "payment-file.after"];

/// What ISO 20022 says of the file; another's tool compares the file with it.
fn fits_the_schema(file: &Path) {
    let mut xmllint = Command::new("xmllint");
    let validated = xmllint
        .args(["--noout", "--nonet", "--schema"])
        .arg(&servers().payment_schema);
    let said = validated.arg(file).output().unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}

/// The journal as two programs of others read it, with the sums of what is open on each account.
fn journal_of(closed: &Closed) -> Vec<(String, String)> {
    let exported = |format: &str, name: &str| {
        let export = ["export", "journal", "--format", format];
        let once = closed.run("countinghouse.toml", &export).out;
        let again = closed.run("countinghouse.toml", &export).out;
        assert_eq!(once, again, "the same books are the same file");
        let file = closed.path(name);
        std::fs::write(&file, once).unwrap();
        file
    };
    let beancount = &servers().beancount;
    let checked = Command::new("python3")
        .arg(beancount.join("bin/bean-check"))
        .arg(exported("beancount", "journal.beancount"))
        .env("PYTHONPATH", beancount)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success() && said.is_empty(), "{said}");
    let file = exported("hledger", "journal.hledger");
    let hledger = |arguments: &[&str]| {
        let mut command = Command::new("hledger");
        let ran = command.arg("-f").arg(&file).args(arguments);
        let ran = ran.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{said}");
        String::from_utf8(ran.stdout).unwrap()
    };
    hledger(&["check", "--strict", "ordereddates"]);
    let balances = hledger(&["balance", "--output-format", "csv", "--no-total"]);
    let rows = balances.lines().skip(1).map(|row| {
        let (account, balance) = row.split_once(',').unwrap();
        (account.replace('"', ""), balance.replace('"', ""))
    });
    rows.collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

/// The bank's, of the day after.
fn statement(named: &str) -> String {
    let balance = |code: &str, amount: &str| {
        format!(
            r#"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"#
        )
    };
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>231</Id>
        <Acct><Id><IBAN>DE02200994700061823900</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}
        <Ntry><Amt Ccy="EUR">1785.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
        <AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{named}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
        </Stmt></BkToCstmrStmt></Document>"#,
        balance("OPBD", "50000.00"),
        balance("CLBD", "48215.00"),
    )
}

/// The bank's, on the file.
fn bank_report(original: &str, named: &str, status: &str) -> String {
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>R-1</MsgId></GrpHdr>
        <OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts>
        <OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{named}</OrgnlEndToEndId><TxSts>{status}</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>
        </CstmrPmtStsRpt></Document>"#
    )
}

async fn two_bills_are_paid_by_one_file(database: Database) {
    let office = Office::open(database).await;
    let people = office.people.clone();
    for (nth, (number, gross)) in [("RE-3001", 119_000), ("RE-3002", 59_500)]
        .into_iter()
        .enumerate()
    {
        let nth = u32::try_from(nth).unwrap();
        office
            .take(&people.ap, &bill(number, gross).mail(nth + 1))
            .await;
        let request = office.request_about(number, &people.petra).await;
        let approval = answer(&request, &people.petra, "Freigegeben").write();
        office.take(&request.reply_to, &approval).await;
        assert_eq!(office.state_of(number).await, "scheduled");
    }

    let closed = office.closed().await;
    let pay = |arguments: &[&str]| {
        closed.run(
            "countinghouse.toml",
            &[&["--json", "pay"], arguments].concat(),
        )
    };
    let plan = pay(&["plan", "--by", "lena@fin.test", "--balance", "50000.00"]).object();
    assert_eq!(plan["total"].to_string(), "1785.00");
    assert_eq!(
        plan["transfers"][0]["invoices"],
        serde_json::json!(["RE-3001", "RE-3002"])
    );
    let (run, hash) = (text(&plan, "id"), text(&plan, "file_sha256"));
    let named = text(&plan["transfers"][0], "end_to_end_id").to_owned();

    pay(&["export", run]).refused(1, "cannot be exported");
    let release = |by: &str, hash: &str| pay(&["release", run, "--hash", hash, "--by", by]);
    release("lena", hash).refused(1, "prepared the run");
    release(&people.petra.to_string(), hash).refused(1, "approved bill RE-3001");
    release("Mara Holt", "00000000").refused(1, "not that of the file");
    assert_eq!(
        text(&release("Mara Holt", hash).object(), "state"),
        "released"
    );

    for death in DEATHS {
        let die = ["--die-at", &format!("{death}:1"), "pay", "export", run];
        let killed = closed.run("countinghouse.toml", &die);
        assert_eq!(killed.code, None, "{death}: {}", killed.err);
        let seen = pay(&["show", run]).object();
        assert_eq!(
            text(&seen, "state"),
            "released",
            "{death}: the file is asked for again"
        );
    }
    let exported = pay(&["export", run]).object();
    let file = closed.path(text(&exported, "file"));
    fits_the_schema(&file);
    let written = countinghouse::io::limits::read_text(&file, 1 << 20).unwrap();
    assert!(
        written.contains("<CtrlSum>1785.00</CtrlSum>") && written.contains(&named),
        "{written}"
    );

    let report = closed.path("report.xml");
    let reports = |original: &str, status: &str| {
        std::fs::write(&report, bank_report(original, &named, status)).unwrap();
        pay(&["report", &report.display().to_string(), "--by", "lena"])
    };
    let message_id = format!("CH{}", run.replace('-', ""));
    reports("CH0", "ACSC").refused(1, "and names transfers of");
    let noted = reports(&message_id, "ACSC").object();
    assert_eq!(text(&noted["noted"][0], "bank_says"), "ACSC");
    assert_eq!(noted["again"], false);
    assert_eq!(reports(&message_id, "ACSC").object()["again"], true);

    let statement = statement(&named);
    let office = closed.opened().await;
    for number in ["RE-3001", "RE-3002"] {
        assert_eq!(
            office.state_of(number).await,
            "scheduled",
            "no statement says so"
        );
    }
    office.bank_sends(&statement).await;
    for number in ["RE-3001", "RE-3002"] {
        assert_eq!(office.state_of(number).await, "paid");
    }
    let closed = office.closed().await;
    let row = |account: &str, balance: &str| (account.to_owned(), balance.to_owned());
    assert_eq!(
        journal_of(&closed),
        [
            row("Assets:Bank", "-1785.00 EUR"),
            row("Assets:InputVAT", "285.00 EUR"),
            row("Assets:Receivables", "3745.00 EUR"),
            row("Expenses:Uncoded", "1500.00 EUR"),
            row("Income:Revenue", "-3745.00 EUR"),
        ],
        "nothing is owed to suppliers, nothing waits for its reason"
    );
    closed.opened().await.close(&[]).await;
}

#[tokio::test]
async fn two_bills_are_paid_by_one_file_on_sqlite() {
    two_bills_are_paid_by_one_file(Database::Sqlite).await;
}

#[tokio::test]
async fn two_bills_are_paid_by_one_file_on_postgres() {
    two_bills_are_paid_by_one_file(Database::Postgres).await;
}
