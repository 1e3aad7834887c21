--@works_with 26
-- What was ordered and what came in. An order is found by the key of its number, however a bill writes it.
CREATE TABLE order_lines (
    id {{key}} NOT NULL,
    order_number TEXT NOT NULL,
    order_key TEXT NOT NULL,
    line TEXT NOT NULL,
    supplier TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity TEXT NOT NULL,
    price TEXT NOT NULL,
    per TEXT NOT NULL,
    currency TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT order_lines_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX order_lines_by_order ON order_lines (order_key, sequence);
CREATE TABLE goods_receipts (
    id {{key}} NOT NULL,
    number TEXT NOT NULL,
    order_number TEXT NOT NULL,
    order_key TEXT NOT NULL,
    line TEXT NOT NULL,
    quantity TEXT NOT NULL,
    received_on TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT goods_receipts_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX goods_receipts_by_order ON goods_receipts (order_key, sequence);
-- Bills that were stored before have no key and are found by the number as they write it.
ALTER TABLE bills ADD COLUMN order_key TEXT;
CREATE INDEX bills_by_order_key ON bills (order_key) WHERE order_key IS NOT NULL;
CREATE INDEX bills_by_po_number ON bills (po_number) WHERE po_number IS NOT NULL;
