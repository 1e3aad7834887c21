//! The list of properties inside an attribute ([MS-OXTNEF] section 2.1.3.4).

use crate::formats::little_endian::Input;
use crate::formats::mapi::{Properties, Value};

/// Properties of one list; messages have some two hundred.
const MAX_PROPERTIES: usize = 5_000;
/// Values of one property: most have one.
const MAX_VALUES: usize = 10_000;
/// Set for properties with several values.
const SEVERAL: u16 = 0x1000;

/// Reads a list into `properties`. False when it is damaged: what stood before the damage is read.
pub(super) fn read_properties(data: &[u8], properties: &mut Properties) -> bool {
    let mut input = Input(data);
    let Some(count) = input.length() else {
        return false;
    };
    (0..count.min(MAX_PROPERTIES)).all(|_| property(&mut input, properties).is_some())
}

fn property(input: &mut Input<'_>, properties: &mut Properties) -> Option<()> {
    let (kind, id) = (input.u16()?, input.u16()?);
    if id >= 0x8000 {
        name(input)?;
    }
    let base = kind & !SEVERAL;
    let has_lengths = matches!(base, 0x000d | 0x001e | 0x001f | 0x0102);
    let count = if kind & SEVERAL != 0 || has_lengths {
        input.length()?
    } else {
        1
    };
    if count > MAX_VALUES {
        return None;
    }
    for _ in 0..count {
        let value = if has_lengths {
            of_length(input, base)?
        } else {
            of_size(input, base)?
        };
        if let Some(value) = value.filter(|_| id < 0x8000) {
            properties.put(id, value);
        }
    }
    Some(())
}

/// A named property: its set, and its number or name.
fn name(input: &mut Input<'_>) -> Option<()> {
    input.take(16)?;
    if input.u32()? == 0 {
        input.take(4)?;
    } else {
        let length = input.length()?;
        padded(input, length)?;
    }
    Some(())
}

fn of_length(input: &mut Input<'_>, kind: u16) -> Option<Option<Value>> {
    let length = input.length()?;
    let bytes = padded(input, length)?;
    Some(match kind {
        0x001e => Some(Value::Bytes8(bytes.to_vec())),
        0x001f => Some(Value::Text(
            encoding_rs::UTF_16LE
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        )),
        // An object begins with the id of its interface; for a file in it nothing else is known to look at.
        _ => Some(Value::Binary(bytes.to_vec())),
    })
}

fn of_size(input: &mut Input<'_>, kind: u16) -> Option<Option<Value>> {
    Some(match kind {
        0x0002 | 0x000b => Some(Value::Number(i64::from(input.u32()? & 0xffff))),
        0x0003 => Some(Value::Number(i64::from(input.u32()?.cast_signed()))),
        0x0001 | 0x0004 | 0x000a => {
            input.take(4)?;
            None
        }
        0x0014 => Some(Value::Number(input.u64()?.cast_signed())),
        0x0040 => Some(Value::Time(input.u64()?)),
        0x0005..=0x0007 => {
            input.take(8)?;
            None
        }
        0x0048 => {
            input.take(16)?;
            None
        }
        _ => return None,
    })
}

/// Values are filled up to four bytes; the last one may not be.
fn padded<'b>(input: &mut Input<'b>, length: usize) -> Option<&'b [u8]> {
    let bytes = input.take(length)?;
    let padding = (4 - length % 4) % 4;
    input.0 = input.0.get(padding..).unwrap_or_default();
    Some(bytes)
}
