//! `memories`: what people's corrections and codings taught about suppliers.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, the_one};
use super::output::Record;
use super::trail;
use crate::basics::ids::SupplierId;
use crate::domain::audit::Subject;
use crate::domain::document::memory::Memory;
use crate::domain::payable::CodingMemory;
use crate::steps::learn::drop_memory;
use crate::steps::remember_coding::drop_coding_memory;

/// `memories …`
#[derive(Subcommand)]
pub enum Memories {
    /// The newest memories: where suppliers print values, then where their lines are booked
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

/// What is remembered: a place on a page, or a coding.
enum Found {
    Place(Memory),
    Coding(CodingMemory),
}

impl Found {
    fn supplier(&self) -> SupplierId {
        match self {
            Self::Place(memory) => memory.supplier,
            Self::Coding(memory) => memory.supplier,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Place(memory) => memory.id.into(),
            Self::Coding(memory) => memory.id.into(),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Place(memory) => format!("{} {}", memory.field, memory.evidence.in_words()),
            Self::Coding(memory) => memory.in_words(),
        }
    }
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
            let trail = trail::of(desk, found.subject()).await?;
            desk.print
                .page(&shown(desk, &found).await?.with("audit", trail))
        }
        Memories::Drop { id, decision } => {
            let by = (decision.by.as_str(), decision.reason.as_str());
            let after = match find(desk, &id).await? {
                Found::Place(memory) => {
                    let id = memory.id;
                    drop_memory(&desk.office, memory, by.0, by.1).await?;
                    desk.office.store.memory(id).await?.map(Found::Place)
                }
                Found::Coding(memory) => {
                    let id = memory.id;
                    drop_coding_memory(&desk.office, memory, by).await?;
                    desk.office
                        .store
                        .coding_memory(id)
                        .await?
                        .map(Found::Coding)
                }
            };
            let after = after.iter().map(row).collect::<Vec<_>>();
            desk.print
                .list(&after, &["id", "field", "place", "dropped"])
        }
    })
    .await
}

async fn list(desk: &Desk, limit: Limit) -> anyhow::Result<ExitCode> {
    let (store, filter) = (&desk.office.store, limit.filter(None));
    let places = store.list_memories(&filter).await?;
    let codings = store.list_coding_memories(&filter).await?;
    let places = places.into_iter().map(Found::Place);
    let mut rows = Vec::new();
    for memory in places.chain(codings.into_iter().map(Found::Coding)) {
        rows.push(shown(desk, &memory).await?);
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

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Found> {
    let store = &desk.office.store;
    let places = store.find_memories(id).await?;
    let codings = store.find_coding_memories(id).await?;
    let places = places.into_iter().map(Found::Place);
    let found = places.chain(codings.into_iter().map(Found::Coding));
    the_one("memory", id, found.collect(), |one| {
        format!("{} {}", one.subject().id, one.in_words())
    })
}

/// With the number of its supplier.
async fn shown(desk: &Desk, memory: &Found) -> anyhow::Result<Record> {
    let supplier = desk.office.store.supplier(memory.supplier()).await?;
    let number = supplier.map(|supplier| supplier.number);
    Ok(row(memory).with("supplier", number))
}

fn row(memory: &Found) -> Record {
    match memory {
        Found::Place(memory) => Record::new()
            .id("id", memory.id)
            .with("field", memory.field.as_str())
            .with("place", memory.evidence.in_words())
            .with("successes", memory.successes)
            .with("failures", memory.failures)
            .with("dropped", memory.is_dropped())
            .with("taught_by", memory.taught_by.as_str())
            .with("taught_at", memory.taught_at)
            .id("supplier_id", memory.supplier)
            .id("document", memory.document),
        Found::Coding(memory) => Record::new()
            .id("id", memory.id)
            .with("field", "coding")
            .with("place", memory.in_words())
            .with("failures", memory.failures)
            .with("dropped", memory.is_dropped())
            .with("taught_by", memory.taught_by.as_str())
            .with("taught_at", memory.taught_at)
            .id("supplier_id", memory.supplier)
            .id("bill", memory.bill),
    }
}
