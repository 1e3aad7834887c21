//! Where a seed lets the program die.

use std::collections::BTreeMap;
use std::fmt;

use countinghouse::io::failpoint::{Act, Side};

use crate::dice::Dice;

/// Every place that was met, with how often.
pub type Places = BTreeMap<String, u64>;

/// All there are.
pub fn all_places() -> impl Iterator<Item = String> {
    let sides = |act: &Act| {
        let act = *act;
        Side::ALL.iter().map(move |side| format!("{act}.{side}"))
    };
    Act::ALL.iter().flat_map(sides)
}

/// The places the program told of on standard error.
pub fn told(standard_error: &str) -> Places {
    let mut places = Places::new();
    for place in standard_error
        .lines()
        .filter_map(|line| line.strip_prefix("met "))
    {
        *places.entry(place.to_owned()).or_default() += 1;
    }
    places
}

/// What is met only by whoever comes after: the journal of the dead is made good and removed.
const AFTER_A_DEATH: [&str; 2] = ["journal-removal.before", "journal-removal.after"];

/// A place and the how-many-th time it is met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Death {
    place: String,
    nth: u64,
}

impl Death {
    /// There, the first time it is met.
    pub fn at(place: &str) -> Self {
        Self {
            place: place.to_owned(),
            nth: 1,
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.place, self.nth)
    }
}

/// The deaths planned for this seed: one run is killed so often, started again each time, unless it ends before. Rare places
/// die as often as frequent ones. After a death less is left to do, so most numbers are small; some are of the whole run.
pub fn of_seed(seed: u64, places: &Places, count: u64) -> Vec<Death> {
    let mut dice = Dice::new("crash", seed);
    let mut deaths = Vec::new();
    for life in 0..count {
        // What is met once is not met again after a death.
        let possible = places.iter().filter(|(_, met)| life == 0 || **met > 1);
        let mut possible = possible
            .map(|(place, met)| (place.as_str(), *met))
            .collect::<Vec<_>>();
        if life > 0 {
            possible.extend(AFTER_A_DEATH.map(|place| (place, 1)));
        }
        let (place, met) = *dice.one_of(&possible);
        let range = if dice.below(6) == 0 {
            met
        } else {
            met.div_ceil(2 * count)
        };
        deaths.push(Death {
            place: place.to_owned(),
            nth: 1 + dice.below(usize::try_from(range).unwrap()) as u64,
        });
    }
    deaths
}
