//! The truth: checkpoints and journal together, as a stream of rows at any entry.
//!
//! Rows come in slot order from the newest sound checkpoint with the folded journal behind it merged in.
//! A damaged checkpoint is set aside and the one before it is used. When the journal behind the checkpoint
//! is long, intermediate checkpoints bound the memory.

use std::collections::btree_map;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::checkpoint::{self, Sink, Source};
use super::delta::{Change, Delta};
use super::disk::{Disk, damaged, file_error};
use super::error::Error;
use super::files;
use super::journal::Link;
use super::journal::reader::{self, Segment};
use super::journal::segment;
use super::state::{Digest, Digester, Row, Slot};

/// Memory the folded journal may take before an intermediate checkpoint is made.
const FOLDED: usize = 256 * 1024 * 1024;
/// Checkpoints kept: the newest, and one to fall back on.
const KEPT: usize = 2;

/// How a file ends while it is written.
const UNFINISHED: &str = ".new";

/// Directories of checkpoints and journal.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) journal: PathBuf,
    pub(super) checkpoints: PathBuf,
    /// Where the files are that records name.
    pub(super) files: PathBuf,
    /// Held while checkpoints are made or removed.
    making: Mutex<()>,
    /// Set when the store closes: long work ends early, a stop must take no longer than seconds.
    stopping: AtomicBool,
}

/// Rows in slot order.
pub(super) struct Stream<'a> {
    base: Option<Source<'a>>,
    held: Option<(Slot, Row)>,
    changes: Peekable<btree_map::IntoIter<Slot, Change>>,
    /// The entry whose state this is.
    pub(super) link: Link,
}

impl Stream<'_> {
    /// Returns the next row, none at the proven end.
    pub(super) fn next(&mut self) -> Result<Option<(Slot, Row)>, Error> {
        loop {
            if self.held.is_none() {
                self.held = match &mut self.base {
                    Some(base) => base.next()?,
                    None => None,
                };
            }
            let before = match (&self.held, self.changes.peek()) {
                (Some((slot, _)), Some((changed, _))) => slot < changed,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return Ok(None),
            };
            if before {
                return Ok(self.held.take());
            }
            let Some((slot, change)) = self.changes.next() else {
                return Ok(None);
            };
            let same = self.held.take_if(|(held, _)| *held == slot);
            if let Some(row) = change.resolve(same.as_ref().map(|(_, row)| row)) {
                return Ok(Some((slot, row)));
            }
        }
    }
}

impl Truth {
    /// Uses the directories under `dir`.
    pub(super) fn new(disk: Arc<dyn Disk>, dir: &Path) -> Self {
        Self {
            disk,
            journal: dir.join("journal"),
            checkpoints: dir.join("checkpoint"),
            files: dir.join(files::DIRECTORY),
            making: Mutex::new(()),
            stopping: AtomicBool::new(false),
        }
    }

    /// Makes work under way end with `Closed`; a checkpoint or backup not finished leaves nothing behind that counts.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Fails once the store closes.
    pub(super) fn go_on(&self) -> Result<(), Error> {
        match self.stopping.load(Ordering::Relaxed) {
            true => Err(Error::Closed),
            false => Ok(()),
        }
    }

    /// Removes checkpoints that a crash left unfinished.
    pub(super) fn remove_unfinished(&self) -> Result<(), Error> {
        let wrap = file_error(&self.checkpoints);
        for name in self.disk.list(&self.checkpoints).map_err(&wrap)? {
            if name.ends_with(UNFINISHED) {
                let path = self.checkpoints.join(name);
                self.disk.remove(&path).map_err(&wrap)?;
            }
        }
        Ok(())
    }

    /// Gives `consume` the state after entry `upto`; it is called again when a checkpoint proves damaged.
    ///
    /// # Errors
    /// `Damaged` when no sound checkpoint and journal lead there; otherwise what `consume` reports.
    pub(super) fn stream<T>(
        &self,
        upto: u64,
        consume: &mut dyn FnMut(&mut Stream<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        self.stream_alone(upto, consume)
    }

    /// Makes a checkpoint after entry `upto`, removes all but the newest, and returns its place.
    pub(super) fn checkpoint(&self, upto: u64) -> Result<Link, Error> {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let link = self.stream_alone(upto, &mut |stream| self.write_in_place(stream))?;
        let mut present = checkpoint::list(&*self.disk, &self.checkpoints)?;
        present.truncate(present.len().saturating_sub(KEPT));
        for old in present {
            let path = checkpoint::path(&self.checkpoints, old);
            self.disk.remove(&path).map_err(file_error(&path))?;
        }
        Ok(link)
    }

    /// Returns the digest of the state after entry `upto`.
    pub(super) fn digest(&self, upto: u64) -> Result<Digest, Error> {
        self.stream(upto, &mut |stream| {
            let mut digester = Digester::default();
            while let Some((slot, row)) = stream.next()? {
                digester.add(slot.as_bytes(), &row);
            }
            Ok(digester.finish())
        })
    }

    /// Writes the state of a stream to a temporary file beside `path`, to be given its name by [`Truth::publish`].
    pub(super) fn write(&self, stream: &mut Stream<'_>, path: &Path) -> Result<PathBuf, Error> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(UNFINISHED);
        let temporary = PathBuf::from(temporary);
        let mut sink = Sink::create(&*self.disk, &temporary, stream.link)?;
        while let Some((slot, row)) = stream.next()? {
            self.go_on()?;
            sink.add(&slot, &row)?;
        }
        sink.finish()?;
        Ok(temporary)
    }

    /// Gives a file that [`Truth::write`] made its name, durably.
    pub(super) fn publish(&self, temporary: &Path, path: &Path) -> Result<(), Error> {
        self.disk
            .rename(temporary, path)
            .map_err(file_error(path))?;
        let dir = match path.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir,
            Some(_) | None => Path::new("."),
        };
        self.disk.sync_dir(dir).map_err(file_error(dir))
    }

    /// Writes the state of a stream as a checkpoint, unless it is there already.
    fn write_in_place(&self, stream: &mut Stream<'_>) -> Result<Link, Error> {
        let unchanged = stream.changes.peek().is_none();
        let path = checkpoint::path(&self.checkpoints, stream.link.sequence);
        let there = stream.base.as_ref().map(Source::link) == Some(stream.link);
        if there && unchanged {
            return Ok(stream.link);
        }
        let temporary = self.write(stream, &path)?;
        self.publish(&temporary, &path)?;
        Ok(stream.link)
    }

    /// Does what [`Truth::stream`] says, under its lock.
    fn stream_alone<T>(
        &self,
        upto: u64,
        consume: &mut dyn FnMut(&mut Stream<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let mut usable = checkpoint::list(&*self.disk, &self.checkpoints)?;
            usable.retain(|sequence| *sequence <= upto);
            let path = usable
                .last()
                .map(|sequence| checkpoint::path(&self.checkpoints, *sequence));
            let outcome = match &path {
                Some(path) => self.stream_from(path, upto, consume),
                None => self.stream_from_start(upto, consume),
            };
            match (outcome, &path) {
                (Ok(Some(done)), _) => return Ok(done),
                (Ok(None), _) => {}
                (Err(Error::Damaged { file, what, .. }), Some(path)) if file == *path => {
                    tracing::error!(file = %path.display(), what, "set a damaged checkpoint aside");
                    let aside = path.with_extension("damaged");
                    self.disk.rename(path, &aside).map_err(file_error(path))?;
                }
                (Err(error), _) => return Err(error),
            }
        }
    }

    /// Streams from a checkpoint on; none when an intermediate checkpoint was made instead.
    fn stream_from<T>(
        &self,
        path: &Path,
        upto: u64,
        consume: &mut dyn FnMut(&mut Stream<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let file = self.disk.open(path).map_err(file_error(path))?;
        let base = Source::open(&*file, path)?;
        let from = base.link();
        if checkpoint::path(&self.checkpoints, from.sequence) != path {
            return Err(damaged(path, 0, "the checkpoint has the name of another"));
        }
        self.merge(Some(base), from, upto, consume)
    }

    /// Streams from the first entry on.
    fn stream_from_start<T>(
        &self,
        upto: u64,
        consume: &mut dyn FnMut(&mut Stream<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let firsts = segment::list(&*self.disk, &self.journal)?;
        if firsts.first() != Some(&1) {
            let what = "there is no sound checkpoint, and the journal does not reach back to the first entry";
            return Err(damaged(&self.checkpoints, 0, what));
        }
        let from = Segment::load(&*self.disk, &self.journal, 1)?.base;
        self.merge(None, from, upto, consume)
    }

    /// Folds the journal behind `from` and streams the result.
    fn merge<T>(
        &self,
        base: Option<Source<'_>>,
        from: Link,
        upto: u64,
        consume: &mut dyn FnMut(&mut Stream<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut delta = Delta::default();
        let link = reader::read_range(&*self.disk, &self.journal, from, upto, &mut |entry| {
            self.go_on()?;
            let (_, writes) = entry.frame.decode(entry.path, entry.offset)?;
            delta.add(writes, entry.link.sequence);
            Ok(delta.size < FOLDED)
        })?;
        let mut stream = Stream {
            base,
            held: None,
            changes: delta.changes.into_iter().peekable(),
            link,
        };
        if link.sequence < upto {
            self.write_in_place(&mut stream)?;
            return Ok(None);
        }
        consume(&mut stream).map(Some)
    }
}
