//! What XML 1.0 (fifth edition) and Namespaces in XML demand and the tokeniser lets through.
//!
//! quick-xml finds where markup begins and ends; the productions Char, Name, AttValue, XMLDecl and PITarget
//! are checked here, so that nothing malformed is ever stored or echoed.

use std::borrow::Cow;
use std::ops::Range;

/// The URI no prefix is bound to but `xmlns`.
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";
/// The URI no prefix is bound to but `xml`.
const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";

/// The white space of XML (`S`).
pub fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Says whether a character may stand in a document at all (`Char`).
pub(super) fn is_char(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Finds the first character of a document that may not stand in one.
pub(super) fn illegal_char(source: &str) -> Option<usize> {
    let control = |octet: &u8| *octet < b' ' && !matches!(octet, b'\t' | b'\n' | b'\r');
    let suspicious = |octet: &u8| control(octet) || *octet == 0xef;
    if !source.as_bytes().iter().any(suspicious) {
        return None;
    }
    source
        .char_indices()
        .find(|(_, character)| !is_char(*character))
        .map(|(at, _)| at)
}

/// Says whether a text is a name without colon (`NCName`).
pub(super) fn is_ncname(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_char)
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

/// One attribute as it stands in a start tag.
pub(super) struct RawAttribute<'a> {
    /// Prefix, when it has one.
    pub(super) prefix: Option<&'a str>,
    /// Where its local name stands in the scanned text.
    pub(super) local: Range<usize>,
    /// Value before normalisation.
    pub(super) value: &'a str,
}

/// Scans the attributes of a tag, or the pseudo-attributes of the XML declaration.
pub(super) struct Attributes<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Attributes<'a> {
    /// Starts behind the tag's name.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the next attribute; `Err` says what is wrong with it.
    pub(super) fn next(&mut self) -> Result<Option<RawAttribute<'a>>, &'static str> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let body = rest.trim_start_matches(is_blank);
        if body.is_empty() {
            return Ok(None);
        }
        if body.len() == rest.len() {
            return Err("white space is missing before an attribute");
        }
        let start = self.at + rest.len() - body.len();
        let name_end = body
            .find(|c| c == '=' || is_blank(c))
            .ok_or("an attribute has no value")?;
        let (name, rest) = body.split_at_checked(name_end).unwrap_or_default();
        let value = rest.trim_start_matches(is_blank).strip_prefix('=');
        let value = value
            .ok_or("an attribute has no value")?
            .trim_start_matches(is_blank);
        let quote = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''));
        let quote = quote.ok_or("an attribute's value is not quoted")?;
        let value = value.get(1..).unwrap_or_default();
        let (value, after) = value
            .split_once(quote)
            .ok_or("an attribute's value does not end")?;
        if value.contains('<') {
            return Err("a < stands in an attribute's value");
        }
        self.at = self.text.len() - after.len();
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, name),
        };
        if !is_ncname(local) || prefix.is_some_and(|prefix| !is_ncname(prefix)) {
            return Err("an attribute's name is not a name");
        }
        let local_start = start + name.len() - local.len();
        Ok(Some(RawAttribute {
            prefix,
            local: local_start..start + name.len(),
            value,
        }))
    }
}

/// Normalises an attribute's value as CDATA; `None` when a reference in it is undefined.
pub(super) fn normalize(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains(['&', '\t', '\n', '\r']) {
        return Some(Cow::Borrowed(value));
    }
    let mut normal = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, special) = rest.split_at_checked(at)?;
        normal.push_str(before);
        if let Some(reference) = special.strip_prefix('&') {
            let (name, after) = reference.split_once(';')?;
            normal.push(resolve(name)?);
            rest = after;
        } else {
            // A line end of two characters is one line end.
            rest = special.strip_prefix("\r\n").or_else(|| special.get(1..))?;
            normal.push(' ');
        }
    }
    normal.push_str(rest);
    Some(Cow::Owned(normal))
}

/// Says whether a namespace declaration breaks the constraints on reserved prefixes and names.
pub(super) fn is_illegal_binding(prefix: Option<&str>, uri: &str) -> bool {
    match prefix {
        None => matches!(uri, XML_URI | XMLNS_URI),
        Some("xml") => uri != XML_URI,
        Some("xmlns") => true,
        Some(_) => uri.is_empty() || matches!(uri, XML_URI | XMLNS_URI),
    }
}

/// Judges the XML declaration's body, `xml` included; returns the encoding it names.
pub(super) fn declaration(body: &str) -> Result<Option<&str>, &'static str> {
    let mut attributes = Attributes::new(body.strip_prefix("xml").ok_or("not an XML declaration")?);
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    let mut encoding = None;
    let mut first = true;
    while let Some(attribute) = attributes.next()? {
        let name = attributes
            .text
            .get(attribute.local.clone())
            .unwrap_or_default();
        let in_order = expected.any(|known| known == name) && attribute.prefix.is_none();
        if !in_order || (first && name != "version") {
            return Err("the XML declaration's parts are version, encoding, standalone");
        }
        let legal = match name {
            "version" => attribute.value == "1.0",
            "standalone" => matches!(attribute.value, "yes" | "no"),
            _ => is_encoding_name(attribute.value),
        };
        if !legal {
            return Err("the XML declaration holds an illegal value");
        }
        if name == "encoding" {
            encoding = Some(attribute.value);
        }
        first = false;
    }
    if first {
        Err("the XML declaration has no version")
    } else {
        Ok(encoding)
    }
}

fn is_encoding_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_scanned_strictly() {
        let scan = |text: &str| {
            let mut attributes = Attributes::new(text);
            let mut names = Vec::new();
            while let Some(attribute) = attributes.next()? {
                names.push((
                    text[attribute.local.clone()].to_owned(),
                    attribute.value.to_owned(),
                ));
            }
            Ok::<_, &'static str>(names)
        };
        let expected = [
            ("a".to_owned(), "1".to_owned()),
            ("c".to_owned(), ">'".to_owned()),
        ];
        assert_eq!(scan(" a='1'\n b:c = \">'\" ").unwrap(), expected);
        for bad in [
            "a='1'",
            " a='1'b='2'",
            " a",
            " a=1",
            " a='1",
            " a='<'",
            " -a='1'",
            " a:b:c=''",
        ] {
            assert!(scan(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn declaration_wants_its_parts_in_order() {
        assert_eq!(
            declaration("xml version='1.0' encoding=\"UTF-8\" standalone='no'"),
            Ok(Some("UTF-8"))
        );
        assert_eq!(declaration("xml version='1.0' standalone='yes' "), Ok(None));
        for bad in [
            "xml",
            "xml encoding='UTF-8'",
            "xml version='1.1'",
            "xml version='1.0'encoding='UTF-8'",
            "xml version='1.0' standalone='no' encoding='UTF-8'",
            "xml version='1.0' standalone='maybe'",
            "xml version='1.0' encoding='8'",
        ] {
            assert!(declaration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn resolve_knows_predefined_entities_and_legal_characters() {
        assert_eq!(resolve("amp"), Some('&'));
        assert_eq!(resolve("#x4e2D"), Some('中'));
        for bad in [
            "foo", "#0", "#x1F", "#xFFFE", "#xD800", "#X41", "#", "#+65", " amp", "#x110000",
        ] {
            assert_eq!(resolve(bad), None, "{bad}");
        }
    }

    #[test]
    fn normalize_turns_line_ends_into_blanks_and_keeps_references() {
        assert_eq!(normalize("a\r\nb\tc").unwrap(), "a b c");
        assert_eq!(normalize("a&#10;b").unwrap(), "a\nb");
        assert_eq!(normalize("a&b"), None);
    }
}
