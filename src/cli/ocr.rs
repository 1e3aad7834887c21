//! `ocr`: how scans and photos are read.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Context, print};
use crate::io::recogniser::models::{self, HOW_TO_DOWNLOAD, IS_BUILT_IN, WHEEL};

/// What can be done about it.
#[derive(clap::Subcommand, Debug)]
pub enum Ocr {
    /// Takes the models of PP-OCRv6 out of a downloaded wheel (pip download --no-deps rapidocr==3.10.0)
    Install {
        /// The wheel; looked for in the working directory when it is not named
        wheel: Option<PathBuf>,
    },
}

/// Does it.
///
/// # Errors
/// A bad configuration, a program built without PP-OCRv6, a wheel that is not the one, a folder that cannot be written.
pub fn ocr(context: &Context, command: Ocr) -> anyhow::Result<ExitCode> {
    let Ocr::Install { wheel } = command;
    if !IS_BUILT_IN {
        anyhow::bail!(
            "this program was built without PP-OCRv6: cargo build --release --features ppocr"
        );
    }
    let config = context.config()?;
    let wheel = match wheel {
        Some(wheel) => wheel,
        None if Path::new(WHEEL).exists() => PathBuf::from(WHEEL),
        None => anyhow::bail!("no {WHEEL} here; get it first: {HOW_TO_DOWNLOAD}"),
    };
    let folder = models::install(&wheel, &config.storage.data_folder)?;
    print(&format!(
        "PP-OCRv6 is installed in {} and reads scans from now on\n",
        folder.display()
    ))
}
