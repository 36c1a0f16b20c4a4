//! `<contact:delete>` (RFC 5733 section 3.2.2); its answer has no data.

use crate::model::ContactId;
use crate::protocol::Error;
use crate::protocol::values::contact_id;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for the end of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Handle.
    pub id: ContactId,
}

impl Delete {
    /// Reads `<contact:delete>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        content.end()?;
        Ok(Self { id })
    }

    /// Writes `<contact:delete>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "delete");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        writer.end();
    }
}
