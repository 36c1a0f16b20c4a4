//! Rows, the spaces they live in, and the one evaluation of a change set that every backend uses.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::change::{Assert, ChangeSet, Write};
use super::error::{CommitError, Error};
use super::key::Key;

/// First octet of a counter's slot.
const COUNTER: u8 = b'c';
/// First octet of a value's slot.
pub(super) const VALUE: u8 = b'v';

/// A key together with its space; clones share the octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(Bytes);

impl Slot {
    /// Names the value of a key.
    pub(super) fn value(key: &Key) -> Self {
        Self::of(VALUE, key.as_bytes())
    }

    /// Names the counter of a key.
    pub(super) fn counter(key: &Key) -> Self {
        Self::of(COUNTER, key.as_bytes())
    }

    /// Joins space and key.
    pub(super) fn of(space: u8, key: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(key.len() + 1);
        bytes.push(space);
        bytes.extend_from_slice(key);
        Self(bytes.into())
    }

    /// Takes octets back that came from [`Slot::as_bytes`].
    pub(super) fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    /// Returns the octets, which sort by space, then key.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the key.
    pub(super) fn key(&self) -> Key {
        Key::from_bytes(self.0.get(1..).unwrap_or_default())
    }
}

/// What a slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// A value.
    Value(Bytes),
    /// A counter other than 0; a counter that returns to 0 has no row.
    Counter(i64),
}

/// What a slot holds and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Sequence of the commit that wrote it.
    pub(super) version: u64,
    /// The content.
    pub(super) body: Body,
}

impl Row {
    /// Returns the counter, 0 for a value.
    pub(super) fn count(&self) -> i64 {
        match self.body {
            Body::Counter(count) => count,
            Body::Value(_) => 0,
        }
    }

    /// Returns the octets of the content.
    pub(super) fn size(&self) -> usize {
        match &self.body {
            Body::Value(value) => value.len(),
            Body::Counter(_) => 8,
        }
    }

    /// Returns the value, none for a counter.
    pub(super) fn stored(self) -> Option<super::Stored> {
        match self.body {
            Body::Value(value) => Some(super::Stored {
                version: self.version,
                value,
            }),
            Body::Counter(_) => None,
        }
    }
}

/// The new content of slots; none means removed.
pub(super) type Effects = HashMap<Slot, Option<Row>>;

/// Evaluates a change set that becomes commit `sequence` against what `read` shows.
///
/// # Errors
/// `Conflict` with the key of the first assert that fails; otherwise what `read` reports, or a counter's overflow.
pub(super) fn evaluate(
    change: &ChangeSet,
    sequence: u64,
    read: &dyn Fn(&Slot) -> Result<Option<Row>, Error>,
) -> Result<Effects, CommitError> {
    for assert in &change.asserts {
        if let Some(key) = failing(assert, read)? {
            return Err(CommitError::Conflict(key.clone()));
        }
    }
    Ok(effects(&change.writes, sequence, read)?)
}

/// Computes what writes leave behind.
pub(super) fn effects(
    writes: &[Write],
    sequence: u64,
    read: &dyn Fn(&Slot) -> Result<Option<Row>, Error>,
) -> Result<Effects, Error> {
    let mut effects = Effects::with_capacity(writes.len());
    for write in writes {
        let (slot, body) = match write {
            Write::Put(key, value) => (
                Slot::value(key),
                Some(Body::Value(Bytes::copy_from_slice(value))),
            ),
            Write::Delete(key) => (Slot::value(key), None),
            Write::Add(key, amount) => {
                let slot = Slot::counter(key);
                let before = match effects.get(&slot) {
                    Some(row) => row.as_ref().map_or(0, Row::count),
                    None => read(&slot)?.map_or(0, |row| row.count()),
                };
                let after = before
                    .checked_add(*amount)
                    .ok_or_else(|| Error::CounterOverflow(key.clone()))?;
                (slot, (after != 0).then_some(Body::Counter(after)))
            }
        };
        let row = body.map(|body| Row {
            version: sequence,
            body,
        });
        effects.insert(slot, row);
    }
    Ok(effects)
}

/// Returns the key of an assert that does not hold.
fn failing<'a>(
    assert: &'a Assert,
    read: &dyn Fn(&Slot) -> Result<Option<Row>, Error>,
) -> Result<Option<&'a Key>, Error> {
    let value = |key: &Key| read(&Slot::value(key));
    let count = |key: &Key| Ok::<i64, Error>(read(&Slot::counter(key))?.map_or(0, |r| r.count()));
    let (holds, key) = match assert {
        Assert::Absent(key) => (value(key)?.is_none(), key),
        Assert::Present(key) => (value(key)?.is_some(), key),
        Assert::Version(key, version) => {
            (value(key)?.is_some_and(|row| row.version == *version), key)
        }
        Assert::CounterEquals(key, number) => (count(key)? == *number, key),
        Assert::CounterAtLeast(key, number) => (count(key)? >= *number, key),
    };
    Ok((!holds).then_some(key))
}

/// SHA-256 over every row in slot order: equal for equal content, whichever backend keeps it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Computes a [`Digest`] row by row; rows must come in slot order.
#[derive(Default)]
pub(super) struct Digester(Sha256);

impl Digester {
    /// Takes the next row in.
    pub(super) fn add(&mut self, slot: &[u8], row: &Row) {
        self.0.update((slot.len() as u64).to_le_bytes());
        self.0.update(slot);
        self.0.update(row.version.to_le_bytes());
        match &row.body {
            Body::Value(value) => {
                self.0.update((value.len() as u64).to_le_bytes());
                self.0.update(value);
            }
            Body::Counter(count) => self.0.update(count.to_le_bytes()),
        }
    }

    /// Returns the digest of the rows so far.
    pub(super) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
