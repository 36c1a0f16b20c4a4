//! Messages put into registrars' queues, and what every answer says of its client's queue (RFC 5730 section 2.9.2.3).
//!
//! A key of its own says that a queue is not empty: it is kept in memory, so that an empty one costs nothing.

use chrono::{DateTime, Utc};

use super::Context;
use crate::model::change::{Case, Operation, State};
use crate::model::message::{News, Snapshot};
use crate::model::{Change, Message, RegistrarId};
use crate::protocol::ext::change_poll::REASON_LIMIT;
use crate::protocol::response::Queue;
use crate::protocol::text::collapse;
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

/// Why a domain is not what its sponsor left it: what was done to it, and by whom.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What was done; RFC 8590 section 2.1 says which operations need a detail.
    pub operation: Operation,
    /// When it was done.
    pub date: DateTime<Utc>,
    /// Who did it, 1 to 255 characters.
    pub who: &'a str,
    /// The case it was done for.
    pub case: Option<Case>,
    /// Why; the data of a message holds its first 32 characters, its text all of it.
    pub reason: Option<&'a str>,
}

/// Returns the messages about a change that the sponsor did not ask for (RFC 8590).
///
/// Each state goes to who sponsors the domain in it, the one before first: after a transfer by the registry the
/// old sponsor gets the old state and the new one the new.
///
/// # Errors
/// When a message cannot be written.
pub fn tell_change(
    before: Option<&Snapshot>,
    after: Option<&Snapshot>,
    cause: &Cause<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    for (state, snapshot) in [(State::Before, before), (State::After, after)] {
        let Some(snapshot) = snapshot else {
            continue;
        };
        let news = News::DomainChange {
            snapshot: Box::new(snapshot.clone()),
            change: Change {
                state,
                operation: cause.operation.clone(),
                date: cause.date,
                transaction: context.transaction.to_owned(),
                who: cause.who.to_owned(),
                case: cause.case.clone(),
                reason: cause.reason.and_then(line),
            },
        };
        writes.extend(tell(&snapshot.domain.sponsor, news, context)?);
    }
    Ok(writes)
}

/// Returns a reason as one line; `None` when it says nothing.
fn line(reason: &str) -> Option<String> {
    let text = collapse(reason);
    (!text.is_empty()).then(|| text.into_owned())
}

/// Returns as much of a reason as the data of a message may say (RFC 8590 section 2.1).
pub(super) fn shorten(reason: &str) -> String {
    let text: String = reason.chars().take(REASON_LIMIT).collect();
    text.trim_end().to_owned()
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
