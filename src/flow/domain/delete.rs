//! `<domain:delete>`: the end of a registration (RFC 5731 section 3.2.2, RFC 3915 section 2).
//!
//! Within the add grace period the domain is gone at once; later it can still be restored for a while.

use crate::base::code::Code;
use crate::flow::domain::partner::Partner;
use crate::flow::domain::variants;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain as lifecycle;
use crate::lifecycle::permission::Operation;
use crate::model::domain::{Deletion, Grace, Stage};
use crate::model::{Domain, DomainName};
use crate::protocol;
use crate::protocol::ext::bundle::Answer;
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Delete<'a> {
    command: &'a protocol::domain::Delete,
    name: DomainName,
}

/// The domain, how many hosts are subordinate to it, and its partner.
#[derive(Debug)]
pub struct Facts {
    domain: Option<(Domain, u64)>,
    subordinates: i64,
    partner: Option<Partner>,
}

impl<'a> Delete<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::domain::Delete) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::domain_name(&command.name)?,
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

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let domain = super::load(&self.name, context, store).await?;
        let subordinates = match &domain {
            Some((domain, _)) => {
                store
                    .counter(&keys::subordinate_count(&domain.name))
                    .await?
            }
            None => 0,
        };
        Ok(Facts {
            partner: Partner::of(domain.as_ref(), context, store).await?,
            domain,
            subordinates,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let name = &self.command.name;
        let (domain, version) = super::own(facts.domain, name, context)?;
        super::permit(&domain, Operation::Delete, name, context)?;
        if facts.subordinates > 0 {
            let why = Why::Association("hosts are subordinate to the domain");
            return Err(super::blame(why, name));
        }
        if let Some(partner) = &facts.partner {
            partner.permit(Operation::Delete, context)?;
        }
        let mut partner = facts.partner.iter();
        // A name in its first days does not take an old one with it at once.
        let at_once =
            ends_at_once(&domain, context) && partner.all(|other| other.ends_at_once(context));
        let after = deleted(&domain, at_once, context);
        let mut decision = Decision {
            code: match &after {
                Some(_) => Code::CompletedPending,
                None => Code::Completed,
            },
            asserts: vec![
                Assert::Version(keys::domain(&domain.name), version),
                Assert::CounterEquals(keys::subordinate_count(&domain.name), 0),
            ],
            extensions: variants::answer(&domain, Answer::Delete, context)
                .into_iter()
                .collect(),
            writes: super::save(Some(&domain), after.as_ref(), context)?,
            ..Decision::default()
        };
        if let Some(partner) = facts.partner {
            partner.follow(&domain, after.as_ref(), &mut decision, context)?;
        }
        Ok(decision)
    }
}

/// Says whether a delete ends a domain at once, so that it cannot be restored.
pub(super) fn ends_at_once(domain: &Domain, context: &Context<'_>) -> bool {
    let running = lifecycle::running_grace(domain, context.now);
    running.contains(&Grace::Add) || context.terms().redemption.is_zero()
}

/// Returns what a domain is once it is deleted; `None` when it is gone at once.
pub(super) fn deleted(domain: &Domain, at_once: bool, context: &Context<'_>) -> Option<Domain> {
    (!at_once).then(|| Domain {
        updated: Some((context.registrar.clone(), context.now)),
        deletion: Some(Deletion {
            deleted: context.now,
            stage: Stage::Redemption,
            until: context.now + context.terms().redemption,
        }),
        ..domain.clone()
    })
}
