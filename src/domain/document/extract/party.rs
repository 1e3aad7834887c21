//! Who issued a page and whom it addresses: letterhead, sender line, footer, web address, the parties we know.

mod letterhead;
mod name;
pub mod sections;
mod signs;

use super::super::identity::{
    KnownParty, OwnIdentity, core_name, has_legal_form, is_named, name_words,
};
use super::super::labels::{Hit, Label};
use super::super::layout::{Layout, Spot, Token};
use super::identifiers::Found;
use crate::basics::text::squash;

/// Longest name of a company kept.
const MAX_NAME_CHARS: usize = 120;

/// Roles of our own companies on a page, and the issuer's name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parties {
    /// Who issued it.
    pub supplier: Option<Found>,
    /// One of ours is named as the one addressed, or simply named while somebody else issued it.
    pub addressed_to_us: bool,
    /// One of ours issued it.
    pub issued_by_us: bool,
    /// Only an account of ours says that one of ours issued it.
    pub only_by_account: bool,
    /// Our name as configured, where it was found, for the customer's name.
    pub own: Option<Found>,
    /// The known party that issued it, by its index.
    pub known: Option<usize>,
}

/// What identifiers the page carries.
pub struct Identifiers<'a> {
    /// VAT ids.
    pub vat_ids: &'a [Found],
    /// Accounts one pays to: none that will be debited.
    pub ibans: &'a [Found],
    /// Domain of the mail's sender, when there is one.
    pub from_domain: Option<&'a str>,
}

/// Reads the parties of a page.
pub fn parties(
    layout: &Layout,
    hits: &[Hit],
    ids: &Identifiers<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Parties {
    let own_names = own_names(layout, own);
    let known_index = known_party(layout, ids, known);
    let supplier = match known_index
        .and_then(|(index, sure, spot)| known.get(index).map(|party| (party, sure, spot)))
    {
        Some((party, sure, spot)) => Some(Found {
            value: party.name.clone(),
            spot: spot.unwrap_or(START),
            confidence: sure.min(known_at_most(layout, hits, ids, own, (party, sure))),
        }),
        None => letterhead::issuer(layout, hits, ids, own),
    };
    let own_vat = ids.vat_ids.iter().find(|id| own.is_own_vat(&id.value));
    let own_account = ids.ibans.iter().any(|id| own.is_own_iban(&id.value));
    let other_wrote = known_index
        .and_then(|(index, _, _)| known.get(index))
        .is_some_and(|party| !is_only_addressed(layout, hits, ids, own, party));
    let foreign = other_wrote || ids.vat_ids.iter().any(|id| !own.is_own_vat(&id.value));
    // Another company above or beside it is the writer, however far up our name stands.
    let written_by = supplier.as_ref().filter(|other| other.confidence >= LIKELY);
    let issuing_name = own_names.iter().any(|(spot, _)| {
        let depth = layout.depth_per_mille(spot.line);
        let is_below = written_by.is_some_and(|other| other.spot.line <= spot.line && depth < 880);
        is_issuer_place(layout, hits, *spot) && !is_below && !is_led_by_to(layout, *spot)
    });
    let addressed_name = own_names
        .iter()
        .any(|(spot, _)| is_addressee_place(layout, hits, *spot));
    let named = !own_names.is_empty() || own_vat.is_some();
    // Our account alone says little: who collects a bill prints the account he collects from. It says that we wrote it
    // where our name stands as the writer's, or where nobody else's VAT id and no address of ours speak against it.
    let as_writer = issuing_name && (own_vat.is_some() || !foreign);
    let by_account =
        own_account && known_index.is_none() && (as_writer || !foreign && !addressed_name);
    // Our name, or our VAT id alone, in the letterhead: we wrote it.
    let by_name = !addressed_name && !foreign && (issuing_name || own_vat.is_some());
    let issued_by_us = by_account || by_name;
    let own = own_names.first().map(|(spot, name)| Found {
        value: (*name).to_owned(),
        spot: *spot,
        confidence: 900,
    });
    Parties {
        supplier,
        addressed_to_us: named && !issued_by_us,
        issued_by_us,
        only_by_account: by_account && !by_name && !as_writer,
        own,
        known: known_index.map(|(index, _, _)| index),
    }
}

/// A name from the books may be mentioned on somebody else's paper: it is not sure where the letterhead names another company
/// or another VAT id than its own stands on the page. Its own VAT id or account, or its mail, say more than a name.
fn known_at_most(
    layout: &Layout,
    hits: &[Hit],
    ids: &Identifiers<'_>,
    own: &OwnIdentity,
    (party, sure): (&KnownParty, u16),
) -> u16 {
    if sure != BY_NAME {
        return sure;
    }
    let core = core_name(&party.name);
    let others = letterhead::issuer(layout, hits, ids, own).filter(|other| {
        other.confidence >= LIKELY
            && has_legal_form(&other.value)
            && !is_named(&name_words(&other.value), &core)
    });
    let is_foreign = |id: &Found| {
        !own.is_own_vat(&id.value)
            && party
                .vat_id
                .as_ref()
                .is_some_and(|vat| vat.as_str() != id.value)
    };
    if others.is_some() || ids.vat_ids.iter().any(is_foreign) {
        MENTIONED
    } else {
        sure
    }
}

/// Per mille for a known name that is the only one on the page.
const BY_NAME: u16 = 920;
/// Per mille for one that may only be mentioned.
const MENTIONED: u16 = 850;
/// From here a name of the letterhead is likely the writer's, per mille.
const LIKELY: u16 = 700;
/// Words right before a name that make it the one addressed, folded.
const TO: [&str; 9] = [
    "to", "an", "a", "aan", "spett.le", "spettle", "spett", "firma", "para",
];

/// `To: La Tavola GmbH`: the first word of its column, or the whole column left of it.
fn is_led_by_to(layout: &Layout, spot: Spot) -> bool {
    let is_to = |token: &Token| TO.contains(&token.key.as_str());
    let first = layout.tokens(spot).first().is_some_and(is_to);
    let line = layout.lines.get(spot.line);
    let before = spot
        .start
        .checked_sub(1)
        .and_then(|at| line?.tokens.get(at));
    first || before.is_some_and(is_to)
}

const START: Spot = Spot {
    line: 0,
    start: 0,
    end: 0,
};

/// Where one of our names stands, and which.
fn own_names<'o>(layout: &Layout, own: &'o OwnIdentity) -> Vec<(Spot, &'o str)> {
    let names = own.names.iter().map(String::as_str);
    spots_of(layout, &names.collect::<Vec<_>>())
}

/// Segments with one of these names in them, in whole words and with or without its legal form: `Arte` does not stand in
/// `Kreditkarte`. The longest of several.
fn spots_of<'n>(layout: &Layout, names: &[&'n str]) -> Vec<(Spot, &'n str)> {
    let mut named = names
        .iter()
        .map(|name| (core_name(name), squash(name), *name))
        .filter(|(core, ..)| core.chars().count() >= 3)
        .collect::<Vec<_>>();
    named.sort_by_key(|(core, ..)| std::cmp::Reverse(core.len()));
    if named.is_empty() {
        return Vec::new();
    }
    let lines = 0..layout.lines.len();
    let segments = lines.flat_map(|line| layout.segments(line));
    let found = segments.filter_map(|segment| {
        let words = name_words(&layout.text(segment));
        let is_here = |core: &str, whole: &str| is_named(&words, core) || is_named(&words, whole);
        let (.., name) = named.iter().find(|(core, whole, _)| is_here(core, whole))?;
        Some((segment, *name))
    });
    found.collect()
}

/// The first rows of the first page, or its foot.
fn is_issuer_place(layout: &Layout, hits: &[Hit], spot: Spot) -> bool {
    let depth = layout.depth_per_mille(spot.line);
    let labelled = hits
        .iter()
        .any(|hit| hit.label == Label::Addressee && near(hit, spot));
    !labelled && (depth < 100 || (880..1000).contains(&depth))
}

/// Below or beside a label of the addressee, or in the window of the envelope.
fn is_addressee_place(layout: &Layout, hits: &[Hit], spot: Spot) -> bool {
    let depth = layout.depth_per_mille(spot.line);
    hits.iter()
        .any(|hit| hit.label == Label::Addressee && near(hit, spot))
        || (100..450).contains(&depth)
}

fn near(hit: &Hit, spot: Spot) -> bool {
    spot.line >= hit.spot.line && spot.line - hit.spot.line <= 3
}

/// A party we know is named as the one addressed and nowhere else, while letterhead or foot carry our VAT id: our own order
/// to a supplier, our own invoice to a customer. Names alone are weak (DOMAIN 2.4): one word of the other party as the
/// writer, its domain or anybody else's account, and it is not so.
fn is_only_addressed(
    layout: &Layout,
    hits: &[Hit],
    ids: &Identifiers<'_>,
    own: &OwnIdentity,
    party: &KnownParty,
) -> bool {
    let our_paper = ids
        .vat_ids
        .iter()
        .any(|id| own.is_own_vat(&id.value) && is_issuer_place(layout, hits, id.spot));
    let from_them = ids.from_domain.is_some_and(|from| {
        party
            .domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(from))
    });
    let pays_others = ids.ibans.iter().any(|id| !own.is_own_iban(&id.value));
    let spots = spots_of(layout, &[party.name.as_str()]);
    let addressed = |(spot, _): &(Spot, &str)| {
        is_addressee_place(layout, hits, *spot) && !is_issuer_place(layout, hits, *spot)
    };
    our_paper && !from_them && !pays_others && !spots.is_empty() && spots.iter().all(addressed)
}

/// The known party this page is from: by its VAT id, its account, its name or the sender's domain, in this order of trust.
fn known_party(
    layout: &Layout,
    ids: &Identifiers<'_>,
    known: &[KnownParty],
) -> Option<(usize, u16, Option<Spot>)> {
    let by_vat = known.iter().enumerate().find_map(|(index, party)| {
        let vat = party.vat_id.as_ref()?;
        ids.vat_ids
            .iter()
            .find(|found| found.value == vat.as_str())
            .map(|found| (index, 970, Some(found.spot)))
    });
    let by_account = || {
        known.iter().enumerate().find_map(|(index, party)| {
            let found = ids
                .ibans
                .iter()
                .find(|found| party.ibans.iter().any(|iban| iban.as_str() == found.value))?;
            Some((index, 960, Some(found.spot)))
        })
    };
    let by_name = || {
        let upper = (0..layout.lines.len()).filter(|line| {
            let depth = layout.depth_per_mille(*line);
            !(400..=850).contains(&depth)
        });
        let segments = upper
            .flat_map(|line| layout.segments(line))
            .map(|spot| (spot, name_words(&layout.text(spot))))
            .collect::<Vec<_>>();
        let mut named = Vec::new();
        for (index, party) in known.iter().enumerate() {
            let core = core_name(&party.name);
            let long_enough = core.chars().count() >= 5;
            let spot = segments.iter().find(|(_, words)| is_named(words, &core));
            let domain = ids.from_domain.is_some_and(|from| {
                party
                    .domains
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(from))
            });
            if let Some((spot, _)) = spot.filter(|_| long_enough) {
                named.push((core, domain, index, *spot));
            }
        }
        best_named(&named)
    };
    let by_domain = || {
        let from = ids.from_domain?;
        let mut all = known.iter().enumerate().filter(|(_, party)| {
            party
                .domains
                .iter()
                .any(|own| own.eq_ignore_ascii_case(from))
        });
        let (index, _) = all.next()?;
        all.next().is_none().then_some((index, 880, None))
    };
    by_vat
        .or_else(by_account)
        .or_else(by_name)
        .or_else(by_domain)
}

/// The one of several known names on a page: the one whose domain wrote the mail, else the longest. Where another that is no
/// part of it stands there, too, it is not sure.
fn best_named(named: &[(String, bool, usize, Spot)]) -> Option<(usize, u16, Option<Spot>)> {
    let by_domain = named.iter().find(|(_, domain, ..)| *domain);
    let longest = || {
        let longest = named.iter().map(|(core, ..)| core.len()).max()?;
        named.iter().find(|(core, ..)| core.len() == longest)
    };
    let (core, domain, index, spot) = by_domain.or_else(longest)?;
    let others = named.iter().any(|(other, ..)| !core.contains(other));
    let sure = match (domain, others) {
        (true, _) => 960,
        (false, false) => BY_NAME,
        (false, true) => 850,
    };
    Some((*index, sure, Some(*spot)))
}

#[cfg(test)]
mod tests;
