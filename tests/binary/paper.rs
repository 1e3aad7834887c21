//! Bills on paper of our own making, and a desk they arrive at.

use std::fmt::Write;

use serde_json::Value;

use crate::office::Office;

/// Who decides in these stories, and why.
pub const BY: [&str; 4] = ["--by", "lena", "--reason", "as printed"];

/// A page of text at its places, as the simplest PDF there is: left edge and distance from the bottom, in points.
fn pdf(words: &[(u32, u32, &str)]) -> Vec<u8> {
    let mut page = String::new();
    for (x, y, text) in words {
        writeln!(page, "BT /F1 10 Tf {x} {y} Td ({text}) Tj ET").unwrap();
    }
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{page}endstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let table = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(
        file,
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    )
    .unwrap();
    file.into_bytes()
}

/// A supplier whose bills call their number by a word that is the trade's in no language.
pub fn bill(number: &str, customer: &str, day: &str, [net, tax, gross]: [&str; 3]) -> Vec<u8> {
    labelled_bill("Vorgangszeichen:", number, customer, day, [net, tax, gross])
}

pub fn labelled_bill(
    label: &str,
    number: &str,
    customer: &str,
    day: &str,
    [net, tax, gross]: [&str; 3],
) -> Vec<u8> {
    on_letterhead(&[
        (60, 630, "Kundenzeichen:"),
        (200, 630, customer),
        (60, 615, label),
        (200, 615, number),
        (60, 600, "Rechnungsdatum:"),
        (200, 600, day),
        (60, 540, "Faltkartons"),
        (60, 480, "Nettobetrag"),
        (400, 480, net),
        (450, 480, "EUR"),
        (60, 465, "MwSt 19 %"),
        (400, 465, tax),
        (450, 465, "EUR"),
        (60, 450, "Gesamtbetrag"),
        (400, 450, gross),
        (450, 450, "EUR"),
    ])
}

/// A bill of one line, 4 pieces at 25.00, with its number where everybody's is.
pub fn bill_of(description: &str, number: &str, day: &str) -> Vec<u8> {
    on_letterhead(&[
        (60, 630, "Rechnungsnummer:"),
        (200, 630, number),
        (60, 600, "Rechnungsdatum:"),
        (200, 600, day),
        (60, 560, "Bezeichnung"),
        (260, 560, "Menge"),
        (330, 560, "Einzelpreis"),
        (450, 560, "Betrag"),
        (60, 540, description),
        (260, 540, "4"),
        (330, 540, "25,00"),
        (450, 540, "100,00"),
        (60, 480, "Nettobetrag"),
        (450, 480, "100,00 EUR"),
        (60, 465, "MwSt 19 %"),
        (450, 465, "19,00 EUR"),
        (60, 450, "Gesamtbetrag"),
        (450, 450, "119,00 EUR"),
    ])
}

/// What stands between the supplier's head with our address and his foot.
fn on_letterhead(words: &[(u32, u32, &str)]) -> Vec<u8> {
    let head = [
        (60, 800, "Elbkarton Verpackungen GmbH"),
        (60, 785, "Speicherweg 4, 20457 Hamburg"),
        (60, 730, "Morgenrot Kaffeer\\366sterei GmbH"),
        (60, 715, "Hafenstr. 1, 20457 Hamburg"),
        (60, 660, "Rechnung"),
    ];
    let foot = [
        (60, 100, "IBAN: DE53 2009 9410 0040 2155 83"),
        (60, 85, "USt-IdNr.: DE267188348"),
    ];
    pdf(&[&head, words, &foot].concat())
}

/// The mail that brings it.
pub fn mail(id: &str, pdf: &[u8]) -> String {
    let encoded = base64(pdf);
    format!(
        "From: rechnung@elbkarton.example\r\nTo: ap@morgenrot.example\r\nSubject: Rechnung\r\nMessage-ID: <{id}@elbkarton.example>\r\n\
         Date: Thu, 19 Nov 2026 09:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=\"rechnung.pdf\"\r\n\
         Content-Disposition: attachment; filename=\"rechnung.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
    )
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(76);
    let lines = lines.map(|line| String::from_utf8(line.to_vec()).unwrap());
    lines.collect::<Vec<_>>().join("\r\n")
}

/// An office that knows the demo's suppliers.
pub struct Desk(pub Office);

impl Desk {
    pub fn open() -> Self {
        Self::at(Office::new())
    }

    /// With a configuration of its own.
    pub fn at(office: Office) -> Self {
        let suppliers = include_str!("../../config/demo/suppliers.csv");
        office.write("suppliers.csv", suppliers);
        office.run(&["import", "suppliers", "suppliers.csv"]).ok();
        Self(office)
    }

    /// The bill arrives; gives the document and the bill as the books have them.
    pub fn receives(&self, id: &str, pdf: &[u8]) -> (Value, Value) {
        let document = self.arrives(id, pdf);
        let bill = self.show("bills", document["bill"].as_str().unwrap());
        (document, bill)
    }

    /// A paper arrives; gives the document as the books have it.
    pub fn arrives(&self, id: &str, pdf: &[u8]) -> Value {
        let file = format!("{id}.eml");
        self.0.write(&file, mail(id, pdf));
        let message = self.0.run(&["process", &file, "--json"]).ok().object();
        let document = message["documents"][0]["id"].as_str().unwrap().to_owned();
        self.show("documents", &document)
    }

    pub fn show(&self, what: &str, id: &str) -> Value {
        self.0.run(&[what, "show", id, "--json"]).ok().object()
    }

    pub fn corrects(&self, bill: &Value, field: &str) {
        let id = bill["id"].as_str().unwrap();
        self.0
            .run(&[&["bills", "correct", id, field][..], &BY].concat())
            .ok();
    }
}
