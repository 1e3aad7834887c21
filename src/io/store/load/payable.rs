//! Suppliers, bills and payments.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::Cell;
use super::select::{common, selects};
use crate::basics::calendar::Date;
use crate::basics::ids::{BillId, DocumentId, PaymentId, PaymentRunId, SupplierId};
use crate::domain::job::Step;
use crate::domain::payable::{Bill, NumberKey, Payment, PaymentRun, Supplier};

common!(Supplier, "supplier": supplier(SupplierId), list_suppliers, find_suppliers);
common!(Bill, "bill": bill(BillId), list_bills, find_bills_by_id);
common!(Payment, "payment": payment(PaymentId), list_payments, find_payments);
common!(PaymentRun, "payment run": payment_run(PaymentRunId), list_payment_runs, find_payment_runs);

selects! {
    BY_NUMBER: Bill = "WHERE t.number_key = $1 ORDER BY t.sequence DESC, t.id LIMIT 10";
    OF_SUPPLIER: Bill = "WHERE t.supplier = $1 ORDER BY t.sequence DESC, t.id LIMIT $2";
    OF_OTHERS: Bill = "WHERE t.number_key = $1 AND (t.supplier IS NULL OR t.supplier <> $2)
        ORDER BY t.sequence DESC, t.id LIMIT $3";
    OPEN_OF_SUPPLIER: Bill = "WHERE t.supplier = $1
        AND t.state IN ('draft', 'held', 'awaiting_approval', 'approved', 'scheduled')
        ORDER BY t.sequence, t.id";
    UNSCHEDULED: Bill = "WHERE t.state = 'approved'
        AND (t.kind = 'invoice' AND t.payable > 0 OR t.kind = 'credit_note' AND t.payable < 0)
        AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.subject_id = t.id AND j.step = $1)
        ORDER BY t.sequence, t.id LIMIT $2";
    PAYMENTS_OF_BILL: Payment = "WHERE t.bill = $1 ORDER BY t.sequence, t.id";
    BY_END_TO_END_ID: Payment = "WHERE t.end_to_end_id = $1 ORDER BY t.id";
    RUNS_PROPOSED: PaymentRun = "WHERE t.state = 'proposed' ORDER BY t.sequence, t.id";
    PLANNED: Payment = "WHERE t.state = 'planned' AND t.planned_for <= $1
        ORDER BY t.planned_for, t.id LIMIT $2";
}

impl Store {
    /// What a person may mean by this text: the first digits of an id, or a bill's number in any typing.
    ///
    /// # Errors
    /// What the database said.
    pub async fn find_bills(&self, text: &str) -> Result<Vec<Bill>, StoreError> {
        let mut found = self.find_bills_by_id(text).await?;
        // A number may look like the beginning of an id.
        for numbered in self
            .all(&BY_NUMBER, &[NumberKey::of(text).as_str().into()])
            .await?
        {
            if !found.iter().any(|bill| bill.id == numbered.id) {
                found.push(numbered);
            }
        }
        Ok(found)
    }

    /// The bill read from a document.
    ///
    /// # Errors
    /// What the database said.
    pub async fn bill_by_document(&self, document: DocumentId) -> Result<Option<Bill>, StoreError> {
        self.bill(Bill::id_of(document)).await
    }

    /// What a bill may be a duplicate of, in whatever state: the newest bills of its supplier, and those of others (or of
    /// nobody we know) that have its number. `limit` of each.
    ///
    /// # Errors
    /// What the database said.
    pub async fn bills_like(
        &self,
        supplier: Option<SupplierId>,
        number: Option<&NumberKey>,
        limit: u32,
    ) -> Result<Vec<Bill>, StoreError> {
        let limit = Cell::from(i64::from(limit));
        // No id is empty, so without a supplier every bill of that number is somebody else's.
        let supplier = supplier.map(|id| id.to_string()).unwrap_or_default();
        let mut found = Vec::new();
        if !supplier.is_empty() {
            let cells = [supplier.as_str().into(), limit.clone()];
            found.extend(self.all(&OF_SUPPLIER, &cells).await?);
        }
        if let Some(number) = number {
            let cells = [number.as_str().into(), supplier.into(), limit];
            found.extend(self.all(&OF_OTHERS, &cells).await?);
        }
        Ok(found)
    }

    /// The bills of a supplier that are neither paid nor rejected nor void, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_bills_of_supplier(
        &self,
        supplier: SupplierId,
    ) -> Result<Vec<Bill>, StoreError> {
        self.all(&OPEN_OF_SUPPLIER, &[supplier.to_string().into()])
            .await
    }

    /// Approved bills with something to pay (`schedule::to_pay`) for whose payment no job waits, is being done or is parked,
    /// oldest first: what a sweep enqueues.
    ///
    /// # Errors
    /// What the database said.
    pub async fn bills_unscheduled(&self, limit: u32) -> Result<Vec<Bill>, StoreError> {
        let step = Step::SchedulePayment.as_str();
        self.all(&UNSCHEDULED, &[step.into(), i64::from(limit).into()])
            .await
    }

    /// Every payment ever planned for a bill, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn payments_of_bill(&self, bill: BillId) -> Result<Vec<Payment>, StoreError> {
        self.all(&PAYMENTS_OF_BILL, &[bill.to_string().into()])
            .await
    }

    /// The payments one transfer carries; none for a text that is no EndToEndId of ours.
    ///
    /// # Errors
    /// What the database said.
    pub async fn payments_of_transfer(&self, id: &str) -> Result<Vec<Payment>, StoreError> {
        self.all(&BY_END_TO_END_ID, &[id.into()]).await
    }

    /// Runs that somebody prepared and nobody has released or withdrawn, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn payment_runs_proposed(&self) -> Result<Vec<PaymentRun>, StoreError> {
        self.all(&RUNS_PROPOSED, &[]).await
    }

    /// Payments planned for a day up to this one, the earliest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn payments_planned(
        &self,
        until: Date,
        limit: u32,
    ) -> Result<Vec<Payment>, StoreError> {
        let cells = [until.to_string().into(), i64::from(limit).into()];
        self.all(&PLANNED, &cells).await
    }
}
