//! `memories`: where suppliers print their values, as people's corrections taught it.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::audit;
use super::desk::{Decision, Desk, Limit, at_desk, the_one};
use super::output::Record;
use crate::domain::document::memory::Memory;
use crate::steps::learn::drop_memory;

/// `memories …`
#[derive(Subcommand)]
pub enum Memories {
    /// The newest memories
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// One memory with its trail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Takes one back: it is not used again
    Drop {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
    },
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn memories(context: &Context, command: Memories) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Memories::List { limit } => list(desk, limit).await,
        Memories::Show { id } => {
            let found = find(desk, &id).await?;
            let trail = audit::trail(desk, found.id).await?;
            desk.print
                .page(&shown(desk, &found).await?.with("audit", trail))
        }
        Memories::Drop { id, decision } => {
            let found = find(desk, &id).await?;
            let id = found.id;
            drop_memory(&desk.office, found, &decision.by, &decision.reason).await?;
            let after = desk.office.store.memory(id).await?;
            let after = after.iter().map(row).collect::<Vec<_>>();
            desk.print
                .list(&after, &["id", "field", "place", "dropped"])
        }
    })
    .await
}

async fn list(desk: &Desk, limit: Limit) -> anyhow::Result<ExitCode> {
    let found = desk.office.store.list_memories(&limit.filter(None)).await?;
    let mut rows = Vec::new();
    for memory in &found {
        rows.push(shown(desk, memory).await?);
    }
    let columns = [
        "id",
        "supplier",
        "field",
        "place",
        "successes",
        "failures",
        "dropped",
        "taught_by",
    ];
    desk.print.list(&rows, &columns)
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Memory> {
    let found = desk.office.store.find_memories(id).await?;
    the_one("memory", id, found, |one| {
        format!("{} {} {}", one.id, one.field, one.evidence.in_words())
    })
}

/// With the number of its supplier.
async fn shown(desk: &Desk, memory: &Memory) -> anyhow::Result<Record> {
    let supplier = desk.office.store.supplier(memory.supplier).await?;
    let number = supplier.map(|supplier| supplier.number);
    Ok(row(memory).with("supplier", number))
}

fn row(memory: &Memory) -> Record {
    Record::new()
        .id("id", memory.id)
        .with("field", memory.field.as_str())
        .with("place", memory.evidence.in_words())
        .with("successes", memory.successes)
        .with("failures", memory.failures)
        .with("dropped", memory.is_dropped())
        .with("taught_by", memory.taught_by.as_str())
        .with("taught_at", memory.taught_at)
        .id("supplier_id", memory.supplier)
        .id("document", memory.document)
}
