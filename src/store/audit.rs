//! The audit trail: the journal read as a list of who did what.

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::change::{Audit, Write};
use super::engine::Durable;
use super::error::Error;
use super::journal::reader::{self, Segment};
use super::journal::segment;
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

    /// Visits the lines from entry `first` on, as long as `visit` says so. Blocks.
    ///
    /// # Errors
    /// `Damaged` when the journal is.
    pub fn audit_from(
        &self,
        first: u64,
        visit: &mut dyn FnMut(AuditLine) -> bool,
    ) -> Result<(), Error> {
        visit_lines(self.truth(), first, self.link().sequence, visit)
    }
}

/// Visits the lines of entries `first` to `last`; those before the journal's beginning are left out.
fn visit_lines(
    truth: &Truth,
    first: u64,
    last: u64,
    visit: &mut dyn FnMut(AuditLine) -> bool,
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
        Ok(visit(AuditLine {
            sequence: entry.link.sequence,
            hash: HEXLOWER.encode(&entry.link.hash),
            audit,
            keys: writes.iter().map(key_text).collect(),
        }))
    })?;
    Ok(())
}

/// Returns the key of a write as text.
fn key_text(write: &Write) -> String {
    match write {
        Write::Put(key, _) | Write::Delete(key) | Write::Add(key, _) => key.to_string(),
    }
}
