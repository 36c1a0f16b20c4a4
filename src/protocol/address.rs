//! Addresses of name servers as the client wrote them (`host:addrType`, RFC 5732 section 2.5).

use super::Error;
use super::text::{collapse, token_content};
use crate::base::code::Code;
use crate::model::HostAddress;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// An address before anybody looked whether it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressText {
    /// Family it is said to be of.
    pub family: AddressFamily,
    /// The address, 3 to 45 characters.
    pub text: String,
}

/// Family of an address (`host:ipType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressFamily {
    /// `v4`, also when nothing is said.
    #[default]
    V4,
    /// `v6`.
    V6,
}

impl AddressFamily {
    /// Finds the family written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "v4" => Some(Self::V4),
            "v6" => Some(Self::V6),
            _ => None,
        }
    }

    /// Returns the family as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "v4",
            Self::V6 => "v6",
        }
    }
}

impl AddressText {
    /// Reads an element of `host:addrType`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [ip] = attributes(element, ["ip"])?;
        let family = match ip {
            None => AddressFamily::default(),
            Some(ip) => AddressFamily::parse(&collapse(ip))
                .ok_or_else(|| Error::new(Code::Syntax, element, "ip is v4 or v6"))?,
        };
        Ok(Self {
            family,
            text: token_content(element, 3, 45)?,
        })
    }

    /// Reads all addresses of `namespace` that stand next.
    ///
    /// # Errors
    /// As [`AddressText::decode`].
    pub fn decode_many(
        content: &mut Sequence<'_>,
        namespace: Namespace,
    ) -> Result<Vec<Self>, Error> {
        let found = content.many(namespace, element_name(namespace), 0, usize::MAX)?;
        found.into_iter().map(Self::decode).collect()
    }

    /// Writes the address as an element of `namespace`.
    pub fn encode(&self, namespace: Namespace, writer: &mut Writer) {
        writer.start(namespace, element_name(namespace));
        writer.attribute("ip", self.family.as_str());
        writer.text(&self.text);
        writer.end();
    }
}

impl From<HostAddress> for AddressText {
    fn from(address: HostAddress) -> Self {
        let family = if address.0.is_ipv4() {
            AddressFamily::V4
        } else {
            AddressFamily::V6
        };
        Self {
            family,
            text: address.to_string(),
        }
    }
}

/// Returns what the mappings call an address: hosts `addr`, domains `hostAddr`.
fn element_name(namespace: Namespace) -> &'static str {
    if namespace == Namespace::Domain {
        "hostAddr"
    } else {
        "addr"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::samples;

    #[test]
    fn decode_takes_v4_where_nothing_is_said() {
        let read = |text: &str| samples::read(Namespace::Host, text, AddressText::decode);
        let text = "192.0.2.1".to_owned();
        let v4 = AddressText {
            family: AddressFamily::V4,
            text,
        };
        assert_eq!(read("<addr> 192.0.2.1 </addr>"), Ok(v4.clone()));
        assert_eq!(read("<addr ip=' v4'>192.0.2.1</addr>"), Ok(v4));
        assert_eq!(
            read("<addr ip='v6'>not one</addr>").unwrap().family,
            AddressFamily::V6
        );
        let long = format!("<addr>{}</addr>", "1".repeat(46));
        let texts = [
            "<addr>::</addr>",
            "<addr ip='v5'>192.0.2.1</addr>",
            "<addr/>",
            &long,
        ];
        samples::refuse(Namespace::Host, &texts, AddressText::decode);
    }

    #[test]
    fn from_an_address_states_its_family() {
        let six = AddressText::from(HostAddress::v6("2001:DB8::1").unwrap());
        assert_eq!(
            (six.family, six.text.as_str()),
            (AddressFamily::V6, "2001:db8::1")
        );
        let four = AddressText::from(HostAddress::v4("192.0.2.1").unwrap());
        assert_eq!(
            (four.family, four.text.as_str()),
            (AddressFamily::V4, "192.0.2.1")
        );
    }
}
