//! SIGHUP: reads files again. Each part is judged whole before it replaces the old one.

use std::path::Path;
use std::sync::Arc;

use super::assembly::Origin;
use super::log::Filter;
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::config::{self, Config};
use crate::server::material::Files;
use crate::server::{Live, Tls};

/// What a reload works on.
pub(super) struct Reload {
    /// The configuration the server started with.
    pub(super) start: Config,
    /// Where it came from.
    pub(super) origin: Origin,
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
    pub(super) fn run(&self) {
        match self.try_run() {
            Ok(()) => {
                tracing::info!("certificates, revocation list and log filter were read again")
            }
            Err(error) => {
                self.metrics.reloads_refused.inc();
                tracing::error!("the reload is refused and what was in force stays: {error:#}");
            }
        }
    }

    fn try_run(&self) -> anyhow::Result<()> {
        let config = match self.origin.file() {
            Some(file) => self.start.clone().read(file)?,
            None => self.start.clone(),
        };
        let now = Clock::System.now();
        self.tls.reload(&files(&config.tls), now)?;
        self.filter.change(&config.log)?;
        self.metrics
            .certificate_not_after
            .set(self.tls.not_after().timestamp());
        self.close_distrusted();
        Ok(())
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
