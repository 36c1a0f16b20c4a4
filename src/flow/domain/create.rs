//! `<domain:create>`: registers a name (RFC 5731 section 3.2.1, RFC 5910 section 5.2.1).
//!
//! Name servers are host objects, because the greeting announces host-1.0 (RFC 5731 section 1.1); a
//! subordinate host without addresses cannot be delegated to. Contacts and hosts must exist when the
//! change is committed, not only when it was decided.

use crate::base::code::Code;
use crate::flow::domain::blame;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info, dnssec};
use crate::model::domain::ContactRole;
use crate::model::host::HostId;
use crate::model::{ContactId, Domain, DomainName, Host};
use crate::policy::Violation;
use crate::protocol::domain::{CreateData, NameServers};
use crate::protocol::ext::secdns;
use crate::protocol::{self, Data, Namespace};
use crate::store::{self, Assert, Store, Write, keys, read, record};

/// The flow.
#[derive(Debug)]
pub struct Create<'a> {
    command: &'a protocol::domain::Create,
    dnssec: Option<&'a secdns::Create>,
    name: DomainName,
    name_servers: Vec<DomainName>,
    contacts: Vec<(ContactRole, ContactId)>,
}

/// What a create rests on.
#[derive(Debug)]
pub struct Facts {
    registered: bool,
    /// The first contact that does not exist.
    missing_contact: Option<ContactId>,
    /// The hosts named, with the version that was read; `None` where there is no such host.
    hosts: Vec<Option<(Host, u64)>>,
}

impl<'a> Create<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 for what is no name, 2102 for host attributes, 2306 for what stands twice.
    pub fn new(
        command: &'a protocol::domain::Create,
        dnssec: Option<&'a secdns::Create>,
    ) -> Result<Self, Refusal> {
        let name = super::domain_name(&command.name)?;
        let name_servers = match &command.name_servers {
            None => Vec::new(),
            Some(NameServers::Objects(names)) => host_names(names)?,
            Some(NameServers::Attributes(hosts)) => {
                let first = hosts.first().map_or("", |host| &host.name);
                let why = Why::Option("name servers are host objects here (hostObj)");
                return Err(Refusal::new(why, Namespace::Domain, "hostAttr", first));
            }
        };
        let contacts = contacts(command)?;
        Ok(Self {
            command,
            dnssec,
            name,
            name_servers,
            contacts,
        })
    }

    fn contact_ids(&self) -> impl Iterator<Item = &ContactId> {
        self.command
            .registrant
            .iter()
            .chain(self.contacts.iter().map(|(_, id)| id))
    }

    fn missing_contact(&self, id: &ContactId) -> Refusal {
        let registrant = self.command.registrant.as_ref() == Some(id);
        let element = if registrant { "registrant" } else { "contact" };
        Refusal::new(Why::DoesNotExist, Namespace::Domain, element, id.as_str())
    }

    /// Returns the hosts as objects that exist and can be delegated to.
    fn hosts(&self, found: Vec<Option<(Host, u64)>>) -> Result<Vec<(Host, u64)>, Refusal> {
        let mut hosts = Vec::with_capacity(found.len());
        for (name, host) in self.name_servers.iter().zip(found) {
            let refuse = |why| Refusal::new(why, Namespace::Domain, "hostObj", name.as_str());
            let (host, version) = host.ok_or_else(|| refuse(Why::DoesNotExist))?;
            if host.superordinate.is_some() && host.addresses.is_empty() {
                let reason = "a subordinate host needs an address before domains use it";
                return Err(refuse(Why::Choice(reason)));
            }
            hosts.push((host, version));
        }
        Ok(hosts)
    }
}

impl Flow for Create<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::Exists,
        Code::DoesNotExist,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let registered = store.contains(&keys::domain(&self.name)).await?;
        let mut missing_contact = None;
        for id in self.contact_ids() {
            if !store.contains(&keys::contact(id)).await? {
                missing_contact = Some(id.clone());
                break;
            }
        }
        let mut hosts = Vec::with_capacity(self.name_servers.len());
        for name in &self.name_servers {
            hosts.push(
                match read::<HostId, S>(store, &keys::host_name(name)).await? {
                    Some((id, _)) => read::<Host, S>(store, &keys::host(id)).await?,
                    None => None,
                },
            );
        }
        Ok(Facts {
            registered,
            missing_contact,
            hosts,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let policy = context.policy;
        let refuse = |violation: Violation| blame(Why::Policy(violation), &self.command.name);
        policy.may_register(&self.name).map_err(refuse)?;
        if facts.registered {
            return Err(blame(Why::Exists, &self.command.name));
        }
        let asked = self.command.period;
        let period = policy.create_period(asked).map_err(|violation| {
            let text = asked.map_or_else(String::new, |period| period.value().to_string());
            Refusal::new(Why::Policy(violation), Namespace::Domain, "period", &text)
        })?;
        let roles: Vec<ContactRole> = self.contacts.iter().map(|(role, _)| *role).collect();
        policy
            .contact_roles(self.command.registrant.is_some(), &roles)
            .map_err(refuse)?;
        if let Some(id) = &facts.missing_contact {
            return Err(self.missing_contact(id));
        }
        policy
            .name_server_count(self.name_servers.len())
            .map_err(refuse)?;
        let hosts = self.hosts(facts.hosts)?;
        let dnssec = self
            .dnssec
            .map(|create| dnssec::create(create, policy))
            .transpose()?;
        let auth_info = auth_info::hash(&self.command.auth_info, context, Namespace::Domain)?;

        let expires = period.after(context.now);
        let grace = policy.add_grace(context.now, period);
        let domain = Domain {
            name: self.name.clone(),
            roid: context.roid('D'),
            statuses: Vec::new(),
            registrant: self.command.registrant.clone(),
            contacts: self.contacts.clone(),
            name_servers: hosts.iter().map(|(host, _)| host.id).collect(),
            dnssec,
            sponsor: context.registrar.clone(),
            creator: context.registrar.clone(),
            created: context.now,
            updated: None,
            expires,
            transferred: None,
            auth_info,
            grace: Some(grace)
                .filter(|grace| grace.until > context.now)
                .into_iter()
                .collect(),
        };
        self.decision(domain, &hosts)
    }
}

impl Create<'_> {
    fn decision(&self, domain: Domain, hosts: &[(Host, u64)]) -> Result<Decision, Refusal> {
        let key = keys::domain(&domain.name);
        let mut asserts = vec![Assert::Absent(key.clone())];
        let mut writes = Vec::new();
        for id in self.contact_ids() {
            asserts.push(Assert::Present(keys::contact(id)));
            writes.push(Write::Add(keys::contact_links(id), 1));
        }
        for (host, version) in hosts {
            // The version, because an address may be taken away between decision and commit.
            asserts.push(Assert::Version(keys::host(host.id), *version));
            writes.push(Write::Add(keys::host_links(host.id), 1));
        }
        let data = CreateData {
            name: domain.name.to_string(),
            created: domain.created,
            expires: Some(domain.expires),
        };
        writes.push(Write::Put(key, record::encode(&domain)?));
        Ok(Decision {
            data: Some(Data::DomainCreate(data)),
            asserts,
            writes,
            ..Decision::default()
        })
    }
}

fn host_names(names: &[String]) -> Result<Vec<DomainName>, Refusal> {
    let mut parsed: Vec<DomainName> = Vec::with_capacity(names.len());
    for text in names {
        let refuse = |why| Refusal::new(why, Namespace::Domain, "hostObj", text);
        let name = DomainName::parse(text).map_err(|error| refuse(Why::Name(error)))?;
        if parsed.contains(&name) {
            return Err(refuse(Why::Choice("the same name server stands twice")));
        }
        parsed.push(name);
    }
    Ok(parsed)
}

fn contacts(command: &protocol::domain::Create) -> Result<Vec<(ContactRole, ContactId)>, Refusal> {
    let mut contacts: Vec<(ContactRole, ContactId)> = Vec::with_capacity(command.contacts.len());
    for reference in &command.contacts {
        let refuse = |why| Refusal::new(why, Namespace::Domain, "contact", reference.id.as_str());
        let role = reference
            .role
            .ok_or_else(|| refuse(Why::Missing("a contact needs its type")))?;
        let contact = (role, reference.id.clone());
        if contacts.contains(&contact) {
            return Err(refuse(Why::Choice(
                "the same contact stands twice in one role",
            )));
        }
        contacts.push(contact);
    }
    Ok(contacts)
}
