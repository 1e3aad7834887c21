//! Payment runs: which planned payments go to the bank together, as a file that a second person releases.

pub mod state;
pub mod candidate;
pub mod cash;
mod choose;
pub mod select;
pub mod group;
pub mod duties;
pub mod still;
pub mod report;

pub use state::{PaymentRunEvent, PaymentRunState};

use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{BillId, ContentHash, PaymentId, PaymentRunId, SupplierId};
use crate::basics::money::Money;

/// Payments that leave together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRun {
    /// Derived from who prepared what when.
    pub id: PaymentRunId,
    /// The name of the account it is paid from, in the configuration.
    pub account: String,
    /// That account, as it was when the file was made.
    pub debtor_iban: Iban,
    /// Who chose it.
    pub prepared_by: String,
    /// When.
    pub prepared_at: Timestamp,
    /// What the bank is told, in the order of the file.
    pub transfers: Vec<Transfer>,
    /// The sum of the transfers.
    pub total: Money,
    /// The file, in the vault: what is released is these bytes and no others.
    pub file: ContentHash,
    /// Who let it go.
    pub released_by: Option<String>,
    /// Where it stands.
    pub state: PaymentRunState,
    /// 0 before it is stored.
    pub version: u64,
}

/// One credit transfer: one sum to one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// EndToEndId of ISO 20022: by it the bank's report names the transfer. Never used twice.
    pub end_to_end_id: String,
    /// Who is paid.
    pub supplier: SupplierId,
    /// The name in our books, which banks compare with the account's.
    pub creditor_name: String,
    /// The account that is paid.
    pub creditor_iban: Iban,
    /// What is paid: its lines' sum.
    pub amount: Money,
    /// The day the bank takes it from our account.
    pub execution_date: Date,
    /// What the supplier is told.
    pub remittance: RemittanceText,
    /// What it pays.
    pub lines: Vec<TransferLine>,
}

/// What the supplier is told with the money.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RemittanceText {
    /// The creditor reference (ISO 11649) the bill asks to be quoted.
    CreditorReference(String),
    /// The numbers of the bills.
    Unstructured(String),
}

/// One payment in a transfer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferLine {
    /// The payment.
    pub payment: PaymentId,
    /// Its bill.
    pub bill: BillId,
    /// The bill's number, for people.
    pub invoice_number: String,
    /// What of the transfer is for it; negative for a credit note that is set off.
    pub amount: Money,
    /// What was taken off for paying early.
    pub discount: Option<Money>,
}

impl PaymentRun {
    /// Somebody released it: its file may be with the bank.
    pub fn has_left(&self) -> bool {
        match self.state {
            PaymentRunState::Released | PaymentRunState::Exported => true,
            PaymentRunState::Proposed | PaymentRunState::Withdrawn => false,
        }
    }

    /// The id of the run that this person prepares now from these payments.
    pub fn id_of(
        account: &str,
        by: &str,
        at: Timestamp,
        payments: impl Iterator<Item = PaymentId>,
    ) -> PaymentRunId {
        let at = at.as_millisecond().to_string();
        let mut parts = vec![account.to_owned(), by.to_owned(), at];
        parts.extend(payments.map(|id| id.to_string()));
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        PaymentRunId::derive(&parts)
    }

    /// GrpHdr/MsgId of its file, 34 characters: as unique as the id it spells.
    pub fn message_id(&self) -> String {
        message_id(self.id)
    }

    /// What the payments of its transfers are, one after the other.
    pub fn lines(&self) -> impl Iterator<Item = (&Transfer, &TransferLine)> {
        let of = |transfer| move |line| (transfer, line);
        let transfers = self.transfers.iter();
        transfers.flat_map(move |transfer| transfer.lines.iter().map(of(transfer)))
    }
}

fn message_id(id: PaymentRunId) -> String {
    format!("CH{}", id.to_string().replace('-', ""))
}

/// The EndToEndId of the transfer with this place in the run, counted from 1: at most 35 characters, and a person can see
/// which run it is of.
pub fn end_to_end_id(run: PaymentRunId, place: usize) -> String {
    let digits: String = message_id(run).chars().take(26).collect();
    format!("{digits}-{place:05}")
}
