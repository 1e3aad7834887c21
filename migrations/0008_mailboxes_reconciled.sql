-- When every mail of a mailbox was last accounted for, and how much came when: a mailbox that falls silent is told.
ALTER TABLE mailbox_looks ADD COLUMN reconciled_at {{i64}};
CREATE INDEX messages_by_mailbox ON messages (mailbox, received_at);
