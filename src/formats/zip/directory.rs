//! The central directory of a ZIP archive (APPNOTE sections 4.3.12, 4.3.16, 4.5.3).

use crate::formats::little_endian::Input;
use crate::formats::unpacked::{ContainerError, MAX_FILES};

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
    /// How it is locked with a password; `None` when it is not.
    pub lock: Option<Lock>,
    /// A link of a Unix file system.
    pub is_link: bool,
    /// CRC-32 of the content, where it is not kept back.
    pub checksum: Option<u32>,
    /// Size in the archive.
    pub packed_bytes: u64,
    /// Size of the content.
    pub size_bytes: u64,
    /// Of its local header, from the start of the file.
    pub offset: usize,
}

/// How an entry is locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// The old encryption, with the byte by which it tells a wrong password: section 6.1.6.
    Old(u8),
    /// AES with a key of so many bytes, as WinZip writes it.
    Aes(KeyBytes),
    /// Another one: section 7 of the APPNOTE, which nobody sends.
    Unknown,
}

/// The three lengths of an AES key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyBytes {
    /// AES-128.
    Sixteen,
    /// AES-192.
    TwentyFour,
    /// AES-256, what everybody writes.
    ThirtyTwo,
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
    let extra = input.take(extra)?;
    let wide = Wide::read(extra, [size, packed, offset]);
    let aes = Aes::read(extra).filter(|_| method == AES_METHOD);
    input.take(comment)?;
    // Section 4.4.2: 3 is Unix, whose mode stands in the upper half; 0o120000 is a link.
    let is_link = made_by >> 8 == 3 && (attributes >> 16) & 0o170_000 == 0o120_000;
    // Section 6.1.6, and what Info-ZIP writes when the checksum was not known beforehand.
    let check_byte = if flags & 8 == 0 {
        checksum >> 24
    } else {
        u32::from(time >> 8)
    };
    let lock = match &aes {
        _ if flags & 1 == 0 => None,
        Some(aes) => Some(aes.key.map_or(Lock::Unknown, Lock::Aes)),
        None if flags & STRONG != 0 => Some(Lock::Unknown),
        None => Some(Lock::Old(u8::try_from(check_byte).ok()?)),
    };
    Some(Entry {
        name,
        method: aes.as_ref().map_or(method, |aes| aes.method),
        lock,
        is_link,
        checksum: Some(checksum).filter(|_| aes.is_none_or(|aes| aes.has_checksum)),
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

/// The method that says: encrypted by AES, the real one stands in the field.
const AES_METHOD: u16 = 99;
/// The flag of the encryption of section 7.
const STRONG: u16 = 1 << 6;

/// The field 0x9901 of WinZip's AES encryption (`AE-1` and `AE-2`: <https://www.winzip.com/en/support/aes-encryption/>).
struct Aes {
    key: Option<KeyBytes>,
    /// How it was packed before it was encrypted.
    method: u16,
    /// AE-2 keeps the CRC back, which would tell something of a short content.
    has_checksum: bool,
}

impl Aes {
    fn read(extra: &[u8]) -> Option<Self> {
        let mut field = Input(field(extra, 0x9901)?);
        let (version, vendor) = (field.u16()?, field.take(2)?);
        let [strength] = *field.take(1)?.first_chunk()?;
        let key = match strength {
            1 => Some(KeyBytes::Sixteen),
            2 => Some(KeyBytes::TwentyFour),
            3 => Some(KeyBytes::ThirtyTwo),
            _ => None,
        };
        Some(Self {
            key: key.filter(|_| vendor == b"AE"),
            method: field.u16()?,
            has_checksum: version == 1,
        })
    }
}

/// The field of this number among the extra fields (section 4.5.1).
fn field(extra: &[u8], number: u16) -> Option<&[u8]> {
    let mut fields = Input(extra);
    loop {
        let (id, length) = (fields.u16()?, fields.u16()?);
        let field = fields.take(usize::from(length))?;
        if id == number {
            return Some(field);
        }
    }
}

/// Sizes and offset where they stand: in the ZIP64 field those that are all ones (section 4.5.3).
struct Wide {
    size: u64,
    packed: u64,
    offset: u64,
}

impl Wide {
    fn read(extra: &[u8], narrow: [u32; 3]) -> Self {
        let mut wide = Input(field(extra, 1).unwrap_or_default());
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
