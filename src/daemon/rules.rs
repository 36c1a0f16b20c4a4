//! The registry's rules from files: a profile, and the variant table of Chinese labels.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::config::ProfileSource;
use crate::policy::hk::Table;
use crate::policy::{Policy, Profile};

/// Reads a profile.
///
/// # Errors
/// When the file cannot be read or is no profile.
pub(super) fn profile(source: &ProfileSource) -> anyhow::Result<Profile> {
    match source {
        ProfileSource::Shipped(name) => Ok(Profile::embedded(name)?),
        ProfileSource::File(file) => {
            let unusable = || format!("the profile {} cannot be used", file.display());
            let text = fs::read_to_string(file).with_context(unusable)?;
            Profile::parse(&text).with_context(unusable)
        }
    }
}

/// Reads a variant table; its file's name without the ending begins its version.
///
/// # Errors
/// When the file cannot be read or is no table.
pub(super) fn table(file: &Path) -> anyhow::Result<Arc<Table>> {
    let unusable = || format!("the variant table {} cannot be used", file.display());
    let text = fs::read_to_string(file).with_context(unusable)?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    Table::parse(&text, &name)
        .map(Arc::new)
        .with_context(unusable)
}

/// Makes the rules of a profile, with its own variant table or the embedded one.
pub(super) fn policy(profile: Profile, table: Option<&Arc<Table>>) -> Policy {
    match table {
        Some(table) => Policy::with_table(profile, Arc::clone(table)),
        None => Policy::new(profile),
    }
}
