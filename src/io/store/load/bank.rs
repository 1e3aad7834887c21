//! Bank entries and what is left of them.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::{Cursor, Loaded, Row, Table, selected};
use super::select::{common, selects};
use crate::basics::ids::BankEntryId;
use crate::basics::money::Money;
use crate::domain::bank::{BankData, BankEntry, Credit};

common!(BankEntry, "bank entry": bank_entry(BankEntryId), list_bank_entries, find_bank_entries);

selects! {
    ONE: Credit = "WHERE t.id = $1";
    UNAPPLIED: Credit = "WHERE t.amount > CAST(COALESCE((SELECT SUM(a.amount)
        FROM cash_applications a WHERE a.bank_entry = t.id), 0) AS BIGINT) AND t.amount > 0
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.end_to_end_id = t.end_to_end_id)
        AND (NOT EXISTS (SELECT 1 FROM exceptions e WHERE e.subject_id = t.id
                AND e.code = 'cash_unidentified' AND e.state = 'resolved')
            OR EXISTS (SELECT 1 FROM exceptions e WHERE e.subject_id = t.id
                AND e.code = 'cash_unidentified' AND e.state = 'open'))
        ORDER BY t.booking_date, t.sequence, t.id";
    OF_AMOUNT: BankEntry = "WHERE t.amount = $1 AND t.amount_currency = $2
        ORDER BY t.booking_date DESC, t.id LIMIT 100";
    DATA: BankData = "ORDER BY t.account";
}

impl Loaded for Credit {
    const OF: &'static Table = BankEntry::TABLE;

    fn select() -> String {
        format!(
            "SELECT {}, CAST(t.amount - COALESCE((SELECT SUM(a.amount) FROM cash_applications a
                WHERE a.bank_entry = t.id), 0) AS BIGINT) FROM bank_entries t",
            selected(Self::OF)
        )
    }

    fn load(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        let entry = BankEntry::read(from)?;
        let remaining = Money::from_minor(from.int()?, entry.amount.currency());
        Ok(Self { entry, remaining })
    }
}

impl Store {
    /// Up to which day the bank told us, by account.
    ///
    /// # Errors
    /// What the database said.
    pub async fn bank_data(&self) -> Result<Vec<BankData>, StoreError> {
        self.all(&DATA, &[]).await
    }

    /// The newest entries of exactly this amount.
    ///
    /// # Errors
    /// What the database said.
    pub async fn bank_entries_of(&self, amount: Money) -> Result<Vec<BankEntry>, StoreError> {
        let currency = amount.currency().to_string();
        self.all(&OF_AMOUNT, &[amount.minor().into(), currency.into()])
            .await
    }

    /// A bank entry with what of it is not applied yet.
    ///
    /// # Errors
    /// What the database said.
    pub async fn credit(&self, id: BankEntryId) -> Result<Option<Credit>, StoreError> {
        self.first(&ONE, &[id.to_string().into()]).await
    }

    /// Credits of which something is not applied to an invoice yet, oldest first. Those are left out whose work items a person
    /// has closed, and payments of ours that came back: card takings and tax refunds pay no invoice, and are not looked at with every import for ever.
    ///
    /// # Errors
    /// What the database said.
    pub async fn unapplied_bank_entries(&self) -> Result<Vec<Credit>, StoreError> {
        self.all(&UNAPPLIED, &[]).await
    }
}
