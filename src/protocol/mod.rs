//! F2: typed EPP in both directions (RFC 5730-5733, 5910, 3915, 8807); pure.
//!
//! One file per command and one per extension. Each holds the request as the client sends it (`decode`,
//! `encode`) and the data of its answer (`encode`, `decode`). Decoding agrees with the official XML
//! schemas: it accepts and refuses the same documents. What only the RFC text or our policy refuses
//! is judged later, by the flows.

pub mod address;
mod any;
pub mod auth_info;
mod availability;
pub mod command;
pub mod contact;
pub mod domain;
pub mod error;
pub mod ext;
pub mod frame;
pub mod greeting;
pub mod history;
pub mod host;
pub mod login;
pub mod offer;
pub mod pending;
pub mod poll;
pub mod response;
#[cfg(test)]
mod samples;
pub mod status;
#[cfg(test)]
mod testing;
pub mod text;
pub mod transfer;
mod uri;
pub mod values;

pub use auth_info::{AuthInfo, AuthInfoState};
pub use availability::Availability;
pub use command::{Command, Message, Request, TransferOperation};
pub use error::Error;
pub use ext::Extension;
pub use history::History;
pub use pending::PendingData;
pub use response::{Data, Response};

/// Names of elements, for the floors above that answer in them.
pub use crate::xml::Namespace;
/// An element as an answer repeats it.
pub use crate::xml::sequence::Shown;
pub use status::StatusText;
