//! One word in two rows of the table: the German `Gutschrift`, the statement that is a bank's or a supplier's, the Italian
//! `avviso di pagamento` that asks for money or tells of it. What the text says besides decides, or nobody does (DOMAIN 2.6).

use super::Scores;
use crate::domain::document::extract::bill::Findings;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::words::{self, Heading, says};

/// Words of a text that stand for an invoice which was credited.
const CREDITED: [&str; 6] = [
    "zu rechnung",
    "zur rechnung",
    "ursprungliche rechnung",
    "originalrechnung",
    "bezug rechnung",
    "ruckvergutung",
];

/// Headings of demands and of remittance advices alike.
const ASKS_OR_TELLS: [&str; 1] = ["avviso di pagamento"];

/// What it says that tells of a payment, folded: the days it lists are those on which what was paid was due.
const TELLS: [&str; 10] = [
    "abbiamo pagato",
    "abbiamo disposto",
    "abbiamo bonificato",
    "abbiamo provveduto",
    "abbiamo effettuato",
    "abbiamo eseguito",
    "abbiamo saldato",
    "abbiamo emesso",
    "avvenuto pagamento",
    "e stato effettuato",
];

/// What a bank's statement has and a supplier's does not.
const BALANCES: [&str; 21] = [
    "opening balance",
    "closing balance",
    "alter saldo",
    "neuer saldo",
    "alter kontostand",
    "neuer kontostand",
    "kontostand",
    "anfangssaldo",
    "endsaldo",
    "buchungstag",
    "wertstellung",
    "saldo iniziale",
    "saldo finale",
    "saldo inicial",
    "saldo final",
    "ancien solde",
    "nouveau solde",
    "solde initial",
    "solde final",
    "beginsaldo",
    "eindsaldo",
];

/// Takes one of two kinds out that are named by the same word; else says why nobody can. `text` is folded.
pub(super) fn resolve(text: &str, findings: &Findings, scores: &mut Scores) -> Option<String> {
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| says(text, phrase));
    if scores.are_level(Heading::CreditNote, Heading::SelfBilling) {
        let self_billed = any(words::SELF_BILLING_PHRASES);
        let credited = any(words::IN_YOUR_FAVOUR) || any(&CREDITED);
        match (self_billed, credited) {
            (true, false) => scores.take_out(Heading::CreditNote),
            (false, true) => scores.take_out(Heading::SelfBilling),
            _ => {
                scores.take_out(Heading::SelfBilling);
                return Some("ambiguous_self_billing_vs_credit_note: \"Gutschrift\" is a credit note in everyday use and a self-billed invoice in VAT law".into());
            }
        }
    }
    if scores.are_level(Heading::Statement, Heading::Bank) {
        let bank = any(&BALANCES);
        let supplier = findings
            .hits
            .iter()
            .any(|hit| matches!(hit.label, Label::Number | Label::DueDate) && hit.strength == 3);
        match (bank, supplier) {
            (true, false) => scores.take_out(Heading::Statement),
            (false, true) => scores.take_out(Heading::Bank),
            _ => {
                scores.take_out(Heading::Bank);
                return Some(
                    "ambiguous_statement: the heading is used by banks and by suppliers".into(),
                );
            }
        }
    }
    if any(&ASKS_OR_TELLS) && scores.are_level(Heading::Invoice, Heading::Remittance) {
        let is_due =
            |hit: &Hit| matches!(hit.label, Label::DueDate | Label::Payable) && hit.strength == 3;
        let asks = findings.hits.iter().any(is_due) && !any(&TELLS);
        scores.take_out(if asks {
            Heading::Remittance
        } else {
            Heading::Invoice
        });
    }
    None
}
