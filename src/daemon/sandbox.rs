//! What makes a sandbox: its certificates, registrars, and a clock that may be moved.
//!
//! The directory remembers the profile and the clock, so that a restart goes on where the last run ended.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{DateTime, TimeDelta, Utc};

use crate::admin;
use crate::admin::message::{NewRegistrar, Password};
use crate::admin::{Desk, Reply, Verb};
use crate::base::clock::Clock;
use crate::config::SANDBOX_PASSWORD;
use crate::daemon::pki::{self, DevelopmentPki};
use crate::model::RegistrarId;
use crate::policy::Policy;
use crate::store::{self, Audit, ChangeSet, Store, keys, record};

/// Key under `meta/` of how far the clock runs ahead of the system's, in milliseconds.
const AHEAD: &str = "clock-ahead";

/// What the command line says of a sandbox.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    /// Directory of the development certificates.
    pub certs: PathBuf,
    /// The profile asked for.
    pub profile: Option<String>,
    /// Where the registry's time begins.
    pub start_time: Option<DateTime<Utc>>,
    /// Whether time stands until it is moved; `None` leaves it as the directory has it.
    pub manual: Option<bool>,
    /// File that overrides the defaults.
    pub overrides: Option<PathBuf>,
}

impl Sandbox {
    /// Provides the certificates.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub(super) fn certificates(&self) -> anyhow::Result<DevelopmentPki> {
        let pki = pki::provide(&self.certs, Clock::System.now())?;
        // A copy of the directory often comes with a key that others can read, which the listener refuses.
        if !pki.minted.contains(&pki.server_key) {
            let own = fs::Permissions::from_mode(0o600);
            let unusable = || format!("{} belongs to another user", pki.server_key.display());
            fs::set_permissions(&pki.server_key, own).with_context(unusable)?;
        }
        Ok(pki)
    }

    /// Makes the registry's clock from what was asked and what the store remembers.
    ///
    /// # Errors
    /// When the two contradict each other, or the store fails.
    pub(super) async fn clock<S: Store>(&self, store: &S) -> anyhow::Result<Clock> {
        let stored = admin::stored_clock(store).await?;
        match (stored, self.manual) {
            (Some(_), Some(false)) => bail!(
                "this directory's clock is manual; leave out --clock, or begin another with --dir"
            ),
            (None, None | Some(false)) => self.running_clock(store).await,
            (stored, _) => {
                let start = self
                    .start_time
                    .or(stored)
                    .unwrap_or_else(|| Clock::System.now());
                let start = stored.map_or(start, |stored| stored.max(start));
                remember(store, admin::CLOCK, start, &start).await?;
                Ok(Clock::manual(start))
            }
        }
    }

    /// Makes a clock that runs by itself, from the start time on if there is one; it never falls back.
    async fn running_clock<S: Store>(&self, store: &S) -> anyhow::Result<Clock> {
        let now = Clock::System.now();
        let stored = store::read::<i64, _>(store, &keys::meta(AHEAD)).await?;
        let stored = stored.map(|(millis, _)| millis);
        let asked = self
            .start_time
            .map(|start| (start - now).num_milliseconds());
        let Some(ahead) = asked.max(stored) else {
            return Ok(Clock::System);
        };
        remember(store, AHEAD, now, &ahead).await?;
        Ok(Clock::Ahead(TimeDelta::milliseconds(ahead)))
    }
}

/// Keeps something of the clock for the next start.
async fn remember<S: Store>(
    store: &S,
    name: &str,
    now: DateTime<Utc>,
    value: &impl record::Entity,
) -> anyhow::Result<()> {
    let mut change = ChangeSet::new(audit(now, "clock:start", name));
    change.put(keys::meta(name), record::encode(value)?);
    store.commit(change).await?;
    Ok(())
}

/// Makes the registrars of a new sandbox, who may register in every category; in one that exists, accepts certificates
/// that were minted anew.
///
/// # Errors
/// When the store fails.
pub(super) async fn provide_registrars<S: Store>(
    desk: &Desk<S>,
    pki: &DevelopmentPki,
    is_new: bool,
    policy: &Policy,
) -> anyhow::Result<()> {
    for (name, pin) in &pki.pins {
        let id = RegistrarId::parse(name).context("a client identifier has 3 to 16 characters")?;
        let made = id.clone();
        let pin = data_encoding::HEXLOWER.encode(pin);
        let minted = pki
            .minted
            .iter()
            .any(|file| file.file_stem().is_some_and(|stem| stem == name.as_str()));
        let request = match (is_new, minted) {
            (true, _) => Verb::RegistrarAdd(NewRegistrar {
                name: format!(
                    "Sandbox registrar {}",
                    name.trim_start_matches("registrar-").to_uppercase()
                ),
                id,
                password: Password::new(SANDBOX_PASSWORD.to_owned()),
                pins: vec![pin],
                networks: Vec::new(),
            }),
            (false, true) => Verb::RegistrarPinCert((id, pin)),
            (false, false) => continue,
        };
        if let Reply::Refused(reason) = desk.handle(request).await.reply {
            if is_new {
                bail!("{name} cannot be made: {reason}");
            }
            tracing::warn!(
                registrar = name,
                reason,
                "the new development certificate is not pinned"
            );
        }
        if is_new {
            for category in policy.restricted_categories() {
                desk.permit(&made, category, policy).await?;
            }
        }
    }
    Ok(())
}

/// Starts an audit line of the server itself.
pub(super) fn audit(at: DateTime<Utc>, command: &str, object: &str) -> Audit {
    Audit {
        at,
        server_transaction: "HKEPP-START".to_owned(),
        client_transaction: None,
        actor: "server".to_owned(),
        command: command.to_owned(),
        object: object.to_owned(),
    }
}
