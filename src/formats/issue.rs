//! Something odd in a file. Reading never fails for it: the best value stands beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was odd and where, in words for the clerk who reads it beside the document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Issue {
    /// The place: a path in the XML, a page, a part, a line.
    pub place: String,
    /// What was found there.
    pub problem: String,
}

impl Issue {
    /// `place` may be empty when the whole file is meant.
    pub fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.place, self.problem)
        }
    }
}
