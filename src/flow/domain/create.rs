//! `<domain:create>`: registers a name (RFC 5731 section 3.2.1, RFC 5910 section 5.2.1).
//!
//! Contacts and hosts must exist when the change is committed, not only when it was decided.

use crate::base::code::Code;
use crate::flow::domain::blame;
use crate::flow::domain::references::{self, Found};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info, dnssec};
use crate::lifecycle::domain as lifecycle;
use crate::model::domain::{ContactRole, Grace};
use crate::model::{ContactId, Domain, DomainName, Host};
use crate::policy::Violation;
use crate::protocol::domain::CreateData;
use crate::protocol::ext::secdns;
use crate::protocol::{self, Data, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

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
    hosts: Vec<Found>,
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
        let name_servers = references::host_names(command.name_servers.as_ref())?;
        let contacts = references::contacts(&command.contacts)?;
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
}

impl Flow for Create<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::AuthInfo,
        Code::Exists,
        Code::DoesNotExist,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Option<Due> {
        Some(Due::Domain(self.name.clone()))
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let registered = store.contains(&super::claim(&self.name, context)).await?;
        let missing_contact = references::find_missing_contact(self.contact_ids(), store).await?;
        let hosts = references::read_hosts(&self.name_servers, store).await?;
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
            let registrant = self.command.registrant.as_ref();
            return Err(references::blame_missing_contact(id, registrant));
        }
        policy
            .name_server_count(self.name_servers.len())
            .map_err(refuse)?;
        let hosts = references::existing_hosts(&self.name_servers, facts.hosts)?;
        references::judge_delegation(&hosts)?;
        policy
            .independence(hosts.iter().map(|(host, _)| host))
            .map_err(refuse)?;
        let dnssec = self
            .dnssec
            .map(|create| dnssec::create(create, &self.name, policy))
            .transpose()?;
        let auth_info = auth_info::hash(&self.command.auth_info, context, Namespace::Domain)?;

        let expires = period.after(context.now);
        let mut domain = Domain {
            name: self.name.clone(),
            roid: context.roid('D', context.numbers.next()),
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
            grace: Vec::new(),
            transfer: None,
            deletion: None,
            application: None,
            parked: hosts.is_empty() && policy.parks(),
            locks: Vec::new(),
            package: None,
            partner: None,
        };
        let length = context.terms().add_grace;
        lifecycle::begin_grace(&mut domain, Grace::Add, context.now, length, period);
        self.decision(&domain, &hosts, context)
    }
}

impl Create<'_> {
    fn decision(
        &self,
        domain: &Domain,
        hosts: &[(Host, u64)],
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        let mut asserts = vec![Assert::Absent(super::claim(&domain.name, context))];
        for id in self.contact_ids() {
            asserts.push(Assert::Present(keys::contact(id)));
        }
        for (host, version) in hosts {
            // The version, because an address may be taken away between decision and commit.
            asserts.push(Assert::Version(keys::host(host.id), *version));
        }
        let data = CreateData {
            name: domain.name.to_string(),
            created: domain.created,
            expires: Some(domain.expires),
        };
        Ok(Decision {
            data: Some(Data::DomainCreate(data)),
            asserts,
            writes: super::save(None, Some(domain), context)?,
            ..Decision::default()
        })
    }
}
