//! `<contact:check>` (RFC 5733 section 3.1.1).

use crate::model::ContactId;
use crate::protocol::Error;
use crate::protocol::availability::{self, Availability};
use crate::protocol::values::contact_id;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks whether handles can be used for new contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Handles as the client wrote them.
    pub ids: Vec<ContactId>,
}

impl Check {
    /// Reads `<contact:check>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let ids = content.many(Namespace::Contact, "id", 1, usize::MAX)?;
        let ids = ids.into_iter().map(contact_id).collect::<Result<_, _>>()?;
        content.end()?;
        Ok(Self { ids })
    }

    /// Writes `<contact:check>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "check");
        for id in &self.ids {
            writer.leaf(Namespace::Contact, "id", id.as_str());
        }
        writer.end();
    }
}

/// Answer to [`Check`] (`chkData`): one verdict for each handle, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// The verdicts.
    pub ids: Vec<Availability>,
}

impl CheckData {
    /// Writes `<contact:chkData>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode(writer, Namespace::Contact, "id", &self.ids);
    }

    /// Reads `<contact:chkData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let ids = availability::decode(element, Namespace::Contact, "id", (3, 16))?;
        Ok(Self { ids })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{again, assert_refused, contact_id, read, token};

    #[test]
    fn decode_keeps_order_and_collapses_blanks() {
        let text = "<contact:check><contact:id> a  b </contact:id><contact:id>ABC</contact:id>\
                    </contact:check>";
        let ids = read(text, Check::decode).unwrap().ids;
        assert_eq!(
            ids.iter().map(ContactId::as_str).collect::<Vec<_>>(),
            ["a b", "ABC"]
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<contact:check/>",
            "<contact:check><contact:id>ab</contact:id></contact:check>",
            "<contact:check><contact:id>12345678901234567</contact:id></contact:check>",
            "<contact:check><contact:id lang='en'>abc</contact:id></contact:check>",
            "<contact:check>x<contact:id>abc</contact:id></contact:check>",
            "<contact:check><host:id>abc</host:id></contact:check>",
            "<contact:check a='1'><contact:id>abc</contact:id></contact:check>",
        ];
        assert_refused(&refused, Check::decode);
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(ids in prop::collection::vec(contact_id(), 1..4)) {
            let check = Check { ids };
            let read = again(|writer| check.encode(writer), Check::decode);
            let texts = |check: &Check| -> Vec<String> {
                check.ids.iter().map(ToString::to_string).collect()
            };
            prop_assert_eq!(texts(&read), texts(&check));
        }

        #[test]
        fn decode_reads_the_answer_encode_writes(
            verdicts in prop::collection::vec((token(3..=16), prop::option::of(token(1..=32))), 1..4)
        ) {
            let ids = verdicts.into_iter().map(|(name, reason)| Availability { name, available: reason.is_none(), reason });
            let data = CheckData { ids: ids.collect() };
            prop_assert_eq!(again(|writer| data.encode(writer), CheckData::decode), data);
        }
    }
}
