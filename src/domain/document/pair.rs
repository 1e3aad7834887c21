//! The same bill or the same payment told twice in one mail: as XML and as PDF, in a file and in the text of the mail. One of
//! the two counts, the other one shows it.

mod payment;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::{DocumentKind, Method, Reading};
use crate::basics::text::squash;

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
            (Some(written), Some(shown)) => other_gross(written, shown),
            _ => None,
        };
        if let (Some(why), Some(written)) = (why, documents.get_mut(master)) {
            written.doubt("hybrid_mismatch", &why);
        }
    }
    pairs.extend(payment::pairs(documents));
    pairs
}

/// The bill that this document shows, by its place. They belong together when they bear the same number; amounts do not
/// decide that, or a PDF with another amount would pass for a second bill. Of one form only one is its rendering.
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
            && same_number(written.reading, shown.reading)
            && !is_taken(*index)
    });
    let best = masters.max_by_key(|(index, written)| (written.form(), Reverse(*index)));
    best.map(|(index, _)| index)
}

/// A total read from a page without certainty is no reason to doubt the other.
fn other_gross(written: &Told<'_>, shown: &Told<'_>) -> Option<String> {
    let (a, b) = (
        written.reading.fields.gross_total.as_ref()?,
        shown.reading.fields.gross_total.as_ref()?,
    );
    let is_other = a.value != b.value && b.confidence.as_per_mille() >= 900;
    let (first, second) = match written.form() {
        Form::Xml => ("the XML", "the other file"),
        Form::Body | Form::OtherFile | Form::Pages => ("the PDF", "the other file"),
    };
    is_other.then(|| {
        format!(
            "{first} and {second} of the same number name different amounts: {} and {}",
            a.value, b.value
        )
    })
}

fn is_bill(reading: &Reading) -> bool {
    matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    )
}

fn same_number(a: &Reading, b: &Reading) -> bool {
    let number = |reading: &Reading| {
        reading
            .fields
            .invoice_number
            .as_ref()
            .map(|number| squash(&number.value))
    };
    number(a).is_some_and(|a| !a.is_empty() && number(b) == Some(a))
}
