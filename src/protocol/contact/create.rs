//! `<contact:create>` (RFC 5733 section 3.2.1).

use chrono::{DateTime, Utc};

use super::{details, disclose};
use crate::model::ContactId;
use crate::model::contact::Details;
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::text::timestamp;
use crate::protocol::values::{contact_id, instant};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for a new contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Handle.
    pub id: ContactId,
    /// The person or organisation.
    pub details: Details,
    /// Whether a `<voice>` stands there empty, which the schema allows.
    pub empty_voice: bool,
    /// Authorization information; required, but may be empty.
    pub auth_info: AuthInfo,
}

impl Create {
    /// Reads `<contact:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let (mut details, empty_voice) = details::decode(&mut content)?;
        let auth_info = AuthInfo::decode(content.required(Namespace::Contact, "authInfo")?)?;
        let disclose = content.optional(Namespace::Contact, "disclose");
        details.disclose = disclose.map(disclose::decode).transpose()?;
        content.end()?;
        Ok(Self {
            id,
            details,
            empty_voice,
            auth_info,
        })
    }

    /// Writes `<contact:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "create");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        details::encode(&self.details, self.empty_voice, writer);
        self.auth_info.encode(Namespace::Contact, writer);
        if let Some(disclose) = &self.details.disclose {
            disclose::encode(disclose, writer);
        }
        writer.end();
    }
}

/// Answer to [`Create`] (`creData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateData {
    /// Handle.
    pub id: ContactId,
    /// When it was created.
    pub created: DateTime<Utc>,
}

impl CreateData {
    /// Writes `<contact:creData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "creData");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        writer.leaf(Namespace::Contact, "crDate", &timestamp(self.created));
        writer.end();
    }

    /// Reads `<contact:creData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let created = instant(content.required(Namespace::Contact, "crDate")?)?;
        content.end()?;
        Ok(Self { id, created })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::contact::details::testing::details;
    use crate::protocol::testing::{again, assert_refused, auth_info, contact_id, instant, read};

    const POSTAL: &str = "<contact:postalInfo type='int'><contact:name>n</contact:name>\
                        <contact:addr><contact:city>c</contact:city><contact:cc>HK</contact:cc>\
                        </contact:addr></contact:postalInfo>";
    const EMAIL: &str = "<contact:email>a@b.hk</contact:email>";
    const AUTH: &str = "<contact:authInfo><contact:pw/></contact:authInfo>";

    fn create(parts: &[&str]) -> String {
        format!("<contact:create>{}</contact:create>", parts.concat())
    }

    #[test]
    fn decode_reads_the_smallest_create() {
        let text = create(&["<contact:id>sh8013</contact:id>", POSTAL, EMAIL, AUTH]);
        let create = read(&text, Create::decode).unwrap();
        assert_eq!(create.id.as_str(), "sh8013");
        assert_eq!(create.details.postal.len(), 1);
        assert_eq!(create.details.email, "a@b.hk");
        assert_eq!(create.auth_info, AuthInfo::password(""));
        assert_eq!(
            (create.details.voice, create.details.disclose),
            (None, None)
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let id = "<contact:id>sh8013</contact:id>";
        let (voice, fax) = ("<contact:voice/>", "<contact:fax/>");
        let disclose = "<contact:disclose flag='1'/>";
        let refused = [
            create(&[]),
            create(&[id, EMAIL, AUTH]),
            create(&[id, POSTAL, AUTH]),
            create(&[id, POSTAL, EMAIL]),
            create(&[POSTAL, EMAIL, AUTH]),
            create(&[id, POSTAL, POSTAL, POSTAL, EMAIL, AUTH]),
            create(&[id, POSTAL, fax, voice, EMAIL, AUTH]),
            create(&[id, POSTAL, "<contact:email> </contact:email>", AUTH]),
            create(&[id, POSTAL, EMAIL, disclose, AUTH]),
            create(&[id, POSTAL, EMAIL, AUTH, disclose, disclose]),
            create(&[id, POSTAL, EMAIL, "<contact:authInfo/>"]),
            create(&[
                id,
                POSTAL,
                EMAIL,
                "<contact:authInfo><contact:null/></contact:authInfo>",
            ]),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), Create::decode);
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            id in contact_id(), details in details(), empty in any::<bool>(), auth_info in auth_info(),
            created in instant()
        ) {
            let empty_voice = empty && details.voice.is_none();
            let create = Create { id: id.clone(), details, empty_voice, auth_info };
            prop_assert_eq!(again(|writer| create.encode(writer), Create::decode), create);
            let data = CreateData { id, created };
            prop_assert_eq!(again(|writer| data.encode(writer), CreateData::decode), data);
        }
    }
}
