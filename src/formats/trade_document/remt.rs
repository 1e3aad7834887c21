//! ISO 20022 remt.001, remittance advice: what one payment is for.

use super::super::camt::NOT_PROVIDED;
use super::super::issue::Issue;
use super::super::xml::Element;
use super::super::xml_terms::{Terms, text_in};
use super::{NamedInvoice, TradeDocument, TradeKind};
use crate::basics::text::one_line;
use crate::formats::xml_root::RootKind;

/// What the payment was ordered for, in its own currency.
const TOTAL: &str = "RmtInf/OrgnlPmtInf/Amt/InstdAmt";
/// A credit note (DocumentType6Code).
const CREDIT_NOTE: &str = "CREN";

pub(super) fn read(root: &Element) -> Option<TradeDocument> {
    let advice = root.find("RmtAdvc")?;
    let mut terms = Terms::new(advice);
    let t = &mut terms;
    let stated = advice.find(TOTAL).and_then(|total| total.attribute("Ccy"));
    let mut document = TradeDocument {
        number: t.text("number", &["GrpHdr/MsgId"]),
        issue_date: t.date("issue_date", &["GrpHdr/CreDtTm"]),
        currency: stated.or_else(|| of_lines(advice)).map(str::to_owned),
        total: t.amount("total", TOTAL),
        payment_date: t.date(
            "payment_date",
            &[
                "RmtInf/OrgnlPmtInf/ReqdExctnDt",
                "RmtInf/OrgnlPmtInf/ReqdExctnDt/Dt",
            ],
        ),
        payment_reference: reference(advice, t),
        account: t.text("account", &["RmtInf/OrgnlPmtInf/CdtrAcct/Id/IBAN"]),
        ..TradeDocument::new(TradeKind::Xml(RootKind::Remt001))
    };
    document.buyer.name = t.text(
        "buyer",
        &["RmtInf/OrgnlPmtInf/Dbtr/Nm", "GrpHdr/InitgPty/Nm"],
    );
    document.seller.name = t.text("seller", &["RmtInf/OrgnlPmtInf/Cdtr/Nm"]);
    for (place, line) in (1..).zip(advice.all("RmtInf/Strd")) {
        named(&mut document, t, (place, line));
    }
    if advice.all("RmtInf").len() > 1 {
        let problem = "it explains several payments: ask for one advice for each";
        document.issues.push(Issue::new("RmtInf", problem));
        document.total = None;
    }
    document.paths = terms.paths;
    document.issues.extend(terms.issues);
    Some(document)
}

/// The payment's own where it has one: banks write that there is none.
fn reference(advice: &Element, t: &mut Terms<'_>) -> Option<String> {
    let own = "RmtInf/OrgnlPmtInf/Refs/EndToEndId";
    let else_of_advice = ["RmtInf/RmtId", "GrpHdr/MsgId"];
    match advice.text_at(own) {
        Some(NOT_PROVIDED) | None => t.text("payment_reference", &else_of_advice),
        Some(_) => t.text("payment_reference", &[own]),
    }
}

fn of_lines(advice: &Element) -> Option<&str> {
    let remitted = advice.all("RmtInf/Strd/RfrdDocAmt/RmtdAmt");
    remitted.first().and_then(|amount| amount.attribute("Ccy"))
}

/// The document of one `Strd`, by what is remitted for it; where that is not said, by what is due less what is taken off.
fn named(document: &mut TradeDocument, t: &mut Terms<'_>, (place, line): (usize, &Element)) {
    let place = format!("RmtInf/Strd[{place}]");
    let problem = |problem: &str| Issue::new(place.clone(), problem);
    let documents = line.all("RfrdDocInf");
    let number = match documents.as_slice() {
        [only] => text_in(only, "Nb"),
        [] => text_in(line, "CdtrRefInf/Ref"),
        [_, _, ..] => {
            let several = "one amount for several documents: ask what is paid of each";
            return document.issues.push(problem(several));
        }
    };
    let code = documents
        .first()
        .and_then(|one| one.text_at("Tp/CdOrPrtry/Cd"));
    let is_credit = code == Some(CREDIT_NOTE);
    let due = t.amount_in(line, "RfrdDocAmt/DuePyblAmt");
    let taken = line.all("RfrdDocAmt/DscntApldAmt").into_iter();
    let taken = taken.filter_map(|one| t.amount_in(one, "Amt"));
    let discount = taken.reduce(|one, other| one.saturating_add(other));
    let rest = due.and_then(|due| due.checked_sub(discount.unwrap_or_default()));
    let remitted = t.amount_in(line, "RfrdDocAmt/RmtdAmt").or(rest);
    let remitted = remitted.or_else(|| t.amount_in(line, "RfrdDocAmt/CdtNoteAmt"));
    let amounts = line
        .find("RfrdDocAmt")
        .into_iter()
        .flat_map(|all| &all.children);
    let codes = amounts.filter_map(|amount| amount.attribute("Ccy"));
    if let Some(other) = codes
        .into_iter()
        .find(|code| Some(*code) != document.currency.as_deref())
    {
        let other = format!(
            "an amount in {}, while the payment is in another currency",
            one_line(other, 10)
        );
        document.issues.push(problem(&other));
    }
    for adjusted in line.all("RfrdDocAmt/AdjstmntAmtAndRsn") {
        let part = |path| one_line(adjusted.text_at(path).unwrap_or_default(), 200);
        let (amount, way) = (part("Amt"), part("CdtDbtInd"));
        let said = format!(
            "an adjustment of {amount} {way} {} {}",
            part("Rsn"),
            part("AddtlInf")
        );
        document.issues.push(problem(said.trim()));
    }
    match (number, remitted) {
        (Some(number), Some(amount)) => document.invoices.push(NamedInvoice {
            number,
            amount: if is_credit { -amount.abs() } else { amount },
            discount: discount.filter(|discount| !discount.is_zero()),
        }),
        (Some(number), None) => {
            let none = format!("no amount of its own for {number}");
            document.issues.push(problem(&none));
        }
        (None, _) => document.issues.push(problem("it names no document")),
    }
}

#[cfg(test)]
mod tests {
    use crate::basics::calendar::date;
    use crate::formats::trade_document::read;
    use rust_decimal::Decimal;

    fn amount(name: &str, amount: &str) -> String {
        format!("<{name} Ccy='EUR'>{amount}</{name}>")
    }

    fn line(code: &str, number: &str, amounts: &str) -> String {
        format!(
            "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Nb>{number}</Nb><RltdDt>2026-11-02</RltdDt></RfrdDocInf>
            <RfrdDocAmt>{amounts}</RfrdDocAmt></Strd>"
        )
    }

    fn file(lines: &str) -> String {
        format!(
            "<?xml version='1.0'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:remt.001.001.05'><RmtAdvc>
            <GrpHdr><MsgId>ZA-4711</MsgId><CreDtTm>2026-11-19T09:00:00Z</CreDtTm><InitgPty><Nm>Shared services</Nm></InitgPty></GrpHdr>
            <RmtInf>{lines}<OrgnlPmtInf><Refs><EndToEndId>E2E-1</EndToEndId></Refs><Amt>{}</Amt><ReqdExctnDt><Dt>2026-11-20</Dt></ReqdExctnDt>
            <Dbtr><Nm>Kontor GmbH</Nm></Dbtr><Cdtr><Nm>Mill GmbH</Nm></Cdtr><CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct>
            </OrgnlPmtInf></RmtInf></RmtAdvc></Document>",
            amount("InstdAmt", "1101.70")
        )
    }

    fn discount(taken: &str) -> String {
        let amount = amount("Amt", taken);
        format!("<DscntApldAmt><Tp><Cd>APDS</Cd></Tp>{amount}</DscntApldAmt>")
    }

    fn named(xml: &str) -> (Vec<(String, Decimal, Option<Decimal>)>, String) {
        let document = read(xml.as_bytes()).unwrap().unwrap();
        assert!(document.is_remittance());
        let lines = document.invoices.into_iter();
        let issues = document.issues.iter().map(|issue| issue.problem.clone());
        (
            lines
                .map(|one| (one.number, one.amount, one.discount))
                .collect(),
            issues.collect::<Vec<_>>().join("; "),
        )
    }

    #[test]
    fn invoices_credit_notes_and_discounts_are_told_with_who_pays_when() {
        let due = amount("DuePyblAmt", "1190.00") + &discount("23.80");
        let lines = line("CINV", "MR-1", &due) + &line("CREN", "GS-2", &amount("RmtdAmt", "64.50"));
        let file = file(&lines);
        let document = read(file.as_bytes()).unwrap().unwrap();
        assert_eq!(document.currency.as_deref(), Some("EUR"));
        assert_eq!(document.total, Some(Decimal::new(110_170, 2)));
        assert_eq!(document.payment_date, Some(date(2026, 11, 20)));
        assert_eq!(document.payment_reference.as_deref(), Some("E2E-1"));
        assert_eq!(document.buyer.name.as_deref(), Some("Kontor GmbH"));
        assert_eq!(document.seller.name.as_deref(), Some("Mill GmbH"));
        let (lines, issues) = named(&file);
        assert_eq!(issues, "");
        let expected = [
            (
                "MR-1".to_owned(),
                Decimal::new(116_620, 2),
                Some(Decimal::new(2_380, 2)),
            ),
            ("GS-2".to_owned(), Decimal::new(-6_450, 2), None),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_adjusted_unclear_or_in_another_currency_is_an_issue() {
        let paid = amount("RmtdAmt", "10.00");
        let adjusted = format!(
            "<AdjstmntAmtAndRsn>{}<CdtDbtInd>DBIT</CdtDbtInd><Rsn>DMG</Rsn></AdjstmntAmtAndRsn>{paid}",
            amount("Amt", "2.00")
        );
        let two =
            "<Strd><RfrdDocInf><Nb>A</Nb></RfrdDocInf><RfrdDocInf><Nb>B</Nb></RfrdDocInf></Strd>";
        for (lines, problem) in [
            (
                line("CINV", "A", &adjusted),
                "an adjustment of 2.00 DBIT DMG",
            ),
            (line("CINV", "A", ""), "no amount of its own for A"),
            (
                line("CINV", "A", &paid.replace("EUR", "USD")),
                "an amount in USD",
            ),
            (two.to_owned(), "one amount for several documents"),
            ("<Strd/>".to_owned(), "names no document"),
            (
                line("CINV", "A", &(discount("some") + &paid)),
                "is not a number",
            ),
        ] {
            let (_, issues) = named(&file(&lines));
            assert!(issues.contains(problem), "{lines}: {issues}");
        }
        let none = file(&line("CINV", "A", &paid)).replace("E2E-1", "NOTPROVIDED");
        let none = read(none.as_bytes()).unwrap().unwrap();
        assert_eq!(none.payment_reference.as_deref(), Some("ZA-4711"));
        let both = file(&line("CINV", "A", &paid)).replace("</RmtAdvc>", "<RmtInf/></RmtAdvc>");
        assert!(named(&both).1.contains("several payments"));
    }
}
