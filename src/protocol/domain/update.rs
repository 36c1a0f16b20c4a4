//! `<domain:update>` (RFC 5731 section 3.2.5).
//!
//! The schema wants none of add, rem and chg: an extension may be all that is asked (RFC 3915).

use super::{ContactReference, NameServers};
use crate::base::code::Code;
use crate::model::ContactId;
use crate::model::status::DomainStatus;
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::status::{self, StatusText};
use crate::protocol::text::token;
use crate::protocol::values::optional;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// How many statuses one `<add>` or `<rem>` holds.
const STATUSES: (usize, usize) = (0, 11);

/// Changes a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Name as the client wrote it.
    pub name: String,
    /// What to add.
    pub add: Option<AddRemove>,
    /// What to remove.
    pub remove: Option<AddRemove>,
    /// What to replace.
    pub change: Option<Change>,
}

/// What an update adds or removes (`addRemType`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddRemove {
    /// Name servers.
    pub name_servers: Option<NameServers>,
    /// Contacts.
    pub contacts: Vec<ContactReference>,
    /// Statuses, with the text beside them.
    pub statuses: Vec<(DomainStatus, StatusText)>,
}

/// What an update replaces (`chgType`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Registrant; the inner `None` is the empty element, which removes it.
    pub registrant: Option<Option<ContactId>>,
    /// Authorization information.
    pub auth_info: Option<AuthInfo>,
}

impl Update {
    /// Reads `<domain:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let add = optional(&mut content, Namespace::Domain, "add", AddRemove::decode)?;
        let remove = optional(&mut content, Namespace::Domain, "rem", AddRemove::decode)?;
        let change = content.optional(Namespace::Domain, "chg");
        content.end()?;
        let change = change.map(Change::decode).transpose()?;
        Ok(Self {
            name,
            add,
            remove,
            change,
        })
    }

    /// Writes `<domain:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "update");
        writer.leaf(Namespace::Domain, "name", &self.name);
        if let Some(add) = &self.add {
            add.encode(writer, "add");
        }
        if let Some(remove) = &self.remove {
            remove.encode(writer, "rem");
        }
        if let Some(change) = &self.change {
            change.encode(writer);
        }
        writer.end();
    }
}

impl AddRemove {
    /// Reads `<domain:add>` or `<domain:rem>`.
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name_servers = NameServers::decode_optional(&mut content)?;
        let contacts = ContactReference::decode_many(&mut content)?;
        let parse = DomainStatus::parse;
        let statuses = status::decode_many(&mut content, Namespace::Domain, STATUSES, parse)?;
        content.end()?;
        Ok(Self {
            name_servers,
            contacts,
            statuses,
        })
    }

    /// Writes the element `name`.
    fn encode(&self, writer: &mut Writer, name: &'static str) {
        writer.start(Namespace::Domain, name);
        if let Some(name_servers) = &self.name_servers {
            name_servers.encode(writer);
        }
        for contact in &self.contacts {
            contact.encode(writer);
        }
        for (status, text) in &self.statuses {
            status::encode(writer, Namespace::Domain, status.as_str(), text);
        }
        writer.end();
    }
}

impl Change {
    /// Reads `<domain:chg>`.
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let registrant = content.optional(Namespace::Domain, "registrant");
        let auth_info = content.optional(Namespace::Domain, "authInfo");
        content.end()?;
        let auth_info = auth_info.map(AuthInfo::decode_change).transpose()?;
        let registrant = registrant.map(new_registrant).transpose()?;
        Ok(Self {
            registrant,
            auth_info,
        })
    }

    /// Writes `<domain:chg>`.
    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "chg");
        if let Some(registrant) = &self.registrant {
            let id = registrant.as_ref().map_or("", ContactId::as_str);
            writer.leaf(Namespace::Domain, "registrant", id);
        }
        if let Some(auth_info) = &self.auth_info {
            auth_info.encode(Namespace::Domain, writer);
        }
        writer.end();
    }
}

/// Reads the new registrant, of 0 to 16 characters (`clIDChgType`).
///
/// The schema lets one and two characters through, which no contact can have: that is not the schema's
/// refusal but the value's, 2005.
fn new_registrant(element: Element<'_>) -> Result<Option<ContactId>, Error> {
    let id = token(element, 0, 16)?;
    if id.is_empty() {
        return Ok(None);
    }
    match ContactId::parse(&id) {
        Some(id) => Ok(Some(id)),
        None => {
            let reason = "a contact identifier has 3 to 16 characters";
            Err(Error::new(Code::ParameterSyntax, element, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    const NS: Namespace = Namespace::Domain;

    fn add_remove() -> impl Strategy<Value = AddRemove> {
        let servers = vec(testing::token(1..=40), 1..4).prop_map(NameServers::Objects);
        let contact = (of(samples::role()), testing::contact_id())
            .prop_map(|(role, id)| ContactReference { role, id });
        let status = (
            proptest::sample::select(DomainStatus::ALL),
            samples::status_text(),
        );
        (of(servers), vec(contact, 0..3), vec(status, 0..=11)).prop_map(
            |(name_servers, contacts, statuses)| AddRemove {
                name_servers,
                contacts,
                statuses,
            },
        )
    }

    fn change() -> impl Strategy<Value = Change> {
        let auth_info = prop_oneof![samples::auth_info(), Just(AuthInfo::Null)];
        (of(of(testing::contact_id())), of(auth_info)).prop_map(|(registrant, auth_info)| Change {
            registrant,
            auth_info,
        })
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (name, add, remove, change) in
                (testing::token(1..=40), of(add_remove()), of(add_remove()), of(change())),
        ) {
            let update = Update { name, add, remove, change };
            prop_assert_eq!(&testing::again(|w| update.encode(w), Update::decode), &update);
        }
    }

    fn update(parts: &str) -> Result<Update, Error> {
        let text = format!("<update><name>a.hk</name>{parts}</update>");
        samples::read(NS, &text, Update::decode)
    }

    #[test]
    fn decode_accepts_empty_parts_and_none() {
        assert_eq!(update("").unwrap().add, None);
        let all = update("<add/><rem/><chg/>").unwrap();
        assert_eq!(all.add, Some(AddRemove::default()));
        assert_eq!(all.remove, Some(AddRemove::default()));
        assert_eq!(all.change, Some(Change::default()));
    }

    #[test]
    fn decode_of_an_empty_registrant_removes_it() {
        let registrant = |text: &str| {
            update(&format!("<chg><registrant>{text}</registrant></chg>"))
                .map(|update| update.change.unwrap().registrant.unwrap())
        };
        assert_eq!(registrant(" \n "), Ok(None));
        assert_eq!(registrant(" sh8013 "), Ok(ContactId::parse("sh8013")));
        assert_eq!(registrant("ab").unwrap_err().code, Code::ParameterSyntax);
        assert_eq!(registrant(&"a".repeat(17)).unwrap_err().code, Code::Syntax);
    }

    #[test]
    fn decode_of_null_lets_anything_stand_in_it() {
        let auth_info = |null: &str| {
            let update = update(&format!("<chg><authInfo>{null}</authInfo></chg>"))?;
            Ok(update.change.unwrap().auth_info)
        };
        for null in [
            "<null/>",
            "<null a='b'>text<x/></null>",
            "<null><delete><name>a</name></delete></null>",
        ] {
            assert_eq!(
                auth_info(null),
                Ok::<_, Error>(Some(AuthInfo::Null)),
                "{null}"
            );
        }
        assert_eq!(
            auth_info("<null><delete/></null>").unwrap_err().code,
            Code::Syntax
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let many = format!("<add>{}</add>", "<status s='ok'/>".repeat(12));
        for parts in [
            "<rem/><add/>",
            "<add/><add/>",
            "<chg/><rem/>",
            "<chg><name>b.hk</name></chg>",
            "<chg><authInfo><pw/></authInfo><registrant>abc</registrant></chg>",
            "<chg><authInfo/></chg>",
            "<chg><authInfo><null/><null/></authInfo></chg>",
            "<add><status/></add>",
            "<add><status s='linked'/></add>",
            "<add><status s='ok'/><ns><hostObj>a.hk</hostObj></ns></add>",
            "<add><ns/></add>",
            &many,
        ] {
            assert_eq!(
                update(parts).map(drop).map_err(|e| e.code),
                Err(Code::Syntax),
                "{parts}"
            );
        }
    }
}
