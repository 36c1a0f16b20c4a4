//! `<host:check>`: can hosts of these names be created? (RFC 5732 section 3.1.1)

use crate::base::code::Code;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::DomainName;
use crate::protocol::{self, Availability, Data};
use crate::store::{self, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Check<'a> {
    command: &'a protocol::host::Check,
    names: Vec<Option<DomainName>>,
}

impl<'a> Check<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::host::Check) -> Self {
        let names = command
            .names
            .iter()
            .map(|name| DomainName::parse(name).ok())
            .collect();
        Self { command, names }
    }
}

impl Flow for Check<'_> {
    const REFUSALS: &'static [Code] = &[Code::ValuePolicy];

    /// For each name, whether there is such a host.
    type Facts = Vec<bool>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Vec<bool>, store::Error> {
        let mut taken = Vec::with_capacity(self.names.len());
        if context.policy.check_count(self.names.len()).is_err() {
            return Ok(taken);
        }
        for name in &self.names {
            taken.push(match name {
                Some(name) => store.contains(&keys::host_name(name)).await?,
                None => false,
            });
        }
        Ok(taken)
    }

    fn decide(&self, context: &Context<'_>, taken: Vec<bool>) -> Result<Decision, Refusal> {
        context
            .policy
            .check_count(self.names.len())
            .map_err(|violation| {
                let last = self.command.names.last().map_or("", String::as_str);
                super::blame(Why::Policy(violation), last)
            })?;
        let asked = self.command.names.iter().zip(&self.names).zip(taken);
        let names = asked
            .map(|((text, name), taken)| {
                let reason = match name {
                    None => Some("Invalid name"),
                    Some(_) if taken => Some("In use"),
                    Some(_) => None,
                };
                Availability::new(text.clone(), reason)
            })
            .collect();
        Ok(Decision::answer(Data::HostCheck(
            protocol::host::CheckData { names },
        )))
    }
}
