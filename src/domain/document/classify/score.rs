//! Evidence added up per kind, in hundredths of a natural log-odds, capped per family so that no family decides alone
//! (DOMAIN 2.5), and turned into probabilities without a float.

use super::super::words::{HEADINGS, Heading, says};

/// Caps of the families, in hundredths.
const TITLE_CAP: u32 = 290;
const TYPICAL_CAP: u32 = 300;
const TELLING_CAP: u32 = 270;
/// A paper that says it is none of a kind is hardly one, whatever it looks like.
const AGAINST: u32 = 300;
const AROUND_CAP: u32 = 160;
const BODY: u32 = 50;
/// A weaker heading is the label of a column or a number.
const LEAST_TITLE: u32 = 100;
/// What such a label weighs.
pub const LABEL: u32 = 40;

/// What speaks for each kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scores {
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    heading: Heading,
    title: u32,
    /// The heading stands by itself, not before a number as where another paper is named.
    is_bare: bool,
    telling: u32,
    typical: u32,
    around: u32,
    body: u32,
    against: u32,
    reasons: Vec<String>,
}

impl Entry {
    fn sum(&self) -> u32 {
        let for_it = self.title.min(TITLE_CAP)
            + self.telling.min(TELLING_CAP)
            + self.typical.min(TYPICAL_CAP)
            + self.around.min(AROUND_CAP)
            + self.body.min(BODY);
        for_it.saturating_sub(self.against)
    }
}

impl Scores {
    fn change(&mut self, heading: Heading, change: impl FnOnce(&mut Entry)) {
        if !self.entries.iter().any(|entry| entry.heading == heading) {
            self.entries.push(Entry {
                heading,
                title: 0,
                is_bare: false,
                telling: 0,
                typical: 0,
                around: 0,
                body: 0,
                against: 0,
                reasons: Vec::new(),
            });
        }
        if let Some(entry) = self
            .entries
            .iter_mut()
            .find(|entry| entry.heading == heading)
        {
            change(entry);
        }
    }

    /// A heading on the page; of several the strongest counts. `is_bare`: nothing stands behind it, or it is taller than the
    /// rest.
    pub fn title(&mut self, heading: Heading, (weight, is_bare): (u32, bool), words: &str) {
        if weight == 0 {
            return;
        }
        self.change(heading, |entry| {
            if weight > entry.title {
                entry.title = weight;
                entry.is_bare = is_bare;
                entry
                    .reasons
                    .retain(|reason| !reason.starts_with("the page is headed"));
                entry
                    .reasons
                    .insert(0, format!("the page is headed \"{words}\""));
            }
        });
    }

    /// The kind of these whose heading is the strongest, unless two are named alike.
    pub fn named_of(&self, family: &[Heading]) -> Option<Heading> {
        let titled = |entry: &&Entry| family.contains(&entry.heading) && entry.title >= LEAST_TITLE;
        let best = self
            .entries
            .iter()
            .filter(titled)
            .max_by_key(|entry| entry.title)?;
        Some(best.heading)
    }

    /// These two are the likeliest kinds, in any order, and something speaks for them.
    pub fn are_first(&self, a: Heading, b: Heading) -> bool {
        let mut sums = self
            .entries
            .iter()
            .map(|entry| (entry.sum(), entry.heading))
            .collect::<Vec<_>>();
        sums.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
        match sums.as_slice() {
            [(_, first), (second, other), ..] => {
                *second >= LEAST_TITLE && ((*first, *other) == (a, b) || (*first, *other) == (b, a))
            }
            _ => false,
        }
    }

    /// The weight of the strongest heading, in hundredths; 0 without any.
    pub fn strongest_title(&self) -> u32 {
        self.entries
            .iter()
            .map(|entry| entry.title)
            .max()
            .unwrap_or(0)
    }

    /// A heading names this kind, or the file or subject does.
    pub fn is_named(&self, heading: Heading) -> bool {
        let named = |entry: &Entry| entry.title >= LEAST_TITLE || entry.around > 0;
        self.entries
            .iter()
            .any(|entry| entry.heading == heading && named(entry))
    }

    /// The page bears the word for this kind, as a heading or as a label.
    pub fn is_titled(&self, heading: Heading) -> bool {
        let mut own = self.entries.iter();
        own.any(|entry| entry.heading == heading && entry.title > 0)
    }

    /// The most that phrases say for one kind of these, in hundredths.
    pub fn strongest_telling(&self, family: &[Heading]) -> u32 {
        let own = self.entries.iter();
        own.filter(|entry| family.contains(&entry.heading))
            .map(|entry| entry.telling)
            .max()
            .unwrap_or(0)
    }

    /// The weight of the strongest heading of these that stands by itself.
    pub fn bare_title(&self, family: &[Heading]) -> u32 {
        let bare = self.entries.iter().filter(|entry| entry.is_bare);
        bare.filter(|entry| family.contains(&entry.heading))
            .map(|entry| entry.title)
            .max()
            .unwrap_or(0)
    }

    /// Headings of these that only stand before numbers name other papers: no more than labels.
    pub fn as_labels(&mut self, family: &[Heading]) {
        let named = self.entries.iter_mut();
        for entry in named.filter(|entry| family.contains(&entry.heading) && !entry.is_bare) {
            entry.title = entry.title.min(LABEL);
        }
    }

    /// A phrase that only papers of this kind have.
    pub fn telling(&mut self, heading: Heading, weight: u32, phrase: &str) {
        self.change(heading, |entry| {
            entry.telling += weight;
            entry.reasons.push(format!("it says \"{phrase}\""));
        });
    }

    /// The paper itself says that it is none of this kind.
    pub fn against(&mut self, heading: Heading, why: &str) {
        if let Some(entry) = self.entries.iter_mut().find(|own| own.heading == heading) {
            entry.against = AGAINST;
            entry.reasons.push(why.to_owned());
        }
    }

    /// Something papers of this kind have.
    pub fn typical(&mut self, heading: Heading, weight: u32, what: &str) {
        self.change(heading, |entry| {
            entry.typical += weight;
            entry.reasons.push(format!("it has {what}"));
        });
    }

    /// File name or subject.
    pub fn around(&mut self, heading: Heading, weight: u32, what: &str) {
        self.change(heading, |entry| {
            entry.around += weight;
            entry.reasons.push(format!("{what} says so"));
        });
    }

    /// Words anywhere in the text: only for kinds that more than a label speaks for, and never much.
    pub fn body(&mut self, text: &str) {
        for entry in self
            .entries
            .iter_mut()
            .filter(|own| own.sum() >= LEAST_TITLE)
        {
            let own = HEADINGS
                .iter()
                .filter(|(heading, _)| *heading == entry.heading);
            let mut words = own.flat_map(|(_, words)| words.iter());
            if words.any(|word| word.len() >= 5 && says(text, word)) {
                entry.body = BODY;
            }
        }
    }

    /// Two kinds named by the same word and otherwise alike.
    pub fn are_level(&self, a: Heading, b: Heading) -> bool {
        let of = |heading: Heading| self.entries.iter().find(|entry| entry.heading == heading);
        match (of(a), of(b)) {
            (Some(a), Some(b)) => {
                a.title > 0 && a.title == b.title
                    || a.title == 0 && b.title == 0 && a.around > 0 && a.around == b.around
            }
            _ => false,
        }
    }

    /// Another fact speaks against this kind for good.
    pub fn take_out(&mut self, heading: Heading) {
        self.entries.retain(|entry| entry.heading != heading);
    }

    /// What spoke for a kind, in words.
    pub fn reasons(&self, heading: Heading) -> Vec<String> {
        let entry = self.entries.iter().find(|entry| entry.heading == heading);
        entry.map(|entry| entry.reasons.clone()).unwrap_or_default()
    }
}

/// The likeliest kind, its probability and its lead over the second, in per mille. That it is none of them has the weight
/// of no evidence at all.
pub fn outcome(scores: &Scores) -> (Option<Heading>, u16, u16) {
    let mut sums = scores
        .entries
        .iter()
        .map(|entry| (entry.sum(), Some(entry.heading)))
        .collect::<Vec<_>>();
    sums.push((0, None));
    sums.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let top = sums.first().map_or(0, |(sum, _)| *sum);
    let weights = sums
        .iter()
        .map(|(sum, heading)| (decay(top - *sum), *heading))
        .collect::<Vec<_>>();
    let all = weights
        .iter()
        .map(|(weight, _)| u64::from(*weight))
        .sum::<u64>()
        .max(1);
    let share = |at: usize| {
        weights
            .get(at)
            .map_or(0, |(weight, _)| u64::from(*weight) * 1000 / all)
    };
    let probability = u16::try_from(share(0)).unwrap_or(1000);
    let margin = u16::try_from(share(0).saturating_sub(share(1))).unwrap_or(0);
    (
        weights.first().and_then(|(_, heading)| *heading),
        probability,
        margin,
    )
}

/// e^(-hundredths/100) in millionths: the powers in steps of a quarter, straight lines between.
fn decay(hundredths: u32) -> u32 {
    const STEP: u32 = 25;
    const POWERS: [u32; 34] = [
        1_000_000, 778_801, 606_531, 472_367, 367_879, 286_505, 223_130, 173_774, 135_335, 105_399,
        82_085, 63_928, 49_787, 38_774, 30_197, 23_518, 18_316, 14_264, 11_109, 8_652, 6_738,
        5_248, 4_087, 3_183, 2_479, 1_930, 1_503, 1_171, 912, 710, 553, 431, 335, 0,
    ];
    let at = usize::try_from(hundredths / STEP).unwrap_or(usize::MAX);
    let low = POWERS.get(at).copied().unwrap_or(0);
    let high = POWERS.get(at.saturating_add(1)).copied().unwrap_or(0);
    low - (low - high) * (hundredths % STEP) / STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_follow_the_exponential() {
        assert_eq!(decay(0), 1_000_000);
        assert_eq!(decay(100), 367_879);
        assert_eq!(decay(10_000), 0);
        assert!((598_000..610_000).contains(&decay(51)));
    }

    #[test]
    fn a_title_alone_suggests_and_with_an_invoice_number_decides() {
        let mut scores = Scores::default();
        scores.title(Heading::Invoice, (250, true), "invoice");
        let (heading, probability, _) = outcome(&scores);
        assert_eq!(heading, Some(Heading::Invoice));
        assert!((900..950).contains(&probability), "{probability}");
        scores.typical(Heading::Invoice, 100, "a number");
        assert!(outcome(&scores).1 >= 950);
    }

    #[test]
    fn two_titles_alike_leave_no_margin() {
        let mut scores = Scores::default();
        scores.title(Heading::Statement, (250, true), "kontoauszug");
        scores.title(Heading::Bank, (250, true), "kontoauszug");
        let (_, probability, margin) = outcome(&scores);
        assert!(probability < 700 && margin == 0);
        assert!(scores.are_level(Heading::Statement, Heading::Bank));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(outcome(&Scores::default()), (None, 1000, 1000));
    }
}
