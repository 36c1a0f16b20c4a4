//! `<contact:create>`: a person or organisation with a handle (RFC 5733 section 3.2.1).

use crate::base::code::Code;
use crate::flow::contact::details;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::model::Contact;
use crate::protocol::contact::CreateData;
use crate::protocol::{self, Data, Namespace};
use crate::store::{self, Assert, Store, Write, keys, record};

/// The flow.
#[derive(Debug)]
pub struct Create<'a> {
    command: &'a protocol::contact::Create,
}

impl<'a> Create<'a> {
    /// Takes the command.
    ///
    /// # Errors
    /// 2005 or 2306 for details that break the text of RFC 5733.
    pub fn new(command: &'a protocol::contact::Create) -> Result<Self, Refusal> {
        details::judge(&command.details)?;
        Ok(Self { command })
    }
}

impl Flow for Create<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::AuthInfo,
        Code::Exists,
        Code::ValuePolicy,
        Code::DataPolicy,
    ];

    /// Whether the handle is taken.
    type Facts = bool;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<bool, store::Error> {
        store.contains(&keys::contact(&self.command.id)).await
    }

    fn decide(&self, context: &Context<'_>, taken: bool) -> Result<Decision, Refusal> {
        if taken {
            return Err(super::blame(Why::Exists, &self.command.id));
        }
        let contact = Contact {
            id: self.command.id.clone(),
            roid: context.roid('C', context.numbers.next()),
            statuses: Vec::new(),
            details: self.command.details.clone(),
            sponsor: context.registrar.clone(),
            creator: context.registrar.clone(),
            created: context.now,
            updated: None,
            transferred: None,
            auth_info: auth_info::hash(&self.command.auth_info, context, Namespace::Contact)?,
            transfer: None,
        };
        let key = keys::contact(&contact.id);
        let data = CreateData {
            id: contact.id.clone(),
            created: contact.created,
        };
        Ok(Decision {
            data: Some(Data::ContactCreate(data)),
            asserts: vec![Assert::Absent(key.clone())],
            writes: vec![Write::Put(key, record::encode(&contact)?)],
            ..Decision::default()
        })
    }
}
