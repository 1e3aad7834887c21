//! Which VAT id and which account of a page are the supplier's.

use crate::basics::text::fold;
use crate::domain::document::extract::identifiers::{self, Found};
use crate::domain::document::extract::party::sections;
use crate::domain::document::identity::OwnIdentity;
use crate::domain::document::labels::{self, Hit, Label};
use crate::domain::document::layout::{Layout, Spot};

/// Parts of sentences that say an account will be debited: it is the reader's. Folded.
const DEBITED: [&str; 40] = [
    "abgebucht",
    "abbuchen",
    "abbuchung",
    "bankeinzug",
    "buchen wir",
    "wir buchen",
    "ziehen wir",
    "eingezogen",
    "einziehen",
    "lastschrift",
    "belastet",
    "ihr konto",
    "ihrem konto",
    "ihres kontos",
    "ihre bankverbindung",
    "from your account",
    "your account will",
    "your bank account",
    "debited",
    "debit from",
    "collect",
    "direct debit",
    "preleve",
    "prelevement",
    "votre compte",
    "su cuenta",
    "adeudo",
    "adeudar",
    "cargo en cuenta",
    "se cargara",
    "domiciliacion",
    "domiciliado",
    "vostro conto",
    "addebit",
    "uw rekening",
    "afgeschreven",
    "incasso",
    "schrijven het bedrag af",
    "mandat",
    "mandaat",
];
/// The same where the sentence stands some rows above the account, as the heading of a block: what says nothing else. Folded.
const DEBITED_BELOW: [&str; 10] = [
    "folgendem konto",
    "folgenden konto",
    "wir ziehen",
    "lastschrifteinzug",
    "basislastschrift",
    "firmenlastschrift",
    "mandatsreferenz",
    "mandate reference",
    "reference du mandat",
    "referencia del mandato",
];
/// Rows of such a block above its account.
const ROWS_OF_BLOCK: usize = 3;
/// Parts of sentences that say who bought the claim and is to be paid instead. Folded.
const ASSIGNED: [&str; 16] = [
    "abgetreten",
    "abtretung",
    "schuldbefreiend",
    "factoring",
    "factor ",
    "assigned to",
    "subrog",
    "cession de creance",
    "cedee",
    "cedido",
    "cesion de credito",
    "ceduto",
    "cessione del credito",
    "gecedeerd",
    "overgedragen aan",
    "invoice finance",
];
/// Rows above an account that may be the beginning of the sentence it stands in.
const ROWS_OF_SENTENCE: usize = 2;

/// The VAT id that is neither ours nor labelled the customer's. Two strangers' ids: the one in the seller's block, else
/// the first, not surely.
pub(super) fn vat_id(
    layout: &Layout,
    hits: &[Hit],
    ids: &[Found],
    own: &OwnIdentity,
) -> Option<Found> {
    let is_customers = |id: &Found| is_customers(layout, hits, id);
    let foreign = ids
        .iter()
        .filter(|id| !own.is_own_vat(&id.value) && !is_customers(id))
        .collect::<Vec<_>>();
    let block = |id: &Found| sections::block_of(layout, hits, id.spot);
    let outside = foreign
        .iter()
        .filter(|id| block(id) != Some(Label::Addressee))
        .collect::<Vec<_>>();
    let seller = outside.iter().find(|id| block(id) == Some(Label::Seller));
    let (chosen, confidence) = match (seller, outside.as_slice(), foreign.as_slice()) {
        (Some(seller), [_], _) => (**seller, seller.confidence),
        (Some(seller), _, _) => (**seller, seller.confidence.min(880)),
        (None, [only], [_]) => (**only, only.confidence),
        (None, [only], _) => (**only, only.confidence.min(880)),
        (None, [first, ..], _) => match by_contact(layout, &outside) {
            Some(writers) => (writers, writers.confidence.min(880)),
            None => (**first, first.confidence.min(650)),
        },
        (None, [], [first, ..]) => (*first, first.confidence.min(600)),
        (None, [], []) => return None,
    };
    Some(Found {
        confidence,
        ..chosen.clone()
    })
}

/// The only one whose row, or the row beside it, tells how to reach its owner: in the foot the writer's own, while the
/// customer's stands below his address.
fn by_contact<'i>(layout: &Layout, ids: &[&&'i Found]) -> Option<&'i Found> {
    let is_contact = |line: usize| {
        let row = layout.lines.get(line);
        let mut words = row.into_iter().flat_map(|row| row.tokens.iter());
        words.any(|word| {
            word.text.contains('@')
                || word.text.starts_with("www.")
                || word.text.contains("http")
                || word.key == "iban"
        })
    };
    let reached = |id: &&&&'i Found| {
        let line = id.spot.line;
        (line.saturating_sub(1)..=line + 1).any(is_contact)
    };
    let mut reached = ids.iter().filter(reached);
    match (reached.next(), reached.next()) {
        (Some(id), None) => Some(**id),
        _ => None,
    }
}

/// Its label, left of it or above it, says that it is the customer's.
fn is_customers(layout: &Layout, hits: &[Hit], id: &Found) -> bool {
    let mut labels = hits
        .iter()
        .rev()
        .filter(|hit| matches!(hit.label, Label::VatId | Label::Tax));
    let beside = labels
        .clone()
        .find(|hit| hit.spot.line == id.spot.line && hit.spot.end <= id.spot.start);
    if let Some(label) = beside {
        return labels::is_of_the_reader(layout, label, id.spot.start);
    }
    let above = labels.find(|hit| {
        hit.spot.line < id.spot.line
            && layout.below(hit.spot, 1).iter().any(|below| {
                below.line == id.spot.line
                    && below.start <= id.spot.start
                    && id.spot.end <= below.end
            })
    });
    above.is_some_and(|label| {
        let segments = layout.segments(label.spot.line);
        let column = segments.iter().find(|column| column.end >= label.spot.end);
        let end = column.map_or(label.spot.end, |column| column.end);
        labels::is_of_the_reader(layout, label, end)
    })
}

/// The account to pay to. Not ours, and none that will be debited; the one of whoever bought the claim, where a page says
/// so; else the only one, or the first of several and not surely. One whose check digits are wrong is shown, never sure.
pub(super) fn iban(
    layout: &Layout,
    hits: &[Hit],
    ibans: &[Found],
    own: &OwnIdentity,
) -> Option<Found> {
    let asked = ibans
        .iter()
        .filter(|iban| !own.is_own_iban(&iban.value) && !is_debited(layout, iban.spot))
        .collect::<Vec<_>>();
    if ibans.is_empty() {
        return identifiers::broken_iban(layout, hits)
            .filter(|broken| !is_debited(layout, broken.spot));
    }
    let assigned = asked
        .iter()
        .find(|iban| speaks_of(layout, iban.spot, 2 * ROWS_OF_SENTENCE, &ASSIGNED));
    match (assigned, asked.as_slice()) {
        (_, [only]) => Some((*only).clone()),
        (Some(chosen), _) => Some(Found {
            confidence: 800,
            ..(*chosen).clone()
        }),
        (None, [first, ..]) => Some(Found {
            confidence: 750,
            ..(*first).clone()
        }),
        (None, []) => None,
    }
}

/// The words around one of these accounts say that somebody bought the claim and is paid there.
pub fn is_assigned(layout: &Layout, paid_to: &[Found]) -> bool {
    let mut accounts = paid_to.iter();
    accounts.any(|iban| speaks_of(layout, iban.spot, 2 * ROWS_OF_SENTENCE, &ASSIGNED))
}

/// The accounts that will not be debited: what is to be paid may be paid to them.
pub(super) fn paid_to(layout: &Layout, ibans: &[Found]) -> Vec<Found> {
    let kept = ibans.iter().filter(|iban| !is_debited(layout, iban.spot));
    kept.cloned().collect()
}

fn is_debited(layout: &Layout, spot: Spot) -> bool {
    speaks_of(layout, spot, 0, &DEBITED)
        || begins_row(layout, spot)
            && (speaks_of(layout, spot, 1, &DEBITED)
                || speaks_of(layout, spot, ROWS_OF_BLOCK, &DEBITED_BELOW))
}

/// The account begins its column but for its label: the sentence it stands in began above.
fn begins_row(layout: &Layout, spot: Spot) -> bool {
    let segments = layout.segments(spot.line);
    let column = segments.iter().rfind(|column| column.start <= spot.start);
    column.is_some_and(|column| spot.start - column.start <= 2)
}

/// The column of a spot, or the rows above it in that column, hold one of these phrases.
fn speaks_of(layout: &Layout, spot: Spot, rows_above: usize, phrases: &[&str]) -> bool {
    let segments = layout.segments(spot.line);
    let Some(column) = segments.iter().rfind(|column| column.start <= spot.start) else {
        return false;
    };
    let above = (spot.line.saturating_sub(rows_above)..spot.line)
        .flat_map(|line| layout.segments(line))
        .filter(|other| layout.is_aligned(*column, *other));
    let rows = above.chain(std::iter::once(*column));
    let texts = rows.map(|row| fold(&layout.text(row)) + " ");
    let text = texts.collect::<String>();
    phrases.iter().any(|phrase| text.contains(phrase))
}
