//! What the rules about a mail look at: plain facts, read elsewhere. Everything in them is the sender's claim unless a
//! field says otherwise.

use crate::basics::address::MailAddress;
use crate::basics::ids::HeaderMessageId;

/// One mail, as far as routing and trust go.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MailFacts {
    /// Every header field, top to bottom, values unfolded.
    pub fields: Vec<(String, String)>,
    /// `Message-ID`.
    pub message_id: Option<HeaderMessageId>,
    /// What it claims to be our own mark: [`super::own`].
    pub mark: Option<String>,
    /// The mailboxes of `From` that are addresses.
    pub from: Vec<MailAddress>,
    /// How many mailboxes `From` names, addresses or not.
    pub from_count: usize,
    /// `To` and `Cc`.
    pub recipients: Vec<MailAddress>,
    /// `Subject`, decoded.
    pub subject: String,
    /// `In-Reply-To`, then `References`.
    pub thread: Vec<HeaderMessageId>,
    /// Fields written twice that may not be: see [`super::authenticity`].
    pub duplicated: Vec<&'static str>,
    /// Declared type of the whole mail, lower case.
    pub media_type: String,
    /// `report-type` of a `multipart/report`, lower case.
    pub report_type: Option<String>,
    /// The text people read, quotes included.
    pub text: String,
    /// Files and bodies worth reading as documents.
    pub documents: usize,
    /// The machine-readable delivery report, when there is one.
    pub delivery_status: Option<DeliveryStatusFacts>,
    /// The fields of a feedback report, names in lower case.
    pub feedback: Option<Vec<(String, String)>>,
    /// `Message-ID` of a mail sent back inside this one.
    pub returned_message_id: Option<HeaderMessageId>,
    /// `To` and `Cc` of a mail sent back inside this one.
    pub returned_recipients: Vec<MailAddress>,
    /// `Authentication-Results` fields that follow the grammar, top to bottom.
    pub authentication: Vec<AuthenticationStatement>,
    /// Those who handed the mail on and sealed it (RFC 8617), the first of them first; none where the chain has gaps.
    pub arc: Vec<ArcSet>,
}

impl MailFacts {
    /// The one address in `From`; none where it names several mailboxes.
    pub fn sender(&self) -> Option<&MailAddress> {
        self.from.first().filter(|_| self.from_count == 1)
    }

    /// The values of the fields of this name, top to bottom.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The topmost field of this name.
    pub fn first<'f>(&'f self, name: &'f str) -> Option<&'f str> {
        self.all(name).next()
    }
}

/// Where a delivery status was found, and so what it is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StatusSource {
    /// In a part of the standard's type.
    #[default]
    Part,
    /// Among the words of the mail: a gateway took the parts apart, or a person quotes a report.
    Text,
    /// In the notice of a sending service.
    Service,
}

/// A delivery report (RFC 3464).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeliveryStatusFacts {
    /// Where it was found.
    pub source: StatusSource,
    /// `Original-Envelope-Id`.
    pub envelope_id: Option<String>,
    /// The mail it is about, where the status itself names it.
    pub original_message_id: Option<HeaderMessageId>,
    /// One per recipient.
    pub recipients: Vec<RecipientFacts>,
}

/// One recipient of a delivery report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecipientFacts {
    /// Where it went in the end.
    pub final_recipient: Option<String>,
    /// Where we sent it.
    pub original_recipient: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub action: Option<String>,
    /// RFC 3463.
    pub status: Option<String>,
    /// In the words of the server.
    pub diagnostic: Option<String>,
}

/// One `Authentication-Results` field (RFC 8601).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthenticationStatement {
    /// Its place among `MailFacts::fields`.
    pub field: usize,
    /// Who says so, lower case; `None` where the field names no one.
    pub authserv_id: Option<String>,
    /// What it says.
    pub results: Vec<CheckResult>,
}

/// What one who handed the mail on says; worth nothing until the chain is checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArcSet {
    /// The domain that sealed, lower case.
    pub sealer: String,
    /// His signature covers the From field.
    pub covers_from: bool,
    /// What he had checked.
    pub results: Vec<CheckResult>,
}

/// One method's result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckResult {
    /// `dkim`, `spf`, `dmarc`, `auth`, `arc`.
    pub method: String,
    /// `pass`, `fail`, `none`, …
    pub result: String,
    /// `("header.d", "example.com")`.
    pub properties: Vec<(String, String)>,
}

impl CheckResult {
    /// The first value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}
