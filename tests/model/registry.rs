//! What a registry remembers, as simply as can be: plain maps, and the rules of the profile `plain`.
//!
//! Written from the RFCs and the profile's figures; shares no decision with the product.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hkepp::fuzzing::step::{
    CONTACTS, Command, DOMAIN_STATUSES, DOMAINS, FILTERS, HOSTS, KEY_TAGS, REGISTRARS, ROLES,
    SECRETS,
};
use hkepp::model::Period;

/// Code and lines of an answer, or the code of a refusal.
pub type Outcome = Result<(u16, Vec<String>), u16>;
/// Place of the weak one among the secrets.
const WEAK: usize = 2;

/// The registry.
#[derive(Clone, Debug)]
pub struct Model {
    pub now: DateTime<Utc>,
    pub domains: BTreeMap<usize, Domain>,
    pub contacts: BTreeMap<usize, Contact>,
    /// Hosts by identity: domains keep them through a rename.
    pub hosts: BTreeMap<u32, Host>,
    pub next_host: u32,
    pub queues: [Vec<Message>; 3],
    pub rules: Rules,
}

/// What the profile says of authorization information.
#[derive(Clone, Debug)]
pub struct Rules {
    pub refuse_weak: bool,
    pub lifetime: Option<TimeDelta>,
}

#[derive(Clone, Debug)]
pub struct Domain {
    pub sponsor: usize,
    pub creator: usize,
    pub created: DateTime<Utc>,
    pub updated: Option<(usize, DateTime<Utc>)>,
    pub expires: DateTime<Utc>,
    pub transferred: Option<DateTime<Utc>>,
    pub hosts: Vec<u32>,
    pub registrant: usize,
    pub contacts: Vec<(usize, usize)>,
    pub statuses: BTreeSet<usize>,
    pub signers: Vec<usize>,
    pub secret: Secret,
    pub graces: Vec<Grace>,
    pub transfer: Option<Transfer>,
    pub stage: Option<(Stage, DateTime<Utc>)>,
}

#[derive(Clone, Debug)]
pub struct Contact {
    pub sponsor: usize,
    pub creator: usize,
    pub created: DateTime<Utc>,
    pub updated: Option<(usize, DateTime<Utc>)>,
    pub statuses: BTreeSet<usize>,
    pub transferred: Option<DateTime<Utc>>,
    pub second_email: bool,
    pub secret: Secret,
    pub transfer: Option<Transfer>,
}

#[derive(Clone, Debug)]
pub struct Host {
    pub name: usize,
    /// Sponsor of an external host.
    pub sponsor: usize,
    pub creator: usize,
    pub created: DateTime<Utc>,
    pub updated: Option<(usize, DateTime<Utc>)>,
    pub transferred: Option<DateTime<Utc>>,
    pub addresses: BTreeSet<usize>,
    pub statuses: BTreeSet<usize>,
}

/// Authorization information and until when it counts.
pub type Secret = Option<(usize, Option<DateTime<Utc>>)>;

#[derive(Clone, Debug)]
pub struct Grace {
    pub name: &'static str,
    pub until: DateTime<Utc>,
    pub years: u8,
}

#[derive(Clone, Debug)]
pub struct Transfer {
    pub status: &'static str,
    pub requester: usize,
    pub requested: DateTime<Utc>,
    pub actor: usize,
    pub act_at: DateTime<Utc>,
    /// Years it adds to a registration; a contact has none.
    pub years: u8,
}

/// What time changes; at one moment domains come first, each kind in the order of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Changing {
    Domain(usize),
    Contact(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Redemption,
    Restore,
    PendingDelete,
}

/// A message; its identifier is known once the product has shown it.
#[derive(Clone, Debug)]
pub struct Message {
    pub queued: DateTime<Utc>,
    /// Name of the domain or handle of the contact it is about.
    pub object: &'static str,
    pub lines: Vec<String>,
    pub id: Option<String>,
}

impl Domain {
    pub fn pending(&self) -> Option<&Transfer> {
        self.transfer.as_ref().filter(|transfer| transfer.pends())
    }

    /// Returns what it shows; ok stands alone.
    pub fn shown_statuses(&self) -> Vec<&'static str> {
        let mut shown: Vec<&str> = self.statuses.iter().map(|s| DOMAIN_STATUSES[*s]).collect();
        if self.hosts.is_empty() {
            shown.push("inactive");
        }
        if self.pending().is_some() {
            shown.push("pendingTransfer");
        }
        if self.stage.is_some() {
            shown.push("pendingDelete");
        }
        if shown.is_empty() {
            shown.push("ok");
        }
        shown
    }

    /// Says whether one of these stands.
    pub fn is_any(&self, statuses: &[&str]) -> bool {
        self.shown_statuses()
            .iter()
            .any(|status| statuses.contains(status))
    }

    /// Returns the moment and nothing else of what time does next.
    fn next(&self) -> DateTime<Utc> {
        match (&self.stage, self.pending()) {
            (Some((_, until)), _) => *until,
            (None, Some(transfer)) => transfer.act_at.min(self.expires),
            (None, None) => self.expires,
        }
    }
}

impl Model {
    pub fn new(now: DateTime<Utc>, rules: Rules) -> Self {
        Self {
            now,
            domains: BTreeMap::new(),
            contacts: BTreeMap::new(),
            hosts: BTreeMap::new(),
            next_host: 0,
            queues: [const { Vec::new() }; 3],
            rules,
        }
    }

    /// Carries out a command of a registrar.
    pub fn apply(&mut self, registrar: usize, command: &Command) -> Outcome {
        let outcome = match command {
            Command::CheckDomains => Ok((1000, self.check_domains())),
            Command::CheckContacts => Ok((1000, self.check_contacts())),
            Command::CheckHosts => Ok((1000, self.check_hosts())),
            Command::InfoDomain {
                domain,
                secret,
                filter,
            } => self.info_domain(registrar, *domain, *secret, *filter),
            Command::InfoContact { contact, secret } => {
                self.info_contact(registrar, *contact, *secret)
            }
            Command::InfoHost(host) => self.info_host(*host),
            Command::CreateContact { contact, secret } => {
                self.create_contact(registrar, *contact, *secret)
            }
            Command::UpdateContact { .. } => self.update_contact(registrar, command),
            Command::DeleteContact(contact) => self.delete_contact(registrar, *contact),
            Command::TransferContact {
                contact,
                operation,
                secret,
            } => self.transfer_contact(registrar, *contact, *operation, *secret),
            Command::CreateHost { host, addresses } => {
                self.create_host(registrar, *host, addresses)
            }
            Command::UpdateHost {
                host,
                add,
                remove,
                rename,
            } => self.update_host(registrar, *host, add, remove, *rename),
            Command::DeleteHost(host) => self.delete_host(registrar, *host),
            Command::CreateDomain { .. } => self.create_domain(registrar, command),
            Command::UpdateDomain(update) => self.update_domain(registrar, update),
            Command::RenewDomain {
                domain,
                right,
                years,
            } => self.renew_domain(registrar, *domain, *right, *years),
            Command::DeleteDomain(domain) => self.delete_domain(registrar, *domain),
            Command::TransferDomain { .. } => self.transfer_domain(registrar, command),
            Command::RestoreDomain { domain, report } => {
                self.restore_domain(registrar, *domain, *report)
            }
            Command::Poll | Command::Acknowledge(_) => panic!("polls are the queue's"),
        };
        // What a command leaves behind may be due already: a restored registration that had ended.
        self.pass_to(self.now);
        outcome
    }

    /// Lets time pass; says whether that moved links: a domain with links ended or went to another registrar.
    pub fn pass_to(&mut self, now: DateTime<Utc>) -> bool {
        let mut moved = false;
        while let Some((at, object)) = self.next().filter(|(at, _)| *at <= now) {
            self.now = at;
            let name = match object {
                Changing::Domain(name) => name,
                Changing::Contact(id) => {
                    self.end_contact_transfer(id, "serverApproved", self.contacts[&id].sponsor);
                    continue;
                }
            };
            let before = self.domains[&name].sponsor;
            self.happen(name, at);
            let after = self.domains.get(&name);
            moved |= after.is_none_or(|d| d.sponsor != before && !d.hosts.is_empty());
        }
        self.now = now;
        moved
    }

    /// Returns what changes next, and when.
    fn next(&self) -> Option<(DateTime<Utc>, Changing)> {
        let domains = self.domains.iter();
        let domains = domains.map(|(name, domain)| (domain.next(), Changing::Domain(*name)));
        let contacts = self.contacts.iter().filter_map(|(id, contact)| {
            let transfer = contact.pending()?;
            Some((transfer.act_at, Changing::Contact(*id)))
        });
        domains.chain(contacts).min()
    }

    /// Lets happen what is due of a domain.
    fn happen(&mut self, name: usize, at: DateTime<Utc>) {
        let domain = self.domains.get_mut(&name).unwrap();
        let sponsor = domain.sponsor;
        match domain.stage {
            Some((Stage::Redemption, _)) => {
                domain.stage = Some((Stage::PendingDelete, at + TimeDelta::days(5)));
                let operation = "operation op=\"redemptionEnded\"=custom";
                self.tell_change(name, "after", operation, "The redemption period ended");
            }
            Some((Stage::Restore, _)) => {
                domain.stage = Some((Stage::Redemption, at + TimeDelta::days(30)));
                let operation = "operation op=\"restoreLapsed\"=custom";
                self.tell_change(name, "after", operation, "No restore report came in time");
            }
            Some((Stage::PendingDelete, _)) => {
                let operation = "operation=autoPurge";
                self.tell_change(name, "before", operation, "Past the pendingDelete period");
                self.domains.remove(&name);
            }
            None if domain
                .pending()
                .is_some_and(|transfer| transfer.act_at == at) =>
            {
                let requester = domain.pending().unwrap().requester;
                domain.complete_transfer("serverApproved", sponsor, at);
                let lines = domain.transfer_lines(name);
                self.tell(sponsor, DOMAINS[name], at, lines.clone());
                self.tell(requester, DOMAINS[name], at, lines);
            }
            None => {
                domain.expires = period(1).after(domain.expires);
                domain.graces.push(Grace {
                    name: "autoRenewPeriod",
                    until: at + TimeDelta::days(45),
                    years: 1,
                });
                let operation = "operation=autoRenew";
                self.tell_change(name, "after", operation, "The registration period ended");
            }
        }
    }

    /// Tells the sponsor what the registry did just now to a domain, and how it looks.
    fn tell_change(&mut self, name: usize, state: &str, operation: &str, reason: &str) {
        let (sponsor, at) = (self.domains[&name].sponsor, self.now);
        let delegated = FILTERS.iter().position(|filter| *filter == "del").unwrap();
        let (_, mut lines) = self.info_domain(sponsor, name, None, delegated).unwrap();
        lines.push(format!("changePoll:changeData state=\"{state}\"="));
        lines.push(format!("changePoll:{operation}"));
        lines.push(format!("changePoll:date={}", date(at)));
        lines.push("changePoll:who=server".to_owned());
        lines.push(format!("changePoll:reason={reason}"));
        self.tell(sponsor, DOMAINS[name], at, lines);
    }

    pub fn tell(
        &mut self,
        registrar: usize,
        object: &'static str,
        at: DateTime<Utc>,
        lines: Vec<String>,
    ) {
        self.queues[registrar].push(Message {
            queued: at,
            object,
            lines,
            id: None,
        });
    }

    /// Returns the host of a name.
    pub fn host_of(&self, name: usize) -> Option<u32> {
        let mut hosts = self.hosts.iter();
        hosts.find(|(_, host)| host.name == name).map(|(id, _)| *id)
    }

    pub fn host_links(&self, id: u32) -> usize {
        let domains = self.domains.values();
        domains.filter(|domain| domain.hosts.contains(&id)).count()
    }

    pub fn contact_links(&self, contact: usize) -> bool {
        self.domains.values().any(|domain| {
            let mut others = domain.contacts.iter();
            domain.registrant == contact || others.any(|(_, other)| *other == contact)
        })
    }

    /// Returns new authorization information.
    ///
    /// RFC 9154 section 5.2: what is too weak is refused by 2202.
    pub fn secret(&self, place: usize) -> Result<Secret, u16> {
        if self.rules.refuse_weak && place == WEAK {
            return Err(2202);
        }
        let until = self.rules.lifetime.map(|lifetime| self.now + lifetime);
        Ok((!SECRETS[place].is_empty()).then_some((place, until)))
    }

    /// Says whether authorization information counts still.
    pub fn is_set(&self, secret: &Secret) -> bool {
        secret.is_some_and(|(_, until)| until.is_none_or(|until| self.now < until))
    }

    /// Says whether a command gives the right one.
    pub fn matches(&self, secret: &Secret, given: usize) -> bool {
        self.is_set(secret) && secret.is_some_and(|(place, _)| place == given)
    }

    fn check_domains(&self) -> Vec<String> {
        check("domain:name", "domain:reason", &DOMAINS, |place| {
            self.domains.contains_key(&place)
        })
    }

    fn check_contacts(&self) -> Vec<String> {
        check("contact:id", "contact:reason", &CONTACTS, |place| {
            self.contacts.contains_key(&place)
        })
    }

    fn check_hosts(&self) -> Vec<String> {
        check("host:name", "host:reason", &HOSTS, |place| {
            self.host_of(place).is_some()
        })
    }
}

fn check(
    element: &str,
    reason: &str,
    names: &[&str],
    taken: impl Fn(usize) -> bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let avail = u8::from(!taken(place));
        lines.push(format!("{element} avail=\"{avail}\"={name}"));
        if taken(place) {
            lines.push(format!("{reason}=In use"));
        }
    }
    lines
}

pub fn period(years: u8) -> Period {
    Period::years(years).unwrap()
}

pub fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Returns the lines every object shows of its history.
pub fn history(
    object: &str,
    (creator, created): (usize, DateTime<Utc>),
    updated: Option<(usize, DateTime<Utc>)>,
    transferred: Option<DateTime<Utc>>,
) -> Vec<String> {
    let mut lines = vec![
        format!("{object}:crID={}", REGISTRARS[creator]),
        format!("{object}:crDate={}", date(created)),
    ];
    if let Some((updater, at)) = updated {
        lines.push(format!("{object}:upID={}", REGISTRARS[updater]));
        lines.push(format!("{object}:upDate={}", date(at)));
    }
    if let Some(at) = transferred {
        lines.push(format!("{object}:trDate={}", date(at)));
    }
    lines
}

/// Returns a list after removing and adding.
///
/// RFC 5731 section 3.2.5 leaves it to the server what becomes of a value that is not there, there already, or in both.
pub fn amend<T: Clone + PartialEq>(before: &[T], remove: &[T], add: &[T]) -> Result<Vec<T>, u16> {
    if add
        .iter()
        .any(|value| remove.contains(value) || before.contains(value))
    {
        return Err(2306);
    }
    if remove.iter().any(|value| !before.contains(value)) {
        return Err(2306);
    }
    let kept = before.iter().filter(|value| !remove.contains(value));
    Ok(kept.chain(add).cloned().collect())
}

/// Returns statuses after removing and adding; the last of `names` is the server's.
pub fn amend_statuses(
    before: &BTreeSet<usize>,
    remove: &[usize],
    add: &[usize],
) -> Result<BTreeSet<usize>, u16> {
    let before: Vec<usize> = before.iter().copied().collect();
    Ok(amend(&before, remove, add)?.into_iter().collect())
}

/// Says whether a status of the server is among those that a command names.
pub fn names_a_server_status(names: &[&str], parts: [&[usize]; 2]) -> bool {
    let mut places = parts.iter().flat_map(|part| part.iter());
    places.any(|place| names[*place].starts_with("server"))
}

pub fn role(place: usize) -> &'static str {
    ROLES[place]
}

pub fn key_tag(place: usize) -> u16 {
    KEY_TAGS[place]
}
