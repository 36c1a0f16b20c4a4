//! Files that records name: `DIR/documents`, each under the SHA-256 of its content.
//!
//! A file is durable before the record that names it, and is neither altered nor removed after. So what the
//! records of any state name can be looked for at any time later.

pub(super) mod section;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::codec::Hash;
use super::disk::file_error;
use super::error::Error;
use super::key::Key;
use super::keys;
use super::record;
use super::state::{Body, Row, Slot, VALUE};
use crate::model::DocumentRequest;

/// Directory of the files below the data directory.
pub const DIRECTORY: &str = "documents";
/// Files that a [`Listing`] tells.
const LISTED: usize = 100;
/// Octets read at once.
const CHUNK: usize = 64 * 1024;

/// Files of which there may be many: all are counted, the first are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// How many there are.
    pub count: u64,
    /// The first hundred.
    pub first: Vec<String>,
}

impl Listing {
    /// Adds one.
    fn add(&mut self, line: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(line());
        }
    }

    /// Returns how many are not told.
    pub fn untold(&self) -> u64 {
        self.count.saturating_sub(self.first.len() as u64)
    }
}

/// What records say of a file.
#[derive(Clone)]
struct Mention {
    /// Octets of its content.
    size: u64,
    /// The first application that has it.
    application: u64,
}

/// The files that the records of one state name, by their digests; each takes some fifty octets of memory.
#[derive(Clone)]
pub(super) struct Named {
    prefix: Slot,
    files: BTreeMap<Hash, Mention>,
}

impl Named {
    /// Starts with none.
    pub(super) fn new() -> Self {
        Self {
            prefix: Slot::of(VALUE, &Key::prefix(keys::DOCUMENT)),
            files: BTreeMap::new(),
        }
    }

    /// Notes what a row names.
    ///
    /// # Errors
    /// When the row should be a request for documents and is none.
    pub(super) fn note(&mut self, slot: &Slot, row: &Row) -> Result<(), Error> {
        let Body::Value(value) = &row.body else {
            return Ok(());
        };
        if !slot.as_bytes().starts_with(self.prefix.as_bytes()) {
            return Ok(());
        }
        let request: DocumentRequest = record::decode(value)?;
        for file in request.attachments {
            self.files.entry(file.digest).or_insert(Mention {
                size: file.size,
                application: request.id,
            });
        }
        Ok(())
    }

    /// Lists all files.
    fn listing(&self) -> Listing {
        let mut listing = Listing::default();
        for (digest, mention) in &self.files {
            listing.add(|| {
                let name = HEXLOWER.encode(digest);
                format!("{DIRECTORY}/{name} of application {}", mention.application)
            });
        }
        listing
    }
}

/// What is in the directory of the files.
pub(super) struct Found {
    /// Files as they were named.
    pub(super) sound: u64,
    /// A sentence for each file that is missing or is not what was kept.
    pub(super) faults: Listing,
    /// Names in the directory that no record names.
    pub(super) unnamed: Listing,
}

/// Compares the files in `dir` with what records name, reading every file through.
///
/// # Errors
/// When the directory cannot be read, or `go_on`, asked before each file, says to stop.
pub(super) fn check(
    dir: &Path,
    named: &Named,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<Found, Error> {
    let mut found = Found {
        sound: 0,
        faults: Listing::default(),
        unnamed: unnamed(dir, named).map_err(file_error(dir))?,
    };
    for (digest, mention) in &named.files {
        go_on()?;
        let path = dir.join(HEXLOWER.encode(digest));
        match fault(&path, digest, mention.size) {
            None => found.sound += 1,
            Some(fault) => found.faults.add(|| {
                format!(
                    "{} of application {} {fault}; restore a backup to a new directory and copy the file from there",
                    path.display(),
                    mention.application
                )
            }),
        }
    }
    Ok(found)
}

/// Lists what is in `dir` and has no name of a file that records name.
fn unnamed(dir: &Path, named: &Named) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let items = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
        items => items?,
    };
    for item in items {
        let name = item?.file_name().to_string_lossy().into_owned();
        let digest = HEXLOWER.decode(name.as_bytes()).unwrap_or_default();
        if !named.files.contains_key(digest.as_slice()) {
            listing.add(|| name);
        }
    }
    listing.first.sort();
    Ok(listing)
}

/// Says what is wrong with a file, which is read through; `None` is nothing.
fn fault(path: &Path, digest: &Hash, size: u64) -> Option<String> {
    match read_through(path) {
        Ok((length, _)) if length != size => Some(format!(
            "was altered (it has {length} octets, {size} were kept)"
        )),
        Ok((_, hash)) if hash != *digest => {
            Some("was altered (its content does not have the digest it is named by)".to_owned())
        }
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing".to_owned()),
        Err(error) => Some(format!("cannot be read ({error})")),
    }
}

/// Returns length and SHA-256 of a file.
fn read_through(path: &Path) -> io::Result<(u64, Hash)> {
    let mut file = File::open(path)?;
    let (mut length, mut sum) = (0, Sha256::new());
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((length, sum.finalize().into()));
        }
        length += count as u64;
        sum.update(buffer.get(..count).unwrap_or_default());
    }
}
