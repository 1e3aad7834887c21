//! Pages as fax machines write them into TIFF: CCITT modified Huffman and Group 3 (TIFF 6.0, sections 10 and 11; ITU-T T.4),
//! which the TIFF decoder does not know.

use std::io::Cursor;

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode, decode};
use tiff::TiffError;
use tiff::decoder::Decoder as TiffDecoder;
use tiff::tags::Tag;

use super::error::{PictureError, damaged};

/// Values of the tag Compression.
const MODIFIED_HUFFMAN: u16 = 2;
const GROUP_3: u16 = 3;
/// Bit of the tag T4Options: rows may be written by how they differ from the one before.
const TWO_DIMENSIONAL: u32 = 1;
/// Value of the tag FillOrder for bytes that begin with their lowest bit.
const LOWEST_BIT_FIRST: u16 = 2;
/// Value of the tag PhotometricInterpretation for pictures whose 0 is black.
const BLACK_IS_ZERO: u16 = 1;
/// A page that lacks more of its rows, in per cent, is damaged: what is missing may be the total.
const MAX_MISSING_PER_CENT: usize = 5;

/// Rows of grey, one after the other.
struct Rows {
    grey: Vec<u8>,
    width: usize,
    most: usize,
    black: u8,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if self.grey.len() >= self.most {
            return;
        }
        let start = self.grey.len();
        self.grey.resize(start + self.width, 255 - self.black);
        let row = self.grey.get_mut(start..).unwrap_or_default();
        for run in changes.chunks(2) {
            let from = run.first().map_or(self.width, |at| *at as usize);
            let to = run.get(1).map_or(self.width, |at| *at as usize);
            if let Some(pixels) = row.get_mut(from..to) {
                pixels.fill(self.black);
            }
        }
    }
}

/// The page the decoder stands at, when it is written so; `None` when it is written in another way.
pub(super) fn grey(
    decoder: &mut TiffDecoder<Cursor<&[u8]>>,
    file: &[u8],
    (width, height): (usize, usize),
) -> Result<Option<Vec<u8>>, PictureError> {
    let compression = number(decoder, Tag::Compression, 1)?;
    if compression != MODIFIED_HUFFMAN && compression != GROUP_3 {
        return Ok(None);
    }
    let options = number(decoder, Tag::Unknown(292), 0)?;
    let order = number(decoder, Tag::FillOrder, 1)?;
    let meaning = number(decoder, Tag::PhotometricInterpretation, 0)?;
    let strip_rows = number(decoder, Tag::RowsPerStrip, u32::MAX)? as usize;
    let starts = decoder
        .get_tag_u64_vec(Tag::StripOffsets)
        .map_err(damaged)?;
    let lengths = decoder
        .get_tag_u64_vec(Tag::StripByteCounts)
        .map_err(damaged)?;
    let is_huffman = compression == MODIFIED_HUFFMAN;
    let mut rows = Rows {
        grey: Vec::with_capacity(width * height),
        width,
        most: width * height,
        black: if meaning == BLACK_IS_ZERO { 255 } else { 0 },
    };
    for (start, length) in starts.into_iter().zip(lengths) {
        let left = height.saturating_sub(rows.grey.len() / width.max(1));
        let wanted = strip_rows.min(left);
        if wanted == 0 {
            break;
        }
        let settings = DecodeSettings {
            columns: u32::try_from(width).map_err(damaged)?,
            rows: u32::try_from(wanted).map_err(damaged)?,
            end_of_block: !is_huffman,
            end_of_line: false,
            rows_are_byte_aligned: is_huffman,
            encoding: if !is_huffman && options & TWO_DIMENSIONAL != 0 {
                EncodingMode::Group3_2D
            } else {
                EncodingMode::Group3_1D
            },
            strict: false,
        };
        let strip = strip(file, start, length, order == LOWEST_BIT_FIRST);
        // What was decoded before an error stays; whether that is enough is seen below.
        decode(&strip, &mut rows, &mut DecoderContext::new(settings)).ok();
    }
    let missing = (width * height).saturating_sub(rows.grey.len());
    if missing * 100 > width * height * MAX_MISSING_PER_CENT {
        return Err(damaged("rows of the fax are missing"));
    }
    rows.grey.resize(width * height, 255);
    Ok(Some(rows.grey))
}

fn strip(file: &[u8], start: u64, length: u64, is_reversed: bool) -> Vec<u8> {
    let range = usize::try_from(start)
        .ok()
        .zip(usize::try_from(length).ok());
    let bytes = range.and_then(|(start, length)| {
        let rest = file.get(start..)?;
        rest.get(..length.min(rest.len()))
    });
    let mut bytes = bytes.unwrap_or_default().to_vec();
    if is_reversed {
        for byte in &mut bytes {
            *byte = byte.reverse_bits();
        }
    }
    bytes
}

fn number<T: TryFrom<u64>>(
    decoder: &mut TiffDecoder<Cursor<&[u8]>>,
    tag: Tag,
    usual: T,
) -> Result<T, PictureError> {
    let found: Result<Option<T>, TiffError> = decoder.find_tag_unsigned(tag);
    Ok(found.map_err(damaged)?.unwrap_or(usual))
}
