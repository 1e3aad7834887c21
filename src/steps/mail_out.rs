//! The way out: a mail server with a few open connections, or a local folder.

use std::path::Path;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::Outcome;
use crate::domain::outbound::refusal::blames_recipient;
use crate::io::disposition::Disposition;
use crate::io::fence::Fence;
use crate::io::maildir::Maildir;
use crate::io::smtp::{Outgoing, RECIPIENT, SmtpError, SmtpSession};

/// Connections to the mail server at a time. Opening one costs more than sending a mail, and servers limit them.
const SESSIONS: usize = 4;

/// After a refusal that only a person can mend nothing is tried for so long: servers lock accounts that go on trying.
const CLOSED_FOR: Duration = Duration::from_secs(60);

/// Hands mails over, one attempt each.
pub struct MailOut {
    outgoing: Option<Outgoing>,
    free: Semaphore,
    idle: Mutex<Vec<SmtpSession>>,
    closed: Mutex<Option<Closed>>,
    fence: Fence,
}

/// A mail server that does not let us in.
struct Closed {
    until: Instant,
    why: String,
}

/// What one attempt came to.
pub(super) struct Attempt {
    /// What follows for the mail.
    pub(super) outcome: Outcome,
    /// Why the mail server takes no mail of ours before a person has mended something.
    pub(super) closed: Option<String>,
}

impl MailOut {
    /// Connects with the first mail.
    pub fn new(outgoing: Outgoing) -> Self {
        Self {
            outgoing: Some(outgoing),
            ..Self::closed()
        }
    }

    /// For a process that sends nothing: it needs no password of a mail server.
    pub fn closed() -> Self {
        Self {
            outgoing: None,
            free: Semaphore::new(SESSIONS),
            idle: Mutex::default(),
            closed: Mutex::default(),
            fence: Fence::default(),
        }
    }

    /// What keeps mails from being handed over that another daemon may send by now.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    async fn closed_now(&self) -> Option<String> {
        let mut closed = self.closed.lock().await;
        if closed.as_ref().is_some_and(|it| it.until <= Instant::now()) {
            *closed = None;
        }
        closed.as_ref().map(|it| it.why.clone())
    }

    async fn close(&self, why: &str) {
        let now = Instant::now();
        *self.closed.lock().await = Some(Closed {
            until: now.checked_add(CLOSED_FOR).unwrap_or(now),
            why: why.to_owned(),
        });
    }

    /// A way out, as soon as one is free.
    pub(super) async fn way(&self) -> Way<'_> {
        Way {
            mail_out: self,
            // The semaphore is never closed; without a permit there would be one connection too many, no more.
            _permit: self.free.acquire().await.ok(),
        }
    }
}

/// One of the ways out, taken until it is dropped.
pub(super) struct Way<'m> {
    mail_out: &'m MailOut,
    _permit: Option<SemaphorePermit<'m>>,
}

impl Way<'_> {
    /// One attempt. What it met is no error: the attempt's outcome says what follows.
    pub(super) async fn send(&self, message: &OutboundMessage, bytes: &[u8]) -> Attempt {
        let idle = &self.mail_out.idle;
        let outcome = match &self.mail_out.outgoing {
            None => Outcome::Deferred("this process sends no mail".to_owned()),
            Some(Outgoing::Maildir(path)) => match deliver(path, message, bytes).await {
                Ok(place) => Outcome::Accepted(place),
                Err(why) => Outcome::Deferred(why),
            },
            Some(Outgoing::Smtp(account)) => {
                if let Some(why) = self.mail_out.closed_now().await {
                    return closed(why);
                }
                let open = idle.lock().await.pop();
                let fence = self.mail_out.fence.clone();
                let mut session =
                    open.unwrap_or_else(|| SmtpSession::new(account.clone()).behind(fence));
                let sent = session
                    .send_raw(Some(&message.envelope_from), &message.to, bytes)
                    .await;
                idle.lock().await.push(session);
                if let Err(error) = &sent
                    && is_ours_to_mend(error)
                {
                    let why = chain(error);
                    self.mail_out.close(&why).await;
                    return closed(why);
                }
                outcome(sent.map(|accepted| accepted.answer))
            }
        };
        Attempt {
            outcome,
            closed: None,
        }
    }
}

/// The mail waits; nothing is wrong with it.
fn closed(why: String) -> Attempt {
    Attempt {
        outcome: Outcome::Deferred(why.clone()),
        closed: Some(why),
    }
}

/// Not this mail is refused but we are: our login, our certificates, our configuration.
fn is_ours_to_mend(error: &SmtpError) -> bool {
    let is_about_this_mail = matches!(error, SmtpError::Unsendable { .. });
    error.disposition() == Disposition::AskPerson && !is_about_this_mail
}

/// Once for each Message-ID and recipient, though the time in a signature of ours is another at each attempt.
async fn deliver(path: &Path, message: &OutboundMessage, bytes: &[u8]) -> Result<String, String> {
    let identity = format!("{} {}", message.header_message_id, message.to);
    let folder = Maildir::create(path).await.map_err(|error| chain(&error))?;
    let file = folder
        .deliver_once(ContentHash::of(identity.as_bytes()), bytes)
        .await
        .map_err(|error| chain(&error))?;
    Ok(format!("written to {}", file.display()))
}

fn outcome(sent: Result<String, SmtpError>) -> Outcome {
    match sent {
        Ok(answer) => Outcome::Accepted(answer),
        Err(error) => {
            let told = chain(&error);
            match error {
                SmtpError::Unsure { .. } => Outcome::Unsure(told),
                SmtpError::Refused {
                    stage,
                    code,
                    answer,
                } if stage == RECIPIENT && blames_recipient(code, &answer) => {
                    Outcome::NoSuchRecipient(told)
                }
                SmtpError::Refused { .. } | SmtpError::Unsendable { .. } => Outcome::Refused(told),
                SmtpError::Net(_)
                | SmtpError::Token(_)
                | SmtpError::NotSent { .. }
                | SmtpError::LoginRefused { .. }
                | SmtpError::NoStartTls { .. } => Outcome::Deferred(told),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::address::MailAddress;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::test_world::document;
    use crate::steps::bill_stories::world::Story;

    #[tokio::test]
    async fn a_mail_that_is_repeated_with_a_later_signature_lies_once_in_the_folder() {
        let story = Story::begin().await;
        story.arrives(document(DocumentKind::Bill, |_| {})).await;
        let mut mail = story.request_to("anna").await;
        let folder = tempfile::tempdir().unwrap();
        let out = MailOut::new(Outgoing::Maildir(folder.path().to_owned()));
        let lie = || {
            let files = std::fs::read_dir(folder.path().join("new"));
            files.unwrap().count()
        };
        for bytes in [
            b"DKIM-Signature: t=1\r\n\r\n",
            b"DKIM-Signature: t=2\r\n\r\n",
        ] {
            let sent = out.way().await.send(&mail, bytes).await;
            assert!(matches!(sent.outcome, Outcome::Accepted(_)));
            assert_eq!(lie(), 1);
        }
        mail.to = MailAddress::parse("anna.new@fin.test").unwrap();
        out.way()
            .await
            .send(&mail, b"DKIM-Signature: t=3\r\n\r\n")
            .await;
        assert_eq!(lie(), 2, "sent again to another address");
    }
}
