//! Evidence about one bill, for whoever does not take our word for it.

use std::path::{Path, PathBuf};

use crate::office::Office;

/// A bill of the demo that two people approved by mail.
const APPROVED: &str = "SR-26-2207";

/// Its evidence, in a file of this name.
fn exported(office: &Office, name: &str, more: &[&str]) -> PathBuf {
    let file = office.path(name);
    let export = ["audit", "export", APPROVED, "--to", file.to_str().unwrap()];
    office.run(&[&export[..], more].concat()).ok();
    file
}

fn checked(office: &Office, file: &Path, more: &[&str]) -> (Option<i32>, serde_json::Value) {
    let check = ["audit", "check", file.to_str().unwrap(), "--json"];
    let ran = office.run(&[&check[..], more].concat());
    let report = ran.out.lines().next().map(serde_json::from_str);
    (
        ran.code,
        report.map_or_else(Default::default, Result::unwrap),
    )
}

#[test]
fn the_evidence_about_a_bill_holds_anywhere_and_shows_what_was_changed() {
    let office = Office::after_demo();
    let file = exported(&office, "evidence.tar", &[]);
    // Somewhere else: without books and configuration.
    let elsewhere = Office::empty();
    let (code, told) = checked(&elsewhere, &file, &[]);
    assert_eq!((code, &told["ok"]), (Some(0), &true.into()), "{told}");
    assert!(told["files"].as_u64().unwrap() >= 6, "{told}");
    assert!(told["gaps"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["unproved"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(checked(&office, &file, &["--books"]).0, Some(0));
    let whole = exported(&office, "whole.tar", &["--whole-chain"]);
    let (_, told) = checked(&elsewhere, &whole, &[]);
    assert_eq!(
        (&told["ok"], &told["gaps"]),
        (&true.into(), &0.into()),
        "{told}"
    );
    assert_eq!(checked(&office, &whole, &["--books"]).0, Some(0));
    let there = ["audit", "export", APPROVED, "--to", file.to_str().unwrap()];
    assert!(office.run(&there).err.contains("is there already"));

    let bytes = std::fs::read(&file).unwrap();
    for (what, with) in [
        ("Subject:", "Sybject:"),
        ("bill approved", "bill rejected"),
        ("17992.05", "17992.06"),
    ] {
        let changed = replaced(&bytes, what, with);
        let path = office.path("changed.tar");
        std::fs::write(&path, changed).unwrap();
        let (code, told) = checked(&elsewhere, &path, &[]);
        assert_eq!(code, Some(1), "{what}");
        assert!(!told["wrong"].as_array().unwrap().is_empty(), "{told}");
    }
    // Unpacked and put together again it is the same; without one of its entries it is not.
    let tar = |words: &[&str]| {
        let ran = std::process::Command::new("tar").args(words).status();
        assert!(ran.unwrap().success(), "{words:?}");
    };
    let (folder, again) = (office.path("unpacked"), office.path("again.tar"));
    std::fs::create_dir(&folder).unwrap();
    let (folder, again_name) = (folder.to_str().unwrap(), again.to_str().unwrap());
    tar(&["-xf", file.to_str().unwrap(), "-C", folder]);
    tar(&["-cf", again_name, "-C", folder, "."]);
    assert_eq!(checked(&elsewhere, &again, &[]).0, Some(0));
    let trail = office.path("unpacked/trail.jsonl");
    let lines = std::fs::read_to_string(&trail).unwrap();
    let others = lines.lines().enumerate().filter(|(at, _)| *at != 10);
    let ours = others.map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    std::fs::write(&trail, ours).unwrap();
    tar(&["-cf", again_name, "-C", folder, "."]);
    // Nobody can see that elsewhere, but where the books are.
    assert_eq!(checked(&elsewhere, &again, &[]).0, Some(0));
    let (code, told) = checked(&office, &again, &["--books"]);
    assert_eq!(
        (code, told["wrong"].as_array().unwrap().len()),
        (Some(1), 1),
        "{told}"
    );
    std::fs::write(&file, "no archive").unwrap();
    assert_eq!(checked(&elsewhere, &file, &[]).0, Some(1));
}

/// Everywhere; of the same length.
fn replaced(bytes: &[u8], what: &str, with: &str) -> Vec<u8> {
    assert_eq!(what.len(), with.len());
    let mut changed = bytes.to_vec();
    let mut count = 0;
    for at in 0..=bytes.len() - what.len() {
        if bytes[at..].starts_with(what.as_bytes()) {
            changed[at..at + what.len()].copy_from_slice(with.as_bytes());
            count += 1;
        }
    }
    assert!(count > 0, "{what} is not in it");
    changed
}

/// The program in docs/EVIDENCE.md, which shares no line with ours.
#[test]
fn others_check_the_evidence_with_what_its_description_says() {
    let office = Office::after_demo();
    let file = exported(&office, "evidence.tar", &[]);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/EVIDENCE.md"));
    let page = page.unwrap();
    let (_, program) = page.split_once("```python\n").unwrap();
    let (program, _) = program.split_once("```").unwrap();
    let run = |file: &Path| {
        let mut python = std::process::Command::new("python3");
        python.args(["-c", program]).arg(file).output().unwrap()
    };
    let ran = run(&file);
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert_eq!(told.matches("unproved").count(), 2, "{told}");
    assert!(told.contains("proved   mails/"), "{told}");
    let changed = replaced(
        &std::fs::read(&file).unwrap(),
        "bill approved",
        "bill rejected",
    );
    std::fs::write(&file, changed).unwrap();
    assert!(!run(&file).status.success());
}
