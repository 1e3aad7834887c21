//! A raw mail taken apart: where it goes, which of its parts are documents, which are set aside and why. Pure joining of
//! what the formats read and the domain decides; `read_message` and `inspect` both begin here.

use super::answer_words::new_words;
use crate::basics::text::one_line;
use crate::domain::document::BODY_NAME;
use crate::domain::document::body::{typed_beside_files, typed_paper};
use crate::domain::message::Route;
use crate::domain::message::facts::MailFacts;
use crate::domain::message::new_text::NewText;
use crate::domain::message::own::OwnMail;
use crate::domain::message::parts::{
    PartFacts, PartLooks, PartUse, Shown, is_left_closed, part_use,
};
use crate::domain::message::route::{MayBeTyped, Routed, route};
use crate::formats::image;
use crate::formats::mime::{Disposition, Mail, Part, Unpacked, Unreadable, read_unpacked};
use crate::formats::sniff::{FileType, file_type};

use super::mail_facts::{body_text, is_text, mail_facts};
use super::mail_parts::{PartDocument, SetAside};
use super::own_papers::{mail_of, remittance_bodies, typed_papers};
use super::several_documents::{carried_files, several_documents};

/// Longest file name kept, in characters.
const MAX_NAME_CHARS: usize = 200;

/// A mail, taken apart.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenedMail {
    /// What the rules look at.
    pub facts: MailFacts,
    /// Where it goes.
    pub routed: Routed,
    /// What its sender wrote, without what it quotes.
    pub new_text: NewText,
    /// Its documents, in their order.
    pub documents: Vec<PartDocument>,
    /// The rest, in its order; the text of the mail is neither.
    pub set_aside: Vec<SetAside>,
    /// Files somebody attached that cannot be opened, by their names.
    pub left_closed: Vec<String>,
    /// How many of these would be documents, were the mail not taken for an answer to a question of ours.
    pub passed_over: usize,
    /// What was odd.
    pub issues: Vec<String>,
}

/// Takes a raw mail apart, its containers left closed. `ours` knows our own mail.
///
/// # Errors
/// When it is no mail, or above a limit: it goes into quarantine.
pub fn open(raw: &[u8], ours: &OwnMail) -> Result<OpenedMail, Unreadable> {
    open_unpacked(raw, &Unpacked::new(), ours)
}

/// Takes a raw mail apart, whose containers hold what `unpacked` says.
///
/// # Errors
/// As [`open`].
pub fn open_unpacked(
    raw: &[u8],
    unpacked: &Unpacked,
    ours: &OwnMail,
) -> Result<OpenedMail, Unreadable> {
    let mut mail = read_unpacked(raw, unpacked)?;
    let body = body_text(&mail);
    let Sorted {
        uses,
        own_papers,
        facts,
        routed,
    } = sorted(&mail, body, ours);
    let closed = mail.parts.iter();
    let closed = closed.filter(|part| is_left_closed(&part_facts(part, &mail)));
    let left_closed = closed.map(name_of).collect::<Vec<_>>();
    let new_text = new_words(&mail);
    let new_part = |part: &Part<'_>| new_part(part, &own_papers);
    let (mut documents, mut set_aside) = (Vec::new(), Vec::new());
    // Moved, not copied: a large attachment is held once.
    for (part, put_to) in std::mem::take(&mut mail.parts).into_iter().zip(uses) {
        let (name, kind) = (name_of(&part), file_type(&part.bytes));
        match put_to {
            PartUse::Body => {}
            PartUse::Document => documents.push(PartDocument {
                part: part.path.clone(),
                name,
                kind: document_type(&part, kind),
                bytes: match new_part(&part) {
                    Some(new) => new.clone().into_bytes(),
                    None => document_bytes(part),
                },
            }),
            PartUse::SetAside(why) => set_aside.push(SetAside {
                is_replaced: part.is_unpacked,
                part: part.path,
                name,
                kind,
                bytes: part.bytes.into_owned(),
                why,
            }),
        }
    }
    taken_apart(&mut documents, &mut set_aside);
    let mut passed_over = 0;
    if let Some(why) = routed.route.documents_do_not_count() {
        if matches!(routed.route, Route::ApprovalReply | Route::AutomaticReply) {
            passed_over = documents.len();
        }
        set_aside.extend(documents.drain(..).map(|doc| SetAside {
            part: doc.part,
            name: doc.name,
            kind: doc.kind,
            bytes: doc.bytes,
            why: why.to_owned(),
            is_replaced: false,
        }));
    }
    Ok(OpenedMail {
        facts,
        routed,
        new_text,
        documents,
        set_aside,
        left_closed,
        passed_over,
        issues: mail.issues.iter().map(ToString::to_string).collect(),
    })
}

/// Where a mail goes and what becomes of its parts.
struct Sorted {
    uses: Vec<PartUse>,
    /// The texts of the mail, and of the mails attached to it, that are documents: the place of each, and what is new in it.
    own_papers: Vec<(String, String)>,
    facts: MailFacts,
    routed: Routed,
}

fn sorted(mail: &Mail<'_>, body: String, ours: &OwnMail) -> Sorted {
    let own_papers = remittance_bodies(mail);
    let uses = uses_of(mail, &own_papers);
    let facts = mail_facts(mail, body, count_documents(&uses));
    let routed = route(&facts, ours);
    let sorted = Sorted {
        uses,
        own_papers,
        facts,
        routed,
    };
    let brings_nothing = |inside: Option<&str>| {
        let parts = mail.parts.iter().zip(&sorted.uses);
        let mut documents = parts.filter(|(_, put_to)| **put_to == PartUse::Document);
        !documents.any(|(part, _)| mail_of(mail, part) == inside)
    };
    let typed = match sorted.routed.may_be_typed() {
        MayBeTyped::Nowhere => Vec::new(),
        MayBeTyped::InAttachedMails => {
            let alone = |inside: Option<&str>| inside.is_some() && brings_nothing(inside);
            let beside = |inside: Option<&str>| !brings_nothing(inside);
            let mut typed = typed_papers(mail, alone, typed_paper);
            typed.extend(typed_papers(mail, beside, typed_beside_files));
            let is_new = |(path, _): &(String, String)| {
                !sorted.own_papers.iter().any(|(own, _)| own == path)
            };
            typed.retain(is_new);
            typed
        }
        MayBeTyped::Anywhere => typed_papers(mail, |_| true, typed_paper),
    };
    if typed.is_empty() {
        return sorted;
    }
    let own_papers = [sorted.own_papers, typed].concat();
    let uses = uses_of(mail, &own_papers);
    let facts = MailFacts {
        documents: count_documents(&uses),
        ..sorted.facts
    };
    Sorted {
        uses,
        own_papers,
        routed: route(&facts, ours),
        facts,
    }
}

/// What becomes of each part, when these texts are documents.
fn uses_of(mail: &Mail<'_>, own_papers: &[(String, String)]) -> Vec<PartUse> {
    let parts = mail.parts.iter();
    parts
        .map(|part| {
            part_use(&part_facts(part, mail), |_| {
                new_part(part, own_papers).is_some()
            })
        })
        .collect()
}

/// What is new in this part, when it is a text that is a document.
fn new_part<'a>(part: &Part<'_>, own_papers: &'a [(String, String)]) -> Option<&'a String> {
    let mut own = own_papers.iter().filter(|(path, _)| *path == part.path);
    own.next().map(|(_, new)| new)
}

/// A file of several documents is kept for the eye, and its documents stand for it. What they carry inside is kept, too.
fn taken_apart(documents: &mut Vec<PartDocument>, set_aside: &mut Vec<SetAside>) {
    for file in std::mem::take(documents) {
        let mut several = several_documents(&file);
        if several.is_empty() {
            documents.push(file);
            continue;
        }
        let why = format!(
            "it holds {} documents; each is read by itself",
            several.len()
        );
        documents.append(&mut several);
        set_aside.push(SetAside {
            part: file.part,
            name: file.name,
            kind: file.kind,
            bytes: file.bytes,
            why,
            is_replaced: true,
        });
    }
    set_aside.extend(documents.iter().flat_map(carried_files));
}

fn count_documents(uses: &[PartUse]) -> usize {
    let documents = uses.iter().filter(|it| matches!(it, PartUse::Document));
    documents.count()
}

fn name_of(part: &Part<'_>) -> String {
    let subject = || {
        part.opened
            .as_ref()
            .map(|opened| opened.subject.clone())
            .filter(|subject| !subject.is_empty())
    };
    let is_body = is_text(part) && part.disposition != Disposition::Attachment;
    let unnamed = if is_body { BODY_NAME } else { "without a name" };
    let name = part
        .name
        .clone()
        .or_else(subject)
        .unwrap_or_else(|| unnamed.to_owned());
    one_line(&name, MAX_NAME_CHARS)
}

/// A text body without a name is text, whatever its first bytes look like.
fn document_type(part: &Part<'_>, kind: FileType) -> FileType {
    match part.content_type.as_str() {
        "text/html" if is_text(part) => FileType::Html,
        "text/plain" if is_text(part) => FileType::Text,
        _ => kind,
    }
}

/// Bodies in UTF-8, files as they are.
fn document_bytes(part: Part<'_>) -> Vec<u8> {
    match part.text() {
        Some(text) if is_text(&part) => text.into_bytes(),
        _ => part.bytes.into_owned(),
    }
}

fn part_facts(part: &Part<'_>, mail: &Mail<'_>) -> PartFacts {
    let pixels = image::header(&part.bytes).map(|header| (header.width, header.height));
    PartFacts {
        path: part.path.clone(),
        looks: looks(part),
        declared: part.content_type.clone(),
        name: part.name.clone(),
        size_bytes: part.bytes.len(),
        pixels,
        shown: match part.disposition {
            Disposition::Unstated => Shown::Unstated,
            Disposition::Inline => Shown::Inline,
            Disposition::Attachment => Shown::Attached,
        },
        is_only_text: part.is_alternative || !has_text(mail, part),
        is_referenced: part
            .content_id
            .as_deref()
            .is_some_and(|id| is_referenced(id, mail)),
    }
}

/// The mail this part came with has a text of its own, under no name.
fn has_text(mail: &Mail<'_>, part: &Part<'_>) -> bool {
    let mut texts = mail.parts.iter().filter(|other| is_text(other));
    texts.any(|other| mail_of(mail, other) == mail_of(mail, part))
}

fn is_referenced(content_id: &str, mail: &Mail<'_>) -> bool {
    let bodies = mail
        .parts
        .iter()
        .filter(|part| part.content_type == "text/html" && part.name.is_none());
    let mention = format!("cid:{content_id}");
    bodies.into_iter().any(|part| {
        part.bytes
            .windows(mention.len())
            .any(|window| window.eq_ignore_ascii_case(mention.as_bytes()))
    })
}

fn looks(part: &Part<'_>) -> PartLooks {
    if part.opened.is_some() {
        return PartLooks::OpenedMail;
    }
    if part.is_unpacked {
        return PartLooks::Unpacked;
    }
    let kind = file_type(&part.bytes);
    // The bytes decide; a name only of what they do not tell apart, a script from a text.
    let is_told = !matches!(
        kind,
        FileType::Text | FileType::Csv | FileType::Html | FileType::Zip | FileType::Unknown
    );
    let name = part.name.as_deref().unwrap_or_default().to_lowercase();
    let ends = |endings: &[&str]| !is_told && endings.iter().any(|ending| name.ends_with(ending));
    if part.bytes.starts_with(b"MZ")
        || part.bytes.starts_with(b"\x7fELF")
        || ends(&[
            ".exe", ".scr", ".js", ".vbs", ".bat", ".cmd", ".lnk", ".xlsm", ".docm", ".hta",
            ".jar", ".ps1",
        ])
    {
        return PartLooks::Active;
    }
    if part.bytes.starts_with(b"7z\xbc\xaf")
        || part.bytes.starts_with(b"Rar!")
        || ends(&[".7z", ".rar", ".iso", ".cab"])
    {
        return PartLooks::OtherArchive;
    }
    // Programs attach these as any text.
    if matches!(kind, FileType::X12 | FileType::Edifact) {
        return PartLooks::Interchange;
    }
    if is_text(part) && !part.bytes.is_empty() {
        return if part.content_type == "text/html" {
            PartLooks::Html
        } else {
            PartLooks::Text
        };
    }
    match kind {
        FileType::Empty => PartLooks::Empty,
        FileType::Pdf => PartLooks::Pdf,
        FileType::Xml(_) => PartLooks::Xml,
        FileType::Html => PartLooks::Html,
        FileType::Csv => PartLooks::Csv,
        FileType::X12 | FileType::Edifact => PartLooks::Interchange,
        FileType::Text if is_bank_text(&part.bytes) => PartLooks::BankText,
        FileType::Text => PartLooks::Text,
        FileType::Png | FileType::Jpeg | FileType::Gif => PartLooks::Image,
        FileType::Tiff => PartLooks::ScanImage,
        FileType::Xlsx | FileType::Ods | FileType::Xls => PartLooks::Spreadsheet,
        FileType::OfficeDocument | FileType::Ole => PartLooks::TextDocument,
        FileType::OfficeMacros => PartLooks::Active,
        FileType::Zip => PartLooks::Archive,
        FileType::OutlookMessage => PartLooks::OutlookMessage,
        FileType::Tnef => PartLooks::Tnef,
        FileType::Pkcs7 => PartLooks::SignedData,
        FileType::Email => PartLooks::ClosedMail,
        FileType::Unknown => PartLooks::Unknown,
    }
}

/// MT940, BAI2, OFX and X12 begin like this.
fn is_bank_text(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 6] = [b"{1:F01", b":20:", b"01,", b"OFXHEADER", b"ISA*", b"ISA~"];
    starts
        .iter()
        .any(|start| bytes.trim_ascii_start().starts_with(start))
}

#[cfg(test)]
mod tests;
