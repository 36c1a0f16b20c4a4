//! Commands about contacts and hosts (RFC 5733, RFC 5732).

use std::collections::BTreeSet;

use hkepp::fuzzing::step::{
    ADDRESSES, CONTACT_STATUSES, CONTACTS, Command, HOST_STATUSES, HOSTS, HostPart, REGISTRARS,
};

use crate::domain::superordinate;
use crate::registry::{
    Contact, Domain, Host, Model, Outcome, amend_statuses, date, history, names_a_server_status,
};

impl Model {
    pub fn info_contact(&self, caller: usize, id: usize, given: Option<usize>) -> Outcome {
        let contact = self.contacts.get(&id).ok_or(2303_u16)?;
        match given {
            Some(given) if !self.matches(&contact.secret, given) => return Err(2202),
            None if contact.sponsor != caller => return Err(2201),
            Some(_) | None => {}
        }
        let email = if contact.second_email { "b" } else { "a" };
        let mut lines = vec![
            format!("contact:id={}", CONTACTS[id]),
            "contact:postalInfo type=\"int\"=".to_owned(),
            "contact:name=Jan de Vries".to_owned(),
            "contact:city=Delft".to_owned(),
            "contact:cc=NL".to_owned(),
            format!("contact:email={email}@mail.test"),
            format!("contact:clID={}", REGISTRARS[contact.sponsor]),
        ];
        let begun = (contact.creator, contact.created);
        let transferred = contact.transferred;
        lines.extend(history("contact", begun, contact.updated, transferred));
        let linked = self.contact_links(id);
        lines.extend(shown(
            "contact",
            &CONTACT_STATUSES,
            &contact.statuses,
            linked,
            contact.pending().is_some(),
        ));
        if contact.sponsor == caller && self.is_set(&contact.secret) {
            lines.push("contact:pw=".to_owned());
        }
        Ok((1000, lines))
    }

    pub fn create_contact(&mut self, caller: usize, id: usize, secret: usize) -> Outcome {
        if self.contacts.contains_key(&id) {
            return Err(2302);
        }
        let contact = Contact {
            sponsor: caller,
            creator: caller,
            created: self.now,
            updated: None,
            statuses: BTreeSet::new(),
            transferred: None,
            second_email: false,
            secret: self.secret(secret)?,
            transfer: None,
        };
        self.contacts.insert(id, contact);
        let lines = vec![
            format!("contact:id={}", CONTACTS[id]),
            format!("contact:crDate={}", date(self.now)),
        ];
        Ok((1000, lines))
    }

    fn own_contact(&self, caller: usize, id: usize) -> Result<Contact, u16> {
        let contact = self.contacts.get(&id).ok_or(2303_u16)?;
        if contact.sponsor != caller {
            return Err(2201);
        }
        Ok(contact.clone())
    }

    pub fn update_contact(&mut self, caller: usize, command: &Command) -> Outcome {
        let Command::UpdateContact {
            contact: id,
            add,
            remove,
            email,
            secret,
        } = command
        else {
            panic!("another command");
        };
        if add.is_empty() && remove.is_empty() && !email && secret.is_none() {
            return Err(2003);
        }
        if names_a_server_status(&CONTACT_STATUSES, [add, remove]) {
            return Err(2306);
        }
        let mut contact = self.own_contact(caller, *id)?;
        if contact.pending().is_some()
            || forbids_update(&CONTACT_STATUSES, &contact.statuses, remove)
        {
            return Err(2304);
        }
        contact.statuses = amend_statuses(&contact.statuses, remove, add)?;
        if let Some(secret) = secret {
            contact.secret = self.secret(*secret)?;
        }
        contact.second_email |= email;
        contact.updated = Some((caller, self.now));
        self.contacts.insert(*id, contact);
        Ok((1000, Vec::new()))
    }

    pub fn delete_contact(&mut self, caller: usize, id: usize) -> Outcome {
        let contact = self.own_contact(caller, id)?;
        let prohibited = has(
            &CONTACT_STATUSES,
            &contact.statuses,
            "clientDeleteProhibited",
        );
        if prohibited || contact.pending().is_some() {
            return Err(2304);
        }
        if self.contact_links(id) {
            return Err(2305);
        }
        self.contacts.remove(&id);
        Ok((1000, Vec::new()))
    }

    /// Returns the superordinate domain of a host.
    fn parent(&self, host: &Host) -> Option<&Domain> {
        superordinate(host.name).map(|domain| &self.domains[&domain])
    }

    fn host_sponsor(&self, host: &Host) -> usize {
        self.parent(host)
            .map_or(host.sponsor, |domain| domain.sponsor)
    }

    /// Returns when a host last changed hands: with its domain, while it was below it.
    fn host_transferred(&self, host: &Host) -> Option<chrono::DateTime<chrono::Utc>> {
        let with_domain = self.parent(host).and_then(|domain| domain.transferred);
        let with_domain = with_domain.filter(|at| *at > host.created);
        with_domain.max(host.transferred)
    }

    fn host_is_moving(&self, host: &Host) -> bool {
        self.parent(host)
            .is_some_and(|domain| domain.pending().is_some())
    }

    pub fn info_host(&self, name: usize) -> Outcome {
        let id = self.host_of(name).ok_or(2303_u16)?;
        let host = &self.hosts[&id];
        let mut lines = vec![
            format!("host:name={}", HOSTS[name]),
            format!("host:clID={}", REGISTRARS[self.host_sponsor(host)]),
        ];
        for address in &host.addresses {
            let (family, text) = ADDRESSES[*address];
            lines.push(format!("host:addr ip=\"{family}\"={text}"));
        }
        let transferred = self.host_transferred(host);
        let begun = (host.creator, host.created);
        lines.extend(history("host", begun, host.updated, transferred));
        let linked = self.host_links(id) > 0;
        let moving = self.host_is_moving(host);
        lines.extend(shown(
            "host",
            &HOST_STATUSES,
            &host.statuses,
            linked,
            moving,
        ));
        Ok((1000, lines))
    }

    pub fn create_host(&mut self, caller: usize, name: usize, addresses: &[usize]) -> Outcome {
        let parent = self.permit_parent(caller, name)?;
        if parent.is_some_and(|domain| domain.stage.is_some()) {
            return Err(2304);
        }
        if self.host_of(name).is_some() {
            return Err(2302);
        }
        if superordinate(name).is_none() && !addresses.is_empty() {
            return Err(2306);
        }
        let host = Host {
            name,
            sponsor: caller,
            creator: caller,
            created: self.now,
            updated: None,
            transferred: None,
            addresses: addresses.iter().copied().collect(),
            statuses: BTreeSet::new(),
        };
        self.hosts.insert(self.next_host, host);
        self.next_host += 1;
        let lines = vec![
            format!("host:name={}", HOSTS[name]),
            format!("host:crDate={}", date(self.now)),
        ];
        Ok((1000, lines))
    }

    /// Returns the domain a name is below, which exists and is the caller's.
    fn permit_parent(&self, caller: usize, name: usize) -> Result<Option<&Domain>, u16> {
        let Some(domain) = superordinate(name) else {
            return Ok(None);
        };
        let domain = self.domains.get(&domain).ok_or(2303_u16)?;
        if domain.sponsor != caller {
            return Err(2201);
        }
        Ok(Some(domain))
    }

    pub fn update_host(
        &mut self,
        caller: usize,
        name: usize,
        add: &HostPart,
        remove: &HostPart,
        rename: Option<usize>,
    ) -> Outcome {
        if [add, remove]
            .into_iter()
            .all(|part| *part == HostPart::default())
            && rename.is_none()
        {
            return Err(2003);
        }
        if names_a_server_status(&HOST_STATUSES, [&add.statuses, &remove.statuses]) {
            return Err(2306);
        }
        let id = self.host_of(name).ok_or(2303_u16)?;
        let mut host = self.hosts[&id].clone();
        if self.host_sponsor(&host) != caller {
            return Err(2201);
        }
        let target = match rename {
            Some(new) => self.permit_parent(caller, new)?,
            None => None,
        };
        if self.host_is_moving(&host)
            || forbids_update(&HOST_STATUSES, &host.statuses, &remove.statuses)
        {
            return Err(2304);
        }
        if let Some(new) = rename {
            if target.is_some_and(|domain| domain.stage.is_some()) {
                return Err(2304);
            }
            if self.host_of(new).is_some() {
                return Err(2302);
            }
            let of_others = self
                .domains
                .values()
                .any(|domain| domain.hosts.contains(&id) && domain.sponsor != caller);
            if superordinate(name).is_none() && of_others {
                return Err(2305);
            }
            host.transferred = self.host_transferred(&host);
            host.sponsor = caller;
            host.name = new;
        }
        host.statuses = amend_statuses(&host.statuses, &remove.statuses, &add.statuses)?;
        host.addresses = amend_statuses(&host.addresses, &remove.addresses, &add.addresses)?;
        let internal = superordinate(host.name).is_some();
        if !internal && !host.addresses.is_empty() {
            return Err(2306);
        }
        if internal && host.addresses.is_empty() && self.host_links(id) > 0 {
            return Err(2305);
        }
        host.updated = Some((caller, self.now));
        self.hosts.insert(id, host);
        Ok((1000, Vec::new()))
    }

    pub fn delete_host(&mut self, caller: usize, name: usize) -> Outcome {
        let id = self.host_of(name).ok_or(2303_u16)?;
        let host = &self.hosts[&id];
        if self.host_sponsor(host) != caller {
            return Err(2201);
        }
        let prohibited = has(&HOST_STATUSES, &host.statuses, "clientDeleteProhibited");
        if prohibited || self.host_is_moving(host) {
            return Err(2304);
        }
        if self.host_links(id) > 0 {
            return Err(2305);
        }
        self.hosts.remove(&id);
        Ok((1000, Vec::new()))
    }
}

pub fn has(names: &[&str], statuses: &BTreeSet<usize>, name: &str) -> bool {
    statuses.iter().any(|status| names[*status] == name)
}

/// Says whether clientUpdateProhibited stands in the way; not in that of its own end.
fn forbids_update(names: &[&str], statuses: &BTreeSet<usize>, remove: &[usize]) -> bool {
    let lifts = remove
        .iter()
        .any(|status| names[*status] == "clientUpdateProhibited");
    has(names, statuses, "clientUpdateProhibited") && !lifts
}

/// Returns the lines of statuses; linked may stand with ok.
fn shown(
    object: &str,
    names: &[&'static str],
    statuses: &BTreeSet<usize>,
    linked: bool,
    moving: bool,
) -> Vec<String> {
    let mut shown: Vec<&str> = statuses.iter().map(|status| names[*status]).collect();
    if moving {
        shown.push("pendingTransfer");
    }
    if shown.is_empty() {
        shown.push("ok");
    }
    if linked {
        shown.push("linked");
    }
    let shown = shown.iter();
    shown
        .map(|status| format!("{object}:status s=\"{status}\"="))
        .collect()
}
