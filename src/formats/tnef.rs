//! TNEF ([MS-OXTNEF]), the winmail.dat of Outlook: the attributes of old, and inside them the properties of today.

mod properties;

use super::issue::Issue;
use super::little_endian::Input;
use super::mapi::{Attached, Message, Properties, Value, id};
use super::unpacked::ContainerError;
use properties::read_properties;

/// Section 2.1.3.1: what every stream begins with.
const SIGNATURE: u32 = 0x223e_9f78;
/// Attachments read.
const MAX_FILES: usize = 500;
/// Messages inside messages.
const MAX_DEPTH: usize = 5;
/// Bytes of all files, base64 not counted: see `MAX_UNPACKED_BYTES`.
const MAX_FILE_BYTES: usize = 36 * 1024 * 1024;
/// What is odd is told this often.
const MAX_ISSUES: usize = 20;

/// Attributes (section 2.1.3.2), by their lower half.
mod attribute {
    pub const SUBJECT: u16 = 0x8004;
    pub const BODY: u16 = 0x800c;
    pub const FILE_DATA: u16 = 0x800f;
    pub const FILE_TITLE: u16 = 0x8010;
    pub const FILE_BEGINS: u16 = 0x9002;
    pub const MESSAGE_PROPERTIES: u16 = 0x9003;
    pub const FILE_PROPERTIES: u16 = 0x9005;
    pub const CODEPAGE: u16 = 0x9007;
}

/// Reads a stream with its attachments. What is there of a cut one is read, with an issue.
///
/// # Errors
/// When it is none, or holds too much.
pub fn read(bytes: &[u8]) -> Result<Message, ContainerError> {
    stream(bytes, 0, &mut { MAX_FILE_BYTES })
}

fn stream(bytes: &[u8], depth: usize, room: &mut usize) -> Result<Message, ContainerError> {
    let mut input = Input(bytes);
    if input.u32() != Some(SIGNATURE) || input.u16().is_none() {
        return Err(ContainerError::damaged(
            "it does not begin as winmail.dat does",
        ));
    }
    let mut reading = Reading {
        message: Message::default(),
        file: None,
        depth,
    };
    while let Some(level) = input.u8() {
        if ![1, 2].contains(&level) {
            reading.odd("rubbish behind the last attribute");
            break;
        }
        let Some((name, data)) = next_attribute(&mut input) else {
            reading.odd("it is cut off: something may be missing");
            break;
        };
        if level == 1 {
            reading.of_message(name, data);
        } else {
            reading.of_file(name, data, room)?;
        }
    }
    reading.close_file(room)?;
    Ok(reading.message)
}

/// An object begins with the id of its interface (section 2.1.3.3.15), and those of Microsoft end alike: what stands behind
/// it is the file, or the TNEF of an attached message.
fn of_object(value: &[u8]) -> &[u8] {
    const ENDING: [u8; 12] = [0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    match value.split_at_checked(16) {
        Some((id, content)) if id.ends_with(&ENDING) => content,
        Some(_) | None => value,
    }
}

fn next_attribute<'b>(input: &mut Input<'b>) -> Option<(u16, &'b [u8])> {
    let name = input.u16()?;
    input.take(2)?;
    let length = input.length()?;
    let data = input.take(length)?;
    // The checksum may be missing at the end of a cut file; a wrong one says nothing that the content does not.
    input.0 = input.0.get(2..).unwrap_or_default();
    Some((name, data))
}

struct Reading {
    message: Message,
    /// The attachment being read: its properties and its bytes.
    file: Option<(Properties, Vec<u8>)>,
    depth: usize,
}

impl Reading {
    fn odd(&mut self, problem: &str) {
        if self.message.issues.len() < MAX_ISSUES {
            self.message.issues.push(Issue::new("winmail.dat", problem));
        }
    }

    fn of_message(&mut self, name: u16, data: &[u8]) {
        let properties = &mut self.message.properties;
        match name {
            attribute::CODEPAGE => {
                let page = Input(data).u32().and_then(|page| u16::try_from(page).ok());
                properties.codepage = properties.codepage.or(page);
            }
            attribute::SUBJECT => properties.put(id::SUBJECT, Value::Bytes8(data.to_vec())),
            attribute::BODY => properties.put(id::BODY, Value::Bytes8(data.to_vec())),
            attribute::MESSAGE_PROPERTIES if !read_properties(data, properties) => {
                self.odd("its list of properties is damaged: something may be missing");
            }
            _ => {}
        }
    }

    fn of_file(&mut self, name: u16, data: &[u8], room: &mut usize) -> Result<(), ContainerError> {
        if name == attribute::FILE_BEGINS {
            self.close_file(room)?;
        }
        let codepage = self.message.properties.codepage;
        let (properties, bytes) = self.file.get_or_insert_with(|| {
            let mut properties = Properties::default();
            properties.codepage = codepage;
            (properties, Vec::new())
        });
        match name {
            attribute::FILE_TITLE => properties.put(id::SHORT_NAME, Value::Bytes8(data.to_vec())),
            attribute::FILE_DATA => *bytes = data.to_vec(),
            attribute::FILE_PROPERTIES if !read_properties(data, properties) => {
                self.odd("the properties of a file are damaged");
            }
            _ => {}
        }
        Ok(())
    }

    /// The attachment is complete: a file, or a message in TNEF of its own.
    fn close_file(&mut self, room: &mut usize) -> Result<(), ContainerError> {
        let Some((properties, mut bytes)) = self.file.take() else {
            return Ok(());
        };
        if bytes.is_empty() {
            bytes = of_object(properties.binary(id::FILE).unwrap_or_default()).to_vec();
        }
        *room = room
            .checked_sub(bytes.len())
            .filter(|_| self.message.attached.len() < MAX_FILES)
            .ok_or_else(|| {
                ContainerError::OverLimit(format!(
                    "it holds more than {MAX_FILES} files, or files larger than {} MiB",
                    MAX_FILE_BYTES >> 20
                ))
            })?;
        let is_message = Input(&bytes).u32() == Some(SIGNATURE);
        if is_message && self.depth >= MAX_DEPTH {
            self.odd("a message too deep inside others: left out");
            return Ok(());
        }
        self.message.attached.push(if is_message {
            Attached::Message(properties, Box::new(stream(&bytes, self.depth + 1, room)?))
        } else {
            Attached::File(properties, bytes)
        });
        Ok(())
    }
}
