//! `<host:info>` (RFC 5732 section 3.1.2).

use chrono::{DateTime, Utc};

use super::{decode_name, decode_only_name};
use crate::base::code::Code;
use crate::model::status::HostStatus;
use crate::model::{HostAddress, RegistrarId};
use crate::protocol::Error;
use crate::protocol::address::{AddressFamily, AddressText};
use crate::protocol::status;
use crate::protocol::text::timestamp;
use crate::protocol::values::{instant, registrar_id, roid};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for everything about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Name as the client wrote it.
    pub name: String,
}

impl Info {
    /// Reads `<host:info>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: decode_only_name(element)?,
        })
    }

    /// Writes `<host:info>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Host, "info");
        writer.leaf(Namespace::Host, "name", &self.name);
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
    /// Statuses, at least one, at most seven.
    pub statuses: Vec<HostStatus>,
    /// Addresses.
    pub addresses: Vec<HostAddress>,
    /// Sponsoring registrar.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: RegistrarId,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// Who changed it last; absent if nobody did.
    pub updater: Option<RegistrarId>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// When it was last transferred; absent if never.
    pub transferred: Option<DateTime<Utc>>,
}

impl InfoData {
    /// Writes `<host:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let namespace = Namespace::Host;
        writer.start(namespace, "infData");
        writer.leaf(namespace, "name", &self.name);
        writer.leaf(namespace, "roid", &self.roid);
        for status in &self.statuses {
            status::encode_value(writer, namespace, status.as_str());
        }
        for address in &self.addresses {
            AddressText::from(*address).encode(namespace, writer);
        }
        writer.leaf(namespace, "clID", self.sponsor.as_str());
        writer.leaf(namespace, "crID", self.creator.as_str());
        writer.leaf(namespace, "crDate", &timestamp(self.created));
        if let Some(updater) = &self.updater {
            writer.leaf(namespace, "upID", updater.as_str());
        }
        if let Some(updated) = self.updated {
            writer.leaf(namespace, "upDate", &timestamp(updated));
        }
        if let Some(transferred) = self.transferred {
            writer.leaf(namespace, "trDate", &timestamp(transferred));
        }
        writer.end();
    }

    /// Reads `<host:infData>`.
    ///
    /// # Errors
    /// When the element breaks its schema, or an address is none this server gives out.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let namespace = Namespace::Host;
        let mut content = Sequence::of(element)?;
        let name = decode_name(&mut content)?;
        let roid = roid(content.required(namespace, "roid")?)?;
        let bounds = (1, status::MAXIMUM);
        let statuses = status::decode_many(&mut content, namespace, bounds, HostStatus::parse)?;
        let addresses = content.many(namespace, "addr", 0, usize::MAX)?;
        let addresses = addresses
            .into_iter()
            .map(decode_address)
            .collect::<Result<_, _>>()?;
        let sponsor = registrar_id(content.required(namespace, "clID")?)?;
        let creator = registrar_id(content.required(namespace, "crID")?)?;
        let created = instant(content.required(namespace, "crDate")?)?;
        let updater = content
            .optional(namespace, "upID")
            .map(registrar_id)
            .transpose()?;
        let updated = content
            .optional(namespace, "upDate")
            .map(instant)
            .transpose()?;
        let transferred = content
            .optional(namespace, "trDate")
            .map(instant)
            .transpose()?;
        content.end()?;
        Ok(Self {
            name,
            roid,
            statuses: statuses.into_iter().map(|(status, _)| status).collect(),
            addresses,
            sponsor,
            creator,
            created,
            updater,
            updated,
            transferred,
        })
    }
}

/// Reads an address of an answer, which this server has checked before it gave it out.
fn decode_address(element: Element<'_>) -> Result<HostAddress, Error> {
    let AddressText { family, text } = AddressText::decode(element)?;
    let parsed = match family {
        AddressFamily::V4 => HostAddress::v4(&text),
        AddressFamily::V6 => HostAddress::v6(&text),
    };
    parsed.map_err(|error| Error::new(Code::Syntax, element, error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{again, assert_refused, instant, read, registrar_id, token};

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = "<host:info><host:name>ns1.a.hk</host:name></host:info>";
        let info = read(text, Info::decode).unwrap();
        assert_eq!(info.name, "ns1.a.hk");
        assert_eq!(again(|writer| info.encode(writer), Info::decode), info);
        assert_refused(&["<host:info/>", "<host:info hosts='all'/>"], Info::decode);
    }

    fn address() -> impl Strategy<Value = HostAddress> {
        any::<IpAddr>().prop_filter_map("special purpose", |address| {
            HostAddress::v4(&address.to_string())
                .or_else(|_| HostAddress::v6(&address.to_string()))
                .ok()
        })
    }

    proptest! {
        #[test]
        fn decode_reads_the_answer_encode_writes(
            name in token(1..=60),
            roid in "[A-Z0-9_]{1,80}-[A-Z]{1,8}",
            statuses in prop::collection::vec(prop::sample::select(HostStatus::ALL), 1..=7),
            addresses in prop::collection::vec(address(), 0..=4),
            (sponsor, creator) in (registrar_id(), registrar_id()),
            created in instant(),
            updater in prop::option::of(registrar_id()),
            (updated, transferred) in (prop::option::of(instant()), prop::option::of(instant())),
        ) {
            let data = InfoData {
                name,
                roid,
                statuses,
                addresses,
                sponsor,
                creator,
                created,
                updater,
                updated,
                transferred,
            };
            prop_assert_eq!(again(|writer| data.encode(writer), InfoData::decode), data);
        }
    }
}
