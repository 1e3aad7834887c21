//! Coding: the account, cost centre, project and tax code a line of a bill is booked on.

use std::fmt;

use crate::words;

/// Longest account, cost centre, project or tax code: no ledger has longer ones.
const PART_CHARS: usize = 40;

/// Where a line is booked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Coding {
    /// The ledger account.
    pub account: String,
    /// The cost centre or department.
    pub cost_centre: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// The ledger's own code of the tax.
    pub tax_code: Option<String>,
}

impl Coding {
    /// Reads `ACCOUNT/COST_CENTRE/PROJECT/TAX_CODE`: what is behind the account may be left out or empty (`6850//P-17`).
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/').map(str::trim);
        let is_sound =
            |part: &&str| part.chars().count() <= PART_CHARS && !part.chars().any(char::is_control);
        let account = parts.next().filter(is_sound).filter(|it| !it.is_empty())?;
        let mut next = || match parts.next() {
            Some(part) => is_sound(&part).then(|| (!part.is_empty()).then(|| part.to_owned())),
            None => Some(None),
        };
        let coding = Self {
            account: account.to_owned(),
            cost_centre: next()?,
            project: next()?,
            tax_code: next()?,
        };
        parts.next().is_none().then_some(coding)
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = [&self.cost_centre, &self.project, &self.tax_code];
        let filled = rest.iter().rposition(|part| part.is_some());
        f.write_str(&self.account)?;
        for part in rest.iter().take(filled.map_or(0, |last| last + 1)) {
            write!(f, "/{}", part.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}

words! {
    /// Who says so.
    pub enum CodingSource {
        /// A person, of this very line.
        Person = "person",
        /// What a person said of the supplier's earlier line of the same description.
        Memory = "memory",
    }
}

/// The coding of one line of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineCoding {
    /// Which line, from 1. A bill without lines is one line.
    pub line: u32,
    /// Where it is booked.
    pub coding: Coding,
    /// Who says so.
    pub source: CodingSource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_written_as_it_is_read() {
        for text in [
            "6850",
            "6850/IT",
            "6850//P-17",
            "6850/IT/P-17/V19",
            "4400///V0",
        ] {
            let coding = Coding::parse(text).map(|coding| coding.to_string());
            assert_eq!(coding.as_deref(), Some(text));
        }
        let loose = Coding::parse(" 6850 / IT / ").map(|coding| coding.to_string());
        assert_eq!(loose.as_deref(), Some("6850/IT"));
        let long = "9".repeat(41);
        for text in ["", "/IT", "1/2/3/4/5", "68\n50", long.as_str()] {
            assert_eq!(Coding::parse(text), None, "{text:?}");
        }
    }
}
