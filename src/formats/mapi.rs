//! Messages as Outlook keeps them ([MS-OXPROPS], [MS-OXCMSG]): properties by number, in .msg files and in winmail.dat alike;
//! and such a message written as a mail, so that there is one way to read mails.

mod write;

use std::collections::BTreeMap;

use super::code_page::encoding;
use super::compressed_rtf;
use super::issue::Issue;
use super::rtf::{self, RtfBody};

/// Property numbers: the upper half of the tags of [MS-OXPROPS].
pub mod id {
    /// PidTagSubject.
    pub const SUBJECT: u16 = 0x0037;
    /// PidTagClientSubmitTime.
    pub const SUBMITTED: u16 = 0x0039;
    /// PidTagSentRepresentingName.
    pub const FOR_NAME: u16 = 0x0042;
    /// PidTagSentRepresentingEmailAddress.
    pub const FOR_ADDRESS: u16 = 0x0065;
    /// PidTagTransportMessageHeaders.
    pub const HEADERS: u16 = 0x007d;
    /// PidTagRecipientType.
    pub const RECIPIENT_TYPE: u16 = 0x0c15;
    /// PidTagSenderName.
    pub const SENDER_NAME: u16 = 0x0c1a;
    /// PidTagSenderEmailAddress.
    pub const SENDER_ADDRESS: u16 = 0x0c1f;
    /// PidTagBody.
    pub const BODY: u16 = 0x1000;
    /// PidTagRtfCompressed.
    pub const RTF: u16 = 0x1009;
    /// PidTagHtml, also PidTagBodyHtml.
    pub const HTML: u16 = 0x1013;
    /// PidTagInternetMessageId.
    pub const MESSAGE_ID: u16 = 0x1035;
    /// PidTagInternetReferences.
    pub const REFERENCES: u16 = 0x1039;
    /// PidTagInReplyToId.
    pub const IN_REPLY_TO: u16 = 0x1042;
    /// PidTagDisplayName.
    pub const NAME: u16 = 0x3001;
    /// PidTagEmailAddress.
    pub const ADDRESS: u16 = 0x3003;
    /// PidTagAttachDataBinary, and as an object PidTagAttachDataObject.
    pub const FILE: u16 = 0x3701;
    /// PidTagAttachFilename.
    pub const SHORT_NAME: u16 = 0x3704;
    /// PidTagAttachLongFilename.
    pub const LONG_NAME: u16 = 0x3707;
    /// PidTagAttachMimeTag.
    pub const MEDIA_TYPE: u16 = 0x370e;
    /// PidTagAttachContentId.
    pub const CONTENT_ID: u16 = 0x3712;
    /// PidTagSmtpAddress.
    pub const SMTP_ADDRESS: u16 = 0x39fe;
    /// PidTagInternetCodepage.
    pub const INTERNET_CODEPAGE: u16 = 0x3fde;
    /// PidTagMessageCodepage.
    pub const MESSAGE_CODEPAGE: u16 = 0x3ffd;
    /// PidTagSenderSmtpAddress.
    pub const SENDER_SMTP: u16 = 0x5d01;
    /// PidTagSentRepresentingSmtpAddress.
    pub const FOR_SMTP: u16 = 0x5d02;
}

/// The value of a property, as far as reading a mail needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A whole number or truth value.
    Number(i64),
    /// 100 nanoseconds since 1601 UTC.
    Time(u64),
    /// Text in UTF-16.
    Text(String),
    /// Text in the code page of the message.
    Bytes8(Vec<u8>),
    /// Bytes.
    Binary(Vec<u8>),
}

/// Properties by number. Of one written twice the last counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Properties {
    values: BTreeMap<u16, Value>,
    /// For [`Value::Bytes8`].
    pub codepage: Option<u16>,
}

/// A file attached to a message.
#[derive(Clone, PartialEq, Debug)]
pub enum Attached {
    /// A file, as its properties and bytes.
    File(Properties, Vec<u8>),
    /// Another message.
    Message(Properties, Box<Message>),
}

/// A message.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Message {
    /// Its own properties.
    pub properties: Properties,
    /// One set for each recipient.
    pub recipients: Vec<Properties>,
    /// Files and messages.
    pub attached: Vec<Attached>,
    /// What was odd.
    pub issues: Vec<Issue>,
}

impl Properties {
    /// Keeps a value.
    pub fn put(&mut self, id: u16, value: Value) {
        let number = match &value {
            Value::Number(number) => u16::try_from(*number).ok(),
            Value::Time(_) | Value::Text(_) | Value::Bytes8(_) | Value::Binary(_) => None,
        };
        match id {
            id::MESSAGE_CODEPAGE => self.codepage = number,
            id::INTERNET_CODEPAGE => self.codepage = self.codepage.or(number),
            _ => {}
        }
        self.values.insert(id, value);
    }

    /// The number of this property.
    pub fn number(&self, id: u16) -> Option<i64> {
        match self.values.get(&id)? {
            Value::Number(number) => Some(*number),
            Value::Time(_) | Value::Text(_) | Value::Bytes8(_) | Value::Binary(_) => None,
        }
    }

    /// The time of this property in seconds since 1970 UTC.
    pub fn unix_seconds(&self, id: u16) -> Option<i64> {
        /// From 1601 to 1970.
        const EPOCHS_APART_SECONDS: i64 = 11_644_473_600;
        match self.values.get(&id)? {
            Value::Time(ticks) => i64::try_from(ticks / 10_000_000)
                .ok()
                .map(|seconds| seconds - EPOCHS_APART_SECONDS),
            Value::Number(_) | Value::Text(_) | Value::Bytes8(_) | Value::Binary(_) => None,
        }
    }

    /// The text of this property, blank ones left out.
    pub fn text(&self, id: u16) -> Option<String> {
        let text = match self.values.get(&id)? {
            Value::Text(text) => text.clone(),
            Value::Bytes8(bytes) => decode(bytes, self.codepage),
            Value::Number(_) | Value::Time(_) | Value::Binary(_) => return None,
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.trim().is_empty()).then_some(text)
    }

    /// The bytes of this property.
    pub fn binary(&self, id: u16) -> Option<&[u8]> {
        match self.values.get(&id)? {
            Value::Binary(bytes) => Some(bytes),
            Value::Number(_) | Value::Time(_) | Value::Text(_) | Value::Bytes8(_) => None,
        }
    }

    /// The HTML body, which is bytes in the code page of the internet form, or text.
    fn html(&self) -> Option<String> {
        let page = self
            .number(id::INTERNET_CODEPAGE)
            .and_then(|it| u16::try_from(it).ok());
        let text = match self.binary(id::HTML) {
            Some(bytes) => Some(decode(bytes, page.or(self.codepage))),
            None => self.text(id::HTML),
        };
        text.filter(|text| !text.trim().is_empty())
    }
}

/// The plain and the HTML text of a message; the compressed RTF body stands in for what is missing ([MS-OXBBODY]).
fn bodies(properties: &Properties) -> (Option<String>, Option<String>) {
    let (mut plain, mut html) = (properties.text(id::BODY), properties.html());
    if plain.is_none() || html.is_none() {
        let packed = properties.binary(id::RTF);
        match packed
            .and_then(compressed_rtf::unpack)
            .map(|rtf| rtf::body(&rtf))
        {
            Some(RtfBody::Html(markup)) => html = html.or(Some(markup)),
            Some(RtfBody::Text(text)) => plain = plain.or(Some(text)),
            None => {}
        }
    }
    let is_blank = |text: &String| text.trim().is_empty();
    (
        plain.filter(|it| !is_blank(it)),
        html.filter(|it| !is_blank(it)),
    )
}

/// Text in a Windows code page: that of the message, else Western European.
pub fn decode(bytes: &[u8], codepage: Option<u16>) -> String {
    encoding(codepage)
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
