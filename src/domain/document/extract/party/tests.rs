use super::super::super::labels;
use super::*;

fn read(text: &str, own: &OwnIdentity, known: &[KnownParty]) -> Parties {
    let layout = Layout::of_text(text);
    let ids = Identifiers {
        vat_ids: &[],
        ibans: &[],
        from_domain: None,
    };
    parties(&layout, &labels::find(&layout), &ids, own, known)
}

fn tavola() -> OwnIdentity {
    OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        ..OwnIdentity::default()
    }
}

const LETTER: &str = "Nordlicht Handel GmbH - Hafenstr. 1 - 20457 Hamburg\n\nLa Tavola GmbH\nGasse 2\n80331 München\n\nRechnung 4711\nBetrag 5,00\nDanke\nBis bald\nwww.nordlicht-handel.test\n";

#[test]
fn the_sender_line_names_the_supplier_and_the_window_names_us() {
    let parties = read(LETTER, &tavola(), &[]);
    assert_eq!(
        parties.supplier.as_ref().map(|s| s.value.as_str()),
        Some("Nordlicht Handel GmbH")
    );
    assert!(parties.supplier.is_some_and(|s| s.confidence < 900));
    assert!(parties.addressed_to_us && !parties.issued_by_us);
}

#[test]
fn a_known_supplier_is_sure() {
    let known = KnownParty {
        name: "Nordlicht Handel GmbH".into(),
        ..KnownParty::default()
    };
    let parties = read(LETTER, &tavola(), &[known]);
    assert_eq!(parties.known, Some(0));
    assert!(parties.supplier.is_some_and(|s| s.confidence >= 900));
}

#[test]
fn part_of_a_word_is_no_known_supplier_and_of_two_none_is_sure() {
    let known = |name: &str| KnownParty {
        name: name.into(),
        ..KnownParty::default()
    };
    let shorter = read(LETTER, &tavola(), &[known("Licht Handel GmbH")]);
    assert_eq!(shorter.known, None);
    let names = [known("Handel AG"), known("Nordlicht Handel GmbH")];
    let longest = read(LETTER, &tavola(), &names);
    assert_eq!(longest.known, Some(1));
    assert!(longest.supplier.is_some_and(|s| s.confidence >= 900));
    let text = format!("Harmsen Spedition KG\n{LETTER}");
    let names = [
        known("Harmsen Spedition KG"),
        known("Nordlicht Handel GmbH"),
    ];
    let two = read(&text, &tavola(), &names);
    assert!(two.supplier.is_some_and(|s| s.confidence < 900));
}

const ORDER: &str = "La Tavola GmbH\n\nDatum 9.11.2026\nNordlicht Handel GmbH\nHafenstr. 1\n20457 Hamburg\n\nBestellung 77\nWir bestellen\n1 Karton\nSumme 5,00\nDanke\nBis bald\nGasse 2\n80331 München\nUSt-IdNr. DE318405278\n";

fn read_order(vat_line: usize, from_domain: Option<&str>) -> Parties {
    let layout = Layout::of_text(ORDER);
    let us = OwnIdentity {
        vat_ids: vec![crate::basics::tax_id::VatId::parse("DE318405278").expect("a VAT id")],
        ..tavola()
    };
    let supplier = KnownParty {
        name: "Nordlicht Handel GmbH".into(),
        domains: vec!["nordlicht.example".into()],
        ..KnownParty::default()
    };
    let vat = Found {
        value: "DE318405278".into(),
        spot: Spot {
            line: vat_line,
            start: 0,
            end: 2,
        },
        confidence: 960,
    };
    let ids = Identifiers {
        vat_ids: &[vat],
        ibans: &[],
        from_domain,
    };
    parties(&layout, &labels::find(&layout), &ids, &us, &[supplier])
}

#[test]
fn a_supplier_we_know_and_only_address_did_not_write_our_order() {
    let foot = Layout::of_text(ORDER).lines.len() - 1;
    let ours = read_order(foot, Some("latavola.example"));
    assert!(ours.issued_by_us && !ours.addressed_to_us, "{ours:?}");
    assert_eq!(
        ours.supplier.map(|s| s.value).as_deref(),
        Some("Nordlicht Handel GmbH")
    );
    // Names alone are not enough, and what the supplier mails is the supplier's.
    assert!(!read_order(5, None).issued_by_us);
    assert!(!read_order(foot, Some("nordlicht.example")).issued_by_us);
}

#[test]
fn our_name_stands_in_whole_words() {
    let us = OwnIdentity {
        names: vec!["Arte GmbH".into()],
        ..OwnIdentity::default()
    };
    let others = LETTER.replace("La Tavola GmbH", "Muster und Sohn KG");
    let text = others.replace("Danke", "Zahlung auch per Kreditkarte möglich");
    assert_eq!(read(&text, &us, &[]).own, None);
    let ours = LETTER.replace("La Tavola GmbH", "Kunde: ARTE GmbH  Konto 77");
    let parties = read(&ours, &us, &[]);
    assert!(parties.addressed_to_us);
    assert_eq!(
        parties.own.map(|own| own.value).as_deref(),
        Some("Arte GmbH")
    );
}

#[test]
fn the_block_set_to_the_right_and_the_names_of_partners_and_bodies_are_the_writers() {
    let nobody = OwnIdentity::default();
    let rest = "\n\nRechnung 4711\n\nBetrag 5,00\nDanke\nBis bald\nGruß\n";
    for (head, want) in [
        (
            "Muster und Sohn KG                         Nordlicht Handel GmbH\nGasse 2                                              Hafenstr. 1\n80331 München                                      20457 Hamburg",
            "Nordlicht Handel GmbH",
        ),
        (
            "Berg, Tal & Partner Rechtsanwälte mbB\nHafenstr. 1\n20457 Hamburg",
            "Berg, Tal & Partner Rechtsanwälte mbB",
        ),
        (
            "LIEFERANT ...............: NORDLICHT HANDEL GMBH\n                           HAFENSTR. 1",
            "NORDLICHT HANDEL GMBH",
        ),
        (
            "Comune di Pontalba\nVia dei Mille, 11\n13672 Pontalba",
            "Comune di Pontalba",
        ),
    ] {
        let found = read(&format!("{head}{rest}"), &nobody, &[]);
        assert_eq!(
            found.supplier.map(|s| s.value).as_deref(),
            Some(want),
            "{head}"
        );
    }
}
