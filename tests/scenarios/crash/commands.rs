//! What is done beside the daemon's usual work: a backup, the word about restored books, a file somebody saves, a move to a server.
//! Whoever does it again after a kill -9 has it done, and has nothing twice.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::deaths::{self, Places};
use super::{account, daemon, demo};
use crate::moving::{MOVE, SAME_FOLDER, goes_on, in_the_middle_of_its_work};
use crate::office::closed::Ran;
use crate::office::daemon::program;
use crate::office::everything;

const MARK: &str = "data/restored-from-backup";

/// An office after some weeks.
async fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    demo::life(folder.path(), demo::NOWHERE).await;
    folder
}

fn config(folder: &Path) -> PathBuf {
    folder.join("countinghouse.toml")
}

fn run(folder: &Path, arguments: &[&str], die_at: &str) -> Ran {
    let config = config(folder);
    let mut command = program(&["--config", config.to_str().unwrap()]);
    command.args(arguments).args(["--die-at", die_at]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.output().unwrap().into()
}

/// A daemon on books from a backup; it ends when it was killed or everybody was told.
fn run_restored(folder: &Path, die_at: &str) -> String {
    let told = folder.join("told");
    let config = config(folder);
    let arguments = ["--config", config.to_str().unwrap(), "run"];
    let mut command = program(&arguments);
    command.args(["--die-at", die_at]);
    command.stderr(std::fs::File::create(&told).unwrap());
    let mut process = command.spawn().unwrap();
    let read = || daemon::read(&told);
    while process.try_wait().unwrap().is_none() && !read().contains("met restore-mark.after") {
        std::thread::sleep(Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    read()
}

fn a_document(folder: &Path) -> String {
    let list = ["documents", "list", "--json", "--limit", "1"];
    let listed = run(folder, &list, demo::NOWHERE);
    let row: serde_json::Value = serde_json::from_str(listed.out.lines().next().unwrap()).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

/// The places met by these commands, each done once.
pub async fn places(folder: &Path) -> Places {
    let backup = folder.join("backup.tar");
    let ran = run(folder, &["backup", backup.to_str().unwrap()], demo::NOWHERE);
    let mut met = deaths::told(&ran.err);
    let (id, file) = (a_document(folder), folder.join("saved"));
    let save = ["documents", "save", &id, file.to_str().unwrap()];
    met.extend(deaths::told(&run(folder, &save, demo::NOWHERE).err));
    std::fs::write(folder.join(MARK), "2026-11-20T10:00:00Z\n").unwrap();
    met.extend(deaths::told(&run_restored(folder, demo::NOWHERE)));
    let mut moved = in_the_middle_of_its_work().await;
    moved.writes_new_configuration(SAME_FOLDER).await;
    let arguments = [&MOVE[..], &["--die-at", demo::NOWHERE]].concat();
    met.extend(deaths::told(
        &moved.run("countinghouse.toml", &arguments).err,
    ));
    met
}

#[tokio::test]
async fn killed_over_a_backup_or_a_saved_file_there_is_a_whole_one_or_none() {
    let folder = office().await;
    let folder = folder.path();
    let id = a_document(folder);
    for (what, place) in [
        (vec!["backup"], "backup-file"),
        (vec!["documents", "save", &id], "saved-file"),
    ] {
        for (side, is_there) in [("before", false), ("after", true)] {
            let file = folder.join(format!("{place}-{side}"));
            let arguments = [&what[..], &[file.to_str().unwrap()]].concat();
            let killed = run(folder, &arguments, &format!("{place}.{side}:1"));
            assert_eq!(killed.code, None, "{}", killed.err);
            assert_eq!(file.exists(), is_there, "{place}.{side}");
            let unfinished = folder.join(format!("{place}-{side}.unfinished"));
            assert_eq!(unfinished.exists(), !is_there, "{place}.{side}");
            let mut again = run(folder, &arguments, demo::NOWHERE);
            if place == "backup-file" && !is_there {
                // It says which file is in the way: another backup may be writing it.
                assert!(again.err.contains("remove it then"), "{}", again.err);
                std::fs::remove_file(unfinished).unwrap();
                again = run(folder, &arguments, demo::NOWHERE);
            }
            assert_eq!(again.code == Some(0), !is_there, "{}", again.err);
            let other = folder.join(format!("{place}-{side}-other"));
            let other = other.to_str().unwrap();
            let whole = run(folder, &[&what[..], &[other]].concat(), demo::NOWHERE);
            assert_eq!(whole.code, Some(0), "{}", whole.err);
            let size = |path: &Path| std::fs::metadata(path).unwrap().len();
            assert_eq!(size(&file), size(Path::new(other)), "whole");
        }
    }
}

#[tokio::test]
async fn killed_while_it_tells_of_restored_books_it_tells_everybody_once() {
    for side in ["before", "after"] {
        let folder = office().await;
        let mark = folder.path().join(MARK);
        std::fs::write(&mark, "2026-11-20T10:00:00Z\n").unwrap();
        run_restored(folder.path(), &format!("restore-mark.{side}:1"));
        assert_eq!(mark.exists(), side == "before", "{side}");
        if mark.exists() {
            run_restored(folder.path(), demo::NOWHERE);
        }
        assert!(!mark.exists());
        let store = account::open(&config(folder.path())).await;
        let told = store.list_exceptions(&everything()).await.unwrap();
        let about = |reason: &str| reason.contains("the books end at");
        let told = told.iter().filter(|one| about(&one.reason));
        assert_eq!(told.count(), 2, "one for each mailbox");
        store.close().await;
    }
}

#[tokio::test]
async fn killed_while_books_are_marked_as_moved_the_move_is_finished_by_the_same_command() {
    for side in ["before", "after"] {
        let mut office = in_the_middle_of_its_work().await;
        office.writes_new_configuration(SAME_FOLDER).await;
        let place = format!("moved-mark.{side}:1");
        let arguments = [&MOVE[..], &["--die-at", &place]].concat();
        let killed = office.run("countinghouse.toml", &arguments);
        assert_eq!(killed.code, None, "{}", killed.err);
        let again = office.run("countinghouse.toml", &MOVE);
        if side == "before" {
            assert_eq!(again.object()["was_there_already"], true);
        } else {
            again.refused(2, "these books were moved to");
        }
        let daemon = office.run("countinghouse.toml", &["run"]);
        daemon.refused(2, "these books were moved to");
        let verified = office.run("new.toml", &["audit", "verify", "--json"]);
        assert_eq!(verified.code, Some(0), "{}", verified.err);
        goes_on(office.opened_with_new_configuration().await).await;
    }
}
