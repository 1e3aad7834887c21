//! The two networks of PP-OCRv6: not part of the program, taken once out of a Python package that pip downloads.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::formats::unpacked::ContainerError;
use crate::formats::zip;
use crate::io::limits::{self, FileError};

/// The package that carries them. They are PaddleOCR's, under Apache-2.0, converted by RapidOCR.
pub const WHEEL: &str = "rapidocr-3.10.0-py3-none-any.whl";
/// What a person types to get it.
pub const HOW_TO_DOWNLOAD: &str = "pip download --no-deps rapidocr==3.10.0";
/// Whether this program can use them.
pub const IS_BUILT_IN: bool = cfg!(feature = "ppocr");
/// Folder of the data folder they are kept in.
const FOLDER: &str = "ppocr";
/// The wheel has 27 MB.
const MAX_WHEEL_BYTES: u64 = 64 << 20;

/// A file of the wheel.
struct Model {
    name: &'static str,
    bytes: u64,
    sha256: &'static str,
}

const MODELS: [Model; 2] = [
    Model {
        name: "PP-OCRv6_det_small.onnx",
        bytes: 9_929_594,
        sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    },
    Model {
        name: "PP-OCRv6_rec_small.onnx",
        bytes: 21_234_383,
        sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    },
];

/// Why the models were not installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The wheel, which cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no archive, or a broken one.
    #[error("{} is not the wheel: {HOW_TO_DOWNLOAD}", wheel.display())]
    NoWheel {
        /// Which file.
        wheel: PathBuf,
        /// Why.
        source: ContainerError,
    },
    /// It is another archive.
    #[error("{} does not hold {name}: {HOW_TO_DOWNLOAD}", wheel.display())]
    Missing {
        /// Which file.
        wheel: PathBuf,
        /// What was looked for in it.
        name: &'static str,
    },
    /// Somebody changed it.
    #[error(
        "{name} in {} is not the file this program was tested with (SHA-256 {found}); nothing was installed: {HOW_TO_DOWNLOAD}",
        wheel.display()
    )]
    Changed {
        /// Which file.
        wheel: PathBuf,
        /// Which of its files.
        name: &'static str,
        /// What it has.
        found: String,
    },
    /// The data folder.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The folder with both models, when this program can use them and `install` put them there.
pub fn installed(data_folder: &Path) -> Option<PathBuf> {
    let folder = data_folder.join(FOLDER);
    let is_there = |model: &Model| {
        let file = fs::metadata(folder.join(model.name));
        file.is_ok_and(|file| file.is_file() && file.len() == model.bytes)
    };
    (IS_BUILT_IN && MODELS.iter().all(is_there)).then_some(folder)
}

/// Takes both out of the wheel, compares them with what this program was tested with, and puts them into the data folder;
/// each appears there whole or not at all.
///
/// # Errors
/// What is wrong with the wheel, or what could not be written.
pub fn install(wheel: &Path, data_folder: &Path) -> Result<PathBuf, InstallError> {
    let no_wheel = |source| InstallError::NoWheel {
        wheel: wheel.to_owned(),
        source,
    };
    let archive = limits::read_bytes(wheel, MAX_WHEEL_BYTES)?;
    let entries = zip::entries(&archive).map_err(no_wheel)?;
    let mut taken = Vec::new();
    for model in &MODELS {
        let path = format!("rapidocr/models/{}", model.name);
        let bytes = zip::member(&archive, &entries, &path).map_err(no_wheel)?;
        let bytes = bytes.ok_or_else(|| InstallError::Missing {
            wheel: wheel.to_owned(),
            name: model.name,
        })?;
        let found = hexadecimal(&Sha256::digest(&bytes));
        if found != model.sha256 {
            return Err(InstallError::Changed {
                wheel: wheel.to_owned(),
                name: model.name,
                found,
            });
        }
        taken.push((model.name, bytes));
    }
    let folder = data_folder.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|source| unwritten(&folder, source))?;
    for (name, bytes) in taken {
        place(&folder.join(name), &bytes)?;
    }
    Ok(folder)
}

/// Under another name first, so that a reader sees no half of it.
fn place(path: &Path, bytes: &[u8]) -> Result<(), InstallError> {
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let write = || {
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|source| unwritten(path, source))
}

fn unwritten(path: &Path, source: std::io::Error) -> InstallError {
    InstallError::Write {
        path: path.to_owned(),
        source,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of an installed folder: detector and recogniser.
#[cfg(feature = "ppocr")]
pub(super) fn files(folder: &Path) -> Result<[Vec<u8>; 2], FileError> {
    let read = |model: &Model| limits::read_bytes(&folder.join(model.name), model.bytes);
    let [detector, recogniser] = &MODELS;
    Ok([read(detector)?, read(recogniser)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_wheel_installs_nothing_and_says_what_to_download() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join(WHEEL);
        let why = |bytes: &[u8]| {
            fs::write(&wheel, bytes).unwrap();
            install(&wheel, folder.path()).unwrap_err().to_string()
        };
        assert!(why(b"<html>404</html>").contains("is not the wheel: pip download"));
        assert!(
            why(include_bytes!(
                "../../../tests/golden/files/zip_password.zip"
            ))
            .contains("does not hold PP-OCRv6_det_small.onnx")
        );
        assert!(!folder.path().join(FOLDER).exists());
        assert_eq!(installed(folder.path()), None);
        let absent = install(Path::new("/nowhere.whl"), folder.path());
        assert_eq!(absent.unwrap_err().to_string(), "cannot read /nowhere.whl");
    }
}
