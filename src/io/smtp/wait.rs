//! No answer is waited for without an end.

use std::time::Duration;

use tokio::time::timeout;

use super::SmtpError;
use super::error::failed;

/// One step of the dialogue before the content: without an answer nothing was sent.
pub(super) async fn within<T>(
    wait: Duration,
    stage: &'static str,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, SmtpError> {
    match timeout(wait, work).await {
        Ok(result) => result.map_err(|error| failed(stage, false, &error)),
        Err(_) => Err(SmtpError::NotSent {
            stage,
            answer: format!("no answer within {} s", wait.as_secs()),
        }),
    }
}
