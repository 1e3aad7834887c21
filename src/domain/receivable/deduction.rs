//! Deductions: what a customer need not pay of an invoice any more, because the terms say so, its bank kept it, it is too small to be
//! asked for, or a person says so (DOMAIN 6.3). Immutable entries; corrected by a reversal.

use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BankEntryId, CustomerId, CustomerInvoiceId, DeductionId};
use crate::basics::money::Money;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::words;

use super::{CustomerInvoice, OpenInvoice};

words! {
    /// Why something was taken off, by the codes of the field.
    pub enum DeductionCode {
        /// A discount for paying early, taken in time.
        Discount = "DISC",
        /// A discount for paying early, taken too late.
        UnearnedDiscount = "UDISC",
        /// Banks kept it on the way.
        BankCharges = "BANK",
        /// Another price was agreed.
        Price = "PRICE",
        /// Less came than was billed.
        Quantity = "QTY",
        /// Goods were sent back.
        Return = "RETURN",
        /// Goods were damaged.
        Damage = "DAMAGE",
        /// The carriage.
        Freight = "FREIGHT",
        /// The tax is another.
        Tax = "TAX",
        /// Tax that the customer withholds and pays to its tax office.
        Withholding = "WHT",
        /// A rebate agreed on.
        Rebate = "REBATE",
        /// It was billed twice.
        DuplicateBill = "DUPBILL",
        /// Nothing was received.
        NoReceipt = "NORECEIPT",
        /// The customer advertised for us.
        Advertising = "ADVERT",
        /// Another claim of the customer.
        Claim = "CLAIM",
        /// Set off against what we owe.
        Netted = "NETTED",
        /// The exchange rate moved.
        Exchange = "FX",
        /// Anything else.
        Other = "OTHER",
    }
}

impl DeductionCode {
    /// For paying early, in time or not.
    pub fn is_discount(self) -> bool {
        matches!(self, Self::Discount | Self::UnearnedDiscount)
    }
}

words! {
    /// What allowed it.
    pub enum Ground {
        /// The terms of the invoice.
        Terms = "terms",
        /// The bank's own report of its charges, or a payment from abroad.
        Charges = "charges",
        /// The company's rule for small differences.
        Tolerance = "tolerance",
        /// A person.
        Person = "person",
    }
}

/// Something taken off one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deduction {
    /// Derived from the invoice and how many came before (and what it reverses).
    pub id: DeductionId,
    /// Off which invoice.
    pub invoice: CustomerInvoiceId,
    /// Whose invoice it is.
    pub customer: CustomerId,
    /// The payment that came without it; none where a person said so without one.
    pub bank_entry: Option<BankEntryId>,
    /// Why.
    pub code: DeductionCode,
    /// What allowed it.
    pub ground: Ground,
    /// How much; negative for a reversal.
    pub amount: Money,
    /// In words.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// The entry this one takes back.
    pub reverses: Option<DeductionId>,
}

impl Deduction {
    /// The id of the next one off this invoice, behind those `before`. Whoever decides beside this one writes the same: only one of
    /// both is stored.
    pub fn id_after(before: &[Self], invoice: CustomerInvoiceId) -> DeductionId {
        let own = before.iter().filter(|one| one.reverses.is_none());
        DeductionId::derive(&[&invoice.to_string(), &own.count().to_string()])
    }

    /// The entry that takes it back: the same with the other sign.
    ///
    /// # Errors
    /// Its amount has no negative.
    pub fn taken_back(&self, why: &str, now: Timestamp) -> Result<Self, String> {
        let amount = self.amount.checked_neg();
        Ok(Self {
            id: DeductionId::derive(&["taken back", &self.id.to_string()]),
            amount: amount.ok_or("its amount has no negative")?,
            why: why.to_owned(),
            at: now,
            reverses: Some(self.id),
            ..self.clone()
        })
    }
}

/// Those that stand: neither reversals nor taken back.
pub fn standing(all: &[Deduction]) -> impl Iterator<Item = &Deduction> {
    let is_back = |id| all.iter().any(|one| one.reverses == Some(id));
    let own = all.iter().filter(|one| one.reverses.is_none());
    own.filter(move |one| !is_back(one.id))
}

/// What a person says need not be paid.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Why.
    pub code: DeductionCode,
    /// How much; all that is open where that is not said.
    pub amount: Option<Money>,
    /// In words.
    pub reason: &'a str,
}

/// What a person takes off, when the books can hold it.
///
/// # Errors
/// Says what cannot be, and why.
pub fn by_person(
    open: &OpenInvoice,
    before: &[Deduction],
    wish: Wish<'_>,
    now: Timestamp,
) -> Result<Deduction, String> {
    let CustomerInvoice {
        id,
        number,
        customer,
        ..
    } = &open.invoice;
    let balance = open.balance;
    let amount = wish.amount.unwrap_or(balance);
    if !balance.is_positive() {
        return Err(format!("nothing is open on {number}"));
    }
    if !amount.is_positive() {
        return Err(format!("{amount} is no amount to take off {number}"));
    }
    let left = balance.checked_sub(amount);
    if left.is_none_or(|left| left.is_negative()) {
        return Err(format!(
            "{amount} is more than the {balance} open on {number}, or another currency"
        ));
    }
    Ok(Deduction {
        id: Deduction::id_after(before, *id),
        invoice: *id,
        customer: *customer,
        bank_entry: None,
        code: wish.code,
        ground: Ground::Person,
        amount,
        why: wish.reason.to_owned(),
        at: now,
        reverses: None,
    })
}

/// Whether one who wants to take something off may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hands<'a> {
    /// It is done.
    Enough {
        /// Who said the same before, where one alone may not.
        first: Option<&'a str>,
    },
    /// A second person has to say the same.
    AsksSecond,
    /// The same person has said so already.
    SaidAlready,
}

/// So much one person takes off alone; for more, somebody else of those who `asked` for exactly this before is needed. `is_by` says
/// whether one of them is the same person.
pub fn hands<'a>(
    amount: Money,
    alone_at_most: Money,
    asked: &'a [String],
    is_by: impl Fn(&str) -> bool,
) -> Hands<'a> {
    if amount.exceeds(alone_at_most) == Some(false) {
        return Hands::Enough { first: None };
    }
    match asked.iter().find(|first| !is_by(first)) {
        Some(first) => Hands::Enough { first: Some(first) },
        None if asked.is_empty() => Hands::AsksSecond,
        None => Hands::SaidAlready,
    }
}

/// Asks a person about what a payer kept though nothing allows it: once for each payment.
pub fn ask(
    (amount, code, why): (Money, DeductionCode, &str),
    invoice: &CustomerInvoice,
    payment: BankEntryId,
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let number = &invoice.number;
    let reason = format!("{amount} of {number} did not come ({code}): {why}");
    let action = format!(
        "allow it (`invoices deduct {number} --code {code}`) or resolve this: it stays open and is reminded of again"
    );
    let (about, occurrence) = (invoice.id.into(), payment.to_string());
    let texts = (reason, action);
    Exception::raise(
        ExceptionCode::Deduction,
        about,
        &occurrence,
        owner,
        now,
        texts,
    )
}

/// Asks for a second person, before whom nothing is taken off; `nth` counts what was asked for of this invoice before, so that who was
/// refused may ask again.
pub fn ask_second(
    deduction: &Deduction,
    (invoice, by, nth): (&CustomerInvoice, &str, usize),
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let (number, code, amount) = (&invoice.number, deduction.code, deduction.amount);
    let reason = format!(
        "{by} wants to take {amount} off {number} ({code}): {}",
        deduction.why
    );
    let action = format!(
        "somebody else decides: `invoices deduct {number} --code {code} --amount {}` takes it off, resolving this leaves it open",
        amount.to_decimal()
    );
    let (about, occurrence) = (invoice.id.into(), format!("{code} {amount} {by} {nth}"));
    let texts = (reason, action);
    Exception::raise(
        ExceptionCode::Deduction,
        about,
        &occurrence,
        owner,
        now,
        texts,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::receivable::samples::{eur, invoice};

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn wish(minor: Option<i64>) -> Wish<'static> {
        Wish {
            code: DeductionCode::Damage,
            amount: minor.map(eur),
            reason: "two sacks were wet",
        }
    }

    #[test]
    fn a_person_takes_off_what_is_open_and_never_more() {
        let open = invoice("MR-1", "1", 10_000);
        let taken = |minor| by_person(&open, &[], wish(minor), now());
        assert_eq!(taken(None).unwrap().amount, eur(10_000));
        assert_eq!(taken(Some(500)).unwrap().amount, eur(500));
        assert!(taken(Some(10_001)).unwrap_err().contains("100.00 EUR open"));
        assert!(taken(Some(0)).unwrap_err().contains("no amount"));
        let paid = OpenInvoice {
            balance: eur(0),
            ..open.clone()
        };
        let refused = by_person(&paid, &[], wish(None), now());
        assert_eq!(refused.unwrap_err(), "nothing is open on MR-1");
    }

    #[test]
    fn one_taken_back_stands_no_longer_and_the_next_is_another() {
        let open = invoice("MR-1", "1", 10_000);
        let first = by_person(&open, &[], wish(Some(500)), now()).unwrap();
        let back = first.taken_back("it was no damage", now()).unwrap();
        assert_eq!(back.amount, eur(-500));
        let both = [first.clone(), back];
        assert_eq!(standing(&both).count(), 0);
        assert_eq!(standing(&both[..1]).count(), 1);
        let next = by_person(&open, &both, wish(Some(500)), now()).unwrap();
        assert_ne!(next.id, first.id);
    }

    #[test]
    fn a_large_one_needs_two_persons() {
        let asked = ["lena".to_owned()];
        let by = |name: &'static str| move |other: &str| other == name;
        let of = |minor, asked, name| hands(eur(minor), eur(25_000), asked, by(name));
        assert_eq!(of(25_000, &[], "lena"), Hands::Enough { first: None });
        assert_eq!(of(25_001, &[], "lena"), Hands::AsksSecond);
        assert_eq!(of(25_001, &asked, "lena"), Hands::SaidAlready);
        let second = Hands::Enough {
            first: Some("lena"),
        };
        assert_eq!(of(25_001, &asked, "jonas"), second);
    }
}
