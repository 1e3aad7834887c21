//! Files to pictures: PNG, JPEG, and every page of a TIFF.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder as TiffDecoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::Tag;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::error::{PictureError, damaged};
use super::{Picture, Turn, fax};
use crate::formats::sniff::{FileType, file_type};

/// Longest side decoded, in pixels: A4 at 1,200 dpi, or a photo of 150 megapixels.
const MAX_FILE_SIDE: usize = 15_000;
/// Most pixels decoded: a colour photo of 100 megapixels takes 300 MB, which the child has.
const MAX_PIXELS: usize = 100_000_000;

/// A page of a file, counted from 0, turned as the camera noted. Only a TIFF has more than one.
pub fn decode(bytes: &[u8], page: usize) -> Result<Picture, PictureError> {
    let kind = file_type(bytes);
    if page > 0 && kind != FileType::Tiff {
        return Err(PictureError::NoSuchPage);
    }
    if kind == FileType::Png {
        png(bytes)
    } else if kind == FileType::Jpeg {
        jpeg(bytes)
    } else if kind == FileType::Tiff {
        tiff(bytes, page)
    } else {
        Err(PictureError::Kind)
    }
}

fn checked(width: usize, height: usize) -> Result<usize, PictureError> {
    let fits = width.max(height) <= MAX_FILE_SIDE && width.saturating_mul(height) <= MAX_PIXELS;
    if !fits {
        return Err(PictureError::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixel".into()));
    }
    Ok(width * height)
}

/// Pixels of 1 to 4 bytes: grey, grey and alpha, colours, colours and alpha.
fn grey(bytes: &[u8], samples: usize) -> Vec<u8> {
    let on_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
    };
    let pixels = bytes.chunks_exact(samples.max(1));
    pixels
        .map(|pixel| match pixel {
            [value] => *value,
            [value, alpha] => on_white(*value, *alpha),
            [r, g, b] => luma(*r, *g, *b),
            [r, g, b, alpha, ..] => on_white(luma(*r, *g, *b), *alpha),
            [] => 255,
        })
        .collect()
}

/// How light a colour is (ITU-R BT.601).
pub(crate) fn luma(r: u8, g: u8, b: u8) -> u8 {
    let sum = u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114;
    u8::try_from(sum / 1000).unwrap_or(255)
}

fn png(bytes: &[u8]) -> Result<Picture, PictureError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (width, height) = reader.info().size();
    let (width, height) = (width as usize, height as usize);
    checked(width, height)?;
    let size = reader.output_buffer_size().ok_or(PictureError::TooLarge)?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(damaged)?;
    let samples = frame.color_type.samples();
    buffer.truncate(frame.buffer_size());
    Ok(Picture {
        width,
        height,
        grey: grey(&buffer, samples),
    })
}

fn jpeg(bytes: &[u8]) -> Result<Picture, PictureError> {
    let options = DecoderOptions::new_safe()
        .set_max_width(MAX_FILE_SIDE)
        .set_max_height(MAX_FILE_SIDE)
        .set_strict_mode(false)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder
        .info()
        .ok_or_else(|| damaged("it has no frame header"))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    checked(width, height)?;
    if decoder.input_colorspace() == Some(ColorSpace::Luma) {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
    }
    let turn = decoder
        .exif()
        .map_or(Turn::None, |exif| exif_turn(exif).unwrap_or_default());
    let pixels = decoder.decode().map_err(damaged)?;
    let samples = pixels.len() / (width * height);
    let grey = grey(&pixels, samples);
    if grey.len() < width * height {
        return Err(damaged("pixels are missing"));
    }
    let picture = Picture {
        width,
        height,
        grey,
    };
    Ok(picture.turned(turn))
}

/// The orientation a camera noted: tag 0x0112 in the first directory (Exif 2.32, 4.6.4). Mirrored ones do not occur in photos.
fn exif_turn(exif: &[u8]) -> Option<Turn> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let is_little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let pair = tiff
            .get(at..at.checked_add(2)?)?
            .first_chunk::<2>()
            .copied()?;
        Some(usize::from(if is_little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }))
    };
    let (low, high) = if is_little { (4, 6) } else { (6, 4) };
    let directory = short(low)? + (short(high)? << 16);
    let entries = short(directory)?;
    let entry = (0..entries)
        .map(|index| directory + 2 + index * 12)
        .find(|at| short(*at) == Some(0x0112))?;
    match short(entry + 8)? {
        3 => Some(Turn::Half),
        6 => Some(Turn::Quarter),
        8 => Some(Turn::ThreeQuarters),
        _ => None,
    }
}

fn tiff(bytes: &[u8], page: usize) -> Result<Picture, PictureError> {
    let mut limits = TiffLimits::default();
    limits.decoding_buffer_size = MAX_PIXELS * 4;
    limits.intermediate_buffer_size = MAX_PIXELS * 4;
    let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut decoder = decoder.with_limits(limits);
    for _ in 0..page {
        if !decoder.more_images() {
            return Err(PictureError::NoSuchPage);
        }
        decoder.next_image().map_err(damaged)?;
    }
    let (width, height) = decoder.dimensions().map_err(damaged)?;
    let (width, height) = (width as usize, height as usize);
    checked(width, height)?;
    if let Some(grey) = fax::grey(&mut decoder, bytes, (width, height))? {
        let picture = Picture {
            width,
            height,
            grey,
        };
        let times = rows_per_row(&mut decoder);
        checked(width, height * times)?;
        return Ok(with_rows_repeated(picture, times));
    }
    let colours = decoder.colortype().map_err(damaged)?;
    let bytes = match decoder.read_image().map_err(damaged)? {
        DecodingResult::U8(bytes) => bytes,
        DecodingResult::U16(values) => values.into_iter().map(|v| v.to_be_bytes()[0]).collect(),
        DecodingResult::U32(_)
        | DecodingResult::U64(_)
        | DecodingResult::F16(_)
        | DecodingResult::F32(_)
        | DecodingResult::F64(_)
        | DecodingResult::I8(_)
        | DecodingResult::I16(_)
        | DecodingResult::I32(_)
        | DecodingResult::I64(_) => return Err(damaged("its samples are no whole numbers")),
    };
    let grey = tiff_grey(&bytes, colours, width)?;
    if grey.len() < width * height {
        return Err(damaged("pixels are missing"));
    }
    Ok(Picture {
        width,
        height,
        grey,
    })
}

/// Fax machines scan twice or four times as fine across as down, unless told otherwise (ITU-T T.4, 2.2): how often a row is
/// repeated to make dots square.
fn rows_per_row(decoder: &mut TiffDecoder<Cursor<&[u8]>>) -> usize {
    let mut dots = |tag: Tag| {
        let found = decoder.find_tag(tag).ok().flatten();
        if let Some(Value::Rational(dots, per)) = found {
            (dots / per.max(1)).max(1) as usize
        } else {
            1
        }
    };
    let (across, down) = (dots(Tag::XResolution), dots(Tag::YResolution));
    ((across + down / 2) / down).clamp(1, 4)
}

fn with_rows_repeated(picture: Picture, times: usize) -> Picture {
    if times == 1 {
        return picture;
    }
    let rows = picture
        .rows()
        .flat_map(|row| std::iter::repeat_n(row, times));
    Picture {
        width: picture.width,
        height: picture.height * times,
        grey: rows.flatten().copied().collect(),
    }
}

fn tiff_grey(bytes: &[u8], colours: ColorType, width: usize) -> Result<Vec<u8>, PictureError> {
    match colours {
        ColorType::Gray(bits @ (1 | 2 | 4)) => Ok(unpacked(bytes, bits, width)),
        ColorType::Gray(_) => Ok(grey(bytes, 1)),
        ColorType::GrayA(_) => Ok(grey(bytes, 2)),
        ColorType::RGB(_) | ColorType::YCbCr(_) => Ok(grey(bytes, 3)),
        ColorType::RGBA(_) => Ok(grey(bytes, 4)),
        ColorType::CMYK(_) => Ok(bytes
            .chunks_exact(4)
            .map(|ink| {
                let [c, m, y, k] = [0, 1, 2, 3].map(|i| 255 - ink.get(i).copied().unwrap_or(0));
                let light = u32::from(luma(c, m, y)) * u32::from(k) / 255;
                u8::try_from(light).unwrap_or(255)
            })
            .collect()),
        ColorType::Palette(_)
        | ColorType::CMYKA(_)
        | ColorType::Lab(_)
        | ColorType::Multiband { .. }
        | _ => Err(damaged("its colours are written in a rare way")),
    }
}

/// Several pixels a byte, every row beginning with a new one.
fn unpacked(bytes: &[u8], bits: u8, width: usize) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let highest = (1u16 << bits) - 1;
    let mut out = Vec::with_capacity(bytes.len() * per_byte);
    for row in bytes.chunks(width.div_ceil(per_byte)) {
        let pixels = row.iter().flat_map(|byte| {
            (0..per_byte).map(move |index| {
                let shift = 8 - u32::from(bits) * (u32::try_from(index).unwrap_or(0) + 1);
                let value = (u16::from(*byte) >> shift) & highest;
                u8::try_from(value * 255 / highest).unwrap_or(255)
            })
        });
        out.extend(pixels.take(width));
    }
    out
}
