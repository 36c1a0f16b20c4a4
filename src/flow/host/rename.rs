//! A new name of a host (RFC 5732 section 3.2.5).
//!
//! Domains refer to a host by its identity, so they follow it. Below one of our zones the new name makes it
//! subordinate: to a domain that exists and is the caller's. A host outside them that domains of other registrars
//! are delegated to keeps its name, because these registrars chose that name and not the host.

use super::found::Found;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Refusal, domain};
use crate::model::{Domain, DomainName, Host};
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, Write, keys, record};

/// The new name.
#[derive(Debug)]
pub(super) struct Rename<'a> {
    text: &'a str,
    name: DomainName,
}

/// What the new name meets.
#[derive(Debug)]
pub(super) struct Target {
    /// Whether a host has the name.
    taken: bool,
    /// The domain the host would be subordinate to, with the version that was read.
    superordinate: Option<(Domain, u64)>,
    /// The caller's own domains delegated to the host.
    own_links: i64,
}

impl<'a> Rename<'a> {
    /// Parses the new name.
    ///
    /// # Errors
    /// 2005 when it is no name.
    pub(super) fn new(text: &'a str) -> Result<Self, Refusal> {
        let name = super::host_name(text)?;
        Ok(Self { text, name })
    }

    /// Reads what the new name meets.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn load<S: Store>(
        &self,
        found: &Found,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Target, store::Error> {
        let superordinate = match context.policy.superordinate(&self.name) {
            Some(name) => domain::load(&name, context, store).await?,
            None => None,
        };
        let own_links = keys::host_links_of(found.host.id, context.registrar);
        Ok(Target {
            taken: store.contains(&keys::host_name(&self.name)).await?,
            superordinate,
            own_links: store.counter(&own_links).await?,
        })
    }

    /// Judges whether the caller may give the name to a host.
    ///
    /// # Errors
    /// 2303 when its superordinate domain does not exist, 2201 when that is another registrar's.
    pub(super) fn permit(&self, target: &Target, context: &Context<'_>) -> Result<(), Refusal> {
        let internal = context.policy.zone_of(&self.name).is_some();
        match &target.superordinate {
            None if internal => Err(self.refuse(Why::NoSuperordinate)),
            Some((domain, _)) if domain.sponsor != *context.registrar => {
                Err(self.refuse(Why::NotSponsor))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Gives a host the name.
    ///
    /// # Errors
    /// 2304 below a deleted domain, 2302 when it is taken, 2305 when other registrars need the old one.
    pub(super) fn apply(
        &self,
        target: &Target,
        found: &Found,
        host: &mut Host,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let domain = target.superordinate.as_ref().map(|(domain, _)| domain);
        if domain.is_some_and(|domain| domain.deletion.is_some()) {
            return Err(self.refuse(super::DELETED_DOMAIN));
        }
        if domain.is_some_and(Domain::is_applied_for) {
            return Err(self.refuse(super::APPLICATION));
        }
        if target.taken {
            return Err(self.refuse(Why::Exists));
        }
        if found.host.superordinate.is_none() && found.links != target.own_links {
            let why = "domains of other registrars are delegated to the host";
            return Err(self.refuse(Why::Association(why)));
        }
        host.name = self.name.clone();
        host.superordinate = domain.map(|domain| domain.name.clone());
        // From now on another domain's transfers count, or none's; those until now stay.
        host.transferred = found.transferred();
        host.sponsor = context.registrar.clone();
        Ok(())
    }

    fn refuse(&self, why: Why) -> Refusal {
        super::blame(why, self.text)
    }
}

/// Moves the keys that lead to a host from its old name to its new one.
pub(super) fn move_keys(
    target: &Target,
    found: &Found,
    host: &Host,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let (id, old) = (host.id, &found.host);
    let Decision {
        asserts, writes, ..
    } = decision;
    asserts.push(Assert::Absent(keys::host_name(&host.name)));
    if let Some((domain, version)) = &target.superordinate {
        asserts.push(Assert::Version(keys::domain(&domain.name), *version));
    }
    if old.superordinate.is_none() {
        let own = keys::host_links_of(id, context.registrar);
        asserts.push(Assert::CounterEquals(keys::host_links(id), found.links));
        asserts.push(Assert::CounterEquals(own, target.own_links));
    }
    writes.push(Write::Delete(keys::host_name(&old.name)));
    writes.push(Write::Put(
        keys::host_name(&host.name),
        record::encode(&id)?,
    ));
    if let Some(domain) = &old.superordinate {
        let key = keys::subordinates(domain).and(old.name.as_str());
        writes.push(Write::Delete(key));
        writes.push(Write::Add(keys::subordinate_count(domain), -1));
    }
    if let Some(domain) = &host.superordinate {
        let key = keys::subordinates(domain).and(host.name.as_str());
        writes.push(Write::Put(key, record::encode(&id)?));
        writes.push(Write::Add(keys::subordinate_count(domain), 1));
    }
    Ok(())
}
