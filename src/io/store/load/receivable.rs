//! Customers, their invoices with what is open of them, remittances, cash, reminders.

use super::super::Filter;
use super::super::Store;
use super::super::error::StoreError;
use super::super::row::{Cursor, Loaded, Row, Table, selected};
use super::select::{common, selects};
use crate::basics::calendar::{Timestamp, parse_iso_date};
use crate::basics::ids::{BankEntryId, CustomerId, CustomerInvoiceId, RemittanceId};
use crate::basics::money::Money;
use crate::domain::payable::NumberKey;
use crate::domain::receivable::invoice::OpenInvoice;
use crate::domain::receivable::{
    CashApplication, Customer, CustomerInvoice, Deduction, Reminder, Remittance,
};

common!(Customer, "customer": customer(CustomerId), list_customers, find_customers);
common!(
    CustomerInvoice,
    "customer invoice": customer_invoice(CustomerInvoiceId),
    list_customer_invoices,
    find_customer_invoices_by_id
);
common!(Remittance, "remittance": remittance(RemittanceId), list_remittances, find_remittances);

selects! {
    BY_NUMBER: CustomerInvoice = "WHERE t.number_key = $1 ORDER BY t.sequence DESC, t.id LIMIT 10";
    ONE_OPEN: OpenInvoice = "WHERE t.id = $1";
    OPEN: OpenInvoice = "WHERE t.gross <> CAST(COALESCE((SELECT SUM(a.amount)
        FROM cash_applications a WHERE a.invoice = t.id), 0) + COALESCE((SELECT SUM(d.amount)
        FROM deductions d WHERE d.invoice = t.id), 0) AS BIGINT)
        ORDER BY t.customer, t.due_date, t.number";
    OPEN_OF: OpenInvoice = "WHERE t.customer = $1 AND t.gross <> CAST(COALESCE((SELECT SUM(a.amount)
        FROM cash_applications a WHERE a.invoice = t.id), 0) + COALESCE((SELECT SUM(d.amount)
        FROM deductions d WHERE d.invoice = t.id), 0) AS BIGINT)
        ORDER BY t.due_date, t.number";
    NUMBERED: OpenInvoice = "WHERE t.number_key = $1 ORDER BY t.number";
    UNSETTLED: Remittance = "WHERE t.state IN ('claimed', 'held') ORDER BY t.sequence, t.id";
    UNSETTLED_OF: Remittance = "WHERE t.state IN ('claimed', 'held') AND t.customer = $1
        ORDER BY t.sequence, t.id";
    NAMING: Remittance = "JOIN remittance_invoices n ON n.remittance = t.id
        WHERE n.invoice = $1 ORDER BY t.sequence, t.id";
    CASH_OF_INVOICE: CashApplication = "WHERE t.invoice = $1 ORDER BY t.sequence, t.id";
    CASH_OF_ENTRY: CashApplication = "WHERE t.bank_entry = $1 ORDER BY t.sequence, t.id";
    CASH_FROM: CashApplication = "WHERE t.at >= $1 ORDER BY t.sequence, t.id";
    DEDUCTIONS_OFF: Deduction = "WHERE t.invoice = $1 ORDER BY t.sequence, t.id";
    DEDUCTIONS_FROM: Deduction = "WHERE t.at >= $1 ORDER BY t.sequence, t.id";
    REMINDERS: Reminder = "WHERE t.invoice = $1 ORDER BY t.level_days";
    REMINDERS_TO: Reminder = "WHERE t.customer = $1 ORDER BY t.on_date, t.invoice";
    REMINDERS_TO_OWING: Reminder = "WHERE t.customer IN (SELECT i.customer FROM customer_invoices i
        WHERE i.gross <> CAST(COALESCE((SELECT SUM(a.amount)
            FROM cash_applications a WHERE a.invoice = i.id), 0) + COALESCE((SELECT SUM(d.amount)
            FROM deductions d WHERE d.invoice = i.id), 0) AS BIGINT))
        ORDER BY t.customer, t.on_date, t.invoice";
}

/// The balance is gross less what was applied and taken off; it is claimed while a claimed remittance names the invoice, and in review
/// as long as a held one that names it says.
impl Loaded for OpenInvoice {
    const OF: &'static Table = CustomerInvoice::TABLE;

    fn select() -> String {
        format!(
            "SELECT {}, CAST(t.gross - COALESCE((SELECT SUM(a.amount) FROM cash_applications a
                WHERE a.invoice = t.id), 0) - COALESCE((SELECT SUM(d.amount) FROM deductions d
                WHERE d.invoice = t.id), 0) AS BIGINT),
             CASE WHEN EXISTS (SELECT 1 FROM remittance_invoices n JOIN remittances r
                ON r.id = n.remittance WHERE n.invoice = t.id AND r.state = 'claimed')
                THEN 1 ELSE 0 END,
             (SELECT MAX(r.waits_until) FROM remittance_invoices n JOIN remittances r
                ON r.id = n.remittance WHERE n.invoice = t.id AND r.state = 'held')
             FROM customer_invoices t",
            selected(Self::OF)
        )
    }

    fn load(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        let invoice = CustomerInvoice::read(from)?;
        let balance = Money::from_minor(from.int()?, invoice.gross.currency());
        let claimed = from.int()? == 1;
        let in_review_until = from.opt_parsed(parse_iso_date)?;
        Ok(Self {
            invoice,
            balance,
            claimed,
            in_review_until,
        })
    }
}

impl Store {
    /// What a person may mean by this text: the first digits of an id, or an invoice's number in any typing.
    ///
    /// # Errors
    /// What the database said.
    pub async fn find_customer_invoices(
        &self,
        text: &str,
    ) -> Result<Vec<CustomerInvoice>, StoreError> {
        let mut found = self.find_customer_invoices_by_id(text).await?;
        // A number may look like the beginning of an id.
        for numbered in self
            .all(&BY_NUMBER, &[NumberKey::of(text).as_str().into()])
            .await?
        {
            if !found.iter().any(|invoice| invoice.id == numbered.id) {
                found.push(numbered);
            }
        }
        Ok(found)
    }

    /// An invoice with what is open of it, which may be nothing.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_invoice(
        &self,
        id: CustomerInvoiceId,
    ) -> Result<Option<OpenInvoice>, StoreError> {
        self.first(&ONE_OPEN, &[id.to_string().into()]).await
    }

    /// The cash applied at this instant or later, reversals too.
    ///
    /// # Errors
    /// What the database said.
    pub async fn cash_applied_from(
        &self,
        from: Timestamp,
    ) -> Result<Vec<CashApplication>, StoreError> {
        self.all(&CASH_FROM, &[from.as_millisecond().into()]).await
    }

    /// What was taken off invoices at this instant or later, reversals too.
    ///
    /// # Errors
    /// What the database said.
    pub async fn deductions_from(&self, from: Timestamp) -> Result<Vec<Deduction>, StoreError> {
        self.all(&DEDUCTIONS_FROM, &[from.as_millisecond().into()])
            .await
    }

    /// What was taken off an invoice, reversals included.
    ///
    /// # Errors
    /// What the database said.
    pub async fn deductions_off(
        &self,
        invoice: CustomerInvoiceId,
    ) -> Result<Vec<Deduction>, StoreError> {
        self.all(&DEDUCTIONS_OFF, &[invoice.to_string().into()])
            .await
    }

    /// Every invoice that is not settled to the cent, by customer and due date.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_invoices(&self) -> Result<Vec<OpenInvoice>, StoreError> {
        self.all(&OPEN, &[]).await
    }

    /// Those of one customer, by due date.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_invoices_of(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<OpenInvoice>, StoreError> {
        self.all(&OPEN_OF, &[customer.to_string().into()]).await
    }

    /// Invoices of these numbers, settled ones too, whoever owes them: so that a payer can be told of a paid one.
    ///
    /// # Errors
    /// What the database said.
    pub async fn invoices_by_number_keys(
        &self,
        keys: &[NumberKey],
    ) -> Result<Vec<OpenInvoice>, StoreError> {
        let mut found = Vec::new();
        let mut asked: Vec<&NumberKey> = keys.iter().collect();
        asked.sort_unstable();
        asked.dedup();
        for key in asked {
            found.extend(self.all(&NUMBERED, &[key.as_str().into()]).await?);
        }
        Ok(found)
    }

    /// Remittances whose money is not applied yet, those before a person too, oldest first: of one customer, or of all.
    ///
    /// # Errors
    /// What the database said.
    pub async fn unsettled_remittances(
        &self,
        customer: Option<CustomerId>,
    ) -> Result<Vec<Remittance>, StoreError> {
        match customer {
            Some(customer) => {
                self.all(&UNSETTLED_OF, &[customer.to_string().into()])
                    .await
            }
            None => self.all(&UNSETTLED, &[]).await,
        }
    }

    /// Remittances whose lines name an invoice, in whatever state.
    ///
    /// # Errors
    /// What the database said.
    pub async fn remittances_naming(
        &self,
        invoice: CustomerInvoiceId,
    ) -> Result<Vec<Remittance>, StoreError> {
        self.all(&NAMING, &[invoice.to_string().into()]).await
    }

    /// What was applied to an invoice, reversals included.
    ///
    /// # Errors
    /// What the database said.
    pub async fn cash_of_invoice(
        &self,
        invoice: CustomerInvoiceId,
    ) -> Result<Vec<CashApplication>, StoreError> {
        self.all(&CASH_OF_INVOICE, &[invoice.to_string().into()])
            .await
    }

    /// What of a bank entry was applied, reversals included.
    ///
    /// # Errors
    /// What the database said.
    pub async fn cash_of_entry(
        &self,
        entry: BankEntryId,
    ) -> Result<Vec<CashApplication>, StoreError> {
        self.all(&CASH_OF_ENTRY, &[entry.to_string().into()]).await
    }

    /// The levels an invoice has reached, by level.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reminders_of(
        &self,
        invoice: CustomerInvoiceId,
    ) -> Result<Vec<Reminder>, StoreError> {
        self.all(&REMINDERS, &[invoice.to_string().into()]).await
    }

    /// Every reminder to a customer, by day.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reminders_to(&self, customer: CustomerId) -> Result<Vec<Reminder>, StoreError> {
        self.all(&REMINDERS_TO, &[customer.to_string().into()])
            .await
    }

    /// Every reminder to whoever owes something, by customer and day.
    ///
    /// # Errors
    /// What the database said.
    pub async fn reminders_to_owing(&self) -> Result<Vec<Reminder>, StoreError> {
        self.all(&REMINDERS_TO_OWING, &[]).await
    }

    /// The newest reminders.
    ///
    /// # Errors
    /// What the database said.
    pub async fn list_reminders(&self, limit: u32) -> Result<Vec<Reminder>, StoreError> {
        self.list(&Filter::default().limit(limit)).await
    }
}
