//! The ambiguous cases of DOMAIN 2.6, one after the other: a person decides, and is told both readings.

use super::super::extract::bill;
use super::super::read::{Content, DocumentInput, read};
use super::*;
use crate::basics::tax_id::VatId;

fn own() -> OwnIdentity {
    OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        vat_ids: VatId::parse("BE0428759497").into_iter().collect(),
        ..OwnIdentity::default()
    }
}

type Seen = (DocumentKind, String, String);

fn told(found: Classification) -> Seen {
    let conflict = found.conflict.unwrap_or_default();
    (found.kind, found.reasons.join("; "), conflict)
}

/// Kind, reasons and what a person is asked, of a page whose upper half is the letterhead and our address.
fn seen(from: &str, rest: &str) -> Seen {
    let text = format!("{from}\n\nLa Tavola GmbH\nGasse 2\n80331 München\n\n{rest}\n");
    let layout = Layout::of_text(&text);
    let mail = MailFacts::default();
    let findings = bill::read(&layout, &mail, &own(), &[], false);
    told(page(&layout, &findings, &mail, &own()))
}

/// The same of a mail.
fn mailed(text: &str) -> Seen {
    let input = DocumentInput {
        content: Content::Text(text.to_owned()),
        mail: MailFacts {
            file_name: BODY_NAME,
            ..MailFacts::default()
        },
        with_embedded: true,
    };
    told(read(&input, &own(), &[]).classification)
}

const SELLER: &str = "Elbkarton Verpackungen GmbH, Hafenstr. 1, 20457 Hamburg";
const HEAD: &str = "Rechnung\n\nRechnungsnummer: RE-77123\nRechnungsdatum: 17.11.2026\n";
const SUMS: &str =
    "Nettobetrag   1.000,00 EUR\nMwSt 19 %       190,00 EUR\nGesamtbetrag  1.190,00 EUR\n";

#[track_caller]
fn asks(seen: Seen, kind: DocumentKind, readings: [&str; 2]) {
    assert_eq!(seen.0, kind, "{seen:?}");
    for reading in readings {
        assert!(seen.2.contains(reading), "{reading}: {seen:?}");
    }
}

#[test]
fn a_plain_bill_asks_nothing() {
    let found = seen(
        SELLER,
        &format!("{HEAD}{SUMS}IBAN DE53 2009 9410 0040 2155 83"),
    );
    assert_eq!((found.0, found.2.as_str()), (DocumentKind::Bill, ""));
}

#[test]
fn a_bill_of_a_marketplace_names_the_seller_and_the_one_to_be_paid() {
    let market = "Marktplatz Nordhafen AG, Hafenallee 1, 20457 Hamburg";
    let rest = format!(
        "{HEAD}Verkauft durch: Elbkarton Verpackungen GmbH\n{SUMS}IBAN DE53 2009 9410 0040 2155 83"
    );
    asks(
        seen(market, &rest),
        DocumentKind::Bill,
        ["Marktplatz Nordhafen AG", "Elbkarton Verpackungen GmbH"],
    );
    let rest = format!("{HEAD}Issued in the name and on behalf of the seller.\n{SUMS}");
    asks(
        seen(market, &rest),
        DocumentKind::Bill,
        ["Marktplatz Nordhafen AG", "in the name of another"],
    );
}

#[test]
fn one_who_sold_it_is_no_second_company() {
    for seller in [
        "Verkauft durch: Jan Petersen",
        "Verkauft durch: Elbkarton Verpackungen GmbH",
    ] {
        let rest = format!("{HEAD}{seller}\n{SUMS}IBAN DE53 2009 9410 0040 2155 83");
        assert_eq!(seen(SELLER, &rest).2, "", "{seller}");
    }
}

#[test]
fn a_claim_that_was_sold_names_the_seller_and_the_buyer_of_the_claim() {
    let rest = format!(
        "{HEAD}{SUMS}Die Forderung wurde an die Hansa Bank AG abgetreten. Zahlung mit schuldbefreiender\nWirkung nur an IBAN DE89 3704 0044 0532 0130 00"
    );
    asks(
        seen(SELLER, &rest),
        DocumentKind::Bill,
        ["sold by Elbkarton Verpackungen GmbH", "bought the claim"],
    );
    // The small print of many bills.
    let rest = format!(
        "{HEAD}{SUMS}IBAN DE53 2009 9410 0040 2155 83\n\n\n\n\n\nDie Abtretung von Forderungen ist ausgeschlossen."
    );
    assert_eq!(seen(SELLER, &rest).2, "");
}

#[test]
fn papers_of_both_sides_set_against_each_other_are_decided_by_a_person() {
    let rest = "Zahlungsavis mit Verrechnung\n\nwir haben heute überwiesen:\n\nIhre Rechnung 2026-1001     595,00 EUR\nUnsere Rechnung RE-77123   -190,00 EUR\n\nSumme   405,00 EUR";
    asks(
        mailed(rest),
        DocumentKind::Remittance,
        [
            "a payment of our invoices",
            "its own invoices set against ours",
        ],
    );
    let rest = "Zahlungsavis\n\nwir haben heute überwiesen:\n\nIhre Rechnung 2026-1001     595,00 EUR\nIhre Rechnung 2026-1002     190,00 EUR\n\nSumme   785,00 EUR";
    assert_eq!(mailed(rest).2, "");
}

#[test]
fn one_word_for_two_papers_asks_which_it_is() {
    asks(
        seen(
            SELLER,
            &format!("Gutschrift\n\nGutschriftsnummer: GS-7\n{SUMS}"),
        ),
        DocumentKind::CreditNote,
        ["credit note", "self-billed invoice"],
    );
    asks(
        seen(
            SELLER,
            "Kontoauszug\n\n17.10.2026  Buchung 1.000,00\nSaldo 1.000,00 EUR",
        ),
        DocumentKind::SupplierStatement,
        ["used by banks", "by suppliers"],
    );
    asks(
        seen(
            SELLER,
            "Belastungsanzeige\n\nNr. BA-77\nGesamtbetrag  119,00 EUR",
        ),
        DocumentKind::Bill,
        ["supplier's charge", "customer's deduction"],
    );
}

#[test]
fn what_looks_like_a_bill_and_asks_for_nothing_is_not_paid() {
    let courtesy = format!("Fattura\nCopia di cortesia\nNumero fattura: 77/26\n{SUMS}");
    let paid = format!("{HEAD}{SUMS}Offener Betrag 0,00 EUR");
    for (text, why) in [(courtesy, "courtesy copy"), (paid, "nothing is due")] {
        let found = seen(SELLER, &text);
        assert!(
            found.2.starts_with("not_payable") && found.2.contains(why),
            "{found:?}"
        );
    }
}

#[test]
fn a_confirmation_and_a_statement_with_sums_and_an_account_are_no_bills() {
    let end = "IBAN DE53 2009 9410 0040 2155 83";
    let confirmed = seen(
        SELLER,
        &format!("Auftragsbestätigung\n\nAuftragsnummer: AB-7\n{SUMS}{end}"),
    );
    assert_eq!(
        confirmed.0,
        DocumentKind::PurchaseOrderResponse,
        "{confirmed:?}"
    );
    let stated = seen(
        SELLER,
        &format!("Statement of account\n\nInvoice RE-7   1.190,00\nAmount due EUR 1,190.00\n{end}"),
    );
    assert_eq!(stated.0, DocumentKind::SupplierStatement, "{stated:?}");
}

#[test]
fn a_language_nobody_knows_asks_for_the_kind() {
    let found = seen(
        "Drewno Sp. z o.o.",
        "Zestawienie\n\nWartosc 1 000,00\nRazem 1 230,00",
    );
    asks(
        found,
        DocumentKind::Other,
        ["neither its words", "structure"],
    );
}

#[test]
fn a_bill_to_somebody_else_is_never_readdressed() {
    let text = format!("Nordwind Handel GmbH\nWeg 2\n80331 München\n\n{HEAD}{SUMS}");
    let layout = Layout::of_text(&text);
    let mail = MailFacts::default();
    let findings = bill::read(&layout, &mail, &own(), &[], false);
    let found = told(page(&layout, &findings, &mail, &own()));
    assert!(found.2.starts_with("not_addressed_to_us"), "{found:?}");
}

#[test]
fn a_paper_that_had_to_come_as_a_file_is_worked_and_says_so() {
    let bill = |day: &str| {
        format!(
            "Facture\n\nFacture n°: 77123\nDate de facture: {day}\n\nTotal HTVA 1.000,00 EUR\nTVA 21% 210,00 EUR\nTotal TVAC 1.210,00 EUR\n\nTVA BE 0417.497.106\n"
        )
    };
    let from = "Bois Ardennes SA, Rue Haute 3, 5000 Namur";
    let found = seen(from, &bill("17/11/2026"));
    assert_eq!(found.2, "", "{found:?}");
    assert!(found.1.contains("channel_noncompliant"), "{found:?}");
    assert!(
        !seen(from, &bill("17/11/2025"))
            .1
            .contains("channel_noncompliant")
    );
}

#[test]
fn a_credit_note_that_a_customer_wrote_for_what_we_delivered_is_ours_to_collect_and_asked_about() {
    let customer = "Nordwind Handel GmbH, Weg 2, 20457 Hamburg";
    for words in [
        "Gutschrift\n\nAbrechnung im Gutschriftsverfahren über Ihre Lieferungen\nGutschriftsnummer: GS-7\n",
        "Self-billing invoice\n\nSelf-billing invoice no: SB-7\nfor your deliveries\n",
    ] {
        let found = seen(customer, &format!("{words}{SUMS}"));
        assert_eq!(found.0, DocumentKind::CustomerInvoice, "{found:?}");
        assert!(found.2.contains("self-billed invoice"), "{found:?}");
    }
}

#[test]
fn a_reminder_is_no_bill_and_the_copy_it_brings_says_that_it_is_one() {
    let reminder = "Zahlungserinnerung\n\nRechnung RE-77123 vom 17.11.2026 ist noch offen. Eine Kopie liegt bei.\nOffener Betrag 1.190,00 EUR\nIBAN DE53 2009 9410 0040 2155 83";
    let found = seen(SELLER, reminder);
    assert_eq!(found.0, DocumentKind::SupplierReminder, "{found:?}");
    let end = "IBAN DE53 2009 9410 0040 2155 83";
    for stamp in ["KOPIE", "Zweitschrift", "Duplicata", "COPY"] {
        let copy = seen(SELLER, &format!("{stamp}\n\n{HEAD}{SUMS}{end}"));
        assert_eq!(
            (copy.0, copy.2.as_str()),
            (DocumentKind::Bill, ""),
            "{stamp}"
        );
        assert!(copy.1.contains("it says that it is a copy"), "{copy:?}");
    }
    let first = seen(SELLER, &format!("{HEAD}{SUMS}{end}"));
    assert!(!first.1.contains("copy"), "{first:?}");
}

#[test]
fn a_mandate_for_a_direct_debit_is_no_bill_though_it_names_accounts_and_a_creditor() {
    let mandate = "Mandat de prélèvement SEPA\n\nRéférence unique du mandat : RUM-4711\nIdentifiant créancier SEPA : FR72ZZZ123456\nEn signant ce formulaire de mandat, vous autorisez le créancier à envoyer des instructions à votre banque\npour débiter votre compte.\nIBAN FR14 2004 1010 0505 0001 3M02 606\nType de paiement : récurrent";
    let found = seen(
        "Imprimerie du Port SARL, 3 quai Sud, 13002 Marseille",
        mandate,
    );
    assert_eq!(found.0, DocumentKind::Other, "{found:?}");
    assert!(!found.2.is_empty(), "{found:?}");
}

#[test]
fn a_french_supplier_that_may_be_too_small_for_the_exchange_is_worked_and_flagged() {
    let own = OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        vat_ids: VatId::parse("FR40303265045").into_iter().collect(),
        ..OwnIdentity::default()
    };
    let reasons = |day: &str| {
        let text = format!(
            "Imprimerie du Port SARL, 3 quai Sud, 13002 Marseille\n\nLa Tavola GmbH\n2 rue Basse\n75001 Paris\n\nFacture\n\nFacture n°: 77123\nDate de facture: {day}\n\nTotal HT 1.000,00 EUR\nTVA 20% 200,00 EUR\nTotal TTC 1.200,00 EUR\n\nTVA FR 83 404 833 048\n"
        );
        let layout = Layout::of_text(&text);
        let mail = MailFacts::default();
        let findings = bill::read(&layout, &mail, &own, &[], false);
        told(page(&layout, &findings, &mail, &own))
    };
    let (kind, why, conflict) = reasons("17/11/2026");
    assert_eq!((kind, conflict.as_str()), (DocumentKind::Bill, ""));
    assert!(
        why.contains("channel_noncompliant") && why.contains("large"),
        "{why}"
    );
    assert!(!reasons("31/08/2026").1.contains("channel_noncompliant"));
}
