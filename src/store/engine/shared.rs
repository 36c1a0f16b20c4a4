//! What readers and writers share: the rows already acknowledged but not yet in the index, and the index.
//!
//! A row is looked up among the pending rows first. It leaves them only after the index has it, so a reader
//! sees every acknowledged change; a batch becomes visible under one lock, so never half of one. Rows read from
//! the index are kept for a while, since a name server is asked for as often as all the domains that use it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use arc_swap::ArcSwapOption;
use quick_cache::sync::Cache;

use crate::base::metrics::Metrics;
use crate::store::error::Error;
use crate::store::index::Index;
use crate::store::journal::Link;
use crate::store::key::Key;
use crate::store::state::{Row, Slot, VALUE};

/// Rows removed from the pending ones under one lock, so that no reader waits long.
const SETTLED_AT_ONCE: usize = 512;
/// Octets of pending rows beyond which commits wait for the index.
const PENDING: usize = 64 * 1024 * 1024;

/// Rows from the index that are kept; with some 500 octets each they take eight MiB at most.
const RECENT: usize = 16 * 1024;

/// State shared by the handle and the threads.
#[derive(Debug)]
pub(super) struct Shared {
    visible: RwLock<Visible>,
    index: ArcSwapOption<Box<dyn Index>>,
    /// What the index said lately. An entry is made under the lock of `visible`, if nothing was published since it
    /// was read, and ends when its slot is published.
    recent: Cache<Slot, Option<Row>>,
    sequence: AtomicU64,
    failure: OnceLock<String>,
    closed: AtomicBool,
    /// Whether a rebuild of the index was asked for and is not done.
    suspect: AtomicBool,
    pending: Mutex<usize>,
    room: Condvar,
    pub(super) metrics: Metrics,
}

/// What one lock makes visible at once.
#[derive(Debug)]
struct Visible {
    /// Rows the index may not have yet, with the sequence they came with.
    rows: BTreeMap<Slot, (u64, Option<Row>)>,
    resident: Resident,
    /// The last acknowledged entry.
    link: Link,
}

/// The keys of some kinds, in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Resident(Vec<(Vec<u8>, HashSet<Key>)>);

impl Resident {
    /// Starts with no key of `kinds`.
    pub(super) fn new(kinds: &[String]) -> Self {
        let kinds = kinds.iter();
        Self(
            kinds
                .map(|kind| (Key::prefix(kind), HashSet::new()))
                .collect(),
        )
    }

    /// Forgets all keys.
    pub(super) fn clear(&mut self) {
        for (_, keys) in &mut self.0 {
            keys.clear();
        }
    }

    /// Notes that a slot has a row or none.
    pub(super) fn note(&mut self, slot: &[u8], present: bool) {
        let [VALUE, octets @ ..] = slot else {
            return;
        };
        let mut kinds = self.0.iter_mut();
        if let Some((_, keys)) = kinds.find(|(prefix, _)| octets.starts_with(prefix)) {
            let key = Key::from_bytes(octets);
            match present {
                true => keys.insert(key),
                false => keys.remove(&key),
            };
        }
    }

    /// Says whether a key, given in octets, has a value; none when its kind is not kept.
    fn contains(&self, key: &[u8]) -> Option<bool> {
        let mut kinds = self.0.iter();
        let kept = kinds.find(|(prefix, _)| key.starts_with(prefix));
        kept.map(|(_, keys)| keys.contains(key))
    }

    /// Says that a slot has no row, as far as its kind is kept.
    fn lacks(&self, slot: &Slot) -> bool {
        match slot.as_bytes() {
            [VALUE, key @ ..] => self.contains(key) == Some(false),
            _ => false,
        }
    }
}

impl Shared {
    /// Starts with an index that is complete up to `link`.
    pub(super) fn new(
        index: Box<dyn Index>,
        resident: Resident,
        link: Link,
        metrics: Metrics,
    ) -> Self {
        metrics.note_sequence(link.sequence);
        Self {
            visible: RwLock::new(Visible {
                rows: BTreeMap::new(),
                resident,
                link,
            }),
            index: ArcSwapOption::from_pointee(index),
            recent: Cache::new(RECENT),
            sequence: AtomicU64::new(link.sequence),
            failure: OnceLock::new(),
            closed: AtomicBool::new(false),
            suspect: AtomicBool::new(false),
            pending: Mutex::new(0),
            room: Condvar::new(),
            metrics,
        }
    }

    /// Reads one row.
    pub(super) fn read(&self, slot: &Slot) -> Result<Option<Row>, Error> {
        let visible = self.visible();
        if let Some((_, row)) = visible.rows.get(slot) {
            return Ok(row.clone());
        }
        let index = self.index()?;
        if visible.resident.lacks(slot) {
            return Ok(None);
        }
        if let Some(row) = self.recent.get(slot) {
            return Ok(row);
        }
        let read_at = visible.link.sequence;
        drop(visible);
        let row = index.get(slot.as_bytes())?;
        let visible = self.visible();
        if visible.link.sequence == read_at {
            self.recent.insert(slot.clone(), row.clone());
        }
        Ok(row)
    }

    /// Says for each key whether it has a value, from memory where its kind is kept.
    pub(super) fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        let visible = self.visible();
        let known: Vec<_> = keys
            .iter()
            .map(|key| visible.resident.contains(key.as_bytes()))
            .collect();
        drop(visible);
        let known = known.into_iter().zip(keys);
        known
            .map(|(known, key)| match known {
                Some(known) => Ok(known),
                None => Ok(self.read(&Slot::value(key))?.is_some()),
            })
            .collect()
    }

    /// Reads rows whose slots start with `prefix`, after `after`, at most `limit`.
    pub(super) fn scan(
        &self,
        prefix: &Slot,
        after: Option<&Slot>,
        limit: usize,
    ) -> Result<Vec<(Slot, Row)>, Error> {
        let (from, exclusive) = match after {
            Some(after) if after >= prefix => (after, true),
            Some(_) | None => (prefix, false),
        };
        let start = if exclusive {
            Bound::Excluded(from)
        } else {
            Bound::Included(from)
        };
        // The lock is held over the index scan: what the index takes over meanwhile is still pending here.
        let visible = self.visible();
        let index = self.index()?;
        let belongs = |slot: &[u8]| slot.starts_with(prefix.as_bytes());
        let pending = visible.rows.range((start, Bound::Unbounded));
        let mut pending = pending
            .take_while(|(slot, _)| belongs(slot.as_bytes()))
            .peekable();
        let mut found = Vec::new();
        index.range(from.as_bytes(), exclusive, &mut |slot, row| {
            while found.len() < limit
                && let Some((newer, (_, newer_row))) =
                    pending.next_if(|(newer, _)| newer.as_bytes() < slot)
            {
                found.extend(newer_row.clone().map(|row| (newer.clone(), row)));
            }
            if found.len() >= limit || !belongs(slot) {
                return false;
            }
            match pending.next_if(|(newer, _)| newer.as_bytes() == slot) {
                Some((newer, (_, row))) => found.extend(row.clone().map(|r| (newer.clone(), r))),
                None => found.push((Slot::from_bytes(slot.to_vec()), row)),
            }
            found.len() < limit
        })?;
        for (slot, (_, row)) in pending {
            if found.len() >= limit {
                break;
            }
            found.extend(row.clone().map(|row| (slot.clone(), row)));
        }
        Ok(found)
    }

    /// Makes a durable batch visible at once.
    pub(super) fn publish(&self, rows: &HashMap<Slot, Option<Row>>, link: Link) {
        let mut visible = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        for (slot, row) in rows {
            visible.resident.note(slot.as_bytes(), row.is_some());
            self.recent.remove(slot);
            visible
                .rows
                .insert(slot.clone(), (link.sequence, row.clone()));
        }
        visible.link = link;
        self.sequence.store(link.sequence, Ordering::Release);
    }

    /// Lets go of pending rows that the index has since entry `upto`.
    pub(super) fn settle<'a>(&self, slots: impl Iterator<Item = &'a Slot>, upto: u64) {
        let mut slots = slots.peekable();
        while slots.peek().is_some() {
            let mut visible = self.visible.write().unwrap_or_else(PoisonError::into_inner);
            for slot in slots.by_ref().take(SETTLED_AT_ONCE) {
                if visible.rows.get(slot).is_some_and(|(at, _)| *at <= upto) {
                    visible.rows.remove(slot);
                }
            }
        }
    }

    /// Says whether a failed read is the first to suspect the index, so that it is rebuilt once.
    pub(super) fn suspect_index(&self) -> bool {
        !self.suspect.swap(true, Ordering::AcqRel)
    }

    /// Puts a rebuilt index in place and lets go of all pending rows it has.
    pub(super) fn replace_index(&self, index: Box<dyn Index>, upto: u64) {
        self.suspect.store(false, Ordering::Release);
        let mut visible = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        self.index.store(Some(Arc::new(index)));
        self.recent.clear();
        visible.rows.retain(|_, (at, _)| *at > upto);
    }

    /// Takes the index away; reads of what is not pending fail until there is another.
    pub(super) fn take_index(&self) -> Option<Arc<Box<dyn Index>>> {
        self.recent.clear();
        self.index.swap(None)
    }

    /// Returns the index.
    pub(super) fn index(&self) -> Result<Arc<Box<dyn Index>>, Error> {
        match self.index.load_full() {
            Some(index) => Ok(index),
            None if self.is_closed() => Err(Error::Closed),
            None => Err(Error::Index("it is being rebuilt".into())),
        }
    }

    /// Returns the last acknowledged entry.
    pub(super) fn link(&self) -> Link {
        self.visible().link
    }

    /// Returns its sequence.
    pub(super) fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Makes the store read-only for good; the first reason stays.
    pub(super) fn fail(&self, reason: &Error) {
        self.failure.get_or_init(|| {
            tracing::error!(%reason, "the store is read-only from now on");
            reason.to_string()
        });
        self.metrics.store_read_only.set(1);
    }

    /// Returns the error of a read-only store.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure
            .get()
            .map(|reason| Error::ReadOnly(reason.clone()))
    }

    /// Marks the store closed.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Says whether the store was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Counts octets handed to the index, after waiting until it is not too far behind.
    pub(super) fn reserve(&self, octets: usize) {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.room.wait_while(pending, |pending| *pending > PENDING);
        *waited.unwrap_or_else(PoisonError::into_inner) += octets;
    }

    /// Counts octets the index has written.
    pub(super) fn release(&self, octets: usize) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        *pending = pending.saturating_sub(octets);
        self.room.notify_all();
    }

    /// Locks for reading; no writer leaves a half-done state, so poison means nothing here.
    fn visible(&self) -> RwLockReadGuard<'_, Visible> {
        self.visible.read().unwrap_or_else(PoisonError::into_inner)
    }
}
