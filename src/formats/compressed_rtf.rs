//! The packed RTF bodies of Outlook ([MS-OXRTFCP]).

use super::little_endian::Input;

/// Section 2.1.3.1.1: what the dictionary holds before the first byte.
const FIRST_WORDS: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Section 2.1.3.1.
const DICTIONARY_BYTES: usize = 4096;
/// A body above this is no letter.
const MAX_BYTES: usize = 10 * 1024 * 1024;

/// The RTF of a body; `None` when it is not packed this way. What a cut body still gives is given.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(packed);
    input.take(4)?;
    let size = input.length()?.min(MAX_BYTES);
    let kind = input.take(4)?;
    input.take(4)?;
    match kind {
        b"MELA" => Some(input.0.get(..size.min(input.0.len()))?.to_vec()),
        b"LZFu" => Some(inflate(input, size)),
        _ => None,
    }
}

/// Section 2.2.2: a control byte, then eight bytes or references into the dictionary.
fn inflate(mut input: Input<'_>, size: usize) -> Vec<u8> {
    let mut dictionary = [0_u8; DICTIONARY_BYTES];
    for (place, byte) in dictionary.iter_mut().zip(FIRST_WORDS) {
        *place = *byte;
    }
    let mut at = FIRST_WORDS.len();
    let mut out = Vec::with_capacity(size.min(64 * 1024));
    'runs: while let Some(control) = input.u8() {
        for bit in 0..8 {
            if out.len() >= size {
                break 'runs;
            }
            if control & (1 << bit) == 0 {
                let Some(byte) = input.u8() else { break 'runs };
                put(&mut dictionary, &mut at, &mut out, byte);
                continue;
            }
            let (Some(high), Some(low)) = (input.u8(), input.u8()) else {
                break 'runs;
            };
            let offset = usize::from(high) << 4 | usize::from(low >> 4);
            if offset == at {
                break 'runs;
            }
            for step in 0..usize::from(low & 15) + 2 {
                let byte = dictionary.get((offset + step) % DICTIONARY_BYTES).copied();
                put(&mut dictionary, &mut at, &mut out, byte.unwrap_or_default());
            }
        }
    }
    out.truncate(size);
    out
}

fn put(dictionary: &mut [u8; DICTIONARY_BYTES], at: &mut usize, out: &mut Vec<u8>, byte: u8) {
    out.push(byte);
    if let Some(place) = dictionary.get_mut(*at) {
        *place = byte;
    }
    *at = (*at + 1) % DICTIONARY_BYTES;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_unpacked() {
        // [MS-OXRTFCP] section 3.1.1.
        let packed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        assert_eq!(
            unpack(&packed).as_deref(),
            Some(b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".as_slice())
        );
    }

    #[test]
    fn a_run_that_reads_what_it_writes_and_a_cut_body_end() {
        // Section 3.1.2: a reference that overlaps the place of writing.
        let packed = [
            0x1a, 0, 0, 0, 0x1c, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0,
            0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0,
        ];
        assert_eq!(
            unpack(&packed).as_deref(),
            Some(b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}".as_slice())
        );
        for end in 0..packed.len() {
            drop(unpack(&packed[..end]));
        }
        assert_eq!(unpack(b"neither one nor the other"), None);
    }
}
