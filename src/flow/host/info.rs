//! `<host:info>`: what is known of a host (RFC 5732 section 3.1.2). Public data: every registrar sees all of it.

use crate::base::code::Code;
use crate::flow::host::found::Found;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::DomainName;
use crate::protocol::host::InfoData;
use crate::protocol::{self, Data, History};
use crate::store::{self, Store};

/// The flow.
#[derive(Debug)]
pub struct Info<'a> {
    command: &'a protocol::host::Info,
    name: DomainName,
}

/// The host, if there is one.
#[derive(Debug)]
pub struct Facts(Option<Found>);

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
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        Ok(Facts(Found::load(&self.name, context, store).await?))
    }

    fn decide(&self, _context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let found = facts.0;
        let found = found.ok_or_else(|| super::blame(Why::DoesNotExist, &self.command.name))?;
        let (sponsor, statuses) = (found.sponsor().clone(), found.statuses());
        let transferred = found.transferred();
        let host = found.host;
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
                transferred,
            },
        };
        Ok(Decision::answer(Data::HostInfo(Box::new(data))))
    }
}
