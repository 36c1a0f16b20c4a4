//! F1: entities and values, parsed on construction; no XML, no input or output.

pub mod auth_info;
pub mod change;
pub mod contact;
pub mod dnssec;
pub mod document;
pub mod domain;
pub mod host;
mod instant;
pub mod lock;
pub mod message;
pub mod name;
pub mod package;
pub mod period;
pub mod registrar;
pub mod status;
pub mod terms;
pub mod transfer;

pub use auth_info::AuthInfo;
pub use change::Change;
pub use contact::{Contact, ContactId};
pub use domain::Domain;
pub use host::{Host, HostAddress};
pub use lock::Lock;
pub use message::Message;
pub use name::DomainName;
pub use package::{Package, PackageKey};
pub use period::Period;
pub use registrar::{Registrar, RegistrarId};
pub use terms::Terms;
pub use transfer::{Transfer, TransferStatus};
