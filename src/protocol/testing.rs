//! What the unit tests of this floor share: reading and printing one element, generated values.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::Error;
use super::auth_info::AuthInfo;
use super::history::History;
use super::status::StatusText;
use crate::base::code::Code;
use crate::base::secret::Secret;
use crate::model::{ContactId, RegistrarId};
use crate::xml::{Element, Namespace, Tree, Writer};

/// Reads a document of one element whose prefixes are those we write.
pub(super) fn read<T>(
    text: &str,
    decode: impl Fn(Element<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut text = text.to_owned();
    let end = text.find(['/', '>', ' ']).unwrap();
    let namespaces = Namespace::KNOWN
        .iter()
        .filter(|known| !known.prefix().is_empty());
    for known in namespaces.filter(|known| **known != Namespace::Xml) {
        text.insert_str(end, &format!(" xmlns:{}='{}'", known.prefix(), known.uri()));
    }
    text.insert_str(end, &format!(" xmlns='{}'", Namespace::Epp.uri()));
    let tree = Tree::parse(&text).unwrap();
    decode(tree.root().unwrap())
}

/// Checks that each document is refused as breaking the schema.
pub(super) fn assert_refused<T: std::fmt::Debug>(
    documents: &[&str],
    decode: impl Fn(Element<'_>) -> Result<T, Error>,
) {
    for text in documents {
        let error = read(text, &decode).expect_err(text);
        assert_eq!(error.code, Code::Syntax, "{text}");
        assert!(
            error.element.is_some() && !error.reason.is_empty(),
            "{text}"
        );
    }
}

/// Prints an element and reads it again.
pub(super) fn again<T>(
    encode: impl FnOnce(&mut Writer),
    decode: impl Fn(Element<'_>) -> Result<T, Error>,
) -> T {
    let mut writer = Writer::new(Vec::new());
    encode(&mut writer);
    let text = String::from_utf8(writer.finish()).unwrap();
    let tree = Tree::parse(&text).unwrap();
    decode(tree.root().unwrap()).unwrap()
}

/// Generates tokens: no blanks at the ends, none doubled.
pub(super) fn token(length: RangeInclusive<usize>) -> impl Strategy<Value = String> {
    let spaced = prop_oneof![8 => "[!-~\u{e9}\u{9999}\u{1f600}]", 1 => Just(" ".to_owned())];
    prop::collection::vec(spaced, length).prop_map(|parts| {
        let mut text = String::new();
        for part in parts {
            let blank = part == " " && (text.is_empty() || text.ends_with(' '));
            text.push_str(if blank { "_" } else { &part });
        }
        if text.ends_with(' ') {
            text.pop();
            text.push('_');
        }
        text
    })
}

/// Generates lines: blanks anywhere, but no tabs and no line ends.
pub(super) fn line(length: RangeInclusive<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec("[ -~\u{e9}\u{6e2f}]", length).prop_map(|parts| parts.concat())
}

/// Generates contact handles.
pub(super) fn contact_id() -> impl Strategy<Value = ContactId> {
    token(3..=16).prop_map(|text| ContactId::parse(&text).unwrap())
}

/// Generates registrar identifiers.
pub(super) fn registrar_id() -> impl Strategy<Value = RegistrarId> {
    token(3..=16).prop_map(|text| RegistrarId::parse(&text).unwrap())
}

/// Generates times of a precision that survives the wire.
pub(super) fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..4_102_444_800_000).prop_map(|millis| DateTime::from_timestamp_millis(millis).unwrap())
}

/// Generates histories.
pub(super) fn history() -> impl Strategy<Value = History> {
    let registrars = (
        registrar_id(),
        registrar_id(),
        prop::option::of(registrar_id()),
    );
    let changes = [(); 2].map(|()| prop::option::of(instant()));
    (registrars, instant(), changes).prop_map(
        |((sponsor, creator, updater), created, [updated, transferred])| History {
            sponsor,
            creator,
            created,
            updater,
            updated,
            transferred,
        },
    )
}

/// Generates passwords as authorization information.
pub(super) fn auth_info() -> impl Strategy<Value = AuthInfo> {
    let roid = prop::option::of("[A-Z0-9_]{1,80}-[A-Z]{1,8}");
    (line(0..=32), roid).prop_map(|(text, roid)| {
        let secret = Secret::new(text);
        AuthInfo::Password { secret, roid }
    })
}

/// Generates up to seven statuses with what is said of them.
pub(super) fn statuses<S: Copy + std::fmt::Debug + 'static>(
    all: &'static [S],
) -> impl Strategy<Value = Vec<(S, StatusText)>> {
    let language = prop_oneof![Just("en".to_owned()), "[a-z]{2,3}-[A-Z]{2}"];
    let comment = (language, line(0..=20));
    let comment = comment.prop_map(|(language, text)| StatusText { language, text });
    prop::collection::vec((prop::sample::select(all), comment), 0..=7)
}
