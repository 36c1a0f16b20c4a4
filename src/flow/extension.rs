//! Extensions against the session's services, both ways, in one place.
//!
//! A command's extension must have been named at login, be defined for the command, and stand once. An
//! answer's data in a namespace that was not named is left out or, for a client that named RFC 9038,
//! moved into `<extValue>`; answers to poll always carry it there (RFC 9038 section 6).

use super::refusal::Why;
use super::{Refusal, Services};
use crate::protocol::response::Unhandled;
use crate::protocol::{Data, Namespace, Request, Response, ext};

/// Judges the extensions of a command.
///
/// # Errors
/// 2103 for one not named at login or not defined for the command, 2001 for one that stands twice.
pub fn admit(request: &Request, services: &Services) -> Result<(), Refusal> {
    let extensions = &request.extensions;
    for (index, extension) in extensions.iter().enumerate() {
        let refuse = |why| Refusal::new(why, extension.namespace(), extension.element(), "");
        if extensions
            .iter()
            .take(index)
            .any(|e| e.namespace() == extension.namespace())
        {
            return Err(refuse(Why::Repeated));
        }
        if !services.include(extension.namespace()) {
            return Err(refuse(Why::Extension(
                "the extension is not among the login services",
            )));
        }
        if !extension.extends(&request.command) {
            return Err(refuse(Why::Extension(
                "the extension is not defined for this command",
            )));
        }
    }
    Ok(())
}

/// Puts an answer's data where the session's services allow it.
pub fn place(
    response: &mut Response,
    data: Option<Data>,
    extensions: Vec<ext::Data>,
    services: &Services,
) {
    let poll = response
        .queue
        .as_ref()
        .is_some_and(|queue| queue.message.is_some());
    let owed = poll || services.include(Namespace::UnhandledNamespaces);
    match data {
        Some(data) if services.include(data.namespace()) => response.data = Some(data),
        Some(data) if owed => response.unhandled.push(Unhandled::Object(data)),
        Some(_) | None => {}
    }
    for extension in extensions {
        if services.include(extension.namespace()) {
            response.extensions.push(extension);
        } else if owed {
            response.unhandled.push(Unhandled::Extension(extension));
        }
    }
}
