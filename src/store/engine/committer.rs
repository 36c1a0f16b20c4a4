//! The committer: one thread that decides, writes and answers all commits.
//!
//! It takes whatever waits, checks each change set against everything accepted before it, writes the accepted
//! ones with one sync, makes them visible, and only then answers – refusals too, since they may rest on a
//! neighbour in the batch. Any disk error makes the store read-only for good.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::store::change::ChangeSet;
use crate::store::error::{CommitError, Error};
use crate::store::journal::head::Head;
use crate::store::journal::writer::Writer;
use crate::store::recovery::Truth;
use crate::store::state::{self, Row, Slot};

use super::indexer::{Applied, Work};
use super::open::Lock;
use super::shared::Shared;

/// Most change sets under one sync.
const BATCH: usize = 1024;
/// How long a batch waits for three quarters of the committers that were in the one before: they are about to
/// come again, and a batch of their stragglers would cost as much as one of them all.
const CROWD: Duration = Duration::from_micros(500);
/// How long the journal rests before the head is synced.
const REST: Duration = Duration::from_millis(50);

/// What the handle asks of the committer.
pub(super) enum Request {
    /// Commit and answer.
    Commit(Box<ChangeSet>, oneshot::Sender<Answer>),
    /// Finish everything, close, and say how it went.
    Close(oneshot::Sender<Result<(), Error>>),
}

/// What a commit is answered with.
pub(super) type Answer = Result<u64, CommitError>;

/// The committer's state.
pub(super) struct Committer {
    pub(super) shared: Arc<Shared>,
    pub(super) truth: Arc<Truth>,
    pub(super) writer: Writer,
    pub(super) head: Head,
    pub(super) requests: Receiver<Request>,
    pub(super) index: Sender<Work>,
    pub(super) indexer: JoinHandle<Result<(), Error>>,
    pub(super) checkpoint: Sender<()>,
    pub(super) checkpointer: JoinHandle<()>,
    pub(super) schedule: Schedule,
    /// Change sets to expect in a batch.
    pub(super) crowd: usize,
    /// Held until everything is closed.
    pub(super) lock: Option<Lock>,
}

/// When the next checkpoint is due.
pub(super) struct Schedule {
    /// Least octets of journal between checkpoints.
    pub(super) every: u64,
    /// Octets of the newest checkpoint: making the next costs about that, so big ones are made less often.
    pub(super) newest: Arc<AtomicU64>,
    /// Value of the journal's octet count at which the next is due.
    pub(super) due: u64,
}

impl Committer {
    /// Serves until the store is closed or every handle is gone.
    pub(super) fn run(mut self) {
        let closing = loop {
            match self.next() {
                Some(Request::Commit(change, answer)) => {
                    if let Some(closing) = self.gather(*change, answer) {
                        break Some(closing);
                    }
                }
                Some(Request::Close(answer)) => break Some(answer),
                None => break None,
            }
        };
        let outcome = self.close();
        if let Err(error) = &outcome {
            tracing::error!(%error, "the store did not close cleanly; the index may be rebuilt at the next start");
        }
        if let Some(answer) = closing {
            answer.send(outcome).ok();
        }
    }

    /// Waits for a request, and syncs the head when none comes for a while.
    fn next(&mut self) -> Option<Request> {
        if self.head.dirty {
            match self.requests.recv_timeout(REST) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.sync_head(),
            }
        }
        self.requests.recv().ok()
    }

    /// Commits a change set together with all that wait behind it; returns a close among them.
    fn gather(
        &mut self,
        change: ChangeSet,
        answer: oneshot::Sender<Answer>,
    ) -> Option<oneshot::Sender<Result<(), Error>>> {
        let mut batch = vec![(change, answer)];
        let mut closing = None;
        let end = Instant::now() + CROWD;
        while batch.len() < BATCH {
            let wait = match batch.len() < self.crowd * 3 / 4 {
                true => end.saturating_duration_since(Instant::now()),
                false => Duration::ZERO,
            };
            match self.requests.recv_timeout(wait) {
                Ok(Request::Commit(change, answer)) => batch.push((*change, answer)),
                Ok(Request::Close(answer)) => {
                    closing = Some(answer);
                    break;
                }
                Err(_) => break,
            }
        }
        // A crowd that thins out is expected for a few batches more.
        self.crowd = batch.len().max(self.crowd - self.crowd.div_ceil(4));
        self.commit(batch);
        closing
    }

    /// Commits a batch and answers all of it.
    fn commit(&mut self, batch: Vec<(ChangeSet, oneshot::Sender<Answer>)>) {
        let first = self.writer.link().sequence + 1;
        let mut rows = HashMap::new();
        let mut answers = Vec::with_capacity(batch.len());
        for (change, answer) in batch {
            answers.push((self.accept(&change, first, &mut rows), answer));
        }
        if self.shared.failure().is_none() && self.writer.link().sequence >= first {
            self.make_durable(rows, first);
        }
        let failure = self.shared.failure();
        for (outcome, answer) in answers {
            let outcome = match &failure {
                Some(error) => Err(CommitError::Store(error.clone())),
                None => outcome,
            };
            // Nobody may be waiting any more; the change stands all the same.
            answer.send(outcome).ok();
        }
        if self.writer.written() >= self.schedule.due {
            let pays = self.schedule.newest.load(Ordering::Relaxed) / 4;
            self.schedule.due = self.writer.written() + self.schedule.every.max(pays);
            self.checkpoint.send(()).ok();
        }
    }

    /// Decides on one change set, and appends it if its asserts hold.
    fn accept(
        &mut self,
        change: &ChangeSet,
        batch: u64,
        rows: &mut HashMap<Slot, Option<Row>>,
    ) -> Answer {
        if let Some(error) = self.shared.failure() {
            return Err(error.into());
        }
        let sequence = self.writer.link().sequence + 1;
        let read = |slot: &Slot| match rows.get(slot) {
            Some(row) => Ok(row.clone()),
            None => self.shared.read(slot),
        };
        let effects = match state::evaluate(change, sequence, &read) {
            Ok(effects) => effects,
            Err(CommitError::Store(error @ Error::File { .. })) => {
                self.shared.fail(&error);
                return Err(error.into());
            }
            Err(error) => {
                if matches!(&error, CommitError::Conflict(_)) {
                    self.shared.metrics.journal_conflicts.inc();
                }
                if matches!(&error, CommitError::Store(Error::Index(_)))
                    && self.shared.suspect_index()
                {
                    self.index.send(Work::Rebuild).ok();
                }
                return Err(error);
            }
        };
        match self.writer.append(change, batch) {
            Ok(_) => {}
            Err(error @ Error::TooLarge(_)) => return Err(error.into()),
            Err(error) => {
                self.shared.fail(&error);
                return Err(error.into());
            }
        }
        rows.extend(effects);
        Ok(sequence)
    }

    /// Syncs the journal from entry `first` on, notes the head, and makes the rows visible.
    fn make_durable(&mut self, rows: HashMap<Slot, Option<Row>>, first: u64) {
        let link = self.writer.link();
        let began = Instant::now();
        let written = self.writer.sync().and_then(|()| self.head.write(link));
        if let Err(error) = written {
            self.shared.fail(&error);
            return;
        }
        let metrics = &self.shared.metrics;
        metrics.observe_batch(link.sequence + 1 - first, began.elapsed());
        metrics.note_sequence(link.sequence);
        self.shared.publish(&rows, link);
        let applied = Applied::new(rows, link);
        self.shared.reserve(applied.octets);
        self.index.send(Work::Rows(applied)).ok();
    }

    /// Makes the head durable.
    fn sync_head(&mut self) {
        if self.shared.failure().is_some() {
            self.head.dirty = false;
        } else if let Err(error) = self.head.sync() {
            self.shared.fail(&error);
        }
    }

    /// Ends the other threads in order.
    fn close(mut self) -> Result<(), Error> {
        if self.head.dirty {
            self.sync_head();
        }
        self.writer.stop();
        self.truth.stop();
        drop(self.checkpoint);
        self.checkpointer.join().ok();
        self.index.send(Work::Close).ok();
        let outcome = match self.indexer.join() {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Index("its thread panicked".into())),
        };
        drop(self.lock);
        match self.shared.failure() {
            Some(error) => Err(error),
            None => outcome,
        }
    }
}
