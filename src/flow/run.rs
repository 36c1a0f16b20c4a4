//! Runs a flow: load, decide, commit; a lost race is loaded and decided again.

use super::domain::settle::Settle;
use super::{Context, Decision, Flow, Refusal};
use crate::model::DomainName;
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
        if let Some(name) = flow.settles() {
            settle(name, context, store, &audit).await?;
        }
        if let Some(decision) = attempt(flow, context, store, &audit).await? {
            return Ok(decision);
        }
    }
    Err(Failure::Contention)
}

/// Makes permanent what happened to a domain by time alone until now; does nothing where nothing did.
///
/// # Errors
/// See [`Failure`].
pub async fn settle<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<(), Failure> {
    let audit = || Audit {
        actor: "server".to_owned(),
        command: "domain:settle".to_owned(),
        object: name.to_string(),
        client_transaction: None,
        ..audit()
    };
    for _ in 0..ATTEMPTS {
        if attempt(&Settle::new(name), context, store, &audit)
            .await?
            .is_some()
        {
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
