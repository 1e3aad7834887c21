//! What a document is and whose side it is on: structure first, then identity, then words (DOMAIN 2.1). The first decisive
//! stage wins; a later one may only contradict, and then a person decides.

mod score;
mod titles;
mod direction;
mod uncl1001;
mod tipo_documento;
mod trade_document;

pub use direction::{Evidence, Role};
pub use score::{Scores, outcome};
pub use trade_document::trade_document;

use super::extract::bill::{Findings, MailFacts};
use super::identity::OwnIdentity;
use super::labels::Label;
use super::layout::Layout;
use super::words::{self, HEADINGS, Heading};
use super::{Classification, Confidence, DocumentKind, Side};
use crate::basics::text::fold;
use crate::formats::e_invoice::{EInvoice, Party, Syntax};
use crate::formats::xml_root::RootKind;

/// From this probability and with `CLEAR_MARGIN` before the second a kind stands by itself (DOMAIN 2.5).
const CLEAR: u16 = 950;
const CLEAR_MARGIN: u16 = 500;
/// Below this no kind is even suggested.
const SUGGESTED: u16 = 700;

/// An e-invoice: its type code says what it is, its parties whose it is.
pub fn e_invoice(invoice: &EInvoice, own: &OwnIdentity) -> Classification {
    let code = invoice
        .type_code
        .as_deref()
        .unwrap_or(if invoice.syntax == Syntax::UblCreditNote {
            "381"
        } else {
            "380"
        });
    let meaning = if invoice.syntax == Syntax::FatturaPa {
        tipo_documento::meaning(code)
    } else {
        uncl1001::meaning(code)
    };
    let heading = if invoice.syntax == Syntax::UblCreditNote && meaning.heading == Heading::Invoice
    {
        Heading::CreditNote
    } else {
        meaning.heading
    };
    // Here the parties are named by what they do: the one who writes a self-billed invoice is the buyer.
    let (seller, buyer) = (is_ours(&invoice.seller, own), is_ours(&invoice.buyer, own));
    let role = if heading == Heading::SelfBilling {
        Role::of(buyer, seller)
    } else {
        Role::of(seller, buyer)
    };
    let accounts = invoice
        .accounts
        .iter()
        .map(|account| own.is_own_iban(account))
        .collect::<Vec<_>>();
    let evidence = Evidence {
        role,
        pays_into_ours: accounts.contains(&true),
        pays_into_others: accounts.contains(&false),
        quotes_own_number: invoice
            .number
            .as_deref()
            .is_some_and(|number| own.is_own_number(number)),
        is_collected: matches!(invoice.payment_means.as_deref(), Some("49" | "59")),
        is_self_billed: heading == Heading::SelfBilling,
    };
    let mut found = direction::classify(heading, &evidence, own);
    found.confidence = Confidence::CERTAIN;
    found.reasons.insert(
        0,
        format!("the file says it is type {code}: {}", meaning.words),
    );
    if let Some(withheld) = invoice.withheld.filter(|withheld| !withheld.is_zero()) {
        let reason =
            format!("{withheld} of it are kept for the tax office and not paid to the supplier");
        found.reasons.push(reason);
    }
    if let Some(doubt) = meaning.doubt {
        found.conflict = found.conflict.or_else(|| {
            Some(format!(
                "document_unclear: type code {code} ({}): {doubt}",
                meaning.words
            ))
        });
    }
    found
}

fn is_ours(party: &Party, own: &OwnIdentity) -> bool {
    let vat = party
        .vat_id
        .as_deref()
        .is_some_and(|vat| own.is_own_vat(vat));
    // An Italian company without a VAT id stated is named by its fiscal code, which has the same digits.
    let fiscal = party.tax_number.as_deref().is_some_and(|code| {
        party.country.as_deref() == Some("IT") && own.is_own_vat(&format!("IT{code}"))
    });
    let names = [party.name.as_deref(), party.trade_name.as_deref()];
    vat || fiscal
        || names
            .into_iter()
            .flatten()
            .any(|name| own.is_own_name(name))
}

/// Another structured file that is not read here: its root element says what it is.
pub fn other_xml(root: RootKind, mail: &MailFacts<'_>) -> Option<Classification> {
    (root == RootKind::Iso20022).then(|| {
        let kind = DocumentKind::BankStatement;
        Classification {
            kind,
            side: mail.mailbox_side.unwrap_or(Side::None),
            confidence: Confidence::CERTAIN,
            reasons: vec![format!("the root element of the XML says it is a {kind}")],
            conflict: None,
        }
    })
}

/// Pages or a text: words weigh, identity decides the side.
pub fn page(
    layout: &Layout,
    findings: &Findings,
    mail: &MailFacts<'_>,
    own: &OwnIdentity,
) -> Classification {
    let mut scores = Scores::default();
    titles::titles(layout, &mut scores);
    typical(layout, findings, &mut scores);
    around(mail, &mut scores);
    let text = fold(&layout.plain());
    scores.body(&text);
    let twin = resolve_twins(&text, findings, &mut scores);
    let (heading, probability, margin) = outcome(&scores);
    // A bill paid at the till is a receipt as well: either is a suggestion.
    let is_paid_bill = scores.are_first(Heading::Invoice, Heading::Receipt);
    let is_suggested = probability >= SUGGESTED || twin.is_some() || is_paid_bill;
    let Some(heading) = heading.filter(|_| is_suggested) else {
        let reasons = vec!["no heading, label or name says what it is".to_owned()];
        let conflict =
            Some("document_unclear: neither its words nor its structure say what it is".to_owned());
        return Classification {
            kind: DocumentKind::Other,
            side: Side::None,
            confidence: Confidence::per_mille(probability),
            reasons,
            conflict,
        };
    };
    let evidence = page_evidence(findings, own, &text);
    let mut found = direction::classify(heading, &evidence, own);
    found.reasons.splice(0..0, scores.reasons(heading));
    found.confidence = Confidence::per_mille(probability);
    if let Some(twin) = twin {
        found.conflict = Some(format!("document_unclear: {twin}"));
    } else if probability < CLEAR || margin < CLEAR_MARGIN {
        let doubt = format!(
            "document_unclear: most likely a {heading}, at {} per cent",
            probability / 10
        );
        found.conflict = found.conflict.or(Some(doubt));
    }
    found
}

fn page_evidence(findings: &Findings, own: &OwnIdentity, text: &str) -> Evidence {
    let role = Role::of(
        findings.parties.issued_by_us,
        findings.parties.addressed_to_us,
    );
    let number = findings.fields.invoice_number.as_ref();
    Evidence {
        role,
        pays_into_ours: findings
            .ibans
            .iter()
            .any(|iban| own.is_own_iban(&iban.value)),
        pays_into_others: findings
            .ibans
            .iter()
            .any(|iban| !own.is_own_iban(&iban.value)),
        quotes_own_number: number.is_some_and(|number| own.is_own_number(&number.value)),
        is_collected: words::COLLECTED_PHRASES
            .iter()
            .any(|phrase| text.contains(phrase)),
        is_self_billed: false,
    }
}

/// Labels and sums that only some papers have. Papers of one family have the same ones: which of the family it is, its
/// heading says.
fn typical(layout: &Layout, findings: &Findings, scores: &mut Scores) {
    let has = |label: Label, strength: u16| {
        findings
            .hits
            .iter()
            .any(|hit| hit.label == label && hit.strength >= strength)
    };
    let numbered = findings
        .fields
        .invoice_number
        .as_ref()
        .is_some_and(|f| f.confidence.as_per_mille() >= 750)
        && has(Label::Number, 3);
    let adds_up = findings
        .fields
        .gross_total
        .as_ref()
        .is_some_and(|f| f.confidence.as_per_mille() >= 880)
        && findings.stated.tax.is_some();
    let bill = scores.named_of(&[
        Heading::Invoice,
        Heading::CreditNote,
        Heading::SelfBilling,
        Heading::DebitNote,
        Heading::Proforma,
    ]);
    // Orders, offers, statements and reminders have numbers, sums and accounts, too: where the page is headed as one of
    // them and not as a bill, these say little.
    let is_otherwise = bill.is_none() && scores.strongest_title() >= CLEAR_TITLE;
    let share = if is_otherwise { 25 } else { 100 };
    let bill = bill.unwrap_or(Heading::Invoice);
    let signs = [
        (numbered, 100, "a number with its label"),
        (adds_up, 100, "net, tax and gross that add up"),
        (
            has(Label::Payable, 3) || has(Label::DueDate, 3),
            100,
            "an amount or a day to pay",
        ),
        (
            !findings.ibans.is_empty() || has(Label::Iban, 3),
            60,
            "an account to pay to",
        ),
        (has(Label::IssueDate, 3) && numbered, 60, "an invoice date"),
    ];
    for (_, weight, what) in signs.iter().filter(|(shown, ..)| *shown) {
        scores.typical(bill, weight * share / 100, what);
    }
    let order = scores.named_of(&[Heading::OrderChange, Heading::OrderResponse, Heading::Order]);
    if has(Label::Order, 3) && !numbered {
        let order = order.unwrap_or(Heading::Order);
        scores.typical(order, 60, "an order number and no invoice number");
    }
    if !numbered && findings.fields.gross_total.is_some() {
        receipt(layout, scores);
    }
}

/// A heading of this weight, in hundredths, says what a page is.
const CLEAR_TITLE: u32 = 180;

/// Words of a till or a card terminal: something was paid already.
fn receipt(layout: &Layout, scores: &mut Scores) {
    let keys = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let mut said = keys
        .map(|token| token.key.as_str())
        .filter(|key| words::TILL_WORDS.contains(key))
        .collect::<Vec<_>>();
    said.sort_unstable();
    said.dedup();
    let weight = match said.len() {
        0 => return,
        1 => 60,
        2 => 150,
        _ => 250,
    };
    scores.typical(
        Heading::Receipt,
        weight,
        "words of a till or a card terminal",
    );
}

/// File name and subject.
fn around(mail: &MailFacts<'_>, scores: &mut Scores) {
    let name = fold(mail.file_name);
    for (heading, beginnings) in words::FILE_NAMES {
        if beginnings
            .iter()
            .any(|beginning| name.starts_with(beginning))
        {
            scores.around(*heading, 80, "the name of the file");
        }
    }
    let subject = format!(" {} ", fold(mail.subject));
    for (heading, words) in HEADINGS.iter() {
        if words
            .iter()
            .any(|word| word.len() >= 4 && subject.contains(&format!(" {word} ")))
        {
            scores.around(*heading, 80, "the subject of the mail");
        }
    }
}

/// German "Gutschrift" and the statement that is a bank's or a supplier's: the same word in two rows of the table. What
/// the text says besides decides, or nobody does (DOMAIN 2.6).
fn resolve_twins(text: &str, findings: &Findings, scores: &mut Scores) -> Option<String> {
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if scores.are_level(Heading::CreditNote, Heading::SelfBilling) {
        let self_billed = any(words::SELF_BILLING_PHRASES);
        let credited = any(words::IN_YOUR_FAVOUR)
            || any(&[
                "zu rechnung",
                "zur rechnung",
                "ursprungliche rechnung",
                "originalrechnung",
                "bezug rechnung",
            ]);
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
        let bank = any(&[
            "opening balance",
            "closing balance",
            "alter saldo",
            "neuer saldo",
            "kontostand",
            "saldo iniziale",
            "saldo finale",
            "saldo inicial",
            "ancien solde",
            "nouveau solde",
        ]);
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
    None
}

#[cfg(test)]
mod tests;
