//! An account that somebody says is a supplier's, on its way into what we know of it: a mail only proposes it, one person calls
//! the supplier, another confirms, and some days pass before it is paid.

use super::Supplier;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Timestamp, add_days, days_between, target_day_on_or_after};
use crate::basics::ids::{BillId, SupplierAccountId, SupplierId};
use crate::basics::words::Refused;
use crate::domain::audit::ChainedEvent;
use crate::words;

words! {
    /// Where the account stands.
    pub enum AccountState {
        /// Somebody or something named it. It pays nothing.
        Proposed = "proposed",
        /// One person called the supplier and was read the same account.
        Verified = "verified",
        /// Another person confirmed it; it pays from a day on.
        CoolingOff = "cooling_off",
        /// It is among the accounts we know of the supplier, and is paid.
        Active = "active",
        /// It was, and is not any more.
        Retired = "retired",
        /// It is not the supplier's.
        Refused = "refused",
        /// Somebody tries to have our money sent there.
        FraudSuspected = "fraud_suspected",
    }
}

words! {
    /// What happens to the account.
    pub enum AccountEvent {
        /// It is named anew, by a person.
        Propose = "proposed",
        /// The supplier read it out on the phone.
        Verify = "verified",
        /// A second person agrees.
        Confirm = "confirmed",
        /// Its day has come, or an import brought it with the supplier.
        Activate = "activated",
        /// It is paid no more.
        Retire = "retired",
        /// It is not the supplier's.
        Refuse = "refused",
        /// It is, and somebody meant harm.
        Suspect = "suspected",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: AccountState, event: AccountEvent) -> Result<AccountState, Refused> {
    use AccountEvent::{Activate, Confirm, Propose, Refuse, Retire, Suspect, Verify};
    let refused = Err(Refused {
        machine: "supplier account",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        AccountState::Proposed => match event {
            Verify => Ok(AccountState::Verified),
            Activate => Ok(AccountState::Active),
            Refuse => Ok(AccountState::Refused),
            Suspect => Ok(AccountState::FraudSuspected),
            Propose | Confirm | Retire => refused,
        },
        AccountState::Verified => match event {
            Confirm => Ok(AccountState::CoolingOff),
            Activate => Ok(AccountState::Active),
            Refuse => Ok(AccountState::Refused),
            Suspect => Ok(AccountState::FraudSuspected),
            Propose | Verify | Retire => refused,
        },
        AccountState::CoolingOff => match event {
            Activate => Ok(AccountState::Active),
            Refuse => Ok(AccountState::Refused),
            Suspect => Ok(AccountState::FraudSuspected),
            Propose | Verify | Confirm | Retire => refused,
        },
        AccountState::Active => match event {
            Retire => Ok(AccountState::Retired),
            Suspect => Ok(AccountState::FraudSuspected),
            Propose | Verify | Confirm | Activate | Refuse => refused,
        },
        AccountState::Retired | AccountState::Refused => match event {
            Propose => Ok(AccountState::Proposed),
            Activate => Ok(AccountState::Active),
            Suspect => Ok(AccountState::FraudSuspected),
            Verify | Confirm | Retire | Refuse => refused,
        },
        // Not even an import brings it back: a person has to take the suspicion away first.
        AccountState::FraudSuspected => match event {
            Propose => Ok(AccountState::Proposed),
            Verify | Confirm | Activate | Retire | Refuse | Suspect => refused,
        },
    }
}

/// A call to the supplier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallBack {
    /// Who called.
    pub by: String,
    /// When it was taken down.
    pub at: Timestamp,
    /// The number that was called.
    pub number: String,
    /// Where the number was known from.
    pub number_from: String,
    /// Who answered.
    pub spoke_with: String,
}

/// One account of one supplier, and how we came to know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupplierAccount {
    /// Derived from supplier and account.
    pub id: SupplierAccountId,
    /// Whose it is said to be.
    pub supplier: SupplierId,
    /// The account.
    pub iban: Iban,
    /// Where it stands.
    pub state: AccountState,
    /// Who named it: a person, or a step for the bill that prints it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// The bill that prints it, where one did.
    pub bill: Option<BillId>,
    /// The call in which the supplier read it out.
    pub call: Option<CallBack>,
    /// Who agreed after that, and when.
    pub confirmed: Option<(String, Timestamp)>,
    /// The first day on which it is paid.
    pub pays_from: Option<Date>,
    /// 0 before it is stored.
    pub version: u64,
}

impl SupplierAccount {
    /// The id of what is known of this account of this supplier.
    pub fn id_of(supplier: SupplierId, iban: &Iban) -> SupplierAccountId {
        SupplierAccountId::derive(&[&supplier.to_string(), iban.as_str()])
    }

    /// A new one.
    pub fn proposed(
        (supplier, iban): (SupplierId, Iban),
        (by, at): (&str, Timestamp),
        bill: Option<BillId>,
    ) -> Self {
        Self {
            id: Self::id_of(supplier, &iban),
            supplier,
            iban,
            state: AccountState::Proposed,
            proposed_by: by.to_owned(),
            proposed_at: at,
            bill,
            call: None,
            confirmed: None,
            pays_from: None,
            version: 0,
        }
    }

    /// Named again by a person: whatever was said of it before counts no more.
    ///
    /// # Errors
    /// It is under way or known.
    pub fn proposed_again(&self, (by, at): (&str, Timestamp)) -> Result<Self, Refused> {
        let state = next(self.state, AccountEvent::Propose)?;
        Ok(Self {
            state,
            version: self.version,
            ..Self::proposed((self.supplier, self.iban.clone()), (by, at), self.bill)
        })
    }
}

/// A number that came into the books with the request would be the swindler's own: so many days it must have been there.
pub const PHONE_KNOWN_DAYS: i32 = 30;

/// Since when the books have the supplier's number, by what the trail tells of it.
pub fn phone_since(trail: &[ChainedEvent], phone: &str) -> Option<Timestamp> {
    let mut told = trail.iter().map(|entry| &entry.event).filter_map(|event| {
        let mut facts = event.facts.iter();
        let (_, value) = facts.find(|(name, _)| name == "phone")?;
        Some((event.at, value.clone()))
    });
    told.next_back()
        .filter(|(_, value)| value == phone || value.ends_with(&format!("-> {phone}")))
        .map(|(at, _)| at)
}

/// Whether this number may be called: the one the books have had for a while, where they have one; else any whose source is named.
///
/// # Errors
/// Why not, and what to do.
pub fn may_be_called(
    supplier: &Supplier,
    known_since: Option<Date>,
    (number, from): (&str, &str),
    today: Date,
) -> Result<(), String> {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    if digits(number).len() < 5 {
        return Err(format!("{number:?} is no telephone number"));
    }
    let known = supplier.phone.as_deref().filter(|_| {
        known_since.is_some_and(|since| days_between(since, today) >= PHONE_KNOWN_DAYS)
    });
    match known {
        Some(known) if digits(known) == digits(number) => Ok(()),
        Some(known) => Err(format!(
            "the number of supplier {} is {known}, and has been for {PHONE_KNOWN_DAYS} days: call that one",
            supplier.number
        )),
        None if from.chars().any(char::is_alphanumeric) => Ok(()),
        None => Err(format!(
            "supplier {} has no number that was known for {PHONE_KNOWN_DAYS} days: name by --from where this one is from \
             (a contract, a public register; never the mail or the bill that names the account)",
            supplier.number
        )),
    }
}

/// The first day on which an account confirmed today is paid: after so many days on which banks work.
pub fn pays_from(today: Date, cooling_off_days: u16) -> Date {
    let next = |day| target_day_on_or_after(add_days(day, 1));
    (0..cooling_off_days).fold(today, |day, _| next(day))
}

#[cfg(test)]
mod tests;
