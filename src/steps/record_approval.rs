//! Understands the answer to an approval request, takes it or says why not, and decides the bill when it was the last one
//! needed. Every answer of a person is answered once, whatever happens.

mod answer;
mod outcome;

use super::bill_change::{BillFile, accounts_by, desk};
use super::bill_vote::Before;
use super::{Office, StepError, patience};
use crate::basics::ids::{ContentHash, MessageId};
use crate::basics::token::ReplyToken;
use crate::domain::approval::{AnswerFacts, ApprovalRequest, Judgement, judge};
use crate::domain::audit::Actor;
use crate::domain::job::{JobClaim, Step};
use crate::domain::payable::review::matter;
use answer::{Answer, read};
use outcome::{Case, accepted, asked_back, refused};

const STEP: &str = "record_approval";

/// One commit: the vote and what follows from it, or the refusal, and our answer. Two votes on one bill at the same time both
/// write the bill, so one of them meets a conflict, is loaded again and sees the other.
///
/// # Errors
/// What the store or the vault met, or a template that cannot be filled.
pub async fn record_approval(
    office: &Office,
    claim: &JobClaim,
    id: MessageId,
) -> Result<(), StepError> {
    let (store, now) = (&office.store, office.clock.now());
    let message = store.message(id).await?;
    let message = message.ok_or_else(|| StepError::Missing(id.into()))?;
    let answer = read(office, &message).await?;
    let request = find_request(office, &answer, claim).await?;
    let (mut file, mut votes, mut about) = (None, Vec::new(), Vec::new());
    let mut accounts = Vec::new();
    if let Some((request, _)) = &request {
        let loaded = BillFile::load(office, request.bill).await?;
        accounts = accounts_by(office, &loaded, request).await?;
        file = Some(loaded);
        votes = store.votes_of_bill(request.bill).await?;
        about = store.exceptions_about(&request.bill.into()).await?;
    }
    let matter = file
        .as_ref()
        .and_then(|file| matter(&file.bill, file.supplier()));
    let version = file.as_ref().map(|file| file.bill.content_version());
    let judgement = judge(&AnswerFacts {
        message: id,
        request: request.as_ref().map(|(request, _)| request),
        bill_version: version.unwrap_or(ContentHash::ZERO),
        matter: matter.as_ref(),
        policy: &office.rules.approvals,
        from: &answer.mail.from,
        from_count: answer.mail.from_count,
        automatic: answer.automatic.as_deref(),
        carries_mail: answer.carries_mail,
        proof: answer.proof.as_deref().map_err(String::as_str),
        reply: &answer.reply,
        repeated: answer.repeated,
        votes: &votes,
        accounts_by: &accounts,
        today: office.today(),
        now,
    });
    let case = Case {
        office,
        message: &message,
        answer: &answer,
        desk: desk(office),
        actor: Actor::program(STEP),
        now,
    };
    let change = match (judgement, &request, &file) {
        (Judgement::Accept(vote), Some((_, token)), Some(file)) => {
            let votes = votes.as_slice();
            accepted(&case, file, token, Before { votes, about }, vote)?
        }
        (Judgement::Ask(what), Some((request, token)), Some(file)) => {
            asked_back(&case, file, request, token, what)?
        }
        (Judgement::Refuse(refusal), request, _) => refused(
            &case,
            (request.as_ref().map(|(request, _)| request), file.as_ref()),
            &refusal,
        )?,
        // Only a request is accepted or asked back, and its bill was loaded with it.
        (Judgement::Accept(_) | Judgement::Ask(_), _, _) => {
            return Err(StepError::Missing(id.into()));
        }
    };
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// The request the first known token of the answer finds. Not yet, where a silent name server keeps the sender from being
/// proved and trying again may help.
async fn find_request(
    office: &Office,
    answer: &Answer,
    claim: &JobClaim,
) -> Result<Option<(ApprovalRequest, ReplyToken)>, StepError> {
    for token in &answer.tokens {
        let found = office.store.request_by_token_hash(token.hash()).await?;
        if let Some(request) = found {
            let may_try_again = claim.attempt < patience(Step::RecordApproval).attempts;
            if answer.may_be_proved_later && may_try_again {
                return Err(StepError::NameServer);
            }
            return Ok(Some((request, token.clone())));
        }
    }
    Ok(None)
}
