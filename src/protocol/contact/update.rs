//! `<contact:update>` (RFC 5733 section 3.2.5); its answer has no data.
//!
//! One leniency: an empty `<contact:add/>` or `<contact:rem/>` breaks the schema, but Net::EPP always sends
//! both, so they are dropped.

use super::{details, disclose, postal};
use crate::model::ContactId;
use crate::model::contact::{Address, Disclose, Phone, PostalKind};
use crate::model::status::ContactStatus;
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::status::{self, StatusText};
use crate::protocol::text::{normalized, token};
use crate::protocol::values::contact_id;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for changes of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Handle.
    pub id: ContactId,
    /// Statuses to set.
    pub add: Vec<(ContactStatus, StatusText)>,
    /// Statuses to lift.
    pub remove: Vec<(ContactStatus, StatusText)>,
    /// What else to change; present but empty when the client sent an empty `<chg>`.
    pub change: Option<Change>,
}

/// New values of a contact (`chg`); what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Changes of up to two postal forms.
    pub postal: Vec<PostalChange>,
    /// Telephone; `Some(None)` removes it.
    pub voice: Option<Option<Phone>>,
    /// Facsimile; `Some(None)` removes it.
    pub fax: Option<Option<Phone>>,
    /// E-mail address.
    pub email: Option<String>,
    /// Authorization information.
    pub auth_info: Option<AuthInfo>,
    /// Disclosure wishes.
    pub disclose: Option<Disclose>,
}

/// Change of one postal form (`chgPostalInfoType`); what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalChange {
    /// Which form.
    pub kind: PostalKind,
    /// Name.
    pub name: Option<String>,
    /// Organisation; the empty text removes it.
    pub org: Option<String>,
    /// Address, replaced as a whole.
    pub address: Option<Address>,
}

impl Update {
    /// Reads `<contact:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let add = decode_statuses(content.optional(Namespace::Contact, "add"))?;
        let remove = decode_statuses(content.optional(Namespace::Contact, "rem"))?;
        let change = content.optional(Namespace::Contact, "chg");
        let change = change.map(Change::decode).transpose()?;
        content.end()?;
        Ok(Self {
            id,
            add,
            remove,
            change,
        })
    }

    /// Writes `<contact:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "update");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        encode_statuses(writer, "add", &self.add);
        encode_statuses(writer, "rem", &self.remove);
        if let Some(change) = &self.change {
            change.encode(writer);
        }
        writer.end();
    }
}

fn decode_statuses(
    element: Option<Element<'_>>,
) -> Result<Vec<(ContactStatus, StatusText)>, Error> {
    let Some(element) = element else {
        return Ok(Vec::new());
    };
    let mut content = Sequence::of(element)?;
    let bounds = (0, status::MAXIMUM);
    let found = status::decode_many(
        &mut content,
        Namespace::Contact,
        bounds,
        ContactStatus::parse,
    )?;
    content.end()?;
    Ok(found)
}

fn encode_statuses(
    writer: &mut Writer,
    name: &'static str,
    statuses: &[(ContactStatus, StatusText)],
) {
    if statuses.is_empty() {
        return;
    }
    writer.start(Namespace::Contact, name);
    for (value, comment) in statuses {
        status::encode(writer, Namespace::Contact, value.as_str(), comment);
    }
    writer.end();
}

impl Change {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let forms = content.many(Namespace::Contact, "postalInfo", 0, 2)?;
        let postal = forms
            .into_iter()
            .map(PostalChange::decode)
            .collect::<Result<_, _>>()?;
        let voice = details::decode_phone(&mut content, "voice")?;
        let fax = details::decode_phone(&mut content, "fax")?;
        let email = content.optional(Namespace::Contact, "email");
        let email = email
            .map(|element| token(element, 1, usize::MAX))
            .transpose()?;
        let auth_info = content.optional(Namespace::Contact, "authInfo");
        let auth_info = auth_info
            .map(|e| AuthInfo::decode(e, Namespace::Contact))
            .transpose()?;
        let disclose = content.optional(Namespace::Contact, "disclose");
        let disclose = disclose.map(disclose::decode).transpose()?;
        content.end()?;
        Ok(Self {
            postal,
            voice,
            fax,
            email,
            auth_info,
            disclose,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "chg");
        for form in &self.postal {
            form.encode(writer);
        }
        if let Some(voice) = &self.voice {
            details::encode_phone(writer, "voice", voice.as_ref());
        }
        if let Some(fax) = &self.fax {
            details::encode_phone(writer, "fax", fax.as_ref());
        }
        if let Some(email) = &self.email {
            writer.leaf(Namespace::Contact, "email", email);
        }
        if let Some(auth_info) = &self.auth_info {
            auth_info.encode(Namespace::Contact, writer);
        }
        if let Some(disclose) = &self.disclose {
            disclose::encode(disclose, writer);
        }
        writer.end();
    }
}

impl PostalChange {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let kind = postal::decode_kind(element)?;
        let mut content = Sequence::content(element)?;
        let name = content.optional(Namespace::Contact, "name");
        let name = name
            .map(|element| normalized(element, 1, 255))
            .transpose()?;
        let org = content.optional(Namespace::Contact, "org");
        let org = org.map(|element| normalized(element, 0, 255)).transpose()?;
        let address = content.optional(Namespace::Contact, "addr");
        let address = address.map(postal::decode_address).transpose()?;
        content.end()?;
        Ok(Self {
            kind,
            name,
            org,
            address,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "postalInfo");
        writer.attribute("type", postal::kind_text(self.kind));
        if let Some(name) = &self.name {
            writer.leaf(Namespace::Contact, "name", name);
        }
        if let Some(org) = &self.org {
            writer.leaf(Namespace::Contact, "org", org);
        }
        if let Some(address) = &self.address {
            postal::encode_address(address, writer);
        }
        writer.end();
    }
}
