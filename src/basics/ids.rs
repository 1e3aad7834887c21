//! Identifiers. A row's id is derived from what makes the thing itself, so that doing a step again after a crash names
//! the same rows: the second write meets the first instead of standing beside it.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 of some bytes: the name of a stored mail or attachment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// All zeros: what a chain begins with.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest computed elsewhere, chunk by chunk.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    pub fn parse(hex: &str) -> Option<Self> {
        let bytes = hex.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let mut digest = [0_u8; 32];
        for (byte, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(digest))
    }

    /// The raw digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// A Message-ID (RFC 5322 section 3.6.4) without its angle brackets. The sender chose it: never proof of anything.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HeaderMessageId(String);

impl HeaderMessageId {
    /// Takes the text between the angle brackets, or the whole text where a sloppy program left them away.
    /// `None` when nothing printable is left or it is longer than 998 octets (RFC 5322 section 2.1.1).
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text
            .trim()
            .trim_start_matches('<')
            .trim_end_matches('>')
            .trim();
        let fits = !inner.is_empty()
            && inner.len() <= 998
            && !inner.chars().any(|c| c.is_control() || c == ' ');
        fits.then(|| Self(inner.to_owned()))
    }

    /// Without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderMessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// Length-prefixed, so that ("ab", "c") and ("a", "bc") are different things; version 8 marks ids of our own making.
fn derive(space: &str, parts: &[&str]) -> Uuid {
    let mut digest = Sha256::new();
    for part in std::iter::once(&space).chain(parts) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let hash: [u8; 32] = digest.finalize().into();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(hash.first_chunk::<16>().unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $space:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The id of the thing these parts make.
            pub fn derive(parts: &[&str]) -> Self {
                Self(derive($space, parts))
            }

            /// Reads the lower-case hyphenated form; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::parse_str(text).ok().map(Self)
            }

            /// The first eight digits: enough for a person to name it.
            pub fn short(&self) -> String {
                self.to_string().chars().take(8).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}

ids! {
    /// One received mail, by the letter in it.
    MessageId = "message",
    /// One file or body of a message worth reading.
    DocumentId = "document",
    /// A party that bills us.
    SupplierId = "supplier",
    /// An account that is said to be a supplier's.
    SupplierAccountId = "supplier_account",
    /// What a supplier asks us to pay.
    BillId = "bill",
    /// The question to one approver about one version of a bill.
    ApprovalRequestId = "approval_request",
    /// Our instruction to pay a bill.
    PaymentId = "payment",
    /// Payments that leave together.
    PaymentRunId = "payment_run",
    /// One line of a purchase order.
    OrderLineId = "order_line",
    /// What came in on one line of an order.
    GoodsReceiptId = "goods_receipt",
    /// A party that owes us.
    CustomerId = "customer",
    /// What a customer owes us.
    CustomerInvoiceId = "customer_invoice",
    /// A payer's statement of what a payment covers.
    RemittanceId = "remittance",
    /// One line of a bank statement.
    BankEntryId = "bank_entry",
    /// Money of a bank entry applied to an invoice.
    CashApplicationId = "cash_application",
    /// What a customer need not pay of an invoice.
    DeductionId = "deduction",
    /// One dunning level reached by one invoice.
    ReminderId = "reminder",
    /// A mail we send.
    OutboundId = "outbound",
    /// A work item for a person.
    ExceptionId = "exception",
    /// A step waiting to be done.
    JobId = "job",
    /// Where a supplier prints a value, taught by a correction.
    MemoryId = "memory",
    /// Where a supplier's lines of one description are booked.
    CodingMemoryId = "coding_memory",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_id_and_others_do_not() {
        assert_eq!(BillId::derive(&["a", "b"]), BillId::derive(&["a", "b"]));
        assert_ne!(BillId::derive(&["ab", ""]), BillId::derive(&["a", "b"]));
        assert_ne!(
            BillId::derive(&["a"]).to_string(),
            DocumentId::derive(&["a"]).to_string()
        );
        let id = BillId::derive(&["x"]);
        assert_eq!(BillId::parse(&id.to_string()), Some(id));
    }

    #[test]
    fn content_hashes_survive_their_text() {
        let hash = ContentHash::of(b"abc");
        assert!(hash.to_string().starts_with("ba7816bf"));
        assert_eq!(ContentHash::parse(&hash.to_string()), Some(hash));
        assert_eq!(ContentHash::parse("zz"), None);
    }

    #[test]
    fn message_ids_lose_their_brackets_and_refuse_line_breaks() {
        assert_eq!(
            HeaderMessageId::parse(" <a@b> ").map(|id| id.to_string()),
            Some("<a@b>".into())
        );
        assert_eq!(HeaderMessageId::parse("<>"), None);
        assert_eq!(HeaderMessageId::parse("<a\r\nBcc: x@y>"), None);
    }
}
