//! Decides again when somebody else was faster.

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

#[cfg(test)]
mod tests {
    use super::*;

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
