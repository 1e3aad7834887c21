//! The central directory of a ZIP archive (APPNOTE sections 4.3.12, 4.3.16, 4.5.3).

use crate::formats::container::{ContainerError, MAX_FILES};
use crate::formats::little_endian::Input;

/// The end record has 22 bytes and a comment of at most 65,535.
const END_WITHIN_BYTES: usize = 22 + 65_535;
/// Entries looked at: files, folders and clutter.
const MAX_ENTRIES: usize = 4 * MAX_FILES;

/// One entry of the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// As written: a claim, with folders.
    pub name: String,
    /// 0 stored, 8 deflated.
    pub method: u16,
    /// Opens only with a password.
    pub is_encrypted: bool,
    /// A link of a Unix file system.
    pub is_link: bool,
    /// CRC-32 of the content.
    pub checksum: u32,
    /// The byte by which the old encryption tells a wrong password: section 6.1.6.
    pub check_byte: u8,
    /// Size in the archive.
    pub packed_bytes: u64,
    /// Size of the content.
    pub size_bytes: u64,
    /// Of its local header, from the start of the file.
    pub offset: usize,
}

/// Every entry, in the order of the directory.
///
/// # Errors
/// When there is no directory, or it is cut.
pub fn entries(bytes: &[u8]) -> Result<Vec<Entry>, ContainerError> {
    let damaged = || ContainerError::damaged("the directory of the archive is damaged or cut off");
    let Directory { start, skew, count } = directory(bytes).ok_or_else(damaged)?;
    let mut input = Input(bytes.get(start..).ok_or_else(damaged)?);
    let mut entries = Vec::new();
    while input.0.starts_with(b"PK\x01\x02") {
        if entries.len() >= MAX_ENTRIES {
            return Err(ContainerError::OverLimit(format!(
                "it holds more than {MAX_ENTRIES} entries"
            )));
        }
        entries.push(entry(&mut input, skew).ok_or_else(damaged)?);
    }
    // 65,535 says that the number stands elsewhere (section 4.4.1.4).
    if count != u16::MAX && usize::from(count) != entries.len() {
        return Err(damaged());
    }
    Ok(entries)
}

/// Where the directory stands.
struct Directory {
    start: usize,
    /// By how much offsets are off because something was put in front of the archive.
    skew: usize,
    /// Entries, as the end record says.
    count: u16,
}

fn directory(bytes: &[u8]) -> Option<Directory> {
    let from = bytes.len().saturating_sub(END_WITHIN_BYTES);
    let tail = bytes.get(from..)?;
    let end = from + tail.windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let mut record = Input(bytes.get(end + 10..)?);
    let (count, size, offset) = (record.u16()?, record.length()?, record.length()?);
    let start = end.checked_sub(size)?;
    // Of an archive in the ZIP64 form (section 4.3.15) the directory does not end here; its own offset is right then.
    let begins = |at: usize| {
        bytes
            .get(at..)
            .is_some_and(|it| it.starts_with(b"PK\x01\x02"))
    };
    let (start, skew) = match start.checked_sub(offset) {
        Some(skew) if begins(start) || size == 0 => (start, skew),
        Some(_) | None => (Some(offset).filter(|at| begins(*at))?, 0),
    };
    Some(Directory { start, skew, count })
}

fn entry(input: &mut Input<'_>, skew: usize) -> Option<Entry> {
    let mut head = Input(input.take(46)?);
    head.take(4)?;
    let made_by = head.u16()?;
    head.take(2)?;
    let (flags, method, time) = (head.u16()?, head.u16()?, head.u16()?);
    head.take(2)?;
    let checksum = head.u32()?;
    let (packed, size) = (head.u32()?, head.u32()?);
    let lengths = [head.u16()?, head.u16()?, head.u16()?].map(usize::from);
    head.take(4)?;
    let (attributes, offset) = (head.u32()?, head.u32()?);
    let [name, extra, comment] = lengths;
    let name = text(input.take(name)?);
    let wide = Wide::read(input.take(extra)?, [size, packed, offset]);
    input.take(comment)?;
    // Section 4.4.2: 3 is Unix, whose mode stands in the upper half; 0o120000 is a link.
    let is_link = made_by >> 8 == 3 && (attributes >> 16) & 0o170_000 == 0o120_000;
    // Section 6.1.6, and what Info-ZIP writes when the checksum was not known beforehand.
    let check_byte = if flags & 8 == 0 {
        checksum >> 24
    } else {
        u32::from(time >> 8)
    };
    Some(Entry {
        name,
        method,
        is_encrypted: flags & 1 != 0,
        is_link,
        checksum,
        check_byte: u8::try_from(check_byte).ok()?,
        packed_bytes: wide.packed,
        size_bytes: wide.size,
        offset: usize::try_from(wide.offset).ok()?.checked_add(skew)?,
    })
}

/// UTF-8 as most programs write, else Windows-1252: the flag for it is often forgotten.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(
        |_| encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
        str::to_owned,
    )
}

/// Sizes and offset where they stand: in the ZIP64 field those that are all ones (section 4.5.3).
struct Wide {
    size: u64,
    packed: u64,
    offset: u64,
}

impl Wide {
    fn read(extra: &[u8], narrow: [u32; 3]) -> Self {
        let mut fields = Input(extra);
        let mut wide = Input(&[]);
        while let (Some(id), Some(length)) = (fields.u16(), fields.u16()) {
            let Some(field) = fields.take(usize::from(length)) else {
                break;
            };
            if id == 1 {
                wide = Input(field);
            }
        }
        let [size, packed, offset] = narrow.map(|number| match number {
            u32::MAX => wide.u64().unwrap_or(u64::MAX),
            number => u64::from(number),
        });
        Self {
            size,
            packed,
            offset,
        }
    }
}
