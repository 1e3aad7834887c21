//! The words by which an answer says something (DOMAIN 6.5): a list that people can read, `cues.txt`.

use std::sync::LazyLock;

use crate::words;

words! {
    /// What an answer says.
    pub enum Intent {
        /// It will be paid on a day.
        Promise = "it will be paid",
        /// It was paid.
        Paid = "it was paid",
        /// It is not accepted.
        Dispute = "it is not accepted",
        /// A copy of an invoice is asked for.
        Copy = "a copy is asked for",
        /// Somebody else is to be written to.
        WrongContact = "somebody else is to be written to",
        /// It shall be paid in parts.
        PaymentPlan = "it shall be paid in parts",
        /// Accounts are asked for, or said to have changed.
        BankDetails = "it speaks of bank accounts",
        /// Lawyers, insolvency, or the wish not to be written to.
        Legal = "it speaks of the law",
    }
}

/// The words, by what they say.
pub(super) struct Cues {
    intents: Vec<(Intent, Vec<&'static str>)>,
    /// A sentence with one of these says the contrary of what it seems to, or part of it.
    pub(super) negations: Vec<&'static str>,
    /// What is said with one of these depends on something.
    pub(super) conditions: Vec<&'static str>,
    /// How a line begins that greets.
    pub(super) greetings: Vec<&'static str>,
    /// Sentences that say nothing, without their marks.
    pub(super) polite: Vec<&'static str>,
}

/// The list, read once.
pub(super) static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let intents = Intent::ALL.iter();
    Cues {
        intents: intents
            .map(|intent| (*intent, section(intent.as_str())))
            .collect(),
        negations: section("negations"),
        conditions: section("conditions"),
        greetings: section("greetings"),
        polite: section("polite"),
    }
});

impl Cues {
    /// Each intent with its cues.
    pub(super) fn intents(&self) -> impl Iterator<Item = (Intent, &[&'static str])> {
        let intents = self.intents.iter();
        intents.map(|(intent, cues)| (*intent, cues.as_slice()))
    }
}

const LIST: &str = include_str!("cues.txt");

/// What stands below `[title]`, up to the next one.
fn section(title: &str) -> Vec<&'static str> {
    let heading = format!("[{title}]");
    let below = LIST.lines().skip_while(|line| *line != heading).skip(1);
    let own = below.take_while(|line| !line.starts_with('['));
    let own = own.filter(|line| !line.starts_with('#'));
    own.flat_map(|line| line.split('|').map(str::trim))
        .filter(|cue| !cue.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::text::fold;

    #[test]
    fn every_list_is_there_and_folded_as_the_answers_are() {
        let lists = CUES.intents().map(|(_, cues)| cues);
        let others = [
            &CUES.negations,
            &CUES.conditions,
            &CUES.greetings,
            &CUES.polite,
        ];
        for list in lists.chain(others.map(Vec::as_slice)) {
            assert!(list.len() > 20, "{list:?}");
            for cue in list {
                assert_eq!(*cue, fold(cue));
            }
        }
    }
}
