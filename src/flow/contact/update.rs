//! `<contact:update>`: new details, statuses and authorization information (RFC 5733 section 3.2.5).
//!
//! What the command does not give stays: of a postal form, name, organisation and address each as a whole. An empty
//! organisation, voice or fax removes it. A form that was not there may come with its name and address.

use crate::base::code::Code;
use crate::flow::contact::{blame, details, own};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info, change};
use crate::model::Contact;
use crate::model::contact::{Details, PostalInfo};
use crate::protocol::contact::update::{Change, PostalChange};
use crate::protocol::{self, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, Write, keys, record};

/// The flow.
#[derive(Debug)]
pub struct Update<'a> {
    command: &'a protocol::contact::Update,
}

/// The contact with its version.
pub type Facts = Option<(Contact, u64)>;

impl<'a> Update<'a> {
    /// Takes the command.
    ///
    /// # Errors
    /// 2003 when nothing is asked for, 2005, 2306 or 2308 for what breaks the text of RFC 5733 whatever the contact is.
    pub fn new(command: &'a protocol::contact::Update) -> Result<Self, Refusal> {
        let changes = command.change.as_ref().is_some_and(asks);
        if !changes && command.add.is_empty() && command.remove.is_empty() {
            let why = Why::Missing("the update asks for nothing");
            return Err(blame(why, &command.id));
        }
        command
            .change
            .as_ref()
            .map_or(Ok(()), details::judge_change)?;
        change::judge(&command.remove, &command.add, Namespace::Contact)?;
        Ok(Self { command })
    }
}

impl Flow for Update<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::Authorization,
        Code::AuthInfo,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
        Code::DataPolicy,
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
        super::load(&self.command.id, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let (id, remove) = (&self.command.id, &self.command.remove);
        let (mut contact, version) = own(facts, id, context)?;
        // Whether domains refer to it forbids no update.
        let shown = super::statuses(&contact, 0);
        if let Some(status) = change::forbidding_update(&shown, remove) {
            return Err(blame(Why::Status(status.as_str()), id));
        }
        let add = &self.command.add;
        contact.statuses = change::statuses(&contact.statuses, remove, add, Namespace::Contact)?;
        if let Some(change) = &self.command.change {
            apply(change, &mut contact.details)?;
            if let Some(given) = &change.auth_info {
                contact.auth_info = auth_info::hash(given, context, Namespace::Contact)?;
            }
        }
        contact.updated = Some((context.registrar.clone(), context.now));
        let key = keys::contact(id);
        Ok(Decision {
            asserts: vec![Assert::Version(key.clone(), version)],
            writes: vec![Write::Put(key, record::encode(&contact)?)],
            ..Decision::default()
        })
    }
}

/// Says whether a change asks for anything.
fn asks(change: &Change) -> bool {
    let Change {
        postal,
        voice,
        fax,
        email,
        auth_info,
        disclose,
    } = change;
    let form =
        |form: &PostalChange| form.name.is_some() || form.org.is_some() || form.address.is_some();
    postal.iter().any(form)
        || voice.is_some()
        || fax.is_some()
        || email.is_some()
        || auth_info.is_some()
        || disclose.is_some()
}

/// Replaces what a change gives.
fn apply(change: &Change, details: &mut Details) -> Result<(), Refusal> {
    for form in &change.postal {
        apply_form(form, &mut details.postal)?;
    }
    if let Some(voice) = &change.voice {
        details.voice.clone_from(voice);
    }
    if let Some(fax) = &change.fax {
        details.fax.clone_from(fax);
    }
    if let Some(email) = &change.email {
        details.email.clone_from(email);
    }
    if change.disclose.is_some() {
        details.disclose.clone_from(&change.disclose);
    }
    Ok(())
}

/// Replaces what a change gives of a postal form, or makes a form of it.
fn apply_form(form: &PostalChange, forms: &mut Vec<PostalInfo>) -> Result<(), Refusal> {
    let org = form.org.clone().map(|org| (!org.is_empty()).then_some(org));
    if let Some(info) = forms.iter_mut().find(|info| info.kind == form.kind) {
        if let Some(name) = &form.name {
            info.name.clone_from(name);
        }
        if let Some(org) = org {
            info.org = org;
        }
        if let Some(address) = &form.address {
            info.address.clone_from(address);
        }
        return Ok(());
    }
    let (Some(name), Some(address)) = (form.name.clone(), form.address.clone()) else {
        let why = Why::Missing("a postalInfo the contact did not have needs name and addr");
        return Err(Refusal::new(why, Namespace::Contact, "postalInfo", ""));
    };
    forms.push(PostalInfo {
        kind: form.kind,
        name,
        org: org.flatten(),
        address,
    });
    Ok(())
}
