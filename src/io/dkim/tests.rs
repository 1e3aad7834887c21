#![expect(
    clippy::disallowed_methods,
    reason = "the library signs at its own time, and the signed mails are files"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use tokio::net::UdpSocket;

use super::*;

const MAIL: &str =
    "From: Anna <anna@example.com>\r\nTo: ap@fin.test\r\nSubject: Re: bill\r\n\r\nApproved\r\n";

fn key() -> Ed25519Key {
    Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().expect("a key")).expect("a key")
}

fn signed(key: Ed25519Key, headers: &[&str]) -> String {
    let signer = DkimSigner::from_key(key)
        .domain("example.com")
        .selector("s1")
        .headers(headers.iter().copied());
    let signature = signer.sign(MAIL.as_bytes()).expect("a signature");
    format!("{}{MAIL}", signature.to_header())
}

/// A name server that knows these text records, by name.
async fn name_server(records: Vec<(String, String)>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("its address");
    tokio::spawn(async move {
        let mut buffer = [0_u8; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let question = &buffer[..length];
            let asked = asked_name(question);
            let known = records.iter().find(|(name, _)| *name == asked);
            let answer = known.map_or_else(
                || no_such_name(question),
                |(_, record)| answer(question, record),
            );
            socket.send_to(&answer, from).await.expect("sent");
        }
    });
    address
}

/// The labels of the question (RFC 1035 section 4.1.2).
fn asked_name(question: &[u8]) -> String {
    let mut labels = Vec::new();
    let mut rest = &question[12..];
    while let Some((length, after)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (label, next) = after.split_at(usize::from(*length));
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        rest = next;
    }
    labels.join(".")
}

/// NXDOMAIN (RFC 1035 section 4.1.1).
fn no_such_name(question: &[u8]) -> Vec<u8> {
    let mut packet = question[..question_end(question)].to_vec();
    packet[2..4].copy_from_slice(&[0x84, 0x03]);
    packet[4..12].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    packet
}

fn question_end(question: &[u8]) -> usize {
    let name = question[12..].iter().position(|byte| *byte == 0);
    12 + name.expect("a name") + 5
}

/// RFC 1035 section 4: the header and question as they came, then one TXT record that points back at the name.
fn answer(question: &[u8], record: &str) -> Vec<u8> {
    let mut packet = question[..question_end(question)].to_vec();
    packet[2..4].copy_from_slice(&[0x84, 0x00]);
    packet[4..12].copy_from_slice(&[0, 1, 0, 1, 0, 0, 0, 0]);
    packet.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
    // Strings of at most 255 bytes each (RFC 1035 section 3.3).
    let strings = record.as_bytes().chunks(255);
    let length = record.len() + strings.len();
    packet.extend(u16::try_from(length).expect("a short record").to_be_bytes());
    for string in strings {
        packet.push(u8::try_from(string.len()).expect("one string"));
        packet.extend(string);
    }
    packet
}

fn record(key: &Ed25519Key) -> String {
    format!(
        "v=DKIM1; k=ed25519; p={}",
        STANDARD.encode(key.public_key())
    )
}

async fn check(record: String, raw: &str) -> Vec<OwnDkim> {
    let records = vec![("s1._domainkey.example.com".to_owned(), record)];
    check_all(records, raw, Timestamp::now()).await.dkim
}

async fn check_all(records: Vec<(String, String)>, raw: &str, received_at: Timestamp) -> OwnChecks {
    let server = name_server(records).await;
    let checker = DkimChecker::new(Some(server), Duration::from_secs(5), true).expect("a resolver");
    let checked = checker.check(raw.as_bytes(), received_at).await;
    assert!(!checked.is_undecided, "the name server answers");
    checked.own
}

fn result(result: CheckOutcome) -> Vec<OwnDkim> {
    vec![OwnDkim {
        domain: "example.com".into(),
        result,
    }]
}

#[tokio::test]
async fn a_good_signature_passes_also_with_maildir_line_ends() {
    let key = key();
    let record = record(&key);
    let raw = signed(key, &["From", "To", "Subject"]);
    assert_eq!(
        check(record.clone(), &raw).await,
        result(CheckOutcome::Pass)
    );
    assert_eq!(
        check(record, &raw.replace("\r\n", "\n")).await,
        result(CheckOutcome::Pass)
    );
}

#[tokio::test]
async fn a_changed_body_header_or_key_fails() {
    let key = key();
    let record_of_key = record(&key);
    let raw = signed(key, &["From", "To", "Subject"]);
    for changed in [
        raw.replace("Approved", "Rejected"),
        raw.replace("Anna <anna@", "Anna <berta@"),
    ] {
        assert_eq!(
            check(record_of_key.clone(), &changed).await,
            result(CheckOutcome::Fail)
        );
    }
    assert_eq!(
        check(record(&self::key()), &raw).await,
        result(CheckOutcome::Fail)
    );
}

#[tokio::test]
async fn a_signature_that_leaves_from_out_proves_nothing() {
    let key = key();
    let record = record(&key);
    assert_eq!(check(record, &signed(key, &["To", "Subject"])).await, []);
}

#[tokio::test]
async fn a_silent_name_server_gives_no_proof_and_no_accusation_in_time() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("its address");
    let checker =
        DkimChecker::new(Some(address), Duration::from_millis(300), true).expect("a resolver");
    let raw = signed(key(), &["From"]);
    let undecided = Checked {
        own: OwnChecks::default(),
        is_undecided: true,
    };
    assert_eq!(
        checker.check(raw.as_bytes(), Timestamp::now()).await,
        undecided
    );
    // What carries no signature needs no name server.
    assert_eq!(
        checker.check(b"no mail at all", Timestamp::now()).await,
        Checked::default()
    );
}

/// What openssl writes for this algorithm, and its public half as it stands in DNS.
fn openssl_key(algorithm: &[&str]) -> (String, Vec<u8>) {
    let run = |arguments: &[&str], input: &[u8]| {
        use std::io::Write;
        use std::process::{Command, Stdio};
        let mut child = Command::new("openssl")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl, which tests/run installs");
        let mut to = child.stdin.take().expect("its input");
        to.write_all(input).expect("written");
        drop(to);
        child.wait_with_output().expect("its output").stdout
    };
    let pem = run(&[&["genpkey"], algorithm].concat(), b"");
    let public = run(&["pkey", "-pubout", "-outform", "DER"], &pem);
    (String::from_utf8(pem).expect("PEM"), public)
}

#[tokio::test]
async fn what_we_sign_with_keys_of_openssl_is_verified_and_a_change_is_seen() {
    let rsa = openssl_key(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    let ed25519 = openssl_key(&["-algorithm", "ed25519"]);
    // In DNS an Ed25519 key stands without the twelve bytes that say what it is (RFC 8463 section 4).
    let records = [
        (
            rsa.0,
            format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(&rsa.1)),
        ),
        (
            ed25519.0,
            format!(
                "v=DKIM1; k=ed25519; p={}",
                STANDARD.encode(&ed25519.1[12..])
            ),
        ),
    ];
    for (pem, record) in records {
        let signing = Signing::new("example.com", "s1", &pem).expect("a key");
        let signed = signing.sign(MAIL.as_bytes()).expect("signed");
        let signed = String::from_utf8(signed).expect("text");
        assert!(signed.starts_with("DKIM-Signature: ") && signed.ends_with(MAIL));
        assert_eq!(
            check(record.clone(), &signed).await,
            result(CheckOutcome::Pass)
        );
        let changed = signed.replace("Approved", "Rejected");
        assert_eq!(check(record, &changed).await, result(CheckOutcome::Fail));
    }
    assert_eq!(
        Signing::new("example.com", "s1", "no key").err(),
        Some(SigningError::Key)
    );
}

/// A mail with the keys its signatures need in front, one record a line.
fn with_keys(text: &str) -> (Vec<(String, String)>, String) {
    let text = text.replace("\r\n", "\n");
    let (keys, mail) = text
        .split_once("\n\n")
        .expect("keys, an empty line, the mail");
    let record = |line: &str| {
        let (name, record) = line.split_once(' ').expect("a name and its record");
        (name.to_lowercase(), record.to_owned())
    };
    (keys.lines().map(record).collect(), mail.to_owned())
}

/// Before any of their signatures expired: nobody knows when these mails came.
const IN_TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// Mails that another program signed and sealed: our own, or those of the folder that COUNTINGHOUSE_SIGNED_MAILS names.
fn signed_mails() -> Vec<(String, String)> {
    let folder = std::env::var("COUNTINGHOUSE_SIGNED_MAILS");
    let folder = folder.unwrap_or_else(|_| "tests/golden/signed".into());
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).expect("a file");
        (
            path.display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    };
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut mails = files
        .map(|file| read(file.expect("a file").path()))
        .collect::<Vec<_>>();
    mails.sort();
    mails
}

#[tokio::test]
async fn what_others_signed_and_sealed_verifies_with_its_keys_and_not_without() {
    let mails = signed_mails();
    assert!(mails.len() >= 3, "{} mails", mails.len());
    for (name, text) in mails {
        let (keys, mail) = with_keys(&text);
        let own = check_all(keys, &mail, IN_TIME).await;
        println!("{name}: arc {:?}, {:?}", own.arc, own.dkim);
        let is_sealed = mail.contains("\nARC-Seal:") || mail.starts_with("ARC-Seal:");
        match is_sealed {
            true => assert_eq!(own.arc, CheckOutcome::Pass, "{name}"),
            false => assert!(
                own.dkim.iter().any(|own| own.result == CheckOutcome::Pass),
                "{name}"
            ),
        }
        let without = check_all(Vec::new(), &mail, IN_TIME).await;
        assert_ne!(without.arc, CheckOutcome::Pass, "{name}");
        assert!(
            without
                .dkim
                .iter()
                .all(|own| own.result != CheckOutcome::Pass),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_sealed_mail_that_was_changed_afterwards_does_not_hold() {
    let (keys, mail) = with_keys(include_str!(
        "../../../tests/golden/signed/sealed_by_two.txt"
    ));
    for changed in [
        mail.replace("Bon a payer", "Bon a payer 2"),
        mail.replace("From: Paul", "From: Pauline"),
        mail.replace("dmarc=pass header.from", "dmarc=none header.from"),
        mail.replace("i=1; cv=none", "i=1; cv=pass"),
    ] {
        assert_ne!(changed, mail);
        let own = check_all(keys.clone(), &changed, IN_TIME).await;
        assert_eq!(own.arc, CheckOutcome::Fail);
    }
    let nobody_asked =
        DkimChecker::new(Some(name_server(keys).await), Duration::from_secs(5), false);
    let checked = nobody_asked
        .expect("a resolver")
        .check(mail.as_bytes(), IN_TIME)
        .await;
    assert_eq!(checked.own.arc, CheckOutcome::None);
}

#[tokio::test]
async fn a_signature_is_judged_by_the_day_the_mail_came() {
    let key = key();
    let records = vec![("s1._domainkey.example.com".to_owned(), record(&key))];
    let signer = DkimSigner::from_key(key)
        .domain("example.com")
        .selector("s1")
        .headers(["From", "Subject"])
        .expiration(3600);
    let signature = signer.sign(MAIL.as_bytes()).expect("a signature");
    let raw = format!("{}{MAIL}", signature.to_header());
    let now = Timestamp::now();
    let hours = |hours| {
        now.checked_add(jiff::Span::new().hours(hours))
            .expect("a time")
    };
    for (received_at, expected) in [(now, CheckOutcome::Pass), (hours(2), CheckOutcome::Fail)] {
        let own = check_all(records.clone(), &raw, received_at).await;
        assert_eq!(own.dkim, result(expected), "{received_at}");
    }
}
