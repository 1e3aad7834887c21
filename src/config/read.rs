//! Reads a TOML table against the table of keys, collecting every problem instead of stopping at the first.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use toml::{Table, Value};

use super::keys;

/// One thing wrong with the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// `mailbox[1].port`.
    pub key: String,
    /// What stands there, as TOML; empty when nothing does. Never a secret: those are not in the file.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
    /// What would be right.
    pub example: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if !self.value.is_empty() {
            write!(f, " = {}", self.value)?;
        }
        write!(f, ": {}", self.reason)?;
        if self.example.is_empty() {
            Ok(())
        } else {
            write!(f, "\n    for example: {}", self.example)
        }
    }
}

/// Everything wrong with the file.
#[derive(Default, Debug)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Notes one more.
    pub fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// All of them, in the order they were met.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// One table of the file, being read. Whoever reads a wrong value gets a harmless one and the problem is noted; the
/// configuration is used only when none was noted.
pub struct Section<'a> {
    name: &'static str,
    path: String,
    table: Option<&'a Table>,
    seen: RefCell<BTreeSet<&'static str>>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// The table `[name]`; a missing one reads as empty, so that its required keys are named.
    pub fn single(root: &'a Table, name: &'static str, problems: &'a Problems) -> Self {
        let table = root.get(name).and_then(|value| {
            let table = value.as_table();
            if table.is_none() {
                problems.add(Problem {
                    key: name.into(),
                    value: shown_of(name, value),
                    reason: format!("must be a table: write [{name}] on a line of its own"),
                    example: format!("[{name}]"),
                });
            }
            table
        });
        Self {
            name,
            path: name.to_owned(),
            table,
            seen: RefCell::default(),
            problems,
        }
    }

    /// Every table `[[name]]`.
    pub fn repeated(root: &'a Table, name: &'static str, problems: &'a Problems) -> Vec<Self> {
        let tables = match root.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.iter().all(Value::is_table) => {
                items.iter().filter_map(Value::as_table).collect()
            }
            Some(value) => {
                problems.add(Problem {
                    key: name.into(),
                    value: shown_of(name, value),
                    reason: format!("may stand several times: write [[{name}]] with two brackets"),
                    example: format!("[[{name}]]"),
                });
                Vec::new()
            }
        };
        let section = |(index, table)| Self {
            name,
            path: format!("{name}[{}]", index + 1),
            table: Some(table),
            seen: RefCell::default(),
            problems,
        };
        tables.into_iter().enumerate().map(section).collect()
    }

    /// The value as `parse` reads it, the default where the file has none; `None` when the key is optional and absent,
    /// or when a problem was noted.
    pub fn optional<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        self.seen.borrow_mut().insert(name);
        let doc = keys::key(self.name, name);
        let written = self.table.and_then(|table| table.get(name));
        let default = doc.and_then(|d| d.default).and_then(literal);
        let Some(value) = written.or(default.as_ref()) else {
            if doc.is_some_and(|d| d.required) {
                self.problem(name, "is missing");
            }
            return None;
        };
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(reason) => {
                self.problem(name, &reason);
                None
            }
        }
    }

    /// As `optional`, with `fallback` where there is nothing: only reached together with a noted problem.
    pub fn get<T>(
        &self,
        name: &'static str,
        fallback: T,
        parse: impl Fn(&Value) -> Result<T, String>,
    ) -> T {
        self.optional(name, parse).unwrap_or(fallback)
    }

    /// Notes a problem with this key.
    pub fn problem(&self, name: &str, reason: &str) {
        let example = keys::key(self.name, name)
            .map(|k| format!("{name} = {}", k.example))
            .unwrap_or_default();
        self.problem_with(name, reason, example);
    }

    /// The same where the usual example would be wrong here.
    pub fn problem_with(&self, name: &str, reason: &str, example: String) {
        let written = self.table.and_then(|table| table.get(name));
        self.problems.add(Problem {
            key: format!("{}.{name}", self.path),
            value: written
                .map(|value| shown_of(name, value))
                .unwrap_or_default(),
            reason: reason.to_owned(),
            example,
        });
    }

    /// Notes every key of the file that nobody asked for.
    pub fn finish(self) {
        let known = self.seen.borrow();
        for (name, value) in self.table.into_iter().flatten() {
            if !known.contains(name.as_str()) {
                let nearest = known
                    .iter()
                    .max_by_key(|k| closeness(k, name))
                    .copied()
                    .unwrap_or_default();
                self.problems.add(Problem {
                    key: format!("{}.{name}", self.path),
                    value: shown_of(name, value),
                    reason: format!("is not a key of [{}]; did you mean `{nearest}`?", self.name),
                    example: keys::key(self.name, nearest)
                        .map(|k| format!("{nearest} = {}", k.example))
                        .unwrap_or_default(),
                });
            }
        }
    }
}

/// Notes every table of the file that is not one of ours.
pub fn unknown_sections(root: &Table, problems: &Problems) {
    for (name, value) in root {
        if !keys::SECTIONS.iter().any(|s| s.name == name) {
            let nearest = keys::SECTIONS
                .iter()
                .max_by_key(|s| closeness(s.name, name))
                .map_or("", |s| s.name);
            problems.add(Problem {
                key: name.clone(),
                value: shown_of(name, value),
                reason: format!("is not a table of this file; did you mean [{nearest}]?"),
                example: String::new(),
            });
        }
    }
}

fn closeness(known: &str, written: &str) -> usize {
    1000_usize.saturating_sub(strsim::damerau_levenshtein(known, written))
}

/// Defaults are TOML in the table of keys; a test reads them all.
fn literal(toml: &str) -> Option<Value> {
    let table = format!("value = {toml}").parse::<Table>().ok()?;
    table.get("value").cloned()
}

/// Parts of names of keys behind which people write what nobody may see in a terminal or a journal.
const SECRETS: [&str; 6] = ["password", "passwd", "secret", "token", "credential", "key"];

/// The value of a key, unless it may be a secret. Where the secret is kept, `password_file`, is none.
fn shown_of(name: &str, value: &Value) -> String {
    let name = name.to_lowercase();
    let is_place = name.ends_with("_file") || name.ends_with("_env");
    let is_secret = !is_place && SECRETS.iter().any(|part| name.contains(part));
    // In the wrong place a whole table may hold one.
    let has_tables = |items: &Vec<Value>| items.iter().any(Value::is_table);
    if is_secret || value.is_table() || value.as_array().is_some_and(has_tables) {
        return "(not shown)".to_owned();
    }
    shown(value)
}

fn shown(value: &Value) -> String {
    crate::basics::text::one_line(&value.to_string(), 80)
}

/// A string.
pub fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("must be a text in quotes")?.trim();
    if text.is_empty() {
        Err("must not be empty".into())
    } else {
        Ok(text.to_owned())
    }
}

/// True or false.
pub fn flag(value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| "must be true or false".to_owned())
}

/// A whole number within bounds.
pub fn number<T: TryFrom<i64> + fmt::Display + Copy>(
    low: T,
    high: T,
) -> impl Fn(&Value) -> Result<T, String>
where
    i64: TryFrom<T>,
{
    move |value| {
        let out_of_range = || format!("must be a whole number from {low} to {high}");
        let number = value.as_integer().ok_or_else(out_of_range)?;
        let low_enough = i64::try_from(low).is_ok_and(|low| number >= low);
        let high_enough = i64::try_from(high).is_ok_and(|high| number <= high);
        T::try_from(number)
            .ok()
            .filter(|_| low_enough && high_enough)
            .ok_or_else(out_of_range)
    }
}

/// A list whose items `parse` reads.
pub fn list<T>(
    parse: impl Fn(&Value) -> Result<T, String>,
) -> impl Fn(&Value) -> Result<Vec<T>, String> {
    move |value| {
        let items = value
            .as_array()
            .ok_or("must be a list in square brackets")?;
        items
            .iter()
            .map(|item| parse(item).map_err(|why| format!("{}: {why}", shown(item))))
            .collect()
    }
}

/// A string that `parse` understands; `what` says what it should be.
pub fn parsed<T>(
    what: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> impl Fn(&Value) -> Result<T, String> {
    move |value| parse(&text(value)?).ok_or_else(|| format!("is not {what}"))
}
