-- Where the lines of bills are booked (JSON, NULL for none), and what people said of a supplier's lines of one description.
ALTER TABLE bills ADD COLUMN codings TEXT;
CREATE TABLE coding_memories (
    id {{key}} NOT NULL,
    supplier {{key}} NOT NULL REFERENCES suppliers (id) DEFERRABLE INITIALLY DEFERRED,
    description TEXT NOT NULL,
    coding TEXT NOT NULL,
    bill {{key}} NOT NULL REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    taught_by TEXT NOT NULL,
    taught_at {{i64}} NOT NULL,
    failures {{i64}} NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT coding_memories_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX coding_memories_by_supplier ON coding_memories (supplier, taught_at);
