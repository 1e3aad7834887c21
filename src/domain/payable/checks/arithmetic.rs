//! The sums of a bill: EN 16931 rules BR-CO-10 to BR-CO-17, and what those let pass between gross and payable. A structured file has to be exact; a page may be off by what
//! rounding line by line gives, never more.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

use super::{
    ALLOWANCES_SUM, CHARGES_SUM, Check, GROSS_SUM, LINES_SUM, NET_ROUNDING, NET_SUM, PAYABLE_SUM,
    PREPAID_NEGATIVE, ROUNDING_LARGE, VAT_RATE, VAT_ROUNDING, VAT_SUM, WITHHELD_NEGATIVE,
};
use crate::basics::currency::Currency;
use crate::domain::document::{Method, StatedAmounts, StatedVat};
use crate::domain::payable::Finding;

/// How far a sum may be off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Tolerance {
    /// For sums of amounts.
    sum: Decimal,
    /// For a VAT amount against base times rate: silent up to here.
    vat: Decimal,
    /// For a VAT amount: a note below this, a hold from here.
    vat_note: Decimal,
}

/// Rules of a file: exact. For BR-CO-17 the published rule text wants two decimals and the published check lets pass less than
/// one whole unit; bankers' rounding explains a cent.
const STRUCTURED: Tolerance = Tolerance {
    sum: Decimal::ZERO,
    vat: Decimal::from_parts(1, 0, 0, false, 2),
    vat_note: Decimal::ONE,
};
/// Rules of a page: two cents on sums, five on VAT.
const PRINTED: Tolerance = Tolerance {
    sum: Decimal::from_parts(2, 0, 0, false, 2),
    vat: Decimal::from_parts(5, 0, 0, false, 2),
    vat_note: Decimal::from_parts(5, 0, 0, false, 2),
};

/// Adds up what a bill states, as written: positive on a credit note.
pub fn check(amounts: &StatedAmounts, method: Method, currency: Option<Currency>) -> Vec<Finding> {
    let tolerance = match method {
        Method::Xml => STRUCTURED,
        Method::Text | Method::Ocr | Method::Model | Method::Person => PRINTED,
    };
    let sums = sums(amounts, currency);
    let wrong_sums = sums
        .iter()
        .filter_map(|sum| compare(sum, tolerance, amounts.line_tolerance, currency));
    let rows = amounts.vat_rows.iter();
    let wrong_rows = rows.filter_map(|row| vat_row(row, tolerance, currency));
    wrong_sums
        .chain(wrong_rows)
        .chain(between_gross_and_payable(amounts, currency))
        .collect()
}

/// BR-CO-16 takes any prepayment and any rounding. Either could lift what is paid far above the gross that was agreed to.
fn between_gross_and_payable(
    amounts: &StatedAmounts,
    currency: Option<Currency>,
) -> impl Iterator<Item = Finding> {
    let named = currency.map(|c| format!(" {c}")).unwrap_or_default();
    let rounding = amounts
        .rounding
        .filter(|rounding| rounding.abs() >= Decimal::ONE)
        .map(|rounding| ROUNDING_LARGE.found(format!("the rounding is {rounding}{named}")));
    let prepaid = amounts
        .prepaid
        .filter(|prepaid| *prepaid < Decimal::ZERO)
        .map(|prepaid| PREPAID_NEGATIVE.found(format!("the prepaid amount is {prepaid}{named}")));
    let withheld = amounts
        .withheld
        .filter(|withheld| *withheld < Decimal::ZERO)
        .map(|withheld| WITHHELD_NEGATIVE.found(format!("the withheld tax is {withheld}{named}")));
    rounding.into_iter().chain(prepaid).chain(withheld)
}

/// One rule: what is stated, what it should be, and how that is made.
struct Rule {
    check: Check,
    stated: Option<Decimal>,
    computed: Option<Decimal>,
    how: &'static str,
}

fn compare(
    rule: &Rule,
    tolerance: Tolerance,
    line_tolerance: Option<Decimal>,
    currency: Option<Currency>,
) -> Option<Finding> {
    let (stated, computed) = rule.stated.zip(rule.computed)?;
    let off = stated.checked_sub(computed)?;
    if off.abs() <= tolerance.sum {
        return None;
    }
    let named = currency.map(|c| format!(" {c}")).unwrap_or_default();
    let is_let_pass = rule.check == NET_SUM && line_tolerance.is_some_and(|most| off.abs() <= most);
    let check = if is_let_pass {
        NET_ROUNDING
    } else {
        rule.check
    };
    Some(check.found(format!(
        "stated {stated}, but {} is {computed}: off by {off}{named}",
        rule.how
    )))
}

/// BR-CO-10 to BR-CO-16. An absent allowance, charge, tax, prepayment or rounding is none.
fn sums(a: &StatedAmounts, currency: Option<Currency>) -> [Rule; 7] {
    let rule = |check, stated, computed, how| Rule {
        check,
        stated,
        computed,
        how,
    };
    let plus =
        |one: Option<Decimal>, more: Option<Decimal>| one?.checked_add(more.unwrap_or_default());
    let minus =
        |one: Option<Decimal>, less: Option<Decimal>| one?.checked_sub(less.unwrap_or_default());
    let total = |parts: &[Decimal]| sum(parts, currency);
    let vat = a
        .vat_rows
        .iter()
        .map(|row| row.tax)
        .collect::<Option<Vec<_>>>();
    let vat = vat.and_then(|vat| total(&vat));
    let net = plus(minus(a.line_total, a.allowance_total), a.charge_total);
    let gross = plus(plus(a.net, a.tax), a.outside_vat);
    let payable = plus(minus(minus(a.gross, a.prepaid), a.withheld), a.rounding);
    [
        rule(
            LINES_SUM,
            a.line_total,
            total(&a.line_nets),
            "the sum of the lines",
        ),
        rule(
            ALLOWANCES_SUM,
            a.allowance_total,
            total(&a.allowances),
            "the sum of the allowances",
        ),
        rule(
            CHARGES_SUM,
            a.charge_total,
            total(&a.charges),
            "the sum of the charges",
        ),
        rule(NET_SUM, a.net, net, "lines minus allowances plus charges"),
        rule(VAT_SUM, a.tax, vat, "the sum of the VAT rows"),
        rule(GROSS_SUM, a.gross, gross, "net plus VAT"),
        rule(
            PAYABLE_SUM,
            a.payable,
            payable,
            "gross minus prepaid and withheld plus rounding",
        ),
    ]
}

/// The sum, rounded to the currency's decimals; `None` where nothing was read or it does not fit a decimal.
fn sum(parts: &[Decimal], currency: Option<Currency>) -> Option<Decimal> {
    let (first, rest) = parts.split_first()?;
    let sum = rest
        .iter()
        .try_fold(*first, |sum, part| sum.checked_add(*part))?;
    Some(round(sum, currency))
}

fn round(amount: Decimal, currency: Option<Currency>) -> Decimal {
    let places = currency.map_or(2, |currency| u32::from(currency.exponent()));
    amount.round_dp_with_strategy(places, MidpointAwayFromZero)
}

fn vat_row(row: &StatedVat, tolerance: Tolerance, currency: Option<Currency>) -> Option<Finding> {
    let (base, tax, rate) = (row.base?, row.tax?, row.rate?);
    let exact = base.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)?;
    let computed = round(exact, currency);
    let off = tax.checked_sub(computed)?.abs();
    let check = if off <= tolerance.vat {
        return None;
    } else if off < tolerance.vat_note {
        VAT_ROUNDING
    } else {
        VAT_RATE
    };
    Some(check.found(format!(
        "stated {tax}, but {rate} % of {base} is {computed}: off by {off}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn totals(net: &str, tax: &str, gross: &str) -> StatedAmounts {
        StatedAmounts {
            net: Some(d(net)),
            tax: Some(d(tax)),
            gross: Some(d(gross)),
            payable: Some(d(gross)),
            ..StatedAmounts::default()
        }
    }

    fn codes(amounts: &StatedAmounts, method: Method) -> Vec<String> {
        let findings = check(amounts, method, Some(Currency::EUR));
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_thousand_and_nineteen_per_cent_is_not_1191() {
        let wrong = totals("1000.00", "190.00", "1191.00");
        assert_eq!(codes(&wrong, Method::Text), ["arithmetic.br_co_15"]);
        let finding = check(&wrong, Method::Text, Some(Currency::EUR)).remove(0);
        assert!(
            finding.evidence.contains("off by 1.00 EUR"),
            "{}",
            finding.evidence
        );
    }

    #[test]
    fn a_page_may_be_off_by_two_cents_and_a_file_by_none() {
        let off_two = totals("1000.00", "190.00", "1190.02");
        assert!(codes(&off_two, Method::Text).is_empty());
        assert_eq!(codes(&off_two, Method::Xml), ["arithmetic.br_co_15"]);
        assert_eq!(
            codes(&totals("1000.00", "190.00", "1190.03"), Method::Text).len(),
            1
        );
    }

    #[test]
    fn every_rule_sees_its_own_mistake() {
        let right = StatedAmounts {
            line_nets: vec![d("60.00"), d("50.00")],
            allowances: vec![d("15.00")],
            charges: vec![d("5.00")],
            line_total: Some(d("110.00")),
            allowance_total: Some(d("15.00")),
            charge_total: Some(d("5.00")),
            prepaid: Some(d("19.00")),
            rounding: Some(d("0.05")),
            vat_rows: vec![StatedVat {
                base: Some(d("100.00")),
                tax: Some(d("19.00")),
                rate: Some(d("19")),
            }],
            ..totals("100.00", "19.00", "119.00")
        };
        let right = StatedAmounts {
            payable: Some(d("100.05")),
            ..right
        };
        assert!(codes(&right, Method::Xml).is_empty());
        type Spoil = fn(&mut StatedAmounts);
        let cases: [(&str, Spoil); 7] = [
            ("arithmetic.br_co_10", |a| a.line_nets.push(Decimal::ONE)),
            ("arithmetic.br_co_11", |a| a.allowances.push(Decimal::ONE)),
            ("arithmetic.br_co_12", |a| a.charges.push(Decimal::ONE)),
            ("arithmetic.br_co_13", |a| {
                a.line_total = Some(Decimal::TEN);
                a.line_nets = vec![Decimal::TEN];
            }),
            ("arithmetic.br_co_14", |a| {
                a.vat_rows.push(StatedVat {
                    tax: Some(Decimal::ONE),
                    ..StatedVat::default()
                })
            }),
            ("arithmetic.br_co_16", |a| a.prepaid = None),
            ("arithmetic.br_co_17", |a| {
                a.vat_rows
                    .iter_mut()
                    .for_each(|row| row.rate = Some(Decimal::TEN))
            }),
        ];
        for (code, spoil) in cases {
            let mut wrong = right.clone();
            spoil(&mut wrong);
            assert_eq!(codes(&wrong, Method::Xml), [code]);
        }
    }

    #[test]
    fn vat_rounded_line_by_line_is_a_note_on_a_file_and_a_hold_on_a_page() {
        let row = |tax: &str| StatedAmounts {
            vat_rows: vec![StatedVat {
                base: Some(d("100.00")),
                tax: Some(d(tax)),
                rate: Some(d("19")),
            }],
            ..StatedAmounts::default()
        };
        assert!(codes(&row("19.01"), Method::Xml).is_empty());
        assert_eq!(
            codes(&row("19.99"), Method::Xml),
            ["arithmetic.br_co_17_rounding"]
        );
        assert_eq!(codes(&row("20.00"), Method::Xml), ["arithmetic.br_co_17"]);
        assert!(codes(&row("19.05"), Method::Ocr).is_empty());
        assert_eq!(codes(&row("19.06"), Method::Ocr), ["arithmetic.br_co_17"]);
    }

    #[test]
    fn neither_rounding_nor_a_negative_prepayment_lifts_what_is_paid() {
        let to_pay = |rounding: &str, prepaid: &str, payable: &str| StatedAmounts {
            rounding: Some(d(rounding)),
            prepaid: Some(d(prepaid)),
            payable: Some(d(payable)),
            ..totals("7563.03", "1436.97", "9000.00")
        };
        let seen = |amounts| codes(&amounts, Method::Xml);
        assert_eq!(
            seen(to_pay("41000.00", "0", "50000.00")),
            ["arithmetic.rounding"]
        );
        assert_eq!(seen(to_pay("-1", "0", "8999.00")), ["arithmetic.rounding"]);
        assert_eq!(
            seen(to_pay("0", "-41000.00", "50000.00")),
            ["arithmetic.prepaid"]
        );
        assert!(seen(to_pay("0.99", "1000.00", "8000.99")).is_empty());
    }

    #[test]
    fn what_is_kept_for_the_tax_office_is_not_paid_and_never_adds_to_the_payment() {
        let fee = |withheld: &str, payable: &str| StatedAmounts {
            withheld: Some(d(withheld)),
            payable: Some(d(payable)),
            ..totals("1000.00", "220.00", "1220.00")
        };
        let seen = |amounts| codes(&amounts, Method::Xml);
        assert!(seen(fee("200.00", "1020.00")).is_empty());
        assert_eq!(seen(fee("200.00", "1220.00")), ["arithmetic.br_co_16"]);
        assert_eq!(seen(fee("-200.00", "1420.00")), ["arithmetic.withheld"]);
        let stamped = StatedAmounts {
            outside_vat: Some(d("2.00")),
            ..totals("1000.00", "220.00", "1222.00")
        };
        assert!(seen(stamped).is_empty());
    }

    #[test]
    fn lines_may_be_off_as_far_as_the_exchange_lets_them() {
        let off = |lines: &str| StatedAmounts {
            line_total: Some(d(lines)),
            line_tolerance: Some(Decimal::ONE),
            ..totals("1000.00", "220.00", "1220.00")
        };
        let seen = |lines| codes(&off(lines), Method::Xml);
        assert!(seen("1000.00").is_empty());
        assert_eq!(seen("999.00"), ["arithmetic.br_co_13_rounding"]);
        assert_eq!(seen("998.99"), ["arithmetic.br_co_13"]);
    }

    #[test]
    fn what_was_not_read_is_not_added_up() {
        assert!(codes(&StatedAmounts::default(), Method::Xml).is_empty());
        // Amounts at the end of what a decimal holds must not end the program.
        let huge = totals(
            "79228162514264337593543950335",
            "79228162514264337593543950335",
            "-79228162514264337593543950335",
        );
        assert!(codes(&huge, Method::Xml).is_empty());
    }
}
