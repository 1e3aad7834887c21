//! The demo, and looking into the books it leaves.

use std::path::Path;

use crate::office::{Office, Ran, files_below};

const LISTS: &[&str] = &[
    "messages",
    "documents",
    "bills",
    "approvals",
    "payments",
    "invoices",
    "remittances",
    "reminders",
    "exceptions",
    "outbound",
    "audit",
];

fn list(office: &Office, what: &str) -> Ran {
    office
        .run(&[what, "list", "--limit", "10000", "--json"])
        .ok()
}

#[test]
fn everything_the_demo_left_can_be_listed_and_shown() {
    let office = Office::after_demo();
    for what in LISTS {
        let rows = list(&office, what).objects();
        assert!(!rows.is_empty(), "no {what}");
        let id = rows[0]["id"].as_str().map(str::to_owned);
        let id = id.unwrap_or_else(|| rows[0]["sequence"].to_string());
        let shown = office.run(&[what, "show", &id, "--json"]).ok().object();
        assert_eq!(shown["id"], rows[0]["id"], "{what}");
        let table = office.run(&[what, "list"]).ok().out;
        assert!(table.lines().count() > 1, "{what}: {table}");
        let page = office.run(&[what, "show", &id]).ok().out;
        assert!(!page.trim().is_empty(), "{what}");
    }
    let status = office.run(&["status", "--json"]).ok().object();
    assert_eq!(status["jobs_ready"], 0, "{status}");
    assert_eq!(status["mailboxes"].as_array().map(Vec::len), Some(2));
    office.run(&["status"]).ok();
}

#[test]
fn a_number_two_bills_bear_is_answered_with_both_ids() {
    let office = Office::after_demo();
    let printed = ["bills", "show", "RE-2026-0815", "--json"];
    let exact = office.run(&printed).ok().object();
    assert_eq!(exact["invoice_number"], "RE-2026-0815", "as it is printed");
    let ran = office.run(&["bills", "show", "re 2026.0815", "--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let bills = list(&office, "bills").objects();
    let twins = bills
        .iter()
        .filter(|bill| ran.err.contains(bill["id"].as_str().unwrap()));
    assert_eq!(twins.count(), 2, "{}", ran.err);
}

#[test]
fn a_bill_shows_who_approved_it_and_no_whole_account_number() {
    let office = Office::after_demo();
    let bills = list(&office, "bills").objects();
    let bill = bills
        .iter()
        .find(|bill| bill["invoice_number"] == "RE-2026-0815")
        .unwrap();
    let bill = office
        .run(&[
            "bills",
            "show",
            bill["id"].as_str().unwrap().get(..8).unwrap(),
            "--json",
        ])
        .ok()
        .object();
    assert_eq!(bill["state"], "scheduled", "{bill}");
    assert!(
        bill["gross_total"].is_number() && bill["currency"] == "EUR",
        "{bill}"
    );
    assert!(bill["iban"].as_str().unwrap().starts_with("****"), "{bill}");
    assert_eq!(bill["approvals"][0]["verdict"], "approve", "{bill}");
    assert!(!bill["payments"].as_array().unwrap().is_empty(), "{bill}");
}

#[test]
fn what_names_nothing_ends_with_1_and_says_so() {
    let office = Office::new();
    let ran = office.run(&["bills", "show", "RE-NONE"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("there is no bill “RE-NONE”"),
        "{}",
        ran.err
    );
}

#[test]
fn without_a_configuration_commands_look_into_the_demo_and_no_daemon_starts() {
    let office = Office::empty();
    assert_eq!(office.run(&["status"]).code, Some(2), "no demo either");
    office.run(&["demo", "--exit"]).ok();
    let ran = office.run(&["bills", "list", "--json"]).ok();
    assert!(ran.objects().len() > 5, "{}", ran.out);
    assert!(ran.err.contains("the demo's office"), "{}", ran.err);
    let daemon = office.run(&["run"]);
    assert_eq!(daemon.code, Some(2), "{}", daemon.err);
    assert!(daemon.err.contains("countinghouse.toml"), "{}", daemon.err);
}

#[test]
fn the_demo_twice_does_nothing_twice() {
    let office = Office::after_demo();
    let state = |office: &Office| {
        let lists = LISTS
            .iter()
            .filter(|what| **what != "audit")
            .map(|what| list(office, what).out)
            .collect::<Vec<_>>();
        (
            lists,
            files_below(&office.path("mail/out")).len(),
            list(office, "audit").objects().len(),
        )
    };
    let first = state(&office);
    office.run(&["demo", "--dir", ".", "--exit"]).ok();
    let second = state(&office);
    assert_eq!(first.0, second.0);
    assert_eq!(first.1, second.1, "mails were sent again");
    assert_eq!(first.2, second.2, "the trail grew");
}

#[test]
fn an_altered_mail_is_named_by_audit_verify() {
    let office = Office::new();
    let mail = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/mail/14-newsletter.eml");
    office.run(&["process", mail.to_str().unwrap()]).ok();
    let sound = office.run(&["audit", "verify", "--json"]).ok().object();
    assert_eq!(sound["ok"], true);
    assert!(
        sound["entries"].as_u64() > Some(0) && sound["files"].as_u64() > Some(0),
        "{sound}"
    );

    let message = list(&office, "messages").objects().remove(0);
    let hash = message["sha256"].as_str().unwrap();
    let stored = files_below(&office.path("data"))
        .into_iter()
        .find(|path| path.ends_with(hash))
        .unwrap();
    let mut bytes = std::fs::read(&stored).unwrap();
    bytes[10] ^= 1;
    let mut writable = std::fs::metadata(&stored).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut writable, 0o600);
    std::fs::set_permissions(&stored, writable).unwrap();
    std::fs::write(&stored, &bytes).unwrap();

    let ran = office.run(&["audit", "verify", "--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let named = ran.object()["first_bad_file"].as_str().unwrap().to_owned();
    assert!(
        named.contains(message["id"].as_str().unwrap()) && named.contains(hash),
        "{named}"
    );
}

#[test]
fn a_processed_file_is_taken_once() {
    let office = Office::new();
    office.write(
        "suppliers.csv",
        include_str!("../../config/demo/suppliers.csv"),
    );
    office.run(&["import", "suppliers", "suppliers.csv"]).ok();
    let mail = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/mail/03-ubl-bill.eml");
    let mail = mail.to_str().unwrap();
    let told = office.run(&["process", mail, "--json"]).ok().object();
    assert_eq!(
        (&told["route"], &told["state"]),
        (&"documents".into(), &"filed".into())
    );
    assert!(!told["documents"].as_array().unwrap().is_empty(), "{told}");
    let before = (list(&office, "bills").out, list(&office, "audit").out);
    assert_eq!(list(&office, "bills").objects().len(), 1);
    office.run(&["process", mail, mail]).ok();
    assert_eq!(
        before,
        (list(&office, "bills").out, list(&office, "audit").out)
    );
}

#[test]
fn money_that_found_nobody_is_looked_at_again_when_a_customer_comes_in() {
    let office = Office::new();
    let ready = || office.run(&["status", "--json"]).ok().object()["jobs_ready"].clone();
    let mail = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/mail/14-newsletter.eml");
    for (file, text) in [
        (
            "bank-statement.csv",
            include_str!("../../config/demo/bank-statement.csv"),
        ),
        (
            "customers.csv",
            include_str!("../../config/demo/customers.csv"),
        ),
    ] {
        office.write(file, text);
    }
    office
        .run(&["import", "bank-statement", "bank-statement.csv"])
        .ok();
    office.run(&["process", mail.to_str().unwrap()]).ok();
    assert_eq!(ready(), 0, "the credit was looked at and belongs to nobody");
    office.run(&["import", "customers", "customers.csv"]).ok();
    assert_eq!(ready(), 1);
    office.run(&["process", mail.to_str().unwrap()]).ok();
    office.run(&["import", "customers", "customers.csv"]).ok();
    assert_eq!(ready(), 0, "nothing new came in");
}

#[test]
fn what_was_imported_can_be_looked_at_accounts_in_full() {
    let office = Office::after_demo();
    let supplier = office
        .run(&["suppliers", "show", "70001", "--json"])
        .ok()
        .object();
    assert_eq!(supplier["name"], "Elbkarton Verpackungen GmbH");
    assert_eq!(
        supplier["ibans"],
        serde_json::json!(["DE53200994100040215583"])
    );
    let listed = list(&office, "customers").objects();
    let number = listed[0]["number"].as_str().unwrap();
    let customer = office
        .run(&["customers", "show", number, "--json"])
        .ok()
        .object();
    assert_eq!(customer["name"], listed[0]["name"]);
    let nobody = office.run(&["suppliers", "show", "99999"]);
    assert!(
        nobody.err.contains("there is no supplier “99999”"),
        "{}",
        nobody.err
    );
}

#[test]
fn a_file_that_is_not_there_does_not_stop_the_others() {
    let office = Office::new();
    let mail = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/mail/14-newsletter.eml");
    let ran = office.run(&["process", "nowhere.eml", mail.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nowhere.eml"), "{}", ran.err);
    assert_eq!(ran.objects().len(), 1);
}

#[test]
fn a_document_that_is_no_mail_is_not_taken_for_one() {
    let office = Office::new();
    office.write("bill.pdf", b"%PDF-1.4\n% a bill\n");
    let ran = office.run(&["process", "bill.pdf"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("bill.pdf: it is a document and no mail"),
        "{}",
        ran.err
    );
    assert_eq!(
        list(&office, "messages").objects(),
        Vec::<serde_json::Value>::new()
    );
}

#[test]
fn a_held_bill_is_not_forgotten_by_closing_its_work_item() {
    let office = Office::after_demo();
    let open = office
        .run(&[
            "exceptions",
            "list",
            "--state",
            "open",
            "--limit",
            "1000",
            "--json",
        ])
        .ok()
        .objects();
    let held = open
        .iter()
        .find(|one| one["code"] == "bill_held")
        .expect("the demo holds a bill");
    let id = held["id"].as_str().unwrap();
    let why = ["--by", "lena", "--reason", "I looked at it"];

    let refused = office.run(&[&["exceptions", "resolve", id][..], &why].concat());
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("--clear"), "{}", refused.err);

    let bill = held["about_id"].as_str().unwrap();
    office
        .run(&[&["bills", "void", bill][..], &why].concat())
        .ok();
    let after = office.run(&["bills", "show", bill, "--json"]).ok().object();
    assert_eq!(after["state"], "void");
    assert_eq!(
        office
            .run(&["exceptions", "show", id, "--json"])
            .ok()
            .object()["state"],
        "resolved"
    );
}

#[test]
fn only_an_asked_approver_approves_from_the_command_line() {
    let office = Office::after_demo();
    let open = office
        .run(&["approvals", "list", "--state", "open", "--json"])
        .ok()
        .objects();
    let request = open.first().expect("the demo leaves an open request");
    let bill = request["bill"].as_str().unwrap();
    let approve =
        |by: &str| office.run(&["bills", "approve", bill, "--by", by, "--reason", "seen"]);

    assert_eq!(approve("stranger@morgenrot.example").code, Some(1));
    approve(request["approver"].as_str().unwrap()).ok();
    let answered = office
        .run(&[
            "approvals",
            "show",
            request["id"].as_str().unwrap(),
            "--json",
        ])
        .ok()
        .object();
    assert_eq!(
        (&answered["state"], &answered["proof"]),
        (&"approved".into(), &"command line".into())
    );
}
