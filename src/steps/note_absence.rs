//! Keeps until when an approver is away, who answered by an absence notice, and has the delegate asked.

use super::mail_facts::written_on;
use super::mail_questions::decides;
use super::open_mail::OpenedMail;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::domain::approval::absence::{Absence, back_on};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::authenticity::{OwnChecks, authenticates};
use crate::domain::message::automatic::AutomaticKind;
use crate::domain::message::{Message, Route};
use crate::formats::date::readings;

const STEP: &str = "note_absence";
/// Nobody is asked about more bills at once; what is behind them is asked when its time runs out.
const REQUESTS_AT_ONCE: u32 = 1_000;

/// Only what an approver's own mail says without doubt: by a forged notice a stranger could choose who is asked.
pub(super) fn note_absence(
    office: &Office,
    change: Change,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Change {
    let Some((absence, proof)) = absence(office, message, opened, now) else {
        return change;
    };
    let why = format!("back on {} at the earliest", absence.back_on);
    let told = AuditEvent::new(now, Actor::program(STEP), "approver away", message.id, why)
        .fact("approver", &absence.approver)
        .fact("proof", proof);
    change.event(told).put(Record::Absence(absence))
}

/// The delegate of who is away is asked about every bill that waits for that person. Each is a job of its own: one that meets a
/// conflict is tried again alone.
///
/// # Errors
/// What the store met.
pub(super) async fn ask_delegates(
    office: &Office,
    change: Change,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Result<Change, StepError> {
    let is_noted = opened.routed.route == Route::AutomaticReply && !decides(opened);
    let absence = is_noted.then(|| absence(office, message, opened, now));
    let Some((absence, _)) = absence.flatten() else {
        return Ok(change);
    };
    let (approver, today) = (&absence.approver, office.today());
    let delegation = office.rules.approvals.delegation(approver, today);
    if delegation.is_none() || absence.back_on <= today {
        return Ok(change);
    }
    let waiting = office
        .store
        .requests_waiting_for(approver, REQUESTS_AT_ONCE);
    let waiting = waiting.await?.into_iter();
    let jobs = waiting.map(|request| NewJob::now(Step::AskDelegate, request.id, now));
    Ok(jobs.fold(change, Change::job))
}

/// What the notice says, and what proves whose it is.
fn absence(
    office: &Office,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Option<(Absence, String)> {
    let rules = &office.rules;
    let facts = &opened.facts;
    let is_notice = opened.routed.automatic.as_ref();
    let is_notice = is_notice.is_some_and(|found| found.kind == AutomaticKind::Reply);
    let known = |from| rules.approvals.approver(from);
    let approver = facts.sender().filter(|_| is_notice).and_then(known)?;
    let proven = authenticates(
        &approver.address,
        facts,
        &OwnChecks::default(),
        &rules.authenticity,
    );
    let written_on = written_on(facts, message, &rules.time_zone);
    let said = format!("{}\n{}", facts.subject, opened.new_text.text);
    let absence = Absence {
        approver: approver.address.clone(),
        back_on: back_on(&said, written_on, readings)?,
        message: message.id,
        noted_at: now,
    };
    Some((absence, proven.ok()?.describe()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn back(text: &str) -> Option<String> {
        back_on(text, date(2026, 11, 19), readings).map(|day| day.to_string())
    }

    #[test]
    fn notices_in_six_languages_tell_the_day() {
        for (text, day) in [
            (
                "I am out of the office until 4 December. For urgent matters write to Ben.",
                "2026-12-04",
            ),
            (
                "I am away from 20 November to 4 December 2026.",
                "2026-12-04",
            ),
            (
                "I will be back in the office on Monday, December 7th.",
                "2026-12-07",
            ),
            (
                "Thank you for your mail. I return on 2026-12-07.",
                "2026-12-07",
            ),
            (
                "Ich bin bis zum 4.12. abwesend und ab dem 7. Dezember wieder da.",
                "2026-12-07",
            ),
            (
                "Ich bin vom 20.11. bis 04.12.2026 nicht im B\u{fc}ro.",
                "2026-12-04",
            ),
            (
                "Am Montag, den 7. Dezember bin ich wieder erreichbar.",
                "2026-12-07",
            ),
            (
                "Je suis absente jusqu\u{2019}au 4 d\u{e9}cembre inclus.",
                "2026-12-04",
            ),
            (
                "Absent du 20 novembre au 4 d\u{e9}cembre 2026",
                "2026-12-04",
            ),
            ("Je serai de retour le lundi 7 d\u{e9}cembre.", "2026-12-07"),
            (
                "Estar\u{e9} fuera de la oficina hasta el 4 de diciembre.",
                "2026-12-04",
            ),
            ("Regreso el 7 de diciembre de 2026.", "2026-12-07"),
            ("Sono fuori ufficio fino al 4 dicembre.", "2026-12-04"),
            ("Rientro il 7 dicembre 2026", "2026-12-07"),
            ("Ik ben afwezig tot en met 4 december.", "2026-12-04"),
            ("Vanaf 7 december ben ik weer bereikbaar.", "2026-12-07"),
        ] {
            assert_eq!(back(text).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn the_year_is_the_next_one_after_the_notice() {
        assert_eq!(
            back("Ich bin bis 8. Januar im Urlaub.").as_deref(),
            Some("2027-01-08")
        );
        assert_eq!(back("back on 5 January").as_deref(), Some("2027-01-05"));
    }

    #[test]
    fn what_leaves_a_doubt_is_not_kept() {
        for text in [
            "I am out of the office.",
            "I am away until next week.",
            "I will be back soon. Invoices of 4 December are paid by Ben.",
            // Fourth of May, or fifth of April?
            "I am back on 04/05/2027.",
            "I am back on 4 December. Correction: I am back on 11 December.",
            "Our office is open until 12.30, and until 17:45 on Fridays.",
            "I was away until 4 October 2026.",
            "Back on 7 December 2029.",
            "",
        ] {
            assert_eq!(back(text), None, "{text}");
        }
    }
}
