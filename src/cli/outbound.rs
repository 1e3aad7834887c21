//! `outbound`: the mails we write.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{exceptions, trail};
use crate::basics::address::MailAddress;
use crate::domain::outbound::envelope::shown_message_id;
use crate::domain::outbound::{OutboundMessage, OutboundState};
use crate::steps::requeue_outbound::requeue_outbound;

/// `outbound …`
#[derive(Subcommand)]
pub enum Outbound {
    /// The newest mails of ours
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(OutboundState::ALL, OutboundState::as_str))]
        state: Option<OutboundState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One mail with its text
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Sends a mail that was given up (state failed) or came back (state bounced), once what kept it is mended; a reminder is not
    /// sent again, the next one goes to the address of the import
    Retry {
        /// Its id, or at least four digits of it
        id: String,
        /// The corrected address. A request for approval goes to no other: correct the approver in the configuration, then `bills recheck`
        #[arg(long, value_name = "ADDRESS", value_parser = mail_address)]
        to: Option<MailAddress>,
        #[command(flatten)]
        decision: Decision,
    },
}

fn mail_address(text: &str) -> Result<MailAddress, String> {
    MailAddress::parse(text).ok_or_else(|| format!("{text} is no mail address"))
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn outbound(context: &Context, command: Outbound) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Outbound::List { state, limit } => {
            let found = desk
                .office
                .store
                .list_outbound(&limit.filter(state.map(OutboundState::as_str)))
                .await?;
            let columns = [
                "id",
                "state",
                "purpose",
                "to",
                "subject",
                "written_at",
                "attempts",
            ];
            desk.print
                .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Outbound::Show { id } => show(desk, &id).await,
        Outbound::Retry { id, to, decision } => {
            let mail = find(desk, &id).await?;
            let who = (decision.by.as_str(), decision.reason.as_str());
            let again = requeue_outbound(&desk.office, mail.id, to, who).await?;
            let columns = ["id", "state", "purpose", "to", "subject"];
            desk.print.list(&[row(&again)], &columns)
        }
    })
    .await
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<OutboundMessage> {
    let found = desk.office.store.find_outbound(id).await?;
    the_one("mail of ours", id, found, |one| {
        format!("{} to {}: {}", one.id, one.to, one.letter.subject)
    })
}

async fn show(desk: &Desk, id: &str) -> anyhow::Result<ExitCode> {
    let mail = find(desk, id).await?;
    // The address a reply goes to carries the token of an approval request; it is nobody's but the approver's.
    let text = match mail.reply_to.as_ref().and_then(|address| address.detail()) {
        Some(token) => mail.letter.text.replace(token, "…"),
        None => mail.letter.text.clone(),
    };
    let attachments = mail.attachments.iter().map(|file| {
        Record::new()
            .with("name", file.name.as_str())
            .with("media_type", file.media_type.as_str())
            .with("sha256", file.content.to_string())
    });
    let page = row(&mail)
        .with("text", text)
        .with("attachments", attachments.collect::<Vec<_>>())
        .with("exceptions", exceptions::about(desk, mail.id).await?)
        .with("audit", trail::of(desk, mail.id).await?);
    desk.print.page(&page)
}

/// One mail.
pub fn row(mail: &OutboundMessage) -> Record {
    Record::new()
        .id("id", mail.id)
        .with("state", mail.state.as_str())
        .with("purpose", mail.purpose.as_str())
        .with("to", mail.to.to_string())
        .with("subject", mail.letter.subject.as_str())
        .with("about", mail.about.kind.as_str())
        .id("about_id", &mail.about.id)
        .with("from", mail.from.to_string())
        .with("message_id", shown_message_id(&mail.header_message_id))
        .with("written_at", mail.written_at)
        .with("attempts", mail.attempts)
        .with("next_attempt_at", mail.next_attempt_at)
        .with("last_answer", mail.last_answer.clone())
}
