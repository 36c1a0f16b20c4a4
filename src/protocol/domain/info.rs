//! `<domain:info>` (RFC 5731 section 3.1.2).

use chrono::{DateTime, Utc};

use super::name_servers::encode_objects;
use super::{ContactReference, NameServers};
use crate::base::code::Code;
use crate::model::domain::ContactRole;
use crate::model::status::DomainStatus;
use crate::model::{ContactId, RegistrarId};
use crate::protocol::Error;
use crate::protocol::auth_info::{AuthInfo, AuthInfoState};
use crate::protocol::status;
use crate::protocol::text::{collapse, timestamp, token, token_content};
use crate::protocol::values::{contact_id, instant, optional, registrar_id, roid};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// How many statuses an answer holds.
const STATUSES: (usize, usize) = (0, 11);

/// Asks what is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Name as the client wrote it.
    pub name: String,
    /// Which hosts to list.
    pub hosts: HostsFilter,
    /// Authorization information.
    pub auth_info: Option<AuthInfo>,
}

/// Which hosts an answer lists (`hostsType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostsFilter {
    /// `all`: both of the following, also when nothing is said.
    #[default]
    All,
    /// `del`: the name servers the domain is delegated to.
    Delegated,
    /// `none`.
    None,
    /// `sub`: the hosts below the domain.
    Subordinate,
}

impl HostsFilter {
    /// Finds the filter written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "all" => Some(Self::All),
            "del" => Some(Self::Delegated),
            "none" => Some(Self::None),
            "sub" => Some(Self::Subordinate),
            _ => None,
        }
    }

    /// Returns the filter as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Delegated => "del",
            Self::None => "none",
            Self::Subordinate => "sub",
        }
    }
}

impl Info {
    /// Reads `<domain:info>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let named = content.required(Namespace::Domain, "name")?;
        let auth_info = content.optional(Namespace::Domain, "authInfo");
        content.end()?;
        let [hosts] = attributes(named, ["hosts"])?;
        let hosts = match hosts {
            None => HostsFilter::default(),
            Some(hosts) => HostsFilter::parse(&collapse(hosts))
                .ok_or_else(|| Error::new(Code::Syntax, named, "hosts is all, del, none or sub"))?,
        };
        let name = token_content(named, 1, 255)?;
        let auth_info = auth_info.map(AuthInfo::decode).transpose()?;
        Ok(Self {
            name,
            hosts,
            auth_info,
        })
    }

    /// Writes `<domain:info>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "info");
        writer.start(Namespace::Domain, "name");
        writer.attribute("hosts", self.hosts.as_str());
        writer.text(&self.name);
        writer.end();
        if let Some(auth_info) = &self.auth_info {
            auth_info.encode(Namespace::Domain, writer);
        }
        writer.end();
    }
}

/// Answer to [`Info`] (`infData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// Name.
    pub name: String,
    /// Repository object identifier.
    pub roid: String,
    /// Statuses, at most eleven.
    pub statuses: Vec<DomainStatus>,
    /// Registrant.
    pub registrant: Option<ContactId>,
    /// Other contacts.
    pub contacts: Vec<(ContactRole, ContactId)>,
    /// Name servers the domain is delegated to.
    pub name_servers: Vec<String>,
    /// Hosts below the domain.
    pub hosts: Vec<String>,
    /// Sponsoring registrar.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: Option<RegistrarId>,
    /// When it was created.
    pub created: Option<DateTime<Utc>>,
    /// Registrar that changed it last.
    pub updater: Option<RegistrarId>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// When the registration ends.
    pub expires: Option<DateTime<Utc>>,
    /// When it was last transferred.
    pub transferred: Option<DateTime<Utc>>,
    /// Whether authorization information is set; for the sponsoring registrar only.
    pub auth_info: Option<AuthInfoState>,
}

impl InfoData {
    /// Writes `<domain:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "infData");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.leaf(Namespace::Domain, "roid", &self.roid);
        for status in &self.statuses {
            status::encode_value(writer, Namespace::Domain, status.as_str());
        }
        self.encode_associations(writer);
        self.encode_history(writer);
        if let Some(auth_info) = self.auth_info {
            auth_info.encode(Namespace::Domain, writer);
        }
        writer.end();
    }

    /// Writes contacts and hosts.
    fn encode_associations(&self, writer: &mut Writer) {
        if let Some(registrant) = &self.registrant {
            writer.leaf(Namespace::Domain, "registrant", registrant.as_str());
        }
        for (role, id) in &self.contacts {
            writer.start(Namespace::Domain, "contact");
            writer.attribute("type", role.as_str());
            writer.text(id.as_str());
            writer.end();
        }
        if !self.name_servers.is_empty() {
            encode_objects(writer, &self.name_servers);
        }
        for host in &self.hosts {
            writer.leaf(Namespace::Domain, "host", host);
        }
    }

    /// Writes who did what when.
    fn encode_history(&self, writer: &mut Writer) {
        writer.leaf(Namespace::Domain, "clID", self.sponsor.as_str());
        if let Some(creator) = &self.creator {
            writer.leaf(Namespace::Domain, "crID", creator.as_str());
        }
        if let Some(created) = self.created {
            writer.leaf(Namespace::Domain, "crDate", &timestamp(created));
        }
        if let Some(updater) = &self.updater {
            writer.leaf(Namespace::Domain, "upID", updater.as_str());
        }
        if let Some(updated) = self.updated {
            writer.leaf(Namespace::Domain, "upDate", &timestamp(updated));
        }
        if let Some(expires) = self.expires {
            writer.leaf(Namespace::Domain, "exDate", &timestamp(expires));
        }
        if let Some(transferred) = self.transferred {
            writer.leaf(Namespace::Domain, "trDate", &timestamp(transferred));
        }
    }

    /// Reads `<domain:infData>`; of name servers described in place it keeps the names.
    ///
    /// # Errors
    /// When the element breaks its schema, or a contact has no role.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let roid = roid(content.required(Namespace::Domain, "roid")?)?;
        let parse = DomainStatus::parse;
        let statuses = status::decode_many(&mut content, Namespace::Domain, STATUSES, parse)?;
        let registrant = content.optional(Namespace::Domain, "registrant");
        let contacts = content.many(Namespace::Domain, "contact", 0, usize::MAX)?;
        let name_servers = NameServers::decode_optional(&mut content)?;
        let hosts = content
            .many(Namespace::Domain, "host", 0, usize::MAX)?
            .into_iter();
        let data = Self {
            name,
            roid,
            statuses: statuses.into_iter().map(|(status, _)| status).collect(),
            registrant: registrant.map(contact_id).transpose()?,
            contacts: contacts
                .into_iter()
                .map(contact)
                .collect::<Result<_, _>>()?,
            name_servers: name_servers
                .map(NameServers::into_names)
                .unwrap_or_default(),
            hosts: hosts
                .map(|host| token(host, 1, 255))
                .collect::<Result<_, _>>()?,
            sponsor: registrar_id(content.required(Namespace::Domain, "clID")?)?,
            creator: optional(&mut content, Namespace::Domain, "crID", registrar_id)?,
            created: optional(&mut content, Namespace::Domain, "crDate", instant)?,
            updater: optional(&mut content, Namespace::Domain, "upID", registrar_id)?,
            updated: optional(&mut content, Namespace::Domain, "upDate", instant)?,
            expires: optional(&mut content, Namespace::Domain, "exDate", instant)?,
            transferred: optional(&mut content, Namespace::Domain, "trDate", instant)?,
            auth_info: content
                .optional(Namespace::Domain, "authInfo")
                .map(AuthInfoState::decode)
                .transpose()?,
        };
        content.end()?;
        Ok(data)
    }
}

/// Reads a contact with its role.
fn contact(element: Element<'_>) -> Result<(ContactRole, ContactId), Error> {
    let ContactReference { role, id } = ContactReference::decode(element)?;
    let role = role.ok_or_else(|| Error::new(Code::Syntax, element, "the contact has no role"))?;
    Ok((role, id))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    const NS: Namespace = Namespace::Domain;
    const FILTERS: [HostsFilter; 4] = [
        HostsFilter::All,
        HostsFilter::Delegated,
        HostsFilter::None,
        HostsFilter::Subordinate,
    ];

    fn data() -> impl Strategy<Value = InfoData> {
        let status = proptest::sample::select(DomainStatus::ALL);
        let identity = (testing::token(1..=40), samples::roid(), vec(status, 0..=11));
        let people = (
            of(testing::contact_id()),
            vec((samples::role(), testing::contact_id()), 0..4),
        );
        let hosts = (
            vec(testing::token(1..=40), 0..4),
            vec(testing::token(1..=40), 0..4),
        );
        let registrars = (
            testing::registrar_id(),
            of(testing::registrar_id()),
            of(testing::registrar_id()),
        );
        let times = [(); 4].map(|()| of(samples::instant()));
        (
            identity,
            people,
            hosts,
            registrars,
            times,
            of(Just(AuthInfoState::Set)),
        )
            .prop_map(|(identity, people, hosts, registrars, times, auth_info)| {
                let (name, roid, statuses) = identity;
                let (registrant, contacts) = people;
                let (name_servers, hosts) = hosts;
                let (sponsor, creator, updater) = registrars;
                let [created, updated, expires, transferred] = times;
                InfoData {
                    name,
                    roid,
                    statuses,
                    registrant,
                    contacts,
                    name_servers,
                    hosts,
                    sponsor,
                    creator,
                    created,
                    updater,
                    updated,
                    expires,
                    transferred,
                    auth_info,
                }
            })
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (name, auth_info) in (testing::token(1..=40), of(samples::auth_info())),
            hosts in proptest::sample::select(&FILTERS),
            data in data(),
        ) {
            let info = Info { name, hosts, auth_info };
            prop_assert_eq!(&testing::again(|w| info.encode(w), Info::decode), &info);
            prop_assert_eq!(&testing::again(|w| data.encode(w), InfoData::decode), &data);
        }
    }

    #[test]
    fn decode_reads_the_filter() {
        for (attribute, expected) in [
            ("", HostsFilter::All),
            (" hosts=' del '", HostsFilter::Delegated),
            (" hosts='sub'", HostsFilter::Subordinate),
            (" hosts='none'", HostsFilter::None),
        ] {
            let text = format!("<info><name{attribute}>a.hk</name></info>");
            assert_eq!(
                samples::read(NS, &text, Info::decode).unwrap().hosts,
                expected
            );
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let texts = [
            "<info/>",
            "<info><name hosts='ALL'>a.hk</name></info>",
            "<info><name hosts=''>a.hk</name></info>",
            "<info><name>a.hk</name><name>b.hk</name></info>",
            "<info><name>a.hk</name><authInfo/></info>",
            "<info hosts='all'><name>a.hk</name></info>",
        ];
        samples::refuse(NS, &texts, Info::decode);
    }

    #[test]
    fn encode_never_writes_a_secret() {
        let text = "<infData><name>a.hk</name><roid>D1-HK</roid><clID>abc</clID>\
            <authInfo><pw>2fooBAR</pw></authInfo></infData>";
        let data = samples::read(NS, text, InfoData::decode).unwrap();
        let mut writer = Writer::new(Vec::new());
        data.encode(&mut writer);
        let text = String::from_utf8(writer.finish()).unwrap();
        assert!(text.ends_with("<domain:authInfo><domain:pw/></domain:authInfo></domain:infData>"));
    }
}
