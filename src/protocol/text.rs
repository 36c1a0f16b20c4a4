//! The simple types of XML Schema that EPP uses, read as the schema reads them.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::xml::is_blank;
use crate::xml::sequence::{leaf, simple};
use crate::xml::{Element, Mismatch};

/// Collapses white space as `xs:token` and all numeric and date types do.
pub fn collapse(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(is_blank);
    let plain = |t: &str| !t.contains(['\t', '\r', '\n']) && !t.contains("  ");
    if plain(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let words: Vec<&str> = trimmed
        .split(is_blank)
        .filter(|word| !word.is_empty())
        .collect();
    Cow::Owned(words.join(" "))
}

/// Replaces tabs and line ends by blanks as `xs:normalizedString` does.
pub fn replace(text: &str) -> Cow<'_, str> {
    if text.contains(['\t', '\r', '\n']) {
        return Cow::Owned(text.replace(['\t', '\r', '\n'], " "));
    }
    Cow::Borrowed(text)
}

/// Reads an `xs:token` of `minimum..=maximum` characters from an element without attributes.
///
/// # Errors
/// When the element has children or attributes, or the length is outside the range.
pub fn token(element: Element<'_>, minimum: usize, maximum: usize) -> Result<String, Mismatch> {
    sized(element, collapse(leaf(element)?), minimum, maximum)
}

/// Reads an `xs:token` from an element whose attributes are read apart; see [`token`].
///
/// # Errors
/// As [`token`].
pub fn token_content(
    element: Element<'_>,
    minimum: usize,
    maximum: usize,
) -> Result<String, Mismatch> {
    sized(element, collapse(simple(element)?), minimum, maximum)
}

/// Reads an `xs:normalizedString` of `minimum..=maximum` characters.
///
/// # Errors
/// As [`token`].
pub fn normalized(
    element: Element<'_>,
    minimum: usize,
    maximum: usize,
) -> Result<String, Mismatch> {
    sized(element, replace(leaf(element)?), minimum, maximum)
}

/// Reads an `xs:normalizedString` from an element whose attributes are read apart.
///
/// # Errors
/// As [`token`].
pub fn normalized_content(
    element: Element<'_>,
    minimum: usize,
    maximum: usize,
) -> Result<String, Mismatch> {
    sized(element, replace(simple(element)?), minimum, maximum)
}

fn sized(
    element: Element<'_>,
    text: Cow<'_, str>,
    minimum: usize,
    maximum: usize,
) -> Result<String, Mismatch> {
    let length = text.chars().count();
    if length < minimum {
        return Err(Mismatch::new(
            element,
            format!("at least {minimum} characters are needed"),
        ));
    }
    if length > maximum {
        return Err(Mismatch::new(
            element,
            format!("at most {maximum} characters are allowed"),
        ));
    }
    Ok(text.into_owned())
}

/// Reads an element without attributes whose text `parse` understands; `expected` says what it should be.
///
/// # Errors
/// When the element has children or attributes, or another text.
pub fn parsed<T>(
    element: Element<'_>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<T, Mismatch> {
    parse(leaf(element)?).ok_or_else(|| Mismatch::new(element, expected))
}

/// Makes a parser of an enumeration that collapses white space first.
pub fn collapsed<T>(parse: impl Fn(&str) -> Option<T>) -> impl Fn(&str) -> Option<T> {
    move |text| parse(&collapse(text))
}

/// Parses an `xs:boolean`.
pub fn boolean(text: &str) -> Option<bool> {
    match collapse(text).as_ref() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Parses an unsigned XML Schema integer: digits without a sign (XML Schema Part 2 section 3.3.21).
pub fn unsigned<T: FromStr>(text: &str) -> Option<T> {
    digits(&collapse(text))
}

/// Parses a signed XML Schema integer; a plus sign is legal.
pub fn signed<T: FromStr>(text: &str) -> Option<T> {
    let text = collapse(text);
    match text.strip_prefix('-') {
        Some(magnitude) => {
            digits::<u64>(magnitude)?;
            format!("-{}", significant(magnitude)).parse().ok()
        }
        None => digits(text.strip_prefix('+').unwrap_or(&text)),
    }
}

fn digits<T: FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    significant(text).parse().ok()
}

/// Drops leading zeros, of which there may be any number.
fn significant(digits: &str) -> &str {
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        "0"
    } else {
        significant
    }
}

/// Parses an `xs:hexBinary`.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(collapse(text).as_bytes())
        .ok()
}

/// Parses an `xs:base64Binary`: white space anywhere, padding required, no stray bits.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !is_blank(*c)).collect();
    if text.trim_end_matches('=').contains('=') {
        return None;
    }
    data_encoding::BASE64.decode(text.as_bytes()).ok()
}

/// Parses an `xs:date`: the day it names in its own zone.
///
/// Years beyond what can be computed with, which no registration reaches, become the last or first day.
pub fn date(text: &str) -> Option<NaiveDate> {
    let text = collapse(text);
    let (day, zone) = split_date(&text)?;
    zone_offset(zone)?;
    Some(day)
}

/// Parses an `xs:dateTime`; without a zone it is taken as UTC.
pub fn date_time(text: &str) -> Option<DateTime<Utc>> {
    let text = collapse(text);
    let (day, rest) = split_date(&text)?;
    let rest = rest.strip_prefix('T')?;
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(end)?;
    let offset = zone_offset(zone)?;
    let local = at(day, clock)?;
    Some(local.checked_sub_signed(offset).unwrap_or(local).and_utc())
}

/// Writes a time as every answer does: UTC, milliseconds, upper-case T and Z.
pub fn timestamp(time: DateTime<Utc>) -> String {
    let (date, clock) = (time.date_naive(), time.time());
    if !(0..=9999).contains(&date.year()) {
        return unsigned_year(time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    }
    // Written by hand: chrono's formatter takes longer than all else in a short answer.
    let mut text = String::with_capacity(24);
    let parts = [
        (date.year().unsigned_abs(), 1000, '-'),
        (date.month(), 10, '-'),
        (date.day(), 10, 'T'),
        (clock.hour(), 10, ':'),
        (clock.minute(), 10, ':'),
        (clock.second(), 10, '.'),
        (clock.nanosecond() / 1_000_000 % 1_000, 100, 'Z'),
    ];
    for (value, mut place, after) in parts {
        while place > 0 {
            text.push(char::from_digit(value / place % 10, 10).unwrap_or('0'));
            place /= 10;
        }
        text.push(after);
    }
    text
}

/// Writes an `xs:date`.
pub fn day(date: NaiveDate) -> String {
    unsigned_year(date.format("%Y-%m-%d").to_string())
}

/// Drops the plus sign that ISO 8601 wants before a year of more than four digits and XML Schema forbids.
fn unsigned_year(text: String) -> String {
    text.strip_prefix('+').map(str::to_owned).unwrap_or(text)
}

/// Takes the date off the front of `text`; years have four or more digits and may be negative.
fn split_date(text: &str) -> Option<(NaiveDate, &str)> {
    let negative = text.starts_with('-');
    let body = text.strip_prefix('-').unwrap_or(text);
    let (year, rest) = body.split_at_checked(body.find('-')?)?;
    let long_zero = year.len() > 4 && year.starts_with('0');
    if year.len() < 4 || long_zero || year == "0000" || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let month = two_digits(rest.get(1..3)?)?;
    let day = two_digits(rest.get(4..6)?)?;
    if rest.get(3..4) != Some("-") {
        return None;
    }
    // Leap years repeat every 400 years, so the last four digits decide whether the day exists.
    let cycle: i32 = year.get(year.len() - 4..)?.parse().ok()?;
    NaiveDate::from_ymd_opt(2000 + cycle % 400, month, day)?;
    let known = year.parse().ok().and_then(|year: i32| {
        NaiveDate::from_ymd_opt(if negative { -year } else { year }, month, day)
    });
    let beyond = if negative {
        NaiveDate::MIN
    } else {
        NaiveDate::MAX
    };
    Some((known.unwrap_or(beyond), rest.get(6..)?))
}

fn at(day: NaiveDate, clock: &str) -> Option<NaiveDateTime> {
    let (hms, fraction) = clock
        .split_once('.')
        .map_or((clock, None), |(a, b)| (a, Some(b)));
    if fraction.is_some_and(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    if hms.len() != 8 || hms.get(2..3) != Some(":") || hms.get(5..6) != Some(":") {
        return None;
    }
    let hour = two_digits(hms.get(0..2)?)?;
    let minute = two_digits(hms.get(3..5)?)?;
    let second = two_digits(hms.get(6..8)?)?;
    let zero_fraction = fraction.is_none_or(|f| f.bytes().all(|b| b == b'0'));
    if hour == 24 && minute == 0 && second == 0 && zero_fraction {
        return day.succ_opt().unwrap_or(day).and_hms_opt(0, 0, 0);
    }
    let millis = fraction.map_or(Some(0), |f| {
        let digits: String = f.chars().chain("000".chars()).take(3).collect();
        digits.parse().ok()
    })?;
    Some(day.and_time(NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?))
}

fn zone_offset(zone: &str) -> Option<TimeDelta> {
    if zone.is_empty() || zone == "Z" {
        return Some(TimeDelta::zero());
    }
    let sign = match zone.get(0..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let hours = two_digits(zone.get(1..3)?)?;
    let minutes = two_digits(zone.get(4..)?)?;
    if zone.get(3..4) != Some(":") || minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    Some(TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collapse_and_replace_follow_the_facets() {
        assert_eq!(collapse(" \ta  b\n c "), "a b c");
        assert_eq!(collapse("a b"), "a b");
        assert_eq!(replace(" a\tb "), " a b ");
    }

    #[test]
    fn integers_follow_the_lexical_space_of_xml_schema() {
        assert_eq!(unsigned::<u16>(" \n007 "), Some(7));
        assert_eq!(
            unsigned::<u16>("00000000000000000000000000065535"),
            Some(65535)
        );
        for text in [
            "", "-1", "+1", "-0", "1.0", "1e1", "65536", "+", "0x1", "1 2", "\u{661}",
        ] {
            assert_eq!(unsigned::<u16>(text), None, "{text}");
        }
        assert_eq!(signed::<i32>(" +01 "), Some(1));
        assert_eq!(signed::<i32>("-0"), Some(0));
        assert_eq!(signed::<i32>("-0002147483648"), Some(i32::MIN));
        for text in ["", "+", "-", "+-1", "--1", "2147483648", "1."] {
            assert_eq!(signed::<i32>(text), None, "{text}");
        }
    }

    #[test]
    fn binaries_follow_the_lexical_space_of_xml_schema() {
        assert_eq!(hex(" 0aFf\n"), Some(vec![0x0a, 0xff]));
        assert_eq!(hex(""), Some(vec![]));
        for text in ["a", "0 a", "0x", "0g"] {
            assert_eq!(hex(text), None, "{text}");
        }
        for text in ["AQ==", " A Q\n=\t= ", "AQ= ="] {
            assert_eq!(base64(text), Some(vec![1]), "{text}");
        }
        for text in [
            "AQ", "AQ=", "AR==", "AQ==AQ==", "A*Q==", "A-_=", "=", "AQID====",
        ] {
            assert_eq!(base64(text), None, "{text}");
        }
    }

    #[test]
    fn dates_follow_the_lexical_space_of_xml_schema() {
        let expected = NaiveDate::from_ymd_opt(2027, 4, 3);
        for text in [
            "2027-04-03",
            " 2027-04-03Z ",
            "2027-04-03+08:00",
            "2027-04-03-14:00",
        ] {
            assert_eq!(date(text), expected, "{text}");
        }
        for text in [
            "20270403",
            "2027-4-3",
            "2027-13-01",
            "2027-02-30",
            "",
            "0000-01-01",
            "02027-01-01",
            "2027-04-03+14:01",
            "2027-04-03+13:60",
            "2027-04-03z",
            "2027-04-03 Z",
            "2027-04-03\u{200b}",
            "+2027-01-01",
            "-0005-02-29",
            "2027-04-03T00:00:00",
            "\u{ff12}027-04-03",
            "99-01-01",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn date_beyond_what_can_be_computed_with_is_an_end_of_time() {
        assert_eq!(date("300000-01-01"), Some(NaiveDate::MAX));
        assert_eq!(date("-99999999999999999999-12-31"), Some(NaiveDate::MIN));
        assert_eq!(date("300000-02-29"), Some(NaiveDate::MAX));
        assert_eq!(date("300001-02-29"), None);
        assert_eq!(day(NaiveDate::MAX), "262142-12-31");
        assert_eq!(
            timestamp(DateTime::<Utc>::MAX_UTC),
            "262142-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn date_times_are_brought_to_utc() {
        let expected: DateTime<Utc> = "2027-04-03T16:00:00.5Z".parse().unwrap();
        assert_eq!(date_time("2027-04-04T00:00:00.5+08:00"), Some(expected));
        assert_eq!(
            date_time("2027-04-03T24:00:00Z"),
            "2027-04-04T00:00:00Z".parse().ok()
        );
        assert_eq!(date_time("2027-04-03T16:00:00.5"), Some(expected));
        assert!(date_time("300000-01-01T24:00:00-14:00").is_some());
        for text in [
            "2027-04-03 16:00:00Z",
            "2027-04-03T16:00:00.Z",
            "2027-04-03T16:00:60Z",
            "2027-04-03T24:00:00.1Z",
            "2027-04-03T24:01:00Z",
            "2027-04-03t16:00:00Z",
            "2027-04-03T1:00:00Z",
            "2027-04-03T16:00Z",
            "2027-04-03T16:00:00\u{200b}",
            "2027-04-03",
        ] {
            assert_eq!(date_time(text), None, "{text}");
        }
        assert_eq!(timestamp(expected), "2027-04-03T16:00:00.500Z");
    }
}
