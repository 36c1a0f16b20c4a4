//! Makes permanent what time did to a domain: approvals, renewals, the stages of deletion, the end.
//!
//! No command of a client: jobs run it when something is due, and every transform before it decides. Run
//! twice it does nothing the second time.

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain::{Projection, advance, next_change, project};
use crate::model::DomainName;
use crate::model::message::Snapshot;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Clone, Copy, Debug)]
pub struct Settle<'a> {
    name: &'a DomainName,
}

impl<'a> Settle<'a> {
    /// Names the domain.
    pub fn new(name: &'a DomainName) -> Self {
        Self { name }
    }
}

impl Flow for Settle<'_> {
    const REFUSALS: &'static [Code] = &[];

    /// The domain as it is stored with its version, if there is something to do.
    type Facts = Option<(Snapshot, u64)>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let Some((domain, version)) = super::stored(self.name, context, store).await? else {
            return Ok(None);
        };
        if next_change(&domain, context.terms()).is_none_or(|at| at > context.now) {
            return Ok(None);
        }
        Ok(Some((super::snapshot(domain, store).await?, version)))
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let Some((mut before, version)) = facts else {
            return Ok(Decision::default());
        };
        let (now, terms) = (context.now, context.terms());
        let key = keys::domain(&before.domain.name);
        let Projection { domain, .. } = project(before.domain.clone(), now, terms);
        let mut writes = super::save(Some(&before.domain), domain.as_ref(), context)?;
        while let Some((after, event)) = advance(&before.domain, now, terms) {
            let after = after.map(|domain| Snapshot {
                domain,
                name_servers: before.name_servers.clone(),
            });
            writes.extend(super::tell_event(&event, &before, after.as_ref(), context)?);
            let Some(after) = after else {
                break;
            };
            before = after;
        }
        Ok(Decision {
            asserts: vec![Assert::Version(key, version)],
            writes,
            ..Decision::default()
        })
    }
}
