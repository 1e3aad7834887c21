//! What the office did, from its audit trail, in a person's words. Sorted by what it is about, because steps run beside each
//! other; what happened to one thing keeps its order.

use std::collections::HashMap;

use countinghouse::basics::ids::{
    BillId, CashApplicationId, CustomerInvoiceId, ExceptionId, MessageId, OutboundId, PaymentId,
    RemittanceId,
};
use countinghouse::domain::audit::{AuditEvent, SubjectKind};

use super::office::{Office, everything};

impl Office {
    /// Since it was asked last.
    pub async fn what_happened(&mut self) -> Vec<String> {
        let entries = self
            .desk
            .store
            .audit_after(self.told, 100_000)
            .await
            .unwrap();
        self.told = entries.last().map_or(self.told, |entry| entry.sequence);
        let mut lines = Vec::new();
        for entry in &entries {
            let line = self.line(&entry.event).await;
            let about = format!("{:?} {}", entry.event.subject.kind, entry.event.subject.id);
            lines.extend(
                line.map(|line| (about, line.split_whitespace().collect::<Vec<_>>().join(" "))),
            );
        }
        // What happened to one thing stands together, where its first line belongs.
        let firsts = lines.iter().rev().cloned().collect::<HashMap<_, _>>();
        lines.sort_by(|(one, _), (other, _)| firsts[one].cmp(&firsts[other]).then(one.cmp(other)));
        let mut lines = lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>();
        lines.dedup();
        lines
    }

    async fn line(&self, event: &AuditEvent) -> Option<String> {
        let id = event.subject.id.as_str();
        let (action, reason) = (event.action.as_str(), event.reason.as_str());
        let state = event.to_state.as_deref();
        match event.subject.kind {
            SubjectKind::Message => self.mail(MessageId::parse(id)?, action, reason).await,
            SubjectKind::Bill => {
                self.bill(
                    BillId::parse(id)?,
                    (event.from_state.as_deref(), state?),
                    reason,
                )
                .await
            }
            SubjectKind::Payment => self.payment(PaymentId::parse(id)?, action).await,
            SubjectKind::Outbound => self.letter(OutboundId::parse(id)?, action, reason).await,
            SubjectKind::Exception => self.exception(ExceptionId::parse(id)?, action).await,
            SubjectKind::Remittance => self.remittance(RemittanceId::parse(id)?, state?).await,
            SubjectKind::CustomerInvoice => {
                self.invoice(CustomerInvoiceId::parse(id)?, action, reason)
                    .await
            }
            SubjectKind::CashApplication => self.cash(CashApplicationId::parse(id)?).await,
            SubjectKind::Document
            | SubjectKind::ApprovalRequest
            | SubjectKind::Mailbox
            | SubjectKind::Supplier
            | SubjectKind::SupplierAccount
            | SubjectKind::Customer
            | SubjectKind::BankEntry
            | SubjectKind::Reminder
            | SubjectKind::PaymentRun
            | SubjectKind::Job
            | SubjectKind::Memory
            | SubjectKind::OrderLine
            | SubjectKind::GoodsReceipt
            | SubjectKind::CodingMemory
            | SubjectKind::Account => None,
        }
    }

    async fn mail(&self, id: MessageId, action: &str, reason: &str) -> Option<String> {
        let message = self.desk.store.message(id).await.unwrap()?;
        let route = message
            .route
            .map(|route| route.to_string())
            .unwrap_or_default();
        match action {
            "message read" => Some(format!(
                "mail: \"{}\" is taken for: {route}",
                message.subject
            )),
            "approval answer refused" | "approval answer undecided" => {
                Some(format!("answer: {action}: {reason}"))
            }
            "message quarantined" => Some(format!(
                "mail: \"{}\" is quarantined: {reason}",
                message.subject
            )),
            _ => None,
        }
    }

    async fn bill(
        &self,
        id: BillId,
        (from, to): (Option<&str>, &str),
        reason: &str,
    ) -> Option<String> {
        let bill = self.desk.store.bill(id).await.unwrap()?;
        let gross = bill
            .gross
            .map(|gross| gross.to_string())
            .unwrap_or_default();
        let number = bill.number.clone().unwrap_or_default();
        (from != Some(to)).then(|| {
            format!(
                "bill: {number} of {} over {gross} is {to}: {reason}",
                bill.supplier_name
            )
        })
    }

    async fn payment(&self, id: PaymentId, action: &str) -> Option<String> {
        let payment = self.desk.store.payment(id).await.unwrap()?;
        let bill = self.desk.store.bill(payment.bill).await.unwrap()?;
        let blocked = payment
            .blocked
            .map(|why| format!(", blocked: {why}"))
            .unwrap_or_default();
        let number = bill.number.unwrap_or_default();
        Some(format!(
            "payment: {action} of {number}: {} on {}{blocked}",
            payment.amount, payment.planned_for
        ))
    }

    async fn letter(&self, id: OutboundId, action: &str, reason: &str) -> Option<String> {
        let mail = self.desk.store.outbound(id).await.unwrap()?;
        match action {
            "mail bounced" => Some(format!(
                "we wrote to {}, and it came back: {reason}",
                mail.to
            )),
            _ if action.ends_with("written") => {
                Some(format!("we write to {}: {}", mail.to, mail.letter.subject))
            }
            _ if action.contains("asks") => {
                Some(format!("we write to {}: {}", mail.to, mail.letter.subject))
            }
            _ => None,
        }
    }

    async fn exception(&self, id: ExceptionId, action: &str) -> Option<String> {
        let item = self.desk.store.exception(id).await.unwrap()?;
        match action {
            "exception raised" => Some(format!(
                "to do for {}: {}: {}",
                item.owner, item.code, item.reason
            )),
            "exception resolved" => Some(format!(
                "done: {}: {}",
                item.code,
                item.resolution.unwrap_or_default()
            )),
            _ => None,
        }
    }

    async fn remittance(&self, id: RemittanceId, state: &str) -> Option<String> {
        let remittance = self.desk.store.remittance(id).await.unwrap()?;
        let total = remittance
            .total
            .map(|total| total.to_string())
            .unwrap_or_default();
        let named = remittance
            .lines
            .iter()
            .map(|line| format!("{} {}", line.written, line.amount))
            .collect::<Vec<_>>();
        Some(format!(
            "advice: of {} over {total} ({}) is {state}",
            remittance.payer,
            named.join(", ")
        ))
    }

    async fn invoice(&self, id: CustomerInvoiceId, action: &str, reason: &str) -> Option<String> {
        let open = self.desk.store.open_invoice(id).await.unwrap()?;
        let (number, balance) = (open.invoice.number, open.balance);
        let is_news = !action.ends_with("imported");
        is_news.then(|| format!("invoice: {number}: {action}, {balance} open: {reason}"))
    }

    async fn cash(&self, id: CashApplicationId) -> Option<String> {
        for invoice in self
            .desk
            .store
            .list_customer_invoices(&everything())
            .await
            .unwrap()
        {
            let applied = self.desk.store.cash_of_invoice(invoice.id).await.unwrap();
            if let Some(cash) = applied.iter().find(|cash| cash.id == id) {
                return Some(format!(
                    "cash: {} applied to {} ({})",
                    cash.amount, invoice.number, cash.how
                ));
            }
        }
        None
    }
}
