//! Asks the delegate of an approver who is away or whom the request did not reach, in that approver's place; the approver may
//! still answer. Where nobody stands in, a request that came back is work for a person.

use super::asked_of_mail::asked_of_mail;
use super::bill_change::{BillFile, account_changes, bill_event, desk};
use super::review_bill::{asked_by_mail, fitting_originals};
use super::told_of_delegation::with_note;
use super::waiting::{ask_delegate_of, due};
use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, Zoned};
use crate::basics::ids::ApprovalRequestId;
use crate::domain::approval::asking::stand_in_request;
use crate::domain::approval::{ApprovalRequest, ApprovalState, NoStandIn, Rung, Scene};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::ExceptionCode;
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::outbound::approval_mail::RequestParts;
use crate::domain::outbound::delegation_mail::asked_facts;
use crate::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use crate::domain::payable::review::{asked, matter, waits_for};

const STEP: &str = "ask_delegate";

/// Why somebody else has to be asked.
enum Unreached {
    /// The request came back.
    CameBack(Box<OutboundMessage>),
    /// The approver is away, and back on this day at the earliest.
    Away(Date),
    /// The approver was asked then, and has not answered for long.
    Silent(Zoned),
}

impl Unreached {
    fn in_words(&self) -> String {
        match self {
            Self::CameBack(mail) => format!("our request to {} came back", mail.to),
            Self::Away(back_on) => {
                format!("an absence notice says that you are back on {back_on} at the earliest")
            }
            Self::Silent(asked_at) => {
                let day = asked_at.date();
                format!("you were asked on {day} and have not answered yet")
            }
        }
    }
}

/// One commit: the delegate's request with its mail and the note to the approver, or the work item. A crash before it leaves the
/// job; after it the delegate is asked, and whatever calls for it again finds that.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn ask_delegate(
    office: &Office,
    claim: &JobClaim,
    id: ApprovalRequestId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let own = office.store.approval_request(id).await?;
    let own = own.ok_or_else(|| StepError::Missing(id.into()))?;
    let file = BillFile::load(office, own.bill).await?;
    let why = match waits_for(&file.bill, &own, now) {
        true => unreached(office, &file, &own, now).await?,
        false => None,
    };
    let change = match why {
        Some(why) => stood_in_for(office, &file, &own, &why, now).await?,
        None => Change::new(noted(
            &own,
            now,
            "the approver is asked and reached, or nobody is waited for",
        )),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

async fn unreached(
    office: &Office,
    file: &BillFile,
    own: &ApprovalRequest,
    now: Timestamp,
) -> Result<Option<Unreached>, StepError> {
    let mail = office.store.outbound(own.outbound).await?;
    if let Some(mail) = mail.filter(|mail| mail.state == OutboundState::Bounced) {
        return Ok(Some(Unreached::CameBack(Box::new(mail))));
    }
    let away = office
        .store
        .absence_of(&own.approver, office.today())
        .await?;
    if let Some(away) = away {
        return Ok(Some(Unreached::Away(away.back_on)));
    }
    let due = due(office, file, own, now).await?;
    let is_late = due.now.is_some_and(Rung::asks_delegate);
    Ok(is_late.then(|| Unreached::Silent(own.asked_at.to_zoned(office.rules.time_zone.clone()))))
}

async fn stood_in_for(
    office: &Office,
    file: &BillFile,
    own: &ApprovalRequest,
    why: &Unreached,
    now: Timestamp,
) -> Result<Change, StepError> {
    let policy = &office.rules.approvals;
    let votes = office.store.votes_of_bill(own.bill).await?;
    let accounts = match file.supplier() {
        Some(supplier) => account_changes(office, supplier).await?,
        None => Vec::new(),
    };
    let matter = matter(&file.bill, file.supplier());
    let found = matter.as_ref().map_or(Err(NoStandIn::Nobody), |matter| {
        let scene = Scene {
            matter,
            accounts_by: &accounts,
            today: office.today(),
        };
        policy.delegate_for(own, (&file.requests, &votes), scene)
    });
    let delegate = match found {
        Ok(delegation) => &delegation.delegate,
        Err(lacking) => return nobody(office, file, own, (why, lacking), now).await,
    };
    let days = policy.expires_days;
    let key = &office.token_key;
    let (request, token) = stand_in_request(own, delegate, &file.requests, key, (now, days));
    let (people, needed) = asked(&file.bill, file.supplier(), policy);
    let shown = file.shown()?;
    let parts = RequestParts {
        desk: &desk(office),
        policy,
        bill: &file.bill,
        shown: &shown,
        request: &request,
        token: &token,
        asked: &people,
        needed,
        originals: &fitting_originals(office, file).await?,
        again_because: None,
        is_reminder: false,
    };
    let words = why.in_words();
    // The bill is written as it is: an answer that comes at this moment meets a conflict, or this does, and sees the other.
    let (actor, state) = (Actor::program(STEP), file.bill.state);
    let moment = (now, actor.clone());
    let told = bill_event(&file.bill, state, moment, "delegate asked", &words)
        .fact("approver", &own.approver)
        .fact("delegate", delegate)
        .fact("request", own.id);
    tracing::info!(bill.id = %own.bill.short(), "delegate asked");
    let change = Change::new(told).put(Record::Bill(file.bill.clone()));
    let change = asked_by_mail(office, file, change, &parts, now)?;
    let facts = asked_facts(parts.desk, policy, (own, &request), &shown, &words);
    let occasion = request.id.to_string();
    let note = (own, occasion.as_str(), &facts);
    with_note(office, change, &file.bill, note, (now, &actor))
}

/// As before there were delegates: a mail that came back is a work item, an absence is shown.
async fn nobody(
    office: &Office,
    file: &BillFile,
    own: &ApprovalRequest,
    (why, lacking): (&Unreached, NoStandIn),
    now: Timestamp,
) -> Result<Change, StepError> {
    let waits_for_delegate = file.requests.iter().any(|one| {
        one.state == ApprovalState::Open
            && one.bill_version == own.bill_version
            && one
                .stands_in_for
                .as_ref()
                .is_some_and(|for_whom| for_whom.same_mailbox(&own.approver))
    });
    if waits_for_delegate {
        return Ok(Change::new(noted(own, now, "a delegate is asked already")));
    }
    let change = Change::new(noted(own, now, lacking.as_words()));
    let change = match why {
        Unreached::CameBack(mail) => {
            let code = ExceptionCode::DeliveryFailed;
            change.raise(asked_of_mail(office, code, mail, now).await?)
        }
        Unreached::Away(_) | Unreached::Silent(_) => change,
    };
    Ok(change)
}

fn noted(own: &ApprovalRequest, now: Timestamp, why: &str) -> AuditEvent {
    AuditEvent::new(now, Actor::program(STEP), "delegate not asked", own.id, why)
        .fact("approver", &own.approver)
        .fact("bill", own.bill)
}

/// The request that a mail asks by, when somebody may stand in for its approver today: whether it is so, the step looks.
pub(super) fn job_for(office: &Office, mail: &OutboundMessage) -> Option<NewJob> {
    let is_request = mail.purpose == Purpose::ApprovalRequest;
    let came_back = mail.state == OutboundState::Bounced;
    let id = ApprovalRequestId::parse(&mail.about.id).filter(|_| is_request && came_back)?;
    ask_delegate_of(office, &mail.to, id)
}

/// A delegate's request that was taken back leaves the approver's: whoever may stand in now is asked, or a person.
pub(super) fn ask_another(
    change: Change,
    file: &BillFile,
    stand_in: &ApprovalRequest,
    now: Timestamp,
) -> Change {
    let own = file.requests.iter().find(|one| {
        one.state == ApprovalState::Open
            && one.stands_in_for.is_none()
            && one.approver.same_mailbox(stand_in.decider())
    });
    match own {
        Some(own) => change.job(NewJob::now(Step::AskDelegate, own.id, now)),
        None => change,
    }
}
