//! Contacts on the wire (RFC 5733).

pub mod check;
pub mod create;
pub mod delete;
pub mod details;
pub mod disclose;
pub mod info;
pub mod postal;
pub mod transfer;
pub mod update;

pub use check::{Check, CheckData};
pub use create::{Create, CreateData};
pub use delete::Delete;
pub use info::{Info, InfoData};
pub use transfer::{Transfer, TransferData};
pub use update::{Change, PostalChange, Update};
