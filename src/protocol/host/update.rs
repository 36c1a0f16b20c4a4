//! `<host:update>` (RFC 5732 section 3.2.5); its answer has no data.

use super::{decode_name, decode_only_name};
use crate::model::status::HostStatus;
use crate::protocol::Error;
use crate::protocol::address::AddressText;
use crate::protocol::status::{self, StatusText};
use crate::protocol::values::optional;
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
        let add = optional(&mut content, Namespace::Host, "add", AddRemove::decode)?;
        let remove = optional(&mut content, Namespace::Host, "rem", AddRemove::decode)?;
        let change = optional(&mut content, Namespace::Host, "chg", decode_only_name)?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::address::AddressFamily;
    use crate::protocol::testing::{again, assert_refused, read, statuses, token};

    fn update(content: &str) -> String {
        format!("<host:update><host:name>ns1.a.hk</host:name>{content}</host:update>")
    }

    #[test]
    fn decode_keeps_empty_parts() {
        let text = update("<host:add/><host:rem> </host:rem>");
        let update = read(&text, Update::decode).unwrap();
        let empty = Some(AddRemove::default());
        assert_eq!(
            (update.add, update.remove, update.change),
            (empty.clone(), empty, None)
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let statuses = "<host:status s='ok'/>".repeat(8);
        let refused = [
            "<host:update/>".to_owned(),
            update("<host:chg/>"),
            update("<host:chg><host:name/></host:chg>"),
            update("<host:rem/><host:add/>"),
            update("<host:add><host:status s='clientHold'/></host:add>"),
            update("<host:add><host:status s='ok'/><host:addr>192.0.2.1</host:addr></host:add>"),
            update(&format!("<host:add>{statuses}</host:add>")),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), Update::decode);
    }

    fn part() -> impl Strategy<Value = AddRemove> {
        let family = prop::sample::select(&[AddressFamily::V4, AddressFamily::V6][..]);
        let address = (family, token(3..=45));
        let address = address.prop_map(|(family, text)| AddressText { family, text });
        (
            prop::collection::vec(address, 0..=3),
            statuses(HostStatus::ALL),
        )
            .prop_map(|(addresses, statuses)| AddRemove {
                addresses,
                statuses,
            })
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            (name, change) in (token(1..=60), prop::option::of(token(1..=60))),
            (add, remove) in (prop::option::of(part()), prop::option::of(part())),
        ) {
            let update = Update { name, add, remove, change };
            prop_assert_eq!(again(|writer| update.encode(writer), Update::decode), update);
        }
    }
}
