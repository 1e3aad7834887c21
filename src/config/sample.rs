//! The annotated sample and docs/CONFIG.md, written from the table of keys.

use std::fmt::Write;

use super::keys::{KeyDoc, SECTIONS, SectionDoc};
use crate::domain::import::FILES;

/// The values a new user fills in first; everything else stands as a comment with its default.
const FILLED: &[(&str, &str)] = &[
    ("mailbox", "host"),
    ("mailbox", "user"),
    ("mailbox", "password_file"),
    ("outgoing", "host"),
    ("outgoing", "user"),
    ("outgoing", "password_file"),
    ("authenticity", "trusted_authserv_ids"),
    ("company", "vat_ids"),
    ("company", "ibans"),
];

/// config/countinghouse.toml: every key, its default, one sentence.
pub fn annotated_sample() -> String {
    let mut out = String::from(
        "# Countinghouse: every key with its default. A key behind `#` stands at its default or is optional.\n\
         # `countinghouse --config FILE check` names everything that is wrong, all at once.\n",
    );
    for section in SECTIONS {
        let (open, close) = if section.repeated {
            ("[[", "]]")
        } else {
            ("[", "]")
        };
        // A table that may be missing, and means something as soon as it stands there.
        let is_missing =
            section.repeated && !section.keys.iter().any(|key| is_filled(section, key));
        let mark = if is_missing { "# " } else { "" };
        out.push_str(&format!(
            "\n# {}\n{mark}{open}{}{close}\n",
            section.about, section.name
        ));
        for key in section.keys {
            out.push_str(&sample_line(section, key));
        }
    }
    out
}

fn is_filled(section: &SectionDoc, key: &KeyDoc) -> bool {
    key.required || FILLED.contains(&(section.name, key.name))
}

fn sample_line(section: &SectionDoc, key: &KeyDoc) -> String {
    let filled = is_filled(section, key);
    let value = if filled {
        key.example
    } else {
        key.default.unwrap_or(key.example)
    };
    let mark = if filled { "" } else { "# " };
    format!("# {}\n{mark}{} = {value}\n", key.about, key.name)
}

/// docs/CONFIG.md.
pub fn reference() -> String {
    let mut out = String::from(
        "# Configuration\n\nOne TOML file. Units are in the names of the keys; relative paths are relative to the file; \
         secrets are named, never written in it. This page is written by `countinghouse config-reference` and a test \
         keeps it fresh.\n",
    );
    for section in SECTIONS {
        let name = if section.repeated {
            format!("[[{}]]", section.name)
        } else {
            format!("[{}]", section.name)
        };
        out.push_str(&format!(
            "\n## `{name}`\n\n{}\n\n| key | default | what |\n|---|---|---|\n",
            section.about
        ));
        for key in section.keys {
            out.push_str(&reference_row(key));
        }
    }
    out.push_str(&imported_files());
    out
}

fn imported_files() -> String {
    let mut out = String::from(
        "\n# Files for `import`\n\nCSV with a header line: UTF-8, UTF-16 or Windows-1252, divided by commas, semicolons or tabs, as \
         spreadsheets write it. Columns stand in any order; one that is none of these is a mistake, since it may be a misspelt one. \
         A row is known by its first column, a row of orders and receipts by all its numbers; config/demo/ has a file of each sort.\n",
    );
    for file in FILES {
        out.push_str(&format!(
            "\n## `import {}`\n\n{}\n\n| column | must be there | what |\n|---|---|---|\n",
            file.name, file.about
        ));
        for column in file.columns {
            let needed = if column.needed { "yes" } else { "" };
            out.push_str(&format!(
                "| `{}` | {needed} | {} |\n",
                column.name, column.about
            ));
        }
    }
    out
}

fn reference_row(key: &KeyDoc) -> String {
    let default = match (key.required, key.default) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => format!("`{default}`"),
        (false, None) => "none".to_owned(),
    };
    let mut row = String::new();
    // Writing into a String cannot fail.
    writeln!(
        row,
        "| `{}` | {default} | {} Example: `{}` |",
        key.name, key.about, key.example
    )
    .ok();
    row
}
