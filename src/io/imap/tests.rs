//! The session against a server that says exactly what a script tells it to. `@` in an answer stands for the command's tag.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::io::disposition::Disposition;
use crate::io::net::Security;
use crate::io::remote::{Announced, How, RemoteKey};

/// An answer may end with the order to hang up, or be the order to say nothing.
const CUT: &str = "CUT";
const STALL: &str = "STALL";

const GREETING: &str = "* OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] hello\r\n";
const LOGIN: (&str, &str) = (
    "LOGIN",
    "@ OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] welcome\r\n",
);
const CAPABILITY: (&str, &str) = (
    "CAPABILITY",
    "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n@ OK done\r\n",
);
const SELECT: (&str, &str) = (
    "SELECT",
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n@ OK [READ-WRITE] done\r\n",
);

async fn account(greeting: &'static str, script: Vec<(&'static str, String)>) -> ImapAccount {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(greeting.as_bytes()).await.unwrap();
        for (expected, answer) in script {
            let Ok(Some(line)) = lines.next_line().await else {
                return;
            };
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            assert!(
                command.starts_with(expected),
                "{command} instead of {expected}"
            );
            if answer == STALL {
                std::future::pending::<()>().await;
            }
            let text = answer.strip_suffix(CUT).unwrap_or(&answer);
            write
                .write_all(text.replace('@', tag).as_bytes())
                .await
                .unwrap();
            if answer.ends_with(CUT) {
                return;
            }
        }
        // Reads on, as a server does that has nothing to say.
        while let Ok(Some(_)) = lines.next_line().await {}
    });
    let timeout = Duration::from_millis(300);
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        ca_file: None,
        timeout,
    };
    ImapAccount {
        server,
        user: "ap@fin.test".into(),
        proof: "pw".into(),
    }
}

async fn play(commands: &[(&'static str, &str)]) -> ImapSession {
    let mut script = vec![LOGIN, CAPABILITY, SELECT];
    script.extend_from_slice(commands);
    let script = script
        .into_iter()
        .map(|(command, answer)| (command, answer.to_owned()))
        .collect();
    let mut session = ImapSession::connect(&account(GREETING, script).await)
        .await
        .unwrap();
    let selected = session.select("INBOX").await.unwrap();
    assert_eq!(
        selected,
        Selected {
            uid_validity: 7,
            uid_next: Some(9),
            exists: 3,
            read_only: false
        }
    );
    session
}

fn key(uid: u32) -> RemoteKey {
    RemoteKey {
        uid_validity: 7,
        uid: uid.to_string(),
    }
}

fn announced(uid: u32, size_bytes: u64) -> Announced {
    Announced {
        key: key(uid),
        size_bytes,
        received_at: None,
    }
}

#[tokio::test]
async fn a_refused_look_for_mail_is_never_an_empty_mailbox() {
    let cases = [
        (
            "@ NO [UNAVAILABLE] try later\r\n",
            "the mail server answered NO to UID FETCH: [UNAVAILABLE] try later",
        ),
        (
            "@ BAD User is authenticated but not connected.\r\n",
            "the mail server answered BAD to UID FETCH: User is",
        ),
        (
            "* BYE shutting down\r\n",
            "the mail server ended the session during UID FETCH: shutting down",
        ),
        (
            "CUT",
            "the connection to the mail server broke during UID FETCH",
        ),
        (
            "* 1 FETCH (UID 5 RFC822.SIZE 10)\r\nCUT",
            "the connection to the mail server broke during UID FETCH",
        ),
        (
            "* 1 FETCH (UID 5 RFC8CUT",
            "the connection to the mail server broke during UID FETCH",
        ),
        (
            "STALL",
            "the mail server did not finish UID FETCH within 0 s",
        ),
        (
            "* 1 FETCH (UID 5 RFC822.SIZE 10)\r\n",
            "the mail server did not finish UID FETCH within 0 s",
        ),
        (
            "X999 OK done\r\n",
            "the mail server's answer to UID FETCH cannot be read",
        ),
        (
            "what is this\r\n@ OK done\r\n",
            "the mail server's answer to UID FETCH cannot be read",
        ),
        (
            "* 1 FETCH (BODY[] {900000000}\r\n",
            "the mail server's answer to UID FETCH cannot be read",
        ),
    ];
    for (answer, expected) in cases {
        let mut session = play(&[("UID FETCH 5:*", answer)]).await;
        let error = session.new_uids(5).await.unwrap_err();
        assert!(
            error.to_string().starts_with(expected),
            "{answer:?} gave {error}"
        );
        assert_eq!(error.disposition(), Disposition::Retry, "{answer:?}");
        // After an error nothing is believed any more. Only a plain NO leaves the dialogue intact.
        if !answer.starts_with("@ NO") {
            assert!(
                matches!(session.new_uids(5).await, Err(ImapError::Broken { .. })),
                "{answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn new_mail_is_what_lies_beyond_the_mark_in_order_and_nothing_else() {
    let answer = "* 3 FETCH (UID 9 INTERNALDATE \" 7-Feb-2026 01:02:03 +0100\" RFC822.SIZE 70)\r\n* 4 EXISTS\r\n\
        * 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (RFC822.SIZE 60 UID 6 X-NEW (a b))\r\n* OK [ALERT] Sch\u{f6}n\r\n\
        * 1 FETCH (UID 4 RFC822.SIZE 50)\r\n@ OK done\r\n";
    let mut session = play(&[("UID FETCH 5:* (UID RFC822.SIZE INTERNALDATE)", answer)]).await;
    let found = session.new_uids(5).await.unwrap();
    assert_eq!(
        found
            .iter()
            .map(|one| (one.key.clone(), one.size_bytes))
            .collect::<Vec<_>>(),
        [(key(6), 60), (key(9), 70)]
    );
    assert_eq!(
        found[1].received_at.unwrap().to_string(),
        "2026-02-07T00:02:03Z"
    );
}

#[tokio::test]
async fn a_batch_tells_the_bodies_and_who_is_gone() {
    let answer = "* 1 FETCH (UID 5 BODY[] {5}\r\na\r\nb@)\r\n* 2 FETCH (UID 6 FLAGS (\\Seen))\r\n@ OK done\r\n";
    // The tag takes the place of "@" in the literal too: five bytes become eight, so it is written out.
    let answer = answer.replace("{5}\r\na\r\nb@", "{5}\r\na\r\nbc");
    let mut session = play(&[("UID FETCH 5:7 (UID BODY.PEEK[])", &answer)]).await;
    let batch = session
        .fetch(&[announced(5, 5), announced(6, 5), announced(7, 5)])
        .await
        .unwrap();
    assert_eq!(batch.fetched.len(), 1);
    assert_eq!(
        (&batch.fetched[0].key, batch.fetched[0].bytes.as_slice()),
        (&key(5), &b"a\r\nbc"[..])
    );
    assert_eq!(batch.gone, [key(6), key(7)]);
}

#[tokio::test]
async fn a_mail_the_server_names_and_gives_nothing_of_is_not_taken_for_gone() {
    let nil = "* 1 FETCH (UID 5 BODY[] NIL)\r\n@ OK done\r\n";
    let mut session = play(&[("UID FETCH 5", nil)]).await;
    let error = session.fetch(&[announced(5, 5)]).await.unwrap_err();
    assert!(error.may_be_the_message(), "it is asked for again, alone");
    assert!(error.to_string().contains("gives no content"), "{error}");
    let nil = "* 1 FETCH (UID 5 BODY[]<0> NIL)\r\n@ OK done\r\n";
    let mut session = play(&[("UID FETCH 5", nil)]).await;
    let large = announced(5, 9_000_000);
    let error = session.fetch_to(&large, 10_000_000, &mut Vec::new()).await;
    assert!(error.unwrap_err().may_be_the_message());
}

#[tokio::test]
async fn a_batch_cut_before_its_ok_brings_nothing() {
    let mut session = play(&[("UID FETCH", "* 1 FETCH (UID 5 BODY[] {2}\r\nab)\r\nCUT")]).await;
    assert!(session.fetch(&[announced(5, 2)]).await.is_err());
}

#[tokio::test]
async fn a_large_message_ends_at_its_empty_window_and_a_vanished_one_is_not_taken_for_whole() {
    let window = |offset, body: &str| {
        format!(
            "* 1 FETCH (UID 5 BODY[]<{offset}> {{{}}}\r\n{body})\r\n@ OK done\r\n",
            body.len()
        )
    };
    let whole = [
        ("UID FETCH 5", window(0, "abcd")),
        ("UID FETCH 5", window(4, "ef")),
        ("UID FETCH 5", window(6, "")),
    ];
    let mut session = play(
        &whole
            .each_ref()
            .map(|(command, answer)| (*command, answer.as_str())),
    )
    .await;
    let mut sink = Vec::new();
    assert_eq!(
        session
            .fetch_to(&announced(5, 6), 100, &mut sink)
            .await
            .unwrap(),
        Some(6)
    );
    assert_eq!(sink, b"abcdef");

    let nil = "* 1 FETCH (UID 5 BODY[]<4> NIL)\r\n@ OK done\r\n";
    for (size, is_whole) in [(6, false), (4, true)] {
        let mut session = play(&[("UID FETCH 5", &window(0, "abcd")), ("UID FETCH 5", nil)]).await;
        let mail = announced(5, size);
        let fetched = session.fetch_to(&mail, 100, &mut Vec::new()).await;
        assert_eq!(fetched.ok(), is_whole.then_some(Some(4)), "{size}");
    }
    let mut session = play(&[("UID FETCH 5", &window(0, "abcd"))]).await;
    let error = session
        .fetch_to(&announced(5, 4), 3, &mut Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(error, ImapError::TooLong { limit_bytes: 3, .. }));
}

#[tokio::test]
async fn an_ok_without_proof_is_checked_before_a_message_counts_as_moved() {
    let moved = "* OK [COPYUID 8 5,7 1:2] moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n@ OK done\r\n";
    let still_here = "* 2 FETCH (UID 6)\r\n@ OK done\r\n";
    let script = [
        ("UID MOVE 5:8 \"Processed\"", moved),
        ("UID FETCH 6,8 (UID)", still_here),
    ];
    let mut session = play(&script).await;
    let marked = session
        .mark(
            &[key(5), key(6), key(7), key(8)],
            &How::Move("Processed".into()),
        )
        .await
        .unwrap();
    assert_eq!(marked.done, [key(5), key(7), key(8)]);
    assert_eq!(marked.left, [key(6)]);
}

#[tokio::test]
async fn a_missing_folder_is_made_and_the_move_repeated() {
    let script = [
        (
            "UID MOVE 5 \"Erledigt &APw-\"",
            "@ NO [TRYCREATE] no such folder\r\n",
        ),
        ("CREATE \"Erledigt &APw-\"", "@ OK done\r\n"),
        ("UID MOVE 5", "@ OK [COPYUID 8 5 1] done\r\n"),
    ];
    let mut session = play(&script).await;
    let marked = session
        .mark(&[key(5)], &How::Move("Erledigt ü".into()))
        .await
        .unwrap();
    assert_eq!(marked.done, [key(5)]);
}

#[tokio::test]
async fn a_message_of_another_epoch_is_not_touched() {
    let mut session = play(&[]).await;
    let old = RemoteKey {
        uid_validity: 6,
        uid: "5".into(),
    };
    let marked = session
        .mark(std::slice::from_ref(&old), &How::Flag("\\Seen".into()))
        .await
        .unwrap();
    assert_eq!(marked.done.first(), Some(&old));
    let batch = session
        .fetch(&[Announced {
            key: old.clone(),
            size_bytes: 1,
            received_at: None,
        }])
        .await
        .unwrap();
    assert_eq!(batch.gone, [old]);
}

#[tokio::test]
async fn a_server_without_move_gets_a_flag_instead() {
    let script = vec![
        ("LOGIN", "@ OK in\r\n".to_owned()),
        (
            "CAPABILITY",
            "* CAPABILITY IMAP4rev1\r\n@ OK done\r\n".to_owned(),
        ),
        (SELECT.0, SELECT.1.to_owned()),
        (
            "UID STORE 5 +FLAGS.SILENT (\\Seen)",
            "@ OK done\r\n".to_owned(),
        ),
    ];
    let account = account("* OK [CAPABILITY IMAP4rev1] hello\r\n", script).await;
    let mut session = ImapSession::connect(&account).await.unwrap();
    session.select("INBOX").await.unwrap();
    assert_eq!(
        session
            .mark(&[key(5)], &How::Move("Processed".into()))
            .await
            .unwrap()
            .done,
        [key(5)]
    );
}

#[tokio::test]
async fn a_wrong_password_needs_a_person_and_a_busy_server_does_not() {
    let script = |answer: &str| {
        vec![
            ("AUTHENTICATE PLAIN", "+ \r\n".to_owned()),
            ("", answer.to_owned()),
        ]
    };
    let cases = [
        (
            "A0001 NO [AUTHENTICATIONFAILED] no\r\n",
            Disposition::AskPerson,
        ),
        (
            "A0001 NO [UNAVAILABLE] backend down\r\n",
            Disposition::Retry,
        ),
    ];
    for (answer, disposition) in cases {
        let account = account(
            "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n",
            script(answer),
        )
        .await;
        let error = ImapSession::connect(&account).await.err().unwrap();
        assert!(matches!(error, ImapError::LoginRefused { .. }), "{error}");
        assert_eq!(error.disposition(), disposition);
        assert!(!format!("{error:?}").contains("pw"));
    }
}

#[tokio::test]
async fn no_password_is_sent_without_the_starttls_that_was_asked_for() {
    for (greeting, script) in [
        (
            "* OK [CAPABILITY IMAP4rev1] hello\r\n",
            vec![("STARTTLS", "@ BAD unknown\r\n".to_owned())],
        ),
        ("* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n", vec![]),
    ] {
        let mut account = account(greeting, script).await;
        account.server.security = Security::StartTls;
        let error = ImapSession::connect(&account).await.err().unwrap();
        assert!(matches!(error, ImapError::NoStartTls { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_folder_without_lasting_numbers_is_refused() {
    let script = vec![LOGIN, CAPABILITY, ("SELECT", "* 3 EXISTS\r\n@ OK done\r\n")];
    let script = script
        .into_iter()
        .map(|(command, answer)| (command, answer.to_owned()))
        .collect();
    let mut session = ImapSession::connect(&account(GREETING, script).await)
        .await
        .unwrap();
    assert!(matches!(
        session.select("INBOX").await,
        Err(ImapError::NoUidValidity { .. })
    ));
}

#[tokio::test]
async fn strange_greetings_end_in_an_error_and_never_hang() {
    for greeting in [
        "",
        "* BYE go away\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "* OK\r\n\0\0\0\0",
        "+ what\r\n",
        "* OK {99999999}\r\n",
    ] {
        let account = account(greeting, vec![]).await;
        assert!(
            ImapSession::connect(&account).await.is_err(),
            "{greeting:?}"
        );
    }
}

#[tokio::test]
async fn the_wait_for_mail_ends_when_the_folder_grows_and_the_session_goes_on() {
    let mut session = play(&[
        (
            "IDLE",
            "+ idling\r\n* OK still here\r\n* 2 EXPUNGE\r\n* 2 EXISTS\r\n* 3 EXISTS\r\n",
        ),
        ("", "* 4 EXISTS\r\nA0004 OK done\r\n"),
        ("SELECT", SELECT.1),
        (
            "UID FETCH",
            "* 3 FETCH (UID 9 RFC822.SIZE 10)\r\n* 4 EXISTS\r\n@ OK done\r\n",
        ),
    ])
    .await;
    assert!(!session.can_wait(), "this server never said IDLE");
    session
        .wait_for_news(Duration::from_secs(3600))
        .await
        .unwrap();
    assert_eq!(session.select("INBOX").await.unwrap().exists, 3);
    // A mail that comes during another command is not waited for again.
    assert_eq!(session.new_uids(9).await.unwrap().len(), 1);
    session
        .wait_for_news(Duration::from_secs(3600))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_silent_server_is_asked_to_stop_when_the_time_is_over() {
    let mut session = play(&[
        ("IDLE", "+ idling\r\n"),
        ("", "A0004 OK done\r\n"),
        ("SELECT", SELECT.1),
    ])
    .await;
    session
        .wait_for_news(Duration::from_millis(20))
        .await
        .unwrap();
    assert_eq!(session.select("INBOX").await.unwrap().exists, 3);
}

#[tokio::test]
async fn a_wait_that_breaks_is_an_error_and_never_silence() {
    let cases = [
        "@ NO not now\r\n",
        "@ BAD what\r\n",
        "@ OK nothing to tell\r\n",
        "* BYE going down\r\nCUT",
        "+ idling\r\n* BYE going down\r\n",
        "+ idling\r\nCUT",
        STALL,
    ];
    for answer in cases {
        let mut session = play(&[("IDLE", answer)]).await;
        let waited = session.wait_for_news(Duration::from_secs(3600)).await;
        assert!(waited.is_err(), "{answer}");
        assert!(session.select("INBOX").await.is_err(), "{answer}");
    }
}

#[test]
fn a_server_that_throttles_says_how_long_to_stay_away() {
    let no = |answer: &str| ImapError::No {
        command: "SELECT",
        answer: answer.to_owned(),
    };
    let told = no("Request is throttled. Suggested Backoff Time: 299961 milliseconds");
    assert_eq!(told.asked_to_wait(), Some(Duration::from_millis(299_961)));
    for other in [
        "[THROTTLED]",
        "Suggested Backoff Time: soon",
        "Suggested Backoff Time: 5 days",
    ] {
        assert_eq!(no(other).asked_to_wait(), None, "{other}");
    }
}
