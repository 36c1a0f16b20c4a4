//! `<domain:panData>` (RFC 5731 section 3.3): how a pending action ended.

use chrono::{DateTime, Utc};

use crate::protocol::Error;
use crate::protocol::pending::{decode_action, encode_action, encode_object};
use crate::protocol::text::token_content;
use crate::protocol::values::flag;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Outcome of a pending action, for the registrar that began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// Name.
    pub name: String,
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
    /// Writes `<domain:panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let client = self.client_transaction.as_deref();
        writer.start(Namespace::Domain, "panData");
        encode_object(writer, Namespace::Domain, "name", &self.name, self.result);
        encode_action(
            writer,
            Namespace::Domain,
            client,
            &self.server_transaction,
            self.date,
        );
        writer.end();
    }

    /// Reads `<domain:panData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let named = content.required(Namespace::Domain, "name")?;
        let result = flag(named, "paResult")?;
        let name = token_content(named, 1, 255)?;
        let (client_transaction, server_transaction, date) =
            decode_action(content, Namespace::Domain)?;
        Ok(Self {
            name,
            result,
            client_transaction,
            server_transaction,
            date,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (name, result, client, server, date) in (
                testing::token(1..=40), any::<bool>(), of("[!-~]{3,64}"), "[!-~]{3,64}",
                samples::instant(),
            ),
        ) {
            let data = PendingData {
                name, result, client_transaction: client, server_transaction: server, date,
            };
            prop_assert_eq!(&testing::again(|w| data.encode(w), PendingData::decode), &data);
        }
    }

    #[test]
    fn decode_refuses_a_name_without_result() {
        let rest = "<paTRID><svTRID xmlns='urn:ietf:params:xml:ns:epp-1.0'>abc</svTRID></paTRID>\
            <paDate>2027-04-03T16:00:00Z</paDate></panData>";
        let with = format!("<panData><name paResult='1'>a.hk</name>{rest}");
        assert!(
            samples::read(Namespace::Domain, &with, PendingData::decode)
                .unwrap()
                .result
        );
        let without = format!("<panData><name>a.hk</name>{rest}");
        samples::refuse(Namespace::Domain, &[&without], PendingData::decode);
    }
}
