//! Suppliers, bills and payments.

use super::super::error::StoreError;
use super::coding::LineCodingRow;
use super::evidence::{FindingRow, mirrored, unmirrored};
use super::{Cells, Cursor, Row, Table};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::parse_iso_date;
use crate::basics::currency::Currency;
use crate::basics::ids::{BillId, DocumentId, MessageId, PaymentId, SupplierId};
use crate::basics::tax_id::VatId;
use crate::domain::payable::{
    Bill, BillKind, BillState, NumberKey, Payment, PaymentState, Supplier,
};

impl Row for Supplier {
    const TABLE: &'static Table = &Table {
        name: "suppliers",
        columns: &[
            "id",
            "number",
            "name",
            "vat_id",
            "ibans",
            "domains",
            "mail",
            "terms_days",
            "approver",
            "phone",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        let ibans: Vec<&str> = self.ibans.iter().map(Iban::as_str).collect();
        to.shown(&self.id);
        to.text(&self.number);
        to.text(&self.name);
        to.opt_text(self.vat_id.as_ref().map(VatId::as_str));
        to.list(&ibans);
        to.list(&self.domains);
        to.opt_shown(self.mail.as_ref());
        to.opt_int(self.terms_days.map(i64::from));
        to.opt_shown(self.approver.as_ref());
        to.opt_text(self.phone.as_deref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(SupplierId::parse)?,
            number: from.text()?,
            name: from.text()?,
            vat_id: from.opt_parsed(VatId::parse)?,
            ibans: from.parsed_list(Iban::parse)?,
            domains: from.list()?,
            mail: from.opt_parsed(MailAddress::parse)?,
            terms_days: from.opt_number()?,
            approver: from.opt_parsed(MailAddress::parse)?,
            phone: from.opt_text()?,
            version: from.version()?,
        })
    }
}

impl Row for Bill {
    const TABLE: &'static Table = &Table {
        name: "bills",
        columns: &[
            "id",
            "document",
            "message",
            "kind",
            "supplier",
            "supplier_name",
            "number",
            "number_key",
            "issue_date",
            "due_date",
            "currency",
            "net",
            "net_currency",
            "tax",
            "tax_currency",
            "gross",
            "gross_currency",
            "payable",
            "payable_currency",
            "iban",
            "po_number",
            "order_key",
            "payment_reference",
            "preceding_number",
            "submitter",
            "corrected_by",
            "codings",
            "findings",
            "cleared",
            "state",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.document);
        to.shown(&self.message);
        to.text(self.kind.as_str());
        to.opt_shown(self.supplier.as_ref());
        to.text(&self.supplier_name);
        to.opt_text(self.number.as_deref());
        to.opt_text(self.number_key().as_ref().map(NumberKey::as_str));
        to.opt_shown(self.issue_date.as_ref());
        to.opt_shown(self.due_date.as_ref());
        to.opt_shown(self.currency.as_ref());
        to.opt_money(self.net);
        to.opt_money(self.tax);
        to.opt_money(self.gross);
        to.opt_money(self.payable);
        to.opt_text(self.iban.as_deref());
        to.opt_text(self.po_number.as_deref());
        to.opt_text(self.order_key().as_ref().map(NumberKey::as_str));
        to.opt_text(self.payment_reference.as_deref());
        to.opt_text(self.preceding_number.as_deref());
        to.opt_shown(self.submitter.as_ref());
        to.list(&self.corrected_by);
        to.list(&mirrored::<_, LineCodingRow>(&self.codings));
        to.list(&mirrored::<_, FindingRow>(&self.findings));
        to.list(&self.cleared);
        to.text(self.state.as_str());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(BillId::parse)?,
            document: from.parsed(DocumentId::parse)?,
            message: from.parsed(MessageId::parse)?,
            kind: from.parsed(BillKind::parse)?,
            supplier: from.opt_parsed(SupplierId::parse)?,
            supplier_name: from.text()?,
            number: from.opt_text()?,
            issue_date: {
                from.skip(); // number_key
                from.opt_parsed(parse_iso_date)?
            },
            due_date: from.opt_parsed(parse_iso_date)?,
            currency: from.opt_parsed(Currency::parse)?,
            net: from.opt_money()?,
            tax: from.opt_money()?,
            gross: from.opt_money()?,
            payable: from.opt_money()?,
            iban: from.opt_text()?,
            po_number: from.opt_text()?,
            payment_reference: {
                from.skip(); // order_key
                from.opt_text()?
            },
            preceding_number: from.opt_text()?,
            submitter: from.opt_parsed(MailAddress::parse)?,
            corrected_by: from.list()?,
            codings: unmirrored::<LineCodingRow, _>(from.list()?),
            findings: unmirrored::<FindingRow, _>(from.list()?),
            cleared: from.list()?,
            state: from.parsed(BillState::parse)?,
            version: from.version()?,
        })
    }
}

impl Row for Payment {
    const TABLE: &'static Table = &Table {
        name: "payments",
        columns: &[
            "id",
            "bill",
            "amount",
            "amount_currency",
            "planned_for",
            "blocked",
            "end_to_end_id",
            "state",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.bill);
        to.money(self.amount);
        to.shown(&self.planned_for);
        to.opt_text(self.blocked.as_deref());
        to.opt_text(self.end_to_end_id.as_deref());
        to.text(self.state.as_str());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(PaymentId::parse)?,
            bill: from.parsed(BillId::parse)?,
            amount: from.money()?,
            planned_for: from.parsed(parse_iso_date)?,
            blocked: from.opt_text()?,
            end_to_end_id: from.opt_text()?,
            state: from.parsed(PaymentState::parse)?,
            version: from.version()?,
        })
    }
}
