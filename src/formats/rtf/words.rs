//! RTF cut into its words (RTF specification 1.9.1, "RTF syntax").

/// One piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'b> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` with its number.
    Word(&'b [u8], Option<i32>),
    /// `\` and one other character.
    Symbol(u8),
    /// A byte of text, also written as `\'hh`.
    Byte(u8),
}

/// Longest control word (32 letters) with room to spare.
const MAX_WORD_BYTES: usize = 64;

pub(super) struct Words<'b> {
    rest: &'b [u8],
}

impl<'b> Words<'b> {
    pub(super) fn new(rtf: &'b [u8]) -> Self {
        Self { rest: rtf }
    }

    fn control(&mut self) -> Option<Token<'b>> {
        let first = *self.rest.first()?;
        if first == b'\'' {
            let code = self
                .rest
                .get(1..3)
                .and_then(|hex| std::str::from_utf8(hex).ok());
            let byte = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            self.skip(if byte.is_some() { 3 } else { 1 });
            return Some(byte.map_or(Token::Symbol(b'\''), Token::Byte));
        }
        if !first.is_ascii_alphabetic() {
            self.skip(1);
            return Some(Token::Symbol(first));
        }
        let name = self.run(u8::is_ascii_alphabetic);
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let has_number = self.rest.get(sign).is_some_and(u8::is_ascii_digit);
        let number = has_number.then(|| {
            self.skip(sign);
            let digits = self.run(u8::is_ascii_digit);
            let digits = std::str::from_utf8(digits)
                .ok()
                .and_then(|it| it.parse::<i32>().ok());
            let number = digits.unwrap_or_default();
            if sign == 1 { -number } else { number }
        });
        if self.rest.first() == Some(&b' ') {
            self.skip(1);
        }
        if name == b"bin" {
            // Raw bytes follow, which are no text.
            let length = number.and_then(|it| usize::try_from(it).ok());
            self.skip(length.unwrap_or_default());
        }
        Some(Token::Word(name, number))
    }

    fn run(&mut self, belongs: impl Fn(&u8) -> bool) -> &'b [u8] {
        let bytes = self.rest.iter().take(MAX_WORD_BYTES);
        let length = bytes.take_while(|byte| belongs(byte)).count();
        let (run, rest) = self.rest.split_at(length);
        self.rest = rest;
        run
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}

impl<'b> Iterator for Words<'b> {
    type Item = Token<'b>;

    fn next(&mut self) -> Option<Token<'b>> {
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\\' => return self.control(),
                // Line ends divide nothing in RTF.
                b'\r' | b'\n' | 0 => {}
                byte => return Some(Token::Byte(*byte)),
            }
        }
    }
}
