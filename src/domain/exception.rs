//! Exceptions: work items for a person. `ExceptionCode` is the one list of reasons a person is asked.

use super::audit::{Actor, AuditEvent, ChainedEvent, Subject};
use crate::basics::calendar::{Date, Timestamp, days_between};
use crate::basics::ids::ExceptionId;
use crate::basics::text::mask;
use crate::basics::words::Refused;
use crate::words;

words! {
    /// Why a person is asked. Stable: users filter and script on the spelling.
    pub enum ExceptionCode {
        /// The mail could not be taken apart; its bytes are kept.
        MessageUnreadable = "message_unreadable",
        /// A file in a mail is damaged, encrypted, over a limit or of a kind that is not read.
        DocumentUnreadable = "document_unreadable",
        /// The kind of a document is not certain.
        DocumentUnclear = "document_unclear",
        /// The three questions of direction disagree.
        DirectionConflict = "direction_conflict",
        /// Neither the issuer nor the addressee is one of our companies.
        NotAddressedToUs = "not_addressed_to_us",
        /// Something that needs a person though it is not payable: a proforma, a supplier's reminder.
        NotPayable = "not_payable",
        /// A PDF and the XML inside it say different things.
        HybridMismatch = "hybrid_mismatch",
        /// A bill is held by its checks.
        BillHeld = "bill_held",
        /// A bill is approved and its payment must not be released: nobody has confirmed the account.
        PaymentBlocked = "payment_blocked",
        /// The bank gave a payment back: the money is with us again and the bill is open.
        PaymentReturned = "payment_returned",
        /// The bank refused a payment (pain.002): nothing was paid and the bill is open.
        PaymentRefused = "payment_refused",
        /// The bank cannot pay to an account: while this is open, nothing is.
        AccountRefused = "account_refused",
        /// The bank reports something else of a transfer than what was released.
        PaymentMismatch = "payment_mismatch",
        /// The configured policy cannot name enough approvers.
        NoApprover = "no_approver",
        /// An approver asked a question or answered unclearly.
        ApproverAsks = "approver_asks",
        /// A reply to an approval request was refused.
        ReplyRefused = "reply_refused",
        /// An approver has not answered for too long; the bill waits.
        ApprovalLate = "approval_late",
        /// An approval request ran out of time.
        ApprovalExpired = "approval_expired",
        /// A bill was rejected and its supplier should be told.
        BillRejected = "bill_rejected",
        /// A remittance could not be matched.
        RemittanceUnmatched = "remittance_unmatched",
        /// A bank credit could not be matched.
        CashUnidentified = "cash_unidentified",
        /// A debit may be a customer's payment come back.
        CashReturned = "cash_returned",
        /// Something was taken off an invoice, or shall be, and a person has to allow it.
        Deduction = "deduction",
        /// A customer answered something a person must read.
        CustomerReply = "customer_reply",
        /// A final notice waits for its release.
        FinalNotice = "final_notice",
        /// Mail after mail reminds of an invoice, and nothing comes.
        RemindersUnanswered = "reminders_unanswered",
        /// An invoice that was to be paid by a day is not.
        PromiseBroken = "promise_broken",
        /// Nobody is reminded: what the bank told last is too old.
        BankDataStale = "bank_data_stale",
        /// A mail of ours was refused or came back.
        DeliveryFailed = "delivery_failed",
        /// Whoever got a mail of ours called it unwanted.
        MailUnwanted = "mail_unwanted",
        /// Nobody knows whether a mail of ours arrived.
        DeliveryUnsure = "delivery_unsure",
        /// A message was announced by the server and gone before it was fetched.
        MessageGone = "message_gone",
        /// A mailbox was re-created on the server; its messages were compared with what is known.
        MailboxChanged = "mailbox_changed",
        /// A mail stands in a mailbox and was passed over.
        MessageMissed = "message_missed",
        /// A mailbox gets less mail than it used to.
        MailboxSilent = "mailbox_silent",
        /// A mail server lets us in no more, or was not reached for hours.
        ServerRefuses = "server_refuses",
        /// More mail would go out than the configuration allows; it waits.
        TooMuchMail = "too_much_mail",
        /// A client secret or refresh token by which we log in to mail servers ends soon.
        LoginEnds = "login_ends",
        /// What is owed by the entries of the books is not what the open items come to.
        BooksDiffer = "books_differ",
        /// A step failed too often or panicked; it is parked.
        JobParked = "job_parked",
    }
}

words! {
    /// Where a work item stands.
    pub enum ExceptionState {
        /// Somebody has to look.
        Open = "open",
        /// Somebody has decided.
        Resolved = "resolved",
    }
}

/// A work item with an owner, a reason and a due time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// Derived from code, subject and occurrence: raising the same one twice is raising it once.
    pub id: ExceptionId,
    /// Why a person is asked.
    pub code: ExceptionCode,
    /// About what.
    pub subject: Subject,
    /// Who has to act: a mail address of the configuration.
    pub owner: String,
    /// What was seen, for that person.
    pub reason: String,
    /// What that person can do now.
    pub next_action: String,
    /// Since when.
    pub raised_at: Timestamp,
    /// By when.
    pub due_at: Timestamp,
    /// Open or resolved.
    pub state: ExceptionState,
    /// Who decided what, once resolved.
    pub resolution: Option<String>,
    /// 0 before it is stored.
    pub version: u64,
}

/// Who is asked and how long they have; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ownership {
    /// Mail address of the person or team.
    pub owner: String,
    /// Hours until the item is late.
    pub due_hours: u32,
}

/// What ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoginSecret {
    /// What proves this program to a provider of tokens.
    ClientSecret,
    /// What a person's signing in left.
    RefreshToken,
}

/// Time enough for somebody who is on holiday to come back, or to ask an administrator.
const DAYS_BEFORE: i32 = 14;

/// Whether a person should know. What lives for a short time and is renewed all the while has an end that is always near: only
/// its last quarter is soon, for until then it should have been renewed. Where nobody knows `since` when it lives, two weeks.
pub fn ends_soon(since: Option<Date>, ends: Date, today: Date) -> bool {
    let quarter = since.map_or(DAYS_BEFORE, |since| days_between(since, ends) / 4);
    days_between(today, ends) <= quarter.min(DAYS_BEFORE)
}

impl Exception {
    /// The id of the item of this code about this thing on this occasion.
    pub fn id_of(code: ExceptionCode, subject: &Subject, occurrence: &str) -> ExceptionId {
        ExceptionId::derive(&[
            code.as_str(),
            subject.kind.as_str(),
            &subject.id,
            occurrence,
        ])
    }

    /// A mail server that only a person can have let us in again; one item a day while it lasts. `door` is a mailbox by its
    /// name, or `outgoing`.
    pub fn server_refuses(
        door: &str,
        why: &str,
        ownership: &Ownership,
        (today, now): (Date, Timestamp),
    ) -> Self {
        let action = "do what the reason says, or mend the password, the certificate or the server (`check --connect` tries them); resolve this when mail goes again";
        Self::raise(
            ExceptionCode::ServerRefuses,
            Subject::mailbox(door),
            &today.to_string(),
            ownership,
            now,
            (why, action),
        )
    }

    /// A mailbox lets us read and not mark; one item a month for the same words.
    pub fn marks_refused(
        mailbox: &str,
        why: &str,
        ownership: &Ownership,
        (today, now): (Date, Timestamp),
    ) -> Self {
        let reason = format!("its mails are fetched and read, and cannot be marked: {why}");
        let action = "let the account mark or move mails there, or set after_reading = \"nothing\" for this mailbox";
        Self::raise(
            ExceptionCode::ServerRefuses,
            Subject::mailbox(mailbox),
            &format!("marks in {}-{:02}: {why}", today.year(), today.month()),
            ownership,
            now,
            (reason, action),
        )
    }

    /// Mail waits because so much went out already; one item a day.
    pub fn too_much_mail(
        why: &str,
        ownership: &Ownership,
        (today, now): (Date, Timestamp),
    ) -> Self {
        let action = "look at `outbound list`: is this the mail of a busy day, then raise the limit in [outgoing]; or did something run wild";
        Self::raise(
            ExceptionCode::TooMuchMail,
            Subject::mailbox("outgoing"),
            &today.to_string(),
            ownership,
            now,
            (why, action),
        )
    }

    /// Reminders wait for what the bank has to tell; one item for each day since when they do. `account` is the one that reminders name,
    /// `until` the last day the bank told of.
    pub fn bank_data_stale(
        account: Option<&str>,
        until: Option<Date>,
        ownership: &Ownership,
        (today, now): (Date, Timestamp),
    ) -> Self {
        let account = account.map_or_else(|| "bank".to_owned(), mask);
        let told = match until {
            Some(until) => format!("the last bank statement tells of the time until {until}"),
            None => "no bank statement was ever imported".to_owned(),
        };
        let reason = format!(
            "{told}, and today is {today}: whoever is reminded may have paid since, so nobody is"
        );
        let action = "import the statements since then (`import bank-statement FILE`): reminders go on by themselves; [reminders] bank_data_business_days says how old they may be";
        let occurrence = until.map_or_else(|| "never".to_owned(), |until| until.to_string());
        Self::raise(
            ExceptionCode::BankDataStale,
            Subject::account(&account),
            &occurrence,
            ownership,
            now,
            (reason, action),
        )
    }

    /// What lets us into mail servers ends soon; one item for each end. `oauth` is its name in the configuration.
    pub fn login_ends(
        (oauth, secret): (&str, LoginSecret),
        ends: Date,
        ownership: &Ownership,
        now: Timestamp,
    ) -> Self {
        let (what, action) = match secret {
            LoginSecret::ClientSecret => (
                "client secret",
                "make a new one at the provider, put it where client_secret_… says, and set client_secret_ends; then resolve this"
                    .to_owned(),
            ),
            LoginSecret::RefreshToken => (
                "refresh token",
                format!("run `countinghouse auth {oauth}` before, then resolve this"),
            ),
        };
        let reason = format!(
            "the {what} of oauth {oauth} ends on {ends}: without another one no mail is fetched or sent after that"
        );
        Self::raise(
            ExceptionCode::LoginEnds,
            Subject::mailbox(&format!("oauth {oauth}")),
            &format!("{what} {ends}"),
            ownership,
            now,
            (reason, action),
        )
    }

    /// A new work item. `occurrence` tells apart items of the same code about the same thing: the bill's version, the
    /// mail that asked.
    pub fn raise(
        code: ExceptionCode,
        subject: Subject,
        occurrence: &str,
        ownership: &Ownership,
        now: Timestamp,
        (reason, next_action): (impl Into<String>, impl Into<String>),
    ) -> Self {
        let patience = jiff::Span::new()
            .try_hours(i64::from(ownership.due_hours))
            .unwrap_or_default();
        Self {
            id: Self::id_of(code, &subject, occurrence),
            code,
            subject,
            owner: ownership.owner.clone(),
            reason: reason.into(),
            next_action: next_action.into(),
            raised_at: now,
            due_at: now.checked_add(patience).unwrap_or(now),
            state: ExceptionState::Open,
            resolution: None,
            version: 0,
        }
    }

    /// Somebody has decided: the item as it is now, and the entry of the trail that says so. `by` is how people name the
    /// actor.
    ///
    /// # Errors
    /// Refused when it is resolved already.
    pub fn resolve(
        mut self,
        (actor, by): (&Actor, &str),
        words: &str,
        now: Timestamp,
    ) -> Result<(Self, AuditEvent), Refused> {
        match self.state {
            ExceptionState::Open => {
                let from = self.state;
                self.state = ExceptionState::Resolved;
                self.resolution = Some(format!("{by}: {words}"));
                let told =
                    AuditEvent::new(now, actor.clone(), "exception resolved", self.id, words);
                let told = told.state(Some(from.as_str()), self.state.as_str());
                Ok((self, told))
            }
            ExceptionState::Resolved => Err(Refused {
                machine: "exception",
                state: self.state.as_str(),
                event: "resolved",
            }),
        }
    }
}

/// When a person settled an item, by its trail.
pub fn resolved_at(trail: &[ChainedEvent]) -> Option<Timestamp> {
    let resolved = Some(ExceptionState::Resolved.as_str());
    let mut events = trail.iter().map(|entry| &entry.event);
    let settled = events.find(|event| event.to_state.as_deref() == resolved);
    settled.map(|event| event.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn what_ends_within_two_weeks_is_told_and_what_is_renewed_all_the_while_is_not() {
        let today = day("2026-11-20");
        assert!(ends_soon(None, day("2026-12-04"), today));
        assert!(!ends_soon(None, day("2026-12-05"), today));
        assert!(ends_soon(None, day("2026-11-01"), today), "it has ended");
        // Ninety days, and nobody has renewed it for eighty.
        assert!(ends_soon(Some(day("2026-09-01")), day("2026-11-30"), today));
        // A week, renewed today: in a week there will be another.
        assert!(!ends_soon(Some(today), day("2026-11-27"), today));
        assert!(ends_soon(Some(day("2026-11-14")), day("2026-11-21"), today));
    }
}
