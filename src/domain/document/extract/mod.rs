//! What a document says: totals, dates, numbers and parties, each with its evidence.

pub mod amounts;
pub mod dates;
pub mod identifiers;
pub mod party;
pub mod lines;
pub mod e_invoice;
pub mod trade_document;
pub mod bill;
pub mod remittance;
pub mod payment_code;
