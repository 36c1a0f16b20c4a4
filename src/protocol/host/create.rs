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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::address::AddressFamily;
    use crate::protocol::testing::{again, assert_refused, read};

    #[test]
    fn decode_takes_v4_as_default_and_any_text_as_address() {
        let text = "<host:create><host:name>ns1.a.hk</host:name><host:addr> 192.0.2.1 </host:addr>\
                    <host:addr ip='v6'>not an address</host:addr></host:create>";
        let create = read(text, Create::decode).unwrap();
        let address = |family, text: &str| AddressText {
            family,
            text: text.to_owned(),
        };
        let expected = [
            address(AddressFamily::V4, "192.0.2.1"),
            address(AddressFamily::V6, "not an address"),
        ];
        assert_eq!(create.addresses, expected);
        assert_eq!(
            again(|writer| create.encode(writer), Create::decode),
            create
        );
        let data = CreateData {
            name: create.name,
            created: DateTime::UNIX_EPOCH,
        };
        assert_eq!(
            again(|writer| data.encode(writer), CreateData::decode),
            data
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let create = |content: &str| format!("<host:create>{content}</host:create>");
        let name = "<host:name>ns1.a.hk</host:name>";
        let long = format!("{name}<host:addr>{}</host:addr>", "1".repeat(46));
        let refused = [
            create(""),
            create(&["<host:addr>192.0.2.1</host:addr>", name].concat()),
            create(&[name, name].concat()),
            create(&[name, "<host:addr>::</host:addr>"].concat()),
            create(&[name, "<host:addr ip='v5'>192.0.2.1</host:addr>"].concat()),
            create(&[name, "<host:status s='ok'/>"].concat()),
            create(&long),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), Create::decode);
    }
}
