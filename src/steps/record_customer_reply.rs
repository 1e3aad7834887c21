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
use crate::domain::receivable::customer_reply::intent::{Intent, Understood, understand};
use crate::domain::receivable::customer_reply::{CustomerAnswer, Taken, work_item};
use crate::domain::receivable::matching::is_named;
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
    let invoices = invoices_meant(office, asked, &new_text.text).await?;
    let written_on = written_on(facts, message, &office.rules.time_zone);
    let understood = understand(&new_text.text, &invoices, written_on, readings);
    let unproven = unproven(office, asked, facts);
    let in_doubt = |intents| {
        let text = new_text.clone();
        before_a_person(
            office,
            message,
            Some(asked),
            (text, intents, unproven.clone()),
        )
    };
    let is_sure = new_text.certain && unproven.is_none() && !invoices.is_empty();
    Ok(match understood {
        Understood::Unsure(intents) => in_doubt(intents),
        Understood::Promise { .. } if !is_sure => in_doubt(vec![Intent::Promise]),
        Understood::Dispute { .. } if !is_sure => in_doubt(vec![Intent::Dispute]),
        Understood::Promise { day, sentence } => {
            let today = office.today();
            let promised = invoices.iter().map(|open| {
                let invoice = promise::record(open.invoice.clone(), day, today)?;
                Ok((invoice, "payment promised"))
            });
            let promised = promised.collect::<Result<Vec<_>, Refused>>();
            match promised {
                Ok(promised) => taken_down(office, message, promised, (&sentence, asked)),
                // It came so late that the day has passed.
                Err(_) => in_doubt(vec![Intent::Promise]),
            }
        }
        // Which of several is meant, a person asks.
        Understood::Dispute { .. }
            if !are_named(&invoices, &new_text.text) && invoices.len() > 1 =>
        {
            in_doubt(vec![Intent::Dispute])
        }
        Understood::Dispute { sentence } => {
            let disputed = invoices.iter().map(|open| {
                let invoice = dispute::raise(open.invoice.clone(), &sentence)?;
                Ok((invoice, "invoice disputed"))
            });
            let disputed = disputed.collect::<Result<Vec<_>, Refused>>()?;
            let invoices = disputed
                .iter()
                .map(|(invoice, _)| invoice.clone())
                .collect();
            let change = taken_down(office, message, disputed, (&sentence, asked));
            let answer = answer(message, Some(asked), (new_text.clone(), Vec::new()));
            let answer = CustomerAnswer {
                taken: Taken::Disputed(invoices),
                ..answer
            };
            let owner = &office.rules.owners.receivables;
            change.raise(work_item(&answer, owner, office.clock.now()))
        }
    })
}

/// Those the text names, else those the answered reminder spoke of; of what is open.
async fn invoices_meant<'a>(
    office: &Office,
    asked: &'a Asked,
    text: &str,
) -> Result<Vec<&'a OpenInvoice>, StoreError> {
    let named = asked
        .open
        .iter()
        .filter(|open| is_named(text, &open.invoice));
    let named = named.collect::<Vec<_>>();
    if !named.is_empty() {
        return Ok(named);
    }
    let told = office.store.reminders_to(asked.customer.id).await?;
    let spoken_of = |open: &&OpenInvoice| {
        let mut told = told.iter();
        told.any(|one| one.outbound == asked.reminder.id && one.invoice == open.invoice.id)
    };
    Ok(asked.open.iter().filter(spoken_of).collect())
}

fn are_named(invoices: &[&OpenInvoice], text: &str) -> bool {
    invoices.iter().all(|open| is_named(text, &open.invoice))
}

/// Why these may not be the customer's words; none where its own address is proven.
fn unproven(office: &Office, asked: &Asked, facts: &MailFacts) -> Option<String> {
    let Some(from) = facts.sender() else {
        return Some("it has no single sender".into());
    };
    let is_own = from.same_mailbox(&asked.reminder.to)
        || asked
            .customer
            .domains
            .iter()
            .any(|domain| domain == from.domain());
    if !is_own {
        return Some(format!("{from} is no address of the customer"));
    }
    let policy = &office.rules.authenticity;
    let proof = authenticates(from, facts, &OwnChecks::default(), policy);
    proof.err().map(|unproven| unproven.reason)
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
        taken: Taken::Nothing {
            why: why.filter(|_| !seems.is_empty()),
        },
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
