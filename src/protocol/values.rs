//! Leaf elements as model values: identifiers, times, languages (eppcom-1.0 and XML Schema types).
//!
//! Shared by the object mappings. White space is treated as each type says before the value is looked at.

use chrono::{DateTime, Utc};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::Error;
use super::text::{boolean, collapse, date_time, token, token_content};
use crate::base::code::Code;
use crate::model::{ContactId, RegistrarId};
use crate::xml::sequence::{attributes, leaf};
use crate::xml::{Element, Mismatch, Namespace, Sequence};

/// Reads the element that stands next with `read` if it is `name` of `namespace`.
pub(super) fn optional<'t, T, E>(
    content: &mut Sequence<'t>,
    namespace: Namespace,
    name: &str,
    read: impl FnOnce(Element<'t>) -> Result<T, E>,
) -> Result<Option<T>, E> {
    content.optional(namespace, name).map(read).transpose()
}

/// Reads a contact's handle (`clIDType`).
///
/// # Errors
/// When the element is not a token of 3 to 16 characters.
pub fn contact_id(element: Element<'_>) -> Result<ContactId, Error> {
    let text = token(element, 3, 16)?;
    ContactId::parse(&text).ok_or_else(|| identifier_length(element))
}

/// Reads a contact's handle whose attributes are read apart.
///
/// # Errors
/// As [`contact_id`].
pub fn contact_id_content(element: Element<'_>) -> Result<ContactId, Error> {
    let text = token_content(element, 3, 16)?;
    ContactId::parse(&text).ok_or_else(|| identifier_length(element))
}

/// Reads a registrar's identifier (`clIDType`).
///
/// # Errors
/// When the element is not a token of 3 to 16 characters.
pub fn registrar_id(element: Element<'_>) -> Result<RegistrarId, Error> {
    let text = token(element, 3, 16)?;
    RegistrarId::parse(&text).ok_or_else(|| identifier_length(element))
}

fn identifier_length(element: Element<'_>) -> Error {
    Error::new(
        Code::Syntax,
        element,
        "an identifier has 3 to 16 characters",
    )
}

/// Reads an `xs:dateTime`.
///
/// # Errors
/// When the element is not one.
pub fn instant(element: Element<'_>) -> Result<DateTime<Utc>, Error> {
    date_time(leaf(element)?)
        .ok_or_else(|| Error::new(Code::Syntax, element, "expected a date and time"))
}

/// Reads the one attribute `name` of an element, a required `xs:boolean`.
///
/// # Errors
/// When it is absent or no boolean, or when the element has others.
pub fn flag(element: Element<'_>, name: &str) -> Result<bool, Error> {
    let [value] = attributes(element, [name])?;
    value.and_then(boolean).ok_or_else(|| {
        let reason = format!("the attribute {name} is required, one of true, false, 1, 0");
        Error::new(Code::Syntax, element, reason)
    })
}

/// Checks that an element of empty content holds nothing, not even white space.
///
/// # Errors
/// When it holds text or elements.
pub fn empty(element: Element<'_>) -> Result<(), Mismatch> {
    if element.children().next().is_some() || !element.text().is_empty() {
        return Err(Mismatch::new(
            element,
            "the element must be empty, without blanks",
        ));
    }
    Ok(())
}

/// Parses an `xs:language`: subtags of letters, then letters and digits, 1 to 8 characters each.
pub fn language(text: &str) -> Option<String> {
    let text = collapse(text);
    let mut subtags = text.split('-');
    let sized = |subtag: &str| (1..=8).contains(&subtag.len());
    let primary = |subtag: &str| subtag.bytes().all(|b| b.is_ascii_alphabetic());
    if !subtags
        .next()
        .is_some_and(|subtag| sized(subtag) && primary(subtag))
    {
        return None;
    }
    let further = |subtag: &str| sized(subtag) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    subtags.all(further).then(|| text.into_owned())
}

/// Says whether a collapsed text is an `xs:duration`, such as `P1Y2M3DT10H30M1.5S`.
pub fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('-').unwrap_or(text).strip_prefix('P') else {
        return false;
    };
    match rest.split_once('T') {
        Some((date, time)) => !time.is_empty() && counts(date, "YMD") && counts(time, "HMS"),
        None => !rest.is_empty() && counts(rest, "YMD"),
    }
}

/// Says whether `text` is numbers, each followed by one of `units`, in their order.
fn counts(text: &str, units: &str) -> bool {
    let mut units = units.chars();
    let mut parts = text.split_inclusive(|c: char| c.is_ascii_alphabetic());
    parts.all(|part| {
        let Some(unit) = part.chars().next_back() else {
            return false;
        };
        let number = part.strip_suffix(unit).unwrap_or_default();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let legal = match number.split_once('.') {
            Some((whole, fraction)) => unit == 'S' && digits(whole) && digits(fraction),
            None => digits(number),
        };
        legal && units.any(|known| known == unit)
    })
}

/// Reads a repository object identifier (`roidType`).
///
/// # Errors
/// When the element is not one.
pub fn roid(element: Element<'_>) -> Result<String, Error> {
    let text = collapse(leaf(element)?);
    if is_roid(&text) {
        return Ok(text.into_owned());
    }
    Err(Error::new(
        Code::Syntax,
        element,
        "expected a repository object identifier, such as C1-HKEPP",
    ))
}

/// Says whether a collapsed text matches `(\w|_){1,80}-\w{1,8}`.
pub fn is_roid(text: &str) -> bool {
    let Some((object, repository)) = text.rsplit_once('-') else {
        return false;
    };
    let sized = |part: &str, maximum: usize| (1..=maximum).contains(&part.chars().count());
    sized(object, 80)
        && sized(repository, 8)
        && object.chars().all(|c| c == '_' || is_word(c))
        && repository.chars().all(is_word)
}

/// The class `\w` of XML Schema: all but punctuation, separators and control characters.
fn is_word(character: char) -> bool {
    use GeneralCategoryGroup as Group;
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    let excluded = Group::Punctuation
        .union(Group::Separator)
        .union(Group::Other);
    !excluded.contains(category)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Tree;

    #[test]
    fn language_follows_the_pattern_of_xml_schema() {
        for text in ["en", "zh-Hant-HK", " en ", "x-klingon1", "abcdefgh"] {
            assert_eq!(language(text).as_deref(), Some(text.trim()), "{text}");
        }
        for text in [
            "",
            "-",
            "en-",
            "e1",
            "en--us",
            "abcdefghi",
            "en_US",
            "zh Hant",
            "中文",
        ] {
            assert_eq!(language(text), None, "{text}");
        }
    }

    #[test]
    fn durations_and_roids_follow_the_patterns_of_the_schemas() {
        for text in ["P1Y", "-P1Y2M3DT10H30M1.5S", "PT0S", "P0D", "P2MT5M"] {
            assert!(is_duration(text), "{text}");
        }
        for text in [
            "", "P", "PT", "P1", "1Y", "P1S", "P1M1Y", "PT1.5H", "PT1.S", "P1YT", "P-1Y",
        ] {
            assert!(!is_duration(text), "{text}");
        }
        let long = format!("{}-HKEPP", "x".repeat(81));
        for text in ["C1-HKEPP", "_a_-b", "\u{4e2d}-\u{6587}", "a+b-$"] {
            assert!(is_roid(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a-",
            "-a",
            "a-b_c",
            "a-b-c",
            "a.b-c",
            "a-123456789",
            "a b-c",
            &long,
        ] {
            assert!(!is_roid(text), "{text}");
        }
    }

    #[test]
    fn empty_refuses_blanks_and_ignores_comments() {
        let verdict = |text: &str| {
            let tree = Tree::parse(text).unwrap();
            empty(tree.root().unwrap()).is_ok()
        };
        assert!(verdict("<a/>") && verdict("<a></a>") && verdict("<a><!-- b --></a>"));
        assert!(!verdict("<a> </a>") && !verdict("<a><b/></a>"));
    }
}
