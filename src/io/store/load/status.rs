//! The books at a glance, and whether every statement of ours fits them.

use sqlx::{Executor, SqlSafeStr};

use super::super::error::StoreError;
use super::super::row::Row;
use super::super::{Store, batch, looks, queue, replicas, statements};
use super::select::common_texts;
use crate::domain::approval::{ApprovalRequest, Vote};
use crate::domain::audit::SubjectKind;
use crate::domain::audit::counts::FollowedCounts;
use crate::domain::bank::{BankData, BankEntry};
use crate::domain::change::{MailboxProgress, ModelDay};
use crate::domain::document::Document;
use crate::domain::document::memory::Memory;
use crate::domain::exception::Exception;
use crate::domain::message::Message;
use crate::domain::outbound::OutboundMessage;
use crate::domain::payable::{
    Bill, CodingMemory, GoodsReceipt, OrderLine, Payment, PaymentRun, Supplier, SupplierAccount,
};
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

/// What grows with every mail, and the last entry of the trail: one statement, so that both are of one moment.
pub(in crate::io::store) const FOLLOWED: &str =
    "SELECT 'message', state, COUNT(*) FROM messages GROUP BY state
    UNION ALL SELECT 'document', state, COUNT(*) FROM documents GROUP BY state
    UNION ALL SELECT 'bill', state, COUNT(*) FROM bills GROUP BY state
    UNION ALL SELECT 'approval_request', state, COUNT(*) FROM approval_requests GROUP BY state
    UNION ALL SELECT 'payment', state, COUNT(*) FROM payments GROUP BY state
    UNION ALL SELECT 'remittance', state, COUNT(*) FROM remittances GROUP BY state
    UNION ALL SELECT 'outbound', state, COUNT(*) FROM outbound GROUP BY state
    UNION ALL SELECT 'last entry', '', sequence FROM audit_head";
/// What has no states or is never much.
pub(in crate::io::store) const COUNTED: &str =
    "SELECT 'exception', state, COUNT(*) FROM exceptions GROUP BY state
    UNION ALL SELECT 'payment_run', state, COUNT(*) FROM payment_runs GROUP BY state
    UNION ALL SELECT 'supplier', '', COUNT(*) FROM suppliers
    UNION ALL SELECT 'supplier_account', state, COUNT(*) FROM supplier_accounts GROUP BY state
    UNION ALL SELECT 'order_line', '', COUNT(*) FROM order_lines
    UNION ALL SELECT 'goods_receipt', '', COUNT(*) FROM goods_receipts
    UNION ALL SELECT 'customer', '', COUNT(*) FROM customers
    UNION ALL SELECT 'customer_invoice', '', COUNT(*) FROM customer_invoices
    UNION ALL SELECT 'bank_entry', '', COUNT(*) FROM bank_entries";
const LAST_ENTRY: &str = "last entry";

impl Store {
    /// How many things are in which state, all counted: some seconds where there are millions. Jobs are counted by `idle`, which
    /// knows which of them are due.
    ///
    /// # Errors
    /// What the database said.
    pub async fn counts(&self) -> Result<Vec<StateCount>, StoreError> {
        let followed = self.followed_counts().await?;
        self.counts_with(&followed).await
    }

    /// How many of what grows with every mail are in which state, to be followed.
    ///
    /// # Errors
    /// What the database said.
    pub async fn followed_counts(&self) -> Result<FollowedCounts, StoreError> {
        let rows: Vec<(String, String, i64)> = self.tuples("counting", FOLLOWED, &[]).await?;
        let mut followed = FollowedCounts::default();
        for (kind, state, count) in rows {
            let count = count.unsigned_abs();
            match SubjectKind::parse(&kind) {
                Some(kind) => {
                    followed.counted(kind, state, count);
                }
                None if kind == LAST_ENTRY => followed.sequence = count,
                None => {}
            }
        }
        Ok(followed)
    }

    /// What was followed, and the rest counted.
    ///
    /// # Errors
    /// What the database said.
    pub async fn counts_with(
        &self,
        followed: &FollowedCounts,
    ) -> Result<Vec<StateCount>, StoreError> {
        let rows: Vec<(String, String, i64)> = self.tuples("counting", COUNTED, &[]).await?;
        let counted = rows.into_iter().filter_map(|(kind, state, count)| {
            let kind = SubjectKind::parse(&kind)?;
            let count = count.unsigned_abs();
            Some(StateCount { kind, state, count })
        });
        let followed = followed.each().map(|(kind, state, count)| StateCount {
            kind,
            state: state.to_owned(),
            count,
        });
        let mut all = counted.chain(followed).collect::<Vec<_>>();
        all.sort_by(|a, b| (a.kind.as_str(), &a.state).cmp(&(b.kind.as_str(), &b.state)));
        Ok(all)
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
            queue::LET_GO,
            queue::RELEASE_ALL,
            dialect.pick(queue::CLAIM_SQLITE, queue::CLAIM_POSTGRES),
            queue::RETRY,
            queue::POSTPONE,
            queue::REQUEUE,
            queue::ENQUEUE,
            looks::NOTE,
            dialect.pick(replicas::APPEAR_SQLITE, replicas::APPEAR_POSTGRES),
            dialect.pick(replicas::TAKE_SQLITE, replicas::TAKE_POSTGRES),
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
            FOLLOWED,
            COUNTED,
        ];
        let fixed = fixed.into_iter().chain(super::parties::VERSIONS);
        let loads = [
            super::message::texts(),
            super::mailbox::texts(),
            super::document::texts(),
            super::memory::texts(),
            super::parties::texts(),
            super::payable::texts(),
            super::supplier_account::texts(),
            super::rivals::texts(),
            super::order::texts(),
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
        with_state::<SupplierAccount>(),
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
        without_state::<OrderLine>(),
        without_state::<GoodsReceipt>(),
        without_state::<Customer>(),
        without_state::<CustomerInvoice>(),
        without_state::<BankEntry>(),
        common_texts::<MailboxProgress>(false, false),
        common_texts::<ModelDay>(false, false),
        common_texts::<BankData>(false, false),
        common_texts::<Vote>(false, false),
        common_texts::<Reminder>(false, false),
    ];
    texts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::StoreConfig;
    use super::*;

    /// What grows with every mail, for as long as the office lives.
    const GROWING: [&str; 9] = [
        "messages",
        "arrivals",
        "documents",
        "bills",
        "approval_requests",
        "votes",
        "payments",
        "outbound",
        "audit_events",
    ];
    /// Asked by a person or once at a start, and never on a mail's way.
    const WHOLE_TABLES: [&str; 2] = ["SELECT content, 'message', id", FOLLOWED];

    async fn plan(store: &Store, text: &str) -> Vec<String> {
        let text = Box::leak(format!("EXPLAIN QUERY PLAN {text}").into_boxed_str());
        let rows: Vec<(i64, i64, i64, String)> = store.tuples("planning", text, &[]).await.unwrap();
        rows.into_iter().map(|(.., detail)| detail).collect()
    }

    async fn books(folder: &std::path::Path) -> Store {
        let config = StoreConfig {
            url: format!("sqlite://{}/books.db", folder.display()),
            data_folder: folder.to_owned(),
        };
        Store::open_or_create(&config).await.unwrap()
    }

    #[tokio::test]
    async fn nothing_on_a_mails_way_looks_at_all_mails_or_bills_there_ever_were() {
        let folder = tempfile::tempdir().unwrap();
        let store = books(folder.path()).await;
        let texts = store.texts();
        let reads = texts.iter().filter(|text| {
            let lists = text.contains("ORDER BY t.sequence DESC") && !text.contains("WHERE");
            let whole = WHOLE_TABLES.iter().any(|known| text.starts_with(known));
            text.starts_with("SELECT") && !lists && !whole
        });
        let mut wrong = Vec::new();
        for text in reads {
            for step in plan(&store, text).await {
                let words = step.split(' ').collect::<Vec<_>>();
                let scans = words.first() == Some(&"SCAN");
                let table = words.get(1).copied().unwrap_or_default();
                let grows = GROWING.contains(&table)
                    || GROWING
                        .iter()
                        .any(|grown| text.contains(&format!("{grown} {table} ")));
                if scans && grows && !step.contains("VIRTUAL") {
                    wrong.push(format!("{step}: {text}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[tokio::test]
    async fn the_letters_of_a_day_are_not_gone_through_to_count_what_was_sent() {
        let folder = tempfile::tempdir().unwrap();
        let store = books(folder.path()).await;
        let plan = plan(&store, super::super::outbound::SENT_LATELY).await;
        let plan = plan.join("\n");
        assert!(
            plan.contains("COVERING INDEX outbound_sent_lately"),
            "{plan}"
        );
    }

    #[tokio::test]
    async fn bills_alike_are_found_without_looking_at_every_bill_of_their_supplier() {
        let folder = tempfile::tempdir().unwrap();
        let store = books(folder.path()).await;
        for text in super::super::rivals::texts() {
            let plan = plan(&store, &text).await.join("\n");
            let slow = plan.contains("bills_by_supplier ") || plan.contains("bills_by_state");
            assert!(!slow && !plan.contains("SCAN t"), "{text}\n{plan}");
        }
    }
}
