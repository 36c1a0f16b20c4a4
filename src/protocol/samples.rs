//! What the tests of the domain mapping and its extensions add to `testing`: unprefixed snippets, more values.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::address::{AddressFamily, AddressText};
use super::testing::line;
use super::{AuthInfo, Error, StatusText};
use crate::base::code::Code;
use crate::base::secret::Secret;
use crate::model::Period;
use crate::model::domain::ContactRole;
use crate::model::period::Unit;
use crate::xml::{Element, Namespace, Tree};

/// Reads `text`, whose unprefixed names are of `namespace`, with `decode`.
pub(super) fn read<T>(
    namespace: Namespace,
    text: &str,
    decode: impl FnOnce(Element<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let end = text.find([' ', '>', '/']).unwrap();
    let (name, rest) = text.split_at(end);
    let declared = format!("{name} xmlns=\"{}\"{rest}", namespace.uri());
    decode(Tree::parse(&declared).unwrap().root().unwrap())
}

/// Asserts that `decode` refuses each of `texts` with 2001.
pub(super) fn refuse<T: Debug>(
    namespace: Namespace,
    texts: &[&str],
    decode: impl Fn(Element<'_>) -> Result<T, Error>,
) {
    for text in texts {
        let error = read(namespace, text, &decode).expect_err(text);
        assert_eq!(error.code, Code::Syntax, "{text}");
    }
}

/// Repository object identifiers.
pub(super) fn roid() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_]{1,80}-[A-Za-z0-9]{1,8}"
}

/// Instants of whole milliseconds, years 1 to 9999 and beyond.
pub(super) fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let epoch = DateTime::UNIX_EPOCH;
    (-62_135_596_800_000..300_000_000_000_000_i64)
        .prop_map(move |ms| epoch + TimeDelta::milliseconds(ms))
}

/// Days, years of more than four digits among them.
pub(super) fn day() -> impl Strategy<Value = NaiveDate> {
    (1..20_000, 1..366_u32).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap())
}

/// Periods.
pub(super) fn period() -> impl Strategy<Value = Period> {
    let unit = prop_oneof![Just(Unit::Year), Just(Unit::Month)];
    (1..=99_u8, unit).prop_map(|(value, unit)| Period::new(value, unit).unwrap())
}

/// Roles of contacts.
pub(super) fn role() -> impl Strategy<Value = ContactRole> {
    prop_oneof![
        Just(ContactRole::Admin),
        Just(ContactRole::Billing),
        Just(ContactRole::Tech)
    ]
}

/// Addresses as clients might write them.
pub(super) fn address() -> impl Strategy<Value = AddressText> {
    let family = prop_oneof![Just(AddressFamily::V4), Just(AddressFamily::V6)];
    (family, "[!-~]{3,45}").prop_map(|(family, text)| AddressText { family, text })
}

/// Authorization information, `<null/>` left out.
pub(super) fn auth_info() -> impl Strategy<Value = AuthInfo> {
    let password = (line(0..=20), proptest::option::of(roid()));
    prop_oneof![
        password.prop_map(|(pw, roid)| AuthInfo::Password {
            secret: Secret::new(pw),
            roid
        }),
        Just(AuthInfo::Extension),
    ]
}

/// Text beside a status.
pub(super) fn status_text() -> impl Strategy<Value = StatusText> {
    ("[a-z]{1,8}(-[A-Z0-9]{1,8})?", line(0..=20))
        .prop_map(|(language, text)| StatusText { language, text })
}
