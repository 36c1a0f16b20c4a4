//! `<host:create>` (RFC 5732 section 3.2.1).

use chrono::{DateTime, Utc};

use super::decode_name;
use crate::protocol::Error;
use crate::protocol::address::AddressText;
use crate::protocol::text::timestamp;
use crate::protocol::values::instant;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for a new host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Name as the client wrote it.
    pub name: String,
    /// Addresses as the client wrote them.
    pub addresses: Vec<AddressText>,
}

impl Create {
    /// Reads `<host:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = decode_name(&mut content)?;
        let addresses = AddressText::decode_many(&mut content, Namespace::Host)?;
        content.end()?;
        Ok(Self { name, addresses })
    }

    /// Writes `<host:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Host, "create");
        writer.leaf(Namespace::Host, "name", &self.name);
        for address in &self.addresses {
            address.encode(Namespace::Host, writer);
        }
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
}

impl CreateData {
    /// Writes `<host:creData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Host, "creData");
        writer.leaf(Namespace::Host, "name", &self.name);
        writer.leaf(Namespace::Host, "crDate", &timestamp(self.created));
        writer.end();
    }

    /// Reads `<host:creData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = decode_name(&mut content)?;
        let created = instant(content.required(Namespace::Host, "crDate")?)?;
        content.end()?;
        Ok(Self { name, created })
    }
}
