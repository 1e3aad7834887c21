-- Every mail asks whether a supplier or a customer changed: the sum of their versions says so, and is read from these alone.
CREATE INDEX suppliers_by_version ON suppliers (version);
CREATE INDEX customers_by_version ON customers (version);
-- Every bill asks for others read from the same bytes.
CREATE INDEX documents_by_content ON documents (content);
CREATE INDEX bills_by_document ON bills (document);
