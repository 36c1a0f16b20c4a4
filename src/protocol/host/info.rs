//! `<host:info>` (RFC 5732 section 3.1.2).

use super::{decode_name, decode_only_name};
use crate::base::code::Code;
use crate::model::HostAddress;
use crate::model::status::HostStatus;
use crate::protocol::address::{AddressFamily, AddressText};
use crate::protocol::values::roid;
use crate::protocol::{Error, History, status};
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
    /// Who sponsors, made and changed it, and when.
    pub history: History,
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
        self.history.encode(writer, namespace);
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
        let history = History::decode(&mut content, namespace)?;
        content.end()?;
        Ok(Self {
            name,
            roid,
            statuses: statuses.into_iter().map(|(status, _)| status).collect(),
            addresses,
            history,
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
    use crate::protocol::testing::{again, assert_refused, history, read, token};

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
            history in history(),
        ) {
            let data = InfoData {
                name,
                roid,
                statuses,
                addresses,
                history,
            };
            prop_assert_eq!(again(|writer| data.encode(writer), InfoData::decode), data);
        }
    }
}
