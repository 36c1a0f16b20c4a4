//! Name servers that do not answer, for the job that asks them.

use super::due::{ACTOR, audit};
use super::service::Service;
use crate::flow::domain::delegation::{Note, Page, Standing, known, page};
use crate::flow::run::{Failure, run};
use crate::flow::{Context, Numbers};
use crate::model::{DelegationFindings, DomainName, RegistrarId};
use crate::store::{self, Key, Store};

impl<S: Store> Service<S> {
    /// Returns what a page of domains holds for a round of questions to name servers; see [`page`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delegated(&self, after: Option<&Key>) -> Result<Page, store::Error> {
        let Some(registrar) = RegistrarId::parse(ACTOR) else {
            return Ok(Page::default());
        };
        let policy = self.shared.policy.load_full();
        let context = Context {
            now: self.shared.clock.now(),
            registrar: &registrar,
            policy: &policy,
            // Questions make nothing that would need a number, a transaction or a salt.
            numbers: Numbers(&|| 0),
            transaction: "",
            salt: [0; 16],
        };
        page(after, &context, &self.shared.store).await
    }

    /// Notes what a round found of the name servers of a domain, `None` where it did not ask, and tells its sponsor if
    /// they have not answered for too long. Returns how they stand then; `None` where nothing is known of them, or they
    /// are not asked any more.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn note_delegation(
        &self,
        name: &DomainName,
        found: Option<&DelegationFindings>,
    ) -> Result<Option<Standing>, Failure> {
        let shared = &self.shared;
        let Some(registrar) = RegistrarId::parse(ACTOR) else {
            return Ok(None);
        };
        let policy = shared.policy.load_full();
        let transaction = shared.transactions.next();
        let numbers = || shared.numbers.next();
        let now = shared.clock.now();
        let context = Context {
            now,
            registrar: &registrar,
            policy: &policy,
            numbers: Numbers(&numbers),
            transaction: &transaction,
            salt: [0; 16],
        };
        let audit = || {
            audit(
                now,
                transaction.clone(),
                "domain:name-servers",
                name.as_str(),
            )
        };
        run(&Note { name, found }, &context, &shared.store, audit).await?;
        let known = known(name, &context, &shared.store).await?;
        let operation = policy.profile().name_servers.operation.as_ref();
        let asked = known.filter(|(check, _)| check.paused.is_none());
        Ok(asked
            .zip(operation)
            .map(|((check, _), operation)| Standing {
                state: check.state(now, &operation.terms),
                told: check.told,
            }))
    }
}
