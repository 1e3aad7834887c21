//! `backup`: the books, the mails and the key in one file, taken while the daemon works, and an office made of it.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::daemon::{start, terminate};
use crate::office::{Office, files_below};

#[test]
fn a_backup_taken_while_the_daemon_works_is_a_whole_office_again() {
    let office = Office::after_demo();
    let daemon = start(&office);
    let told = office
        .run(&["backup", "office.tar", "--json"])
        .ok()
        .object();
    assert_eq!(terminate(daemon), Some(0));
    let archive = office.path("office.tar");
    let mode = std::fs::metadata(&archive).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the key is in it");
    let mails = files_below(&office.path("data/sha256")).len() as u64;
    assert_eq!(told["files"], mails + 3, "{told}");

    let again = Office::new();
    let data = again.path("data");
    std::fs::create_dir(&data).unwrap();
    let unpacked = Command::new("tar")
        .args([
            "-xf",
            archive.to_str().unwrap(),
            "-C",
            data.to_str().unwrap(),
        ])
        .status()
        .unwrap();
    assert!(unpacked.success());
    again.run(&["audit", "verify"]).ok();
    for what in ["messages", "bills", "outbound", "audit"] {
        let list = [what, "list", "--limit", "10000", "--json"];
        assert_eq!(
            again.run(&list).ok().out,
            office.run(&list).ok().out,
            "{what}"
        );
    }
    // Its daemon says at once that these books end where the backup was made, and says it once.
    for _ in 0..2 {
        assert_eq!(terminate(start(&again)), Some(0));
        let items = again.run(&["exceptions", "list", "--limit", "10000", "--json"]);
        assert_eq!(items.ok().out.matches("the books end at").count(), 2);
    }
    let unfinished = files_below(&office.path("data/unfinished"));
    assert!(unfinished.is_empty(), "{unfinished:?}");
}

#[test]
fn a_backup_replaces_no_file_and_says_what_to_do() {
    let office = Office::after_demo();
    office.write("office.tar", "an older one");
    let ran = office.run(&["backup", "office.tar"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("office.tar is there already"),
        "{}",
        ran.err
    );
    assert_eq!(
        std::fs::read(office.path("office.tar")).unwrap(),
        b"an older one"
    );
}
