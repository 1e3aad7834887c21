//! The pages of a file that are pictures: shown by the reader's child, recognised by another program.

use std::time::Duration;

use super::tools::Tools;
use crate::domain::document::patience::Patience;
use crate::domain::document::recognised::{self, Attempt};
use crate::domain::document::tongue::{self, Tongue};
use crate::formats::issue::Issue;
use crate::formats::page::{Page, Paginated, WordOrigin};
use crate::formats::picture::{Picture, Writing};
use crate::io::disposition::Disposition;
use crate::io::reader::{PagePicture, ReaderError, View};
use crate::io::recogniser::{Recognised, RecogniserError};

/// Pages of one file that are recognised: a page takes seconds, a book would keep everybody waiting.
const MAX_RECOGNISED: usize = 30;

/// What the head of a page is read in to tell its language: the quickest, and enough to know the words of the others.
const TO_TELL_LANGUAGE: &[&str] = &["eng"];

/// A file whose pages are recognised.
pub struct Scan<'a> {
    tools: Tools<'a>,
    bytes: &'a [u8],
    patience: Patience,
    /// What its first pages are written in.
    tongue: Option<Tongue>,
}

/// Why one page was not recognised.
#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error(transparent)]
    Shown(#[from] ReaderError),
    #[error(transparent)]
    Recognised(#[from] RecogniserError),
    #[error(
        "the pages before it are pictures without writing and took all the time a file is given"
    )]
    NoPatience,
}

/// What a page cost until now.
struct Tries<'a> {
    number: u32,
    /// Of showing it.
    showing: Duration,
    /// Of recognition, which has a limit for a page.
    recognition: Duration,
    writing: Writing,
    tongue: Option<Tongue>,
    scan: &'a Scan<'a>,
}

impl<'a> Scan<'a> {
    /// `bytes` are a PDF or a picture.
    pub fn new(tools: Tools<'a>, bytes: &'a [u8]) -> Self {
        Self {
            tools,
            bytes,
            patience: Patience::default(),
            tongue: None,
        }
    }

    /// Recognises the pages of a PDF that show a picture, or whose text cannot be believed. What stays unread keeps what the
    /// file says.
    ///
    /// # Errors
    /// Only when our own reader cannot be started.
    pub async fn recognise(mut self, read: &mut Paginated) -> Result<(), ReaderError> {
        let mut issues = Vec::new();
        let mut tried = 0;
        for (number, page) in (0..).zip(&mut read.pages) {
            if !matches!(page.origin, WordOrigin::Unreadable | WordOrigin::Hidden) {
                continue;
            }
            tried += 1;
            if tried > MAX_RECOGNISED {
                read.left_out += 1;
                continue;
            }
            let read = if self.patience.is_lost() {
                Err(PageError::NoPatience)
            } else {
                self.page(number).await
            };
            match read {
                Ok(read) => *page = read,
                Err(PageError::Shown(error)) if error.disposition() == Disposition::Retry => {
                    return Err(error);
                }
                Err(error) => issues.push(unread_page(number, &error)),
            }
        }
        read.issues.extend(issues);
        Ok(())
    }

    /// A picture is a document whose pages are pictures.
    ///
    /// # Errors
    /// What the first page is not fit for.
    pub async fn pages(mut self) -> Result<Paginated, ReaderError> {
        let mut read = Paginated::default();
        for number in 0.. {
            if read.pages.len() == MAX_RECOGNISED {
                let next = self.shown(number, View::Upright).await;
                read.left_out = usize::from(!matches!(next, Err(ReaderError::NoSuchPage)));
                break;
            }
            match self.page(number).await {
                Ok(page) => read.pages.push(page),
                Err(PageError::Shown(ReaderError::NoSuchPage)) if number > 0 => break,
                Err(PageError::Shown(error))
                    if number == 0 || error.disposition() == Disposition::Retry =>
                {
                    return Err(error);
                }
                Err(error) => {
                    read.issues.push(unread_page(number, &error));
                    read.pages.push(Page {
                        origin: WordOrigin::Unreadable,
                        ..Page::default()
                    });
                    // What hinders it will hinder the next page, too, except a picture of something else.
                    if !matches!(error, PageError::Recognised(RecogniserError::UsedUp(_))) {
                        break;
                    }
                }
            }
        }
        Ok(read)
    }

    async fn shown(&self, number: u32, view: View) -> Result<(PagePicture, Duration), ReaderError> {
        let file = (self.bytes, self.tools.passwords);
        self.tools.reader.picture(file, number, view).await
    }

    /// A page with what stands on it, at the cost of patience when that is nothing.
    async fn page(&mut self, number: u32) -> Result<Page, PageError> {
        let mut tries = Tries {
            number,
            showing: Duration::ZERO,
            recognition: Duration::ZERO,
            writing: Writing::Perhaps,
            tongue: self.tongue,
            scan: self,
        };
        let read = tries.best().await;
        let cost = tries.showing + tries.recognition;
        self.tongue = tries.tongue;
        if !read.as_ref().is_ok_and(|page| !page.words.is_empty()) {
            self.patience.wasted(cost);
        }
        read
    }
}

impl Tries<'_> {
    /// Read as it seems to stand, and turned when that gives no sense.
    async fn best(&mut self) -> Result<Page, PageError> {
        // Showing it costs, too; but the end of a file is seen at once.
        let shown = self.shown(View::Upright).await?;
        if self.scan.patience.is_lost() {
            return Err(PageError::NoPatience);
        }
        self.writing = shown.prepared.writing;
        let (turn, codes) = (shown.prepared.turn, shown.codes.clone());
        let size = (shown.prepared.picture.width, shown.prepared.picture.height);
        if self.writing == Writing::No {
            let nothing = Attempt::new(size, shown.prepared.dots_per_inch, Vec::new(), Vec::new());
            return Ok(nothing.into_page(codes));
        }
        let mut best = self.attempt(shown).await?;
        for turn in [turn.opposite(), turn.next(), turn.next().opposite()] {
            if best.is_legible() || self.seconds().is_none() {
                break;
            }
            let turned = self.shown(View::Turned(turn)).await?;
            match self.attempt(turned).await {
                Ok(other) => best = recognised::better(best, other),
                Err(PageError::Recognised(RecogniserError::UsedUp(_))) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(best.into_page(codes))
    }

    fn seconds(&self) -> Option<u64> {
        let is_plain = self.writing == Writing::Plain;
        self.scan.patience.seconds(is_plain, self.recognition)
    }

    async fn shown(&mut self, view: View) -> Result<PagePicture, PageError> {
        let (shown, cost) = self.scan.shown(self.number, view).await?;
        self.showing += cost;
        Ok(shown)
    }

    async fn attempt(&mut self, shown: PagePicture) -> Result<Attempt, PageError> {
        let prepared = shown.prepared;
        let (picture, dots) = (&prepared.picture, prepared.dots_per_inch);
        if self.tongue.is_none() && self.scan.tools.recogniser.asks_for_language().await? {
            let head = picture.upper(picture.height * 2 / 5);
            // What takes half of a page's time there is hardly writing.
            let seconds = self.seconds().unwrap_or_default() / 2;
            let read = self.words(&head, dots, seconds, TO_TELL_LANGUAGE).await?;
            self.tongue = tongue::tongue(&read.words);
        }
        let languages = self.tongue.map(Tongue::recognised_by);
        let seconds = self.seconds().unwrap_or_default();
        let read = self
            .words(picture, dots, seconds, languages.unwrap_or_default())
            .await?;
        Ok(Attempt::new(
            (picture.width, picture.height),
            dots,
            read.words,
            read.sure,
        ))
    }

    /// Without a language, in all of them.
    async fn words(
        &mut self,
        picture: &Picture,
        dots: f32,
        seconds: u64,
        languages: &[&str],
    ) -> Result<Recognised, PageError> {
        let recogniser = self.scan.tools.recogniser;
        let read = recogniser
            .recognise(picture, dots, seconds, languages)
            .await;
        self.recognition += match &read {
            Ok(read) => read.cost,
            Err(RecogniserError::UsedUp(all)) => *all,
            Err(_) => Duration::ZERO,
        };
        Ok(read?)
    }
}

fn unread_page(number: u32, error: &PageError) -> Issue {
    let place = format!("page {}", number.saturating_add(1));
    Issue::new(place, format!("could not be read: {error}"))
}
