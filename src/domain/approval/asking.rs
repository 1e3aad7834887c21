//! Whom to ask now: those the policy names who were not asked about this version yet, and not those who answered.

use super::policy::Asked;
use super::token::issue;
use super::{ApprovalRequest, ApprovalState};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ApprovalRequestId, BillId, ContentHash, OutboundId};
use crate::basics::token::ReplyToken;
use crate::domain::exception::{Exception, ExceptionCode};

/// What has to happen to the requests of a bill.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asking {
    /// No longer stand: about another version, or of somebody who is not asked any more.
    pub withdraw: Vec<ApprovalRequest>,
    /// To be asked, with how often each was asked about this version before.
    pub ask: Vec<(Asked, usize)>,
}

/// Compares those to ask with the requests there are. `agreed` are those whose agreement counts: somebody whose place was taken by one
/// whose vote counts no longer is asked.
pub fn asking(
    asked: &[Asked],
    requests: &[ApprovalRequest],
    agreed: &[MailAddress],
    version: ContentHash,
) -> Asking {
    let of_this_version = |request: &&ApprovalRequest| request.bill_version == version;
    let is_asked = |person: &MailAddress| asked.iter().any(|a| a.approver.same_mailbox(person));
    // A delegate whom the policy names as well now answers in the own name: two persons stay two.
    let stands = |request: &ApprovalRequest| {
        let is_own = request.stands_in_for.is_none();
        request.bill_version == version
            && is_asked(request.decider())
            && (is_own || !is_asked(&request.approver))
    };
    let open = requests.iter().filter(|r| r.state == ApprovalState::Open);
    let withdraw = open.filter(|request| !stands(request)).cloned().collect();
    let ask = asked.iter().filter_map(|asked| {
        let mut before = requests
            .iter()
            .filter(of_this_version)
            .filter(|request| request.decider().same_mailbox(&asked.approver));
        let is_own = |request: &&ApprovalRequest| request.stands_in_for.is_none();
        let times = before.clone().filter(is_own).count();
        let is_settled = before.any(|request| match request.state {
            ApprovalState::Open => is_own(&request),
            ApprovalState::Approved => agreed.iter().any(|one| one.same_mailbox(&asked.approver)),
            ApprovalState::Declined => true,
            ApprovalState::Withdrawn | ApprovalState::Expired => false,
        });
        (!is_settled).then(|| (asked.clone(), times))
    });
    Asking {
        withdraw,
        ask: ask.collect(),
    }
}

/// What the work item says that an approver's question becomes.
pub fn question_in_words(approver: &MailAddress, first_line: &str) -> String {
    format!("{approver} wrote: {first_line}")
}

/// The same of an answer that nobody can take for one: it is the approver's turn.
pub fn unclear_in_words(approver: &MailAddress, first_line: &str) -> String {
    format!("{approver} answered unclearly: {first_line}")
}

/// The work item is about a question of this approver, who waits for our answer. It names the approver in its words and nowhere
/// else, since its subject is the bill.
pub fn is_question_of(item: &Exception, approver: &MailAddress) -> bool {
    item.code == ExceptionCode::ApproverAsks
        && item.reason.starts_with(&question_in_words(approver, ""))
}

/// The work item is settled when this approver votes by this request: questions, unclear answers, and that there was none.
pub fn is_settled_by(
    item: &Exception,
    (approver, request): (&MailAddress, ApprovalRequestId),
) -> bool {
    let unclear = unclear_in_words(approver, "");
    let of_request = |code| Exception::id_of(code, &item.subject, &request.to_string()) == item.id;
    is_question_of(item, approver)
        || (item.code == ExceptionCode::ApproverAsks && item.reason.starts_with(&unclear))
        || of_request(ExceptionCode::ApprovalLate)
        || of_request(ExceptionCode::ApprovalExpired)
}

/// A new request and its token. `times` tells apart requests to the same person about the same version.
pub fn request(
    bill: BillId,
    version: ContentHash,
    (asked, times): (Asked, usize),
    key: &[u8; 32],
    (now, expires_days): (Timestamp, u16),
) -> (ApprovalRequest, ReplyToken) {
    let approver = asked.approver.to_string().to_lowercase();
    let id = ApprovalRequestId::derive(&[
        &bill.to_string(),
        &version.to_string(),
        &approver,
        &times.to_string(),
    ]);
    made(id, bill, version, asked, key, (now, expires_days))
}

/// The request to a delegate, in the place of whom `own` asks, and its token. `requests` are all of the bill: a delegate whose
/// time ran out is asked by another one.
pub fn stand_in_request(
    own: &ApprovalRequest,
    delegate: &MailAddress,
    requests: &[ApprovalRequest],
    key: &[u8; 32],
    when: (Timestamp, u16),
) -> (ApprovalRequest, ReplyToken) {
    let is_for_own = |request: &&ApprovalRequest| {
        let for_whom = request.stands_in_for.as_ref();
        request.bill_version == own.bill_version
            && request.approver.same_mailbox(delegate)
            && for_whom.is_some_and(|one| one.same_mailbox(&own.approver))
    };
    let times = requests.iter().filter(is_for_own).count();
    let id = ApprovalRequestId::derive(&[
        "delegate",
        &own.id.to_string(),
        &delegate.to_string().to_lowercase(),
        &times.to_string(),
    ]);
    let asked = Asked {
        approver: delegate.clone(),
        rules: own.rules.clone(),
    };
    let (request, token) = made(id, own.bill, own.bill_version, asked, key, when);
    let request = ApprovalRequest {
        stands_in_for: Some(own.approver.clone()),
        ..request
    };
    (request, token)
}

fn made(
    id: ApprovalRequestId,
    bill: BillId,
    version: ContentHash,
    asked: Asked,
    key: &[u8; 32],
    (now, expires_days): (Timestamp, u16),
) -> (ApprovalRequest, ReplyToken) {
    let token = issue(key, id);
    let patience = jiff::SignedDuration::from_hours(24 * i64::from(expires_days));
    let request = ApprovalRequest {
        id,
        bill,
        bill_version: version,
        approver: asked.approver,
        stands_in_for: None,
        rules: asked.rules,
        token_hash: token.hash(),
        outbound: OutboundId::derive(&["approval_request", &id.to_string()]),
        state: ApprovalState::Open,
        asked_at: now,
        expires_at: now.saturating_add(patience).unwrap_or(now),
        version: 0,
    };
    (request, token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::address::MailAddress;

    fn asked(name: &str) -> Asked {
        Asked {
            approver: MailAddress::parse(&format!("{name}@fin.test")).unwrap(),
            rules: vec!["everyday".into()],
        }
    }

    fn request_of(name: &str, version: &[u8], state: ApprovalState) -> ApprovalRequest {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let bill = BillId::derive(&["b"]);
        let (request, _) = request(
            bill,
            ContentHash::of(version),
            (asked(name), 0),
            &[1; 32],
            (now, 7),
        );
        ApprovalRequest { state, ..request }
    }

    fn names(asking: &Asking) -> Vec<(&str, usize)> {
        asking
            .ask
            .iter()
            .map(|(asked, times)| (asked.approver.local(), *times))
            .collect()
    }

    #[test]
    fn a_corrected_bill_takes_its_questions_back_and_asks_anew() {
        let old = request_of("anna", b"1", ApprovalState::Open);
        let result = asking(
            &[asked("anna")],
            std::slice::from_ref(&old),
            &[],
            ContentHash::of(b"2"),
        );
        assert_eq!(result.withdraw, [old]);
        assert_eq!(names(&result), [("anna", 0)]);
    }

    #[test]
    fn a_review_repeated_after_a_crash_asks_nobody_twice() {
        let open = request_of("anna", b"1", ApprovalState::Open);
        let voted = request_of("ben", b"1", ApprovalState::Approved);
        let result = asking(
            &[asked("Anna"), asked("ben")],
            &[open, voted],
            &[asked("ben").approver],
            ContentHash::of(b"1"),
        );
        assert_eq!(result, Asking::default());
    }

    #[test]
    fn who_let_the_time_run_out_is_asked_again_by_another_request() {
        let expired = request_of("anna", b"1", ApprovalState::Expired);
        let result = asking(
            &[asked("anna")],
            std::slice::from_ref(&expired),
            &[],
            ContentHash::of(b"1"),
        );
        assert_eq!(names(&result), [("anna", 1)]);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let again = result.ask.first().cloned().unwrap();
        let (second, _) = request(
            expired.bill,
            expired.bill_version,
            again,
            &[1; 32],
            (now, 7),
        );
        assert_ne!(second.id, expired.id);
    }

    #[test]
    fn who_is_not_named_any_more_is_not_waited_for() {
        let open = request_of("anna", b"1", ApprovalState::Open);
        let result = asking(
            &[asked("ben")],
            std::slice::from_ref(&open),
            &[],
            ContentHash::of(b"1"),
        );
        assert_eq!(result.withdraw, [open]);
    }

    #[test]
    fn whose_place_was_taken_by_one_whose_vote_counts_no_longer_is_asked() {
        let own = request_of("anna", b"1", ApprovalState::Withdrawn);
        let stand_in = ApprovalRequest {
            stands_in_for: Some(own.approver.clone()),
            ..request_of("carl", b"1", ApprovalState::Approved)
        };
        let requests = [own, stand_in];
        let version = ContentHash::of(b"1");
        let anna = [asked("anna")];
        let counts = asking(&anna, &requests, &[asked("anna").approver], version);
        assert_eq!(counts, Asking::default());
        let no_longer = asking(&anna, &requests, &[], version);
        assert_eq!(names(&no_longer), [("anna", 1)]);
    }
}
