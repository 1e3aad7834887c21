-- The last day on which the invoices a remittance names are not reminded of. NULL: a remittance from before this was kept.
ALTER TABLE remittances ADD COLUMN waits_until TEXT;
