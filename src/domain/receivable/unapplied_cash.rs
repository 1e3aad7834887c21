//! Money that came and is applied to nothing, as far as it may be a customer's: whoever may have paid is not reminded.

use std::collections::HashSet;

use super::cash_decision::concerns;
use super::payer::name_key;
use super::{Customer, OpenInvoice};
use crate::basics::bank_account::Iban;
use crate::domain::bank::Credit;

/// The credits of which something is left, by what may name their payers.
#[derive(Clone, Debug, Default)]
pub struct UnappliedCash {
    accounts: HashSet<Iban>,
    names: HashSet<String>,
    credits: Vec<Credit>,
}

impl UnappliedCash {
    /// Of these credits.
    pub fn of(credits: Vec<Credit>) -> Self {
        let entries = credits.iter().map(|credit| &credit.entry);
        let accounts = entries
            .clone()
            .filter_map(|entry| Iban::parse(entry.counterparty_iban.as_deref()?))
            .collect();
        let names = entries.map(|entry| name_key(&entry.counterparty_name));
        let names = names.filter(|name| !name.is_empty()).collect();
        Self {
            accounts,
            names,
            credits,
        }
    }

    /// Came any of it from an account of the customer, under its name, or for one of these invoices of it, whoever paid? That it may
    /// also be another's does not matter: a reminder can wait.
    pub fn may_be_of(&self, customer: &Customer, invoices: &[OpenInvoice]) -> bool {
        let by_account = customer
            .ibans
            .iter()
            .any(|iban| self.accounts.contains(iban));
        by_account
            || self.names.contains(&name_key(&customer.name))
            || self.credits.iter().any(|credit| concerns(credit, invoices))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::receivable::samples::{credit, customer, invoice};

    #[test]
    fn money_may_be_of_whose_account_name_or_invoice_it_names() {
        let (ours, other) = (customer("1"), customer("2"));
        let invoices = [invoice("MR-2026-1001", "1", 10_000)];
        let may_be = |credit| UnappliedCash::of(vec![credit]).may_be_of(&ours, &invoices);
        assert!(may_be(credit(500, Some(&ours), "thank you")));
        assert!(!may_be(credit(500, Some(&other), "thank you")));
        let by_parent = credit(500, Some(&other), "for MR-2026-1001");
        assert!(may_be(by_parent));
        let mut by_name = credit(500, None, "thank you");
        by_name.entry.counterparty_name = ours.name.to_uppercase();
        assert!(may_be(by_name));
        let mut nameless = credit(500, None, "thank you");
        nameless.entry.counterparty_name = String::new();
        assert!(!may_be(nameless));
    }
}
