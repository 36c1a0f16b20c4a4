//! The file layer under journal, head and checkpoints, narrow enough to be replaced by one that fails on purpose.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::error::Error;

/// Directory operations.
pub(super) trait Disk: Send + Sync + Debug {
    /// Makes a directory and its parents.
    fn create_dirs(&self, dir: &Path) -> io::Result<()>;
    /// Returns the names in a directory, sorted.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Makes an empty file, replacing one of that name.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file for reading and writing.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name, replacing one of that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the names of a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// File operations.
pub(super) trait DiskFile: Send + Sync + Debug {
    /// Returns the length.
    fn length(&self) -> io::Result<u64>;
    /// Reads up to the length of `into`; 0 only at the end.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Makes everything written durable.
    fn sync(&self) -> io::Result<()>;
}

/// The operating system's files.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create_dirs(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for item in fs::read_dir(dir)? {
            names.push(item?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        // A backup may lie outside the directory that keeps everything else from other users.
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600);
        Ok(Box::new(options.open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match FileExt::read_at(self, into, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Reads a disk file from an offset on, for `BufReader`.
pub(super) struct Reading<'a> {
    file: &'a dyn DiskFile,
    offset: u64,
}

impl<'a> Reading<'a> {
    /// Starts at the front.
    pub(super) fn new(file: &'a dyn DiskFile) -> Self {
        Self::at(file, 0)
    }

    /// Starts at an offset.
    pub(super) fn at(file: &'a dyn DiskFile, offset: u64) -> Self {
        Self { file, offset }
    }
}

impl io::Read for Reading<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(into, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

/// Reads a whole file.
pub(super) fn read_all(disk: &dyn Disk, path: &Path) -> Result<Vec<u8>, Error> {
    let read = || {
        let file = disk.open(path)?;
        let length = usize::try_from(file.length()?).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read_at(rest, filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    };
    read().map_err(file_error(path))
}

/// Wraps an operating system error with the path it belongs to.
pub(super) fn file_error(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |error| Error::File {
        file: path.to_path_buf(),
        what: error.to_string(),
    }
}

/// Builds the error of damage in a file.
pub(super) fn damaged(path: &Path, offset: u64, what: impl Into<String>) -> Error {
    Error::Damaged {
        file: path.to_path_buf(),
        offset,
        what: what.into(),
    }
}
