//! `panData` (RFC 5731 to 5733, each section 3.3): how a pending action on an object ended.
//!
//! The three mappings write it alike; only a contact is named by `id` instead of `name`.

use chrono::{DateTime, Utc};

use super::Error;
use super::text::{timestamp, token, token_content};
use super::values::{flag, instant};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Outcome of a pending action, for the registrar that began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// Mapping of the object: that of domains, contacts or hosts.
    pub namespace: Namespace,
    /// Name of the domain or host, handle of the contact.
    pub object: String,
    /// Whether the action was completed.
    pub result: bool,
    /// `clTRID` of the command that began it.
    pub client_transaction: Option<String>,
    /// `svTRID` of the answer to that command.
    pub server_transaction: String,
    /// When it ended.
    pub date: DateTime<Utc>,
}

impl PendingData {
    /// Writes `<panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let namespace = self.namespace;
        let (name, _, _) = identifier(namespace);
        writer.start(namespace, "panData");
        writer.start(namespace, name);
        writer.attribute("paResult", if self.result { "1" } else { "0" });
        writer.text(&self.object);
        writer.end();
        writer.start(namespace, "paTRID");
        if let Some(id) = &self.client_transaction {
            writer.leaf(Namespace::Epp, "clTRID", id);
        }
        writer.leaf(Namespace::Epp, "svTRID", &self.server_transaction);
        writer.end();
        writer.leaf(namespace, "paDate", &timestamp(self.date));
        writer.end();
    }

    /// Reads `<panData>` of the mapping that the element belongs to.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let namespace = element.namespace();
        let (name, minimum, maximum) = identifier(namespace);
        let mut content = Sequence::of(element)?;
        let named = content.required(namespace, name)?;
        let result = flag(named, "paResult")?;
        let object = token_content(named, minimum, maximum)?;
        let transaction = content.required(namespace, "paTRID")?;
        let date = content.required(namespace, "paDate")?;
        content.end()?;
        let (client_transaction, server_transaction) = decode_transaction(transaction)?;
        Ok(Self {
            namespace,
            object,
            result,
            client_transaction,
            server_transaction,
            date: instant(date)?,
        })
    }
}

/// Returns the element that names an object, and how many characters it may hold at least and at most.
fn identifier(namespace: Namespace) -> (&'static str, usize, usize) {
    if namespace == Namespace::Contact {
        ("id", 3, 16)
    } else {
        ("name", 1, 255)
    }
}

/// Reads whose action it was: `clTRID`, if it had one, and `svTRID`.
fn decode_transaction(element: Element<'_>) -> Result<(Option<String>, String), Error> {
    let mut content = Sequence::of(element)?;
    let client = content.optional(Namespace::Epp, "clTRID");
    let client = client.map(|element| token(element, 3, 64)).transpose()?;
    let server = token(content.required(Namespace::Epp, "svTRID")?, 3, 64)?;
    content.end()?;
    Ok((client, server))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, assert_refused, read, token};

    /// Returns `<panData>` of a mapping, in which `named` names the object.
    fn document(prefix: &str, named: &str) -> String {
        format!(
            "<{prefix}:panData>{named}<{prefix}:paTRID><svTRID>54322-XYZ</svTRID></{prefix}:paTRID>\
             <{prefix}:paDate>2027-04-03T22:00:00Z</{prefix}:paDate></{prefix}:panData>"
        )
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            namespace in prop::sample::select(
                &[Namespace::Domain, Namespace::Contact, Namespace::Host][..]
            ),
            (object, result, date) in (token(3..=16), any::<bool>(), samples::instant()),
            client_transaction in prop::option::of(token(3..=64)),
            server_transaction in token(3..=64),
        ) {
            let data = PendingData {
                namespace, object, result, client_transaction, server_transaction, date,
            };
            prop_assert_eq!(again(|writer| data.encode(writer), PendingData::decode), data);
        }
    }

    #[test]
    fn decode_reads_the_name_each_mapping_gives() {
        let long = "x".repeat(255);
        for (prefix, name, object) in [
            ("domain", "name", "x"),
            ("domain", "name", &long),
            ("host", "name", "x"),
            ("host", "name", &long),
            ("contact", "id", "abc"),
            ("contact", "id", "abcdefghijklmnop"),
        ] {
            let named = format!("<{prefix}:{name} paResult='0'>{object}</{prefix}:{name}>");
            let data = read(&document(prefix, &named), PendingData::decode).unwrap();
            assert_eq!(
                (data.namespace.prefix(), data.object.as_str()),
                (prefix, object)
            );
            assert_eq!((data.result, data.client_transaction), (false, None));
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        for (prefix, name, short, other) in [
            ("domain", "name", "", "id"),
            ("host", "name", "", "id"),
            ("contact", "id", "ab", "name"),
        ] {
            let long = "x".repeat(if prefix == "contact" { 17 } else { 256 });
            let named = [
                String::new(),
                format!("<{prefix}:{name}>abc</{prefix}:{name}>"),
                format!("<{prefix}:{name} paResult='ok'>abc</{prefix}:{name}>"),
                format!("<{prefix}:{name} paResult='1'>{short}</{prefix}:{name}>"),
                format!("<{prefix}:{name} paResult='1'>{long}</{prefix}:{name}>"),
                format!("<{prefix}:{other} paResult='1'>abc</{prefix}:{other}>"),
            ];
            let refused = named.map(|named| document(prefix, &named));
            assert_refused(&refused.each_ref().map(String::as_str), PendingData::decode);
        }
    }
}
