//! Orders about locks: disputes, holds for abuse, the registry lock.

use chrono::TimeDelta;

use super::{ACTOR, ATTEMPTS, Desk, Order, Refusal, Reply, dispute, domain};
use crate::flow::Context;
use crate::flow::domain::lock::{Act, Closing, Opening, Order as Locking};
use crate::flow::run::{Failure, settle};
use crate::model::DomainName;
use crate::model::case::Outcome;
use crate::model::lock::LockKind;
use crate::store::keys::Due;
use crate::store::{Audit, ChangeSet, CommitError, Store};

impl<S: Store> Desk<S> {
    /// Carries an order out.
    ///
    /// # Errors
    /// When something stands in its way, or the store fails.
    pub(super) async fn execute(
        &self,
        order: Order,
        context: &Context<'_>,
    ) -> Result<Reply, Refusal> {
        let (name, act, command) = act(order);
        self.lock(&name, &act, command, context).await?;
        match act {
            Act::Open(Opening { case, .. }) | Act::Close(Closing { case, .. }) => {
                dispute::of_domain(&name, &case, context, &self.store).await
            }
            Act::Set | Act::Release | Act::Window(_) => {
                domain::show(&name, context, &self.store).await
            }
        }
    }

    /// Decides and commits, again after a lost race.
    async fn lock(
        &self,
        name: &DomainName,
        act: &Act,
        command: &str,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let order = Locking { name, act };
        let audit = || Audit {
            at: context.now,
            server_transaction: context.transaction.to_owned(),
            client_transaction: None,
            actor: ACTOR.to_owned(),
            command: command.to_owned(),
            object: name.to_string(),
        };
        for _ in 0..ATTEMPTS {
            for name in order.load(context, &self.store).await?.names() {
                let due = Due::Domain(name.clone());
                match settle(&due, context, &self.store, audit).await {
                    Ok(()) => {}
                    Err(Failure::Store(error)) => return Err(error.into()),
                    Err(Failure::Refused(_) | Failure::Contention) => {
                        return Err(Refusal::Contention(name.to_string()));
                    }
                }
            }
            let facts = order.load(context, &self.store).await?;
            let decision = order.decide(context, facts)?;
            let change = ChangeSet {
                asserts: decision.asserts,
                writes: decision.writes,
                audit: audit(),
            };
            match self.store.commit(change).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Refusal::Contention(name.to_string()))
    }
}

/// Returns what an order does to which domain, and what the audit trail calls it.
fn act(order: Order) -> (DomainName, Act, &'static str) {
    match order {
        Order::DisputeOpen((name, opening)) => (name, Act::Open(opening), "dispute:open"),
        Order::DisputeClose((name, closing)) => (name, Act::Close(closing), "dispute:close"),
        Order::DomainHold((name, case)) => {
            let opening = Opening {
                case,
                kind: LockKind::Hold,
                suspends: true,
                evidence: None,
            };
            (name, Act::Open(opening), "domain:hold")
        }
        Order::DomainUnhold((name, case)) => {
            let closing = Closing {
                case,
                outcome: Outcome::Lifted,
                receiver: None,
                evidence: None,
            };
            (name, Act::Close(closing), "domain:unhold")
        }
        Order::LockSet(name) => (name, Act::Set, "lock:set"),
        Order::LockRelease(name) => (name, Act::Release, "lock:release"),
        Order::LockWindow((name, seconds)) => {
            let length = TimeDelta::seconds(seconds.into());
            (name, Act::Window(length), "lock:window")
        }
    }
}
