//! What a document is and whose side it is on: structure first, then identity, then words (DOMAIN 2.1). The first decisive
//! stage wins; a later one may only contradict, and then a person decides.

mod score;
mod titles;
mod signs;
mod twins;
mod qualifiers;
mod stamps;
mod payee;
mod channel;
mod netting;
mod direction;
mod uncl1001;
mod tipo_documento;
mod trade_document;

pub use direction::{Evidence, Role};
pub use netting::nets;
pub use score::{Scores, outcome};
pub use trade_document::trade_document;

use super::extract::bill::{Findings, MailFacts};
use super::identity::OwnIdentity;
use super::layout::Layout;
use super::words::{self, Heading};
use super::{BODY_NAME, Classification, Confidence, DocumentKind, Side};
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
        is_only_by_account: false,
        quotes_own_number: invoice
            .number
            .as_deref()
            .is_some_and(|number| own.is_own_number(number)),
        is_collected: is_direct_debit(invoice),
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
    let text = fold(&layout.plain()).replace('\u{2019}', "'");
    titles::titles(layout, signs::is_numbered(findings), &mut scores);
    signs::around(mail, &mut scores);
    signs::phrases_of(&text, findings, &mut scores);
    signs::labels_and_sums(layout, findings, &mut scores);
    let is_body = mail.file_name == BODY_NAME;
    if is_body {
        signs::typed_bill(&text, findings, &mut scores);
    }
    scores.body(&text);
    let twin = twins::resolve(&text, findings, &mut scores);
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
    let mut evidence = page_evidence(findings, own, &text);
    // Who types a bill into a mail does not repeat to whom the mail goes: it came to a mailbox of ours.
    let is_typed = is_body && heading.kind() != DocumentKind::Remittance;
    if is_typed && evidence.role == Role::Neither {
        evidence.role = Role::Addressee;
    }
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
    qualifiers::weigh(&mut found, layout, &text, (findings, own));
    found
}

/// BT-81: a direct debit, of SEPA or another one.
pub fn is_direct_debit(invoice: &EInvoice) -> bool {
    matches!(invoice.payment_means.as_deref(), Some("49" | "59"))
}

/// The words of a page say that the money will be collected.
pub fn speaks_of_collection(layout: &Layout) -> bool {
    is_collected(&fold(&layout.plain()))
}

fn is_collected(text: &str) -> bool {
    let mut phrases = words::COLLECTED_PHRASES.iter();
    phrases.any(|phrase| text.contains(phrase))
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
            .paid_to
            .iter()
            .any(|iban| own.is_own_iban(&iban.value)),
        pays_into_others: findings
            .paid_to
            .iter()
            .any(|iban| !own.is_own_iban(&iban.value)),
        is_only_by_account: findings.parties.only_by_account,
        quotes_own_number: number.is_some_and(|number| own.is_own_number(&number.value)),
        is_collected: is_collected(text),
        is_self_billed: false,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod ambiguous;
