//! The bytes of one document made readable: PDFs, pictures, spreadsheets and containers in the reader's child, pages without
//! words by the recogniser, all else here, a signed file without its signature. What cannot be read says why.

use super::in_time::{TOO_LONG, in_time};
use super::recognise_letterhead::recognise_letterhead;
use super::scan::Scan;
use super::several_documents::inside_pages;
use super::tools::Tools;
use crate::domain::document::Reading;
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::identity::{KnownParty, OwnIdentity};
use crate::domain::document::letterhead::{take_sender, wanted};
use crate::domain::document::pair::{
    MAX_LOOKED_AT, another_inside, may_carry_another, too_many_inside,
};
use crate::domain::document::read::{self, Content, DocumentInput};
use crate::domain::document::split::{self, Piece};
use crate::formats::smime;
use crate::formats::sniff::{FileType, file_type};
use crate::io::disposition::Disposition;
use crate::io::reader::ReaderError;

/// Why a document stays unread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// In a sentence for a person.
    pub why: String,
}

/// The content of a document. A file that cannot be read is an answer, too.
///
/// # Errors
/// Only when our own reader cannot be started.
pub async fn read_content(
    tools: Tools<'_>,
    kind: FileType,
    bytes: &[u8],
) -> Result<Result<Content, Unreadable>, ReaderError> {
    if kind != FileType::Pkcs7 {
        return read_unsigned(tools, kind, bytes).await;
    }
    let content = match smime::content(bytes) {
        Ok(content) => content,
        Err(error) => {
            return Ok(Err(Unreadable {
                why: error.to_string(),
            }));
        }
    };
    let read = read_unsigned(tools, file_type(&content), &content).await?;
    Ok(read.map(|content| Content::Signed(Box::new(content))))
}

async fn read_unsigned(
    tools: Tools<'_>,
    kind: FileType,
    bytes: &[u8],
) -> Result<Result<Content, Unreadable>, ReaderError> {
    let Tools {
        reader, passwords, ..
    } = tools;
    let read = match kind {
        FileType::Pdf => match reader.read_pdf(bytes.to_vec(), passwords).await {
            Ok(mut pages) => {
                Scan::new(tools, bytes).recognise(&mut pages).await?;
                Ok(Content::Paginated(pages))
            }
            Err(error) => Err(error),
        },
        FileType::Png | FileType::Jpeg | FileType::Tiff => {
            let scan = Scan::new(tools, bytes);
            scan.pages().await.map(Content::Paginated)
        }
        FileType::Xlsx | FileType::Ods | FileType::Xls => {
            let sheets = reader.read_spreadsheet(bytes.to_vec()).await;
            sheets.map(Content::Sheets)
        }
        FileType::Zip | FileType::OutlookMessage | FileType::Tnef => {
            // It was left closed: when the child cannot open it either, that is why.
            let opened = reader.unpack(bytes.to_vec(), passwords).await;
            opened.map(|_| Content::parse(kind, bytes))
        }
        FileType::Empty
        | FileType::Xml(_)
        | FileType::Html
        | FileType::Csv
        | FileType::X12
        | FileType::Edifact
        | FileType::Text
        | FileType::Gif
        | FileType::OfficeDocument
        | FileType::OfficeMacros
        | FileType::Ole
        | FileType::Pkcs7
        | FileType::Email
        | FileType::Unknown => return Ok(Ok(Content::parse(kind, bytes))),
    };
    match read {
        Ok(content) => Ok(Ok(content)),
        Err(error) => unreadable(error),
    }
}

fn unreadable(error: ReaderError) -> Result<Result<Content, Unreadable>, ReaderError> {
    if error.disposition() == Disposition::Retry {
        return Err(error);
    }
    Ok(Err(Unreadable {
        why: error.to_string(),
    }))
}

/// A mail's own text stays text, whatever its first bytes look like.
pub fn kind_of(media_type: &str, bytes: &[u8]) -> FileType {
    match media_type {
        "text/plain" => FileType::Text,
        "text/html" => FileType::Html,
        _ => file_type(bytes),
    }
}

/// What a document says, and each of its bills where it is a file with several.
#[derive(Clone, PartialEq, Debug)]
pub struct Understood {
    /// What it was read from.
    pub content: Content,
    /// Of the file as a whole; only what holds for all of it when there are pieces.
    pub reading: Reading,
    /// Empty for one document.
    pub pieces: Vec<Piece>,
}

impl Understood {
    /// A document that nothing could be read from, with the reason for a person.
    pub fn unread(why: String) -> Self {
        Self {
            reading: read::unreadable(&why),
            content: Content::Unread(why),
            pieces: Vec::new(),
        }
    }

    /// The documents it holds, itself or its pieces, each with what it was read from.
    pub fn documents(&mut self) -> Vec<(&mut Reading, &Content)> {
        if self.pieces.is_empty() {
            return vec![(&mut self.reading, &self.content)];
        }
        let pieces = self.pieces.iter_mut();
        pieces
            .map(|piece| (&mut piece.reading, &piece.content))
            .collect()
    }
}

/// A bill that carries another one asks a person; a PDF of the same number only shows it once more.
///
/// # Errors
/// Only when our own reader cannot be started.
async fn ask_about_second_bill(
    tools: Tools<'_>,
    content: &Content,
    reading: &mut Reading,
    own: &OwnIdentity,
) -> Result<(), ReaderError> {
    if !may_carry_another(reading) {
        return Ok(());
    }
    let inside = inside_pages(content).into_iter();
    let pdfs = inside.filter(|file| file_type(&file.bytes) == FileType::Pdf);
    let pdfs = pdfs.collect::<Vec<_>>();
    let mut doubt = too_many_inside(pdfs.len());
    for file in pdfs.into_iter().take(MAX_LOOKED_AT) {
        let read_inside = read_content(tools, FileType::Pdf, &file.bytes).await?;
        let content = read_inside.unwrap_or_else(|error| Content::Unread(error.why));
        let (file_name, own) = (file.name.clone(), own.clone());
        let other = in_time(move || {
            let mail = MailFacts {
                file_name: &file_name,
                ..MailFacts::default()
            };
            let input = DocumentInput {
                content,
                mail,
                with_embedded: true,
            };
            read::read(&input, &own, &[])
        });
        let other = other.await;
        let other = other.unwrap_or_else(|| read::unreadable(TOO_LONG));
        doubt = doubt.or_else(|| another_inside(reading, &other, &file.name));
    }
    if let Some(doubt) = doubt {
        reading.classification.conflict.get_or_insert(doubt);
    }
    Ok(())
}

/// Reads a document to the end, without what corrections taught.
///
/// # Errors
/// Only when our own reader cannot be started.
pub async fn understand(
    tools: Tools<'_>,
    (kind, bytes): (FileType, &[u8]),
    (mail, with_embedded): (MailFacts<'_>, bool),
    (own, known): (&OwnIdentity, &[KnownParty]),
) -> Result<Understood, ReaderError> {
    let content = match read_content(tools, kind, bytes).await? {
        Ok(content) => content,
        Err(error) => return Ok(Understood::unread(error.why)),
    };
    let about = (mail, with_embedded);
    let Some(mut understood) = understood_in_time(content, about, (own, known)).await else {
        return Ok(Understood::unread(TOO_LONG.into()));
    };
    if understood.pieces.is_empty() {
        look_at_letterhead(tools, bytes, &mut understood, about, (own, known)).await?;
        let Understood {
            content, reading, ..
        } = &mut understood;
        ask_about_second_bill(tools, content, reading, own).await?;
    }
    Ok(understood)
}

/// Of a bill whose sender is not sure, pictures beside its text are recognised, and it is read again with their words.
async fn look_at_letterhead(
    tools: Tools<'_>,
    bytes: &[u8],
    understood: &mut Understood,
    about: (MailFacts<'_>, bool),
    us: (&OwnIdentity, &[KnownParty]),
) -> Result<(), ReaderError> {
    let Content::Paginated(pages) = &understood.content else {
        return Ok(());
    };
    let wanted = wanted(&understood.reading, &pages.pages);
    if wanted.is_empty() {
        return Ok(());
    }
    let completed = recognise_letterhead(tools, bytes, pages.clone(), &wanted).await?;
    let Some(completed) = completed else {
        return Ok(());
    };
    let again = understood_in_time(Content::Paginated(completed), about, us).await;
    if let Some(again) = again.filter(|again| again.pieces.is_empty()) {
        take_sender(&mut understood.reading, again.reading);
        understood.content = again.content;
    }
    Ok(())
}

async fn understood_in_time(
    content: Content,
    (mail, with_embedded): (MailFacts<'_>, bool),
    (own, known): (&OwnIdentity, &[KnownParty]),
) -> Option<Understood> {
    let (subject, file_name) = (mail.subject.to_owned(), mail.file_name.to_owned());
    let from_domain = mail.from_domain.map(str::to_owned);
    let mailbox_side = mail.mailbox_side;
    let us = (own.clone(), known.to_vec());
    let understood = in_time(move || {
        let mail = MailFacts {
            subject: &subject,
            from_domain: from_domain.as_deref(),
            mailbox_side,
            file_name: &file_name,
        };
        let input = DocumentInput {
            content,
            mail,
            with_embedded,
        };
        understood(input, &us.0, &us.1)
    });
    understood.await
}

fn understood(input: DocumentInput<'_>, own: &OwnIdentity, known: &[KnownParty]) -> Understood {
    let pieces = split::pieces(&input, own, known);
    let reading = if pieces.is_empty() {
        read::read(&input, own, known)
    } else {
        split::whole(&pieces)
    };
    Understood {
        content: input.content,
        reading,
        pieces,
    }
}
