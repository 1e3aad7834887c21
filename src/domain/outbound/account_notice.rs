//! The mail to a supplier whose account changes: to the address the books had before, never to whoever named the account.

use super::approval_mail::ApprovalDesk;
use super::facts::AccountNoticeFacts;
use super::{Letter, OutboundMessage, Purpose};
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::OutboundId;
use crate::domain::payable::{Supplier, SupplierAccount};

/// How the Message-ID of such a mail begins.
const KIND: &str = "account";

/// What the supplier is told.
pub fn account_notice_facts(
    desk: &ApprovalDesk,
    (account, supplier): (&SupplierAccount, &Supplier),
    pays_from: Date,
) -> AccountNoticeFacts {
    AccountNoticeFacts {
        company: desk.company_name.clone(),
        supplier_name: supplier.name.clone(),
        ending: account.iban.last_four().to_owned(),
        pays_from,
        contact: desk.contact.clone(),
    }
}

/// The mail; one for each confirmation. `None` where the books have no address of the supplier, or a domain no Message-ID can hold.
pub fn account_notice_mail(
    desk: &ApprovalDesk,
    (account, supplier): (&SupplierAccount, &Supplier),
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let confirmed = account.version.to_string();
    let id = OutboundId::derive(&[KIND, &account.id.to_string(), &confirmed]);
    OutboundMessage::written(
        (KIND, id),
        (Purpose::AccountNotice, account.id.into()),
        (&desk.mailbox, supplier.mail.as_ref()?),
        letter,
        now,
    )
}
