//! `<login>` (RFC 5730 section 2.9.1.1) with login security (RFC 8807).
//!
//! Checks in this order: version (the parser's), language, services, the failure budget, credentials,
//! session cap. Whether the identifier, the password, the certificate or the account is at fault shows
//! neither in the answer nor in the work done.

use std::time::Instant;

use chrono::TimeDelta;

use super::conversation::Peer;
use super::dispatch::LoggedIn;
use super::password::{self, PasswordError};
use super::service::Shared;
use crate::base::secret::Secret;
use crate::flow::refusal::Why;
use crate::flow::{Refusal, Services, extension};
use crate::model::Registrar;
use crate::model::registrar::{Pin, RegistrarState};
use crate::protocol::ext;
use crate::protocol::ext::Extensions;
use crate::protocol::ext::login_sec::{self, Event, EventKind, EventLevel};
use crate::protocol::greeting;
use crate::protocol::{self, Namespace, Request};
use crate::store::{Assert, Audit, ChangeSet, CommitError, Store, Write, keys, read, record};

/// How long before its end a certificate is warned of.
const EXPIRY_WARNING: TimeDelta = TimeDelta::days(30);

/// A login under way.
pub(super) struct Login<'a> {
    pub(super) command: &'a protocol::login::Login,
    /// The whole request the command stands in.
    pub(super) request: &'a Request,
    pub(super) peer: &'a Peer,
}

/// Why a login failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something it asks for is not offered.
    Refused(Refusal),
    /// Identifier, password, certificate, address or account.
    Credentials,
    /// The failure budget is spent; nothing was looked at.
    Exhausted,
    /// Too many sessions, or too many logins at once.
    Sessions,
    /// The server's own fault.
    Internal,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Passwords of a login after RFC 8807 has said where they stand.
struct Credentials<'a> {
    password: &'a Secret,
    new_password: Option<&'a Secret>,
}

impl Login<'_> {
    /// Carries the login out; a new password is durable when this succeeds.
    pub(super) async fn perform<S: Store>(
        &self,
        shared: &Shared<S>,
        server_transaction: &str,
    ) -> Result<(LoggedIn, Vec<ext::Data>), Failure> {
        let services = self.services(&shared.policy.load().profile().extensions)?;
        extension::admit(self.request, &services)?;
        let (client, address) = (self.command.id.as_str(), self.peer.address);
        let allowed = || shared.budget.allows(client, address, Instant::now());
        if !allowed() {
            return Err(Failure::Exhausted);
        }
        let found = read::<Registrar, S>(&shared.store, &keys::registrar(&self.command.id)).await;
        let found = found.map_err(|error| {
            tracing::error!(svtrid = server_transaction, %error, "registrar cannot be read");
            Failure::Internal
        })?;
        let credentials = self.credentials();
        let given = credentials
            .as_ref()
            .map_or(&self.command.password, |given| given.password);
        // One whose certificate or address is not its own is verified like an unknown one: a remembered
        // password, known sooner, would tell an outsider that its guess is right.
        let registrar = found.as_ref().map(|(registrar, _)| registrar);
        let registrar = registrar.filter(|registrar| self.is_accepted(registrar, shared));
        let verdict = shared.passwords.verify(registrar, given, allowed).await;
        let right = verdict.map_err(|error| match error {
            PasswordError::Busy => Failure::Sessions,
            PasswordError::Exhausted => Failure::Exhausted,
            PasswordError::Hash => Failure::Internal,
        })?;
        let (Some((registrar, version)), Some(credentials), true) = (found, credentials, right)
        else {
            return Err(Failure::Credentials);
        };
        let cap = shared.settings.sessions_per_registrar;
        let place = shared
            .census
            .enter(&registrar.id, cap)
            .ok_or(Failure::Sessions)?;
        let events = self.events(shared);
        let id = registrar.id.clone();
        if let Some(new) = credentials.new_password {
            self.change_password(shared, registrar, version, new, server_transaction)
                .await?;
        }
        Ok((
            LoggedIn {
                registrar: id,
                services,
                _place: place,
            },
            events,
        ))
    }

    /// Judges language and services against the greeting, which offers `extensions` beside the usual ones.
    fn services(&self, extensions: &[Namespace]) -> Result<Services, Refusal> {
        if !greeting::LANGUAGES.contains(&self.command.language.as_str()) {
            let why = Why::Option("the greeting lists the languages offered");
            return Err(Refusal::new(
                why,
                Namespace::Epp,
                "lang",
                &self.command.language,
            ));
        }
        let mut named = Vec::new();
        for uri in &self.command.objects {
            let offered = Namespace::of(uri).filter(|ns| greeting::OBJECTS.contains(ns));
            let why = Why::Object("the greeting does not offer the object");
            let refuse = || Refusal::new(why, Namespace::Epp, "objURI", uri);
            named.push(offered.ok_or_else(refuse)?);
        }
        for uri in &self.command.extensions {
            let offered = Namespace::of(uri)
                .filter(|ns| ext::ANNOUNCED.contains(ns) || extensions.contains(ns));
            let why = Why::Extension("the greeting does not offer the extension");
            let refuse = || Refusal::new(why, Namespace::Epp, "extURI", uri);
            named.push(offered.ok_or_else(refuse)?);
        }
        Ok(Services::new(named))
    }

    /// Finds the passwords (RFC 8807 section 3.1): the extension's where the login holds the literal, and only
    /// there; `None` when the two disagree.
    fn credentials(&self) -> Option<Credentials<'_>> {
        let extension = Extensions::of(&self.request.extensions).login_sec;
        let long = extension.and_then(|extension| extension.password.as_ref());
        let long_new = extension.and_then(|extension| extension.new_password.as_ref());
        let password = choose(&self.command.password, long)?;
        let new_password = match (&self.command.new_password, long_new) {
            (None, None) => None,
            (None, Some(_)) => return None,
            (Some(short), long) => Some(choose(short, long)?),
        };
        Some(Credentials {
            password,
            new_password,
        })
    }

    /// Judges everything but the password.
    fn is_accepted<S>(&self, registrar: &Registrar, shared: &Shared<S>) -> bool {
        let now = shared.clock.wall();
        let certificate = self.peer.certificate.as_ref().is_some_and(|certificate| {
            registrar.pins.contains(&Pin(certificate.sha256))
                && shared.trust.check(certificate, now).is_ok()
        });
        let address = self.peer.address.to_canonical();
        let network = registrar.networks.is_empty()
            || registrar
                .networks
                .iter()
                .any(|network| network.contains(&address));
        certificate && network && registrar.state == RegistrarState::Active
    }

    /// Returns the security events to tell the client of (RFC 8807 section 3.1).
    fn events<S>(&self, shared: &Shared<S>) -> Vec<ext::Data> {
        let now = shared.clock.wall();
        let expiring = self
            .peer
            .certificate
            .as_ref()
            .map(|certificate| certificate.not_after);
        let Some(end) = expiring.filter(|end| *end - now < EXPIRY_WARNING) else {
            return Vec::new();
        };
        vec![ext::Data::LoginSec(login_sec::LoginSecData {
            events: vec![Event {
                kind: EventKind::Certificate,
                name: None,
                level: EventLevel::Warning,
                ex_date: Some(end),
                value: None,
                duration: None,
                lang: "en".to_owned(),
                text: "The client certificate expires soon; pin its successor in time".to_owned(),
            }],
        })]
    }

    async fn change_password<S: Store>(
        &self,
        shared: &Shared<S>,
        mut registrar: Registrar,
        version: u64,
        new: &Secret,
        server_transaction: &str,
    ) -> Result<(), Failure> {
        let now = shared.clock.now();
        registrar.password_hash = password::hash(new).map_err(|_| Failure::Internal)?;
        registrar.password_set = now;
        let key = keys::registrar(&registrar.id);
        let value = record::encode(&registrar).map_err(|_| Failure::Internal)?;
        let change = ChangeSet {
            asserts: vec![Assert::Version(key.clone(), version)],
            writes: vec![Write::Put(key, value)],
            audit: Audit {
                at: now,
                server_transaction: server_transaction.to_owned(),
                client_transaction: None,
                actor: registrar.id.to_string(),
                command: "login:newPW".to_owned(),
                object: registrar.id.to_string(),
            },
        };
        match shared.store.commit(change).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_) | CommitError::Store(_)) => {
                tracing::error!(svtrid = server_transaction, "new password was not stored");
                Err(Failure::Internal)
            }
        }
    }
}

/// Chooses between the login's password and the extension's; `None` when they contradict each other.
fn choose<'a>(short: &'a Secret, long: Option<&'a Secret>) -> Option<&'a Secret> {
    match (short.expose() == login_sec::LITERAL, long) {
        (true, Some(long)) if long.expose() != login_sec::LITERAL => Some(long),
        (false, None) => Some(short),
        (true, _) | (false, Some(_)) => None,
    }
}
