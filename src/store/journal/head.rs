//! The head: the last acknowledged entry, kept beside the journal, so that a journal cut short is noticed.
//!
//! Two slots take turns, each with its checksum; the newer sound one counts. The head is written after each
//! sync and before the answers, and synced when the journal rests: a crash of the system may set it back a
//! moment, never ahead of the journal.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::codec::Decoder;
use crate::store::disk::{Disk, DiskFile, file_error, read_all};
use crate::store::error::Error;

use super::Link;

/// Distance of the slots: two blocks of any disk.
const SLOT: u64 = 4096;
/// Tells our files.
const MAGIC: &[u8; 8] = b"HKEPPHED";
/// Octets of a slot's content.
const LENGTH: usize = 8 + 8 + 32 + 4;

/// The head file, open for writing.
#[derive(Debug)]
pub(in crate::store) struct Head {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    turn: u64,
    /// Whether something was written since the last sync.
    pub(in crate::store) dirty: bool,
}

impl Head {
    /// Makes the head file say `link`, durably, and keeps it open.
    pub(in crate::store) fn create(
        disk: &dyn Disk,
        path: &Path,
        link: Link,
    ) -> Result<Self, Error> {
        let fresh = match disk.open(path) {
            Ok(file) => Ok((file, false)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                disk.create(path).map(|file| (file, true))
            }
            Err(error) => Err(error),
        };
        let (file, fresh) = fresh.map_err(file_error(path))?;
        let mut head = Self {
            file,
            path: path.to_path_buf(),
            turn: 0,
            dirty: false,
        };
        // Both slots: a damaged one must not stay behind.
        head.write(link)?;
        head.write(link)?;
        head.sync()?;
        if let Some(dir) = path.parent().filter(|_| fresh) {
            disk.sync_dir(dir).map_err(file_error(dir))?;
        }
        Ok(head)
    }

    /// Writes the link of the last durable entry.
    pub(in crate::store) fn write(&mut self, link: Link) -> Result<(), Error> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&link.sequence.to_le_bytes());
        bytes.extend_from_slice(&link.hash);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        let written = self.file.write_at(&bytes, self.turn * SLOT);
        self.turn = 1 - self.turn;
        self.dirty = true;
        written.map_err(file_error(&self.path))
    }

    /// Makes the head durable.
    pub(in crate::store) fn sync(&mut self) -> Result<(), Error> {
        self.file.sync().map_err(file_error(&self.path))?;
        self.dirty = false;
        Ok(())
    }
}

/// Reads the head; none when there is no sound one.
pub(in crate::store) fn read(disk: &dyn Disk, path: &Path) -> Option<Link> {
    let bytes = read_all(disk, path).ok()?;
    let slots = [0, SLOT as usize].map(|offset| decode(bytes.get(offset..offset + LENGTH)?));
    slots.into_iter().flatten().max_by_key(|link| link.sequence)
}

/// Decodes one slot.
fn decode(bytes: &[u8]) -> Option<Link> {
    let mut fields = Decoder::new(bytes);
    let magic = fields.array::<8>()?;
    let link = Link {
        sequence: fields.u64()?,
        hash: fields.array()?,
    };
    let crc = crc32c::crc32c(bytes.get(..LENGTH - 4)?);
    (&magic == MAGIC && fields.u32()? == crc).then_some(link)
}
