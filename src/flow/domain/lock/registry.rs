//! The registry lock: ordered by the holder, opened for a while at a time.

use chrono::TimeDelta;

use super::{Facts, Found, Obstacle, cause, change, judge_use};
use crate::flow::{Context, Decision};
use crate::model::lock::LockKind;
use crate::model::{Domain, Lock, Transfer};

/// Longest window.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// Sets it.
pub(super) fn set(
    facts: &Facts,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Obstacle> {
    let set = |domain: &mut Domain| {
        domain.locks.push(Lock {
            kind: LockKind::Registry,
            case: None,
            suspends: false,
            since: context.now,
            window: None,
        });
    };
    amend(facts, false, "Registry lock set", context, decision, set)
}

/// Takes it away.
pub(super) fn release(
    facts: &Facts,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Obstacle> {
    let release = |domain: &mut Domain| {
        domain.locks.retain(|lock| lock.kind != LockKind::Registry);
    };
    amend(
        facts,
        true,
        "Registry lock released",
        context,
        decision,
        release,
    )
}

/// Opens it for so long from now, whatever window was open.
pub(super) fn window(
    length: TimeDelta,
    facts: &Facts,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Obstacle> {
    if length > LONGEST {
        return Err(Obstacle::Window);
    }
    let until = context.now + length;
    let open = |domain: &mut Domain| {
        let locks = domain.locks.iter_mut();
        for lock in locks.filter(|lock| lock.kind == LockKind::Registry) {
            lock.window = Some(until);
        }
    };
    let reason = "Registry lock window opened";
    amend(facts, true, reason, context, decision, open)
}

/// Changes the registry lock of every name; `set` says whether the domain must have one.
fn amend(
    facts: &Facts,
    set: bool,
    reason: &'static str,
    context: &Context<'_>,
    decision: &mut Decision,
    act: impl Fn(&mut Domain),
) -> Result<(), Obstacle> {
    let Some(first) = facts.domains.first() else {
        return Err(Obstacle::NoDomain(facts.name.clone()));
    };
    let is_set = |found: &Found| {
        let mut locks = found.before.domain.locks.iter();
        locks.any(|lock| lock.kind == LockKind::Registry)
    };
    match (set, is_set(first)) {
        (true, false) => return Err(Obstacle::Unlocked(facts.name.clone())),
        (false, true) => return Err(Obstacle::Locked(facts.name.clone())),
        (true, true) | (false, false) => {}
    }
    // A partner that came later, or went on its own way, may stand otherwise and is left so.
    for found in facts.domains.iter().filter(|found| is_set(found) == set) {
        let before = &found.before.domain;
        if !set {
            judge_use(before)?;
            if before.transfer.as_ref().is_some_and(Transfer::is_pending) {
                return Err(Obstacle::Transfer(before.name.clone()));
            }
            if before.waiting_holder().is_some() {
                return Err(Obstacle::Registrant(before.name.clone()));
            }
        }
        let mut after = before.clone();
        act(&mut after);
        let cause = cause(None, reason, context);
        change(found, Some(after), &cause, context, decision)?;
    }
    Ok(())
}
