//! `bills`: what suppliers ask us to pay, and a person's decision about one.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::{Record, Shown};
use super::{approvals, exceptions, payments, trail};
use crate::basics::text::mask;
use crate::domain::document::DocumentLine;
use crate::domain::payable::coding_memory::Wanted;
use crate::domain::payable::decide::BillField;
use crate::domain::payable::{Bill, BillState, Coding};
use crate::steps::decide_bill::{BillDecision, decide_bill};

/// How often, and after what pause each, a corrected bill is looked at: a daemon at work checks it within a second.
const CHECK_LOOKS: u32 = 20;
const CHECK_PAUSE: Duration = Duration::from_millis(100);

/// `bills …`
#[derive(Subcommand)]
pub enum Bills {
    /// The newest bills
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(BillState::ALL, BillState::as_str))]
        state: Option<BillState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One bill: its fields, findings, approvals, payments, work items and trail
    Show {
        /// Its id, at least four digits of it, or its number
        id: String,
    },
    /// Corrects fields, all or none; all checks run again, and whoever was asked is asked anew
    Correct {
        /// Its id, at least four digits of it, or its number
        id: String,
        /// The fields by their names in `bills show`, words joined by `_`, and the supplier by its number
        #[arg(required = true, value_name = "FIELD=VALUE", value_parser = field_and_value)]
        fields: Vec<(BillField, String)>,
        #[command(flatten)]
        decision: Decision,
    },
    /// Says where lines are booked; the supplier's next lines of that description are proposed the same
    Code {
        /// Its id, at least four digits of it, or its number
        id: String,
        /// A line by its number in `bills show`, or `all`, and its account: 1=6850/IT all=6300. Cost centre, project and tax
        /// code may follow the account
        #[arg(required = true, value_name = "LINE=ACCOUNT[/COST_CENTRE[/PROJECT[/TAX_CODE]]]", value_parser = line_and_coding)]
        lines: Vec<Wanted>,
        #[command(flatten)]
        decision: Decision,
    },
    /// Has a held bill checked again, once what held it was put right elsewhere: its supplier imported, say; or a rejected one
    /// that was rejected by mistake, and everybody is asked again
    Recheck(Decided),
    /// Takes a bill out of the books
    Void(Decided),
    /// Answers your own open approval request; --by is the approver's address
    Approve(Decided),
    /// Rejects a bill
    Reject(Decided),
}

/// Which bill, who, why.
#[derive(Args)]
pub struct Decided {
    /// Its id, at least four digits of it, or its number
    id: String,
    #[command(flatten)]
    decision: Decision,
}

fn field_and_value(text: &str) -> Result<(BillField, String), String> {
    let known = || {
        BillField::ALL
            .iter()
            .map(|field| field.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (name, value) = text
        .split_once('=')
        .ok_or("write FIELD=VALUE, for example gross_total=1190.00")?;
    let field = BillField::parse(&name.trim().replace(' ', "_"))
        .ok_or_else(|| format!("{name} is none of {}", known()))?;
    Ok((field, value.to_owned()))
}

fn line_and_coding(text: &str) -> Result<Wanted, String> {
    let (line, coding) = text
        .split_once('=')
        .ok_or("write LINE=ACCOUNT, for example 1=6850/IT")?;
    let line = match line.trim() {
        "all" => None,
        number => Some(number.parse().map_err(|_| {
            format!("{number} is no line: write its number in `bills show`, or all")
        })?),
    };
    let coding = Coding::parse(coding).ok_or_else(|| {
        format!(
            "{coding} is no coding: write ACCOUNT/COST_CENTRE/PROJECT/TAX_CODE, of up to 40 characters each and what is \
             not needed left out, for example 6850/IT"
        )
    })?;
    Ok(Wanted { line, coding })
}

/// Does it.
///
/// # Errors
/// What the books met, or why it cannot be decided so.
pub async fn bills(context: &Context, command: Bills) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Bills::List { state, limit } => list(desk, limit, state).await,
        Bills::Show { id } => show(desk, &id).await,
        Bills::Correct {
            id,
            fields,
            decision,
        } => decide(desk, &id, BillDecision::Correct(fields), &decision).await,
        Bills::Code {
            id,
            lines,
            decision,
        } => decide(desk, &id, BillDecision::Code(lines), &decision).await,
        Bills::Recheck(Decided { id, decision }) => {
            decide(desk, &id, BillDecision::CheckAgain, &decision).await
        }
        Bills::Void(Decided { id, decision }) => {
            decide(desk, &id, BillDecision::Void, &decision).await
        }
        Bills::Approve(Decided { id, decision }) => {
            decide(desk, &id, BillDecision::Approve, &decision).await
        }
        Bills::Reject(Decided { id, decision }) => {
            decide(desk, &id, BillDecision::Reject, &decision).await
        }
    })
    .await
}

pub(super) async fn find(desk: &Desk, text: &str) -> anyhow::Result<Bill> {
    let mut found = desk.office.store.find_bills(text).await?;
    // A number as it is printed means that bill, though another one spells the same number otherwise.
    let is_exact = |bill: &Bill| bill.number.as_deref() == Some(text);
    if found.iter().any(is_exact) {
        found.retain(is_exact);
    }
    the_one("bill", text, found, |bill| {
        let number = bill.number.as_deref().unwrap_or("without a number");
        format!(
            "{} {} of {}, {}",
            bill.id, number, bill.supplier_name, bill.state
        )
    })
}

async fn list(desk: &Desk, limit: Limit, state: Option<BillState>) -> anyhow::Result<ExitCode> {
    let found = desk
        .office
        .store
        .list_bills(&limit.filter(state.map(BillState::as_str)))
        .await?;
    let columns = [
        "id",
        "state",
        "kind",
        "supplier_name",
        "invoice_number",
        "issue_date",
        "due_date",
        "payable_total",
    ];
    desk.print
        .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
}

async fn show(desk: &Desk, text: &str) -> anyhow::Result<ExitCode> {
    let bill = find(desk, text).await?;
    desk.print.page(&page(desk, &bill).await?)
}

/// All of it: what `show` shows.
pub(super) async fn page(desk: &Desk, bill: &Bill) -> anyhow::Result<Record> {
    let store = &desk.office.store;
    let supplier = match bill.supplier {
        Some(id) => store.supplier(id).await?,
        None => None,
    };
    let (requests, votes) = (
        store.requests_of_bill(bill.id).await?,
        store.votes_of_bill(bill.id).await?,
    );
    let asked = requests.iter().map(|request| {
        let vote = votes.iter().find(|vote| vote.request == request.id);
        approvals::asked(request).and(approvals::answered(vote))
    });
    let planned = store.payments_of_bill(bill.id).await?;
    Ok(row(bill)
        .with("supplier", supplier.map(|supplier| supplier.number))
        .with("version", bill.content_version().to_string())
        .with("lines", lines(desk, bill).await?)
        .with("approvals", asked.collect::<Vec<_>>())
        .with(
            "payments",
            planned.iter().map(payments::row).collect::<Vec<_>>(),
        )
        .with("exceptions", exceptions::about(desk, bill.id).await?)
        .with("audit", trail::of(desk, bill.id).await?))
}

async fn decide(
    desk: &Desk,
    text: &str,
    what: BillDecision,
    decision: &Decision,
) -> anyhow::Result<ExitCode> {
    let bill = find(desk, text).await?;
    decide_bill(&desk.office, bill.id, &what, &decision.by, &decision.reason).await?;
    let mut after = desk.office.store.bill(bill.id).await?.unwrap_or(bill);
    if matches!(what, BillDecision::Correct(_) | BillDecision::Code(_)) {
        after = checked_again(desk, after).await?;
    }
    desk.print.list(
        &[row(&after)],
        &[
            "id",
            "state",
            "supplier_name",
            "invoice_number",
            "payable_total",
        ],
    )
}

/// The lines as they are coded. A bill without lines is one.
async fn lines(desk: &Desk, bill: &Bill) -> anyhow::Result<Vec<Record>> {
    let document = desk.office.store.document(bill.document).await?;
    let mut printed = document.map_or_else(Vec::new, |document| document.reading.lines);
    if printed.is_empty() {
        printed.push(DocumentLine::default());
    }
    let line = |(number, line): (u32, &DocumentLine)| {
        let coding = bill.codings.iter().find(|coding| coding.line == number);
        Record::new()
            .with("line", number)
            .with("description", line.description.as_str())
            .with("net", line.net)
            .with("coding", coding.map(|one| one.coding.to_string()))
            .with("coded_by", coding.map(|one| one.source.as_str()))
    };
    Ok((1..).zip(&printed).map(line).collect())
}

/// Waits a moment for the daemon's checks and tells what came of them.
async fn checked_again(desk: &Desk, corrected: Bill) -> anyhow::Result<Bill> {
    let mut bill = corrected;
    for _ in 0..CHECK_LOOKS {
        if bill.state != BillState::Draft {
            break;
        }
        tokio::time::sleep(CHECK_PAUSE).await;
        bill = desk.office.store.bill(bill.id).await?.unwrap_or(bill);
    }
    if bill.state == BillState::Draft {
        eprintln!(
            "the checks run again as soon as the daemon works; then see: bills show {}",
            bill.id
        );
        return Ok(bill);
    }
    eprintln!("the checks ran again: the bill is {}", bill.state);
    let open = bill.findings.iter();
    for finding in open.filter(|finding| !bill.cleared.contains(&finding.code)) {
        eprintln!("  {}: {}", finding.code, finding.evidence);
    }
    Ok(bill)
}

/// One bill.
pub fn row(bill: &Bill) -> Record {
    let findings = bill.findings.iter().map(|finding| {
        Record::new()
            .with("code", finding.code.as_str())
            .with("severity", finding.severity.as_str())
            .with("cleared", bill.cleared.contains(&finding.code))
            .with("evidence", finding.evidence.as_str())
    });
    Record::new()
        .id("id", bill.id)
        .with("state", bill.state.as_str())
        .with("kind", bill.kind.as_str())
        .with("supplier_name", bill.supplier_name.as_str())
        .maybe_id("supplier_id", bill.supplier)
        .with("invoice_number", bill.number.clone())
        .with("issue_date", bill.issue_date)
        .with("due_date", bill.due_date)
        .with(
            "currency",
            bill.currency.map(|currency| currency.to_string()),
        )
        .with("net_total", bill.net)
        .with("tax_total", bill.tax)
        .with("gross_total", bill.gross)
        .with("payable_total", bill.payable)
        .with("iban", bill.iban.as_deref().map(mask))
        .with("po_number", bill.po_number.clone())
        .with("payment_reference", bill.payment_reference.clone())
        .with("preceding_number", bill.preceding_number.clone())
        .with(
            "submitter",
            bill.submitter.as_ref().map(ToString::to_string),
        )
        .with(
            "corrected_by",
            (!bill.corrected_by.is_empty()).then(|| bill.corrected_by.clone()),
        )
        .id("document", bill.document)
        .id("message", bill.message)
        .with("findings", Shown::Rows(findings.collect()))
}
