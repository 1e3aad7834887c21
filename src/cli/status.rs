//! `status`: one screen that says how things stand.

use std::process::ExitCode;

use super::Context;
use super::desk::{Desk, at_desk};
use super::output::{Record, Shown};
use super::{approvals, exceptions, payments};
use crate::basics::calendar::add_days;
use crate::domain::approval::ApprovalState;
use crate::io::store::Filter;
use crate::io::store::load::StateCount;

/// Of one kind; a screen holds no more, the lists have the rest.
const SHOWN: u32 = 20;
/// How far ahead payments are shown.
const DAYS_AHEAD: i32 = 30;

/// Shows it.
///
/// # Errors
/// What the books met.
pub async fn status(context: &Context) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| {
        let page = Record::new()
            .and(queue(desk).await?)
            .with("replicas", replicas(desk).await?)
            .with("mailboxes", mailboxes(desk).await?)
            .with("counts", counts(desk).await?)
            .with("exceptions", open_exceptions(desk).await?)
            .with("approvals", waiting(desk).await?)
            .with("payments", planned(desk).await?)
            .with("parked", parked(desk).await?);
        desk.print.page(&page)
    })
    .await
}

async fn queue(desk: &Desk) -> anyhow::Result<Record> {
    let now = desk.office.clock.now();
    let idle = desk.office.store.idle(now).await?;
    let record = Record::new()
        .with("at", now)
        .with("jobs_ready", idle.ready)
        .with("jobs_later", idle.later)
        .with("jobs_running", idle.leased)
        .with("jobs_parked", idle.parked);
    Ok(record.with("next_job_at", idle.next_due))
}

/// The daemons on these books, what each of them watches, and for a day those that ended without a word; with SQLite there is
/// nothing to tell apart.
async fn replicas(desk: &Desk) -> anyhow::Result<Shown> {
    let rows = desk.office.store.replicas().await?.into_iter().map(|one| {
        Record::new()
            .id("replica", one.replica.name)
            .with("host", one.replica.host)
            .with("process", u64::from(one.replica.process))
            .with("version", one.replica.program_version)
            .with("started_at", one.started_at)
            .with("seen_at", one.seen_at)
            .with("not_seen_since", (!one.lives).then_some(one.seen_at))
            .with("jobs_running", one.jobs)
            .with("watches", one.leases.join(", "))
    });
    Ok(Shown::Rows(rows.collect()))
}

/// Every configured mailbox, looked at or not.
async fn mailboxes(desk: &Desk) -> anyhow::Result<Shown> {
    let looks = desk.office.store.looks().await?;
    let rows = desk.config.mailboxes.iter().map(|mailbox| {
        let look = looks.iter().find(|look| look.mailbox == mailbox.name);
        Record::new()
            .with("mailbox", mailbox.name.as_str())
            .with("address", mailbox.address.to_string())
            .with("looked_at", look.map(|look| look.looked_at))
            .with("problem", look.and_then(|look| look.problem.clone()))
    });
    Ok(Shown::Rows(rows.collect()))
}

async fn counts(desk: &Desk) -> anyhow::Result<Shown> {
    let counted = desk.office.store.counts().await?;
    let counted = counted
        .into_iter()
        .filter(|one| one.count > 0)
        .collect::<Vec<_>>();
    if !desk.print.json {
        return Ok(Shown::Rows(
            counted
                .chunk_by(|a, b| a.kind == b.kind)
                .map(folded)
                .collect(),
        ));
    }
    let rows = counted.into_iter().map(|one| {
        let state = (!one.state.is_empty()).then_some(one.state);
        Record::new()
            .with("kind", one.kind.as_str())
            .with("state", state)
            .with("count", one.count)
    });
    Ok(Shown::Rows(rows.collect()))
}

/// A person reads one line a kind.
fn folded(counts: &[StateCount]) -> Record {
    let states = counts
        .iter()
        .map(|one| format!("{} {}", one.count, one.state).trim_end().to_owned());
    let kind = counts.first().map(|one| one.kind.as_str());
    Record::new()
        .with("kind", kind)
        .with("how_many", states.collect::<Vec<_>>().join(", "))
}

async fn open_exceptions(desk: &Desk) -> anyhow::Result<Shown> {
    let now = desk.office.clock.now();
    let open = desk.office.store.open_exceptions(SHOWN).await?;
    let late = |due| if due < now { "late" } else { "" };
    let rows = open
        .iter()
        .map(|one| exceptions::row(one).with("late", late(one.due_at)));
    let columns = [
        "id", "code", "about", "about_id", "owner", "due_at", "late", "reason",
    ];
    Ok(Shown::Rows(rows.map(|row| row.only(&columns)).collect()))
}

/// Who is asked and has not answered.
async fn waiting(desk: &Desk) -> anyhow::Result<Shown> {
    let filter = Filter::state(ApprovalState::Open.as_str()).limit(SHOWN);
    let mut open = desk.office.store.list_approval_requests(&filter).await?;
    open.sort_by(|a, b| (&a.approver, a.asked_at).cmp(&(&b.approver, b.asked_at)));
    let mut rows = Vec::new();
    for request in &open {
        let row = approvals::asked(request).and(approvals::about_bill(desk, request).await?);
        let row = row.and(approvals::away(desk, request).await?);
        rows.push(row.only(&[
            "approver",
            "id",
            "invoice_number",
            "supplier_name",
            "payable_total",
            "currency",
            "expires_at",
            "approver_back_on",
        ]));
    }
    Ok(Shown::Rows(rows))
}

async fn planned(desk: &Desk) -> anyhow::Result<Shown> {
    let until = add_days(desk.office.today(), DAYS_AHEAD);
    let next = desk.office.store.payments_planned(until, SHOWN).await?;
    let rows = next.iter().map(|one| {
        payments::row(one).only(&["planned_for", "id", "bill", "amount", "currency", "blocked"])
    });
    Ok(Shown::Rows(rows.collect()))
}

async fn parked(desk: &Desk) -> anyhow::Result<Shown> {
    let jobs = desk
        .office
        .store
        .parked_jobs(SHOWN)
        .await?
        .into_iter()
        .map(|job| {
            Record::new()
                .id("job", job.job)
                .with("step", job.step.as_str())
                .with("about", job.subject.kind.as_str())
                .id("about_id", job.subject.id)
                .with("attempts", job.attempts)
                .with("error", job.error)
        });
    Ok(Shown::Rows(jobs.collect()))
}
