//! Every format against changed copies of our own samples: whatever the bytes, nothing panics and nothing takes long; and
//! against inputs that grow (`grow.rs`).
//!
//! Each target takes a few hundred seeded changes with every `cargo test`. To run longer:
//! `COUNTINGHOUSE_FUZZ_RUNS=100000 cargo test --release --test fuzz`. docs/DESIGN.md says how long they ran.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

#[path = "../dice/mod.rs"]
mod dice;
mod change;
mod grow;
mod samples;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use change::Dice;
use countinghouse::formats::sniff::FileType;
use countinghouse::io::reader::{Reader, ReaderSettings};
use samples::Sample;
use targets::{TARGETS, Target};

/// Changes per target in an ordinary run: a few seconds together, unoptimised.
const RUNS: u64 = 300;

/// Processor time for one changed sample, unoptimised: the largest unchanged one takes a tenth.
const DEADLINE: Duration = Duration::from_secs(20);

#[test]
fn no_changed_sample_makes_a_format_panic() {
    let samples = samples::all();
    let runs = runs();
    for target in TARGETS {
        let fitting = samples
            .iter()
            .filter(|sample| (target.takes)(sample))
            .collect::<Vec<_>>();
        assert!(!fitting.is_empty(), "no sample for {}", target.name);
        run(target, &fitting, runs);
    }
}

/// A PDF may end its child; it never ends us, and the child's place is taken by another.
#[tokio::test]
async fn no_changed_pdf_harms_more_than_its_child() {
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
    let reader = Reader::with_settings(executable, ReaderSettings::default());
    let samples = samples::all();
    let samples = samples
        .iter()
        .filter(|sample| sample.kind == FileType::Pdf)
        .collect::<Vec<_>>();
    for number in 0..runs() {
        let mut dice = Dice::new("pdf", number);
        let sample = *dice.one_of(&samples);
        let other = *dice.one_of(&samples);
        let bytes = change::change(&mut dice, &sample.bytes, &other.bytes);
        drop(reader.read_pdf(bytes, &[]).await);
    }
    let whole = include_bytes!("../golden/files/pdf_owner_password.pdf");
    let read = reader.read_pdf(whole.to_vec(), &[]).await;
    assert!(read.is_ok_and(|read| !read.pages.is_empty()));
}

/// The same changes come out of the same numbers, so a failure names all that is needed to see it again.
fn run(target: &Target, samples: &[&Sample], runs: u64) {
    for number in 0..runs {
        let mut dice = Dice::new(target.name, number);
        let sample = *dice.one_of(samples);
        let other = *dice.one_of(samples);
        let bytes = change::change(&mut dice, &sample.bytes, &other.bytes);
        let before = grow::processor_time();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.read)(&bytes)));
        let cost = grow::processor_time().saturating_sub(before);
        assert!(
            cost < DEADLINE,
            "{} took {cost:?} for change {number} of {}; the bytes are in {}",
            target.name,
            sample.name,
            keep(target.name, number, &bytes)
        );
        assert!(
            outcome.is_ok(),
            "{} panicked on change {number} of {}; the bytes are in {}",
            target.name,
            sample.name,
            keep(target.name, number, &bytes)
        );
    }
}

fn keep(target: &str, number: u64, bytes: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-{number}"));
    match std::fs::write(&path, bytes) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("no file ({error})"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long to run is said by whoever starts the test"
)]
fn runs() -> u64 {
    match std::env::var("COUNTINGHOUSE_FUZZ_RUNS") {
        Ok(text) => text.parse().expect("COUNTINGHOUSE_FUZZ_RUNS is a number"),
        Err(_) => RUNS,
    }
}
