//! Domains on the wire (RFC 5731).

pub mod check;
pub mod contacts;
pub mod create;
pub mod delete;
pub mod info;
pub mod name_servers;
pub mod period;
pub mod renew;
pub mod transfer;
pub mod update;

pub use check::{Check, CheckData};
pub use contacts::ContactReference;
pub use create::{Create, CreateData};
pub use delete::Delete;
pub use info::{HostsFilter, Info, InfoData};
pub use name_servers::{HostAttribute, NameServers};
pub use renew::{Renew, RenewData};
pub use transfer::{Transfer, TransferData};
pub use update::{AddRemove, Change, Update};
