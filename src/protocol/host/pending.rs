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
