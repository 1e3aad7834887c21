//! Sessions as servers of many makes hold them, played to our client: it must come to its end with what is true or with an
//! error that says what the server did, and never hang, crash or take a refusal for an empty mailbox.
//!
//! A recording is the server's side, line by line. `A########` stands for the tag of the client's command, `---` for the wait
//! for its next line, `#` begins a remark in the head. Behind its last line the server hangs up; `--- silence` keeps it open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countinghouse::basics::text::chain;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::imap::{ImapAccount, ImapError, ImapSession};
use countinghouse::io::net::{Security, Server};
use countinghouse::io::remote::{How, batches};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::{differs, files, golden};

/// How long our client waits for a word.
const WAIT: Duration = Duration::from_millis(200);
/// No session takes so long, or it hangs.
const PATIENCE: Duration = Duration::from_secs(20);
const TAG: &str = "A########";
const SILENCE: &str = "silence";

/// What the server says, turn by turn, and whether it hangs up then.
#[derive(Clone)]
struct Recording {
    turns: Vec<String>,
    stays: bool,
}

impl Recording {
    fn read(text: &str) -> Self {
        let (mut turns, mut stays) = (vec![String::new()], false);
        for line in text.lines().skip_while(|line| line.starts_with('#')) {
            match line.strip_prefix("---") {
                Some(order) => {
                    stays |= order.trim() == SILENCE;
                    turns.push(String::new());
                }
                None => {
                    let turn = turns.last_mut().unwrap();
                    turn.push_str(line);
                    turn.push_str("\r\n");
                }
            }
        }
        Self { turns, stays }
    }

    /// Plays it to one client.
    async fn account(self) -> ImapAccount {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut tag = "*".to_owned();
            for (nth, turn) in self.turns.iter().enumerate() {
                if nth > 0 {
                    let Ok(Some(line)) = lines.next_line().await else {
                        return;
                    };
                    // The answer to "+" and the end of IDLE carry no tag: the command's own goes on.
                    let first = line.split(' ').next().unwrap_or_default();
                    if first.starts_with('A') && line.contains(' ') {
                        first.clone_into(&mut tag);
                    }
                }
                let said = write.write_all(turn.replace(TAG, &tag).as_bytes()).await;
                if said.is_err() {
                    return;
                }
            }
            while self.stays && matches!(lines.next_line().await, Ok(Some(_))) {}
        });
        ImapAccount {
            server: Server {
                host: "127.0.0.1".into(),
                port,
                security: Security::None,
                ca_file: None,
                timeout: WAIT,
            },
            user: "ap@fin.test".into(),
            proof: "pw".into(),
        }
    }
}

/// What the daemon does with a mailbox, written down as it goes.
async fn visit(account: &ImapAccount, told: &mut Vec<String>) -> Result<(), ImapError> {
    let mut session = ImapSession::connect(account).await?;
    let selected = session.select("INBOX").await?;
    told.push(format!(
        "selected: epoch {}, {} mails{}",
        selected.uid_validity,
        selected.exists,
        if selected.read_only {
            ", read only"
        } else {
            ""
        }
    ));
    let all = session.new_uids(5).await?;
    for one in &all {
        let when = one
            .received_at
            .map_or("no date".into(), |at| at.to_string());
        told.push(format!(
            "new: {}, {} bytes, {when}",
            one.key.uid, one.size_bytes
        ));
    }
    for batch in batches(&all) {
        let brought = session.fetch(batch).await?;
        for mail in &brought.fetched {
            let start = String::from_utf8_lossy(&mail.bytes);
            let (uid, length) = (&mail.key.uid, mail.bytes.len());
            let first = start.lines().next().unwrap_or_default();
            told.push(format!("fetched: {uid}, {length} bytes: {first}"));
        }
        told.extend(brought.gone.iter().map(|key| format!("gone: {}", key.uid)));
    }
    let keys = all.into_iter().map(|one| one.key).collect::<Vec<_>>();
    let marked = session.mark(&keys, &How::Move("Processed".into())).await?;
    told.extend(marked.done.iter().map(|key| format!("marked: {}", key.uid)));
    told.extend(marked.left.iter().map(|key| format!("left: {}", key.uid)));
    if session.can_wait() {
        session.wait_for_news(WAIT).await?;
        told.push("waited".into());
    }
    session.logout().await;
    Ok(())
}

/// The account of a session, as a person reads it.
async fn account_of(recording: Recording) -> String {
    let account = recording.account().await;
    let mut told = Vec::new();
    let visited = tokio::time::timeout(PATIENCE, visit(&account, &mut told)).await;
    told.push(match visited.unwrap() {
        Ok(()) => "ended well".into(),
        Err(error) => format!("error ({:?}): {}", error.disposition(), chain(&error)),
    });
    told.join("\n") + "\n"
}

#[tokio::test]
async fn every_recorded_session_ends_as_written_down() {
    let recordings = files(&golden("imap"), "imap");
    assert!(recordings.len() > 10);
    let mut differences = Vec::new();
    for path in recordings {
        let text = std::fs::read_to_string(&path).unwrap();
        let seen = account_of(Recording::read(&text)).await;
        differences.extend(differs(&path.with_extension("txt"), &seen));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn a_line_that_never_ends_and_a_server_that_drips_end_in_an_error() {
    let endless = Recording {
        turns: vec![format!("* OK {}", "x".repeat(400_000))],
        stays: true,
    };
    let seen = account_of(endless).await;
    assert!(seen.contains("a line of more than 256 KiB"), "{seen}");
    let drips = Recording {
        turns: vec![
            "* OK [CAPABILITY IMAP4rev1] hello\r\n".into(),
            "* OK still".into(),
        ],
        stays: true,
    };
    let seen = account_of(drips).await;
    assert!(seen.contains("did not finish LOGIN within"), "{seen}");
}

/// A server that stops in the middle of anything, or is stopped (SIGSTOP: its kernel still takes what we send), or is cut off
/// by a network that tells nobody.
#[tokio::test]
async fn a_server_that_falls_silent_or_hangs_up_at_any_point_ends_in_an_error_in_time() {
    let usual = Recording::read(USUAL);
    let last = usual.turns.len() - 1;
    for (silent_from, stays) in (0..last).flat_map(|turn| [(turn, true), (turn, false)]) {
        let recording = Recording {
            turns: usual.turns[..silent_from].to_vec(),
            stays,
        };
        let recording = match silent_from {
            0 => Recording {
                turns: vec![String::new()],
                stays,
            },
            _ => recording,
        };
        let begun = std::time::Instant::now();
        let seen = account_of(recording).await;
        let took = begun.elapsed();
        let told = seen.lines().last().unwrap_or_default();
        assert!(told.starts_with("error (Retry): "), "{silent_from}: {seen}");
        assert!(took < 10 * WAIT, "{silent_from}: {took:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_accepts_or_never_encrypts_ends_in_an_error_in_time() {
    // Connections to a listener nobody serves are made by the kernel alone, as to a stopped process.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut account = Recording::read("").account().await;
    account.server.port = listener.local_addr().unwrap().port();
    for security in [Security::None, Security::StartTls, Security::Tls] {
        account.server.security = security;
        let begun = std::time::Instant::now();
        let error = ImapSession::connect(&account).await.err().unwrap();
        assert_eq!(error.disposition(), Disposition::Retry, "{error}");
        assert!(begun.elapsed() < 10 * WAIT, "{security:?}");
    }
}

/// What our own recordings hold, or the files of a folder that COUNTINGHOUSE_IMAP_RECORDINGS names, one answer a file.
fn recorded_answers() -> BTreeMap<String, String> {
    if let Some(folder) = std::env::var_os("COUNTINGHOUSE_IMAP_RECORDINGS") {
        let answers = files(Path::new(&folder), "txt").into_iter().map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            let answer = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            (answer.replace('\n', "\r\n"), path.display().to_string())
        });
        return answers.collect();
    }
    let of = |path: PathBuf| {
        let recording = Recording::read(&std::fs::read_to_string(&path).unwrap());
        let name = path.display().to_string();
        recording
            .turns
            .into_iter()
            .map(move |turn| (turn, name.clone()))
    };
    let own = files(Path::new("tests/golden/imap"), "imap");
    own.into_iter().flat_map(of).collect()
}

/// Every recorded answer in the place of every answer our client waits for: it comes to an end each time.
#[tokio::test]
async fn odd_answers_in_every_place() {
    let usual = Recording::read(USUAL);
    let mut counts = BTreeMap::<String, u32>::new();
    let answers = recorded_answers();
    assert!(answers.len() > 20, "{} answers recorded", answers.len());
    for (answer, shown) in answers {
        for place in 0..usual.turns.len() {
            let mut recording = usual.clone();
            recording.turns[place].clone_from(&answer);
            let seen = account_of(recording).await;
            let last = seen.lines().last().unwrap_or_default().to_owned();
            if std::env::var_os("COUNTINGHOUSE_IMAP_SHOW").is_some() {
                println!("{shown} at {place}: {last}");
            }
            *counts.entry(last).or_default() += 1;
        }
    }
    for (end, count) in &counts {
        println!("{count:5} {end}");
    }
    assert!(counts.len() > 1, "all ended alike: {counts:?}");
}

/// A visit without anything odd.
const USUAL: &str = include_str!("imap/usual.imap");
