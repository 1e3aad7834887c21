--@works_with 30
-- What went out is compared with what came in.
CREATE INDEX bank_entries_by_amount ON bank_entries (amount);
