-- In whose place a delegate is asked and votes. A program that does not know it counts such a vote for nobody.
--@works_with 23
ALTER TABLE approval_requests ADD COLUMN stands_in_for TEXT;
ALTER TABLE votes ADD COLUMN stands_in_for TEXT;
