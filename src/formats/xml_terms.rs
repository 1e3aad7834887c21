//! Business terms looked up in an XML tree: each found value remembers its path, each unreadable one becomes an issue.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;

use super::issue::Issue;
use super::page::EmbeddedFile;
use super::xml::Element;
use crate::basics::calendar::{Date, parse_iso_date};
use crate::basics::text::{one_line, shorten};

/// A name or number longer than this is shortened: nothing printed on an invoice line is longer.
const MAX_TEXT_CHARS: usize = 4_000;
/// Genuine amounts have up to 15 digits; far below the 28 of `Decimal`, so that sums of many cannot overflow.
const MAX_AMOUNT: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// Looks up terms below one root and keeps what it learns on the way.
pub(super) struct Terms<'x> {
    root: &'x Element,
    pub(super) paths: Vec<(&'static str, String)>,
    pub(super) issues: Vec<Issue>,
    /// BT-5, once it is known.
    currency: Option<String>,
}

impl<'x> Terms<'x> {
    pub(super) fn new(root: &'x Element) -> Self {
        Self {
            root,
            paths: Vec::new(),
            issues: Vec::new(),
            currency: None,
        }
    }

    /// The text of business term `bt` at the first of `paths` that has any.
    pub(super) fn text(&mut self, bt: &'static str, paths: &[&str]) -> Option<String> {
        let (path, text) = self.look(paths)?;
        self.paths.push((bt, path));
        Some(clean(text))
    }

    /// Amounts are in this currency from here on (BT-5).
    pub(super) fn in_currency(&mut self, currency: Option<&str>) {
        self.currency = currency.map(str::to_owned);
    }

    /// This amount names another currency than the document, which is an issue.
    pub(super) fn is_in_other_currency(&mut self, holder: &Element) -> bool {
        let own = holder
            .attribute("currencyID")
            .map(str::trim)
            .unwrap_or_default();
        let document = self.currency.as_deref().map(str::trim).unwrap_or_default();
        let is_other =
            !own.is_empty() && !document.is_empty() && !own.eq_ignore_ascii_case(document);
        if is_other {
            let (own, document) = (one_line(own, 10), one_line(document, 10));
            let problem = format!("an amount in {own}, while the invoice is in {document}");
            self.issues.push(Issue::new(holder.name.as_str(), problem));
        }
        is_other
    }

    /// The decimal number of term `bt`; an unreadable one is an issue and no value, and so is one that names another currency
    /// than the document (Peppol BIS rule R051): either of them may be meant.
    pub(super) fn amount(&mut self, bt: &'static str, path: &str) -> Option<Decimal> {
        let holder = self.root.find(path);
        if holder.is_some_and(|holder| self.is_in_other_currency(holder)) {
            return None;
        }
        let (path, text) = self.look(&[path])?;
        let amount = self.decimal(&path, text)?;
        self.paths.push((bt, path));
        Some(amount)
    }

    /// The date of term `bt`, ISO 8601 or YYYYMMDD (format code 102).
    pub(super) fn date(&mut self, bt: &'static str, paths: &[&str]) -> Option<Date> {
        let (path, text) = self.look(paths)?;
        let date = self.day(&path, text);
        if date.is_some() {
            self.paths.push((bt, path));
        }
        date
    }

    /// The date at `path` below `element`, for repeated elements.
    pub(super) fn date_in(&mut self, element: &Element, path: &str) -> Option<Date> {
        let text = element.text_at(path)?;
        self.day(&format!("{}/{path}", element.name), text)
    }

    fn day(&mut self, place: &str, text: &str) -> Option<Date> {
        let date = read_date(text);
        if date.is_none() {
            let problem = format!("{:?} is not a date", one_line(text, 40));
            self.issues.push(Issue::new(place, problem));
        }
        date
    }

    /// The decimal number at `path` below `element`, for repeated elements such as lines.
    pub(super) fn amount_in(&mut self, element: &Element, path: &str) -> Option<Decimal> {
        let text = element.text_at(path)?;
        let place = format!("{}/{path}", element.name);
        self.decimal(&place, text)
    }

    /// The files carried in base64 at `path`; what is not base64 is an issue.
    pub(super) fn attachments(&mut self, path: &str) -> Vec<EmbeddedFile> {
        self.files(path, "", |holder| {
            holder.attribute("filename").map(str::to_owned)
        })
    }

    /// The same with the file at `inner` below each element of `path`, and its name by `name`.
    pub(super) fn files(
        &mut self,
        path: &str,
        inner: &str,
        name: impl Fn(&Element) -> Option<String>,
    ) -> Vec<EmbeddedFile> {
        let mut files = Vec::new();
        for holder in self.root.all(path) {
            let name = name(holder).unwrap_or_else(|| "attachment".into());
            let name = one_line(&name, 255);
            match holder.find(inner).and_then(decode) {
                Some(bytes) if bytes.is_empty() => {}
                Some(bytes) => files.push(EmbeddedFile { name, bytes }),
                None => {
                    let problem = format!("the attachment {name:?} is not valid base64");
                    self.issues
                        .push(Issue::new(format!("/{}/{path}", self.root.name), problem));
                }
            }
        }
        files
    }

    fn look(&self, paths: &[&str]) -> Option<(String, &'x str)> {
        paths.iter().find_map(|path| {
            Some((
                format!("/{}/{path}", self.root.name),
                self.root.text_at(path)?,
            ))
        })
    }

    fn decimal(&mut self, place: &str, text: &str) -> Option<Decimal> {
        let amount = read_decimal(text);
        if amount.is_none() {
            let problem = format!("{:?} is not a number", one_line(text, 40));
            self.issues.push(Issue::new(place, problem));
        }
        amount
    }
}

/// Text of every element at `path` below `element`, empty ones and repeats left out.
pub(super) fn texts(element: &Element, path: &str) -> Vec<String> {
    let mut met = HashSet::new();
    let all = element.all(path).into_iter().map(|e| clean(&e.text));
    all.filter(|text| !text.is_empty() && met.insert(text.clone()))
        .collect()
}

/// Text at `path` below `element`.
pub(super) fn text_in(element: &Element, path: &str) -> Option<String> {
    element.text_at(path).map(clean)
}

fn clean(text: &str) -> String {
    shorten(text.trim(), MAX_TEXT_CHARS).replace('\0', "")
}

fn decode(holder: &Element) -> Option<Vec<u8>> {
    let compact = holder
        .text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>();
    STANDARD.decode(compact).ok()
}

/// xsd:decimal: digits with a point, perhaps a sign.
fn read_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = text.strip_prefix('+').unwrap_or(text);
    let shape = plain
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let amount = if shape {
        Decimal::from_str_exact(plain).ok()?
    } else {
        return None;
    };
    (amount.abs() <= MAX_AMOUNT).then_some(amount)
}

/// `2026-11-22`, perhaps with a time or zone behind, or `20261122`, perhaps with minutes or seconds behind (UN/EDIFACT 2379:
/// formats 102, 203, 204).
pub(super) fn read_date(text: &str) -> Option<Date> {
    if matches!(text.len(), 8 | 12 | 14) && text.bytes().all(|b| b.is_ascii_digit()) {
        let iso = format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?);
        return parse_iso_date(&iso);
    }
    let (day, rest) = text.split_at_checked(10)?;
    let behind = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']);
    if behind { parse_iso_date(day) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    #[test]
    fn dates_of_both_syntaxes() {
        let day = Some(date(2026, 11, 22));
        assert_eq!(read_date("20261122"), day);
        assert_eq!(read_date("2026-11-22"), day);
        assert_eq!(read_date("2026-11-22+01:00"), day);
        assert_eq!(read_date("2026-11-22T00:00:00"), day);
        assert_eq!(read_date("202611221530"), day);
        assert_eq!(read_date("20261122153000"), day);
        assert_eq!(read_date("2026112215"), None);
        assert_eq!(read_date("20261322"), None);
        assert_eq!(read_date("22.11.2026"), None);
        assert_eq!(read_date("2026-11-2ä"), None);
    }

    #[test]
    fn numbers_are_exact_and_bounded() {
        assert_eq!(read_decimal(" 1190.00 "), Some(Decimal::new(119_000, 2)));
        assert_eq!(read_decimal("-5"), Some(Decimal::new(-5, 0)));
        assert_eq!(MAX_AMOUNT, Decimal::new(1_000_000_000_000_000, 0));
        for bad in ["1,190.00", "1e9", "NaN", "", "9999999999999999", "--1"] {
            assert_eq!(read_decimal(bad), None, "{bad}");
        }
    }
}
