//! The reference backend: a sorted map under a lock, for tests and for comparing the others with.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::change::ChangeSet;
use super::error::{CommitError, Error};
use super::key::Key;
use super::state::{self, Digest, Digester, Row, Slot, VALUE};
use super::{Store, Stored};

/// A store that lives as long as its last clone.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    state: Arc<RwLock<State>>,
}

/// Rows and the last sequence.
#[derive(Debug, Default)]
struct State {
    rows: BTreeMap<Slot, Row>,
    sequence: u64,
}

impl Memory {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the digest of everything stored.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        for (slot, row) in &self.read().rows {
            digester.add(slot.as_bytes(), row);
        }
        digester.finish()
    }

    /// Locks for reading; a writer cannot leave a half-done state, so poison means nothing here.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, Error> {
        let row = self.read().rows.get(&Slot::value(key)).cloned();
        Ok(row.and_then(Row::stored))
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        let state = self.read();
        let slots = keys.iter().map(Slot::value);
        Ok(slots.map(|slot| state.rows.contains_key(&slot)).collect())
    }

    async fn counter(&self, key: &Key) -> Result<i64, Error> {
        let state = self.read();
        Ok(state.rows.get(&Slot::counter(key)).map_or(0, Row::count))
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        let first = Slot::of(VALUE, prefix);
        let start = match after.map(Slot::value) {
            Some(after) if after >= first => Bound::Excluded(after),
            Some(_) | None => Bound::Included(first.clone()),
        };
        let state = self.read();
        let rows = state.rows.range((start, Bound::Unbounded));
        let rows = rows.take_while(|(slot, _)| slot.as_bytes().starts_with(first.as_bytes()));
        let pairs = rows.filter_map(|(slot, row)| Some((slot.key(), row.clone().stored()?)));
        Ok(pairs.take(limit).collect())
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let sequence = state.sequence + 1;
        let read = |slot: &Slot| Ok(state.rows.get(slot).cloned());
        let effects = state::evaluate(&change, sequence, &read)?;
        for (slot, row) in effects {
            match row {
                Some(row) => state.rows.insert(slot, row),
                None => state.rows.remove(&slot),
            };
        }
        state.sequence = sequence;
        Ok(sequence)
    }

    fn sequence(&self) -> u64 {
        self.read().sequence
    }
}
