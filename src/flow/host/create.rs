//! `<host:create>`: a name server's name, with its addresses where they are glue (RFC 5732 section 3.2.1).
//!
//! A host below one of our zones is subordinate: its superordinate domain must exist and be sponsored by
//! the caller. A host elsewhere is external and has no addresses here (RFC 5732 section 2.5: addresses are
//! for glue).

use crate::base::code::Code;
use crate::flow::host::blame;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, domain};
use crate::model::host::HostId;
use crate::model::{Domain, DomainName, Host, HostAddress};
use crate::protocol::host::CreateData;
use crate::protocol::{self, Data, Namespace};
use crate::store::{self, Assert, Store, Write, keys, record};

/// The flow.
#[derive(Debug)]
pub struct Create<'a> {
    command: &'a protocol::host::Create,
    name: DomainName,
    addresses: Vec<HostAddress>,
}

/// What a create rests on.
#[derive(Debug)]
pub struct Facts {
    exists: bool,
    /// The superordinate domain with the version that was read.
    superordinate: Option<(Domain, u64)>,
}

impl<'a> Create<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 for what is no name or address, 2306 for special-purpose and repeated addresses.
    pub fn new(command: &'a protocol::host::Create) -> Result<Self, Refusal> {
        let name = super::host_name(&command.name)?;
        Ok(Self {
            command,
            name,
            addresses: super::addresses(&command.addresses)?,
        })
    }
}

impl Flow for Create<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::Authorization,
        Code::Exists,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let exists = store.contains(&keys::host_name(&self.name)).await?;
        let superordinate = match context.policy.superordinate(&self.name) {
            Some(name) => domain::load(&name, context, store).await?,
            None => None,
        };
        Ok(Facts {
            exists,
            superordinate,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let refuse = |why| blame(why, &self.command.name);
        let internal = context.policy.zone_of(&self.name).is_some();
        if internal && facts.superordinate.is_none() {
            return Err(refuse(Why::NoSuperordinate));
        }
        if let Some((domain, _)) = &facts.superordinate {
            if domain.sponsor != *context.registrar {
                return Err(refuse(Why::NotSponsor));
            }
            if domain.deletion.is_some() {
                return Err(refuse(super::DELETED_DOMAIN));
            }
            if domain.is_applied_for() {
                return Err(refuse(super::APPLICATION));
            }
        }
        if facts.exists {
            return Err(refuse(Why::Exists));
        }
        if let (false, Some(address)) = (internal, self.command.addresses.first()) {
            let why = super::NEEDLESS_ADDRESS;
            return Err(Refusal::new(why, Namespace::Host, "addr", &address.text));
        }
        let id = HostId(context.numbers.next());
        let host = Host {
            id,
            name: self.name.clone(),
            roid: context.roid('H', id.0),
            superordinate: facts
                .superordinate
                .as_ref()
                .map(|(domain, _)| domain.name.clone()),
            statuses: Vec::new(),
            addresses: self.addresses.clone(),
            sponsor: context.registrar.clone(),
            creator: context.registrar.clone(),
            created: context.now,
            updated: None,
            transferred: None,
        };
        let name_key = keys::host_name(&self.name);
        let mut asserts = vec![Assert::Absent(name_key.clone())];
        let mut writes = vec![
            Write::Put(name_key, record::encode(&id)?),
            Write::Put(keys::host(id), record::encode(&host)?),
        ];
        if let Some((domain, version)) = &facts.superordinate {
            asserts.push(Assert::Version(keys::domain(&domain.name), *version));
            let key = keys::subordinates(&domain.name).and(self.name.as_str());
            writes.push(Write::Put(key, record::encode(&id)?));
            writes.push(Write::Add(keys::subordinate_count(&domain.name), 1));
        }
        let data = CreateData {
            name: self.name.to_string(),
            created: context.now,
        };
        Ok(Decision {
            data: Some(Data::HostCreate(data)),
            asserts,
            writes,
            ..Decision::default()
        })
    }
}
