//! Windows code pages, which Outlook names its texts' character sets by.

use encoding_rs::Encoding;

/// The encoding of a Windows code page number.
pub fn encoding(codepage: Option<u16>) -> &'static Encoding {
    use encoding_rs as known;
    match codepage.unwrap_or(1252) {
        65001 => known::UTF_8,
        1200 => known::UTF_16LE,
        866 => known::IBM866,
        874 => known::WINDOWS_874,
        932 => known::SHIFT_JIS,
        936 | 54936 => known::GB18030,
        949 => known::EUC_KR,
        950 => known::BIG5,
        1250 => known::WINDOWS_1250,
        1251 => known::WINDOWS_1251,
        1253 => known::WINDOWS_1253,
        1254 | 28599 => known::WINDOWS_1254,
        1255 => known::WINDOWS_1255,
        1256 => known::WINDOWS_1256,
        1257 => known::WINDOWS_1257,
        1258 => known::WINDOWS_1258,
        20866 => known::KOI8_R,
        28592 => known::ISO_8859_2,
        28605 => known::ISO_8859_15,
        50220 | 50221 => known::ISO_2022_JP,
        // 20127 is ASCII and 28591 is Latin 1, both within Windows-1252; an unknown one is read as most mail is written.
        _ => known::WINDOWS_1252,
    }
}
