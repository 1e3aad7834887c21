//! Who issued a page and whom it addresses: letterhead, sender line, footer, web address, the parties we know.

mod letterhead;
mod name;
pub mod sections;

use super::super::identity::{KnownParty, OwnIdentity, core_name, is_named, name_words};
use super::super::labels::{Hit, Label};
use super::super::layout::{Layout, Spot};
use super::identifiers::Found;
use crate::basics::text::{one_line, squash};

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
    /// Our name as found, for the customer's name.
    pub own: Option<Found>,
    /// The known party that issued it, by its index.
    pub known: Option<usize>,
}

/// What identifiers the page carries.
pub struct Identifiers<'a> {
    /// VAT ids.
    pub vat_ids: &'a [Found],
    /// Accounts.
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
    let own_spots = own_names(layout, own);
    let known_index = known_party(layout, ids, known);
    let supplier = match known_index
        .and_then(|(index, sure, spot)| known.get(index).map(|party| (party, sure, spot)))
    {
        Some((party, sure, spot)) => Some(Found {
            value: party.name.clone(),
            spot: spot.unwrap_or(START),
            confidence: sure,
        }),
        None => letterhead::issuer(layout, hits, ids, own),
    };
    let own_vat = ids.vat_ids.iter().find(|id| own.is_own_vat(&id.value));
    let own_account = ids.ibans.iter().any(|id| own.is_own_iban(&id.value));
    let other_wrote = known_index
        .and_then(|(index, _, _)| known.get(index))
        .is_some_and(|party| !is_only_addressed(layout, hits, ids, own, party));
    let foreign = other_wrote || ids.vat_ids.iter().any(|id| !own.is_own_vat(&id.value));
    let issuing_name = own_spots
        .iter()
        .any(|spot| is_issuer_place(layout, hits, *spot));
    let addressed_name = own_spots
        .iter()
        .any(|spot| is_addressee_place(layout, hits, *spot));
    let named = !own_spots.is_empty() || own_vat.is_some();
    // Our account to be paid to, or our VAT id alone in the letterhead: we wrote it.
    let issued_by_us = own_account && known_index.is_none()
        || (issuing_name && !addressed_name && !foreign)
        || (own_vat.is_some() && !foreign && !addressed_name);
    let own = own_spots.first().map(|spot| Found {
        value: one_line(&layout.text(*spot), MAX_NAME_CHARS),
        spot: *spot,
        confidence: 900,
    });
    Parties {
        supplier,
        addressed_to_us: named && !issued_by_us,
        issued_by_us,
        own,
        known: known_index.map(|(index, _, _)| index),
    }
}

const START: Spot = Spot {
    line: 0,
    start: 0,
    end: 0,
};

/// Where one of our names stands.
fn own_names(layout: &Layout, own: &OwnIdentity) -> Vec<Spot> {
    if own.names.is_empty() {
        return Vec::new();
    }
    let cores = own
        .names
        .iter()
        .map(|name| core_name(name))
        .filter(|core| core.chars().count() >= 3)
        .collect::<Vec<_>>();
    spots_of(layout, &cores)
}

/// Segments with one of these squashed names in them.
fn spots_of(layout: &Layout, cores: &[String]) -> Vec<Spot> {
    let mut spots = Vec::new();
    for line in 0..layout.lines.len() {
        for segment in layout.segments(line) {
            let squashed = squash(&layout.text(segment));
            spots.extend(
                cores
                    .iter()
                    .any(|core| squashed.contains(core))
                    .then_some(segment),
            );
        }
    }
    spots
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
    let spots = spots_of(layout, &[core_name(&party.name)]);
    let addressed = |spot: &Spot| {
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
        (false, false) => 920,
        (false, true) => 850,
    };
    Some((*index, sure, Some(*spot)))
}

#[cfg(test)]
mod tests {
    use super::super::super::labels;
    use super::*;

    fn read(text: &str, own: &OwnIdentity, known: &[KnownParty]) -> Parties {
        let layout = Layout::of_text(text);
        let ids = Identifiers {
            vat_ids: &[],
            ibans: &[],
            from_domain: None,
        };
        parties(&layout, &labels::find(&layout), &ids, own, known)
    }

    fn tavola() -> OwnIdentity {
        OwnIdentity {
            names: vec!["La Tavola GmbH".into()],
            ..OwnIdentity::default()
        }
    }

    const LETTER: &str = "Nordlicht Handel GmbH - Hafenstr. 1 - 20457 Hamburg\n\nLa Tavola GmbH\nGasse 2\n80331 München\n\nRechnung 4711\nBetrag 5,00\nDanke\nBis bald\nwww.nordlicht-handel.test\n";

    #[test]
    fn the_sender_line_names_the_supplier_and_the_window_names_us() {
        let parties = read(LETTER, &tavola(), &[]);
        assert_eq!(
            parties.supplier.as_ref().map(|s| s.value.as_str()),
            Some("Nordlicht Handel GmbH")
        );
        assert!(parties.supplier.is_some_and(|s| s.confidence < 900));
        assert!(parties.addressed_to_us && !parties.issued_by_us);
    }

    #[test]
    fn a_known_supplier_is_sure() {
        let known = KnownParty {
            name: "Nordlicht Handel GmbH".into(),
            ..KnownParty::default()
        };
        let parties = read(LETTER, &tavola(), &[known]);
        assert_eq!(parties.known, Some(0));
        assert!(parties.supplier.is_some_and(|s| s.confidence >= 900));
    }

    #[test]
    fn part_of_a_word_is_no_known_supplier_and_of_two_none_is_sure() {
        let known = |name: &str| KnownParty {
            name: name.into(),
            ..KnownParty::default()
        };
        let shorter = read(LETTER, &tavola(), &[known("Licht Handel GmbH")]);
        assert_eq!(shorter.known, None);
        let names = [known("Handel AG"), known("Nordlicht Handel GmbH")];
        let longest = read(LETTER, &tavola(), &names);
        assert_eq!(longest.known, Some(1));
        assert!(longest.supplier.is_some_and(|s| s.confidence >= 900));
        let text = format!("Harmsen Spedition KG\n{LETTER}");
        let names = [
            known("Harmsen Spedition KG"),
            known("Nordlicht Handel GmbH"),
        ];
        let two = read(&text, &tavola(), &names);
        assert!(two.supplier.is_some_and(|s| s.confidence < 900));
    }

    const ORDER: &str = "La Tavola GmbH\n\nDatum 9.11.2026\nNordlicht Handel GmbH\nHafenstr. 1\n20457 Hamburg\n\nBestellung 77\nWir bestellen\n1 Karton\nSumme 5,00\nDanke\nBis bald\nGasse 2\n80331 München\nUSt-IdNr. DE318405278\n";

    fn read_order(vat_line: usize, from_domain: Option<&str>) -> Parties {
        let layout = Layout::of_text(ORDER);
        let us = OwnIdentity {
            vat_ids: vec![crate::basics::tax_id::VatId::parse("DE318405278").expect("a VAT id")],
            ..tavola()
        };
        let supplier = KnownParty {
            name: "Nordlicht Handel GmbH".into(),
            domains: vec!["nordlicht.example".into()],
            ..KnownParty::default()
        };
        let vat = Found {
            value: "DE318405278".into(),
            spot: Spot {
                line: vat_line,
                start: 0,
                end: 2,
            },
            confidence: 960,
        };
        let ids = Identifiers {
            vat_ids: &[vat],
            ibans: &[],
            from_domain,
        };
        parties(&layout, &labels::find(&layout), &ids, &us, &[supplier])
    }

    #[test]
    fn a_supplier_we_know_and_only_address_did_not_write_our_order() {
        let foot = Layout::of_text(ORDER).lines.len() - 1;
        let ours = read_order(foot, Some("latavola.example"));
        assert!(ours.issued_by_us && !ours.addressed_to_us, "{ours:?}");
        assert_eq!(
            ours.supplier.map(|s| s.value).as_deref(),
            Some("Nordlicht Handel GmbH")
        );
        // Names alone are not enough, and what the supplier mails is the supplier's.
        assert!(!read_order(5, None).issued_by_us);
        assert!(!read_order(foot, Some("nordlicht.example")).issued_by_us);
    }
}
