//! The pieces of a change to a bill that several steps write: its events, its withdrawn requests, its settled exceptions.

use std::sync::Arc;

use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, ContentHash};
use crate::domain::approval::{self, ApprovalEvent, ApprovalRequest, ApprovalState};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::Document;
use crate::domain::document::split::pages_of;
use crate::domain::exception::{Exception, ExceptionState};
use crate::domain::ledger::liability::Liability;
use crate::domain::outbound::approval_mail::{ApprovalDesk, bill_facts};
use crate::domain::outbound::facts::BillFacts;
use crate::domain::payable::bill_line::lines;
use crate::domain::payable::draft::complete;
use crate::domain::payable::supplier::brought_accounts;
use crate::domain::payable::{Bill, BillState, Rival, Supplier};
use crate::io::store::StoreError;

/// A bill with what belongs to it.
pub struct BillFile {
    /// The bill.
    pub bill: Bill,
    /// The document it was read from.
    pub document: Document,
    /// Every supplier.
    pub suppliers: Arc<[Supplier]>,
    /// Every request ever made for it.
    pub requests: Vec<ApprovalRequest>,
}

impl BillFile {
    /// Loads them.
    ///
    /// # Errors
    /// What the store met, or that one of them is not there.
    pub async fn load(office: &Office, id: BillId) -> Result<Self, StepError> {
        let store = &office.store;
        let bill = store
            .bill(id)
            .await?
            .ok_or_else(|| StepError::Missing(id.into()))?;
        let document = store.document(bill.document).await?;
        Ok(Self {
            document: document.ok_or_else(|| StepError::Missing(bill.document.into()))?,
            suppliers: store.suppliers().await?,
            requests: if bill.was_never_reviewed() {
                Vec::new()
            } else {
                store.requests_of_bill(id).await?
            },
            bill,
        })
    }

    /// The bill as its approvers see it.
    ///
    /// # Errors
    /// Without an amount there is nothing to show; the review holds such a bill before anybody is asked.
    pub fn shown(&self) -> Result<BillFacts, StepError> {
        let lines = lines(&self.document.reading, &self.bill);
        bill_facts(&self.bill, self.supplier(), &lines)
            .ok_or_else(|| StepError::Compose("the bill has no amount".into()))
    }

    /// The bill, and to whom it is owed.
    pub fn owed(&self) -> (&Bill, Option<&Supplier>) {
        (&self.bill, self.supplier())
    }

    /// The bill's supplier, when it is one we know.
    pub fn supplier(&self) -> Option<&Supplier> {
        self.suppliers
            .iter()
            .find(|supplier| Some(supplier.id) == self.bill.supplier)
    }
}

/// A bill as duplicates are compared, with the supplier it has by the books as they are now.
///
/// # Errors
/// What the store met.
pub async fn rival(
    office: &Office,
    bill: Bill,
    suppliers: &[Supplier],
) -> Result<Rival, StoreError> {
    let document = office.store.document(bill.document).await?;
    let message = office.store.message(bill.message).await?;
    let bill = match &document {
        Some(document) => {
            let sender = message.as_ref().and_then(|message| message.from.as_ref());
            complete(bill, &document.reading.fields, sender, suppliers).0
        }
        None => bill,
    };
    Ok(Rival {
        pages: document.as_ref().and_then(|one| pages_of(&one.part)),
        content: document.map_or(ContentHash::ZERO, |document| document.content),
        received_at: message.map_or(Timestamp::MIN, |message| message.received_at),
        bill,
    })
}

/// People who ever brought this supplier an account, as they were named.
///
/// # Errors
/// What the store met.
pub async fn account_changes(
    office: &Office,
    supplier: &Supplier,
) -> Result<Vec<String>, StoreError> {
    let trail = office.store.audit_of(&supplier.id.into()).await?;
    Ok(brought_accounts(&trail))
}

/// The same, where it is a delegate who is asked: an approver of the supplier's own may be who brought the account.
///
/// # Errors
/// What the store met.
pub async fn accounts_by(
    office: &Office,
    file: &BillFile,
    request: &ApprovalRequest,
) -> Result<Vec<String>, StoreError> {
    match (file.supplier(), &request.stands_in_for) {
        (Some(supplier), Some(_)) => account_changes(office, supplier).await,
        (None, _) | (_, None) => Ok(Vec::new()),
    }
}

/// Who asks for approvals: the mailbox of bills, with whoever looks after them behind it.
pub fn desk(office: &Office) -> ApprovalDesk {
    let rules = &office.rules;
    let owner = MailAddress::parse(&rules.owners.payables.owner);
    ApprovalDesk {
        company_name: rules.company_name.clone(),
        mailbox: rules.payables_address.clone(),
        contact: owner.unwrap_or_else(|| rules.payables_address.clone()),
        zone: rules.time_zone.clone(),
    }
}

/// What happens to a bill, for the audit trail, with the state it was in.
pub fn bill_event(
    bill: &Bill,
    from: BillState,
    (now, actor): (Timestamp, Actor),
    action: &str,
    reason: impl Into<String>,
) -> AuditEvent {
    let event = AuditEvent::new(now, actor, action, bill.id, reason)
        .state(Some(from.as_str()), bill.state.as_str())
        .fact("version", bill.content_version());
    Liability::told(bill, from, event)
}

/// A request moves on; where it cannot any more it stays as it is.
pub fn move_request(
    change: Change,
    request: &ApprovalRequest,
    event: ApprovalEvent,
    (now, actor): (Timestamp, Actor),
    reason: &str,
) -> Change {
    let Ok(state) = approval::state::next(request.state, event) else {
        return change;
    };
    let told = AuditEvent::new(
        now,
        actor,
        &format!("approval request {event}"),
        request.id,
        reason,
    )
    .state(Some(request.state.as_str()), state.as_str())
    .fact("bill", request.bill)
    .fact("approver", &request.approver);
    let moved = ApprovalRequest {
        state,
        ..request.clone()
    };
    change.event(told).put(Record::ApprovalRequest(moved))
}

/// Every open request of these is withdrawn.
pub fn withdraw_open<'r>(
    change: Change,
    requests: impl IntoIterator<Item = &'r ApprovalRequest>,
    (now, actor): (Timestamp, &Actor),
    reason: &str,
) -> Change {
    let open = requests
        .into_iter()
        .filter(|request| request.state == ApprovalState::Open);
    withdraw(change, open, (now, actor), reason)
}

/// Every answered request of these is withdrawn: its vote does not count any more.
pub fn withdraw_answered(
    change: Change,
    requests: &[ApprovalRequest],
    when_who: (Timestamp, &Actor),
    reason: &str,
) -> Change {
    let answered = requests.iter().filter(|request| {
        matches!(
            request.state,
            ApprovalState::Approved | ApprovalState::Declined
        )
    });
    withdraw(change, answered, when_who, reason)
}

fn withdraw<'r>(
    change: Change,
    requests: impl Iterator<Item = &'r ApprovalRequest>,
    (now, actor): (Timestamp, &Actor),
    reason: &str,
) -> Change {
    requests.fold(change, |change, request| {
        move_request(
            change,
            request,
            ApprovalEvent::Withdraw,
            (now, actor.clone()),
            reason,
        )
    })
}

/// Every open work item of these is resolved by this decision.
pub fn resolve_open(
    change: Change,
    exceptions: Vec<Exception>,
    (now, actor): (Timestamp, &Actor),
    words: &str,
) -> Change {
    let open = exceptions
        .into_iter()
        .filter(|exception| exception.state == ExceptionState::Open);
    open.fold(change, |change, exception| {
        // Only open ones are left; what is resolved stays as it is.
        match exception.resolve((actor, &actor.to_string()), words, now) {
            Ok((resolved, told)) => change.event(told).put(Record::Exception(resolved)),
            Err(_) => change,
        }
    })
}
