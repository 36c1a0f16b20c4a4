//! Answers and greetings as a client reads them, by the same types the server writes.

use super::{Data, Fault, Queue, Response, Unhandled};
use crate::base::code::Code;
use crate::protocol::ext::{self, bundle, change_poll, hk, idn, login_sec, rgp, secdns};
use crate::protocol::text::{token, token_content, unsigned};
use crate::protocol::values::instant;
use crate::protocol::{Error, PendingData, contact, domain, host};
use crate::xml::sequence::{Shown, attributes, simple};
use crate::xml::{Element, Namespace, Sequence, Tree};

impl Response {
    /// Reads an answer with one result, as this server sends them.
    ///
    /// # Errors
    /// When the document is no such answer, or holds data this crate does not know.
    pub fn decode(tree: &Tree<'_>) -> Result<Self, Error> {
        let missing = || Error {
            code: Code::Syntax,
            element: None,
            reason: "the document is empty".to_owned(),
        };
        let mut envelope = Sequence::of(tree.root().ok_or_else(missing)?)?;
        let response = envelope.required(Namespace::Epp, "response")?;
        envelope.end()?;
        let mut content = Sequence::of(response)?;
        let mut answer = Self::new(Code::Completed, String::new());
        answer.decode_result(content.required(Namespace::Epp, "result")?)?;
        if let Some(queue) = content.optional(Namespace::Epp, "msgQ") {
            answer.queue = Some(Queue::decode(queue)?);
        }
        if let Some(data) = content.optional(Namespace::Epp, "resData") {
            let mut data = Sequence::of(data)?;
            answer.data = data.take().map(Data::decode).transpose()?;
            data.end()?;
        }
        if let Some(extension) = content.optional(Namespace::Epp, "extension") {
            let mut extensions = Sequence::of(extension)?;
            while let Some(extension) = extensions.take() {
                answer.extensions.push(ext::Data::decode(extension)?);
            }
        }
        let mut transaction = Sequence::of(content.required(Namespace::Epp, "trID")?)?;
        if let Some(id) = transaction.optional(Namespace::Epp, "clTRID") {
            answer.client_transaction = Some(token(id, 3, 64)?);
        }
        answer.server_transaction = token(transaction.required(Namespace::Epp, "svTRID")?, 3, 64)?;
        transaction.end()?;
        content.end()?;
        Ok(answer)
    }

    fn decode_result(&mut self, result: Element<'_>) -> Result<(), Error> {
        let [code] = attributes(result, ["code"])?;
        let number = code.and_then(unsigned::<u16>);
        let code = Code::ALL
            .iter()
            .find(|known| Some(known.number()) == number);
        self.code = *code.ok_or_else(|| {
            Error::new(
                Code::Syntax,
                result,
                "the code is none of RFC 5730 section 3",
            )
        })?;
        let mut content = Sequence::content(result)?;
        let message = content.required(Namespace::Epp, "msg")?;
        attributes(message, ["lang"])?;
        simple(message)?;
        while let Some(extra) = content.optional(Namespace::Epp, "extValue") {
            let mut extra = Sequence::of(extra)?;
            let value = extra.required(Namespace::Epp, "value")?;
            let reason = extra.required(Namespace::Epp, "reason")?;
            extra.end()?;
            attributes(reason, ["lang"])?;
            self.decode_value(value, token_content(reason, 0, usize::MAX)?)?;
        }
        content.end()?;
        Ok(())
    }

    /// Reads what stands in `<value>`: owed data in a success (RFC 9038), the offending element in a refusal.
    fn decode_value(&mut self, value: Element<'_>, reason: String) -> Result<(), Error> {
        let Some(element) = value.children().next() else {
            return Err(Error::new(Code::Syntax, value, "an element is missing"));
        };
        if !self.code.is_success() {
            self.fault = Some(Fault {
                element: Shown::of(element),
                reason,
            });
        } else if let Ok(data) = Data::decode(element) {
            self.unhandled.push(Unhandled::Object(data));
        } else {
            self.unhandled
                .push(Unhandled::Extension(ext::Data::decode(element)?));
        }
        Ok(())
    }
}

impl Queue {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [count, id] = attributes(element, ["count", "id"])?;
        let number = |text: Option<&str>| {
            text.and_then(unsigned).ok_or_else(|| {
                Error::new(
                    Code::Syntax,
                    element,
                    "count and id are numbers on this server",
                )
            })
        };
        let mut queue = Self {
            count: number(count)?,
            id: number(id)?,
            message: None,
        };
        let mut content = Sequence::content(element)?;
        if let Some(queued) = content.optional(Namespace::Epp, "qDate") {
            let message = content.required(Namespace::Epp, "msg")?;
            attributes(message, ["lang"])?;
            queue.message = Some((instant(queued)?, simple(message)?.to_owned()));
        }
        content.end()?;
        Ok(queue)
    }
}

impl Data {
    /// Reads the element that stands in `resData`.
    ///
    /// # Errors
    /// When it breaks its schema or this crate does not know it.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(match (element.namespace(), element.name()) {
            (Namespace::Domain, "chkData") => {
                Self::DomainCheck(domain::CheckData::decode(element)?)
            }
            (Namespace::Domain, "infData") => {
                Self::DomainInfo(Box::new(domain::InfoData::decode(element)?))
            }
            (Namespace::Domain, "creData") => {
                Self::DomainCreate(domain::CreateData::decode(element)?)
            }
            (Namespace::Domain, "renData") => {
                Self::DomainRenew(domain::RenewData::decode(element)?)
            }
            (Namespace::Domain, "trnData") => {
                Self::DomainTransfer(domain::TransferData::decode(element)?)
            }
            (Namespace::Contact, "chkData") => {
                Self::ContactCheck(contact::CheckData::decode(element)?)
            }
            (Namespace::Contact, "infData") => {
                Self::ContactInfo(Box::new(contact::InfoData::decode(element)?))
            }
            (Namespace::Contact, "creData") => {
                Self::ContactCreate(contact::CreateData::decode(element)?)
            }
            (Namespace::Contact, "trnData") => {
                Self::ContactTransfer(contact::TransferData::decode(element)?)
            }
            (Namespace::Host, "chkData") => Self::HostCheck(host::CheckData::decode(element)?),
            (Namespace::Host, "infData") => {
                Self::HostInfo(Box::new(host::InfoData::decode(element)?))
            }
            (Namespace::Host, "creData") => Self::HostCreate(host::CreateData::decode(element)?),
            (Namespace::Domain | Namespace::Contact | Namespace::Host, "panData") => {
                Self::Pending(PendingData::decode(element)?)
            }
            _ => return Err(unknown(element)),
        })
    }
}

impl ext::Data {
    /// Reads the element that stands in an answer's `extension`.
    ///
    /// # Errors
    /// When it breaks its schema or this crate does not know it.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(match (element.namespace(), element.name()) {
            (Namespace::SecDns, "infData") => Self::SecDnsInfo(secdns::InfoData::decode(element)?),
            (Namespace::Rgp, "infData") => Self::RgpInfo(rgp::InfoData::decode(element)?),
            (Namespace::Rgp, "upData") => Self::RgpUpdate(rgp::UpdateData::decode(element)?),
            (Namespace::LoginSec, "loginSecData") => {
                Self::LoginSec(login_sec::LoginSecData::decode(element)?)
            }
            (Namespace::ChangePoll, "changeData") => {
                Self::ChangePoll(change_poll::ChangeData::decode(element)?)
            }
            (Namespace::Bundle, _) => Self::Bundle(bundle::BundleData::decode(element)?),
            (Namespace::Idn, "data") => Self::Idn(idn::Data::decode(element)?),
            (Namespace::Hk, "infData") => Self::HkInfo(hk::InfoData::decode(element)?),
            (Namespace::Hk, "creData") => Self::HkCreate(hk::Waiting::decode(element)?),
            (Namespace::Hk, "updData") => Self::HkUpdate(hk::Waiting::decode(element)?),
            _ => return Err(unknown(element)),
        })
    }
}

fn unknown(element: Element<'_>) -> Error {
    Error::new(
        Code::UnimplementedObject,
        element,
        "no data this program knows",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Availability;

    fn read_back(response: &Response) -> Response {
        let text = String::from_utf8(response.encode(Vec::new())).unwrap();
        Response::decode(&Tree::parse(&text).unwrap()).unwrap()
    }

    #[test]
    fn decode_reads_back_successes_with_everything() {
        let names = vec![
            Availability::new("a.hk".to_owned(), None),
            Availability::new("b.hk".to_owned(), Some("In use")),
        ];
        let statuses = vec![rgp::Status::AddPeriod];
        let owed = ext::Data::RgpInfo(rgp::InfoData { statuses });
        let response = Response {
            data: Some(Data::DomainCheck(domain::CheckData { names })),
            extensions: vec![owed.clone()],
            unhandled: vec![Unhandled::Extension(owed)],
            queue: Some(Queue {
                count: 2,
                id: 7,
                message: Some((
                    "2026-11-25T16:00:00Z".parse().unwrap(),
                    "hello & <bye>".into(),
                )),
            }),
            client_transaction: Some("ABC-12345".to_owned()),
            ..Response::new(Code::AckToDequeue, "SV-1".to_owned())
        };
        assert_eq!(read_back(&response), response);
    }

    #[test]
    fn decode_reads_back_refusals() {
        let response = Response {
            fault: Some(Fault {
                element: Shown::new(Namespace::Domain, "name", "a..hk"),
                reason: "two dots".to_owned(),
            }),
            ..Response::new(Code::ParameterSyntax, "SV-1".to_owned())
        };
        assert_eq!(read_back(&response), response);
    }
}
