-- Every bill asks for others of its supplier with its number, or of its day and amount: found by these, however many there are.
--@works_with 22
CREATE INDEX bills_by_supplier_number ON bills (supplier, number_key);
CREATE INDEX bills_by_supplier_day ON bills (supplier, issue_date, gross);
