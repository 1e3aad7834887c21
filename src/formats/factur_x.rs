//! Hybrid invoices (Factur-X, ZUGFeRD, XRechnung in PDF): which of the files inside a PDF is the invoice.

use super::e_invoice::EInvoice;
use super::invoice_xml::{self, NotAnInvoice};
use super::page::EmbeddedFile;
use super::sniff::{FileType, file_type};
use super::xml_root::RootKind;
use crate::basics::text::{one_line, squash};

/// Of the name of a file as much as a clerk needs to find it.
const MAX_NAME_CHARS: usize = 80;

/// The names the standards prescribe, as older and newer versions spell them; compared without case.
const NAMES: [&str; 3] = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];

/// The profile of a hybrid invoice, by BT-24. Spellings vary, so it is found by substring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Header only, not an invoice for VAT: a hint beside the page.
    Minimum,
    /// Header with VAT breakdown, no lines: a hint beside the page.
    BasicWithoutLines,
    /// BASIC.
    Basic,
    /// EN 16931, formerly COMFORT.
    En16931,
    /// XRechnung, the German public sector's subset of EN 16931.
    XRechnung,
    /// EXTENDED.
    Extended,
}

impl Profile {
    /// Reads BT-24; `None` for an unknown specification.
    pub fn of(specification: &str) -> Option<Self> {
        let lower = specification.to_ascii_lowercase();
        let has = |part: &str| lower.contains(part);
        if has("minimum") {
            Some(Self::Minimum)
        } else if has("basicwl") || has("basic-wl") || has("basic_wl") || has("basic wl") {
            Some(Self::BasicWithoutLines)
        } else if has("extended") {
            Some(Self::Extended)
        } else if has("basic") {
            Some(Self::Basic)
        } else if has("xrechnung") {
            Some(Self::XRechnung)
        } else if has("comfort") || has("en16931") {
            Some(Self::En16931)
        } else {
            None
        }
    }

    /// True when the XML carries only the header, so that the page is the invoice.
    pub fn is_header_only(self) -> bool {
        matches!(self, Self::Minimum | Self::BasicWithoutLines)
    }
}

/// The invoice among the files of a PDF: a prescribed name first, else any XML whose root is an invoice.
pub fn invoice_file(embedded: &[EmbeddedFile]) -> Option<&EmbeddedFile> {
    let named = |name: &&str| {
        embedded
            .iter()
            .find(|file| file.name.eq_ignore_ascii_case(name) && is_invoice(file))
    };
    NAMES
        .iter()
        .find_map(named)
        .or_else(|| embedded.iter().find(|file| is_invoice(file)))
}

/// The invoice inside a PDF, read; `None` when the PDF carries none.
pub fn invoice(embedded: &[EmbeddedFile]) -> Option<Result<EInvoice, NotAnInvoice>> {
    invoice_file(embedded).map(|file| invoice_xml::read(&file.bytes))
}

/// Beside the invoice it is read from a PDF carries one of another number: portals collect several in one file.
pub fn another_invoice(embedded: &[EmbeddedFile]) -> Option<String> {
    let chosen = invoice_file(embedded)?;
    let own = number(chosen);
    let others = embedded.iter().filter(|file| !std::ptr::eq(*file, chosen));
    another(own.as_deref(), others)
}

/// An e-invoice carries another one, of another number.
pub fn invoice_inside(invoice: &EInvoice) -> Option<String> {
    let own = invoice.number.as_deref().map(squash);
    another(own.as_deref(), invoice.attachments.iter())
}

fn another<'f>(
    own: Option<&str>,
    mut others: impl Iterator<Item = &'f EmbeddedFile>,
) -> Option<String> {
    let is_another = |file: &&EmbeddedFile| is_invoice(file) && number(file).as_deref() != own;
    let other = others.find(is_another)?;
    let name = one_line(&other.name, MAX_NAME_CHARS);
    Some(format!("another invoice is inside: {name}"))
}

/// The number of an invoice, squashed; none of what cannot be read.
fn number(file: &EmbeddedFile) -> Option<String> {
    let invoice = invoice_xml::read(&file.bytes).ok()?;
    invoice.number.as_deref().map(squash)
}

fn is_invoice(file: &EmbeddedFile) -> bool {
    let roots = [
        RootKind::CiiInvoice,
        RootKind::Zugferd1,
        RootKind::UblInvoice,
        RootKind::UblCreditNote,
        RootKind::FatturaPa,
    ];
    roots
        .into_iter()
        .any(|root| file_type(&file.bytes) == FileType::Xml(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, xml: &str) -> EmbeddedFile {
        EmbeddedFile {
            name: name.into(),
            bytes: xml.as_bytes().to_vec(),
        }
    }

    const CII: &str = "<CrossIndustryInvoice xmlns='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100'/>";

    #[test]
    fn the_prescribed_name_wins_over_other_invoices() {
        let files = [
            file("notes.xml", "<a/>"),
            file("other.xml", CII),
            file("ZUGFeRD-invoice.xml", CII),
        ];
        assert_eq!(
            invoice_file(&files).map(|f| f.name.as_str()),
            Some("ZUGFeRD-invoice.xml")
        );
        assert_eq!(
            invoice_file(&files[..2]).map(|f| f.name.as_str()),
            Some("other.xml")
        );
        assert_eq!(invoice_file(&files[..1]), None);
    }

    #[test]
    fn a_second_invoice_of_another_number_is_named() {
        let numbered = |number: &str| {
            format!(
                "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'><ID>{number}</ID></Invoice>"
            )
        };
        let (one, other) = (numbered("RE-1"), numbered("RE-2"));
        let two = [file("a.xml", &one), file("b.xml", &other)];
        assert_eq!(
            another_invoice(&two).as_deref(),
            Some("another invoice is inside: b.xml")
        );
        let twice = [
            file("a.xml", &one),
            file("b.xml", &one),
            file("c.xml", "<a/>"),
        ];
        assert_eq!(another_invoice(&twice), None);
    }

    #[test]
    fn a_prescribed_name_with_something_else_inside_is_no_invoice() {
        assert_eq!(invoice_file(&[file("factur-x.xml", "<a/>")]), None);
    }

    #[test]
    fn profiles_by_substring() {
        let cases = [
            ("urn:factur-x.eu:1p0:minimum", Profile::Minimum),
            ("urn:factur-x.eu:1p0:basicwl", Profile::BasicWithoutLines),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
                Profile::Basic,
            ),
            ("urn:cen.eu:en16931:2017", Profile::En16931),
            (
                "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort",
                Profile::En16931,
            ),
            (
                "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
                Profile::Extended,
            ),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
                Profile::XRechnung,
            ),
        ];
        for (specification, profile) in cases {
            assert_eq!(Profile::of(specification), Some(profile), "{specification}");
        }
        assert!(Profile::Minimum.is_header_only() && !Profile::Basic.is_header_only());
    }
}
