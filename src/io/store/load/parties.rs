//! The suppliers and the customers, whom every mail is compared with: kept in memory until one of them changes.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::Row;
use super::select::{Select, selects};
use crate::domain::payable::Supplier;
use crate::domain::receivable::Customer;

selects! {
    SUPPLIERS: Supplier = "ORDER BY t.number";
    CUSTOMERS: Customer = "ORDER BY t.number";
}

const SUPPLIER_VERSIONS: &str = "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM suppliers";
const CUSTOMER_VERSIONS: &str = "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM customers";

/// The texts that give no record.
pub(in crate::io::store) const VERSIONS: [&str; 2] = [SUPPLIER_VERSIONS, CUSTOMER_VERSIONS];

/// A whole table and the sum of its versions. Rows are never deleted and every write raises a version, whichever process
/// does it: the same sum is the same table.
#[derive(Debug)]
pub(in crate::io::store) struct Directory<T>(Mutex<Option<(i64, Arc<[T]>)>>);

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Directory<T> {
    fn kept(&self, versions: i64) -> Option<Arc<[T]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(sum, _)| *sum == versions)
            .map(|(_, all)| Arc::clone(all))
    }

    fn keep(&self, versions: i64, all: &Arc<[T]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((versions, Arc::clone(all)));
    }
}

impl Store {
    /// Every supplier, by number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn suppliers(&self) -> Result<Arc<[Supplier]>, StoreError> {
        self.directory(&self.directories().suppliers, SUPPLIER_VERSIONS, &SUPPLIERS)
            .await
    }

    /// Every customer, by number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn customers(&self) -> Result<Arc<[Customer]>, StoreError> {
        self.directory(&self.directories().customers, CUSTOMER_VERSIONS, &CUSTOMERS)
            .await
    }

    async fn directory<T: Row>(
        &self,
        directory: &Directory<T>,
        versions: &'static str,
        select: &Select<T>,
    ) -> Result<Arc<[T]>, StoreError> {
        // Asked before the rows are read: what is written in between makes the next question read them again.
        let sum: Vec<(i64,)> = self.tuples("reading records", versions, &[]).await?;
        let sum = sum.first().map_or(0, |row| row.0);
        if let Some(kept) = directory.kept(sum) {
            return Ok(kept);
        }
        let all: Arc<[T]> = self.all(select, &[]).await?.into();
        directory.keep(sum, &all);
        Ok(all)
    }
}

/// Both of them.
#[derive(Debug, Default)]
pub(in crate::io::store) struct Directories {
    suppliers: Directory<Supplier>,
    customers: Directory<Customer>,
}
