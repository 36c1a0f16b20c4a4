//! Runs a flow: load, decide, commit; a lost race is loaded and decided again.

use super::{Context, Decision, Flow, Refusal, contact, domain};
use crate::store::keys::Due;
use crate::store::{self, Audit, ChangeSet, CommitError, Store};

/// How often a command is decided before it gives up; each conflict means another command was committed.
const ATTEMPTS: usize = 16;

/// Why a flow gave no decision.
#[derive(Debug)]
pub enum Failure {
    /// The command is refused.
    Refused(Refusal),
    /// The store failed; the client hears 2400 and nothing else.
    Store(store::Error),
    /// Other commands won the race every time.
    Contention,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Runs `flow` to its end; when this returns a decision, its change is durable.
///
/// # Errors
/// See [`Failure`].
pub async fn run<F: Flow, S: Store>(
    flow: &F,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<Decision, Failure> {
    for _ in 0..ATTEMPTS {
        for object in flow.settles() {
            settle(&object, context, store, &audit).await?;
        }
        if let Some(decision) = attempt(flow, context, store, &audit).await? {
            return Ok(decision);
        }
    }
    Err(Failure::Contention)
}

/// Makes permanent what happened to an object by time alone until now, and to the name it is held together with;
/// does nothing where nothing did.
///
/// # Errors
/// See [`Failure`].
pub async fn settle<S: Store>(
    object: &Due,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<(), Failure> {
    settle_alone(object, context, store, &audit).await?;
    if let Due::Domain(name) = object
        && context.policy.pairs()
        && let Some(partner) = domain::partner::name_of(name, context, store).await?
    {
        settle_alone(&Due::Domain(partner), context, store, &audit).await?;
    }
    Ok(())
}

async fn settle_alone<S: Store>(
    object: &Due,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<(), Failure> {
    let (command, target) = match object {
        Due::Domain(name) => ("domain:settle", name.to_string()),
        Due::Contact(id) => ("contact:settle", id.to_string()),
        Due::Consent(name, _) => ("consent:settle", name.to_string()),
    };
    let audit = || Audit {
        actor: "server".to_owned(),
        command: command.to_owned(),
        object: target.clone(),
        client_transaction: None,
        ..audit()
    };
    for _ in 0..ATTEMPTS {
        let decided = match object {
            Due::Domain(name) => {
                attempt(&domain::settle::Settle::new(name), context, store, &audit).await?
            }
            Due::Contact(id) => {
                attempt(&contact::settle::Settle::new(id), context, store, &audit).await?
            }
            Due::Consent(name, authority) => {
                let lapse = domain::consent::Lapse::new(name, *authority);
                attempt(&lapse, context, store, &audit).await?
            }
        };
        if decided.is_some() {
            return Ok(());
        }
    }
    Err(Failure::Contention)
}

/// Decides and commits once; `None` after a lost race.
async fn attempt<F: Flow, S: Store>(
    flow: &F,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<Option<Decision>, Failure> {
    let facts = flow.load(context, store).await?;
    let mut decision = flow.decide(context, facts)?;
    if decision.writes.is_empty() {
        return Ok(Some(decision));
    }
    let change = ChangeSet {
        asserts: std::mem::take(&mut decision.asserts),
        writes: std::mem::take(&mut decision.writes),
        audit: audit(),
    };
    match store.commit(change).await {
        Ok(_) => Ok(Some(decision)),
        Err(CommitError::Conflict(_)) => Ok(None),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}
