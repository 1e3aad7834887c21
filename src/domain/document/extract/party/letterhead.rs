//! The issuer's name on the page itself: every run of words that could be a name is weighed by where it stands and what
//! stands around it. Never sure: only a party from the books is.

use super::name::{divides, is_name, part_of, trimmed};
use super::sections::block_of;
use super::signs::{begins_as_body, is_set_right};
use super::{Identifiers, MAX_NAME_CHARS, START};
use crate::basics::text::{fold, one_line, squash};
use crate::domain::document::extract::identifiers::Found;
use crate::domain::document::identity::{OwnIdentity, core_name, has_legal_form};
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot};

/// What each sign weighs. One list, so that they can be seen beside each other.
mod weight {
    /// In the first eighth of the first page.
    pub const TOP: u32 = 120;
    /// In the second eighth.
    pub const UPPER: u32 = 60;
    /// In its foot.
    pub const FOOT: u32 = 80;
    /// The very first row.
    pub const FIRST_ROW: u32 = 80;
    /// With a legal form.
    pub const LEGAL_FORM: u32 = 150;
    /// Like a web or mail address of the page, or the sender's.
    pub const WEB: u32 = 200;
    /// Behind or below a label of the seller.
    pub const SELLER: u32 = 250;
    /// Behind a label for names in the seller's block.
    pub const SELLERS_NAME: u32 = 330;
    /// In a line that goes on with an address: the sender's line above the window.
    pub const SENDERS_LINE: u32 = 140;
    /// Set larger than the rest.
    pub const LARGE: u32 = 60;
    /// An address stands below it.
    pub const ADDRESS_BELOW: u32 = 40;
    /// Set to the right, as letterheads are.
    pub const SET_RIGHT: u32 = 100;
    /// It begins as public bodies and professions are named.
    pub const BODY: u32 = 80;
    /// The VAT id or account of the page stands in the rows around it.
    pub const IDS_AROUND: u32 = 60;
    /// Said again, each time up to twice.
    pub const AGAIN: u32 = 60;
    /// An address and no way to reach anybody below it, as in the window: this share is left, in per cent.
    pub const BARE_ADDRESS: u32 = 60;
    /// A bank in the foot is where the account is.
    pub const BANK: u32 = 150;
    /// From here the name is likely.
    pub const LIKELY: u32 = 400;
    /// From here it is possible.
    pub const POSSIBLE: u32 = 250;
    /// Below this it is none.
    pub const LEAST: u32 = 100;
}

/// Parts of the names of banks, folded.
const BANKS: [&str; 12] = [
    "bank",
    "sparkasse",
    "banque",
    "banco",
    "banca",
    "caixa",
    "credit agricole",
    "societe generale",
    "bnp",
    "rabobank",
    "commerzbank",
    "cassa di",
];
/// Rows of an address in the window below the sender's line.
const WINDOW_ROWS: usize = 6;
/// Names weighed: a letter has some dozen; those of a list are nobody's letterhead.
const MAX_CANDIDATES: usize = 400;
/// Rows whose height is taken for the usual one: the first page.
const FIRST_ROWS: usize = 80;

struct Candidate {
    score: u32,
    found: Found,
    core: String,
    is_addressed: bool,
}

/// The likeliest issuer on the first page.
pub(super) fn issuer(
    layout: &Layout,
    hits: &[Hit],
    ids: &Identifiers<'_>,
    own: &OwnIdentity,
) -> Option<Found> {
    let page = PageSigns {
        domains: web_names(layout, ids.from_domain),
        usual_height: layout.usual_height(FIRST_ROWS),
        senders_line: senders_line(layout),
        has_name_in_foot: has_name_in_foot(layout, ids),
    };
    let mut found: Vec<Candidate> = Vec::new();
    for line in 0..layout.lines.len() {
        let depth = layout.depth_per_mille(line);
        if depth > 1000 || found.len() >= MAX_CANDIDATES {
            break;
        }
        if is_table_heading(hits, line) {
            continue;
        }
        for segment in layout.segments(line) {
            let Some(part) = part_of(layout, hits, segment) else {
                continue;
            };
            let text = layout.text(part);
            let name = trimmed(&text);
            if !is_name(name) || own.is_own_name(name) {
                continue;
            }
            let is_addressed = page.is_addressed(layout, hits, part);
            let score = page.score(layout, hits, ids, part, name);
            found.push(Candidate {
                score: if is_addressed { score / 4 } else { score },
                found: Found {
                    value: one_line(name, MAX_NAME_CHARS),
                    spot: part,
                    confidence: 0,
                },
                core: core_name(name),
                is_addressed,
            });
        }
    }
    best(found).or_else(|| by_web_alone(layout, ids))
}

/// The best candidate, those said again higher, those named as the addressee lower.
fn best(found: Vec<Candidate>) -> Option<Found> {
    let mut best: Option<(u32, &Found)> = None;
    for candidate in &found {
        let long = candidate.core.chars().count() >= 4;
        let others = found
            .iter()
            .filter(|other| other.found.spot.line != candidate.found.spot.line && long);
        let again = others
            .clone()
            .filter(|other| {
                !other.is_addressed && squash(&other.found.value).contains(&candidate.core)
            })
            .count();
        let addressed = others
            .filter(|other| other.is_addressed && other.core == candidate.core)
            .count();
        let score = candidate.score + weight::AGAIN * u32::try_from(again.min(2)).unwrap_or(0);
        let score = if addressed > 0 { score / 4 } else { score };
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, &candidate.found));
        }
    }
    let (score, best) = best?;
    let best = in_full(&found, best);
    let confidence = match score {
        weight::LIKELY.. => 850,
        weight::POSSIBLE.. => 700,
        weight::LEAST.. => 500,
        _ => return None,
    };
    Some(Found {
        confidence,
        ..best.clone()
    })
}

/// A short name, as in a logo, in full where the page has it with its legal form.
fn in_full<'f>(found: &'f [Candidate], best: &'f Found) -> &'f Found {
    let core = core_name(&best.value);
    if has_legal_form(&best.value) || core.chars().count() < 4 {
        return best;
    }
    let full = found.iter().find(|other| {
        !other.is_addressed
            && has_legal_form(&other.found.value)
            && squash(&other.found.value).contains(&core)
    });
    full.map_or(best, |full| &full.found)
}

/// No name, but a web address: its host is better than nothing for the clerk.
fn by_web_alone(layout: &Layout, ids: &Identifiers<'_>) -> Option<Found> {
    let tokens = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let written = tokens.filter(|token| token.text.starts_with("www.") || token.text.contains('@'));
    let hosts = written.filter_map(|token| {
        let host = token.text.rsplit('@').next().unwrap_or(&token.text);
        let host = host
            .trim_start_matches("www.")
            .trim_end_matches(['.', ',', ')']);
        middle_of(host).map(|_| host.to_owned())
    });
    let host = hosts.into_iter().next().or_else(|| {
        ids.from_domain
            .filter(|from| middle_of(from).is_some())
            .map(str::to_owned)
    })?;
    Some(Found {
        value: one_line(&host, MAX_NAME_CHARS),
        spot: START,
        confidence: 400,
    })
}

/// What the page shows besides the names on it.
struct PageSigns {
    domains: Vec<String>,
    usual_height: u32,
    senders_line: Option<Spot>,
    has_name_in_foot: bool,
}

impl PageSigns {
    fn score(
        &self,
        layout: &Layout,
        hits: &[Hit],
        ids: &Identifiers<'_>,
        spot: Spot,
        name: &str,
    ) -> u32 {
        let depth = layout.depth_per_mille(spot.line);
        let place = match depth {
            0..=120 => weight::TOP,
            121..=250 => weight::UPPER,
            880..=1000 => weight::FOOT,
            _ => 0,
        };
        let if_so = |sign: bool, weight: u32| if sign { weight } else { 0 };
        let is_bank = depth > 700 && BANKS.iter().any(|bank| fold(name).contains(bank));
        let score = place
            + if_so(spot.line == 0, weight::FIRST_ROW)
            + if_so(has_legal_form(name), weight::LEGAL_FORM)
            + if_so(self.is_web(name), weight::WEB)
            + sellers(layout, hits, spot)
            + if_so(self.senders_line == Some(spot), weight::SENDERS_LINE)
            + if_so(
                layout.height_tenths(spot) * 10 > self.usual_height * 13 && depth < 300,
                weight::LARGE,
            )
            + if_so(has_address_below(layout, spot), weight::ADDRESS_BELOW)
            + if_so(is_set_right(layout, spot) && depth < 300, weight::SET_RIGHT)
            + if_so(begins_as_body(name) && depth < 300, weight::BODY)
            + if_so(has_ids_around(ids, spot), weight::IDS_AROUND);
        let is_bare = (spot.line > 0 || self.has_name_in_foot)
            && depth < 450
            && sellers(layout, hits, spot) == 0
            && self.senders_line != Some(spot)
            && has_address_below(layout, spot)
            && !has_contact_below(layout, hits, ids, spot);
        if is_bank && !self.is_web(name) {
            score.saturating_sub(weight::BANK)
        } else if is_bare {
            score * weight::BARE_ADDRESS / 100
        } else {
            score
        }
    }

    fn is_web(&self, name: &str) -> bool {
        let squashed = squash(&core_name(name));
        self.domains.iter().any(|domain| {
            squashed.chars().count() >= 3
                && (domain.contains(&squashed) || squashed.contains(domain.as_str()))
        })
    }

    /// Below a label of the addressee, or in the window below the sender's line.
    fn is_addressed(&self, layout: &Layout, hits: &[Hit], spot: Spot) -> bool {
        let by_block = block_of(layout, hits, spot) == Some(Label::Addressee)
            && (is_near_heading(hits, spot) || is_behind_name_label(hits, spot));
        let in_window = self.senders_line.is_some_and(|sender| {
            spot.line > sender.line
                && spot.line - sender.line <= WINDOW_ROWS
                && layout.is_aligned(sender, spot)
        });
        by_block || in_window || has_attention_below(layout, spot)
    }
}

/// A company names itself beside its account or VAT id in the foot of the first page: what stands in the first row may be
/// the window then, under a logo that is only a picture.
fn has_name_in_foot(layout: &Layout, ids: &Identifiers<'_>) -> bool {
    let lines = 0..layout.lines.len();
    let mut foot = lines.filter(|line| (850..=1000).contains(&layout.depth_per_mille(*line)));
    foot.any(|line| {
        layout.segments(line).into_iter().any(|column| {
            has_ids_around(ids, column) && has_legal_form(&first_part(layout, column))
        })
    })
}

/// The words of a column up to the first stroke or point between names: `Muster GmbH · Gasse 1`.
fn first_part(layout: &Layout, column: Spot) -> String {
    let words = layout.tokens(column).iter();
    let words = words.take_while(|word| !word.key.is_empty() || word.text == "&");
    let words = words.map(|word| word.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}

/// Three columns or more: what stands in this row heads the table of items.
fn is_table_heading(hits: &[Hit], line: usize) -> bool {
    let on_row = hits.iter().filter(|hit| hit.spot.line == line);
    on_row.filter(|hit| hit.label == Label::Column).count() >= 3
}

/// Begin the row below the name of the one addressed, folded.
const ATTENTION: [&str; 26] = [
    "z. hd",
    "z.hd",
    "zhd",
    "z. h",
    "z.h",
    "zu handen",
    "zu hd",
    "attn",
    "att.",
    "att:",
    "attention",
    "for the attention",
    "fao",
    "c/o",
    "c.a",
    "c. a",
    "alla c.a",
    "alla cortese",
    "all'attenzione",
    "a l'attention",
    "a la att",
    "a/a",
    "a la atencion",
    "t.a.v",
    "ter attentie",
    "tav ",
];

/// The row below begins with `z. Hd.`, `Attn.` and the like.
fn has_attention_below(layout: &Layout, spot: Spot) -> bool {
    let begins = |row: &Spot| {
        let text = fold(&layout.text(*row)).replace('’', "'");
        row.line <= spot.line + 2 && ATTENTION.iter().any(|words| text.starts_with(words))
    };
    layout.below(spot, 2).iter().any(begins)
}

/// Rows below a name in which a telephone number or a mail address shows that the block is the writer's own.
const CONTACT_ROWS: usize = 7;
/// Beginnings of words for a telephone, folded.
const PHONES: [&str; 6] = ["tel", "fax", "phone", "mobil", "gsm", "handy"];

fn has_contact_below(layout: &Layout, hits: &[Hit], ids: &Identifiers<'_>, spot: Spot) -> bool {
    layout.below(spot, CONTACT_ROWS).into_iter().any(|row| {
        let bears = ids.vat_ids.iter().chain(ids.ibans).any(|id| id.spot == row);
        let written = layout.tokens(row).iter().any(|token| {
            token.text.contains('@')
                || token.text.starts_with("www.")
                || PHONES.iter().any(|word| token.key.starts_with(word))
        });
        let labelled = hits.iter().any(|hit| {
            matches!(hit.label, Label::VatId | Label::Iban)
                && hit.spot.line == row.line
                && hit.spot.start == row.start
        });
        written || labelled || bears
    })
}

/// Within the first rows of a block: further down other things stand.
fn is_near_heading(hits: &[Hit], spot: Spot) -> bool {
    hits.iter().any(|hit| {
        hit.label == Label::Addressee
            && spot.line >= hit.spot.line
            && spot.line - hit.spot.line <= 4
    })
}

fn is_behind_name_label(hits: &[Hit], spot: Spot) -> bool {
    hits.iter().any(|hit| {
        hit.label == Label::Name && hit.spot.line == spot.line && hit.spot.end <= spot.start
    })
}

fn sellers(layout: &Layout, hits: &[Hit], spot: Spot) -> u32 {
    let beside = hits.iter().any(|hit| {
        hit.label == Label::Seller && hit.spot.line == spot.line && hit.spot.end <= spot.start
    });
    let in_block = block_of(layout, hits, spot) == Some(Label::Seller);
    let near = hits.iter().any(|hit| {
        hit.label == Label::Seller && spot.line > hit.spot.line && spot.line - hit.spot.line <= 3
    });
    if in_block && is_behind_name_label(hits, spot) {
        weight::SELLERS_NAME
    } else if beside || in_block && near {
        weight::SELLER
    } else {
        0
    }
}

/// The part before the first divider of a line with two or more of them and a number: the sender's address in small type.
fn senders_line(layout: &Layout) -> Option<Spot> {
    (0..layout.lines.len())
        .take_while(|line| layout.depth_per_mille(*line) < 400)
        .flat_map(|line| layout.segments(line))
        .find_map(|segment| {
            let tokens = layout.tokens(segment);
            let dividers = tokens
                .iter()
                .filter(|token| divides(&token.text) || token.text.ends_with(','))
                .count();
            let numbered = tokens
                .iter()
                .any(|token| token.text.chars().filter(char::is_ascii_digit).count() >= 4);
            let first = tokens
                .iter()
                .position(|token| divides(&token.text) || token.text.ends_with(','))?;
            let closed = tokens
                .get(first)
                .is_some_and(|token| token.text.ends_with(','));
            let part = Spot {
                end: segment.start + first + usize::from(closed),
                ..segment
            };
            let named = is_name(trimmed(&layout.text(part)));
            (dividers >= 2 && numbered && named).then_some(part)
        })
}

/// A postcode in one of the three rows below, in its column.
fn has_address_below(layout: &Layout, spot: Spot) -> bool {
    layout.below(spot, 3).into_iter().any(|row| {
        layout.tokens(row).iter().any(|token| {
            let plain = token.text.trim_matches(|c: char| !c.is_alphanumeric());
            let plain = plain.rsplit('-').next().unwrap_or(plain);
            (4..=5).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

fn has_ids_around(ids: &Identifiers<'_>, spot: Spot) -> bool {
    let mut all = ids.vat_ids.iter().chain(ids.ibans);
    all.any(|id| id.spot.line.abs_diff(spot.line) <= 3)
}

/// The middle of every web and mail address on the page, and of the sender's domain.
fn web_names(layout: &Layout, from_domain: Option<&str>) -> Vec<String> {
    let tokens = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let written = tokens.filter_map(|token| {
        let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        let host = text.rsplit('@').next().unwrap_or(text);
        let is_address = text.contains('@') || text.starts_with("www.") || text.starts_with("http");
        is_address.then(|| middle_of(host)).flatten()
    });
    let mut names = written
        .chain(from_domain.and_then(middle_of))
        .collect::<Vec<_>>();
    names.sort();
    names.dedup();
    names
}

/// Mail providers whose domain says nothing about who writes.
const PROVIDERS: [&str; 12] = [
    "gmail",
    "outlook",
    "hotmail",
    "yahoo",
    "gmx",
    "web",
    "aol",
    "icloud",
    "tonline",
    "googlemail",
    "live",
    "example",
];

fn middle_of(host: &str) -> Option<String> {
    let host = host
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .split('/')
        .next()?;
    let mut labels = host.rsplit('.');
    labels.next()?;
    let middle =
        labels.find(|label| label.len() > 3 || !matches!(*label, "co" | "com" | "org" | "ac"))?;
    let name = squash(middle);
    (name.chars().count() >= 3 && name != "www" && !PROVIDERS.contains(&name.as_str()))
        .then_some(name)
}
