//! By what a mail of ours is known when it comes back: by alias, by forwarding, by a loop.

use std::fmt;

use super::facts::MailFacts;
use crate::basics::ids::HeaderMessageId;
use crate::basics::keyed::keyed_bits;

/// What this installation knows its own mail by.
#[derive(Clone, Default)]
pub struct OwnMail {
    /// Makes the mark; without it no mail is known to be ours.
    pub key: Option<[u8; 32]>,
}

/// Never the key.
impl fmt::Debug for OwnMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnMail").finish_non_exhaustive()
    }
}

impl OwnMail {
    /// Does this mail bear the mark we gave its Message-ID? A wrong mark is none: anybody can write the field.
    pub fn is_ours(&self, mail: &MailFacts) -> bool {
        let made = self
            .key
            .as_ref()
            .zip(mail.message_id.as_ref())
            .map(|(key, id)| mark(key, id));
        made.is_some_and(|made| mail.mark.as_deref().map(str::trim) == Some(&made))
    }
}

/// The mark of a mail of ours. Nobody without the key can make one for a mail of his own; one copied with its Message-ID
/// only makes us pass over the copy.
pub fn mark(key: &[u8; 32], id: &HeaderMessageId) -> String {
    format!("{:032x}", keyed_bits(key, &format!("mail {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: &str, mark: &str) -> MailFacts {
        MailFacts {
            message_id: HeaderMessageId::parse(id),
            mark: Some(mark.to_owned()),
            ..MailFacts::default()
        }
    }

    #[test]
    fn only_the_holder_of_the_key_marks_a_mail_and_only_that_mail() {
        let ours = OwnMail { key: Some([7; 32]) };
        let id = HeaderMessageId::parse("<approval.1@fin.test>").unwrap();
        let made = mark(&[7; 32], &id);
        assert_eq!(made.len(), 32);
        assert!(ours.is_ours(&mail("<approval.1@fin.test>", &made)));
        assert!(!ours.is_ours(&mail("<another@fin.test>", &made)));
        assert!(!ours.is_ours(&mail("<approval.1@fin.test>", &mark(&[8; 32], &id))));
        assert!(!ours.is_ours(&MailFacts::default()));
        assert!(!OwnMail::default().is_ours(&mail("<approval.1@fin.test>", &made)));
        assert!(!format!("{ours:?}").contains('7'));
    }
}
