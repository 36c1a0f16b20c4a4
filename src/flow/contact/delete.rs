//! `<contact:delete>`: the end of a contact that no domain refers to (RFC 5733 section 3.2.2).

use crate::base::code::Code;
use crate::flow::contact::{blame, own, statuses};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::permission::{Operation, forbidding};
use crate::model::Contact;
use crate::protocol;
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, Write, keys};

/// The flow.
#[derive(Debug)]
pub struct Delete<'a> {
    command: &'a protocol::contact::Delete,
}

/// The contact with its version, and how many domains refer to it.
#[derive(Debug)]
pub struct Facts {
    contact: Option<(Contact, u64)>,
    links: i64,
}

impl<'a> Delete<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::contact::Delete) -> Self {
        Self { command }
    }
}

impl Flow for Delete<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::Authorization,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::AssociationProhibits,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Contact(self.command.id.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let id = &self.command.id;
        Ok(Facts {
            contact: super::load(id, context, store).await?,
            links: store.counter(&keys::contact_links(id)).await?,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let id = &self.command.id;
        let (contact, version) = own(facts.contact, id, context)?;
        let shown = statuses(&contact, facts.links);
        if let Some(status) = forbidding(&shown, Operation::Delete) {
            return Err(blame(Why::Status(status.as_str()), id));
        }
        if facts.links > 0 {
            return Err(blame(Why::Association("domains refer to the contact"), id));
        }
        let key = keys::contact(id);
        Ok(Decision {
            asserts: vec![
                Assert::Version(key.clone(), version),
                Assert::CounterEquals(keys::contact_links(id), 0),
            ],
            writes: vec![Write::Delete(key)],
            ..Decision::default()
        })
    }
}
