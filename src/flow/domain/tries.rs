//! Wrong tries of a domain's authorization information: counted, and too many refused.
//!
//! A refused command changes nothing, so that a try was wrong is noted by a flow of its own, after the refusal.
//! Under rules that set no limit nothing is read and nothing is noted.

use crate::base::code::Code;
use crate::flow::message::{Cause, tell_change};
use crate::flow::refusal::Why;
use crate::flow::run::{Failure, run};
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::model::change::Operation;
use crate::model::message::Snapshot;
use crate::model::{self, DomainName, Tries};
use crate::protocol::Namespace;
use crate::protocol::auth_info::AuthInfo;
use crate::store::{self, Assert, Audit, Store, Write, keys, read, record};

/// Who locks, as messages tell it; who tried is told to nobody.
const WHO: &str = "server";
/// Operation and reason of the message to the sponsor.
const OPERATION: &str = "authInfoLocked";
const REASON: &str = "authInfo locked: wrong tries";

/// The tries of a domain with their version, if some were noted.
pub(super) type Noted = Option<(Tries, u64)>;

/// Reads the tries of a domain, where the rules set a limit.
pub(super) async fn load<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Noted, store::Error> {
    match context.policy.wrong_tries() {
        Some(_) => read(store, &keys::auth_tries(name)).await,
        None => Ok(None),
    }
}

/// Compares what a command gives with what is stored, unless there were too many wrong tries.
///
/// # Errors
/// 2202 when it differs, nothing is stored or it is locked, 2102 for a form other than a password.
pub(super) fn verify(
    given: &AuthInfo,
    stored: Option<&model::AuthInfo>,
    tries: &Noted,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    // Locked or not, the work is the same.
    let verdict = auth_info::verify(given, stored, context, Namespace::Domain);
    if let Some((tries, _)) = tries {
        let may = context.policy.may_try(tries, context.now);
        may.map_err(|locked| Refusal::new(Why::Policy(locked), Namespace::Domain, "authInfo", ""))?;
    }
    verdict
}

/// Returns what must hold still when a right try is committed: no wrong one came in between.
pub(super) fn unchanged(name: &DomainName, tries: &Noted, context: &Context<'_>) -> Option<Assert> {
    context.policy.wrong_tries()?;
    let key = keys::auth_tries(name);
    Some(match tries {
        Some((_, version)) => Assert::Version(key, *version),
        None => Assert::Absent(key),
    })
}

/// Returns what forgets the tries of a domain.
pub(super) fn forget(name: &DomainName, context: &Context<'_>) -> Option<Write> {
    context.policy.wrong_tries()?;
    Some(Write::Delete(keys::auth_tries(name)))
}

/// Notes a wrong try, if that is why a command was refused; returns what the command led to.
///
/// # Errors
/// The command's own, or what kept the try from being noted.
pub async fn note<S: Store>(
    name: &str,
    outcome: Result<Decision, Failure>,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<Decision, Failure> {
    let (Some(limit), Err(Failure::Refused(refusal))) = (context.policy.wrong_tries(), &outcome)
    else {
        return outcome;
    };
    let (Why::AuthInfo, Ok(name)) = (&refusal.why, DomainName::parse(name)) else {
        return outcome;
    };
    let audit = || Audit {
        command: "domain:wrong-auth-info".to_owned(),
        ..audit()
    };
    run(&Note { name, limit }, context, store, audit).await?;
    outcome
}

/// The flow that notes a wrong try.
struct Note {
    name: DomainName,
    limit: usize,
}

impl Flow for Note {
    const REFUSALS: &'static [Code] = &[];

    /// The domain, and the tries before.
    type Facts = Option<(Snapshot, Noted)>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let Some((domain, _)) = super::find(&self.name, context, store).await? else {
            return Ok(None);
        };
        let tries = load(&domain.name, context, store).await?;
        Ok(Some((super::snapshot(domain, store).await?, tries)))
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let mut decision = Decision::default();
        let Some((domain, noted)) = facts else {
            return Ok(decision);
        };
        let before = noted.as_ref().map(|(tries, _)| tries.clone());
        let after = before.unwrap_or_default().with(context.now, self.limit);
        // Others were wrong meanwhile, and it is locked already.
        let Some(after) = after else {
            return Ok(decision);
        };
        let name = &domain.domain.name;
        decision.asserts.extend(unchanged(name, &noted, context));
        let tries = record::encode(&after)?;
        decision
            .writes
            .push(Write::Put(keys::auth_tries(name), tries));
        if after.locked_until(self.limit).is_some() {
            let cause = Cause {
                operation: Operation::custom(OPERATION),
                date: context.now,
                who: WHO,
                case: None,
                reason: Some(REASON),
            };
            let told = tell_change(None, Some(&domain), &cause, context)?;
            decision.writes.extend(told);
        }
        Ok(decision)
    }
}
