//! Why a person's decision about money was refused, and what every one of them needs.

use super::StepError;
use crate::io::store::StoreError;

/// Longest reason kept.
pub(super) const REASON_CHARS: usize = 500;

/// Why nothing was applied, taken off or taken back.
#[derive(Debug, thiserror::Error)]
pub enum CashError {
    /// It may not be, or not so.
    #[error("{0}")]
    Refused(String),
    /// A door failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<StoreError> for CashError {
    fn from(error: StoreError) -> Self {
        Self::Step(error.into())
    }
}

impl CashError {
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Step(failure) => failure.is_conflict(),
            Self::Refused(_) => false,
        }
    }
}

/// Somebody's name, and a reason.
pub(super) fn needs(by: &str, reason: &str) -> Result<(), CashError> {
    let is_said = |text: &str| text.chars().any(char::is_alphanumeric);
    let why = match (is_said(by), is_said(reason)) {
        (true, true) => return Ok(()),
        (false, _) => "somebody has to be named (--by)",
        (true, false) => "a reason is needed (--reason)",
    };
    Err(CashError::Refused(why.into()))
}
