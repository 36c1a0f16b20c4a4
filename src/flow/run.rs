//! Runs a flow: load, decide, commit; a lost race is loaded and decided again.

use super::{Context, Decision, Flow, Refusal};
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
    audit: impl Fn() -> Audit + Send,
) -> Result<Decision, Failure> {
    for _ in 0..ATTEMPTS {
        let facts = flow.load(context, store).await?;
        let mut decision = flow.decide(context, facts)?;
        if decision.writes.is_empty() {
            return Ok(decision);
        }
        let change = ChangeSet {
            asserts: std::mem::take(&mut decision.asserts),
            writes: std::mem::take(&mut decision.writes),
            audit: audit(),
        };
        match store.commit(change).await {
            Ok(_) => return Ok(decision),
            Err(CommitError::Conflict(_)) => {}
            Err(CommitError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Failure::Contention)
}
