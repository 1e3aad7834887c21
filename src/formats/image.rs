//! The size of a picture from its header: enough to tell a logo from a scan. No pixel is decoded.

use super::sniff::{FileType, file_type};

/// What the header of a picture says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImageHeader {
    /// Its type by leading bytes.
    pub file_type: FileType,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// No scanner or camera makes a side longer than this.
const MAX_SIDE_PIXELS: usize = 50_000;

/// Reads the header of a PNG, JPEG, GIF or TIFF; `None` when it is another file or its header is broken.
pub fn header(bytes: &[u8]) -> Option<ImageHeader> {
    let file_type = file_type(bytes);
    if ![FileType::Png, FileType::Jpeg, FileType::Gif, FileType::Tiff].contains(&file_type) {
        return None;
    }
    let size = imagesize::blob_size(bytes).ok()?;
    let side = |pixels: usize| {
        u32::try_from(pixels)
            .ok()
            .filter(|_| (1..=MAX_SIDE_PIXELS).contains(&pixels))
    };
    Some(ImageHeader {
        file_type,
        width: side(size.width)?,
        height: side(size.height)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_from_the_header_alone() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend([0, 0, 2, 128, 0, 0, 0, 200, 8, 2, 0, 0, 0]);
        assert_eq!(
            header(&png),
            Some(ImageHeader {
                file_type: FileType::Png,
                width: 640,
                height: 200
            })
        );
        let gif = header(b"GIF89a\x10\x00\x20\x00\xf7\x00\x00");
        assert_eq!(
            gif,
            Some(ImageHeader {
                file_type: FileType::Gif,
                width: 16,
                height: 32
            })
        );
    }

    #[test]
    fn broken_headers_and_other_files_have_no_size() {
        let zero = b"GIF89a\x00\x00\x20\x00\xf7\x00\x00";
        for bytes in [
            &zero[..],
            b"GIF89a",
            b"\xff\xd8\xff\xe0",
            b"\x89PNG\r\n\x1a\n",
            b"%PDF-1.4",
            b"",
        ] {
            assert_eq!(header(bytes), None, "{bytes:?}");
        }
    }
}
