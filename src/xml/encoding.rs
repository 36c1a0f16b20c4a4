//! Octets to text: UTF-8 with or without byte order mark, UTF-16 with one (RFC 5730 section 5).

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::Error;
use super::tag::declaration;

/// Decodes a document's octets into text without its byte order mark.
///
/// # Errors
/// [`Error::Encoding`] for anything that is not UTF-8, or UTF-16 with a byte order mark, and for a declaration
/// that names another encoding.
pub fn decode(octets: &[u8]) -> Result<Cow<'_, str>, Error> {
    let (text, names): (_, &[&str]) = match octets {
        [0xff, 0xfe, 0, 0, ..] => return Err(Error::Encoding),
        [0xff, 0xfe, rest @ ..] => (utf16(rest, UTF_16LE)?, &["utf-16", "utf-16le"]),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, UTF_16BE)?, &["utf-16", "utf-16be"]),
        [0xef, 0xbb, 0xbf, rest @ ..] => (utf8(rest)?, UTF_8_NAMES),
        _ => (utf8(octets)?, UTF_8_NAMES),
    };
    match declared(&text) {
        Some(name) if !names.iter().any(|known| name.eq_ignore_ascii_case(known)) => {
            Err(Error::Encoding)
        }
        Some(name) if name.eq_ignore_ascii_case("us-ascii") && !text.is_ascii() => {
            Err(Error::Encoding)
        }
        Some(_) | None => Ok(text),
    }
}

/// Names by which documents in UTF-8 are declared; `UTF8` is not registered but in use among registrars.
const UTF_8_NAMES: &[&str] = &["utf-8", "utf8", "us-ascii"];

fn utf8(octets: &[u8]) -> Result<Cow<'_, str>, Error> {
    std::str::from_utf8(octets)
        .map(Cow::Borrowed)
        .map_err(|_| Error::Encoding)
}

fn utf16(
    octets: &[u8],
    encoding: &'static encoding_rs::Encoding,
) -> Result<Cow<'static, str>, Error> {
    if !octets.len().is_multiple_of(2) {
        return Err(Error::Encoding);
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(octets);
    text.map(|text| Cow::Owned(text.into_owned()))
        .ok_or(Error::Encoding)
}

/// Returns the encoding an XML declaration names; a malformed one is left to the parser.
fn declared(text: &str) -> Option<&str> {
    let body = text.strip_prefix("<?")?.split_once("?>")?.0;
    declaration(body).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let order = |unit: u16| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(order)
            .collect()
    }

    #[test]
    fn decode_takes_utf8_and_marked_utf16() {
        for text in [
            "<a/>",
            "<?xml version='1.0' encoding='UTF-16'?><a>\u{9999}</a>",
        ] {
            assert_eq!(decode(&utf16(text, true)).unwrap(), text);
            assert_eq!(decode(&utf16(text, false)).unwrap(), text);
        }
        assert_eq!(decode(b"\xef\xbb\xbf<a/>").unwrap(), "<a/>");
        assert!(decode(b"<?xml version='1.0' encoding='utf8'?><a/>").is_ok());
        assert!(decode(b"<?xml version='1.0' encoding='us-ascii'?><a/>").is_ok());
    }

    #[test]
    fn decode_refuses_the_rest() {
        let mut unmarked = utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", true);
        assert_eq!(decode(&unmarked), Err(Error::Encoding));
        unmarked.push(0);
        for octets in [
            &unmarked[..],
            b"<?xml version='1.0' encoding='UTF-16'?><a/>",
            b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<?xml version='1.0' encoding='US-ASCII'?><a>\u{e9}</a>".as_bytes(),
            b"\xff\xfe\x00\x00<\x00\x00\x00",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xfe\xff\xd8\x00\x00<",
        ] {
            assert_eq!(decode(octets), Err(Error::Encoding), "{octets:?}");
        }
    }
}
