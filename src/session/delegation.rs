//! Name servers that do not answer, for the job that asks them.

use super::due::{ACTOR, audit};
use super::service::Service;
use crate::flow::domain::delegation::{Delegated, Note, page};
use crate::flow::run::{Failure, run};
use crate::flow::{Context, Numbers};
use crate::model::{DomainName, RegistrarId};
use crate::store::{self, Key, Store};

impl<S: Store> Service<S> {
    /// Returns the domains on one page whose name servers are to be asked, and where the next page begins; see
    /// [`page`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delegated(
        &self,
        after: Option<&Key>,
    ) -> Result<(Vec<Delegated>, Option<Key>), store::Error> {
        let Some(registrar) = RegistrarId::parse(ACTOR) else {
            return Ok((Vec::new(), None));
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

    /// Notes whether the name servers of a domain answer, and tells its sponsor if they have not for too long.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn note_delegation(&self, name: &DomainName, answers: bool) -> Result<(), Failure> {
        let shared = &self.shared;
        let Some(registrar) = RegistrarId::parse(ACTOR) else {
            return Ok(());
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
        run(&Note { name, answers }, &context, &shared.store, audit).await?;
        Ok(())
    }
}
