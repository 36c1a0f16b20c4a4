//! What a command changes: conditions, writes, and the line of the audit trail.
//!
//! A change set is all or nothing. Its writes apply in order, so the last one on a key wins.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::key::Key;

/// A condition that must hold when the change set is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assert {
    /// No value exists.
    Absent(Key),
    /// A value exists.
    Present(Key),
    /// The value exists in exactly this version, so nobody changed it since it was read.
    Version(Key, u64),
    /// The counter stands at exactly this number.
    CounterEquals(Key, i64),
    /// The counter stands at this number or above.
    CounterAtLeast(Key, i64),
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Creates or replaces a value.
    Put(Key, Vec<u8>),
    /// Removes a value; removing none is no fault.
    Delete(Key),
    /// Adds to a counter; commutative, so it needs no version and never conflicts.
    Add(Key, i64),
}

/// Who did what: travels in the journal entry, which is the audit trail. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Registry time of the command.
    pub at: DateTime<Utc>,
    /// The server's transaction identifier (svTRID).
    pub server_transaction: String,
    /// The client's transaction identifier (clTRID), when it gave one.
    pub client_transaction: Option<String>,
    /// The registrar's clID, or the operator or job that acted.
    pub actor: String,
    /// Verb and kind, for example `domain:create`.
    pub command: String,
    /// What was changed, for example a domain name.
    pub object: String,
}

/// Everything one command changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    /// Checked in order; the first that fails is reported.
    pub asserts: Vec<Assert>,
    /// Applied in order.
    pub writes: Vec<Write>,
    /// The line of the audit trail.
    pub audit: Audit,
}

impl ChangeSet {
    /// Starts an empty change set under its audit line.
    pub fn new(audit: Audit) -> Self {
        Self {
            asserts: Vec::new(),
            writes: Vec::new(),
            audit,
        }
    }

    /// Adds a condition.
    pub fn assert(&mut self, assert: Assert) -> &mut Self {
        self.asserts.push(assert);
        self
    }

    /// Adds a put.
    pub fn put(&mut self, key: Key, value: Vec<u8>) -> &mut Self {
        self.writes.push(Write::Put(key, value));
        self
    }

    /// Adds a delete.
    pub fn delete(&mut self, key: Key) -> &mut Self {
        self.writes.push(Write::Delete(key));
        self
    }

    /// Adds an addition to a counter.
    pub fn add(&mut self, key: Key, amount: i64) -> &mut Self {
        self.writes.push(Write::Add(key, amount));
        self
    }
}
