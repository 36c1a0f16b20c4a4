//! Hosts on the wire (RFC 5732).

pub mod check;
pub mod create;
pub mod delete;
pub mod info;
pub mod update;

pub use check::{Check, CheckData};
pub use create::{Create, CreateData};
pub use delete::Delete;
pub use info::{Info, InfoData};
pub use update::{AddRemove, Update};

use crate::protocol::text::token;
use crate::xml::{Element, Mismatch, Namespace, Sequence};

/// Reads the `<host:name>` that stands next (`labelType`).
fn decode_name(content: &mut Sequence<'_>) -> Result<String, Mismatch> {
    token(content.required(Namespace::Host, "name")?, 1, 255)
}

/// Reads an element that holds a `<host:name>` and nothing else (`sNameType`).
fn decode_only_name(element: Element<'_>) -> Result<String, Mismatch> {
    let mut content = Sequence::of(element)?;
    let name = decode_name(&mut content)?;
    content.end()?;
    Ok(name)
}
