//! The journal: every accepted change set in order, durable before it is answered, and the audit trail.
//!
//! Entries are chained by SHA-256, so that nobody changes, removes or reorders one unseen. Segments are
//! written full of zeros before use, which makes a sync cheap: no file grows under a commit.

pub(super) mod entry;
pub(super) mod head;
pub(super) mod reader;
pub(super) mod segment;
pub(super) mod writer;

use super::codec::Hash;

/// A place in the chain: the last entry before it, 0 and the genesis value at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Sequence of the entry.
    pub(super) sequence: u64,
    /// Hash of the entry.
    pub(super) hash: Hash,
}
