//! Segment files: a header, entries, zeros.
//!
//! A file is prepared under a temporary name – zeros, synced – by a thread of its own, and gets its header and
//! its name when the segment before is full. So a file with a segment's name always has a durable header.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::store::codec::Decoder;
use crate::store::disk::{Disk, DiskFile, damaged, file_error};
use crate::store::error::Error;

use super::Link;

/// Octets of a segment's header; entries follow.
pub(in crate::store) const HEADER: usize = 64;
/// Smallest segment that makes sense, for tests.
pub(in crate::store) const SMALLEST: u64 = 4096;
/// Size of the first segment, so that the first start does not wait; each next one doubles up to the setting.
const FIRST: u64 = 4 * 1024 * 1024;
/// Zeros written before each sync while preparing, so that commits are not held up for long.
const STEP: usize = 1024 * 1024;
/// Tells our files.
const MAGIC: &[u8; 8] = b"HKEPPJNL";
/// Format of segments.
const FORMAT: u32 = 1;
/// How segment files end.
const SUFFIX: &str = ".journal";
/// The next segment while it is prepared.
const PREPARING: &str = "next.preparing";

/// Returns the path of the segment that begins with entry `first`.
pub(in crate::store) fn path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}{SUFFIX}"))
}

/// Returns the first sequences of all segments, ascending.
pub(in crate::store) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<u64>, Error> {
    let names = disk.list(dir).map_err(file_error(dir))?;
    let numbers = names.iter().filter_map(|name| name.strip_suffix(SUFFIX));
    Ok(numbers.filter_map(|number| number.parse().ok()).collect())
}

/// Encodes the header of the segment that follows `link`.
pub(in crate::store) fn encode_header(link: Link) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&link.sequence.to_le_bytes());
    bytes.extend_from_slice(&link.hash);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    bytes
}

/// Decodes a header: the place in the chain before the segment's first entry.
pub(in crate::store) fn decode_header(bytes: &[u8], path: &Path) -> Result<Link, Error> {
    let mut fields = Decoder::new(bytes);
    let mut read = || {
        let magic = fields.array::<8>()?;
        let format = fields.u32()?;
        fields.take(4)?;
        let link = Link {
            sequence: fields.u64()?,
            hash: fields.array()?,
        };
        fields.take(4)?;
        Some((magic, format, link, fields.u32()?))
    };
    let Some((magic, format, link, crc)) = read() else {
        return Err(damaged(path, 0, "the segment ends within its header"));
    };
    let expected = crc32c::crc32c(bytes.get(..HEADER - 4).unwrap_or_default());
    if &magic != MAGIC || crc != expected {
        return Err(damaged(path, 0, "the header of the segment is wrong"));
    }
    if format != FORMAT {
        return Err(Error::Format {
            file: path.to_path_buf(),
            found: format,
            known: FORMAT,
        });
    }
    Ok(link)
}

/// A segment ready for entries.
#[derive(Debug)]
pub(in crate::store) struct Prepared {
    pub(in crate::store) file: Box<dyn DiskFile>,
    pub(in crate::store) capacity: u64,
}

/// Prepares one segment ahead.
#[derive(Debug)]
pub(in crate::store) struct Preparer {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    largest: u64,
    next: u64,
    running: Option<JoinHandle<io::Result<Prepared>>>,
}

impl Preparer {
    /// Prepares segments in `dir`, at last of size `largest`.
    pub(in crate::store) fn new(disk: Arc<dyn Disk>, dir: &Path, largest: u64) -> Self {
        let largest = largest.max(SMALLEST);
        Self {
            disk,
            dir: dir.to_path_buf(),
            largest,
            next: largest.min(FIRST),
            running: None,
        }
    }

    /// Sizes the next segment after one of `capacity`.
    pub(in crate::store) fn grow_from(&mut self, capacity: u64) {
        self.next = (capacity * 2).clamp(SMALLEST, self.largest);
    }

    /// Starts preparing the next segment in the background.
    pub(in crate::store) fn start(&mut self) -> io::Result<()> {
        let (disk, path, size) = (Arc::clone(&self.disk), self.temporary(), self.next);
        self.next = (size * 2).min(self.largest);
        let thread = std::thread::Builder::new().name("journal-prepare".into());
        self.running = Some(thread.spawn(move || prepare(&*disk, &path, size))?);
        Ok(())
    }

    /// Returns the prepared segment under its name, with the header that follows `link`; waits if need be.
    pub(in crate::store) fn take(&mut self, link: Link) -> io::Result<Prepared> {
        let prepared = match self.running.take() {
            Some(thread) => thread
                .join()
                .map_err(|_| io::Error::other("preparing a segment failed"))?,
            None => prepare(&*self.disk, &self.temporary(), self.next),
        }?;
        prepared.file.write_at(&encode_header(link), 0)?;
        prepared.file.sync()?;
        let path = path(&self.dir, link.sequence + 1);
        self.disk.rename(&self.temporary(), &path)?;
        self.disk.sync_dir(&self.dir)?;
        Ok(prepared)
    }

    /// Waits for a preparation under way, so that nothing writes after a close.
    pub(in crate::store) fn stop(&mut self) {
        if let Some(thread) = self.running.take() {
            // Whatever became of it, the file is made anew when it is needed.
            thread.join().ok();
        }
    }

    /// Returns the path of the segment being prepared.
    fn temporary(&self) -> PathBuf {
        self.dir.join(PREPARING)
    }
}

impl Drop for Preparer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Writes a file full of zeros.
fn prepare(disk: &dyn Disk, path: &Path, size: u64) -> io::Result<Prepared> {
    let file = disk.create(path)?;
    let zeros = vec![0; usize::try_from(size).unwrap_or(STEP).min(STEP)];
    let mut offset = 0;
    while offset < size {
        let step = usize::try_from(size - offset).unwrap_or(STEP);
        let step = step.min(zeros.len());
        file.write_at(zeros.get(..step).unwrap_or_default(), offset)?;
        file.sync()?;
        offset += step as u64;
    }
    Ok(Prepared {
        file,
        capacity: size,
    })
}
