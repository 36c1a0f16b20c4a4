//! Tables of internationalised names (idn-1.0, draft-ietf-eppext-idnmap): by which one a name is written.
//!
//! The same element stands on domain create and in the answers to create and info.

use crate::base::code::Code;
use crate::protocol::text::token;
use crate::protocol::values::optional;
use crate::protocol::{Error, Extension};
use crate::xml::{Element, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::Idn;

/// The table of a name (`<idn:data>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Name of the table, at least one character.
    pub table: String,
    /// The name in Unicode (`uname`), 1 to 255 characters.
    pub unicode: Option<String>,
}

/// Reads an element of idn-1.0 in a command.
///
/// # Errors
/// When it is no command extension or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    match element.name() {
        "data" => Data::decode(element).map(Extension::Idn),
        _ => Err(Error::new(Code::Syntax, element, "idn-1.0 defines data")),
    }
}

impl Data {
    /// Reads `<idn:data>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let table = token(content.required(NS, "table")?, 1, usize::MAX)?;
        let unicode = optional(&mut content, NS, "uname", |name| token(name, 1, 255))?;
        content.end()?;
        Ok(Self { table, unicode })
    }

    /// Writes `<idn:data>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "data");
        writer.leaf(NS, "table", &self.table);
        if let Some(unicode) = &self.unicode {
            writer.leaf(NS, "uname", unicode);
        }
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, token};

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            table in token(1..=40),
            unicode in of(token(1..=255)),
        ) {
            let data = Data { table, unicode };
            prop_assert_eq!(&again(|w| data.encode(w), Data::decode), &data);
        }
    }

    #[test]
    fn decode_collapses_white_space() {
        let text = "<data><table> zh\n HK </table><uname>\t\u{9999}\u{6e2f} </uname></data>";
        let data = samples::read(NS, text, Data::decode).unwrap();
        assert_eq!(data.table, "zh HK");
        assert_eq!(data.unicode.as_deref(), Some("\u{9999}\u{6e2f}"));
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let long = format!(
            "<data><table>a</table><uname>{}</uname></data>",
            "x".repeat(256)
        );
        let texts = [
            "<data/>",
            "<data><table/></data>",
            "<data><table> </table></data>",
            "<data><uname>a</uname></data>",
            "<data><uname>a</uname><table>a</table></data>",
            "<data><table>a</table><uname/></data>",
            "<data><table>a</table><table>a</table></data>",
            "<data><table lang='zh'>a</table></data>",
            "<data table='a'><table>a</table></data>",
            "<table>a</table>",
            &long,
        ];
        samples::refuse(NS, &texts, decode);
    }
}
