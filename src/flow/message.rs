//! Messages put into registrars' queues, and what every answer says of its client's queue (RFC 5730 section 2.9.2.3).
//!
//! A key of its own says that a queue is not empty: it is kept in memory, so that an empty one costs nothing.

use super::Context;
use crate::model::message::News;
use crate::model::{Message, RegistrarId};
use crate::protocol::response::Queue;
use crate::store::record::RecordError;
use crate::store::{self, Key, Store, Write, keys, record};

/// Returns what puts a message into a registrar's queue.
pub(super) fn tell(
    registrar: &RegistrarId,
    news: News,
    context: &Context<'_>,
) -> Result<[Write; 3], RecordError> {
    let message = Message {
        queued: context.now,
        news,
    };
    let key = key(registrar, context.numbers.next());
    Ok([
        Write::Put(key, record::encode(&message)?),
        Write::Add(keys::message_count(registrar), 1),
        Write::Put(keys::waiting(registrar), Vec::new()),
    ])
}

/// Returns the key of a message.
pub(super) fn key(registrar: &RegistrarId, id: u64) -> Key {
    keys::messages(registrar).and_number(id)
}

/// Returns the identifier of the message a key leads to.
pub(super) fn id(key: &Key) -> Option<u64> {
    u64::from_str_radix(key.parts().last()?, 16).ok()
}

/// Says what waits for a registrar; `None` when nothing does.
///
/// # Errors
/// When the store fails.
pub async fn waiting<S: Store>(
    registrar: &RegistrarId,
    store: &S,
) -> Result<Option<Queue>, store::Error> {
    if !store.contains(&keys::waiting(registrar)).await? {
        return Ok(None);
    }
    let count = store.counter(&keys::message_count(registrar)).await?;
    let first = store
        .scan(&keys::messages(registrar).children(), None, 1)
        .await?;
    let id = first.first().and_then(|(key, _)| id(key));
    Ok(id.map(|id| Queue {
        count: count.max(1).unsigned_abs(),
        id,
        message: None,
    }))
}
