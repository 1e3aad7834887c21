//! Reading a document: what its bytes became, what the mail says, who we are and whom we know; out comes kind, side and fields.

mod content;
mod inside;

pub use content::{Content, layout};
use inside::{Embedded, embedded, hybrid, trade_document_in_pages};

use super::classify;
use super::extract::amounts;
use super::extract::bill::{Findings, MailFacts};
use super::extract::e_invoice;
use super::extract::lines::{self, LineTable, Proof};
use super::extract::payment_code;
use super::extract::remittance::{self, Advice, Hints, Table};
use super::extract::{self, bill};
use super::identity::{KnownParty, OwnIdentity};
use super::layout::Layout;
use super::recognised;
use super::{
    BODY_NAME, Classification, Collection, Confidence, DocumentKind, DocumentLine, Field, Method,
    Reading, Side, Source,
};
use crate::basics::currency::Currency;
use crate::formats::e_invoice::EInvoice;
use crate::formats::factur_x;
use crate::formats::issue::Issue;
use crate::formats::page::{Paginated, WordOrigin};
use crate::formats::trade_document::TradeDocument;

/// The currency of a remittance that names none; a person looks at it before it counts.
const ASSUMED_CURRENCY: Currency = Currency::EUR;

/// A document and what is known about it.
#[derive(Clone, PartialEq, Debug)]
pub struct DocumentInput<'a> {
    /// What its bytes became.
    pub content: Content,
    /// What the mail around it says.
    pub mail: MailFacts<'a>,
    /// Take an invoice inside a PDF into account; off only to measure how well pages alone are read.
    pub with_embedded: bool,
}

/// Reads a document. Never fails: what cannot be read is `other`, with the reason.
pub fn read(input: &DocumentInput<'_>, own: &OwnIdentity, known: &[KnownParty]) -> Reading {
    read_as(&input.content, input, own, known)
}

fn read_as(
    content: &Content,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mail = &input.mail;
    match content {
        Content::Signed(content) => {
            let mut reading = read_as(content, input, own, known);
            let problem = "the file is signed; whose signature it is was not checked";
            reading.issues.push(Issue::new("", problem));
            reading
        }
        Content::EInvoice(invoice) => from_e_invoice(invoice, own),
        Content::TradeDocument(document) => from_trade_document(document, mail, own),
        Content::Paginated(pages) => paginated(pages, input, own, known),
        Content::OtherXml(root) => match classify::other_xml(*root, mail) {
            Some(classification) => Reading {
                classification,
                ..Reading::default()
            },
            None => unread("the XML is not a business document this program knows"),
        },
        Content::Text(text) => {
            let tables = content::tabbed(text);
            text_or_tables(&Layout::of_text(text), &tables, input, own, known)
        }
        Content::Html { text, tables } => {
            text_or_tables(&Layout::of_text(text), tables, input, own, known)
        }
        Content::Csv(rows) => {
            let layout = Layout::of_text(&text_of(rows));
            text_or_tables(&layout, std::slice::from_ref(rows), input, own, known)
        }
        Content::Sheets(sheets) => {
            let text = sheets.iter().map(text_of).collect::<Vec<_>>().join("\n\n");
            text_or_tables(&Layout::of_text(&text), sheets, input, own, known)
        }
        Content::Unread(why) => unreadable(why),
    }
}

fn text_of(rows: &Table) -> String {
    let lines = rows.iter().map(|row| row.join("\t"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The page of a bill that was read from it; a bill that came as XML has nothing to learn.
pub fn page_of_bill(reading: &Reading, content: &Content) -> Option<Layout> {
    let is_bill = matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote
    );
    let number = reading.fields.invoice_number.as_ref();
    let by_xml = number.is_some_and(|number| number.method == Method::Xml);
    if is_bill && !by_xml {
        layout(content)
    } else {
        None
    }
}

fn unread(why: &str) -> Reading {
    asked("document_unclear", why)
}

/// A file that is damaged, locked, over a limit or of a kind that is not read.
pub fn unreadable(why: &str) -> Reading {
    asked("document_unreadable", why)
}

fn asked(code: &str, why: &str) -> Reading {
    let classification = Classification {
        reasons: vec![why.to_owned()],
        conflict: Some(format!("{code}: {why}")),
        ..Classification::default()
    };
    Reading {
        classification,
        issues: vec![Issue::new("", why)],
        ..Reading::default()
    }
}

fn from_e_invoice(invoice: &EInvoice, own: &OwnIdentity) -> Reading {
    let mut reading = Reading {
        classification: classify::e_invoice(invoice, own),
        fields: e_invoice::fields(invoice),
        lines: e_invoice::lines(invoice),
        amounts: e_invoice::amounts(invoice),
        collection: if classify::is_direct_debit(invoice) {
            Collection::Sure
        } else {
            Collection::No
        },
        issues: invoice.issues.clone(),
        ..Reading::default()
    };
    if let Some(why) = factur_x::invoice_inside(invoice) {
        held(&mut reading, why);
    }
    if invoice.left_out > 0 {
        let why = format!(
            "{} more invoices in the file were not read",
            invoice.left_out
        );
        held(&mut reading, why);
    }
    reading
}

fn from_trade_document(
    document: &TradeDocument,
    mail: &MailFacts<'_>,
    own: &OwnIdentity,
) -> Reading {
    let (payments, odd) = extract::trade_document::payments(document);
    let mut reading = Reading {
        classification: classify::trade_document(document, mail, own),
        fields: extract::trade_document::fields(document),
        lines: extract::trade_document::lines(document),
        payments,
        issues: document.issues.iter().cloned().chain(odd).collect(),
        ..Reading::default()
    };
    // What is not read, or adjusted, may be what the rest of the money is for.
    let unread = document.issues.first().filter(|_| document.is_remittance());
    if let Some(Issue { place, problem }) = unread {
        held(&mut reading, format!("{place}: {problem}"));
    }
    reading
}

fn paginated(
    pages: &Paginated,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let count = u32::try_from(pages.pages.len()).unwrap_or(u32::MAX);
    let layout = Layout::of_pages(&pages.pages);
    let mut reading = match embedded(pages, input) {
        Embedded::Invoice(invoice) => hybrid(&invoice, &layout, input, own, known),
        Embedded::TradeDocument(document) => {
            trade_document_in_pages(&document, &layout, input, own, known)
        }
        Embedded::Nothing => from_pages(&layout, pages, input, own, known),
    };
    reading.issues.extend(pages.issues.iter().cloned());
    reading.pages = count;
    hold_cut(&mut reading, &layout);
    if input.with_embedded
        && let Some(why) = factur_x::another_invoice(&pages.embedded)
    {
        held(&mut reading, why);
    }
    if pages.left_out > 0 {
        let why = format!(
            "{} of its pages were not read, another bill may be on them",
            pages.left_out
        );
        held(&mut reading, why);
    }
    reading
}

/// What was not looked at may hold the total, or another bill.
fn hold_cut(reading: &mut Reading, layout: &Layout) {
    if layout.is_cut() {
        held(
            reading,
            "it is too long, and was not read to its end".into(),
        );
    }
}

/// A person looks, unless there is a reason for it already.
fn held(reading: &mut Reading, why: String) {
    reading.issues.push(Issue::new("", why.clone()));
    let conflict = &mut reading.classification.conflict;
    conflict.get_or_insert_with(|| format!("document_unclear: {why}"));
}

fn from_pages(
    layout: &Layout,
    pages: &Paginated,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    if layout.lines.is_empty() {
        return match pages.issues.last() {
            Some(issue) => unreadable(&format!("no page could be read; {issue}")),
            None => unread("nothing is written on its pages"),
        };
    }
    let is_doubtful = pages
        .pages
        .iter()
        .any(|page| matches!(page.origin, WordOrigin::Hidden | WordOrigin::Unreadable));
    let mut reading = words(layout, &[], input, own, known, is_doubtful);
    recognised::temper(&mut reading.fields, &pages.pages);
    let weighed = payment_code::weigh(&mut reading.fields, &pages.pages, own);
    reading.issues.extend(weighed.issues);
    if let Some(conflict) = weighed.conflict {
        reading.classification.conflict.get_or_insert(conflict);
    }
    reading
}

fn text_or_tables(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mut reading = words(layout, tables, input, own, known, false);
    hold_cut(&mut reading, layout);
    let kind = reading.classification.kind;
    let is_sure = |line: &DocumentLine| line.confidence >= Confidence::per_mille(900);
    if has_lines(kind) && !reading.lines.iter().any(is_sure) {
        lines_of_tables(&mut reading, tables);
    }
    if matches!(kind, DocumentKind::Bill | DocumentKind::CreditNote) {
        if input.mail.file_name == BODY_NAME {
            as_typed(&mut reading);
        } else {
            reading.classification.conflict.get_or_insert_with(|| "document_unclear: a bill in the text of a mail; ask the sender for a proper invoice".into());
        }
    }
    reading
}

/// What is typed into a mail is not checked by any program: a bill of it waits for a person.
const TYPED: Confidence = Confidence::per_mille(850);

/// A bill typed into a mail is no invoice for VAT: it is drafted, and held until somebody has looked at it or asked the sender
/// for a proper one (DOMAIN 2.6).
fn as_typed(reading: &mut Reading) {
    fn lower<T>(field: &mut Option<Field<T>>) {
        if let Some(field) = field {
            field.confidence = field.confidence.min(TYPED);
        }
    }
    let fields = &mut reading.fields;
    lower(&mut fields.invoice_number);
    lower(&mut fields.iban);
    let amounts = [
        &mut fields.net_total,
        &mut fields.tax_total,
        &mut fields.gross_total,
        &mut fields.payable_total,
    ];
    for amount in amounts {
        lower(amount);
    }
    let why = "a bill typed into a mail: ask the sender for a proper invoice";
    reading.issues.push(Issue::new("", why));
    reading.classification.reasons.push(why.to_owned());
}

/// The lines out of the cells of HTML or CSV, which a text of them no longer shows; those that add up.
fn lines_of_tables(reading: &mut Reading, tables: &[Table]) {
    let layout = Layout::of_tables(tables);
    let Some(table) = bill::lines_beside(&layout, &reading.amounts) else {
        return;
    };
    reading.issues.retain(|issue| !lines::is_doubt(issue));
    reading.amounts = table.state(std::mem::take(&mut reading.amounts));
    reading.lines = table.lines;
    for line in &mut reading.lines {
        // A row of a table is no line of the text.
        line.source = Source::Computed;
    }
}

/// The number of one of the bills a statement lists is not the statement's.
const OF_A_LIST: Confidence = Confidence::per_mille(600);

/// Words, whatever carried them: as a bill, or as a remittance when they say so.
fn words(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
    is_doubtful: bool,
) -> Reading {
    let findings = bill::read(layout, &input.mail, own, known, is_doubtful);
    let classification = classify::page(layout, &findings, &input.mail, own);
    if let Some((advice, classification)) =
        as_remittance(layout, tables, input, known, (&findings, &classification))
    {
        let Advice {
            payments,
            mut fields,
            issues,
            doubt: _,
        } = advice;
        fields.iban = findings.fields.iban;
        return Reading {
            classification,
            fields,
            payments,
            issues,
            ..Reading::default()
        };
    }
    let kind = classification.kind;
    let collection = match (
        classify::speaks_of_collection(layout),
        &findings.fields.iban,
    ) {
        (true, None) => Collection::Sure,
        (true, Some(_)) => Collection::Likely,
        (false, _) => Collection::No,
    };
    let mut fields = findings.fields;
    if kind == DocumentKind::SupplierStatement
        && let Some(number) = &mut fields.invoice_number
    {
        number.confidence = number.confidence.min(OF_A_LIST);
    }
    let is_proved = |table: &LineTable| table.proof != Proof::None;
    let is_cut = findings.amounts.len() >= amounts::MAX_AMOUNTS;
    let table = findings
        .lines
        .filter(|table| has_lines(kind) || kind == DocumentKind::Other && is_proved(table));
    let issues = table.as_ref().and_then(lines::doubt);
    let mut reading = Reading {
        classification,
        fields,
        lines: table.map(|table| table.lines).unwrap_or_default(),
        amounts: findings.stated,
        collection,
        issues: issues.into_iter().collect(),
        ..Reading::default()
    };
    if is_cut {
        held(
            &mut reading,
            "it has more amounts than are looked at".into(),
        );
    }
    reading
}

/// Kinds of paper whose table of items says what is owed or ordered.
fn has_lines(kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Bill
        | DocumentKind::CreditNote
        | DocumentKind::CustomerInvoice
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::Receipt => true,
        DocumentKind::Remittance
        | DocumentKind::SupplierStatement
        | DocumentKind::GoodsReceipt
        | DocumentKind::SupplierReminder
        | DocumentKind::BankStatement
        | DocumentKind::Other => false,
    }
}

/// A remittance by its heading, or by words of payment with numbers and amounts; a heading that says otherwise stands.
fn as_remittance(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    known: &[KnownParty],
    (findings, classification): (&Findings, &Classification),
) -> Option<(Advice, Classification)> {
    let is_headed = classification.kind == DocumentKind::Remittance;
    let named = is_headed
        || remittance::is_named_remittance(input.mail.subject)
        || remittance::is_named_remittance(input.mail.file_name);
    let other_kind = !matches!(
        classification.kind,
        DocumentKind::Other | DocumentKind::Remittance
    ) && classification.confidence >= Confidence::per_mille(950);
    // A complaint or a notice says why nothing, or something else, is paid.
    let is_notice = classification
        .conflict
        .as_deref()
        .is_some_and(|why| why.starts_with("not_payable"));
    let other_kind = other_kind || is_notice && !is_headed;
    if other_kind && (!named || !layout.is_text()) {
        return None;
    }
    let is_bill = matches!(
        classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    );
    let is_billed = has_bill_above(layout, findings);
    if is_billed && is_bill {
        return None;
    }
    let hints = Hints {
        is_named: named,
        is_like_bill: is_bill && !layout.is_text(),
        is_from_customer: input.mail.mailbox_side == Some(Side::Receivable)
            && remittance::has_payment_table(tables),
    };
    let advice = remittance::read(tables, layout, hints, ASSUMED_CURRENCY, known)?;
    if advice.payments.is_empty() && !named {
        return None;
    }
    let classification = paying(&advice, classification, (layout, is_billed));
    Some((advice, classification))
}

/// The slip below a bill, to be sent back with the money, is headed as a remittance.
fn has_bill_above(layout: &Layout, findings: &Findings) -> bool {
    !layout.is_text()
        && remittance::is_headed_as_bill(layout)
        && findings.fields.invoice_number.is_some()
        && findings.fields.gross_total.is_some()
}

/// What it is as a remittance, and why a person has to look at it.
fn paying(
    advice: &Advice,
    page: &Classification,
    (layout, is_billed): (&Layout, bool),
) -> Classification {
    let empty = advice.payments.is_empty();
    let sure = if empty { 700 } else { 960 };
    let mut reasons = page.reasons.clone();
    reasons.push(if empty {
        "it speaks of a payment, but no invoice with an amount was found".into()
    } else {
        format!(
            "it speaks of a payment and lists {} invoices with amounts",
            advice.payments.len()
        )
    });
    let slip = is_billed.then_some("a bill with a slip for the payment, or a payment advice");
    let unread = empty.then_some("a remittance without a readable line");
    let nets = || classify::nets(layout);
    let doubt = slip.or_else(nets).or(unread).map(str::to_owned);
    let conflict = doubt.or_else(|| advice.doubt.clone());
    let side = if page.kind == DocumentKind::Remittance {
        page.side
    } else {
        Side::Receivable
    };
    Classification {
        kind: DocumentKind::Remittance,
        side,
        confidence: Confidence::per_mille(sure),
        reasons,
        conflict: conflict.map(|why| format!("document_unclear: {why}")),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod pages;
