use super::*;
use crate::formats::smime;

fn paths<'m>(mail: &'m Mail<'_>) -> Vec<(&'m str, &'m str)> {
    mail.parts
        .iter()
        .map(|part| (part.path.as_str(), part.content_type.as_str()))
        .collect()
}

fn multipart(boundary: &str, parts: &[&str]) -> String {
    let inner = parts
        .iter()
        .map(|part| format!("--{boundary}\n{part}\n"))
        .collect::<String>();
    format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n{inner}--{boundary}--\n")
}

const HEAD: &str = "From: \"Berg, Anna\" <Anna@Example.com>\nTo: ap@fin.test, Bob <bob@fin.test>\nSubject: =?utf-8?q?Rechnung_f=C3=BCr?= Mai\n\
    Date: Sat, 21 Nov 2026 10:00:00 +0100\nMessage-ID: <a1@example.com>\nIn-Reply-To: <b@fin.test>\nReferences: <c@fin.test>\n <b@fin.test>\nMIME-Version: 1.0\n";

#[test]
fn headers_are_read_and_kept_as_written() {
    for line_end in ["\n", "\r\n"] {
        let raw = format!("{HEAD}\nHello\n").replace('\n', line_end);
        let mail = read(raw.as_bytes()).expect("a mail");
        let headers = &mail.headers;
        assert_eq!(headers.subject, "Rechnung für Mai");
        assert_eq!(
            headers.from.first().and_then(|from| from.name.as_deref()),
            Some("Berg, Anna")
        );
        assert_eq!(
            headers.from.first().map(|from| from.written.as_str()),
            Some("Anna@Example.com")
        );
        assert_eq!(headers.to.len(), 2);
        assert_eq!(
            headers.message_id.as_ref().map(|id| id.as_str()),
            Some("a1@example.com")
        );
        assert_eq!(headers.references.len(), 2);
        assert_eq!(
            headers.date.map(|date| date.to_string()).as_deref(),
            Some("2026-11-21T09:00:00Z")
        );
        assert_eq!(
            headers.all("references").next(),
            Some("<c@fin.test> <b@fin.test>")
        );
        assert_eq!(
            mail.parts.first().and_then(Part::text).as_deref(),
            Some(format!("Hello{line_end}").as_str())
        );
        assert_eq!(mail.issues, []);
    }
}

#[test]
fn parts_are_numbered_as_imap_numbers_them() {
    let inner = multipart(
        "in",
        &[
            "Content-Type: text/plain\n\ntext",
            "Content-Type: text/html\n\n<p>text",
        ],
    );
    let raw = format!(
        "{HEAD}{}",
        multipart(
            "out",
            &[&inner, "Content-Type: application/pdf; name=a.pdf\n\n%PDF"]
        )
    );
    let mail = read(raw.as_bytes()).expect("a mail");
    assert_eq!(
        paths(&mail),
        [
            ("1.1", "text/plain"),
            ("1.2", "text/html"),
            ("2", "application/pdf")
        ]
    );
    assert_eq!(
        mail.parts.last().map(|part| part.bytes.as_ref()),
        Some(b"%PDF".as_slice())
    );
}

#[test]
fn attached_mails_are_opened_also_when_they_hide_as_a_file() {
    let forwarded = format!("{HEAD}\nInner text");
    let plain = format!("Content-Type: message/rfc822\n\n{forwarded}");
    let encoded = data_encoding(&forwarded);
    let hidden = format!(
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"fw.eml\"\nContent-Transfer-Encoding: base64\n\n{encoded}"
    );
    let raw = format!(
        "{HEAD}{}",
        multipart("b", &["\nSee below", &plain, &hidden])
    );
    let mail = read(raw.as_bytes()).expect("a mail");
    let expected = [
        ("1", "text/plain"),
        ("2", "message/rfc822"),
        ("2.1", "text/plain"),
        ("3", "application/octet-stream"),
        ("3.1", "text/plain"),
    ];
    assert_eq!(paths(&mail), expected);
    let inside = mail
        .parts
        .iter()
        .map(|part| part.inside.as_deref())
        .collect::<Vec<_>>();
    assert_eq!(inside, [None, None, Some("2"), None, Some("3")]);
    assert!(
        mail.parts
            .iter()
            .filter_map(|part| part.opened.as_ref())
            .all(|inner| inner.subject == "Rechnung für Mai")
    );
    assert_eq!(
        mail.parts.last().and_then(Part::text).as_deref(),
        Some("Inner text")
    );
}

fn data_encoding(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn file_names_are_decoded_and_lead_nowhere() {
    for (written, name) in [
        ("filename=\"../../etc/passwd\"", Some("passwd")),
        (
            "filename=\"C:\\\\temp\\\\Rechnung.pdf\"",
            Some("Rechnung.pdf"),
        ),
        (
            "filename*=utf-8''Rechnung%20f%C3%BCr.pdf",
            Some("Rechnung für.pdf"),
        ),
        (
            "filename=\"=?utf-8?q?Rechnung_f=C3=BCr.pdf?=\"",
            Some("Rechnung für.pdf"),
        ),
        ("filename*0=\"a\"; filename*1=\"b.pdf\"", Some("ab.pdf")),
        ("filename=\"fdp.\u{202e}exe\"", Some("fdp.exe")),
        ("filename=\"..\"", None),
        ("filename=\"\"", None),
    ] {
        let part = format!(
            "Content-Type: application/pdf\nContent-Disposition: attachment; {written}\n\nx"
        );
        let raw = format!("{HEAD}{}", multipart("b", &[&part]));
        let mail = read(raw.as_bytes()).expect("a mail");
        assert_eq!(
            mail.parts.first().and_then(|part| part.name.as_deref()),
            name,
            "{written}"
        );
    }
}

#[test]
fn transfer_encodings_and_character_sets() {
    for (encoding, charset, body, text) in [
        (
            "quoted-printable",
            "iso-8859-1",
            "f=FCr =\nalle=",
            "für alle",
        ),
        ("quoted-printable", "utf-8", "100 =ZZ =3D", "100 =ZZ ="),
        ("base64", "utf-8", "Z\nsO8cg==", "g\u{fffd}"),
        ("base64", "utf-8", "ZsO8cg==", "für"),
        ("base64", "windows-1252", "gA==", "€"),
        ("8bit", "us-ascii", "für", "für"),
        ("x-strange", "utf-8", "as it is", "as it is"),
    ] {
        let raw = format!(
            "{HEAD}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n{body}"
        );
        let mail = read(raw.as_bytes()).expect("a mail");
        let read = mail.parts.first().and_then(Part::text).unwrap_or_default();
        if !text.contains('\u{fffd}') {
            assert_eq!(read, text, "{encoding} {charset}");
        }
    }
}

#[test]
fn what_is_no_mail_is_refused_with_a_reason() {
    assert_eq!(read(b""), Err(Unreadable::Empty));
    for (bytes, words) in [
        (&[0_u8; 4096][..], "NUL"),
        (b"   \n \n", "blanks"),
        (b"%PDF-1.7\nbinary", "PDF"),
        (b"\xff\xfe\x00", "header"),
    ] {
        let refused = read(bytes).expect_err("no mail");
        assert!(refused.to_string().contains(words), "{refused}");
    }
    let fragment = format!("{HEAD}Content-Type: message/partial; id=1; number=1\n\nx");
    assert_eq!(read(fragment.as_bytes()), Err(Unreadable::Fragment));
    let long = format!("{HEAD}X: {}\n\nbody", "y".repeat(MAX_HEADER_BYTES));
    assert!(matches!(
        read(long.as_bytes()),
        Err(Unreadable::HeaderTooLong { .. })
    ));
    let large = vec![b'a'; MAX_MAIL_BYTES + 1];
    assert!(matches!(read(&large), Err(Unreadable::TooLarge { .. })));
}

#[test]
fn ten_thousand_parts_are_refused() {
    let raw = format!("{HEAD}{}", multipart("b", &vec!["\nx"; 10_000]));
    assert_eq!(read(raw.as_bytes()), Err(Unreadable::TooManyParts));
}

#[test]
fn two_hundred_levels_are_refused() {
    let nested = (0..200).fold(
        "Content-Type: text/plain\n\nend".to_owned(),
        |inner, level| multipart(&format!("b{level}"), &[&inner]),
    );
    let raw = format!("{HEAD}{nested}");
    assert!(matches!(
        read(raw.as_bytes()),
        Err(Unreadable::TooDeep { .. })
    ));
}

#[test]
fn forty_thousand_attached_mails_in_each_other_do_no_harm_also_when_encoded() {
    let nested = format!(
        "{HEAD}{}",
        "Content-Type: message/rfc822\n\nSubject: x\n".repeat(40_000)
    );
    let mail = read(nested.as_bytes()).expect("opened to the limit");
    assert_eq!(mail.parts.len(), MAX_OPENED_MAILS + 1);
    assert!(!mail.issues.is_empty());
    let encoded = format!(
        "{HEAD}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}",
        data_encoding(&nested)
    );
    assert_eq!(
        read(encoded.as_bytes()).map(|mail| mail.parts.len()),
        Ok(MAX_OPENED_MAILS + 1)
    );
}

#[test]
fn broken_containers_give_what_they_hold() {
    let cut = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: application/pdf\n\n%PDF-1"
    );
    let mail = read(cut.as_bytes()).expect("a mail");
    assert_eq!(
        paths(&mail),
        [("1", "text/plain"), ("2", "application/pdf")]
    );
    assert!(
        mail.issues
            .iter()
            .any(|issue| issue.problem.contains("cut short"))
    );
    let none = format!("{HEAD}Content-Type: multipart/mixed\n\nonly text");
    assert_eq!(
        paths(&read(none.as_bytes()).expect("a mail")),
        [("1", "text/plain")]
    );
    let never = format!("{HEAD}Content-Type: multipart/mixed; boundary=zzz\n\nonly text");
    assert_eq!(
        paths(&read(never.as_bytes()).expect("a mail")),
        [("1", "text/plain")]
    );
}

#[test]
fn a_boundary_that_begins_like_another_is_another() {
    let inner = multipart("b-1", &["\none", "\ntwo"]);
    let raw = format!("{HEAD}{}", multipart("b", &[&inner, "\nthree"]));
    assert_eq!(paths(&read(raw.as_bytes()).expect("a mail")).len(), 3);
}

#[test]
fn eight_bit_subjects_are_read_in_the_character_set_they_mean() {
    for (subject, read_as) in [
        (&b"f\xfcr"[..], "für"),
        ("für".as_bytes(), "für"),
        (b"=?iso-8859-1?Q?f\xfcr?=", "für"),
    ] {
        let raw = [b"Subject: ".as_slice(), subject, b"\n\nx"].concat();
        let mail = read(&raw).expect("a mail");
        assert_eq!(mail.headers.subject, read_as);
    }
}

#[test]
fn fields_written_twice_are_an_issue() {
    let raw = format!("Subject: first\n{HEAD}\nx");
    let mail = read(raw.as_bytes()).expect("a mail");
    assert_eq!(mail.headers.duplicated, ["Subject"]);
    assert_eq!(mail.headers.subject, "first");
    assert_eq!(mail.issues.len(), 1);
}

#[test]
fn unencoded_parts_are_borrowed() {
    let raw = format!(
        "{HEAD}{}",
        multipart(
            "b",
            &[&format!(
                "Content-Type: application/pdf\n\n{}",
                "x".repeat(1_000)
            )]
        )
    );
    let mail = read(raw.as_bytes()).expect("a mail");
    assert!(
        mail.parts
            .iter()
            .all(|part| matches!(part.bytes, Cow::Borrowed(_)))
    );
}

#[test]
fn bytes_without_sense_never_stop_the_reader() {
    let seed = format!(
        "{HEAD}{}",
        multipart(
            "b",
            &[
                "Content-Type: text/plain; charset=x\n\nabc",
                "Content-Type: message/rfc822\n\nSubject: y\n\nz"
            ]
        )
    );
    let mut state = 0x9E37_79B9_u32;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    for _ in 0..3_000 {
        let mut bytes = seed.clone().into_bytes();
        for _ in 0..1 + next() % 8 {
            let at = next() % bytes.len();
            bytes[at] = b"\0\n\r:;=\"<>(@-\xff "[next() % 14];
        }
        assert_ne!(read(&bytes), Err(Unreadable::ReaderFailed));
    }
}

#[test]
fn an_opaque_signed_mail_is_read_as_what_was_signed() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let inside = multipart(
        "s",
        &[
            "Content-Type: text/plain\n\nRechnung anbei",
            "Content-Type: application/pdf; name=\"r.pdf\"\n\n%PDF-1",
        ],
    );
    let mail_with = |content: &str| {
        let signed = smime::tests::signed_content_of(content.as_bytes());
        format!(
            "{HEAD}Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n{}",
            STANDARD.encode(signed)
        )
    };
    let raw = mail_with(&inside);
    let mail = read(raw.as_bytes()).unwrap();
    let types = mail.parts.iter().map(|part| part.content_type.as_str());
    assert_eq!(
        types.collect::<Vec<_>>(),
        ["application/pkcs7-mime", "text/plain", "application/pdf"]
    );
    assert!(mail.parts[0].is_unpacked);
    assert_eq!(mail.parts[1].text().as_deref(), Some("Rechnung anbei"));
    assert_eq!(mail.parts[2].name.as_deref(), Some("r.pdf"));
    assert!(mail.parts.iter().all(|part| part.inside.is_none()));
    // Attached to another mail, it holds what its writer says, not what the sender says.
    let attached = raw.strip_prefix(HEAD).unwrap();
    let raw = format!("{HEAD}{}", multipart("b", &["\nSee below", attached]));
    let mail = read(raw.as_bytes()).unwrap();
    let inside = mail.parts.iter().map(|part| part.inside.as_deref());
    assert_eq!(
        inside.collect::<Vec<_>>(),
        [None, None, Some("2"), Some("2")]
    );
    // A signed file is no mail: it stays a part of its own.
    let raw = mail_with("<?xml version='1.0'?><a/>");
    let file = read(raw.as_bytes()).unwrap();
    assert_eq!((file.parts.len(), file.parts[0].is_unpacked), (1, false));
}
