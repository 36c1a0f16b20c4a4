//! `<host:check>`: can hosts of these names be created? (RFC 5732 section 3.1.1)

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal, check};
use crate::model::DomainName;
use crate::protocol::{self, Data};
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
        let names = check::parse(&command.names);
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
        let keys = self
            .names
            .iter()
            .map(|name| name.as_ref().map(keys::host_name));
        check::existing(keys, context, store).await
    }

    fn decide(&self, context: &Context<'_>, taken: Vec<bool>) -> Result<Decision, Refusal> {
        check::judge_count(&self.command.names, context, super::blame)?;
        let names = check::verdicts(
            &self.command.names,
            &self.names,
            taken,
            |_| "Invalid name",
            |_| check::IN_USE,
            |_| None,
        );
        Ok(Decision::answer(Data::HostCheck(
            protocol::host::CheckData { names },
        )))
    }
}
