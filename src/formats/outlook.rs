//! Outlook's .msg files ([MS-OXMSG]): a compound file with one storage for each recipient and each attachment, and one stream
//! for each property too long for the list of properties.

use super::compound_file::{CompoundFile, Entry};
use super::issue::Issue;
use super::little_endian::Input;
use super::mapi::{Attached, Message, Properties, Value, id};
use super::unpacked::ContainerError;

/// Recipients and attachments read of one message.
const MAX_PARTS: usize = 500;
/// Messages inside messages.
const MAX_DEPTH: usize = 5;
/// Bytes of all files: as much as a container may give (`MAX_UNPACKED_BYTES`), base64 counted.
const MAX_FILE_BYTES: usize = 36 * 1024 * 1024;
/// Section 2.4: bytes in front of the list, for the message, an attached message, and all others.
const TOP_HEADER_BYTES: usize = 32;
const INNER_HEADER_BYTES: usize = 24;
const PART_HEADER_BYTES: usize = 8;

/// Reads a message with its attachments.
///
/// # Errors
/// When the file is broken, no message, or holds too much.
pub fn read(bytes: &[u8]) -> Result<Message, ContainerError> {
    let file = CompoundFile::read(bytes)?;
    let mut reader = Reader {
        file,
        room: MAX_FILE_BYTES,
    };
    let root = reader.file.root();
    reader.message(&root, TOP_HEADER_BYTES, 0)
}

struct Reader<'b> {
    file: CompoundFile<'b>,
    room: usize,
}

impl Reader<'_> {
    fn message(
        &mut self,
        entries: &[Entry],
        header_bytes: usize,
        depth: usize,
    ) -> Result<Message, ContainerError> {
        let properties = self
            .properties(entries, header_bytes, None)
            .ok_or_else(|| ContainerError::damaged("it is no Outlook message, or broken"))?;
        let mut message = Message {
            properties,
            ..Message::default()
        };
        let codepage = message.properties.codepage;
        let storages = |prefix: &'static str| {
            let named = entries.iter().filter(|it| it.is_storage);
            let mut found = named
                .filter(|it| it.name.starts_with(prefix))
                .collect::<Vec<_>>();
            found.sort_by(|a, b| a.name.cmp(&b.name));
            found.truncate(MAX_PARTS);
            found
        };
        for storage in storages("__recip_version1.0_") {
            let inner = self.file.storage(storage);
            message
                .recipients
                .extend(self.properties(&inner, PART_HEADER_BYTES, codepage));
        }
        for storage in storages("__attach_version1.0_") {
            self.attachment(storage, &mut message, depth)?;
        }
        Ok(message)
    }

    fn attachment(
        &mut self,
        storage: &Entry,
        message: &mut Message,
        depth: usize,
    ) -> Result<(), ContainerError> {
        let inner = self.file.storage(storage);
        let codepage = message.properties.codepage;
        let Some(properties) = self.properties(&inner, PART_HEADER_BYTES, codepage) else {
            message.issues.push(Issue::new(
                storage.name.clone(),
                "an attachment that cannot be read",
            ));
            return Ok(());
        };
        let embedded = inner
            .iter()
            .find(|it| it.is_storage && it.name == "__substg1.0_3701000D");
        if let Some(embedded) = embedded {
            let entries = self.file.storage(embedded);
            let is_message = entries
                .iter()
                .any(|it| it.name == "__properties_version1.0");
            let name = properties.text(id::NAME).unwrap_or_default();
            if !is_message || depth >= MAX_DEPTH {
                let why = if is_message {
                    "a message too deep inside others: left out"
                } else {
                    "an object of another program: left out"
                };
                message.issues.push(Issue::new(name, why));
                return Ok(());
            }
            let inner = self.message(&entries, INNER_HEADER_BYTES, depth + 1)?;
            message
                .attached
                .push(Attached::Message(properties, Box::new(inner)));
            return Ok(());
        }
        let bytes = properties.binary(id::FILE).unwrap_or_default().to_vec();
        self.room = self.room.checked_sub(bytes.len()).ok_or_else(|| {
            ContainerError::OverLimit(format!(
                "its attachments are larger than {} MiB",
                MAX_FILE_BYTES >> 20
            ))
        })?;
        message.attached.push(Attached::File(properties, bytes));
        Ok(())
    }

    /// The list of properties and the streams that belong to it. `codepage` is that of the message around.
    fn properties(
        &self,
        entries: &[Entry],
        header_bytes: usize,
        codepage: Option<u16>,
    ) -> Option<Properties> {
        let list = self.file.named(entries, "__properties_version1.0")?;
        let mut input = Input(list.get(header_bytes..)?);
        let mut properties = Properties::default();
        while let (Some(kind), Some(id)) = (input.u16(), input.u16()) {
            let (Some(_flags), Some(value)) = (input.u32(), input.u64()) else {
                break;
            };
            let [a, b, c, d, ..] = value.to_le_bytes();
            match kind {
                // Section 2.11.1 of [MS-OXCDATA]: PtypInteger16, 32, 64, PtypBoolean, PtypTime.
                0x0002 | 0x000b => {
                    properties.put(id, Value::Number(i64::from(u16::from_le_bytes([a, b]))))
                }
                0x0003 => properties.put(
                    id,
                    Value::Number(i64::from(i32::from_le_bytes([a, b, c, d]))),
                ),
                0x0014 => {
                    properties.put(id, Value::Number(i64::from_le_bytes(value.to_le_bytes())))
                }
                0x0040 => properties.put(id, Value::Time(value)),
                _ => {}
            }
        }
        properties.codepage = properties.codepage.or(codepage);
        for entry in entries.iter().filter(|it| !it.is_storage) {
            if let Some((id, value)) = self.stream_value(entry) {
                properties.put(id, value);
            }
        }
        Some(properties)
    }

    /// `__substg1.0_` with the number and the type of a property, eight hexadecimal digits (section 2.1.3).
    fn stream_value(&self, entry: &Entry) -> Option<(u16, Value)> {
        let tag = entry.name.strip_prefix("__substg1.0_")?;
        let tag = u32::from_str_radix(tag, 16)
            .ok()
            .filter(|_| tag.len() == 8)?;
        let (id, kind) = (u16::try_from(tag >> 16).ok()?, tag & 0xffff);
        let content = || self.file.stream(entry);
        let value = match kind {
            0x001f => Value::Text(
                encoding_rs::UTF_16LE
                    .decode_without_bom_handling(&content())
                    .0
                    .into_owned(),
            ),
            0x001e => Value::Bytes8(content()),
            0x0102 => Value::Binary(content()),
            _ => return None,
        };
        Some((id, value))
    }
}
