-- Mails that came before start_at (ms) and stood in the mailbox, below start_uid, when it was first looked at are left alone.
ALTER TABLE mailboxes ADD COLUMN start_at {{i64}};
ALTER TABLE mailboxes ADD COLUMN start_uid {{i64}};
