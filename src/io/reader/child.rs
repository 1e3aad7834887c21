//! The child's side: gives up every right it does not need, then reads documents from standard input until it ends.

use std::io::{self, Read, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use rustix::process::Resource;

use super::frame::{Answer, MAX_REQUEST_BYTES, PagePicture, Request, Task, View, encode};
use crate::formats::page::PlacedPicture;
use crate::formats::picture::{self, PictureError, Turn};
use crate::formats::sniff::{FileType, file_type};
use crate::formats::{container, pdf, spreadsheet};
use crate::io::lock_in;

/// What a child is for: its limits follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Words and embedded files, sheets, or what is packed inside, of many files.
    Words,
    /// One page of one document as a picture.
    Pictures,
}

impl Purpose {
    /// CPU seconds of one child in its whole life; the daemon replaces it long before. A photo of 100 megapixels takes 10.
    pub const fn cpu_seconds(self) -> u64 {
        match self {
            Self::Words => 10,
            Self::Pictures => 60,
        }
    }

    /// Address space: 25 MiB of PDF unpack to some 200 MiB in the worst genuine case, bombs to anything. A photo of
    /// 100 megapixels takes 300 MB in colours and 100 MB in grey, twice while it is turned.
    const fn memory_bytes(self) -> u64 {
        match self {
            Self::Words => 1 << 30,
            Self::Pictures => 2 << 30,
        }
    }
}

/// Standard input, output and error, and a few to spare.
const OPEN_FILES: u64 = 16;

/// Reads documents until the daemon closes the pipe. Exit code 1 when the child could not lock itself in.
pub fn main(purpose: Purpose) -> ExitCode {
    if harden(purpose).is_none() {
        return ExitCode::FAILURE;
    }
    // What a panic prints would go nowhere and may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(requests: &mut impl Read, answers: &mut impl Write) -> io::Result<()> {
    let mut length = [0; 4];
    while requests.read_exact(&mut length).is_ok() {
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_REQUEST_BYTES {
            return Err(io::Error::other("the request is too long"));
        }
        let mut request = vec![0; length];
        requests.read_exact(&mut request)?;
        let request = Request::decode(request);
        let request = request.ok_or_else(|| io::Error::other("the request makes no sense"))?;
        let answer = encode(&catch_unwind(|| answer(request)).unwrap_or(Answer::Panicked));
        let length = u32::try_from(answer.len()).map_err(io::Error::other)?;
        answers.write_all(&length.to_le_bytes())?;
        answers.write_all(&answer)?;
        answers.flush()?;
    }
    Ok(())
}

fn answer(request: Request) -> Answer {
    let file = request.file;
    match request.task {
        Task::Words { passwords } => pdf::read_locked(file, &passwords).into(),
        Task::Unpack { passwords } => container::open(&file, &passwords).into(),
        Task::ReadSheets => spreadsheet::read(&file).into(),
        Task::Picture {
            page,
            view,
            passwords,
        } => match view {
            View::Upright => page_picture((file, &passwords), page, None),
            View::Turned(turn) => page_picture((file, &passwords), page, Some(turn)),
            View::Part(part) => part_picture((file, &passwords), page, part),
        },
    }
}

/// Of PDFs only: any other picture is the page.
fn part_picture(
    (document, passwords): (Vec<u8>, &[String]),
    page: u32,
    part: PlacedPicture,
) -> Answer {
    match pdf::part(document, passwords, page as usize, part) {
        Ok((shown, dots)) => Answer::Picture(PagePicture {
            prepared: picture::prepare_part(shown, dots),
            codes: Vec::new(),
        }),
        Err(error) => Answer::from(Err(error)),
    }
}

/// Codes are looked for when the page is seen for the first time, and before it is cleaned for letters.
fn page_picture(
    (document, passwords): (Vec<u8>, &[String]),
    page: u32,
    turn: Option<Turn>,
) -> Answer {
    let page = page as usize;
    let (shown, dots_per_inch) = if file_type(&document) == FileType::Pdf {
        match pdf::picture(document, passwords, page) {
            Ok((shown, dots)) => (shown, Some(dots)),
            Err(error) => return Answer::from(Err(error)),
        }
    } else {
        match picture::decode(&document, page) {
            Ok(shown) => (shown, None),
            Err(PictureError::NoSuchPage) => return Answer::NoSuchPage,
            Err(PictureError::TooLarge) => return Answer::TooLarge,
            Err(error @ (PictureError::Kind | PictureError::Damaged(_))) => {
                return Answer::Damaged(error.to_string());
            }
        }
    };
    let codes = if turn.is_none() {
        picture::qr_texts(&shown)
    } else {
        Vec::new()
    };
    Answer::Picture(PagePicture {
        prepared: picture::prepare(shown, turn, dots_per_inch),
        codes,
    })
}

/// Limits first, because the last step forbids the calls that set them. `None` when a step failed.
fn harden(purpose: Purpose) -> Option<()> {
    lock_in::limit(&[
        (Resource::As, purpose.memory_bytes()),
        (Resource::Cpu, purpose.cpu_seconds()),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Nproc, 0),
    ])?;
    lock_in::forbid_files_and_network(&[])?;
    lock_in::forbid_system_calls()
}
