//! The one line on stdout that says that connections are accepted, and where.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;

/// What a program that started the server waits for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Ready {
    /// Always true.
    pub(super) ready: bool,
    /// Address of EPP; the first, if there are several.
    pub(super) epp: Option<SocketAddr>,
    /// Address of metrics and health.
    pub(super) http: Option<SocketAddr>,
    /// Data and control socket.
    pub(super) dir: PathBuf,
    /// Development certificates, in the sandbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) certs: Option<PathBuf>,
    /// The registry's rules.
    pub(super) profile: String,
}

impl Ready {
    /// Prints the line and flushes it.
    ///
    /// # Errors
    /// When stdout is closed.
    pub(super) fn announce(&self) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        out.write_all(&line)?;
        Ok(out.flush()?)
    }
}
