//! Makes permanent what time did to a domain: approvals, renewals, the stages of deletion, the end.
//!
//! No command of a client: jobs run it when something is due, and every transform before it decides. Run
//! twice it does nothing the second time.

use super::application;
use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain::{Projection, advance, next_change, project};
use crate::model::document::{Closed, Verdict};
use crate::model::message::Snapshot;
use crate::model::{DocumentRequest, DomainName};
use crate::store::{self, Assert, Store, keys, read};

/// The flow.
#[derive(Clone, Copy, Debug)]
pub struct Settle<'a> {
    name: &'a DomainName,
}

/// A domain that time has changed.
#[derive(Debug)]
pub struct Facts {
    /// The domain as it is stored, and its version.
    before: Snapshot,
    version: u64,
    /// The requests for documents whose deadline has come.
    lapsed: Vec<(DocumentRequest, u64)>,
}

impl<'a> Settle<'a> {
    /// Names the domain.
    pub fn new(name: &'a DomainName) -> Self {
        Self { name }
    }
}

impl Flow for Settle<'_> {
    const REFUSALS: &'static [Code] = &[];

    /// What there is to do something about, if anything.
    type Facts = Option<Facts>;

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
        let application = domain.application.as_ref();
        // Whoever restores a deleted name is asked still.
        let demand = domain.demand.as_ref().filter(|_| domain.deletion.is_none());
        let waits = [
            application.map(|it| (it.id, it.until)),
            demand.map(|it| (it.id, it.until)),
        ];
        let mut lapsed = Vec::new();
        for (id, until) in waits.into_iter().flatten() {
            if until <= context.now {
                lapsed.extend(read(store, &keys::document(id)).await?);
            }
        }
        Ok(Some(Facts {
            before: super::snapshot(domain, store).await?,
            version,
            lapsed,
        }))
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let Some(Facts {
            mut before,
            version,
            lapsed,
        }) = facts
        else {
            return Ok(Decision::default());
        };
        let mut asserts = vec![Assert::Version(keys::domain(&before.domain.name), version)];
        let (now, terms) = (context.now, context.terms());
        let Projection { domain, .. } = project(before.domain.clone(), now, terms);
        let mut writes = super::save(Some(&before.domain), domain.as_ref(), context)?;
        for (request, version) in lapsed {
            let closed = Closed {
                verdict: Verdict::Lapsed,
                at: request.due,
                by: "server".to_owned(),
                reason: None,
            };
            asserts.push(Assert::Version(keys::document(request.id), version));
            writes.push(application::close(request, closed)?);
        }
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
            asserts,
            writes,
            ..Decision::default()
        })
    }
}
