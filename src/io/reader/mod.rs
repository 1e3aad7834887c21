//! Hostile files are read in child processes that can reach nothing: this is the daemon's side of it.
//!
//! A child reads many documents, because starting one costs more than reading a page. It is replaced after
//! `documents_per_child`, and at once after anything but a plain success, so that a file that breaks it meets no other
//! file. A document is blamed for a crash only when a child that had read nothing before also falls over it.

pub mod child;
mod frame;

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

pub use self::frame::{PagePicture, View};

use self::child::Purpose;
use self::frame::{Answer, MAX_ANSWER_BYTES, Task};
use super::cpu_time;
use super::disposition::Disposition;
use crate::formats::page::Paginated;
use crate::formats::pdf;
use crate::formats::spreadsheet::Sheet;
use crate::formats::unpacked::{self, Opened};

/// The hidden subcommand under which the executable calls `child::main` to read words.
pub const SUBCOMMAND: &str = "read-file";
/// The one under which it shows pages.
pub const PICTURE_SUBCOMMAND: &str = "show-page";

/// How the children are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReaderSettings {
    /// Children at work at the same time, at least 1.
    pub children: usize,
    /// A child is replaced after this many documents; 1 gives every document a process of its own.
    pub documents_per_child: u32,
    /// Wall time for one document; the slowest genuine one measured takes well under a second.
    pub time_limit: Duration,
    /// Wall time for one page as a picture: a large photo takes seconds, on a machine busy with other things minutes.
    /// What it may really use is `Purpose::cpu_seconds`.
    pub picture_time_limit: Duration,
}

impl Default for ReaderSettings {
    fn default() -> Self {
        Self {
            children: 2,
            documents_per_child: 200,
            time_limit: Duration::from_secs(20),
            picture_time_limit: Duration::from_secs(300),
        }
    }
}

/// Largest scan or photo read: a few pages in colour as scanners write them into a TIFF, and as much as a mail can carry.
const MAX_PICTURE_BYTES: usize = 50 << 20;

/// A child may use `Purpose::cpu_seconds` in its life; past this much it is replaced, so that the next document has
/// enough left. Wall time is an upper bound of what its one thread used.
const BUSY_LIMIT: Duration = Duration::from_secs(4);

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// It opens only with a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// It is broken; the reason is a sentence for the clerk.
    #[error("{0}")]
    Damaged(String),
    /// It is larger than what is read.
    #[error("the file is larger than what is read (25 MiB, scans and photos {} MiB)", MAX_PICTURE_BYTES >> 20)]
    TooLarge,
    /// The child fell over it, with this signal where the system told one.
    #[error("the file broke the program that reads files (signal {0:?})")]
    Crashed(Option<i32>),
    /// It has fewer pages.
    #[error("the file has no such page")]
    NoSuchPage,
    /// It took too long.
    #[error("reading the file took longer than {0:?}")]
    TimedOut(Duration),
    /// No child could be started.
    #[error("the program that reads files could not be started")]
    Spawn(#[source] io::Error),
}

impl ReaderError {
    /// A file that cannot be read stays so: a person looks at it. A child that does not start is our own trouble.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Spawn(_) => Disposition::Retry,
            Self::Encrypted
            | Self::Damaged(_)
            | Self::TooLarge
            | Self::NoSuchPage
            | Self::Crashed(_)
            | Self::TimedOut(_) => Disposition::AskPerson,
        }
    }
}

/// Reads files in child processes of `executable`.
#[derive(Debug)]
pub struct Reader {
    executable: PathBuf,
    settings: ReaderSettings,
    idle: Mutex<Vec<Worker>>,
    permits: Semaphore,
}

/// One child and its pipes. Dropping it kills the process.
#[derive(Debug)]
struct Worker {
    process: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    documents: u32,
    busy: Duration,
}

impl Reader {
    /// `executable` is the daemon's own program (`/proc/self/exe`), or any that calls `child::main` for `SUBCOMMAND`.
    pub fn new(executable: PathBuf) -> Self {
        Self::with_settings(executable, ReaderSettings::default())
    }

    /// As `new`, with other numbers.
    pub fn with_settings(executable: PathBuf, settings: ReaderSettings) -> Self {
        let permits = Semaphore::new(settings.children.max(1));
        // The child starts in another folder, where a relative path would mean something else.
        let executable = std::path::absolute(&executable).unwrap_or(executable);
        Self {
            executable,
            settings,
            idle: Mutex::new(Vec::new()),
            permits,
        }
    }

    /// The words and embedded files of a PDF; `passwords` are tried when it is locked. Cancelling the future kills the child
    /// that was at it.
    ///
    /// # Errors
    /// When the file cannot be read, or no child can be started.
    pub async fn read_pdf(
        &self,
        file: Vec<u8>,
        passwords: &[String],
    ) -> Result<Paginated, ReaderError> {
        if file.len() > pdf::MAX_BYTES {
            return Err(ReaderError::TooLarge);
        }
        let passwords = passwords.to_vec();
        let task = Task::Words { passwords };
        let Answer::Read(paginated) = self.answer(task, file).await? else {
            return Err(ReaderError::Crashed(None));
        };
        Ok(paginated)
    }

    /// What a container holds, one level of it; `passwords` are tried when it is locked.
    ///
    /// # Errors
    /// When the file cannot be opened, or no child can be started.
    pub async fn unpack(&self, file: Vec<u8>, passwords: &[String]) -> Result<Opened, ReaderError> {
        if file.len() > unpacked::MAX_BYTES {
            return Err(ReaderError::TooLarge);
        }
        let passwords = passwords.to_vec();
        let task = Task::Unpack { passwords };
        let Answer::Unpacked(opened) = self.answer(task, file).await? else {
            return Err(ReaderError::Crashed(None));
        };
        Ok(opened)
    }

    /// The sheets of a spreadsheet.
    ///
    /// # Errors
    /// When the file cannot be read, or no child can be started.
    pub async fn read_spreadsheet(&self, file: Vec<u8>) -> Result<Vec<Sheet>, ReaderError> {
        if file.len() > unpacked::MAX_BYTES {
            return Err(ReaderError::TooLarge);
        }
        let Answer::Sheets(sheets) = self.answer(Task::ReadSheets, file).await? else {
            return Err(ReaderError::Crashed(None));
        };
        Ok(sheets)
    }

    /// What a child says, once it says anything.
    async fn answer(&self, task: Task, file: Vec<u8>) -> Result<Answer, ReaderError> {
        // The semaphore is never closed; if it were, reading without a permit is only slower.
        let _permit = self.permits.acquire().await.ok();
        let (worker, fresh) = self.worker()?;
        let first = self.ask(worker, &task, &file).await;
        let blamed_on_others = matches!(
            first,
            Err(ReaderError::Crashed(_) | ReaderError::TimedOut(_))
        );
        if fresh || !blamed_on_others {
            return first;
        }
        self.ask(self.spawn(Purpose::Words)?, &task, &file).await
    }

    /// A page of a PDF or picture, counted from 0, or a part of it, ready to be recognised; `passwords` are tried when it is locked.
    /// A page that was recognised badly is asked for again with another turn. Every page has a child of its own: it costs nothing beside
    /// showing the page. With the CPU time it took.
    ///
    /// # Errors
    /// What the file is not fit for; `NoSuchPage` past the last page.
    pub async fn picture(
        &self,
        (bytes, passwords): (&[u8], &[String]),
        page: u32,
        view: View,
    ) -> Result<(PagePicture, Duration), ReaderError> {
        if bytes.len() > MAX_PICTURE_BYTES {
            return Err(ReaderError::TooLarge);
        }
        let _permit = self.permits.acquire().await.ok();
        let worker = self.spawn(Purpose::Pictures)?;
        let task = Task::Picture {
            page,
            view,
            passwords: passwords.to_vec(),
        };
        let limit = self.settings.picture_time_limit;
        let (worker, answer) = asked(worker, &task, bytes, limit).await?;
        if let Answer::Picture(picture) = answer {
            Ok((picture, cpu_time::of_child(worker.process.id())))
        } else {
            Err(refusal(answer))
        }
    }

    /// A child, and whether it has read nothing yet.
    fn worker(&self) -> Result<(Worker, bool), ReaderError> {
        let idle = self.idle().pop();
        let fresh = idle.is_none();
        Ok((idle.map_or_else(|| self.spawn(Purpose::Words), Ok)?, fresh))
    }

    async fn ask(&self, worker: Worker, task: &Task, file: &[u8]) -> Result<Answer, ReaderError> {
        let started = Instant::now();
        let limit = self.settings.time_limit;
        let (mut worker, answer) = asked(worker, task, file, limit).await?;
        worker.documents += 1;
        worker.busy += started.elapsed();
        if matches!(
            answer,
            Answer::Read(_) | Answer::Unpacked(_) | Answer::Sheets(_)
        ) {
            self.put_back(worker);
            return Ok(answer);
        }
        Err(refusal(answer))
    }

    fn put_back(&self, worker: Worker) {
        let used_up = worker.documents >= self.settings.documents_per_child;
        if !used_up && worker.busy < BUSY_LIMIT {
            self.idle().push(worker);
        }
    }

    /// No environment (it may hold secrets), no working folder of ours, no standard error.
    fn spawn(&self, purpose: Purpose) -> Result<Worker, ReaderError> {
        let mut process = Command::new(&self.executable)
            .arg(match purpose {
                Purpose::Words => SUBCOMMAND,
                Purpose::Pictures => PICTURE_SUBCOMMAND,
            })
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(ReaderError::Spawn)?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (requests, answers) =
            pipes.ok_or_else(|| ReaderError::Spawn(io::Error::other("no pipes")))?;
        Ok(Worker {
            process,
            requests,
            answers,
            documents: 0,
            busy: Duration::ZERO,
        })
    }

    /// A panic elsewhere leaves the list of idle children whole.
    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the child; it is gone with the answer's owner.
async fn asked(
    mut worker: Worker,
    task: &Task,
    file: &[u8],
    limit: Duration,
) -> Result<(Worker, Answer), ReaderError> {
    let Ok(exchanged) = timeout(limit, worker.exchange(task, file)).await else {
        return Err(ReaderError::TimedOut(limit));
    };
    match exchanged {
        Ok(Some(answer)) => Ok((worker, answer)),
        Ok(None) | Err(_) => Err(ReaderError::Crashed(worker.signal().await)),
    }
}

/// Why a child gave nothing. One that answers another question than it was asked is out of its mind.
fn refusal(answer: Answer) -> ReaderError {
    match answer {
        Answer::Encrypted => ReaderError::Encrypted,
        Answer::Damaged(reason) => ReaderError::Damaged(reason),
        Answer::TooLarge => ReaderError::TooLarge,
        Answer::NoSuchPage => ReaderError::NoSuchPage,
        Answer::Panicked
        | Answer::Read(_)
        | Answer::Unpacked(_)
        | Answer::Sheets(_)
        | Answer::Picture(_) => ReaderError::Crashed(None),
    }
}

impl Worker {
    /// `None` when the answer makes no sense, which only a child out of its mind gives.
    async fn exchange(&mut self, task: &Task, file: &[u8]) -> io::Result<Option<Answer>> {
        let too_long = || io::Error::other("the request is too long");
        let head = task.head(file.len()).ok_or_else(too_long)?;
        self.requests.write_all(&head).await?;
        self.requests.write_all(file).await?;
        self.requests.flush().await?;
        let length = self.answers.read_u32_le().await? as usize;
        if length > MAX_ANSWER_BYTES {
            return Ok(None);
        }
        let mut answer = vec![0; length];
        self.answers.read_exact(&mut answer).await?;
        Ok(frame::decode(&answer))
    }

    /// The signal that ended the child. It closed its pipes, so it ends by itself; if not, a second is enough patience.
    async fn signal(mut self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt;
        let ended = timeout(Duration::from_secs(1), self.process.wait()).await;
        ended
            .ok()
            .and_then(Result::ok)
            .and_then(|status| status.signal())
    }
}
