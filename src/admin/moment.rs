//! How far to move a clock: a duration like `45d`, or an instant.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A point in time, named by itself or by its distance from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Seconds from now.
    After(u32),
    /// An instant.
    At(DateTime<Utc>),
}

/// The text is no [`Moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a time like 30s, 5m, 12h, 45d or 2031-06-01T00:00:00Z")]
pub struct NoMoment;

impl Moment {
    /// Returns the instant, seen from `now`; `None` beyond the end of time.
    pub fn from(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::After(seconds) => now.checked_add_signed(TimeDelta::seconds(seconds.into())),
            Self::At(instant) => Some(instant),
        }
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::At(instant.to_utc()));
        }
        let unit = text.chars().next_back().ok_or(NoMoment)?;
        let seconds: u32 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return Err(NoMoment),
        };
        let number = text.strip_suffix(unit).ok_or(NoMoment)?;
        if !number.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(NoMoment);
        }
        let number: u32 = number.parse().map_err(|_| NoMoment)?;
        number.checked_mul(seconds).map(Self::After).ok_or(NoMoment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_takes_durations_and_instants() {
        let start: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
        for (text, instant) in [
            ("90s", "2030-01-01T00:01:30Z"),
            ("5m", "2030-01-01T00:05:00Z"),
            ("12h", "2030-01-01T12:00:00Z"),
            ("45d", "2030-02-15T00:00:00Z"),
            ("2031-06-01T08:00:00+08:00", "2031-06-01T00:00:00Z"),
        ] {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.from(start), Some(instant.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn parse_refuses_everything_else() {
        for text in [
            "",
            "d",
            "5",
            "-5d",
            "+5d",
            "5w",
            "5 d",
            "99999999d",
            "2030-01-01",
            "\u{4e94}d",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text}");
        }
    }
}
