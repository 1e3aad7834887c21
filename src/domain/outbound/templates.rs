//! The wording of our mails: built in, and replaceable file by file from a folder of the operator.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::Letter;
use super::wrap::wrap;
use crate::basics::text::{clean_lines, one_line};

/// Characters of one template; the longest of ours has 7,000.
const SOURCE_MAX_CHARS: usize = 100_000;
/// Characters of a subject, before the mail is written.
const SUBJECT_MAX_CHARS: usize = 200;
/// Characters of a letter's text and of its HTML: ten times the longest we write.
const LETTER_MAX_CHARS: usize = 500_000;
/// Columns of the text part; RFC 5322 section 2.1.1 asks for less than 78, and a quote mark takes two.
const TEXT_COLUMNS: usize = 74;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../config/templates/", $name)))),*]
    };
}

/// Every file of `config/templates`, by its name.
const BUILT_IN: [(&str, &str); 35] = built_in![
    "layout.html",
    "parts.html",
    "approval_request.subject.txt",
    "approval_request.txt",
    "approval_request.html",
    "approval_receipt.subject.txt",
    "approval_receipt.txt",
    "approval_receipt.html",
    "reply_refused.subject.txt",
    "reply_refused.txt",
    "reply_refused.html",
    "clarification.subject.txt",
    "clarification.txt",
    "clarification.html",
    "delegation.subject.txt",
    "delegation.txt",
    "delegation.html",
    "account_notice.subject.txt",
    "account_notice.txt",
    "account_notice.html",
    "work_list.subject.txt",
    "work_list.txt",
    "work_list.html",
    "escalation.subject.txt",
    "escalation.txt",
    "escalation.html",
    "feedback.subject.txt",
    "feedback.txt",
    "feedback.html",
    "reminder.en.subject.txt",
    "reminder.en.txt",
    "reminder.en.html",
    "reminder.de.subject.txt",
    "reminder.de.txt",
    "reminder.de.html",
];

/// A template that cannot be used, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("template {file}, line {line}: {problem}")]
pub struct TemplateError {
    /// The file's name.
    pub file: String,
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// The wording of every mail we send. A value that a template asks for and nobody gave is an error, never a gap.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// The wording that comes with the program.
    ///
    /// # Errors
    /// Names the file and line; a test holds that there is none.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::with_overrides(Vec::new())
    }

    /// The built-in wording, with these files (name, source) in place of those of the same name. Whether they ask for a
    /// value that does not exist shows only when a letter is written: see `compose::try_all`.
    ///
    /// # Errors
    /// Names the file and line that is no template, or the file we have no use for.
    pub fn with_overrides(files: Vec<(String, String)>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(lines_of_their_own()?);
        environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
            true => AutoEscape::Html,
            false => AutoEscape::None,
        });
        for (name, source) in BUILT_IN {
            let added = environment.add_template(name, source);
            added.map_err(|error| located(name, &error))?;
        }
        for (name, source) in files {
            refuse_unusable(&name, &source)?;
            let added = environment.add_template_owned(name.clone(), source);
            added.map_err(|error| located(&name, &error))?;
        }
        Ok(Self { environment })
    }

    /// Writes the letter whose three files begin with `stem`.
    pub(super) fn write(&self, stem: &str, values: &Value) -> Result<Letter, TemplateError> {
        let subject = self.render(&format!("{stem}.subject.txt"), values)?;
        let text = self.render(&format!("{stem}.txt"), values)?;
        let html = self.render(&format!("{stem}.html"), values)?;
        Ok(Letter {
            subject: one_line(&subject, SUBJECT_MAX_CHARS),
            text: wrap(&clean_lines(&text, LETTER_MAX_CHARS), TEXT_COLUMNS),
            html: clean_lines(&html, LETTER_MAX_CHARS),
        })
    }

    fn render(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        let template = self.environment.get_template(name);
        let rendered = template.and_then(|template| template.render(values));
        rendered.map_err(|error| located(name, &error))
    }
}

/// A line that holds only a tag leaves no trace in the mail.
fn lines_of_their_own() -> Result<SyntaxConfig, TemplateError> {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    syntax.map_err(|error| located("", &error))
}

fn refuse_unusable(name: &str, source: &str) -> Result<(), TemplateError> {
    let problem = if !BUILT_IN.iter().any(|(known, _)| *known == name) {
        "no mail of ours uses a file of this name"
    } else if source.chars().nth(SOURCE_MAX_CHARS).is_some() {
        "is longer than 100,000 characters"
    } else {
        return Ok(());
    };
    Err(TemplateError {
        file: name.to_owned(),
        line: 0,
        problem: problem.to_owned(),
    })
}

fn located(name: &str, error: &minijinja::Error) -> TemplateError {
    let detail = error.detail().unwrap_or_default();
    let kind = error.kind();
    let problem = if !detail.is_empty() {
        format!("{kind}: {detail}")
    } else if kind == ErrorKind::UndefinedError {
        "asks for a value that does not exist".to_owned()
    } else {
        kind.to_string()
    };
    TemplateError {
        file: error.name().unwrap_or(name).to_owned(),
        line: error.line().unwrap_or_default(),
        problem,
    }
}
