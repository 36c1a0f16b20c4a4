//! `<status>` of the three object mappings: value, language, text (RFC 5731, 5732 and 5733 section 2).

use super::Error;
use super::text::{collapse, normalized_content};
use super::values::language;
use crate::base::code::Code;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// What a client says of a status beside its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusText {
    /// Language of the text, `en` when not stated.
    pub language: String,
    /// Text for people; may be empty.
    pub text: String,
}

impl Default for StatusText {
    fn default() -> Self {
        Self {
            language: "en".to_owned(),
            text: String::new(),
        }
    }
}

/// Most `<status>` elements that `<add>`, `<rem>` and `<infData>` of hosts and contacts may hold.
pub(super) const MAXIMUM: usize = 7;

/// Reads one `<status>`, whose values `parse` knows.
pub(super) fn decode<S>(
    element: Element<'_>,
    parse: fn(&str) -> Option<S>,
) -> Result<(S, StatusText), Error> {
    let [value, lang] = attributes(element, ["s", "lang"])?;
    let Some(status) = value.and_then(|value| parse(&collapse(value))) else {
        let reason = "the attribute s is required and names a status of this object";
        return Err(Error::new(Code::Syntax, element, reason));
    };
    let mut comment = StatusText::default();
    if let Some(lang) = lang {
        comment.language = language(lang).ok_or_else(|| {
            Error::new(
                Code::Syntax,
                element,
                "lang is a language tag such as en or zh-Hant",
            )
        })?;
    }
    comment.text = normalized_content(element, 0, usize::MAX)?;
    Ok((status, comment))
}

/// Reads `minimum..=maximum` statuses where `content` stands.
pub(super) fn decode_many<S>(
    content: &mut Sequence<'_>,
    namespace: Namespace,
    (minimum, maximum): (usize, usize),
    parse: fn(&str) -> Option<S>,
) -> Result<Vec<(S, StatusText)>, Error> {
    let elements = content.many(namespace, "status", minimum, maximum)?;
    elements
        .into_iter()
        .map(|element| decode(element, parse))
        .collect()
}

/// Writes a `<status>` with what was said of it.
pub(super) fn encode(writer: &mut Writer, namespace: Namespace, value: &str, comment: &StatusText) {
    writer.start(namespace, "status");
    writer.attribute("s", value);
    if comment.language != "en" {
        writer.attribute("lang", &comment.language);
    }
    if !comment.text.is_empty() {
        writer.text(&comment.text);
    }
    writer.end();
}

/// Writes a bare `<status>`.
pub(super) fn encode_value(writer: &mut Writer, namespace: Namespace, value: &str) {
    writer.start(namespace, "status");
    writer.attribute("s", value);
    writer.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::ContactStatus;
    use crate::xml::Tree;

    fn read(text: &str) -> Result<(ContactStatus, StatusText), Error> {
        let tree = Tree::parse(text).unwrap();
        decode(tree.root().unwrap(), ContactStatus::parse)
    }

    #[test]
    fn decode_reads_value_language_and_text() {
        let (status, comment) = read("<status s=' ok '/>").unwrap();
        assert_eq!(
            (status, comment),
            (ContactStatus::Ok, StatusText::default())
        );
        let (_, comment) = read("<status lang=' zh-HK ' s='linked'> a\tb </status>").unwrap();
        assert_eq!(
            (comment.language.as_str(), comment.text.as_str()),
            ("zh-HK", " a b ")
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        for text in [
            "<status/>",
            "<status s='Ok'/>",
            "<status s='clientHold'/>",
            "<status s='ok' lang=''/>",
            "<status s='ok' lang='en_US'/>",
            "<status s='ok' x='1'/>",
            "<status s='ok'><b/></status>",
        ] {
            assert_eq!(read(text).unwrap_err().code, Code::Syntax, "{text}");
        }
    }
}
