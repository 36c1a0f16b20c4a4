//! `config`: judges a file, or prints the one that states every default.

use super::args::ConfigCommand;
use super::report::Report;
use crate::config::{Config, DEFAULT_FILE};

/// Carries a verb out.
///
/// # Errors
/// Where the file is wrong.
pub(super) fn run(verb: ConfigCommand, report: &Report) -> anyhow::Result<()> {
    match verb {
        ConfigCommand::Check { file } => {
            Config::serve().read(&file)?;
            report.either(&serde_json::json!({ "ok": true }), || "ok".to_owned())
        }
        ConfigCommand::Default => report.line(DEFAULT_FILE.trim_end()),
    }
}
