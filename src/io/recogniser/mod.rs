//! Words out of pictures, by PP-OCRv6 where its models are installed, else by tesseract, in a process of its own. Pictures
//! come cleaned and grey from the reader's child; the recognising process sees them through a pipe, writes no file, and can
//! reach neither the network nor what is not its own.

pub mod exec;
mod kept;
pub mod models;
#[cfg(feature = "ppocr")]
pub mod ppocr;

use std::ffi::OsString;
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
use crate::basics::ids::ContentHash;
use crate::formats::page::Word;
use crate::formats::picture::Picture;
use crate::formats::tesseract_tsv;

/// The hidden subcommand under which the executable calls `exec::main`.
pub const SUBCOMMAND: &str = "recognise";
/// The one under which it calls `ppocr::main`.
const SUBCOMMAND_HERE: &str = "recognise-here";
/// What a person types to get it.
pub const HOW_TO_INSTALL: &str = "apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu tesseract-ocr-fra \
     tesseract-ocr-spa tesseract-ocr-ita tesseract-ocr-nld";
/// Where distributions and a build by hand put it. The environment is not asked: what runs is what root installed.
const PROGRAMS: [&str; 2] = ["/usr/bin/tesseract", "/usr/local/bin/tesseract"];
/// The languages bills are read in, as tesseract names them.
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
    #[error("the picture could not be recognised")]
    Failed,
    /// It took too long.
    #[error("recognition took longer than {0:?} for one page")]
    TimedOut(Duration),
    /// It used up the CPU time it was given: what the page shows is hardly writing.
    #[error("recognition found no end in {0:?} of CPU time: is it writing?")]
    UsedUp(Duration),
    /// It could not be started.
    #[error("recognition could not be started")]
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
pub enum Engine {
    /// PP-OCRv6, with its models in this folder.
    PpOcr(PathBuf),
    /// Tesseract.
    Tesseract(Tesseract),
}

/// A tesseract that is installed.
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

    /// Those wanted that are installed, or all.
    fn of_these(&self, wanted: &[&str]) -> String {
        let installed = self.languages.split('+').collect::<Vec<_>>();
        let chosen = wanted.iter().filter(|one| installed.contains(*one));
        let chosen = chosen.copied().collect::<Vec<_>>();
        if chosen.is_empty() {
            self.languages.clone()
        } else {
            chosen.join("+")
        }
    }
}

/// Recognises pictures with what is installed.
#[derive(Debug)]
pub struct Recogniser {
    executable: PathBuf,
    programs: Vec<PathBuf>,
    /// Where the models may be.
    data_folder: Option<PathBuf>,
    permits: Semaphore,
    /// Found once it is there: it may be installed while the daemon runs.
    found: Mutex<Option<Tesseract>>,
    kept: kept::Kept,
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
            data_folder: None,
            permits: Semaphore::new(AT_ONCE),
            found: Mutex::new(None),
            kept: kept::Kept::default(),
        }
    }

    /// Uses the models that are installed in this data folder, from when on they are.
    pub fn with_models_in(self, data_folder: &Path) -> Self {
        let data_folder = std::path::absolute(data_folder).ok();
        Self {
            data_folder,
            ..self
        }
    }

    /// What reads pictures here.
    ///
    /// # Errors
    /// Nothing does, or it does not answer.
    pub async fn installed(&self) -> Result<Engine, RecogniserError> {
        match self.data_folder.as_deref().and_then(models::installed) {
            Some(folder) => Ok(Engine::PpOcr(folder)),
            None => Ok(Engine::Tesseract(self.tesseract().await?)),
        }
    }

    /// Whether what reads pictures here is quicker once it knows the language.
    ///
    /// # Errors
    /// As `installed`.
    pub async fn asks_for_language(&self) -> Result<bool, RecogniserError> {
        Ok(match self.installed().await? {
            Engine::PpOcr(_) => false,
            Engine::Tesseract(tesseract) => tesseract.languages.contains('+'),
        })
    }

    async fn tesseract(&self) -> Result<Tesseract, RecogniserError> {
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
        let arguments = tesseract_arguments(program, LIST_CPU_SECONDS, None);
        let (listed, _) = self.run(arguments, LIST_CPU_SECONDS, Vec::new()).await?;
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
    /// `languages` are the ones it is in, as ISO 639-2 has them; all that are installed when none is named or installed.
    /// Cancelling the future kills the process that was at it.
    ///
    /// # Errors
    /// Nothing is installed, or it failed.
    pub async fn recognise(
        &self,
        picture: &Picture,
        dots_per_inch: f32,
        seconds: u64,
        languages: &[&str],
    ) -> Result<Recognised, RecogniserError> {
        let seconds = seconds.max(1);
        let engine = self.installed().await?;
        let arguments = match &engine {
            Engine::PpOcr(folder) => {
                vec![
                    SUBCOMMAND_HERE.into(),
                    folder.into(),
                    seconds.to_string().into(),
                ]
            }
            Engine::Tesseract(tesseract) => {
                let languages = tesseract.of_these(languages);
                let how = (languages.as_str(), dots_per_inch);
                tesseract_arguments(&tesseract.program, seconds, Some(how))
            }
        };
        // The semaphore is never closed; if it were, reading without a permit is only slower.
        let _permit = self.permits.acquire().await.ok();
        let (tsv, cost) = self.run(arguments, seconds, picture.to_pgm()).await?;
        let (mut words, sure) = tesseract_tsv::words(&tsv);
        if let Engine::Tesseract(_) = engine {
            words = words.into_iter().map(tesseract_tsv::in_type).collect();
        }
        Ok(Recognised { words, sure, cost })
    }

    /// As `recognise`, for a picture that comes again with each bill of a supplier: read once, it costs nothing.
    ///
    /// # Errors
    /// As `recognise`; what failed is tried anew the next time.
    pub async fn recognise_once(
        &self,
        picture: &Picture,
        dots_per_inch: f32,
        seconds: u64,
        languages: &[&str],
    ) -> Result<Recognised, RecogniserError> {
        // Another engine or language reads other words.
        let how = format!(
            "{:?} {languages:?} {dots_per_inch:.0} ",
            self.installed().await?
        );
        let name = ContentHash::of(&[how.into_bytes(), picture.to_pgm()].concat());
        if let Some(read) = self.kept.get(name) {
            return Ok(read);
        }
        let read = self.recognise(picture, dots_per_inch, seconds, languages);
        let read = read.await?;
        self.kept.put(name, &read);
        Ok(read)
    }

    async fn run(
        &self,
        arguments: Vec<OsString>,
        seconds: u64,
        input: Vec<u8>,
    ) -> Result<(String, Duration), RecogniserError> {
        let mut process = Command::new(&self.executable)
            .args(arguments)
            .env_clear()
            // Their threads for one page wait for each other more than they work.
            .env("OMP_THREAD_LIMIT", "1")
            .env("RTEN_NUM_THREADS", "1")
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

fn tesseract_arguments(program: &Path, seconds: u64, how: Option<(&str, f32)>) -> Vec<OsString> {
    let mut arguments = vec![
        SUBCOMMAND.into(),
        program.into(),
        seconds.to_string().into(),
    ];
    if let Some((languages, dots_per_inch)) = how {
        arguments.extend([languages.into(), format!("{dots_per_inch:.0}").into()]);
    }
    arguments
}
