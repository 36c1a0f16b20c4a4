//! The index on sled 0.34.7: one tree, no compression, one writing thread.
//!
//! sled's flush does not reach the disk and sled panics on damage, so it is trusted only after a clean close or
//! within one boot of the machine, only after every row was read and the tally was right, and every call is
//! guarded against panics. Whatever goes wrong is an [`Error::Index`], which means: rebuild.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use sled::{Batch, Db, Mode};

use crate::store::codec::Decoder;
use crate::store::disk::file_error;
use crate::store::error::Error;
use crate::store::journal::Link;
use crate::store::state::Row;

use super::{
    Home, Index, Rows, SlotVisitor, Tally, Visitor, decode_row, encode_row, fingerprint, proof,
};

/// Key of the row that says how far the index got; sorts before every slot.
pub(super) const META: &[u8] = b"\0meta";
/// First line of the state file: what it is, and its format.
const STATE: &str = "hkepp-index 1";
/// How long closing sled may take before it is left behind unclean.
const CLOSING: Duration = Duration::from_secs(4);
/// Pause between sled's own flushes; its flusher also cleans up.
const FLUSH_MILLISECONDS: u64 = 500;

/// How far the index got, and the tally over its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub(super) applied: Link,
    pub(super) tally: Tally,
}

/// An open sled database.
#[derive(Debug)]
struct SledIndex {
    db: Db,
    dir: PathBuf,
    meta: Mutex<Meta>,
}

/// The directory of indexes, one subdirectory a generation.
#[derive(Debug)]
pub(in crate::store) struct SledHome {
    dir: PathBuf,
    cache: u64,
    newest: Mutex<u64>,
}

/// What the state file says.
struct State {
    generation: u64,
    boot: String,
    clean: bool,
}

impl SledHome {
    /// Uses `dir`, with `cache` octets of page cache.
    pub(in crate::store) fn new(dir: &Path, cache: u64) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(file_error(dir))?;
        let newest = generations(dir).into_iter().max().unwrap_or(0);
        Ok(Self {
            dir: dir.to_path_buf(),
            cache,
            newest: Mutex::new(newest),
        })
    }

    /// Opens one generation.
    fn open(&self, generation: u64) -> Result<Db, Error> {
        let config = sled::Config::new()
            .path(self.dir.join(generation.to_string()))
            .mode(Mode::HighThroughput)
            .use_compression(false)
            .cache_capacity(self.cache)
            .flush_every_ms(Some(FLUSH_MILLISECONDS));
        guard(|| config.open())
    }

    /// Reads the state file; none when there is none or it makes no sense.
    fn state(&self) -> Option<State> {
        let text = fs::read_to_string(self.dir.join("state")).ok()?;
        let mut lines = text.lines();
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        field("hkepp-index").filter(|format| STATE.ends_with(format))?;
        Some(State {
            generation: field("generation")?.parse().ok()?,
            boot: field("boot")?.into(),
            clean: field("clean")? == "yes",
        })
    }

    /// Replaces the state file.
    fn write_state(&self, clean: bool) -> Result<(), Error> {
        let (path, temporary) = (self.dir.join("state"), self.dir.join("state.new"));
        let text = format!(
            "{STATE}\ngeneration {}\nboot {}\nclean {}\n",
            self.newest(),
            boot().unwrap_or_default(),
            if clean { "yes" } else { "no" },
        );
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(file_error(&path))
    }

    /// Returns the number of the newest generation.
    fn newest(&self) -> MutexGuard<'_, u64> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Home for SledHome {
    fn is_new(&self) -> bool {
        *self.newest() == 0
    }

    fn reopen(&self, visit: SlotVisitor<'_>) -> Result<Option<Box<dyn Index>>, Error> {
        let Some(state) = self.state() else {
            return Ok(None);
        };
        let same_boot = boot().is_some_and(|boot| boot == state.boot);
        if !state.clean && !same_boot || state.generation != *self.newest() {
            return Ok(None);
        }
        if !self.dir.join(state.generation.to_string()).is_dir() {
            return Ok(None);
        }
        let db = self.open(state.generation)?;
        match proof::prove(&db, visit) {
            Ok(meta) => {
                self.write_state(false)?;
                Ok(Some(Box::new(SledIndex {
                    db,
                    dir: self.dir.clone(),
                    meta: Mutex::new(meta),
                })))
            }
            Err(error) => {
                // Dropping a damaged database can block for ever in sled's flusher.
                mem::forget(db);
                Err(error)
            }
        }
    }

    fn create(&self, start: Link) -> Result<Box<dyn Index>, Error> {
        let mut newest = self.newest();
        *newest += 1;
        let db = self.open(*newest)?;
        let meta = Meta {
            applied: start,
            tally: Tally::default(),
        };
        guard(|| db.insert(META, encode_meta(meta)))?;
        Ok(Box::new(SledIndex {
            db,
            dir: self.dir.clone(),
            meta: Mutex::new(meta),
        }))
    }

    fn adopt(&self) -> Result<(), Error> {
        self.write_state(false)?;
        let newest = *self.newest();
        for generation in generations(&self.dir) {
            if generation != newest {
                let dir = self.dir.join(generation.to_string());
                fs::remove_dir_all(&dir).map_err(file_error(&dir))?;
            }
        }
        Ok(())
    }

    fn distrust(&self) {
        // When even this fails, the tally at the next start still tells.
        fs::remove_file(self.dir.join("state")).ok();
    }

    fn close(&self, index: Box<dyn Index>, clean: bool) -> Result<(), Error> {
        let dir = self.dir.join(self.newest().to_string());
        if !clean {
            mem::forget(index);
            return Ok(());
        }
        let (sender, receiver) = mpsc::channel();
        let closer = std::thread::Builder::new().name("index-close".into());
        let spawned = closer.spawn(move || {
            drop(index);
            sender.send(()).ok();
        });
        spawned.map_err(file_error(&dir))?;
        if receiver.recv_timeout(CLOSING).is_err() {
            return Err(Error::Index("it did not close in time".into()));
        }
        sync_tree(&dir).map_err(file_error(&dir))?;
        self.write_state(true)
    }
}

impl Index for SledIndex {
    fn get(&self, slot: &[u8]) -> Result<Option<Row>, Error> {
        let Some(bytes) = self.guard(|| self.db.get(slot))? else {
            return Ok(None);
        };
        match decode_row(slot, &bytes) {
            Some(row) => Ok(Some(row)),
            None => Err(wrong_checksum()),
        }
    }

    fn range(&self, from: &[u8], exclusive: bool, visit: Visitor<'_>) -> Result<(), Error> {
        let rows = panic::catch_unwind(AssertUnwindSafe(|| {
            for item in self.db.range(from..) {
                let (slot, bytes) = item.map_err(|error| self.explain(error))?;
                if exclusive && slot == from || slot == META {
                    continue;
                }
                let row = decode_row(&slot, &bytes).ok_or_else(wrong_checksum)?;
                if !visit(&slot, row) {
                    break;
                }
            }
            Ok(())
        }));
        rows.unwrap_or_else(|_| Err(panicked()))
    }

    fn apply(&self, rows: &Rows, link: Link) -> Result<(), Error> {
        let mut kept = self.meta();
        let mut meta = *kept;
        meta.applied = link;
        let mut batch = Batch::default();
        self.guard(|| {
            for (slot, row) in rows {
                if let Some(old) = self.db.get(slot.as_bytes())? {
                    meta.tally.remove(fingerprint(&old));
                }
                match row {
                    Some(row) => {
                        let bytes = encode_row(slot.as_bytes(), row);
                        meta.tally.add(fingerprint(&bytes));
                        batch.insert(slot.as_bytes(), bytes);
                    }
                    None => batch.remove(slot.as_bytes()),
                }
            }
            batch.insert(META, encode_meta(meta));
            self.db.apply_batch(batch)
        })?;
        *kept = meta;
        Ok(())
    }

    fn load(&self, rows: &Rows) -> Result<(), Error> {
        let mut tally = Tally::default();
        self.guard(|| {
            for (slot, row) in rows {
                let Some(row) = row else { continue };
                let bytes = encode_row(slot.as_bytes(), row);
                tally.add(fingerprint(&bytes));
                self.db.insert(slot.as_bytes(), bytes)?;
            }
            Ok(())
        })?;
        self.meta().tally.join(tally);
        Ok(())
    }

    fn applied(&self) -> Link {
        self.meta().applied
    }
}

impl SledIndex {
    /// Returns how far the index got.
    fn meta(&self) -> MutexGuard<'_, Meta> {
        self.meta.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls sled and turns errors and panics into ours.
    fn guard<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Error> {
        match panic::catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => result.map_err(|error| self.explain(error)),
            Err(_) => Err(panicked()),
        }
    }

    /// Wraps a sled error. A disk that takes no more is an [`Error::File`]: no fault of what it holds, and
    /// nothing a rebuild would mend. sled writes on some reads, too.
    fn explain(&self, error: sled::Error) -> Error {
        if let sled::Error::Io(error) = &error
            && is_refusal(error)
        {
            return Error::File {
                file: self.dir.clone(),
                what: error.to_string(),
            };
        }
        index_error(error)
    }
}

/// Encodes the meta row.
fn encode_meta(meta: Meta) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(60);
    bytes.extend_from_slice(&meta.applied.sequence.to_le_bytes());
    bytes.extend_from_slice(&meta.applied.hash);
    bytes.extend_from_slice(&meta.tally.rows.to_le_bytes());
    bytes.extend_from_slice(&meta.tally.sum.to_le_bytes());
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    bytes
}

/// Decodes the meta row; none when it is damaged.
pub(super) fn decode_meta(bytes: &[u8]) -> Option<Meta> {
    let mut fields = Decoder::new(bytes);
    let applied = Link {
        sequence: fields.u64()?,
        hash: fields.array()?,
    };
    let tally = Tally {
        rows: fields.u64()?,
        sum: fields.u64()?,
    };
    let crc = crc32c::crc32c(bytes.get(..bytes.len().checked_sub(4)?)?);
    (fields.u32()? == crc).then_some(Meta { applied, tally })
}

/// Calls sled and turns errors and panics into ours.
pub(super) fn guard<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Error> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(index_error),
        Err(_) => Err(panicked()),
    }
}

/// Says whether the disk refused to take more, which is no fault of what it holds.
fn is_refusal(error: &io::Error) -> bool {
    let refusals = [
        io::ErrorKind::FileTooLarge,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::StorageFull,
    ];
    refusals.contains(&error.kind())
}

/// Wraps a sled error.
pub(super) fn index_error(error: sled::Error) -> Error {
    Error::Index(error.to_string())
}

/// Builds the error of a panic inside sled.
pub(super) fn panicked() -> Error {
    Error::Index("sled panicked".into())
}

/// Builds the error of a row that does not match its checksum.
pub(super) fn wrong_checksum() -> Error {
    Error::Index("a row has a wrong checksum".into())
}

/// Returns what identifies this boot of the machine.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

/// Returns the generations present.
fn generations(dir: &Path) -> Vec<u64> {
    let items = fs::read_dir(dir).into_iter().flatten().flatten();
    items
        .filter_map(|item| item.file_name().to_str()?.parse().ok())
        .collect()
}

/// Makes every file under a directory durable, and the names.
fn sync_tree(dir: &Path) -> io::Result<()> {
    for item in fs::read_dir(dir)? {
        let path = item?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    File::open(dir)?.sync_all()
}
