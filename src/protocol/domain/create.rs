//! `<domain:create>` (RFC 5731 section 3.2.1).

use chrono::{DateTime, Utc};

use super::{ContactReference, NameServers, period};
use crate::model::{ContactId, Period};
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::text::{timestamp, token};
use crate::protocol::values::{contact_id, instant, optional};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Registers a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Name as the client wrote it.
    pub name: String,
    /// Period; the server's default when absent.
    pub period: Option<Period>,
    /// Name servers.
    pub name_servers: Option<NameServers>,
    /// Registrant.
    pub registrant: Option<ContactId>,
    /// Other contacts.
    pub contacts: Vec<ContactReference>,
    /// Authorization information.
    pub auth_info: AuthInfo,
}

impl Create {
    /// Reads `<domain:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let period = period::decode_optional(&mut content)?;
        let name_servers = NameServers::decode_optional(&mut content)?;
        let registrant = optional(&mut content, Namespace::Domain, "registrant", contact_id)?;
        let contacts = ContactReference::decode_many(&mut content)?;
        let auth_info = AuthInfo::decode(content.required(Namespace::Domain, "authInfo")?)?;
        content.end()?;
        Ok(Self {
            name,
            period,
            name_servers,
            registrant,
            contacts,
            auth_info,
        })
    }

    /// Writes `<domain:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "create");
        writer.leaf(Namespace::Domain, "name", &self.name);
        period::encode_optional(writer, self.period);
        if let Some(name_servers) = &self.name_servers {
            name_servers.encode(writer);
        }
        if let Some(registrant) = &self.registrant {
            writer.leaf(Namespace::Domain, "registrant", registrant.as_str());
        }
        for contact in &self.contacts {
            contact.encode(writer);
        }
        self.auth_info.encode(Namespace::Domain, writer);
        writer.end();
    }
}

/// Answer to [`Create`] (`creData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateData {
    /// Name.
    pub name: String,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When the registration ends.
    pub expires: Option<DateTime<Utc>>,
}

impl CreateData {
    /// Writes `<domain:creData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "creData");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.leaf(Namespace::Domain, "crDate", &timestamp(self.created));
        if let Some(expires) = self.expires {
            writer.leaf(Namespace::Domain, "exDate", &timestamp(expires));
        }
        writer.end();
    }

    /// Reads `<domain:creData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let created = instant(content.required(Namespace::Domain, "crDate")?)?;
        let expires = optional(&mut content, Namespace::Domain, "exDate", instant)?;
        content.end()?;
        Ok(Self {
            name,
            created,
            expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::domain::HostAttribute;
    use crate::protocol::{samples, testing};

    const NS: Namespace = Namespace::Domain;

    fn create() -> impl Strategy<Value = Create> {
        let registration = (testing::token(1..=40), of(samples::period()), of(servers()));
        let contacts = (
            of(testing::contact_id()),
            proptest::collection::vec(reference(), 0..4),
        );
        (registration, contacts, samples::auth_info()).prop_map(
            |((name, period, name_servers), (registrant, contacts), auth_info)| Create {
                name,
                period,
                name_servers,
                registrant,
                contacts,
                auth_info,
            },
        )
    }

    fn servers() -> impl Strategy<Value = NameServers> {
        let addresses = proptest::collection::vec(samples::address(), 0..3);
        let attribute = (testing::token(1..=40), addresses)
            .prop_map(|(name, addresses)| HostAttribute { name, addresses });
        prop_oneof![
            proptest::collection::vec(testing::token(1..=40), 1..4).prop_map(NameServers::Objects),
            proptest::collection::vec(attribute, 1..4).prop_map(NameServers::Attributes),
        ]
    }

    fn reference() -> impl Strategy<Value = ContactReference> {
        (of(samples::role()), testing::contact_id())
            .prop_map(|(role, id)| ContactReference { role, id })
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            create in create(),
            (name, created, expires) in (testing::token(1..=40), samples::instant(), of(samples::instant())),
        ) {
            prop_assert_eq!(&testing::again(|w| create.encode(w), Create::decode), &create);
            let data = CreateData { name, created, expires };
            prop_assert_eq!(&testing::again(|w| data.encode(w), CreateData::decode), &data);
        }
    }

    #[test]
    fn decode_reads_every_part() {
        let text = "<create><name> My-Shop.hk </name><period unit=' y '> 02 </period>\
            <ns><hostObj>ns1.x.hk</hostObj><hostObj>ns2.x.hk</hostObj></ns>\
            <registrant>jd1234</registrant><contact type='admin'>sh8013</contact>\
            <contact>sh8014</contact><authInfo><pw roid='C1-HK'> 2foo\tBAR </pw></authInfo></create>";
        let create = samples::read(NS, text, Create::decode).unwrap();
        assert_eq!(create.name, "My-Shop.hk");
        assert_eq!(create.period, Period::years(2));
        let servers = vec!["ns1.x.hk".to_owned(), "ns2.x.hk".to_owned()];
        assert_eq!(create.name_servers, Some(NameServers::Objects(servers)));
        assert_eq!(create.registrant, ContactId::parse("jd1234"));
        let roles: Vec<_> = create.contacts.iter().map(|contact| contact.role).collect();
        assert_eq!(
            roles,
            [Some(crate::model::domain::ContactRole::Admin), None]
        );
        let AuthInfo::Password { secret, roid } = create.auth_info else {
            panic!()
        };
        assert_eq!(
            (secret.expose(), roid.as_deref()),
            (" 2foo BAR ", Some("C1-HK"))
        );
    }

    #[test]
    fn decode_of_host_attributes_reads_names_and_addresses() {
        let text = "<create><name>x.hk</name><ns><hostAttr><hostName>ns.x.hk</hostName>\
            <hostAddr>192.0.2.2</hostAddr><hostAddr ip='v6'>1080::8</hostAddr></hostAttr></ns>\
            <authInfo><pw/></authInfo></create>";
        let create = samples::read(NS, text, Create::decode).unwrap();
        let Some(NameServers::Attributes(servers)) = create.name_servers else {
            panic!()
        };
        let texts: Vec<_> = servers[0]
            .addresses
            .iter()
            .map(|a| (a.family.as_str(), a.text.as_str()))
            .collect();
        assert_eq!(texts, [("v4", "192.0.2.2"), ("v6", "1080::8")]);
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let end = "<authInfo><pw/></authInfo></create>";
        let start = "<create><name>x.hk</name>";
        let between = |middle: &str| format!("{start}{middle}{end}");
        let texts = [
            format!("<create>{end}"),
            format!("<create><name/>{end}"),
            format!("<create><name>{}</name>{end}", "x".repeat(256)),
            format!("{start}</create>"),
            format!("<create>text<name>x.hk</name>{end}"),
            format!("<create a='b'><name>x.hk</name>{end}"),
            between("<period>1</period>"),
            between("<period unit='d'>1</period>"),
            between("<period unit='y'>0</period>"),
            between("<period unit='y'>100</period>"),
            between("<period unit='y'>+1</period>"),
            between("<period unit='y'/>"),
            between("<period unit='y' x='1'>1</period>"),
            between("<ns/>"),
            between(
                "<ns><hostObj>a.hk</hostObj><hostAttr><hostName>b.hk</hostName></hostAttr></ns>",
            ),
            between(
                "<ns><hostAttr><hostName>b.hk</hostName></hostAttr><hostObj>a.hk</hostObj></ns>",
            ),
            between("<ns><hostAttr/></ns>"),
            between(
                "<ns><hostAttr><hostName>b.hk</hostName><hostAddr>1</hostAddr></hostAttr></ns>",
            ),
            between("<ns><hostObj>a.hk</hostObj></ns><period unit='y'>1</period>"),
            between("<ns><hostObj>a.hk</hostObj></ns><ns><hostObj>b.hk</hostObj></ns>"),
            between("<registrant>ab</registrant>"),
            between("<registrant a='b'>abc</registrant>"),
            between("<registrant>abcdefghijklmnopq</registrant>"),
            between("<contact type='owner'>abc</contact>"),
            between("<contact type='admin'>abc</contact><registrant>abc</registrant>"),
            format!("{start}<authInfo/></create>"),
            format!("{start}<authInfo><null/></authInfo></create>"),
            format!("{start}<authInfo><pw/><pw/></authInfo></create>"),
            format!("{start}<authInfo><pw/></authInfo><name>y.hk</name></create>"),
        ];
        samples::refuse(NS, &texts.each_ref().map(String::as_str), Create::decode);
    }
}
