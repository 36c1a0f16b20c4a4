//! A memory store with a switch that makes it fail, and a digest that tells whether anything changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hkepp::store::{ChangeSet, CommitError, Digest, Error, Key, Memory, Store, Stored};

/// The store of every registry under test.
#[derive(Clone, Debug, Default)]
pub struct Switched {
    memory: Memory,
    reads_fail: Arc<AtomicBool>,
    commits_fail: Arc<AtomicBool>,
}

impl Switched {
    /// Lets reads fail or work.
    pub fn fail_reads(&self, fail: bool) {
        self.reads_fail.store(fail, Ordering::SeqCst);
    }

    /// Lets commits fail or work.
    pub fn fail_commits(&self, fail: bool) {
        self.commits_fail.store(fail, Ordering::SeqCst);
    }

    /// Returns the digest of everything stored.
    pub fn digest(&self) -> Digest {
        self.memory.digest()
    }

    fn reading(&self) -> Result<&Memory, Error> {
        if self.reads_fail.load(Ordering::SeqCst) {
            return Err(Error::Index("switched off".to_owned()));
        }
        Ok(&self.memory)
    }
}

impl Store for Switched {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, Error> {
        self.reading()?.get(key).await
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        self.reading()?.contains_each(keys).await
    }

    async fn counter(&self, key: &Key) -> Result<i64, Error> {
        self.reading()?.counter(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        self.reading()?.scan(prefix, after, limit).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        if self.commits_fail.load(Ordering::SeqCst) {
            return Err(Error::ReadOnly("switched off".to_owned()).into());
        }
        self.memory.commit(change).await
    }

    fn sequence(&self) -> u64 {
        self.memory.sequence()
    }
}
