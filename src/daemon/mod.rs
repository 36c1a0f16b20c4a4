//! F7: builds the parts, names the backend, runs them until a signal, and takes them apart again.
//!
//! ```text
//! SIGHUP            certificates, revocation list, log filter are read again; what is bad is refused, logged, and
//!                   the old one stays
//! SIGTERM, SIGINT   the listener closes, commands in flight are answered, the store is closed: at most 5 seconds
//! ```

mod assembly;
mod backend;
mod control;
mod log;
pub mod pki;
mod ready;
mod reload;
mod rules;
mod sandbox;
mod signals;

pub use backend::{perform_offline, restore};
pub use control::SOCKET;
pub use sandbox::Sandbox;

use std::path::PathBuf;

use anyhow::Context;

use self::assembly::{Assembly, Origin};
use crate::config::Config;

/// Runs the server until a signal ends it.
///
/// # Errors
/// When it cannot start; the message says what to do.
pub fn serve(config: Config, file: PathBuf) -> anyhow::Result<()> {
    block_on(
        Assembly {
            config,
            origin: Origin::File(file),
            sandbox: None,
        }
        .run(),
    )
}

/// Runs a whole registry for development until a signal ends it.
///
/// # Errors
/// When it cannot start; the message says what to do.
pub fn sandbox(config: Config, sandbox: Sandbox) -> anyhow::Result<()> {
    let origin = Origin::Sandbox(sandbox.overrides.clone());
    block_on(
        Assembly {
            config,
            origin,
            sandbox: Some(sandbox),
        }
        .run(),
    )
}

/// Runs a future on a runtime of all processors.
fn block_on(future: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.context("the operating system gives no threads")?;
    let outcome = runtime.block_on(future);
    // What still runs is a blocking task of nobody; waiting for it would only delay the end.
    runtime.shutdown_background();
    outcome
}
