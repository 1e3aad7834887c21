//! Accounts on their way into what we know of a supplier.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::{SupplierAccountId, SupplierId};
use crate::domain::payable::SupplierAccount;

common!(SupplierAccount, "supplier account": supplier_account(SupplierAccountId), list_supplier_accounts, find_supplier_accounts);

selects! {
    OF_SUPPLIER: SupplierAccount = "WHERE t.supplier = $1 ORDER BY t.sequence, t.id";
}

impl Store {
    /// Every account that was ever said to be this supplier's.
    ///
    /// # Errors
    /// What the database said.
    pub async fn accounts_of_supplier(
        &self,
        id: SupplierId,
    ) -> Result<Vec<SupplierAccount>, StoreError> {
        self.all(&OF_SUPPLIER, &[id.to_string().into()]).await
    }
}
