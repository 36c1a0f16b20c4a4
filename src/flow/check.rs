//! What the three `<check>` flows share: how many objects may be asked for, which of them exist, and verdicts on names.

use super::Context;
use super::refusal::{Refusal, Why};
use crate::model::DomainName;
use crate::protocol::Availability;
use crate::store::{self, Key, Store};

/// Reads the names asked for; `None` stands for what is no name.
pub(super) fn parse(names: &[String]) -> Vec<Option<DomainName>> {
    let names = names.iter().map(|name| DomainName::parse(name).ok());
    names.collect()
}

/// Says for each key whether its object exists; `None` stands for what cannot name one.
///
/// Reads nothing when the command asks for too many, since it is refused anyway.
pub(super) async fn existing<S: Store>(
    keys: impl ExactSizeIterator<Item = Option<Key>> + Send,
    context: &Context<'_>,
    store: &S,
) -> Result<Vec<bool>, store::Error> {
    if context.policy.check_count(keys.len()).is_err() {
        return Ok(Vec::new());
    }
    let mut is_named = Vec::with_capacity(keys.len());
    let mut named = Vec::with_capacity(keys.len());
    for key in keys {
        is_named.push(key.is_some());
        named.extend(key);
    }
    let mut found = store.contains_each(&named).await?.into_iter();
    let existing = is_named.into_iter();
    Ok(existing
        .map(|is_named| is_named && found.next() == Some(true))
        .collect())
}

/// What a check says of an object that exists.
pub(super) const IN_USE: &str = "In use";

/// Gives every name asked for its verdict: it is no name, which `misshapen` has a reason for, it is `taken`, which
/// `in_use` has one for, or `judge` has something against it.
pub(super) fn verdicts(
    asked: &[String],
    names: &[Option<DomainName>],
    taken: Vec<bool>,
    misshapen: impl Fn(&str) -> &'static str,
    in_use: impl Fn(&DomainName) -> &'static str,
    judge: impl Fn(&DomainName) -> Option<&'static str>,
) -> Vec<Availability> {
    let asked = asked.iter().zip(names).zip(taken);
    let verdicts = asked.map(|((text, name), taken)| {
        let reason = match name {
            None => Some(misshapen(text)),
            Some(name) if taken => Some(in_use(name)),
            Some(name) => judge(name),
        };
        Availability::new(text.clone(), reason)
    });
    verdicts.collect()
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
