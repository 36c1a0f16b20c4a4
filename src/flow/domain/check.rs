//! `<domain:check>`: can these names be registered? (RFC 5731 section 3.1.1)
//!
//! Every name gets a verdict, in the order asked; a name that is no name is not available, so that one
//! slip does not cost the client the other answers.

use crate::base::code::Code;
use crate::flow::domain::consent;
use crate::flow::domain::permits::Permits;
use crate::flow::{Context, Decision, Flow, Refusal, check};
use crate::model::DomainName;
use crate::policy::Consents;
use crate::protocol::{self, Data};
use crate::store::{self, Store};

/// The flow.
#[derive(Debug)]
pub struct Check<'a> {
    command: &'a protocol::domain::Check,
    names: Vec<Option<DomainName>>,
}

/// What a check rests on.
#[derive(Debug)]
pub struct Facts {
    /// For each name, whether it is registered.
    registered: Vec<bool>,
    /// Names that need consents, with those that anybody has.
    consents: Vec<(DomainName, Consents)>,
    /// What the registrar may register in.
    permits: Permits,
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

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let keys = self
            .names
            .iter()
            .map(|name| name.as_ref().map(|name| super::claim(name, context)));
        let registered = check::existing(keys, context, store).await?;
        let mut consents = Vec::new();
        // As many as the keys looked up: none of a command that asks for too many.
        let names = self.names.iter().take(registered.len()).flatten();
        for name in names.clone() {
            let in_force = consent::in_force(name, None, context, store).await?;
            let known = in_force.consents();
            if known != Consents::default() {
                consents.push((name.clone(), known));
            }
        }
        Ok(Facts {
            registered,
            consents,
            permits: Permits::load(context.registrar, names, context, store).await?,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        check::judge_count(&self.command.names, context, super::blame)?;
        let policy = context.policy;
        let misshapen = |text: &str| {
            let error = DomainName::parse(text).err();
            error.map_or("Invalid name", |error| policy.misshapen(text, error).short)
        };
        let verdict = |name: &DomainName| {
            let mut granted = facts.consents.iter();
            let granted = granted.find(|(other, _)| other == name);
            let consents = granted.map_or_else(Consents::default, |(_, known)| *known);
            let judged = policy.may_register(name, consents).map(|_| ());
            let judged = judged.and_then(|()| facts.permits.judge(name, policy));
            judged.err().map(|violation| violation.short)
        };
        let (asked, names) = (&self.command.names, &self.names);
        let names = check::verdicts(asked, names, facts.registered, misshapen, verdict);
        Ok(Decision::answer(Data::DomainCheck(
            protocol::domain::CheckData { names },
        )))
    }
}
