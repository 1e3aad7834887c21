//! `messages`: what came in.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{documents, exceptions, trail};
use crate::domain::document::DocumentState;
use crate::domain::message::{Message, MessageState};
use crate::steps::requeue_message::requeue_message;

/// `messages …`
#[derive(Subcommand)]
pub enum Messages {
    /// The newest messages
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(MessageState::ALL, MessageState::as_str))]
        state: Option<MessageState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One message: where it was found, what is in it, what became of that
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Has a quarantined message read again
    Requeue {
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
pub async fn messages(context: &Context, command: Messages) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Messages::List { state, limit } => {
            let found = desk
                .office
                .store
                .list_messages(&limit.filter(state.map(MessageState::as_str)))
                .await?;
            let columns = [
                "id",
                "state",
                "mailbox",
                "received_at",
                "from",
                "subject",
                "route",
            ];
            desk.print
                .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Messages::Show { id } => {
            let message = find(desk, &id).await?;
            desk.print.page(&whole(desk, &message).await?)
        }
        Messages::Requeue { id, decision } => {
            let message = find(desk, &id).await?;
            let again =
                requeue_message(&desk.office, message.id, &decision.by, &decision.reason).await?;
            desk.print
                .list(&[row(&again)], &["id", "state", "from", "subject"])
        }
    })
    .await
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Message> {
    let found = desk.office.store.find_messages(id).await?;
    the_one("message", id, found, |one| {
        format!("{} {}, {}", one.id, one.subject, one.state)
    })
}

/// Everything about a message.
///
/// # Errors
/// What the books met.
pub async fn whole(desk: &Desk, message: &Message) -> anyhow::Result<Record> {
    let store = &desk.office.store;
    let arrivals = store
        .arrivals_of_message(message.id)
        .await?
        .into_iter()
        .map(|arrival| {
            Record::new()
                .with("mailbox", arrival.mailbox)
                .with("uid_validity", arrival.uid_validity)
                .with("uid", arrival.uid)
                .with("filed", arrival.filed)
        });
    let all = store.documents_of_message(message.id).await?;
    let (aside, documents) = all
        .iter()
        .partition::<Vec<_>, _>(|one| one.state == DocumentState::SetAside);
    let aside = aside.into_iter().map(|one| {
        Record::new()
            .id("id", one.id)
            .with("part", one.part.as_str())
            .with("name", one.name.as_str())
            .with("why", one.note.clone())
    });
    Ok(row(message)
        .with("notes", message.notes.clone())
        .with("arrivals", arrivals.collect::<Vec<_>>())
        .with(
            "documents",
            documents
                .into_iter()
                .map(documents::row)
                .collect::<Vec<_>>(),
        )
        .with("set_aside", aside.collect::<Vec<_>>())
        .with("exceptions", exceptions::about(desk, message.id).await?)
        .with("audit", trail::of(desk, message.id).await?))
}

/// One message.
pub fn row(message: &Message) -> Record {
    Record::new()
        .id("id", message.id)
        .with("state", message.state.as_str())
        .with("route", message.route.map(|route| route.as_str()))
        .with("mailbox", message.mailbox.as_str())
        .with("received_at", message.received_at)
        .with("from", message.from.as_ref().map(ToString::to_string))
        .with("subject", message.subject.as_str())
        .with(
            "message_id",
            message.header_message_id.as_ref().map(ToString::to_string),
        )
        .with("size_bytes", message.size_bytes)
        .with("sha256", message.content.to_string())
}
