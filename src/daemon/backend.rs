//! The one place that names the store's backend: opens it, and reads its files for operators.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use anyhow::Context;

use crate::store::{Durable, Options, keys};

/// The backend of the server.
pub(super) type Backend = Durable;

/// Opens or makes the store in `dir`, which belongs to the server's user alone.
///
/// # Errors
/// When the directory cannot be used, or another process has it.
pub(super) async fn open(dir: &Path) -> anyhow::Result<Backend> {
    let unusable = || format!("the data directory {} cannot be made", dir.display());
    if !dir.exists() {
        let mut builder = fs::DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .with_context(unusable)?;
    }
    let mode = fs::metadata(dir)
        .with_context(unusable)?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        tracing::warn!(dir = %dir.display(), "other users can look into the data directory; run: chmod 700");
    }
    let resident = keys::IN_MEMORY
        .iter()
        .map(|kind| (*kind).to_owned())
        .collect();
    let options = Options {
        resident,
        ..Options::default()
    };
    let path = dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || Durable::open(&path, &options)).await;
    Ok(opened.context("opening the store was interrupted")??)
}
