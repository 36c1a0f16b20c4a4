//! `store`, `backup` and `audit`: through the running server, or on the files when none runs.

use std::path::{Path, absolute};

use anyhow::{Context, bail};

use super::args::{AuditCommand, StoreCommand};
use super::control::{try_ask, unexpected};
use super::report::{Report, record, table};
use crate::admin::message::{AuditLine, BackedUp, Verified};
use crate::admin::{FileVerb, Reply, Request};
use crate::daemon;
use crate::store::Listing;

/// Carries a verb of `store` out.
///
/// # Errors
/// When something is wrong with the store.
pub(super) fn store(verb: &StoreCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    match verb {
        StoreCommand::Verify => verify(FileVerb::StoreVerify(()), dir, report),
    }
}

/// Carries a verb of `audit` out.
///
/// # Errors
/// When the journal is damaged.
pub(super) fn audit(verb: &AuditCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    match verb {
        AuditCommand::Verify => verify(FileVerb::AuditVerify(()), dir, report),
        AuditCommand::Tail { lines } => {
            let reply = perform(dir, FileVerb::AuditTail(*lines))?;
            let Reply::Audit(lines) = reply else {
                return unexpected(reply);
            };
            report.either(&lines, || trail(&lines))
        }
    }
}

/// Writes a backup.
///
/// # Errors
/// When the file exists or cannot be written, the store is damaged, or files of applications had to be left out.
pub(super) fn back_up(file: &Path, dir: &Path, report: &Report) -> anyhow::Result<()> {
    if file.exists() {
        bail!("{} exists; a backup goes to a new file", file.display());
    }
    // The server has a working directory of its own.
    let path = absolute(file).with_context(|| format!("{} is no file name", file.display()))?;
    let reply = perform(dir, FileVerb::BackupCreate(path))?;
    let Reply::BackedUp(backup) = reply else {
        return unexpected(reply);
    };
    show_backup(&backup, report)?;
    match backup.missing.count {
        0 => Ok(()),
        count => bail!(
            "{} is complete but for {count} files of applications, which are missing or altered; store verify says which and what to do",
            file.display()
        ),
    }
}

/// Makes a data directory from a backup; files that it does not hold are told.
///
/// # Errors
/// When the backup is damaged, or the directory is not empty.
pub(super) fn restore(file: &Path, dir: &Path, report: &Report) -> anyhow::Result<()> {
    show_backup(&daemon::restore(file, dir)?, report)
}

/// Carries a verb out through the server, or on the files when none runs.
///
/// # Errors
/// When it is refused, or the store is damaged.
pub(super) fn perform(dir: &Path, verb: FileVerb) -> anyhow::Result<Reply> {
    let request = Request::Files(verb);
    if let Some(reply) = try_ask(dir, &request)? {
        return Ok(reply);
    }
    match &request {
        Request::Files(verb) => refused(daemon::perform_offline(dir, verb)?),
        Request::Registry(_)
        | Request::Objects(_)
        | Request::Orders(_)
        | Request::Rulings(_)
        | Request::Zone(_) => {
            bail!("{} needs a running server", request.name())
        }
    }
}

/// Turns a refusal into an error.
fn refused(reply: Reply) -> anyhow::Result<Reply> {
    if let Reply::Refused(reason) = &reply {
        bail!("{reason}");
    }
    Ok(reply)
}

fn verify(verb: FileVerb, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let reply = perform(dir, verb)?;
    let Reply::Verified(found) = reply else {
        return unexpected(reply);
    };
    report.either(&found, || describe(&found))?;
    match found.problems.as_slice() {
        [] => Ok(()),
        [problem] => bail!("{problem}"),
        [problem, more @ ..] => bail!("{problem} (and {} more problems)", more.len()),
    }
}

fn describe(found: &Verified) -> String {
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        row("entries", format!("{} to {}", found.first, found.last)),
        row("hash of the last", found.head.clone()),
        row("journal files", found.segments.to_string()),
    ];
    if let Some(index) = &found.index {
        rows.push(row("checkpoints", found.checkpoints.to_string()));
        rows.push(row("index", index.clone()));
    }
    if let Some(files) = found.files {
        rows.push(row("files of applications", files.to_string()));
    }
    if found.unnamed.count > 0 {
        rows.push(row("files of no application", listing(&found.unnamed)));
    }
    if let Some(digest) = &found.digest {
        rows.push(row("digest of the state", digest.clone()));
    }
    let verdict = if found.problems.is_empty() {
        "sound".to_owned()
    } else {
        found.problems.join("\n")
    };
    rows.push(row("verdict", verdict));
    record(rows)
}

fn show_backup(backup: &BackedUp, report: &Report) -> anyhow::Result<()> {
    let row = |name: &str, value: String| (name.to_owned(), value);
    report.either(backup, || {
        let mut rows = vec![
            row("last entry", backup.sequence.to_string()),
            row("rows", backup.rows.to_string()),
            row("digest of the state", backup.digest.clone()),
            row("files of applications", backup.files.to_string()),
        ];
        if backup.missing.count > 0 {
            let count = backup.missing.count;
            let told = format!(
                "{count} that applications name are not in this backup; copy them from elsewhere into documents/ of the new directory\n{}",
                listing(&backup.missing)
            );
            rows.push(row("missing files", told));
        }
        record(rows)
    })
}

/// Draws some of many files, one a line.
fn listing(files: &Listing) -> String {
    let mut lines = files.first.clone();
    if files.untold() > 0 {
        lines.push(format!("and {} more", files.untold()));
    }
    lines.join("\n")
}

/// Draws entries of the audit trail.
pub(super) fn trail(lines: &[AuditLine]) -> String {
    let row = |line: &AuditLine| {
        vec![
            line.sequence.to_string(),
            line.at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            line.actor.clone(),
            line.command.clone(),
            line.object.clone(),
            line.server_transaction.clone(),
            line.client_transaction.clone().unwrap_or_default(),
        ]
    };
    let header = [
        "entry", "time", "actor", "command", "object", "svTRID", "clTRID",
    ];
    table(&header, lines.iter().map(row))
}
