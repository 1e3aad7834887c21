use super::*;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// What a writer of archives says of one entry.
struct Packed<'c> {
    name: &'c str,
    content: &'c [u8],
    flags: u16,
    attributes: u32,
    /// Stands for the real size where an archive lies.
    claimed_bytes: Option<u32>,
}

fn plain<'c>(name: &'c str, content: &'c [u8]) -> Packed<'c> {
    Packed {
        name,
        content,
        flags: 0,
        attributes: 0,
        claimed_bytes: None,
    }
}

fn archive(entries: &[Packed<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(entry.content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(entry.content);
        let size = entry.claimed_bytes.unwrap_or(entry.content.len() as u32);
        let mut common = vec![20, 0];
        common.extend(entry.flags.to_le_bytes());
        common.extend([8, 0, 0, 0, 0, 0]);
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend((entry.name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(entry.name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(entry.name.as_bytes());
        out.extend(packed);
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([(entries.len() as u16).to_le_bytes(); 2].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Contents::Files(files) = unpack(bytes, &[]).unwrap().contents else {
        panic!("an archive holds files");
    };
    files.into_iter().map(|it| (it.name, it.bytes)).collect()
}

#[test]
fn files_come_out_by_their_last_name_and_clutter_does_not() {
    let bytes = archive(&[
        plain("2026/", b""),
        plain("2026/bill.pdf", b"%PDF-1.7"),
        plain("../../etc/passwd", b"root"),
        plain("__MACOSX/2026/._bill.pdf", b"x"),
        plain("C:\\scans\\Rechnung für März.xml", b"<x/>"),
    ]);
    let expected = [
        ("bill.pdf", &b"%PDF-1.7"[..]),
        ("passwd", b"root"),
        ("Rechnung für März.xml", b"<x/>"),
    ];
    let expected = expected.map(|(name, content)| (name.to_owned(), content.to_vec()));
    assert_eq!(files(&bytes), expected);
    // A program in front of it, as in an archive that unpacks itself.
    assert_eq!(files(&[b"MZ rubbish".to_vec(), bytes].concat()), expected);
}

#[test]
fn a_link_is_left_out_and_said() {
    let link = Packed {
        attributes: 0o120_777 << 16,
        ..plain("link", b"/etc/passwd")
    };
    let opened = unpack(&archive(&[link, plain("a.txt", b"a")]), &[]).unwrap();
    assert!(matches!(opened.contents, Contents::Files(files) if files.len() == 1));
    assert_eq!(opened.issues.len(), 1);
}

#[test]
fn bombs_and_lies_are_refused() {
    let blank = vec![0; 2 * 1024 * 1024];
    let refused = unpack(&archive(&[plain("bomb", &blank)]), &[]);
    assert!(
        matches!(refused, Err(ContainerError::OverLimit(_))),
        "{refused:?}"
    );
    let lies = Packed {
        claimed_bytes: Some(1_000),
        ..plain("bomb", &blank)
    };
    let refused = unpack(&archive(&[lies]), &[]);
    assert!(
        matches!(refused, Err(ContainerError::Damaged(_))),
        "{refused:?}"
    );
    let large = Packed {
        claimed_bytes: Some(u32::MAX - 1),
        ..plain("large", b"x")
    };
    let refused = unpack(&archive(&[large]), &[]);
    assert!(
        matches!(refused, Err(ContainerError::OverLimit(_))),
        "{refused:?}"
    );
    let many = (0..=MAX_FILES).map(|_| plain("x", b"")).collect::<Vec<_>>();
    let refused = unpack(&archive(&many), &[]);
    assert!(
        matches!(refused, Err(ContainerError::OverLimit(_))),
        "{refused:?}"
    );
}

#[test]
fn a_cut_or_mangled_archive_is_refused_and_never_panics() {
    let bytes = archive(&[plain("a.txt", b"some text"), plain("b.txt", b"other")]);
    // Without its last two bytes only the length of a comment is missing.
    for end in 0..bytes.len() - 2 {
        assert!(unpack(&bytes[..end], &[]).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        for byte in [0, 0x7f, 0xff] {
            let mut mangled = bytes.clone();
            mangled[at] = byte;
            drop(unpack(&mangled, &[]));
        }
    }
}

#[test]
fn what_winzip_and_7_zip_encrypt_opens_with_its_password_only() {
    // Written by Python's pyzipper: a deflated entry by AES-256, a stored one by AES-128, both AE-2.
    let locked = include_bytes!("../../../tests/golden/files/zip_aes.zip");
    assert_eq!(unpack(locked, &[]), Err(ContainerError::Encrypted));
    let wrong = ["geheim".to_owned()];
    assert_eq!(unpack(locked, &wrong), Err(ContainerError::Encrypted));
    let passwords = ["geheim".into(), "morgenrot".into()];
    let Contents::Files(files) = unpack(locked, &passwords).unwrap().contents else {
        panic!("no files");
    };
    let [bill, note] = files.as_slice() else {
        panic!("{files:?}")
    };
    assert!(bill.bytes.starts_with(b"<?xml") && bill.bytes.ends_with(b"Invoice>\n"));
    assert_eq!(note.bytes, b"Rechnung anbei");
    // A byte changed on the way is told by the code over the content, whatever it decrypts to.
    let salt_and_verifier = 16 + 2;
    let start = 30 + "SR-26-2207.xml".len() + 11 + salt_and_verifier;
    let mut changed = locked.to_vec();
    changed[start + 5] ^= 1;
    assert_eq!(unpack(&changed, &passwords), Err(ContainerError::Encrypted));
}

#[test]
fn a_locked_file_opens_with_its_password_only() {
    // `zip -P geheim` of Info-ZIP 3.0: one stored and one deflated entry.
    let locked = include_bytes!("../../../tests/golden/files/zip_password.zip");
    assert_eq!(unpack(locked, &[]), Err(ContainerError::Encrypted));
    assert_eq!(
        unpack(locked, &["falsch".into()]),
        Err(ContainerError::Encrypted)
    );
    let opened = unpack(locked, &["falsch".into(), "geheim".into()]).unwrap();
    let Contents::Files(files) = opened.contents else {
        panic!("no files");
    };
    let names = files
        .iter()
        .map(|file| file.name.as_str())
        .collect::<Vec<_>>();
    assert_eq!(names, ["kurz.txt", "lang.txt"]);
    assert!(files.iter().all(|file| file.bytes.starts_with(b"Rechnung")));
}
