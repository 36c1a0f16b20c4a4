//! What time brings: objects that change by themselves are made to, in the order they fall due.
//!
//! Readers do not wait for this: they see what time has done to an object as soon as it is so.

use chrono::{DateTime, Utc};

use super::service::Service;
use crate::flow::run::{Failure, settle};
use crate::flow::{Context, Numbers};
use crate::model::RegistrarId;
use crate::store::keys::Due;
use crate::store::{Audit, ChangeSet, Key, Store, Write, keys};

/// Who acts in the audit trail and for messages.
pub(super) const ACTOR: &str = "server";
/// Command there that removes a key that says nothing.
const FORGET: &str = "due:forget";

impl<S: Store> Service<S> {
    /// Makes permanent what is due by now; returns how many changes that were. Harmless when run twice.
    ///
    /// # Errors
    /// When the store fails; what was done stays done.
    pub async fn settle_due(&self) -> Result<usize, Failure> {
        let shared = &self.shared;
        let now = shared.clock.now();
        let mut done = 0;
        // One at a time: what an object changes into may be due before the next one that was.
        while let Some((key, _)) = shared.store.scan(&keys::all_due(), None, 1).await?.pop() {
            let Some((at, object)) = keys::read_due(&key) else {
                self.forget(key, now).await?;
                continue;
            };
            if at > now {
                break;
            }
            self.settle(&object, at, &key).await?;
            done += 1;
        }
        Ok(done)
    }

    /// Settles an object as of the moment it is due.
    async fn settle(&self, object: &Due, at: DateTime<Utc>, key: &Key) -> Result<(), Failure> {
        let shared = &self.shared;
        let Some(registrar) = RegistrarId::parse(ACTOR) else {
            return Ok(());
        };
        let policy = shared.policy.load();
        let transaction = shared.transactions.next();
        let numbers = || shared.numbers.next();
        let context = Context {
            now: at,
            registrar: &registrar,
            policy: &policy,
            numbers: Numbers(&numbers),
            transaction: &transaction,
            salt: [0; 16],
        };
        settle(object, &context, &shared.store, || {
            audit(at, transaction.clone(), FORGET, "")
        })
        .await?;
        // A key that leads nowhere, after a change of the rules for instance, must not come up for ever.
        if shared.store.contains(key).await? {
            self.forget(key.clone(), at).await?;
        }
        Ok(())
    }

    /// Removes a key that says nothing.
    async fn forget(&self, key: Key, at: DateTime<Utc>) -> Result<(), Failure> {
        let transaction = self.shared.transactions.next();
        let mut change = ChangeSet::new(audit(at, transaction, FORGET, &key.to_string()));
        change.writes.push(Write::Delete(key));
        match self.shared.store.commit(change).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::Contention),
        }
    }
}

/// Returns an entry of the audit trail; settling puts its own command and object in.
pub(super) fn audit(
    at: DateTime<Utc>,
    server_transaction: String,
    command: &str,
    object: &str,
) -> Audit {
    Audit {
        at,
        server_transaction,
        client_transaction: None,
        actor: ACTOR.to_owned(),
        command: command.to_owned(),
        object: object.to_owned(),
    }
}
