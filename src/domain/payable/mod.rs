//! Accounts payable: what suppliers ask us to pay.

pub mod state;
pub mod payment_state;
pub mod supplier;
pub mod supplier_account;
pub mod coding;
pub mod bill;
pub mod bill_line;
pub mod order;
pub mod terms;
pub mod identify;
pub mod locked_file;
pub mod draft;
pub mod checks;
pub mod review;
pub mod decide;
pub mod taught;
pub mod coding_memory;
pub mod proposed;
pub mod clearing;
pub mod payment;
pub mod discount;
pub mod payment_run;
pub mod schedule;
#[cfg(test)]
pub(crate) mod test_world;

pub use bill::{Bill, BillKind, NumberKey};
pub use bill_line::BillLine;
pub use checks::duplicate::Rival;
pub use checks::{CHECKS, Check};
pub use coding::{Coding, CodingSource, LineCoding};
pub use coding_memory::CodingMemory;
pub use order::{GoodsReceipt, OrderLine};
pub use payment::{BOOKED_ON, Payment};
pub use payment_run::{PaymentRun, PaymentRunEvent, PaymentRunState};
pub use payment_state::{PaymentEvent, PaymentState};
pub use review::{Outcome, Review, ReviewFacts, review};
pub use state::{BillEvent, BillState};
pub use supplier::Supplier;
pub use supplier_account::{AccountEvent, AccountState, SupplierAccount};

use crate::words;

words! {
    /// How much a finding weighs.
    pub enum Severity {
        /// Shown to the approver.
        Note = "note",
        /// The bill may be approved, its payment waits.
        BlocksPayment = "blocks_payment",
        /// A person has to look before anybody is asked to approve.
        Hold = "hold",
    }
}

/// What a check saw. Data, not an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable: `arithmetic.br_co_15`, `duplicate.exact_number`, ….
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What was seen, with the values.
    pub evidence: String,
}
