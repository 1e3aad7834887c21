//! Decides again when somebody else was faster, and keeps to what has happened until it can be written down.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How often. Whoever loses so many times in a row writes a row that many write all the time, and is told.
const CONFLICTS: u32 = 5;

/// Loads, decides and commits once more while the commit is refused because a row changed in the meantime. What was refused
/// wrote nothing, so a crash between two attempts leaves what was there before.
///
/// # Errors
/// Those of the attempt; a conflict only when every attempt ended in one.
pub async fn patiently<T, E, F>(
    mut attempt: impl FnMut() -> F,
    is_conflict: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    for _ in 0..CONFLICTS {
        match attempt().await {
            Err(error) if is_conflict(&error) => {}
            result => return result,
        }
    }
    attempt().await
}

/// The first wait; then twice as long each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest one.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Tries again while the failure is one that passes, until that moment: what happened outside cannot be taken back, so who knows
/// it waits rather than forgets it.
///
/// # Errors
/// Those of the last attempt.
pub async fn doggedly<T, E, F>(
    mut attempt: impl FnMut() -> F,
    passes: impl Fn(&E) -> bool,
    until: Instant,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut wait = FIRST_WAIT;
    loop {
        let ended = attempt().await;
        let next = Instant::now().checked_add(wait);
        match (&ended, next.filter(|next| *next < until)) {
            (Err(failure), Some(next)) if passes(failure) => sleep_until(next).await,
            _ => return ended,
        }
        wait = wait.saturating_mul(2).min(LONGEST_WAIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_happened_is_written_when_the_books_can_be_written_again_and_not_after_the_lease()
    {
        let in_time = |seconds| Instant::now() + Duration::from_secs(seconds);
        let mut answers = [Err("locked"), Ok("written")].into_iter();
        let attempt = || std::future::ready(answers.next().unwrap());
        let ended = doggedly(attempt, |error| *error == "locked", in_time(60)).await;
        assert_eq!(ended, Ok("written"));
        let never = || std::future::ready(Err::<(), _>("locked"));
        let begun = Instant::now();
        let ended = doggedly(never, |error| *error == "locked", in_time(1)).await;
        assert_eq!(ended, Err("locked"));
        assert!(begun.elapsed() < Duration::from_secs(2));
        let mut tries = 0;
        let conflict = || {
            tries += 1;
            std::future::ready(Err::<(), _>("conflict"))
        };
        let ended = doggedly(conflict, |error| *error == "locked", in_time(60)).await;
        assert_eq!((ended, tries), (Err("conflict"), 1));
    }

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_nothing_else_is() {
        let mut tries = 0;
        let mut answers = [Err("conflict"), Err("conflict"), Ok("done")].into_iter();
        let attempt = || {
            tries += 1;
            std::future::ready(answers.next().unwrap())
        };
        let ended = patiently(attempt, |error| *error == "conflict").await;
        assert_eq!((ended, tries), (Ok("done"), 3));
        let mut tries = 0;
        let attempt = || {
            tries += 1;
            std::future::ready(Err::<(), _>("no disk"))
        };
        let ended = patiently(attempt, |error| *error == "conflict").await;
        assert_eq!((ended, tries), (Err("no disk"), 1));
    }

    #[tokio::test]
    async fn who_always_loses_is_told() {
        let mut tries = 0;
        let attempt = || {
            tries += 1;
            std::future::ready(Err::<(), _>("conflict"))
        };
        let ended = patiently(attempt, |error| *error == "conflict").await;
        assert_eq!((ended, tries), (Err("conflict"), CONFLICTS + 1));
    }
}
