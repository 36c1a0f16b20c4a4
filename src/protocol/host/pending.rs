//! `<host:panData>` (RFC 5732 section 3.3): how a pending action ended.

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
    /// Writes `<host:panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let client = self.client_transaction.as_deref();
        writer.start(Namespace::Host, "panData");
        encode_object(writer, Namespace::Host, "name", &self.name, self.result);
        encode_action(
            writer,
            Namespace::Host,
            client,
            &self.server_transaction,
            self.date,
        );
        writer.end();
    }

    /// Reads `<host:panData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let named = content.required(Namespace::Host, "name")?;
        let result = flag(named, "paResult")?;
        let name = token_content(named, 1, 255)?;
        let (client_transaction, server_transaction, date) =
            decode_action(content, Namespace::Host)?;
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
    use super::*;
    use crate::protocol::testing::{again, assert_refused, read};

    const REST: &str = "<host:paTRID><svTRID>54322-XYZ</svTRID></host:paTRID>\
                        <host:paDate>2027-04-03T22:00:00Z</host:paDate></host:panData>";

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = format!("<host:panData><host:name paResult='0'>ns1.a.hk</host:name>{REST}");
        let data = read(&text, PendingData::decode).unwrap();
        assert_eq!((data.name.as_str(), data.result), ("ns1.a.hk", false));
        assert_eq!(data.client_transaction, None);
        assert_eq!(
            again(|writer| data.encode(writer), PendingData::decode),
            data
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            format!("<host:panData><host:name>ns1.a.hk</host:name>{REST}"),
            format!("<host:panData><host:name paResult='ok'>ns1.a.hk</host:name>{REST}"),
            format!("<host:panData><host:name paResult='1'/>{REST}"),
            format!("<host:panData>{REST}"),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), PendingData::decode);
    }
}
