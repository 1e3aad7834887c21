//! What the QR code of a bill says: the EPC code (EPC069-12, "girocode") and the Swiss QR-bill (SIX, version 2.x).

use rust_decimal::Decimal;

/// A payment as a code asks for it. Empty elements are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PaymentCode {
    /// Which of the two it is.
    pub kind: CodeKind,
    /// Account of the payee, without blanks; its check digits may be wrong.
    pub iban: String,
    /// Bank of the payee.
    pub bic: Option<String>,
    /// Name of the payee.
    pub name: String,
    /// What is to be paid, in `currency`.
    pub amount: Option<Decimal>,
    /// ISO 4217.
    pub currency: String,
    /// A structured reference: ISO 11649 or the Swiss QR reference.
    pub reference: Option<String>,
    /// A text for the payee.
    pub message: Option<String>,
    /// Number of the invoice, where the Swiss bill information carries it (Swico S1, /10/).
    pub invoice_number: Option<String>,
    /// Date of the invoice as written there, YYMMDD (Swico S1, /11/).
    pub invoice_date: Option<String>,
}

/// The two payment codes of Europe.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CodeKind {
    /// EPC069-12.
    #[default]
    Epc,
    /// Swiss QR-bill.
    Swiss,
}

/// `None` for the text of any other code, or a payment code that breaks its own standard.
pub fn read(text: &str) -> Option<PaymentCode> {
    let lines = text
        .lines()
        .map(|line| line.trim_end_matches('\r').trim())
        .collect::<Vec<_>>();
    match lines.first().copied()?.trim_start_matches('\u{feff}') {
        "BCD" => epc(&lines),
        "SPC" => swiss(&lines),
        _ => None,
    }
}

/// Lines: BCD, version, character set, SCT, BIC, name, IBAN, EUR and amount, purpose, structured reference, text, hint.
fn epc(lines: &[&str]) -> Option<PaymentCode> {
    let line = |number: usize| lines.get(number).copied().unwrap_or_default();
    if !matches!(line(1), "001" | "002") || line(3) != "SCT" {
        return None;
    }
    let amount = match line(7) {
        "" => None,
        stated => Some(amount(stated.strip_prefix("EUR")?)?),
    };
    Some(PaymentCode {
        kind: CodeKind::Epc,
        bic: some(line(4)),
        name: text_of(line(5), 70)?,
        iban: iban(line(6))?,
        amount,
        currency: "EUR".into(),
        reference: some(line(9)),
        message: some(line(10)),
        ..PaymentCode::default()
    })
}

/// Lines of the Swiss code, counted from 0.
mod swiss_line {
    pub(super) const VERSION: usize = 1;
    pub(super) const IBAN: usize = 3;
    pub(super) const NAME: usize = 5;
    pub(super) const AMOUNT: usize = 18;
    pub(super) const CURRENCY: usize = 19;
    pub(super) const REFERENCE_KIND: usize = 27;
    pub(super) const REFERENCE: usize = 28;
    pub(super) const MESSAGE: usize = 29;
    pub(super) const END: usize = 30;
    pub(super) const BILL: usize = 31;
}

fn swiss(lines: &[&str]) -> Option<PaymentCode> {
    let line = |number: usize| lines.get(number).copied().unwrap_or_default();
    let is_known = line(swiss_line::VERSION).starts_with("02") && line(swiss_line::END) == "EPD";
    let account = iban(line(swiss_line::IBAN))?;
    if !is_known || !(account.starts_with("CH") || account.starts_with("LI")) {
        return None;
    }
    let currency = line(swiss_line::CURRENCY);
    if !matches!(currency, "CHF" | "EUR") {
        return None;
    }
    let amount = match line(swiss_line::AMOUNT) {
        "" => None,
        stated => Some(amount(stated)?),
    };
    let has_reference = matches!(line(swiss_line::REFERENCE_KIND), "QRR" | "SCOR");
    let bill = line(swiss_line::BILL);
    Some(PaymentCode {
        kind: CodeKind::Swiss,
        bic: None,
        name: text_of(line(swiss_line::NAME), 70)?,
        iban: account,
        amount,
        currency: currency.to_owned(),
        reference: some(line(swiss_line::REFERENCE)).filter(|_| has_reference),
        message: some(line(swiss_line::MESSAGE)),
        invoice_number: swico(bill, "10"),
        invoice_date: swico(bill, "11"),
    })
}

/// An element of the bill information `//S1/10/4711/11/261122/…`; a slash in a value is written `\/`.
fn swico(bill: &str, tag: &str) -> Option<String> {
    let escaped = bill.strip_prefix("//S1/")?.replace("\\/", "\u{1}");
    let mut parts = escaped.split('/');
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        if name == tag {
            return some(&value.replace('\u{1}', "/").replace("\\\\", "\\"));
        }
    }
    None
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn text_of(line: &str, longest: usize) -> Option<String> {
    let count = line.chars().count();
    (1..=longest).contains(&count).then(|| line.to_owned())
}

fn iban(line: &str) -> Option<String> {
    let account = line.replace(' ', "").to_ascii_uppercase();
    let is_account = (15..=34).contains(&account.len())
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_account.then_some(account)
}

/// With a point, at most two decimals, 0.00 to 999999999.99.
fn amount(stated: &str) -> Option<Decimal> {
    let amount = Decimal::from_str_exact(stated).ok()?;
    let highest = Decimal::from_i128_with_scale(99_999_999_999, 2);
    let fits = amount >= Decimal::ZERO && amount <= highest && amount.scale() <= 2;
    fits.then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPC: &str = "BCD\n002\n1\nSCT\n\nNordlicht Handel GmbH\nDE89 3704 0044 0532 0130 00\nEUR1190.5\n\nRF18539007547034\n\n";

    fn swiss() -> String {
        let head = "SPC\r\n0200\r\n1\r\nCH4431999123000889012\r\nS\r\nRobert Schneider AG\r\nRue du Lac\r\n1268\r\n2501\r\nBiel\r\nCH\r\n";
        let amount = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n1949.75\r\nCHF\r\n";
        let debtor = "S\r\nPia Rutschmann\r\nMarktgasse\r\n28\r\n9400\r\nRorschach\r\nCH\r\n";
        let end = "QRR\r\n210000000003139471430009017\r\nOrder of 15.06\r\nEPD\r\n//S1/10/X.66\\/4/11/261122/30/106017086";
        format!("{head}{amount}{debtor}{end}")
    }

    #[test]
    fn an_epc_code_is_read() {
        let code = read(EPC).unwrap();
        assert_eq!(code.iban, "DE89370400440532013000");
        assert_eq!(code.amount, Some(Decimal::new(11905, 1)));
        assert_eq!(code.reference.as_deref(), Some("RF18539007547034"));
        assert_eq!(code.name, "Nordlicht Handel GmbH");
        assert_eq!(code.bic, None);
    }

    #[test]
    fn a_swiss_code_is_read_with_its_bill_information() {
        let code = read(&swiss()).unwrap();
        assert_eq!(
            (code.kind, code.currency.as_str()),
            (CodeKind::Swiss, "CHF")
        );
        assert_eq!(code.amount, Some(Decimal::new(194_975, 2)));
        assert_eq!(
            code.reference.as_deref(),
            Some("210000000003139471430009017")
        );
        assert_eq!(code.invoice_number.as_deref(), Some("X.66/4"));
        assert_eq!(code.invoice_date.as_deref(), Some("261122"));
    }

    #[test]
    fn other_codes_and_broken_ones_are_none() {
        for text in [
            "",
            "https://example.com",
            "BCD\n003\n1\nSCT\n\nA\nDE89370400440532013000",
            &EPC.replace("EUR1190.5", "EUR1,190.50"),
            &EPC.replace("EUR1190.5", "USD1190.5"),
            &EPC.replace("EUR1190.5", "EUR-5"),
            &EPC.replace("DE89 3704 0044 0532 0130 00", "DE89"),
            &swiss().replace("CH443", "DE443"),
            &swiss().replace("EPD", ""),
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
