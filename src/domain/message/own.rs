//! By what a mail of ours is known when it comes back, and what answers one.

use std::fmt;

use super::facts::MailFacts;
use crate::basics::address::MailAddress;
use crate::basics::ids::HeaderMessageId;
use crate::basics::keyed::keyed_bits;

/// What this installation knows its own mail by.
#[derive(Clone, Default)]
pub struct OwnMail {
    /// Makes the mark; without it no mail is known to be ours.
    pub key: Option<[u8; 32]>,
    /// The addresses of our mailboxes: to one of them, with a token added, our mails ask to be answered.
    pub mailboxes: Vec<MailAddress>,
    /// Set for a mail whose tokens are known to name nothing we asked: no token is then looked for in it.
    pub nothing_asked: bool,
}

/// Never the key.
impl fmt::Debug for OwnMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnMail").finish_non_exhaustive()
    }
}

impl OwnMail {
    /// For a mail whose tokens are nobody's.
    pub fn nothing_asked(self) -> Self {
        Self {
            nothing_asked: true,
            ..self
        }
    }

    /// Is this one of our mailboxes, with a detail added?
    pub fn is_detailed_mailbox(&self, address: &MailAddress) -> bool {
        let with_detail = |own: &MailAddress| Some(own.with_detail(address.detail()?));
        let mut detailed = self.mailboxes.iter().filter_map(with_detail);
        detailed.any(|own| own.same_mailbox(address))
    }

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
        let ours = OwnMail {
            key: Some([7; 32]),
            ..OwnMail::default()
        };
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
