use super::super::extract::bill;
use super::*;

fn kind_of(text: &str) -> (DocumentKind, bool) {
    let own = OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        ..OwnIdentity::default()
    };
    let layout = Layout::of_text(text);
    let mail = MailFacts::default();
    let findings = bill::read(&layout, &mail, &own, &[], false);
    let found = page(&layout, &findings, &mail, &own);
    (
        found.kind,
        found
            .conflict
            .is_some_and(|why| why.contains("ambiguous") || why.contains("neither")),
    )
}

#[test]
fn every_unambiguous_title_names_its_kind() {
    let twice = |word: &str| {
        HEADINGS
            .iter()
            .filter(|(_, words)| words.contains(&word))
            .count()
            > 1
    };
    for (heading, titles) in HEADINGS.iter() {
        // A self-billed invoice addressed to us is our own revenue.
        let expected = if *heading == Heading::SelfBilling {
            DocumentKind::CustomerInvoice
        } else {
            heading.kind()
        };
        for title in titles.iter().filter(|title| !twice(title)) {
            assert_eq!(
                kind_of(&format!("{title}\n\nLa Tavola GmbH\nGasse 2\n")).0,
                expected,
                "{title}"
            );
        }
    }
}

#[test]
fn ambiguous_titles_are_held() {
    for title in ["Gutschrift", "Kontoauszug", "Estratto conto"] {
        assert!(
            kind_of(&format!("{title}\n\nLa Tavola GmbH\nGasse 2\n")).1,
            "{title}"
        );
    }
}

#[test]
fn a_gutschrift_that_says_what_it_is_is_not_held_for_its_word() {
    let credit = kind_of(
        "Gutschrift\n\nLa Tavola GmbH\nGasse 2\n\nzu Rechnung RE-1, zu Ihren Gunsten 5,00 EUR\n",
    );
    assert_eq!(credit, (DocumentKind::CreditNote, false));
}

#[test]
fn a_delivery_note_mentioned_in_a_bill_does_not_make_it_one() {
    let text = "Rechnung\n\nLa Tavola GmbH\nGasse 2\n\nRechnungs-Nr. RE-77   Lieferschein Nr. 4711\nRechnungsdatum 1.10.2026\nGesamtbetrag 5,00 EUR\n";
    assert_eq!(kind_of(text).0, DocumentKind::Bill);
}
