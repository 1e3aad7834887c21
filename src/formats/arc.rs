//! The Authenticated Received Chain (RFC 8617): what those who handed a mail on say they had checked before they changed it.
//!
//! Read only; whether the seals hold is somebody else's question.

use super::authentication_results::{self, MethodResult};

/// What one of them added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArcSet {
    /// `d=` of its ARC-Seal, lower case.
    pub sealer: String,
    /// Its ARC-Message-Signature covers the From field.
    pub covers_from: bool,
    /// Its ARC-Authentication-Results; empty where they do not follow the grammar.
    pub results: Vec<MethodResult>,
}

/// Longest chain the standard allows (RFC 8617 section 4.2.1).
const MAX_SETS: usize = 50;

/// The sets of a header section, the oldest first. Empty unless there is exactly one of each field for each instance from
/// 1 on: of a chain with a gap nobody can say who added what.
pub fn read(fields: &[(String, String)]) -> Vec<ArcSet> {
    whole_chain(fields).unwrap_or_default()
}

fn whole_chain(fields: &[(String, String)]) -> Option<Vec<ArcSet>> {
    let seals = by_instance(fields, "ARC-Seal", |value| {
        let tags = tags(value)?;
        Some((tag(&tags, "i")?, tag(&tags, "d")?.to_ascii_lowercase()))
    })?;
    let signatures = by_instance(fields, "ARC-Message-Signature", |value| {
        let tags = tags(value)?;
        let mut signed = tag(&tags, "h")?.split(':');
        let covers_from = signed.any(|name| name.trim().eq_ignore_ascii_case("from"));
        Some((tag(&tags, "i")?, covers_from))
    })?;
    let results = by_instance(fields, "ARC-Authentication-Results", |value| {
        let (instance, said) = value.split_once(';')?;
        let instance = instance.trim().strip_prefix("i=")?.trim();
        let said = authentication_results::read(said).map(|read| read.results);
        Some((instance, said.unwrap_or_default()))
    })?;
    if seals.len() != signatures.len() || seals.len() != results.len() {
        return None;
    }
    let sets = seals.into_iter().zip(signatures).zip(results);
    Some(
        sets.map(|((sealer, covers_from), results)| ArcSet {
            sealer,
            covers_from,
            results,
        })
        .collect(),
    )
}

/// What `read` made of the fields of this name, instance 1 first.
fn by_instance<'f, T>(
    fields: &'f [(String, String)],
    name: &str,
    read: impl Fn(&'f str) -> Option<(&'f str, T)>,
) -> Option<Vec<T>> {
    let named = fields
        .iter()
        .filter(|(own, _)| own.eq_ignore_ascii_case(name));
    let mut numbered = Vec::new();
    for (_, value) in named.take(MAX_SETS + 1) {
        let (instance, found) = read(value)?;
        numbered.push((instance.parse::<usize>().ok()?, found));
    }
    numbered.sort_by_key(|(instance, _)| *instance);
    let mut in_order = numbered.iter().zip(1_usize..);
    let is_whole = in_order.all(|((instance, _), wanted)| *instance == wanted);
    (is_whole && numbered.len() <= MAX_SETS)
        .then(|| numbered.into_iter().map(|(_, found)| found).collect())
}

/// `tag=value` pairs (RFC 6376 section 3.2); a tag written twice makes the whole list worthless.
fn tags(value: &str) -> Option<Vec<(&str, &str)>> {
    let mut tags: Vec<(&str, &str)> = Vec::new();
    for pair in value.split(';').filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let name = name.trim();
        if tags.iter().any(|(own, _)| *own == name) {
            return None;
        }
        tags.push((name, value.trim()));
    }
    Some(tags)
}

fn tag<'t>(tags: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    let mut named = tags.iter().filter(|(own, _)| *own == name);
    named.next().map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(instance: usize, sealer: &str, signed: &str) -> Vec<(String, String)> {
        let field = |name: &str, value: String| (name.to_owned(), value);
        vec![
            field(
                "ARC-Seal",
                format!("i={instance}; a=rsa-sha256; d={sealer}; cv=none; b=AA=="),
            ),
            field(
                "ARC-Message-Signature",
                format!("i={instance}; d={sealer}; h={signed}; bh=; b=AA=="),
            ),
            field(
                "ARC-Authentication-Results",
                format!("i={instance}; mx.{sealer}; dmarc=pass header.from=example.com"),
            ),
        ]
    }

    #[test]
    fn the_oldest_set_comes_first_however_the_fields_stand() {
        let newest_first = [
            set(2, "Gate.Example", "to : from"),
            set(1, "list.example", "to:subject"),
        ]
        .concat();
        let sets = read(&newest_first);
        let told = sets
            .iter()
            .map(|set| (set.sealer.as_str(), set.covers_from, set.results.len()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [("list.example", false, 1), ("gate.example", true, 1)]
        );
    }

    #[test]
    fn a_chain_with_a_gap_a_double_or_a_tag_twice_is_none() {
        let one = set(1, "list.example", "from");
        let gap = [
            set(1, "list.example", "from"),
            set(3, "gate.example", "from"),
        ]
        .concat();
        let double = [one.clone(), one.clone()].concat();
        let mut two_domains = one.clone();
        two_domains[0].1.push_str("; d=boss.example");
        for broken in [
            &one[..2],
            &gap,
            &double,
            &two_domains,
            &set(0, "list.example", "from"),
        ] {
            assert_eq!(read(broken), [], "{broken:?}");
        }
        let many = (1..=51).flat_map(|instance| set(instance, "list.example", "from"));
        assert_eq!(read(&many.collect::<Vec<_>>()), []);
    }

    #[test]
    fn results_that_follow_no_grammar_say_nothing() {
        let mut one = set(1, "list.example", "from");
        one[2].1 = "i=1; mx.list.example; dmarc=pass \"open".into();
        assert_eq!(read(&one).first().map(|set| set.results.len()), Some(0));
    }
}
