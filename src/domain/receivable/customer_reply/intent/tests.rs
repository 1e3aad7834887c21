use super::*;
use crate::basics::calendar::date;

/// Monday; ISO days only, the printed ones are read elsewhere.
const TODAY: Date = date(2026, 11, 23);

fn said(text: &str) -> Understood {
    understand(text, TODAY, |day| day.parse().into_iter().collect())
}

fn promised(text: &str) -> Option<Date> {
    match said(text) {
        Understood::Promise { day, .. } => Some(day),
        Understood::Dispute { .. } | Understood::Unsure(_) => None,
    }
}

fn seems(text: &str) -> Vec<Intent> {
    match said(text) {
        Understood::Unsure(intents) => intents,
        Understood::Promise { sentence, .. } | Understood::Dispute { sentence } => {
            panic!("{text}: {sentence}")
        }
    }
}

#[test]
fn promises_in_six_languages_are_understood() {
    let (friday, last) = (date(2026, 11, 27), date(2026, 11, 30));
    for (text, day) in [
        (
            "Hello,\n\nWe will pay on 2026-11-30.\n\nKind regards\nAnna Fox\nBrindle",
            last,
        ),
        (
            "We will transfer the 1,819.00 EUR on Friday. Sorry for the delay.",
            friday,
        ),
        ("Payment will be made by the end of the month.", last),
        (
            "Sehr geehrte Frau Hoffmann,\n\nwir überweisen den Betrag am\nFreitag.\n\nMit freundlichen Grüßen\nJan Kuhl",
            friday,
        ),
        (
            "Guten Tag,\ndie Rechnung wird am Freitag bezahlt.\nViele Grüße",
            friday,
        ),
        (
            "Thanks for your reminder.\nHello Ms Fox, we will pay on Friday.\n\nThanks\nJan\nKuhl AG, Amtsgericht Bonn",
            friday,
        ),
        (
            "Bonjour,\n\nNous réglerons la facture vendredi.\n\nCordialement",
            friday,
        ),
        (
            "Pagaremos la factura el viernes. Gracias por su recordatorio.",
            friday,
        ),
        (
            "Buongiorno,\npagheremo entro fine mese.\nCordiali saluti",
            last,
        ),
        (
            "Geachte mevrouw,\n\nWij betalen de factuur vrijdag.\n\nMet vriendelijke groet",
            friday,
        ),
    ] {
        assert_eq!(promised(text), Some(day), "{text}");
    }
}

#[test]
fn what_denies_asks_depends_or_says_more_is_no_promise() {
    for text in [
        "We will not pay on Friday.",
        "We won't be able to, and will pay nothing on Friday.",
        "Will you confirm that we will pay on Friday?",
        "We will pay on Friday if the goods arrive.",
        "Wir zahlen am Freitag, sobald die Ware da ist.",
        "We will pay half on Friday.",
        "We will probably pay on Friday.",
        "We will pay on Friday. Please send us the contract first.",
        "We will pay on Friday. The goods were damaged.",
        "We will pay on Friday to your new account.",
        "We will pay soon.",
        "We pay our staff on Fridays.",
        "Hi only if you replace the sacks\nwe will pay on Friday.",
        "We will pay on Friday.\nThanks but only if replaced",
        "We will pay on Friday.\n\nKind regards\nAnna\n\nPS: only if the sacks are replaced",
        "We will pay on Friday.\n\nRegards\nwe also need the contract from you",
        "We will pay on Friday.\n\nRegards\nAnna\nDid you get this?",
    ] {
        assert_eq!(promised(text), None, "{text}");
    }
}

#[test]
fn disputes_keep_the_sentence_as_it_was_written() {
    for (text, sentence) in [
        (
            "We never got the goods of MR-2.",
            "We never got the goods of MR-2.",
        ),
        (
            "Hallo,\nzwei Säcke waren beschädigt. Bitte um Gutschrift.\nGruß",
            "zwei Säcke waren beschädigt.",
        ),
        (
            "Nous contestons cette facture.",
            "Nous contestons cette facture.",
        ),
        (
            "No hemos recibido la mercancía.",
            "No hemos recibido la mercancía.",
        ),
        (
            "Contestiamo la fattura: il prezzo è errato.",
            "Contestiamo la fattura: il prezzo è errato.",
        ),
        ("Wij betwisten deze factuur.", "Wij betwisten deze factuur."),
    ] {
        let sentence = sentence.to_owned();
        assert_eq!(said(text), Understood::Dispute { sentence }, "{text}");
    }
    for text in [
        "Were the goods damaged?",
        "We have no complaint.",
        "The goods were damaged.\n\nRegards\nif you do not agree, call us",
        "Es gibt keine Reklamation.",
    ] {
        assert_eq!(seems(text), [Intent::Dispute], "{text}");
    }
}

#[test]
fn everything_else_is_told_to_a_person_as_what_it_seems_to_say() {
    for (text, intents) in [
        ("We have already paid this last week.", vec![Intent::Paid]),
        ("Der Betrag wurde am 12.11. überwiesen.", vec![Intent::Paid]),
        (
            "Could you send us a copy of the invoice?",
            vec![Intent::Copy],
        ),
        (
            "Bitte senden Sie uns eine Rechnungskopie.",
            vec![Intent::Copy],
        ),
        ("Mr Fox no longer works here.", vec![Intent::WrongContact]),
        ("Wir bitten um Ratenzahlung.", vec![Intent::PaymentPlan]),
        (
            "Please confirm your new bank details.",
            vec![Intent::BankDetails],
        ),
        ("Our lawyer will answer.", vec![Intent::Legal]),
        ("Thank you.", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(seems(text), intents, "{text}");
    }
}

#[test]
fn the_amounts_of_a_promise_are_kept_beside_its_day() {
    let Understood::Promise { amounts, .. } = said("Wir überweisen 1.284 € am Freitag.") else {
        panic!("it promises");
    };
    assert_eq!(amounts, ["128400"]);
}

#[test]
fn a_long_letter_is_read_by_a_person() {
    let text = format!("We will pay on Friday. {}", "Thank you. ".repeat(200));
    assert_eq!(seems(&text), [Intent::Promise]);
}
