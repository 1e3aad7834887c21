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

fn first_word(read: Result<Paginated, ReaderError>) -> String {
    let read = read.unwrap();
    read.pages[0].words[0].text.clone()
}

/// A content stream of 3 GiB of blanks in a file of a few KiB, packed three times.
fn bomb() -> Vec<u8> {
    include_bytes!("golden/files/pdf_flate_bomb.pdf").to_vec()
}

#[tokio::test]
async fn a_good_file_is_read_and_the_child_reads_the_next() {
    let reader = reader(ReaderSettings { children: 1, ..ReaderSettings::default() });
    for _ in 0..5 {
        assert_eq!(first_word(reader.read_pdf(GOOD.to_vec()).await), "Invoice");
    }
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let reader = reader(ReaderSettings::default());
    assert!(matches!(reader.read_pdf(LOCKED.to_vec()).await, Err(ReaderError::Encrypted)));
    assert!(matches!(reader.read_pdf(b"%PDF-".to_vec()).await, Err(ReaderError::Damaged(_))));
    assert!(matches!(reader.read_pdf(vec![0; 26 << 20]).await, Err(ReaderError::TooLarge)));
    assert_eq!(first_word(reader.read_pdf(GOOD.to_vec()).await), "Invoice");
}

#[tokio::test]
async fn a_bomb_ends_its_child_and_nothing_else() {
    let reader = reader(ReaderSettings { children: 1, ..ReaderSettings::default() });
    assert_eq!(first_word(reader.read_pdf(GOOD.to_vec()).await), "Invoice");
    let error = reader.read_pdf(bomb()).await.unwrap_err();
    assert!(matches!(error, ReaderError::Crashed(Some(_))), "{error:?}");
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert_eq!(first_word(reader.read_pdf(GOOD.to_vec()).await), "Invoice");
}

#[tokio::test]
async fn a_file_that_takes_too_long_is_given_up() {
    let time_limit = Duration::from_millis(20);
    let reader = reader(ReaderSettings { children: 1, time_limit, ..ReaderSettings::default() });
    let error = reader.read_pdf(bomb()).await.unwrap_err();
    assert!(matches!(error, ReaderError::TimedOut(limit) if limit == time_limit), "{error:?}");
}

#[tokio::test]
async fn many_at_once_share_the_children() {
    let reader = std::sync::Arc::new(reader(ReaderSettings { documents_per_child: 3, ..ReaderSettings::default() }));
    let reads = (0..20).map(|_| {
        let reader = reader.clone();
        tokio::spawn(async move { first_word(reader.read_pdf(GOOD.to_vec()).await) })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap(), "Invoice");
    }
}

#[tokio::test]
async fn an_executable_that_is_not_there_is_our_trouble_not_the_files() {
    let error = Reader::new(PathBuf::from("/nowhere/countinghouse")).read_pdf(GOOD.to_vec()).await.unwrap_err();
    assert!(matches!(error, ReaderError::Spawn(_)));
    assert_eq!(error.disposition(), Disposition::Retry);
}
