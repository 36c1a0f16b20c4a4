//! Whether the name servers of a domain answer, as the registry's own questions found it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long the name servers of a domain may fail to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationTerms {
    /// Until the sponsor is told.
    pub notice: TimeDelta,
    /// Until the name may be cancelled.
    pub limit: TimeDelta,
}

/// What is known of a domain's name servers; it changes when they begin or cease to answer, and when the sponsor is
/// told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationCheck {
    /// Since when they answer, or did before they failed; `None` if they never did.
    pub operational: Option<DateTime<Utc>>,
    /// Since when they fail without a break; `None` while they answer.
    pub failing: Option<DateTime<Utc>>,
    /// Whether the sponsor was told of this failure.
    pub told: bool,
}

/// How a domain's name servers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelegationState {
    /// They answer.
    Operational,
    /// They fail, not yet for too long.
    Failing,
    /// They have failed for so long that the name may be cancelled.
    Overdue,
}

impl DelegationState {
    /// Returns the state as operators read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::Failing => "failing",
            Self::Overdue => "overdue",
        }
    }
}

impl DelegationCheck {
    /// Adds what a question at `now` found.
    #[must_use]
    pub fn with(&self, answers: bool, now: DateTime<Utc>, terms: &DelegationTerms) -> Self {
        if answers {
            let unbroken = self.operational.filter(|_| self.failing.is_none());
            return Self {
                operational: unbroken.or(Some(now)),
                failing: None,
                told: false,
            };
        }
        let since = self.failing.unwrap_or(now);
        Self {
            operational: self.operational,
            failing: Some(since),
            told: self.told || now >= since + terms.notice,
        }
    }

    /// Returns how the name servers stand at `now`.
    pub fn state(&self, now: DateTime<Utc>, terms: &DelegationTerms) -> DelegationState {
        match self.failing {
            None => DelegationState::Operational,
            Some(since) if now < since + terms.limit => DelegationState::Failing,
            Some(_) => DelegationState::Overdue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        let start: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
        start + TimeDelta::days(number)
    }

    fn terms() -> DelegationTerms {
        DelegationTerms {
            notice: TimeDelta::days(20),
            limit: TimeDelta::days(30),
        }
    }

    /// Returns what is known after questions on these days.
    fn asked(answers: &[(i64, bool)]) -> DelegationCheck {
        let add = |known: DelegationCheck, (number, answers): &(i64, bool)| {
            known.with(*answers, day(*number), &terms())
        };
        answers.iter().fold(DelegationCheck::default(), add)
    }

    #[test]
    fn a_failure_without_a_break_is_told_after_20_days_and_overdue_after_30() {
        use DelegationState::{Failing, Overdue};
        // One that never answered, and one that did.
        for before in [vec![], vec![(-9, true), (-3, true)]] {
            for (number, told, state) in [
                (0, false, Failing),
                (19, false, Failing),
                (20, true, Failing),
                (29, true, Failing),
                (30, true, Overdue),
            ] {
                let known = asked(&[&before[..], &[(0, false), (number, false)]].concat());
                assert_eq!(known.failing, Some(day(0)));
                assert_eq!(known.operational, before.first().map(|_| day(-9)));
                assert_eq!(known.told, told, "{number}");
                assert_eq!(known.state(day(number), &terms()), state, "{number}");
            }
        }
    }

    #[test]
    fn an_answer_ends_a_failure_and_the_next_one_counts_anew() {
        let known = asked(&[(0, false), (25, false), (31, true), (32, true)]);
        let expected = DelegationCheck {
            operational: Some(day(31)),
            failing: None,
            told: false,
        };
        assert_eq!(known, expected);
        assert_eq!(known.state(day(99), &terms()), DelegationState::Operational);
        let known = known.with(false, day(40), &terms());
        assert_eq!((known.failing, known.told), (Some(day(40)), false));
        assert_eq!(known.state(day(69), &terms()), DelegationState::Failing);
    }

    #[test]
    fn a_question_that_finds_what_was_known_changes_nothing() {
        for known in [asked(&[(0, true)]), asked(&[(0, false)])] {
            let answers = known.failing.is_none();
            assert_eq!(known.with(answers, day(19), &terms()), known);
        }
    }
}
