//! Which name servers a zone can name for a domain.

use chrono::{DateTime, Utc};

use crate::lifecycle::domain::{is_published, project};
use crate::model::host::HostId;
use crate::model::{Domain, DomainName, Host, HostAddress};
use crate::policy::Policy;
use crate::store::{self, Store, keys, read};

/// How many domains are looked at to find whether one of them is delegated; so many in a row, each served by the
/// hosts of the next alone, lead in a circle, and a circle with glue can be resolved.
const FARTHEST: usize = 64;

/// A zone at a moment.
#[derive(Debug)]
pub(super) struct Delegations<'a, S> {
    pub(super) store: &'a S,
    pub(super) policy: &'a Policy,
    pub(super) now: DateTime<Utc>,
    /// Name of the zone in A-form.
    pub(super) zone: &'a str,
}

/// A server the zone names for a domain.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: DomainName,
    /// Of a host in the zone: which, the version that was read, and its addresses.
    pub(super) glue: Option<(HostId, u64, Vec<HostAddress>)>,
}

/// Where the address of a name server comes from.
enum Footing {
    /// Not from this zone.
    Elsewhere,
    /// From the glue of the domain it serves.
    Own,
    /// From the glue of this domain, if the zone delegates it.
    Of(DomainName),
    /// From nowhere: it lies in the zone and has no address there.
    None,
}

/// Says whether `host` is `name` or lies below it.
fn is_at_or_below(host: &DomainName, name: &DomainName) -> bool {
    host == name || host.is_below(name.as_str())
}

impl<S: Store> Delegations<'_, S> {
    /// Returns the servers the zone names for a published domain; none where it cannot be delegated.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn servers(&self, domain: &Domain) -> Result<Vec<Named>, store::Error> {
        let mut servers = Vec::new();
        if self.is_parked(domain) {
            let parking = &self.policy.profile().name_servers.parking;
            servers.extend(parking.iter().map(|server| Named {
                name: server.name.clone(),
                glue: None,
            }));
        }
        for (host, version) in self.hosts(domain).await? {
            let has_glue = match self.footing(&host, domain) {
                Footing::Elsewhere => false,
                Footing::Own => true,
                Footing::Of(name) => {
                    let superordinate = self.published(&name, &host).await?;
                    if !self.is_delegated(superordinate).await? {
                        continue;
                    }
                    true
                }
                Footing::None => continue,
            };
            servers.push(Named {
                glue: has_glue.then_some((host.id, version, host.addresses)),
                name: host.name,
            });
        }
        Ok(servers)
    }

    /// Says whether a published domain, if there is one, has a server the zone can name.
    async fn is_delegated(&self, domain: Option<Domain>) -> Result<bool, store::Error> {
        let mut waiting: Vec<Domain> = domain.into_iter().collect();
        let mut looked_at = 0;
        while let Some(domain) = waiting.pop() {
            looked_at += 1;
            if looked_at > FARTHEST || self.is_parked(&domain) {
                return Ok(true);
            }
            for (host, _) in self.hosts(&domain).await? {
                match self.footing(&host, &domain) {
                    Footing::Elsewhere | Footing::Own => return Ok(true),
                    Footing::Of(name) => waiting.extend(self.published(&name, &host).await?),
                    Footing::None => {}
                }
            }
        }
        Ok(false)
    }

    /// Returns the domain whose glue holds a host's address, if it is published under a name the host lies below.
    async fn published(
        &self,
        name: &DomainName,
        host: &Host,
    ) -> Result<Option<Domain>, store::Error> {
        let Some((stored, _)) = read::<Domain, S>(self.store, &keys::domain(name)).await? else {
            return Ok(None);
        };
        let domain = project(stored, self.now, self.policy.terms()).domain;
        Ok(domain.filter(|domain| is_published(domain) && is_below_form(host, domain)))
    }

    fn footing(&self, host: &Host, domain: &Domain) -> Footing {
        if !host.name.is_below(self.zone) {
            return Footing::Elsewhere;
        }
        match &host.superordinate {
            Some(name) if *name == domain.name && is_below_form(host, domain) => Footing::Own,
            Some(name) if *name != domain.name => Footing::Of(name.clone()),
            Some(_) | None => Footing::None,
        }
    }

    /// Says whether the registry's own servers answer for a domain.
    fn is_parked(&self, domain: &Domain) -> bool {
        let parking = &self.policy.profile().name_servers.parking;
        domain.parked && domain.name_servers.is_empty() && !parking.is_empty()
    }

    async fn hosts(&self, domain: &Domain) -> Result<Vec<(Host, u64)>, store::Error> {
        let mut hosts = Vec::with_capacity(domain.name_servers.len());
        for id in &domain.name_servers {
            hosts.extend(read(self.store, &keys::host(*id)).await?);
        }
        Ok(hosts)
    }
}

/// Says whether a host has an address below one of a domain's forms.
fn is_below_form(host: &Host, domain: &Domain) -> bool {
    let is_below = |form: &&DomainName| is_at_or_below(&host.name, form);
    !host.addresses.is_empty() && domain.forms().iter().any(is_below)
}
