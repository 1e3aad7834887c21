//! What corrections taught: where a supplier prints a value on a layout of his, found again on his next bill. A memory is one
//! more reader of the page and no authority: it gives what stands there literally, an XML or a person outweighs it, and one
//! that was wrong twice is dropped.

pub mod place;

use rust_decimal::Decimal;

use super::layout::Layout;
use super::{Confidence, Field, Method, Reading};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::currency::Currency;
use crate::basics::ids::{DocumentId, MemoryId, SupplierId};
use crate::basics::money::Money;
use crate::basics::text::squash;
use crate::words;
use place::{Evidence, Seen};

/// A memory that was wrong so often is dropped.
pub const MAX_FAILURES: u32 = 2;
/// Same layout, same label, same shape, nothing else like it on the page: sure enough to be believed, for checks still follow.
const SURE: u16 = 920;
/// One of these is missing, or the memory was wrong once: a person looks.
const UNSURE: u16 = 800;
/// Letters of a scan may be misread wherever they stand.
const SCANNED: u16 = 880;
/// What stood under several labels is sure after so many approved bills.
const PROVEN: u32 = 2;
/// What a memory that was wrong once does not outweigh.
const BELIEVED: Confidence = Confidence::per_mille(900);

words! {
    /// The fields a correction can teach, by the names of the command line's contract. The currency comes first: amounts need it.
    pub enum LearnedField {
        /// BT-5.
        Currency = "currency",
        /// BT-1.
        Number = "invoice_number",
        /// BT-2.
        IssueDate = "issue_date",
        /// BT-9.
        DueDate = "due_date",
        /// BT-109.
        Net = "net_total",
        /// BT-110.
        Tax = "tax_total",
        /// BT-112.
        Gross = "gross_total",
        /// BT-115.
        Payable = "payable_total",
        /// BT-84.
        Iban = "iban",
        /// BT-13.
        PoNumber = "po_number",
        /// BT-83.
        PaymentReference = "payment_reference",
    }
}

impl LearnedField {
    /// A total of the bill.
    fn is_amount(self) -> bool {
        matches!(self, Self::Net | Self::Tax | Self::Gross | Self::Payable)
    }
}

/// A value as a person means it, however it is printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A number of a paper, as printed.
    Text(String),
    /// A day.
    Day(Date),
    /// An amount in the document's currency; its sign is the page's business.
    Amount(Decimal),
    /// An account.
    Account(Iban),
    /// A currency.
    Currency(Currency),
}

impl Value {
    /// The same value, perhaps otherwise written: such an edit teaches nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => squash(a) == squash(b),
            (Self::Amount(a), Self::Amount(b)) => a.abs() == b.abs(),
            (a, b) => a == b,
        }
    }
}

/// Where a supplier prints a value on one of his layouts, taught by a correction.
#[derive(Clone, PartialEq, Debug)]
pub struct Memory {
    /// Derived from supplier, field and the document it was taught on.
    pub id: MemoryId,
    /// Whose bills it is about.
    pub supplier: SupplierId,
    /// What it finds.
    pub field: LearnedField,
    /// The document it was taught on.
    pub document: DocumentId,
    /// Who corrected it.
    pub taught_by: String,
    /// When.
    pub taught_at: Timestamp,
    /// Where the value stood.
    pub evidence: Evidence,
    /// Approved bills it was right on.
    pub successes: u32,
    /// Bills on which a person corrected what it had found.
    pub failures: u32,
    /// 0 before it is stored.
    pub version: u64,
}

impl Memory {
    /// The id of what the correction of this field of this document taught.
    pub fn id_of(supplier: SupplierId, field: LearnedField, document: DocumentId) -> MemoryId {
        MemoryId::derive(&[&supplier.to_string(), field.as_str(), &document.to_string()])
    }

    /// A new memory of this supplier, field and document; `version` is that of the row it replaces, 0 for none.
    pub fn taught(
        (supplier, field, document): (SupplierId, LearnedField, DocumentId),
        evidence: Evidence,
        (now, by): (Timestamp, &str),
        version: u64,
    ) -> Self {
        Self {
            id: Self::id_of(supplier, field, document),
            supplier,
            field,
            document,
            taught_by: by.to_owned(),
            taught_at: now,
            evidence,
            successes: 0,
            failures: 0,
            version,
        }
    }

    /// Wrong too often to be used again.
    pub fn is_dropped(&self) -> bool {
        self.failures >= MAX_FAILURES
    }
}

/// A memory that spoke on a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recalled {
    /// Which.
    pub memory: MemoryId,
    /// What it found.
    pub field: LearnedField,
    /// The value was read so without it, too.
    pub agreed: bool,
    /// Where it looked, in words.
    pub place: String,
}

/// Where a corrected value stood. Nothing when it does not stand on the page, or nothing there tells its place from others.
pub fn lesson(layout: &Layout, value: &Value) -> Option<Evidence> {
    place::evidence(layout, value)
}

/// What was read of a field, as a value.
pub fn read_value(reading: &Reading, field: LearnedField) -> Option<Value> {
    let fields = &reading.fields;
    let text = |field: &Option<Field<String>>| Some(Value::Text(field.as_ref()?.value.clone()));
    let day = |field: &Option<Field<Date>>| Some(Value::Day(field.as_ref()?.value));
    let amount =
        |field: &Option<Field<Money>>| Some(Value::Amount(field.as_ref()?.value.to_decimal()));
    match field {
        LearnedField::Currency => Some(Value::Currency(fields.currency.as_ref()?.value)),
        LearnedField::Number => text(&fields.invoice_number),
        LearnedField::IssueDate => day(&fields.issue_date),
        LearnedField::DueDate => day(&fields.due_date),
        LearnedField::Net => amount(&fields.net_total),
        LearnedField::Tax => amount(&fields.tax_total),
        LearnedField::Gross => amount(&fields.gross_total),
        LearnedField::Payable => amount(&fields.payable_total),
        LearnedField::Iban => Iban::parse(&fields.iban.as_ref()?.value).map(Value::Account),
        LearnedField::PoNumber => text(&fields.po_number),
        LearnedField::PaymentReference => text(&fields.payment_reference),
    }
}

/// Looks for every remembered value on the page. Of several memories of a field one that was never wrong goes first, then the
/// newest. What an XML or a person said stays.
pub fn recall(reading: &mut Reading, layout: &Layout, memories: &[Memory]) {
    let page = place::landmarks(layout);
    let mut usable = memories
        .iter()
        .filter(|memory| !memory.is_dropped())
        .filter(|memory| place::is_same_layout(&memory.evidence.landmarks, &page))
        .collect::<Vec<_>>();
    usable.sort_by_key(|memory| (memory.failures, std::cmp::Reverse(memory.taught_at)));
    let is_scan = is_scan(reading);
    let (mut columns, mut lifts) = (Vec::new(), Vec::new());
    for field in LearnedField::ALL {
        let found = usable
            .iter()
            .filter(|memory| memory.field == *field)
            .find_map(|memory| Some((*memory, place::find(layout, &memory.evidence)?)));
        if let Some((memory, seen)) = found {
            if seen.is_of_column {
                columns.push(*field);
            }
            lifts.extend(say(reading, memory, seen, is_scan));
        }
    }
    doubt_what_does_not_add_up(reading, &columns);
    let adds_up = adds_up(reading);
    let closes = adds_up && all_known(reading);
    for (field, confidence) in lifts {
        // The memory and the reader looked at the same words: where the sums say otherwise, both may be wrong.
        if !field.is_amount() || adds_up && (closes || !columns.contains(&field)) {
            raise(reading, field, confidence);
        }
    }
}

/// One memory's word about a field. Where it says what was read, how sure that makes it is given back.
fn say(
    reading: &mut Reading,
    memory: &Memory,
    seen: Seen,
    is_scan: bool,
) -> Option<(LearnedField, Confidence)> {
    let before = read_value(reading, memory.field);
    let agreed = before.is_some_and(|before| before.is_same(&seen.value));
    let known = certainty(reading, memory.field);
    let is_certain =
        known.is_some_and(|(method, _)| matches!(method, Method::Xml | Method::Person));
    let was_wrong_once = memory.failures > 0;
    let outweighed =
        !agreed && was_wrong_once && known.is_some_and(|(_, confidence)| confidence >= BELIEVED);
    if is_certain || outweighed {
        return None;
    }
    let is_proven = !memory.evidence.is_ambiguous || memory.successes >= PROVEN;
    let confidence = match (seen.is_sure && is_proven && !was_wrong_once, is_scan) {
        (true, false) => SURE,
        (true, true) => SCANNED,
        (false, _) => UNSURE,
    };
    let method = if is_scan { Method::Ocr } else { Method::Text };
    let confidence = Confidence::per_mille(confidence);
    let is_known = agreed || put(reading, memory.field, (&seen, confidence, method));
    if is_known {
        reading.recalled.push(Recalled {
            memory: memory.id,
            field: memory.field,
            agreed,
            place: memory.evidence.in_words(),
        });
    }
    agreed.then_some((memory.field, confidence))
}

fn is_scan(reading: &Reading) -> bool {
    LearnedField::ALL
        .iter()
        .filter_map(|field| certainty(reading, *field))
        .any(|(method, _)| method == Method::Ocr)
}

/// How a field was read and how surely.
pub(super) fn certainty(reading: &Reading, field: LearnedField) -> Option<(Method, Confidence)> {
    fn of<T>(field: &Option<Field<T>>) -> Option<(Method, Confidence)> {
        field.as_ref().map(|field| (field.method, field.confidence))
    }
    let fields = &reading.fields;
    match field {
        LearnedField::Currency => of(&fields.currency),
        LearnedField::Number => of(&fields.invoice_number),
        LearnedField::IssueDate => of(&fields.issue_date),
        LearnedField::DueDate => of(&fields.due_date),
        LearnedField::Net => of(&fields.net_total),
        LearnedField::Tax => of(&fields.tax_total),
        LearnedField::Gross => of(&fields.gross_total),
        LearnedField::Payable => of(&fields.payable_total),
        LearnedField::Iban => of(&fields.iban),
        LearnedField::PoNumber => of(&fields.po_number),
        LearnedField::PaymentReference => of(&fields.payment_reference),
    }
}

/// Two readers that agree are at least as sure as the surer of them; an amount is no surer than its currency.
fn raise(reading: &mut Reading, field: LearnedField, confidence: Confidence) {
    fn lift<T>(field: &mut Option<Field<T>>, confidence: Confidence) {
        if let Some(field) = field {
            field.confidence = field.confidence.max(confidence);
        }
    }
    let fields = &mut reading.fields;
    let currency = fields.currency.as_ref().map(|currency| currency.confidence);
    let confidence = match currency.filter(|_| field.is_amount()) {
        Some(currency) => confidence.min(currency),
        None => confidence,
    };
    match field {
        LearnedField::Currency => lift(&mut fields.currency, confidence),
        LearnedField::Number => lift(&mut fields.invoice_number, confidence),
        LearnedField::IssueDate => lift(&mut fields.issue_date, confidence),
        LearnedField::DueDate => lift(&mut fields.due_date, confidence),
        LearnedField::Net => lift(&mut fields.net_total, confidence),
        LearnedField::Tax => lift(&mut fields.tax_total, confidence),
        LearnedField::Gross => lift(&mut fields.gross_total, confidence),
        LearnedField::Payable => lift(&mut fields.payable_total, confidence),
        LearnedField::Iban => lift(&mut fields.iban, confidence),
        LearnedField::PoNumber => lift(&mut fields.po_number, confidence),
        LearnedField::PaymentReference => lift(&mut fields.payment_reference, confidence),
    }
}

/// Puts a value into its field. An amount without a currency is none; says whether it was put.
pub fn put(
    reading: &mut Reading,
    field: LearnedField,
    (seen, confidence, method): (&Seen, Confidence, Method),
) -> bool {
    fn new<T>(value: T, seen: &Seen, confidence: Confidence, method: Method) -> Option<Field<T>> {
        Some(Field {
            method,
            ..Field::text(value, confidence, seen.source.clone())
        })
    }
    let fields = &mut reading.fields;
    match (&seen.value, field) {
        (Value::Currency(currency), LearnedField::Currency) => {
            fields.currency = new(*currency, seen, confidence, method);
        }
        (Value::Day(day), LearnedField::IssueDate) => {
            fields.issue_date = new(*day, seen, confidence, method);
        }
        (Value::Day(day), LearnedField::DueDate) => {
            fields.due_date = new(*day, seen, confidence, method);
        }
        (Value::Account(iban), LearnedField::Iban) => {
            fields.iban = new(iban.as_str().to_owned(), seen, confidence, method);
        }
        (Value::Text(text), LearnedField::Number) => {
            fields.invoice_number = new(text.clone(), seen, confidence, method);
        }
        (Value::Text(text), LearnedField::PoNumber) => {
            fields.po_number = new(text.clone(), seen, confidence, method);
        }
        (Value::Text(text), LearnedField::PaymentReference) => {
            fields.payment_reference = new(text.clone(), seen, confidence, method);
        }
        (Value::Amount(amount), _) => {
            let Some(currency) = fields.currency.as_ref() else {
                return false;
            };
            let Some(money) = Money::from_decimal(*amount, currency.value) else {
                return false;
            };
            let confidence = confidence.min(currency.confidence);
            let stated = &mut reading.amounts;
            let (field, total) = match field {
                LearnedField::Net => (&mut fields.net_total, &mut stated.net),
                LearnedField::Tax => (&mut fields.tax_total, &mut stated.tax),
                LearnedField::Gross => (&mut fields.gross_total, &mut stated.gross),
                LearnedField::Payable => (&mut fields.payable_total, &mut stated.payable),
                LearnedField::Currency
                | LearnedField::Number
                | LearnedField::IssueDate
                | LearnedField::DueDate
                | LearnedField::Iban
                | LearnedField::PoNumber
                | LearnedField::PaymentReference => return false,
            };
            *field = new(money, seen, confidence, method);
            *total = Some(*amount);
        }
        (Value::Text(_) | Value::Day(_) | Value::Account(_) | Value::Currency(_), _) => {
            return false;
        }
    }
    true
}

/// An amount a memory found is not sure where net, tax and gross do not add up, or where it stood in a column and they are not
/// all there to tell a total from one row of several.
fn doubt_what_does_not_add_up(reading: &mut Reading, columns: &[LearnedField]) {
    let adds_up = adds_up(reading);
    let closes = adds_up && all_known(reading);
    let doubted = reading
        .recalled
        .iter()
        .filter(|recalled| !recalled.agreed)
        .filter(|recalled| !adds_up || columns.contains(&recalled.field) && !closes);
    let doubted = doubted.map(|recalled| recalled.field).collect::<Vec<_>>();
    let fields = &mut reading.fields;
    for (name, field) in [
        (LearnedField::Net, &mut fields.net_total),
        (LearnedField::Tax, &mut fields.tax_total),
        (LearnedField::Gross, &mut fields.gross_total),
        (LearnedField::Payable, &mut fields.payable_total),
    ] {
        if let Some(field) = field.as_mut().filter(|_| doubted.contains(&name)) {
            field.confidence = field.confidence.min(Confidence::per_mille(UNSURE));
        }
    }
}

fn all_known(reading: &Reading) -> bool {
    let fields = &reading.fields;
    [&fields.net_total, &fields.tax_total, &fields.gross_total]
        .iter()
        .all(|field| field.is_some())
}

/// Net and tax make gross (BR-CO-15), as far as all three are known.
pub fn adds_up(reading: &Reading) -> bool {
    let fields = &reading.fields;
    match (&fields.net_total, &fields.tax_total, &fields.gross_total) {
        (Some(net), Some(tax), Some(gross)) => {
            net.value.checked_add(tax.value) == Some(gross.value)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
