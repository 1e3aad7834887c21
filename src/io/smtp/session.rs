//! One connection to the relay, opened when needed and used for many messages.

use std::fmt::Display;
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use super::connect::connect;
use super::error::failed;
use super::letter::Letter;
use super::wait::within;
use super::{Accepted, RECIPIENT, SmtpAccount, SmtpError};
use crate::basics::address::MailAddress;
use crate::io::failpoint::{self, Act};
use crate::io::fence::Fence;

/// Relays close a connection that stays; Postfix after 300 s idle, others after 100 messages. Ours ends before.
const MAX_MESSAGES: u32 = 100;
const MAX_IDLE: Duration = Duration::from_secs(20);
/// A reused connection that fails here was closed by the relay meanwhile: a new one is opened at once.
const FIRST_STAGE: &str = "MAIL FROM";
/// Nothing of the content has left us; the connection, on which the relay waits for it, is given up.
pub(super) const HANDING_OVER: &str = "the content";
/// The answer to the end of the content may take long: the relay scans and files the message first (RFC 5321 section
/// 4.5.3.2.6 says ten minutes). This many times the account's timeout.
const CONTENT_TIMEOUTS: u32 = 5;

/// Sends messages one after the other, reusing the connection for up to 100 of them.
pub struct SmtpSession {
    account: SmtpAccount,
    open: Option<Open>,
    fence: Fence,
}

struct Open {
    connection: AsyncSmtpConnection,
    messages: u32,
    used_at: Instant,
    /// Part of a dialogue is behind us that RSET must end first.
    unsettled: bool,
}

impl Open {
    fn new(connection: AsyncSmtpConnection) -> Self {
        Self {
            connection,
            messages: 0,
            used_at: Instant::now(),
            unsettled: false,
        }
    }
}

impl SmtpSession {
    /// Connects with the first message.
    pub fn new(account: SmtpAccount) -> Self {
        Self {
            account,
            open: None,
            fence: Fence::default(),
        }
    }

    /// Hands nothing over while this fence is closed.
    #[must_use]
    pub fn behind(self, fence: Fence) -> Self {
        Self { fence, ..self }
    }

    /// Connects, logs in and closes: for `check --connect`.
    pub async fn check(&mut self) -> Result<(), SmtpError> {
        self.open = Some(Open::new(connect(&self.account).await?));
        self.close().await;
        Ok(())
    }

    /// Hands over one message to one recipient. `from` is where reports go; `None` is the empty return path of a message
    /// that wants none. `message` has CRLF line ends and is sent byte for byte.
    pub async fn send_raw(
        &mut self,
        from: Option<&MailAddress>,
        to: &MailAddress,
        message: &[u8],
    ) -> Result<Accepted, SmtpError> {
        let letter = Letter::new(from, to, message)?;
        if let Some(open) = self.still_usable().await {
            let result = self.attempt(open, &letter).await;
            let closed_before_we_began = matches!(
                result,
                Err(SmtpError::NotSent {
                    stage: FIRST_STAGE,
                    ..
                })
            );
            if !closed_before_we_began || self.open.is_some() {
                return result;
            }
        }
        let open = Open::new(connect(&self.account).await?);
        self.attempt(open, &letter).await
    }

    async fn attempt(
        &mut self,
        mut open: Open,
        letter: &Letter<'_>,
    ) -> Result<Accepted, SmtpError> {
        let result = self.hand_over(&mut open, letter).await;
        let keep = result
            .as_ref()
            .err()
            .is_none_or(SmtpError::keeps_connection);
        open.messages = open.messages.saturating_add(1);
        open.used_at = Instant::now();
        open.unsettled = result.is_err();
        self.open = keep.then_some(open);
        result
    }

    /// Ends the connection politely; a relay that does not answer is left.
    pub async fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            // Nothing depends on the answer to QUIT.
            timeout(Duration::from_secs(2), open.connection.quit())
                .await
                .ok();
        }
    }

    /// The open connection, when it has not served long enough and answers. RSET finds a connection the relay closed
    /// meanwhile before a message is risked on it.
    async fn still_usable(&mut self) -> Option<Open> {
        let mut open = self.open.take()?;
        if open.messages >= MAX_MESSAGES || open.connection.has_broken() {
            self.open = Some(open);
            self.close().await;
            return None;
        }
        let idle = open.used_at.elapsed() > MAX_IDLE;
        if !idle && !open.unsettled {
            return Some(open);
        }
        let answer = timeout(self.account.server.timeout, open.connection.command(Rset)).await;
        matches!(answer, Ok(Ok(_))).then_some(open)
    }

    async fn hand_over(&self, open: &mut Open, letter: &Letter<'_>) -> Result<Accepted, SmtpError> {
        let connection = &mut open.connection;
        let wait = self.account.server.timeout;
        let parameters = letter.parameters(connection)?;
        failpoint::before(Act::SmtpEnvelope);
        command(
            connection,
            wait,
            FIRST_STAGE,
            Mail::new(letter.from.clone(), parameters),
        )
        .await?;
        command(
            connection,
            wait,
            RECIPIENT,
            Rcpt::new(letter.to.clone(), vec![]),
        )
        .await?;
        command(connection, wait, "DATA", Data).await?;
        failpoint::after(Act::SmtpEnvelope);
        // A relay that hears nothing more throws away what was announced.
        if !self.fence.is_open() {
            return Err(SmtpError::NotSent {
                stage: HANDING_OVER,
                answer:
                    "the books have not heard of this daemon lately, and another may send the mail"
                        .to_owned(),
            });
        }
        // From here on silence is not refusal: the relay may have everything and only its answer be lost.
        let wait = wait.saturating_mul(CONTENT_TIMEOUTS);
        failpoint::before(Act::SmtpContent);
        let answered = timeout(wait, connection.message(letter.content)).await;
        failpoint::after(Act::SmtpContent);
        match answered {
            Ok(Ok(response)) => Ok(Accepted {
                answer: text(&response),
            }),
            Ok(Err(error)) => Err(failed("the content", true, &error)),
            Err(_) => Err(SmtpError::Unsure {
                cause: format!("no answer within {} s", wait.as_secs()),
            }),
        }
    }
}

async fn command<C: Display>(
    connection: &mut AsyncSmtpConnection,
    wait: Duration,
    stage: &'static str,
    command: C,
) -> Result<(), SmtpError> {
    within(wait, stage, connection.command(command))
        .await
        .map(drop)
}

fn text(response: &Response) -> String {
    let words = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {words}", response.code())
}
