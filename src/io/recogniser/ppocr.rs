//! The child's side for PP-OCRv6: takes the models in, gives up everything else, reads one picture from standard input and
//! answers with its words as tesseract would.
//!
//! A process reads one picture: taking the models in costs 0.05 s of some 2 s, and no picture meets what another broke.
#![expect(
    clippy::float_arithmetic,
    reason = "places in a picture are measured, not counted; no amount is touched"
)]

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use rten::ctc::CtcDecoder;
use rten::{Model, Value};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use rustix::process::Resource;

use super::models;
use crate::formats::page::Word;
use crate::formats::picture::{MAX_SIDE_PIXELS, Picture};
use crate::formats::ppocr::{self, Dictionary, Overview, STRIP_HEIGHT, Seen, Strip};
use crate::formats::tesseract_tsv;
use crate::io::lock_in;

/// Address space: models and a page take 300 MB, of which the map of a square picture is most.
const MEMORY_BYTES: u64 = 2 << 30;
/// Standard input, output and error, and a model file.
const OPEN_FILES: u64 = 16;
/// Where the model keeps the letters of its classes.
const LETTERS: &str = "character";
/// Longest request: the largest picture there is, and its head.
const MAX_PICTURE_BYTES: u64 = (MAX_SIDE_PIXELS * MAX_SIDE_PIXELS) as u64 + 100;

/// `recognise-here FOLDER SECONDS`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// With the models.
    folder: PathBuf,
    /// CPU time it may take.
    seconds: u64,
}

/// Exit code 1 when the process could not lock itself in, the models are not there, or the picture is none.
pub fn main(how: &Arguments) -> ExitCode {
    match answer(how) {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn answer(how: &Arguments) -> Option<()> {
    lock_in::limit(&[
        (Resource::As, MEMORY_BYTES),
        (Resource::Cpu, how.seconds),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES),
    ])?;
    let models = models::files(&how.folder).ok()?;
    lock_in::forbid_files_and_network(&[])?;
    // Threads begin before system calls are forbidden. How many is said in the environment.
    rten::thread_pool();
    let networks = Networks::load(models)?;
    lock_in::forbid_system_calls()?;
    let mut picture = Vec::new();
    io::stdin()
        .take(MAX_PICTURE_BYTES)
        .read_to_end(&mut picture)
        .ok()?;
    let words = networks.words(&Picture::from_pgm(&picture)?)?;
    let rows = tesseract_tsv::rows(&words);
    let mut out = io::stdout();
    out.write_all(rows.as_bytes()).ok()?;
    out.flush().ok()
}

struct Networks {
    detector: Model,
    recogniser: Model,
    dictionary: Dictionary,
}

impl Networks {
    fn load([detector, recogniser]: [Vec<u8>; 2]) -> Option<Self> {
        let recogniser = Model::load(recogniser).ok()?;
        Some(Self {
            detector: Model::load(detector).ok()?,
            dictionary: Dictionary::parse(recogniser.metadata().get(LETTERS)?),
            recogniser,
        })
    }

    /// The words from the top, and how sure each is in per cent. `None` when a network does not fit.
    fn words(&self, picture: &Picture) -> Option<Vec<(Word, u8)>> {
        let overview = ppocr::overview(picture);
        let map = self.map(&overview)?;
        let mut words = Vec::new();
        for line in ppocr::lines(&overview, &map) {
            if let Some(strip) = ppocr::strip(picture, &line) {
                words.extend(ppocr::words(&line, &self.letters(strip)?, &self.dictionary));
            }
        }
        Some(words)
    }

    /// How likely each pixel of the overview is writing.
    fn map(&self, overview: &Overview) -> Option<Vec<f32>> {
        let shape = [1, 3, overview.height, overview.width];
        let shown = NdTensor::try_from_data(shape, overview.values.clone()).ok()?;
        let map: NdTensor<f32, 4> = run(&self.detector, shown)?;
        (map.shape() == [1, 1, overview.height, overview.width]).then(|| map.to_vec())
    }

    /// The letters along the strip.
    fn letters(&self, strip: Strip) -> Option<Vec<Seen>> {
        let shape = [1, 3, STRIP_HEIGHT, strip.width];
        let shown = NdTensor::try_from_data(shape, strip.values).ok()?;
        let likely: NdTensor<f32, 3> = run(&self.recogniser, shown)?;
        let [1, steps, classes] = likely.shape() else {
            return None;
        };
        if classes != self.dictionary.classes() {
            return None;
        }
        let likely = likely.slice(0);
        let path = CtcDecoder::new().decode_greedy(likely);
        let seen = path.steps().iter().map(|step| {
            let (at, class) = (step.pos as usize, step.label as usize);
            // A letter's first step is told, and it mostly has two.
            Seen {
                class,
                at: (at as f32 + 1.0) / steps as f32,
                likely: likely.get([at, class]).copied().unwrap_or(0.0),
            }
        });
        Some(seen.collect())
    }
}

fn run<const N: usize>(network: &Model, shown: NdTensor<f32, 4>) -> Option<NdTensor<f32, N>> {
    let answer: Value = network.run_one(shown.view().into(), None).ok()?;
    answer.try_into().ok()
}
