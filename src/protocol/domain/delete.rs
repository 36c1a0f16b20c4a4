//! `<domain:delete>` (RFC 5731 section 3.2.2).

use crate::protocol::Error;
use crate::protocol::text::token;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Ends a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Name as the client wrote it.
    pub name: String,
}

impl Delete {
    /// Reads `<domain:delete>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        content.end()?;
        Ok(Self { name })
    }

    /// Writes `<domain:delete>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "delete");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(name in testing::token(1..=40)) {
            let delete = Delete { name };
            prop_assert_eq!(&testing::again(|w| delete.encode(w), Delete::decode), &delete);
        }
    }

    #[test]
    fn decode_refuses_other_than_one_name() {
        let texts = [
            "<delete/>",
            "<delete><name/></delete>",
            "<delete><name>a.hk</name><name>b.hk</name></delete>",
            "<delete><name>a.hk</name><authInfo><pw/></authInfo></delete>",
        ];
        samples::refuse(Namespace::Domain, &texts, Delete::decode);
    }
}
