//! Compound files ([MS-CFB]): a small file system inside a file, which Outlook and old Office write. Read only.
//!
//! No chain of sectors gives more than the file has, so that one that bites its tail ends; each table is at most as large as
//! the file, whatever its header claims.

use super::little_endian::{Input, u16_at, u32_at};
use super::unpacked::ContainerError;

/// Streams and storages looked at: a message with a hundred attachments has some thousands.
const MAX_ENTRIES: usize = 20_000;
/// Larger numbers mark free, end and table sectors (section 2.1).
const MAX_REGULAR_SECTOR: u32 = 0xffff_fffa;
/// Streams below this size lie in the small sectors (section 2.2).
const SMALL_STREAM_BYTES: usize = 4096;
/// Section 2.6.1.
const ENTRY_BYTES: usize = 128;

/// A storage or a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Holds other entries.
    pub is_storage: bool,
    /// Its number in the directory.
    index: u32,
}

/// A file, its tables read.
#[derive(Debug)]
pub struct CompoundFile<'b> {
    bytes: &'b [u8],
    sector_shift: u32,
    next_sector: Vec<u32>,
    next_small: Vec<u32>,
    small_sectors: Vec<u8>,
    directory: Vec<u8>,
}

impl<'b> CompoundFile<'b> {
    /// Reads the tables.
    ///
    /// # Errors
    /// When they are broken.
    pub fn read(bytes: &'b [u8]) -> Result<Self, ContainerError> {
        Self::tables(bytes)
            .ok_or_else(|| ContainerError::damaged("its table of contents is damaged or cut off"))
    }

    fn tables(bytes: &'b [u8]) -> Option<Self> {
        let mut file = Self::directory(bytes)?;
        file.next_small = numbers(&file.chain(u32_at(bytes, 60)?, usize::MAX)).collect();
        let (first, size) = file.stream_place(0)?;
        file.small_sectors = file.chain(first, size);
        Some(file)
    }

    /// The tables that tell what the file holds, without its small sectors.
    fn directory(bytes: &'b [u8]) -> Option<Self> {
        let sector_shift = u32::from(u16_at(bytes, 30)?);
        if ![9, 12].contains(&sector_shift) {
            return None;
        }
        let mut file = Self {
            bytes,
            sector_shift,
            next_sector: Vec::new(),
            next_small: Vec::new(),
            small_sectors: Vec::new(),
            directory: Vec::new(),
        };
        for sector in file.table_sectors()? {
            let numbers = numbers(file.sector(sector)?);
            file.next_sector.extend(numbers);
        }
        file.directory = file.chain(u32_at(bytes, 48)?, MAX_ENTRIES * ENTRY_BYTES);
        Some(file)
    }

    /// The sectors of the allocation table: 109 in the header, the others in a chain of their own (section 2.5). Those that
    /// would speak of sectors behind the end of the file are left out.
    fn table_sectors(&self) -> Option<Vec<u32>> {
        let count = usize::try_from(u32_at(self.bytes, 44)?).ok()?;
        let most = self.sectors();
        if count > most {
            return None;
        }
        let numbers_each = (1_usize << self.sector_shift) / size_of::<u32>();
        let count = count.min(most.div_ceil(numbers_each));
        let mut sectors = numbers(self.bytes.get(76..512)?).collect::<Vec<_>>();
        let mut more = u32_at(self.bytes, 68)?;
        while sectors.len() < count && more < MAX_REGULAR_SECTOR {
            let mut listed = numbers(self.sector(more)?).collect::<Vec<_>>();
            more = listed.pop()?;
            sectors.extend(listed);
        }
        sectors.truncate(count);
        Some(sectors)
    }

    /// How many sectors the file has, a last one cut short counted.
    fn sectors(&self) -> usize {
        self.bytes.len().div_ceil(1 << self.sector_shift)
    }

    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let size = 1_usize << self.sector_shift;
        let start = usize::try_from(number)
            .ok()?
            .checked_add(1)?
            .checked_mul(size)?;
        // The last sector of a file may be cut short by careless programs.
        let end = start.checked_add(size)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The sectors of a chain one after the other, at most `limit` bytes of them; what is there when it breaks off.
    fn chain(&self, first: u32, limit: usize) -> Vec<u8> {
        let (mut content, mut sector) = (Vec::new(), first);
        for _ in 0..self.sectors() {
            let Some(bytes) = self.sector(sector) else {
                break;
            };
            if sector >= MAX_REGULAR_SECTOR || content.len() >= limit {
                break;
            }
            content.extend_from_slice(bytes);
            sector = following(&self.next_sector, sector);
        }
        content.truncate(limit);
        content
    }

    fn small_chain(&self, first: u32, limit: usize) -> Vec<u8> {
        let (mut content, mut sector) = (Vec::new(), first);
        for _ in 0..self.next_small.len() {
            if content.len() >= limit {
                break;
            }
            let start = usize::try_from(sector).ok().and_then(|n| n.checked_mul(64));
            let bytes = start.and_then(|start| self.small_sectors.get(start..));
            let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            content.extend_from_slice(bytes.get(..64).unwrap_or(bytes));
            sector = following(&self.next_small, sector);
        }
        content.truncate(limit);
        content
    }

    fn entry(&self, index: u32) -> Option<&[u8]> {
        let start = usize::try_from(index).ok()?.checked_mul(ENTRY_BYTES)?;
        self.directory.get(start..start.checked_add(ENTRY_BYTES)?)
    }

    fn stream_place(&self, index: u32) -> Option<(u32, usize)> {
        let entry = self.entry(index)?;
        Some((
            u32_at(entry, 116)?,
            usize::try_from(u32_at(entry, 120)?).ok()?,
        ))
    }

    /// What the root storage holds.
    pub fn root(&self) -> Vec<Entry> {
        self.children(0)
    }

    /// What a storage holds, in the order of its tree.
    pub fn storage(&self, entry: &Entry) -> Vec<Entry> {
        if entry.is_storage {
            self.children(entry.index)
        } else {
            Vec::new()
        }
    }

    /// The siblings of a storage form a tree (section 2.6.4); each is met once.
    fn children(&self, of: u32) -> Vec<Entry> {
        let mut waiting: Vec<u32> = self
            .entry(of)
            .and_then(|it| u32_at(it, 76))
            .into_iter()
            .collect();
        let mut met = std::collections::BTreeSet::new();
        let mut children = Vec::new();
        while let Some(index) = waiting.pop() {
            if met.len() >= MAX_ENTRIES || !met.insert(index) {
                continue;
            }
            let Some(entry) = self.entry(index) else {
                continue;
            };
            waiting.extend(u32_at(entry, 72).into_iter().chain(u32_at(entry, 68)));
            children.extend(named(entry, index));
        }
        children
    }

    /// The content of a stream; what is there of it when the file is cut.
    pub fn stream(&self, entry: &Entry) -> Vec<u8> {
        match self.stream_place(entry.index) {
            Some((first, size)) if size < SMALL_STREAM_BYTES => self.small_chain(first, size),
            Some((first, size)) => self.chain(first, size),
            None => Vec::new(),
        }
    }

    /// The content of the stream of this name among `entries`.
    pub fn named(&self, entries: &[Entry], name: &str) -> Option<Vec<u8>> {
        let found = entries
            .iter()
            .find(|it| !it.is_storage && it.name == name)?;
        Some(self.stream(found))
    }
}

fn named(entry: &[u8], index: u32) -> Option<Entry> {
    let length = usize::from(u16_at(entry, 64)?).checked_sub(2)?;
    let name = entry.get(..length.min(64))?;
    let is_storage = match entry.get(66)? {
        1 => true,
        2 => false,
        _ => return None,
    };
    Some(Entry {
        name: encoding_rs::UTF_16LE
            .decode_without_bom_handling(name)
            .0
            .into_owned(),
        is_storage,
        index,
    })
}

fn following(table: &[u32], sector: u32) -> u32 {
    let next = usize::try_from(sector).ok().and_then(|at| table.get(at));
    next.copied().unwrap_or(u32::MAX)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(|chunk| Input(chunk).u32())
}

/// The names of what the root storage holds; none when the file is broken. Cheap: only the directory is read, and what tells
/// where it is.
pub fn names(bytes: &[u8]) -> Vec<String> {
    let file = CompoundFile::directory(bytes);
    let root = file.map(|file| file.root()).unwrap_or_default();
    root.into_iter().map(|entry| entry.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTOR: usize = 512;

    fn put(bytes: &mut [u8], at: usize, number: u32) {
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    /// A file of so many sectors: the first is a table in which every chain bites its tail, named again and again by the
    /// header and by the sector after it, which goes on with itself.
    fn biting_its_tail(sectors: usize) -> Vec<u8> {
        let mut bytes = vec![0; SECTOR * (sectors + 1)];
        bytes[30] = 9;
        put(&mut bytes, 44, u32::try_from(sectors).unwrap());
        put(&mut bytes, 48, 2);
        put(&mut bytes, 60, 2);
        put(&mut bytes, 68, 1);
        for at in 0..109 {
            put(&mut bytes, 76 + 4 * at, 0);
        }
        for at in 0..128 {
            put(&mut bytes, SECTOR + 4 * at, 2);
            put(&mut bytes, 2 * SECTOR + 4 * at, u32::from(at == 127));
        }
        // The root: its small sectors begin at sector 2 and are said to be four gigabytes.
        bytes[3 * SECTOR + 66] = 5;
        put(&mut bytes, 3 * SECTOR + 116, 2);
        put(&mut bytes, 3 * SECTOR + 120, u32::MAX);
        bytes
    }

    #[test]
    fn chains_that_bite_their_tails_give_no_more_than_the_file_has() {
        let bytes = biting_its_tail(400);
        let file = CompoundFile::read(&bytes).unwrap();
        for size in [
            file.next_sector.len() * 4,
            file.next_small.len() * 4,
            file.small_sectors.len(),
            file.directory.len(),
        ] {
            assert!(size <= bytes.len(), "{size} bytes of {}", bytes.len());
        }
        assert!(names(&bytes).is_empty());
    }
}
