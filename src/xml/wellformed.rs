//! The characters, names and references of XML 1.0 (fifth edition) and Namespaces in XML.
//!
//! quick-xml finds where markup begins and ends; the productions Char, NCName, QName, Reference, PITarget and
//! the normalisation of attribute values are here, so that nothing malformed is ever stored or echoed.

use std::borrow::Cow;

/// The white space of XML (`S`).
pub fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Says whether a text is white space only; the empty text is.
pub(super) fn is_all_blank(text: &str) -> bool {
    text.bytes().all(|octet| is_blank(char::from(octet)))
}

/// Says whether a character may stand in a document at all (`Char`).
pub(super) fn is_char(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Finds the first character of a text that may not stand in a document.
pub(super) fn illegal_char(text: &str) -> Option<usize> {
    // Whole blocks are judged without a branch per octet; U+FFFE and U+FFFF begin with EF in UTF-8.
    let suspicious = |found: bool, octet: &u8| {
        let control = *octet < b' ' && !is_blank(char::from(*octet));
        found | control | (*octet == 0xef)
    };
    let mut blocks = text.as_bytes().chunks(64);
    if !blocks.any(|block| block.iter().fold(false, suspicious)) {
        return None;
    }
    text.char_indices()
        .find(|(_, character)| !is_char(*character))
        .map(|(at, _)| at)
}

/// Splits a name off the front of a text: the longest run of what may be name characters.
///
/// Octets beyond ASCII are taken as they come; [`QualifiedName::parse`] judges them.
pub(super) fn split_name(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|octet| !may_be_name(octet));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or_default()
}

const fn may_be_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b':' | b'_' | b'-' | b'.') || octet >= 0x80
}

/// A name with its prefix, which is empty when there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QualifiedName<'a> {
    /// Prefix without its colon.
    pub(super) prefix: &'a str,
    /// Local name.
    pub(super) local: &'a str,
}

impl<'a> QualifiedName<'a> {
    /// Reads a `QName`; `None` when it is none.
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let colon = name.bytes().position(|octet| octet == b':');
        let Some(colon) = colon else {
            return is_ncname(name).then_some(Self {
                prefix: "",
                local: name,
            });
        };
        let (prefix, local) = (name.get(..colon)?, name.get(colon + 1..)?);
        (is_ncname(prefix) && is_ncname(local)).then_some(Self { prefix, local })
    }
}

/// Says whether a text is a name without colon (`NCName`).
pub(super) fn is_ncname(name: &str) -> bool {
    let ascii = |octet: u8| may_be_name(octet) && octet != b':' && octet < 0x80;
    match name.as_bytes() {
        [first, rest @ ..] if first.is_ascii_alphabetic() || *first == b'_' => {
            rest.iter().all(|octet| ascii(*octet)) || name.chars().all(is_name_char)
        }
        [first, ..] if *first >= 0x80 => {
            name.starts_with(is_name_start) && name.chars().all(is_name_char)
        }
        [] | [..] => false,
    }
}

fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn is_name_char(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Says whether a processing instruction's body, target included, is well-formed.
pub(super) fn is_instruction(body: &str) -> bool {
    let target = body.split(is_blank).next().unwrap_or_default();
    is_ncname(target) && !target.eq_ignore_ascii_case("xml")
}

/// Resolves what stands between `&` and `;`.
pub(super) fn resolve(reference: &str) -> Option<char> {
    let Some(number) = reference.strip_prefix('#') else {
        return match reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => None,
        };
    };
    let (digits, radix) = number
        .strip_prefix('x')
        .map_or((number, 10), |hex| (hex, 16));
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|c| is_char(*c))
}

/// Normalises an attribute's value as CDATA.
///
/// # Errors
/// What is wrong with it: an undefined reference, or a `<`.
pub(super) fn normalize(value: &str) -> Result<Cow<'_, str>, &'static str> {
    let special = |octet: u8| matches!(octet, b'&' | b'<' | b'\t' | b'\n' | b'\r');
    if !value.bytes().any(special) {
        return Ok(Cow::Borrowed(value));
    }
    let mut normal = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.bytes().position(special) {
        let (before, from) = rest.split_at_checked(at).unwrap_or_default();
        normal.push_str(before);
        if let Some(reference) = from.strip_prefix('&') {
            let resolved = reference
                .split_once(';')
                .and_then(|(name, after)| Some((resolve(name)?, after)));
            let (character, after) = resolved.ok_or(UNDEFINED_REFERENCE)?;
            normal.push(character);
            rest = after;
        } else if from.starts_with('<') {
            return Err("< stands in an attribute's value");
        } else {
            // A line end of two characters is one line end.
            let after = from.strip_prefix("\r\n").or_else(|| from.get(1..));
            normal.push(' ');
            rest = after.unwrap_or_default();
        }
    }
    normal.push_str(rest);
    Ok(Cow::Owned(normal))
}

/// What is wrong with a reference that [`resolve`] does not know.
pub(super) const UNDEFINED_REFERENCE: &str = "an undefined reference";

/// Normalises line ends, for which `\r\n` and a lone `\r` stand too.
pub(super) fn normalize_lines(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|octet| octet == b'\r') {
        return Cow::Borrowed(text);
    }
    // Clients on Windows indent with a line end and blanks, for which borrowing what follows `\r` suffices.
    if let Some(rest) = text.strip_prefix('\r')
        && rest.starts_with('\n')
        && !rest.contains('\r')
    {
        return Cow::Borrowed(rest);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn illegal_char_finds_controls_and_noncharacters_anywhere() {
        for legal in [
            "",
            "\t\n\r ~\u{7f}\u{85}",
            "\u{fffd}\u{10ffff}\u{e000}\u{fdd0}",
        ] {
            assert_eq!(illegal_char(legal), None, "{legal:?}");
        }
        for illegal in ['\0', '\u{1}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            for at in [0, 63, 64, 200] {
                let text = format!("{}{illegal}\u{2}", "x".repeat(at));
                assert_eq!(illegal_char(&text), Some(at), "{illegal:?}");
            }
        }
    }

    #[test]
    fn qualified_name_has_one_colon_between_two_names() {
        for (name, prefix, local) in [
            ("a", "", "a"),
            ("p:a", "p", "a"),
            ("_.-1", "", "_.-1"),
            ("香:港·2", "香", "港·2"),
        ] {
            let expected = QualifiedName { prefix, local };
            assert_eq!(QualifiedName::parse(name), Some(expected), "{name}");
        }
        for bad in [
            "",
            ":",
            ":a",
            "a:",
            "a::b",
            "a:b:c",
            "1",
            "-a",
            "a:1",
            "·",
            "a\u{d7}",
            "\u{37e}",
            "a/b",
            "\u{2010}",
            "\u{f0000}",
        ] {
            assert_eq!(QualifiedName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn resolve_knows_predefined_entities_and_legal_characters() {
        assert_eq!(resolve("amp"), Some('&'));
        assert_eq!(resolve("#x4e2D"), Some('中'));
        assert_eq!(resolve("#0000000000000000000065"), Some('A'));
        for bad in [
            "foo",
            "#0",
            "#x1F",
            "#xFFFE",
            "#xD800",
            "#X41",
            "#",
            "#+65",
            " amp",
            "#x110000",
            "#99999999999",
        ] {
            assert_eq!(resolve(bad), None, "{bad}");
        }
    }

    #[test]
    fn normalize_turns_line_ends_into_blanks_and_keeps_references() {
        assert_eq!(normalize("a\r\nb\tc\r\r").unwrap(), "a b c  ");
        assert_eq!(normalize("a&#10;b&lt;").unwrap(), "a\nb<");
        assert!(matches!(normalize("a b"), Ok(Cow::Borrowed("a b"))));
        for bad in ["a&b", "&", "&;", "&a;", "a<b"] {
            assert!(normalize(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn normalize_lines_leaves_line_feeds_only() {
        assert_eq!(normalize_lines("\r\n  a\r\rb\r\n"), "\n  a\n\nb\n");
        assert!(matches!(normalize_lines("\r\n  "), Cow::Borrowed("\n  ")));
        assert!(matches!(normalize_lines("a\n"), Cow::Borrowed("a\n")));
    }
}
