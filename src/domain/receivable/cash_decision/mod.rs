//! To which invoices the money of a bank credit goes. Only money the bank reports is ever applied; what no method is sure
//! of stays where it is and a person is asked.

mod by_reference;
mod by_remittance;
mod by_number;
mod by_hand;
mod proposal;
pub mod returned;
mod shortfall;

pub use by_hand::{Wanted, by_hand, take_back};
pub use by_remittance::explained;
pub use proposal::{Proposal, propose};
pub use shortfall::{CashPolicy, WrittenOff};

use super::deduction::{DeductionCode, Ground};
use super::matching::{Mentions, is_named, mentions};
use super::payer::{Payer, PayerEvidence, identify};
use super::{CashApplication, Customer, Deduction, OpenInvoice, Remittance};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{CustomerId, CustomerInvoiceId, RemittanceId};
use crate::basics::money::Money;
use crate::domain::bank::Credit;
use crate::domain::document::Confidence;
use crate::words;

words! {
    /// How the money found its invoices, surest first.
    pub enum CashMethod {
        /// The payment references we issued, and what is open on their invoices is what came.
        Reference = "payment reference",
        /// A remittance whose lines add up to what came.
        Remittance = "remittance",
        /// The invoice numbers as we wrote them, and what is open on them is what came.
        ExactNumbers = "exact numbers",
        /// The invoice numbers as people type them, from an account of the customer.
        NormalisedNumbers = "normalised numbers",
        /// One invoice is named, and what is missing is a discount, the charges of banks, or too small to be asked for.
        ExplainedShortfall = "explained shortfall",
        /// One payment reference we issued, but another amount.
        ReferenceOtherAmount = "payment reference, other amount",
        /// What is open on these invoices is what came, and on no others of the payer; proposed, and accepted by a person.
        OnlySum = "only sum",
        /// A person said so.
        Person = "a person",
    }
}

impl CashMethod {
    /// How sure it is, from the table of methods of the design (DOMAIN 6.1, rows 1 to 6 and 8).
    pub const fn confidence(self) -> Confidence {
        Confidence::per_mille(match self {
            Self::Reference => 1000,
            Self::Remittance => 980,
            Self::ExactNumbers => 970,
            Self::NormalisedNumbers => 930,
            Self::ExplainedShortfall => 920,
            Self::ReferenceOtherAmount => 900,
            Self::OnlySum => 800,
            Self::Person => 1000,
        })
    }
}

/// Money for one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// The invoice.
    pub invoice: CustomerInvoiceId,
    /// How much of the credit.
    pub amount: Money,
}

/// What the payer kept of an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withheld {
    /// The invoice.
    pub invoice: CustomerInvoiceId,
    /// How much.
    pub amount: Money,
    /// Why, as it seems.
    pub code: DeductionCode,
    /// What allows it; without one a person decides, and until then it is owed.
    pub ground: Option<Ground>,
    /// In words.
    pub why: String,
}

/// Where the money of a credit goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// By which method.
    pub method: CashMethod,
    /// What was seen, for the person who checks it later.
    pub evidence: String,
    /// What goes where; never empty.
    pub allocations: Vec<Allocation>,
    /// What the payer kept, as far as that explains itself.
    pub withheld: Vec<Withheld>,
    /// The remittance whose money this is.
    pub remittance: Option<RemittanceId>,
    /// What a person has to settle beside it: too little or too much came.
    pub difference: Option<String>,
}

impl Settlement {
    /// How the entries say they were matched: method and confidence.
    pub fn how(&self) -> String {
        let per_mille = self.method.confidence().as_per_mille();
        format!("{} (0.{per_mille:03})", self.method).replace("0.1000", "1.000")
    }

    /// The entries to book: one for each invoice, named by credit and invoice so that a repeat meets the first. `before` are those of
    /// the credit so far: what a person applies once more is another entry.
    pub fn entries(
        &self,
        credit: &Credit,
        before: &[CashApplication],
        now: Timestamp,
    ) -> Vec<CashApplication> {
        let entry = |allocation: &Allocation| CashApplication {
            id: CashApplication::id_after(before, credit.entry.id, allocation.invoice),
            invoice: allocation.invoice,
            bank_entry: credit.entry.id,
            remittance: self.remittance,
            amount: allocation.amount,
            how: self.how(),
            at: now,
            reverses: None,
        };
        self.allocations.iter().map(entry).collect()
    }
}

impl Withheld {
    /// The entry, where something allows it; `before` are those off the invoice so far.
    pub fn entry(
        &self,
        credit: &Credit,
        customer: CustomerId,
        before: &[Deduction],
        now: Timestamp,
    ) -> Option<Deduction> {
        Some(Deduction {
            id: Deduction::id_after(before, self.invoice),
            invoice: self.invoice,
            customer,
            bank_entry: Some(credit.entry.id),
            code: self.code,
            ground: self.ground?,
            amount: self.amount,
            why: self.why.clone(),
            at: now,
            reverses: None,
        })
    }
}

/// Why money must not be applied so by the program: a person took it back from one of these invoices.
pub fn was_taken_back(
    settlement: &Settlement,
    before: &[CashApplication],
    invoices: &[OpenInvoice],
) -> Option<String> {
    let is_paid_by_it = |invoice| {
        settlement
            .allocations
            .iter()
            .any(|one| one.invoice == invoice)
    };
    let mut back = before.iter().filter(|one| one.reverses.is_some());
    let back = back.find(|one| is_paid_by_it(one.invoice))?;
    let open = invoices
        .iter()
        .find(|open| open.invoice.id == back.invoice)?;
    let number = &open.invoice.number;
    Some(format!(
        "{} would apply it to {number}, from which a person took it back",
        settlement.method
    ))
}

/// What to do with a credit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Apply it.
    Settle(Settlement),
    /// Ask a person; what was seen, one sentence each.
    Unidentified(Vec<String>),
    /// Nothing of it is left.
    Nothing,
}

/// What the decision is made from.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// Our customers.
    pub customers: &'a [Customer],
    /// The open invoices.
    pub invoices: &'a [OpenInvoice],
    /// Invoices of the numbers in the credit's text of which nothing is open any more.
    pub paid: &'a [OpenInvoice],
    /// The remittances that wait for their money, and those a person has to look at.
    pub remittances: &'a [Remittance],
    /// What the company lets go.
    pub policy: &'a CashPolicy,
    /// What it let go this month.
    pub written_off: &'a WrittenOff,
}

/// What every method looks at.
struct Case<'a> {
    credit: &'a Credit,
    books: Books<'a>,
    payer: Payer,
    named: Mentions<'a>,
}

/// What a method says.
enum Verdict {
    Fits(Settlement),
    Odd(String),
    Silent,
}

/// Tries the methods, surest first; the first that is sure decides. What the others found odd is told to the person.
pub fn decide(credit: &Credit, books: Books<'_>) -> Decision {
    if !credit.is_open() {
        return Decision::Nothing;
    }
    let case = Case::of(credit, books);
    let methods = [
        by_reference::settle,
        by_remittance::settle,
        by_number::settle_exact,
        by_number::settle_normalised,
        shortfall::settle,
        by_reference::settle_other_amount,
    ];
    let mut seen = Vec::new();
    for method in methods {
        match method(&case) {
            Verdict::Fits(settlement) => match objection(&settlement, &case) {
                None => {
                    let settlement = by_remittance::claimed_by(settlement, &case);
                    return Decision::Settle(shortfall::with_discounts(settlement, &case));
                }
                Some(objection) => seen.push(objection),
            },
            Verdict::Odd(odd) => seen.push(odd),
            Verdict::Silent => {}
        }
    }
    if seen.is_empty() {
        seen.push(case.nothing_found());
    }
    seen.dedup();
    Decision::Unidentified(seen)
}

/// Who sent the money.
pub fn payer_of(credit: &Credit, customers: &[Customer]) -> Payer {
    let evidence = PayerEvidence {
        iban: credit.entry.counterparty_iban.clone(),
        name: Some(credit.entry.counterparty_name.clone()),
        ..PayerEvidence::default()
    };
    identify(&evidence, customers)
}

/// The credit that pays `remittance`, and how. Of several that would, the oldest: they are alike in amount and payer.
pub fn money_for<'a>(
    remittance: &Remittance,
    credits: &'a [Credit],
    books: Books<'_>,
) -> Option<(&'a Credit, Settlement)> {
    // What it lists is never more than what came: most credits are ruled out without a look at every invoice.
    let listed = Money::sum(remittance.lines.iter().map(|line| line.amount));
    let covers = |credit: &&Credit| {
        let rest = listed.and_then(|listed| credit.remaining.checked_sub(listed));
        rest.is_some_and(|rest| !rest.is_negative())
    };
    let paying = credits
        .iter()
        .filter(covers)
        .filter_map(|credit| match decide(credit, books) {
            Decision::Settle(s) if s.remittance == Some(remittance.id) => Some((credit, s)),
            Decision::Settle(_) | Decision::Unidentified(_) | Decision::Nothing => None,
        });
    paying.min_by_key(|(credit, _)| (credit.entry.booking_date, credit.entry.id))
}

/// Might this credit pay one of these invoices? It quotes a reference or number of theirs.
pub fn concerns(credit: &Credit, invoices: &[OpenInvoice]) -> bool {
    let named = mentions(&credit.entry.remittance_information, invoices);
    !named.by_reference.is_empty() || !named.normalised.is_empty()
}

/// Might this remittance have kept the credit from the invoices it names? It is over the same amount, or speaks of them.
pub fn may_have_kept(remittance: &Remittance, named: &[OpenInvoice], credit: &Credit) -> bool {
    remittance.total == Some(credit.remaining) || concerns(credit, named)
}

/// The last look at every settlement, whatever method it is from: nothing twice, nothing beyond what is open or came,
/// nothing on a disputed invoice.
fn objection(settlement: &Settlement, case: &Case<'_>) -> Option<String> {
    let total = Money::sum(settlement.allocations.iter().map(|a| a.amount));
    let remaining = case.credit.remaining;
    let covered = total.and_then(|total| remaining.checked_sub(total));
    if covered.is_none_or(|rest| rest.is_negative()) {
        return Some(format!(
            "more would be applied than the {remaining} that came"
        ));
    }
    let mut seen: Vec<CustomerInvoiceId> = Vec::new();
    for allocation in &settlement.allocations {
        let Some(open) = case.invoice(allocation.invoice) else {
            return Some("an invoice it would pay is not open any more".to_owned());
        };
        let number = &open.invoice.number;
        let withheld = settlement.withheld.iter();
        let withheld = withheld.filter(|one| one.invoice == allocation.invoice);
        let taken = Money::sum(withheld.map(|one| one.amount).chain([allocation.amount]));
        let rest = taken.and_then(|taken| open.balance.checked_sub(taken));
        if seen.contains(&allocation.invoice) || !allocation.amount.is_positive() {
            return Some(format!("{number} would be paid twice, or by nothing"));
        }
        if rest.is_none_or(|rest| rest.is_negative()) {
            return Some(format!("more would be applied to {number} than is open"));
        }
        if let Some(reason) = &open.invoice.disputed {
            return Some(format!("{number} is disputed: {reason}"));
        }
        seen.push(allocation.invoice);
    }
    None
}

impl<'a> Case<'a> {
    fn of(credit: &'a Credit, books: Books<'a>) -> Self {
        Self {
            credit,
            books,
            payer: payer_of(credit, books.customers),
            named: mentions(&credit.entry.remittance_information, books.invoices),
        }
    }

    fn invoice(&self, id: CustomerInvoiceId) -> Option<&'a OpenInvoice> {
        self.books.invoices.iter().find(|i| i.invoice.id == id)
    }

    fn nothing_found(&self) -> String {
        let text = &self.credit.entry.remittance_information;
        let mut paid = self.books.paid.iter();
        if let Some(paid) = paid.find(|open| !open.is_open() && is_named(text, &open.invoice)) {
            return format!(
                "it names {}, which is paid already: the payer may have paid twice",
                paid.invoice.number
            );
        }
        let customer = self.payer.customer();
        match customer.and_then(|id| self.books.customers.iter().find(|c| c.id == id)) {
            Some(customer) => format!(
                "it comes from customer {} {} but names no invoice, and no remittance explains it",
                customer.number, customer.name
            ),
            None => "it names no open invoice, and its payer is none of our customers".to_owned(),
        }
    }
}

/// All of what is open on these invoices, when it is exactly `money`.
fn in_full(invoices: &[&OpenInvoice], money: Money) -> Option<Vec<Allocation>> {
    let open = Money::sum(invoices.iter().map(|i| i.balance));
    let whole = |i: &&OpenInvoice| Allocation {
        invoice: i.invoice.id,
        amount: i.balance,
    };
    (open == Some(money)).then(|| invoices.iter().map(whole).collect())
}

/// The numbers of invoices, for people.
fn numbers(invoices: &[&OpenInvoice]) -> String {
    let numbers: Vec<&str> = invoices.iter().map(|i| i.invoice.number.as_str()).collect();
    numbers.join(", ")
}

#[cfg(test)]
mod tests;
