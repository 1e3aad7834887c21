//! Checks a bill and asks its approvers, holds it, or lets a rule of the policy approve it. Runs again after every correction,
//! and while approvers are asked, to ask whoever is missing. Where enough of them agreed to the bill as it is now, nobody is
//! left to ask and their votes approve it.

use super::bill_change::{BillFile, bill_event, desk, resolve_open, rival, withdraw_open};
use super::order_file::order_file;
use super::propose_account::{printed_account, with_proposal};
use super::remember_coding::propose_codings;
use super::waiting::{ask_delegate_of, first_look, look_again};
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, ContentHash};
use crate::domain::approval::asking::{Asking, asking, request};
use crate::domain::approval::{ApprovalRequest, ApprovalState, Asked, Tally, Vote};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::split::pages_of;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::outbound::approval_mail::{
    Originals, RequestParts, originals, request_facts, request_mail,
};
use crate::domain::outbound::compose;
use crate::domain::payable::checks::NO_APPROVER;
use crate::domain::payable::checks::order::OrderFile;
use crate::domain::payable::draft::complete;
use crate::domain::payable::review::{agreed, count_votes};
use crate::domain::payable::supplier::Recheck;
use crate::domain::payable::{
    Bill, BillEvent, BillState, Outcome, ReviewFacts, Rival, review, state,
};

const STEP: &str = "review_bill";

/// One commit: the bill with its findings, and what follows from them. A crash before it leaves everything as it was; after
/// it the mails are in the outbox. Repeated, it names the same requests and mails.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn review_bill(office: &Office, claim: &JobClaim, id: BillId) -> Result<(), StepError> {
    let (store, now) = (&office.store, office.clock.now());
    let policy = &office.rules.approvals;
    let mut file = BillFile::load(office, id).await?;
    let before = file.bill.state;
    if !matches!(before, BillState::Draft | BillState::AwaitingApproval) {
        let change = not_reviewed(id, before, now).finishing(claim.clone());
        store.commit(change).await?;
        return Ok(());
    }
    let message = store.message(file.bill.message).await?;
    let unknown = (None, Timestamp::MIN);
    let (sender, received_at) = message.map_or(unknown, |one| (one.from, one.received_at));
    let fields = &file.document.reading.fields;
    let (bill, identified) = complete(file.bill, fields, sender.as_ref(), &file.suppliers);
    file.bill = bill;
    propose_codings(office, &mut file).await?;
    let alike = store.rivals_of(&file.bill, file.document.content).await?;
    let mut others = Vec::new();
    for other in &alike {
        others.push(rival(office, other.clone(), &file.suppliers).await?);
    }
    let own = Rival {
        content: file.document.content,
        pages: pages_of(&file.document.part),
        received_at,
        bill: file.bill.clone(),
    };
    let order = order_file(office, &file.bill).await?;
    let account = printed_account(office, &file).await?;
    let review = review(&ReviewFacts {
        own: &own,
        reading: &file.document.reading,
        identified: &identified,
        supplier: file.supplier(),
        account: account.as_ref(),
        others: &others,
        order: &order,
        order_policy: &office.rules.orders,
        policy,
        today: office.today(),
    });
    file.bill.findings = review.findings;
    let change = match review.outcome {
        Outcome::Hold { reason, codes } => hold(office, &file, before, (&reason, &codes), now),
        Outcome::ApprovedByPolicy(rule) => {
            let by = (Actor::Policy(rule), "the policy needs nobody for it");
            approved(&file, before, by, now)
        }
        Outcome::Ask { asked, needed } => {
            let votes = votes(office, &file).await?;
            let change = match count_votes(file.owed(), policy, &file.requests, &votes) {
                Tally::Approved => {
                    let by = (actor(), "its approvers agreed to it as it is");
                    approved(&file, before, by, now)
                }
                Tally::Waiting(_) | Tally::Rejected => {
                    let agreed = agreed(file.owed(), policy, &file.requests, &votes);
                    let whom = (asked.as_slice(), needed, agreed.as_slice());
                    ask(office, &file, before, whom, now).await?
                }
            };
            passed(office, change, &file.bill, now).await?
        }
    };
    let change = written_again(undecided(change, alike, id, now), order, now);
    let change = with_proposal(office, change, (&file.bill, file.supplier()), now).await?;
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// Its checks are done or decided by a person. Whoever asked for the review saw the bill before its last vote: what came in since
/// concerns its payment now.
fn not_reviewed(id: BillId, before: BillState, now: Timestamp) -> Change {
    let why = format!("it is {before}");
    let told = AuditEvent::new(now, actor(), "bill not reviewed", id, why);
    match Recheck::of(before) {
        Some(Recheck::Payment) => {
            Change::new(told).job(NewJob::now(Step::SchedulePayment, id, now))
        }
        Some(Recheck::Bill) | None => Change::new(told),
    }
}

/// The order's first line is written as it is: whoever reviews another bill of it at this moment decides again, or both could bill
/// what is left of it.
fn written_again(change: Change, order: OrderFile, now: Timestamp) -> Change {
    match order.lines.into_iter().next() {
        Some(line) => {
            let why = "a bill of its order was checked";
            let told = AuditEvent::new(now, actor(), "order looked at", line.id, why);
            change.event(told).put(Record::OrderLine(line))
        }
        None => change,
    }
}

/// The bills alike that are not decided on are written again. Their version moves on: whoever reviews one of them at this
/// moment without having seen this bill, or with this bill as it was, decides again. Else each of two could pass because the
/// other one had not.
fn undecided(change: Change, alike: Vec<Bill>, own: BillId, now: Timestamp) -> Change {
    let drafts = alike
        .into_iter()
        .filter(|one| one.state == BillState::Draft);
    drafts.fold(change, |change, draft| {
        let told = bill_event(
            &draft,
            draft.state,
            (now, actor()),
            "bill compared",
            format!("bill {} is like it", own.short()),
        );
        change.event(told).put(Record::Bill(draft))
    })
}

fn actor() -> Actor {
    Actor::program(STEP)
}

/// The bill after an event, or as it was where the event means nothing there.
fn after(bill: &Bill, event: BillEvent) -> Bill {
    let state = state::next(bill.state, event).unwrap_or(bill.state);
    Bill {
        state,
        ..bill.clone()
    }
}

fn hold(
    office: &Office,
    file: &BillFile,
    before: BillState,
    (reason, codes): (&str, &[String]),
    now: Timestamp,
) -> Change {
    let bill = after(&file.bill, BillEvent::Hold);
    let told = bill_event(&bill, before, (now, actor()), "bill held", reason)
        .fact("codes", codes.join(", "));
    let lacks_approver = codes.iter().all(|code| code == NO_APPROVER.code);
    let (code, next) = if lacks_approver {
        (
            ExceptionCode::NoApprover,
            "change the approval policy, then clear or correct the bill",
        )
    } else {
        (
            ExceptionCode::BillHeld,
            "correct a field, clear the findings, reject or void the bill; what was put right elsewhere, as by importing the supplier, \
             `bills recheck` looks at again",
        )
    };
    // By the row as it was loaded: a bill that a person reopened and that is held again for the same asks again.
    let occurrence = format!("{} {}", bill.version, codes.join(" "));
    let exception = Exception::raise(
        code,
        bill.id.into(),
        &occurrence,
        &office.rules.owners.payables,
        now,
        (reason, next),
    );
    tracing::info!(bill.id = %bill.id.short(), codes = codes.join(", "), "bill held");
    let change = Change::new(told).put(Record::Bill(bill)).raise(exception);
    withdraw_open(change, &file.requests, (now, &actor()), "the bill is held")
}

/// Nobody is asked: a rule of the policy approves it, or votes on this very version that are there already. Without this a
/// bill that was reopened and not changed would wait for people who have answered.
fn approved(
    file: &BillFile,
    before: BillState,
    (by, why): (Actor, &str),
    now: Timestamp,
) -> Change {
    let asked = after(&file.bill, BillEvent::Ask);
    let bill = after(&asked, BillEvent::Approve);
    let told = bill_event(
        &asked,
        before,
        (now, actor()),
        "bill reviewed",
        "its checks let it pass",
    );
    let approved = bill_event(&bill, asked.state, (now, by.clone()), "bill approved", why);
    let schedule = NewJob::now(Step::SchedulePayment, bill.id, now);
    let change = Change::new(told)
        .event(approved)
        .put(Record::Bill(bill))
        .job(schedule);
    withdraw_open(
        change,
        &file.requests,
        (now, &by),
        "nobody is asked any more",
    )
}

/// Votes answer requests; without one nobody voted.
async fn votes(office: &Office, file: &BillFile) -> Result<Vec<Vote>, StepError> {
    if file.requests.is_empty() {
        return Ok(Vec::new());
    }
    Ok(office.store.votes_of_bill(file.bill.id).await?)
}

/// What held the bill is settled.
async fn passed(
    office: &Office,
    change: Change,
    bill: &Bill,
    now: Timestamp,
) -> Result<Change, StepError> {
    if bill.was_never_reviewed() {
        return Ok(change);
    }
    let open = office.store.exceptions_about(&bill.id.into()).await?;
    let held = open
        .into_iter()
        .filter(|e| matches!(e.code, ExceptionCode::BillHeld | ExceptionCode::NoApprover));
    Ok(resolve_open(
        change,
        held.collect(),
        (now, &actor()),
        "the bill passed its checks",
    ))
}

async fn ask(
    office: &Office,
    file: &BillFile,
    before: BillState,
    (asked, needed, agreed): (&[Asked], u32, &[MailAddress]),
    now: Timestamp,
) -> Result<Change, StepError> {
    let bill = after(&file.bill, BillEvent::Ask);
    let version = bill.content_version();
    let people = asked.iter().map(|a| a.approver.clone()).collect::<Vec<_>>();
    let names = people
        .iter()
        .map(MailAddress::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let told = bill_event(
        &bill,
        before,
        (now, actor()),
        "bill sent for approval",
        "its checks let it pass",
    )
    .fact("asked", &names)
    .fact("needed", needed);
    let mut change = Change::new(told).put(Record::Bill(bill.clone()));
    let Asking { withdraw, ask } = asking(asked, &file.requests, agreed, version);
    change = withdraw_open(
        change,
        &withdraw,
        (now, &actor()),
        "the bill or its approvers changed",
    );
    let originals = fitting_originals(office, file).await?;
    let shown = file.shown()?;
    let again = again_because(&file.requests, version);
    let desk = desk(office);
    for one in ask {
        let expires = office.rules.approvals.expires_days;
        let (request, token) = request(bill.id, version, one, &office.token_key, (now, expires));
        let parts = RequestParts {
            desk: &desk,
            policy: &office.rules.approvals,
            bill: &bill,
            shown: &shown,
            request: &request,
            token: &token,
            asked: &people,
            needed,
            originals: &originals,
            again_because: again.clone(),
            is_reminder: false,
        };
        change = asked_by_mail(office, file, change, &parts, now)?;
        change = if_away(office, change, &request).await?;
    }
    for open in still_open(&file.requests, &withdraw) {
        change = if_away(office, change, open).await?;
    }
    tracing::info!(bill.id = %bill.id.short(), asked = people.len(), "bill sent for approval");
    Ok(change)
}

/// The approvers' own requests that stand.
fn still_open<'r>(
    requests: &'r [ApprovalRequest],
    withdrawn: &'r [ApprovalRequest],
) -> impl Iterator<Item = &'r ApprovalRequest> {
    requests.iter().filter(|one| {
        one.state == ApprovalState::Open
            && one.stands_in_for.is_none()
            && !withdrawn.iter().any(|other| other.id == one.id)
    })
}

/// Who told of being away before this bill came tells it perhaps not again: the delegate is asked beside.
async fn if_away(
    office: &Office,
    change: Change,
    own: &ApprovalRequest,
) -> Result<Change, StepError> {
    let Some(job) = ask_delegate_of(office, &own.approver, own.id) else {
        return Ok(change);
    };
    let away = office
        .store
        .absence_of(&own.approver, office.today())
        .await?;
    Ok(match away {
        Some(_) => change.job(job),
        None => change,
    })
}

/// The originals of the bill, as far as they fit into a mail.
pub(super) async fn fitting_originals(
    office: &Office,
    file: &BillFile,
) -> Result<Originals, StepError> {
    let of_message = office
        .store
        .documents_of_message(file.document.message)
        .await?;
    let mut sized = Vec::new();
    for original in originals(&file.document, &of_message) {
        let size = office.vault.size(original.content).await?;
        // What is not there any more is found out when the mail is written.
        sized.push((original, size.unwrap_or_default()));
    }
    Ok(Originals::that_fit(sized))
}

/// The request, the mail that asks, and the end of the wait.
pub(super) fn asked_by_mail(
    office: &Office,
    file: &BillFile,
    change: Change,
    parts: &RequestParts<'_>,
    now: Timestamp,
) -> Result<Change, StepError> {
    let letter = compose::approval_request(&office.rules.templates, &request_facts(parts))
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let mail = request_mail(parts, letter, now);
    let mail = mail.ok_or_else(|| StepError::Compose("our domain fits no Message-ID".into()))?;
    let request: ApprovalRequest = parts.request.clone();
    let why = match &request.stands_in_for {
        Some(approver) => format!("stands in for {approver}"),
        None => "the policy names this person".to_owned(),
    };
    let asked = AuditEvent::new(now, actor(), "approval asked", request.id, why)
        .state(None, request.state.as_str())
        .fact("bill", request.bill)
        .fact("approver", &request.approver)
        .fact("rules", request.rules.join(", "))
        .fact("bill version", request.bill_version)
        .fact("expires", request.expires_at);
    let written = AuditEvent::new(now, actor(), "mail written", mail.id, "asks for approval")
        .state(None, mail.state.as_str());
    let expiry = NewJob {
        step: Step::ExpireApproval,
        subject: request.id.into(),
        due_at: request.expires_at,
    };
    let first_look = first_look(office, file, &request);
    let change = look_again(change, &request, first_look)
        .event(asked)
        .put(Record::ApprovalRequest(request))
        .job(expiry);
    Ok(change.event(written).mail(mail))
}

fn again_because(requests: &[ApprovalRequest], version: ContentHash) -> Option<String> {
    use crate::domain::approval::ApprovalState::{Expired, Withdrawn};
    let last = requests
        .iter()
        .rev()
        .find(|r| matches!(r.state, Expired | Withdrawn))?;
    let why = if last.bill_version != version {
        "the bill changed since the earlier request; an earlier answer no longer counts"
    } else if last.state == Expired {
        "the earlier request ran out of time"
    } else {
        "the bill was checked again since the earlier request and did not change"
    };
    Some(why.into())
}
