//! `<domain:check>`: can these names be registered? (RFC 5731 section 3.1.1)
//!
//! Every name gets a verdict, in the order asked; a name that is no name is not available, so that one
//! slip does not cost the client the other answers. A client that speaks of bundles is told of the forms that go with a
//! name, too (RFC 9095 section 6.1.1).

use crate::base::code::Code;
use crate::flow::domain::consent;
use crate::flow::domain::permits::Permits;
use crate::flow::{Context, Decision, Flow, Refusal, Services, check};
use crate::model::DomainName;
use crate::policy::{Consents, Policy};
use crate::protocol::{self, Availability, Data, Namespace};
use crate::store::{self, Store};

/// What is said of a form that can be had, as it comes with a name that was asked for.
const FORM: &str = "Form of a name asked for";

/// The flow.
#[derive(Debug)]
pub struct Check<'a> {
    command: &'a protocol::domain::Check,
    /// Whether the client named RFC 9095 at login.
    bundles: bool,
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
    /// Takes the command of a client that named `services` at login.
    pub fn new(command: &'a protocol::domain::Check, services: &Services) -> Self {
        Self {
            names: check::parse(&command.names),
            bundles: services.include(Namespace::Bundle),
            command,
        }
    }

    /// Puts behind each verdict those on the forms that would be registered with the name, or are.
    fn with_forms(&self, verdicts: Vec<Availability>, policy: &Policy) -> Vec<Availability> {
        let mut all: Vec<Availability> = Vec::with_capacity(verdicts.len());
        for (name, verdict) in self.names.iter().zip(verdicts) {
            let (available, reason) = (verdict.available, verdict.reason.clone());
            all.push(verdict);
            let package = name.as_ref().and_then(|name| policy.package(name));
            let Some((name, package)) = name.as_ref().zip(package) else {
                continue;
            };
            for form in package.bundled(name) {
                let asked = self.names.iter().flatten().any(|name| name == form);
                if !asked && all.iter().all(|told| told.name != form.as_str()) {
                    all.push(Availability {
                        name: form.to_string(),
                        available,
                        reason: reason.clone().or(Some(FORM.to_owned())),
                    });
                }
            }
        }
        all
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
        let in_use = |name: &DomainName| {
            let violation = policy.taken(name);
            violation.map_or(check::IN_USE, |violation| violation.short)
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
        let names = check::verdicts(asked, names, facts.registered, misshapen, in_use, verdict);
        let names = match self.bundles {
            true => self.with_forms(names, policy),
            false => names,
        };
        Ok(Decision::answer(Data::DomainCheck(
            protocol::domain::CheckData { names },
        )))
    }
}
