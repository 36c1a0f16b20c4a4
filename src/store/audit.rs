//! The audit trail: the journal read as a list of who did what.

use std::collections::VecDeque;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::change::{Audit, Write};
use super::engine::Durable;
use super::error::Error;
use super::journal::reader::{self, Segment};
use super::journal::{Link, segment};
use super::key::Key;
use super::recovery::Truth;

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Place in the journal.
    pub sequence: u64,
    /// SHA-256 of the journal entry, which covers all entries before it.
    pub hash: String,
    /// Who did what.
    #[serde(flatten)]
    pub audit: Audit,
    /// Keys written, in order.
    pub keys: Vec<String>,
}

impl Durable {
    /// Returns the last `count` lines, oldest first. Blocks.
    ///
    /// # Errors
    /// `Damaged` when the journal is.
    pub fn audit_tail(&self, count: u64) -> Result<Vec<AuditLine>, Error> {
        let mut lines = Vec::new();
        let first = self.link().sequence.saturating_sub(count) + 1;
        self.audit_from(first, &mut |line| {
            lines.push(line);
            true
        })?;
        Ok(lines)
    }

    /// Returns the last `count` lines of changes that wrote `key`, oldest first, reading the journal piece by piece. Blocks.
    ///
    /// # Errors
    /// `Damaged` when the journal is.
    pub fn audit_of(&self, key: &Key, count: u64) -> Result<Vec<AuditLine>, Error> {
        let mut lines = VecDeque::new();
        let last = self.link().sequence;
        visit_entries(self.truth(), 1, last, &mut |link, audit, writes| {
            if writes.iter().any(|write| key_of(write) == key) {
                lines.push_back(AuditLine::new(link, audit, &writes));
            }
            if lines.len() as u64 > count {
                lines.pop_front();
            }
            true
        })?;
        Ok(lines.into())
    }

    /// Visits the lines from entry `first` on, as long as `visit` says so. Blocks.
    ///
    /// # Errors
    /// `Damaged` when the journal is.
    pub fn audit_from(
        &self,
        first: u64,
        visit: &mut dyn FnMut(AuditLine) -> bool,
    ) -> Result<(), Error> {
        let last = self.link().sequence;
        visit_entries(self.truth(), first, last, &mut |link, audit, writes| {
            visit(AuditLine::new(link, audit, &writes))
        })
    }
}

impl AuditLine {
    fn new(link: Link, audit: Audit, writes: &[Write]) -> Self {
        Self {
            sequence: link.sequence,
            hash: HEXLOWER.encode(&link.hash),
            audit,
            keys: writes
                .iter()
                .map(|write| key_of(write).to_string())
                .collect(),
        }
    }
}

/// Visits entries `first` to `last`; those before the journal's beginning are left out.
fn visit_entries(
    truth: &Truth,
    first: u64,
    last: u64,
    visit: &mut dyn FnMut(Link, Audit, Vec<Write>) -> bool,
) -> Result<(), Error> {
    let firsts = segment::list(&*truth.disk, &truth.journal)?;
    let start = firsts.partition_point(|begin| *begin <= first);
    let Some(begin) = firsts.get(start.saturating_sub(1)) else {
        return Ok(());
    };
    let from = Segment::load(&*truth.disk, &truth.journal, *begin)?.base;
    reader::read_range(&*truth.disk, &truth.journal, from, last, &mut |entry| {
        if entry.link.sequence < first {
            return Ok(true);
        }
        let (audit, writes) = entry.frame.decode(entry.path, entry.offset)?;
        Ok(visit(entry.link, audit, writes))
    })?;
    Ok(())
}

/// Returns the key of a write.
fn key_of(write: &Write) -> &Key {
    match write {
        Write::Put(key, _) | Write::Delete(key) | Write::Add(key, _) => key,
    }
}
