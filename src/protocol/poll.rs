//! `<poll>` (RFC 5730 section 2.9.2.3).

use super::Error;
use super::text::collapse;
use super::values::empty;
use crate::base::code::Code;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Writer};

/// Reads or shortens the client's message queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Poll {
    /// `req`: asks for the first message; an identifier sent along means nothing.
    Request,
    /// `ack`: removes the message of this identifier, as the client wrote it.
    Acknowledge(String),
}

impl Poll {
    /// Reads `<poll>`.
    ///
    /// # Errors
    /// 2001 when the element breaks its schema, 2003 for an acknowledgement without identifier.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [operation, message] = attributes(element, ["op", "msgID"])?;
        empty(element)?;
        let operation = operation.map(collapse).unwrap_or_default();
        let message = message.map(collapse).unwrap_or_default();
        match operation.as_ref() {
            "req" => Ok(Self::Request),
            "ack" if message.is_empty() => {
                let reason = "op=\"ack\" needs the attribute msgID, the id of <msgQ>";
                Err(Error::new(Code::ParameterMissing, element, reason))
            }
            "ack" => Ok(Self::Acknowledge(message.into_owned())),
            _ => Err(Error::new(
                Code::Syntax,
                element,
                "op is required, one of ack, req",
            )),
        }
    }

    /// Writes `<poll>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Epp, "poll");
        match self {
            Self::Request => writer.attribute("op", "req"),
            Self::Acknowledge(message) => {
                writer.attribute("op", "ack");
                writer.attribute("msgID", message);
            }
        }
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Tree;

    fn read(text: &str) -> Result<Poll, Error> {
        let tree = Tree::parse(text).unwrap();
        Poll::decode(tree.root().unwrap())
    }

    #[test]
    fn decode_collapses_tokens_and_ignores_the_identifier_of_a_request() {
        assert_eq!(read("<poll op='req'/>"), Ok(Poll::Request));
        assert_eq!(
            read("<poll op=' req ' msgID='9'></poll>"),
            Ok(Poll::Request)
        );
        assert_eq!(
            read("<poll msgID=' 12 ' op='ack'/>"),
            Ok(Poll::Acknowledge("12".to_owned()))
        );
    }

    #[test]
    fn decode_acknowledgement_without_identifier_is_2003() {
        for text in ["<poll op='ack'/>", "<poll op='ack' msgID=' '/>"] {
            assert_eq!(
                read(text).unwrap_err().code,
                Code::ParameterMissing,
                "{text}"
            );
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        for text in [
            "<poll/>",
            "<poll op='REQ'/>",
            "<poll op='req'> </poll>",
            "<poll op='req'><a/></poll>",
            "<poll op='req' id='1'/>",
        ] {
            assert_eq!(read(text).unwrap_err().code, Code::Syntax, "{text}");
        }
    }
}
