//! Consents of authorities to restricted words: they let a name be registered, and hold it when they end (hk:R6.6a).
//!
//! No command of a client: operator verbs grant and revoke, the clock lets lapse. A name whose consent has ended stays
//! registered under a hold whose case names the consent; the next consent of that authority lifts it.

use chrono::{DateTime, Utc};

use super::{claim, find, save, snapshot};
use crate::base::code::Code;
use crate::flow::message::{Cause, tell_change};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::change::{Case, CaseKind, Operation, OperationKind};
use crate::model::consent::{Authority, case_prefix, is_reference};
use crate::model::lock::LockKind;
use crate::model::message::Snapshot;
use crate::model::{Consent, DomainName, Lock};
use crate::policy::Policy;
use crate::protocol::Namespace;
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// Consents that count for a name, with the versions that were read.
#[derive(Debug, Default)]
pub struct InForce(Vec<(Authority, Key, u64)>);

impl InForce {
    /// Returns whose they are.
    pub fn authorities(&self) -> Vec<Authority> {
        self.0.iter().map(|(authority, ..)| *authority).collect()
    }

    /// Returns what must hold as long as one relies on them.
    pub fn asserts(self) -> impl Iterator<Item = Assert> {
        let consents = self.0.into_iter();
        consents.map(|(_, key, version)| Assert::Version(key, version))
    }
}

/// Reads the consents that count for a name; reads nothing for one that needs none.
///
/// # Errors
/// When the store fails.
pub async fn in_force<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<InForce, store::Error> {
    let mut found = InForce::default();
    for authority in context.policy.consents(name) {
        let key = key(name, authority, context.policy);
        if let Some((consent, version)) = read::<Consent, S>(store, &key).await?
            && consent.is_in_force(context.now)
        {
            found.0.push((authority, key, version));
        }
    }
    Ok(found)
}

/// Returns the key of a consent, which covers every variant of the name.
pub fn key(name: &DomainName, authority: Authority, policy: &Policy) -> Key {
    match policy.package_key(name) {
        Some(package) => keys::consent(package.as_str(), authority),
        None => keys::consent(policy.canonical(name).as_str(), authority),
    }
}

/// A consent and the domain it is for, as they are.
#[derive(Debug)]
pub struct Facts {
    consent: Option<(Consent, u64)>,
    domain: Option<(Snapshot, u64)>,
}

async fn load<S: Store>(
    name: &DomainName,
    authority: Authority,
    context: &Context<'_>,
    store: &S,
) -> Result<Facts, store::Error> {
    let domain = match find(name, context, store).await? {
        Some((domain, version)) => Some((snapshot(domain, store).await?, version)),
        None => None,
    };
    Ok(Facts {
        consent: read(store, &key(name, authority, context.policy)).await?,
        domain,
    })
}

/// Enters a consent, in place of the last one of its authority.
#[derive(Debug)]
pub struct Grant<'a> {
    /// The name.
    pub name: &'a DomainName,
    /// Who consents.
    pub authority: Authority,
    /// The authority's reference.
    pub reference: &'a str,
    /// From when on it does not count.
    pub expires: Option<DateTime<Utc>>,
}

impl Flow for Grant<'_> {
    const REFUSALS: &'static [Code] = &[Code::Use];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        load(self.name, self.authority, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        if !context.policy.consents(self.name).contains(&self.authority) {
            return Err(refuse(
                "the name has no word that needs the consent of this authority",
            ));
        }
        if !is_reference(self.reference) {
            return Err(refuse(
                "a reference is 1 to 48 characters of a line, without blanks at the ends or two in a row",
            ));
        }
        if self.expires.is_some_and(|end| end <= context.now) {
            return Err(refuse("the consent would have ended already"));
        }
        let consent = Consent {
            name: context.policy.canonical(self.name),
            authority: self.authority,
            reference: self.reference.to_owned(),
            granted: context.now,
            expires: self.expires,
            revoked: None,
            holder: None,
        };
        let mut decision = replace(&facts, &consent, context)?;
        let prefix = case_prefix(self.authority);
        let lifted = |lock: &Lock| {
            let of_authority = lock
                .case
                .as_deref()
                .is_some_and(|case| case.starts_with(&prefix));
            lock.kind == LockKind::Hold && of_authority
        };
        if let Some((before, version)) = &facts.domain {
            let key = keys::domain(&before.domain.name);
            decision.asserts.push(Assert::Version(key, *version));
            if before.domain.locks.iter().any(lifted) {
                let mut after = before.clone();
                after.domain.locks.retain(|lock| !lifted(lock));
                let told = ("Consent granted", "registry");
                change(before, &after, &consent, told, context, &mut decision)?;
            }
        }
        Ok(decision)
    }
}

/// Takes a consent back.
#[derive(Debug)]
pub struct Revoke<'a> {
    /// The name.
    pub name: &'a DomainName,
    /// Whose consent.
    pub authority: Authority,
    /// The reference it was entered with.
    pub reference: &'a str,
}

impl Flow for Revoke<'_> {
    const REFUSALS: &'static [Code] = &[Code::Use, Code::DoesNotExist];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        load(self.name, self.authority, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let Some((consent, _)) = &facts.consent else {
            return Err(super::blame(Why::DoesNotExist, self.name.as_str()));
        };
        if !consent.is_in_force(context.now) {
            return Err(refuse("the consent is not in force any more"));
        }
        if consent.reference != self.reference {
            return Err(refuse(
                "the consent in force has another reference; `hkepp consent list` shows it",
            ));
        }
        let consent = Consent {
            revoked: Some(context.now),
            ..consent.clone()
        };
        let mut decision = replace(&facts, &consent, context)?;
        let told = ("Consent revoked", "registry");
        match &facts.domain {
            Some(found) => hold(found, &consent, told, context, &mut decision)?,
            // Whoever registers it meanwhile does so without the consent.
            None => decision
                .asserts
                .push(Assert::Absent(claim(self.name, context))),
        }
        Ok(decision)
    }
}

/// Lets a consent lapse that has come to its end; does nothing where none has.
#[derive(Debug)]
pub struct Lapse<'a> {
    name: &'a DomainName,
    authority: Authority,
}

impl<'a> Lapse<'a> {
    /// Names the consent.
    pub fn new(name: &'a DomainName, authority: Authority) -> Self {
        Self { name, authority }
    }
}

impl Flow for Lapse<'_> {
    const REFUSALS: &'static [Code] = &[];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        load(self.name, self.authority, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let mut decision = Decision::default();
        let Some((consent, version)) = &facts.consent else {
            return Ok(decision);
        };
        if consent.is_in_force(context.now) || consent.revoked.is_some() {
            return Ok(decision);
        }
        let row = key(self.name, self.authority, context.policy);
        decision.asserts.push(Assert::Version(row, *version));
        decision.writes.extend(due(consent).map(Write::Delete));
        if let Some(found) = &facts.domain {
            let told = ("Consent expired", "server");
            hold(found, consent, told, context, &mut decision)?;
        }
        Ok(decision)
    }
}

/// Returns the key under which a consent ends by itself.
fn due(consent: &Consent) -> Option<Key> {
    let object = Due::Consent(consent.name.clone(), consent.authority);
    let end = consent.expires.filter(|_| consent.revoked.is_none());
    end.map(|at| keys::due(at, &object))
}

/// Puts a consent in the place of what there was.
fn replace(
    facts: &Facts,
    consent: &Consent,
    context: &Context<'_>,
) -> Result<Decision, RecordError> {
    let key = key(&consent.name, consent.authority, context.policy);
    let mut decision = Decision::default();
    match &facts.consent {
        Some((before, version)) => {
            decision
                .asserts
                .push(Assert::Version(key.clone(), *version));
            decision.writes.extend(due(before).map(Write::Delete));
        }
        None => decision.asserts.push(Assert::Absent(key.clone())),
    }
    let row = record::encode(consent)?;
    decision.writes.push(Write::Put(key, row));
    let due = due(consent).map(|key| Write::Put(key, Vec::new()));
    decision.writes.extend(due);
    Ok(decision)
}

/// Holds a domain whose consent has ended, once.
fn hold(
    (before, version): &(Snapshot, u64),
    consent: &Consent,
    told: (&str, &str),
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let key = keys::domain(&before.domain.name);
    decision.asserts.push(Assert::Version(key, *version));
    let case = consent.case();
    let mut locks = before.domain.locks.iter();
    if locks.any(|lock| lock.case.as_ref() == Some(&case)) {
        return Ok(());
    }
    let mut after = before.clone();
    after.domain.locks.push(Lock {
        kind: LockKind::Hold,
        case: Some(case),
        suspends: true,
        since: context.now,
        window: None,
    });
    change(before, &after, consent, told, context, decision)
}

/// Adds the new state of a domain and what its sponsor is told: why, and by whom.
fn change(
    before: &Snapshot,
    after: &Snapshot,
    consent: &Consent,
    (reason, who): (&str, &str),
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let cause = Cause {
        operation: Operation::new(OperationKind::Update),
        date: context.now,
        who,
        case: Some(Case {
            kind: CaseKind::Custom,
            name: Some("consent".to_owned()),
            id: consent.case(),
        }),
        reason: Some(reason),
    };
    let state = save(Some(&before.domain), Some(&after.domain), context)?;
    decision.writes.extend(state);
    decision
        .writes
        .extend(tell_change(None, Some(after), &cause, context)?);
    Ok(())
}

fn refuse(reason: &'static str) -> Refusal {
    Refusal::new(Why::Use(reason), Namespace::Epp, "command", "")
}
