//! The durable backend: journal first, index behind it.
//!
//! Promises: a commit answered with success survives a crash of the program and of the machine; a change set
//! is whole or absent; damage is repaired from a second source or reported, never served.

mod committer;
mod indexer;
mod open;
mod shared;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use tokio::sync::oneshot;

use crate::base::metrics::Metrics;

use super::change::ChangeSet;
use super::error::{CommitError, Error};
use super::journal::Link;
use super::key::Key;
use super::recovery::Truth;
use super::state::{Digest, Row, Slot, VALUE};
use super::{Store, Stored};

use committer::Request;
use indexer::Work;
use shared::Shared;

pub(super) use indexer::digest as digest_of_index;
pub(super) use open::lock;
#[cfg(test)]
pub(super) use open::open_on;

/// Settings of a durable store.
#[derive(Clone, Debug)]
pub struct Options {
    /// Octets of a full-grown journal segment.
    pub segment_size: u64,
    /// Octets of journal after which a checkpoint is made.
    pub checkpoint_every: u64,
    /// Octets of the index's page cache.
    pub index_cache: u64,
    /// Kinds of keys kept in memory, so that `contains` needs no index.
    pub resident: Vec<String>,
    /// Figures it raises.
    pub metrics: Metrics,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_size: 64 * 1024 * 1024,
            checkpoint_every: 256 * 1024 * 1024,
            index_cache: 128 * 1024 * 1024,
            resident: Vec::new(),
            metrics: Metrics::default(),
        }
    }
}

/// A store in a directory; clones share it, and it closes when the last is gone or [`Durable::close`] is called.
#[derive(Clone, Debug)]
pub struct Durable {
    shared: Arc<Shared>,
    truth: Arc<Truth>,
    requests: Sender<Request>,
    index: Sender<Work>,
}

impl Durable {
    /// Opens or makes the store in `dir`, repairing what a crash left behind. Blocks.
    ///
    /// # Errors
    /// `Locked` when another process has it; `Damaged` when acknowledged entries are missing or wrong.
    pub fn open(dir: &Path, options: &Options) -> Result<Self, Error> {
        open::open(dir, options)
    }

    /// Finishes what is under way, makes everything durable and marks the store clean.
    ///
    /// # Errors
    /// What went wrong; acknowledged changes are safe all the same.
    pub async fn close(&self) -> Result<(), Error> {
        let (sender, answer) = oneshot::channel();
        let request = self.requests.send(Request::Close(sender));
        request.map_err(|_| Error::Closed)?;
        answer.await.unwrap_or(Err(Error::Closed))
    }

    /// Returns why the store is read-only, if it is.
    pub fn failure(&self) -> Option<Error> {
        self.shared.failure()
    }

    /// Makes a checkpoint of everything acknowledged so far. Blocks.
    ///
    /// # Errors
    /// When journal or disk do not allow it; the store goes on.
    pub fn checkpoint(&self) -> Result<u64, Error> {
        let link = self.truth.checkpoint(self.shared.sequence())?;
        Ok(link.sequence)
    }

    /// Returns the digest of everything stored, computed from checkpoint and journal. Blocks.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn digest(&self) -> Result<Digest, Error> {
        self.truth.digest(self.shared.sequence())
    }

    /// Returns where journal and checkpoints are.
    pub(super) fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Returns the last acknowledged entry.
    pub(super) fn link(&self) -> Link {
        self.shared.link()
    }

    /// Returns the digest of the index and the entry it stands at. Blocks.
    pub(super) fn index_digest(&self) -> Result<(Link, Digest), Error> {
        let (sender, answer) = mpsc::channel();
        let request = self.index.send(Work::Digest(sender));
        request.map_err(|_| Error::Closed)?;
        answer.recv().unwrap_or(Err(Error::Closed))
    }

    /// Passes a read on, and has the index rebuilt when it failed; a disk that refuses ends all writing.
    fn watch<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(error @ Error::File { .. }) = &outcome {
            self.shared.fail(error);
        }
        if let Err(Error::Index(_)) = &outcome
            && self.shared.suspect_index()
        {
            self.index.send(Work::Rebuild).ok();
        }
        outcome
    }
}

impl Store for Durable {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, Error> {
        let row = self.watch(self.shared.read(&Slot::value(key)))?;
        Ok(row.and_then(Row::stored))
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        self.watch(self.shared.contains_each(keys))
    }

    async fn counter(&self, key: &Key) -> Result<i64, Error> {
        let row = self.watch(self.shared.read(&Slot::counter(key)))?;
        Ok(row.map_or(0, |row| row.count()))
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        let (prefix, after) = (Slot::of(VALUE, prefix), after.map(Slot::value));
        let rows = self.watch(self.shared.scan(&prefix, after.as_ref(), limit))?;
        let pairs = rows.into_iter();
        Ok(pairs
            .filter_map(|(slot, row)| Some((slot.key(), row.stored()?)))
            .collect())
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        let (sender, answer) = oneshot::channel();
        let request = Request::Commit(Box::new(change), sender);
        self.requests.send(request).map_err(|_| Error::Closed)?;
        answer.await.unwrap_or(Err(Error::Closed.into()))
    }

    fn sequence(&self) -> u64 {
        self.shared.sequence()
    }
}
