//! What a migration does, read from its text: told before it is run, and whether the daemons may work meanwhile.
//!
//! The rule (docs/DESIGN.md): a release only adds what the one before does not miss; what nobody uses any more is taken away a
//! release later. `--@works_with N` says that programs whose newest migration is N work on these tables.

use std::collections::BTreeSet;

const WORKS_WITH: &str = "--@works_with ";
pub(super) const INSERT_ONLY: &str = "--@insert_only ";

/// A migration, as people are told of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Told {
    /// `new table replicas`, `bills: new column codings`, …
    pub(super) changes: Vec<String>,
    /// It only adds what a program that does not know of it does not miss.
    pub(super) only_adds: bool,
    /// The oldest program that works on the tables it makes, by its newest migration.
    pub(super) works_with: Option<i64>,
}

/// The number behind `--@works_with`, when the line says that.
pub(super) fn works_with(line: &str) -> Option<i64> {
    line.strip_prefix(WORKS_WITH)?.trim().parse().ok()
}

/// Reads the text of a migration.
pub(super) fn told(text: &str) -> Told {
    let mut told = Told {
        only_adds: true,
        ..Told::default()
    };
    let mut new_tables = BTreeSet::new();
    told.works_with = text.lines().find_map(works_with);
    let code = text.lines().filter(|line| !line.starts_with("--"));
    let code = code.collect::<Vec<_>>().join(" ");
    let statements = code.split(';').map(str::trim);
    for statement in statements.filter(|statement| !statement.is_empty()) {
        let words = statement.split_whitespace().collect::<Vec<_>>();
        let (change, adds) = one(&words, &mut new_tables);
        told.changes.push(change);
        told.only_adds &= adds;
    }
    for table in text
        .lines()
        .filter_map(|line| line.strip_prefix(INSERT_ONLY))
    {
        told.changes
            .push(format!("{table}: rows are never changed"));
        told.only_adds &= new_tables.contains(table.trim());
    }
    told.changes.dedup();
    told
}

/// What one statement does, and whether a program that does not know of it goes on as before.
fn one<'t>(words: &[&'t str], new_tables: &mut BTreeSet<&'t str>) -> (String, bool) {
    // `CHECK(x > 0)` has the word in it, too.
    let has = |wanted: &str| {
        let mut parts = words.iter().flat_map(|word| word.split(['(', ')', ',']));
        parts.any(|part| part.eq_ignore_ascii_case(wanted))
    };
    match words {
        ["CREATE", "TABLE", table, ..] => {
            new_tables.insert(table);
            (format!("new table {table}"), true)
        }
        ["CREATE", "INDEX", _, "ON", table, ..] => (format!("{table}: new index"), true),
        // A second row where there may be one now: the old program does not expect to be refused.
        ["CREATE", "UNIQUE", "INDEX", _, "ON", table, ..] => (
            format!("{table}: new unique index"),
            new_tables.contains(table),
        ),
        ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] => {
            let missed = has("NULL") && has("NOT") && !has("DEFAULT");
            let refuses = ["UNIQUE", "CHECK", "REFERENCES", "PRIMARY"]
                .iter()
                .any(|word| has(word));
            (format!("{table}: new column {column}"), !missed && !refuses)
        }
        ["INSERT", "INTO", table, ..] => (format!("{table}: rows"), new_tables.contains(table)),
        other => (
            other.iter().take(6).copied().collect::<Vec<_>>().join(" "),
            false,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_adds_is_told_from_what_an_old_daemon_would_miss() {
        for (text, only_adds) in [
            (
                "CREATE TABLE a (id {{key}} NOT NULL);\nCREATE UNIQUE INDEX a_b ON a (id);",
                true,
            ),
            ("--@insert_only a\nCREATE TABLE a (id {{key}});", true),
            ("CREATE INDEX bills_x ON bills (x);", true),
            ("ALTER TABLE bills ADD COLUMN x TEXT;", true),
            (
                "ALTER TABLE bills ADD COLUMN x {{i64}} NOT NULL DEFAULT 0;",
                true,
            ),
            ("ALTER TABLE bills ADD COLUMN x TEXT NOT NULL;", false),
            (
                "ALTER TABLE bills ADD COLUMN x TEXT REFERENCES a (id);",
                false,
            ),
            (
                "ALTER TABLE bills ADD COLUMN x {{i64}} NOT NULL DEFAULT 0 CHECK(x > 0);",
                false,
            ),
            ("CREATE UNIQUE INDEX bills_x ON bills (x);", false),
            ("--@insert_only bills", false),
            ("ALTER TABLE bills DROP COLUMN x;", false),
            ("ALTER TABLE bills RENAME COLUMN x TO y;", false),
            ("DROP TABLE bills;", false),
            ("UPDATE bills SET x = 1;", false),
        ] {
            assert_eq!(told(text).only_adds, only_adds, "{text}");
        }
        let told = told("-- Why.\n--@works_with 17\nALTER TABLE bills ADD COLUMN x TEXT;\n");
        assert_eq!(told.works_with, Some(17));
        assert_eq!(told.changes, ["bills: new column x"]);
    }
}
