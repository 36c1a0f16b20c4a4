//! Outcome of a pending action (`panData`), shared by domains, contacts and hosts (RFC 5730 section 2.9.3).

use chrono::{DateTime, Utc};

use super::Error;
use super::text::{timestamp, token};
use super::values::instant;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Which action has ended, and when; whose object and how is told beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAction {
    /// `clTRID` of the command that began it, when it had one.
    pub client_transaction: Option<String>,
    /// `svTRID` of the command that began it.
    pub server_transaction: String,
    /// When the action ended.
    pub ended: DateTime<Utc>,
}

/// Writes `<panData>` of `namespace`, whose object is the element `name` of text `object`.
pub(super) fn encode(
    writer: &mut Writer,
    namespace: Namespace,
    (name, object): (&'static str, &str),
    succeeded: bool,
    action: &PendingAction,
) {
    writer.start(namespace, "panData");
    writer.start(namespace, name);
    writer.attribute("paResult", if succeeded { "1" } else { "0" });
    writer.text(object);
    writer.end();
    writer.start(namespace, "paTRID");
    if let Some(id) = &action.client_transaction {
        writer.leaf(Namespace::Epp, "clTRID", id);
    }
    writer.leaf(Namespace::Epp, "svTRID", &action.server_transaction);
    writer.end();
    writer.leaf(namespace, "paDate", &timestamp(action.ended));
    writer.end();
}

/// Reads what stands behind the object in `<panData>`, to its end.
pub(super) fn decode_action(
    mut content: Sequence<'_>,
    namespace: Namespace,
) -> Result<PendingAction, Error> {
    let transaction = content.required(namespace, "paTRID")?;
    let ended = instant(content.required(namespace, "paDate")?)?;
    content.end()?;
    let (client_transaction, server_transaction) = decode_transaction(transaction)?;
    Ok(PendingAction { client_transaction, server_transaction, ended })
}

fn decode_transaction(element: Element<'_>) -> Result<(Option<String>, String), Error> {
    let mut content = Sequence::of(element)?;
    let client = content.optional(Namespace::Epp, "clTRID");
    let client = client.map(|element| token(element, 3, 64)).transpose()?;
    let server = token(content.required(Namespace::Epp, "svTRID")?, 3, 64)?;
    content.end()?;
    Ok((client, server))
}
