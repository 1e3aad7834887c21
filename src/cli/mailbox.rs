//! `mailbox`: the proof that no mail was passed over.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Desk, at_new_desk};
use super::output::Record;
use crate::basics::text::chain;
use crate::config;
use crate::domain::message::reconcile::{Account, Accounted};
use crate::steps::reconcile_mailbox::Reconciled;
use crate::watch;

/// `mailbox …`
#[derive(Subcommand)]
pub enum Mailbox {
    /// Accounts for every mail on the server: documents, nothing because X, or quarantined; fetches what is new or was
    /// passed over. Needs the network
    Reconcile {
        /// Only this mailbox, by its name in the configuration
        name: Option<String>,
        /// A line for each mail
        #[arg(long)]
        mails: bool,
    },
}

/// Does it.
///
/// # Errors
/// What a mailbox or the books met.
pub async fn mailbox(context: &Context, command: Mailbox) -> anyhow::Result<ExitCode> {
    let Mailbox::Reconcile { name, mails } = command;
    at_new_desk(context, async |desk| {
        let mut rows = Vec::new();
        let (mut missing, mut failed) = (0, false);
        for mailbox in chosen(desk, name.as_deref())? {
            let all = match watch::reconcile(&desk.office, mailbox).await {
                Ok(all) => all,
                Err(failure) => {
                    // The others are accounted for all the same.
                    failed = true;
                    rows.push(unaccounted(mailbox, &chain(&failure)));
                    continue;
                }
            };
            missing += all.count(Account::Missing);
            if mails {
                let each = all.mails.iter().map(|mail| row(mailbox, &all, mail));
                rows.extend(each);
            } else {
                rows.push(summary(mailbox, &all));
            }
        }
        let columns: &[&str] = if mails {
            &[
                "mailbox",
                "uid",
                "account",
                "message",
                "documents",
                "why",
                "problem",
            ]
        } else {
            &[
                "mailbox",
                "mails",
                "documents",
                "nothing",
                "quarantined",
                "waiting",
                "coming",
                "before_start",
                "missing",
                "passed_over",
                "problem",
            ]
        };
        desk.print.list(&rows, columns)?;
        Ok(ExitCode::from(u8::from(missing > 0 || failed)))
    })
    .await
}

fn chosen<'d>(desk: &'d Desk, name: Option<&str>) -> anyhow::Result<Vec<&'d config::Mailbox>> {
    let all = desk.config.mailboxes.iter();
    let chosen = all.filter(|mailbox| name.is_none_or(|name| mailbox.name == name));
    let chosen = chosen.collect::<Vec<_>>();
    if let (Some(name), []) = (name, chosen.as_slice()) {
        let known = desk.config.mailboxes.iter();
        let known = known.map(|mailbox| mailbox.name.as_str());
        let known = known.collect::<Vec<_>>().join(", ");
        anyhow::bail!("there is no mailbox {name}; the configuration has {known}");
    }
    Ok(chosen)
}

/// A mailbox that could not be looked at.
fn unaccounted(mailbox: &config::Mailbox, problem: &str) -> Record {
    Record::new()
        .with("mailbox", mailbox.name.as_str())
        .with("problem", problem)
}

fn summary(mailbox: &config::Mailbox, all: &Reconciled) -> Record {
    Record::new()
        .with("mailbox", mailbox.name.as_str())
        .with("uid_validity", all.uid_validity)
        .with("mails", all.mails.len())
        .with("documents", all.count(Account::Documents))
        .with("nothing", all.count(Account::Nothing))
        .with("quarantined", all.count(Account::Quarantined))
        .with("waiting", all.count(Account::Waiting))
        .with("coming", all.count(Account::Coming))
        .with("before_start", all.count(Account::BeforeStart))
        .with("missing", all.count(Account::Missing))
        .with("passed_over", all.fetched)
}

fn row(mailbox: &config::Mailbox, all: &Reconciled, mail: &Accounted) -> Record {
    Record::new()
        .with("mailbox", mailbox.name.as_str())
        .with("uid_validity", all.uid_validity)
        .with("uid", mail.uid.as_str())
        .with("account", mail.account.as_str())
        .maybe_id("message", mail.message)
        .with("documents", mail.documents)
        .with("why", mail.why.as_str())
}
