//! What must hold at the end of every story, and looks into the books for the stories.

use countinghouse::basics::currency::Currency;
use countinghouse::basics::money::Money;
use countinghouse::domain::approval::{ApprovalRequest, Vote};
use countinghouse::domain::audit::counts::FollowedCounts;
use countinghouse::domain::audit::{self, AuditEvent, GENESIS};
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::message::{Message, MessageState, Route};
use countinghouse::domain::outbound::OutboundMessage;
use countinghouse::domain::payable::{Bill, Payment};
use countinghouse::domain::receivable::CustomerInvoice;
use countinghouse::domain::receivable::OpenInvoice;

use super::{Office, everything};

impl Office {
    /// The bill with this number; the newest of several.
    pub async fn bill(&self, number: &str) -> Bill {
        let bills = self.bills(number).await;
        bills
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no bill {number} in the books"))
    }

    /// All bills with this number, the newest first.
    pub async fn bills(&self, number: &str) -> Vec<Bill> {
        let bills = self.desk.store.list_bills(&everything()).await.unwrap();
        bills
            .into_iter()
            .filter(|bill| bill.number.as_deref() == Some(number))
            .collect()
    }

    pub async fn state_of(&self, number: &str) -> String {
        self.bill(number).await.state.to_string()
    }

    /// The codes of what its checks saw, sorted.
    pub async fn findings_of(&self, number: &str) -> Vec<String> {
        let mut codes = self
            .bill(number)
            .await
            .findings
            .into_iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>();
        codes.sort();
        codes
    }

    pub async fn requests_about(&self, number: &str) -> Vec<ApprovalRequest> {
        self.desk
            .store
            .requests_of_bill(self.bill(number).await.id)
            .await
            .unwrap()
    }

    pub async fn votes_of(&self, number: &str) -> Vec<Vote> {
        self.desk
            .store
            .votes_of_bill(self.bill(number).await.id)
            .await
            .unwrap()
    }

    pub async fn votes_on(&self, number: &str) -> usize {
        self.votes_of(number).await.len()
    }

    pub async fn payments_of(&self, number: &str) -> Vec<Payment> {
        self.desk
            .store
            .payments_of_bill(self.bill(number).await.id)
            .await
            .unwrap()
    }

    pub async fn outbound(&self) -> Vec<OutboundMessage> {
        self.desk.store.list_outbound(&everything()).await.unwrap()
    }

    pub async fn messages(&self) -> Vec<Message> {
        self.desk.store.list_messages(&everything()).await.unwrap()
    }

    /// What is still open on a customer's invoice.
    pub async fn open_on(&self, number: &str) -> OpenInvoice {
        self.desk
            .store
            .open_invoice(CustomerInvoice::id_of(number))
            .await
            .unwrap()
            .unwrap()
    }

    /// The codes of the exceptions that wait for a person, sorted.
    pub async fn waiting_for_a_person(&self) -> Vec<ExceptionCode> {
        let open = self.desk.store.open_exceptions(1000).await.unwrap();
        let mut codes = open
            .iter()
            .map(|exception| exception.code)
            .collect::<Vec<_>>();
        codes.sort_by_key(|code| code.as_str());
        codes
    }

    /// The whole trail.
    pub async fn trail(&self) -> Vec<AuditEvent> {
        let entries = self.desk.store.audit_after(0, 1_000_000).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// The entries of the trail that say so.
    pub async fn told(&self, action: &str) -> Vec<AuditEvent> {
        self.trail()
            .await
            .into_iter()
            .filter(|event| event.action == action)
            .collect()
    }

    /// Ends the story. `waiting` names every exception that may still be open; whatever else is open fails it.
    pub async fn close(self, waiting: &[ExceptionCode]) {
        let store = &self.desk.store;
        let idle = store.idle(self.desk.clock.now()).await.unwrap();
        assert_eq!((idle.ready, idle.leased), (0, 0), "work is left: {idle:?}");
        let parked = store.parked_jobs(100).await.unwrap();
        assert!(parked.is_empty(), "given up: {parked:#?}");
        self.no_exception_but(waiting).await;
        self.the_chain_holds().await;
        for message in self.messages().await {
            self.went_somewhere(&message).await;
        }
        self.leave().await;
    }

    async fn no_exception_but(&self, waiting: &[ExceptionCode]) {
        let mut expected = waiting.to_vec();
        expected.sort_by_key(|code| code.as_str());
        let open = self.desk.store.open_exceptions(1000).await.unwrap();
        let told = open
            .iter()
            .map(|exception| format!("{}: {}", exception.code, exception.reason))
            .collect::<Vec<_>>();
        assert_eq!(self.waiting_for_a_person().await, expected, "{told:#?}");
    }

    async fn the_chain_holds(&self) {
        let entries = self.desk.store.audit_after(0, 1_000_000).await.unwrap();
        let head =
            audit::verify((0, GENESIS), &entries).unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(head, self.desk.store.audit_head().await.unwrap());
        // What the monitoring adds up from the trail is what there is.
        let mut followed = FollowedCounts::default();
        assert!(followed.follow(&entries), "the trail does not fit itself");
        assert_eq!(followed, self.desk.store.followed_counts().await.unwrap());
    }

    /// Nothing falls under the table: every mail is filed or quarantined, and it came to something.
    async fn went_somewhere(&self, message: &Message) {
        let what = || {
            format!(
                "{} ({:?}): {:?}",
                message.subject, message.route, message.notes
            )
        };
        let about = self
            .desk
            .store
            .exceptions_about(&message.id.into())
            .await
            .unwrap();
        match message.state {
            MessageState::Filed => {}
            MessageState::Quarantined => {
                assert!(
                    !about.is_empty(),
                    "quarantined and nobody was told: {}",
                    what()
                );
                return;
            }
            MessageState::Fetched | MessageState::Read => panic!("not filed: {}", what()),
        }
        let arrivals = self
            .desk
            .store
            .arrivals_of_message(message.id)
            .await
            .unwrap();
        assert!(
            !arrivals.is_empty() && arrivals.iter().all(|arrival| arrival.filed),
            "not marked: {}",
            what()
        );
        let documents = self
            .desk
            .store
            .documents_of_message(message.id)
            .await
            .unwrap();
        let trail = self.desk.store.audit_of(&message.id.into()).await.unwrap();
        let told = |action: &str| {
            trail
                .iter()
                .any(|entry| entry.event.action.starts_with(action))
        };
        let ended = match message
            .route
            .unwrap_or_else(|| panic!("without a route: {}", what()))
        {
            Route::Documents => !documents.is_empty(),
            Route::ApprovalReply => told("approval answer") || self.carried_a_vote(message).await,
            Route::CustomerReply => !documents.is_empty() || self.was_raised_by(message).await,
            Route::DeliveryReport | Route::FeedbackReport => told("delivery report"),
            Route::AutomaticReply | Route::Nothing => !message.notes.is_empty(),
        };
        assert!(ended || !about.is_empty(), "came to nothing: {}", what());
    }

    async fn carried_a_vote(&self, message: &Message) -> bool {
        for bill in self.desk.store.list_bills(&everything()).await.unwrap() {
            let votes = self.desk.store.votes_of_bill(bill.id).await.unwrap();
            if votes.iter().any(|vote| vote.message == Some(message.id)) {
                return true;
            }
        }
        false
    }

    /// A customer's answer is an exception about the customer; the trail names the mail.
    async fn was_raised_by(&self, message: &Message) -> bool {
        let id = message.id.to_string();
        self.trail()
            .await
            .iter()
            .any(|event| event.subject.id == id && event.action.contains("customer"))
    }
}

/// Cents of euros.
pub fn eur(cents: i64) -> Money {
    Money::from_minor(cents, Currency::EUR)
}
