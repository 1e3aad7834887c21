//! `audit export` and `audit check`: the evidence about one bill, for whoever does not take our word for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::tz::TimeZone;

use crate::basics::ids::ContentHash;
use crate::cli::desk::{Desk, at_desk};
use crate::cli::output::{Printer, Record};
use crate::cli::{Context, bills};
use crate::domain::audit::ChainedEvent;
use crate::domain::evidence::{Checked, check as checked};
use crate::formats::evidence_pack::{FORMAT, PACK, Pack, PackedEntry, PackedFile, TRAIL};
use crate::io::archive::{self, Content, Written};
use crate::steps::evidence::{Evidence, Exhibit, evidence};

/// The bill as `bills show --json` tells it.
const BILL: &str = "bill.json";
/// For whoever opens the archive.
const READ_ME: &str = "READ-ME.txt";
const READ_ME_TEXT: &str = include_str!("read_me.txt");

/// Writes the pack.
///
/// # Errors
/// What the books, the vault or the file system met.
pub(super) async fn export(
    desk: &Desk,
    text: &str,
    to: Option<PathBuf>,
    whole: bool,
) -> anyhow::Result<ExitCode> {
    let bill = bills::find(desk, text).await?;
    let file = to.unwrap_or_else(|| PathBuf::from(format!("evidence-{}.tar", bill.id.short())));
    anyhow::ensure!(
        !file.exists(),
        "{} is there already: name a new file with --to",
        file.display()
    );
    let mut found = evidence(&desk.office, &bill, whole).await?;
    let told = bills::page(desk, &bill).await?.json();
    for (name, what, text) in [
        (BILL, "the bill as the books tell it", told),
        (READ_ME, "how to check this", READ_ME_TEXT.to_owned()),
    ] {
        found.exhibits.push(Exhibit {
            name: name.to_owned(),
            what: what.to_owned(),
            hash: ContentHash::of(text.as_bytes()),
            content: Content::Bytes(text.into_bytes()),
        });
    }
    let entries = found.trail.len();
    let pack = Pack {
        format: FORMAT,
        program: format!("countinghouse {}", env!("CARGO_PKG_VERSION")),
        made_at: desk.office.clock.now().to_string(),
        bill: bill.id.to_string(),
        head_sequence: found.head.0,
        head_hash: found.head.1.to_string(),
        whole_chain: whole,
        files: found.exhibits.iter().map(listed).collect(),
    };
    let target = file.clone();
    let written = tokio::task::spawn_blocking(move || write(&target, &pack, found)).await;
    let written = written.context("writing the archive")?;
    let written = written.with_context(|| format!("writing {}", file.display()))?;
    desk.print.page(
        &Record::new()
            .with("file", file.display().to_string())
            .with("files", written.files)
            .with("entries", entries)
            .with(
                "check",
                format!("countinghouse audit check {}", file.display()),
            ),
    )
}

fn listed(exhibit: &Exhibit) -> PackedFile {
    PackedFile {
        name: exhibit.name.clone(),
        what: exhibit.what.clone(),
        sha256: exhibit.hash.to_string(),
    }
}

fn write(file: &Path, pack: &Pack, found: Evidence) -> anyhow::Result<Written> {
    let mut trail = Vec::new();
    for entry in &found.trail {
        serde_json::to_writer(&mut trail, entry)?;
        trail.push(b'\n');
    }
    let pack = serde_json::to_vec_pretty(pack)?;
    let own = [(PACK, pack), (TRAIL, trail)];
    let own = own.map(|(name, bytes)| (name.to_owned(), Content::Bytes(bytes)));
    let exhibits = found.exhibits.into_iter();
    let exhibits = exhibits.map(|exhibit| (exhibit.name, exhibit.content));
    Ok(archive::write(
        file,
        own.into_iter().chain(exhibits).map(Ok),
    )?)
}

/// Checks a pack; with `books` also that its entries are those of the books here.
///
/// # Errors
/// What the file system or the books met; what is no pack.
pub(super) async fn check(context: &Context, file: &Path, books: bool) -> anyhow::Result<ExitCode> {
    let path = file.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    let read = read.context("reading the archive")?;
    let (pack, trail, there) = read.with_context(|| format!("reading {}", file.display()))?;
    let mut told = checked(&pack, &trail, &there);
    if books {
        at_desk(context, async |desk| {
            told.wrong.extend(unlike(desk, &pack, &trail).await?);
            Ok(ExitCode::SUCCESS)
        })
        .await?;
    }
    let print = Printer {
        json: context.json,
        zone: TimeZone::UTC,
    };
    print.page(&report(&pack, &trail, &told))?;
    Ok(match told.wrong.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(1),
    })
}

type Read = (Pack, Vec<PackedEntry>, BTreeMap<String, ContentHash>);

fn read(file: &Path) -> anyhow::Result<Read> {
    let found = archive::read(file, &[PACK, TRAIL])?;
    let mut there = BTreeMap::new();
    let (mut pack, mut trail) = (None, None);
    for one in found {
        match (one.name.as_str(), one.bytes) {
            (PACK, Some(bytes)) => pack = Some(bytes),
            (TRAIL, Some(bytes)) => trail = Some(bytes),
            (_, _) => {
                there.insert(one.name, one.hash);
            }
        }
    }
    let pack = pack.with_context(|| format!("there is no {PACK} in it: it is no evidence pack"))?;
    let trail = trail.with_context(|| format!("there is no {TRAIL} in it"))?;
    let pack = serde_json::from_slice(&pack).context(PACK)?;
    let lines = trail
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let trail = (1..).zip(lines).map(|(number, line)| {
        serde_json::from_slice(line).with_context(|| format!("{TRAIL}, line {number}"))
    });
    Ok((pack, trail.collect::<anyhow::Result<_>>()?, there))
}

/// Entries that the books have otherwise, or not at all; and those about the same things that the books have and the pack has not.
async fn unlike(desk: &Desk, pack: &Pack, trail: &[PackedEntry]) -> anyhow::Result<Vec<String>> {
    let store = &desk.office.store;
    let mut unlike = Vec::new();
    let head = store
        .audit_after(pack.head_sequence.saturating_sub(1), 1)
        .await?;
    let is_head = |own: &ChainedEvent| {
        own.sequence == pack.head_sequence && own.hash.to_string() == pack.head_hash
    };
    if !head.first().is_some_and(is_head) {
        unlike.push("the head of the pack is another one in these books".to_owned());
    }
    let (mut packed, mut subjects) = (BTreeSet::new(), BTreeSet::new());
    for entry in trail {
        let before = entry.sequence.saturating_sub(1);
        let own = store.audit_after(before, 1).await?;
        let own = own.first().filter(|own| own.sequence == entry.sequence);
        if own.is_none_or(|own| own.hash.to_string() != entry.hash) {
            let number = entry.sequence;
            unlike.push(format!("entry {number} is another one in these books"));
        }
        packed.insert(entry.sequence);
        subjects.extend(own.map(|own| own.event.subject.clone()));
    }
    let bounds = packed.first().copied().zip(packed.last().copied());
    let (first, last) = bounds.unwrap_or((0, 0));
    for subject in subjects {
        // Of the bill all until the pack was made; of other things what lies between, since a whole chain begins and ends somewhere.
        let wanted = match subject.id == pack.bill {
            true => 0..=pack.head_sequence.max(last),
            false => first..=last,
        };
        let own = store.audit_of(&subject).await?;
        let own = own.iter().map(|entry| entry.sequence);
        let missing = own.filter(|number| wanted.contains(number) && !packed.contains(number));
        unlike.extend(missing.map(|number| {
            format!("entry {number} of the books is about {subject} and is not in the pack")
        }));
    }
    Ok(unlike)
}

fn report(pack: &Pack, trail: &[PackedEntry], told: &Checked) -> Record {
    let last = trail.last();
    let last = last.map(|entry| format!("{} {}", entry.sequence, entry.hash));
    let what = |name: &String| {
        let listed = pack.files.iter().find(|file| file.name == *name);
        let what = listed.map_or("", |file| file.what.as_str());
        format!("{name} ({what})")
    };
    Record::new()
        .with("ok", told.wrong.is_empty())
        .with("bill", pack.bill.as_str())
        .with("made_at", pack.made_at.as_str())
        .with("entries", told.entries)
        .with("gaps", told.gaps)
        .with("files", told.files)
        .with(
            "unproved",
            told.unproved.iter().map(what).collect::<Vec<_>>(),
        )
        .with("wrong", told.wrong.clone())
        .with("last_entry", last)
        .with("head", format!("{} {}", pack.head_sequence, pack.head_hash))
}
