//! `<contact:transfer>` (RFC 5733 sections 3.1.3 and 3.2.4).

use chrono::{DateTime, Utc};

use super::info::{decode_authorized, encode_authorized};
use crate::model::{self, ContactId, RegistrarId, TransferStatus};
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::command::TransferOperation;
use crate::protocol::text::timestamp;
use crate::protocol::transfer::decode_status;
use crate::protocol::values::{contact_id, instant, registrar_id};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for, or decides on, another sponsoring registrar of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What to do; stands on the command's own element.
    pub operation: TransferOperation,
    /// Handle.
    pub id: ContactId,
    /// Authorization information, when the client gives some.
    pub auth_info: Option<AuthInfo>,
}

impl Transfer {
    /// Reads `<contact:transfer>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(operation: TransferOperation, element: Element<'_>) -> Result<Self, Error> {
        let (id, auth_info) = decode_authorized(element)?;
        Ok(Self {
            operation,
            id,
            auth_info,
        })
    }

    /// Writes `<contact:transfer>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "transfer");
        encode_authorized(writer, &self.id, self.auth_info.as_ref());
        writer.end();
    }
}

/// Answer to [`Transfer`], also told by poll messages (`trnData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferData {
    /// Handle.
    pub id: ContactId,
    /// State.
    pub status: TransferStatus,
    /// Registrar that asked (`reID`).
    pub requester: RegistrarId,
    /// When it asked (`reDate`).
    pub requested: DateTime<Utc>,
    /// Registrar that should act, or acted (`acID`).
    pub actor: RegistrarId,
    /// Until when it should act, or when it acted (`acDate`).
    pub act_by: DateTime<Utc>,
}

impl TransferData {
    /// Tells the transfer of a contact.
    pub fn new(id: &ContactId, transfer: &model::Transfer) -> Self {
        Self {
            id: id.clone(),
            status: transfer.status,
            requester: transfer.requester.clone(),
            requested: transfer.requested,
            actor: transfer.actor.clone(),
            act_by: transfer.act_by,
        }
    }

    /// Writes `<contact:trnData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "trnData");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        writer.leaf(Namespace::Contact, "trStatus", self.status.as_str());
        writer.leaf(Namespace::Contact, "reID", self.requester.as_str());
        writer.leaf(Namespace::Contact, "reDate", &timestamp(self.requested));
        writer.leaf(Namespace::Contact, "acID", self.actor.as_str());
        writer.leaf(Namespace::Contact, "acDate", &timestamp(self.act_by));
        writer.end();
    }

    /// Reads `<contact:trnData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let status = decode_status(content.required(Namespace::Contact, "trStatus")?)?;
        let requester = registrar_id(content.required(Namespace::Contact, "reID")?)?;
        let requested = instant(content.required(Namespace::Contact, "reDate")?)?;
        let actor = registrar_id(content.required(Namespace::Contact, "acID")?)?;
        let act_by = instant(content.required(Namespace::Contact, "acDate")?)?;
        content.end()?;
        Ok(Self {
            id,
            status,
            requester,
            requested,
            actor,
            act_by,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{
        again, assert_refused, auth_info, contact_id, instant, registrar_id,
    };

    fn query(element: Element<'_>) -> Result<Transfer, Error> {
        Transfer::decode(TransferOperation::Query, element)
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<contact:transfer/>",
            "<contact:transfer op='query'><contact:id>abc</contact:id></contact:transfer>",
            "<contact:transfer><contact:id>abc</contact:id><contact:period>1</contact:period>\
             </contact:transfer>",
        ];
        assert_refused(&refused, query);
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            id in contact_id(),
            auth_info in prop::option::of(auth_info()),
            status in prop::sample::select(&TransferStatus::ALL[..]),
            (requester, actor) in (registrar_id(), registrar_id()),
            (requested, act_by) in (instant(), instant()),
        ) {
            let operation = TransferOperation::Query;
            let transfer = Transfer { operation, id: id.clone(), auth_info };
            prop_assert_eq!(again(|writer| transfer.encode(writer), query), transfer);
            let data = TransferData { id, status, requester, requested, actor, act_by };
            prop_assert_eq!(again(|writer| data.encode(writer), TransferData::decode), data);
        }
    }
}
