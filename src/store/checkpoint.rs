//! Checkpoints: the whole state after one entry, in one file with its own SHA-256; a backup begins with such a file.
//!
//! ```text
//! magic, u32 format, u64 sequence, [32] hash of the entry, u32 crc32c of the header
//! rows in slot order: u32 slot length, u32 row length, slot, row as in the index
//! 0xffffffff, u64 number of rows, [32] SHA-256 of everything before
//! ```
//! A checkpoint is made from the one before and the journal between, never from the index: what is wrong
//! there cannot creep in here.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::codec::{Decoder, Hash};
use super::disk::{Disk, DiskFile, Reading, damaged, file_error};
use super::error::Error;
use super::index::{decode_row, encode_row};
use super::journal::{Link, entry};
use super::state::{Row, Slot};

/// Tells our files.
const MAGIC: &[u8; 8] = b"HKEPPCKP";
/// Format of checkpoints.
const FORMAT: u32 = 1;
/// Octets of the header.
const HEADER: usize = 8 + 4 + 8 + 32 + 4;
/// Slot length that marks the end of the rows.
const END: u32 = u32::MAX;
/// How checkpoint files end.
const SUFFIX: &str = ".checkpoint";
/// Octets gathered before a write.
const CHUNK: usize = 1024 * 1024;

/// Returns the path of the checkpoint after entry `sequence`.
pub(super) fn path(dir: &Path, sequence: u64) -> PathBuf {
    dir.join(format!("{sequence:020}{SUFFIX}"))
}

/// Returns the sequences of all checkpoints, ascending.
pub(super) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<u64>, Error> {
    let names = disk.list(dir).map_err(file_error(dir))?;
    let numbers = names.iter().filter_map(|name| name.strip_suffix(SUFFIX));
    Ok(numbers.filter_map(|number| number.parse().ok()).collect())
}

/// Writes a checkpoint row by row.
pub(super) struct Sink {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    buffer: Vec<u8>,
    offset: u64,
    sum: Sha256,
    rows: u64,
}

impl Sink {
    /// Begins the file of the state after `link`.
    pub(super) fn create(disk: &dyn Disk, path: &Path, link: Link) -> Result<Self, Error> {
        let mut buffer = Vec::with_capacity(CHUNK);
        buffer.extend_from_slice(MAGIC);
        buffer.extend_from_slice(&FORMAT.to_le_bytes());
        buffer.extend_from_slice(&link.sequence.to_le_bytes());
        buffer.extend_from_slice(&link.hash);
        buffer.extend_from_slice(&crc32c::crc32c(&buffer).to_le_bytes());
        Ok(Self {
            file: disk.create(path).map_err(file_error(path))?,
            path: path.to_path_buf(),
            buffer,
            offset: 0,
            sum: Sha256::new(),
            rows: 0,
        })
    }

    /// Adds the next row.
    pub(super) fn add(&mut self, slot: &Slot, row: &Row) -> Result<(), Error> {
        let (slot, row) = (slot.as_bytes(), encode_row(slot.as_bytes(), row));
        self.buffer
            .extend_from_slice(&(slot.len() as u32).to_le_bytes());
        self.buffer
            .extend_from_slice(&(row.len() as u32).to_le_bytes());
        self.buffer.extend_from_slice(slot);
        self.buffer.extend_from_slice(&row);
        self.rows += 1;
        if self.buffer.len() < CHUNK {
            return Ok(());
        }
        self.flush()
    }

    /// Ends the file and makes it durable.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.buffer.extend_from_slice(&END.to_le_bytes());
        self.buffer.extend_from_slice(&self.rows.to_le_bytes());
        self.flush()?;
        let hash: Hash = self.sum.finalize().into();
        let wrap = file_error(&self.path);
        self.file.write_at(&hash, self.offset).map_err(&wrap)?;
        self.file.sync().map_err(&wrap)
    }

    /// Writes what has gathered.
    fn flush(&mut self) -> Result<(), Error> {
        self.sum.update(&self.buffer);
        self.file
            .write_at(&self.buffer, self.offset)
            .map_err(file_error(&self.path))?;
        self.offset += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

/// Reads a checkpoint row by row; the end is reached only if the hash was right.
pub(super) struct Source<'a> {
    input: BufReader<Reading<'a>>,
    path: &'a Path,
    link: Link,
    sum: Sha256,
    rows: u64,
    offset: u64,
    /// Nothing may follow the end.
    alone: bool,
    done: bool,
}

impl<'a> Source<'a> {
    /// Begins with the header of `file`.
    pub(super) fn open(file: &'a dyn DiskFile, path: &'a Path) -> Result<Self, Error> {
        let mut source = Self {
            input: BufReader::with_capacity(CHUNK, Reading::new(file)),
            path,
            link: Link {
                sequence: 0,
                hash: [0; 32],
            },
            sum: Sha256::new(),
            rows: 0,
            offset: 0,
            alone: true,
            done: false,
        };
        let header = source.take(HEADER)?;
        let mut fields = Decoder::new(&header);
        let magic = fields.array::<8>();
        let format = fields.u32().unwrap_or_default();
        if magic.as_ref() != Some(MAGIC) {
            return Err(damaged(path, 0, "this is no checkpoint"));
        }
        if format != FORMAT {
            return Err(Error::Format {
                file: path.to_path_buf(),
                found: format,
                known: FORMAT,
            });
        }
        source.link.sequence = fields.u64().unwrap_or_default();
        source.link.hash = fields.array().unwrap_or_default();
        let crc = crc32c::crc32c(header.get(..HEADER - 4).unwrap_or_default());
        if fields.u32() != Some(crc) {
            return Err(damaged(path, 0, "the header of the checkpoint is wrong"));
        }
        Ok(source)
    }

    /// Begins with the header of a backup, in which files may follow the end.
    pub(super) fn open_backup(file: &'a dyn DiskFile, path: &'a Path) -> Result<Self, Error> {
        let mut source = Self::open(file, path)?;
        source.alone = false;
        Ok(source)
    }

    /// Returns how many octets were read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the entry whose state this is.
    pub(super) fn link(&self) -> Link {
        self.link
    }

    /// Returns the next row, none at the proven end.
    pub(super) fn next(&mut self) -> Result<Option<(Slot, Row)>, Error> {
        if self.done {
            return Ok(None);
        }
        let slot_length = self.number()?;
        if slot_length == END {
            self.finish()?;
            self.done = true;
            return Ok(None);
        }
        let row_length = self.number()?;
        let at = self.offset;
        let longest = entry::LARGEST as u32;
        if slot_length > longest || row_length > longest {
            return Err(damaged(self.path, at, "the length of a row is impossible"));
        }
        let slot = self.take(slot_length as usize)?;
        let row = self.take(row_length as usize)?;
        let row = decode_row(&slot, &row);
        let row = row.ok_or_else(|| damaged(self.path, at, "the checksum of a row is wrong"))?;
        self.rows += 1;
        Ok(Some((Slot::from_bytes(slot), row)))
    }

    /// Reads the end of the file and compares count and hash.
    fn finish(&mut self) -> Result<(), Error> {
        let rows = self.take(8)?;
        let counted = Decoder::new(&rows).u64();
        let expected: Hash = std::mem::take(&mut self.sum).finalize().into();
        let at = self.offset;
        if counted != Some(self.rows) || self.take(32)? != expected {
            return Err(damaged(
                self.path,
                at,
                "the hash of the checkpoint is wrong",
            ));
        }
        if !self.alone {
            return Ok(());
        }
        match self.input.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(damaged(self.path, self.offset, "something follows the end")),
            Err(error) => Err(file_error(self.path)(error)),
        }
    }

    /// Reads a 32-bit number.
    fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.take(4)?;
        Ok(Decoder::new(&bytes).u32().unwrap_or_default())
    }

    /// Reads octets and counts them into the hash.
    fn take(&mut self, count: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; count];
        match self.input.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(damaged(self.path, self.offset, "the file ends too early"));
            }
            Err(error) => return Err(file_error(self.path)(error)),
        }
        self.sum.update(&bytes);
        self.offset += count as u64;
        Ok(bytes)
    }
}
