//! A paper that the program cannot place, and the clerk who can.

use serde_json::Value;

use crate::office::Office;
use crate::paper::{BY, Desk, labelled_bill};

const TOTALS: [&str; 3] = ["100,00", "19,00", "119,00"];

fn paper() -> Vec<u8> {
    labelled_bill(
        "Rechnungsnummer:",
        "RE-2026-0417",
        "884213",
        "02.11.2026",
        TOTALS,
    )
}

/// The same bill, written to a company that is none of ours. The name has as many letters, so the PDF stays whole.
fn to_another_company() -> Vec<u8> {
    let mut bytes = paper();
    let name = b"Morgenrot";
    let at = bytes.windows(name.len()).position(|word| word == name);
    let at = at.unwrap();
    bytes[at..at + name.len()].copy_from_slice(b"Abendland");
    bytes
}

fn open_codes(shown: &Value) -> Vec<&str> {
    let items = shown["exceptions"].as_array().unwrap().iter();
    let open = items.filter(|item| item["state"] == "open");
    open.map(|item| item["code"].as_str().unwrap()).collect()
}

#[test]
fn a_clerk_says_that_a_bill_to_our_old_name_is_ours() {
    let desk = Desk::open();
    let bytes = to_another_company();
    let document = desk.arrives("first", &bytes);
    let id = document["id"].as_str().unwrap();
    assert_eq!(document["bill"], Value::Null, "{document}");
    assert_eq!(open_codes(&document), ["not_addressed_to_us"]);

    desk.0.run(&["documents", "save", id, "original.pdf"]).ok();
    assert!(std::fs::read(desk.0.path("original.pdf")).unwrap() == bytes);
    let twice = desk.0.run(&["documents", "save", id, "original.pdf"]);
    assert_eq!(twice.code, Some(1), "a file that is there is kept");

    let decide = |more: &[&str]| {
        let words = [&["documents", "decide", id], more, &BY].concat();
        desk.0.run(&words)
    };
    let unsaid = decide(&[]);
    assert_eq!(unsaid.code, Some(1));
    assert!(unsaid.err.contains("--side"), "{}", unsaid.err);
    decide(&["--side", "ap"]).ok();

    let document = desk.show("documents", id);
    assert_eq!(document["state"], "consumed");
    assert_eq!(open_codes(&document), [""; 0]);
    let bill = desk.show("bills", document["bill"].as_str().unwrap());
    assert_eq!(bill["invoice_number"], "RE-2026-0417");
    // Who says that it is a bill cannot approve it.
    assert!(bill["corrected_by"].to_string().contains("lena"), "{bill}");
    assert_eq!(decide(&["--side", "ap"]).code, Some(1), "once is enough");
    desk.0.run(&["audit", "verify"]).ok();
}

#[test]
fn a_clerk_sets_a_paper_aside() {
    let desk = Desk::open();
    let document = desk.arrives("first", &to_another_company());
    let id = document["id"].as_str().unwrap();
    let aside = ["documents", "decide", id, "--kind", "other"];
    desk.0.run(&[&aside[..], &BY].concat()).ok();
    let after = desk.show("documents", id);
    assert_eq!(
        (&after["state"], &after["bill"]),
        (&"set_aside".into(), &Value::Null)
    );
    assert!(after["note"].to_string().contains("as printed"), "{after}");
}

#[test]
fn a_held_bill_is_checked_again_once_its_supplier_is_imported() {
    let desk = Desk(Office::new());
    let (_, held) = desk.receives("first", &paper());
    assert_eq!(held["state"], "held", "{held}");
    assert!(held["findings"].to_string().contains("supplier.unknown"));
    let suppliers = include_str!("../../config/demo/suppliers.csv");
    desk.0.write("suppliers.csv", suppliers);
    desk.0.run(&["import", "suppliers", "suppliers.csv"]).ok();

    let id = held["id"].as_str().unwrap();
    desk.0
        .run(&[&["bills", "recheck", id][..], &BY].concat())
        .ok();
    let after = desk.show("bills", id);
    assert_ne!(after["state"], "held", "{after}");
    assert_eq!(open_codes(&after), [""; 0]);
    let again = desk.0.run(&[&["bills", "recheck", id][..], &BY].concat());
    assert_eq!(again.code, Some(1), "only what is held");
}
