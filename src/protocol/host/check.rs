//! `<host:check>` (RFC 5732 section 3.1.1).

use crate::protocol::Error;
use crate::protocol::availability::{self, Availability};
use crate::xml::{Element, Namespace, Writer};

/// Asks whether names can be used for new hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Names as the client wrote them; whether each is a host name is part of the answer.
    pub names: Vec<String>,
}

impl Check {
    /// Reads `<host:check>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let names = availability::decode_names(element, Namespace::Host, "name", (1, 255))?;
        Ok(Self { names })
    }

    /// Writes `<host:check>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode_names(writer, Namespace::Host, "name", &self.names);
    }
}

/// Answer to [`Check`] (`chkData`): one verdict for each name, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// The verdicts.
    pub names: Vec<Availability>,
}

impl CheckData {
    /// Writes `<host:chkData>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode(writer, Namespace::Host, "name", &self.names);
    }

    /// Reads `<host:chkData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let names = availability::decode(element, Namespace::Host, "name", (1, 255))?;
        Ok(Self { names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{again, assert_refused, read};

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = "<host:check><host:name> NS1.a.hk </host:name><host:name>x y</host:name>\
                    </host:check>";
        let check = read(text, Check::decode).unwrap();
        assert_eq!(check.names, ["NS1.a.hk", "x y"]);
        assert_eq!(again(|writer| check.encode(writer), Check::decode), check);
        let reasons = [None, Some("In use".to_owned())];
        let names = check.names.into_iter().zip(reasons);
        let names = names
            .map(|(name, reason)| Availability {
                name,
                available: reason.is_none(),
                reason,
            })
            .collect();
        let data = CheckData { names };
        assert_eq!(again(|writer| data.encode(writer), CheckData::decode), data);
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let long = format!(
            "<host:check><host:name>{}</host:name></host:check>",
            "a".repeat(256)
        );
        let refused = [
            "<host:check/>",
            "<host:check><host:name/></host:check>",
            &long,
        ];
        assert_refused(&refused, Check::decode);
    }
}
