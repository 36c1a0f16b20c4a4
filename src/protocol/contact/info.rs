//! `<contact:info>` (RFC 5733 section 3.1.2).

use super::{details, disclose};
use crate::model::ContactId;
use crate::model::contact::Details;
use crate::model::status::ContactStatus;
use crate::protocol::auth_info::{AuthInfo, AuthInfoState};
use crate::protocol::values::{contact_id, optional, roid};
use crate::protocol::{Error, History, status};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for everything about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Handle.
    pub id: ContactId,
    /// Authorization information, when the client gives some.
    pub auth_info: Option<AuthInfo>,
}

impl Info {
    /// Reads `<contact:info>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let (id, auth_info) = decode_authorized(element)?;
        Ok(Self { id, auth_info })
    }

    /// Writes `<contact:info>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "info");
        encode_authorized(writer, &self.id, self.auth_info.as_ref());
        writer.end();
    }
}

/// Reads a handle and optional authorization information (`authIDType`), also of a transfer.
pub(super) fn decode_authorized(
    element: Element<'_>,
) -> Result<(ContactId, Option<AuthInfo>), Error> {
    let mut content = Sequence::of(element)?;
    let id = contact_id(content.required(Namespace::Contact, "id")?)?;
    let auth_info = content.optional(Namespace::Contact, "authInfo");
    let auth_info = auth_info.map(AuthInfo::decode).transpose()?;
    content.end()?;
    Ok((id, auth_info))
}

/// Writes the content of `authIDType`.
pub(super) fn encode_authorized(writer: &mut Writer, id: &ContactId, auth_info: Option<&AuthInfo>) {
    writer.leaf(Namespace::Contact, "id", id.as_str());
    if let Some(auth_info) = auth_info {
        auth_info.encode(Namespace::Contact, writer);
    }
}

/// Answer to [`Info`] (`infData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// Handle.
    pub id: ContactId,
    /// Repository object identifier.
    pub roid: String,
    /// Statuses, at least one, at most seven.
    pub statuses: Vec<ContactStatus>,
    /// Everything the registrar told us of the person or organisation.
    pub details: Details,
    /// Who sponsors, made and changed it, and when.
    pub history: History,
    /// Whether authorization information is set; only for the sponsor.
    pub auth_info: Option<AuthInfoState>,
}

impl InfoData {
    /// Writes `<contact:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let namespace = Namespace::Contact;
        writer.start(namespace, "infData");
        writer.leaf(namespace, "id", self.id.as_str());
        writer.leaf(namespace, "roid", &self.roid);
        for status in &self.statuses {
            status::encode_value(writer, namespace, status.as_str());
        }
        details::encode(&self.details, false, writer);
        self.history.encode(writer, namespace);
        if let Some(auth_info) = &self.auth_info {
            auth_info.encode(namespace, writer);
        }
        if let Some(disclose) = &self.details.disclose {
            disclose::encode(disclose, writer);
        }
        writer.end();
    }

    /// Reads `<contact:infData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let namespace = Namespace::Contact;
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(namespace, "id")?)?;
        let roid = roid(content.required(namespace, "roid")?)?;
        let bounds = (1, status::MAXIMUM);
        let statuses = status::decode_many(&mut content, namespace, bounds, ContactStatus::parse)?;
        let (mut details, _) = details::decode(&mut content)?;
        let history = History::decode(&mut content, namespace)?;
        let auth_info = optional(&mut content, namespace, "authInfo", AuthInfoState::decode)?;
        details.disclose = optional(&mut content, namespace, "disclose", disclose::decode)?;
        content.end()?;
        Ok(Self {
            id,
            roid,
            statuses: statuses.into_iter().map(|(status, _)| status).collect(),
            details,
            history,
            auth_info,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::contact::details::testing::details;
    use crate::protocol::testing::{again, assert_refused, auth_info, contact_id, history, read};

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<contact:info/>",
            "<contact:info><contact:authInfo><contact:pw/></contact:authInfo>\
             <contact:id>abc</contact:id></contact:info>",
            "<contact:info><contact:id>abc</contact:id><contact:authInfo/></contact:info>",
            "<contact:info><contact:id>abc</contact:id><domain:authInfo><domain:pw/>\
             </domain:authInfo></contact:info>",
        ];
        assert_refused(&refused, Info::decode);
        let text = "<contact:info><contact:id>abc</contact:id></contact:info>";
        assert_eq!(read(text, Info::decode).unwrap().auth_info, None);
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            id in contact_id(), auth_info in prop::option::of(auth_info())
        ) {
            let info = Info { id, auth_info };
            prop_assert_eq!(again(|writer| info.encode(writer), Info::decode), info);
        }

        #[test]
        fn decode_reads_the_answer_encode_writes(
            id in contact_id(),
            roid in "[A-Z0-9_]{1,80}-[A-Z]{1,8}",
            statuses in prop::collection::vec(prop::sample::select(ContactStatus::ALL), 1..=7),
            details in details(),
            history in history(),
            auth_info in prop::option::of(Just(AuthInfoState::Set)),
        ) {
            let data = InfoData {
                id,
                roid,
                statuses,
                details,
                history,
                auth_info,
            };
            prop_assert_eq!(again(|writer| data.encode(writer), InfoData::decode), data);
        }
    }
}
