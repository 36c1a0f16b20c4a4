//! The index: what the journal adds up to, for fast reads. Always rebuildable, so never the last word.
//!
//! A backend keeps rows with their own checksum and, in the same atomic batch as every change, how far it got
//! and a tally over all rows. A lost or stale row makes the tally wrong, a flipped bit the checksum.

mod proof;
pub(super) mod sled;

use std::fmt::Debug;

use super::error::Error;
use super::journal::Link;
use super::state::{Body, Row, Slot};

/// Rows that changed, in slot order; none means removed.
pub(super) type Rows = Vec<(Slot, Option<Row>)>;

/// Visits a row; says whether to go on.
pub(super) type Visitor<'a> = &'a mut dyn FnMut(&[u8], Row) -> bool;

/// Visits the slot of a row, from any thread.
pub(super) type SlotVisitor<'a> = &'a mut (dyn FnMut(&[u8]) + Send);

/// One index, open.
pub(super) trait Index: Send + Sync + Debug {
    /// Reads a row.
    fn get(&self, slot: &[u8]) -> Result<Option<Row>, Error>;

    /// Visits rows in order from `from` on (excluded if `exclusive`).
    fn range(&self, from: &[u8], exclusive: bool, visit: Visitor<'_>) -> Result<(), Error>;

    /// Writes rows in one atomic step that also remembers `link` as applied; only one thread calls this at a time.
    fn apply(&self, rows: &Rows, link: Link) -> Result<(), Error>;

    /// Writes rows known to be new into an index under construction: cheaper, not atomic, from several threads.
    ///
    /// They count only after an [`Index::apply`] that follows.
    fn load(&self, rows: &Rows) -> Result<(), Error>;

    /// Returns the last entry applied.
    fn applied(&self) -> Link;
}

/// Makes, reopens and closes indexes.
pub(super) trait Home: Send + Sync + Debug {
    /// Says whether no index was ever made here.
    fn is_new(&self) -> bool;

    /// Opens the index left by the last run, if it can be trusted; every row is read and proved, and `visit`
    /// sees its slot, in no order.
    fn reopen(&self, visit: SlotVisitor<'_>) -> Result<Option<Box<dyn Index>>, Error>;

    /// Makes an empty index beside any old one, which counts from [`Home::adopt`] on.
    fn create(&self, start: Link) -> Result<Box<dyn Index>, Error>;

    /// Makes the index last created the one to reopen, and removes others.
    fn adopt(&self) -> Result<(), Error>;

    /// Notes that the index must not be trusted any more.
    fn distrust(&self);

    /// Closes the index after its last use; `clean` when it may be trusted later.
    fn close(&self, index: Box<dyn Index>, clean: bool) -> Result<(), Error>;
}

/// Number and sum of row fingerprints: changes with any row that is lost, stale or added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) sum: u64,
}

impl Tally {
    /// Counts a row in.
    pub(super) fn add(&mut self, fingerprint: u64) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(fingerprint);
    }

    /// Counts in what another tally counted.
    pub(super) fn join(&mut self, other: Self) {
        self.rows = self.rows.wrapping_add(other.rows);
        self.sum = self.sum.wrapping_add(other.sum);
    }

    /// Counts a row out.
    pub(super) fn remove(&mut self, fingerprint: u64) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(fingerprint);
    }
}

/// Octets before the body of an encoded row: crc32c and version.
const ROW_HEADER: usize = 12;
/// Kind octet of a counter's body.
const COUNTER: u8 = 0;
/// Kind octet of a value's body.
const VALUE: u8 = 1;

/// Encodes a row: checksum over slot and everything after it, version, kind, body.
pub(super) fn encode_row(slot: &[u8], row: &Row) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    bytes.extend_from_slice(&row.version.to_le_bytes());
    match &row.body {
        Body::Counter(count) => {
            bytes.push(COUNTER);
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        Body::Value(value) => {
            bytes.reserve(value.len() + 1);
            bytes.push(VALUE);
            bytes.extend_from_slice(value);
        }
    }
    let crc = checksum(slot, bytes.get(4..).unwrap_or_default());
    if let Some(head) = bytes.first_chunk_mut::<4>() {
        *head = crc.to_le_bytes();
    }
    bytes
}

/// Says whether the checksum of an encoded row is right.
fn is_sound(slot: &[u8], bytes: &[u8]) -> bool {
    bytes
        .split_first_chunk::<4>()
        .is_some_and(|(crc, rest)| checksum(slot, rest) == u32::from_le_bytes(*crc))
}

/// Decodes a row; none when its checksum is wrong.
pub(super) fn decode_row(slot: &[u8], bytes: &[u8]) -> Option<Row> {
    let (crc, rest) = bytes.split_first_chunk::<4>()?;
    if checksum(slot, rest) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (version, body) = rest.split_first_chunk::<8>()?;
    let (kind, body) = body.split_first()?;
    let body = match *kind {
        COUNTER => Body::Counter(i64::from_le_bytes(body.try_into().ok()?)),
        VALUE => Body::Value(bytes::Bytes::copy_from_slice(body)),
        _ => return None,
    };
    Some(Row {
        version: u64::from_le_bytes(*version),
        body,
    })
}

/// Computes the checksum of a row.
fn checksum(slot: &[u8], rest: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(slot), rest)
}

/// Returns the fingerprint of an encoded row, from its checksum and version.
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    let mut fields = super::codec::Decoder::new(bytes.get(..ROW_HEADER).unwrap_or_default());
    let crc = u64::from(fields.u32().unwrap_or_default());
    let version = fields.u64().unwrap_or_default();
    // The finish of splitmix64: near inputs give far sums.
    let mut mixed = (crc << 32 ^ version).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
