//! Wrong tries of a domain's authorization information.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a try counts, and a lock lasts.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// When a domain's authorization information was tried and was wrong, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    wrong: Vec<DateTime<Utc>>,
}

impl Tries {
    /// Takes back what was stored.
    pub fn stored(wrong: Vec<DateTime<Utc>>) -> Self {
        Self { wrong }
    }

    /// Returns until when the last of `limit` tries locks it; `None` when it took fewer.
    pub fn locked_until(&self, limit: usize) -> Option<DateTime<Utc>> {
        let last = self.wrong.last().filter(|_| self.wrong.len() >= limit)?;
        Some(*last + HOUR)
    }

    /// Adds a wrong try at `now`, and forgets those that count no more; `None` while it is locked.
    pub fn with(&self, now: DateTime<Utc>, limit: usize) -> Option<Self> {
        let mut wrong = match self.locked_until(limit) {
            Some(until) if now < until => return None,
            // What led to a lock is atoned for when the lock ends.
            Some(_) => Vec::new(),
            None => self.wrong.clone(),
        };
        wrong.retain(|at| now < *at + HOUR);
        wrong.push(now);
        Some(Self { wrong })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_within_an_hour_lock_for_an_hour() {
        let start: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
        let at = |minutes| start + TimeDelta::minutes(minutes);
        let mut tries = Tries::default();
        // The first counts no more when the sixth comes.
        for minutes in [0, 50, 51, 52, 60] {
            assert_eq!(tries.locked_until(5), None);
            tries = tries.with(at(minutes), 5).unwrap();
        }
        assert_eq!(tries.locked_until(5), None);
        tries = tries.with(at(61), 5).unwrap();
        assert_eq!(tries.locked_until(5), Some(at(121)));
        assert_eq!(tries.with(at(120), 5), None);
        let anew = tries.with(at(121), 5).unwrap();
        assert_eq!(anew, Tries::stored(vec![at(121)]));
    }
}
