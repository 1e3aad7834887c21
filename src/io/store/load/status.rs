//! The books at a glance, and whether every statement of ours fits them.

use sqlx::{Executor, SqlSafeStr};

use super::super::error::StoreError;
use super::super::row::Row;
use super::super::{Store, batch, looks, queue, replicas, statements};
use super::select::common_texts;
use crate::domain::approval::{ApprovalRequest, Vote};
use crate::domain::audit::SubjectKind;
use crate::domain::bank::BankEntry;
use crate::domain::change::{MailboxProgress, ModelDay};
use crate::domain::document::Document;
use crate::domain::document::memory::Memory;
use crate::domain::exception::Exception;
use crate::domain::message::Message;
use crate::domain::outbound::OutboundMessage;
use crate::domain::payable::{Bill, CodingMemory, Payment, PaymentRun, Supplier};
use crate::domain::receivable::{Customer, CustomerInvoice, Reminder, Remittance};

/// How many things of a kind are in a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateCount {
    /// The kind.
    pub kind: SubjectKind,
    /// The state, by its spelling; empty for kinds without states.
    pub state: String,
    /// How many.
    pub count: u64,
}

pub(in crate::io::store) const COUNTS: &str =
    "SELECT 'message', state, COUNT(*) FROM messages GROUP BY state
    UNION ALL SELECT 'document', state, COUNT(*) FROM documents GROUP BY state
    UNION ALL SELECT 'bill', state, COUNT(*) FROM bills GROUP BY state
    UNION ALL SELECT 'approval_request', state, COUNT(*) FROM approval_requests GROUP BY state
    UNION ALL SELECT 'payment', state, COUNT(*) FROM payments GROUP BY state
    UNION ALL SELECT 'payment_run', state, COUNT(*) FROM payment_runs GROUP BY state
    UNION ALL SELECT 'remittance', state, COUNT(*) FROM remittances GROUP BY state
    UNION ALL SELECT 'outbound', state, COUNT(*) FROM outbound GROUP BY state
    UNION ALL SELECT 'exception', state, COUNT(*) FROM exceptions GROUP BY state
    UNION ALL SELECT 'supplier', '', COUNT(*) FROM suppliers
    UNION ALL SELECT 'customer', '', COUNT(*) FROM customers
    UNION ALL SELECT 'customer_invoice', '', COUNT(*) FROM customer_invoices
    UNION ALL SELECT 'bank_entry', '', COUNT(*) FROM bank_entries
    ORDER BY 1, 2";

impl Store {
    /// How many things are in which state. Jobs are counted by `idle`, which knows which of them are due.
    ///
    /// # Errors
    /// What the database said.
    pub async fn counts(&self) -> Result<Vec<StateCount>, StoreError> {
        let rows: Vec<(String, String, i64)> = self.tuples("counting", COUNTS, &[]).await?;
        let counted = rows.into_iter().filter_map(|(kind, state, count)| {
            Some(StateCount {
                kind: SubjectKind::parse(&kind)?,
                state,
                count: count.unsigned_abs(),
            })
        });
        Ok(counted.collect())
    }

    /// Prepares every statement of this program and runs none: what `check --connect` asks, and what finds a misspelt
    /// column before the day it is needed. Gives how many there are.
    ///
    /// # Errors
    /// What the database said about the first that does not fit.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let attempted = "preparing statements";
        let mut reading = self.readers().take().await?;
        let texts = self.texts();
        for text in &texts {
            let text = sqlx::AssertSqlSafe(text.as_str()).into_sql_str();
            let prepared = reading.connection()?.prepare(text).await;
            prepared.map_err(|error| StoreError::of(attempted, error))?;
        }
        reading.done();
        Ok(texts.len())
    }

    fn texts(&self) -> Vec<String> {
        let dialect = self.dialect();
        let fixed = [
            dialect.pick(batch::LOCK_HEAD_SQLITE, batch::LOCK_HEAD_POSTGRES),
            batch::MOVE_HEAD,
            batch::CLAIM_KEY,
            batch::READ_KEY,
            batch::FINISH_JOB,
            batch::REPEAT_JOB,
            batch::PARK_JOB,
            batch::FORGET_NAMED,
            batch::NAME_INVOICE,
            dialect.pick(queue::HOLD_SQLITE, queue::HOLD_POSTGRES),
            dialect.pick(queue::END_LEASES_SQLITE, queue::END_LEASES_POSTGRES),
            queue::RELEASE_ALL,
            dialect.pick(queue::CLAIM_SQLITE, queue::CLAIM_POSTGRES),
            queue::RETRY,
            queue::REQUEUE,
            queue::ENQUEUE,
            looks::NOTE,
            dialect.pick(replicas::APPEAR_SQLITE, replicas::APPEAR_POSTGRES),
            dialect.pick(replicas::TAKE_SQLITE, replicas::TAKE_POSTGRES),
            replicas::RELEASE_OF,
            dialect.pick(replicas::TAKE_OVER_SQLITE, replicas::TAKE_OVER_POSTGRES),
            dialect.pick(replicas::FORGET_SQLITE, replicas::FORGET_POSTGRES),
            dialect.pick(replicas::OWNED_SQLITE, replicas::OWNED_POSTGRES),
            dialect.pick(replicas::KNOWN_SQLITE, replicas::KNOWN_POSTGRES),
            replicas::YIELD,
            replicas::YIELD_ALL,
            replicas::LEAVE,
            replicas::AGREE,
            replicas::AGREED,
            super::mailbox::LOOKS,
            super::mailbox::RECEIVED,
            super::message::DOCUMENTS_COUNTED,
            super::outbound::SENT_LATELY,
            super::exception::WAITING,
            super::audit::HEAD,
            COUNTS,
        ];
        let fixed = fixed.into_iter().chain(super::parties::VERSIONS);
        let loads = [
            super::message::texts(),
            super::mailbox::texts(),
            super::document::texts(),
            super::memory::texts(),
            super::parties::texts(),
            super::payable::texts(),
            super::rivals::texts(),
            super::approval::texts(),
            super::receivable::texts(),
            super::bank::texts(),
            super::outbound::texts(),
            super::exception::texts(),
            super::audit::texts(),
            super::contents::texts(),
            super::job::texts(),
            common(),
        ];
        let texts = fixed
            .into_iter()
            .chain(statements::texts())
            .map(str::to_owned);
        texts.chain(loads.into_iter().flatten()).collect()
    }
}

fn common() -> Vec<String> {
    fn with_state<R: Row>() -> Vec<String> {
        common_texts::<R>(true, true)
    }
    fn without_state<R: Row>() -> Vec<String> {
        common_texts::<R>(false, true)
    }
    let texts = [
        with_state::<Message>(),
        with_state::<Document>(),
        with_state::<Bill>(),
        with_state::<ApprovalRequest>(),
        with_state::<Payment>(),
        with_state::<PaymentRun>(),
        with_state::<Remittance>(),
        with_state::<OutboundMessage>(),
        with_state::<Exception>(),
        without_state::<Memory>(),
        without_state::<CodingMemory>(),
        without_state::<Supplier>(),
        without_state::<Customer>(),
        without_state::<CustomerInvoice>(),
        without_state::<BankEntry>(),
        common_texts::<MailboxProgress>(false, false),
        common_texts::<ModelDay>(false, false),
        common_texts::<Vote>(false, false),
        common_texts::<Reminder>(false, false),
    ];
    texts.into_iter().flatten().collect()
}
