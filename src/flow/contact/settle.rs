//! Makes permanent what time did to a contact: the approval of a transfer nobody answered.
//!
//! No command of a client: jobs run it when something is due, and every transform before it decides. Run
//! twice it does nothing the second time.

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::contact::{Projection, project};
use crate::model::{Contact, ContactId};
use crate::store::{self, Assert, Store, keys, read};

/// The flow.
#[derive(Clone, Copy, Debug)]
pub struct Settle<'a> {
    id: &'a ContactId,
}

impl<'a> Settle<'a> {
    /// Names the contact.
    pub fn new(id: &'a ContactId) -> Self {
        Self { id }
    }
}

impl Flow for Settle<'_> {
    const REFUSALS: &'static [Code] = &[];

    /// The contact as it is stored, with its version.
    type Facts = Option<(Contact, u64)>;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        read(store, &keys::contact(self.id)).await
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let Some((stored, version)) = facts else {
            return Ok(Decision::default());
        };
        let Projection { contact, loser } = project(stored.clone(), context.now);
        let (Some(loser), Some(transfer)) = (loser, &contact.transfer) else {
            return Ok(Decision::default());
        };
        let mut writes = super::save(&stored, &contact)?;
        writes.extend(super::tell_transfer(&contact, transfer, &loser, context)?);
        Ok(Decision {
            asserts: vec![Assert::Version(keys::contact(self.id), version)],
            writes,
            ..Decision::default()
        })
    }
}
