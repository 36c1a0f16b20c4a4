//! What makes a sandbox: its certificates, registrars, and a clock that may be moved.
//!
//! The directory remembers the profile and the clock, so that a restart goes on where the last run ended.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};

use crate::admin;
use crate::admin::message::{NewRegistrar, Password};
use crate::admin::{Desk, Reply, Verb};
use crate::base::clock::Clock;
use crate::cli::pki::{self, DevelopmentPki};
use crate::config::SANDBOX_PASSWORD;
use crate::model::RegistrarId;
use crate::store::{Audit, ChangeSet, Store, keys, record};

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
    /// Variant table.
    pub variants: Option<PathBuf>,
    /// File that overrides the defaults.
    pub overrides: Option<PathBuf>,
}

impl Sandbox {
    /// Judges what needs no store.
    ///
    /// # Errors
    /// What does not go together.
    pub(super) fn judge(&self) -> anyhow::Result<()> {
        if let Some(table) = &self.variants {
            let readable = std::fs::File::open(table);
            readable
                .with_context(|| format!("the variant table {} cannot be read", table.display()))?;
        }
        Ok(())
    }

    /// Provides the certificates.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub(super) fn certificates(&self) -> anyhow::Result<DevelopmentPki> {
        Ok(pki::provide(&self.certs, Clock::System.now())?)
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
            (None, None | Some(false)) => {
                ensure!(
                    self.start_time.is_none(),
                    "--start-time needs --clock manual: only a clock that is moved by hand starts elsewhere"
                );
                Ok(Clock::System)
            }
            (stored, _) => {
                let start = self
                    .start_time
                    .or(stored)
                    .unwrap_or_else(|| Clock::System.now());
                let start = stored.map_or(start, |stored| stored.max(start));
                let audit = audit(start, "clock:start", "clock");
                let mut change = ChangeSet::new(audit);
                change.put(keys::meta(admin::CLOCK), record::encode(&start)?);
                store.commit(change).await?;
                Ok(Clock::manual(start))
            }
        }
    }
}

/// Makes the registrars of a new sandbox; in one that exists, accepts certificates that were minted anew.
///
/// # Errors
/// When the store fails.
pub(super) async fn provide_registrars<S: Store>(
    desk: &Desk<S>,
    pki: &DevelopmentPki,
    is_new: bool,
) -> anyhow::Result<()> {
    for (name, pin) in &pki.pins {
        let id = RegistrarId::parse(name).context("a client identifier has 3 to 16 characters")?;
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
