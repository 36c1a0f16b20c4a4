//! Data units on the stream: a length of four octets, then one XML document.
//!
//! The length is in network byte order and counts its own four octets (RFC 5734 section 4). Decoding
//! looks at a buffer and allocates nothing: a length below four or above the limit is refused as soon
//! as it can be seen, which also ends plain XML, HTTP, TLS and SSH sent to this port, because their
//! first octet alone announces megabytes. A length of exactly four is an empty document; what that
//! means is for the XML reader to say.

use thiserror::Error;

/// Octets of the length header.
pub const HEADER: usize = 4;

/// What the beginning of a buffer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole unit of this many octets, header included.
    Complete(usize),
    /// The header, but not yet all of the announced octets.
    Partial(usize),
    /// Fewer than four octets.
    NoHeader,
}

/// A length that no data unit of this server's clients has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The length does not even cover the header.
    #[error("data unit of {0} octets: the length counts its own four octets")]
    TooShort(u32),
    /// The length is above the limit, or the stream is not EPP at all.
    #[error("data unit of {0} octets or more is above the limit of {1}")]
    TooLong(u32, usize),
}

/// Looks at the first data unit of `buffer`; `limit` counts the header too.
///
/// # Errors
/// When the length is below four or above `limit`, even before the header is complete.
pub fn first(buffer: &[u8], limit: usize) -> Result<Unit, Error> {
    let mut header = [0; HEADER];
    for (octet, received) in header.iter_mut().zip(buffer) {
        *octet = *received;
    }
    // Octets that have not arrived count as zero, so this is the least length still possible.
    let length = u32::from_be_bytes(header);
    let total = usize::try_from(length).unwrap_or(usize::MAX);
    if total > limit {
        return Err(Error::TooLong(length, limit));
    }
    if buffer.len() < HEADER {
        return Ok(Unit::NoHeader);
    }
    if total < HEADER {
        return Err(Error::TooShort(length));
    }
    if buffer.len() < total {
        return Ok(Unit::Partial(total));
    }
    Ok(Unit::Complete(total))
}

/// Appends room for a header to `out` and returns where the data unit begins.
pub fn begin(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    start
}

/// Fills in the header of the data unit that [`begin`] started; a unit without a document is taken back.
pub fn finish(out: &mut Vec<u8>, start: usize) {
    let total = out.len().saturating_sub(start);
    let length = u32::try_from(total).unwrap_or(u32::MAX);
    match out.get_mut(start..start.saturating_add(HEADER)) {
        Some(header) if total > HEADER => header.copy_from_slice(&length.to_be_bytes()),
        Some(_) | None => out.truncate(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 64 * 1024;

    #[test]
    fn first_of_a_whole_unit_is_complete_whatever_follows() {
        assert_eq!(first(b"\0\0\0\x05xrest", LIMIT), Ok(Unit::Complete(5)));
        assert_eq!(first(b"\0\0\0\x04", LIMIT), Ok(Unit::Complete(4)));
    }

    #[test]
    fn first_of_a_cut_unit_asks_for_more() {
        assert_eq!(first(b"", LIMIT), Ok(Unit::NoHeader));
        assert_eq!(first(b"\0\0\0", LIMIT), Ok(Unit::NoHeader));
        assert_eq!(first(b"\0\0\0\x06x", LIMIT), Ok(Unit::Partial(6)));
    }

    #[test]
    fn first_of_a_length_below_four_is_refused() {
        for length in 0..4 {
            let header = [0, 0, 0, length];
            assert_eq!(
                first(&header, LIMIT),
                Err(Error::TooShort(u32::from(length)))
            );
        }
    }

    #[test]
    fn first_at_the_limit_is_accepted_and_above_refused() {
        let at = u32::try_from(LIMIT).unwrap();
        assert_eq!(first(&at.to_be_bytes(), LIMIT), Ok(Unit::Partial(LIMIT)));
        assert_eq!(
            first(&(at + 1).to_be_bytes(), LIMIT),
            Err(Error::TooLong(at + 1, LIMIT))
        );
    }

    #[test]
    fn first_of_foreign_protocols_is_refused_at_the_first_octet() {
        for foreign in [b'<', b'G', b'S', 0x16, 0x7f, 0xff] {
            assert!(matches!(first(&[foreign], LIMIT), Err(Error::TooLong(..))));
        }
    }

    #[test]
    fn finish_counts_header_and_document() {
        let mut out = b"before".to_vec();
        let start = begin(&mut out);
        out.extend_from_slice(b"<epp/>");
        finish(&mut out, start);
        assert_eq!(out, b"before\0\0\0\x0a<epp/>");
    }

    #[test]
    fn finish_without_a_document_takes_the_unit_back() {
        let mut out = b"before".to_vec();
        let start = begin(&mut out);
        finish(&mut out, start);
        assert_eq!(out, b"before");
    }

    proptest! {
        #[test]
        fn first_of_any_prefix_agrees_with_the_whole(bytes: Vec<u8>, cut in 0_usize..300) {
            let prefix = bytes.get(..cut).unwrap_or(&bytes);
            match first(prefix, LIMIT) {
                // A verdict once given does not change when more arrives.
                Ok(Unit::Complete(n)) => prop_assert_eq!(first(&bytes, LIMIT), Ok(Unit::Complete(n))),
                Err(_) => prop_assert!(first(&bytes, LIMIT).is_err()),
                Ok(Unit::Partial(n)) => prop_assert!(n > prefix.len()),
                Ok(Unit::NoHeader) => prop_assert!(prefix.len() < HEADER),
            }
        }

        #[test]
        fn first_reads_what_finish_wrote(document in prop::collection::vec(any::<u8>(), 1..2000)) {
            let mut out = Vec::new();
            let start = begin(&mut out);
            out.extend_from_slice(&document);
            finish(&mut out, start);
            prop_assert_eq!(first(&out, LIMIT), Ok(Unit::Complete(document.len() + HEADER)));
        }
    }
}
