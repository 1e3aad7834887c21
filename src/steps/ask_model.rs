//! Asks the language model about what the reader left unsure in one document. A job of its own: whoever waits for the model
//! holds up nobody, and one that never answers costs nothing but the proposal.

use super::bill_change::{bill_event, resolve_open};
use super::learn::page;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::DocumentId;
use crate::basics::text::chain;
use crate::config::rules::ModelPolicy;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, ModelDay, Record};
use crate::domain::document::Document;
use crate::domain::document::layout::Layout;
use crate::domain::document::proposal::{
    Judged, Proposed, Unsure, instructions, judge, text_to_send, unsure,
};
use crate::domain::exception::ExceptionCode;
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::payable::proposed::{takes_proposals, with_proposals};
use crate::domain::payable::{Bill, BillEvent, state};
use crate::formats::chat_completion::{ChatAnswer, ChatQuestion, completion, request};
use crate::io::http::HttpError;
use crate::io::model::{ModelError, Turn};
use crate::io::store::StoreError;

const STEP: &str = "ask_model";
/// One job waits for its turn so often, half a minute at most each time; then the model is too slow for the day's mail.
const MAX_TURNS: u32 = 50;
/// Each time somebody else wrote the document or its bill in between; the checks of a new bill do so once.
const MAX_RELOADS: usize = 5;

/// Intent, effect, outcome: the question is counted before it is asked, so that a crash between the two cannot make it free.
/// After a crash it is asked again.
///
/// # Errors
/// What the store met, or that somebody else has the model just now.
pub async fn ask_model(office: &Office, claim: &JobClaim, id: DocumentId) -> Result<(), StepError> {
    let missing = || StepError::Missing(id.into());
    let document = office.store.document(id).await?.ok_or_else(missing)?;
    let (Some(model), Some(policy)) = (&office.model, &office.rules.model) else {
        return not_asked(office, claim, id, "no model is configured").await;
    };
    let Some(asked) = unsure(&document.reading) else {
        return not_asked(office, claim, id, "nothing is unsure").await;
    };
    let turn = match model.turn() {
        Err(_) if claim.attempt >= MAX_TURNS => {
            return not_asked(office, claim, id, "the model was busy too long").await;
        }
        turn => turn?,
    };
    let today = office.today();
    let day = office.store.model_day(today).await?;
    let day = day.unwrap_or_else(|| ModelDay::begin(today));
    if let Some(why) = policy.spent(&day) {
        return not_asked(office, claim, id, why).await;
    }
    let Some(page) = page(office, &document).await? else {
        return not_asked(office, claim, id, "it has no page to read").await;
    };
    let (answered, day) =
        asked_once(office, &turn, (&document, &asked, &page), (policy, day)).await?;
    let Asked { answer, tokens } = answered;
    match answer {
        Err(why) => {
            tracing::warn!(document.id = %id.short(), why, "the model gave no answer");
            let spent = ModelDay {
                tokens: day.tokens.saturating_add(tokens),
                ..day
            };
            let change = no_proposal(office, id, &format!("no answer: {why}"));
            let change = change.put(Record::ModelDay(spent));
            office.store.commit(change.finishing(claim.clone())).await?;
            Ok(())
        }
        Ok(answer) => {
            proposals(
                office,
                claim,
                (document, asked, &page),
                (policy, day, answer, tokens),
            )
            .await
        }
    }
}

/// A question that was asked.
struct Asked {
    answer: Result<ChatAnswer, String>,
    /// What it cost, or the most it may have cost where nobody says.
    tokens: u64,
}

/// One question, counted first.
async fn asked_once(
    office: &Office,
    turn: &Turn<'_>,
    (document, asked, page): (&Document, &Unsure, &Layout),
    (policy, day): (&ModelPolicy, ModelDay),
) -> Result<(Asked, ModelDay), StepError> {
    let text = text_to_send(page, policy.max_text_chars, policy.hide_accounts);
    let body = request(&ChatQuestion {
        model: &policy.name,
        instructions: &instructions(asked),
        text: &text,
        max_answer_tokens: policy.max_answer_tokens,
    });
    let counted = ModelDay {
        requests: day.requests.saturating_add(1),
        ..day
    };
    let (now, actor) = (office.clock.now(), Actor::program(STEP));
    let names = asked.fields.iter().map(|field| field.as_str());
    let told = AuditEvent::new(
        now,
        actor,
        "model asked",
        document.id,
        "the reader is unsure",
    )
    .fact("model", &policy.name)
    .fact("kind", asked.kind)
    .fact("fields", names.collect::<Vec<_>>().join(", "))
    .fact("characters sent", text.chars().count());
    let intent = Change::new(told).put(Record::ModelDay(counted.clone()));
    office.store.commit(intent).await?;
    let stored = ModelDay {
        version: counted.version.saturating_add(1),
        ..counted
    };
    let answered = turn.ask(&body).await;
    tracing::info!(
        document.id = %document.id.short(), model = policy.name, characters_sent = text.chars().count(),
        bytes_sent = body.len(), bytes_received = answered.as_ref().map_or(0, Vec::len), "model asked"
    );
    // No tokenizer makes more tokens of a text than it has bytes.
    let most = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let most = most.saturating_add(policy.max_answer_tokens.into());
    let asked = match answered {
        Ok(body) => {
            let completion = completion(&body);
            Asked {
                answer: completion.answer.map_err(|error| error.to_string()),
                tokens: completion.tokens.unwrap_or(most),
            }
        }
        // It was refused, and costs nothing.
        Err(
            error @ (ModelError::Busy
            | ModelError::Http(HttpError::Net(_))
            | ModelError::Refused { .. }),
        ) => Asked {
            answer: Err(chain(&error)),
            tokens: 0,
        },
        Err(error) => Asked {
            answer: Err(chain(&error)),
            tokens: most,
        },
    };
    Ok((asked, stored))
}

/// What counts goes into the document, and into its bill as long as nobody has put a hand to it. The checks of the bill may run
/// just then: the same answer is weighed against what they left, for asking once more would cost once more.
async fn proposals(
    office: &Office,
    claim: &JobClaim,
    (mut document, mut asked, page): (Document, Unsure, &Layout),
    (policy, mut day, answer, tokens): (&ModelPolicy, ModelDay, ChatAnswer, u64),
) -> Result<(), StepError> {
    let id = document.id;
    let proposed = Proposed {
        kind: answer.kind,
        fields: answer.fields,
    };
    for _ in 0..MAX_RELOADS {
        let spent = ModelDay {
            tokens: day.tokens.saturating_add(tokens),
            ..day.clone()
        };
        let found = (document, &asked, page);
        let change = weighed(office, found, (policy, &proposed), tokens).await?;
        let change = change.put(Record::ModelDay(spent));
        match office.store.commit(change.finishing(claim.clone())).await {
            Err(StoreError::Conflict { .. }) => {}
            done => return Ok(done.map(drop)?),
        }
        let reloaded = office.store.document(id).await?;
        document = reloaded.ok_or_else(|| StepError::Missing(id.into()))?;
        match unsure(&document.reading) {
            Some(still) => asked = still,
            None => return not_asked(office, claim, id, "nothing is unsure any more").await,
        }
        day = office.store.model_day(day.day).await?.unwrap_or(day);
    }
    not_asked(office, claim, id, "the document was changed meanwhile").await
}

async fn weighed(
    office: &Office,
    (mut document, asked, page): (Document, &Unsure, &Layout),
    (policy, proposed): (&ModelPolicy, &Proposed),
    tokens: u64,
) -> Result<Change, StepError> {
    let (now, actor) = (office.clock.now(), Actor::Model(policy.name.clone()));
    let judged = judge(&mut document.reading, page, asked, (&policy.name, proposed));
    let told = told(&document, &judged, (now, actor.clone())).fact("tokens", tokens);
    let change = Change::new(told);
    if judged.accepted.is_empty() {
        return Ok(change);
    }
    match office.store.bill_by_document(document.id).await? {
        None => Ok(change.put(Record::Document(document))),
        Some(bill) if takes_proposals(&bill) => {
            let change = into_bill(office, change, (bill, &document), (now, &actor)).await?;
            Ok(change.put(Record::Document(document)))
        }
        Some(bill) => {
            let why = "a person has put a hand to its bill, or it is past being checked";
            let id = document.id;
            let left = AuditEvent::new(now, Actor::program(STEP), "proposals left", id, why);
            Ok(Change::new(left.fact("bill", bill.id)))
        }
    }
}

fn told(document: &Document, judged: &Judged, (now, actor): (Timestamp, Actor)) -> AuditEvent {
    let state = document.state.as_str();
    let (action, why) = if judged.accepted.is_empty() {
        (
            "nothing proposed",
            "no value of the answer counts".to_owned(),
        )
    } else {
        ("values proposed", judged.accepted.join("; "))
    };
    AuditEvent::new(now, actor, action, document.id, why)
        .state(Some(state), state)
        .fact("refused", judged.refused.join("; "))
}

/// The bill is checked again with the values in it; a check holds it for them until a person has confirmed them.
async fn into_bill(
    office: &Office,
    change: Change,
    (before, document): (Bill, &Document),
    (now, actor): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let Some(mut bill) = with_proposals(&before, document) else {
        return Ok(change);
    };
    bill.state = state::next(before.state, BillEvent::Reopen)?;
    let why = "the model proposed values that nobody has confirmed";
    let told = bill_event(
        &bill,
        before.state,
        (now, actor.clone()),
        "values proposed",
        why,
    );
    let about = office.store.exceptions_about(&bill.id.into()).await?;
    let held = about
        .into_iter()
        .filter(|item| item.code == ExceptionCode::BillHeld);
    let review = NewJob::now(Step::ReviewBill, bill.id, now);
    let change = resolve_open(change, held.collect(), (now, actor), why);
    Ok(change.event(told).put(Record::Bill(bill)).job(review))
}

async fn not_asked(
    office: &Office,
    claim: &JobClaim,
    id: DocumentId,
    why: &str,
) -> Result<(), StepError> {
    let change = no_proposal(office, id, why).finishing(claim.clone());
    office.store.commit(change).await?;
    Ok(())
}

fn no_proposal(office: &Office, id: DocumentId, why: &str) -> Change {
    let (now, actor) = (office.clock.now(), Actor::program(STEP));
    Change::new(AuditEvent::new(now, actor, "no proposal", id, why))
}
