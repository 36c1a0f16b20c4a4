//! The one place that names the store's backend: opens it, and answers the verbs on its files.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, ensure};

use crate::admin::message::{AuditLine, BackedUp, Verified};
use crate::admin::{FileVerb, Reply};
use crate::base::metrics::Metrics;
use crate::model::DomainName;
use crate::store::{self, Durable, IndexState, Options, keys};

/// The backend of the server.
pub(super) type Backend = Durable;

/// Opens or makes the store in `dir`, which belongs to the server's user alone.
///
/// # Errors
/// When the directory cannot be used, or another process has it.
pub(super) async fn open(dir: &Path, metrics: Metrics) -> anyhow::Result<Backend> {
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
    let path = dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || open_blocking(&path, metrics)).await;
    opened.context("opening the store was interrupted")?
}

fn open_blocking(dir: &Path, metrics: Metrics) -> anyhow::Result<Backend> {
    let resident = keys::IN_MEMORY
        .iter()
        .map(|kind| (*kind).to_owned())
        .collect();
    Ok(Durable::open(
        dir,
        &Options {
            resident,
            metrics,
            ..Options::default()
        },
    )?)
}

/// Carries a verb out on the files of the running server.
pub(super) async fn perform(store: &Backend, verb: FileVerb) -> Reply {
    let store = store.clone();
    let done = tokio::task::spawn_blocking(move || perform_blocking(&store, &verb)).await;
    match done {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => Reply::Refused(error.to_string()),
        Err(_) => Reply::Refused("the server stopped meanwhile; try again".to_owned()),
    }
}

fn perform_blocking(store: &Backend, verb: &FileVerb) -> Result<Reply, store::Error> {
    Ok(match verb {
        FileVerb::StoreVerify(()) => Reply::Verified(verified(store.verify()?)),
        FileVerb::BackupCreate(file) => Reply::BackedUp(backed_up(store.backup_create(file)?)),
        FileVerb::AuditTail(lines) => {
            Reply::Audit(store.audit_tail(*lines)?.into_iter().map(line).collect())
        }
        FileVerb::DomainHistory((name, latest)) => history(store, name, *latest)?,
        FileVerb::AuditVerify(()) => Reply::Verified(verified(store.audit_verify()?)),
    })
}

/// Finds the latest changes of a domain in the journal. Blocks.
fn history(store: &Backend, name: &DomainName, latest: u64) -> Result<Reply, store::Error> {
    let found = store.audit_of(&keys::domain(name), latest)?;
    if found.is_empty() {
        let reason = format!("the audit trail knows no domain {name}");
        return Ok(Reply::Refused(reason));
    }
    Ok(Reply::Audit(found.into_iter().map(line).collect()))
}

/// Carries a verb out on the files of a server that does not run. Blocks.
///
/// # Errors
/// When there is no store, another process has it, or it is damaged.
pub fn perform_offline(dir: &Path, verb: &FileVerb) -> anyhow::Result<Reply> {
    ensure!(
        dir.join("journal").is_dir(),
        "{} holds no store; name its directory with --dir",
        dir.display()
    );
    if matches!(verb, FileVerb::StoreVerify(())) {
        return Ok(Reply::Verified(verified(store::verify(dir)?)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let store = open_blocking(dir, Metrics::default())?;
    let reply = perform_blocking(&store, verb);
    runtime.block_on(store.close())?;
    Ok(reply?)
}

/// Makes a store in `dir` from a backup. Blocks.
///
/// # Errors
/// When the backup is damaged, or the directory is not empty.
pub fn restore(file: &Path, dir: &Path) -> anyhow::Result<BackedUp> {
    let is_new = !dir.exists();
    let backup = store::backup_restore(file, dir)?;
    if is_new {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(backed_up(backup))
}

fn verified(report: store::Report) -> Verified {
    let index = match report.index {
        IndexState::Agrees => Some("agrees with the journal"),
        IndexState::Rebuilt => Some("is rebuilt at the next start"),
        IndexState::Wrong => Some("is wrong and is rebuilt at the next start"),
        IndexState::Unchecked => None,
    };
    Verified {
        first: report.first,
        last: report.last,
        head: report.head,
        segments: report.segments,
        checkpoints: report.checkpoints,
        digest: report.digest,
        index: index.map(str::to_owned),
        files: report.files,
        unnamed: report.unnamed,
        problems: report.problems,
    }
}

fn backed_up(backup: store::Backup) -> BackedUp {
    BackedUp {
        sequence: backup.sequence,
        rows: backup.rows,
        digest: backup.digest,
        files: backup.files,
        missing: backup.missing,
    }
}

fn line(line: store::AuditLine) -> AuditLine {
    AuditLine {
        sequence: line.sequence,
        at: line.audit.at,
        actor: line.audit.actor,
        command: line.audit.command,
        object: line.audit.object,
        server_transaction: line.audit.server_transaction,
        client_transaction: line.audit.client_transaction,
        keys: line.keys,
        hash: line.hash,
    }
}
