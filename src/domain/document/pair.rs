//! The same bill or the same payment told twice in one mail: as XML and as PDF, in a file and in the text of the mail. One of
//! the two counts, the other one shows it.

mod payment;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::identity::has_legal_form;
use super::{Confidence, DocumentKind, Field, Fields, Method, Reading};
use crate::basics::money::Money;
use crate::basics::text::{fold, one_line, squash};
use crate::domain::exception::ExceptionCode;

/// One document of a mail.
#[derive(Debug)]
pub struct Told<'r> {
    /// It is the text of the mail, no file.
    pub is_body: bool,
    /// What it says.
    pub reading: &'r mut Reading,
}

/// Two documents of one mail, by their places in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// The one that counts.
    pub master: usize,
    /// The one that shows it.
    pub rendering: usize,
    /// What both tell.
    pub twin: Twin,
}

/// What two documents both tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Twin {
    /// One bill.
    Bill,
    /// One payment.
    Payment,
}

impl Pair {
    /// Why the rendering is not worked; `master` is the name of the other one.
    pub fn why(&self, master: &str) -> String {
        match self.twin {
            Twin::Bill => format!("shows the same bill as {master}"),
            Twin::Payment => format!("tells the same payment as {master}"),
        }
    }
}

/// How much a form counts: what was written for machines before what was written for eyes, a file before the text around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Form {
    Body,
    OtherFile,
    Pages,
    Xml,
}

impl Told<'_> {
    fn form(&self) -> Form {
        let fields = &self.reading.fields;
        let methods = [
            fields.invoice_number.as_ref().map(|field| field.method),
            fields.total.as_ref().map(|field| field.method),
        ];
        if self.reading.pages > 0 {
            Form::Pages
        } else if methods.contains(&Some(Method::Xml)) {
            Form::Xml
        } else if self.is_body {
            Form::Body
        } else {
            Form::OtherFile
        }
    }

    /// A person compares the two.
    fn doubt(&mut self, code: &str, why: &str) {
        let conflict = &mut self.reading.classification.conflict;
        *conflict = Some(match conflict.take() {
            Some(before) => format!("{before}; {why}"),
            None => format!("{code}: {why}"),
        });
    }
}

/// Pairs the documents of one mail. A rendering that names other amounts than its master makes the master doubtful.
pub fn pair(documents: &mut [Told<'_>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for rendering in 0..documents.len() {
        let master = documents
            .get(rendering)
            .and_then(|shown| bill_shown_by(shown, documents, &pairs));
        let Some(master) = master else {
            continue;
        };
        pairs.push(Pair {
            master,
            rendering,
            twin: Twin::Bill,
        });
        let why = match (documents.get(master), documents.get(rendering)) {
            (Some(written), Some(shown)) => contradiction(written, shown),
            _ => None,
        };
        if let (Some(why), Some(written)) = (why, documents.get_mut(master)) {
            written.doubt("hybrid_mismatch", &why);
        }
    }
    pairs.extend(payment::pairs(documents));
    pairs
}

/// The bill that this document shows, by its place. They belong together when they bear the same number, are both
/// bills and nothing says that somebody else wrote the second; amounts do not decide that, or a PDF with another amount would pass for a second bill. Of one form only one is its rendering.
fn bill_shown_by(shown: &Told<'_>, documents: &[Told<'_>], pairs: &[Pair]) -> Option<usize> {
    let form = shown.form();
    let is_taken = |master: usize| {
        let renderings = pairs.iter().filter(|pair| pair.master == master);
        let mut renderings = renderings.filter_map(|pair| documents.get(pair.rendering));
        renderings.any(|other| other.form() == form)
    };
    let masters = documents.iter().enumerate().filter(|(index, written)| {
        written.form() > form
            && is_bill(written.reading)
            && is_bill(shown.reading)
            && same_number(written.reading, shown.reading)
            && !is_of_another(&written.reading.fields, &shown.reading.fields)
            && !is_taken(*index)
    });
    let best = masters.max_by_key(|(index, written)| (written.form(), Reverse(*index)));
    best.map(|(index, _)| index)
}

/// From here a value read from a page is taken without a look.
const SURE: Confidence = Confidence::per_mille(900);

/// What two that tell one bill say differently. Beside an XML an amount counts however surely it was read: the approver sees
/// the page, and the XML is paid.
fn contradiction(written: &Told<'_>, shown: &Told<'_>) -> Option<String> {
    let (first, second) = match written.form() {
        Form::Xml => ("the XML", "the other file"),
        Form::Body | Form::OtherFile | Form::Pages => ("the PDF", "the other file"),
    };
    let both = format!("{first} and {second} of the same number");
    if is_credit(written.reading) != is_credit(shown.reading) {
        return Some(format!("of {both} only one is a credit note"));
    }
    let (a, b) = (&written.reading.fields, &shown.reading.fields);
    if let Some((of_a, of_b)) = other_amount(a, b, written.form() == Form::Xml) {
        return Some(format!("{both} name different amounts: {of_a} and {of_b}"));
    }
    let account = b.iban.as_ref().filter(|iban| iban.confidence >= SURE);
    let accounts = a.iban.as_ref().zip(account);
    let differ = accounts.is_some_and(|(a, b)| squash(&a.value) != squash(&b.value));
    differ.then(|| format!("{both} name different accounts"))
}

/// The totals of both where none of one is one of the other: what is billed may be more than what is to be paid.
fn other_amount(written: &Fields, shown: &Fields, is_xml: bool) -> Option<(Money, Money)> {
    let totals = |fields: &Fields, is_certain: bool| {
        let totals = [&fields.gross_total, &fields.payable_total];
        let totals = totals.into_iter().flatten();
        let counted = totals.filter(|total| !is_certain || total.confidence >= SURE);
        counted.map(|total| total.value).collect::<Vec<_>>()
    };
    let (a, b) = (totals(written, false), totals(shown, !is_xml));
    let agree = a.iter().any(|amount| b.contains(amount));
    a.first()
        .copied()
        .zip(b.first().copied())
        .filter(|_| !agree)
}

/// Another supplier's paper that bears the same number: its VAT id, its account or its name contradicts, and none agrees.
fn is_of_another(written: &Fields, shown: &Fields) -> bool {
    let same = |a: &Option<Field<String>>, b: &Option<Field<String>>| {
        let (a, b) = (
            a.as_ref()?,
            b.as_ref().filter(|own| own.confidence >= SURE)?,
        );
        Some(squash(&a.value) == squash(&b.value))
    };
    let names = written
        .supplier_name
        .as_ref()
        .zip(shown.supplier_name.as_ref());
    let evidence = [
        same(&written.supplier_vat, &shown.supplier_vat),
        same(&written.iban, &shown.iban),
        names.map(|(a, b)| shares_a_word(&a.value, &b.value)),
    ];
    evidence.contains(&Some(false)) && !evidence.contains(&Some(true))
}

/// Letterheads print a name shorter or longer than the register does.
fn shares_a_word(a: &str, b: &str) -> bool {
    let words = |name: &str| {
        let folded = fold(name);
        let words = folded.split(|c: char| !c.is_alphanumeric());
        let long =
            words.filter(|word| word.chars().count() >= 3 && !has_legal_form(&format!("x {word}")));
        long.map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (words(a), words(b));
    a.is_empty() || b.is_empty() || a.iter().any(|word| b.contains(word))
}

/// Files inside a bill that are looked at for another bill; each costs a round to the reader.
pub const MAX_LOOKED_AT: usize = 5;

/// Whether what a document carries inside may be a second bill: only a bill is asked about it.
pub fn may_carry_another(reading: &Reading) -> bool {
    asks_us(reading)
}

/// Why a bill that carries another one asks a person, or one that may be: what has the same number only shows it once more, and
/// what nobody could read may be anything.
pub fn another_inside(reading: &Reading, other: &Reading, name: &str) -> Option<String> {
    let name = one_line(name, 80);
    if asks_us(other) && !same_number(reading, other) {
        return Some(format!(
            "document_unclear: it carries another bill inside, {name}"
        ));
    }
    let (code, why) = other.classification.conflict.as_deref()?.split_once(": ")?;
    (code == ExceptionCode::DocumentUnreadable.as_str()).then(|| {
        format!(
            "document_unclear: it carries a file inside that cannot be read, {name}, and another bill may be in it: {why}"
        )
    })
}

/// Why a bill that carries more than is looked at asks a person.
pub fn too_many_inside(files: usize) -> Option<String> {
    (files > MAX_LOOKED_AT).then(|| {
        format!(
            "document_unclear: it carries {files} PDFs inside, of which {MAX_LOOKED_AT} were looked at; another bill may be among them"
        )
    })
}

fn asks_us(reading: &Reading) -> bool {
    matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote
    )
}

fn is_credit(reading: &Reading) -> bool {
    reading.classification.kind == DocumentKind::CreditNote
}

fn is_bill(reading: &Reading) -> bool {
    matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    )
}

fn same_number(a: &Reading, b: &Reading) -> bool {
    let numbers = a
        .fields
        .invoice_number
        .as_ref()
        .zip(b.fields.invoice_number.as_ref());
    numbers.is_some_and(|(a, b)| is_same_number(&a.value, &b.value))
}

/// The same number but for typing: signs between its parts may be others or none, but `1-11` is not `11-1`.
pub fn is_same_number(a: &str, b: &str) -> bool {
    let groups = |number: &str| {
        let folded = fold(number);
        let groups = folded.split(|c: char| !c.is_ascii_digit());
        let groups = groups.filter(|group| !group.is_empty());
        groups.map(str::to_owned).collect::<Vec<_>>()
    };
    let (of_a, of_b) = (groups(a), groups(b));
    let is_joined = of_a.len() == 1 || of_b.len() == 1;
    !squash(a).is_empty() && squash(a) == squash(b) && (of_a == of_b || is_joined)
}
