--@works_with 26
-- Accounts that somebody says are a supplier's, on their way into what we know of it. A program that does not know them pays only
-- accounts the supplier's own row names, as before.
CREATE TABLE supplier_accounts (
    id {{key}} NOT NULL,
    supplier TEXT NOT NULL,
    iban TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at {{i64}} NOT NULL,
    bill TEXT,
    called_by TEXT,
    called_at {{i64}},
    called_number TEXT,
    number_from TEXT,
    spoke_with TEXT,
    confirmed_by TEXT,
    confirmed_at {{i64}},
    pays_from TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT supplier_accounts_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX supplier_accounts_by_supplier ON supplier_accounts (supplier, sequence);
CREATE INDEX supplier_accounts_by_state ON supplier_accounts (state, sequence);
-- Where the supplier is called.
ALTER TABLE suppliers ADD COLUMN phone TEXT;
