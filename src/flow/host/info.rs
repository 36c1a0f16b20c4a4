//! `<host:info>`: what is known of a host (RFC 5732 section 3.1.2). Public data: every registrar sees all of it.

use crate::base::code::Code;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::host::HostId;
use crate::model::status::HostStatus;
use crate::model::{Domain, DomainName, Host};
use crate::protocol::host::InfoData;
use crate::protocol::{self, Data, History};
use crate::store::{self, Store, keys, read};

/// The flow.
#[derive(Debug)]
pub struct Info<'a> {
    command: &'a protocol::host::Info,
    name: DomainName,
}

/// The host, its superordinate domain, and how many domains are delegated to it.
#[derive(Debug)]
pub struct Facts {
    host: Option<Host>,
    superordinate: Option<Domain>,
    links: i64,
}

impl<'a> Info<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::host::Info) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::host_name(&command.name)?,
        })
    }
}

impl Flow for Info<'_> {
    const REFUSALS: &'static [Code] = &[Code::ParameterSyntax, Code::DoesNotExist];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let mut facts = Facts {
            host: None,
            superordinate: None,
            links: 0,
        };
        let Some((id, _)) = read::<HostId, S>(store, &keys::host_name(&self.name)).await? else {
            return Ok(facts);
        };
        let Some((host, _)) = read::<Host, S>(store, &keys::host(id)).await? else {
            return Ok(facts);
        };
        if let Some(name) = &host.superordinate {
            let domain = read::<Domain, S>(store, &keys::domain(name)).await?;
            facts.superordinate = domain.map(|(domain, _)| domain);
        }
        facts.links = store.counter(&keys::host_links(id)).await?;
        facts.host = Some(host);
        Ok(facts)
    }

    fn decide(&self, _context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let host = facts
            .host
            .ok_or_else(|| super::blame(Why::DoesNotExist, &self.command.name))?;
        let statuses = statuses(&host, facts.links);
        // A subordinate host moves with its domain, so the domain's sponsor and transfer count.
        let domain = facts.superordinate;
        let transferred = domain.as_ref().and_then(|domain| domain.transferred);
        let sponsor = domain.map_or(host.sponsor, |domain| domain.sponsor);
        let (updater, updated) = host.updated.unzip();
        let data = InfoData {
            name: host.name.to_string(),
            roid: host.roid,
            statuses,
            addresses: host.addresses,
            history: History {
                sponsor,
                creator: host.creator,
                created: host.created,
                updater,
                updated,
                transferred: transferred
                    .filter(|at| *at > host.created)
                    .max(host.transferred),
            },
        };
        Ok(Decision::answer(Data::HostInfo(Box::new(data))))
    }
}

/// Returns every status a host shows; ok may stand with linked only (RFC 5732 section 2.3).
fn statuses(host: &Host, links: i64) -> Vec<HostStatus> {
    let mut statuses = host.statuses.clone();
    if statuses.is_empty() {
        statuses.push(HostStatus::Ok);
    }
    if links > 0 {
        statuses.push(HostStatus::Linked);
    }
    statuses.sort_unstable();
    statuses
}
