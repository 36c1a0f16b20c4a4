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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{again, assert_refused, read};

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = "<contact:delete><contact:id>sh&amp;13</contact:id></contact:delete>";
        let delete = read(text, Delete::decode).unwrap();
        assert_eq!(delete.id.as_str(), "sh&13");
        assert_eq!(
            again(|writer| delete.encode(writer), Delete::decode),
            delete
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<contact:delete/>",
            "<contact:delete><contact:id>abc</contact:id><contact:id>abc</contact:id>\
             </contact:delete>",
        ];
        assert_refused(&refused, Delete::decode);
    }
}
