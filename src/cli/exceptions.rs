//! `exceptions`: what waits for a person, and the person's word on it.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::{Record, Shown};
use super::trail;
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionState};
use crate::steps::resolve_exception::{Resolved, resolve_exception};

/// `exceptions …`
#[derive(Subcommand)]
pub enum Exceptions {
    /// The newest work items
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(ExceptionState::ALL, ExceptionState::as_str))]
        state: Option<ExceptionState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One work item with its trail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Decides one: a held bill is checked again, a parked job done again, a held remittance matched again
    Resolve {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
        /// Findings of a held bill that you let pass
        #[arg(long, value_name = "CODE", num_args = 1..)]
        clear: Vec<String>,
    },
}

/// Does it.
///
/// # Errors
/// What the books met, or why it cannot be decided so.
pub async fn exceptions(context: &Context, command: Exceptions) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Exceptions::List { state, limit } => {
            let filter = limit.filter(state.map(ExceptionState::as_str));
            let found = desk.office.store.list_exceptions(&filter).await?;
            let columns = [
                "id", "state", "code", "about", "about_id", "owner", "due_at", "reason",
            ];
            desk.print
                .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Exceptions::Show { id } => {
            let found = find(desk, &id).await?;
            let trail = trail::of(desk, found.id).await?;
            desk.print.page(&row(&found).with("audit", trail))
        }
        Exceptions::Resolve {
            id,
            decision,
            clear,
        } => resolve(desk, &id, &decision, &clear).await,
    })
    .await
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Exception> {
    let found = desk.office.store.find_exceptions(id).await?;
    the_one("exception", id, found, |one| {
        format!("{} {} about {}", one.id, one.code, one.subject)
    })
}

async fn resolve(
    desk: &Desk,
    id: &str,
    decision: &Decision,
    clear: &[String],
) -> anyhow::Result<ExitCode> {
    let found = find(desk, id).await?;
    let done = resolve_exception(
        &desk.office,
        found.id,
        clear,
        &decision.by,
        &decision.reason,
    )
    .await?;
    let then = match done {
        Resolved::Noted => "resolved".to_owned(),
        Resolved::BillReopened => "resolved; the bill's checks run again".to_owned(),
        Resolved::PaymentReplanned => "resolved; the bill's payment is planned again".to_owned(),
        Resolved::JobRequeued(step) => format!("resolved; {step} is done again"),
        Resolved::MoneyLookedAt => "resolved; the money is looked at again".to_owned(),
        Resolved::RemittanceMatched => "resolved; the remittance waits for its money".to_owned(),
    };
    desk.print.page(
        &Record::new()
            .id("id", found.id)
            .with("state", ExceptionState::Resolved.as_str())
            .with("then", then),
    )
}

/// One work item.
pub fn row(exception: &Exception) -> Record {
    Record::new()
        .id("id", exception.id)
        .with("state", exception.state.as_str())
        .with("code", exception.code.as_str())
        .with("about", exception.subject.kind.as_str())
        .id("about_id", &exception.subject.id)
        .with("owner", exception.owner.as_str())
        .with("raised_at", exception.raised_at)
        .with("due_at", exception.due_at)
        .with("reason", exception.reason.as_str())
        .with("next_action", exception.next_action.as_str())
        .with("resolution", exception.resolution.clone())
}

/// What people were asked about a thing.
///
/// # Errors
/// What the books met.
pub async fn about(desk: &Desk, subject: impl Into<Subject>) -> anyhow::Result<Shown> {
    let found = desk.office.store.exceptions_about(&subject.into()).await?;
    let short = |one: &Exception| {
        Record::new()
            .id("id", one.id)
            .with("state", one.state.as_str())
            .with("code", one.code.as_str())
            .with("owner", one.owner.as_str())
            .with("due_at", one.due_at)
            .with("reason", one.reason.as_str())
            .with("resolution", one.resolution.clone())
    };
    Ok(Shown::Rows(found.iter().map(short).collect()))
}
