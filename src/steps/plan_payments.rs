//! Chooses what is paid now and makes the file for the bank: a proposal that a second person releases.

use std::collections::{HashMap, HashSet};

use super::payment_file::payment_file;
use super::refused_transfer::refused_accounts;
use super::{Office, StepError};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Timestamp, days_between};
use crate::basics::ids::{BillId, ContentHash, PaymentId, SupplierId};
use crate::basics::money::Money;
use crate::basics::text::mask;
use crate::config::payments::PaymentAccount;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::payable::discount::{CashDiscount, offered};
use crate::domain::payable::payment_run::candidate::{Candidate, RunPolicy, Selection, Skipped};
use crate::domain::payable::payment_run::cash::Cash;
use crate::domain::payable::payment_run::group::group;
use crate::domain::payable::payment_run::select::select;
use crate::domain::payable::{
    Bill, BillKind, BillState, PaymentRun, PaymentRunState, PaymentState, Supplier,
};
use crate::io::store::{Filter, StoreError};
use crate::io::vault::VaultError;

/// More than a mid-sized company has open at a time.
const MOST_PAYMENTS: u32 = 50_000;
/// Rows of the one commit that releases a run.
const MOST_IN_RUN: usize = 5_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct PlanOrder<'a> {
    /// The account; none for the only one.
    pub account: Option<&'a str>,
    /// Who prepares it.
    pub by: &'a str,
    /// What stands on the account today; none looks at no floor.
    pub balance: Option<Money>,
    /// What else comes and goes.
    pub flows: Vec<(Date, Money)>,
    /// When the next run is; none after the days of the configuration.
    pub next_run: Option<Date>,
    /// Nothing is stored.
    pub dry_run: bool,
}

/// What would be paid, and what not.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The run; none where nothing is to be paid.
    pub run: Option<PaymentRun>,
    /// Whose payments they are: the names of suppliers by their ids.
    pub suppliers: HashMap<SupplierId, Supplier>,
    /// With their reasons.
    pub skipped: Vec<Skipped>,
}

/// Why nothing was planned, released or exported.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// It may not be, or not so.
    #[error("{0}")]
    Refused(String),
    /// A door failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<StoreError> for PayError {
    fn from(error: StoreError) -> Self {
        Self::Step(error.into())
    }
}

impl From<VaultError> for PayError {
    fn from(error: VaultError) -> Self {
        Self::Step(error.into())
    }
}

impl PayError {
    /// Whether a row changed between its loading and its commit.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Step(failure) => failure.is_conflict(),
        }
    }
}

/// Chooses, makes the file, stores it and the proposal. A crash between file and proposal leaves a file that nothing names.
///
/// # Errors
/// Why there can be no run, or what the store met.
pub async fn plan_payments(office: &Office, order: &PlanOrder<'_>) -> Result<Plan, PayError> {
    let payments = &office.rules.payments;
    let account = payments.account(order.account).map_err(PayError::Refused)?;
    if !order.by.chars().any(char::is_alphanumeric) {
        return Err(PayError::Refused("somebody has to be named by --by".into()));
    }
    let (now, today) = (office.clock.now(), office.today());
    let suppliers = office.store.suppliers().await?;
    let suppliers: HashMap<SupplierId, Supplier> =
        suppliers.iter().map(|one| (one.id, one.clone())).collect();
    let candidates = candidates(office, &suppliers, today).await?;
    let cash = Cash {
        balance: order.balance,
        floor: account.floor,
        flows: order.flows.clone(),
    };
    let policy = policy(&payments.policy, order.next_run, today)?;
    let Selection {
        mut chosen,
        mut skipped,
    } = select(candidates, &cash, &policy, today);
    if chosen.len() > MOST_IN_RUN {
        let words =
            format!("more than {MOST_IN_RUN} payments: set run_limit, and plan several runs");
        return Err(PayError::Refused(words));
    }
    chosen.sort_by_key(|one| one.candidate.payment.id);
    let ids = chosen.iter().map(|one| one.candidate.payment.id);
    let id = PaymentRun::id_of(&account.name, order.by, now, ids);
    let (transfers, left) = group(chosen, payments.policy.minimum, id);
    skipped.extend(left);
    if transfers.is_empty() {
        return Ok(Plan {
            run: None,
            suppliers,
            skipped,
        });
    }
    let total = Money::sum(transfers.iter().map(|transfer| transfer.amount))
        .ok_or_else(|| PayError::Refused("no sum can hold these payments".into()))?;
    let mut run = PaymentRun {
        id,
        account: account.name.clone(),
        debtor_iban: account.iban.clone(),
        prepared_by: order.by.to_owned(),
        prepared_at: now,
        transfers,
        total,
        file: ContentHash::ZERO,
        released_by: None,
        state: PaymentRunState::Proposed,
        version: 0,
    };
    let bytes = payment_file(&run, account).map_err(PayError::Refused)?;
    run.file = ContentHash::of(&bytes);
    if !order.dry_run {
        office.vault.put(&bytes).await?;
        office.store.commit(proposed(&run, account, now)).await?;
        tracing::info!(payment_run.id = %run.id.short(), transfers = run.transfers.len(), total = %run.total, "payment run proposed");
    }
    Ok(Plan {
        run: Some(run),
        suppliers,
        skipped,
    })
}

/// With the day of the next run as it is asked for.
fn policy(usual: &RunPolicy, next_run: Option<Date>, today: Date) -> Result<RunPolicy, PayError> {
    let mut policy = usual.clone();
    if let Some(next) = next_run {
        let days = u16::try_from(days_between(today, next));
        policy.next_run_days = days
            .ok()
            .filter(|days| *days > 0)
            .ok_or_else(|| PayError::Refused(format!("the next run must follow {today}")))?;
    }
    Ok(policy)
}

/// Every planned payment with what decides about it.
async fn candidates(
    office: &Office,
    suppliers: &HashMap<SupplierId, Supplier>,
    today: Date,
) -> Result<Vec<Candidate>, PayError> {
    let store = &office.store;
    let all = |state: &'static str| Filter::state(state).limit(MOST_PAYMENTS);
    let planned = store
        .list_payments(&all(PaymentState::Planned.as_str()))
        .await?;
    let bills = store
        .list_bills(&all(BillState::Scheduled.as_str()))
        .await?;
    let mut bills: HashMap<BillId, Bill> = bills.into_iter().map(|bill| (bill.id, bill)).collect();
    let runs = store.payment_runs_proposed().await?;
    let taken: HashSet<PaymentId> = runs
        .iter()
        .flat_map(PaymentRun::lines)
        .map(|(_, line)| line.payment)
        .collect();
    let refused = refused_accounts(office).await?;
    let mut candidates = Vec::with_capacity(planned.len());
    for payment in planned {
        // A bill that is not scheduled any more is told as such, so it is looked up.
        let bill = match bills.remove(&payment.bill) {
            Some(bill) => bill,
            None => store
                .bill(payment.bill)
                .await?
                .ok_or_else(|| StepError::Missing(payment.bill.into()))?,
        };
        let supplier = bill.supplier.and_then(|id| suppliers.get(&id)).cloned();
        candidates.push(Candidate {
            discount: cash_discount(office, &bill, today).await?,
            in_run: taken.contains(&payment.id),
            bank_refused: account(&bill).and_then(|iban| refused.get(&iban)).cloned(),
            payment,
            bill,
            supplier,
        });
    }
    Ok(candidates)
}

fn account(bill: &Bill) -> Option<Iban> {
    bill.iban.as_deref().and_then(Iban::parse)
}

/// What the terms on the bill offer on this day.
///
/// # Errors
/// What the store met.
pub async fn cash_discount(
    office: &Office,
    bill: &Bill,
    today: Date,
) -> Result<Option<CashDiscount>, StoreError> {
    let Some(issued) = bill.issue_date.filter(|_| bill.kind == BillKind::Invoice) else {
        return Ok(None);
    };
    let document = office.store.document(bill.document).await?;
    let terms = document.and_then(|document| document.reading.fields.payment_terms);
    Ok(terms.and_then(|terms| offered(&terms.value, issued, today)))
}

fn proposed(run: &PaymentRun, account: &PaymentAccount, now: Timestamp) -> Change {
    let by = Actor::Person(run.prepared_by.clone());
    let told = AuditEvent::new(now, by, "payment run proposed", run.id, "planned")
        .state(None, run.state.as_str())
        .fact("account", mask(account.iban.as_str()))
        .fact("transfers", run.transfers.len())
        .fact("total", run.total)
        .fact("file", run.file);
    let told = run.lines().fold(told, |told, (transfer, line)| {
        let paid = format!("{} by {}", line.amount, transfer.end_to_end_id);
        told.fact(&format!("payment {}", line.payment), paid)
    });
    Change::new(told).put(Record::PaymentRun(run.clone()))
}
