//! `approvals`: who was asked about which bill, and what was answered.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{exceptions, trail};
use crate::domain::approval::{ApprovalRequest, ApprovalState, Vote};

/// `approvals …`
#[derive(Subcommand)]
pub enum Approvals {
    /// The newest requests
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(ApprovalState::ALL, ApprovalState::as_str))]
        state: Option<ApprovalState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One request with its bill, its mail and its answer
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn approvals(context: &Context, command: Approvals) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Approvals::List { state, limit } => {
            let filter = limit.filter(state.map(ApprovalState::as_str));
            let found = desk.office.store.list_approval_requests(&filter).await?;
            let mut rows = Vec::new();
            for request in &found {
                let row = asked(request).and(about_bill(desk, request).await?);
                rows.push(row.and(away(desk, request).await?));
            }
            let columns = [
                "id",
                "state",
                "approver",
                "stands_in_for",
                "invoice_number",
                "supplier_name",
                "payable_total",
                "expires_at",
                "approver_back_on",
            ];
            desk.print.list(&rows, &columns)
        }
        Approvals::Show { id } => show(desk, &id).await,
    })
    .await
}

async fn show(desk: &Desk, id: &str) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let found = store.find_approval_requests(id).await?;
    let request = the_one("approval request", id, found, |one| {
        format!("{} to {}, {}", one.id, one.approver, one.state)
    })?;
    let vote = store.vote(request.id).await?;
    let mail = store.outbound(request.outbound).await?;
    let page = asked(&request)
        .and(about_bill(desk, &request).await?)
        .and(away(desk, &request).await?)
        .and(answered(vote.as_ref()))
        .with("mail_state", mail.map(|mail| mail.state.as_str()))
        .with("exceptions", exceptions::about(desk, request.id).await?)
        .with("audit", trail::of(desk, request.id).await?);
    desk.print.page(&page)
}

/// Until when the approver who has not answered is away, where that is known.
///
/// # Errors
/// What the books met.
pub async fn away(desk: &Desk, request: &ApprovalRequest) -> anyhow::Result<Record> {
    let store = &desk.office.store;
    let known = store
        .absence_of(&request.approver, desk.office.today())
        .await?;
    let waits = request.state == ApprovalState::Open;
    let away = known.filter(|_| waits);
    let back_on = away.as_ref().map(|away| away.back_on.to_string());
    Ok(Record::new()
        .with("approver_back_on", back_on)
        .maybe_id("absence_notice", away.map(|away| away.message)))
}

/// The bill a request asks about, in short.
///
/// # Errors
/// What the books met.
pub async fn about_bill(desk: &Desk, request: &ApprovalRequest) -> anyhow::Result<Record> {
    let bill = desk.office.store.bill(request.bill).await?;
    let bill = bill.as_ref();
    Ok(Record::new()
        .with("invoice_number", bill.and_then(|bill| bill.number.clone()))
        .with("supplier_name", bill.map(|bill| bill.supplier_name.clone()))
        .with("payable_total", bill.and_then(|bill| bill.payable))
        .with(
            "currency",
            bill.and_then(|bill| bill.currency)
                .map(|currency| currency.to_string()),
        ))
}

/// One request.
pub fn asked(request: &ApprovalRequest) -> Record {
    Record::new()
        .id("id", request.id)
        .with("state", request.state.as_str())
        .with("approver", request.approver.to_string())
        .with(
            "stands_in_for",
            request.stands_in_for.as_ref().map(ToString::to_string),
        )
        .id("bill", request.bill)
        .id("bill_version", request.bill_version)
        .with("rules", request.rules.clone())
        .id("outbound", request.outbound)
        .with("asked_at", request.asked_at)
        .with("expires_at", request.expires_at)
}

/// What was answered, when it was.
pub fn answered(vote: Option<&Vote>) -> Record {
    Record::new()
        .with("verdict", vote.map(|vote| vote.verdict.as_str()))
        .with("answer_reason", vote.map(|vote| vote.reason.clone()))
        .with("answered_at", vote.map(|vote| vote.at))
        .with("proof", vote.map(|vote| vote.proof.clone()))
        .maybe_id("answer_message", vote.and_then(|vote| vote.message))
}
