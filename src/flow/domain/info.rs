//! `<domain:info>`: what is known of a domain (RFC 5731 section 3.1.2).
//!
//! The sponsoring registrar, and whoever knows the authorization information, sees everything; others
//! see what is public anyway: no contacts and no transaction history. The authorization information
//! itself is shown to nobody: the sponsor sees an empty element when it is set (RFC 9154 section 4.4).

use chrono::{DateTime, Utc};

use crate::base::code::Code;
use crate::flow::domain::tries::{self, Noted};
use crate::flow::domain::variants;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::lifecycle;
use crate::model::domain::{Grace, Stage};
use crate::model::message::Snapshot;
use crate::model::{AuthInfo, Domain, DomainName};
use crate::protocol::auth_info::AuthInfoState;
use crate::protocol::domain::{HostsFilter, InfoData};
use crate::protocol::ext::bundle::Answer;
use crate::protocol::ext::{rgp, secdns};
use crate::protocol::{self, Data, ext};
use crate::store::{self, Store};

/// The flow.
#[derive(Debug)]
pub struct Info<'a> {
    command: &'a protocol::domain::Info,
    name: DomainName,
}

/// The domain with what surrounds it.
#[derive(Debug)]
pub struct Facts {
    domain: Option<Domain>,
    /// Names of the hosts it is delegated to.
    name_servers: Vec<DomainName>,
    /// Names of its subordinate hosts.
    subordinates: Vec<String>,
    /// Authorization information of the contact whose roid the command gives.
    contact_auth_info: Option<AuthInfo>,
    /// Wrong tries, where the command gives authorization information.
    tries: Noted,
}

impl<'a> Info<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::domain::Info) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::domain_name(&command.name)?,
        })
    }

    fn wants_name_servers(&self) -> bool {
        matches!(
            self.command.hosts,
            HostsFilter::All | HostsFilter::Delegated
        )
    }

    fn wants_subordinates(&self) -> bool {
        matches!(
            self.command.hosts,
            HostsFilter::All | HostsFilter::Subordinate
        )
    }
}

impl Flow for Info<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::AuthInfo,
        Code::DoesNotExist,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let mut facts = Facts {
            domain: None,
            name_servers: Vec::new(),
            subordinates: Vec::new(),
            contact_auth_info: None,
            tries: None,
        };
        let Some((domain, _)) = super::load(&self.name, context, store).await? else {
            return Ok(facts);
        };
        if self.wants_name_servers() {
            facts.name_servers = super::name_servers(&domain, store).await?;
        }
        if self.wants_subordinates() {
            facts.subordinates = super::subordinates(&domain.name, store).await?;
        }
        if let Some(roid) = auth_info::roid(self.command.auth_info.as_ref()) {
            facts.contact_auth_info = auth_info::of_contact(&domain, roid, context, store).await?;
        }
        if self.command.auth_info.is_some() {
            facts.tries = tries::load(&domain.name, context, store).await?;
        }
        facts.domain = Some(domain);
        Ok(facts)
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let domain = facts
            .domain
            .ok_or_else(|| super::blame(Why::DoesNotExist, &self.command.name))?;
        let authorized = match &self.command.auth_info {
            None => domain.sponsor == *context.registrar,
            Some(given) => {
                let by_contact = auth_info::roid(Some(given)).is_some();
                let stored = if by_contact {
                    &facts.contact_auth_info
                } else {
                    &domain.auth_info
                };
                tries::verify(given, stored.as_ref(), &facts.tries, context)?;
                true
            }
        };
        let extensions = extensions(&domain, authorized, context);
        let data = InfoData {
            name_servers: texts(&facts.name_servers),
            hosts: facts.subordinates,
            ..info_data(domain, authorized, context)
        };
        Ok(Decision {
            data: Some(Data::DomainInfo(Box::new(data))),
            extensions,
            ..Decision::default()
        })
    }
}

/// Shows a domain as its sponsor saw it at a moment, but for its subordinate hosts.
pub(in crate::flow) fn show(
    snapshot: Snapshot,
    at: DateTime<Utc>,
    context: &Context<'_>,
) -> (InfoData, Vec<ext::Data>) {
    let sponsor = snapshot.domain.sponsor.clone();
    let context = Context {
        now: at,
        registrar: &sponsor,
        ..*context
    };
    let extensions = extensions(&snapshot.domain, true, &context);
    let data = InfoData {
        name_servers: texts(&snapshot.name_servers),
        ..info_data(snapshot.domain, true, &context)
    };
    (data, extensions)
}

fn texts(names: &[DomainName]) -> Vec<String> {
    names.iter().map(DomainName::to_string).collect()
}

/// Fills in what does not depend on the hosts filter.
fn info_data(domain: Domain, authorized: bool, context: &Context<'_>) -> InfoData {
    let statuses = lifecycle::domain::statuses(&domain);
    let sponsoring = domain.sponsor == *context.registrar;
    let set = sponsoring
        && domain
            .auth_info
            .as_ref()
            .is_some_and(|auth_info| auth_info.is_set(context.now));
    let (updater, updated) = domain.updated.unzip();
    InfoData {
        name: domain.name.to_string(),
        roid: domain.roid,
        statuses,
        registrant: domain.registrant.filter(|_| authorized),
        contacts: if authorized {
            domain.contacts
        } else {
            Vec::new()
        },
        name_servers: Vec::new(),
        hosts: Vec::new(),
        sponsor: domain.sponsor,
        creator: Some(domain.creator).filter(|_| authorized),
        created: Some(domain.created),
        updater: updater.filter(|_| authorized),
        updated: updated.filter(|_| authorized),
        expires: Some(domain.expires),
        transferred: domain.transferred.filter(|_| authorized),
        auth_info: set.then_some(AuthInfoState::Set),
    }
}

fn extensions(domain: &Domain, authorized: bool, context: &Context<'_>) -> Vec<ext::Data> {
    let mut extensions = Vec::new();
    if let Some(data) = &domain.dnssec {
        let data = secdns::InfoData {
            max_sig_life: None,
            data: data.clone(),
        };
        extensions.push(ext::Data::SecDnsInfo(data));
    }
    let statuses = rgp_statuses(domain, context.now);
    if !statuses.is_empty() {
        extensions.push(ext::Data::RgpInfo(rgp::InfoData { statuses }));
    }
    if authorized {
        extensions.extend(variants::answer(domain, Answer::Info, context));
        extensions.extend(variants::own_data(domain, context));
    }
    extensions.extend(variants::table(domain, context));
    extensions
}

/// Returns the statuses of RFC 3915 that a domain shows: the stage of its deletion, or its grace periods.
pub fn rgp_statuses(domain: &Domain, now: DateTime<Utc>) -> Vec<rgp::Status> {
    let stage = domain
        .deletion
        .as_ref()
        .map(|deletion| match deletion.stage {
            Stage::Redemption => rgp::Status::RedemptionPeriod,
            Stage::Restore => rgp::Status::PendingRestore,
            Stage::PendingDelete => rgp::Status::PendingDelete,
        });
    let running = lifecycle::domain::running_grace(domain, now);
    let graces = running.into_iter().map(|grace| match grace {
        Grace::Add => rgp::Status::AddPeriod,
        Grace::AutoRenew => rgp::Status::AutoRenewPeriod,
        Grace::Renew => rgp::Status::RenewPeriod,
        Grace::Transfer => rgp::Status::TransferPeriod,
    });
    // A deleted domain has no use for its graces: one status says where it is.
    match stage {
        Some(stage) => vec![stage],
        None => graces.collect(),
    }
}
