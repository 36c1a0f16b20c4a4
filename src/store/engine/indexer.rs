//! The indexer: one thread that takes acknowledged rows over into the index, behind the answers.
//!
//! It folds whatever waits into one atomic batch. When the index fails it is rebuilt on the side, and reads
//! of what is not pending fail until that is done. When the disk takes no more, the store becomes read-only and
//! keeps the index, which still answers what it can; the rows it does not have stay pending before it.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::store::error::Error;
use crate::store::index::{Home, Index, Rows};
use crate::store::journal::Link;
use crate::store::recovery::{Stream, Truth};
use crate::store::state::{Digest, Digester, Row, Slot};

use super::shared::{Resident, Shared};

/// Octets folded into one batch of the index.
const FOLDED: usize = 4 * 1024 * 1024;
/// How long rows gather before they are folded into a batch.
const GATHERED: Duration = Duration::from_millis(5);
/// Octets of one portion while an index is built.
const BUILT: usize = 1024 * 1024;
/// Threads that write an index while it is built.
const LOADERS: usize = 2;

/// What the indexer is asked to do.
pub(super) enum Work {
    /// Take rows over.
    Rows(Applied),
    /// The index answered wrongly: make a new one.
    Rebuild,
    /// Tell the digest of the index and the entry it stands at.
    Digest(Sender<Result<(Link, Digest), Error>>),
    /// Take over what waits, close the index and end.
    Close,
}

/// The rows of one durable batch.
pub(super) struct Applied {
    rows: HashMap<Slot, Option<Row>>,
    link: Link,
    /// Roughly the memory held.
    pub(super) octets: usize,
}

impl Applied {
    /// Wraps the rows of the batch that ended with `link`.
    pub(super) fn new(rows: HashMap<Slot, Option<Row>>, link: Link) -> Self {
        let octets = rows
            .iter()
            .map(|(slot, row)| weight(slot, row.as_ref()))
            .sum();
        Self { rows, link, octets }
    }
}

/// The indexer's state.
pub(super) struct Indexer {
    pub(super) shared: Arc<Shared>,
    pub(super) home: Arc<dyn Home>,
    pub(super) truth: Arc<Truth>,
    pub(super) work: Receiver<Work>,
}

impl Indexer {
    /// Serves until told to close.
    pub(super) fn run(self) -> Result<(), Error> {
        let mut next = self.work.recv().ok();
        while let Some(work) = next.take() {
            match work {
                Work::Rows(applied) => next = self.take_over(applied),
                Work::Rebuild if self.shared.failure().is_some() => {
                    tracing::error!(
                        "a read of the index failed; it is not rebuilt on a disk that fails"
                    );
                }
                Work::Rebuild => self.rebuild(&Error::Index("a read failed".into())),
                Work::Digest(answer) => {
                    answer.send(self.digest()).ok();
                }
                Work::Close => break,
            }
            next = next.or_else(|| self.work.recv().ok());
        }
        self.close()
    }

    /// Writes rows and all that wait behind them; returns other work found on the way.
    fn take_over(&self, first: Applied) -> Option<Work> {
        // Nobody waits for the index, and a bigger batch costs less; nothing unparks this thread.
        thread::park_timeout(GATHERED);
        let (mut octets, mut link) = (first.octets, first.link);
        let mut rows: BTreeMap<Slot, Option<Row>> = first.rows.into_iter().collect();
        let mut next = None;
        while octets < FOLDED && next.is_none() {
            match self.work.try_recv() {
                Ok(Work::Rows(applied)) => {
                    octets += applied.octets;
                    link = applied.link;
                    rows.extend(applied.rows);
                }
                Ok(other) => next = Some(other),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.write(rows.into_iter().collect(), link);
        self.shared.release(octets);
        next
    }

    /// Writes one batch, unless a rebuilt index has it already.
    fn write(&self, rows: Vec<(Slot, Option<Row>)>, link: Link) {
        let written = match self.shared.index() {
            Ok(index) if index.applied().sequence >= link.sequence => Ok(()),
            Ok(index) => index.apply(&rows, link),
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => self
                .shared
                .settle(rows.iter().map(|(slot, _)| slot), link.sequence),
            // A rebuild that failed is not tried again: the store is read-only then.
            Err(error) if self.shared.failure().is_some() => {
                tracing::error!(%error, "the index stays behind");
            }
            Err(error @ Error::File { .. }) => self.shared.fail(&error),
            Err(error) => self.rebuild(&error),
        }
    }

    /// Replaces the index by one made from the truth.
    fn rebuild(&self, reason: &Error) {
        tracing::error!(%reason, "rebuilding the index");
        self.home.distrust();
        // Dropping a damaged sled database can block for ever, so it is left behind.
        mem::forget(self.shared.take_index());
        let upto = self.shared.link().sequence;
        let built = build(&self.truth, &*self.home, upto, None);
        match built.and_then(|index| self.home.adopt().map(|()| index)) {
            Ok(index) => self.shared.replace_index(index, upto),
            Err(error) => self.shared.fail(&error),
        }
    }

    /// Computes the digest of the index, which stands still meanwhile.
    fn digest(&self) -> Result<(Link, Digest), Error> {
        let index = self.shared.index()?;
        Ok((index.applied(), digest(&**index)?))
    }

    /// Closes the index; it may be trusted later when it has everything.
    fn close(&self) -> Result<(), Error> {
        self.shared.close();
        let Some(mut index) = self.shared.take_index() else {
            return Err(Error::Index("it was damaged".into()));
        };
        let clean = index.applied() == self.shared.link();
        let index = loop {
            match Arc::try_unwrap(index) {
                Ok(index) => break index,
                // A reader is about to finish.
                Err(shared) => index = shared,
            }
            thread::yield_now();
        };
        self.home.close(index, clean)
    }
}

/// Computes the digest of everything an index holds.
pub(in crate::store) fn digest(index: &dyn Index) -> Result<Digest, Error> {
    let mut digester = Digester::default();
    index.range(&[], false, &mut |slot, row| {
        digester.add(slot, &row);
        true
    })?;
    Ok(digester.finish())
}

/// Makes an index of the state after entry `upto`, noting resident keys on the way.
pub(super) fn build(
    truth: &Truth,
    home: &dyn Home,
    upto: u64,
    mut resident: Option<&mut Resident>,
) -> Result<Box<dyn Index>, Error> {
    truth.stream(upto, &mut |stream| {
        if let Some(resident) = &mut resident {
            resident.clear();
        }
        let index = home.create(Link {
            sequence: 0,
            hash: [0; 32],
        })?;
        load(&*index, stream, resident.as_deref_mut())?;
        index.apply(&Vec::new(), stream.link)?;
        Ok(index)
    })
}

/// Loads a stream into an index, with several threads writing what one reads.
fn load(
    index: &dyn Index,
    stream: &mut Stream<'_>,
    resident: Option<&mut Resident>,
) -> Result<(), Error> {
    let (sender, receiver) = mpsc::sync_channel(LOADERS);
    let receiver = Arc::new(Mutex::new(receiver));
    thread::scope(|scope| {
        let loaders: Vec<_> = (0..LOADERS)
            .map(|_| {
                let receiver = Arc::clone(&receiver);
                scope.spawn(move || load_portions(index, &receiver))
            })
            .collect();
        // When all loaders have failed nobody receives, and the feeding ends.
        drop(receiver);
        let read = feed(stream, resident, sender);
        for loader in loaders {
            let lost = |_| Err(Error::Index("a thread loading it panicked".into()));
            loader.join().unwrap_or_else(lost)?;
        }
        read
    })
}

/// Loads portions until there are no more.
fn load_portions(index: &dyn Index, portions: &Mutex<Receiver<Rows>>) -> Result<(), Error> {
    loop {
        let next = {
            let portions = portions.lock().unwrap_or_else(PoisonError::into_inner);
            portions.recv()
        };
        match next {
            Ok(rows) => index.load(&rows)?,
            Err(_) => return Ok(()),
        }
    }
}

/// Reads a stream and sends its rows in portions.
fn feed(
    stream: &mut Stream<'_>,
    mut resident: Option<&mut Resident>,
    sender: SyncSender<Rows>,
) -> Result<(), Error> {
    let (mut rows, mut octets) = (Vec::new(), 0);
    while let Some((slot, row)) = stream.next()? {
        if let Some(resident) = &mut resident {
            resident.note(slot.as_bytes(), true);
        }
        octets += weight(&slot, Some(&row));
        rows.push((slot, Some(row)));
        if octets > BUILT {
            octets = 0;
            if sender.send(mem::take(&mut rows)).is_err() {
                return Ok(());
            }
        }
    }
    sender.send(rows).ok();
    Ok(())
}

/// Estimates the memory of a row.
fn weight(slot: &Slot, row: Option<&Row>) -> usize {
    128 + slot.as_bytes().len() + row.map_or(0, Row::size)
}
