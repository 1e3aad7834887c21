-- How much went out lately is asked before every mail.
CREATE INDEX outbound_by_attempt ON outbound (next_attempt_at);
