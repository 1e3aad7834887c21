//! Takes down what a customer's answer to a reminder says beyond doubt, and puts everything else before a person. It is never answered.

use super::mail_facts::{header_facts, written_on};
use super::{Office, StepError};
use crate::basics::ids::{CustomerId, MessageId};
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent, SubjectKind};
use crate::domain::change::{Change, Record};
use crate::domain::job::JobClaim;
use crate::domain::message::Message;
use crate::domain::message::authenticity::{OwnChecks, authenticates};
use crate::domain::message::facts::MailFacts;
use crate::domain::message::new_text::NewText;
use crate::domain::outbound::OutboundMessage;
use crate::domain::receivable::customer_reply::decision::{self, Decision, decide, not_own};
use crate::domain::receivable::customer_reply::intent::{Intent, understand};
use crate::domain::receivable::customer_reply::{CustomerAnswer, Taken, work_item};
use crate::domain::receivable::{Customer, CustomerInvoice, OpenInvoice, dispute, promise};
use crate::formats::date::readings;
use crate::formats::mime;
use crate::io::limits::MAX_MAIL_BYTES;
use crate::io::store::StoreError;
use crate::steps::answer_words::new_words;

const STEP: &str = "record_customer_reply";

/// The reminder that is answered, and whose it is.
struct Asked {
    reminder: OutboundMessage,
    customer: Customer,
    open: Vec<OpenInvoice>,
}

/// Takes down a promise or a dispute, or raises the work item. The invoices are written with the versions they were read at; a repeat finds
/// the same words.
///
/// # Errors
/// What the store or the vault met.
pub async fn record_customer_reply(
    office: &Office,
    claim: &JobClaim,
    id: MessageId,
) -> Result<(), StepError> {
    let message = office.store.message(id).await?;
    let message = message.ok_or_else(|| StepError::Missing(id.into()))?;
    let bytes = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let (facts, new_text) = match &mime::read(&bytes) {
        Ok(mail) => (header_facts(&mail.headers), new_words(mail)),
        Err(_) => (MailFacts::default(), NewText::default()),
    };
    let asked = asked(office, &facts).await?;
    let change = match &asked {
        Some(asked) => decided(office, &message, asked, (&facts, new_text)).await?,
        None => before_a_person(office, &message, None, (new_text, Vec::new(), None)),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// The newest of our reminders in the thread.
async fn asked(office: &Office, facts: &MailFacts) -> Result<Option<Asked>, StoreError> {
    for answered in &facts.thread {
        let Some(reminder) = office.store.outbound_by_message_id(answered).await? else {
            continue;
        };
        let about = &reminder.about;
        let is_customers = about.kind == SubjectKind::Customer;
        let Some(id) = CustomerId::parse(&about.id).filter(|_| is_customers) else {
            continue;
        };
        if let Some(customer) = office.store.customer(id).await? {
            let open = office.store.open_invoices_of(id).await?;
            return Ok(Some(Asked {
                reminder,
                customer,
                open,
            }));
        }
    }
    Ok(None)
}

/// What follows from the words, when they are the customer's and say one thing.
async fn decided(
    office: &Office,
    message: &Message,
    asked: &Asked,
    (facts, new_text): (&MailFacts, NewText),
) -> Result<Change, StepError> {
    let written_on = written_on(facts, message, &office.rules.time_zone);
    let understood = understand(&new_text.text, written_on, readings);
    let reminded = office.store.reminders_to(asked.customer.id).await?;
    let reminded = reminded
        .iter()
        .filter(|one| one.outbound == asked.reminder.id);
    let reminded = reminded.map(|one| one.invoice).collect::<Vec<_>>();
    let unproven = unproven(office, asked, facts);
    let about = decision::Asked {
        open: &asked.open,
        reminded: &reminded,
        certain: new_text.certain,
        unproven: unproven.as_deref(),
    };
    let ask =
        |text, intents, why| before_a_person(office, message, Some(asked), (text, intents, why));
    Ok(match decide(understood, &new_text.text, about) {
        Decision::AskPerson(intents, why) => ask(new_text, intents, why),
        Decision::Promised(day, invoices, sentence) => {
            let today = office.today();
            let promised = invoices.iter().map(|open| {
                let invoice = promise::record(open.invoice.clone(), day, today)?;
                Ok((invoice, "payment promised"))
            });
            let promised = promised.collect::<Result<Vec<_>, Refused>>();
            match promised {
                Ok(promised) => taken_down(office, message, promised, (&sentence, asked)),
                Err(_) => {
                    let why = "it came so late that the day has passed".to_owned();
                    ask(new_text, vec![Intent::Promise], Some(why))
                }
            }
        }
        Decision::Disputed(invoices, sentence) => {
            let disputed = invoices.iter().map(|open| {
                let invoice = dispute::raise(open.invoice.clone(), &sentence)?;
                Ok((invoice, "invoice disputed"))
            });
            let disputed = disputed.collect::<Result<Vec<_>, Refused>>()?;
            let invoices = disputed.iter().map(|(invoice, _)| invoice.clone());
            let answer = CustomerAnswer {
                taken: Taken::Disputed(invoices.collect()),
                ..answer(message, Some(asked), (new_text, Vec::new()))
            };
            let change = taken_down(office, message, disputed, (&sentence, asked));
            let owner = &office.rules.owners.receivables;
            change.raise(work_item(&answer, owner, office.clock.now()))
        }
    })
}

/// Why these may not be the customer's words; `None` where its own address is proven.
fn unproven(office: &Office, asked: &Asked, facts: &MailFacts) -> Option<String> {
    let Some(from) = facts.sender() else {
        return Some("it has no single sender".into());
    };
    let policy = &office.rules.authenticity;
    not_own(from, &asked.customer, &asked.reminder.to).or_else(|| {
        let proof = authenticates(from, facts, &OwnChecks::default(), policy);
        proof.err().map(|unproven| unproven.reason)
    })
}

/// The invoices as they are from now on, each with the customer's sentence in its trail.
fn taken_down(
    office: &Office,
    message: &Message,
    invoices: Vec<(CustomerInvoice, &str)>,
    (sentence, asked): (&str, &Asked),
) -> Change {
    let now = office.clock.now();
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "customer answered",
        message.id,
        "understood",
    )
    .fact("customer", asked.customer.id);
    invoices
        .into_iter()
        .fold(Change::new(told), |change, (invoice, action)| {
            let actor = Actor::program(STEP);
            let told = AuditEvent::new(now, actor, action, invoice.id, sentence)
                .fact("invoice", &invoice.number)
                .fact("mail", message.id);
            let told = match invoice.promised_for {
                Some(day) => told.fact("day", day),
                None => told,
            };
            change.event(told).put(Record::CustomerInvoice(invoice))
        })
}

fn before_a_person(
    office: &Office,
    message: &Message,
    asked: Option<&Asked>,
    (text, seems, why): (NewText, Vec<Intent>, Option<String>),
) -> Change {
    let now = office.clock.now();
    let answer = CustomerAnswer {
        taken: Taken::Nothing { why },
        ..answer(message, asked, (text, seems))
    };
    let customer = answer.customer.map(|customer| customer.to_string());
    let what = "a person reads it; nothing is sent back";
    let actor = Actor::program(STEP);
    let told = AuditEvent::new(now, actor, "customer answered", message.id, what)
        .fact("customer", customer.unwrap_or_default());
    let owner = &office.rules.owners.receivables;
    Change::new(told).raise(work_item(&answer, owner, now))
}

fn answer(
    message: &Message,
    asked: Option<&Asked>,
    (text, seems): (NewText, Vec<Intent>),
) -> CustomerAnswer {
    CustomerAnswer {
        message: message.id,
        customer: asked.map(|asked| asked.customer.id),
        from: message.from.clone(),
        subject: message.subject.clone(),
        new_text: text.text,
        certain: text.certain,
        seems,
        taken: Taken::Nothing { why: None },
    }
}
