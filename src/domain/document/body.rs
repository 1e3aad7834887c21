//! The text of a mail that is itself a document.

use super::classify;
use super::extract::amounts;
use super::extract::bill::{self, MailFacts};
use super::extract::remittance::{Table, has_payment_table, looks_like_remittance};
use super::identity::OwnIdentity;
use super::layout::Layout;
use super::{BODY_NAME, Confidence, DocumentKind};
use crate::basics::text::fold;
use crate::domain::message::new_text::without_quoted_mails;
use crate::formats::html;

/// One text of a mail: not a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// Its place in the mail.
    pub part: String,
    /// HTML, not plain text.
    pub is_html: bool,
    /// As it was written.
    pub text: String,
}

/// The one body that is a remittance, as its place and what is new in it: the HTML one when it has a table of payments, else
/// the plain one. A quoted older remittance must not be read for the new one, so what decides is also what is kept.
pub fn remittance_body(subject: &str, bodies: &[Body]) -> Option<(String, String)> {
    let is_handed_on = is_forwarded(subject);
    let new_markup = |markup: &str| {
        let new = html::without_quotes(markup);
        let is_new = looks_like_remittance(subject, &new.text());
        let whole = || looks_like_remittance(subject, &html::text(markup, html::Quotes::Keep));
        match (is_new, is_handed_on) {
            (true, _) => Some(new.markup()),
            (false, true) if whole() => Some(markup.to_owned()),
            (false, _) => None,
        }
    };
    let new_text = |text: &str| {
        let new = without_quoted_mails(text);
        match (looks_like_remittance(subject, &new), is_handed_on) {
            (true, _) => Some(new),
            (false, true) if looks_like_remittance(subject, text) => Some(text.to_owned()),
            (false, _) => None,
        }
    };
    let has_table = |markup: &str| {
        let tables: Vec<Table> = html::tables(markup);
        has_payment_table(&tables)
    };
    let of_kind = |is_html| bodies.iter().filter(move |body| body.is_html == is_html);
    let by_markup = of_kind(true)
        .filter_map(|body| Some((body.part.clone(), new_markup(&body.text)?)))
        .collect::<Vec<_>>();
    let by_table = by_markup.iter().find(|(_, markup)| has_table(markup));
    let by_text =
        || of_kind(false).find_map(|body| Some((body.part.clone(), new_text(&body.text)?)));
    by_table
        .cloned()
        .or_else(by_text)
        .or_else(|| by_markup.first().cloned())
}

/// The one body that is a bill, a reminder or a statement typed into the mail, as its place and what is new in it. For mails
/// without files only: beside a file the text is its covering letter.
pub fn typed_paper(subject: &str, bodies: &[Body]) -> Option<(String, String)> {
    let of_kind = |is_html| bodies.iter().filter(move |body| body.is_html == is_html);
    let plain = of_kind(false).find_map(|body| {
        let new = without_quoted_mails(&body.text);
        is_paper(subject, &new).then(|| (body.part.clone(), new))
    });
    plain.or_else(|| {
        of_kind(true).find_map(|body| {
            let new = html::without_quotes(&body.text);
            is_paper(subject, &new.text()).then(|| (body.part.clone(), new.markup()))
        })
    })
}

/// As [`typed_paper`], beside a file: only a whole bill with a number of its own, that does not say the bill is the file. A
/// file that tells the same bill counts before it.
pub fn typed_beside_files(subject: &str, bodies: &[Body]) -> Option<(String, String)> {
    let (part, new) = typed_paper(subject, bodies)?;
    let body = bodies.iter().find(|body| body.part == part)?;
    let text = if body.is_html {
        html::text(&new, html::Quotes::Keep)
    } else {
        new.clone()
    };
    let folded = fold(&text);
    let is_covering = COVERING.iter().any(|phrase| folded.contains(phrase));
    let is_whole = kind_of(subject, &text).is_some_and(|(kind, findings)| {
        kind == DocumentKind::Bill
            && findings.fields.invoice_number.is_some()
            && findings.fields.gross_total.is_some()
    });
    (is_whole && !is_covering).then_some((part, new))
}

/// Parts of words that say what is wanted is in the file, folded.
const COVERING: [&str; 27] = [
    "anbei",
    "im anhang",
    "beigefugt",
    "angehangt",
    "als anlage",
    "in der anlage",
    "siehe anlage",
    "beiliegend",
    "attach",
    "enclos",
    "ci-joint",
    "piece jointe",
    "pieces jointes",
    "joins",
    "joignons",
    "adjunt",
    "anexo",
    "anexa",
    "allegat",
    "allego",
    "alleghiamo",
    "bijgevoegd",
    "bijlage",
    "bijgaand",
    "hierbij ontvangt",
    "as pdf",
    "als pdf",
];

/// A kind this likely is worth a document; below it the mail is one that somebody reads.
const LIKELY: Confidence = Confidence::per_mille(850);

fn is_paper(subject: &str, text: &str) -> bool {
    kind_of(subject, text).is_some()
}

/// What a text is that says what it is and names an amount; a bill says where to pay it, too, or a customer who asks about an
/// invoice would send one.
fn kind_of(subject: &str, text: &str) -> Option<(DocumentKind, bill::Findings)> {
    let layout = Layout::of_text(text);
    // Most mails name none, and all else costs ten times more to look for.
    if amounts::find(&layout).is_empty() {
        return None;
    }
    let mail = MailFacts {
        subject,
        file_name: BODY_NAME,
        ..MailFacts::default()
    };
    let own = OwnIdentity::default();
    let findings = bill::read(&layout, &mail, &own, &[], false);
    let found = classify::page(&layout, &findings, &mail, &own);
    let is_payable = !findings.ibans.is_empty();
    let is_known = match found.kind {
        DocumentKind::Bill => is_payable,
        DocumentKind::SupplierReminder | DocumentKind::SupplierStatement => {
            is_payable || findings.fields.invoice_number.is_some()
        }
        DocumentKind::CreditNote
        | DocumentKind::CustomerInvoice
        | DocumentKind::Remittance
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::GoodsReceipt
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::Receipt
        | DocumentKind::BankStatement
        | DocumentKind::Other => false,
    };
    let is_paper = is_known && found.confidence >= LIKELY;
    is_paper.then_some((found.kind, findings))
}

/// Someone hands on a mail of someone else: what it quotes is what it is about.
fn is_forwarded(subject: &str) -> bool {
    let marks = [
        "fwd:", "fw:", "wg:", "tr:", "rv:", "i:", "doorst:", "inoltro:",
    ];
    let folded = fold(subject);
    marks.iter().any(|mark| folded.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_document(subject: &str, text: &str) -> bool {
        let body = Body {
            part: "1".into(),
            is_html: false,
            text: text.into(),
        };
        typed_paper(subject, &[body]).is_some()
    }

    #[test]
    fn a_bill_in_the_sentences_of_a_mail_is_a_document() {
        let bills = [
            (
                "Invoice 17",
                "Hi,\n\nInvoice 17, total 800 EUR for the October menus,\nplease pay to IBAN DE89370400440532013000.\n\nNora\n",
            ),
            (
                "Rechnung",
                "Guten Tag,\n\nRechnung Nr. 2026-17\nRechnungsdatum: 05.11.2026\n\nGesamtbetrag   800,00 EUR\nBitte überweisen Sie auf DE89370400440532013000.\n",
            ),
            (
                "Facture octobre",
                "Bonjour,\n\nma facture n° 2026-10 du 05/11/2026 pour 450,00 EUR TTC.\nIBAN FR1420041010050500013M02606\n",
            ),
            (
                "Factura 12",
                "Hola,\n\nles envío la factura 12 por 300,00 EUR.\nIBAN ES9121000418450200051332\n",
            ),
            (
                "Fattura 12",
                "Buongiorno,\n\nfattura n. 12 di 300,00 EUR.\nIBAN IT60X0542811101000000123456\n",
            ),
            (
                "Factuur 12",
                "Goedendag,\n\nfactuur 12 van EUR 300,00, graag betalen op NL91ABNA0417164300.\n",
            ),
        ];
        for (subject, text) in bills {
            assert!(is_document(subject, text), "{subject}");
        }
    }

    #[test]
    fn beside_a_file_only_a_whole_bill_that_is_no_covering_letter_is_a_document() {
        let beside = |text: &str| {
            let body = Body {
                part: "1".into(),
                is_html: false,
                text: text.into(),
            };
            typed_beside_files("Invoice 17", &[body]).is_some()
        };
        let bill = "Hello,\n\nInvoice no. 17, 5 November 2026\nTranslation   EUR 800.00\nTotal due   EUR 800.00\n\nPlease pay to IBAN DE89 3704 0044 0532 0130 00.\n";
        assert!(beside(bill));
        assert!(!beside(&format!(
            "{bill}\nPlease find the invoice attached.\n"
        )));
        assert!(!beside(&format!("{bill}\nDie Rechnung liegt anbei.\n")));
        assert!(!beside("Hello,\n\nthe time sheet for invoice 17.\n"));
    }

    #[test]
    fn a_reminder_in_a_mail_is_a_document() {
        let text = "Sehr geehrte Damen und Herren,\n\nzu unserer Rechnung RE-20441 vom 03.11.2026 konnten wir noch keinen Zahlungseingang feststellen.\nBitte überweisen Sie 261,80 EUR auf IBAN DE89370400440532013000.\nSollten Sie zwischenzeitlich gezahlt haben, ist dieses Schreiben gegenstandslos.\n";
        assert!(is_document("Zahlungserinnerung RE-20441", text));
    }

    #[test]
    fn a_question_about_an_invoice_and_an_older_mail_are_none() {
        let question =
            "Hello,\n\ncan you please send me a copy of invoice 2026-1001 over 595.00 EUR?\n";
        assert!(!is_document("Invoice 2026-1001", question));
        let quoted = "Thanks, noted.\n\nOn 5 Nov 2026, at 10:00, Nora Field <nora@fieldworks.example> wrote:\n> Invoice 17, total 800 EUR,\n> please pay to IBAN DE89370400440532013000.\n";
        assert!(!is_document("Re: hello", quoted));
    }
}
