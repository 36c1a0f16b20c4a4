//! `<host:delete>`: the end of a host that no domain is delegated to (RFC 5732 section 3.2.2).

use crate::base::code::Code;
use crate::flow::host::found::Found;
use crate::flow::host::{blame, own};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::permission::{Operation, forbidding};
use crate::model::DomainName;
use crate::protocol;
use crate::store::{self, Assert, Store, Write, keys};

/// The flow.
#[derive(Debug)]
pub struct Delete<'a> {
    command: &'a protocol::host::Delete,
    name: DomainName,
}

/// The host, if there is one.
#[derive(Debug)]
pub struct Facts(Option<Found>);

impl<'a> Delete<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::host::Delete) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::host_name(&command.name)?,
        })
    }
}

impl Flow for Delete<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::Authorization,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::AssociationProhibits,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        Ok(Facts(Found::load(&self.name, context, store).await?))
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let refuse = |why| blame(why, &self.command.name);
        let found = own(facts.0, &self.command.name, context)?;
        if let Some(status) = forbidding(&found.statuses(), Operation::Delete) {
            return Err(refuse(Why::Status(status.as_str())));
        }
        if found.links > 0 {
            return Err(refuse(Why::Association(
                "domains are delegated to the host",
            )));
        }
        let Found {
            host,
            unchanged: mut asserts,
            ..
        } = found;
        asserts.push(Assert::CounterEquals(keys::host_links(host.id), 0));
        let mut writes = vec![
            Write::Delete(keys::host_name(&host.name)),
            Write::Delete(keys::host(host.id)),
        ];
        if let Some(domain) = &host.superordinate {
            writes.push(Write::Delete(
                keys::subordinates(domain).and(host.name.as_str()),
            ));
            writes.push(Write::Add(keys::subordinate_count(domain), -1));
        }
        Ok(Decision {
            asserts,
            writes,
            ..Decision::default()
        })
    }
}
