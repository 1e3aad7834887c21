//! The mails we send, byte for byte: what changes in a letter shows in the golden mail beside it.
#![cfg(test)]

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::Timestamp;
use countinghouse::basics::ids::HeaderMessageId;
use countinghouse::domain::message::own::mark;
use countinghouse::domain::outbound::compose::sample_letters;
use countinghouse::domain::outbound::{Letter, Templates};
use countinghouse::formats::mime_write::{Automatic, FileToWrite, MailToWrite, write_mail};

/// No letter of ours comes near it.
const GOLDEN_MAX_BYTES: u64 = 1024 * 1024;

/// One mail of each purpose, in its fullest variant, and the two ends of the reminder ladder in both languages.
const GOLDEN: [&str; 12] = [
    "approval_request",
    "approval_request.odd",
    "approval_receipt",
    "reply_refused",
    "clarification",
    "delegation",
    "feedback.partly",
    "feedback.no_document",
    "reminder.en.courtesy",
    "reminder.en.final_notice",
    "reminder.de.courtesy",
    "reminder.de.final_notice",
];

#[test]
fn letters_are_written_as_their_golden_mails_say() {
    let templates = Templates::built_in().unwrap();
    let letters = sample_letters(&templates, &desk()).unwrap();
    let changed = letters
        .iter()
        .filter(|(name, _)| GOLDEN.contains(&name.as_str()))
        .filter_map(|(name, letter)| differs(name, &mail_of(name, letter)))
        .collect::<Vec<_>>();
    assert!(
        changed.is_empty(),
        "these mails changed:\n{}\nLook at each; where the change is meant, move NAME.eml.new over NAME.eml.",
        changed.join("\n")
    );
}

#[test]
fn no_golden_mail_is_left_behind() {
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name
            .strip_suffix(".eml")
            .is_some_and(|stem| GOLDEN.contains(&stem));
        assert!(
            known || name.ends_with(".eml.new"),
            "{name} belongs to no letter"
        );
    }
}

/// Writes what we have beside what we wanted, and names it.
fn differs(name: &str, written: &[u8]) -> Option<String> {
    let golden = folder().join(format!("{name}.eml"));
    let mut wanted = Vec::new();
    if let Ok(file) = File::open(&golden) {
        file.take(GOLDEN_MAX_BYTES)
            .read_to_end(&mut wanted)
            .unwrap();
    }
    if wanted == written {
        return None;
    }
    let new = golden.with_extension("eml.new");
    fs::write(&new, written).unwrap();
    Some(new.display().to_string())
}

fn mail_of(name: &str, letter: &Letter) -> Vec<u8> {
    let id = HeaderMessageId::parse(&format!("{name}@morgenrot.example")).unwrap();
    let answered = HeaderMessageId::parse("b2c1-approve-01@morgenrot.example").unwrap();
    let is_request = name.starts_with("approval_request");
    let is_answer = !is_request && !name.starts_with("reminder");
    let pdf = FileToWrite {
        name: "Rechnung SK-2026-0914.pdf",
        media_type: "application/pdf",
        bytes: b"%PDF-1.4 a golden mail carries no real bill\n%%EOF\n",
    };
    write_mail(&MailToWrite {
        message_id: &id,
        from: &desk(),
        from_name: "Morgenrot Kaffeerösterei, Rechnungen",
        to: &MailAddress::parse("petra.vogt@morgenrot.example").unwrap(),
        reply_to: is_request.then(|| desk().with_detail("7qx4k2")).as_ref(),
        subject: &letter.subject,
        date: "2026-11-19T08:00:00Z".parse::<Timestamp>().unwrap(),
        in_reply_to: is_answer.then_some(&answered),
        references: if is_answer {
            std::slice::from_ref(&answered)
        } else {
            &[]
        },
        automatic: if is_answer {
            Automatic::Replied
        } else {
            Automatic::Generated
        },
        purpose: name.split('.').next().unwrap(),
        mark: &mark(&[7; 32], &id),
        text: &letter.text,
        html: &letter.html,
        files: if is_request {
            std::slice::from_ref(&pdf)
        } else {
            &[]
        },
    })
}

fn desk() -> MailAddress {
    MailAddress::parse("ap@morgenrot.example").unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/letters")
}
