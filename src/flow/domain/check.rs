//! `<domain:check>`: can these names be registered? (RFC 5731 section 3.1.1)
//!
//! Every name gets a verdict, in the order asked; a name that is no name is not available, so that one
//! slip does not cost the client the other answers.

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal, check};
use crate::model::DomainName;
use crate::protocol::{self, Data};
use crate::store::{self, Store};

/// The flow.
#[derive(Debug)]
pub struct Check<'a> {
    command: &'a protocol::domain::Check,
    names: Vec<Option<DomainName>>,
}

impl<'a> Check<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::domain::Check) -> Self {
        let names = check::parse(&command.names);
        Self { command, names }
    }
}

impl Flow for Check<'_> {
    const REFUSALS: &'static [Code] = &[Code::ValuePolicy];

    /// For each name, whether it is registered.
    type Facts = Vec<bool>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Vec<bool>, store::Error> {
        let keys = self
            .names
            .iter()
            .map(|name| name.as_ref().map(|name| super::claim(name, context)));
        check::existing(keys, context, store).await
    }

    fn decide(&self, context: &Context<'_>, registered: Vec<bool>) -> Result<Decision, Refusal> {
        check::judge_count(&self.command.names, context, super::blame)?;
        let policy = context.policy;
        let misshapen = |text: &str| {
            let error = DomainName::parse(text).err();
            error.map_or("Invalid name", |error| policy.misshapen(text, error).short)
        };
        let (asked, names) = (&self.command.names, &self.names);
        let names = check::verdicts(asked, names, registered, misshapen, |name| {
            policy.may_register(name).err().map(|v| v.short)
        });
        Ok(Decision::answer(Data::DomainCheck(
            protocol::domain::CheckData { names },
        )))
    }
}
