//! Makes permanent what time did to a domain: approvals, renewals, the stages of deletion, the end.
//!
//! No command of a client: jobs run it when something is due, and every transform before it decides. Run
//! twice it does nothing the second time.

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain::{Projection, project};
use crate::model::{Domain, DomainName};
use crate::store::{self, Assert, Store, keys, read};

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

    /// The domain as it is stored, with its version.
    type Facts = Option<(Domain, u64)>;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        read(store, &keys::domain(self.name)).await
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let Some((stored, version)) = facts else {
            return Ok(Decision::default());
        };
        let Projection { domain, events } = project(stored.clone(), context.now, context.terms());
        if events.is_empty() {
            return Ok(Decision::default());
        }
        let mut writes = super::save(Some(&stored), domain.as_ref(), context)?;
        for event in events {
            writes.extend(super::tell_event(
                &event,
                &stored,
                domain.as_ref(),
                context,
            )?);
        }
        Ok(Decision {
            asserts: vec![Assert::Version(keys::domain(self.name), version)],
            writes,
            ..Decision::default()
        })
    }
}
