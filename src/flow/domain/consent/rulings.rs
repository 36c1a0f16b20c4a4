//! What grants and ends consents, and holds a name whose registrant's has ended (hk:R6.6a).
//!
//! No command of a client: operator verbs grant and revoke, the clock lets lapse. A name whose consent has ended stays
//! registered under a hold whose case names the consent; the next consent of that authority to its registrant lifts it. A
//! consent of somebody else neither holds it nor lifts the hold.

use chrono::{DateTime, Utc};

use super::{Registrant, is_hold, key};
use crate::base::code::Code;
use crate::flow::domain::{blame, claim, find, save, snapshot};
use crate::flow::message::{Cause, tell_change};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::change::{Case, CaseKind, Operation, OperationKind};
use crate::model::consent::{Authority, is_reference};
use crate::model::lock::LockKind;
use crate::model::message::Snapshot;
use crate::model::{Consent, ContactId, DomainName, Lock};
use crate::protocol::Namespace;
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// A consent and the domain it is for, as they are.
#[derive(Debug)]
pub struct Facts {
    consent: Option<(Consent, u64)>,
    domain: Option<(Snapshot, u64)>,
    /// The domain's registrant.
    registrant: Option<Registrant>,
}

impl Facts {
    /// Says whether a consent is the present registrant's, or will be.
    fn are_of(&self, consent: &Consent) -> bool {
        let registrant = self.registrant.as_ref();
        registrant.is_none_or(|registrant| consent.is_for(&registrant.roid))
    }

    /// Returns what must hold as long as one relies on who has the name.
    fn assert(&self, name: &DomainName, context: &Context<'_>) -> Assert {
        match &self.domain {
            Some((found, version)) => Assert::Version(keys::domain(&found.domain.name), *version),
            None => Assert::Absent(claim(name, context)),
        }
    }
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
    let registrant = domain
        .as_ref()
        .and_then(|(found, _)| found.domain.registrant.as_ref());
    Ok(Facts {
        consent: read(store, &key(name, authority, context.policy)).await?,
        registrant: match registrant {
            Some(id) => Registrant::load(id, store).await?,
            None => None,
        },
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
    /// Whom it is for; `None` is the registrant of the name, or who registers it first.
    pub registrant: Option<&'a ContactId>,
}

impl Flow for Grant<'_> {
    const REFUSALS: &'static [Code] = &[Code::Use];

    /// What there is, and whom the consent is for when that is somebody else than the registrant.
    type Facts = (Facts, Option<Registrant>);

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let named = match self.registrant {
            Some(id) => Registrant::load(id, store).await?,
            None => None,
        };
        let facts = load(self.name, self.authority, context, store).await?;
        Ok((facts, named))
    }

    fn decide(
        &self,
        context: &Context<'_>,
        (facts, named): Self::Facts,
    ) -> Result<Decision, Refusal> {
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
        if self.registrant.is_some() && named.is_none() {
            return Err(refuse(
                "there is no such registrant; `--registrant` takes the handle of a contact",
            ));
        }
        // Who has applied for the name has not got it: the approval makes the consent theirs.
        let registered = facts.domain.as_ref();
        let registered = registered.filter(|(found, _)| !found.domain.is_applied_for());
        let present = registered.and(facts.registrant.as_ref());
        let holder = named.as_ref().or(present);
        let consent = Consent {
            name: context.policy.canonical(self.name),
            authority: self.authority,
            reference: self.reference.to_owned(),
            granted: context.now,
            expires: self.expires,
            revoked: None,
            holder: holder.map(|holder| holder.roid.clone()),
        };
        let mut decision = replace(&facts, &consent, context)?;
        decision.asserts.push(facts.assert(self.name, context));
        decision.asserts.extend(holder.map(Registrant::assert));
        let lifted = |lock: &Lock| is_hold(lock, self.authority);
        if let Some((before, _)) = &facts.domain
            && facts.are_of(&consent)
            && before.domain.locks.iter().any(lifted)
        {
            let mut after = before.clone();
            after.domain.locks.retain(|lock| !lifted(lock));
            let told = ("Consent granted", "registry");
            change(before, &after, &consent, told, context, &mut decision)?;
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
            return Err(blame(Why::DoesNotExist, self.name.as_str()));
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
        // Whoever gets the name meanwhile does so without the consent.
        decision.asserts.push(facts.assert(self.name, context));
        let told = ("Consent revoked", "registry");
        hold(&facts, &consent, told, context, &mut decision)?;
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
        // A name that time has ended may still be stored, which is no reason not to let its consent lapse.
        if facts.domain.is_some() {
            decision.asserts.push(facts.assert(self.name, context));
        }
        let told = ("Consent expired", "server");
        hold(&facts, consent, told, context, &mut decision)?;
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

/// Holds a domain whose registrant's consent has ended, once; somebody else's is none of its affair.
fn hold(
    facts: &Facts,
    consent: &Consent,
    told: (&str, &str),
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let Some((before, _)) = facts.domain.as_ref().filter(|_| facts.are_of(consent)) else {
        return Ok(());
    };
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
