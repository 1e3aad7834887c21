//! What every command about the books shares: the open office, the one thing a person means, the arguments of a list.

use anyhow::Context as _;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Context;
use super::output::Printer;
use crate::config::Config;
use crate::io::store::Filter;
use crate::setup::{Purpose, open_office};
use crate::steps::Office;

/// An office opened to look or to decide, beside a running daemon.
pub struct Desk {
    /// The configuration.
    pub config: Config,
    /// The books and what belongs to them.
    pub office: Office,
    /// The way to answer.
    pub print: Printer,
}

/// Opens the office, does the work, closes the books.
///
/// # Errors
/// What opening met, or the work.
pub async fn at_desk<T>(
    context: &Context,
    work: impl AsyncFnOnce(&Desk) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    at_desk_for(context, Purpose::Look, work).await
}

/// The same for whoever may be the first: new books are made.
///
/// # Errors
/// As `at_desk`.
pub async fn at_new_desk<T>(
    context: &Context,
    work: impl AsyncFnOnce(&Desk) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    at_desk_for(context, Purpose::Command, work).await
}

async fn at_desk_for<T>(
    context: &Context,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Desk) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let config = context.config()?;
    let office = open_office(&config, context.executable.clone(), purpose).await?;
    let print = Printer {
        json: context.json,
        zone: config.company.time_zone.clone(),
    };
    let desk = Desk {
        config,
        office,
        print,
    };
    let done = work(&desk).await;
    desk.office.close().await;
    done
}

/// How much a list shows.
#[derive(Args, Clone, Copy, Debug)]
pub struct Limit {
    /// At most so many, the newest first
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u32,
}

impl Limit {
    /// Of one state or of all.
    pub fn filter(self, state: Option<&'static str>) -> Filter {
        state
            .map_or_else(Filter::default, Filter::state)
            .limit(self.limit)
    }
}

/// Who decides and why.
#[derive(Args, Clone, Debug)]
pub struct Decision {
    /// Who decides: a name or a mail address, for the audit trail
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why, for the audit trail
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// One of a closed list of words; anything else is refused with the list.
pub fn one_of<T>(
    all: &'static [T],
    spelled: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(move |word| spelled(*word))).try_map(move |text| {
        let found = all.iter().copied().find(|word| spelled(*word) == text);
        found.ok_or("is none of them")
    })
}

/// The one thing a person means; several are named so that the person can choose.
///
/// # Errors
/// When it is none or several.
pub fn the_one<T>(
    what: &str,
    text: &str,
    found: Vec<T>,
    named: impl Fn(&T) -> String,
) -> anyhow::Result<T> {
    if found.len() > 1 {
        let named = found
            .iter()
            .map(|one| format!("\n  {}", named(one)))
            .collect::<String>();
        anyhow::bail!("“{text}” may be any of these; name one by more digits of its id:{named}");
    }
    let found = found.into_iter().next();
    found.with_context(|| {
        let or_number = if matches!(what, "bill" | "invoice") {
            ", or its number"
        } else {
            ""
        };
        format!(
            "there is no {what} “{text}”: give its id, or at least four digits of it{or_number}"
        )
    })
}
