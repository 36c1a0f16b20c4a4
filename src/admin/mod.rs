//! F6: operator verbs, carried out on the store of the running server.
//!
//! Each verb is a function from the store and typed arguments to a [`Reply`]. Every change is committed with an
//! audit line whose actor is `operator`, so the journal says who did it. The socket they arrive through
//! belongs to the daemon; sessions that must end are named in [`Outcome::kick`] for it to end.

mod attachment;
mod consent;
mod contact;
mod dispute;
mod document;
mod domain;
mod host;
mod lock;
pub mod message;
pub mod moment;
mod registrar;
mod reserved;
mod ruling;
pub mod view;

pub use attachment::Attachments;
pub use message::{FileVerb, Order, Query, Reply, Request, Ruling, Verb};

use chrono::{DateTime, Utc};

use crate::base::clock::Clock;
use crate::base::ident::TransactionIds;
use crate::export::zone::{self, Export};
use crate::flow::domain::lock::Obstacle;
use crate::flow::{Context, Numbers};
use crate::model::RegistrarId;
use crate::model::registrar::Pin;
use crate::policy::Policy;
use crate::session::numbers::Numbers as Fresh;
use crate::store::{self, Assert, Audit, ChangeSet, CommitError, Store, keys, record};

/// Key under `meta/` of a sandbox's manual clock.
pub const CLOCK: &str = "clock";
/// Who acts, in audit lines.
const ACTOR: &str = "operator";
/// How often a change is tried when commands of registrars get in between.
const ATTEMPTS: usize = 16;

/// What verbs work on.
#[derive(Debug)]
pub struct Desk<S> {
    /// The store.
    pub store: S,
    /// Registry time.
    pub clock: Clock,
    /// Mints the transaction identifiers of audit lines.
    pub transactions: TransactionIds,
    /// Where the files of applications are kept.
    pub attachments: Attachments,
}

/// What a verb led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the operator is told.
    pub reply: Reply,
    /// Sessions that must end, because what they logged in with holds no more.
    pub kick: Option<Kick>,
}

/// Which sessions must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kick {
    /// All of a registrar.
    Registrar(RegistrarId),
    /// All of a certificate.
    Certificate(Pin),
}

/// Why a verb is refused; each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The account exists.
    #[error("{0} exists already; choose another client identifier")]
    Exists(RegistrarId),
    /// The account does not exist.
    #[error("there is no registrar {0}; `hkepp registrar list` shows those there are")]
    Unknown(RegistrarId),
    /// The object does not exist.
    #[error("there is no {0} {1}")]
    Nothing(&'static str, String),
    /// A value cannot be used.
    #[error("{0}")]
    Value(String),
    /// Others changed the same thing every time.
    #[error("{0} is being changed by others; try again")]
    Contention(String),
    /// A lock cannot be changed so.
    #[error(transparent)]
    Lock(#[from] Obstacle),
    /// The clock runs by itself.
    #[error(
        "this registry's clock runs by itself; start the sandbox with --clock manual to move it"
    )]
    RunningClock,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A stored record cannot be used.
    #[error(transparent)]
    Record(#[from] record::RecordError),
}

impl<S: Store> Desk<S> {
    /// Carries a verb out; a refusal is a reply too.
    pub async fn handle(&self, verb: Verb) -> Outcome {
        let outcome = self.perform(verb).await;
        outcome.unwrap_or_else(|refusal| Outcome::of(Reply::Refused(refusal.to_string())))
    }

    async fn perform(&self, verb: Verb) -> Result<Outcome, Refusal> {
        match verb {
            Verb::RegistrarAdd(new) => self.add_registrar(new).await,
            Verb::RegistrarList(()) => self.list_registrars().await,
            Verb::RegistrarShow(id) => self.show_registrar(&id).await,
            Verb::RegistrarSuspend(id) => self.suspend(&id).await,
            Verb::RegistrarResume(id) => self.resume(&id).await,
            Verb::RegistrarSetPassword((id, password)) => self.set_password(&id, password).await,
            Verb::RegistrarPinCert((id, pin)) => self.pin(&id, &pin).await,
            Verb::RegistrarUnpinCert((id, pin)) => self.unpin(&id, &pin).await,
            Verb::RegistrarAllowIp((id, networks)) => self.allow(&id, networks, false).await,
            Verb::RegistrarDisallowIp((id, networks)) => self.allow(&id, networks, true).await,
            Verb::ClockAdvance(to) => self.advance(to).await,
        }
    }

    /// Answers a question about objects under the rules in force; a refusal is a reply too.
    pub async fn answer(&self, query: Query, policy: &Policy) -> Reply {
        let answer = self.look_up(query, policy).await;
        answer.unwrap_or_else(|refusal| Reply::Refused(refusal.to_string()))
    }

    /// Carries an order out under the rules in force; a refusal is a reply too.
    ///
    /// `numbers` are those that the sessions take theirs from, so that messages stay in order.
    pub async fn carry_out(&self, order: Order, policy: &Policy, numbers: &Fresh) -> Reply {
        let done = self.try_order(order, policy, numbers).await;
        done.unwrap_or_else(|refusal| Reply::Refused(refusal.to_string()))
    }

    async fn try_order(
        &self,
        order: Order,
        policy: &Policy,
        numbers: &Fresh,
    ) -> Result<Reply, Refusal> {
        let operator = operator()?;
        let transaction = self.transactions.next();
        let context = Context {
            now: self.clock.now(),
            registrar: &operator,
            policy,
            numbers: Numbers(&|| numbers.next()),
            transaction: &transaction,
            // No order makes a hash.
            salt: [0; 16],
        };
        self.execute(order, &context).await
    }

    async fn look_up(&self, query: Query, policy: &Policy) -> Result<Reply, Refusal> {
        let operator = operator()?;
        let context = Context {
            now: self.clock.now(),
            registrar: &operator,
            policy,
            // Questions make nothing that would need a number, a transaction or a salt.
            numbers: Numbers(&|| 0),
            transaction: "",
            salt: [0; 16],
        };
        match query {
            Query::DomainShow(name) => domain::show(&name, &context, &self.store).await,
            Query::DomainList(filter) => domain::list(&filter, &context, &self.store).await,
            Query::ContactShow(id) => contact::show(&id, &context, &self.store).await,
            Query::HostShow(name) => host::show(&name, &context, &self.store).await,
            Query::DisputeList(open) => dispute::list(open, &self.store).await,
            Query::DisputeShow(text) => dispute::show(&text, &context, &self.store).await,
            Query::DocumentList(()) => document::list(&context, &self.store).await,
            Query::DocumentShow(id) => document::show(id, &context, &self.store).await,
            Query::ConsentList(()) => consent::list(&context, &self.store).await,
            Query::ConsentShow(name) => consent::show(&name, &context, &self.store).await,
            Query::ReservedList(()) => reserved::list(&self.store).await,
        }
    }

    /// Begins the file of a zone under the rules in force.
    ///
    /// # Errors
    /// When the registry publishes no such zone.
    pub fn export_zone<'a>(
        &'a self,
        name: &str,
        policy: &'a Policy,
    ) -> Result<Export<'a, S>, Refusal> {
        let unknown = || {
            let published = zone::names(policy).join(", ");
            Refusal::Value(format!(
                "there is no zone {name}; this registry publishes: {published}"
            ))
        };
        Export::new(name, policy, &self.store, self.clock.now()).ok_or_else(unknown)
    }

    /// Moves the manual clock; where it stands is durable before it is told.
    async fn advance(&self, to: moment::Moment) -> Result<Outcome, Refusal> {
        let now = self.clock.now();
        let beyond = || Refusal::Value("that is beyond the end of time".to_owned());
        let instant = to.from(now).ok_or_else(beyond)?;
        if !self.clock.is_manual() {
            return Err(Refusal::RunningClock);
        }
        if instant < now {
            let reason = format!("the registry's time is {now} already; it never goes back");
            return Err(Refusal::Value(reason));
        }
        let key = keys::meta(CLOCK);
        let stored = store::read::<DateTime<Utc>, _>(&self.store, &key).await?;
        let unmoved = match stored {
            Some((_, version)) => Assert::Version(key.clone(), version),
            None => Assert::Absent(key.clone()),
        };
        let mut change = ChangeSet::new(self.audit("clock:advance", "clock"));
        change.assert(unmoved).put(key, record::encode(&instant)?);
        match self.store.commit(change).await {
            Ok(_) => {}
            Err(CommitError::Store(error)) => return Err(error.into()),
            Err(CommitError::Conflict(_)) => {
                let reason = "the clock is being moved by another command; try again";
                return Err(Refusal::Value(reason.to_owned()));
            }
        }
        let reached = self
            .clock
            .advance_to(instant)
            .ok_or(Refusal::RunningClock)?;
        Ok(Outcome::of(Reply::Clock(reached)))
    }

    /// Starts an audit line.
    fn audit(&self, command: &str, object: &str) -> Audit {
        Audit {
            at: self.clock.now(),
            server_transaction: self.transactions.next(),
            client_transaction: None,
            actor: ACTOR.to_owned(),
            command: command.to_owned(),
            object: object.to_owned(),
        }
    }
}

/// Returns the operator as one that acts under the rules.
fn operator() -> Result<RegistrarId, Refusal> {
    let nobody = || Refusal::Value("the operator has no name".to_owned());
    RegistrarId::parse(ACTOR).ok_or_else(nobody)
}

/// Reads where a sandbox's clock was left.
///
/// # Errors
/// When the store fails.
pub async fn stored_clock<S: Store>(store: &S) -> Result<Option<DateTime<Utc>>, Refusal> {
    Ok(store::read(store, &keys::meta(CLOCK))
        .await?
        .map(|(instant, _)| instant))
}

impl Outcome {
    /// Makes an outcome that ends no session.
    fn of(reply: Reply) -> Self {
        Self { reply, kick: None }
    }
}

#[cfg(test)]
mod tests {
    use super::moment::Moment;
    use std::path::Path;

    use super::*;
    use crate::store::Memory;

    fn desk(clock: Clock) -> Desk<Memory> {
        let transactions = TransactionIds::new().unwrap();
        Desk {
            store: Memory::default(),
            clock,
            transactions,
            attachments: Attachments::new(Path::new("/nonexistent"), 1024),
        }
    }

    #[tokio::test]
    async fn advance_moves_a_manual_clock_durably_and_forward_only() {
        let start: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
        let desk = desk(Clock::manual(start));
        let later = start + chrono::TimeDelta::days(45);
        let outcome = desk
            .handle(Verb::ClockAdvance("45d".parse().unwrap()))
            .await;
        assert_eq!(outcome.reply, Reply::Clock(later));
        assert_eq!(stored_clock(&desk.store).await.unwrap(), Some(later));
        let back = desk.handle(Verb::ClockAdvance(Moment::At(start))).await;
        assert!(matches!(back.reply, Reply::Refused(_)));
        assert_eq!(desk.clock.now(), later);
    }

    #[tokio::test]
    async fn advance_of_the_system_clock_is_refused() {
        let desk = desk(Clock::System);
        let outcome = desk.handle(Verb::ClockAdvance(Moment::After(1))).await;
        assert!(
            matches!(outcome.reply, Reply::Refused(reason) if reason.contains("--clock manual"))
        );
    }
}
