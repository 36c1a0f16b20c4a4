//! Flows of the contact mapping (RFC 5733).

pub mod check;
pub mod create;
mod details;
pub mod info;

use super::Refusal;
use super::refusal::Why;
use crate::model::ContactId;
use crate::protocol::Namespace;

/// Blames `<contact:id>`.
fn blame(why: Why, id: &ContactId) -> Refusal {
    Refusal::new(why, Namespace::Contact, "id", id.as_str())
}
