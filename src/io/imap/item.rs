//! What one FETCH answer tells about one message.

use imap_proto::{AttributeValue, Response};

use crate::basics::calendar::Timestamp;

/// One FETCH answer that names its message.
pub(super) struct Item<'r> {
    pub(super) uid: u32,
    pub(super) size_bytes: Option<u64>,
    pub(super) received_at: Option<Timestamp>,
    pub(super) body: Option<&'r [u8]>,
    /// It was asked for the content and says NIL.
    pub(super) withholds: bool,
}

impl<'r> Item<'r> {
    /// `None` for other answers, and for one without UID: someone else changed flags meanwhile.
    pub(super) fn of(response: &'r Response<'_>) -> Option<Self> {
        let Response::Fetch(_, values) = response else {
            return None;
        };
        let mut item = Self {
            uid: 0,
            size_bytes: None,
            received_at: None,
            body: None,
            withholds: false,
        };
        for value in values {
            if let AttributeValue::Uid(uid) = value {
                item.uid = *uid;
            } else if let AttributeValue::Rfc822Size(size) = value {
                item.size_bytes = Some(u64::from(*size));
            } else if let AttributeValue::InternalDate(date) = value {
                item.received_at = parse_internal_date(date);
            } else if let AttributeValue::BodySection {
                section: None,
                data,
                ..
            } = value
            {
                item.body = data.as_deref();
                item.withholds = data.is_none();
            }
        }
        (item.uid > 0).then_some(item)
    }
}

/// `17-Jul-1996 02:44:25 -0700` (RFC 3501, date-time); the day may be padded with a blank.
fn parse_internal_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?;
    zoned.to_timestamp().ok()
}
