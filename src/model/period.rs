//! Registration periods (RFC 5731 section 2.6) and their calendar arithmetic.

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

/// A validity period: 1 to 99 years or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    value: u8,
    unit: Unit,
}

/// Unit of a [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// `y`.
    Year,
    /// `m`.
    Month,
}

impl Period {
    /// Makes a period; `None` outside 1 to 99.
    pub fn new(value: u8, unit: Unit) -> Option<Self> {
        (1..=99).contains(&value).then_some(Self { value, unit })
    }

    /// Makes a period of years; `None` outside 1 to 99.
    pub fn years(value: u8) -> Option<Self> {
        Self::new(value, Unit::Year)
    }

    /// Returns how many units.
    pub fn value(self) -> u8 {
        self.value
    }

    /// Returns the unit.
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// Returns the length in months.
    pub fn months(self) -> u32 {
        match self.unit {
            Unit::Year => u32::from(self.value) * 12,
            Unit::Month => u32::from(self.value),
        }
    }

    /// Returns `start` plus this period; 29 February becomes 28 where there is none.
    pub fn after(self, start: DateTime<Utc>) -> DateTime<Utc> {
        start
            .checked_add_months(Months::new(self.months()))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Returns `end` less this period.
    pub fn before(self, end: DateTime<Utc>) -> DateTime<Utc> {
        end.checked_sub_months(Months::new(self.months()))
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_leap_day_falls_on_the_28th() {
        let start: DateTime<Utc> = "2028-02-29T12:00:00Z".parse().unwrap();
        let end = Period::years(1).unwrap().after(start);
        assert_eq!(end.to_rfc3339(), "2029-02-28T12:00:00+00:00");
    }

    #[test]
    fn new_refuses_zero_and_hundred() {
        assert_eq!(Period::years(0), None);
        assert_eq!(Period::years(100), None);
    }
}
