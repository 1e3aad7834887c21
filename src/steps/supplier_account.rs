//! Accounts that are said to be a supplier's: a bill that prints one proposes it, a person calls and takes the call down, another
//! confirms, refuses or retires it. Each decision is one commit; where somebody was quicker, on the account as it is then.

use super::bill_change::desk;
use super::import::looks_again;
use super::patiently::patiently;
use super::propose_account::{AccountError, event, is_said, refused};
use super::{Office, StepError};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Timestamp, day_in, start_of_day};
use crate::basics::ids::SupplierAccountId;
use crate::basics::text::one_line;
use crate::domain::approval::Verdict;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::{NewJob, Step};
use crate::domain::outbound::account_notice::{account_notice_facts, account_notice_mail};
use crate::domain::outbound::compose;
use crate::domain::payable::payment_run::duties::is_same_person;
use crate::domain::payable::supplier::recheck;
use crate::domain::payable::supplier_account::{
    CallBack, may_be_called, next, pays_from, phone_since,
};
use crate::domain::payable::{AccountEvent, Bill, Supplier, SupplierAccount};

/// Longest text kept of what a person says.
const WORDS: usize = 500;

/// A call, as the caller tells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The number.
    pub number: String,
    /// Where it was known from; needed where the books have no number old enough.
    pub number_from: String,
    /// Who answered.
    pub spoke_with: String,
    /// The account that was read out, whole.
    pub read: String,
}

/// What a person says of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountDecision {
    /// The supplier was called.
    Called(Said),
    /// A second person agrees.
    Confirm,
    /// It is not the supplier's; with the reason, and whether somebody meant harm.
    Refuse {
        /// Why.
        reason: String,
        /// Somebody tries to have our money sent there.
        is_fraud: bool,
    },
    /// It is paid no more, and why.
    Retire(String),
}

/// Carries a decision out.
///
/// # Errors
/// Why not, in words, or what the store met. A call in which another account was read out is taken down in the trail all the same.
pub async fn decide_account(
    office: &Office,
    id: SupplierAccountId,
    decision: &AccountDecision,
    by: &str,
) -> Result<SupplierAccount, AccountError> {
    is_said(by, "--by: somebody has to be named")?;
    let attempt = || async {
        let before = office.store.supplier_account(id).await?;
        let before = before.ok_or_else(|| StepError::Missing(id.into()))?;
        let suppliers = office.store.suppliers().await?;
        let supplier = suppliers.iter().find(|one| one.id == before.supplier);
        let supplier = supplier.ok_or_else(|| StepError::Missing(before.supplier.into()))?;
        let now = office.clock.now();
        let after = decided(office, (&before, supplier), decision, by, now).await?;
        let change = change(office, (&before, &after, supplier), decision, by, now).await?;
        office.store.commit(change).await?;
        Ok(after)
    };
    patiently(attempt, AccountError::is_conflict).await
}

async fn decided(
    office: &Office,
    about: (&SupplierAccount, &Supplier),
    decision: &AccountDecision,
    by: &str,
    now: Timestamp,
) -> Result<SupplierAccount, AccountError> {
    let (before, _) = about;
    let moved = |event| next(before.state, event).map_err(|why| refused(why.to_string()));
    match decision {
        AccountDecision::Called(said) => {
            let state = moved(AccountEvent::Verify)?;
            let call = Some(called(office, about, said, (by, now)).await?);
            Ok(SupplierAccount {
                state,
                call,
                ..before.clone()
            })
        }
        AccountDecision::Confirm => {
            let state = moved(AccountEvent::Confirm)?;
            let against = against_confirming(office, before, by).await?;
            if !against.is_empty() {
                let words = format!("{by} cannot confirm it: {}", against.join("; "));
                return Err(refused(words));
            }
            let days = office.rules.payments.account_cooling_off_days;
            Ok(SupplierAccount {
                state,
                confirmed: Some((by.to_owned(), now)),
                pays_from: Some(pays_from(office.today(), days)),
                ..before.clone()
            })
        }
        AccountDecision::Refuse { reason, is_fraud } => {
            is_said(reason, "--reason: say why")?;
            let event = match is_fraud {
                true => AccountEvent::Suspect,
                false => AccountEvent::Refuse,
            };
            let state = moved(event)?;
            Ok(SupplierAccount {
                state,
                ..before.clone()
            })
        }
        AccountDecision::Retire(reason) => {
            is_said(reason, "--reason: say why")?;
            let state = moved(AccountEvent::Retire)?;
            Ok(SupplierAccount {
                state,
                ..before.clone()
            })
        }
    }
}

/// The call, where the right number was called and the same account read out.
async fn called(
    office: &Office,
    (account, supplier): (&SupplierAccount, &Supplier),
    said: &Said,
    (by, now): (&str, Timestamp),
) -> Result<CallBack, AccountError> {
    is_said(&said.spoke_with, "--spoke-with: say who answered")?;
    let since = known_since(office, supplier).await?;
    let number = (said.number.as_str(), said.number_from.as_str());
    may_be_called(supplier, since, number, office.today()).map_err(refused)?;
    if Iban::parse(&said.read).as_ref() != Some(&account.iban) {
        return Err(read_otherwise(office, account, said, (by, now)).await?);
    }
    Ok(CallBack {
        by: by.to_owned(),
        at: now,
        number: one_line(&said.number, WORDS),
        number_from: one_line(&said.number_from, WORDS),
        spoke_with: one_line(&said.spoke_with, WORDS),
    })
}

/// What the books keep of a decision. The trail of the supplier names whoever had a hand in an account, so that they do not
/// release what goes there.
async fn change(
    office: &Office,
    (before, after, supplier): (&SupplierAccount, &SupplierAccount, &Supplier),
    decision: &AccountDecision,
    by: &str,
    now: Timestamp,
) -> Result<Change, AccountError> {
    let who = || (now, Actor::Person(by.to_owned()));
    let reason = match decision {
        AccountDecision::Called(_) => "the supplier read it out",
        AccountDecision::Confirm => "a second person agreed",
        AccountDecision::Refuse { reason, .. } | AccountDecision::Retire(reason) => reason,
    };
    let mut told = event(after, Some(before), who(), &one_line(reason, WORDS));
    if let (AccountDecision::Called(_), Some(call)) = (decision, &after.call) {
        told = told
            .fact("number", &call.number)
            .fact("number from", &call.number_from)
            .fact("spoke with", &call.spoke_with);
    }
    if let Some(day) = after.pays_from.filter(|_| before.pays_from.is_none()) {
        told = told.fact("pays from", day);
    }
    let mut change = Change::new(told).put(Record::SupplierAccount(after.clone()));
    match decision {
        AccountDecision::Called(_) | AccountDecision::Confirm => {
            let action = "supplier account vouched for";
            let had_a_hand = AuditEvent::new(
                now,
                Actor::Person(by.to_owned()),
                action,
                after.supplier,
                reason,
            )
            .fact("iban", after.iban.last_four());
            change = change.event(had_a_hand);
        }
        AccountDecision::Refuse { .. } | AccountDecision::Retire(_) => {
            if supplier.ibans.contains(&after.iban) {
                change = without(change, after, supplier, who());
            }
            change = with_bills(office, change, after, now).await?;
        }
    }
    let confirmed = after
        .pays_from
        .filter(|_| matches!(decision, AccountDecision::Confirm));
    match confirmed {
        Some(day) => {
            let job = NewJob {
                step: Step::FollowAccount,
                subject: after.id.into(),
                due_at: start_of_day(&office.rules.time_zone, day).max(now),
            };
            let change = change.job(job);
            Ok(with_notice(office, change, (after, supplier), day, who())?)
        }
        None => Ok(change),
    }
}

/// Tells the supplier, at the address the books had before.
fn with_notice(
    office: &Office,
    change: Change,
    about: (&SupplierAccount, &Supplier),
    pays_from: Date,
    (now, actor): (Timestamp, Actor),
) -> Result<Change, StepError> {
    let desk = desk(office);
    let facts = account_notice_facts(&desk, about, pays_from);
    let letter = compose::account_notice(&office.rules.templates, &facts)
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let Some(mail) = account_notice_mail(&desk, about, letter, now) else {
        return Ok(change);
    };
    let why = "an account of the supplier changes";
    let written =
        AuditEvent::new(now, actor, "mail written", mail.id, why).state(None, mail.state.as_str());
    Ok(change.event(written).mail(mail))
}

/// The supplier without the account.
pub(super) fn without(
    change: Change,
    account: &SupplierAccount,
    supplier: &Supplier,
    (now, actor): (Timestamp, Actor),
) -> Change {
    let mut knows = supplier.clone();
    knows.ibans.retain(|iban| *iban != account.iban);
    let why = format!("it is {}", account.state);
    let told = AuditEvent::new(now, actor, "supplier account removed", supplier.id, why)
        .fact("iban", account.iban.last_four());
    change.event(told).put(Record::Supplier(knows))
}

/// With another look at the bills that print the account.
pub(super) async fn with_bills(
    office: &Office,
    change: Change,
    account: &SupplierAccount,
    now: Timestamp,
) -> Result<Change, StepError> {
    let open = office
        .store
        .open_bills_of_supplier(account.supplier)
        .await?;
    let prints = open
        .iter()
        .filter(|bill| bill.iban.as_deref() == Some(account.iban.as_str()));
    let again = prints.filter_map(|bill| Some(looks_again(recheck(bill)?, bill, now)));
    Ok(again.fold(change, Change::job))
}

async fn known_since(office: &Office, supplier: &Supplier) -> Result<Option<Date>, AccountError> {
    let Some(phone) = supplier.phone.as_deref() else {
        return Ok(None);
    };
    let trail = office.store.audit_of(&supplier.id.into()).await?;
    Ok(phone_since(&trail, phone).map(|at| day_in(&office.rules.time_zone, at)))
}

/// Another account was read out than the one that is proposed: the call is taken down, and nothing follows from it but a warning.
async fn read_otherwise(
    office: &Office,
    account: &SupplierAccount,
    said: &Said,
    (by, now): (&str, Timestamp),
) -> Result<AccountError, AccountError> {
    let who = Actor::Person(by.to_owned());
    let why = "another account was read out";
    let told = AuditEvent::new(now, who, "supplier account not verified", account.id, why)
        .fact("number", one_line(&said.number, WORDS))
        .fact("spoke with", one_line(&said.spoke_with, WORDS));
    office.store.commit(Change::new(told)).await?;
    Ok(refused(format!(
        "what was read out is not the proposed account, which ends in {}: it stays unverified, and the call stands in its trail. \
         If the supplier knows nothing of it, refuse it with --fraud",
        account.iban.last_four()
    )))
}

/// Why this person is no second one.
async fn against_confirming(
    office: &Office,
    account: &SupplierAccount,
    by: &str,
) -> Result<Vec<String>, AccountError> {
    let people = &office.rules.approvals.approvers;
    let mut why = Vec::new();
    let caller = account.call.as_ref().map(|call| call.by.as_str());
    if let Some(caller) = caller.filter(|caller| is_same_person(caller, by, people)) {
        why.push(format!("{caller} made the call"));
    }
    if is_same_person(&account.proposed_by, by, people) {
        why.push(format!("{} proposed it", account.proposed_by));
    }
    let open = office
        .store
        .open_bills_of_supplier(account.supplier)
        .await?;
    let prints = |bill: &&Bill| bill.iban.as_deref() == Some(account.iban.as_str());
    for bill in open.iter().filter(prints) {
        let votes = office.store.votes_of_bill(bill.id).await?;
        let approved = votes
            .iter()
            .filter(|vote| vote.verdict == Verdict::Approve)
            .flat_map(|vote| [Some(&vote.approver), vote.stands_in_for.as_ref()])
            .flatten();
        for approver in approved {
            let listed = people
                .iter()
                .any(|one| one.address.same_mailbox(approver) && one.may_be(by));
            if listed || is_same_person(&approver.to_string(), by, people) {
                let number = bill.number.as_deref().unwrap_or("without a number");
                why.push(format!(
                    "{approver} approved bill {number}, which prints it"
                ));
            }
        }
    }
    why.dedup();
    Ok(why)
}
