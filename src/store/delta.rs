//! What a stretch of the journal changes, folded to one change a slot.
//!
//! Folding needs no base: a value's last write counts, a counter's additions add up. So a checkpoint and the
//! journal after it make the next checkpoint, or an index, without asking the present index anything.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::change::Write;
use super::state::{Body, Row, Slot};

/// The folded change of one slot, with the sequence of the last entry that touched it.
#[derive(Debug)]
pub(super) enum Change {
    /// The value, none when deleted.
    Value(u64, Option<Bytes>),
    /// What was added to the counter.
    Added(u64, i64),
}

impl Change {
    /// Returns what the slot holds after the change, if it held `base` before.
    pub(super) fn resolve(self, base: Option<&Row>) -> Option<Row> {
        let (version, body) = match self {
            Self::Value(version, value) => (version, Body::Value(value?)),
            Self::Added(version, amount) => {
                let count = base.map_or(0, Row::count).wrapping_add(amount);
                (version, Body::Counter((count != 0).then_some(count)?))
            }
        };
        Some(Row { version, body })
    }

    /// Says whether the outcome depends on the base.
    pub(super) fn needs_base(&self) -> bool {
        matches!(self, Self::Added(..))
    }
}

/// Folded changes in slot order.
#[derive(Debug, Default)]
pub(super) struct Delta {
    pub(super) changes: BTreeMap<Slot, Change>,
    /// Roughly the memory held.
    pub(super) size: usize,
}

impl Delta {
    /// Folds in the writes of entry `sequence`.
    pub(super) fn add(&mut self, writes: Vec<Write>, sequence: u64) {
        for write in writes {
            self.size += 64;
            match write {
                Write::Put(key, value) => {
                    self.size += key.as_bytes().len() + value.len();
                    let change = Change::Value(sequence, Some(value.into()));
                    self.changes.insert(Slot::value(&key), change);
                }
                Write::Delete(key) => {
                    let change = Change::Value(sequence, None);
                    self.changes.insert(Slot::value(&key), change);
                }
                Write::Add(key, amount) => {
                    let slot = Slot::counter(&key);
                    let before = match self.changes.get(&slot) {
                        Some(Change::Added(_, before)) => *before,
                        Some(Change::Value(..)) | None => 0,
                    };
                    // Every partial sum was checked when it was committed, relative to its base; the total is exact.
                    let change = Change::Added(sequence, before.wrapping_add(amount));
                    self.changes.insert(slot, change);
                }
            }
        }
    }
}
