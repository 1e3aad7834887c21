//! Payment runs.

use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::evidence::{Spelled, Text, mirrored, unmirrored};
use super::{Cells, Cursor, Row, Table};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Date;
use crate::basics::ids::{BillId, ContentHash, PaymentId, PaymentRunId, SupplierId};
use crate::basics::money::Money;
use crate::domain::payable::payment_run::{RemittanceText, Transfer, TransferLine};
use crate::domain::payable::{PaymentRun, PaymentRunState};

impl Row for PaymentRun {
    const TABLE: &'static Table = &Table {
        name: "payment_runs",
        columns: &[
            "id",
            "account",
            "debtor_iban",
            "prepared_by",
            "prepared_at",
            "transfers",
            "total",
            "total_currency",
            "file",
            "released_by",
            "state",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(&self.account);
        to.shown(&self.debtor_iban);
        to.text(&self.prepared_by);
        to.time(self.prepared_at);
        to.list(&mirrored::<_, TransferRow>(&self.transfers));
        to.money(self.total);
        to.shown(&self.file);
        to.opt_text(self.released_by.as_deref());
        to.text(self.state.as_str());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(PaymentRunId::parse)?,
            account: from.text()?,
            debtor_iban: from.parsed(Iban::parse)?,
            prepared_by: from.text()?,
            prepared_at: from.time()?,
            transfers: unmirrored::<TransferRow, _>(from.list()?),
            total: from.money()?,
            file: from.parsed(ContentHash::parse)?,
            released_by: from.opt_text()?,
            state: from.parsed(PaymentRunState::parse)?,
            version: from.version()?,
        })
    }
}

impl Spelled for Iban {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

macro_rules! spelled_ids {
    ($($id:ty),* $(,)?) => {$(
        impl Spelled for $id {
            fn spell(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}

spelled_ids!(SupplierId, PaymentId, BillId);

/// Mirrors `Transfer`.
#[derive(Serialize, Deserialize)]
struct TransferRow {
    end_to_end_id: String,
    supplier: Text<SupplierId>,
    creditor_name: String,
    creditor_iban: Text<Iban>,
    amount: Text<Money>,
    execution_date: Text<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    creditor_reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unstructured: Option<String>,
    lines: Vec<LineRow>,
}

/// Mirrors `TransferLine`.
#[derive(Serialize, Deserialize)]
struct LineRow {
    payment: Text<PaymentId>,
    bill: Text<BillId>,
    invoice_number: String,
    amount: Text<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount: Option<Text<Money>>,
}

impl From<&Transfer> for TransferRow {
    fn from(transfer: &Transfer) -> Self {
        let (creditor_reference, unstructured) = match &transfer.remittance {
            RemittanceText::CreditorReference(reference) => (Some(reference.clone()), None),
            RemittanceText::Unstructured(words) => (None, Some(words.clone())),
        };
        Self {
            end_to_end_id: transfer.end_to_end_id.clone(),
            supplier: Text(transfer.supplier),
            creditor_name: transfer.creditor_name.clone(),
            creditor_iban: Text(transfer.creditor_iban.clone()),
            amount: Text(transfer.amount),
            execution_date: Text(transfer.execution_date),
            creditor_reference,
            unstructured,
            lines: mirrored(&transfer.lines),
        }
    }
}

impl From<TransferRow> for Transfer {
    fn from(row: TransferRow) -> Self {
        let words = row.unstructured.unwrap_or_default();
        let remittance = row.creditor_reference;
        Self {
            end_to_end_id: row.end_to_end_id,
            supplier: row.supplier.0,
            creditor_name: row.creditor_name,
            creditor_iban: row.creditor_iban.0,
            amount: row.amount.0,
            execution_date: row.execution_date.0,
            remittance: remittance.map_or(
                RemittanceText::Unstructured(words),
                RemittanceText::CreditorReference,
            ),
            lines: unmirrored(row.lines),
        }
    }
}

impl From<&TransferLine> for LineRow {
    fn from(line: &TransferLine) -> Self {
        Self {
            payment: Text(line.payment),
            bill: Text(line.bill),
            invoice_number: line.invoice_number.clone(),
            amount: Text(line.amount),
            discount: line.discount.map(Text),
        }
    }
}

impl From<LineRow> for TransferLine {
    fn from(row: LineRow) -> Self {
        Self {
            payment: row.payment.0,
            bill: row.bill.0,
            invoice_number: row.invoice_number,
            amount: row.amount.0,
            discount: row.discount.map(|money| money.0),
        }
    }
}
