//! Letterheads that are pictures: the sender's name, VAT id and account are printed in them, while the rest of the page is text.
//!
//! They are recognised only where one of these is missing, and only these are taken over: what the text says is surer.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use super::recognised::Attempt;
use super::{Confidence, DocumentKind, Field, Fields, Method, Reading};
use crate::formats::issue::Issue;
use crate::formats::page::{Page, PlacedPicture, Rect, Word, WordOrigin};

/// A value less sure than this may be wrong, and is looked for in pictures, too.
const SURE: Confidence = Confidence::per_mille(800);
/// Pictures recognised of one bill: a head and a foot, on its first and its last page. Each takes a second or two.
const MAX_PICTURES: usize = 4;
/// A picture in the same place of another page, within so many points, is the same letterhead.
const SAME_PLACE: f32 = 3.0;
/// A recognised word with this share of it under a word of the file is that word.
const COVERED: f32 = 0.3;

/// A picture that is to be recognised.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wanted {
    /// Its page, counted from 0.
    pub page: u32,
    /// The picture.
    pub picture: PlacedPicture,
}

/// The pictures to be recognised for a bill; none where nothing is missing that letterheads tell.
pub fn wanted(reading: &Reading, pages: &[Page]) -> Vec<Wanted> {
    if !lacks_sender(reading) {
        return Vec::new();
    }
    let last = pages.len().saturating_sub(1);
    let mut all: Vec<Wanted> = Vec::new();
    for (number, page) in (0..).zip(pages) {
        let is_at_an_end = number == 0 || number == last;
        if !is_at_an_end || page.origin != WordOrigin::Text {
            continue;
        }
        for picture in &page.pictures {
            let is_new = |one: &Wanted| !is_same_place(one.picture.place, picture.place);
            if all.iter().all(is_new) {
                all.push(Wanted {
                    page: u32::try_from(number).unwrap_or(u32::MAX),
                    picture: *picture,
                });
            }
        }
    }
    all.truncate(MAX_PICTURES);
    all
}

/// A bill read from its page that does not surely tell who sent it, or where to pay.
fn lacks_sender(reading: &Reading) -> bool {
    let is_bill = matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote
    );
    let Fields {
        invoice_number,
        supplier_name,
        supplier_vat,
        iban,
        ..
    } = &reading.fields;
    let by_xml = (invoice_number.as_ref()).is_some_and(|number| number.method == Method::Xml);
    let is_sure = |field: &Option<Field<String>>| {
        (field.as_ref()).is_some_and(|field| field.confidence >= SURE)
    };
    is_bill && !by_xml && ![supplier_name, supplier_vat, iban].into_iter().all(is_sure)
}

fn is_same_place(a: Rect, b: Rect) -> bool {
    [a.x0 - b.x0, a.top - b.top, a.x1 - b.x1, a.bottom - b.bottom]
        .into_iter()
        .all(|distance| distance.abs() <= SAME_PLACE)
}

/// Puts what was recognised in a picture into its place on the page; words of the file win over it. `margin` is the white, in
/// points, that the picture was given all around. How many words came in.
pub fn complete(page: &mut Page, picture: PlacedPicture, margin: f32, read: Attempt) -> usize {
    let mut sure = match &page.origin {
        WordOrigin::Text => vec![None; page.words.len()],
        WordOrigin::Completed(sure) => sure.clone(),
        WordOrigin::Hidden | WordOrigin::Unreadable | WordOrigin::Recognised(_) => return 0,
    };
    let (right, down) = (picture.place.x0 - margin, picture.place.top - margin);
    let before = page.words.len();
    for (word, its_sure) in read.into_words() {
        let place = Rect {
            x0: word.place.x0 + right,
            top: word.place.top + down,
            x1: word.place.x1 + right,
            bottom: word.place.bottom + down,
        };
        let of_file = page.words.get(..before).unwrap_or_default();
        if !is_covered(place, of_file) {
            page.words.push(Word { place, ..word });
            sure.push(Some(its_sure));
        }
    }
    page.origin = WordOrigin::Completed(sure);
    page.words.len() - before
}

fn is_covered(place: Rect, words: &[Word]) -> bool {
    let area = (place.x1 - place.x0) * (place.bottom - place.top);
    words.iter().any(|word| {
        let across = word.place.x1.min(place.x1) - word.place.x0.max(place.x0);
        let down = word.place.bottom.min(place.bottom) - word.place.top.max(place.top);
        across > 0.0 && down > 0.0 && across * down > area * COVERED
    })
}

/// Takes over what the completed pages tell of the sender where nothing was sure before; all else stays as the text says it. An
/// unsure name was often the only one the text has: the customer's.
pub fn take_sender(reading: &mut Reading, again: Reading) {
    let Fields {
        supplier_name,
        supplier_vat,
        iban,
        bic,
        ..
    } = again.fields;
    let known = &mut reading.fields;
    for (known, told) in [
        (&mut known.supplier_name, supplier_name),
        (&mut known.supplier_vat, supplier_vat),
        (&mut known.iban, iban),
        (&mut known.bic, bic),
    ] {
        let is_sure = (known.as_ref()).is_some_and(|known| known.confidence >= SURE);
        if !is_sure && told.is_some() {
            *known = told;
        }
    }
    reading.issues.push(Issue::new(
        "",
        "pictures on its pages were looked at for the sender's name, VAT id and account",
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{Classification, Source};

    fn field(value: &str, per_mille: u16) -> Option<Field<String>> {
        let confidence = Confidence::per_mille(per_mille);
        Some(Field::text(value.to_owned(), confidence, Source::Computed))
    }

    fn bill(fields: Fields) -> Reading {
        let classification = Classification {
            kind: DocumentKind::Bill,
            ..Classification::default()
        };
        Reading {
            classification,
            fields,
            ..Reading::default()
        }
    }

    fn place(x0: f32, top: f32, x1: f32, bottom: f32) -> Rect {
        Rect {
            x0,
            top,
            x1,
            bottom,
        }
    }

    const HEAD: PlacedPicture = PlacedPicture {
        place: Rect {
            x0: 50.0,
            top: 30.0,
            x1: 300.0,
            bottom: 90.0,
        },
        dots_per_inch: 144.0,
    };

    fn page() -> Page {
        Page {
            pictures: vec![HEAD],
            ..Page::default()
        }
    }

    #[test]
    fn pictures_are_wanted_once_and_only_of_a_bill_whose_sender_is_not_known() {
        let lacking = bill(Fields {
            supplier_name: field("Elbkarton GmbH", 850),
            supplier_vat: field("DE267188348", 970),
            ..Fields::default()
        });
        let found = wanted(&lacking, &[page(), page(), page()]);
        let first = Wanted {
            page: 0,
            picture: HEAD,
        };
        assert_eq!(found, [first]);
        let complete = bill(Fields {
            iban: field("DE53200994100040215583", 970),
            ..lacking.fields.clone()
        });
        assert_eq!(wanted(&complete, &[page()]), []);
        let order = Reading {
            classification: Classification::default(),
            ..lacking.clone()
        };
        assert_eq!(wanted(&order, &[page()]), []);
        let scan = Page {
            origin: WordOrigin::Recognised(Vec::new()),
            ..page()
        };
        assert_eq!(wanted(&lacking, &[scan]), []);
    }

    #[test]
    fn words_of_a_picture_come_to_their_place_and_words_of_the_file_win() {
        let word = |text: &str, place: Rect| Word {
            text: text.into(),
            place,
        };
        // 300 dots: 100 points are 417 pixels.
        let name = word("Elbkarton", place(42.0, 42.0, 242.0, 84.0));
        let printed_too = word("Rechnvng", place(500.0, 42.0, 700.0, 84.0));
        let read = Attempt::new((1100, 320), 300.0, vec![name, printed_too], vec![91, 72]);
        let mut page = page();
        page.words = vec![word("Rechnung", place(160.0, 33.0, 212.0, 44.0))];
        assert_eq!(complete(&mut page, HEAD, 8.0, read), 1);
        let texts = page.words.iter().map(|word| word.text.as_str());
        assert_eq!(texts.collect::<Vec<_>>(), ["Rechnung", "Elbkarton"]);
        assert_eq!(page.origin, WordOrigin::Completed(vec![None, Some(91)]));
        let at = page.words.last().map(|word| word.place.x0).unwrap();
        assert!((at - 52.08).abs() < 0.01, "{at}");
    }

    #[test]
    fn only_what_was_not_sure_about_the_sender_is_taken_over() {
        let mut first = bill(Fields {
            supplier_name: field("Elbkarton GmbH", 850),
            iban: field("DE89370400440532013000", 700),
            invoice_number: field("RE-1", 900),
            ..Fields::default()
        });
        let again = bill(Fields {
            supplier_name: field("ELBKARTON", 600),
            supplier_vat: field("DE267188348", 880),
            iban: field("DE53200994100040215583", 600),
            invoice_number: field("RE-2", 950),
            ..Fields::default()
        });
        take_sender(&mut first, again);
        let value = |field: &Option<Field<String>>| field.as_ref().map(|one| one.value.clone());
        let fields = &first.fields;
        assert_eq!(
            value(&fields.supplier_name).as_deref(),
            Some("Elbkarton GmbH")
        );
        assert_eq!(value(&fields.supplier_vat).as_deref(), Some("DE267188348"));
        assert_eq!(
            value(&fields.iban).as_deref(),
            Some("DE53200994100040215583")
        );
        assert_eq!(value(&fields.invoice_number).as_deref(), Some("RE-1"));
    }
}
