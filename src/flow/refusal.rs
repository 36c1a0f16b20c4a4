//! Business refusals: facts with their data; result code and reason are two exhaustive functions.

use crate::base::code::Code;
use crate::model::host::AddressError;
use crate::model::lock::LockKind;
use crate::model::name::NameError;
use crate::policy::Violation;
use crate::policy::violation::Rule;
use crate::protocol::response::Fault;
use crate::protocol::{Namespace, Shown};
use crate::store::record::RecordError;

/// Why a command is refused, and the element to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub why: Why,
    /// Offending element.
    pub element: Box<Shown>,
}

/// What is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    // Values that are wrong by themselves.
    /// Not a domain or host name.
    Name(NameError),
    /// Not a usable address.
    Address(AddressError),
    /// Wrong by the text of an RFC, whatever the registry's policy.
    Value(&'static str),
    /// A parameter the command needs is absent.
    Missing(&'static str),
    /// A part of the protocol this server does not offer.
    Option(&'static str),
    /// A command that does not fit where or how it is used.
    Use(&'static str),
    /// A command whose flow this server does not have.
    Command(&'static str),

    // Extensions and objects outside the session's services.
    /// An extension that is not among the login services, or not defined for this command.
    Extension(&'static str),
    /// An object that the greeting does not offer, or that is not among the login services.
    Object(&'static str),
    /// The same extension twice.
    Repeated,

    // State of the registry.
    /// The object exists already.
    Exists,
    /// The object does not exist.
    DoesNotExist,
    /// The domain a host would be subordinate to does not exist.
    NoSuperordinate,
    /// A status forbids the operation.
    Status(&'static str),
    /// A status forbids the operation, and a lock of this kind put it there, by a rule if there is one.
    Locked(&'static str, LockKind, Option<Rule>),
    /// The domain is not in the stage of deletion that the operation ends.
    NotIn(&'static str),
    /// Another object forbids the operation.
    Association(&'static str),
    /// The object cannot be transferred to this registrar.
    NotTransferable(&'static str),
    /// A transfer is under way.
    PendingTransfer,
    /// No transfer is under way.
    NotPendingTransfer,

    // Rights.
    /// The registrar is no party of the transfer, or not the one that may do this.
    NotParty,
    /// Another registrar sponsors the object.
    NotSponsor,
    /// The authorization information is not the object's.
    AuthInfo,

    // Policy.
    /// A rule of the registry.
    Policy(Violation),
    /// A value that is not what it must be now.
    Range(&'static str),
    /// A value against the text of an RFC that leaves the choice to the server.
    Choice(&'static str),
    /// A disclosure wish against the announced policy (RFC 5733 section 2.9).
    Disclosure(&'static str),

    // Ourselves.
    /// The new state could not be written down; the client hears 2400 and may try again.
    Internal,
}

impl From<RecordError> for Refusal {
    fn from(_: RecordError) -> Self {
        Self::new(Why::Internal, Namespace::Epp, "command", "")
    }
}

impl Refusal {
    /// Blames the element `name` of `namespace`, which held `text`.
    pub fn new(why: Why, namespace: Namespace, name: &str, text: &str) -> Self {
        Self {
            why,
            element: Box::new(Shown::new(namespace, name, text)),
        }
    }

    /// Returns the result code.
    pub fn code(&self) -> Code {
        match &self.why {
            Why::Name(_) | Why::Value(_) => Code::ParameterSyntax,
            Why::Address(AddressError::Syntax) => Code::ParameterSyntax,
            Why::Address(AddressError::SpecialPurpose) | Why::Choice(_) => Code::ValuePolicy,
            Why::Missing(_) => Code::ParameterMissing,
            Why::Option(_) => Code::UnimplementedOption,
            Why::Use(_) => Code::Use,
            Why::Command(_) => Code::UnimplementedCommand,
            Why::Extension(_) => Code::UnimplementedExtension,
            Why::Object(_) => Code::UnimplementedObject,
            Why::Repeated => Code::Syntax,
            Why::Status(_) | Why::Locked(..) | Why::NotIn(_) => Code::StatusProhibits,
            Why::Association(_) => Code::AssociationProhibits,
            Why::NotTransferable(_) => Code::NotTransferable,
            Why::PendingTransfer => Code::PendingTransfer,
            Why::NotPendingTransfer => Code::NotPendingTransfer,
            Why::Range(_) => Code::ParameterRange,
            Why::Exists => Code::Exists,
            Why::DoesNotExist | Why::NoSuperordinate => Code::DoesNotExist,
            Why::NotSponsor | Why::NotParty => Code::Authorization,
            Why::AuthInfo => Code::AuthInfo,
            Why::Policy(violation) => violation.code,
            Why::Disclosure(_) => Code::DataPolicy,
            Why::Internal => Code::Failed,
        }
    }

    /// Returns the reason for the registrar's engineer.
    pub fn reason(&self) -> String {
        match &self.why {
            Why::Name(error) => error.to_string(),
            Why::Address(error) => error.to_string(),
            Why::Value(reason)
            | Why::Missing(reason)
            | Why::Option(reason)
            | Why::Use(reason)
            | Why::Command(reason)
            | Why::Extension(reason)
            | Why::Object(reason)
            | Why::Association(reason)
            | Why::NotTransferable(reason)
            | Why::Range(reason)
            | Why::Choice(reason)
            | Why::Disclosure(reason) => (*reason).to_owned(),
            Why::Repeated => "the same extension stands twice".to_owned(),
            Why::Status(status) => format!("the status {status} forbids it"),
            Why::Locked(status, kind, rule) => {
                let rule = rule.map_or_else(String::new, |rule| format!(" ({rule})"));
                let kind = kind.in_words();
                format!("the status {status} forbids it; it stands because of {kind}{rule}")
            }
            Why::NotIn(stage) => format!("the domain is not in {stage}"),
            Why::PendingTransfer => "a transfer of the object is under way".to_owned(),
            Why::NotPendingTransfer => "no transfer of the object is under way".to_owned(),
            Why::NotParty => "only the parties of the transfer may do this".to_owned(),
            Why::Exists => "the object exists already".to_owned(),
            Why::DoesNotExist => "the object does not exist".to_owned(),
            Why::NoSuperordinate => "the superordinate domain does not exist".to_owned(),
            Why::NotSponsor => "another registrar sponsors the object".to_owned(),
            Why::AuthInfo => "the authorization information is not right".to_owned(),
            Why::Policy(violation) => violation.to_string(),
            Why::Internal => "the server could not do it now; try again later".to_owned(),
        }
    }

    /// Returns what the answer says of it.
    pub fn into_fault(self) -> Fault {
        Fault {
            reason: self.reason(),
            element: *self.element,
        }
    }
}
