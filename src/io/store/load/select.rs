//! How a SELECT is made and read: the columns of a record, and behind them what each load says itself.

use std::fmt::Display;
use std::marker::PhantomData;

use futures_util::TryFutureExt;
use sqlx::FromRow;
use sqlx::any::AnyRow;

use super::super::error::StoreError;
use super::super::in_time::in_time;
use super::super::row::{Cell, Cursor, Loaded, Row};
use super::super::statements::arguments;
use super::super::{Filter, Store};

/// What follows the FROM of a SELECT of `T`; the table is called `t`.
pub(in crate::io::store) struct Select<T> {
    tail: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T: Loaded> Select<T> {
    pub(in crate::io::store) const fn new(tail: &'static str) -> Self {
        let of = PhantomData;
        Self { tail, of }
    }

    /// The whole statement.
    pub(in crate::io::store) fn text(&self) -> String {
        format!("{} {}", T::select(), self.tail)
    }
}

/// Declares the SELECTs of a file and collects their texts, so that a test can prepare every one on both databases.
macro_rules! selects {
    ($($name:ident: $row:ty = $tail:literal;)*) => {
        $(const $name: $crate::io::store::load::select::Select<$row> =
            $crate::io::store::load::select::Select::new($tail);)*

        /// Every text of this file.
        pub(in crate::io::store) fn texts() -> Vec<String> {
            vec![$($name.text()),*]
        }
    };
}

/// What every record with an id has: one by id, the newest, and those a few digits of the id name.
macro_rules! common {
    ($row:ty, $what:literal: $one:ident($id:ty), $list:ident, $find:ident) => {
        impl $crate::io::store::Store {
            #[doc = concat!("The ", $what, " of that id.\n\n# Errors\nWhat the database said.")]
            pub async fn $one(
                &self,
                id: $id,
            ) -> Result<Option<$row>, $crate::io::store::StoreError> {
                self.by_key(id).await
            }

            #[doc = concat!("The newest of: ", $what, ".\n\n# Errors\nWhat the database said.")]
            pub async fn $list(
                &self,
                filter: &$crate::io::store::Filter,
            ) -> Result<Vec<$row>, $crate::io::store::StoreError> {
                self.list(filter).await
            }

            #[doc = concat!("Those whose id begins so, of: ", $what, ". At least four digits, at most ten rows.")]
            ///
            /// # Errors
            /// What the database said.
            pub async fn $find(
                &self,
                prefix: &str,
            ) -> Result<Vec<$row>, $crate::io::store::StoreError> {
                self.by_prefix(prefix).await
            }
        }
    };
}

pub(in crate::io::store) use {common, selects};

impl Store {
    pub(super) async fn all<T: Loaded>(
        &self,
        select: &Select<T>,
        cells: &[Cell],
    ) -> Result<Vec<T>, StoreError> {
        self.read(select.text(), cells).await
    }

    pub(super) async fn first<T: Loaded>(
        &self,
        select: &Select<T>,
        cells: &[Cell],
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(select, cells).await?.into_iter().next())
    }

    /// The record of that key.
    pub(super) async fn by_key<R: Row>(&self, key: impl Display) -> Result<Option<R>, StoreError> {
        let rows = self.read(by_key::<R>(), &[key.to_string().into()]).await?;
        Ok(rows.into_iter().next())
    }

    /// The newest, of one state or of all.
    pub(super) async fn list<R: Row>(&self, filter: &Filter) -> Result<Vec<R>, StoreError> {
        let limit = Cell::from(i64::from(filter.limit));
        match filter.state {
            Some(state) => self.read(list_state::<R>(), &[state.into(), limit]).await,
            None => self.read(list::<R>(), &[limit]).await,
        }
    }

    /// Those whose id begins so; a person types a few digits of it. Nothing for what cannot begin an id.
    pub(super) async fn by_prefix<R: Row>(&self, prefix: &str) -> Result<Vec<R>, StoreError> {
        let prefix = prefix.trim().trim_end_matches('…').to_ascii_lowercase();
        let hexadecimal = prefix.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if prefix.len() < MIN_PREFIX || !hexadecimal {
            return Ok(Vec::new());
        }
        // `g` follows the last hexadecimal digit.
        let end = format!("{prefix}g");
        self.read(by_prefix::<R>(), &[prefix.into(), end.into()])
            .await
    }

    /// The rows of a statement that gives no record, as tuples.
    pub(in crate::io::store) async fn tuples<T>(
        &self,
        attempted: &'static str,
        text: &'static str,
        cells: &[Cell],
    ) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let query = sqlx::query_as_with(text, arguments(attempted, &[cells])?);
        let mut reading = self.readers().take().await?;
        let asked = query.fetch_all(reading.connection()?);
        let asked = asked.map_err(|error| StoreError::of(attempted, error));
        let answer = in_time(self.dialect(), attempted, asked).await;
        reading.ended(answer)
    }

    async fn read<T: Loaded>(&self, text: String, cells: &[Cell]) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(text, cells).await?;
        rows.iter()
            .map(|row| T::load(&mut Cursor::new(row, T::OF)))
            .collect()
    }

    async fn rows(&self, text: String, cells: &[Cell]) -> Result<Vec<AnyRow>, StoreError> {
        let attempted = "reading records";
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments(attempted, &[cells])?);
        let mut reading = self.readers().take().await?;
        let asked = query.fetch_all(reading.connection()?);
        let asked = asked.map_err(|error| StoreError::of(attempted, error));
        let answer = in_time(self.dialect(), attempted, asked).await;
        reading.ended(answer)
    }
}

/// Fewer digits name too many things.
const MIN_PREFIX: usize = 4;

fn by_key<R: Row>() -> String {
    format!("{} WHERE t.{} = $1", R::select(), R::TABLE.key())
}

fn list<R: Row>() -> String {
    format!(
        "{} ORDER BY t.sequence DESC, t.{} LIMIT $1",
        R::select(),
        R::TABLE.key()
    )
}

fn list_state<R: Row>() -> String {
    let (select, key) = (R::select(), R::TABLE.key());
    format!("{select} WHERE t.state = $1 ORDER BY t.sequence DESC, t.{key} LIMIT $2")
}

/// Ten are enough to say that the prefix is too short.
fn by_prefix<R: Row>() -> String {
    let (select, key) = (R::select(), R::TABLE.key());
    format!("{select} WHERE t.{key} >= $1 AND t.{key} < $2 ORDER BY t.{key} LIMIT 10")
}

/// The texts every record has; `states` for those that have a state, `ids` for those named by an id.
pub(in crate::io::store) fn common_texts<R: Row>(states: bool, ids: bool) -> Vec<String> {
    let mut texts = vec![by_key::<R>(), list::<R>()];
    if states {
        texts.push(list_state::<R>());
    }
    if ids {
        texts.push(by_prefix::<R>());
    }
    texts
}
