//! The inside of start tags and of the XML declaration, octet for octet as XML 1.0 wants it.
//!
//! Productions STag, Attribute and XMLDecl; the tokeniser only knows where a tag ends.

use super::wellformed::{is_blank, split_name};

/// The attributes of a tag, or the pseudo-attributes of the XML declaration: names and values as they stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    /// Starts behind the tag's name.
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    fn read(&mut self) -> Result<Option<(&'a str, &'a str)>, &'static str> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let body = skip_blanks(self.rest);
        if body.len() == self.rest.len() {
            return Err("white space or the tag's end is missing");
        }
        if body.is_empty() {
            return Ok(None);
        }
        let (name, rest) = split_name(body);
        let value = skip_blanks(rest)
            .strip_prefix('=')
            .ok_or("an attribute has no value")?;
        let value = skip_blanks(value);
        let (value, rest) = match value.as_bytes() {
            [quote @ (b'"' | b'\''), ..] => quoted(value, *quote),
            _ => return Err("an attribute's value is not quoted"),
        }
        .ok_or("an attribute's value does not end")?;
        self.rest = rest;
        Ok(Some((name, value)))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Splits what stands between quotes from what follows them.
fn quoted(text: &str, quote: u8) -> Option<(&str, &str)> {
    let text = text.get(1..)?;
    let end = text.bytes().position(|octet| octet == quote)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn skip_blanks(text: &str) -> &str {
    let start = text.bytes().position(|octet| !is_blank(char::from(octet)));
    text.get(start.unwrap_or(text.len())..).unwrap_or_default()
}

/// Judges the XML declaration's body, `xml` included; returns the encoding it names.
///
/// Versions 1.2 and up are read as 1.0 (fifth edition, section 2.8); 1.1 is another language and refused.
///
/// # Errors
/// What is wrong with it.
pub(super) fn declaration(body: &str) -> Result<Option<&str>, &'static str> {
    if USUAL.contains(&body) {
        return Ok(Some("UTF-8"));
    }
    let body = body.strip_prefix("xml").ok_or("not an XML declaration")?;
    let mut parts = Attributes::new(body).peekable();
    let mut part = |name: &str| match parts.next_if(|part| part.is_ok_and(|(key, _)| key == name)) {
        Some(Ok((_, value))) => Ok(Some(value)),
        Some(Err(what)) => Err(what),
        None => Ok(None),
    };
    let version = part("version")?;
    let encoding = part("encoding")?;
    let standalone = part("standalone")?;
    match parts.next() {
        Some(Ok(_)) => return Err("the XML declaration's parts are version, encoding, standalone"),
        Some(Err(what)) => return Err(what),
        None => {}
    }
    if !version
        .ok_or("the XML declaration has no version")?
        .strip_prefix("1.")
        .is_some_and(is_minor_version)
    {
        return Err("the XML version is not 1.0");
    }
    if !encoding.is_none_or(is_encoding_name) {
        return Err("the XML declaration names no encoding");
    }
    if !standalone.is_none_or(|value| matches!(value, "yes" | "no")) {
        return Err("standalone is yes or no");
    }
    Ok(encoding)
}

/// What nearly every client writes and need not be read twice per command.
const USUAL: [&str; 2] = [
    "xml version=\"1.0\" encoding=\"UTF-8\"",
    "xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"",
];

fn is_minor_version(minor: &str) -> bool {
    !minor.is_empty() && minor != "1" && minor.bytes().all(|octet| octet.is_ascii_digit())
}

fn is_encoding_name(name: &str) -> bool {
    let legal = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_scanned_strictly() {
        let scan = |text| Attributes::new(text).collect::<Result<Vec<_>, _>>();
        let expected = [("a", "1"), ("b:c", ">'")];
        assert_eq!(scan(" a='1'\n b:c = \">'\" ").unwrap(), expected);
        assert_eq!(scan("").unwrap(), []);
        assert_eq!(scan("\n").unwrap(), []);
        for bad in [
            "a='1'",
            " a='1'b='2'",
            " a",
            " a=",
            " a=1",
            " a='1",
            " a='1\"",
            " a b='1'",
            " a=='1'",
            " /",
            " a='1'/",
            " \"a='1'",
            " a/='1'",
        ] {
            assert!(scan(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn declaration_wants_its_parts_in_order() {
        for (body, encoding) in [
            (
                "xml version='1.0' encoding=\"UTF-8\" standalone='no'",
                Some("UTF-8"),
            ),
            (USUAL[0], Some("UTF-8")),
            (USUAL[1], Some("UTF-8")),
            ("xml version='1.0' standalone='yes' ", None),
            ("xml\tversion\n=\r'1.0'", None),
            ("xml version='1.2'", None),
        ] {
            assert_eq!(declaration(body), Ok(encoding));
        }
        for bad in [
            "xml",
            "xml ",
            "xml encoding='UTF-8'",
            "xml version='1.1'",
            "xml version='2.0'",
            "xml version='1.'",
            "xml version=' 1.0'",
            "xml version='1.0'encoding='UTF-8'",
            "xml version='1.0' standalone='no' encoding='UTF-8'",
            "xml version='1.0' version='1.0'",
            "xml version='1.0' standalone='maybe'",
            "xml version='1.0' standalone='YES'",
            "xml version='1.0' encoding='8'",
            "xml version='1.0' encoding=''",
            "xml version='1.0' encoding='a b'",
            "xml version='1.0' valid='no'",
            "xml version='1.0' ?",
            "XML version='1.0'",
        ] {
            assert!(declaration(bad).is_err(), "{bad}");
        }
    }
}
