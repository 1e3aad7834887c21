//! Golden days: a script a finance person can read, and under each of its lines, indented, what the office did.
//!
//! `the sample invoices are open` is said where a day is about customers. `On DATE` is a morning: the sweeps look, and what they call for is done. `ap receives FILE` takes a sample mail.
//! `NAME answers "TEXT" to NUMBER`, `somebody pretends to be NAME and answers "TEXT" to NUMBER`,
//! `CUSTOMER answers "TEXT" to the reminder`, `bank books AMOUNT from CUSTOMER "TEXT"`, `NAME disputes NUMBER because TEXT`.
//! A line that begins with `#` is a remark.

#[path = "played/office.rs"]
mod office;
#[path = "played/telling.rs"]
mod telling;

use crate::{differs, files, golden};
use office::Office;

#[tokio::test]
async fn every_golden_day_goes_as_written_down() {
    let mut wrong = Vec::new();
    for day in files(&golden("days"), "txt") {
        let script = std::fs::read_to_string(&day).unwrap();
        wrong.extend(differs(&day, &played(&script).await));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The script with what happens now under each of its lines.
async fn played(script: &str) -> String {
    let mut office = Office::open().await;
    let mut told = String::new();
    for line in script.lines().filter(|line| !line.starts_with(' ')) {
        told.push_str(line);
        told.push('\n');
        if !line.is_empty() && !line.starts_with('#') {
            office.does(line).await;
            for done in office.what_happened().await {
                told.push_str(&format!("    {done}\n"));
            }
        }
    }
    office.close().await;
    told
}
