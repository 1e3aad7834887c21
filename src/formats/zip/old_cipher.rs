//! The old encryption of ZIP archives (APPNOTE section 6.1): weak, and what senders still use because every system opens it.

/// Random bytes in front of the content.
const HEADER_BYTES: usize = 12;

/// The content without its encryption; `None` when the password does not fit.
pub(super) fn decrypt(packed: &[u8], password: &[u8], check_byte: u8) -> Option<Vec<u8>> {
    let mut keys = Keys([0x1234_5678, 0x2345_6789, 0x3456_7890]);
    password.iter().for_each(|byte| keys.update(*byte));
    let plain = packed
        .iter()
        .map(|byte| {
            let plain = byte ^ keys.next();
            keys.update(plain);
            plain
        })
        .collect::<Vec<_>>();
    let (header, content) = plain.split_at_checked(HEADER_BYTES)?;
    (header.last() == Some(&check_byte)).then(|| content.to_vec())
}

struct Keys([u32; 3]);

impl Keys {
    fn update(&mut self, byte: u8) {
        let [first, second, third] = self.0;
        let first = crc_step(first, byte);
        let second = second
            .wrapping_add(first & 0xff)
            .wrapping_mul(134_775_813)
            .wrapping_add(1);
        let [.., high] = second.to_le_bytes();
        self.0 = [first, second, crc_step(third, high)];
    }

    fn next(&self) -> u8 {
        let [_, _, third] = self.0;
        let mixed = third | 2;
        let [_, byte, ..] = mixed.wrapping_mul(mixed ^ 1).to_le_bytes();
        byte
    }
}

/// One step of CRC-32 (polynomial 0xEDB88320), without its inversions.
fn crc_step(crc: u32, byte: u8) -> u32 {
    (0..8).fold(crc ^ u32::from(byte), |crc, _| {
        let is_odd = crc & 1 != 0;
        (crc >> 1) ^ if is_odd { 0xedb8_8320 } else { 0 }
    })
}
