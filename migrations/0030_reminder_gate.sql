--@works_with 26
-- Up to which day the bank told us of each account of ours: nobody is reminded by what was known last week.
CREATE TABLE bank_data (
    account {{key}} NOT NULL,
    until_date TEXT NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT bank_data_account PRIMARY KEY (account)
){{strict}};
-- A program that does not know these reminds as before.
ALTER TABLE customers ADD COLUMN reminders_paused_until TEXT;
ALTER TABLE customer_invoices ADD COLUMN final_notice_released TEXT;
ALTER TABLE customer_invoices ADD COLUMN promised_for TEXT;
