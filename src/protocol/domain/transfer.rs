//! `<domain:transfer>` (RFC 5731 sections 3.1.3 and 3.2.4): request, approve, reject, cancel, query.

use chrono::{DateTime, Utc};

use super::period;
use crate::model::{self, DomainName, Period, RegistrarId, TransferStatus};
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::command::TransferOperation;
use crate::protocol::text::{timestamp, token};
use crate::protocol::transfer::decode_status;
use crate::protocol::values::{instant, optional, registrar_id};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for, decides or looks at a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What to do; the attribute `op` of the command around this element.
    pub operation: TransferOperation,
    /// Name as the client wrote it.
    pub name: String,
    /// Period that a completed transfer adds; of no meaning but in a request.
    pub period: Option<Period>,
    /// Authorization information.
    pub auth_info: Option<AuthInfo>,
}

impl Transfer {
    /// Reads `<domain:transfer>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(operation: TransferOperation, element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let period = period::decode_optional(&mut content)?;
        let auth_info = content.optional(Namespace::Domain, "authInfo");
        let auth_info = auth_info.map(AuthInfo::decode).transpose()?;
        content.end()?;
        Ok(Self {
            operation,
            name,
            period,
            auth_info,
        })
    }

    /// Writes `<domain:transfer>`; the operation is an attribute of the element around it.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "transfer");
        writer.leaf(Namespace::Domain, "name", &self.name);
        period::encode_optional(writer, self.period);
        if let Some(auth_info) = &self.auth_info {
            auth_info.encode(Namespace::Domain, writer);
        }
        writer.end();
    }
}

/// State of a transfer (`trnData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferData {
    /// Name.
    pub name: String,
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
    /// When the registration ends if the transfer changes that.
    pub expires: Option<DateTime<Utc>>,
}

impl TransferData {
    /// Tells the transfer of a domain, and when the registration ends if the transfer moves that.
    pub fn new(
        name: &DomainName,
        transfer: &model::Transfer,
        expires: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            name: name.to_string(),
            status: transfer.status,
            requester: transfer.requester.clone(),
            requested: transfer.requested,
            actor: transfer.actor.clone(),
            act_by: transfer.act_by,
            expires,
        }
    }

    /// Writes `<domain:trnData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "trnData");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.leaf(Namespace::Domain, "trStatus", self.status.as_str());
        writer.leaf(Namespace::Domain, "reID", self.requester.as_str());
        writer.leaf(Namespace::Domain, "reDate", &timestamp(self.requested));
        writer.leaf(Namespace::Domain, "acID", self.actor.as_str());
        writer.leaf(Namespace::Domain, "acDate", &timestamp(self.act_by));
        if let Some(expires) = self.expires {
            writer.leaf(Namespace::Domain, "exDate", &timestamp(expires));
        }
        writer.end();
    }

    /// Reads `<domain:trnData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let status = decode_status(content.required(Namespace::Domain, "trStatus")?)?;
        let requester = registrar_id(content.required(Namespace::Domain, "reID")?)?;
        let requested = instant(content.required(Namespace::Domain, "reDate")?)?;
        let actor = registrar_id(content.required(Namespace::Domain, "acID")?)?;
        let act_by = instant(content.required(Namespace::Domain, "acDate")?)?;
        let expires = optional(&mut content, Namespace::Domain, "exDate", instant)?;
        content.end()?;
        Ok(Self {
            name,
            status,
            requester,
            requested,
            actor,
            act_by,
            expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    const QUERY: TransferOperation = TransferOperation::Query;

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (name, period, auth_info) in
                (testing::token(1..=40), of(samples::period()), of(samples::auth_info())),
            (requester, requested, actor, act_by, expires) in (
                testing::registrar_id(), samples::instant(), testing::registrar_id(),
                samples::instant(), of(samples::instant()),
            ),
            status in proptest::sample::select(&TransferStatus::ALL),
        ) {
            let transfer = Transfer { operation: QUERY, name: name.clone(), period, auth_info };
            let decode = |element: Element<'_>| Transfer::decode(QUERY, element);
            prop_assert_eq!(&testing::again(|w| transfer.encode(w), decode), &transfer);
            let data = TransferData { name, status, requester, requested, actor, act_by, expires };
            prop_assert_eq!(&testing::again(|w| data.encode(w), TransferData::decode), &data);
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let texts = [
            "<transfer/>",
            "<transfer op='query'><name>a.hk</name></transfer>",
            "<transfer><name>a.hk</name><authInfo><pw/></authInfo><period unit='y'>1</period></transfer>",
            "<transfer><name>a.hk</name><authInfo><null/></authInfo></transfer>",
        ];
        samples::refuse(Namespace::Domain, &texts, |e| Transfer::decode(QUERY, e));
    }
}
