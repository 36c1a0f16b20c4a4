//! Opening: finds out what the last run left behind, repairs it, and starts the threads.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::store::checkpoint;
use crate::store::delta::Delta;
use crate::store::disk::{Disk, RealDisk, damaged, file_error};
use crate::store::error::Error;
use crate::store::index::sled::SledHome;
use crate::store::index::{Home, Index};
use crate::store::journal::head::{self, Head};
use crate::store::journal::reader::{self, Tail};
use crate::store::journal::writer::Writer;
use crate::store::journal::{Link, segment};
use crate::store::recovery::Truth;

use super::committer::{Committer, Schedule};
use super::indexer::{Indexer, build};
use super::shared::{Resident, Shared};
use super::{Durable, Options};

/// The lock of a directory, held as long as it lives.
#[derive(Debug)]
pub(in crate::store) struct Lock(File);

impl Drop for Lock {
    /// Closing the file would do, but for a child process between fork and exec, which holds a copy of it.
    fn drop(&mut self) {
        self.0.unlock().ok();
    }
}

/// Octets of journal folded before they are written to an index that catches up.
const FOLDED: usize = 16 * 1024 * 1024;

/// Opens the store in `dir` on the operating system's disk.
pub(super) fn open(dir: &Path, options: &Options) -> Result<Durable, Error> {
    fs::create_dir_all(dir).map_err(file_error(dir))?;
    let lock = lock(dir)?;
    let home = SledHome::new(&dir.join("index"), options.index_cache)?;
    open_on(dir, options, Arc::new(RealDisk), Arc::new(home), Some(lock))
}

/// Takes the lock of a directory.
pub(in crate::store) fn lock(dir: &Path) -> Result<Lock, Error> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(file_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(dir.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(file_error(&path)(error)),
    }
}

/// Opens a store on a given disk and index.
pub(in crate::store) fn open_on(
    dir: &Path,
    options: &Options,
    disk: Arc<dyn Disk>,
    home: Arc<dyn Home>,
    lock: Option<Lock>,
) -> Result<Durable, Error> {
    let truth = Arc::new(Truth::new(Arc::clone(&disk), dir));
    for dir in [&truth.journal, &truth.checkpoints] {
        disk.create_dirs(dir).map_err(file_error(dir))?;
    }
    disk.sync_dir(dir).map_err(file_error(dir))?;
    truth.remove_unfinished()?;
    let mut resident = Resident::new(&options.resident);
    let (writer, index) = if is_new(&truth, &*home, &dir.join("head"))? {
        begin(&truth, &*home, options)?
    } else {
        resume(&truth, &*home, options, &dir.join("head"), &mut resident)?
    };
    let head = Head::create(&*disk, &dir.join("head"), writer.link())?;
    let schedule = schedule(&truth, options)?;
    let shared = Arc::new(Shared::new(
        index,
        resident,
        writer.link(),
        options.metrics.clone(),
    ));
    start(shared, truth, home, writer, head, schedule, lock)
}

/// Says whether there is nothing of an earlier run.
fn is_new(truth: &Truth, home: &dyn Home, head: &Path) -> Result<bool, Error> {
    let segments = segment::list(&*truth.disk, &truth.journal)?;
    let checkpoints = checkpoint::list(&*truth.disk, &truth.checkpoints)?;
    let no_head = head::read(&*truth.disk, head).is_none();
    Ok(segments.is_empty() && checkpoints.is_empty() && no_head && home.is_new())
}

/// Makes an empty store whose chain begins with a random value, so that no two journals share an entry.
fn begin(
    truth: &Truth,
    home: &dyn Home,
    options: &Options,
) -> Result<(Writer, Box<dyn Index>), Error> {
    let mut hash = [0; 32];
    getrandom::fill(&mut hash)
        .map_err(|error| file_error(&truth.journal)(std::io::Error::other(error)))?;
    let genesis = Link { sequence: 0, hash };
    let writer = Writer::create(&truth.disk, &truth.journal, options.segment_size, genesis)?;
    let index = home.create(genesis)?;
    home.adopt()?;
    Ok((writer, index))
}

/// Continues a store: end of the journal, then the index up to there.
fn resume(
    truth: &Truth,
    home: &dyn Home,
    options: &Options,
    head: &Path,
    resident: &mut Resident,
) -> Result<(Writer, Box<dyn Index>), Error> {
    let old = home
        .reopen(&mut |slot| resident.note(slot, true))
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "the index cannot be used");
            None
        });
    let head = head::read(&*truth.disk, head);
    let newest = checkpoint::list(&*truth.disk, &truth.checkpoints)?.pop();
    let floor = [
        head.map(|link| link.sequence),
        old.as_ref().map(|index| index.applied().sequence),
        newest,
    ];
    let floor = floor.into_iter().flatten().max().unwrap_or(0);
    let tail = reader::find_tail(&*truth.disk, &truth.journal, floor, head)?;
    let writer = Writer::resume(&truth.disk, &truth.journal, options.segment_size, &tail)?;
    let index = match old {
        Some(index) => match catch_up(truth, &*index, &tail, resident) {
            Ok(()) => Some(index),
            Err(error) => {
                tracing::warn!(%error, "the index cannot be brought up to date");
                home.close(index, false)?;
                None
            }
        },
        None => None,
    };
    let index = match index {
        Some(index) => index,
        None => rebuild(truth, home, &tail, resident)?,
    };
    Ok((writer, index))
}

/// Makes the index anew.
fn rebuild(
    truth: &Truth,
    home: &dyn Home,
    tail: &Tail,
    resident: &mut Resident,
) -> Result<Box<dyn Index>, Error> {
    tracing::info!(entries = tail.link.sequence, "rebuilding the index");
    home.distrust();
    let index = build(truth, home, tail.link.sequence, Some(resident))?;
    home.adopt()?;
    Ok(index)
}

/// Replays the journal behind what the index has.
fn catch_up(
    truth: &Truth,
    index: &dyn Index,
    tail: &Tail,
    resident: &mut Resident,
) -> Result<(), Error> {
    loop {
        let mut delta = Delta::default();
        let from = index.applied();
        let link = reader::read_range(
            &*truth.disk,
            &truth.journal,
            from,
            tail.link.sequence,
            &mut |entry| {
                let (_, writes) = entry.frame.decode(entry.path, entry.offset)?;
                delta.add(writes, entry.link.sequence);
                Ok(delta.size < FOLDED)
            },
        )?;
        if link == from {
            return match from == tail.link {
                true => Ok(()),
                false => Err(damaged(
                    &truth.journal,
                    0,
                    "the index is of another journal",
                )),
            };
        }
        let mut rows = Vec::with_capacity(delta.changes.len());
        for (slot, change) in delta.changes {
            let base = match change.needs_base() {
                true => index.get(slot.as_bytes())?,
                false => None,
            };
            let row = change.resolve(base.as_ref());
            resident.note(slot.as_bytes(), row.is_some());
            rows.push((slot, row));
        }
        index.apply(&rows, link)?;
    }
}

/// Plans the first checkpoint: what the journal holds behind the last one counts.
fn schedule(truth: &Truth, options: &Options) -> Result<Schedule, Error> {
    let newest = checkpoint::list(&*truth.disk, &truth.checkpoints)?.pop();
    let firsts = segment::list(&*truth.disk, &truth.journal)?;
    let behind = firsts
        .iter()
        .filter(|first| **first > newest.unwrap_or(0))
        .count() as u64;
    let waiting = behind.saturating_sub(1) * options.segment_size;
    Ok(Schedule {
        every: options.checkpoint_every,
        newest: Arc::new(AtomicU64::new(newest_size(truth))),
        due: options.checkpoint_every.saturating_sub(waiting),
    })
}

/// Returns the octets of the newest checkpoint, 0 when there is none.
fn newest_size(truth: &Truth) -> u64 {
    let size = || {
        let newest = checkpoint::list(&*truth.disk, &truth.checkpoints)
            .ok()?
            .pop()?;
        let path = checkpoint::path(&truth.checkpoints, newest);
        truth.disk.open(&path).ok()?.length().ok()
    };
    size().unwrap_or(0)
}

/// Starts the threads.
fn start(
    shared: Arc<Shared>,
    truth: Arc<Truth>,
    home: Arc<dyn Home>,
    writer: Writer,
    head: Head,
    schedule: Schedule,
    lock: Option<Lock>,
) -> Result<Durable, Error> {
    let (requests, waiting) = mpsc::channel();
    let (index, work) = mpsc::channel();
    let (checkpoint, due) = mpsc::channel();
    let journal = truth.journal.clone();
    let wrap = file_error(&journal);
    let indexer = Indexer {
        shared: Arc::clone(&shared),
        home,
        truth: Arc::clone(&truth),
        work,
    };
    let named = |name: &str| thread::Builder::new().name(name.into());
    let indexer = named("store-index").spawn(|| indexer.run());
    let checkpointer = {
        let (shared, truth) = (Arc::clone(&shared), Arc::clone(&truth));
        let newest = Arc::clone(&schedule.newest);
        named("store-checkpoint").spawn(move || make_checkpoints(&due, &shared, &truth, &newest))
    };
    let committer = Committer {
        shared: Arc::clone(&shared),
        truth: Arc::clone(&truth),
        writer,
        head,
        requests: waiting,
        index: index.clone(),
        indexer: indexer.map_err(&wrap)?,
        checkpoint,
        checkpointer: checkpointer.map_err(&wrap)?,
        schedule,
        crowd: 0,
        lock,
    };
    named("store-commit")
        .spawn(|| committer.run())
        .map_err(&wrap)?;
    Ok(Durable {
        shared,
        truth,
        requests,
        index,
    })
}

/// Makes a checkpoint whenever one is due.
fn make_checkpoints(due: &Receiver<()>, shared: &Shared, truth: &Truth, newest: &AtomicU64) {
    while due.recv().is_ok() {
        while due.try_recv().is_ok() {}
        match truth.checkpoint(shared.sequence()) {
            Ok(_) => newest.store(newest_size(truth), Ordering::Relaxed),
            Err(Error::Closed) => tracing::info!("left a checkpoint unfinished to close"),
            Err(error) => {
                tracing::error!(%error, "no checkpoint could be made; the journal goes on");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_dropped_is_free_though_a_child_process_has_a_copy() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        let copy = first.0.try_clone().unwrap();
        assert!(matches!(lock(dir.path()), Err(Error::Locked(_))));
        drop(first);
        drop(lock(dir.path()).unwrap());
        drop(copy);
    }
}
