//! What stands in an evidence pack: `pack.json` names its files, `trail.jsonl` has an entry of the audit trail on each line. A format of our
//! own, version 1, described in docs/EVIDENCE.md so that others can check it without this program.

use serde::{Deserialize, Serialize};

/// The version of the format.
pub const FORMAT: u32 = 1;
/// The list of the files.
pub const PACK: &str = "pack.json";
/// The entries of the trail.
pub const TRAIL: &str = "trail.jsonl";

/// `pack.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// `FORMAT`.
    pub format: u32,
    /// Who wrote it.
    pub program: String,
    /// When, RFC 3339.
    pub made_at: String,
    /// The id of the bill.
    pub bill: String,
    /// The last entry of the whole trail when it was made.
    pub head_sequence: u64,
    /// Its hash.
    pub head_hash: String,
    /// The entries about other things are in it, from the first about the bill up to the head.
    pub whole_chain: bool,
    /// All other files.
    pub files: Vec<PackedFile>,
}

/// A file of the pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedFile {
    /// Its name in the archive.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// A line of `trail.jsonl`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedEntry {
    /// Its number in the whole trail.
    pub sequence: u64,
    /// The hash of the entry before it.
    pub previous: String,
    /// Its own.
    pub hash: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// `program`, `person`, `policy` or `model`.
    pub actor_kind: String,
    /// Which.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub about: String,
    /// To which.
    pub about_id: String,
    /// Its state before.
    pub from_state: Option<String>,
    /// Its state after.
    pub to_state: Option<String>,
    /// Why.
    pub reason: String,
    /// Name and value of what was known.
    pub facts: Vec<(String, String)>,
}
