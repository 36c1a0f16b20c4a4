//! What all sessions share, and the opening of one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::budget::FailureBudget;
use super::conversation::{Conversations, Peer, Trust};
use super::dispatch::Session;
use super::numbers::Numbers;
use super::password::{PasswordError, Passwords};
use arc_swap::ArcSwap;

use crate::base::clock::Clock;
use crate::base::ident::TransactionIds;
use crate::base::metrics::Metrics;
use crate::model::RegistrarId;
use crate::policy::Policy;
use crate::protocol::greeting::Template;
use crate::store::{self, Store};

/// Settings of the session floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name of the server in the greeting (`svID`), 3 to 64 characters.
    pub server_name: String,
    /// Sessions one registrar may have at once; `None` sets no cap.
    pub sessions_per_registrar: Option<usize>,
    /// Login failures of one (clID, address) in a minute before passwords are not looked at any more.
    pub failures_per_minute: usize,
    /// Login failures on one connection before it is closed (RFC 5730 section 2.9.1.1).
    pub failures_per_connection: u32,
    /// Passwords that are hashed at the same time, 19 MiB each.
    pub password_workers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server_name: "hkepp".to_owned(),
            sessions_per_registrar: Some(10),
            failures_per_minute: 10,
            failures_per_connection: 3,
            password_workers: 2,
        }
    }
}

/// What a service is made of.
pub struct Parts<S> {
    /// Where objects are kept.
    pub store: S,
    /// Rules in force.
    pub policy: Policy,
    /// Registry time.
    pub clock: Clock,
    /// Revocation list in force.
    pub trust: Arc<dyn Trust>,
    /// Settings.
    pub settings: Settings,
    /// Figures it raises.
    pub metrics: Metrics,
}

/// Why a service cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The password pool cannot be made.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The EPP service; clones are handles to the same one.
pub struct Service<S> {
    pub(super) shared: Arc<Shared<S>>,
}

impl<S> Clone for Service<S> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

/// What sessions read.
pub(super) struct Shared<S> {
    pub(super) store: S,
    pub(super) policy: ArcSwap<Policy>,
    /// Held while the rules are replaced.
    pub(super) replacing: tokio::sync::Mutex<()>,
    pub(super) clock: Clock,
    pub(super) trust: Arc<dyn Trust>,
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    pub(super) greeting: Template,
    pub(super) transactions: TransactionIds,
    pub(super) numbers: Numbers,
    pub(super) passwords: Passwords,
    pub(super) budget: FailureBudget,
    pub(super) census: Census,
}

impl<S: Store> Service<S> {
    /// Makes the service.
    ///
    /// # Errors
    /// See [`ServiceError`].
    pub async fn new(parts: Parts<S>) -> Result<Self, ServiceError> {
        let Parts {
            store,
            policy,
            clock,
            trust,
            settings,
            metrics,
        } = parts;
        let numbers = Numbers::open(&store, clock.now()).await?;
        let shared = Shared {
            greeting: Template::new(&settings.server_name),
            transactions: TransactionIds::new()?,
            numbers,
            passwords: Passwords::new(settings.password_workers)?,
            budget: FailureBudget::new(settings.failures_per_minute),
            census: Census::default(),
            store,
            policy: ArcSwap::from_pointee(policy),
            replacing: tokio::sync::Mutex::new(()),
            clock,
            trust,
            settings,
            metrics,
        };
        let service = Self {
            shared: Arc::new(shared),
        };
        service.reserve().await?;
        Ok(service)
    }

    /// Returns the rules in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.shared.policy.load_full()
    }

    /// Returns where sessions take fresh numbers from.
    pub fn numbers(&self) -> &Numbers {
        &self.shared.numbers
    }

    /// Returns how many sessions are logged in.
    pub fn sessions(&self) -> usize {
        self.shared.census.total()
    }
}

impl<S: Store> Conversations for Service<S> {
    type Conversation = Session<S>;

    fn open(&self, peer: Peer) -> Session<S> {
        Session::new(self.clone(), peer)
    }
}

/// Sessions of each registrar.
#[derive(Clone, Debug, Default)]
pub(super) struct Census {
    sessions: Arc<Mutex<HashMap<RegistrarId, usize>>>,
}

/// A place among a registrar's sessions, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    census: Census,
    registrar: RegistrarId,
}

impl Census {
    /// Takes a place; `None` when `maximum` are taken.
    pub(super) fn enter(&self, registrar: &RegistrarId, maximum: Option<usize>) -> Option<Place> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sessions.entry(registrar.clone()).or_insert(0);
        if maximum.is_some_and(|maximum| *count >= maximum) {
            return None;
        }
        *count += 1;
        Some(Place {
            census: self.clone(),
            registrar: registrar.clone(),
        })
    }

    fn total(&self) -> usize {
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut sessions = self
            .census
            .sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sessions.get_mut(&self.registrar) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                sessions.remove(&self.registrar);
            }
        }
    }
}
