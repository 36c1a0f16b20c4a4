//! Reading the journal: along the chain, and to its end after a crash.

use std::path::{Path, PathBuf};

use crate::store::disk::{Disk, damaged, read_all};
use crate::store::error::Error;

use super::Link;
use super::entry::{ALIGNMENT, Frame, Parsed};
use super::segment;

/// What is wrong when journal and head tell different stories.
const OTHER_HEAD: &str = "the entry is not the one the head file remembers";

/// An entry while it is visited.
pub(in crate::store) struct Visit<'a> {
    pub(in crate::store) frame: Frame<'a>,
    pub(in crate::store) link: Link,
    pub(in crate::store) path: &'a Path,
    pub(in crate::store) offset: u64,
}

/// A whole segment in memory.
pub(in crate::store) struct Segment {
    pub(in crate::store) path: PathBuf,
    /// Place in the chain before its first entry.
    pub(in crate::store) base: Link,
    pub(in crate::store) bytes: Vec<u8>,
}

/// Where a walk along a segment ended.
pub(in crate::store) struct Stop {
    /// The last entry that belongs to the chain.
    pub(in crate::store) link: Link,
    /// Offset behind it.
    pub(in crate::store) offset: usize,
    /// Why what stands there is no entry; none when only zeros follow or the walk was told to end.
    pub(in crate::store) broken: Option<&'static str>,
    /// Whether the visitor ended the walk.
    ended: bool,
}

/// The end of the journal.
pub(in crate::store) struct Tail {
    /// The last segment.
    pub(in crate::store) segment: Segment,
    /// The last entry.
    pub(in crate::store) link: Link,
    /// Offset behind it.
    pub(in crate::store) offset: usize,
    /// Offset of the first entry behind the acknowledged head, or of the end.
    pub(in crate::store) unproven: usize,
}

impl Segment {
    /// Reads the segment that begins with entry `first`.
    pub(in crate::store) fn load(disk: &dyn Disk, dir: &Path, first: u64) -> Result<Self, Error> {
        let path = segment::path(dir, first);
        let bytes = read_all(disk, &path)?;
        let base = segment::decode_header(&bytes, &path)?;
        if base.sequence + 1 != first {
            return Err(damaged(&path, 0, "the segment has the name of another"));
        }
        Ok(Self { path, base, bytes })
    }

    /// Visits entries up to `last` as long as each follows the one before.
    pub(in crate::store) fn walk(
        &self,
        last: u64,
        visit: &mut dyn FnMut(Visit<'_>) -> Result<bool, Error>,
    ) -> Result<Stop, Error> {
        let mut stop = Stop {
            link: self.base,
            offset: segment::HEADER,
            broken: None,
            ended: false,
        };
        while stop.link.sequence < last && !stop.ended {
            let rest = self.bytes.get(stop.offset..).unwrap_or_default();
            match Frame::parse(rest) {
                Parsed::Sound(frame) if frame.follows(stop.link) => {
                    let link = frame.link();
                    let going_on = visit(Visit {
                        frame,
                        link,
                        path: &self.path,
                        offset: stop.offset as u64,
                    })?;
                    stop.ended = !going_on;
                    stop.link = link;
                    stop.offset += frame.extent();
                }
                Parsed::Sound(_) => {
                    stop.broken = Some("an entry does not follow the one before it");
                    break;
                }
                Parsed::Broken(why) => {
                    stop.broken = Some(why);
                    break;
                }
                Parsed::End => {
                    let zeros = rest.iter().all(|byte| *byte == 0);
                    stop.broken = (!zeros).then_some("there are zeros in place of an entry");
                    break;
                }
            }
        }
        Ok(stop)
    }

    /// Says whether an entry stands behind `stop` that proves what is broken there had been acknowledged.
    fn proves_damage(&self, stop: &Stop) -> bool {
        let torn = stop.link.sequence + 1;
        let places = (stop.offset..self.bytes.len()).step_by(ALIGNMENT);
        let mut frames =
            places.filter_map(
                |place| match Frame::parse_quickly(self.bytes.get(place..)?) {
                    Parsed::Sound(frame) => Some(frame),
                    Parsed::End | Parsed::Broken(_) => None,
                },
            );
        frames.any(|frame| frame.sequence > torn && frame.batch > torn)
    }

    /// Builds the error for what is broken at `stop`.
    fn damage(&self, stop: &Stop) -> Error {
        let what = stop.broken.unwrap_or("acknowledged entries are missing");
        damaged(&self.path, stop.offset as u64, what)
    }
}

/// Visits the entries after `from` up to sequence `upto`, proving the chain on the way; returns the last visited.
///
/// The visitor says whether to go on.
///
/// # Errors
/// `Damaged` when one of them is missing or wrong, or when the chain does not lead from `from`.
pub(in crate::store) fn read_range(
    disk: &dyn Disk,
    dir: &Path,
    from: Link,
    upto: u64,
    visit: &mut dyn FnMut(Visit<'_>) -> Result<bool, Error>,
) -> Result<Link, Error> {
    if upto <= from.sequence {
        return Ok(from);
    }
    let firsts = segment::list(disk, dir)?;
    let start = firsts.partition_point(|first| *first <= from.sequence + 1);
    let mut firsts = firsts.into_iter().skip(start.saturating_sub(1)).peekable();
    let mut link: Option<Link> = None;
    while let Some(first) = firsts.next() {
        let segment = Segment::load(disk, dir, first)?;
        let expected = link.unwrap_or(if segment.base.sequence == from.sequence {
            from
        } else {
            segment.base
        });
        if segment.base != expected || first > from.sequence + 1 && link.is_none() {
            let what =
                "the segment does not follow the one before it, or entries before it are missing";
            return Err(damaged(&segment.path, 0, what));
        }
        let stop = segment.walk(upto, &mut |entry| {
            if entry.link.sequence == from.sequence && entry.link != from {
                let what = "the entry is not the one the checkpoint or index was made from";
                return Err(damaged(entry.path, entry.offset, what));
            }
            if entry.link.sequence > from.sequence {
                return visit(entry);
            }
            Ok(true)
        })?;
        if stop.link.sequence >= upto || stop.ended {
            return Ok(stop.link);
        }
        let complete = firsts
            .peek()
            .is_some_and(|next| *next == stop.link.sequence + 1);
        if stop.broken.is_some() || !complete {
            return Err(segment.damage(&stop));
        }
        link = Some(stop.link);
    }
    Err(damaged(
        dir,
        0,
        format!("there is no segment with entry {upto}"),
    ))
}

/// Finds the end of the journal, whose entries up to `floor` were acknowledged, `head` among them.
///
/// # Errors
/// `Damaged` when an acknowledged entry is missing or wrong; what is broken behind them is the caller's to cut.
pub(in crate::store) fn find_tail(
    disk: &dyn Disk,
    dir: &Path,
    floor: u64,
    head: Option<Link>,
) -> Result<Tail, Error> {
    let last = segment::list(disk, dir)?.pop();
    let last = last.ok_or_else(|| damaged(dir, 0, "the journal has no segment"))?;
    let segment = Segment::load(disk, dir, last)?;
    let differs =
        |link: Link| head.is_some_and(|head| head.sequence == link.sequence && head != link);
    if differs(segment.base) {
        return Err(damaged(&segment.path, 0, OTHER_HEAD));
    }
    let mut unproven = segment::HEADER;
    let stop = segment.walk(u64::MAX, &mut |entry| {
        if differs(entry.link) {
            return Err(damaged(entry.path, entry.offset, OTHER_HEAD));
        }
        if entry.link.sequence <= floor {
            unproven = entry.offset as usize + entry.frame.extent();
        }
        Ok(true)
    })?;
    if stop.link.sequence < floor || stop.broken.is_some() && segment.proves_damage(&stop) {
        return Err(segment.damage(&stop));
    }
    Ok(Tail {
        link: stop.link,
        offset: stop.offset,
        unproven,
        segment,
    })
}
