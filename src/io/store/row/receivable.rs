//! Customers, their invoices, remittances, the cash applied, and reminders.

use super::super::error::StoreError;
use super::evidence::{ClaimedInvoiceRow, mirrored, unmirrored};
use super::{Cells, Cursor, Row, Table};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::parse_iso_date;
use crate::basics::ids::{
    BankEntryId, CashApplicationId, CustomerId, CustomerInvoiceId, DeductionId, DocumentId,
    MessageId, OutboundId, ReminderId, RemittanceId,
};
use crate::basics::tax_id::VatId;
use crate::domain::payable::NumberKey;
use crate::domain::receivable::deduction::{DeductionCode, Ground};
use crate::domain::receivable::{
    CashApplication, Customer, CustomerInvoice, Deduction, EarlyDiscount, FileDispute, Reminder,
    Remittance, RemittanceState,
};

impl Row for Customer {
    const TABLE: &'static Table = &Table {
        name: "customers",
        columns: &[
            "id",
            "number",
            "name",
            "vat_id",
            "mail",
            "language",
            "domains",
            "ibans",
            "reminders_paused_until",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        let ibans: Vec<&str> = self.ibans.iter().map(Iban::as_str).collect();
        to.shown(&self.id);
        to.text(&self.number);
        to.text(&self.name);
        to.opt_text(self.vat_id.as_ref().map(VatId::as_str));
        to.opt_shown(self.mail.as_ref());
        to.text(&self.language);
        to.list(&self.domains);
        to.list(&ibans);
        to.opt_shown(self.reminders_paused_until.as_ref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(CustomerId::parse)?,
            number: from.text()?,
            name: from.text()?,
            vat_id: from.opt_parsed(VatId::parse)?,
            mail: from.opt_parsed(MailAddress::parse)?,
            language: from.text()?,
            domains: from.list()?,
            ibans: from.parsed_list(Iban::parse)?,
            reminders_paused_until: from.opt_parsed(parse_iso_date)?,
            version: from.version()?,
        })
    }
}

impl Row for CustomerInvoice {
    const TABLE: &'static Table = &Table {
        name: "customer_invoices",
        columns: &[
            "id",
            "number",
            "number_key",
            "customer",
            "issue_date",
            "due_date",
            "gross",
            "gross_currency",
            "payment_reference",
            "disputed",
            "dispute_in_file",
            "final_notice_released",
            "promised_for",
            "discount_until",
            "discount",
            "discount_currency",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(&self.number);
        to.text(NumberKey::of(&self.number).as_str());
        to.shown(&self.customer);
        to.shown(&self.issue_date);
        to.shown(&self.due_date);
        to.money(self.gross);
        to.opt_text(self.payment_reference.as_deref());
        to.opt_text(self.disputed.as_deref());
        to.opt_text(match &self.dispute_in_file {
            FileDispute::Unsaid => None,
            FileDispute::NotDisputed => Some(""),
            FileDispute::Disputed(reason) => Some(reason),
        });
        to.opt_shown(self.final_notice_released.as_ref());
        to.opt_shown(self.promised_for.as_ref());
        to.opt_shown(self.discount.map(|discount| discount.until).as_ref());
        to.opt_money(self.discount.map(|discount| discount.amount));
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(CustomerInvoiceId::parse)?,
            number: from.text()?,
            customer: {
                from.skip(); // number_key
                from.parsed(CustomerId::parse)?
            },
            issue_date: from.parsed(parse_iso_date)?,
            due_date: from.parsed(parse_iso_date)?,
            gross: from.money()?,
            payment_reference: from.opt_text()?,
            disputed: from.opt_text()?,
            dispute_in_file: match from.opt_text()? {
                None => FileDispute::Unsaid,
                Some(reason) if reason.is_empty() => FileDispute::NotDisputed,
                Some(reason) => FileDispute::Disputed(reason),
            },
            final_notice_released: from.opt_parsed(parse_iso_date)?,
            promised_for: from.opt_parsed(parse_iso_date)?,
            discount: {
                let until = from.opt_parsed(parse_iso_date)?;
                let discount = until.zip(from.opt_money()?);
                discount.map(|(until, amount)| EarlyDiscount { until, amount })
            },
            version: from.version()?,
        })
    }
}

impl Row for Remittance {
    const TABLE: &'static Table = &Table {
        name: "remittances",
        columns: &[
            "id",
            "document",
            "message",
            "customer",
            "payer",
            "total",
            "total_currency",
            "payment_date",
            "reference",
            "lines",
            "state",
            "waits_until",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.document);
        to.shown(&self.message);
        to.opt_shown(self.customer.as_ref());
        to.text(&self.payer);
        to.opt_money(self.total);
        to.opt_shown(self.payment_date.as_ref());
        to.opt_text(self.reference.as_deref());
        to.list(&mirrored::<_, ClaimedInvoiceRow>(&self.lines));
        to.text(self.state.as_str());
        to.opt_shown(self.waits_until.as_ref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(RemittanceId::parse)?,
            document: from.parsed(DocumentId::parse)?,
            message: from.parsed(MessageId::parse)?,
            customer: from.opt_parsed(CustomerId::parse)?,
            payer: from.text()?,
            total: from.opt_money()?,
            payment_date: from.opt_parsed(parse_iso_date)?,
            reference: from.opt_text()?,
            lines: unmirrored::<ClaimedInvoiceRow, _>(from.list()?),
            state: from.parsed(RemittanceState::parse)?,
            waits_until: from.opt_parsed(parse_iso_date)?,
            version: from.version()?,
        })
    }
}

impl Row for CashApplication {
    const TABLE: &'static Table = &Table {
        name: "cash_applications",
        columns: &[
            "id",
            "invoice",
            "bank_entry",
            "remittance",
            "amount",
            "amount_currency",
            "how",
            "at",
            "reverses",
        ],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.invoice);
        to.shown(&self.bank_entry);
        to.opt_shown(self.remittance.as_ref());
        to.money(self.amount);
        to.text(&self.how);
        to.time(self.at);
        to.opt_shown(self.reverses.as_ref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(CashApplicationId::parse)?,
            invoice: from.parsed(CustomerInvoiceId::parse)?,
            bank_entry: from.parsed(BankEntryId::parse)?,
            remittance: from.opt_parsed(RemittanceId::parse)?,
            amount: from.money()?,
            how: from.text()?,
            at: from.time()?,
            reverses: from.opt_parsed(CashApplicationId::parse)?,
        })
    }
}

impl Row for Deduction {
    const TABLE: &'static Table = &Table {
        name: "deductions",
        columns: &[
            "id",
            "invoice",
            "customer",
            "bank_entry",
            "code",
            "ground",
            "amount",
            "amount_currency",
            "why",
            "at",
            "reverses",
        ],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.invoice);
        to.shown(&self.customer);
        to.opt_shown(self.bank_entry.as_ref());
        to.text(self.code.as_str());
        to.text(self.ground.as_str());
        to.money(self.amount);
        to.text(&self.why);
        to.time(self.at);
        to.opt_shown(self.reverses.as_ref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(DeductionId::parse)?,
            invoice: from.parsed(CustomerInvoiceId::parse)?,
            customer: from.parsed(CustomerId::parse)?,
            bank_entry: from.opt_parsed(BankEntryId::parse)?,
            code: from.parsed(DeductionCode::parse)?,
            ground: from.parsed(Ground::parse)?,
            amount: from.money()?,
            why: from.text()?,
            at: from.time()?,
            reverses: from.opt_parsed(DeductionId::parse)?,
        })
    }
}

impl Row for Reminder {
    const TABLE: &'static Table = &Table {
        name: "reminders",
        columns: &[
            "id",
            "invoice",
            "customer",
            "level_days",
            "outbound",
            "on_date",
        ],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.invoice);
        to.shown(&self.customer);
        to.int(self.level_days.into());
        to.shown(&self.outbound);
        to.shown(&self.on);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(ReminderId::parse)?,
            invoice: from.parsed(CustomerInvoiceId::parse)?,
            customer: from.parsed(CustomerId::parse)?,
            level_days: from.number()?,
            outbound: from.parsed(OutboundId::parse)?,
            on: from.parsed(parse_iso_date)?,
        })
    }
}
