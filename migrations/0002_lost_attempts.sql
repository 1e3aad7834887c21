-- How often nobody knew whether a mail of ours had arrived: it is repeated once, whatever other attempts it took.
ALTER TABLE outbound ADD COLUMN losses {{i64}} NOT NULL DEFAULT 0;
