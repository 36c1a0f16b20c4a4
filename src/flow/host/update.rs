//! `<host:update>`: addresses, statuses and name of a host (RFC 5732 section 3.2.5).

use crate::base::code::Code;
use crate::flow::host::found::Found;
use crate::flow::host::rename::{self, Rename, Target};
use crate::flow::host::{addresses, blame, own};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, change};
use crate::model::status::HostStatus;
use crate::model::{DomainName, Host, HostAddress};
use crate::protocol::host::AddRemove;
use crate::protocol::{self, Namespace};
use crate::store::{self, Assert, Store, Write, keys, record};

/// The flow.
#[derive(Debug)]
pub struct Update<'a> {
    command: &'a protocol::host::Update,
    name: DomainName,
    rename: Option<Rename<'a>>,
    add: Vec<HostAddress>,
    remove: Vec<HostAddress>,
}

/// The host, if there is one, and what its new name meets.
#[derive(Debug)]
pub struct Facts {
    found: Option<Found>,
    target: Option<Target>,
}

impl<'a> Update<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2003 when nothing is asked for, 2005 for what is no name or address, 2306 for
    /// statuses of the server, for special-purpose and repeated addresses.
    pub fn new(command: &'a protocol::host::Update) -> Result<Self, Refusal> {
        let name = super::host_name(&command.name)?;
        let asks = |part: &AddRemove| !part.addresses.is_empty() || !part.statuses.is_empty();
        let parts = command.add.iter().chain(&command.remove);
        if command.change.is_none() && !parts.into_iter().any(asks) {
            return Err(blame(
                Why::Missing("the update asks for nothing"),
                &command.name,
            ));
        }
        change::judge(
            statuses(&command.remove),
            statuses(&command.add),
            Namespace::Host,
        )?;
        let parse = |part: &Option<AddRemove>| {
            let texts = part.as_ref().map(|part| part.addresses.as_slice());
            addresses(texts.unwrap_or_default())
        };
        Ok(Self {
            command,
            name,
            rename: command.change.as_deref().map(Rename::new).transpose()?,
            add: parse(&command.add)?,
            remove: parse(&command.remove)?,
        })
    }

    /// Returns the addresses after the update of a host that is otherwise updated.
    fn addresses(&self, host: &Host) -> Result<Vec<HostAddress>, Refusal> {
        let refuse = |address: HostAddress, why| {
            Refusal::new(why, Namespace::Host, "addr", &address.to_string())
        };
        let addresses = change::apply(&host.addresses, &self.remove, &self.add)
            .map_err(|(address, why)| refuse(address, Why::Choice(why)))?;
        if let (None, Some(address)) = (&host.superordinate, addresses.first()) {
            return Err(refuse(*address, super::NEEDLESS_ADDRESS));
        }
        Ok(addresses)
    }
}

impl Flow for Update<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::Authorization,
        Code::Exists,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::AssociationProhibits,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let found = Found::load(&self.name, context, store).await?;
        let target = match (&self.rename, &found) {
            (Some(rename), Some(found)) => Some(rename.load(found, context, store).await?),
            (Some(_) | None, _) => None,
        };
        Ok(Facts { found, target })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let refuse = |why| blame(why, &self.command.name);
        let found = own(facts.found, &self.command.name, context)?;
        let rename = self.rename.as_ref().zip(facts.target.as_ref());
        if let Some((rename, target)) = rename {
            rename.permit(target, context)?;
        }
        if let Some(why) = found.locked(context) {
            return Err(refuse(why));
        }
        let (add, remove) = (statuses(&self.command.add), statuses(&self.command.remove));
        if let Some(status) = change::forbidding_update(&found.statuses(), remove) {
            return Err(refuse(Why::Status(status.as_str())));
        }
        let mut host = found.host.clone();
        if let Some((rename, target)) = rename {
            rename.apply(target, &found, &mut host, context)?;
        }
        host.statuses = change::statuses(&host.statuses, remove, add, Namespace::Host)?;
        host.addresses = self.addresses(&host)?;
        host.updated = Some((context.registrar.clone(), context.now));
        let glueless = host.superordinate.is_some() && host.addresses.is_empty();
        if glueless && found.links > 0 {
            let why = "domains are delegated to the host, so it needs an address";
            return Err(refuse(Why::Association(why)));
        }
        let mut decision = Decision {
            asserts: found.unchanged.clone(),
            writes: vec![Write::Put(keys::host(host.id), record::encode(&host)?)],
            ..Decision::default()
        };
        if glueless {
            let unused = Assert::CounterEquals(keys::host_links(host.id), 0);
            decision.asserts.push(unused);
        }
        if let Some((_, target)) = rename {
            rename::move_keys(target, &found, &host, context, &mut decision)?;
        }
        Ok(decision)
    }
}

/// Returns the statuses that a part of the command names.
fn statuses(part: &Option<AddRemove>) -> &change::Named<HostStatus> {
    part.as_ref().map_or(&[], |part| part.statuses.as_slice())
}
