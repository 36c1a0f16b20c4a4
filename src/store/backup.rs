//! Backups: a checkpoint written elsewhere with the files its records name behind it, and a new store begun from one.
//!
//! A backup holds the state, not the history: the audit trail stays in the journal's segments, which are
//! ordinary files to be archived beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::checkpoint::{self, Source};
use super::disk::{Disk, RealDisk, damaged, file_error};
use super::engine::{Durable, Options, lock};
use super::error::Error;
use super::files::{Listing, Named, section};
use super::journal::Link;
use super::journal::head::Head;
use super::journal::writer::Writer;
use super::recovery::Truth;
use super::state::{Digest, Digester};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Last entry included.
    pub sequence: u64,
    /// Rows included.
    pub rows: u64,
    /// Digest of the state.
    pub digest: String,
    /// Files included.
    pub files: u64,
    /// Files that records name and that are not included.
    pub missing: Listing,
}

impl Durable {
    /// Writes everything acknowledged so far to `file`, and reads it back. Blocks; commits go on meanwhile.
    ///
    /// The files are those that the records written name, so a change made meanwhile does not matter. One that is
    /// missing or altered is left out and told.
    ///
    /// # Errors
    /// When journal or disk do not allow it, or when the file does not read back.
    pub fn backup_create(&self, file: &Path) -> Result<Backup, Error> {
        let truth = self.truth();
        let go_on = || truth.go_on();
        let temporary = truth.stream(self.link().sequence, &mut |stream| {
            truth.write(stream, file)
        })?;
        let written = File::open(&temporary).map_err(file_error(&temporary))?;
        let state = State::read(&written, &temporary)?;
        let (disk, end) = (&*truth.disk, state.end);
        section::write(disk, &temporary, end, &truth.files, &state.named, &go_on)?;
        let backup = state.finish(&written, &temporary, None, &go_on)?;
        truth.publish(&temporary, file)?;
        Ok(backup)
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
        return Err(wrap(io::Error::other("the directory is not empty")));
    }
    let backup = File::open(file).map_err(file_error(file))?;
    // All is read once before anything is written, so that a damaged backup leaves nothing behind.
    let state = State::read(&backup, file)?;
    state.finish(&backup, file, None, &|| Ok(()))?;
    let _lock = lock(dir)?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let truth = Truth::new(Arc::clone(&disk), dir);
    disk.create_dirs(&truth.checkpoints)
        .map_err(file_error(&truth.checkpoints))?;
    let copy = checkpoint::path(&truth.checkpoints, state.link.sequence);
    let copied = copy_front(&backup, state.end, &copy).map_err(file_error(&copy))?;
    disk.sync_dir(&truth.checkpoints)
        .map_err(file_error(&truth.checkpoints))?;
    if State::read(&copied, &copy)?.digest != state.digest {
        return Err(damaged(&copy, 0, "the copy differs from the backup"));
    }
    let restored = state.finish(&backup, file, Some(&truth.files), &|| Ok(()))?;
    let size = Options::default().segment_size;
    Writer::create(&disk, &truth.journal, size, state.link)?.stop();
    Head::create(&*disk, &dir.join("head"), state.link)?;
    disk.sync_dir(dir).map_err(&wrap)?;
    Ok(restored)
}

/// Copies the first `length` octets of a file to a new one, which is durable then.
fn copy_front(from: &File, length: u64, to: &Path) -> io::Result<File> {
    let mut from = from;
    from.rewind()?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    let mut copy = options.open(to)?;
    io::copy(&mut from.take(length), &mut copy)?;
    copy.sync_all()?;
    Ok(copy)
}

/// The state in a backup.
struct State {
    link: Link,
    rows: u64,
    digest: Digest,
    named: Named,
    /// Where it ends; files may follow.
    end: u64,
}

impl State {
    /// Reads the state through.
    fn read(file: &File, path: &Path) -> Result<Self, Error> {
        let mut source = Source::open_backup(file, path)?;
        let (mut rows, mut digester, mut named) = (0, Digester::default(), Named::new());
        while let Some((slot, row)) = source.next()? {
            rows += 1;
            digester.add(slot.as_bytes(), &row);
            named.note(&slot, &row)?;
        }
        Ok(Self {
            link: source.link(),
            rows,
            digest: digester.finish(),
            named,
            end: source.offset(),
        })
    }

    /// Reads the files behind the state through, and keeps them in the directory `into`.
    fn finish(
        &self,
        file: &File,
        path: &Path,
        into: Option<&Path>,
        go_on: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Backup, Error> {
        let named = self.named.clone();
        let (files, missing) = section::read(file, path, self.end, named, into, go_on)?;
        Ok(Backup {
            sequence: self.link.sequence,
            rows: self.rows,
            digest: self.digest.to_string(),
            files,
            missing,
        })
    }
}
