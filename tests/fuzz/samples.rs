//! The samples that are changed: the golden mails, the demo's mails, every part of them, and the golden files.

use std::path::Path;

use countinghouse::formats::mime;
use countinghouse::formats::sniff::{FileType, file_type};

/// One file or part.
pub struct Sample {
    pub name: String,
    pub kind: FileType,
    pub bytes: Vec<u8>,
}

/// Every sample there is.
pub fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    for folder in [
        "tests/golden/mail",
        "tests/golden/files",
        "config/demo/mail",
    ] {
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut samples,
        );
    }
    assert!(samples.len() > 50, "only {} samples", samples.len());
    samples
}

fn collect(path: &Path, samples: &mut Vec<Sample>) {
    if path.is_dir() {
        let mut entries = std::fs::read_dir(path)
            .expect("a folder of samples")
            .map(|entry| entry.expect("an entry").path())
            .collect::<Vec<_>>();
        entries.sort();
        entries.iter().for_each(|entry| collect(entry, samples));
        return;
    }
    let is_expectation =
        path.with_extension("eml").exists() && path.extension().is_some_and(|end| end == "txt");
    if is_expectation {
        return;
    }
    let name = path.display().to_string();
    let bytes = read(path);
    if path.extension().is_some_and(|end| end == "eml") {
        parts(&name, &bytes, samples);
        samples.push(Sample {
            name,
            kind: FileType::Email,
            bytes,
        });
    } else {
        samples.push(Sample {
            name,
            kind: file_type(&bytes),
            bytes,
        });
    }
}

fn parts(name: &str, raw: &[u8], samples: &mut Vec<Sample>) {
    let Ok(mail) = mime::read(raw) else { return };
    for part in &mail.parts {
        samples.push(Sample {
            name: format!("{name} part {}", part.path),
            kind: file_type(&part.bytes),
            bytes: part.bytes.to_vec(),
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "our own samples, not a stranger's file"
)]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a sample")
}
