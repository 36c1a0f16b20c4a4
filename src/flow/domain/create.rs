//! `<domain:create>`: registers a name (RFC 5731 section 3.2.1, RFC 5910 section 5.2.1).
//!
//! Contacts and hosts must exist when the change is committed, not only when it was decided. Where the registry wants
//! documents first the domain is an application (1001): it holds the name, and its period begins with the approval.

use std::iter;

use crate::base::code::Code;
use crate::flow::domain::applicant;
use crate::flow::domain::application::{self, Applying};
use crate::flow::domain::consent::{self, InForce};
use crate::flow::domain::group::Group;
use crate::flow::domain::partner::{self, Partner};
use crate::flow::domain::permits::Permits;
use crate::flow::domain::references::{self, Found};
use crate::flow::domain::{blame, variants};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info, dnssec};
use crate::lifecycle::domain as lifecycle;
use crate::model::domain::{Asked, ContactRole, Grace};
use crate::model::{Applicant, ContactId, Domain, DomainName, Host};
use crate::policy::{Policy, Registration, Violation};
use crate::protocol::domain::CreateData;
use crate::protocol::ext::bundle::Answer;
use crate::protocol::ext::{self, Extensions, secdns};
use crate::protocol::{self, Data, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Create<'a> {
    command: &'a protocol::domain::Create,
    dnssec: Option<&'a secdns::Create>,
    client_transaction: Option<&'a str>,
    applicant: Applicant,
    /// Forms of the name to use.
    variant: Option<variants::Choice<'a>>,
    /// Name to hold it together with.
    pair: Option<DomainName>,
    name: DomainName,
    name_servers: Vec<DomainName>,
    contacts: Vec<(ContactRole, ContactId)>,
}

/// What a create rests on.
#[derive(Debug)]
pub struct Facts {
    registered: bool,
    /// What the registrar may register in.
    permits: Permits,
    /// The consents in force, where the name needs some, as the registrant has them.
    consents: InForce,
    /// The names whose administrative contact it shares.
    group: Option<Group>,
    /// The first contact that does not exist.
    missing_contact: Option<ContactId>,
    /// The hosts named, with the version that was read; `None` where there is no such host.
    hosts: Vec<Found>,
    /// The name it shall be held together with.
    joined: Option<Partner>,
}

impl<'a> Create<'a> {
    /// Parses the command; `client_transaction` is its `clTRID`.
    ///
    /// # Errors
    /// 2005 or, by the registry's rules, 2306 for what is no name, 2102 for host attributes, 2306 for what stands
    /// twice; 2005 and 2306 for what an extension says of the name and is not so.
    pub fn new(
        command: &'a protocol::domain::Create,
        extensions: Extensions<'a>,
        policy: &Policy,
        client_transaction: Option<&'a str>,
    ) -> Result<Self, Refusal> {
        let text = &command.name;
        let misshapen = |error| blame(Why::Policy(policy.misshapen(text, error)), text);
        let name = DomainName::parse(text).map_err(misshapen)?;
        let name_servers = references::host_names(command.name_servers.as_ref())?;
        let contacts = references::contacts(&command.contacts)?;
        variants::judge(&name, extensions, policy)?;
        let told = extensions.hk_create;
        let pair = told.and_then(|told| told.pair.as_deref());
        Ok(Self {
            command,
            dnssec: extensions.sec_dns_create,
            client_transaction,
            applicant: told.map(applicant::of_create).unwrap_or_default(),
            variant: told.and_then(|told| Some(told.variant.as_ref()?.into())),
            pair: pair.map(partner::name).transpose()?,
            name,
            name_servers,
            contacts,
        })
    }

    /// Refuses a contact that does not exist, where the command names it.
    fn blame_missing_contact(&self, id: &ContactId) -> Refusal {
        let registrant = self.command.registrant.as_ref();
        let mut others = self.contacts.iter();
        if registrant == Some(id) || others.any(|(_, other)| other == id) {
            return references::blame_missing_contact(id, registrant);
        }
        Refusal::new(Why::DoesNotExist, Namespace::Hk, "guardian", id.as_str())
    }

    fn contact_ids(&self) -> impl Iterator<Item = &ContactId> {
        self.command
            .registrant
            .iter()
            .chain(self.contacts.iter().map(|(_, id)| id))
            .chain(&self.applicant.guardian)
    }
}

impl Flow for Create<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::Authorization,
        Code::AuthInfo,
        Code::Exists,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
        Code::DataPolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        let names = iter::once(&self.name).chain(&self.pair);
        names.cloned().map(Due::Domain).collect()
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let registered = store.contains(&super::claim(&self.name, context)).await?;
        let permits =
            Permits::load(context.registrar, iter::once(&self.name), context, store).await?;
        let registrant = self.command.registrant.as_ref();
        let consents = consent::in_force(&self.name, registrant, context, store).await?;
        let group = Group::load(&self.name, registrant, context, store).await?;
        let missing_contact = references::find_missing_contact(self.contact_ids(), store).await?;
        let hosts = references::read_hosts(&self.name_servers, store).await?;
        let joined = match &self.pair {
            Some(name) => Partner::load(name, context, store).await?,
            None => None,
        };
        Ok(Facts {
            joined,
            registered,
            permits,
            consents,
            group,
            missing_contact,
            hosts,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let policy = context.policy;
        let refuse = |violation: Violation| blame(Why::Policy(violation), &self.command.name);
        let consents = facts.consents.consents();
        let shown = consents.shown_by(&self.applicant.documents);
        policy.may_register(&self.name, shown).map_err(refuse)?;
        // Of a category that is closed to the registrar it is not told which names are taken.
        facts.permits.judge(&self.name, policy).map_err(refuse)?;
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
            return Err(self.blame_missing_contact(id));
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
            .map(|create| dnssec::create(create, &policy.canonical(&self.name), policy))
            .transpose()?;
        let registration = policy
            .registration(&self.name, &self.applicant, consents, context.now)
            .map_err(refuse)?;
        if let Some(group) = &facts.group {
            group.judge(&self.contacts, policy).map_err(refuse)?;
        }
        let auth_info = auth_info::hash(&self.command.auth_info, context, Namespace::Domain)?;

        let expires = period.after(context.now);
        let mut domain = Domain {
            package: policy.package(&self.name),
            name: policy.canonical(&self.name),
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
            partner: None,
            activated: Some(context.now),
            guardian: self.applicant.guardian.clone(),
            demand: None,
        };
        if let Some(choice) = &self.variant {
            let name = domain.name.clone();
            choice.apply(&name, domain.package.as_mut(), policy)?;
        }
        let request = match registration {
            Registration::AtOnce => {
                let length = context.terms().add_grace;
                lifecycle::begin_grace(&mut domain, Grace::Add, context.now, length, period);
                None
            }
            Registration::Documents(wanted) => {
                let applying = Applying {
                    client_transaction: self.client_transaction,
                    applicant: &self.applicant,
                };
                let asked = Asked::Name(period);
                let (application, request) = applying.apply(asked, &domain, wanted, context);
                domain.application = Some(application);
                domain.activated = None;
                Some(request)
            }
        };
        let mut pairing = Decision::default();
        match (&self.pair, facts.joined) {
            (Some(_), Some(joined)) => joined.join(&mut domain, &mut pairing, context)?,
            (Some(name), None) => {
                let why = Why::DoesNotExist;
                return Err(Refusal::new(why, Namespace::Hk, "pair", name.as_str()));
            }
            (None, _) => {}
        }
        let mut decision = self.decision(&domain, &hosts, context)?;
        decision.asserts.extend(pairing.asserts);
        decision.writes.extend(pairing.writes);
        decision
            .extensions
            .extend(variants::answer(&domain, Answer::Create, context));
        decision
            .extensions
            .extend(variants::table(&domain, context));
        decision.asserts.extend(facts.consents.asserts());
        decision.asserts.extend(facts.permits.unchanged());
        if request.is_none() {
            // An application that is refused leaves a consent open for who registers the name.
            decision.writes.extend(facts.consents.bind()?);
        }
        if let Some(group) = facts.group {
            group.guard(&mut decision);
        }
        if let Some(request) = request {
            application::wait(&request, ext::Data::HkCreate, &mut decision, context)?;
        }
        Ok(decision)
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
