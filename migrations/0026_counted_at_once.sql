--@works_with 25
-- How much went out lately is counted from this index alone: the columns asked for stand behind the letter, and the whole letter
-- of every mail of the last day was gone through to come to them. A later release takes outbound_by_attempt away.
CREATE INDEX outbound_sent_lately ON outbound (next_attempt_at, state, to_address);
