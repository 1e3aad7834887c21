//! Words out of pictures, by tesseract in a process of its own. Pictures come cleaned and grey from the reader's child;
//! tesseract sees them through a pipe, writes no file, and can reach neither the network nor what is not its own.

pub mod exec;

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::cpu_time;
use super::disposition::Disposition;
use crate::formats::page::Word;
use crate::formats::picture::Picture;
use crate::formats::tesseract_tsv;

/// The hidden subcommand under which the executable calls `exec::main`.
pub const SUBCOMMAND: &str = "recognise";
/// What a person types to get it.
pub const HOW_TO_INSTALL: &str = "apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu tesseract-ocr-fra \
     tesseract-ocr-spa tesseract-ocr-ita tesseract-ocr-nld";
/// Where distributions and a build by hand put it. The environment is not asked: what runs is what root installed.
const PROGRAMS: [&str; 2] = ["/usr/bin/tesseract", "/usr/local/bin/tesseract"];
/// The languages bills are read in; English first, because most of what is printed is numbers and Latin letters.
const LANGUAGES: [&str; 6] = ["eng", "deu", "fra", "spa", "ita", "nld"];
/// Wall time for one page, whose CPU time has a limit of its own: a machine busy with other things takes many times that.
const TIME_LIMIT: Duration = Duration::from_secs(240);
/// CPU time to name its languages.
const LIST_CPU_SECONDS: u64 = 8;
/// Pages at once: more only wait for the processor.
const AT_ONCE: usize = 2;
const SIGKILL: i32 = 9;
/// Largest answer taken: 10,000 words with their places are under 1 MiB.
const MAX_ANSWER_BYTES: u64 = 16 << 20;

/// Why a picture was not recognised.
#[derive(Debug, thiserror::Error)]
pub enum RecogniserError {
    /// There is no program for it.
    #[error("no program that reads scans is installed: {HOW_TO_INSTALL}")]
    NotInstalled,
    /// There is one, without any of our languages.
    #[error("tesseract has none of the languages {}: {HOW_TO_INSTALL}", LANGUAGES.join(", "))]
    NoLanguage,
    /// It ended without an answer.
    #[error("tesseract could not read the picture")]
    Failed,
    /// It took too long.
    #[error("tesseract took longer than {0:?} for one page")]
    TimedOut(Duration),
    /// It used up the CPU time it was given: what the page shows is hardly writing.
    #[error("tesseract found no end in {0:?} of CPU time: is it writing?")]
    UsedUp(Duration),
    /// It could not be started.
    #[error("tesseract could not be started")]
    Spawn(#[source] io::Error),
}

impl RecogniserError {
    /// A program that is missing comes by a person's hand; a page that cannot be read stays so.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Spawn(_) => Disposition::Retry,
            Self::NotInstalled
            | Self::NoLanguage
            | Self::Failed
            | Self::TimedOut(_)
            | Self::UsedUp(_) => Disposition::AskPerson,
        }
    }
}

/// Words with places in pixels, and for each how sure it is in per cent.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recognised {
    /// The words.
    pub words: Vec<Word>,
    /// As many as words.
    pub sure: Vec<u8>,
    /// CPU time it took.
    pub cost: Duration,
}

/// What reads pictures on this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tesseract {
    program: PathBuf,
    /// Those of ours that are installed, as it takes them: `eng+deu`.
    pub languages: String,
}

impl Tesseract {
    /// Those of ours that are not installed.
    pub fn missing_languages(&self) -> Vec<&'static str> {
        let has = |language: &&str| self.languages.split('+').any(|one| one == *language);
        LANGUAGES
            .into_iter()
            .filter(|language| !has(language))
            .collect()
    }
}

/// Recognises pictures with what is installed.
#[derive(Debug)]
pub struct Recogniser {
    executable: PathBuf,
    programs: Vec<PathBuf>,
    permits: Semaphore,
    /// Found once it is there: it may be installed while the daemon runs.
    found: Mutex<Option<Tesseract>>,
}

impl Recogniser {
    /// `executable` is the daemon's own program, or any that calls `exec::main` for `SUBCOMMAND`.
    pub fn new(executable: PathBuf) -> Self {
        Self::with_programs(executable, PROGRAMS.map(PathBuf::from).to_vec())
    }

    /// As `new`, with other places to look for tesseract.
    pub fn with_programs(executable: PathBuf, programs: Vec<PathBuf>) -> Self {
        Self {
            // The child starts in another folder, where a relative path would mean something else.
            executable: std::path::absolute(&executable).unwrap_or(executable),
            programs,
            permits: Semaphore::new(AT_ONCE),
            found: Mutex::new(None),
        }
    }

    /// What is installed.
    ///
    /// # Errors
    /// Nothing is, or it does not answer.
    pub async fn installed(&self) -> Result<Tesseract, RecogniserError> {
        let known = self
            .found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(tesseract) = known {
            return Ok(tesseract);
        }
        let program = self.programs.iter().find(|program| program.is_file());
        let program = program.ok_or(RecogniserError::NotInstalled)?;
        let (listed, _) = self
            .run(program, LIST_CPU_SECONDS, None, Vec::new())
            .await?;
        let has = |language: &&str| listed.lines().any(|line| line.trim() == *language);
        let languages = LANGUAGES.into_iter().filter(has).collect::<Vec<_>>();
        if languages.is_empty() {
            return Err(RecogniserError::NoLanguage);
        }
        let tesseract = Tesseract {
            program: program.clone(),
            languages: languages.join("+"),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(tesseract.clone());
        Ok(tesseract)
    }

    /// The words in a picture of this many dots per inch, in at most so many seconds of CPU time, and at least one.
    /// Cancelling the future kills the process that was at it.
    ///
    /// # Errors
    /// Nothing is installed, or it failed.
    pub async fn recognise(
        &self,
        picture: &Picture,
        dots_per_inch: f32,
        seconds: u64,
    ) -> Result<Recognised, RecogniserError> {
        let tesseract = self.installed().await?;
        // The semaphore is never closed; if it were, reading without a permit is only slower.
        let _permit = self.permits.acquire().await.ok();
        let how = (tesseract.languages.as_str(), dots_per_inch);
        let picture = picture.to_pgm();
        let (tsv, cost) = self
            .run(&tesseract.program, seconds.max(1), Some(how), picture)
            .await?;
        let (words, sure) = tesseract_tsv::words(&tsv);
        Ok(Recognised { words, sure, cost })
    }

    async fn run(
        &self,
        program: &Path,
        seconds: u64,
        how: Option<(&str, f32)>,
        input: Vec<u8>,
    ) -> Result<(String, Duration), RecogniserError> {
        let mut command = Command::new(&self.executable);
        command
            .arg(SUBCOMMAND)
            .arg(program)
            .arg(seconds.to_string());
        if let Some((languages, dots_per_inch)) = how {
            command.args([languages, &format!("{dots_per_inch:.0}")]);
        }
        let mut process = command
            .env_clear()
            // Its threads for one page wait for each other more than they work.
            .env("OMP_THREAD_LIMIT", "1")
            .env("LC_ALL", "C.UTF-8")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(RecogniserError::Spawn)?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (mut pictures, words) =
            pipes.ok_or_else(|| RecogniserError::Spawn(io::Error::other("no pipes")))?;
        let exchange = async {
            pictures.write_all(&input).await?;
            drop(pictures);
            let mut answer = Vec::new();
            words
                .take(MAX_ANSWER_BYTES)
                .read_to_end(&mut answer)
                .await?;
            let cost = cpu_time::of_child(process.id());
            io::Result::Ok((process.wait().await?, answer, cost))
        };
        let Ok(exchanged) = timeout(TIME_LIMIT, exchange).await else {
            return Err(RecogniserError::TimedOut(TIME_LIMIT));
        };
        match exchanged {
            Ok((status, answer, cost)) if status.success() => {
                Ok((String::from_utf8_lossy(&answer).into_owned(), cost))
            }
            // The system ends a process at its limit of CPU time so.
            Ok((status, ..)) if status.signal() == Some(SIGKILL) => {
                Err(RecogniserError::UsedUp(Duration::from_secs(seconds)))
            }
            Ok(_) | Err(_) => Err(RecogniserError::Failed),
        }
    }
}
