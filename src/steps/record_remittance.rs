//! Takes down what a payer says a payment covers. The money itself is another matter: `apply_cash`.

use super::open_mail::open;
use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, day_in};
use crate::basics::ids::DocumentId;
use crate::basics::number_key::NumberKey;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::{Document, DocumentEvent, state};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::message::Message;
use crate::domain::message::authenticity::{CheckOutcome, OwnChecks, authenticity};
use crate::domain::receivable::remittance_draft::{Draft, Known, draft};
use crate::domain::receivable::remittance_repeat::without_repeat;
use crate::domain::receivable::{OpenInvoice, Remittance, RemittanceState};
use crate::io::limits::MAX_MAIL_BYTES;

const STEP: &str = "record_remittance";

/// Makes a remittance of a document. A crash before the commit leaves nothing; after it the job is done.
///
/// # Errors
/// Only what the store met.
pub async fn record_remittance(
    office: &Office,
    claim: &JobClaim,
    id: DocumentId,
) -> Result<(), StepError> {
    let store = &office.store;
    let now = office.clock.now();
    if let Some(known) = store.remittance(Remittance::id_of(id)).await? {
        let event = AuditEvent::new(
            now,
            Actor::program(STEP),
            "remittance known already",
            known.id,
            "made from this document before",
        );
        store
            .commit(Change::new(event).finishing(claim.clone()))
            .await?;
        return Ok(());
    }
    let document = store
        .document(id)
        .await?
        .ok_or_else(|| StepError::Missing(id.into()))?;
    let (draft, invoices) = drafted(office, &document, None).await?;
    let change = recorded(office, draft, document, &invoices, now)?;
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// What the document says as the books stand now, and the invoices it was compared with. It waits for its money from the
/// day it came, or from `since`, when somebody looks at it again.
///
/// # Errors
/// What the store met.
pub(super) async fn drafted(
    office: &Office,
    document: &Document,
    since: Option<Date>,
) -> Result<(Draft, Vec<OpenInvoice>), StepError> {
    let store = &office.store;
    let missing = || StepError::Missing(document.message.into());
    let message = store.message(document.message).await?.ok_or_else(missing)?;
    let customers = store.customers().await?;
    let mut invoices = store.open_invoices().await?;
    let payments = document.reading.payments.iter();
    let keys: Vec<_> = payments.map(|line| NumberKey::of(&line.invoice)).collect();
    let mut applied = Vec::new();
    for named in store.invoices_by_number_keys(&keys).await? {
        if !invoices.iter().any(|i| i.invoice.id == named.invoice.id) {
            applied.extend(store.cash_of_invoice(named.invoice.id).await?);
            invoices.push(named);
        }
    }
    // A person who has it matched again has looked at who wrote it.
    let doubt = match since {
        None => forged(office, &message).await?,
        Some(_) => None,
    };
    let known = Known {
        doubt: doubt.as_deref(),
        customers: &customers,
        invoices: &invoices,
        applied: &applied,
        since: since.unwrap_or_else(|| day_in(&office.rules.time_zone, message.received_at)),
        claim_days: office.rules.reminders.claim_days,
    };
    let mut draft = draft(document, message.from.as_ref(), &known);
    // One that says the same names the same invoices, so those that name the first of them are enough.
    let first = draft.remittance.lines.first().and_then(|line| line.invoice);
    if let Some(first) = first {
        let earlier = store.remittances_naming(first).await?;
        draft = without_repeat(draft, &earlier, &invoices);
    }
    Ok((draft, invoices))
}

/// Our mail server says that the mail is not from whom it names: whoever wrote it must neither direct money nor quieten reminders.
async fn forged(office: &Office, message: &Message) -> Result<Option<String>, StepError> {
    let bytes = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let Ok(opened) = open(&bytes, &office.own_mail()) else {
        return Ok(None);
    };
    let policy = &office.rules.authenticity;
    let checked = authenticity(&opened.facts, &OwnChecks::default(), policy);
    let fails = checked.dmarc == CheckOutcome::Fail;
    Ok(fails.then(|| format!("its sender may be forged: {}", checked.reasons.join("; "))))
}

fn unmatched(
    office: &Office,
    remittance: &Remittance,
    total: &str,
    why: &str,
    now: Timestamp,
) -> Exception {
    let reason = format!("the remittance of {} over {total}: {why}", remittance.payer);
    let advice = "correct the invoices or ask the payer, then resolve this to have it matched again, \
                  or void the remittance";
    let owner = &office.rules.owners.receivables;
    let code = ExceptionCode::RemittanceUnmatched;
    Exception::raise(code, remittance.id.into(), "", owner, now, (reason, advice))
}

/// The invoices it names: their version moves on, so that a reminder decided a moment ago is decided again.
pub(super) fn named(
    remittance: &Remittance,
    invoices: &[OpenInvoice],
) -> impl Iterator<Item = Record> {
    let is_named = |i: &&OpenInvoice| {
        let mut lines = remittance.lines.iter();
        lines.any(|line| line.invoice == Some(i.invoice.id))
    };
    invoices
        .iter()
        .filter(is_named)
        .map(|i| Record::CustomerInvoice(i.invoice.clone()))
}

/// The remittance, the document it consumes, and the invoices it names.
fn recorded(
    office: &Office,
    draft: Draft,
    mut document: Document,
    invoices: &[OpenInvoice],
    now: Timestamp,
) -> Result<Change, StepError> {
    let Draft {
        remittance,
        repeats,
        paid_by,
        odd,
    } = draft;
    let actor = || Actor::program(STEP);
    let why = match (odd.is_empty(), repeats, paid_by) {
        (false, _, _) => odd.join("; "),
        (true, Some(other), _) => format!("it says once more what {} says", other.short()),
        (true, None, Some(_)) => "its money came before it and is applied already".to_owned(),
        (true, None, None) => "every line names an open invoice and the sum holds".to_owned(),
    };
    let total = remittance.total.map(|m| m.to_string()).unwrap_or_default();
    let action = "remittance recorded";
    let told = AuditEvent::new(now, actor(), action, remittance.id, why.clone())
        .state(None, remittance.state.as_str())
        .fact("payer", &remittance.payer)
        .fact("total", &total)
        .fact("lines", remittance.lines.len());
    let consumed_state = state::next(document.state, DocumentEvent::Consume)?;
    let consumed = AuditEvent::new(
        now,
        actor(),
        "document consumed",
        document.id,
        "a remittance was made of it",
    )
    .state(Some(document.state.as_str()), consumed_state.as_str());
    document.state = consumed_state;
    let change = Change::new(told)
        .event(consumed)
        .put(Record::Document(document));
    let mut change = named(&remittance, invoices).fold(change, Change::put);
    change = match remittance.state {
        RemittanceState::Claimed => change.job(NewJob::now(Step::ApplyCash, remittance.id, now)),
        RemittanceState::Held => change.raise(unmatched(office, &remittance, &total, &why, now)),
        RemittanceState::Applied | RemittanceState::Void => change,
    };
    tracing::info!(remittance.id = %remittance.id, state = %remittance.state, total, "remittance recorded");
    Ok(change.put(Record::Remittance(remittance)))
}
