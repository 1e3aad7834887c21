//! The texts of a mail, and of the mails attached to it, that are documents themselves: remittances, and bills typed into a mail.

use crate::domain::document::body::{Body, remittance_body};
use crate::domain::message::link::linked_bill;
use crate::formats::mime::{Disposition, Mail, Part};

use super::mail_facts::{continues, is_text, whole_text};

/// Texts of a mail, attached mails included, that are looked at for a remittance: each is read several times for it. Somebody's
/// letter has a hundredth of this.
const MAX_BODIES_BYTES: usize = 1024 * 1024;
/// The mail itself, or the path of one attached to it, with its subject.
type Inside<'m> = (Option<&'m str>, &'m str);

/// The text that is a remittance of the mail and of each mail attached to it: somebody may hand on several. A bare subject of
/// an attached mail says less than the one of the mail around it.
pub(super) fn remittance_bodies(mail: &Mail<'_>) -> Vec<(String, String)> {
    let around = mail.headers.subject.as_str();
    let found = mails(mail).into_iter().filter_map(|(inside, subject)| {
        let bodies = bodies(mail, |part| mail_of(mail, part) == inside);
        under_either((subject, around), |subject| {
            remittance_body(subject, &bodies)
        })
    });
    found.collect()
}

/// The text that is a bill, a reminder or a statement of the mail and of each mail attached to it, of those that are wanted, as
/// `typed` tells it: beside a document the text is mostly its covering letter. Behind a link lies something else than what
/// is typed.
pub(super) fn typed_papers(
    mail: &Mail<'_>,
    is_wanted: impl Fn(Option<&str>) -> bool,
    typed: impl Fn(&str, &[Body]) -> Option<(String, String)>,
) -> Vec<(String, String)> {
    let around = mail.headers.subject.as_str();
    let wanted = mails(mail)
        .into_iter()
        .filter(|(inside, _)| is_wanted(*inside));
    let found = wanted.filter_map(|(inside, subject)| {
        let bodies = bodies(mail, |part| mail_of(mail, part) == inside);
        let has_link = bodies.iter().any(|body| linked_bill(&body.text).is_some());
        let found = || under_either((subject, around), |subject| typed(subject, &bodies));
        if has_link { None } else { found() }
    });
    found.collect()
}

/// What is found under the subject of a mail, else under the one of the mail around it. A mail's own subject is both, and its texts
/// are read once.
fn under_either<T>(
    (subject, around): (&str, &str),
    found: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let own = found(subject);
    if own.is_none() && subject != around {
        return found(around);
    }
    own
}

/// The mail and every mail attached to it.
fn mails<'m>(mail: &'m Mail<'_>) -> Vec<Inside<'m>> {
    let mut mails = vec![(None, mail.headers.subject.as_str())];
    let opened = mail.parts.iter().filter_map(|part| {
        let headers = part.opened.as_ref()?;
        Some((Some(part.path.as_str()), headers.subject.as_str()))
    });
    mails.extend(opened);
    mails
}

/// The texts of the mail that are wanted, files left out.
fn bodies<'m>(mail: &'m Mail<'_>, is_wanted: impl Fn(&'m Part<'m>) -> bool) -> Vec<Body> {
    let own = mail.parts.iter().filter(|part| {
        is_wanted(part)
            && part.disposition != Disposition::Attachment
            && is_text(part)
            && !continues(mail, part)
    });
    let mut room = MAX_BODIES_BYTES;
    let fits = |part: &&Part<'_>| {
        let left = room.checked_sub(part.bytes.len());
        room = left.unwrap_or(room);
        left.is_some()
    };
    own.filter(fits)
        .filter_map(|part| {
            Some(Body {
                part: part.path.clone(),
                is_html: part.content_type == "text/html",
                text: whole_text(mail, part)?,
            })
        })
        .collect()
}

/// The attached mail a part belongs to; what was unpacked of a container belongs to the mail the container came with.
pub(super) fn mail_of<'a>(mail: &'a Mail<'_>, part: &'a Part<'_>) -> Option<&'a str> {
    let mut inside = part.inside.as_deref();
    while let Some(path) = inside {
        let container = mail.parts.iter().find(|other| other.path == path)?;
        if container.opened.is_some() {
            return Some(path);
        }
        inside = container.inside.as_deref();
    }
    None
}
