-- Where a supplier prints a value on one of his layouts: what a person's correction of a bill taught. `evidence` is JSON.
CREATE TABLE memories (
    id {{key}} NOT NULL,
    supplier {{key}} NOT NULL REFERENCES suppliers (id) DEFERRABLE INITIALLY DEFERRED,
    field TEXT NOT NULL,
    document {{key}} NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    taught_by TEXT NOT NULL,
    taught_at {{i64}} NOT NULL,
    evidence TEXT NOT NULL,
    successes {{i64}} NOT NULL,
    failures {{i64}} NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT memories_id PRIMARY KEY (id)
){{strict}};
CREATE INDEX memories_by_supplier ON memories (supplier, failures, taught_at);
