//! F3: the store, which keeps every acknowledged change.
//!
//! Decides nothing about EPP: keys and values are octets, one level up gives them meaning. The contract is
//! small enough for a serializable SQL database: point reads, prefix scans, and one conditional, atomic commit.
//! Two spaces share the keys: values (versioned, put and deleted) and counters (sums; missing means 0).
//! A counter never appears in `get`, `contains` or `scan`, and a value never in `counter`.

mod audit;
mod backup;
pub mod change;
mod checkpoint;
mod codec;
mod delta;
mod disk;
pub mod engine;
pub mod error;
pub mod files;
mod index;
mod journal;
pub mod key;
pub mod keys;
pub mod memory;
mod pages;
pub mod record;
mod recovery;
#[cfg(test)]
mod simulation;
mod state;
mod verify;

use std::future::Future;

use std::slice;

use bytes::Bytes;

pub use audit::AuditLine;
pub use backup::{Backup, backup_restore};
pub use change::{Assert, Audit, ChangeSet, Write};
pub use engine::{Durable, Options};
pub use error::{CommitError, Error};
pub use files::Listing;
pub use key::Key;
pub use memory::Memory;
pub use pages::Pages;
pub use state::Digest;
pub use verify::{IndexState, Report, verify};

use journal::entry::{Frame, Parsed};

/// A value with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Sequence of the commit that last wrote the value.
    pub version: u64,
    /// The value as it was put.
    pub value: Bytes,
}

/// A place that keeps change sets; clones share it.
///
/// Reads see every commit that was answered with success and never a part of one that was not.
pub trait Store: Clone + Send + Sync + 'static {
    /// Reads one value.
    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<Stored>, Error>> + Send;

    /// Says for each key whether its value exists, all at one moment where the store was told to keep their
    /// kinds in memory; cheap there.
    fn contains_each(&self, keys: &[Key]) -> impl Future<Output = Result<Vec<bool>, Error>> + Send;

    /// Says whether a value exists; see [`Store::contains_each`].
    fn contains(&self, key: &Key) -> impl Future<Output = Result<bool, Error>> + Send {
        async move { Ok(self.contains_each(slice::from_ref(key)).await? == [true]) }
    }

    /// Reads a counter; one that was never added to is 0.
    fn counter(&self, key: &Key) -> impl Future<Output = Result<i64, Error>> + Send;

    /// Reads values in key order whose keys start with `prefix` and come after `after`, at most `limit`.
    ///
    /// One call shows one moment; two calls may show two. Commits wait while a page is read, so long lists are
    /// read in pages of some hundreds.
    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Key, Stored)>, Error>> + Send;

    /// Applies a change set whole, if all its asserts hold, and returns its sequence.
    ///
    /// Success means durable and visible. A dropped future does not undo anything.
    fn commit(&self, change: ChangeSet) -> impl Future<Output = Result<u64, CommitError>> + Send;

    /// Returns the sequence of the last visible commit, 0 before the first.
    fn sequence(&self) -> u64;
}

/// Reads one record with its version.
///
/// # Errors
/// When the store fails or what it holds is no such record.
pub async fn read<T: record::Entity, S: Store>(
    store: &S,
    key: &Key,
) -> Result<Option<(T, u64)>, Error> {
    let Some(stored) = store.get(key).await? else {
        return Ok(None);
    };
    let record = record::decode(&stored.value)?;
    Ok(Some((record, stored.version)))
}

/// Decodes octets as a journal entry and says whether they are one; the entry point of the fuzzer.
pub fn decode_record(bytes: &[u8]) -> bool {
    match Frame::parse(bytes) {
        Parsed::Sound(frame) => frame.decode(std::path::Path::new("record"), 0).is_ok(),
        Parsed::End | Parsed::Broken(_) => false,
    }
}

/// Does the same with the checksum made right first, so that a fuzzer gets past it.
pub fn decode_record_unchecked(bytes: &[u8]) -> bool {
    let mut bytes = bytes.to_vec();
    let length = bytes.len() as u32;
    let Some(crc) = bytes.get(8..).map(crc32c::crc32c) else {
        return false;
    };
    if let Some(head) = bytes.first_chunk_mut::<8>() {
        let [a, b, c, d] = length.to_le_bytes();
        let [e, f, g, h] = crc.to_le_bytes();
        *head = [a, b, c, d, e, f, g, h];
    }
    bytes.resize(bytes.len().next_multiple_of(journal::entry::ALIGNMENT), 0);
    decode_record(&bytes)
}
