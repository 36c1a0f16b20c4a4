//! What the three `<check>` flows share: how many objects may be asked for, and which of them exist.

use super::Context;
use super::refusal::{Refusal, Why};
use crate::store::{self, Key, Store};

/// Says for each key whether its object exists; `None` stands for what cannot name one.
///
/// Reads nothing when the command asks for too many, since it is refused anyway.
pub(super) async fn existing<S: Store>(
    keys: impl ExactSizeIterator<Item = Option<Key>> + Send,
    context: &Context<'_>,
    store: &S,
) -> Result<Vec<bool>, store::Error> {
    let mut existing = Vec::with_capacity(keys.len());
    if context.policy.check_count(keys.len()).is_err() {
        return Ok(existing);
    }
    for key in keys {
        existing.push(match key {
            Some(key) => store.contains(&key).await?,
            None => false,
        });
    }
    Ok(existing)
}

/// Refuses a command that asks for more objects than one may; `blame` gets the last of them.
pub(super) fn judge_count(
    asked: &[impl AsRef<str>],
    context: &Context<'_>,
    blame: impl Fn(Why, &str) -> Refusal,
) -> Result<(), Refusal> {
    context
        .policy
        .check_count(asked.len())
        .map_err(|violation| {
            blame(
                Why::Policy(violation),
                asked.last().map_or("", AsRef::as_ref),
            )
        })
}
