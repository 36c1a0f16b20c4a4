//! Outcome of a pending action (`panData`, RFC 5730 section 2.9.3), as all object mappings write it.

use chrono::{DateTime, Utc};

use super::Error;
use super::text::{timestamp, token};
use super::values::instant;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Writes the element `name`, which names the object and says whether the action was completed.
pub(super) fn encode_object(
    writer: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    object: &str,
    result: bool,
) {
    writer.start(namespace, name);
    writer.attribute("paResult", if result { "1" } else { "0" });
    writer.text(object);
    writer.end();
}

/// Writes whose action it was and when it ended.
pub(super) fn encode_action(
    writer: &mut Writer,
    namespace: Namespace,
    client_transaction: Option<&str>,
    server_transaction: &str,
    date: DateTime<Utc>,
) {
    writer.start(namespace, "paTRID");
    if let Some(id) = client_transaction {
        writer.leaf(Namespace::Epp, "clTRID", id);
    }
    writer.leaf(Namespace::Epp, "svTRID", server_transaction);
    writer.end();
    writer.leaf(namespace, "paDate", &timestamp(date));
}

/// Reads whose action it was (`clTRID` and `svTRID`) and when it ended, to the end of the content.
pub(super) fn decode_action(
    mut content: Sequence<'_>,
    namespace: Namespace,
) -> Result<(Option<String>, String, DateTime<Utc>), Error> {
    let transaction = content.required(namespace, "paTRID")?;
    let date = content.required(namespace, "paDate")?;
    content.end()?;
    let (client, server) = decode_transaction(transaction)?;
    Ok((client, server, instant(date)?))
}

fn decode_transaction(element: Element<'_>) -> Result<(Option<String>, String), Error> {
    let mut content = Sequence::of(element)?;
    let client = content.optional(Namespace::Epp, "clTRID");
    let client = client.map(|element| token(element, 3, 64)).transpose()?;
    let server = token(content.required(Namespace::Epp, "svTRID")?, 3, 64)?;
    content.end()?;
    Ok((client, server))
}
