//! Holds the house in order: who may import whom, how long files and functions get, that generated pages are fresh and
//! golden files are used. The import table is the one of docs/ARCHITECTURE.md.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and its line says where"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and what it may import besides itself. The longest matching name counts.
const IMPORTS: &[(&str, &[&str])] = &[
    ("basics", &[]),
    ("formats", &["basics"]),
    ("domain::audit", &["basics"]),
    ("domain::evidence", &["basics", "formats", "domain::audit"]),
    ("domain::exception", &["basics", "domain::audit"]),
    ("domain::job", &["basics", "domain::audit"]),
    (
        "domain::message",
        &["basics", "domain::audit", "domain::exception"],
    ),
    (
        "domain::document",
        &[
            "basics",
            "domain::audit",
            "domain::exception",
            "domain::message",
            "formats",
        ],
    ),
    (
        "domain::approval",
        &["basics", "domain::audit", "domain::exception"],
    ),
    (
        "domain::payable",
        &[
            "basics",
            "domain::audit",
            "domain::exception",
            "domain::document",
            "domain::approval",
        ],
    ),
    (
        "domain::receivable",
        &[
            "basics",
            "domain::audit",
            "domain::exception",
            "domain::document",
            "domain::bank",
        ],
    ),
    ("domain::health", &["basics"]),
    (
        "domain::ledger",
        &[
            "basics",
            "formats",
            "domain::audit",
            "domain::exception",
            "domain::bank",
            "domain::payable",
            "domain::receivable",
        ],
    ),
    (
        "domain::ageing",
        &[
            "basics",
            "domain::audit",
            "domain::payable",
            "domain::receivable",
            "domain::ledger",
        ],
    ),
    (
        "domain::measures",
        &[
            "basics",
            "domain::audit",
            "domain::exception",
            "domain::payable",
            "domain::ledger",
        ],
    ),
    (
        "domain::bank",
        &["basics", "domain::audit", "domain::exception"],
    ),
    (
        "domain::outbound",
        &[
            "basics",
            "domain::audit",
            "domain::exception",
            "domain::message",
            "domain::document",
            "domain::approval",
            "domain::payable",
            "domain::receivable",
        ],
    ),
    (
        "domain::import",
        &[
            "basics",
            "formats",
            "domain::audit",
            "domain::bank",
            "domain::payable",
            "domain::receivable",
        ],
    ),
    ("domain::change", &["basics", "domain"]),
    ("config", &["basics", "domain"]),
    ("io", &["basics", "formats", "domain", "config"]),
    ("steps", &["basics", "formats", "domain", "io", "config"]),
    ("setup", &["basics", "domain", "config", "io", "steps"]),
    ("worker", &["basics", "domain", "io", "steps"]),
    ("sweeps", &["basics", "domain", "io", "steps", "worker"]),
    ("watch", &["basics", "domain", "io", "steps", "config"]),
    (
        "replica",
        &["basics", "domain", "config", "io", "steps", "watch"],
    ),
    (
        "monitor",
        &["basics", "formats", "domain", "config", "io", "steps"],
    ),
    (
        "cli",
        &[
            "basics", "formats", "domain", "config", "io", "steps", "setup", "worker", "sweeps",
            "watch", "replica", "monitor", "daemon",
        ],
    ),
    (
        "daemon",
        &[
            "basics", "domain", "config", "io", "steps", "setup", "worker", "sweeps", "watch",
            "replica", "monitor",
        ],
    ),
    ("main", &["cli", "config", "daemon"]),
];

/// The words all doors share; the doors themselves do not know each other.
const SHARED_DOORS: &[&str] = &[
    "io::disposition",
    "io::clock",
    "io::limits",
    "io::cpu_time",
    "io::lock_in",
    "io::folder",
    "io::remote",
    "io::net",
    "io::failpoint",
    "io::fence",
    "io::http",
    "io::oauth",
    "io::login",
];

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("readable")
            .map(|entry| entry.expect("entry"))
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("inside").with_extension("");
                let names = relative
                    .iter()
                    .map(|name| name.to_string_lossy())
                    .filter(|name| name != "mod");
                let module = names.collect::<Vec<_>>().join("::");
                let text = fs::read_to_string(&path).expect("text");
                found.push(Source { path, module, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_in(module: &str, room: &str) -> bool {
    module == room
        || module
            .strip_prefix(room)
            .is_some_and(|rest| rest.starts_with("::"))
}

fn room_of(module: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    IMPORTS
        .iter()
        .filter(|(room, _)| is_in(module, room))
        .max_by_key(|(room, _)| room.len())
}

/// Every `crate::a::b` of a file, `use` groups opened one level: what it leans on.
fn leans_on(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"))
    {
        for after in line.split("crate::").skip(1) {
            if line.contains("$crate::") {
                continue;
            }
            let path = after
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .next()
                .unwrap_or("");
            let names = path.split("::").filter(|name| !name.is_empty());
            let modules = names.take_while(|name| name.starts_with(|c: char| c.is_lowercase()));
            found.insert(modules.take(3).collect::<Vec<_>>().join("::"));
        }
    }
    // Macros of ours stand at the root.
    found.remove("words");
    found.remove("");
    found
}

#[test]
fn imports_point_down_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own_tests = source.module.ends_with("::tests");
        let Some((room, allowed)) = room_of(&source.module) else {
            if source.module != "lib" && source.module != "domain" && source.module != "io" {
                wrong.push(format!(
                    "{}: the import table has no row for it",
                    source.module
                ));
            }
            continue;
        };
        for target in leans_on(&source.text) {
            let inside = is_in(&target, room) && *room != "io";
            let same_door = *room == "io" && door(&target) == door(&source.module);
            let fine = inside
                || same_door
                || allowed.iter().any(|allowed| is_in(&target, allowed))
                || *room == "io" && SHARED_DOORS.iter().any(|shared| is_in(&target, shared))
                || own_tests && target.starts_with("domain");
            if !fine {
                wrong.push(format!(
                    "{} imports {target}, which {room} may not",
                    source.module
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `io::store::load` belongs to the door `io::store`.
fn door(module: &str) -> String {
    module.split("::").take(2).collect::<Vec<_>>().join("::")
}

#[test]
fn the_pure_half_names_no_door() {
    let doors = [
        "tokio::",
        "sqlx::",
        "lettre::",
        "async_imap::",
        "tracing::",
        "std::fs",
        "std::net",
        "SystemTime",
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        let pure = ["basics", "formats", "domain"]
            .iter()
            .any(|room| is_in(&source.module, room));
        if !pure || source.module.ends_with("tests") {
            continue;
        }
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            wrong.extend(
                doors
                    .iter()
                    .filter(|door| line.contains(**door))
                    .map(|door| format!("{}: {door}", source.module)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_derives_no_serde() {
    let wrong = sources()
        .into_iter()
        .filter(|s| is_in(&s.module, "domain") && s.text.contains("serde::"));
    let wrong = wrong.map(|s| s.module).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_is_too_long() {
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !source.module.ends_with("tests"))
    {
        let code = source
            .text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        let lines = code.lines().count();
        if lines > FILE_LINES {
            wrong.push(format!("{}: {lines} lines", source.path.display()));
        }
        wrong.extend(
            long_functions(code)
                .into_iter()
                .map(|what| format!("{}: {what}", source.path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions as rustfmt lays them out: from `fn` to the brace at the same indentation.
fn long_functions(code: &str) -> Vec<String> {
    let lines = code.lines().collect::<Vec<_>>();
    let mut wrong = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let words = line.trim_start();
        let is_function = [
            "fn ",
            "pub fn ",
            "pub async fn ",
            "async fn ",
            "pub(super) fn ",
            "pub(crate) fn ",
        ]
        .iter()
        .any(|opening| words.starts_with(opening));
        if !is_function {
            continue;
        }
        let indent = line.len() - words.len();
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines
            .iter()
            .skip(start)
            .position(|line| *line == closing)
            .unwrap_or(0)
            + 1;
        if length > FUNCTION_LINES {
            wrong.push(format!("line {}: a function of {length} lines", start + 1));
        }
    }
    wrong
}

#[test]
fn the_pages_written_from_the_code_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = fs::read_to_string(root.join("docs/STATES.md")).unwrap_or_default();
    let fresh = countinghouse::cli::pages::states();
    let checks = fs::read_to_string(root.join("docs/CHECKS.md")).unwrap_or_default();
    assert!(
        checks == countinghouse::cli::pages::checks(),
        "docs/CHECKS.md is stale: cargo run -- checks-reference > docs/CHECKS.md"
    );
    assert!(
        committed == fresh,
        "docs/STATES.md is stale: cargo run -- states-reference > docs/STATES.md"
    );
}
