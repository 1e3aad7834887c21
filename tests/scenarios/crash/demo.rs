//! The load on local folders: the demo's mails, bills, answers, remittances, reminders and reports, over two weeks of its clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use countinghouse::io::limits::read_bytes;
use tempfile::TempDir;

use super::account::Account;
use super::deaths::{self, Death, Places};
use super::{Ended, Lived};
use crate::office::daemon::program;
use crate::office::mails::Letter;

/// Longer than the demo takes on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What `--die-at` takes for a life that is not cut short.
pub const NOWHERE: &str = "nowhere";

/// An empty folder with a known key in it, so that the tokens of every run are the same.
fn office_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/token.key"), [7; 32]).unwrap();
    folder
}

/// Runs the demo in a folder, to its end or its death.
pub async fn life(folder: &Path, die_at: &str) -> (Ended, Places) {
    let folder = folder.to_owned();
    let arguments = ["demo", "--exit", "--die-at", die_at, "--dir"].map(str::to_owned);
    let mut command = tokio::process::Command::from({
        let mut command = program(&arguments.each_ref().map(String::as_str));
        command.arg(&folder).stderr(std::process::Stdio::piped());
        command
    });
    let ran = tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output()).await;
    let ran = ran.unwrap_or_else(|_| panic!("the demo does not come to its end"));
    let ran = ran.unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    (Ended::of(ran.status, &told), deaths::told(&told))
}

/// One run from the first morning to the last day, with these deaths on its way.
pub async fn run(planned: &[Death]) -> Lived {
    let folder = office_folder();
    let (mut deaths, mut places) = (Vec::new(), Places::new());
    let mut ended = Ended::Killed;
    let mut planned = planned.iter();
    while ended == Ended::Killed {
        let death = planned.next();
        let die_at = death.map_or_else(|| NOWHERE.to_owned(), Death::to_string);
        let (how, met) = life(folder.path(), &die_at).await;
        ended = how;
        places = met;
        deaths.extend(death.filter(|_| how == Ended::Killed).cloned());
    }
    let config = folder.path().join("countinghouse.toml");
    let account = Account::of(&config, &inboxes(folder.path())).await;
    Lived {
        deaths,
        places,
        account,
    }
}

/// The folder of sent mail, by recipient. A file is named by Message-ID and recipient, so a mail that was written twice is one.
fn inboxes(folder: &Path) -> Vec<(String, Vec<Letter>)> {
    let files = std::fs::read_dir(folder.join("mail/out/new")).unwrap();
    let read = |file: PathBuf| Letter::read(&read_bytes(&file, 50 << 20).unwrap());
    let letters = files.map(|file| read(file.unwrap().path()));
    letters
        .map(|letter| (letter.field("To"), vec![letter]))
        .collect()
}
