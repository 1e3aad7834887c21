//! A clerk corrects a field once, and the next bill of that layout is right.

use crate::paper::{BY, Desk, bill, labelled_bill};

const FIRST: [&str; 3] = ["100,00", "19,00", "119,00"];
const SECOND: [&str; 3] = ["200,00", "38,00", "238,00"];

#[test]
fn one_correction_and_the_next_bill_of_that_layout_is_right() {
    let desk = Desk::open();
    let first = bill("VG-2026-0417", "884213", "02.11.2026", FIRST);
    let second = bill("VG-2026-0533", "884213", "09.11.2026", SECOND);
    desk.0.write("second.pdf", &second);
    let looks = |arguments: &[&str]| {
        let inspected = desk.0.run(arguments).ok().object();
        inspected["fields"]["invoice_number"]["value"].clone()
    };
    let (document, wrong) = desk.receives("first", &first);
    assert_ne!(wrong["invoice_number"], "VG-2026-0417", "{document}");
    assert_eq!(document["memories"], serde_json::json!([]));

    desk.corrects(&wrong, "invoice_number=VG-2026-0417");

    let told = desk.show("bills", wrong["id"].as_str().unwrap());
    let told = told["audit"].to_string();
    assert!(told.contains("right of “vorgangszeichen”"), "{told}");
    let without = looks(&["inspect", "second.pdf", "--json"]);
    let with = looks(&["inspect", "--memory", "second.pdf", "--json"]);
    assert_ne!(without, "VG-2026-0533");
    assert_eq!(with, "VG-2026-0533");
    let (document, right) = desk.receives("second", &second);
    assert_eq!(right["invoice_number"], "VG-2026-0533");
    let memory = &document["memories"][0];
    assert_eq!(
        (&memory["field"], &memory["place"]),
        (
            &"invoice_number".into(),
            &"right of “vorgangszeichen”".into()
        )
    );
    let by_hand = right["findings"].to_string();
    assert!(!by_hand.contains("completeness.number"), "{by_hand}");
}

#[test]
fn a_cosmetic_edit_does_not_teach() {
    let desk = Desk::open();
    let page = labelled_bill(
        "Rechnungsnummer:",
        "RE-2026-0417",
        "884213",
        "02.11.2026",
        FIRST,
    );
    let (_, read) = desk.receives("first", &page);
    assert_eq!(read["invoice_number"], "RE-2026-0417");
    desk.corrects(&read, "invoice_number=RE 2026/0417");
    let events = desk.0.run(&["audit", "list", "--json"]).ok().out;
    assert!(!events.contains("memory taught"), "{events}");
    assert!(events.contains("nothing, it was read so"), "{events}");
}

#[test]
fn a_memory_that_fails_twice_is_dropped() {
    let desk = Desk::open();
    let page = |number: &str, customer: &str, day: &str| bill(number, customer, day, FIRST);
    let (_, first) = desk.receives("1", &page("VG-2026-0417", "884213", "02.11.2026"));
    desk.corrects(&first, "invoice_number=VG-2026-0417");
    for (id, customer, day) in [("2", "884214", "03.11.2026"), ("3", "884215", "04.11.2026")] {
        let (document, second) =
            desk.receives(id, &page(&format!("VG-2026-05{id}"), customer, day));
        assert_eq!(
            document["memories"][0]["field"], "invoice_number",
            "{document}"
        );
        // What no memory finds: the page does not show it.
        desk.corrects(&second, &format!("invoice_number=X-{id}"));
    }
    let (document, _) = desk.receives("4", &page("VG-2026-0600", "884216", "05.11.2026"));
    assert_eq!(document["memories"], serde_json::json!([]), "{document}");
    let events = desk.0.run(&["audit", "list", "--json"]).ok().out;
    assert!(events.contains("memory dropped"), "{events}");
    let memories = desk.0.run(&["memories", "list", "--json"]).ok().object();
    assert_eq!(
        (&memories["failures"], &memories["dropped"]),
        (&2.into(), &true.into())
    );
}

#[test]
fn a_person_takes_a_memory_back() {
    let desk = Desk::open();
    let (_, first) = desk.receives("1", &bill("VG-2026-0417", "884213", "02.11.2026", FIRST));
    desk.corrects(&first, "invoice_number=VG-2026-0417");
    let taught = desk.0.run(&["memories", "list", "--json"]).ok().object();
    let id = taught["id"].as_str().unwrap();
    assert_eq!(
        (&taught["supplier"], &taught["dropped"]),
        (&"70001".into(), &false.into())
    );
    desk.0
        .run(&[&["memories", "drop", id][..], &BY].concat())
        .ok();
    let (document, _) = desk.receives("2", &bill("VG-2026-0533", "884213", "09.11.2026", SECOND));
    assert_eq!(document["memories"], serde_json::json!([]), "{document}");
}

#[test]
fn a_second_correction_takes_back_what_the_first_one_taught() {
    let desk = Desk::open();
    let (_, first) = desk.receives("1", &bill("VG-2026-0417", "884213", "02.11.2026", FIRST));
    desk.corrects(&first, "invoice_number=VG-2026-0417");
    // The page does not show it, so it teaches nothing else in its place.
    desk.corrects(&first, "invoice_number=X-9");
    let memory = desk.0.run(&["memories", "list", "--json"]).ok().object();
    assert_eq!(memory["dropped"], true, "{memory}");
    let (document, _) = desk.receives("2", &bill("VG-2026-0533", "884213", "09.11.2026", SECOND));
    assert_eq!(document["memories"], serde_json::json!([]), "{document}");
}
