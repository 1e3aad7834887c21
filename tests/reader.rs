//! Hostile files and the child processes that read them, on the real executable.

use std::path::PathBuf;
use std::time::Duration;

use countinghouse::formats::page::Paginated;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::reader::{Reader, ReaderError, ReaderSettings};

const GOOD: &[u8] = include_bytes!("golden/files/pdf_owner_password.pdf");
const LOCKED: &[u8] = include_bytes!("golden/files/pdf_user_password.pdf");

fn reader(settings: ReaderSettings) -> Reader {
    Reader::with_settings(PathBuf::from(env!("CARGO_BIN_EXE_countinghouse")), settings)
}

fn first_word(read: Result<Paginated, ReaderError>) -> Option<String> {
    Some(read.ok()?.pages.first()?.words.first()?.text.clone())
}

/// A content stream of 3 GiB of blanks in a file of a few KiB, packed three times.
fn bomb() -> Vec<u8> {
    include_bytes!("golden/files/pdf_flate_bomb.pdf").to_vec()
}

#[tokio::test]
async fn a_good_file_is_read_and_the_child_reads_the_next() {
    let reader = reader(ReaderSettings {
        children: 1,
        ..ReaderSettings::default()
    });
    for _ in 0..5 {
        assert_eq!(
            first_word(reader.read_pdf(GOOD.to_vec()).await).as_deref(),
            Some("Invoice")
        );
    }
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let reader = reader(ReaderSettings::default());
    assert!(matches!(
        reader.read_pdf(LOCKED.to_vec()).await,
        Err(ReaderError::Encrypted)
    ));
    assert!(matches!(
        reader.read_pdf(b"%PDF-".to_vec()).await,
        Err(ReaderError::Damaged(_))
    ));
    assert!(matches!(
        reader.read_pdf(vec![0; 26 << 20]).await,
        Err(ReaderError::TooLarge)
    ));
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec()).await).as_deref(),
        Some("Invoice")
    );
}

#[tokio::test]
async fn a_bomb_ends_its_child_and_nothing_else() {
    let reader = reader(ReaderSettings {
        children: 1,
        ..ReaderSettings::default()
    });
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec()).await).as_deref(),
        Some("Invoice")
    );
    let error = reader.read_pdf(bomb()).await.unwrap_err();
    assert!(matches!(error, ReaderError::Crashed(Some(_))), "{error:?}");
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec()).await).as_deref(),
        Some("Invoice")
    );
}

#[tokio::test]
async fn a_file_that_takes_too_long_is_given_up() {
    let time_limit = Duration::from_millis(20);
    let reader = reader(ReaderSettings {
        children: 1,
        time_limit,
        ..ReaderSettings::default()
    });
    let error = reader.read_pdf(bomb()).await.unwrap_err();
    assert!(
        matches!(error, ReaderError::TimedOut(limit) if limit == time_limit),
        "{error:?}"
    );
}

#[tokio::test]
async fn many_at_once_share_the_children() {
    let reader = std::sync::Arc::new(reader(ReaderSettings {
        documents_per_child: 3,
        ..ReaderSettings::default()
    }));
    let reads = (0..20).map(|_| {
        let reader = reader.clone();
        tokio::spawn(async move { first_word(reader.read_pdf(GOOD.to_vec()).await) })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap().as_deref(), Some("Invoice"));
    }
}

#[tokio::test]
async fn an_executable_that_is_not_there_is_our_trouble_not_the_files() {
    let error = Reader::new(PathBuf::from("/nowhere/countinghouse"))
        .read_pdf(GOOD.to_vec())
        .await
        .unwrap_err();
    assert!(matches!(error, ReaderError::Spawn(_)));
    assert_eq!(error.disposition(), Disposition::Retry);
}

/// The child is asked by hand, so that it can be looked at while it waits for the next document.
#[test]
fn the_child_gave_up_its_rights_before_it_read_anything() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_countinghouse"))
        .arg("read-file")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut requests = child.stdin.take().unwrap();
    requests
        .write_all(&u32::try_from(GOOD.len()).unwrap().to_le_bytes())
        .unwrap();
    requests.write_all(GOOD).unwrap();
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut [0; 5])
        .unwrap();

    let about = |what: &str| {
        let mut text = String::new();
        let path = format!("/proc/{}/{what}", child.id());
        std::fs::File::open(path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    let status = about("status");
    assert!(
        status.contains(&"Seccomp: 2".to_owned()),
        "a filter of system calls: {status:?}"
    );
    assert!(
        status.contains(&"NoNewPrivs: 1".to_owned()),
        "no new rights: {status:?}"
    );
    let limits = about("limits");
    for limit in [
        "Max address space 1073741824 1073741824 bytes",
        "Max cpu time 10 10 seconds",
        "Max file size 0 0 bytes",
    ] {
        assert!(limits.contains(&limit.to_owned()), "{limit}: {limits:?}");
    }
    drop(requests);
    assert!(
        child.wait().unwrap().success(),
        "it ends by itself when the pipe is closed"
    );
}
