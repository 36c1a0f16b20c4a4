//! The files in a backup, behind its checkpoint; a backup that names no files, or is of an older release, has no
//! such section.
//!
//! ```text
//! magic, u32 format
//! files by digest: u64 length, [32] SHA-256, content
//! 0xffffffffffffffff, u64 number of files
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{CHUNK, Listing, Mention, Named, fault};
use crate::store::codec::Hash;
use crate::store::disk::{Disk, DiskFile, Reading, damaged, file_error};
use crate::store::error::Error;

/// Tells our section.
const MAGIC: &[u8; 8] = b"HKEPPDOC";
/// Format of the section.
const FORMAT: u32 = 1;
/// Length that marks the end of the files.
const END: u64 = u64::MAX;

/// Appends to `backup`, which has `offset` octets, those of the named files in `dir` that are as they were named.
///
/// # Errors
/// When a file cannot be read or written, or `go_on`, asked before each file, says to stop.
pub(in crate::store) fn write(
    disk: &dyn Disk,
    backup: &Path,
    offset: u64,
    dir: &Path,
    named: &Named,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<(), Error> {
    if named.files.is_empty() {
        return Ok(());
    }
    let mut output = Output {
        file: disk.open(backup).map_err(file_error(backup))?,
        path: backup,
        offset,
    };
    output.put(MAGIC)?;
    output.put(&FORMAT.to_le_bytes())?;
    let mut count: u64 = 0;
    for (digest, Mention { size, .. }) in &named.files {
        go_on()?;
        let path = dir.join(HEXLOWER.encode(digest));
        if fault(&path, digest, *size).is_some() {
            continue;
        }
        output.put(&size.to_le_bytes())?;
        output.put(digest)?;
        let wrap = file_error(&path);
        let mut content = File::open(&path).map_err(&wrap)?;
        pass_on(*size, &mut |buffer| {
            content.read_exact(buffer).map_err(&wrap)?;
            output.put(buffer)
        })?;
        count += 1;
    }
    output.put(&END.to_le_bytes())?;
    output.put(&count.to_le_bytes())?;
    output.file.sync().map_err(file_error(backup))
}

/// Reads the section of a backup, which begins at `offset`, through, and keeps the files in the directory `into`.
///
/// Returns how many files there are, and which of those that records name are not there.
///
/// # Errors
/// `Damaged` when the section is; when a file cannot be kept; when `go_on`, asked before each file, says to stop.
pub(in crate::store) fn read(
    backup: &File,
    path: &Path,
    offset: u64,
    mut named: Named,
    into: Option<&Path>,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<(u64, Listing), Error> {
    let mut input = Input {
        file: BufReader::with_capacity(CHUNK, Reading::at(backup, offset)),
        path,
        offset,
    };
    if offset == backup.length().map_err(file_error(path))? {
        return Ok((0, named.listing()));
    }
    if input.array()? != *MAGIC {
        return Err(damaged(path, offset, "something follows the state"));
    }
    let format = input.array().map(u32::from_le_bytes)?;
    if format != FORMAT {
        return Err(Error::Format {
            file: path.to_path_buf(),
            found: format,
            known: FORMAT,
        });
    }
    if let Some(dir) = into {
        fs::create_dir_all(dir).map_err(file_error(dir))?;
    }
    let mut count: u64 = 0;
    loop {
        go_on()?;
        let at = input.offset;
        let length = input.number()?;
        if length == END {
            break;
        }
        let digest: Hash = input.array()?;
        let mention = named.files.remove(&digest);
        if mention.is_none_or(|mention| mention.size != length) {
            return Err(damaged(path, at, "no application names this file"));
        }
        keep(&mut input, length, &digest, into)?;
        count += 1;
    }
    let at = input.offset;
    if input.number()? != count {
        return Err(damaged(path, at, "the number of files is wrong"));
    }
    if input.file.read(&mut [0]).map_err(file_error(path))? > 0 {
        return Err(damaged(path, input.offset, "something follows the end"));
    }
    if let Some(dir) = into {
        let open = File::open(dir).map_err(file_error(dir))?;
        open.sync_all().map_err(file_error(dir))?;
    }
    Ok((count, named.listing()))
}

/// Reads the content of a file, and keeps it in the directory `into`.
fn keep(
    input: &mut Input<'_>,
    length: u64,
    digest: &Hash,
    into: Option<&Path>,
) -> Result<(), Error> {
    let at = input.offset;
    let place = into.map(|dir| dir.join(HEXLOWER.encode(digest)));
    let mut kept = match &place {
        Some(place) => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(0o600);
            Some((place, options.open(place).map_err(file_error(place))?))
        }
        None => None,
    };
    let mut sum = Sha256::new();
    pass_on(length, &mut |buffer| {
        input.fill(buffer)?;
        sum.update(&buffer);
        match &mut kept {
            Some((place, file)) => file.write_all(buffer).map_err(file_error(place)),
            None => Ok(()),
        }
    })?;
    let hash: Hash = sum.finalize().into();
    if hash != *digest {
        let what = "the content of a file does not have its digest";
        return Err(damaged(input.path, at, what));
    }
    let Some((place, file)) = kept else {
        return Ok(());
    };
    file.sync_all().map_err(file_error(place))?;
    match fault(place, digest, length) {
        Some(fault) => Err(damaged(place, 0, format!("the copy {fault}"))),
        None => Ok(()),
    }
}

/// Gives `pass` a buffer for each piece of `length` octets.
fn pass_on(length: u64, pass: &mut dyn FnMut(&mut [u8]) -> Result<(), Error>) -> Result<(), Error> {
    let mut buffer = vec![0; CHUNK];
    let mut left = length;
    while left > 0 {
        let count = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        pass(buffer.get_mut(..count).unwrap_or_default())?;
        left -= count as u64;
    }
    Ok(())
}

/// The end of a backup that is being written.
struct Output<'a> {
    file: Box<dyn DiskFile>,
    path: &'a Path,
    offset: u64,
}

impl Output<'_> {
    /// Writes octets.
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.file.write_at(bytes, self.offset);
        written.map_err(file_error(self.path))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

/// A backup that is being read.
struct Input<'a> {
    file: BufReader<Reading<'a>>,
    path: &'a Path,
    offset: u64,
}

impl Input<'_> {
    /// Reads as many octets as there is room.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        match self.file.read_exact(buffer) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(damaged(self.path, self.offset, "the file ends too early"));
            }
            Err(error) => return Err(file_error(self.path)(error)),
        }
        self.offset += buffer.len() as u64;
        Ok(())
    }

    /// Reads an array.
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        self.fill(&mut array)?;
        Ok(array)
    }

    /// Reads a 64-bit number.
    fn number(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }
}
