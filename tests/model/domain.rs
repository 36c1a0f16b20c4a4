//! Commands about domains (RFC 5731, 3915, 5910, 9154).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hkepp::fuzzing::step::{
    CONTACTS, Command, DOMAIN_STATUSES, DOMAINS, DomainUpdate, FILTERS, HOSTS, OPERATIONS,
    REGISTRARS,
};

use crate::registry::{
    Domain, Grace, Model, Outcome, Stage, Transfer, amend, amend_statuses, date, history, key_tag,
    names_a_server_status, period, role,
};

impl Model {
    pub fn info_domain(
        &self,
        caller: usize,
        name: usize,
        given: Option<usize>,
        filter: usize,
    ) -> Outcome {
        let domain = self.domains.get(&name).ok_or(2303_u16)?;
        if given.is_some_and(|given| !self.matches(&domain.secret, given)) {
            return Err(2202);
        }
        let own = domain.sponsor == caller;
        let mut lines = vec![
            format!("domain:name={}", DOMAINS[name]),
            format!("domain:clID={}", REGISTRARS[domain.sponsor]),
            format!("domain:exDate={}", date(domain.expires)),
        ];
        let statuses = domain.shown_statuses().into_iter();
        lines.extend(statuses.map(|status| format!("domain:status s=\"{status}\"=")));
        let filter = FILTERS[filter];
        if matches!(filter, "all" | "del") {
            let hosts = domain.hosts.iter().map(|id| HOSTS[self.hosts[id].name]);
            lines.extend(hosts.map(|host| format!("domain:hostObj={host}")));
        }
        if matches!(filter, "all" | "sub") {
            let hosts = self.hosts.values().map(|host| host.name);
            let below = hosts.filter(|host| superordinate(*host) == Some(name));
            lines.extend(below.map(|host| format!("domain:host={}", HOSTS[host])));
        }
        if own || given.is_some() {
            let begun = (domain.creator, domain.created);
            lines.extend(history("domain", begun, domain.updated, domain.transferred));
            lines.push(format!("domain:registrant={}", CONTACTS[domain.registrant]));
            let contacts = domain.contacts.iter().map(|(place, id)| {
                format!("domain:contact type=\"{}\"={}", role(*place), CONTACTS[*id])
            });
            lines.extend(contacts);
        } else {
            lines.push(format!("domain:crDate={}", date(domain.created)));
        }
        if own && self.is_set(&domain.secret) {
            lines.push("domain:pw=".to_owned());
        }
        for signer in &domain.signers {
            lines.push(format!("secDNS:keyTag={}", key_tag(*signer)));
            lines.push("secDNS:alg=13".to_owned());
            lines.push("secDNS:digestType=2".to_owned());
            let digest = "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE2E7D5A1B0C1A3F5B0E6D7C8A";
            lines.push(format!("secDNS:digest={digest}"));
        }
        let rgp = match domain.stage {
            Some((Stage::Redemption, _)) => vec!["redemptionPeriod"],
            Some((Stage::Restore, _)) => vec!["pendingRestore"],
            Some((Stage::PendingDelete, _)) => vec!["pendingDelete"],
            None => domain
                .graces
                .iter()
                .filter(|grace| self.now < grace.until)
                .map(|grace| grace.name)
                .collect(),
        };
        lines.extend(rgp.iter().map(|s| format!("rgp:rgpStatus s=\"{s}\"=")));
        Ok((1000, lines))
    }

    pub fn create_domain(&mut self, caller: usize, command: &Command) -> Outcome {
        let Command::CreateDomain {
            domain: name,
            years,
            hosts,
            registrant,
            contacts,
            signers,
            secret,
        } = command
        else {
            panic!("another command");
        };
        if self.domains.contains_key(name) {
            return Err(2302);
        }
        let years = years.unwrap_or(1);
        if years > 10 {
            return Err(2306);
        }
        let registrant = registrant.ok_or(2003_u16)?;
        let others = contacts.iter().map(|(_, id)| id);
        if !others
            .chain([&registrant])
            .all(|id| self.contacts.contains_key(id))
        {
            return Err(2303);
        }
        let hosts = self.delegable(hosts)?;
        let secret = self.secret(*secret)?;
        let expires = period(years).after(self.now);
        let domain = Domain {
            sponsor: caller,
            creator: caller,
            created: self.now,
            updated: None,
            expires,
            transferred: None,
            hosts,
            registrant,
            contacts: contacts.clone(),
            statuses: BTreeSet::new(),
            signers: signers.clone(),
            secret,
            graces: vec![Grace {
                name: "addPeriod",
                until: self.now + TimeDelta::days(5),
                years,
            }],
            transfer: None,
            stage: None,
        };
        self.domains.insert(*name, domain);
        let lines = vec![
            format!("domain:name={}", DOMAINS[*name]),
            format!("domain:crDate={}", date(self.now)),
            format!("domain:exDate={}", date(expires)),
        ];
        Ok((1000, lines))
    }

    /// Returns hosts that exist and that domains may be delegated to.
    fn delegable(&self, names: &[usize]) -> Result<Vec<u32>, u16> {
        let ids = self.existing(names)?;
        let glueless = |id: &u32| {
            let host = &self.hosts[id];
            superordinate(host.name).is_some() && host.addresses.is_empty()
        };
        if ids.iter().any(glueless) {
            return Err(2306);
        }
        Ok(ids)
    }

    fn existing(&self, names: &[usize]) -> Result<Vec<u32>, u16> {
        let ids = names.iter().map(|name| self.host_of(*name).ok_or(2303));
        ids.collect()
    }

    /// Returns a domain that exists and is the caller's.
    fn own_domain(&self, caller: usize, name: usize) -> Result<Domain, u16> {
        let domain = self.domains.get(&name).ok_or(2303_u16)?;
        if domain.sponsor != caller {
            return Err(2201);
        }
        Ok(domain.clone())
    }

    pub fn update_domain(&mut self, caller: usize, update: &DomainUpdate) -> Outcome {
        let DomainUpdate {
            domain: name,
            add,
            remove,
            registrant,
            secret,
            remove_signers,
            remove_all,
            add_signers,
        } = update;
        let signs = *remove_all || !remove_signers.is_empty() || !add_signers.is_empty();
        let asks = !add.is_empty() || !remove.is_empty();
        if !asks && !signs && registrant.is_none() && secret.is_none() {
            return Err(2003);
        }
        let statuses: [&[usize]; 2] = [&add.statuses, &remove.statuses];
        let both = add.hosts.iter().any(|host| remove.hosts.contains(host))
            || add
                .contacts
                .iter()
                .any(|contact| remove.contacts.contains(contact))
            || add
                .statuses
                .iter()
                .any(|status| remove.statuses.contains(status));
        if names_a_server_status(&DOMAIN_STATUSES, statuses) || both {
            return Err(2306);
        }
        let mut domain = self.own_domain(caller, *name)?;
        let lifts = remove
            .statuses
            .iter()
            .any(|status| DOMAIN_STATUSES[*status] == "clientUpdateProhibited");
        if domain.is_any(&["pendingDelete", "pendingTransfer"])
            || (!lifts && domain.is_any(&["clientUpdateProhibited"]))
        {
            return Err(2304);
        }
        let named = add
            .contacts
            .iter()
            .chain(&remove.contacts)
            .map(|(_, id)| *id);
        let missing = |id: usize| !self.contacts.contains_key(&id);
        if named.chain(registrant.unwrap_or_default()).any(missing) {
            return Err(2303);
        }
        let (removed, added) = (self.existing(&remove.hosts)?, self.existing(&add.hosts)?);
        domain.hosts = amend(&domain.hosts, &removed, &added)?;
        self.delegable(&add.hosts)?;
        domain.contacts = amend(&domain.contacts, &remove.contacts, &add.contacts)?;
        domain.statuses = amend_statuses(&domain.statuses, &remove.statuses, &add.statuses)?;
        if let Some(secret) = secret {
            domain.secret = self.secret(*secret)?;
        }
        match registrant {
            // The profile wants a registrant: it can be replaced only.
            Some(None) => return Err(2306),
            Some(Some(id)) => domain.registrant = *id,
            None => {}
        }
        if *remove_all {
            domain.signers.clear();
        } else {
            domain.signers = amend(&domain.signers, remove_signers, &[])?;
        }
        domain.signers = amend(&domain.signers, &[], add_signers)?;
        domain.updated = Some((caller, self.now));
        self.domains.insert(*name, domain);
        Ok((1000, Vec::new()))
    }

    pub fn renew_domain(
        &mut self,
        caller: usize,
        name: usize,
        right: bool,
        years: Option<u8>,
    ) -> Outcome {
        let mut domain = self.own_domain(caller, name)?;
        if domain.is_any(&["clientRenewProhibited", "pendingDelete", "pendingTransfer"]) {
            return Err(2304);
        }
        if !right {
            return Err(2004);
        }
        let years = years.unwrap_or(1);
        self.extend(&domain, years)?;
        domain.expires = period(years).after(domain.expires);
        domain.updated = Some((caller, self.now));
        domain.graces.push(Grace {
            name: "renewPeriod",
            until: self.now + TimeDelta::days(5),
            years,
        });
        let lines = vec![
            format!("domain:name={}", DOMAINS[name]),
            format!("domain:exDate={}", date(domain.expires)),
        ];
        self.domains.insert(name, domain);
        Ok((1000, lines))
    }

    /// Judges a period by which a registration is extended.
    fn extend(&self, domain: &Domain, years: u8) -> Result<(), u16> {
        let longest = period(10).after(self.now);
        if years > 10 || period(years).after(domain.expires) > longest {
            return Err(2306);
        }
        Ok(())
    }

    pub fn delete_domain(&mut self, caller: usize, name: usize) -> Outcome {
        let mut domain = self.own_domain(caller, name)?;
        if domain.is_any(&["clientDeleteProhibited", "pendingDelete", "pendingTransfer"]) {
            return Err(2304);
        }
        if self
            .hosts
            .values()
            .any(|host| superordinate(host.name) == Some(name))
        {
            return Err(2305);
        }
        let mut graces = domain.graces.iter();
        if graces.any(|grace| grace.name == "addPeriod" && self.now < grace.until) {
            self.domains.remove(&name);
            return Ok((1000, Vec::new()));
        }
        domain.updated = Some((caller, self.now));
        domain.stage = Some((Stage::Redemption, self.now + TimeDelta::days(30)));
        self.domains.insert(name, domain);
        Ok((1001, Vec::new()))
    }

    pub fn restore_domain(&mut self, caller: usize, name: usize, report: Option<u8>) -> Outcome {
        if report.is_some_and(|statements| statements != 2) {
            return Err(2003);
        }
        let mut domain = self.own_domain(caller, name)?;
        let stage = domain.stage.map(|(stage, _)| stage);
        let mut lines = Vec::new();
        match (report, stage) {
            (None, Some(Stage::Redemption)) => {
                domain.stage = Some((Stage::Restore, self.now + TimeDelta::days(7)));
                lines.push("rgp:rgpStatus s=\"pendingRestore\"=".to_owned());
            }
            (Some(_), Some(Stage::Restore)) => domain.stage = None,
            _ => return Err(2304),
        }
        domain.updated = Some((caller, self.now));
        self.domains.insert(name, domain);
        Ok((1000, lines))
    }

    pub fn transfer_domain(&mut self, caller: usize, command: &Command) -> Outcome {
        let Command::TransferDomain {
            domain: name,
            operation,
            secret,
            years,
        } = command
        else {
            panic!("another command");
        };
        let mut domain = self.domains.get(name).ok_or(2303_u16)?.clone();
        let wrong = |given: &usize| !self.matches(&domain.secret, *given);
        match OPERATIONS[*operation] {
            "query" => {
                let party = domain.sponsor == caller
                    || domain.transfer.as_ref().is_some_and(|transfer| {
                        transfer.requester == caller || transfer.actor == caller
                    });
                match secret {
                    Some(given) if wrong(given) => return Err(2202),
                    None if !party => return Err(2201),
                    Some(_) | None => {}
                }
                domain.transfer.as_ref().ok_or(2301_u16)?;
                Ok((1000, domain.transfer_lines(*name)))
            }
            "request" => {
                if domain.sponsor == caller {
                    return Err(2106);
                }
                let given = secret.as_ref().ok_or(2003_u16)?;
                if wrong(given) {
                    return Err(2202);
                }
                if domain.pending().is_some() {
                    return Err(2300);
                }
                if domain.is_any(&["clientTransferProhibited", "pendingDelete"]) {
                    return Err(2304);
                }
                if let Some(years) = years {
                    self.extend(&domain, *years)?;
                }
                domain.transfer = Some(Transfer {
                    status: "pending",
                    requester: caller,
                    requested: self.now,
                    actor: domain.sponsor,
                    act_at: self.now + TimeDelta::days(5),
                    years: years.unwrap_or(1),
                });
                let lines = domain.transfer_lines(*name);
                self.tell(domain.sponsor, DOMAINS[*name], self.now, lines.clone());
                self.domains.insert(*name, domain);
                Ok((1001, lines))
            }
            end => {
                let pending = domain.pending().cloned();
                let may = match (end, &pending) {
                    ("cancel", Some(transfer)) => transfer.requester,
                    _ => domain.sponsor,
                };
                if may != caller {
                    return Err(2201);
                }
                let transfer = pending.ok_or(2301_u16)?;
                let loser = domain.sponsor;
                match end {
                    "approve" => domain.complete_transfer("clientApproved", caller, self.now),
                    "reject" => domain.end_transfer("clientRejected", caller, self.now),
                    _ => domain.end_transfer("clientCancelled", caller, self.now),
                }
                let lines = domain.transfer_lines(*name);
                self.tell(loser, DOMAINS[*name], self.now, lines.clone());
                self.tell(transfer.requester, DOMAINS[*name], self.now, lines.clone());
                self.domains.insert(*name, domain);
                Ok((1000, lines))
            }
        }
    }
}

/// Returns the domain a host is below, or whose name it has.
pub fn superordinate(host: usize) -> Option<usize> {
    DOMAINS
        .iter()
        .position(|domain| HOSTS[host].ends_with(domain))
}
