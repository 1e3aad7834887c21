//! `supplier-accounts`: accounts that are said to be a supplier's. A mail only proposes one; a person calls, another confirms.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::parties::find_supplier;
use super::{Context, trail};
use crate::basics::bank_account::Iban;
use crate::basics::text::mask;
use crate::domain::payable::{AccountState, SupplierAccount};
use crate::io::store::Filter;
use crate::steps::propose_account::propose_account;
use crate::steps::supplier_account::{AccountDecision, Said, decide_account};

/// `supplier-accounts …`
#[derive(Subcommand)]
pub enum SupplierAccounts {
    /// The newest
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(AccountState::ALL, AccountState::as_str))]
        state: Option<AccountState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One, with the call, who confirmed it, and its trail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Names an account that no bill has printed, or one that was refused or retired again
    Propose {
        /// The supplier's number
        supplier: String,
        /// The account
        iban: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Takes down a call in which the supplier read its account out
    Called(CallArguments),
    /// Agrees to it as a second person: it is paid after some days
    Confirm {
        /// Its id, or at least four digits of it
        id: String,
        /// Who confirms: neither who called, nor who proposed it, nor who approved a bill that prints it
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Says that it is not the supplier's
    Refuse {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
        /// Somebody tries to have our money sent there: bills that print it are held from now on, and no import brings it
        #[arg(long)]
        fraud: bool,
    },
    /// Pays there no more
    Retire {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
    },
}

/// A call, as it went.
#[derive(Args)]
pub struct CallArguments {
    /// Its id, or at least four digits of it
    id: String,
    /// The number that was called: the supplier's in the books, where they have had one for thirty days
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// Where the number is from, where the books have none that long: a contract, a public register, never the bill or its mail
    #[arg(long = "from", value_name = "TEXT", default_value = "")]
    number_from: String,
    /// Who answered
    #[arg(long, value_name = "NAME")]
    spoke_with: String,
    /// The account as the supplier read it out, whole
    #[arg(long, value_name = "IBAN")]
    read: String,
    /// Who called
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// Does it.
///
/// # Errors
/// What speaks against it, or what the books met.
pub async fn supplier_accounts(
    context: &Context,
    command: SupplierAccounts,
) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        SupplierAccounts::List { state, limit } => {
            let filter = limit.filter(state.map(AccountState::as_str));
            list(desk, &filter).await
        }
        SupplierAccounts::Show { id } => {
            let account = named(desk, &id).await?;
            page(desk, &account).await
        }
        SupplierAccounts::Propose {
            supplier,
            iban,
            decision,
        } => {
            let supplier = find_supplier(desk, &supplier).await?;
            let Some(iban) = Iban::parse(&iban) else {
                bail!("{} is no IBAN with right check digits", mask(&iban));
            };
            let who = (decision.by.as_str(), decision.reason.as_str());
            let account = propose_account(&desk.office, &supplier, &iban, who).await?;
            page(desk, &account).await
        }
        SupplierAccounts::Called(call) => {
            let said = AccountDecision::Called(Said {
                number: call.number,
                number_from: call.number_from,
                spoke_with: call.spoke_with,
                read: call.read,
            });
            decide(desk, &call.id, &said, &call.by).await
        }
        SupplierAccounts::Confirm { id, by } => {
            decide(desk, &id, &AccountDecision::Confirm, &by).await
        }
        SupplierAccounts::Refuse {
            id,
            decision,
            fraud,
        } => {
            let said = AccountDecision::Refuse {
                reason: decision.reason,
                is_fraud: fraud,
            };
            decide(desk, &id, &said, &decision.by).await
        }
        SupplierAccounts::Retire { id, decision } => {
            let said = AccountDecision::Retire(decision.reason);
            decide(desk, &id, &said, &decision.by).await
        }
    })
    .await
}

async fn list(desk: &Desk, filter: &Filter) -> anyhow::Result<ExitCode> {
    let found = desk.office.store.list_supplier_accounts(filter).await?;
    let mut rows = Vec::new();
    for account in &found {
        rows.push(row(desk, account).await?);
    }
    let columns = [
        "id",
        "state",
        "supplier",
        "supplier_name",
        "account",
        "proposed_at",
        "called_by",
        "confirmed_by",
        "pays_from",
    ];
    desk.print.list(&rows, &columns)
}

async fn decide(
    desk: &Desk,
    id: &str,
    said: &AccountDecision,
    by: &str,
) -> anyhow::Result<ExitCode> {
    let account = named(desk, id).await?;
    let account = decide_account(&desk.office, account.id, said, by).await?;
    page(desk, &account).await
}

async fn named(desk: &Desk, id: &str) -> anyhow::Result<SupplierAccount> {
    let found = desk.office.store.find_supplier_accounts(id).await?;
    the_one("supplier account", id, found, |one| {
        format!("{}, {}, {}", one.id, mask(one.iban.as_str()), one.state)
    })
}

/// The account shows its end alone: whoever takes a call down types what the supplier reads out, not what stands here.
async fn row(desk: &Desk, account: &SupplierAccount) -> anyhow::Result<Record> {
    let store = &desk.office.store;
    let supplier = store.supplier(account.supplier).await?;
    let call = account.call.as_ref();
    let confirmed = account.confirmed.as_ref();
    Ok(Record::new()
        .id("id", account.id)
        .with("state", account.state.as_str())
        .with("supplier", supplier.as_ref().map(|one| one.number.clone()))
        .with("supplier_name", supplier.map(|one| one.name))
        .with("account", mask(account.iban.as_str()))
        .with("proposed_by", account.proposed_by.clone())
        .with("proposed_at", account.proposed_at)
        .maybe_id("bill", account.bill)
        .with("called_by", call.map(|call| call.by.clone()))
        .with("called_at", call.map(|call| call.at))
        .with("called_number", call.map(|call| call.number.clone()))
        .with("number_from", call.map(|call| call.number_from.clone()))
        .with("spoke_with", call.map(|call| call.spoke_with.clone()))
        .with("confirmed_by", confirmed.map(|(by, _)| by.clone()))
        .with("confirmed_at", confirmed.map(|(_, at)| *at))
        .with("pays_from", account.pays_from.map(|day| day.to_string())))
}

async fn page(desk: &Desk, account: &SupplierAccount) -> anyhow::Result<ExitCode> {
    let page = row(desk, account).await?;
    let trail = trail::of(desk, account.id).await?;
    desk.print.page(&page.with("audit", trail))
}
