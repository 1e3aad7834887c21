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
const BOTH_VERSIONS: &str =
    "SELECT (SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM suppliers),
        (SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM customers)";

/// The texts that give no record.
pub(in crate::io::store) const VERSIONS: [&str; 3] =
    [SUPPLIER_VERSIONS, CUSTOMER_VERSIONS, BOTH_VERSIONS];

const READING: &str = "reading records";

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
        let sum = self.sum_of(SUPPLIER_VERSIONS).await?;
        let kept = &self.directories().suppliers;
        self.directory(kept, sum, &SUPPLIERS).await
    }

    /// Every customer, by number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn customers(&self) -> Result<Arc<[Customer]>, StoreError> {
        let sum = self.sum_of(CUSTOMER_VERSIONS).await?;
        let kept = &self.directories().customers;
        self.directory(kept, sum, &CUSTOMERS).await
    }

    /// Every supplier and every customer, by number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn parties(&self) -> Result<(Arc<[Supplier]>, Arc<[Customer]>), StoreError> {
        let sums: Vec<(i64, i64)> = self.tuples(READING, BOTH_VERSIONS, &[]).await?;
        let (suppliers, customers) = sums.first().copied().unwrap_or_default();
        let kept = self.directories();
        Ok((
            self.directory(&kept.suppliers, suppliers, &SUPPLIERS)
                .await?,
            self.directory(&kept.customers, customers, &CUSTOMERS)
                .await?,
        ))
    }

    async fn sum_of(&self, versions: &'static str) -> Result<i64, StoreError> {
        let sum: Vec<(i64,)> = self.tuples(READING, versions, &[]).await?;
        Ok(sum.first().map_or(0, |row| row.0))
    }

    /// `sum` was asked for before: what is written in between makes the next question read the rows again.
    async fn directory<T: Row>(
        &self,
        directory: &Directory<T>,
        sum: i64,
        select: &Select<T>,
    ) -> Result<Arc<[T]>, StoreError> {
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
