//! `<host:update>` (RFC 5732 section 3.2.5); its answer has no data.

use super::{decode_name, decode_only_name};
use crate::model::status::HostStatus;
use crate::protocol::Error;
use crate::protocol::address::AddressText;
use crate::protocol::status::{self, StatusText};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for changes of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Name as the client wrote it.
    pub name: String,
    /// What to add; may be present and empty.
    pub add: Option<AddRemove>,
    /// What to remove; may be present and empty.
    pub remove: Option<AddRemove>,
    /// New name, as the client wrote it.
    pub change: Option<String>,
}

/// What is added to or removed from a host (`addRemType`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddRemove {
    /// Addresses as the client wrote them.
    pub addresses: Vec<AddressText>,
    /// Statuses.
    pub statuses: Vec<(HostStatus, StatusText)>,
}

impl Update {
    /// Reads `<host:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = decode_name(&mut content)?;
        let add = content
            .optional(Namespace::Host, "add")
            .map(AddRemove::decode)
            .transpose()?;
        let remove = content
            .optional(Namespace::Host, "rem")
            .map(AddRemove::decode)
            .transpose()?;
        let change = content
            .optional(Namespace::Host, "chg")
            .map(decode_only_name)
            .transpose()?;
        content.end()?;
        Ok(Self {
            name,
            add,
            remove,
            change,
        })
    }

    /// Writes `<host:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Host, "update");
        writer.leaf(Namespace::Host, "name", &self.name);
        if let Some(add) = &self.add {
            add.encode(writer, "add");
        }
        if let Some(remove) = &self.remove {
            remove.encode(writer, "rem");
        }
        if let Some(name) = &self.change {
            writer.start(Namespace::Host, "chg");
            writer.leaf(Namespace::Host, "name", name);
            writer.end();
        }
        writer.end();
    }
}

impl AddRemove {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let addresses = AddressText::decode_many(&mut content, Namespace::Host)?;
        let bounds = (0, status::MAXIMUM);
        let statuses =
            status::decode_many(&mut content, Namespace::Host, bounds, HostStatus::parse)?;
        content.end()?;
        Ok(Self {
            addresses,
            statuses,
        })
    }

    fn encode(&self, writer: &mut Writer, name: &'static str) {
        writer.start(Namespace::Host, name);
        for address in &self.addresses {
            address.encode(Namespace::Host, writer);
        }
        for (value, comment) in &self.statuses {
            status::encode(writer, Namespace::Host, value.as_str(), comment);
        }
        writer.end();
    }
}
