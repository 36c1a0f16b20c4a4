//! Writing the journal: entries gather in a buffer, one sync makes a batch durable.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::change::ChangeSet;
use crate::store::disk::{Disk, DiskFile, file_error};
use crate::store::error::Error;

use super::Link;
use super::entry;
use super::reader::Tail;
use super::segment::{self, Prepared, Preparer};

/// The open end of the journal.
#[derive(Debug)]
pub(in crate::store) struct Writer {
    dir: PathBuf,
    preparer: Preparer,
    file: Box<dyn DiskFile>,
    path: PathBuf,
    capacity: u64,
    /// Where the buffer goes.
    offset: u64,
    buffer: Vec<u8>,
    link: Link,
    /// Octets of entries written since the start, for deciding when a checkpoint pays.
    written: u64,
}

impl Writer {
    /// Starts a journal whose first entry follows `link`.
    pub(in crate::store) fn create(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        largest: u64,
        link: Link,
    ) -> Result<Self, Error> {
        disk.create_dirs(dir).map_err(file_error(dir))?;
        let mut preparer = Preparer::new(Arc::clone(disk), dir, largest);
        let prepared = preparer.take(link).map_err(file_error(dir))?;
        Self::at(dir, preparer, prepared, link, segment::HEADER)
    }

    /// Continues a journal at its end: cuts what was never acknowledged and makes the rest durable.
    ///
    /// What the head does not vouch for is written again: after a failed sync the system may believe it is on
    /// disk although it is not.
    pub(in crate::store) fn resume(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        largest: u64,
        tail: &Tail,
    ) -> Result<Self, Error> {
        let Tail {
            segment,
            link,
            offset,
            unproven,
        } = tail;
        let wrap = file_error(&segment.path);
        let file = disk.open(&segment.path).map_err(&wrap)?;
        let unproven_bytes = segment.bytes.get(*unproven..*offset).unwrap_or_default();
        file.write_at(unproven_bytes, *unproven as u64)
            .map_err(&wrap)?;
        let rest = segment.bytes.get(*offset..).unwrap_or_default();
        if let Some(end) = rest.iter().rposition(|byte| *byte != 0) {
            let cut = end + 1;
            tracing::warn!(file = %segment.path.display(), offset, octets = cut, "cut a journal tail that was never acknowledged");
            file.write_at(&vec![0; cut], *offset as u64)
                .map_err(&wrap)?;
        }
        file.sync().map_err(&wrap)?;
        let prepared = Prepared {
            file,
            capacity: segment.bytes.len() as u64,
        };
        let mut preparer = Preparer::new(Arc::clone(disk), dir, largest);
        preparer.grow_from(prepared.capacity);
        let mut writer = Self::at(dir, preparer, prepared, *link, *offset)?;
        writer.path.clone_from(&segment.path);
        Ok(writer)
    }

    /// Puts the parts together and has the next segment prepared.
    fn at(
        dir: &Path,
        mut preparer: Preparer,
        prepared: Prepared,
        link: Link,
        offset: usize,
    ) -> Result<Self, Error> {
        preparer.start().map_err(file_error(dir))?;
        Ok(Self {
            path: segment::path(dir, link.sequence + 1),
            dir: dir.to_path_buf(),
            preparer,
            file: prepared.file,
            capacity: prepared.capacity,
            offset: offset as u64,
            buffer: Vec::new(),
            link,
            written: 0,
        })
    }

    /// Returns the last entry appended.
    pub(in crate::store) fn link(&self) -> Link {
        self.link
    }

    /// Returns the octets appended since the start.
    pub(in crate::store) fn written(&self) -> u64 {
        self.written
    }

    /// Appends an entry of the batch that began with sequence `batch`; not durable before [`Writer::sync`].
    ///
    /// # Errors
    /// `TooLarge` leaves the journal as it was; anything else means that it must not be written any more.
    pub(in crate::store) fn append(
        &mut self,
        change: &ChangeSet,
        batch: u64,
    ) -> Result<Link, Error> {
        let start = self.buffer.len();
        let link = entry::encode(change, self.link, batch, &mut self.buffer)?;
        let length = (self.buffer.len() - start) as u64;
        let end = self.offset + self.buffer.len() as u64;
        let holds_entries = self.offset > segment::HEADER as u64 || start > 0;
        if end > self.capacity && holds_entries {
            let entry = self.buffer.split_off(start);
            self.sync()?;
            self.rotate()?;
            self.buffer = entry;
        }
        self.written += length;
        self.link = link;
        Ok(link)
    }

    /// Makes everything appended durable.
    pub(in crate::store) fn sync(&mut self) -> Result<(), Error> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let wrap = file_error(&self.path);
        self.file
            .write_at(&self.buffer, self.offset)
            .map_err(&wrap)?;
        self.file.sync().map_err(&wrap)?;
        self.offset += self.buffer.len() as u64;
        self.buffer.clear();
        // A rare huge batch must not hold its memory for ever.
        self.buffer.shrink_to(4 * 1024 * 1024);
        Ok(())
    }

    /// Waits for background work; the writer is not used afterwards.
    pub(in crate::store) fn stop(&mut self) {
        self.preparer.stop();
    }

    /// Goes on in a new segment.
    fn rotate(&mut self) -> Result<(), Error> {
        let prepared = self
            .preparer
            .take(self.link)
            .map_err(file_error(&self.dir))?;
        self.path = segment::path(&self.dir, self.link.sequence + 1);
        self.file = prepared.file;
        self.capacity = prepared.capacity;
        self.offset = segment::HEADER as u64;
        self.preparer.start().map_err(file_error(&self.dir))
    }
}
