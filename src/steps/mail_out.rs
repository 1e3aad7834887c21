//! The way out: a mail server with a few open connections, or a local folder.

use std::path::Path;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use crate::basics::text::chain;
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::Outcome;
use crate::io::maildir::Maildir;
use crate::io::smtp::{Outgoing, SmtpError, SmtpSession};

/// Connections to the mail server at a time. Opening one costs more than sending a mail, and servers limit them.
const SESSIONS: usize = 4;

/// Hands mails over, one attempt each.
pub struct MailOut {
    outgoing: Option<Outgoing>,
    free: Semaphore,
    idle: Mutex<Vec<SmtpSession>>,
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
        }
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
    pub(super) async fn send(&self, message: &OutboundMessage, bytes: &[u8]) -> Outcome {
        let idle = &self.mail_out.idle;
        match &self.mail_out.outgoing {
            None => Outcome::Deferred("this process sends no mail".to_owned()),
            Some(Outgoing::Maildir(path)) => match deliver(path, bytes).await {
                Ok(place) => Outcome::Accepted(place),
                Err(why) => Outcome::Deferred(why),
            },
            Some(Outgoing::Smtp(account)) => {
                let open = idle.lock().await.pop();
                let mut session = open.unwrap_or_else(|| SmtpSession::new(account.clone()));
                let sent = session
                    .send_raw(Some(&message.envelope_from), &message.to, bytes)
                    .await;
                idle.lock().await.push(session);
                outcome(sent.map(|accepted| accepted.answer))
            }
        }
    }
}

async fn deliver(path: &Path, bytes: &[u8]) -> Result<String, String> {
    let folder = Maildir::create(path).await.map_err(|error| chain(&error))?;
    let file = folder.deliver(bytes).await.map_err(|error| chain(&error))?;
    Ok(format!("written to {}", file.display()))
}

fn outcome(sent: Result<String, SmtpError>) -> Outcome {
    match sent {
        Ok(answer) => Outcome::Accepted(answer),
        Err(error) => {
            let told = chain(&error);
            match error {
                SmtpError::Unsure { .. } => Outcome::Unsure(told),
                SmtpError::Refused { .. } | SmtpError::Unsendable { .. } => Outcome::Refused(told),
                SmtpError::Net(_)
                | SmtpError::NotSent { .. }
                | SmtpError::LoginRefused { .. }
                | SmtpError::NoStartTls { .. } => Outcome::Deferred(told),
            }
        }
    }
}
