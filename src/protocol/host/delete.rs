//! `<host:delete>` (RFC 5732 section 3.2.2); its answer has no data.

use super::decode_only_name;
use crate::protocol::Error;
use crate::xml::{Element, Namespace, Writer};

/// Asks for the end of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Name as the client wrote it.
    pub name: String,
}

impl Delete {
    /// Reads `<host:delete>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: decode_only_name(element)?,
        })
    }

    /// Writes `<host:delete>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Host, "delete");
        writer.leaf(Namespace::Host, "name", &self.name);
        writer.end();
    }
}
