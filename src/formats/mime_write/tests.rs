use mail_parser::{MessageParser, MimeHeaders};

use super::*;

struct Sample {
    id: HeaderMessageId,
    from: MailAddress,
    to: MailAddress,
    thread: Vec<HeaderMessageId>,
}

fn sample() -> Sample {
    Sample {
        id: HeaderMessageId::parse("c1.7qx4k2@fin.example").unwrap(),
        from: MailAddress::parse("ap@fin.example").unwrap(),
        to: MailAddress::parse("petra.vogt@fin.example").unwrap(),
        thread: vec![HeaderMessageId::parse("root@x.example").unwrap()],
    }
}

fn mail(sample: &Sample) -> MailToWrite<'_> {
    MailToWrite {
        message_id: &sample.id,
        from: &sample.from,
        from_name: "Fin GmbH",
        to: &sample.to,
        reply_to: None,
        subject: "Hello",
        date: Timestamp::UNIX_EPOCH,
        in_reply_to: sample.thread.last(),
        references: &sample.thread,
        automatic: Automatic::Generated,
        purpose: "approval_request",
        mark: "0f1e2d",
        text: "One\nTwo\n",
        html: "<p>One</p>\n",
        files: &[],
    }
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split(|byte| *byte == b'\n').collect()
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    let sample = sample();
    let files = [FileToWrite {
        name: "a.pdf",
        media_type: "application/pdf",
        bytes: &[7; 5000],
    }];
    let mail = MailToWrite {
        files: &files,
        ..mail(&sample)
    };
    assert_eq!(write_mail(&mail), write_mail(&mail));
}

#[test]
fn another_message_id_gives_other_boundaries() {
    let sample = sample();
    let other = HeaderMessageId::parse("other@fin.example").unwrap();
    let boundary = |id| {
        let bytes = write_mail(&MailToWrite {
            message_id: id,
            ..mail(&sample)
        });
        String::from_utf8(bytes)
            .unwrap()
            .split("boundary=\"")
            .nth(1)
            .unwrap()
            .chars()
            .take(24)
            .collect::<String>()
    };
    assert_ne!(boundary(&sample.id), boundary(&other));
}

#[test]
fn what_is_written_is_read_back() {
    let sample = sample();
    let text = format!(
        "Grüße  \nFrom here on\n.\n\n=?x?=\t\n{}\n✓ 末\n",
        "ß".repeat(200)
    );
    let html = "<p style=\"a=b\">Grüße</p>\n";
    let bytes_of_file = (0..=255_u8).cycle().take(100_003).collect::<Vec<_>>();
    let names = [
        "Rechnung Nr. 7.pdf",
        "Rechnung „Bäcker“ \"x\" \\ 100%.pdf",
        &"ü".repeat(59),
        "",
    ];
    let files = names.map(|name| FileToWrite {
        name,
        media_type: "application/pdf",
        bytes: &bytes_of_file,
    });
    for subject in [
        "Plain",
        "Bitte prüfen: Müller & Söhne, 1.190,00 EUR — ganz lange Zeile, die gefaltet wird 末末末末",
        "=?utf-8?Q?no?=",
    ] {
        let written = write_mail(&MailToWrite {
            subject,
            text: &text,
            html,
            files: &files,
            from_name: "Käfer \"K\", AG",
            ..mail(&sample)
        });
        let read = MessageParser::default().parse(&written).unwrap();
        assert_eq!(read.subject(), Some(subject));
        assert_eq!(
            read.body_text(0)
                .unwrap()
                .replace("\r\n", "\n")
                .trim_end_matches('\n'),
            text.trim_end_matches('\n')
        );
        assert_eq!(read.body_html(0).unwrap().trim_end(), html.trim_end());
        assert_eq!(
            read.from().unwrap().first().unwrap().name(),
            Some("Käfer \"K\", AG")
        );
        assert_eq!(read.message_id(), Some(sample.id.as_str()));
        assert_eq!(read.attachment_count(), 4);
        for (at, name) in names.iter().enumerate() {
            let part = read.attachment(u32::try_from(at).unwrap()).unwrap();
            let expected = if name.is_empty() {
                "attachment".to_owned()
            } else {
                name.replace('\\', "_")
            };
            assert_eq!(part.attachment_name(), Some(expected.as_str()));
            assert_eq!(part.contents(), bytes_of_file);
        }
    }
}

#[test]
fn every_line_ends_with_cr_lf_and_fits() {
    let sample = sample();
    let subject = "A very long subject of plain words that has to be folded somewhere, because no line may be long at all";
    let text = format!("{}\r\n{}\n", "x".repeat(500), "= ".repeat(300));
    let files = [FileToWrite {
        name: "ä.bin",
        media_type: "x",
        bytes: &[255; 1000],
    }];
    let written = write_mail(&MailToWrite {
        subject,
        text: &text,
        files: &files,
        ..mail(&sample)
    });
    let all = lines(&written);
    let (last, ended) = all.split_last().unwrap();
    assert!(last.is_empty());
    for line in ended {
        assert_eq!(line.last(), Some(&b'\r'));
        assert!(line.len() <= 78, "{}", String::from_utf8_lossy(line));
        assert!(line.is_ascii());
    }
    assert_eq!(
        MessageParser::default().parse(&written).unwrap().subject(),
        Some(subject)
    );
}

#[test]
fn no_text_can_begin_a_header() {
    let sample = sample();
    let evil = "x\r\nBcc: victim@evil.example\r\n\r\nbody";
    let files = [FileToWrite {
        name: evil,
        media_type: "text/plain\r\nBcc: victim@evil.example",
        bytes: b"x",
    }];
    let written = write_mail(&MailToWrite {
        subject: evil,
        from_name: evil,
        purpose: evil,
        files: &files,
        ..mail(&sample)
    });
    let injected = lines(&written)
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with(b"bcc:"));
    assert!(!injected, "{}", String::from_utf8_lossy(&written));
    let read = MessageParser::default().parse(&written).unwrap();
    assert_eq!(read.subject(), Some("x Bcc: victim@evil.example body"));
    assert!(read.bcc().is_none());
}

#[test]
fn a_boundary_cannot_be_closed_by_the_text() {
    let sample = sample();
    let first = String::from_utf8(write_mail(&mail(&sample))).unwrap();
    let boundary = first
        .split('"')
        .find(|piece| piece.starts_with("=_a_"))
        .unwrap();
    let text = format!("before\n--{boundary}--\nafter\n");
    let written = write_mail(&MailToWrite {
        text: &text,
        ..mail(&sample)
    });
    let read = MessageParser::default().parse(&written).unwrap();
    assert!(read.body_text(0).unwrap().contains("after"));
}

#[test]
fn our_mail_says_that_it_is_automatic_and_lets_absences_through() {
    let sample = sample();
    let written = String::from_utf8(write_mail(&mail(&sample))).unwrap();
    for header in [
        "\r\nAuto-Submitted: auto-generated\r\n",
        "\r\nX-Auto-Response-Suppress: DR, RN, NRN, AutoReply\r\n",
        "\r\nX-Countinghouse: approval_request\r\n",
        "\r\nX-Countinghouse-Mark: 0f1e2d\r\n",
        "\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
        "\r\nIn-Reply-To: <root@x.example>\r\n",
        "\r\nReferences: <root@x.example>\r\n",
        "\r\nMIME-Version: 1.0\r\n",
    ] {
        assert!(
            written.contains(header),
            "{header:?} is missing in {written}"
        );
    }
    let answer = write_mail(&MailToWrite {
        automatic: Automatic::Replied,
        ..mail(&sample)
    });
    assert!(
        String::from_utf8(answer)
            .unwrap()
            .contains("\r\nAuto-Submitted: auto-replied\r\n")
    );
}

#[test]
fn a_long_thread_keeps_its_first_and_its_newest_mails() {
    let ids = (0..500).map(|n| HeaderMessageId::parse(&format!("{n}@x.example")).unwrap());
    let ids = ids.collect::<Vec<_>>();
    let kept = references(&ids);
    assert!(
        kept.starts_with("<0@x.example>\r\n <480@x.example>") && kept.ends_with("<499@x.example>")
    );
    assert_eq!(references(&ids[..2]), "<0@x.example>\r\n <1@x.example>");
    assert_eq!(references(&[]), "");
}
