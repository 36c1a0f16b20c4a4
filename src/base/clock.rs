//! The registry's clock: the only reader of the wall clock.
//!
//! Registry time is an argument everywhere else. A manual clock stands still until it is moved,
//! which takes a sandbox through years in seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Source of registry time; clones share the same time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The operating system's time.
    #[default]
    System,
    /// The operating system's time and so much more, which may be negative.
    Ahead(TimeDelta),
    /// Frozen time, moved by [`Clock::advance_to`]; milliseconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Creates a clock that stands at `instant`.
    pub fn manual(instant: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(instant.timestamp_millis())))
    }

    /// Returns the present registry time, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the clock"
            )]
            Self::System => Utc::now().trunc_subsecs(3),
            Self::Ahead(distance) => Self::System.now() + *distance,
            Self::Manual(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Returns the operating system's time whatever the registry's is: certificates live in the real world.
    pub fn wall(&self) -> DateTime<Utc> {
        Self::System.now()
    }

    /// Says whether time stands until it is moved.
    pub fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// Moves a manual clock forward to `instant`; time never goes back.
    ///
    /// Returns `None` for a clock that runs by itself.
    pub fn advance_to(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::System | Self::Ahead(_) => None,
            Self::Manual(millis) => {
                millis.fetch_max(instant.timestamp_millis(), Ordering::SeqCst);
                Some(self.now())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_clock_moves_forward_only() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::manual(start);
        assert_eq!(clock.now(), start);
        let later = start + TimeDelta::days(45);
        let shared = clock.clone();
        assert_eq!(shared.advance_to(later), Some(later));
        assert_eq!(clock.advance_to(start), Some(later));
        assert_eq!(clock.now(), later);
    }

    #[test]
    fn clock_ahead_runs_at_its_distance() {
        let clock = Clock::Ahead(TimeDelta::days(400));
        let before = clock.wall();
        let now = clock.now();
        assert!(now >= before + TimeDelta::days(400));
        assert!(now <= clock.wall() + TimeDelta::days(400));
    }

    #[test]
    fn system_clock_cannot_be_moved() {
        let clock = Clock::System;
        assert_eq!(clock.advance_to(clock.now()), None);
    }
}
