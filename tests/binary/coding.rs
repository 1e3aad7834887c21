//! A clerk says once where a supplier's line is booked, and the next bill's line is proposed the same.

use serde_json::{Value, json};

use crate::paper::{BY, Desk, bill_of};

fn code(desk: &Desk, bill: &Value, lines: &[&str]) {
    let id = bill["id"].as_str().unwrap();
    desk.0
        .run(&[&["bills", "code", id], lines, &BY].concat())
        .ok();
}

/// Coding and by whom, of the first line.
fn coding(bill: &Value) -> (Value, Value) {
    let line = &bill["lines"][0];
    (line["coding"].clone(), line["coded_by"].clone())
}

#[test]
fn a_line_coded_once_is_proposed_on_the_next_bill_and_dropped_when_it_is_wrong_twice() {
    let desk = Desk::open();
    let first = bill_of("Faltkartons Oktober 2026", "EK-2026-0417", "02.11.2026");
    let (_, first) = desk.receives("1", &first);
    assert_eq!(first["lines"][0]["description"], "Faltkartons Oktober 2026");
    assert_eq!(coding(&first), (Value::Null, Value::Null), "nobody guesses");

    code(&desk, &first, &["1=5400/LAGER"]);

    let coded = desk.show("bills", first["id"].as_str().unwrap());
    assert_eq!(coding(&coded), (json!("5400/LAGER"), json!("person")));
    let memory = desk.0.run(&["memories", "list", "--json"]).ok().object();
    assert_eq!(
        (&memory["field"], &memory["place"]),
        (
            &json!("coding"),
            &json!("lines “faltkartons” are 5400/LAGER")
        )
    );
    for (month, proposed, right, drops) in [
        ("November", "5400/LAGER", "5401/LAGER", false),
        ("Dezember", "5401/LAGER", "5402/LAGER", true),
    ] {
        let page = bill_of(
            &format!("Faltkartons {month}"),
            &format!("EK-{month}"),
            "09.11.2026",
        );
        let (_, next) = desk.receives(month, &page);
        assert_eq!(coding(&next), (json!(proposed), json!("memory")), "{next}");
        code(&desk, &next, &[&format!("all={right}")]);
        let memory = desk.0.run(&["memories", "list", "--json"]).ok().object();
        assert_eq!(memory["dropped"], drops, "{memory}");
    }
    let last = bill_of("Faltkartons Januar", "EK-2027-0001", "10.11.2026");
    let (_, last) = desk.receives("4", &last);
    assert_eq!(coding(&last), (Value::Null, Value::Null));
}

#[test]
fn a_line_that_is_not_there_and_a_coding_that_is_none_are_refused_with_an_example() {
    let desk = Desk::open();
    let (_, bill) = desk.receives("1", &bill_of("Faltkartons", "EK-2026-0417", "02.11.2026"));
    let id = bill["id"].as_str().unwrap();
    let refused = |line: &str| {
        let ran = desk
            .0
            .run(&[&["bills", "code", id, line][..], &BY].concat());
        assert_ne!(ran.code, Some(0), "{line}");
        ran.err
    };
    assert!(refused("2=5400").contains("the bill has 1 line, numbered from 1"));
    assert!(refused("1=/LAGER").contains("for example 6850/IT"));
    assert!(refused("one=5400").contains("or all"));
    let silent = [
        "bills", "code", id, "1=5400", "--by", "lena", "--reason", " ",
    ];
    assert!(desk.0.run(&silent).err.contains("a reason is needed"));
    assert_eq!(coding(&desk.show("bills", id)), (Value::Null, Value::Null));
}
