//! A zone as a master file (RFC 1035 section 5), made page by page, so that its length costs no memory.
//!
//! The file begins with the start of authority and the registry's own name servers; then comes each published domain
//! ([`is_published`]) in the order of names, with everything that stands or falls with it:
//!
//! - NS records of every form in use. A server whose own name lies in the zone is named only if it has an address and
//!   the domain above it is in the zone; a domain left with no server is left out.
//! - DS records of every form, none while the registry's own servers answer for it. A record that came with its key is
//!   made anew for each form, because the digest covers the owner's name; one without is the registered name's alone.
//! - Glue: the address of a server in the zone stands where the file first names the server, so there is none that
//!   nobody uses, and none whose own domain the file does not delegate.
//!
//! Pages show successive moments, so that commands need not wait for the end of a file. What a line says was true when
//! its page was made, and a server is never named without the address it had at that moment. Only where an older name
//! moves meanwhile to servers of a new one can the file hold their address and not yet the new name.

mod delegation;
mod write;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use self::delegation::{Delegations, Named};
use crate::lifecycle::domain::{is_published, project};
use crate::model::Domain;
use crate::model::host::HostId;
use crate::policy::Policy;
use crate::store::{self, Key, Store, keys, record};

/// Domains read at once.
const PAGE: usize = 256;
/// Hosts whose addresses are known to stand in the file; beyond so many it begins anew to remember them, and the
/// addresses of a host may stand twice, which is the same as once (RFC 2181 section 5).
const REMEMBERED: usize = 1 << 16;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Zone in A-form, without a dot at its end.
    pub zone: String,
    /// Serial: the registry's time in seconds since 1970, modulo 2^32.
    pub serial: u32,
    /// Registered domains delegated.
    pub domains: u64,
    /// Names delegated: the domains and the other forms of their names.
    pub delegations: u64,
    /// NS records of these names.
    pub name_servers: u64,
    /// DS records.
    pub ds: u64,
    /// Address records of hosts.
    pub glue: u64,
    /// Published domains left out, because none of their servers has an address in the zone.
    pub unreachable: u64,
}

/// A zone being written.
#[derive(Debug)]
pub struct Export<'a, S> {
    delegations: Delegations<'a, S>,
    place: Place,
    /// Hosts whose addresses stand in the file, with the version they had.
    written: HashSet<(HostId, u64)>,
    summary: Summary,
}

/// How far it is.
#[derive(Debug)]
enum Place {
    Head,
    After(Option<Key>),
    End,
}

/// Returns the zones that are published in a file of their own: those no other zone contains.
pub fn names(policy: &Policy) -> Vec<&str> {
    let zones = &policy.profile().zones;
    let contained = |name: &str| {
        let mut others = zones.iter().map(|zone| zone.name.as_str());
        others.any(|other| {
            name.strip_suffix(other)
                .is_some_and(|labels| labels.ends_with('.'))
        })
    };
    let names = zones.iter().map(|zone| zone.name.as_str());
    names.filter(|name| !contained(name)).collect()
}

impl<'a, S: Store> Export<'a, S> {
    /// Begins the file of a zone as it is at `now`; `None` for a zone that has no file of its own.
    pub fn new(zone: &str, policy: &'a Policy, store: &'a S, now: DateTime<Utc>) -> Option<Self> {
        let zone = names(policy).into_iter().find(|name| *name == zone)?;
        let summary = Summary {
            zone: zone.to_owned(),
            // Serials are compared modulo 2^32 (RFC 1982).
            serial: now.timestamp() as u32,
            ..Summary::default()
        };
        Some(Self {
            delegations: Delegations {
                store,
                policy,
                now,
                zone,
            },
            place: Place::Head,
            written: HashSet::new(),
            summary,
        })
    }

    /// Returns the next lines, perhaps none; `None` after the last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next(&mut self) -> Result<Option<String>, store::Error> {
        let after = match &self.place {
            Place::Head => {
                self.place = Place::After(None);
                let Delegations { zone, policy, .. } = self.delegations;
                return Ok(Some(write::head(
                    zone,
                    self.summary.serial,
                    policy.profile(),
                )));
            }
            Place::After(after) => after.clone(),
            Place::End => return Ok(None),
        };
        let prefix = Key::prefix(keys::DOMAIN);
        let store = self.delegations.store;
        let page = store.scan(&prefix, after.as_ref(), PAGE).await?;
        let mut lines = String::new();
        for (_, stored) in &page {
            let domain: Domain = record::decode(&stored.value)?;
            if domain.name.is_below(self.delegations.zone) {
                self.add(domain, &mut lines).await?;
            }
        }
        let Some((last, _)) = page.into_iter().last() else {
            self.place = Place::End;
            return Ok(None);
        };
        self.place = Place::After(Some(last));
        Ok(Some(lines))
    }

    /// Returns what the lines hold so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Adds a domain, if it is published.
    async fn add(&mut self, stored: Domain, lines: &mut String) -> Result<(), store::Error> {
        let Delegations { policy, now, .. } = self.delegations;
        // What came since waits for the next file, because what it rests on may belong to a page before this one.
        if stored.created > now {
            return Ok(());
        }
        let domain = project(stored, now, policy.terms()).domain;
        let Some(domain) = domain.filter(is_published) else {
            return Ok(());
        };
        let is_served = !domain.name_servers.is_empty() || domain.parked;
        let servers = self.delegations.servers(&domain).await?;
        if servers.is_empty() {
            self.summary.unreachable += u64::from(is_served);
            return Ok(());
        }
        self.summary.domains += 1;
        let forms = domain.forms();
        for form in &forms {
            self.summary.delegations += 1;
            for server in &servers {
                self.summary.name_servers += 1;
                write::name_server(lines, form.as_str(), &server.name);
            }
            // The registry's own servers do not sign.
            if !domain.name_servers.is_empty() {
                self.summary.ds += write::signers(lines, &domain, form);
            }
        }
        self.add_glue(servers, lines);
        Ok(())
    }

    /// Adds the addresses of servers in the zone that the file has not named before.
    fn add_glue(&mut self, servers: Vec<Named>, lines: &mut String) {
        let profile = self.delegations.policy.profile();
        for Named { name, glue } in servers {
            let Some((id, version, addresses)) = glue else {
                continue;
            };
            // The head has the addresses of the registry's own servers already.
            if write::own_servers(profile).any(|own| own.name == name) {
                continue;
            }
            if self.written.len() >= REMEMBERED {
                self.written.clear();
            }
            if self.written.insert((id, version)) {
                let addresses = addresses.iter().map(|address| address.0);
                self.summary.glue += write::addresses(lines, &name, addresses);
            }
        }
    }
}

#[cfg(test)]
mod tests;
