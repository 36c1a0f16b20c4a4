//! SIGHUP: reads files again. Each part is judged whole before it replaces the old one.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;

use super::assembly::Origin;
use super::backend::Backend;
use super::log::Filter;
use super::rules;
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::config::{self, Config, ProfileSource};
use crate::policy::Policy;
use crate::policy::hk::Table;
use crate::server::material::Files;
use crate::server::{Live, Tls};
use crate::session::Service;

/// What a reload works on.
pub(super) struct Reload {
    /// The configuration the server started with.
    pub(super) start: Config,
    /// Where it came from.
    pub(super) origin: Origin,
    /// Name of the profile the directory was made with.
    pub(super) profile: String,
    /// Variant table in force, unless it is the embedded one.
    pub(super) variants: Option<Arc<Table>>,
    /// Sessions, with the rules in force.
    pub(super) service: Service<Backend>,
    /// Certificates in force.
    pub(super) tls: Arc<Tls>,
    /// Open connections.
    pub(super) live: Live,
    /// Log filter in force.
    pub(super) filter: Filter,
    /// Figures.
    pub(super) metrics: Metrics,
}

impl Reload {
    /// Reads files again; what cannot be used is logged and the old stays in force.
    pub(super) async fn run(&self) {
        match self.try_run().await {
            Ok(()) => {
                tracing::info!(
                    "certificates, revocation list, policy file and log filter were read again"
                )
            }
            Err(error) => {
                self.metrics.reloads_refused.inc();
                tracing::error!("the reload is refused and what was in force stays: {error:#}");
            }
        }
    }

    async fn try_run(&self) -> anyhow::Result<()> {
        let config = match self.origin.file() {
            Some(file) => self.start.clone().read(file)?,
            None => self.start.clone(),
        };
        let rules = self.rules(&config.profile)?;
        let now = Clock::System.now();
        self.tls.reload(&files(&config.tls), now)?;
        self.filter.change(&config.log)?;
        if let Some(rules) = rules {
            self.service.replace_policy(rules).await?;
        }
        self.metrics
            .certificate_not_after
            .set(self.tls.not_after().timestamp());
        self.close_distrusted();
        Ok(())
    }

    /// Reads the registry's rules again where they come from a file.
    fn rules(&self, source: &ProfileSource) -> anyhow::Result<Option<Policy>> {
        if let ProfileSource::Shipped(_) = source {
            return Ok(None);
        }
        let profile = rules::profile(source)?;
        if profile.name != self.profile {
            bail!("the profile is {} now, not {}", profile.name, self.profile);
        }
        Ok(Some(rules::policy(profile, self.variants.as_ref())))
    }

    /// Ends sessions whose certificate has expired or is revoked.
    pub(super) fn close_distrusted(&self) {
        let closed = self
            .live
            .close_distrusted(self.tls.as_ref(), Clock::System.now());
        if closed > 0 {
            tracing::warn!(
                closed,
                "sessions ended, because their certificates are not trusted any more"
            );
        }
    }
}

/// Names the files as the server wants them.
pub(super) fn files(tls: &config::Tls) -> Files {
    Files {
        certificate: tls.certificate.clone(),
        key: tls.key.clone(),
        client_authorities: tls.ca.clone(),
        revocation_lists: tls.crl.iter().cloned().collect(),
    }
}

impl Origin {
    /// Returns the file that is read again.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) | Self::Sandbox(Some(file)) => Some(file),
            Self::Sandbox(None) => None,
        }
    }
}
