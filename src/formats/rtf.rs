//! RTF bodies of mails: the HTML that Outlook packed into RTF ([MS-OXRTFEX]), or the text a reader sees. No layout.

mod words;

use std::collections::BTreeMap;

use super::code_page::encoding;
use words::{Token, Words};

/// Larger bodies are cut.
const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Groups inside groups that are kept apart; deeper ones are read with the properties of their parent.
const MAX_DEPTH: usize = 200;

/// What an RTF body is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RtfBody {
    /// It was HTML; this is the markup.
    Html(String),
    /// Text, line by line.
    Text(String),
}

/// The HTML of a body that was made from HTML, else its text.
pub fn body(rtf: &[u8]) -> RtfBody {
    let mut reader = Reader::default();
    let cut = rtf.get(..rtf.len().min(MAX_BYTES)).unwrap_or_default();
    for token in Words::new(cut) {
        reader.take(token);
    }
    reader.flush();
    if reader.is_html {
        RtfBody::Html(reader.out)
    } else {
        RtfBody::Text(reader.out)
    }
}

/// What holds inside one group.
#[derive(Clone, Copy, Default)]
struct Group {
    /// A destination whose content is not shown.
    is_skipped: bool,
    /// The table of fonts.
    is_fonts: bool,
    /// `\*\htmltag`: markup as it was.
    is_markup: bool,
    /// `\htmlrtf`: for readers of RTF only ([MS-OXRTFEX] section 2.1.3.1.5).
    is_for_rtf: bool,
    /// Code page of the font.
    codepage: Option<u16>,
    /// `\uc`: how many letters stand behind a `\u` for readers that do not know it.
    stand_ins: Option<usize>,
}

#[derive(Default)]
struct Reader {
    out: String,
    group: Group,
    outer: Vec<Group>,
    depth_lost: usize,
    is_html: bool,
    /// `\*` was just read.
    is_optional: bool,
    /// Stand-ins still to be passed over.
    to_skip: usize,
    bytes: Vec<u8>,
    units: Vec<u16>,
    codepage: Option<u16>,
    fonts: BTreeMap<i32, u16>,
    font: i32,
}

impl Reader {
    fn take(&mut self, token: Token<'_>) {
        let was_optional = std::mem::take(&mut self.is_optional);
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Byte(byte) => self.byte(byte),
            Token::Word(name, number) => self.word(name, number, was_optional),
            Token::Symbol(b'*') => self.is_optional = true,
            Token::Symbol(b'~') => self.show(" "),
            Token::Symbol(b'_') => self.show("-"),
            Token::Symbol(symbol @ (b'\\' | b'{' | b'}')) => self.byte(symbol),
            Token::Symbol(b'\n' | b'\r') => self.show("\n"),
            Token::Symbol(_) => {}
        }
    }

    fn open(&mut self) {
        self.flush();
        if self.outer.len() < MAX_DEPTH {
            self.outer.push(self.group);
        } else {
            self.depth_lost += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        self.to_skip = 0;
        if self.depth_lost > 0 {
            self.depth_lost -= 1;
        } else if let Some(group) = self.outer.pop() {
            self.group = group;
        }
    }

    fn is_shown(&self) -> bool {
        let group = self.group;
        !group.is_skipped && !group.is_fonts && (group.is_markup || !group.is_for_rtf)
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.is_shown() {
            self.flush_units();
            self.bytes.push(byte);
        }
    }

    fn show(&mut self, text: &str) {
        self.flush();
        if self.is_shown() {
            self.out.push_str(text);
        }
    }

    fn word(&mut self, name: &[u8], number: Option<i32>, was_optional: bool) {
        match name {
            b"fromhtml" => self.is_html = number != Some(0),
            b"htmltag" if was_optional => self.begin(|group| group.is_markup = true),
            b"htmlrtf" => {
                self.flush();
                self.group.is_for_rtf = number != Some(0);
            }
            b"fonttbl" => self.begin(|group| group.is_fonts = true),
            b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"header" | b"footer" => {
                self.begin(|group| group.is_skipped = true);
            }
            b"ansicpg" => self.codepage = number.and_then(|it| u16::try_from(it).ok()),
            b"f" => self.font(number.unwrap_or_default()),
            b"fcharset" => {
                if let Some(page) = number.and_then(codepage_of_charset) {
                    self.fonts.insert(self.font, page);
                }
            }
            b"uc" => self.group.stand_ins = number.and_then(|it| usize::try_from(it).ok()),
            b"u" => self.unicode(number.unwrap_or_default()),
            b"par" | b"line" | b"row" | b"sect" | b"page" => {
                self.show(if self.is_html { "\r\n" } else { "\n" })
            }
            b"tab" | b"cell" => self.show("\t"),
            b"lquote" => self.show("‘"),
            b"rquote" => self.show("’"),
            b"ldblquote" => self.show("“"),
            b"rdblquote" => self.show("”"),
            b"bullet" => self.show("•"),
            b"endash" => self.show("–"),
            b"emdash" => self.show("—"),
            _ if was_optional => self.begin(|group| group.is_skipped = true),
            _ => {}
        }
    }

    fn begin(&mut self, change: impl FnOnce(&mut Group)) {
        self.flush();
        change(&mut self.group);
    }

    fn font(&mut self, number: i32) {
        self.flush();
        self.font = number;
        if !self.group.is_fonts {
            self.group.codepage = self.fonts.get(&number).copied();
        }
    }

    /// `\u`: a UTF-16 unit, written as a signed number.
    fn unicode(&mut self, number: i32) {
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).ok();
        if let Some(unit) = unit.filter(|_| self.is_shown()) {
            self.flush_bytes();
            self.units.push(unit);
        }
        self.to_skip = self.group.stand_ins.unwrap_or(1).min(16);
    }

    fn flush(&mut self) {
        self.flush_bytes();
        self.flush_units();
    }

    fn flush_bytes(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let page = self.group.codepage.or(self.codepage);
            self.out
                .push_str(&encoding(page).decode_without_bom_handling(&bytes).0);
        }
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            let units = std::mem::take(&mut self.units);
            self.out.push_str(&String::from_utf16_lossy(&units));
        }
    }
}

/// The character sets of Windows fonts.
fn codepage_of_charset(charset: i32) -> Option<u16> {
    match charset {
        0 => Some(1252),
        128 => Some(932),
        129 => Some(949),
        134 => Some(936),
        136 => Some(950),
        161 => Some(1253),
        162 => Some(1254),
        163 => Some(1258),
        177 => Some(1255),
        178 => Some(1256),
        186 => Some(1257),
        204 => Some(1251),
        222 => Some(874),
        238 => Some(1250),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_packed_into_rtf_comes_out_as_it_was() {
        // After the example of [MS-OXRTFEX] section 3.1.
        let rtf = br"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl {\f0\fmodern Courier New;}{\f1\fswiss\fcharset238 Arial;}}
{\colortbl\red0\green0\blue0;}\uc1\pard\plain\deftab360 \f0\fs24
{\*\htmltag18 <html>}{\*\htmltag50 <body>}{\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 bold \'c0\u8364 ?{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0
{\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 {\*\mhtmltag4 left out}\f1 \'b9{\*\htmltag58 </body>}}";
        assert_eq!(
            body(rtf),
            RtfBody::Html("<html><body><b>bold А€</b>&nbsp;ą</body>".into())
        );
    }

    #[test]
    fn plain_rtf_gives_its_text() {
        let rtf = br"{\rtf1\ansi{\*\generator x;}{\info{\title hidden}}Rechnung \'fcber\par 1.190,00 \u8364\'80\tab ok {\b bold}\~\{x\}}";
        assert_eq!(
            body(rtf),
            RtfBody::Text("Rechnung über\n1.190,00 €\tok bold {x}".into())
        );
    }

    #[test]
    fn broken_rtf_ends() {
        for rtf in [
            &b"}}}}{{{{"[..],
            b"\\",
            b"\\'",
            b"\\'4",
            b"\\bin99999999 x",
            b"\\u-99999999999999 x",
            &[b'{'; 5_000],
        ] {
            drop(body(rtf));
        }
    }
}
