//! Each golden mail as `inspect` reads it, once as it is and once with the other line ends.

use std::path::Path;
use std::process::Command;

use crate::{differs, files, golden};

/// What `inspect` says of the mail in a folder of its own, where its name is all there is of its path.
fn inspected(mail: &[u8], name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), mail).unwrap();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/countinghouse.toml");
    let mut inspect = Command::new(env!("CARGO_BIN_EXE_countinghouse"));
    inspect
        .arg("--config")
        .arg(config)
        .args(["inspect", name])
        .current_dir(folder.path());
    let output = inspect.output().unwrap();
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// CRLF where there was LF, LF where there was CRLF.
fn turned(mail: &[u8]) -> Vec<u8> {
    let is_crlf = mail.windows(2).any(|pair| pair == b"\r\n");
    let mut turned = Vec::with_capacity(mail.len() * 2);
    for (at, byte) in mail.iter().enumerate() {
        match byte {
            b'\r' if is_crlf && mail.get(at + 1) == Some(&b'\n') => {}
            b'\n' if !is_crlf => turned.extend(b"\r\n"),
            other => turned.push(*other),
        }
    }
    turned
}

#[test]
fn every_golden_mail_is_read_as_written_down_whatever_its_line_ends() {
    let mut wrong = Vec::new();
    for shelf in ["standards", "malformed", "hostile"] {
        for mail in files(&golden("mail").join(shelf), "eml") {
            let name = mail.file_name().unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(&mail).unwrap();
            let seen = inspected(&bytes, &name);
            wrong.extend(differs(&mail.with_extension("txt"), &seen));
            if inspected(&turned(&bytes), &name) != seen {
                wrong.push(format!(
                    "{shelf}/{name} is read otherwise with the other line ends"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
