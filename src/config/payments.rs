//! `[payments]` and `[[payment_account]]`: from which accounts bills are paid, and what a payment run keeps to. Amounts are
//! euros: what is written are SEPA credit transfers.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use toml::{Table, Value};

use super::read::{Problems, Section, flag, list, number, parsed, text};
use super::values::{account_number, amount, path_in, short_name};
use crate::basics::bank_account::{Bic, Iban};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::payable::payment_run::candidate::RunPolicy;

/// Both tables.
#[derive(Clone, Debug)]
pub struct Payments {
    /// What a run keeps to.
    pub policy: RunPolicy,
    /// The accounts money is paid from; without one there are no runs.
    pub accounts: Vec<PaymentAccount>,
    /// Banking days between a second person's confirmation of a supplier's account and the first payment to it.
    pub account_cooling_off_days: u16,
}

/// `[[payment_account]]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentAccount {
    /// Short name.
    pub name: String,
    /// Whose account it is.
    pub holder: String,
    /// The account.
    pub iban: Iban,
    /// What its bank calls it in statements, where that is not the IBAN.
    pub account_numbers: Vec<String>,
    /// Its bank, where the bank wants to be named.
    pub bic: Option<Bic>,
    /// The bank books each file as one sum.
    pub batch_booking: bool,
    /// What should always stay on it.
    pub floor: Money,
    /// Where files are handed out.
    pub folder: PathBuf,
}

impl Payments {
    /// The account of that name; without a name the only one.
    ///
    /// # Errors
    /// What to do, in words.
    pub fn account(&self, name: Option<&str>) -> Result<&PaymentAccount, String> {
        let names = || {
            let names = self.accounts.iter().map(|one| one.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        match (name, self.accounts.as_slice()) {
            (_, []) => {
                Err("no account to pay from is configured: add a [[payment_account]]".to_owned())
            }
            (None, [only]) => Ok(only),
            (None, _) => Err(format!(
                "several accounts are configured: name one by --account: {}",
                names()
            )),
            (Some(wanted), all) => all
                .iter()
                .find(|one| one.name == wanted)
                .ok_or_else(|| format!("there is no [[payment_account]] {wanted:?}: {}", names())),
        }
    }
}

/// Reads both.
pub fn read(root: &Table, folder: &Path, problems: &Problems, company: &str) -> Payments {
    let s = Section::single(root, "payments", problems);
    let euros = amount(Currency::EUR);
    let policy = RunPolicy {
        currency: Currency::EUR,
        minimum: s.get("minimum", Money::zero(Currency::EUR), &euros),
        hurdle_percent: s.get("hurdle_percent", Decimal::TEN, percent),
        next_run_days: s.get("next_run_days", 1, number(1_u16, 31)),
        horizon_days: s.get("horizon_days", 7, number(0_u16, 366)),
        run_limit: s.optional("run_limit", &euros),
        supplier_limit: s.optional("supplier_limit", &euros),
        must_pay: s.get("must_pay", Vec::new(), list(text)),
    };
    let account_cooling_off_days = s.get("account_cooling_off_days", 3, number(0_u16, 31));
    s.finish();
    let mut accounts = Vec::<PaymentAccount>::new();
    for s in Section::repeated(root, "payment_account", problems) {
        let name = s.optional("name", short_name);
        let taken = |name: &String| accounts.iter().any(|other| other.name == *name);
        if name.as_ref().is_some_and(taken) {
            s.problem("name", "is the name of another account too");
        }
        let iban = s.optional(
            "iban",
            parsed("an IBAN with right check digits", Iban::parse),
        );
        for (key, is_there) in [("name", name.is_some()), ("iban", iban.is_some())] {
            if !is_there {
                s.problem(key, "is missing: an account has a name and an IBAN");
            }
        }
        let account_numbers = s.get("account_numbers", Vec::new(), list(account_number));
        let holder = s.optional("holder", text);
        let bic = s.optional("bic", parsed("a BIC of 8 or 11 characters", Bic::parse));
        let batch_booking = s.get("batch_booking", true, flag);
        let floor = s.get("floor", Money::zero(Currency::EUR), &euros);
        let files = s.get("folder", PathBuf::new(), path_in(folder));
        s.finish();
        if let (Some(name), Some(iban)) = (name, iban) {
            accounts.push(PaymentAccount {
                name,
                holder: holder.unwrap_or_else(|| company.to_owned()),
                iban,
                account_numbers,
                bic,
                batch_booking,
                floor,
                folder: files,
            });
        }
    }
    Payments {
        policy,
        accounts,
        account_cooling_off_days,
    }
}

pub(super) fn percent(value: &Value) -> Result<Decimal, String> {
    let shape = || "must be a percentage in quotes: \"10\" or \"7.5\"".to_owned();
    let percent: Decimal = text(value)
        .map_err(|_| shape())?
        .parse()
        .map_err(|_| shape())?;
    if percent.is_sign_negative() {
        Err("must not be negative".into())
    } else {
        Ok(percent)
    }
}
