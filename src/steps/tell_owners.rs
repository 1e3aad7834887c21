//! Tells the owners of work items by mail what waits for them.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, DocumentId, MessageId, OutboundId};
use crate::domain::audit::{Actor, AuditEvent, Subject, SubjectKind};
use crate::domain::change::Change;
use crate::domain::exception::Exception;
use crate::domain::outbound::work_list::{facts, is_due, is_new, mail_id, work_list_mail};
use crate::domain::outbound::{Purpose, compose};

const STEP: &str = "tell_owners";
/// Open items that are looked at: who has more needs no list.
const MOST: u32 = 5_000;
/// The last mail to an owner is looked for so far back: over any row of holidays.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(24 * 14);

/// One mail to each owner for whom it is time. Each is a commit of its own; of several daemons, or after a crash, one writes it.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn tell_owners(office: &Office) -> Result<(), StepError> {
    let (now, zone) = (office.clock.now(), &office.rules.time_zone);
    // Without asking the store for what waits where nobody would be told now.
    if !is_due(office.rules.owners.tell, (now, zone), None, true) {
        return Ok(());
    }
    let mut by_owner = BTreeMap::<String, Vec<Exception>>::new();
    for item in office.store.open_exceptions(MOST).await? {
        by_owner.entry(item.owner.clone()).or_default().push(item);
    }
    for (owner, items) in by_owner {
        // Older books may name somebody who is no mail address.
        let Some(owner) = MailAddress::parse(&owner) else {
            continue;
        };
        match tell(office, &owner, items, now).await {
            Err(failure) if failure.is_conflict() => {}
            told => told?,
        }
    }
    Ok(())
}

async fn tell(
    office: &Office,
    owner: &MailAddress,
    items: Vec<Exception>,
    now: Timestamp,
) -> Result<(), StepError> {
    let (store, rules) = (&office.store, &office.rules);
    let since = now.checked_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
    let told = store
        .outbound_to_since(owner, Purpose::WorkList, since)
        .await?;
    let last = told.last().map(|mail| mail.written_at);
    let mut flagged = Vec::new();
    for item in items {
        let about = purpose(office, &item).await?;
        let new = is_new(&item, last, about);
        flagged.push((item, new));
    }
    let any_new = flagged.iter().any(|(_, is_new)| *is_new);
    if !is_due(rules.owners.tell, (now, &rules.time_zone), last, any_new)
        || store.outbound(mail_id(owner, now)).await?.is_some()
    {
        return Ok(());
    }
    let Some((first, _)) = flagged
        .iter()
        .min_by_key(|(item, is_new)| (!is_new, item.due_at))
    else {
        return Ok(());
    };
    let mut facts = facts(&rules.company_name, &flagged, (now, &rules.time_zone));
    for item in facts.new.iter_mut().chain(&mut facts.before) {
        item.about = about(office, &item.subject).await?;
    }
    let letter = compose::work_list(&rules.templates, &facts)
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let mail = work_list_mail((&rules.payables_address, owner), first, letter, now);
    let mail = mail.ok_or_else(|| StepError::Compose("our domain fits no Message-ID".into()))?;
    let why = format!("{} items wait for {owner}", facts.total);
    let written = AuditEvent::new(now, Actor::program(STEP), "mail written", mail.id, why)
        .state(None, mail.state.as_str());
    store.commit(Change::new(written).mail(mail)).await?;
    Ok(())
}

/// What an item is about, as people name it.
async fn about(office: &Office, subject: &Subject) -> Result<String, StepError> {
    let store = &office.store;
    let id = subject.id.as_str();
    let said = match subject.kind {
        SubjectKind::Bill => {
            let bill = match BillId::parse(id) {
                Some(id) => store.bill(id).await?,
                None => None,
            };
            bill.map(|bill| {
                let amount = bill.payable.map(|amount| amount.to_string());
                let parts = [Some(bill.supplier_name), bill.number, amount];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            })
        }
        SubjectKind::Message => {
            let message = match MessageId::parse(id) {
                Some(id) => store.message(id).await?,
                None => None,
            };
            message.map(|message| {
                let from = message
                    .from
                    .map_or(String::new(), |from| format!(", {from}"));
                format!("mail “{}”{from}", message.subject)
            })
        }
        SubjectKind::Document => {
            let document = match DocumentId::parse(id) {
                Some(id) => store.document(id).await?,
                None => None,
            };
            document.map(|document| document.name)
        }
        SubjectKind::Supplier
        | SubjectKind::SupplierAccount
        | SubjectKind::ApprovalRequest
        | SubjectKind::Payment
        | SubjectKind::PaymentRun
        | SubjectKind::OrderLine
        | SubjectKind::GoodsReceipt
        | SubjectKind::Customer
        | SubjectKind::CustomerInvoice
        | SubjectKind::Remittance
        | SubjectKind::BankEntry
        | SubjectKind::CashApplication
        | SubjectKind::Reminder
        | SubjectKind::Outbound
        | SubjectKind::Exception
        | SubjectKind::Job
        | SubjectKind::Memory
        | SubjectKind::CodingMemory
        | SubjectKind::Mailbox
        | SubjectKind::Account => None,
    };
    Ok(said.unwrap_or_default())
}

/// Of the mail of ours an item is about.
async fn purpose(office: &Office, item: &Exception) -> Result<Option<Purpose>, StepError> {
    if item.subject.kind != SubjectKind::Outbound {
        return Ok(None);
    }
    let Some(id) = OutboundId::parse(&item.subject.id) else {
        return Ok(None);
    };
    Ok(office.store.outbound(id).await?.map(|mail| mail.purpose))
}
