//! Proving an index found on disk: every row is read and the tally compared.
//!
//! Two threads read from both ends towards each other, since a registry waits for this at every start. Each
//! claims a portion of rows at a time; a claim ends where the other side's begin.

use std::sync::{Mutex, PoisonError};
use std::thread;

use sled::{Db, IVec};

use crate::store::error::Error;

use super::sled::{META, Meta, decode_meta, guard, panicked, wrong_checksum};
use super::{SlotVisitor, Tally, fingerprint, is_sound};

/// Rows claimed at once.
const PORTION: usize = 512;

/// What both sides have claimed so far.
#[derive(Default)]
struct Frontier {
    /// The last slot claimed from the front.
    low: Option<IVec>,
    /// The last slot claimed from the back.
    high: Option<IVec>,
}

/// A row as sled gives it.
type Item = (IVec, IVec);

/// Reads every row and compares the tally.
///
/// # Errors
/// `Index` when a row cannot be read, does not match its checksum, is missing or old.
pub(super) fn prove(db: &Db, visit: SlotVisitor<'_>) -> Result<Meta, Error> {
    let meta = guard(|| db.get(META))?.and_then(|bytes| decode_meta(&bytes));
    let meta = meta.ok_or_else(|| Error::Index("it does not say how far it got".into()))?;
    let (frontier, visit) = (Mutex::new(Frontier::default()), Mutex::new(visit));
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let back = scope.spawn(|| {
            let mut rows = db.iter().rev();
            read(&mut rows, &visit, &|portion| claim_back(&frontier, portion))
        });
        let mut rows = db.iter();
        let front = read(&mut rows, &visit, &|portion| {
            claim_front(&frontier, portion)
        });
        let back = back.join().unwrap_or_else(|_| Err(panicked()));
        tally.join(front?);
        tally.join(back?);
        Ok::<(), Error>(())
    })?;
    if tally != meta.tally {
        return Err(Error::Index("rows are missing or old".into()));
    }
    Ok(meta)
}

/// Reads rows from one end until the other side is met.
fn read(
    rows: &mut dyn Iterator<Item = sled::Result<Item>>,
    visit: &Mutex<SlotVisitor<'_>>,
    claim: &dyn Fn(&mut Vec<Item>) -> bool,
) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    loop {
        let portion = guard(|| rows.take(PORTION).collect::<sled::Result<Vec<_>>>());
        let mut portion = portion?;
        let met = portion.len() < PORTION;
        let met = claim(&mut portion) || met;
        portion.retain(|(slot, _)| slot != META);
        for (slot, bytes) in &portion {
            if !is_sound(slot, bytes) {
                return Err(wrong_checksum());
            }
            tally.add(fingerprint(bytes));
        }
        let mut visit = visit.lock().unwrap_or_else(PoisonError::into_inner);
        portion.iter().for_each(|(slot, _)| visit(slot));
        drop(visit);
        if met {
            return Ok(tally);
        }
    }
}

/// Cuts an ascending portion where the back's claims begin; says whether it met them.
fn claim_front(frontier: &Mutex<Frontier>, portion: &mut Vec<Item>) -> bool {
    let mut frontier = frontier.lock().unwrap_or_else(PoisonError::into_inner);
    let all = portion.len();
    if let Some(high) = &frontier.high {
        portion.retain(|(slot, _)| slot < high);
    }
    if let Some((slot, _)) = portion.last() {
        frontier.low = Some(slot.clone());
    }
    portion.len() < all
}

/// Cuts a descending portion where the front's claims end; says whether it met them.
fn claim_back(frontier: &Mutex<Frontier>, portion: &mut Vec<Item>) -> bool {
    let mut frontier = frontier.lock().unwrap_or_else(PoisonError::into_inner);
    let all = portion.len();
    if let Some(low) = &frontier.low {
        portion.retain(|(slot, _)| slot > low);
    }
    if let Some((slot, _)) = portion.last() {
        frontier.high = Some(slot.clone());
    }
    portion.len() < all
}
