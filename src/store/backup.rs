//! Backups: a checkpoint written elsewhere, and a new store begun from one.
//!
//! A backup holds the state, not the history: the audit trail stays in the journal's segments, which are
//! ordinary files to be archived beside it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::checkpoint::{self, Source};
use super::disk::{Disk, RealDisk, damaged, file_error};
use super::engine::{Durable, Options, lock};
use super::error::Error;
use super::journal::head::Head;
use super::journal::writer::Writer;
use super::recovery::Truth;
use super::state::Digester;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Last entry included.
    pub sequence: u64,
    /// Rows included.
    pub rows: u64,
    /// Digest of the state.
    pub digest: String,
}

impl Durable {
    /// Writes everything acknowledged so far to `file`, and reads it back. Blocks; commits go on meanwhile.
    ///
    /// # Errors
    /// When journal or disk do not allow it, or when the file does not read back.
    pub fn backup_create(&self, file: &Path) -> Result<Backup, Error> {
        let truth = self.truth();
        truth.stream(self.link().sequence, &mut |stream| {
            truth.write(stream, file)
        })?;
        inspect(file)
    }
}

/// Begins a store in `dir`, which must be absent or empty, with the state of a backup. Blocks.
///
/// # Errors
/// `Damaged` when the backup is; `File` when the directory is in use or cannot be written.
pub fn backup_restore(file: &Path, dir: &Path) -> Result<Backup, Error> {
    let wrap = file_error(dir);
    fs::create_dir_all(dir).map_err(&wrap)?;
    if fs::read_dir(dir).map_err(&wrap)?.next().is_some() {
        return Err(wrap(std::io::Error::other("the directory is not empty")));
    }
    let backup = inspect(file)?;
    let _lock = lock(dir)?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let truth = Truth::new(Arc::clone(&disk), dir);
    disk.create_dirs(&truth.checkpoints)
        .map_err(file_error(&truth.checkpoints))?;
    let copy = checkpoint::path(&truth.checkpoints, backup.sequence);
    fs::copy(file, &copy).map_err(file_error(&copy))?;
    let copied = disk.open(&copy).map_err(file_error(&copy))?;
    copied.sync().map_err(file_error(&copy))?;
    disk.sync_dir(&truth.checkpoints)
        .map_err(file_error(&truth.checkpoints))?;
    if inspect(&copy)? != backup {
        return Err(damaged(&copy, 0, "the copy differs from the backup"));
    }
    let link = Source::open(&*copied, &copy)?.link();
    let size = Options::default().segment_size;
    Writer::create(&disk, &truth.journal, size, link)?.stop();
    Head::create(&*disk, &dir.join("head"), link)?;
    disk.sync_dir(dir).map_err(&wrap)?;
    Ok(backup)
}

/// Reads a backup through.
fn inspect(path: &Path) -> Result<Backup, Error> {
    let file = fs::File::open(path).map_err(file_error(path))?;
    let mut source = Source::open(&file, path)?;
    let (mut rows, mut digester) = (0, Digester::default());
    while let Some((slot, row)) = source.next()? {
        rows += 1;
        digester.add(slot.as_bytes(), &row);
    }
    Ok(Backup {
        sequence: source.link().sequence,
        rows,
        digest: digester.finish().to_string(),
    })
}
