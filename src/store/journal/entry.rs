//! One journal entry in octets.
//!
//! ```text
//!  0  u32  length of the entry, padding excluded      24  [32] SHA-256 of the previous entry
//!  4  u32  crc32c of everything from 8 on             56  payload: format, audit line, writes
//!  8  u64  sequence                                       zeros up to a multiple of 8
//! 16  u64  batch: sequence of the first entry of its sync
//! ```
//! The batch number tells a torn tail from damage: a batch is written only after the one before was durable,
//! so anything broken in front of a sound entry of a later batch had been acknowledged.

use std::path::Path;

use chrono::DateTime;

use crate::store::change::{Audit, ChangeSet, Write};
use crate::store::codec::{Decoder, Hash, put_bytes, sha256};
use crate::store::disk::damaged;
use crate::store::error::Error;
use crate::store::key::Key;

use super::Link;

/// Largest entry: far above any command, far below what would stall everybody else.
pub(in crate::store) const LARGEST: usize = 16 * 1024 * 1024;
/// Octets before the payload.
const HEADER: usize = 56;
/// Entries start at multiples of this.
pub(in crate::store) const ALIGNMENT: usize = 8;
/// Format of the payload.
const FORMAT: u8 = 1;

/// What stands at a place of a segment.
pub(in crate::store) enum Parsed<'a> {
    /// Zeros: nothing was written here.
    End,
    /// An entry whose checksum is right.
    Sound(Frame<'a>),
    /// Something else, and why it is no entry.
    Broken(&'static str),
}

/// An entry that is sound in itself; whether it belongs here, its chain tells.
#[derive(Clone, Copy)]
pub(in crate::store) struct Frame<'a> {
    pub(in crate::store) sequence: u64,
    pub(in crate::store) batch: u64,
    pub(in crate::store) previous: Hash,
    /// The whole entry without padding.
    octets: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads what stands at the front of `bytes`.
    pub(in crate::store) fn parse(bytes: &'a [u8]) -> Parsed<'a> {
        let mut header = Decoder::new(bytes);
        let (Some(length), Some(crc)) = (header.u32(), header.u32()) else {
            return if bytes.iter().all(|byte| *byte == 0) {
                Parsed::End
            } else {
                Parsed::Broken("an entry begins beyond the end of the file")
            };
        };
        if length == 0 && crc == 0 {
            return Parsed::End;
        }
        let length = length as usize;
        if !(HEADER..=LARGEST).contains(&length) {
            return Parsed::Broken("the length of an entry is impossible");
        }
        let (Some(octets), Some(padding)) = (
            bytes.get(..length),
            bytes.get(length..length.next_multiple_of(ALIGNMENT)),
        ) else {
            return Parsed::Broken("an entry ends beyond the end of the file");
        };
        if crc32c::crc32c(octets.get(8..).unwrap_or_default()) != crc {
            return Parsed::Broken("the checksum of an entry is wrong");
        }
        if padding.iter().any(|byte| *byte != 0) {
            return Parsed::Broken("there is something between two entries");
        }
        match (header.u64(), header.u64(), header.array()) {
            (Some(sequence), Some(batch), Some(previous)) => Parsed::Sound(Self {
                sequence,
                batch,
                previous,
                octets,
                payload: octets.get(HEADER..).unwrap_or_default(),
            }),
            _ => Parsed::Broken("an entry is too short"),
        }
    }

    /// Reads like [`Frame::parse`], but does not look whether only zeros follow.
    pub(in crate::store) fn parse_quickly(bytes: &'a [u8]) -> Parsed<'a> {
        match bytes.first_chunk::<8>() {
            Some([0, 0, 0, 0, 0, 0, 0, 0]) | None => Parsed::End,
            Some(_) => Self::parse(bytes),
        }
    }

    /// Returns the octets the entry occupies, padding included.
    pub(in crate::store) fn extent(&self) -> usize {
        self.octets.len().next_multiple_of(ALIGNMENT)
    }

    /// Returns the entry's place in the chain.
    pub(in crate::store) fn link(&self) -> Link {
        Link {
            sequence: self.sequence,
            hash: sha256(self.octets),
        }
    }

    /// Says whether the entry follows `link`.
    pub(in crate::store) fn follows(&self, link: Link) -> bool {
        self.sequence == link.sequence + 1 && self.previous == link.hash
    }

    /// Decodes the payload; `path` and `offset` say in an error where it stands.
    pub(in crate::store) fn decode(
        &self,
        path: &Path,
        offset: u64,
    ) -> Result<(Audit, Vec<Write>), Error> {
        match self.payload.first() {
            Some(&FORMAT) => {}
            Some(&other) => {
                return Err(Error::Format {
                    file: path.to_path_buf(),
                    found: u32::from(other),
                    known: u32::from(FORMAT),
                });
            }
            None => return Err(damaged(path, offset, "an entry is empty")),
        }
        decode_payload(self.payload)
            .ok_or_else(|| damaged(path, offset, "the content of an entry makes no sense"))
    }
}

/// Appends the entry of a change set to `into` and returns its place in the chain.
///
/// # Errors
/// When the entry would be larger than [`LARGEST`]; `into` is as before then.
pub(in crate::store) fn encode(
    change: &ChangeSet,
    previous: Link,
    batch: u64,
    into: &mut Vec<u8>,
) -> Result<Link, Error> {
    let start = into.len();
    let sequence = previous.sequence + 1;
    into.extend_from_slice(&[0; 8]);
    into.extend_from_slice(&sequence.to_le_bytes());
    into.extend_from_slice(&batch.to_le_bytes());
    into.extend_from_slice(&previous.hash);
    encode_payload(change, into);
    let length = into.len() - start;
    if length > LARGEST {
        into.truncate(start);
        return Err(Error::TooLarge(length));
    }
    let octets = into.get_mut(start..).unwrap_or_default();
    let crc = crc32c::crc32c(octets.get(8..).unwrap_or_default());
    if let Some((head, _)) = octets.split_first_chunk_mut::<8>() {
        let [a, b, c, d] = (length as u32).to_le_bytes();
        let [e, f, g, h] = crc.to_le_bytes();
        *head = [a, b, c, d, e, f, g, h];
    }
    let hash = sha256(octets);
    into.resize(start + length.next_multiple_of(ALIGNMENT), 0);
    Ok(Link { sequence, hash })
}

/// Appends format, audit line and writes.
fn encode_payload(change: &ChangeSet, into: &mut Vec<u8>) {
    let audit = &change.audit;
    into.push(FORMAT);
    into.extend_from_slice(&audit.at.timestamp().to_le_bytes());
    into.extend_from_slice(&audit.at.timestamp_subsec_nanos().to_le_bytes());
    put_bytes(into, audit.server_transaction.as_bytes());
    match &audit.client_transaction {
        Some(text) => {
            into.push(1);
            put_bytes(into, text.as_bytes());
        }
        None => into.push(0),
    }
    for text in [&audit.actor, &audit.command, &audit.object] {
        put_bytes(into, text.as_bytes());
    }
    into.extend_from_slice(&(change.writes.len() as u32).to_le_bytes());
    for write in &change.writes {
        match write {
            Write::Put(key, value) => {
                into.push(1);
                put_bytes(into, key.as_bytes());
                put_bytes(into, value);
            }
            Write::Delete(key) => {
                into.push(2);
                put_bytes(into, key.as_bytes());
            }
            Write::Add(key, amount) => {
                into.push(3);
                put_bytes(into, key.as_bytes());
                into.extend_from_slice(&amount.to_le_bytes());
            }
        }
    }
}

/// Decodes what [`encode_payload`] wrote, nothing less and nothing more.
fn decode_payload(payload: &[u8]) -> Option<(Audit, Vec<Write>)> {
    let mut fields = Decoder::new(payload);
    fields.u8()?;
    let at = DateTime::from_timestamp(fields.i64()?, fields.u32()?)?;
    let server_transaction = fields.text()?;
    let client_transaction = match fields.u8()? {
        0 => None,
        1 => Some(fields.text()?),
        _ => return None,
    };
    let audit = Audit {
        at,
        server_transaction,
        client_transaction,
        actor: fields.text()?,
        command: fields.text()?,
        object: fields.text()?,
    };
    let count = fields.u32()?;
    let mut writes = Vec::new();
    for _ in 0..count {
        let kind = fields.u8()?;
        let key = Key::from_bytes(fields.bytes()?);
        writes.push(match kind {
            1 => Write::Put(key, fields.bytes()?.to_vec()),
            2 => Write::Delete(key),
            3 => Write::Add(key, fields.i64()?),
            _ => return None,
        });
    }
    fields.rest().is_empty().then_some((audit, writes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change set with every kind of write.
    fn sample() -> ChangeSet {
        let mut change = ChangeSet::new(Audit {
            at: DateTime::from_timestamp(1_700_000_000, 5_000_000).unwrap(),
            server_transaction: "HKEPP-1".into(),
            client_transaction: None,
            actor: "registrar-a".into(),
            command: "domain:create".into(),
            object: "\u{9999}\u{6e2f}".into(),
        });
        change
            .put(Key::new("domain", &["a.hk"]), vec![1; 300])
            .delete(Key::new("domain", &["b.hk"]))
            .add(Key::new("links", &["c"]), -2);
        change
    }

    const GENESIS: Link = Link {
        sequence: 41,
        hash: [9; 32],
    };

    #[test]
    fn entry_comes_back_as_it_was() {
        let mut bytes = Vec::new();
        let link = encode(&sample(), GENESIS, 40, &mut bytes).unwrap();
        let Parsed::Sound(frame) = Frame::parse(&bytes) else {
            panic!("not sound")
        };
        assert_eq!((frame.sequence, frame.batch), (42, 40));
        assert_eq!((frame.extent(), frame.link()), (bytes.len(), link));
        assert!(frame.follows(GENESIS));
        let (audit, writes) = frame.decode(Path::new("x"), 0).unwrap();
        assert_eq!((audit, writes), (sample().audit, sample().writes));
    }

    #[test]
    fn every_single_bit_flip_is_noticed() {
        let mut bytes = Vec::new();
        encode(&sample(), GENESIS, 40, &mut bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(Frame::parse(&bytes), Parsed::Broken(_)), "{bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }

    #[test]
    fn too_large_change_leaves_buffer_alone() {
        let mut change = sample();
        change.put(Key::new("domain", &["big"]), vec![0; LARGEST]);
        let mut bytes = vec![7; 8];
        let result = encode(&change, GENESIS, 40, &mut bytes);
        assert!(matches!(result, Err(Error::TooLarge(_))));
        assert_eq!(bytes, [7; 8]);
    }

    #[test]
    fn payload_of_newer_format_is_refused_by_name() {
        let mut bytes = Vec::new();
        encode(&sample(), GENESIS, 40, &mut bytes).unwrap();
        bytes[HEADER] = 2;
        let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
        let crc = crc32c::crc32c(&bytes[8..length]);
        bytes[4..8].copy_from_slice(&crc.to_le_bytes());
        let Parsed::Sound(frame) = Frame::parse(&bytes) else {
            panic!("not sound")
        };
        let error = frame.decode(Path::new("x"), 0).unwrap_err();
        assert!(matches!(error, Error::Format { found: 2, .. }), "{error}");
    }
}
