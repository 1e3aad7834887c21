//! A debit may be a customer's payment that its bank takes back (DOMAIN 6.3): a direct debit that was refused, a cheque that bounced, money
//! sent by mistake. Nobody knows for certain, so a person is asked, and until then the invoices count as paid.

use crate::basics::calendar::{Timestamp, days_between};
use crate::basics::money::Money;
use crate::domain::bank::BankEntry;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::domain::receivable::CustomerInvoice;
use crate::domain::receivable::matching::is_named;

/// A direct debit nobody agreed to is taken back within 13 months (SEPA direct debit rulebook).
const LONGEST_DAYS: i32 = 400;

/// A payment, and the invoices that are paid by it still.
#[derive(Clone, Debug)]
pub struct PaidBy {
    /// What came.
    pub credit: BankEntry,
    /// What it is applied to.
    pub invoices: Vec<CustomerInvoice>,
}

/// Why the debit may be this payment come back; a bank may add its fee, of `fee` at most.
pub fn link(debit: &BankEntry, paid: &PaidBy, fee: Money) -> Option<String> {
    let credit = &paid.credit;
    let went = debit.amount.checked_neg().filter(Money::is_positive)?;
    let more = went.checked_sub(credit.amount)?;
    let is_as_much = !more.is_negative() && (more.is_zero() || more.exceeds(fee) == Some(false));
    let later = days_between(credit.booking_date, debit.booking_date);
    if !is_as_much || !(0..=LONGEST_DAYS).contains(&later) || paid.invoices.is_empty() {
        return None;
    }
    let text = &debit.remittance_information;
    if let Some(named) = paid.invoices.iter().find(|invoice| is_named(text, invoice)) {
        return Some(format!("it names {}", named.number));
    }
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    if same(&debit.end_to_end_id, &credit.end_to_end_id) {
        return Some("it has the same reference".to_owned());
    }
    let is_same_account = same(&debit.counterparty_iban, &credit.counterparty_iban);
    is_same_account.then(|| "it goes to the account that paid, and is as much".to_owned())
}

/// Asks a person, once for each debit.
pub fn ask(
    debit: &BankEntry,
    (paid, link): (&PaidBy, &str),
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let credit = &paid.credit;
    let numbers = paid.invoices.iter().map(|invoice| invoice.number.as_str());
    let numbers = numbers.collect::<Vec<_>>();
    let reason = format!(
        "{} of {} to {} may be {} of {} come back, that paid {}: {link}",
        debit.amount,
        debit.booking_date,
        debit.counterparty_name,
        credit.amount,
        credit.booking_date,
        numbers.join(", ")
    );
    let first = numbers.first().copied().unwrap_or_default();
    let action = format!(
        "if it is, `cash take-back {} {first}` opens the invoice again, and the money it asks about then is this: resolve both; if not, resolve this",
        credit.id.short()
    );
    let (about, texts) = (debit.id.into(), (reason, action));
    Exception::raise(ExceptionCode::CashReturned, about, "", owner, now, texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::add_days;
    use crate::domain::receivable::samples::{credit, customer, eur, invoice};

    fn paid() -> PaidBy {
        PaidBy {
            credit: credit(10_000, Some(&customer("1")), "MR-1").entry,
            invoices: vec![invoice("MR-2026-1", "1", 10_000).invoice],
        }
    }

    fn debit(minor: i64, text: &str) -> BankEntry {
        let mut debit = credit(-minor, None, text).entry;
        debit.booking_date = add_days(debit.booking_date, 20);
        debit
    }

    fn linked(debit: &BankEntry) -> Option<String> {
        link(debit, &paid(), eur(2_500))
    }

    #[test]
    fn a_debit_of_the_same_money_is_linked_by_invoice_reference_or_account() {
        let named = linked(&debit(10_000, "RETURN MR-2026-1")).unwrap();
        assert_eq!(named, "it names MR-2026-1");
        assert!(
            linked(&debit(10_350, "RETURN MR-2026-1")).is_some(),
            "with a fee"
        );
        let mut same_account = debit(10_000, "RETURN");
        assert_eq!(linked(&same_account), None);
        same_account.counterparty_iban = paid().credit.counterparty_iban;
        assert!(linked(&same_account).unwrap().contains("account that paid"));
    }

    #[test]
    fn another_amount_an_earlier_day_or_money_no_invoice_was_paid_by_is_none() {
        for minor in [9_999, 12_501] {
            assert_eq!(linked(&debit(minor, "MR-2026-1")), None, "{minor}");
        }
        let mut before = debit(10_000, "MR-2026-1");
        before.booking_date = add_days(paid().credit.booking_date, -1);
        assert_eq!(linked(&before), None);
        let nothing = PaidBy {
            invoices: Vec::new(),
            ..paid()
        };
        assert_eq!(link(&debit(10_000, "MR-2026-1"), &nothing, eur(0)), None);
        let came = credit(10_000, None, "MR-2026-1").entry;
        assert_eq!(linked(&came), None, "that is more money");
    }
}
