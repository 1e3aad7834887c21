//! Tells the sender of a mail what became of it, in the commit that says so in the books, where the mailbox is set to.

use super::mail_facts::header_facts;
use super::open_mail::OpenedMail;
use super::{Office, StepError};
use crate::basics::calendar::{Timestamp, start_of_day};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::message::Message;
use crate::domain::message::authenticity::{OwnChecks, authenticity};
use crate::domain::message::automatic::automatic;
use crate::domain::message::facts::MailFacts;
use crate::domain::outbound::feedback::{
    Fate, FeedbackMode, Sent, addressee, feedback_facts, feedback_mail,
};
use crate::domain::outbound::{Purpose, compose};
use crate::formats::mime::read_headers;

const STEP: &str = "tell_sender";
/// Files named in one letter.
const MAX_NAMED: usize = 10;

/// After a mail was taken apart.
pub(super) async fn tell_of_reading(
    office: &Office,
    change: Change,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Result<Change, StepError> {
    let (documents, closed) = (opened.documents.len(), opened.left_closed.len());
    let Some(fate) = Fate::of(opened.routed.route, documents, closed) else {
        return Ok(change);
    };
    let taken = opened.documents.iter().map(|part| match part.is_body() {
        true => "the text of your mail".to_owned(),
        false => part.name.clone(),
    });
    let taken = taken.take(MAX_NAMED).collect();
    let closed = opened.left_closed.iter().take(MAX_NAMED).cloned().collect();
    tell(
        office,
        change,
        message,
        (&opened.facts, fate),
        (taken, closed),
        now,
    )
    .await
}

/// After a mail nobody could take apart; its header may still say who sent it.
pub(super) async fn tell_of_quarantine(
    office: &Office,
    change: Change,
    message: &Message,
    raw: &[u8],
    now: Timestamp,
) -> Result<Change, StepError> {
    let facts = header_facts(&read_headers(raw));
    let nothing = (Vec::new(), Vec::new());
    tell(
        office,
        change,
        message,
        (&facts, Fate::Unreadable),
        nothing,
        now,
    )
    .await
}

async fn tell(
    office: &Office,
    change: Change,
    message: &Message,
    (mail, fate): (&MailFacts, Fate),
    files: (Vec<String>, Vec<String>),
    now: Timestamp,
) -> Result<Change, StepError> {
    let rules = &office.rules;
    let mut mailboxes = rules.feedback.iter();
    let found = mailboxes
        .find(|(name, _, policy)| *name == message.mailbox && policy.mode != FeedbackMode::Off);
    let Some(((_, mailbox, policy), sender)) = found.zip(mail.sender()) else {
        return Ok(change);
    };
    let since = start_of_day(&rules.time_zone, office.today());
    let earlier = office
        .store
        .outbound_to_since(sender, Purpose::Feedback, since);
    let earlier = earlier.await?;
    let by_program = automatic(mail, &office.own_mail());
    let checked = authenticity(mail, &OwnChecks::default(), &rules.authenticity);
    let sent = Sent {
        mail,
        automatic: by_program.as_ref(),
        authenticity: &checked,
        fate,
        age: now.duration_since(message.received_at),
    };
    let to = match addressee(*policy, sent, &earlier, &rules.mailbox_addresses) {
        Ok(to) => to,
        Err(why) => {
            tracing::debug!(message.id = %message.id.short(), why, "the sender is not told");
            return Ok(change);
        }
    };
    let facts = feedback_facts(
        &rules.company_name,
        (to, mailbox),
        (fate, &mail.subject),
        files,
    );
    // A courtesy: what keeps it from being written must not keep the mail itself from being read.
    let letter = match compose::feedback(&rules.templates, &facts) {
        Ok(letter) => feedback_mail(
            (mailbox, to),
            (mail, message.id),
            letter,
            (office.today(), now),
        ),
        Err(error) => {
            tracing::warn!(message.id = %message.id.short(), %error, "the letter to the sender cannot be written");
            None
        }
    };
    // Two mails of one long thread may not name each other: the day's letter to it is one all the same.
    let Some(letter) = letter.filter(|letter| earlier.iter().all(|told| told.id != letter.id))
    else {
        return Ok(change);
    };
    let why = format!("tells the sender of a mail: {fate}");
    let written = AuditEvent::new(now, Actor::program(STEP), "mail written", letter.id, why)
        .state(None, letter.state.as_str());
    Ok(change.event(written).mail(letter))
}
