//! `<contact:info>`: what is known of a contact (RFC 5733 section 3.1.2).
//!
//! Personal data: only the sponsoring registrar, and whoever knows the authorization information, sees it.

use crate::base::code::Code;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::model::Contact;
use crate::protocol::auth_info::AuthInfoState;
use crate::protocol::contact::InfoData;
use crate::protocol::{self, Data, History, Namespace};
use crate::store::{self, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Info<'a> {
    command: &'a protocol::contact::Info,
}

/// The contact and how many domains refer to it.
#[derive(Debug)]
pub struct Facts {
    contact: Option<Contact>,
    links: i64,
}

impl<'a> Info<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::contact::Info) -> Self {
        Self { command }
    }
}

impl Flow for Info<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::UnimplementedOption,
        Code::Authorization,
        Code::AuthInfo,
        Code::DoesNotExist,
    ];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let contact = super::load(&self.command.id, context, store).await?;
        let links = store
            .counter(&keys::contact_links(&self.command.id))
            .await?;
        Ok(Facts {
            contact: contact.map(|(contact, _)| contact),
            links,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let blame = |why| super::blame(why, &self.command.id);
        let contact = facts.contact.ok_or_else(|| blame(Why::DoesNotExist))?;
        let sponsoring = contact.sponsor == *context.registrar;
        match &self.command.auth_info {
            Some(given) => {
                auth_info::verify(
                    given,
                    contact.auth_info.as_ref(),
                    context,
                    Namespace::Contact,
                )?;
            }
            None if sponsoring => {}
            None => return Err(blame(Why::NotSponsor)),
        }
        let stored = contact.auth_info.as_ref();
        let set = sponsoring && stored.is_some_and(|stored| stored.is_set(context.now));
        let statuses = super::statuses(&contact, facts.links);
        let (updater, updated) = contact.updated.unzip();
        let data = InfoData {
            id: contact.id,
            roid: contact.roid,
            statuses,
            details: contact.details,
            history: History {
                sponsor: contact.sponsor,
                creator: contact.creator,
                created: contact.created,
                updater,
                updated,
                transferred: contact.transferred,
            },
            auth_info: set.then_some(AuthInfoState::Set),
        };
        Ok(Decision::answer(Data::ContactInfo(Box::new(data))))
    }
}
