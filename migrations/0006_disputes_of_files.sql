-- What the last imported file said of a dispute: NULL nothing, empty none, else why. Only what the next one says otherwise counts.
ALTER TABLE customer_invoices ADD COLUMN dispute_in_file TEXT;
