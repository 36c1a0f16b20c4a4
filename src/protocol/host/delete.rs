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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{again, assert_refused, read};

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = "<host:delete><host:name>ns1.a.hk</host:name></host:delete>";
        let delete = read(text, Delete::decode).unwrap();
        assert_eq!(delete.name, "ns1.a.hk");
        assert_eq!(
            again(|writer| delete.encode(writer), Delete::decode),
            delete
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<host:delete/>",
            "<host:delete><host:name>a.hk</host:name><host:name>b.hk</host:name></host:delete>",
            "<host:delete><domain:name>a.hk</domain:name></host:delete>",
        ];
        assert_refused(&refused, Delete::decode);
    }
}
