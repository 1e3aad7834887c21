--@works_with 17
-- Payments that leave together, as a file a second person releases. `transfers` is JSON; the file lies in the vault.
CREATE TABLE payment_runs (
    id {{key}} NOT NULL,
    account TEXT NOT NULL,
    debtor_iban TEXT NOT NULL,
    prepared_by TEXT NOT NULL,
    prepared_at {{i64}} NOT NULL,
    transfers TEXT,
    total {{i64}} NOT NULL,
    total_currency TEXT NOT NULL,
    file TEXT NOT NULL,
    released_by TEXT,
    state TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT payment_runs_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX payment_runs_by_state ON payment_runs (state, sequence);
-- By what the bank's report names a transfer.
ALTER TABLE payments ADD COLUMN end_to_end_id TEXT;
CREATE INDEX payments_by_end_to_end_id ON payments (end_to_end_id) WHERE end_to_end_id IS NOT NULL;
-- By what the bank names the transfer or file an entry is of.
ALTER TABLE bank_entries ADD COLUMN end_to_end_id TEXT;
