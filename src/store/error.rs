//! What a store cannot do; a conflict is the one refusal a caller answers by trying again.

use std::path::PathBuf;

use super::key::Key;

/// A fault of the store.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// The disk failed a write; nothing is acknowledged until the program has been restarted on a sound disk.
    #[error("the store is read-only since a disk error ({0}); repair the disk and restart")]
    ReadOnly(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Another process has the directory.
    #[error("{} is in use by another process; stop it first", .0.display())]
    Locked(PathBuf),
    /// A file is damaged.
    #[error("{} is damaged at offset {offset}: {what}; restore a backup or ask for help before going on", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Offset of the first octet that does not make sense.
        offset: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A file was written by a version of the program this one does not know.
    #[error("{} has format version {found}, this program reads up to {known}; use the program that wrote it or a newer one", .file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// Version in the file.
        found: u32,
        /// Newest version known.
        known: u32,
    },
    /// The index answered with a fault; it is rebuilt from the journal.
    #[error("the index is damaged ({0}) and is rebuilt from the journal")]
    Index(String),
    /// The operating system refused a file operation.
    #[error("{} cannot be used: {what}", .file.display())]
    File {
        /// The file or directory.
        file: PathBuf,
        /// The operating system's words.
        what: String,
    },
    /// A change set beyond what one journal entry holds.
    #[error("a change set of {0} octets is too large")]
    TooLarge(usize),
    /// A value is no record of its kind.
    #[error(transparent)]
    Record(#[from] super::record::RecordError),
    /// A counter would leave the range of 64 bits.
    #[error("counter {0} would overflow")]
    CounterOverflow(Key),
}

/// Why a commit did not happen.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum CommitError {
    /// An assert on this key does not hold (any more): read again and decide again.
    #[error("{0} was changed by someone else; read it again")]
    Conflict(Key),
    /// The store has a fault.
    #[error(transparent)]
    Store(#[from] Error),
}
