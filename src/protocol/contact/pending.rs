//! `<contact:panData>` (RFC 5733 section 3.3): how a pending action ended.

use chrono::{DateTime, Utc};

use crate::model::ContactId;
use crate::protocol::Error;
use crate::protocol::pending::{decode_action, encode_action, encode_object};
use crate::protocol::values::{contact_id_content, flag};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Outcome of a pending action, for the registrar that began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// Handle.
    pub id: ContactId,
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
    /// Writes `<contact:panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let client = self.client_transaction.as_deref();
        writer.start(Namespace::Contact, "panData");
        encode_object(
            writer,
            Namespace::Contact,
            "id",
            self.id.as_str(),
            self.result,
        );
        encode_action(
            writer,
            Namespace::Contact,
            client,
            &self.server_transaction,
            self.date,
        );
        writer.end();
    }

    /// Reads `<contact:panData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let named = content.required(Namespace::Contact, "id")?;
        let result = flag(named, "paResult")?;
        let id = contact_id_content(named)?;
        let (client_transaction, server_transaction, date) =
            decode_action(content, Namespace::Contact)?;
        Ok(Self {
            id,
            result,
            client_transaction,
            server_transaction,
            date,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{again, contact_id, instant, token};

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            (id, result, date) in (contact_id(), any::<bool>(), instant()),
            client_transaction in prop::option::of(token(3..=64)),
            server_transaction in token(3..=64),
        ) {
            let data = PendingData { id, result, client_transaction, server_transaction, date };
            prop_assert_eq!(again(|writer| data.encode(writer), PendingData::decode), data);
        }
    }
}
