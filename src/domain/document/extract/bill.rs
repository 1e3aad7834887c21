//! A bill from the words on its pages.

mod currency;
mod supplier;

pub use supplier::is_assigned;

use rust_decimal::Decimal;

use super::super::field::{Confidence, Field, Fields, Source};
use super::super::identity::{KnownParty, OwnIdentity};
use super::super::labels::{self, Hit, Label};
use super::super::layout::Layout;
use super::super::{Side, StatedAmounts};
use super::amounts::{self, Amount, Total, Totals};
use super::dates::{self, Chosen, Origin};
use super::identifiers::{self, Found};
use super::lines::{self, LineTable, Proof};
use super::party::{self, Identifiers, Parties};
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;

/// Longest free text kept.
const MAX_TEXT_CHARS: usize = 200;

/// Text that was not painted but lies under a scan, or with glyphs of unknown meaning, was misread by somebody else's
/// program: nothing of it is sure.
const DOUBTFUL_TEXT: Confidence = Confidence::per_mille(600);

/// What the mail around a document tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MailFacts<'a> {
    /// Subject of the mail.
    pub subject: &'a str,
    /// Domain of its sender, lower case.
    pub from_domain: Option<&'a str>,
    /// The side its mailbox is for.
    pub mailbox_side: Option<Side>,
    /// Name of the file.
    pub file_name: &'a str,
}

/// A page with everything found on it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Findings {
    /// Its labels.
    pub hits: Vec<Hit>,
    /// Its amounts.
    pub amounts: Vec<Amount>,
    /// Its parties.
    pub parties: Parties,
    /// Accounts on it.
    pub ibans: Vec<Found>,
    /// Those of them that will not be debited: who pays this paper may pay to them.
    pub paid_to: Vec<Found>,
    /// VAT ids on it.
    pub vat_ids: Vec<Found>,
    /// The fields of a bill.
    pub fields: Fields,
    /// The totals, for the arithmetic.
    pub stated: StatedAmounts,
    /// The lines.
    pub lines: Option<LineTable>,
}

/// Reads pages as a bill, whatever they are: classification weighs what was found.
pub fn read(
    layout: &Layout,
    mail: &MailFacts<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
    is_doubtful: bool,
) -> Findings {
    let hits = labels::find(layout);
    let found_amounts = amounts::find(layout);
    let dates = dates::find(layout);
    let vat_ids = identifiers::vat_ids(layout, &hits);
    let ibans = identifiers::ibans(layout);
    let paid_to = supplier::paid_to(layout, &ibans);
    let ids = Identifiers {
        vat_ids: &vat_ids,
        ibans: &paid_to,
        from_domain: mail.from_domain,
    };
    let parties = party::parties(layout, &hits, &ids, own, known);
    let currency = currency::currency(layout, &hits, &vat_ids, &ibans);
    let mut totals = amounts::totals(layout, &hits, &found_amounts);
    let lines = lines::find_and_settle(layout, &hits, &found_amounts, &mut totals);
    let code = currency.as_ref().map(|field| field.value.to_string());
    let origin = Origin {
        currency: code.as_deref(),
        is_european: is_foreign(&ibans, &vat_ids, own),
    };
    let (issue, due) = dates::issue_and_due(layout, &hits, &dates, &origin);
    let elsewhere = [mail.file_name, mail.subject];
    let number = identifiers::labelled_number(layout, &hits, Label::Number, &elsewhere);
    let money = |total: Option<Total>| money_field(layout, total, currency.as_ref());
    let text = |found: Option<Found>| found.map(|found| text_field(layout, found));
    let day = |chosen: Option<Chosen>| chosen.map(|chosen| day_field(layout, chosen));
    let stated = stated(&totals, lines.as_ref());
    let mut fields = Fields {
        supplier_name: text(parties.supplier.clone()),
        supplier_vat: text(supplier::vat_id(layout, &hits, &vat_ids, own)),
        customer_name: text(parties.own.clone().filter(|_| parties.addressed_to_us)),
        customer_vat: text(vat_ids.iter().find(|id| own.is_own_vat(&id.value)).cloned()),
        invoice_number: text(number.clone()),
        issue_date: day(issue),
        due_date: day(due),
        currency: currency.clone(),
        net_total: money(totals.net),
        tax_total: money(totals.tax),
        gross_total: money(totals.gross),
        payable_total: money(totals.payable),
        iban: text(supplier::iban(layout, &hits, &ibans, own)),
        bic: text(identifiers::bic(layout, &hits)),
        po_number: text(order_number(layout, &hits, number.as_ref())),
        payment_reference: text(line_after(layout, &hits, Label::Reference)),
        payment_terms: text(line_after(layout, &hits, Label::Terms)),
        ..Fields::default()
    };
    if is_doubtful {
        cap(&mut fields);
    }
    Findings {
        hits,
        amounts: found_amounts,
        parties,
        ibans,
        paid_to,
        vat_ids,
        fields,
        stated,
        lines,
    }
}

/// It bears an account or a VAT id of somebody else: our own say where the bill went, not where it comes from.
fn is_foreign(ibans: &[Found], vat_ids: &[Found], own: &OwnIdentity) -> bool {
    ibans.iter().any(|iban| !own.is_own_iban(&iban.value))
        || vat_ids.iter().any(|id| !own.is_own_vat(&id.value))
}

/// The lines in another view of a document whose totals are known, if they add up to these.
pub fn lines_beside(layout: &Layout, stated: &StatedAmounts) -> Option<LineTable> {
    let hits = labels::find(layout);
    let amounts = amounts::find(layout);
    let total = |value: Option<Decimal>| value.map(Total::known);
    let totals = Totals {
        net: total(stated.net),
        tax: total(stated.tax),
        gross: total(stated.gross),
        payable: total(stated.payable),
    };
    let table = lines::find(layout, &hits, &amounts, &totals)?;
    (table.proof != Proof::None).then_some(table)
}

/// What the page states. Lines that add up to nothing printed are no statement.
fn stated(totals: &Totals, lines: Option<&LineTable>) -> StatedAmounts {
    let value = |total: &Option<Total>| total.as_ref().map(|total| total.value);
    let stated = StatedAmounts {
        net: value(&totals.net),
        tax: value(&totals.tax),
        gross: value(&totals.gross),
        payable: value(&totals.payable),
        ..StatedAmounts::default()
    };
    lines.map_or(stated.clone(), |table| table.state(stated))
}

/// An amount is no surer than its currency.
fn money_field(
    layout: &Layout,
    total: Option<Total>,
    currency: Option<&Field<Currency>>,
) -> Option<Field<Money>> {
    let (total, currency) = (total?, currency?);
    let value = Money::from_decimal(total.value, currency.value)?;
    let confidence = Confidence::per_mille(total.confidence).min(currency.confidence);
    let source = total
        .spot
        .map_or(Source::Computed, |spot| layout.source(spot));
    Some(Field::text(value, confidence, source))
}

fn text_field(layout: &Layout, found: Found) -> Field<String> {
    let source = layout.source(found.spot);
    Field::text(found.value, Confidence::per_mille(found.confidence), source)
}

fn day_field(layout: &Layout, chosen: Chosen) -> Field<Date> {
    let source = layout.source(chosen.spot);
    Field::text(
        chosen.value,
        Confidence::per_mille(chosen.confidence),
        source,
    )
}

/// The order number, unless it is the invoice's own.
fn order_number(layout: &Layout, hits: &[Hit], number: Option<&Found>) -> Option<Found> {
    let found = identifiers::labelled_number(layout, hits, Label::Order, &[])?;
    let same =
        number.is_some_and(|number| number.value == found.value || number.spot == found.spot);
    // The supplier's own order number is labelled as ours is, so only "your" in the label would make it sure.
    (!same).then(|| Found {
        confidence: found.confidence.min(880),
        ..found
    })
}

/// The rest of the row behind a label, or the row below it.
fn line_after(layout: &Layout, hits: &[Hit], label: Label) -> Option<Found> {
    hits.iter()
        .filter(|hit| hit.label == label)
        .find_map(|hit| {
            let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
            let right = layout.right_of(hit.spot, tokens);
            let spot = if right.start < right.end {
                right
            } else {
                layout.below(hit.spot, 1).first().copied()?
            };
            let value = one_line(
                layout.text(spot).trim_start_matches([':', ' ']),
                MAX_TEXT_CHARS,
            );
            (value.chars().count() >= 3).then_some(Found {
                value,
                spot,
                confidence: 700,
            })
        })
}

/// No field surer than doubtful text allows.
fn cap(fields: &mut Fields) {
    fn lower<T>(field: &mut Option<Field<T>>) {
        if let Some(field) = field {
            field.confidence = field.confidence.min(DOUBTFUL_TEXT);
        }
    }
    let Fields {
        supplier_name,
        supplier_vat,
        customer_name,
        customer_vat,
        invoice_number,
        issue_date,
        due_date,
        currency,
        net_total,
        tax_total,
        gross_total,
        payable_total,
        iban,
        bic,
        po_number,
        payment_reference,
        payment_terms,
        ..
    } = fields;
    for field in [
        supplier_name,
        supplier_vat,
        customer_name,
        customer_vat,
        invoice_number,
        iban,
        bic,
        po_number,
        payment_reference,
        payment_terms,
    ] {
        lower(field);
    }
    for field in [net_total, tax_total, gross_total, payable_total] {
        lower(field);
    }
    lower(issue_date);
    lower(due_date);
    lower(currency);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    const BILL: &str = "\
Nordlicht Handel GmbH - Hafenstr. 1 - 20457 Hamburg

La Tavola GmbH
Gasse 2
80331 München

Rechnung

Rechnungsnummer: RE-2026-0815        Kundennummer: 77
Rechnungsdatum: 20.11.2026           Ihre Bestellung: 4500123

Pos   Menge   Bezeichnung      Einzelpreis   Betrag
1     10      Olivenöl 5 l     100,00        1.000,00

Nettobetrag                                  1.000,00 EUR
MwSt 19 %                                      190,00 EUR
Gesamtbetrag                                 1.190,00 EUR

Zahlbar bis: 04.12.2026
IBAN: DE89 3704 0044 0532 0130 00  BIC: COBADEFFXXX
USt-IdNr.: DE136695976
";

    fn own() -> OwnIdentity {
        OwnIdentity {
            names: vec!["La Tavola GmbH".into()],
            ..OwnIdentity::default()
        }
    }

    #[test]
    fn an_ordinary_bill_is_read_whole() {
        let layout = Layout::of_text(BILL);
        let fields = read(&layout, &MailFacts::default(), &own(), &[], false).fields;
        assert_eq!(
            fields.invoice_number.as_ref().map(|f| f.value.as_str()),
            Some("RE-2026-0815")
        );
        assert_eq!(
            fields.issue_date.as_ref().map(|f| f.value),
            Some(date(2026, 11, 20))
        );
        assert_eq!(
            fields.due_date.as_ref().map(|f| f.value),
            Some(date(2026, 12, 4))
        );
        assert_eq!(
            fields.gross_total.as_ref().map(|f| f.value.to_string()),
            Some("1,190.00 EUR".into())
        );
        assert_eq!(
            fields.net_total.as_ref().map(|f| f.value.minor()),
            Some(100_000)
        );
        assert_eq!(
            fields.iban.as_ref().map(|f| f.value.as_str()),
            Some("DE89370400440532013000")
        );
        assert_eq!(
            fields.supplier_vat.as_ref().map(|f| f.value.as_str()),
            Some("DE136695976")
        );
        assert_eq!(
            fields.po_number.as_ref().map(|f| f.value.as_str()),
            Some("4500123")
        );
        assert_eq!(
            fields.supplier_name.as_ref().map(|f| f.value.as_str()),
            Some("Nordlicht Handel GmbH")
        );
        assert!(
            fields
                .gross_total
                .is_some_and(|f| f.confidence.as_per_mille() >= 900)
        );
    }

    #[test]
    fn text_under_a_scan_is_never_sure() {
        let layout = Layout::of_text(BILL);
        let fields = read(&layout, &MailFacts::default(), &own(), &[], true).fields;
        assert!(
            fields
                .invoice_number
                .is_some_and(|f| f.confidence.as_per_mille() < 900)
        );
        assert!(
            fields
                .gross_total
                .is_some_and(|f| f.confidence.as_per_mille() < 900)
        );
    }
}
