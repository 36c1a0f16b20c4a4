//! Transfers: of contacts whole (RFC 5733 section 3.2.4, RFC 9154), and what they do to domains (RFC 5731 section 3.2.4).

use chrono::{DateTime, TimeDelta, Utc};
use hkepp::fuzzing::step::{CONTACT_STATUSES, CONTACTS, DOMAINS, OPERATIONS, REGISTRARS};

use crate::objects::has;
use crate::registry::{Contact, Domain, Grace, Model, Outcome, Transfer, date, period};

impl Transfer {
    pub fn pends(&self) -> bool {
        self.status == "pending"
    }

    pub fn end(&mut self, status: &'static str, actor: usize, at: DateTime<Utc>) {
        self.status = status;
        self.actor = actor;
        self.act_at = at;
    }

    /// Returns the lines that objects of all kinds show of it.
    pub fn lines(&self, kind: &str, name: &str) -> Vec<String> {
        vec![
            format!("{kind}:{name}"),
            format!("{kind}:trStatus={}", self.status),
            format!("{kind}:reID={}", REGISTRARS[self.requester]),
            format!("{kind}:reDate={}", date(self.requested)),
            format!("{kind}:acID={}", REGISTRARS[self.actor]),
            format!("{kind}:acDate={}", date(self.act_at)),
        ]
    }
}

impl Domain {
    /// Returns the end of the registration if it is transferred at a moment.
    pub fn expiry_after_transfer(&self, years: u8, at: DateTime<Utc>) -> DateTime<Utc> {
        let renewed = self
            .graces
            .iter()
            .find(|grace| grace.name == "autoRenewPeriod" && at < grace.until);
        let before = renewed.map_or(self.expires, |grace| {
            period(grace.years).before(self.expires)
        });
        let longest = period(10).after(at);
        period(years).after(before).min(longest).max(self.expires)
    }

    /// Gives it to the registrar that asked for it.
    pub fn complete_transfer(&mut self, status: &'static str, actor: usize, at: DateTime<Utc>) {
        let transfer = self.transfer.clone().unwrap();
        self.expires = self.expiry_after_transfer(transfer.years, at);
        self.graces = vec![Grace {
            name: "transferPeriod",
            until: at + TimeDelta::days(5),
            years: transfer.years,
        }];
        self.sponsor = transfer.requester;
        self.transferred = Some(at);
        self.secret = None;
        self.end_transfer(status, actor, at);
    }

    pub fn end_transfer(&mut self, status: &'static str, actor: usize, at: DateTime<Utc>) {
        self.transfer.as_mut().unwrap().end(status, actor, at);
    }

    /// Returns the lines of a transfer.
    pub fn transfer_lines(&self, name: usize) -> Vec<String> {
        let transfer = self.transfer.as_ref().unwrap();
        let mut lines = transfer.lines("domain", &format!("name={}", DOMAINS[name]));
        match transfer.status {
            "pending" => {
                let expires = self.expiry_after_transfer(transfer.years, transfer.act_at);
                lines.push(format!("domain:exDate={}", date(expires)));
            }
            "clientApproved" | "serverApproved" => {
                lines.push(format!("domain:exDate={}", date(self.expires)));
            }
            _ => {}
        }
        lines
    }
}

impl Contact {
    pub fn pending(&self) -> Option<&Transfer> {
        self.transfer.as_ref().filter(|transfer| transfer.pends())
    }

    fn transfer_lines(&self, id: usize) -> Vec<String> {
        let transfer = self.transfer.as_ref().unwrap();
        transfer.lines("contact", &format!("id={}", CONTACTS[id]))
    }
}

impl Model {
    pub fn transfer_contact(
        &mut self,
        caller: usize,
        id: usize,
        operation: usize,
        secret: Option<usize>,
    ) -> Outcome {
        let contact = self.contacts.get(&id).ok_or(2303_u16)?;
        let wrong = secret.is_some_and(|given| !self.matches(&contact.secret, given));
        let involved = |transfer: &Transfer| [transfer.requester, transfer.actor].contains(&caller);
        match OPERATIONS[operation] {
            "query" => {
                let party =
                    contact.sponsor == caller || contact.transfer.as_ref().is_some_and(involved);
                if wrong {
                    return Err(2202);
                }
                if secret.is_none() && !party {
                    return Err(2201);
                }
                contact.transfer.as_ref().ok_or(2301_u16)?;
                Ok((1000, contact.transfer_lines(id)))
            }
            "request" => self.request_contact(caller, id, secret),
            end => {
                let may = match (end, contact.pending()) {
                    ("cancel", Some(transfer)) => transfer.requester,
                    _ => contact.sponsor,
                };
                if may != caller {
                    return Err(2201);
                }
                contact.pending().ok_or(2301_u16)?;
                let status = match end {
                    "approve" => "clientApproved",
                    "reject" => "clientRejected",
                    _ => "clientCancelled",
                };
                Ok((1000, self.end_contact_transfer(id, status, caller)))
            }
        }
    }

    fn request_contact(&mut self, caller: usize, id: usize, secret: Option<usize>) -> Outcome {
        let mut contact = self.contacts[&id].clone();
        if contact.sponsor == caller {
            return Err(2106);
        }
        if !self.matches(&contact.secret, secret.ok_or(2003_u16)?) {
            return Err(2202);
        }
        if contact.pending().is_some() {
            return Err(2300);
        }
        let statuses = &contact.statuses;
        if has(&CONTACT_STATUSES, statuses, "clientTransferProhibited") {
            return Err(2304);
        }
        contact.transfer = Some(Transfer {
            status: "pending",
            requester: caller,
            requested: self.now,
            actor: contact.sponsor,
            act_at: self.now + TimeDelta::days(5),
            years: 0,
        });
        let lines = contact.transfer_lines(id);
        self.tell(contact.sponsor, CONTACTS[id], self.now, lines.clone());
        self.contacts.insert(id, contact);
        Ok((1001, lines))
    }

    /// Ends the transfer under way, tells both registrars, and returns what they are told.
    pub fn end_contact_transfer(
        &mut self,
        id: usize,
        status: &'static str,
        actor: usize,
    ) -> Vec<String> {
        let now = self.now;
        let contact = self.contacts.get_mut(&id).unwrap();
        let loser = contact.sponsor;
        let transfer = contact.transfer.as_mut().unwrap();
        transfer.end(status, actor, now);
        let requester = transfer.requester;
        if matches!(status, "clientApproved" | "serverApproved") {
            contact.sponsor = requester;
            contact.transferred = Some(now);
            // RFC 9154 section 4.2: the authorization information has served its purpose.
            contact.secret = None;
        }
        let lines = contact.transfer_lines(id);
        self.tell(loser, CONTACTS[id], now, lines.clone());
        self.tell(requester, CONTACTS[id], now, lines.clone());
        lines
    }
}
