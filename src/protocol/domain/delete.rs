//! `<domain:delete>` (RFC 5731 section 3.2.2).

use crate::protocol::Error;
use crate::protocol::text::token;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Ends a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Name as the client wrote it.
    pub name: String,
}

impl Delete {
    /// Reads `<domain:delete>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        content.end()?;
        Ok(Self { name })
    }

    /// Writes `<domain:delete>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "delete");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.end();
    }
}
