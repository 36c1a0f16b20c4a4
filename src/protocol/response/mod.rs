//! Answers (RFC 5730 section 2.6): result, queue, data, extensions, transaction identifiers.

mod decode;

use chrono::{DateTime, Utc};

use super::ext;
use super::text::timestamp;
use super::{PendingData, contact, domain, host};
use crate::base::code::Code;
use crate::xml::sequence::Shown;
use crate::xml::{Namespace, Writer};

/// An answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The one result.
    pub code: Code,
    /// What was wrong, in a refusal.
    pub fault: Option<Fault>,
    /// Object data whose namespace the client announced.
    pub data: Option<Data>,
    /// Extensions whose namespaces the client announced.
    pub extensions: Vec<ext::Data>,
    /// Data the client is owed in a namespace it did not announce (RFC 9038).
    pub unhandled: Vec<Unhandled>,
    /// The client's message queue, when it is not empty.
    pub queue: Option<Queue>,
    /// `clTRID`, echoed.
    pub client_transaction: Option<String>,
    /// `svTRID`.
    pub server_transaction: String,
}

/// The offending element and why (`extValue`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Element, for `<value>`; the command's own when nothing narrower is to blame.
    pub element: Shown,
    /// Reason a registrar's engineer can act on.
    pub reason: String,
}

/// Data moved into `<extValue>` because its namespace is not among the login services (RFC 9038).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unhandled {
    /// Object data.
    Object(Data),
    /// Extension data.
    Extension(ext::Data),
}

/// State of the client's message queue (`msgQ`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Messages waiting.
    pub count: u64,
    /// Identifier of the first.
    pub id: u64,
    /// When it was queued and what it says; only in the answer to `<poll op="req">`.
    pub message: Option<(DateTime<Utc>, String)>,
}

/// Object data of an answer (`resData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Verdicts on domains.
    DomainCheck(domain::CheckData),
    /// A domain.
    DomainInfo(Box<domain::InfoData>),
    /// A domain was created.
    DomainCreate(domain::CreateData),
    /// A domain was renewed.
    DomainRenew(domain::RenewData),
    /// State of a domain transfer.
    DomainTransfer(domain::TransferData),
    /// Verdicts on contacts.
    ContactCheck(contact::CheckData),
    /// A contact.
    ContactInfo(Box<contact::InfoData>),
    /// A contact was created.
    ContactCreate(contact::CreateData),
    /// State of a contact transfer.
    ContactTransfer(contact::TransferData),
    /// Verdicts on hosts.
    HostCheck(host::CheckData),
    /// A host.
    HostInfo(Box<host::InfoData>),
    /// A host was created.
    HostCreate(host::CreateData),
    /// Outcome of a pending action on any of them.
    Pending(PendingData),
}

impl Response {
    /// Makes an answer of `code` and nothing else.
    pub fn new(code: Code, server_transaction: String) -> Self {
        Self {
            code,
            fault: None,
            data: None,
            extensions: Vec::new(),
            unhandled: Vec::new(),
            queue: None,
            client_transaction: None,
            server_transaction,
        }
    }

    /// Writes the whole document behind what `buffer` holds already.
    pub fn encode(&self, buffer: Vec<u8>) -> Vec<u8> {
        let mut writer = Writer::new(buffer);
        writer.start(Namespace::Epp, "epp");
        writer.start(Namespace::Epp, "response");
        self.encode_result(&mut writer);
        if let Some(queue) = &self.queue {
            queue.encode(&mut writer);
        }
        if let Some(data) = &self.data {
            writer.start(Namespace::Epp, "resData");
            data.encode(&mut writer);
            writer.end();
        }
        if !self.extensions.is_empty() {
            writer.start(Namespace::Epp, "extension");
            for extension in &self.extensions {
                extension.encode(&mut writer);
            }
            writer.end();
        }
        writer.start(Namespace::Epp, "trID");
        if let Some(id) = &self.client_transaction {
            writer.leaf(Namespace::Epp, "clTRID", id);
        }
        writer.leaf(Namespace::Epp, "svTRID", &self.server_transaction);
        writer.end();
        writer.end();
        writer.end();
        writer.finish()
    }

    fn encode_result(&self, writer: &mut Writer) {
        writer.start(Namespace::Epp, "result");
        writer.attribute("code", &self.code.to_string());
        writer.leaf(Namespace::Epp, "msg", self.code.text());
        if let Some(Fault { element, reason }) = &self.fault {
            writer.start(Namespace::Epp, "extValue");
            writer.start(Namespace::Epp, "value");
            writer.foreign(&element.uri, element.prefix, &element.name, &element.text);
            writer.end();
            writer.leaf(Namespace::Epp, "reason", reason);
            writer.end();
        }
        for unhandled in &self.unhandled {
            writer.start(Namespace::Epp, "extValue");
            writer.start(Namespace::Epp, "value");
            let namespace = unhandled.encode(writer);
            writer.end();
            let reason = format!("{} not in login services", namespace.uri());
            writer.leaf(Namespace::Epp, "reason", &reason);
            writer.end();
        }
        writer.end();
    }
}

impl Unhandled {
    fn encode(&self, writer: &mut Writer) -> Namespace {
        match self {
            Self::Object(data) => {
                data.encode(writer);
                data.namespace()
            }
            Self::Extension(data) => {
                data.encode(writer);
                data.namespace()
            }
        }
    }
}

impl Queue {
    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Epp, "msgQ");
        writer.attribute("count", &self.count.to_string());
        writer.attribute("id", &self.id.to_string());
        if let Some((queued, message)) = &self.message {
            writer.leaf(Namespace::Epp, "qDate", &timestamp(*queued));
            writer.leaf(Namespace::Epp, "msg", message);
        }
        writer.end();
    }
}

impl Data {
    /// Returns the namespace of the object.
    pub fn namespace(&self) -> Namespace {
        match self {
            Self::DomainCheck(_)
            | Self::DomainInfo(_)
            | Self::DomainCreate(_)
            | Self::DomainRenew(_)
            | Self::DomainTransfer(_) => Namespace::Domain,
            Self::ContactCheck(_)
            | Self::ContactInfo(_)
            | Self::ContactCreate(_)
            | Self::ContactTransfer(_) => Namespace::Contact,
            Self::HostCheck(_) | Self::HostInfo(_) | Self::HostCreate(_) => Namespace::Host,
            Self::Pending(data) => data.namespace,
        }
    }

    /// Writes the element that stands in `resData`.
    pub fn encode(&self, writer: &mut Writer) {
        match self {
            Self::DomainCheck(data) => data.encode(writer),
            Self::DomainInfo(data) => data.encode(writer),
            Self::DomainCreate(data) => data.encode(writer),
            Self::DomainRenew(data) => data.encode(writer),
            Self::DomainTransfer(data) => data.encode(writer),
            Self::ContactCheck(data) => data.encode(writer),
            Self::ContactInfo(data) => data.encode(writer),
            Self::ContactCreate(data) => data.encode(writer),
            Self::ContactTransfer(data) => data.encode(writer),
            Self::HostCheck(data) => data.encode(writer),
            Self::HostInfo(data) => data.encode(writer),
            Self::HostCreate(data) => data.encode(writer),
            Self::Pending(data) => data.encode(writer),
        }
    }
}
