//! What recognition in a picture is worth: which way up a page is, and how sure a value read so can be.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use super::confusions;
use super::field::{Confidence, Field, Fields, Method, Source};
use crate::formats::page::{Page, Rect, Word, WordOrigin};

/// Words recognised less surely than this, in per cent, are noise, unless they look like a number or a date: no dictionary
/// knows those, and recognition is often least sure where it read them right.
const NOISE: u8 = 30;
/// Digits of a word that is kept however unsure it is.
const DIGITS_KEPT: usize = 3;
/// Letters and digits a page must have in words of two and more to say which way up it is.
const MIN_CHARS: u32 = 20;
/// Their mean sureness in per cent on a page that stands upright; upside down it is 20 to 50.
const LEGIBLE: u32 = 68;
/// Letters and digits a picture beside text must have to be taken for writing: a short name.
const MIN_CHARS_OF_PART: u32 = 4;
/// Below this the best direction shows a picture and no writing: leaves and fur give words, too.
const WRITING: u32 = 50;

/// A page recognised in one direction.
#[derive(Clone, PartialEq, Debug)]
pub struct Attempt {
    page: Page,
    sure: Vec<u8>,
    chars: u32,
    mean: u32,
}

impl Attempt {
    /// `size` of the picture and places of the words in pixels, how sure each word is in per cent.
    pub fn new(size: (usize, usize), dots_per_inch: f32, words: Vec<Word>, sure: Vec<u8>) -> Self {
        let scale = POINTS_PER_INCH / dots_per_inch.max(1.0);
        let (mut chars, mut sum) = (0, 0);
        for (word, sure) in words.iter().zip(&sure) {
            let count = word.text.chars().filter(|c| c.is_alphanumeric()).take(50);
            let count = u32::try_from(count.count()).unwrap_or(0);
            if count >= 2 {
                chars += count;
                sum += count * u32::from(*sure);
            }
        }
        let kept = words
            .into_iter()
            .zip(sure)
            .filter(|(word, sure)| *sure >= NOISE || is_like_a_number(&word.text));
        let (words, sure): (Vec<Word>, Vec<u8>) = kept
            .map(|(word, sure)| {
                let place = scaled(word.place, scale);
                let text = confusions::mended(word.text);
                (Word { text, place }, sure)
            })
            .unzip();
        Self {
            page: Page {
                width: size.0 as f32 * scale,
                height: size.1 as f32 * scale,
                words,
                ..Page::default()
            },
            sure,
            chars,
            mean: sum.checked_div(chars).unwrap_or(0),
        }
    }

    /// Enough text, surely enough recognised: it stands upright.
    pub fn is_legible(&self) -> bool {
        self.chars >= MIN_CHARS && self.mean >= LEGIBLE
    }

    /// The page, with the texts of its QR codes. Without words where there is no writing.
    pub fn into_page(mut self, codes: Vec<String>) -> Page {
        if self.chars < MIN_CHARS || self.mean < WRITING {
            self.page.words.clear();
            self.sure.clear();
        }
        Page {
            origin: WordOrigin::Recognised(self.sure),
            codes,
            ..self.page
        }
    }

    /// The words of a picture that is only a part of a page, each with how sure it is. None where that is no writing.
    pub fn into_words(self) -> Vec<(Word, u8)> {
        if self.chars < MIN_CHARS_OF_PART || self.mean < LEGIBLE {
            return Vec::new();
        }
        self.page.words.into_iter().zip(self.sure).collect()
    }
}

/// Mostly digits and capitals, with what stands between them in numbers and dates.
fn is_like_a_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let other = text
        .chars()
        .filter(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase() && !".,-/:".contains(*c));
    digits >= DIGITS_KEPT && other.count() * 4 <= digits
}

/// The one in which more was recognised, more surely.
pub fn better(a: Attempt, b: Attempt) -> Attempt {
    let worth = |attempt: &Attempt| u64::from(attempt.chars) * u64::from(attempt.mean).pow(2);
    if worth(&b) > worth(&a) { b } else { a }
}

const POINTS_PER_INCH: f32 = 72.0;

fn scaled(place: Rect, scale: f32) -> Rect {
    Rect {
        x0: place.x0 * scale,
        top: place.top * scale,
        x1: place.x1 * scale,
        bottom: place.bottom * scale,
    }
}

/// The surest a value can be whose words were recognised this surely, when nothing else speaks for it.
fn alone(sure: u8) -> Confidence {
    Confidence::per_mille(match sure {
        95.. => 880,
        90.. => 840,
        80.. => 760,
        60.. => 600,
        _ => 400,
    })
}

/// The same with check digits, a sum that comes out, or a word of a short closed list: those are wrong together with
/// their words only by an accident.
fn checked(sure: u8) -> Confidence {
    Confidence::per_mille(match sure {
        80.. => 970,
        60.. => 930,
        40.. => 850,
        _ => 600,
    })
}

/// A value is no surer than the words it was read from.
pub fn temper(fields: &mut Fields, pages: &[Page]) {
    let any = pages.iter().any(|page| {
        matches!(
            page.origin,
            WordOrigin::Recognised(_) | WordOrigin::Completed(_)
        )
    });
    if !any {
        return;
    }
    let sums = closes(fields);
    let number = Evidence::Alone;
    let Fields {
        supplier_name,
        supplier_vat,
        customer_name,
        customer_vat,
        invoice_number,
        issue_date,
        due_date,
        currency,
        net_total,
        tax_total,
        gross_total,
        payable_total,
        iban,
        bic,
        po_number,
        payment_reference,
        payment_terms,
        preceding_number,
        payer,
        total,
        payment_date,
        reference,
    } = fields;
    for text in [
        supplier_name,
        supplier_vat,
        customer_name,
        customer_vat,
        invoice_number,
        bic,
        po_number,
        payment_reference,
        payment_terms,
        preceding_number,
        payer,
        reference,
    ] {
        lower(text, pages, number);
    }
    // An account whose check digits are wrong is never sure to begin with.
    lower(iban, pages, Evidence::Checked);
    lower(currency, pages, Evidence::Checked);
    for amount in [net_total, tax_total, gross_total, payable_total, total] {
        lower(amount, pages, sums);
    }
    for date in [issue_date, due_date, payment_date] {
        lower(date, pages, Evidence::Alone);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    Alone,
    Checked,
}

/// Net and tax, both printed and read, give the gross amount, and none is nothing.
fn closes(fields: &Fields) -> Evidence {
    let printed = |field: &Option<Field<crate::basics::money::Money>>| {
        let field = field.as_ref()?;
        let is_printed = matches!(field.source, Source::Page(..)) && !field.value.is_zero();
        is_printed.then_some(field.value)
    };
    let (net, tax, gross) = (
        printed(&fields.net_total),
        printed(&fields.tax_total),
        printed(&fields.gross_total),
    );
    match (net, tax, gross) {
        (Some(net), Some(tax), Some(gross)) if net.checked_add(tax) == Some(gross) => {
            Evidence::Checked
        }
        _ => Evidence::Alone,
    }
}

fn lower<T>(field: &mut Option<Field<T>>, pages: &[Page], evidence: Evidence) {
    let Some(field) = field else {
        return;
    };
    let sure = match &field.source {
        Source::Page(number, place) => sureness(pages, *number, *place),
        Source::Computed | Source::Path(_) | Source::Line(_) => least(pages),
    };
    let Some(sure) = sure else {
        return;
    };
    let limit = match evidence {
        Evidence::Alone => alone(sure),
        Evidence::Checked => checked(sure),
    };
    field.method = Method::Ocr;
    field.confidence = field.confidence.min(limit);
}

/// The least sure word in this place; `None` where the words were written in the file.
fn sureness(pages: &[Page], number: u32, place: Rect) -> Option<u8> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let page = pages.get(index)?;
    let inside = |word: &Word| {
        let x = (word.place.x0 + word.place.x1) / 2.0;
        let y = (word.place.top + word.place.bottom) / 2.0;
        let across = word.place.x0 < place.x1 && word.place.x1 > place.x0;
        let within = (place.x0..=place.x1).contains(&x) || across;
        within && (place.top..=place.bottom).contains(&y)
    };
    match &page.origin {
        WordOrigin::Recognised(sure) => {
            let words = page.words.iter().zip(sure);
            let inside = words.filter(|(word, _)| inside(word));
            Some(inside.map(|(_, sure)| *sure).min().unwrap_or(0))
        }
        WordOrigin::Completed(sure) => {
            let words = page.words.iter().zip(sure);
            let inside = words.filter(|(word, _)| inside(word));
            inside.filter_map(|(_, sure)| *sure).min()
        }
        WordOrigin::Text | WordOrigin::Hidden | WordOrigin::Unreadable => None,
    }
}

/// For what was computed from words in several places: as sure as a recognised page allows without evidence.
fn least(pages: &[Page]) -> Option<u8> {
    let all = pages
        .iter()
        .all(|page| matches!(page.origin, WordOrigin::Recognised(_)));
    all.then_some(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x0: f32) -> Word {
        Word {
            text: text.into(),
            place: Rect {
                x0,
                top: 100.0,
                x1: x0 + 100.0,
                bottom: 130.0,
            },
        }
    }

    fn attempt(sure: u8) -> Attempt {
        let words = vec![word("Rechnungsnummer", 0.0), word("RE-2026-0815", 300.0)];
        Attempt::new((2480, 3508), 300.0, words, vec![sure, sure])
    }

    #[test]
    fn a_page_upside_down_is_not_legible_and_the_other_way_up_is_better() {
        assert!(attempt(93).is_legible());
        assert!(!attempt(35).is_legible());
        assert_eq!(better(attempt(35), attempt(93)), attempt(93));
        assert_eq!(better(attempt(93), attempt(35)), attempt(93));
        assert!(!Attempt::new((10, 10), 300.0, Vec::new(), Vec::new()).is_legible());
    }

    #[test]
    fn places_are_points_of_the_page() {
        let page = attempt(93).into_page(Vec::new());
        assert!((page.width - 595.2).abs() < 0.1);
        let place = page.words.get(1).map(|word| word.place.x0);
        assert_eq!(place, Some(72.0));
    }

    #[test]
    fn numbers_are_kept_however_unsure_and_other_words_are_not() {
        let words = [
            "2023-05-10",
            "DE267188348",
            "acounts@h1234.de",
            "|5",
            "Steucr",
        ];
        let words = words.map(|text| word(text, 0.0)).to_vec();
        let attempt = Attempt::new((2480, 3508), 300.0, words, vec![2; 5]);
        let kept = attempt.page.words.iter().map(|word| word.text.as_str());
        assert_eq!(kept.collect::<Vec<_>>(), ["2023-05-10", "DE267188348"]);
    }

    #[test]
    fn a_value_is_no_surer_than_its_words() {
        for (sure, highest) in [(96, 880), (70, 600), (31, 400)] {
            let page = attempt(sure).into_page(Vec::new());
            let place = page.words.get(1).map(|word| word.place).unwrap_or_default();
            let number = Field::text(
                "RE-2026-0815".to_owned(),
                Confidence::per_mille(970),
                Source::Page(1, place),
            );
            let mut fields = Fields {
                invoice_number: Some(number),
                ..Fields::default()
            };
            temper(&mut fields, &[page]);
            let number = fields.invoice_number.unwrap();
            assert_eq!(number.method, Method::Ocr);
            assert_eq!(number.confidence, Confidence::per_mille(highest));
        }
    }

    #[test]
    fn values_of_a_page_with_text_stay_as_they_are() {
        let number = Field::text(
            "1".to_owned(),
            Confidence::per_mille(970),
            Source::Page(1, Rect::default()),
        );
        let mut fields = Fields {
            invoice_number: Some(number.clone()),
            ..Fields::default()
        };
        temper(
            &mut fields,
            &[Page::default(), attempt(90).into_page(Vec::new())],
        );
        assert_eq!(fields.invoice_number, Some(number));
    }
}
