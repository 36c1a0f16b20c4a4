//! Name servers that do not answer: which there are to ask, and what follows from what was found.
//!
//! Asked are the servers of domains in the zone, locked ones among them, for every active form. A name served by the
//! registry's own servers has none of its own. What was known of a name that is held, deleted or without servers stands
//! until it is back in the zone, and so does its clock; one that is only applied for has no clock yet. Under rules that
//! set no limit nothing is asked and nothing noted.

use chrono::{DateTime, Utc};

use crate::base::code::Code;
use crate::flow::message::{Cause, tell_change};
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain::{is_published, project};
use crate::model::change::Operation;
use crate::model::message::Snapshot;
use crate::model::{
    DelegationCheck, DelegationFindings, DelegationState, Domain, DomainName, Host,
};
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// Domains read at once.
const PAGE: usize = 256;
/// Who tells, as messages name it.
const WHO: &str = "server";
/// Operation of the message to the sponsor, and what its reason says besides the rule.
const OPERATION: &str = "nameServersFail";
const REASON: &str = "name servers fail";

/// A domain whose name servers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegated {
    /// Its active forms; the name it is registered by comes first.
    pub forms: Vec<DomainName>,
    /// Its name servers; those inside the registry's zones have their addresses here.
    pub servers: Vec<Host>,
}

/// What a page of domains holds for a round of questions.
#[derive(Debug, Default)]
pub struct Page {
    /// The domains to ask for.
    pub asked: Vec<Delegated>,
    /// The names whose servers failed, and that nobody asks for any more.
    pub left: Vec<DomainName>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Key>,
}

/// How a domain's name servers stand after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether they answer, and for how long they have not.
    pub state: DelegationState,
    /// Whether the sponsor was told that they fail.
    pub told: bool,
}

/// Returns what a page of domains after `after` holds for a round.
///
/// # Errors
/// When the store fails.
pub async fn page<S: Store>(
    after: Option<&Key>,
    context: &Context<'_>,
    store: &S,
) -> Result<Page, store::Error> {
    let mut found = Page::default();
    if context.policy.profile().name_servers.operation.is_none() {
        return Ok(found);
    }
    let page = store.scan(&Key::prefix(keys::DOMAIN), after, PAGE).await?;
    for (_, stored) in &page {
        let stored: Domain = record::decode(&stored.value)?;
        let domain = project(stored, context.now, context.terms()).domain;
        let Some(domain) = domain else {
            continue;
        };
        if !is_asked(&domain) {
            let known = known(&domain.name, context, store).await?;
            if known.is_some_and(|(check, _)| check.pause(context.now) != check) {
                found.left.push(domain.name);
            }
            continue;
        }
        let mut servers = Vec::with_capacity(domain.name_servers.len());
        for id in &domain.name_servers {
            let host = read::<Host, S>(store, &keys::host(*id)).await?;
            servers.extend(host.map(|(host, _)| host));
        }
        let forms = domain.forms().into_iter().cloned().collect();
        found.asked.push(Delegated { forms, servers });
    }
    found.next = page.into_iter().last().map(|(key, _)| key);
    Ok(found)
}

/// Returns when the clock of a domain's name servers started: with the activation of its registration (hk:R8.2), or with
/// its last update, which may have named them in place of the registry's own.
fn clock_start(domain: &Domain) -> DateTime<Utc> {
    let activated = domain.activated.unwrap_or(domain.created);
    let updated = domain.updated.as_ref().map(|(_, at)| *at);
    updated.map_or(activated, |updated| updated.max(activated))
}

/// Says whether the name servers of a domain are asked.
pub fn is_asked(domain: &Domain) -> bool {
    !domain.name_servers.is_empty() && is_published(domain)
}

/// Reads what is known of the name servers of a registered name, with its version; `None` under rules without a limit.
///
/// # Errors
/// When the store fails.
pub async fn known<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(DelegationCheck, u64)>, store::Error> {
    match &context.policy.profile().name_servers.operation {
        Some(_) => read(store, &keys::delegation_check(name)).await,
        None => Ok(None),
    }
}

/// Returns what forgets a domain's name servers.
pub(super) fn forget(name: &DomainName, context: &Context<'_>) -> Option<Write> {
    let operation = context.policy.profile().name_servers.operation.as_ref();
    operation.map(|_| Write::Delete(keys::delegation_check(name)))
}

/// The flow that notes what was found.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// Name of the domain.
    pub name: &'a DomainName,
    /// What a round found; `None` where it did not ask.
    pub found: Option<&'a DelegationFindings>,
}

/// A domain and what was known of its name servers.
#[derive(Debug)]
pub struct Facts {
    domain: Snapshot,
    version: u64,
    known: Option<(DelegationCheck, u64)>,
}

impl Flow for Note<'_> {
    const REFUSALS: &'static [Code] = &[];

    /// The domain, if there is one still.
    type Facts = Option<Facts>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let found = super::find(self.name, context, store).await?;
        let Some((domain, version)) = found else {
            return Ok(None);
        };
        let known = known(&domain.name, context, store).await?;
        Ok(Some(Facts {
            domain: super::snapshot(domain, store).await?,
            version,
            known,
        }))
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let mut decision = Decision::default();
        let operation = context.policy.profile().name_servers.operation.as_ref();
        let (Some(facts), Some(operation)) = (facts, operation) else {
            return Ok(decision);
        };
        let domain = &facts.domain.domain;
        let name = &domain.name;
        let key = keys::delegation_check(name);
        let (before, unchanged) = match facts.known {
            Some((known, version)) => (known, Assert::Version(key.clone(), version)),
            None => (DelegationCheck::default(), Assert::Absent(key.clone())),
        };
        let (now, terms) = (context.now, &operation.terms);
        // A name that left the zone while its servers were asked did not fail.
        let after = match (is_asked(domain), self.found) {
            (true, Some(found)) => before.with(found, clock_start(domain), now, terms),
            (true, None) => before.clone(),
            (false, _) => before.pause(now),
        };
        if after == before {
            return Ok(decision);
        }
        let stands = Assert::Version(keys::domain(name), facts.version);
        decision.asserts = vec![stands, unchanged];
        decision.writes = vec![Write::Put(key, record::encode(&after)?)];
        if after.told && !before.told {
            let rule = operation.rule.map(|rule| format!("{rule} {REASON}"));
            let cause = Cause {
                operation: Operation::custom(OPERATION),
                date: context.now,
                who: WHO,
                case: None,
                reason: Some(rule.as_deref().unwrap_or(REASON)),
            };
            let told = tell_change(None, Some(&facts.domain), &cause, context)?;
            decision.writes.extend(told);
        }
        Ok(decision)
    }
}
