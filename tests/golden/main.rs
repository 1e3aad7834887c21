//! Golden files: what is read from each mail, and what happens on a day, as a person can check it. A difference writes the
//! new account beside the old one as `NAME.txt.new`: read it, and if it is better, put it in the place of the old one.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and its line says where; the files are the project's own"
)]

mod mails;
mod days;
mod sessions;

use std::path::{Path, PathBuf};

/// Where the golden files are.
fn golden(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder)
}

/// The files of a folder with this ending, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files = entries
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect::<Vec<_>>();
    files.sort();
    files
}

/// The one check: the account of a file against what is written down. Gives what to do about a difference.
fn differs(account: &Path, seen: &str) -> Option<String> {
    let written = std::fs::read_to_string(account).unwrap_or_default();
    let new = account.with_extension("txt.new");
    if written == seen {
        return None;
    }
    std::fs::write(&new, seen).unwrap();
    let line = written
        .lines()
        .zip(seen.lines())
        .position(|(old, new)| old != new);
    let line = line.unwrap_or_else(|| written.lines().count().min(seen.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    Some(format!(
        "{} differs in line {}:\n  written {}\n  seen    {}\nif the new one is right: mv {} {}",
        account.display(),
        line + 1,
        at(&written),
        at(seen),
        new.display(),
        account.display()
    ))
}
