//! What the daemon asks a child: what to do, and the bytes of one file.

use super::{Input, put_bytes, put_count, put_placed, turn_code};
use crate::formats::page::PlacedPicture;
use crate::formats::picture::Turn;

/// What of a page is to be seen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum View {
    /// All of it, as it seems to stand upright.
    Upright,
    /// All of it, so turned.
    Turned(Turn),
    /// A picture on it.
    Part(PlacedPicture),
}

/// What is to be done with a file.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::io::reader) enum Task {
    /// The words and embedded files of a PDF; the passwords are tried when it is locked.
    Words { passwords: Vec<String> },
    /// What a container holds, one level of it; the passwords are tried when it is locked.
    Unpack { passwords: Vec<String> },
    /// The cells of a spreadsheet.
    ReadSheets,
    /// A page of a PDF or picture, counted from 0, ready to be recognised.
    Picture {
        page: u32,
        /// What of it.
        view: View,
        /// Tried when it is a locked PDF.
        passwords: Vec<String>,
    },
}

/// A file and what to do with it.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::io::reader) struct Request {
    pub task: Task,
    pub file: Vec<u8>,
}

/// Passwords tried on one file; a configuration with more of one supplier is a mistake.
const MAX_PASSWORDS: usize = 20;
/// Largest request taken: a picture of the largest size read (50 MiB), and what stands in front of it.
pub(in crate::io::reader) const MAX_REQUEST_BYTES: usize = 51 * 1024 * 1024;

const WORDS: u8 = 0;
const PICTURE: u8 = 1;
const UNPACK: u8 = 2;
const SHEETS: u8 = 3;
const UPRIGHT: u8 = 4;
const PART: u8 = 5;

impl Task {
    /// What stands in front of a file of this length, the length of the whole included. `None` when it is too much.
    pub(in crate::io::reader) fn head(&self, file_bytes: usize) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        match self {
            Self::Words { passwords } => {
                head.push(WORDS);
                put_passwords(&mut head, passwords);
            }
            Self::Unpack { passwords } => {
                head.push(UNPACK);
                put_passwords(&mut head, passwords);
            }
            Self::ReadSheets => head.push(SHEETS),
            Self::Picture {
                page,
                view,
                passwords,
            } => {
                head.push(PICTURE);
                head.extend(page.to_le_bytes());
                match view {
                    View::Upright => head.push(UPRIGHT),
                    View::Turned(turn) => head.push(turn_code(*turn)),
                    View::Part(picture) => {
                        head.push(PART);
                        put_placed(&mut head, picture);
                    }
                }
                put_passwords(&mut head, passwords);
            }
        }
        let length = head.len().checked_add(file_bytes)?;
        let mut out = u32::try_from(length).ok()?.to_le_bytes().to_vec();
        out.extend(head);
        (length <= MAX_REQUEST_BYTES).then_some(out)
    }
}

impl Request {
    /// A request without its length; `None` for what `Task::head` does not write.
    pub(in crate::io::reader) fn decode(mut bytes: Vec<u8>) -> Option<Self> {
        let mut input = Input(&bytes);
        let [task] = input.take()?;
        let task = match task {
            WORDS => Task::Words {
                passwords: input.list(Input::text)?,
            },
            UNPACK => Task::Unpack {
                passwords: input.list(Input::text)?,
            },
            SHEETS => Task::ReadSheets,
            PICTURE => {
                let page = input.count()?;
                let [view] = input.take()?;
                let view = match view {
                    UPRIGHT => View::Upright,
                    PART => View::Part(input.placed()?),
                    turn => View::Turned(Turn::ALL.get(usize::from(turn)).copied()?),
                };
                Task::Picture {
                    page,
                    view,
                    passwords: input.list(Input::text)?,
                }
            }
            _ => return None,
        };
        let left = input.0.len();
        let file = bytes.split_off(bytes.len().checked_sub(left)?);
        Some(Self { task, file })
    }
}

fn put_passwords(out: &mut Vec<u8>, passwords: &[String]) {
    let passwords = passwords.get(..MAX_PASSWORDS).unwrap_or(passwords);
    put_count(out, passwords.len());
    for password in passwords {
        put_bytes(out, password.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::Rect;

    #[test]
    fn a_request_comes_as_it_was_sent() {
        let passwords = vec!["geheim".to_owned(), String::new()];
        let picture = |view| Task::Picture {
            page: 7,
            view,
            passwords: passwords.clone(),
        };
        for task in [
            Task::Words { passwords: vec![] },
            Task::Words {
                passwords: passwords.clone(),
            },
            Task::Unpack {
                passwords: passwords.clone(),
            },
            Task::ReadSheets,
            picture(View::Upright),
            picture(View::Turned(Turn::ThreeQuarters)),
            picture(View::Part(PlacedPicture {
                place: Rect {
                    x0: 1.0,
                    top: 2.0,
                    x1: 30.0,
                    bottom: 4.5,
                },
                dots_per_inch: 144.0,
            })),
        ] {
            let file = vec![1, 2, 3];
            let whole = [task.head(file.len()).unwrap(), file.clone()].concat();
            assert_eq!(
                whole.len(),
                4 + u32::from_le_bytes(*whole.first_chunk().unwrap()) as usize
            );
            assert_eq!(
                Request::decode(whole[4..].to_vec()),
                Some(Request { task, file })
            );
        }
        assert_eq!(Request::decode(vec![9, 0, 0, 0, 0]), None);
        assert_eq!(Request::decode(vec![WORDS, 255, 0, 0, 0]), None);
        assert_eq!(Request::decode(vec![PICTURE, 0, 0, 0]), None);
        assert_eq!(Request::decode(vec![]), None);
        assert_eq!(Task::ReadSheets.head(MAX_REQUEST_BYTES), None);
    }
}
