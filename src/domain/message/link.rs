//! A mail that brings no bill and says where one lies: "download your invoice". Nothing is ever fetched; a person is told
//! which host it is.

use crate::basics::text::fold;

/// Text looked at, in bytes: such mails are short, and the link stands among their first lines.
const MAX_BYTES: usize = 64 * 1024;
/// How many lines around a link are looked at for what it is about.
const LINES_AROUND: usize = 3;
/// Longest host shown.
const MAX_HOST_CHARS: usize = 100;

/// What people call a bill, and that it is to be had, in six languages; both must stand near the link.
const BILLS: [&str; 8] = [
    "invoice",
    "rechnung",
    "gutschrift",
    "facture",
    "factura",
    "fattura",
    "factuur",
    "creditnota",
];
const TO_BE_HAD: [&str; 24] = [
    "download",
    "view",
    "available",
    "online",
    "portal",
    "herunterladen",
    "abrufen",
    "abholen",
    "ansehen",
    "bereit",
    "telecharger",
    "consulter",
    "disponible",
    "descargar",
    "consultar",
    "scarica",
    "scaricare",
    "visualizza",
    "disponibile",
    "downloaden",
    "bekijk",
    "beschikbaar",
    "klaar",
    "click",
];

/// The host of the first link to a bill.
pub fn linked_bill(text: &str) -> Option<String> {
    let text = text.get(..text.floor_char_boundary(MAX_BYTES))?;
    let lines = text.lines().collect::<Vec<_>>();
    lines.iter().enumerate().find_map(|(index, line)| {
        let host = host(line)?;
        let from = index.saturating_sub(LINES_AROUND);
        let around = lines
            .iter()
            .skip(from)
            .take(index - from + LINES_AROUND + 1);
        let around = fold(&around.copied().collect::<Vec<_>>().join(" "));
        let says = |words: &[&str]| {
            let mut said = around.split(|c: char| !c.is_alphanumeric());
            said.any(|own| words.iter().any(|word| own.starts_with(word)))
        };
        (says(&BILLS) && says(&TO_BE_HAD)).then_some(host)
    })
}

/// The host of a web address in the line (RFC 3986 section 3.2.2), without name and password in front of it.
fn host(line: &str) -> Option<String> {
    let start = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| line.find(scheme).map(|at| at + scheme.len()))
        .min()?;
    let rest = line.get(start..)?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#<>\"')]".contains(c));
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let is_usual = |c: char| c.is_alphanumeric() || ".-".contains(c);
    (host.contains('.') && host.chars().all(is_usual)).then(|| {
        host.chars()
            .take(MAX_HOST_CHARS)
            .collect::<String>()
            .to_lowercase()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_bill_names_its_host() {
        for (text, host) in [
            (
                "Your invoice is ready.\n\nDownload it here:\nhttps://portal.supplier.example/i/1?x=y",
                Some("portal.supplier.example"),
            ),
            (
                "Ihre Rechnung 4711 steht zum Abruf bereit: <https://Kunden.Strom.example:8443/r>",
                Some("kunden.strom.example"),
            ),
            (
                "Votre facture est disponible sur https://user@espace.example/f",
                Some("espace.example"),
            ),
            (
                "Ihre Rechnung liegt bei.\n\nMit freundlichen Grüßen\nElbkarton\n\n\nhttps://www.elbkarton.example",
                None,
            ),
            ("Read our news at https://news.example/november", None),
            ("Please download the invoice from the portal.", None),
            ("invoice download https://", None),
        ] {
            assert_eq!(linked_bill(text).as_deref(), host, "{text}");
        }
    }
}
