//! Whether the name servers of a domain answer, as the registry's own questions found it.

use std::fmt;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::DomainName;

/// Most failures that are named; more are counted.
const NAMED: usize = 64;

/// How long the name servers of a domain may fail to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationTerms {
    /// Until the sponsor is told.
    pub notice: TimeDelta,
    /// Until the name may be cancelled.
    pub limit: TimeDelta,
}

/// How a question travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// UDP (RFC 1035 section 4.2.1).
    Udp,
    /// TCP (RFC 7766).
    Tcp,
}

impl Transport {
    /// Returns it as operators and figures read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

/// Why a name server does not answer for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureReason {
    /// No address of it was found.
    NoAddress,
    /// Nothing came in time.
    Silent,
    /// Nothing listens, or no way leads there.
    Unreachable,
    /// It closed the connection.
    Closed,
    /// What came is not an answer to what was asked.
    Garbled,
    /// REFUSED.
    Refused,
    /// SERVFAIL.
    ServerFailure,
    /// NXDOMAIN.
    NoSuchName,
    /// Another error code.
    OtherCode,
    /// Its answer is without authority.
    Lame,
    /// Its answer is without the SOA of the name.
    NoSoa,
    /// It was not asked: the forms before this one took all the time there is.
    NotAsked,
}

impl FailureReason {
    /// Returns it as operators and figures read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
            Self::Garbled => "garbled",
            Self::Refused => "refused",
            Self::ServerFailure => "servfail",
            Self::NoSuchName => "nxdomain",
            Self::OtherCode => "other_code",
            Self::Lame => "lame",
            Self::NoSoa => "no_soa",
            Self::NotAsked => "not_asked",
        }
    }
}

/// A question to a name server that brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationFailure {
    /// The server.
    pub server: DomainName,
    /// Where it was asked; `None` where no address was found.
    pub address: Option<IpAddr>,
    /// The form of the name it was asked for.
    pub form: DomainName,
    /// How it was asked; `None` where no address was found.
    pub transport: Option<Transport>,
    /// Why that is no answer.
    pub reason: FailureReason,
}

impl fmt::Display for DelegationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server)?;
        if let Some(address) = self.address {
            write!(f, " at {address}")?;
        }
        write!(f, ": {}", self.form)?;
        if let Some(transport) = self.transport {
            write!(f, " over {}", transport.as_str())?;
        }
        write!(f, ": {}", self.reason.as_str())
    }
}

/// What a round of questions found of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegationFindings {
    /// Whether enough servers answer for every form.
    pub answers: bool,
    /// What failed, form by form, whether enough servers answer or not; as many as are named.
    failures: Vec<DelegationFailure>,
    /// How many failures more there were.
    unnamed: u32,
}

impl DelegationFindings {
    /// Sums up what was found for each form: its failures, one list for each server, empty where that server answers.
    /// A form is served when `wanted` servers answer, or all where there are fewer.
    pub fn new(forms: Vec<Vec<Vec<DelegationFailure>>>, wanted: usize) -> Self {
        let is_served = |servers: &Vec<Vec<DelegationFailure>>| {
            let answering = servers.iter().filter(|failures| failures.is_empty());
            answering.count() >= wanted.clamp(1, servers.len().max(1))
        };
        let answers = !forms.is_empty() && forms.iter().all(is_served);
        let mut failures: Vec<_> = forms.into_iter().flatten().flatten().collect();
        let unnamed = failures.len().saturating_sub(NAMED);
        failures.truncate(NAMED);
        Self {
            answers,
            failures,
            unnamed: u32::try_from(unnamed).unwrap_or(u32::MAX),
        }
    }
}

/// What is known of a domain's name servers. While they answer it changes only with what fails nevertheless, so that
/// a round over names in order writes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationCheck {
    /// When they first answered; `None` if they never did.
    pub first: Option<DateTime<Utc>>,
    /// Since when they answer, or did before they failed; `None` if they never did.
    pub operational: Option<DateTime<Utc>>,
    /// Since when they fail without a break; `None` while they answer.
    pub failing: Option<DateTime<Utc>>,
    /// How many rounds in a row found that they fail.
    pub rounds: u32,
    /// Since when a name whose servers fail is not asked for, because it is out of the zone: time that does not count.
    pub paused: Option<DateTime<Utc>>,
    /// Whether the sponsor was told of this failure.
    pub told: bool,
    /// What failed in the last round, whether the name is served nevertheless or not; as much as is named.
    pub failures: Vec<DelegationFailure>,
    /// How many failures more there were.
    pub unnamed: u32,
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
    /// Adds what a round at `now` found of a name whose clock started at `start`.
    ///
    /// A failure of servers that answered before counts from the round that found it, one of servers that never did
    /// from the start of the clock. Only where the first round comes later than the notice would, because nobody asked
    /// before, does it count from that round: nobody is told of a failure that was seen once.
    #[must_use]
    pub fn with(
        &self,
        found: &DelegationFindings,
        start: DateTime<Utc>,
        now: DateTime<Utc>,
        terms: &DelegationTerms,
    ) -> Self {
        let (failures, unnamed) = (found.failures.clone(), found.unnamed);
        if found.answers {
            let unbroken = self.operational.filter(|_| self.failing.is_none());
            return Self {
                first: self.first.or(Some(now)),
                operational: unbroken.or(Some(now)),
                failing: None,
                rounds: 0,
                paused: None,
                told: false,
                failures,
                unnamed,
            };
        }
        let begun = match self.operational {
            None if now < start + terms.notice => start.min(now),
            None | Some(_) => now,
        };
        let pause = self.paused.map_or(TimeDelta::zero(), |since| now - since);
        let since = self.failing.map_or(begun, |since| since + pause);
        Self {
            first: self.first,
            operational: self.operational,
            failing: Some(since),
            rounds: self.rounds.saturating_add(1),
            paused: None,
            told: self.told || now >= since + terms.notice,
            failures,
            unnamed,
        }
    }

    /// Notes that the name is not asked for at `now`; what was known stands, and its clock with it.
    #[must_use]
    pub fn pause(&self, now: DateTime<Utc>) -> Self {
        Self {
            paused: self.paused.or(self.failing.map(|_| now)),
            ..self.clone()
        }
    }

    /// Returns how the name servers stand at `now`.
    pub fn state(&self, now: DateTime<Utc>, terms: &DelegationTerms) -> DelegationState {
        let counted = self.paused.unwrap_or(now);
        match self.failing {
            None => DelegationState::Operational,
            Some(since) if counted < since + terms.limit => DelegationState::Failing,
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

    fn found(answers: bool) -> DelegationFindings {
        DelegationFindings {
            answers,
            ..DelegationFindings::default()
        }
    }

    /// Returns what is known after questions on these days, of a name whose clock started on day 0.
    fn asked(answers: &[(i64, bool)]) -> DelegationCheck {
        let add = |known: DelegationCheck, (number, answers): &(i64, bool)| {
            known.with(&found(*answers), day(0), day(*number), &terms())
        };
        answers.iter().fold(DelegationCheck::default(), add)
    }

    #[test]
    fn a_failure_without_a_break_is_told_after_20_days_and_overdue_after_30() {
        use DelegationState::{Failing, Overdue};
        // One that never answered, whose clock started with it, and one that did.
        for (before, begun) in [(vec![], 0), (vec![(1, true), (3, true)], 5)] {
            for (number, told, state) in [
                (0, false, Failing),
                (19, false, Failing),
                (20, true, Failing),
                (29, true, Failing),
                (30, true, Overdue),
            ] {
                let now = begun + number;
                let last = [(begun, false), (now, false)];
                let known = asked(&[&before[..], &last].concat());
                assert_eq!(known.failing, Some(day(begun)));
                assert_eq!(known.operational, before.first().map(|_| day(1)));
                assert_eq!(known.rounds, 2);
                assert_eq!(known.told, told, "{number}");
                assert_eq!(known.state(day(now), &terms()), state, "{number}");
            }
        }
    }

    #[test]
    fn servers_that_never_answered_fail_from_the_start_of_the_clock_unless_nobody_asked_until_the_notice()
     {
        for (first, since, told) in [(0, 0, false), (19, 0, false), (20, 20, false)] {
            let known = asked(&[(first, false)]);
            assert_eq!((known.failing, known.told), (Some(day(since)), told));
        }
        // A clock that starts after the question does not put the failure into the future.
        let ahead = DelegationCheck::default().with(&found(false), day(2), day(1), &terms());
        assert_eq!(ahead.failing, Some(day(1)));
    }

    #[test]
    fn an_answer_ends_a_failure_and_the_next_one_counts_anew() {
        let known = asked(&[(0, false), (25, false), (31, true), (32, true)]);
        let expected = DelegationCheck {
            first: Some(day(31)),
            operational: Some(day(31)),
            ..DelegationCheck::default()
        };
        assert_eq!(known, expected);
        assert_eq!(known.state(day(99), &terms()), DelegationState::Operational);
        let known = known.with(&found(false), day(0), day(40), &terms());
        assert_eq!((known.failing, known.told), (Some(day(40)), false));
        assert_eq!(known.rounds, 1);
        assert_eq!(known.state(day(69), &terms()), DelegationState::Failing);
        let known = known.with(&found(true), day(0), day(70), &terms());
        assert_eq!(
            (known.first, known.operational),
            (Some(day(31)), Some(day(70)))
        );
    }

    #[test]
    fn the_clock_stands_while_a_name_is_out_of_the_zone() {
        let failing = asked(&[(0, false), (10, false)]);
        let paused = failing.pause(day(12)).pause(day(50));
        assert_eq!(paused.paused, Some(day(12)));
        assert_eq!(paused.state(day(99), &terms()), DelegationState::Failing);
        let back = paused.with(&found(false), day(0), day(100), &terms());
        assert_eq!((back.failing, back.told), (Some(day(88)), false));
        assert_eq!(back.paused, None);
        assert_eq!(back.rounds, 3);
        let answering = asked(&[(0, true)]);
        assert_eq!(answering.pause(day(1)), answering);
    }

    #[test]
    fn a_question_that_finds_servers_answering_as_before_changes_nothing() {
        let known = asked(&[(0, true)]);
        let again = known.with(&found(true), day(0), day(19), &terms());
        assert_eq!(again, known);
    }

    #[test]
    fn a_name_answers_only_when_enough_servers_answer_for_each_of_its_forms() {
        let name = |text: &str| DomainName::parse(text).unwrap();
        let failure = |server: &str| DelegationFailure {
            server: name(server),
            address: Some(IpAddr::from([192, 0, 2, 1])),
            form: name("bay.example"),
            transport: Some(Transport::Tcp),
            reason: FailureReason::Refused,
        };
        let bad = || vec![failure("ns1.test")];
        let good = Vec::new;
        for (forms, wanted, answers) in [
            (vec![vec![good(), good()]], 2, true),
            (vec![vec![good(), bad()]], 2, false),
            (vec![vec![good(), bad(), good()]], 2, true),
            (vec![vec![good()]], 2, true),
            (vec![vec![bad()]], 0, false),
            (vec![vec![good(), good()], vec![good(), bad()]], 2, false),
            // Each form by other servers.
            (
                vec![vec![good(), good(), bad()], vec![bad(), good(), good()]],
                2,
                true,
            ),
            (vec![vec![]], 2, false),
            (vec![], 2, false),
        ] {
            let findings = DelegationFindings::new(forms.clone(), wanted);
            assert_eq!(findings.answers, answers, "{forms:?}");
        }
        let many = vec![vec![
            vec![failure("ns1.test"); 50],
            vec![failure("ns2.test"); 50],
        ]];
        let findings = DelegationFindings::new(many, 2);
        assert_eq!((findings.failures.len(), findings.unnamed), (NAMED, 36));
        assert_eq!(
            failure("ns1.test").to_string(),
            "ns1.test at 192.0.2.1: bay.example over tcp: refused"
        );
    }
}
