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
        [0xff, 0xfe, rest @ ..] => (utf16(rest, UTF_16LE)?, &["utf-16", "utf-16le"]),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, UTF_16BE)?, &["utf-16", "utf-16be"]),
        [0xef, 0xbb, 0xbf, rest @ ..] => (utf8(rest)?, UTF_8_NAMES),
        _ => (utf8(octets)?, UTF_8_NAMES),
    };
    // No character of XML is NUL: this is UTF-16 without mark, UTF-32, or nonsense.
    if text.as_bytes().contains(&0) {
        return Err(Error::Encoding);
    }
    let Some(name) = declared(&text) else {
        return Ok(text);
    };
    let known = names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if !known || (name.eq_ignore_ascii_case(ASCII) && !text.is_ascii()) {
        return Err(Error::Encoding);
    }
    Ok(text)
}

/// Names by which documents in UTF-8 are declared; `UTF8` is not registered but in use among registrars.
const UTF_8_NAMES: &[&str] = &["utf-8", "utf8", ASCII];

/// UTF-8 as long as it holds nothing else.
const ASCII: &str = "us-ascii";

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
    let (body, _) = text.strip_prefix("<?")?.split_once('>')?;
    declaration(body.strip_suffix('?')?).ok()?
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
        for name in ["utf8", "UTF8", "Utf-8", "US-ASCII"] {
            let document = format!("<?xml version='1.0' encoding='{name}'?><a/>");
            assert!(decode(document.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn decode_refuses_the_rest() {
        let declaration = "<?xml version='1.0'?><a/>";
        let unmarked = |little| utf16(declaration, little)[2..].to_vec();
        let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a/>");
        let utf32 = |order: fn(u32) -> [u8; 4], mark: &str| -> Vec<u8> {
            let text = format!("{mark}{declaration}");
            text.chars().flat_map(|c| order(u32::from(c))).collect()
        };
        let mut odd = utf16(declaration, true);
        odd.push(b' ');
        for octets in [
            unmarked(true),
            unmarked(false),
            odd,
            utf32(u32::to_le_bytes, "\u{feff}"),
            utf32(u32::to_be_bytes, "\u{feff}"),
            utf32(u32::to_le_bytes, ""),
            utf32(u32::to_be_bytes, ""),
            declared("UTF-16").into_bytes(),
            declared("ISO-8859-1").into_bytes(),
            declared("UTF-7").into_bytes(),
            declared("UTF-32").into_bytes(),
            declared("US-ASCII")
                .replace("<a/>", "<\u{e9}/>")
                .into_bytes(),
            utf16(&declared("UTF-8"), true),
            utf16(&declared("UTF-16BE"), true),
            b"<a>\0</a>".to_vec(),
            b"\xef\xbb\xbf<a>\xe9</a>".to_vec(),
            b"\xc0\x80".to_vec(),
            b"\xed\xa0\x80".to_vec(),
            b"\xf4\x90\x80\x80".to_vec(),
            b"\x80".to_vec(),
            b"\xfe\xff\xd8\x00\x00<".to_vec(),
            b"\xfe\xff\xdc\x00\x00<".to_vec(),
            b"\xff\xfe<".to_vec(),
            b"\x4c\x6f\xa7\x94".to_vec(),
        ] {
            assert_eq!(decode(&octets), Err(Error::Encoding), "{octets:x?}");
        }
    }
}
