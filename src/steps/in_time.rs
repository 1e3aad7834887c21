//! Reading what strangers wrote, beside the tasks that wait for the world: a file that takes long to read keeps no timer, no
//! mailbox and no other job waiting, and one that takes too long is held for a person.

use std::panic::resume_unwind;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long one file, or the taking apart of one mail, is waited for. The limits of each format keep honest ones below seconds;
/// this is for the one nobody thought of, on a machine busy with other things.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// What a person is told of a file that took longer.
pub(super) const TOO_LONG: &str = "reading it took more than five minutes and was given up";

/// What `read` gives; nothing when it takes too long. Its thread goes on to its end then, and nobody looks at what it gives.
pub(super) async fn in_time<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    within(PATIENCE, read).await
}

async fn within<T: Send + 'static>(
    patience: Duration,
    read: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    match timeout(patience, spawn_blocking(read)).await.ok()? {
        Ok(read) => Some(read),
        // A panic goes on to the worker, who knows what to do with it.
        Err(ended) => ended
            .try_into_panic()
            .map_or(None, |panic| resume_unwind(panic)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_and_nothing_else_waits_for_it() {
        let (end, ended) = mpsc::channel::<()>();
        let endless = move || ended.recv().is_ok();
        assert_eq!(within(Duration::from_millis(20), endless).await, None);
        assert_eq!(within(PATIENCE, || 4711).await, Some(4711));
        end.send(()).unwrap();
    }
}
