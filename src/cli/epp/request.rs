//! From the command line to the typed command.

use super::args::{Check, Create, Delete, Info, Poll, Renew, Transfer, Update, Verb};
use super::fields::period;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::{Command, Extension, Request, contact, domain, host, poll};

/// Makes the request of a verb; hello and login are none.
pub(super) fn build(
    verb: Verb,
    client_transaction: Option<String>,
) -> Result<Option<Request>, &'static str> {
    let plain = |command: Command| (command, Vec::new());
    let (command, extensions): (Command, Vec<Extension>) = match verb {
        Verb::Hello | Verb::Login { .. } => return Ok(None),
        Verb::Check(kind) => plain(check(kind)),
        Verb::Info(kind) => plain(info(kind)),
        Verb::Create(Create::Domain(fields)) => fields.command()?,
        Verb::Create(Create::Contact(fields)) => plain(fields.command()),
        Verb::Create(Create::Host(fields)) => plain(fields.command()),
        Verb::Delete(kind) => plain(delete(kind)),
        Verb::Update(Update::Domain(fields)) => fields.command(),
        Verb::Update(Update::Contact(fields)) => plain(fields.command()),
        Verb::Update(Update::Host(fields)) => plain(fields.command()),
        Verb::Renew(Renew::Domain {
            name,
            current_expiry,
            period: years,
        }) => {
            let period = period(years)?;
            plain(Command::DomainRenew(domain::Renew {
                name,
                current_expiry,
                period,
            }))
        }
        Verb::Transfer(kind) => plain(transfer(kind)?),
        Verb::Restore(step) => step.command(),
        Verb::Poll(Poll::Req) => plain(Command::Poll(poll::Poll::Request)),
        Verb::Poll(Poll::Ack { id }) => plain(Command::Poll(poll::Poll::Acknowledge(id))),
    };
    Ok(Some(Request {
        command,
        extensions,
        client_transaction,
    }))
}

fn check(kind: Check) -> Command {
    match kind {
        Check::Domain { names } => Command::DomainCheck(domain::Check { names }),
        Check::Contact { ids } => Command::ContactCheck(contact::Check { ids }),
        Check::Host { names } => Command::HostCheck(host::Check { names }),
    }
}

fn info(kind: Info) -> Command {
    match kind {
        Info::Domain {
            name,
            hosts,
            auth_info,
        } => {
            let auth_info = auth_info.map(AuthInfo::password);
            Command::DomainInfo(domain::Info {
                name,
                hosts,
                auth_info,
            })
        }
        Info::Contact { id, auth_info } => {
            let auth_info = auth_info.map(AuthInfo::password);
            Command::ContactInfo(contact::Info { id, auth_info })
        }
        Info::Host { name } => Command::HostInfo(host::Info { name }),
    }
}

fn delete(kind: Delete) -> Command {
    match kind {
        Delete::Domain { name } => Command::DomainDelete(domain::Delete { name }),
        Delete::Contact { id } => Command::ContactDelete(contact::Delete { id }),
        Delete::Host { name } => Command::HostDelete(host::Delete { name }),
    }
}

fn transfer(kind: Transfer) -> Result<Command, &'static str> {
    Ok(match kind {
        Transfer::Domain {
            operation,
            name,
            auth_info,
            period: years,
        } => Command::DomainTransfer(domain::Transfer {
            operation,
            name,
            period: period(years)?,
            auth_info: auth_info.map(AuthInfo::password),
        }),
        Transfer::Contact {
            operation,
            id,
            auth_info,
        } => {
            let auth_info = auth_info.map(AuthInfo::password);
            Command::ContactTransfer(contact::Transfer {
                operation,
                id,
                auth_info,
            })
        }
    })
}
