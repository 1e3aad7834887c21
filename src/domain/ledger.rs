//! Double-entry postings: what each thing that happens does to the accounts. Pure; every entry comes to nothing.
//!
//! A bill is owed from its approval on. Money on the bank's statement stands on the clearing account until what it is for is known:
//! what stays there is what nobody has explained.

pub mod followed;
pub mod liability;
pub mod roll_forward;

use rust_decimal::Decimal;

use super::bank::BankEntry;
use super::payable::Bill;
use super::receivable::deduction::DeductionCode;
use super::receivable::{CashApplication, CustomerInvoice, Deduction};
use crate::basics::calendar::Date;
use crate::basics::money::Money;
use crate::formats::journal::{Account, Entry, Posting, Root};
use liability::Liability;

/// The accounts of the company; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chart {
    /// Of lines nobody has coded.
    pub expense: String,
    /// VAT the tax office gives back.
    pub input_vat: String,
    /// Owed to suppliers.
    pub payables: String,
    /// Owed by customers.
    pub receivables: String,
    /// What customers were billed, with its VAT: the import does not tell it apart.
    pub revenue: String,
    /// Our account at the bank.
    pub bank: String,
    /// Money that moved and is not explained yet.
    pub clearing: String,
    /// Discounts for paying early, of suppliers.
    pub discount: String,
    /// Discounts for paying early that customers took, with their VAT: the import of invoices does not tell it apart.
    pub discount_allowed: String,
    /// What banks kept of customers' payments.
    pub bank_charges: String,
    /// What else customers need not pay, with its VAT.
    pub deductions: String,
}

impl Default for Chart {
    fn default() -> Self {
        Self {
            expense: "Uncoded".into(),
            input_vat: "InputVAT".into(),
            payables: "Payables".into(),
            receivables: "Receivables".into(),
            revenue: "Revenue".into(),
            bank: "Bank".into(),
            clearing: "Clearing".into(),
            discount: "Discounts".into(),
            discount_allowed: "DiscountsAllowed".into(),
            bank_charges: "BankCharges".into(),
            deductions: "Deductions".into(),
        }
    }
}

/// Why nothing is posted: an amount is missing, in another currency, or too large to count.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{reference} cannot be posted: its amounts are missing, in several currencies, or too large"
)]
pub struct Unpostable {
    /// What.
    pub reference: String,
}

/// When, by which name, with whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occasion {
    /// The day.
    pub date: Date,
    /// Names the entry for ever.
    pub reference: String,
    /// The supplier or customer.
    pub party: String,
}

/// A bill that is owed now: its lines on their accounts, what is not coded on the one for that, and its tax. `lines` are its lines'
/// net amounts, as far as they are known, in their order.
///
/// # Errors
/// As `Unpostable` says.
pub fn bill_owed(
    own: &Liability,
    lines: &[Option<Money>],
    chart: &Chart,
    (text, occasion): (String, Occasion),
) -> Result<Entry, Unpostable> {
    let postings = || {
        let mut uncoded = own.gross.checked_sub(own.tax)?;
        let mut postings = Vec::new();
        for (account, net) in coded(&own.accounts, lines) {
            uncoded = uncoded.checked_sub(net)?;
            postings.push(debit(Root::Expenses, account, net));
        }
        postings.push(debit(Root::Expenses, &chart.expense, uncoded));
        postings.push(debit(Root::Assets, &chart.input_vat, own.tax));
        postings.push(debit(
            Root::Liabilities,
            &chart.payables,
            own.payable.checked_neg()?,
        ));
        // Paid before: explained by the bank's entry of that time.
        let before = own.payable.checked_sub(own.gross)?;
        postings.push(debit(Root::Assets, &chart.clearing, before));
        Some(postings)
    };
    balanced(postings(), text, occasion)
}

fn coded<'b>(
    accounts: &'b [(u32, String)],
    lines: &'b [Option<Money>],
) -> impl Iterator<Item = (&'b str, Money)> {
    accounts.iter().filter_map(|(line, account)| {
        let index = usize::try_from(*line).ok()?.checked_sub(1)?;
        let net = (*lines.get(index)?)?;
        Some((account.as_str(), net))
    })
}

/// A payment that the bank took out. A discount lowers the tax in its share: 2 % of 1,190.00 are 20.00 and 3.80 of VAT.
///
/// # Errors
/// As `Unpostable` says.
pub fn payment_settled(
    bill: &Bill,
    (paid, discount): (Money, Option<Money>),
    chart: &Chart,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let postings = || {
        let discount = discount.unwrap_or(Money::zero(paid.currency()));
        let tax = tax_in(discount, bill)?;
        Some(vec![
            debit(
                Root::Liabilities,
                &chart.payables,
                paid.checked_add(discount)?,
            ),
            debit(Root::Assets, &chart.clearing, paid.checked_neg()?),
            debit(
                Root::Income,
                &chart.discount,
                discount.checked_sub(tax)?.checked_neg()?,
            ),
            debit(Root::Assets, &chart.input_vat, tax.checked_neg()?),
        ])
    };
    let text = format!("paid {}", bill.number.as_deref().unwrap_or_default());
    balanced(postings(), text, occasion)
}

fn tax_in(discount: Money, bill: &Bill) -> Option<Money> {
    let none = Money::zero(discount.currency());
    let Some((tax, gross)) = bill.tax.zip(bill.gross.filter(|gross| !gross.is_zero())) else {
        return Some(none);
    };
    let share: Decimal = tax.to_decimal().checked_div(gross.to_decimal())?;
    Money::rounded(
        discount.to_decimal().checked_mul(share)?,
        discount.currency(),
    )
}

/// An invoice of ours.
///
/// # Errors
/// As `Unpostable` says.
pub fn invoice_issued(
    invoice: &CustomerInvoice,
    chart: &Chart,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let moved = (
        (Root::Assets, chart.receivables.as_str()),
        (Root::Income, chart.revenue.as_str()),
    );
    between(moved, invoice.gross, invoice.number.clone(), occasion)
}

/// A line of the bank's statement.
///
/// # Errors
/// As `Unpostable` says.
pub fn bank_booked(
    entry: &BankEntry,
    chart: &Chart,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let moved = (
        (Root::Assets, chart.bank.as_str()),
        (Root::Assets, chart.clearing.as_str()),
    );
    between(
        moved,
        entry.amount,
        entry.remittance_information.clone(),
        occasion,
    )
}

/// Cash applied to an invoice; negative when that is taken back.
///
/// # Errors
/// As `Unpostable` says.
pub fn cash_applied(
    applied: &CashApplication,
    number: &str,
    chart: &Chart,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let moved = (
        (Root::Assets, chart.clearing.as_str()),
        (Root::Assets, chart.receivables.as_str()),
    );
    between(
        moved,
        applied.amount,
        format!("applied to {number}"),
        occasion,
    )
}

/// What a customer need not pay of an invoice; negative when that is taken back.
///
/// # Errors
/// As `Unpostable` says.
pub fn taken_off(
    deduction: &Deduction,
    number: &str,
    chart: &Chart,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let into = match deduction.code {
        DeductionCode::Discount | DeductionCode::UnearnedDiscount => {
            (Root::Income, chart.discount_allowed.as_str())
        }
        DeductionCode::BankCharges => (Root::Expenses, chart.bank_charges.as_str()),
        DeductionCode::Price
        | DeductionCode::Quantity
        | DeductionCode::Return
        | DeductionCode::Damage
        | DeductionCode::Freight
        | DeductionCode::Tax
        | DeductionCode::Withholding
        | DeductionCode::Rebate
        | DeductionCode::DuplicateBill
        | DeductionCode::NoReceipt
        | DeductionCode::Advertising
        | DeductionCode::Claim
        | DeductionCode::Netted
        | DeductionCode::Exchange
        | DeductionCode::Other => (Root::Expenses, chart.deductions.as_str()),
    };
    let moved = (into, (Root::Assets, chart.receivables.as_str()));
    let text = format!("{} off {number}", deduction.code);
    between(moved, deduction.amount, text, occasion)
}

fn between(
    ((to, into), (from, out_of)): ((Root, &str), (Root, &str)),
    amount: Money,
    text: String,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let out = amount.checked_neg();
    let postings = out.map(|out| vec![debit(to, into, amount), debit(from, out_of, out)]);
    balanced(postings, text, occasion)
}

fn debit(root: Root, name: &str, amount: Money) -> Posting {
    Posting {
        account: Account {
            root,
            name: name.to_owned(),
        },
        amount,
    }
}

/// The entry, when its postings come to nothing; those of nothing are left out.
fn balanced(
    postings: Option<Vec<Posting>>,
    text: String,
    occasion: Occasion,
) -> Result<Entry, Unpostable> {
    let Occasion {
        date,
        reference,
        party,
    } = occasion;
    let postings = postings.unwrap_or_default();
    let sum = Money::sum(postings.iter().map(|one| one.amount));
    if !sum.is_some_and(|sum| sum.is_zero()) {
        return Err(Unpostable { reference });
    }
    let some = postings.into_iter().filter(|one| !one.amount.is_zero());
    Ok(Entry {
        date,
        reference,
        party,
        text,
        postings: some.collect(),
    })
}

#[cfg(test)]
mod tests;
