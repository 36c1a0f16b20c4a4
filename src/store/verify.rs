//! Verification: every entry, every checkpoint, whether the index says what the journal adds up to, and every file
//! that records name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::checkpoint::{self, Source};
use super::disk::{RealDisk, damaged, file_error};
use super::engine::{Durable, Options, digest_of_index, lock};
use super::error::Error;
use super::files::{self, Listing, Named};
use super::index::Home as _;
use super::index::sled::SledHome;
use super::journal::reader::{self, Segment};
use super::journal::{Link, head, segment};
use super::recovery::{Stream, Truth};
use super::state::{Digest, Digester};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Segments of the journal.
    pub segments: usize,
    /// First entry present; more than 1 after a restore.
    pub first: u64,
    /// Last entry.
    pub last: u64,
    /// SHA-256 of the last entry, which covers all before it.
    pub head: String,
    /// Sound checkpoints.
    pub checkpoints: usize,
    /// Digest of the state after the last entry, when nothing is damaged.
    pub digest: Option<String>,
    /// What became of the index.
    pub index: IndexState,
    /// Files that records name and that are as they were kept; `None` when they were not looked at.
    pub files: Option<u64>,
    /// Files beside them that no record names, which does no harm.
    pub unnamed: Listing,
    /// Everything that is wrong, one sentence each.
    pub problems: Vec<String>,
}

/// How the index compares with the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexState {
    /// It holds exactly what the journal adds up to.
    Agrees,
    /// It is rebuilt at the next start, as after a crash of the machine.
    Rebuilt,
    /// It is damaged or differs; it is rebuilt at the next start.
    Wrong,
    /// Not looked at.
    Unchecked,
}

impl Report {
    /// Says whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Verifies the store in `dir`, which no process may be using. Blocks.
///
/// # Errors
/// `Locked`, or `File` when it cannot be read at all; damage is told in the report.
pub fn verify(dir: &Path) -> Result<Report, Error> {
    if !dir.join("journal").is_dir() {
        return Err(damaged(dir, 0, "there is no journal"));
    }
    let _lock = lock(dir)?;
    let truth = Truth::new(Arc::new(RealDisk), dir);
    let head = head::read(&RealDisk, &dir.join("head"));
    let floor = head.map_or(0, |link| link.sequence);
    let (mut report, named, tail) = match reader::find_tail(&RealDisk, &truth.journal, floor, head)
    {
        Ok(tail) => {
            let (report, named) = verify_truth(&truth, tail.link.sequence);
            (report, named, Some(tail.link))
        }
        Err(error) => {
            let (mut report, named) = verify_truth(&truth, floor);
            report.blame(&error);
            (report, named, None)
        }
    };
    if head.is_none() {
        report
            .problems
            .push("the head file is missing or damaged".into());
    }
    if let (true, Some(tail)) = (report.is_sound(), tail) {
        verify_index(dir, &truth, tail, &mut report)?;
    }
    if let Some(named) = named {
        report.compare_files(&truth, &named)?;
    }
    Ok(report)
}

impl Durable {
    /// Verifies the running store. Blocks.
    ///
    /// # Errors
    /// When the store is closed; damage is told in the report.
    pub fn verify(&self) -> Result<Report, Error> {
        let (mut report, named) = verify_truth(self.truth(), self.link().sequence);
        if report.is_sound() {
            match self.index_digest() {
                Ok((link, digest)) => {
                    report.compare(self.truth().digest(link.sequence), &digest.to_string());
                }
                Err(error @ Error::Index(_)) => report.distrust(&error),
                Err(error) => return Err(error),
            }
        }
        if let Some(named) = named {
            report.compare_files(self.truth(), &named)?;
        }
        Ok(report)
    }

    /// Verifies the chain of the journal, and nothing else. Blocks.
    ///
    /// # Errors
    /// `Damaged` naming the first place that is wrong.
    pub fn audit_verify(&self) -> Result<Report, Error> {
        let truth = self.truth();
        let mut report = Report::new();
        let link = verify_chain(
            truth,
            self.link().sequence,
            &mut BTreeMap::new(),
            &mut report,
        )?;
        report.stand_at(link);
        Ok(report)
    }
}

impl Report {
    /// Starts with nothing found.
    fn new() -> Self {
        Self {
            segments: 0,
            first: 0,
            last: 0,
            head: String::new(),
            checkpoints: 0,
            digest: None,
            index: IndexState::Unchecked,
            files: None,
            unnamed: Listing::default(),
            problems: Vec::new(),
        }
    }

    /// Notes the last entry.
    fn stand_at(&mut self, link: Link) {
        self.last = link.sequence;
        self.head = HEXLOWER.encode(&link.hash);
    }

    /// Notes a problem.
    fn blame(&mut self, error: &Error) {
        self.problems.push(error.to_string());
    }

    /// Notes an index that cannot be used.
    fn distrust(&mut self, error: &Error) {
        self.index = IndexState::Wrong;
        self.blame(error);
    }

    /// Compares the digest of the truth with the index's.
    fn compare(&mut self, expected: Result<Digest, Error>, found: &str) {
        match expected {
            Ok(expected) if expected.to_string() == found => self.index = IndexState::Agrees,
            Ok(_) => self.distrust(&Error::Index("it differs from the journal".into())),
            Err(error) => self.blame(&error),
        }
    }

    /// Compares the files with what the records name.
    fn compare_files(&mut self, truth: &Truth, named: &Named) -> Result<(), Error> {
        let found = files::check(&truth.files, named, &|| truth.go_on())?;
        self.files = Some(found.sound);
        self.unnamed = found.unnamed;
        let untold = found.faults.untold();
        self.problems.extend(found.faults.first);
        if untold > 0 {
            let dir = truth.files.display();
            self.problems.push(format!(
                "{untold} more files in {dir} are missing or altered"
            ));
        }
        Ok(())
    }
}

/// Verifies journal and checkpoints up to entry `last`; returns the files that the state names when nothing is wrong.
fn verify_truth(truth: &Truth, last: u64) -> (Report, Option<Named>) {
    let mut report = Report::new();
    let present = checkpoint::list(&*truth.disk, &truth.checkpoints).unwrap_or_default();
    let mut links = present.iter().map(|sequence| (*sequence, None)).collect();
    match verify_chain(truth, last, &mut links, &mut report) {
        Ok(link) => report.stand_at(link),
        Err(error) => report.blame(&error),
    }
    for (sequence, link) in links {
        match verify_checkpoint(truth, sequence, link) {
            Ok(()) => report.checkpoints += 1,
            // The one before it was still there when the list was made.
            Err(Error::File { .. }) if sequence < last && present.last() != Some(&sequence) => {}
            Err(error) => report.blame(&error),
        }
    }
    if report.is_sound() {
        match truth.stream(last, &mut read_state) {
            Ok((digest, named)) => {
                report.digest = Some(digest.to_string());
                return (report, Some(named));
            }
            Err(error) => report.blame(&error),
        }
    }
    (report, None)
}

/// Reads a state through: its digest, and the files it names.
fn read_state(stream: &mut Stream<'_>) -> Result<(Digest, Named), Error> {
    let (mut digester, mut named) = (Digester::default(), Named::new());
    while let Some((slot, row)) = stream.next()? {
        digester.add(slot.as_bytes(), &row);
        named.note(&slot, &row)?;
    }
    Ok((digester.finish(), named))
}

/// Walks the whole journal, fills in the links asked for, and returns the last.
fn verify_chain(
    truth: &Truth,
    last: u64,
    links: &mut BTreeMap<u64, Option<Link>>,
    report: &mut Report,
) -> Result<Link, Error> {
    let (disk, dir) = (&*truth.disk, &*truth.journal);
    let firsts = segment::list(disk, dir)?;
    let first = firsts.first();
    let first = *first.ok_or_else(|| damaged(dir, 0, "the journal has no segment"))?;
    report.segments = firsts.len();
    report.first = first;
    let base = Segment::load(disk, dir, first)?.base;
    let mut note = |link: Link| {
        if let Some(wanted) = links.get_mut(&link.sequence) {
            *wanted = Some(link);
        }
    };
    note(base);
    reader::read_range(disk, dir, base, last, &mut |entry| {
        entry.frame.decode(entry.path, entry.offset)?;
        note(entry.link);
        Ok(true)
    })
}

/// Reads a checkpoint through and compares its place with the chain's.
fn verify_checkpoint(truth: &Truth, sequence: u64, link: Option<Link>) -> Result<(), Error> {
    let path = checkpoint::path(&truth.checkpoints, sequence);
    let file = truth.disk.open(&path).map_err(file_error(&path))?;
    let mut source = Source::open(&*file, &path)?;
    if link.is_some_and(|link| link != source.link()) {
        return Err(damaged(&path, 0, "the checkpoint is of another journal"));
    }
    while source.next()?.is_some() {}
    Ok(())
}

/// Opens the index as the next start would and compares it with the truth.
fn verify_index(dir: &Path, truth: &Truth, tail: Link, report: &mut Report) -> Result<(), Error> {
    let home = SledHome::new(&dir.join("index"), Options::default().index_cache)?;
    match home.reopen(&mut |_| {}) {
        Ok(Some(index)) => {
            let applied = index.applied();
            let found = digest_of_index(&*index);
            match found {
                Ok(_) if applied.sequence > tail.sequence => {
                    let what = "the index is ahead of the journal, which lost acknowledged entries";
                    report.blame(&damaged(&truth.journal, 0, what));
                }
                Ok(found) => {
                    report.compare(truth.digest(applied.sequence), &found.to_string());
                }
                Err(error) => report.distrust(&error),
            }
            home.close(index, report.index == IndexState::Agrees)?;
        }
        Ok(None) => report.index = IndexState::Rebuilt,
        Err(error) => report.distrust(&error),
    }
    Ok(())
}
