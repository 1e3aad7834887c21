//! The child's side: takes limits on, gives rights up, and becomes tesseract.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use rustix::process::Resource;

use crate::io::lock_in;

/// Address space: six languages and a page take 400 MB.
const MEMORY_BYTES: u64 = 2 << 30;
/// Standard input, output and error, libraries and language files.
const OPEN_FILES: u64 = 64;
/// Where programs, libraries and language files are. Read and run, never written.
const READABLE: [&str; 6] = ["/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache"];

/// `recognise PROGRAM SECONDS [LANGUAGES DPI]`; without languages it lists them.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    program: PathBuf,
    /// CPU time it may take.
    seconds: u64,
    languages: Option<String>,
    dots_per_inch: Option<u32>,
}

/// Does not come back when all is well. Exit code 1 when the process could not lock itself in or tesseract is gone.
pub fn main(how: &Arguments) -> ExitCode {
    if harden(how.seconds).is_none() {
        return ExitCode::FAILURE;
    }
    let mut tesseract = Command::new(&how.program);
    match (&how.languages, how.dots_per_inch) {
        (Some(languages), Some(dots)) => {
            let dots = dots.to_string();
            // 11 is sparse text: it finds the most words of forms and tables, whose rows are put together here anyway.
            tesseract.args(["stdin", "stdout", "-l", languages, "--psm", "11", "--dpi"]);
            tesseract.args([dots.as_str(), "tsv"]);
        }
        (None, _) | (_, None) => {
            tesseract.arg("--list-langs");
        }
    }
    // What `exec` gives back is why it did not happen.
    drop(tesseract.exec());
    ExitCode::FAILURE
}

/// A kernel without Landlock still has the limits. `None` when a step failed.
fn harden(seconds: u64) -> Option<()> {
    lock_in::limit(&[
        (Resource::As, MEMORY_BYTES),
        (Resource::Cpu, seconds),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES),
    ])?;
    lock_in::forbid_files_and_network(&READABLE)
}
