#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats; no amount passes through here"
)]

use super::*;
use crate::domain::document::extract::bill::MailFacts;
use crate::formats::page::{Rect, Word};

/// A page with these lines from the top of an A4 sheet, words side by side.
fn page(lines: &[&str]) -> Page {
    let mut words = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        let top = 60.0 + row as f32 * 24.0;
        let mut x0 = 50.0;
        for text in line.split_whitespace() {
            let x1 = x0 + text.chars().count() as f32 * 5.0;
            let place = Rect {
                x0,
                top,
                x1,
                bottom: top + 10.0,
            };
            words.push(Word {
                text: text.into(),
                place,
            });
            x0 = x1 + 3.0;
        }
    }
    Page {
        width: 595.0,
        height: 842.0,
        words,
        ..Page::default()
    }
}

fn bill(number: &str, total: &str, mark: &str) -> Page {
    let number = format!("Rechnungsnummer: {number}");
    let total = format!("Rechnungsbetrag: {total} EUR");
    page(&[
        "Elbkarton GmbH",
        "Rechnung",
        &number,
        "Rechnungsdatum: 17.11.2026",
        "Kartons 1.000,00",
        &total,
        "Zahlbar bis 01.12.2026",
        mark,
    ])
}

fn appendix() -> Page {
    page(&[
        "Allgemeine Geschäftsbedingungen",
        "Es gilt das Recht der Bundesrepublik Deutschland.",
    ])
}

fn split(pages: Vec<Page>) -> Vec<(RangeInclusive<u32>, String)> {
    let input = DocumentInput {
        content: Content::Paginated(Paginated {
            pages,
            ..Paginated::default()
        }),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    let pieces = pieces(&input, &OwnIdentity::default(), &[]);
    let number = |piece: &Piece| piece.reading.fields.invoice_number.clone().unwrap().value;
    pieces
        .iter()
        .map(|piece| (piece.pages.clone(), number(piece)))
        .collect()
}

#[test]
fn two_bills_in_one_file_are_parted_and_appendices_go_with_theirs() {
    let pages = vec![
        bill("RE-1001", "1.190,00", "Seite 1 von 2"),
        page(&[
            "Rechnungsnummer: RE-1001",
            "Leistungsnachweis",
            "Seite 2 von 2",
        ]),
        bill("RE-1002", "595,00", "Seite 1 von 1"),
        appendix(),
    ];
    assert_eq!(
        split(pages),
        [(1..=2, "RE-1001".into()), (3..=4, "RE-1002".into())]
    );
}

#[test]
fn a_later_bill_says_what_it_would_say_alone() {
    let second = bill("RE-1002", "595,00", "Seite 1 von 1");
    let read_of = |pages: Vec<Page>| DocumentInput {
        content: Content::Paginated(Paginated {
            pages,
            ..Paginated::default()
        }),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    let alone = read(&read_of(vec![second.clone()]), &OwnIdentity::default(), &[]);
    let file = read_of(vec![bill("RE-1001", "1.190,00", "Seite 1 von 1"), second]);
    let pieces = pieces(&file, &OwnIdentity::default(), &[]);
    let later = &pieces.last().unwrap().reading;
    assert_eq!(later.classification, alone.classification);
    let supplier = |reading: &Reading| reading.fields.supplier_name.clone().map(|it| it.value);
    assert_eq!(supplier(later), supplier(&alone));
    assert!(supplier(later).is_some());
}

#[test]
fn a_separator_page_and_a_payment_slip_end_a_bill() {
    let slip = page(&["Empfangsschein Zahlteil", "Konto / Zahlbar an"]);
    for between in [
        Page {
            width: 595.0,
            height: 842.0,
            ..Page::default()
        },
        slip,
    ] {
        let second = page(&[
            "Elbkarton GmbH",
            "Rechnungsnummer: RE-1002",
            "Rechnungsdatum: 17.11.2026",
            "Rechnungsbetrag: 595,00 EUR",
            "Zahlbar bis 01.12.2026",
        ]);
        let pages = vec![bill("RE-1001", "1.190,00", ""), between, second];
        assert_eq!(
            split(pages),
            [(1..=2, "RE-1001".into()), (3..=3, "RE-1002".into())]
        );
    }
}

#[test]
fn one_bill_stays_one_document() {
    // Its second page repeats the number.
    assert!(
        split(vec![
            bill("RE-1001", "1.190,00", "Seite 1 von 2"),
            bill("RE-1001", "1.190,00", "Seite 2 von 2")
        ])
        .is_empty()
    );
    // Another number on a page that goes on counting.
    assert!(
        split(vec![
            bill("RE-1001", "1.190,00", "Seite 1 von 2"),
            bill("RE-1002", "595,00", "Seite 2 von 2")
        ])
        .is_empty()
    );
    // A second number without a total: nobody could be paid for it.
    let no_total = page(&["Rechnung", "Rechnungsnummer: RE-1002", "Seite 1 von 1"]);
    assert!(split(vec![bill("RE-1001", "1.190,00", ""), no_total]).is_empty());
    assert!(split(vec![bill("RE-1001", "1.190,00", ""), appendix()]).is_empty());
}

#[test]
fn places_count_the_pages_of_the_whole_file() {
    let input = DocumentInput {
        content: Content::Paginated(Paginated {
            pages: vec![
                bill("RE-1001", "1.190,00", ""),
                bill("RE-1002", "595,00", ""),
            ],
            ..Paginated::default()
        }),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    let pieces = pieces(&input, &OwnIdentity::default(), &[]);
    let number = pieces
        .last()
        .unwrap()
        .reading
        .fields
        .invoice_number
        .as_ref();
    let source = format!("{:?}", number.unwrap().source);
    assert!(source.contains("2"), "{source}");
    assert_eq!(pieces.last().unwrap().reading.pages, 1);
}

#[test]
fn a_page_says_where_it_stands_in_six_languages() {
    for text in [
        "Seite 1 von 3",
        "Page 1 of 3",
        "Page 1/3",
        "Page 1 sur 3",
        "Página 1 de 3",
        "Pagina 1 di 3",
        "Pagina 1 van 3",
        "Blatt 1 / 3",
    ] {
        let facts = facts(&page(&["Elbkarton", text]));
        assert_eq!(facts.mark, Some((1, 3)), "{text}");
    }
    assert_eq!(facts(&page(&["Page 4 of 3"])).mark, None);
}

#[test]
fn the_pages_of_a_piece_are_known_from_its_place() {
    let part = part_of("2/1", &(3..=4));
    assert_eq!((part.as_str(), pages_of(&part)), ("2/1/p3-4", Some(3..=4)));
    assert!(
        ["2", "2/1", "2/file-1", "2/p3", "2/px-4"]
            .iter()
            .all(|part| pages_of(part).is_none())
    );
}

#[test]
fn a_file_with_a_page_nobody_could_read_stays_whole() {
    let unread = Page {
        origin: WordOrigin::Unreadable,
        ..Page::default()
    };
    let bills = vec![bill("A-1", "119,00", ""), bill("A-2", "238,00", "")];
    assert_eq!(split(bills.clone()).len(), 2);
    assert!(split([bills, vec![unread]].concat()).is_empty());
}

#[test]
fn a_piece_of_a_scan_keeps_neither_words_nor_codes_of_other_pages() {
    let scanned = |page: Page| Page {
        origin: WordOrigin::Recognised(vec![90; page.words.len()]),
        codes: vec!["BCD".into()],
        ..page
    };
    let pages = vec![
        scanned(bill("A-1", "119,00", "")),
        scanned(bill("A-2", "238,00", "")),
    ];
    let file = Paginated {
        pages,
        ..Paginated::default()
    };
    let piece = only(&file, &(2..=2));
    let [first, second] = piece.pages.as_slice() else {
        panic!("the pages are still counted");
    };
    assert_eq!((first.words.len(), first.codes.len()), (0, 0));
    assert_eq!(first.origin, WordOrigin::Recognised(Vec::new()));
    assert_eq!(second, &file.pages[1]);
}
