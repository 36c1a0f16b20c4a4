//! Object numbers: never given twice, however the process ends.
//!
//! Each start takes a block of its own from a durable counter and counts in memory within it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use crate::store::{Assert, Audit, ChangeSet, CommitError, Error, Store, Write, keys};

/// Bits of a number below its block: more objects than one process makes.
const BLOCK_BITS: u32 = 32;

/// Mints object numbers; clones share the block.
#[derive(Clone, Debug)]
pub struct Numbers {
    next: Arc<AtomicU64>,
}

impl Numbers {
    /// Takes the next block.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open<S: Store>(store: &S, now: DateTime<Utc>) -> Result<Self, Error> {
        loop {
            let key = keys::number_blocks();
            let block = store.counter(&key).await?;
            let change = ChangeSet {
                asserts: vec![Assert::CounterEquals(key.clone(), block)],
                writes: vec![Write::Add(key, 1)],
                audit: Audit {
                    at: now,
                    server_transaction: String::new(),
                    client_transaction: None,
                    actor: "server".to_owned(),
                    command: "number-block".to_owned(),
                    object: block.to_string(),
                },
            };
            match store.commit(change).await {
                Ok(_) => {
                    let first = (block.unsigned_abs() << BLOCK_BITS) + 1;
                    return Ok(Self {
                        next: Arc::new(AtomicU64::new(first)),
                    });
                }
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
    }

    /// Returns the next number.
    pub fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}
