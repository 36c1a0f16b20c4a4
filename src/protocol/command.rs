//! What a client sends (RFC 5730 sections 2.2 to 2.9): hello, or a command with its extensions.

use super::ext::{self, Extension};
use super::text::collapse;
use super::{Error, any, contact, domain, host, login, poll};
use crate::base::code::Code;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Tree, Writer};

/// A client's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Asks for the greeting.
    Hello,
    /// Everything else.
    Request(Box<Request>),
}

/// A command with what surrounds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The command.
    pub command: Command,
    /// Its extensions in document order; the same one may stand twice, which the session refuses.
    pub extensions: Vec<Extension>,
    /// `clTRID`, 3 to 64 characters.
    pub client_transaction: Option<String>,
}

macro_rules! commands {
    ($($variant:ident($type:ty) = $name:literal, $object:expr;)*) => {
        /// A command (RFC 5730 section 2.9).
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Command {
            /// Ends the session.
            Logout,
            $(#[doc = $name] $variant($type),)*
        }

        impl Command {
            /// Returns object and verb as logs and metrics name them.
            pub fn name(&self) -> &'static str {
                match self { Self::Logout => "logout", $(Self::$variant(_) => $name,)* }
            }

            /// Returns the namespace of the object the command is about.
            pub fn object(&self) -> Option<Namespace> {
                match self { Self::Logout => None, $(Self::$variant(_) => $object,)* }
            }
        }
    };
}

commands! {
    Login(login::Login) = "login", None;
    Poll(poll::Poll) = "poll", None;
    DomainCheck(domain::Check) = "domain:check", Some(Namespace::Domain);
    DomainInfo(domain::Info) = "domain:info", Some(Namespace::Domain);
    DomainCreate(domain::Create) = "domain:create", Some(Namespace::Domain);
    DomainDelete(domain::Delete) = "domain:delete", Some(Namespace::Domain);
    DomainRenew(domain::Renew) = "domain:renew", Some(Namespace::Domain);
    DomainTransfer(domain::Transfer) = "domain:transfer", Some(Namespace::Domain);
    DomainUpdate(domain::Update) = "domain:update", Some(Namespace::Domain);
    ContactCheck(contact::Check) = "contact:check", Some(Namespace::Contact);
    ContactInfo(contact::Info) = "contact:info", Some(Namespace::Contact);
    ContactCreate(contact::Create) = "contact:create", Some(Namespace::Contact);
    ContactDelete(contact::Delete) = "contact:delete", Some(Namespace::Contact);
    ContactTransfer(contact::Transfer) = "contact:transfer", Some(Namespace::Contact);
    ContactUpdate(contact::Update) = "contact:update", Some(Namespace::Contact);
    HostCheck(host::Check) = "host:check", Some(Namespace::Host);
    HostInfo(host::Info) = "host:info", Some(Namespace::Host);
    HostCreate(host::Create) = "host:create", Some(Namespace::Host);
    HostDelete(host::Delete) = "host:delete", Some(Namespace::Host);
    HostUpdate(host::Update) = "host:update", Some(Namespace::Host);
}

impl Command {
    /// Returns the name or handle of the object a transform is about, for the audit trail.
    pub fn target(&self) -> &str {
        match self {
            Self::Logout | Self::Poll(_) => "",
            Self::Login(login) => login.id.as_str(),
            Self::DomainCheck(_) | Self::ContactCheck(_) | Self::HostCheck(_) => "",
            Self::DomainInfo(command) => &command.name,
            Self::DomainCreate(command) => &command.name,
            Self::DomainDelete(command) => &command.name,
            Self::DomainRenew(command) => &command.name,
            Self::DomainTransfer(command) => &command.name,
            Self::DomainUpdate(command) => &command.name,
            Self::ContactInfo(command) => command.id.as_str(),
            Self::ContactCreate(command) => command.id.as_str(),
            Self::ContactDelete(command) => command.id.as_str(),
            Self::ContactTransfer(command) => command.id.as_str(),
            Self::ContactUpdate(command) => command.id.as_str(),
            Self::HostInfo(command) => &command.name,
            Self::HostCreate(command) => &command.name,
            Self::HostDelete(command) => &command.name,
            Self::HostUpdate(command) => &command.name,
        }
    }

    /// Returns the local name of the element that asks for it.
    pub fn verb(&self) -> &'static str {
        let name = self.name();
        name.rsplit_once(':').map_or(name, |(_, verb)| verb)
    }

    /// Says whether it may change an object; a transfer query changes none but is seldom enough.
    pub fn is_transform(&self) -> bool {
        match self {
            Self::DomainCreate(_)
            | Self::DomainDelete(_)
            | Self::DomainRenew(_)
            | Self::DomainTransfer(_)
            | Self::DomainUpdate(_)
            | Self::ContactCreate(_)
            | Self::ContactDelete(_)
            | Self::ContactTransfer(_)
            | Self::ContactUpdate(_)
            | Self::HostCreate(_)
            | Self::HostDelete(_)
            | Self::HostUpdate(_) => true,
            Self::DomainCheck(_)
            | Self::DomainInfo(_)
            | Self::ContactCheck(_)
            | Self::ContactInfo(_)
            | Self::HostCheck(_)
            | Self::HostInfo(_)
            | Self::Poll(_)
            | Self::Login(_)
            | Self::Logout => false,
        }
    }
}

/// Operation of a transfer command (`transferOpType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferOperation {
    /// `approve`.
    Approve,
    /// `cancel`.
    Cancel,
    /// `query`.
    Query,
    /// `reject`.
    Reject,
    /// `request`.
    Request,
}

impl TransferOperation {
    /// Finds the operation written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Self::Approve),
            "cancel" => Some(Self::Cancel),
            "query" => Some(Self::Query),
            "reject" => Some(Self::Reject),
            "request" => Some(Self::Request),
            _ => None,
        }
    }

    /// Returns the operation as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Cancel => "cancel",
            Self::Query => "query",
            Self::Reject => "reject",
            Self::Request => "request",
        }
    }
}

impl Message {
    /// Decodes a well-formed document.
    ///
    /// # Errors
    /// 2001 for what breaks the schemas, 2000 for an unknown command, 2101, 2103 and 2307 for commands,
    /// extensions and objects EPP or this server does not know.
    pub fn decode(tree: &Tree<'_>) -> Result<Self, Error> {
        Self::decode_envelope(root(tree)?, client_transaction(tree))
    }

    /// Reads `<epp>`, wherever it stands.
    pub(super) fn decode_envelope(
        envelope: Element<'_>,
        client_transaction: Option<String>,
    ) -> Result<Self, Error> {
        let mut content = Sequence::of(envelope)?;
        let Some(element) = content.take() else {
            return Err(Error::new(
                Code::Syntax,
                envelope,
                "a hello or a command is missing",
            ));
        };
        content.end()?;
        match (element.namespace(), element.name()) {
            (Namespace::Epp, "hello") => {
                any::lax(element)?;
                Ok(Self::Hello)
            }
            (Namespace::Epp, "command") => Ok(Self::Request(Box::new(Request::decode(
                element,
                client_transaction,
            )?))),
            (Namespace::Epp, "extension") => Err(Error::new(
                Code::UnimplementedExtension,
                element.children().next().unwrap_or(element),
                "protocol extensions are not implemented",
            )),
            (Namespace::Epp, "greeting" | "response") => {
                Err(Error::new(Code::Syntax, element, "only servers send this"))
            }
            _ => Err(Error::new(
                Code::Syntax,
                element,
                "expected <hello> or <command>",
            )),
        }
    }
}

/// Returns the document element, which must be `<epp>`.
fn root<'t>(tree: &'t Tree<'_>) -> Result<Element<'t>, Error> {
    let missing = || Error {
        code: Code::Syntax,
        element: None,
        reason: "the document is empty".to_owned(),
    };
    let root = tree.root().ok_or_else(missing)?;
    if root.is(Namespace::Epp, "epp") {
        return Ok(root);
    }
    let reason = format!(
        "the document element is <epp xmlns=\"{}\">",
        Namespace::Epp.uri()
    );
    Err(Error::new(Code::Syntax, root, reason))
}

/// Finds the `clTRID` of a document, whatever else is wrong with it, when there is exactly one of legal length.
pub fn client_transaction(tree: &Tree<'_>) -> Option<String> {
    let command = tree
        .root()?
        .children()
        .find(|child| child.is(Namespace::Epp, "command"))?;
    let mut found = command
        .children()
        .filter(|child| child.is(Namespace::Epp, "clTRID"));
    let (element, None) = (found.next()?, found.next()) else {
        return None;
    };
    if element.children().next().is_some() {
        return None;
    }
    let text = collapse(element.text());
    (3..=64)
        .contains(&text.chars().count())
        .then(|| text.into_owned())
}

impl Request {
    /// Reads `<command>`.
    fn decode(element: Element<'_>, client_transaction: Option<String>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let Some(verb) = content.take() else {
            return Err(Error::new(Code::Syntax, element, "the command is missing"));
        };
        let command = Command::decode(verb)?;
        let mut extensions = Vec::new();
        if let Some(extension) = content.optional(Namespace::Epp, "extension") {
            extensions = ext::decode_all(extension)?;
        }
        if let Some(element) = content.optional(Namespace::Epp, "clTRID") {
            super::text::token(element, 3, 64)?;
        }
        content.end()?;
        Ok(Self {
            command,
            extensions,
            client_transaction,
        })
    }

    /// Writes the whole document.
    pub fn encode(&self, mut writer: Writer) -> Vec<u8> {
        writer.start(Namespace::Epp, "epp");
        writer.start(Namespace::Epp, "command");
        self.command.encode(&mut writer);
        if !self.extensions.is_empty() {
            writer.start(Namespace::Epp, "extension");
            for extension in &self.extensions {
                extension.encode(&mut writer);
            }
            writer.end();
        }
        if let Some(id) = &self.client_transaction {
            writer.leaf(Namespace::Epp, "clTRID", id);
        }
        writer.end();
        writer.end();
        writer.finish()
    }
}

impl Command {
    /// Reads the element that names the command.
    fn decode(verb: Element<'_>) -> Result<Self, Error> {
        let unknown = || Error::new(Code::UnknownCommand, verb, "EPP defines no such command");
        if verb.namespace() != Namespace::Epp {
            return Err(unknown());
        }
        match verb.name() {
            "login" => Ok(Self::Login(login::Login::decode(verb)?)),
            "logout" => {
                any::lax(verb)?;
                Ok(Self::Logout)
            }
            "poll" => Ok(Self::Poll(poll::Poll::decode(verb)?)),
            "check" | "create" | "delete" | "info" | "renew" | "update" => {
                Self::object_command(verb, object(verb, Sequence::of(verb)?)?)
            }
            "transfer" => {
                let [op] = attributes(verb, ["op"])?;
                let operation = op
                    .and_then(|op| TransferOperation::parse(&collapse(op)))
                    .ok_or_else(|| {
                        let reason = "op is one of approve, cancel, query, reject, request";
                        Error::new(Code::Syntax, verb, reason)
                    })?;
                Self::transfer(operation, object(verb, Sequence::content(verb)?)?)
            }
            "clTRID" | "extension" => Err(Error::new(
                Code::Syntax,
                verb,
                "the command must come first",
            )),
            _ => Err(unknown()),
        }
    }

    fn object_command(verb: Element<'_>, object: Element<'_>) -> Result<Self, Error> {
        if object.name() != verb.name() {
            let reason = format!("<{}> holds an element of the same name", verb.name());
            return Err(Error::new(Code::Syntax, object, reason));
        }
        let unimplemented = || {
            Error::new(
                Code::UnimplementedCommand,
                object,
                "this object has no such command",
            )
        };
        Ok(match (object.namespace(), object.name()) {
            (Namespace::Domain, "check") => Self::DomainCheck(domain::Check::decode(object)?),
            (Namespace::Domain, "create") => Self::DomainCreate(domain::Create::decode(object)?),
            (Namespace::Domain, "delete") => Self::DomainDelete(domain::Delete::decode(object)?),
            (Namespace::Domain, "info") => Self::DomainInfo(domain::Info::decode(object)?),
            (Namespace::Domain, "renew") => Self::DomainRenew(domain::Renew::decode(object)?),
            (Namespace::Domain, "update") => Self::DomainUpdate(domain::Update::decode(object)?),
            (Namespace::Contact, "check") => Self::ContactCheck(contact::Check::decode(object)?),
            (Namespace::Contact, "create") => Self::ContactCreate(contact::Create::decode(object)?),
            (Namespace::Contact, "delete") => Self::ContactDelete(contact::Delete::decode(object)?),
            (Namespace::Contact, "info") => Self::ContactInfo(contact::Info::decode(object)?),
            (Namespace::Contact, "update") => Self::ContactUpdate(contact::Update::decode(object)?),
            (Namespace::Host, "check") => Self::HostCheck(host::Check::decode(object)?),
            (Namespace::Host, "create") => Self::HostCreate(host::Create::decode(object)?),
            (Namespace::Host, "delete") => Self::HostDelete(host::Delete::decode(object)?),
            (Namespace::Host, "info") => Self::HostInfo(host::Info::decode(object)?),
            (Namespace::Host, "update") => Self::HostUpdate(host::Update::decode(object)?),
            _ => return Err(unimplemented()),
        })
    }

    fn transfer(operation: TransferOperation, object: Element<'_>) -> Result<Self, Error> {
        if object.name() != "transfer" {
            let reason = "<transfer> holds an element of the same name";
            return Err(Error::new(Code::Syntax, object, reason));
        }
        if object.namespace() == Namespace::Domain {
            return Ok(Self::DomainTransfer(domain::Transfer::decode(
                operation, object,
            )?));
        }
        if object.namespace() == Namespace::Contact {
            return Ok(Self::ContactTransfer(contact::Transfer::decode(
                operation, object,
            )?));
        }
        let reason = "hosts move with their superordinate domain (RFC 5732 section 3.2.3)";
        Err(Error::new(Code::UnimplementedCommand, object, reason))
    }

    /// Writes the command.
    fn encode(&self, writer: &mut Writer) {
        let verb = match self {
            Self::Logout => {
                writer.start(Namespace::Epp, "logout");
                return writer.end();
            }
            Self::Login(login) => return login.encode(writer),
            Self::Poll(poll) => return poll.encode(writer),
            Self::DomainCheck(_) | Self::ContactCheck(_) | Self::HostCheck(_) => "check",
            Self::DomainInfo(_) | Self::ContactInfo(_) | Self::HostInfo(_) => "info",
            Self::DomainCreate(_) | Self::ContactCreate(_) | Self::HostCreate(_) => "create",
            Self::DomainDelete(_) | Self::ContactDelete(_) | Self::HostDelete(_) => "delete",
            Self::DomainUpdate(_) | Self::ContactUpdate(_) | Self::HostUpdate(_) => "update",
            Self::DomainRenew(_) => "renew",
            Self::DomainTransfer(_) | Self::ContactTransfer(_) => "transfer",
        };
        writer.start(Namespace::Epp, verb);
        if let Some(operation) = self.operation() {
            writer.attribute("op", operation.as_str());
        }
        self.encode_object(writer);
        writer.end();
    }

    /// Returns the operation of a transfer.
    fn operation(&self) -> Option<TransferOperation> {
        if let Self::DomainTransfer(transfer) = self {
            return Some(transfer.operation);
        }
        if let Self::ContactTransfer(transfer) = self {
            return Some(transfer.operation);
        }
        None
    }

    fn encode_object(&self, writer: &mut Writer) {
        match self {
            Self::Logout | Self::Login(_) | Self::Poll(_) => {}
            Self::DomainCheck(command) => command.encode(writer),
            Self::DomainInfo(command) => command.encode(writer),
            Self::DomainCreate(command) => command.encode(writer),
            Self::DomainDelete(command) => command.encode(writer),
            Self::DomainRenew(command) => command.encode(writer),
            Self::DomainTransfer(command) => command.encode(writer),
            Self::DomainUpdate(command) => command.encode(writer),
            Self::ContactCheck(command) => command.encode(writer),
            Self::ContactInfo(command) => command.encode(writer),
            Self::ContactCreate(command) => command.encode(writer),
            Self::ContactDelete(command) => command.encode(writer),
            Self::ContactTransfer(command) => command.encode(writer),
            Self::ContactUpdate(command) => command.encode(writer),
            Self::HostCheck(command) => command.encode(writer),
            Self::HostInfo(command) => command.encode(writer),
            Self::HostCreate(command) => command.encode(writer),
            Self::HostDelete(command) => command.encode(writer),
            Self::HostUpdate(command) => command.encode(writer),
        }
    }
}

/// Takes the one object element a verb holds; only objects this server knows are let through.
fn object<'t>(verb: Element<'t>, mut content: Sequence<'t>) -> Result<Element<'t>, Error> {
    let Some(object) = content.take() else {
        return Err(Error::new(
            Code::Syntax,
            verb,
            "the object's element is missing",
        ));
    };
    content.end()?;
    match object.namespace() {
        Namespace::Domain | Namespace::Contact | Namespace::Host => Ok(object),
        Namespace::Epp | Namespace::None => Err(Error::new(
            Code::Syntax,
            object,
            "expected the element of an object mapping",
        )),
        Namespace::SecDns
        | Namespace::Rgp
        | Namespace::LoginSec
        | Namespace::ChangePoll
        | Namespace::Bundle
        | Namespace::Idn
        | Namespace::Hk
        | Namespace::UnhandledNamespaces
        | Namespace::SecureAuthInfo
        | Namespace::Xsi
        | Namespace::Xml
        | Namespace::Other(_) => {
            let reason = "this server serves domain-1.0, contact-1.0 and host-1.0 objects";
            Err(Error::new(Code::UnimplementedObject, object, reason))
        }
    }
}
