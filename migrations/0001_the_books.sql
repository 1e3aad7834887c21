-- The books, for SQLite and PostgreSQL from one text. Tokens are filled in when it is run (src/io/store/migrate.rs):
--   {{key}}     text compared byte by byte         {{i64}}  whole numbers: minor units, milliseconds since 1970, counts
--   {{strict}}  SQLite: refuse other types than declared
--   --@insert_only TABLE                           rows of TABLE can be neither changed nor deleted
-- Conventions: ids and hashes are text; money is minor units with a currency beside it; dates are YYYY-MM-DD; what is never
-- searched (evidence, lines, letters) is JSON text. `sequence` is the number of the audit entry that brought the row: the
-- order in which things came. A constraint is named after its table and columns, so that both databases name it alike.

CREATE TABLE audit_events (
    sequence {{i64}} NOT NULL,
    at {{i64}} NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {{key}} NOT NULL,
    from_state TEXT,
    to_state TEXT,
    reason TEXT NOT NULL,
    facts TEXT,
    hash TEXT NOT NULL,
    CONSTRAINT audit_events_sequence PRIMARY KEY (sequence)
){{strict}};
CREATE INDEX audit_events_by_subject ON audit_events (subject_id, sequence);
--@insert_only audit_events

-- One row: the last entry of the chain. It is also the lock under which entries get their numbers.
CREATE TABLE audit_head (
    id {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT audit_head_id PRIMARY KEY (id),
    CONSTRAINT audit_head_is_one CHECK (id = 1)
){{strict}};
INSERT INTO audit_head (id, sequence, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE idempotency_keys (
    key {{key}} NOT NULL,
    input TEXT NOT NULL,
    first_sequence {{i64}} NOT NULL,
    CONSTRAINT idempotency_keys_key PRIMARY KEY (key)
){{strict}};

CREATE TABLE jobs (
    id {{key}} NOT NULL,
    step TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {{key}} NOT NULL,
    state TEXT NOT NULL,
    due_at {{i64}} NOT NULL,
    attempts {{i64}} NOT NULL,
    lease_owner TEXT,
    lease_until {{i64}},
    again {{i64}} NOT NULL,
    error TEXT,
    CONSTRAINT jobs_id PRIMARY KEY (id),
    CONSTRAINT jobs_state CHECK (state IN ('ready', 'leased', 'parked')),
    CONSTRAINT jobs_lease CHECK ((state = 'leased') = (lease_owner IS NOT NULL AND lease_until IS NOT NULL))
){{strict}};
CREATE INDEX jobs_by_due ON jobs (due_at, id) WHERE state = 'ready';
CREATE INDEX jobs_by_subject ON jobs (subject_id, state, due_at, id);
CREATE UNIQUE INDEX jobs_one_leased ON jobs (subject_id) WHERE state = 'leased';

CREATE TABLE mailboxes (
    mailbox {{key}} NOT NULL,
    uid_validity {{i64}} NOT NULL,
    next_uid {{i64}} NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT mailboxes_mailbox PRIMARY KEY (mailbox)
){{strict}};

CREATE TABLE messages (
    id {{key}} NOT NULL,
    content TEXT NOT NULL,
    size_bytes {{i64}} NOT NULL,
    header_message_id {{key}},
    from_address TEXT,
    subject TEXT NOT NULL,
    received_at {{i64}} NOT NULL,
    mailbox TEXT NOT NULL,
    state TEXT NOT NULL,
    route TEXT,
    notes TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT messages_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX messages_by_state ON messages (state, sequence);
CREATE INDEX messages_by_header ON messages (header_message_id) WHERE header_message_id IS NOT NULL;

CREATE TABLE arrivals (
    mailbox {{key}} NOT NULL,
    uid_validity {{i64}} NOT NULL,
    uid {{key}} NOT NULL,
    message {{key}} NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    filed {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT arrivals_mailbox_uid_validity_uid PRIMARY KEY (mailbox, uid_validity, uid),
    CONSTRAINT arrivals_filed CHECK (filed IN (0, 1))
){{strict}};
CREATE INDEX arrivals_by_message ON arrivals (message);
CREATE INDEX arrivals_to_file ON arrivals (mailbox, sequence) WHERE filed = 0;

CREATE TABLE documents (
    id {{key}} NOT NULL,
    message {{key}} NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    parent {{key}},
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    confidence {{i64}} NOT NULL,
    pages {{i64}} NOT NULL,
    reading TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT documents_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX documents_by_message ON documents (message);
CREATE INDEX documents_by_state ON documents (state, sequence);

CREATE TABLE suppliers (
    id {{key}} NOT NULL,
    number {{key}} NOT NULL,
    name TEXT NOT NULL,
    vat_id TEXT,
    ibans TEXT,
    domains TEXT,
    mail TEXT,
    terms_days {{i64}},
    approver TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT suppliers_id PRIMARY KEY (id),
    CONSTRAINT suppliers_number UNIQUE (number)
){{strict}};

CREATE TABLE bills (
    id {{key}} NOT NULL,
    document {{key}} NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    message {{key}} NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    supplier {{key}} REFERENCES suppliers (id) DEFERRABLE INITIALLY DEFERRED,
    supplier_name TEXT NOT NULL,
    number {{key}},
    number_key {{key}},
    issue_date TEXT,
    due_date TEXT,
    currency TEXT,
    net {{i64}},
    net_currency TEXT,
    tax {{i64}},
    tax_currency TEXT,
    gross {{i64}},
    gross_currency TEXT,
    payable {{i64}},
    payable_currency TEXT,
    iban TEXT,
    po_number TEXT,
    payment_reference TEXT,
    preceding_number TEXT,
    submitter TEXT,
    corrected_by TEXT,
    findings TEXT,
    cleared TEXT,
    state TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT bills_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX bills_by_supplier ON bills (supplier, sequence) WHERE supplier IS NOT NULL;
CREATE INDEX bills_by_number ON bills (number_key) WHERE number_key IS NOT NULL;
CREATE INDEX bills_by_state ON bills (state, sequence);

CREATE TABLE approval_requests (
    id {{key}} NOT NULL,
    bill {{key}} NOT NULL REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    bill_version TEXT NOT NULL,
    approver TEXT NOT NULL,
    rules TEXT,
    token_hash {{key}} NOT NULL,
    outbound {{key}} NOT NULL,
    state TEXT NOT NULL,
    asked_at {{i64}} NOT NULL,
    expires_at {{i64}} NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT approval_requests_id PRIMARY KEY (id),
    CONSTRAINT approval_requests_token_hash UNIQUE (token_hash)
){{strict}};
CREATE INDEX approval_requests_by_bill ON approval_requests (bill, sequence);
CREATE INDEX approval_requests_by_state ON approval_requests (state, expires_at);

-- At most one vote a request: the request is the key.
CREATE TABLE votes (
    request {{key}} NOT NULL REFERENCES approval_requests (id) DEFERRABLE INITIALLY DEFERRED,
    bill {{key}} NOT NULL REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    message {{key}},
    approver TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    proof TEXT NOT NULL,
    at {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT votes_request PRIMARY KEY (request)
){{strict}};
CREATE INDEX votes_by_bill ON votes (bill, sequence);
--@insert_only votes

CREATE TABLE payments (
    id {{key}} NOT NULL,
    bill {{key}} NOT NULL REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    amount {{i64}} NOT NULL,
    amount_currency TEXT NOT NULL,
    planned_for TEXT NOT NULL,
    blocked TEXT,
    state TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT payments_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX payments_by_bill ON payments (bill, sequence);
CREATE INDEX payments_by_state ON payments (state, planned_for);

CREATE TABLE customers (
    id {{key}} NOT NULL,
    number {{key}} NOT NULL,
    name TEXT NOT NULL,
    vat_id TEXT,
    mail TEXT,
    language TEXT NOT NULL,
    domains TEXT,
    ibans TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT customers_id PRIMARY KEY (id),
    CONSTRAINT customers_number UNIQUE (number)
){{strict}};

CREATE TABLE customer_invoices (
    id {{key}} NOT NULL,
    number {{key}} NOT NULL,
    number_key {{key}} NOT NULL,
    customer {{key}} NOT NULL REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED,
    issue_date TEXT NOT NULL,
    due_date TEXT NOT NULL,
    gross {{i64}} NOT NULL,
    gross_currency TEXT NOT NULL,
    payment_reference TEXT,
    disputed TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT customer_invoices_id PRIMARY KEY (id),
    CONSTRAINT customer_invoices_number UNIQUE (number)
){{strict}};
CREATE INDEX customer_invoices_by_customer ON customer_invoices (customer, due_date);
CREATE INDEX customer_invoices_by_number ON customer_invoices (number_key);

CREATE TABLE remittances (
    id {{key}} NOT NULL,
    document {{key}} NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    message {{key}} NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    customer {{key}} REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED,
    payer TEXT NOT NULL,
    total {{i64}},
    total_currency TEXT,
    payment_date TEXT,
    reference TEXT,
    lines TEXT,
    state TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT remittances_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX remittances_by_customer ON remittances (customer, sequence) WHERE customer IS NOT NULL;
CREATE INDEX remittances_by_state ON remittances (state, sequence);

-- Which invoices the lines of a remittance name: an index into `lines`, written with every version of the remittance.
CREATE TABLE remittance_invoices (
    remittance {{key}} NOT NULL,
    invoice {{key}} NOT NULL,
    CONSTRAINT remittance_invoices_remittance_invoice PRIMARY KEY (remittance, invoice)
){{strict}};
CREATE INDEX remittance_invoices_by_invoice ON remittance_invoices (invoice);

CREATE TABLE bank_entries (
    id {{key}} NOT NULL,
    entry_reference {{key}} NOT NULL,
    booking_date TEXT NOT NULL,
    value_date TEXT,
    amount {{i64}} NOT NULL,
    amount_currency TEXT NOT NULL,
    counterparty_name TEXT NOT NULL,
    counterparty_iban TEXT,
    remittance_information TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT bank_entries_id PRIMARY KEY (id),
    CONSTRAINT bank_entries_entry_reference UNIQUE (entry_reference)
){{strict}};

CREATE TABLE cash_applications (
    id {{key}} NOT NULL,
    invoice {{key}} NOT NULL REFERENCES customer_invoices (id) DEFERRABLE INITIALLY DEFERRED,
    bank_entry {{key}} NOT NULL REFERENCES bank_entries (id) DEFERRABLE INITIALLY DEFERRED,
    remittance {{key}} REFERENCES remittances (id) DEFERRABLE INITIALLY DEFERRED,
    amount {{i64}} NOT NULL,
    amount_currency TEXT NOT NULL,
    how TEXT NOT NULL,
    at {{i64}} NOT NULL,
    reverses {{key}},
    sequence {{i64}} NOT NULL,
    CONSTRAINT cash_applications_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX cash_applications_by_invoice ON cash_applications (invoice);
CREATE INDEX cash_applications_by_entry ON cash_applications (bank_entry);
-- An entry is taken back once.
CREATE UNIQUE INDEX cash_applications_reverses ON cash_applications (reverses) WHERE reverses IS NOT NULL;
--@insert_only cash_applications

CREATE TABLE reminders (
    id {{key}} NOT NULL,
    invoice {{key}} NOT NULL REFERENCES customer_invoices (id) DEFERRABLE INITIALLY DEFERRED,
    customer {{key}} NOT NULL REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED,
    level_days {{i64}} NOT NULL,
    outbound {{key}} NOT NULL,
    on_date TEXT NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT reminders_id PRIMARY KEY (id),
    CONSTRAINT reminders_invoice_level_days UNIQUE (invoice, level_days)
){{strict}};
CREATE INDEX reminders_by_customer ON reminders (customer, on_date);
--@insert_only reminders

CREATE TABLE outbound (
    id {{key}} NOT NULL,
    purpose TEXT NOT NULL,
    about_kind TEXT NOT NULL,
    about_id {{key}} NOT NULL,
    header_message_id {{key}} NOT NULL,
    from_address TEXT NOT NULL,
    reply_to TEXT,
    envelope_from TEXT NOT NULL,
    envelope_key {{key}} NOT NULL,
    to_address TEXT NOT NULL,
    in_reply_to TEXT,
    thread TEXT,
    letter TEXT NOT NULL,
    attachments TEXT,
    written_at {{i64}} NOT NULL,
    state TEXT NOT NULL,
    attempts {{i64}} NOT NULL,
    next_attempt_at {{i64}} NOT NULL,
    last_answer TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT outbound_id PRIMARY KEY (id),
    CONSTRAINT outbound_header_message_id UNIQUE (header_message_id)
){{strict}};
CREATE INDEX outbound_by_envelope ON outbound (envelope_key);
CREATE INDEX outbound_by_about ON outbound (about_id, sequence);
CREATE INDEX outbound_by_state ON outbound (state, sequence);

CREATE TABLE exceptions (
    id {{key}} NOT NULL,
    code TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {{key}} NOT NULL,
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    next_action TEXT NOT NULL,
    raised_at {{i64}} NOT NULL,
    due_at {{i64}} NOT NULL,
    state TEXT NOT NULL,
    resolution TEXT,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT exceptions_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX exceptions_by_subject ON exceptions (subject_id);
CREATE INDEX exceptions_by_state ON exceptions (state, sequence);

-- Operation, not business: overwritten with every look.
CREATE TABLE mailbox_looks (
    mailbox {{key}} NOT NULL,
    looked_at {{i64}} NOT NULL,
    problem TEXT,
    CONSTRAINT mailbox_looks_mailbox PRIMARY KEY (mailbox)
){{strict}};
