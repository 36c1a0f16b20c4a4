//! `<domain:ns>` (`nsType`): name servers as host objects or as attributes of the domain.

use crate::protocol::Error;
use crate::protocol::address::AddressText;
use crate::protocol::text::token;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Name servers in one of the two forms the schema offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameServers {
    /// `hostObj`: names of host objects, as the client wrote them.
    Objects(Vec<String>),
    /// `hostAttr`: names with addresses, for servers without host objects.
    Attributes(Vec<HostAttribute>),
}

/// A name server described in place (`hostAttrType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAttribute {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<AddressText>,
}

impl NameServers {
    /// Reads `<domain:ns>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let attributes = content.many(Namespace::Domain, "hostAttr", 0, usize::MAX)?;
        let servers = if attributes.is_empty() {
            let objects = content.many(Namespace::Domain, "hostObj", 1, usize::MAX)?;
            let names = objects.into_iter().map(|object| token(object, 1, 255));
            Self::Objects(names.collect::<Result<_, _>>()?)
        } else {
            let attributes = attributes.into_iter().map(HostAttribute::decode);
            Self::Attributes(attributes.collect::<Result<_, _>>()?)
        };
        content.end()?;
        Ok(servers)
    }

    /// Reads the optional `<domain:ns>` that stands next.
    pub(super) fn decode_optional(content: &mut Sequence<'_>) -> Result<Option<Self>, Error> {
        content
            .optional(Namespace::Domain, "ns")
            .map(Self::decode)
            .transpose()
    }

    /// Writes `<domain:ns>`.
    pub fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Objects(names) => encode_objects(writer, names),
            Self::Attributes(attributes) => {
                writer.start(Namespace::Domain, "ns");
                for attribute in attributes {
                    attribute.encode(writer);
                }
                writer.end();
            }
        }
    }

    /// Returns the names, whichever the form.
    pub fn into_names(self) -> Vec<String> {
        match self {
            Self::Objects(names) => names,
            Self::Attributes(attributes) => attributes.into_iter().map(|a| a.name).collect(),
        }
    }
}

/// Writes `<domain:ns>` of host objects.
pub(super) fn encode_objects(writer: &mut Writer, names: &[String]) {
    writer.start(Namespace::Domain, "ns");
    for name in names {
        writer.leaf(Namespace::Domain, "hostObj", name);
    }
    writer.end();
}

impl HostAttribute {
    /// Reads `<domain:hostAttr>`.
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "hostName")?, 1, 255)?;
        let addresses = AddressText::decode_many(&mut content, Namespace::Domain)?;
        content.end()?;
        Ok(Self { name, addresses })
    }

    /// Writes `<domain:hostAttr>`.
    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "hostAttr");
        writer.leaf(Namespace::Domain, "hostName", &self.name);
        for address in &self.addresses {
            address.encode(Namespace::Domain, writer);
        }
        writer.end();
    }
}
