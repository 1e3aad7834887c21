//! Books that were restored from a backup: what came after it is not in them, and where mails are moved away nobody finds it again.

use crate::basics::calendar::Timestamp;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// What a mailbox needs after its books were restored. `made_at` is when they were copied, `moved_to` the folder its mails are moved
/// to once they are read.
pub fn restored(
    mailbox: &str,
    moved_to: Option<&str>,
    made_at: Timestamp,
    owner: &Ownership,
    (actor, now): (Actor, Timestamp),
) -> (AuditEvent, Exception) {
    let subject = || Subject::mailbox(mailbox);
    let made = made_at.strftime("%Y-%m-%d %H:%M UTC");
    let (reason, advice) = match moved_to {
        Some(folder) => (
            format!(
                "the books end at {made}, that of the backup they were restored from: mails that came later and were moved to '{folder}' are not in them"
            ),
            format!(
                "move what came to '{folder}' since {made} back into this mailbox: what the books know is not done twice; approvers and customers may get a mail of that time again"
            ),
        ),
        None => (
            format!(
                "the books end at {made}, that of the backup they were restored from; the mails that came later are fetched again"
            ),
            "nothing for this mailbox; approvers and customers may get a mail of that time again"
                .to_owned(),
        ),
    };
    let told = AuditEvent::new(now, actor, "books restored", subject(), reason.clone());
    let occasion = format!("restored {made_at}");
    let code = ExceptionCode::MailboxChanged;
    let item = Exception::raise(code, subject(), &occasion, owner, now, (reason, advice));
    (told, item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_restores_is_told_where_the_mails_stand_that_came_after_the_backup() {
        let owner = Ownership {
            owner: "it@fin.test".into(),
            due_hours: 24,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (made, now) = (at("2026-11-20T09:00:00Z"), at("2026-11-21T08:00:00Z"));
        let by = || (Actor::program("test"), now);
        let (_, moved) = restored("ap", Some("Processed"), made, &owner, by());
        assert!(moved.reason.contains("2026-11-20 09:00 UTC"));
        assert!(
            moved
                .next_action
                .starts_with("move what came to 'Processed' since")
        );
        let (_, flagged) = restored("ap", None, made, &owner, by());
        assert!(flagged.reason.ends_with("are fetched again"));
        // A second start tells the same; another restore is another matter.
        assert_eq!(
            restored("ap", Some("Processed"), made, &owner, by()).1.id,
            moved.id
        );
        assert_ne!(
            restored("ap", Some("Processed"), now, &owner, by()).1.id,
            moved.id
        );
    }
}
