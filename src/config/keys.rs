//! Every key of the configuration file: its default, an example and one sentence. The one source of the annotated sample,
//! of docs/CONFIG.md and of the examples in error messages.

mod bucket;
mod doc;
mod office;
mod mail;
mod oauth;
mod money;
mod payments;
mod reading;

pub use doc::{KeyDoc, SectionDoc};

/// The whole file, table by table.
pub const SECTIONS: &[SectionDoc] = &[
    office::COMPANY,
    office::STORAGE,
    bucket::BUCKET,
    mail::MAILBOX,
    mail::OUTGOING,
    mail::DKIM,
    oauth::OAUTH,
    money::APPROVER,
    money::APPROVAL_RULE,
    money::APPROVAL,
    money::ORDERS,
    money::LEDGER,
    mail::AUTHENTICITY,
    office::OWNERS,
    money::CASH,
    payments::PAYMENTS,
    payments::PAYMENT_ACCOUNT,
    money::REMINDERS,
    reading::SUPPLIER_PASSWORD,
    reading::MODEL,
    office::MONITOR,
    office::LOG,
];

/// The documentation of one key; the code asks only for keys that are in the table.
pub fn key(section: &str, name: &str) -> Option<&'static KeyDoc> {
    let section = SECTIONS.iter().find(|s| s.name == section)?;
    section.keys.iter().find(|k| k.name == name)
}
