//! From a typed command to its flow: one exhaustive match.

use super::refusal::Why;
use super::run::{Failure, run};
use super::{Context, Decision, Flow, Refusal, contact, domain, host, poll};
use crate::protocol::ext::Extensions;
use crate::protocol::{Command, Namespace, Request};
use crate::store::{Audit, Store};

/// Runs the flow of a command about an object.
///
/// # Errors
/// The refusal, or what kept the server from deciding.
pub async fn perform<S: Store>(
    request: &Request,
    context: &Context<'_>,
    store: &S,
    audit: impl Fn() -> Audit + Send + Sync,
) -> Result<Decision, Failure> {
    match &request.command {
        Command::DomainCheck(command) => {
            run(&domain::check::Check::new(command), context, store, audit).await
        }
        Command::DomainInfo(command) => {
            let info = domain::info::Info::new(command)?;
            let outcome = run(&info, context, store, &audit).await;
            domain::tries::note(&command.name, outcome, context, store, audit).await
        }
        Command::DomainCreate(command) => {
            let extensions = Extensions::of(&request.extensions);
            let transaction = request.client_transaction.as_deref();
            let policy = context.policy;
            let create = domain::create::Create::new(command, extensions, policy, transaction)?;
            run(&create, context, store, audit).await
        }
        Command::DomainUpdate(command) => {
            let extensions = Extensions::of(&request.extensions);
            let transaction = request.client_transaction.as_deref();
            if let Some(restore) = extensions.rgp_update {
                let alone = request.extensions.len() == 1;
                let restore = domain::restore::Restore::new(command, restore, alone)?;
                return run(&restore, context, store, audit).await;
            }
            let update = domain::update::Update::new(command, extensions, transaction)?;
            run(&update, context, store, audit).await
        }
        Command::ContactCheck(command) => {
            run(&contact::check::Check::new(command), context, store, audit).await
        }
        Command::ContactInfo(command) => {
            run(&contact::info::Info::new(command), context, store, audit).await
        }
        Command::ContactCreate(command) => {
            run(
                &contact::create::Create::new(command)?,
                context,
                store,
                audit,
            )
            .await
        }
        Command::ContactDelete(command) => {
            run(
                &contact::delete::Delete::new(command),
                context,
                store,
                audit,
            )
            .await
        }
        Command::ContactUpdate(command) => {
            run(
                &contact::update::Update::new(command)?,
                context,
                store,
                audit,
            )
            .await
        }
        Command::HostCheck(command) => {
            run(&host::check::Check::new(command), context, store, audit).await
        }
        Command::HostInfo(command) => {
            run(&host::info::Info::new(command)?, context, store, audit).await
        }
        Command::HostCreate(command) => {
            run(&host::create::Create::new(command)?, context, store, audit).await
        }
        Command::HostDelete(command) => {
            run(&host::delete::Delete::new(command)?, context, store, audit).await
        }
        Command::HostUpdate(command) => {
            run(&host::update::Update::new(command)?, context, store, audit).await
        }
        Command::Poll(command) => run(&poll::Poll::new(command), context, store, audit).await,
        Command::DomainDelete(command) => {
            run(
                &domain::delete::Delete::new(command)?,
                context,
                store,
                audit,
            )
            .await
        }
        Command::DomainRenew(command) => {
            run(&domain::renew::Renew::new(command)?, context, store, audit).await
        }
        Command::DomainTransfer(command) => {
            let transfer = domain::transfer::Transfer::new(command)?;
            let outcome = run(&transfer, context, store, &audit).await;
            domain::tries::note(&command.name, outcome, context, store, audit).await
        }
        Command::ContactTransfer(command) => {
            run(
                &contact::transfer::Transfer::new(command),
                context,
                store,
                audit,
            )
            .await
        }
        Command::Login(_) | Command::Logout => Err(unserved(&request.command).into()),
    }
}

/// Refuses a command this release has no flow for.
fn unserved(command: &Command) -> Refusal {
    let why = Why::Command("this server does not offer the command");
    let namespace = command.object().unwrap_or(Namespace::Epp);
    Refusal::new(why, namespace, command.verb(), "")
}

/// The refusals each flow declares, by the name of its command.
pub const DECLARED: &[(&str, &[crate::base::code::Code])] = &[
    ("domain:check", domain::check::Check::REFUSALS),
    ("domain:info", domain::info::Info::REFUSALS),
    ("domain:create", domain::create::Create::REFUSALS),
    ("domain:delete", domain::delete::Delete::REFUSALS),
    ("domain:renew", domain::renew::Renew::REFUSALS),
    ("domain:transfer", domain::transfer::Transfer::REFUSALS),
    ("domain:update", domain::update::Update::REFUSALS),
    ("contact:check", contact::check::Check::REFUSALS),
    ("contact:info", contact::info::Info::REFUSALS),
    ("contact:create", contact::create::Create::REFUSALS),
    ("contact:delete", contact::delete::Delete::REFUSALS),
    ("contact:transfer", contact::transfer::Transfer::REFUSALS),
    ("contact:update", contact::update::Update::REFUSALS),
    ("poll", poll::Poll::REFUSALS),
    ("host:check", host::check::Check::REFUSALS),
    ("host:info", host::info::Info::REFUSALS),
    ("host:create", host::create::Create::REFUSALS),
    ("host:delete", host::delete::Delete::REFUSALS),
    ("host:update", host::update::Update::REFUSALS),
];
