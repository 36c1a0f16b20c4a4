//! Times in stored entities: the text that chrono's own serde form writes, written once and read without its
//! general parser, since every `info` reads half a dozen of them.

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::de::{self, Deserializer};
use serde::ser::Serializer;

/// Writes a time, like `2027-03-01T00:00:00.123Z`, with as many decimals as it needs: 0, 3, 6 or 9.
pub(super) fn serialize<S: Serializer>(
    time: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// Reads a time.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    deserializer.deserialize_str(Text)
}

/// Takes the text of a time.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = DateTime<Utc>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time like 2027-03-01T00:00:00Z")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime<Utc>, E> {
        match read(text.as_bytes()) {
            Some(time) => Ok(time),
            None => text.parse().map_err(E::custom),
        }
    }
}

/// Reads the form that [`serialize`] writes for years of four digits; `None` is any other.
fn read(text: &[u8]) -> Option<DateTime<Utc>> {
    let (date, rest) = text.split_at_checked(10)?;
    let [b'T', rest @ ..] = rest else { return None };
    let (clock, rest) = rest.split_at_checked(8)?;
    let [year @ .., b'-', m1, m2, b'-', d1, d2] = date else {
        return None;
    };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = clock else {
        return None;
    };
    let nanosecond = match rest {
        [b'Z'] => 0,
        [b'.', decimals @ .., b'Z'] if decimals.len() <= 9 => {
            let missing = u32::try_from(9 - decimals.len()).ok()?;
            number(decimals)? * 10_u32.pow(missing)
        }
        _ => return None,
    };
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?
        .and_hms_nano_opt(
            number(&[*h1, *h2])?,
            number(&[*n1, *n2])?,
            number(&[*s1, *s2])?,
            nanosecond,
        )
        .map(|time| time.and_utc())
}

/// Reads decimal digits, of which there are at most nine.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Ours(#[serde(with = "super")] DateTime<Utc>);

    proptest! {
        #[test]
        fn times_are_stored_as_chrono_stores_them(
            second in -70_000_000_000_i64..300_000_000_000,
            nanosecond in prop_oneof![Just(0), (0..1000_u32).prop_map(|n| n * 1_000_000), 0..1_000_000_000_u32],
        ) {
            let time = DateTime::from_timestamp(second, nanosecond).unwrap();
            let octets = postcard::to_stdvec(&time).unwrap();
            prop_assert_eq!(&postcard::to_stdvec(&Ours(time)).unwrap(), &octets);
            prop_assert_eq!(postcard::from_bytes::<Ours>(&octets).unwrap(), Ours(time));
        }
    }

    #[test]
    fn read_refuses_what_is_no_time() {
        for text in [
            "",
            "2027-03-01",
            "2027-03-01T00:00:00",
            "2027-02-29T00:00:00Z",
            "2027-03-01T24:00:00Z",
            "2027-03-01T00:00:00.1234567890Z",
            "2027-03-01T00:00:00+00:00",
            "2027/03/01T00:00:00Z",
            "+027-03-01T00:00:00Z",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
