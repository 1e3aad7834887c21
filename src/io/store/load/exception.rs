//! Work items for a person.

use super::super::Filter;
use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::ExceptionId;
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionState};

common!(Exception, "exception": exception(ExceptionId), list_exceptions, find_exceptions);

selects! {
    ABOUT: Exception = "WHERE t.subject_id = $1 AND t.subject_kind = $2 ORDER BY t.sequence, t.id";
}

impl Store {
    /// The newest work items nobody has decided yet.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_exceptions(&self, limit: u32) -> Result<Vec<Exception>, StoreError> {
        let open = Filter::state(ExceptionState::Open.as_str());
        self.list_exceptions(&open.limit(limit)).await
    }

    /// Every work item about a thing, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn exceptions_about(&self, subject: &Subject) -> Result<Vec<Exception>, StoreError> {
        let cells = [subject.id.as_str().into(), subject.kind.as_str().into()];
        self.all(&ABOUT, &cells).await
    }
}
