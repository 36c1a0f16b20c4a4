//! Budget of login failures per registrar and address, so that guessing is slow and nobody locks another out.
//!
//! A rate limiter spends when it is asked; this budget is asked before each login and spent only by those
//! that fail, so that successes cost nothing. The address is part of the key: an outsider's failures
//! never keep the registrar itself out.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(60);
/// Accounts kept before those without recent failures are dropped.
const PRUNE_AT: usize = 10_000;

/// Recent failures of each account, oldest first.
type Accounts = HashMap<(String, IpAddr), VecDeque<Instant>>;

/// Failures of each (clID, address) within a minute; clones share the accounts.
#[derive(Clone, Debug)]
pub struct FailureBudget {
    maximum: usize,
    failures: Arc<Mutex<Accounts>>,
}

impl FailureBudget {
    /// Allows `maximum` failures a minute.
    pub fn new(maximum: usize) -> Self {
        Self {
            maximum,
            failures: Arc::default(),
        }
    }

    /// Says whether a login may be looked at, at `now`.
    pub fn allows(&self, client: &str, address: IpAddr, now: Instant) -> bool {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(account) = failures.get_mut(&(client.to_owned(), address)) else {
            return true;
        };
        forget(account, now);
        account.len() < self.maximum
    }

    /// Counts a failure at `now`.
    pub fn spend(&self, client: &str, address: IpAddr, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= PRUNE_AT {
            failures.retain(|_, account| {
                forget(account, now);
                !account.is_empty()
            });
        }
        failures
            .entry((client.to_owned(), address))
            .or_default()
            .push_back(now);
    }
}

fn forget(account: &mut VecDeque<Instant>, now: Instant) {
    while account
        .front()
        .is_some_and(|first| now.duration_since(*first) >= WINDOW)
    {
        account.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn allows_until_the_budget_is_spent_and_again_after_a_minute() {
        let (own, other) = (
            IpAddr::from(Ipv4Addr::LOCALHOST),
            IpAddr::from([192, 0, 2, 1]),
        );
        let budget = FailureBudget::new(2);
        let start = Instant::now();
        budget.spend("registrar-a", own, start);
        assert!(budget.allows("registrar-a", own, start));
        budget.spend("registrar-a", own, start);
        assert!(!budget.allows("registrar-a", own, start));
        assert!(budget.allows("registrar-a", other, start));
        assert!(budget.allows("registrar-b", own, start));
        assert!(budget.allows("registrar-a", own, start + WINDOW));
    }
}
