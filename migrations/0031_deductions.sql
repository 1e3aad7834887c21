--@works_with 30
-- What customers need not pay of an invoice. A program that does not know these asks for the rest, while an upgrade is under way.
CREATE TABLE deductions (
    id {{key}} NOT NULL,
    invoice {{key}} NOT NULL,
    customer {{key}} NOT NULL,
    bank_entry {{key}},
    code TEXT NOT NULL,
    ground TEXT NOT NULL,
    amount {{i64}} NOT NULL,
    amount_currency TEXT NOT NULL,
    why TEXT NOT NULL,
    at {{i64}} NOT NULL,
    reverses {{key}},
    sequence {{i64}} NOT NULL,
    CONSTRAINT deductions_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX deductions_by_invoice ON deductions (invoice);
CREATE INDEX deductions_by_time ON deductions (at);
-- What is taken back once is not taken back again.
CREATE UNIQUE INDEX deductions_reverses ON deductions (reverses) WHERE reverses IS NOT NULL;
--@insert_only deductions
ALTER TABLE customer_invoices ADD COLUMN discount_until TEXT;
ALTER TABLE customer_invoices ADD COLUMN discount {{i64}};
ALTER TABLE customer_invoices ADD COLUMN discount_currency TEXT;
ALTER TABLE bank_entries ADD COLUMN charges {{i64}};
ALTER TABLE bank_entries ADD COLUMN charges_currency TEXT;
