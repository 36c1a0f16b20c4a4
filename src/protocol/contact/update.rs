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
        let auth_info = auth_info.map(AuthInfo::decode).transpose()?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::contact::details::testing::phone;
    use crate::protocol::contact::disclose::testing::disclose;
    use crate::protocol::contact::postal::testing::{address, kind};
    use crate::protocol::testing::{
        again, assert_refused, auth_info, contact_id, line, read, statuses, token,
    };

    fn update(content: &str) -> String {
        format!("<contact:update><contact:id>abc</contact:id>{content}</contact:update>")
    }

    #[test]
    fn decode_drops_empty_add_and_rem_but_keeps_an_empty_chg() {
        let text = update("<contact:add/><contact:rem></contact:rem><contact:chg/>");
        let update = read(&text, Update::decode).unwrap();
        assert_eq!((update.add, update.remove), (Vec::new(), Vec::new()));
        assert_eq!(update.change, Some(Change::default()));
    }

    #[test]
    fn decode_tells_removal_from_absence() {
        let text = update(
            "<contact:chg><contact:postalInfo type='loc'><contact:org/></contact:postalInfo>\
             <contact:fax/></contact:chg>",
        );
        let change = read(&text, Update::decode).unwrap().change.unwrap();
        let (kind, org) = (PostalKind::Local, Some(String::new()));
        assert_eq!(
            change.postal,
            [PostalChange {
                kind,
                name: None,
                org,
                address: None
            }]
        );
        assert_eq!((change.voice, change.fax), (None, Some(None)));
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let add = |count: usize| {
            let statuses = "<contact:status s='ok'/>".repeat(count);
            format!("<contact:add>{statuses}</contact:add>")
        };
        let refused = [
            "<contact:update/>".to_owned(),
            update(&add(8)),
            update("<contact:add a='1'/>"),
            update("<contact:add>x</contact:add>"),
            update("<contact:rem/><contact:add/>"),
            update("<contact:add/><contact:add/>"),
            update("<contact:chg><contact:email/></contact:chg>"),
            update("<contact:chg><contact:postalInfo/></contact:chg>"),
            update("<contact:chg><contact:id>abcd</contact:id></contact:chg>"),
            update(
                "<contact:chg><contact:authInfo><contact:null/></contact:authInfo></contact:chg>",
            ),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), Update::decode);
        assert!(read(&update(&add(7)), Update::decode).is_ok());
    }

    fn postal_change() -> impl Strategy<Value = PostalChange> {
        let (name, org) = (
            prop::option::of(line(1..=20)),
            prop::option::of(line(0..=20)),
        );
        (kind(), name, org, prop::option::of(address())).prop_map(|(kind, name, org, address)| {
            PostalChange {
                kind,
                name,
                org,
                address,
            }
        })
    }

    fn change() -> impl Strategy<Value = Change> {
        let phone = || prop::option::of(prop::option::of(phone()));
        let postal = prop::collection::vec(postal_change(), 0..=2);
        let (email, auth_info) = (
            prop::option::of(token(1..=40)),
            prop::option::of(auth_info()),
        );
        (
            postal,
            phone(),
            phone(),
            email,
            auth_info,
            prop::option::of(disclose()),
        )
            .prop_map(|(postal, voice, fax, email, auth_info, disclose)| Change {
                postal,
                voice,
                fax,
                email,
                auth_info,
                disclose,
            })
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            id in contact_id(),
            (add, remove) in (statuses(ContactStatus::ALL), statuses(ContactStatus::ALL)),
            change in prop::option::of(change()),
        ) {
            let update = Update { id, add, remove, change };
            prop_assert_eq!(again(|writer| update.encode(writer), Update::decode), update);
        }
    }
}
