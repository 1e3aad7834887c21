-- Several daemons on one PostgreSQL. Times in these tables are the database's own, so that no clock of a machine counts.
-- {{bytes}} is the type of raw bytes.
-- One row a running daemon, renewed while it lives.
CREATE TABLE replicas (
    name {{key}} NOT NULL,
    host TEXT NOT NULL,
    process {{i64}} NOT NULL,
    program_version TEXT NOT NULL,
    started_at {{i64}} NOT NULL,
    seen_at {{i64}} NOT NULL,
    CONSTRAINT replicas_name PRIMARY KEY (name)
){{strict}};

-- Who does what only one may do at a time: watch a mailbox. `epoch` counts the owners.
CREATE TABLE leases (
    name {{key}} NOT NULL,
    owner TEXT NOT NULL,
    epoch {{i64}} NOT NULL,
    expires_at {{i64}} NOT NULL,
    CONSTRAINT leases_name PRIMARY KEY (name)
){{strict}};

-- What all daemons of these books must have alike, by a name.
CREATE TABLE installation (
    name {{key}} NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT installation_name PRIMARY KEY (name)
){{strict}};

-- Raw mails and files in pieces, where the replicas share no folder (raw_bytes = "database"); empty otherwise.
CREATE TABLE contents (
    hash {{key}} NOT NULL,
    piece {{i64}} NOT NULL,
    bytes {{bytes}} NOT NULL,
    CONSTRAINT contents_hash_piece PRIMARY KEY (hash, piece)
){{strict}};
