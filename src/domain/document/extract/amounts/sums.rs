//! What the sums of a page are chosen from.

use super::Amount;
use super::breakdown;
use super::candidates::Candidate;
use crate::domain::document::layout::Layout;

/// The candidates of each total, best first, and every amount of the page.
pub(super) struct Page<'a> {
    /// Its words.
    pub layout: &'a Layout,
    /// BT-109.
    pub net: &'a [Candidate],
    /// BT-110.
    pub tax: &'a [Candidate],
    /// BT-112, and what is due in its stead.
    pub gross: &'a [Candidate],
    /// BT-112 alone.
    pub billed: &'a [Candidate],
    /// BT-115 alone.
    pub due: &'a [Candidate],
    /// All amounts, labelled or not.
    pub amounts: &'a [Amount],
    /// Rows with base, rate and tax.
    pub breakdown: &'a [breakdown::Row],
    /// The page with the number of the paper: what stands on another may be another paper's.
    pub home: Option<u32>,
}
