//! `<contact:transfer>`: another registrar sponsors a contact (RFC 5733 sections 3.1.3 and 3.2.4, RFC 9154).
//!
//! Whoever knows the authorization information may ask; the sponsor approves or rejects, the requester may
//! cancel, and the server approves what nobody answered. Domains that refer to the contact go on doing so.

use crate::base::code::Code;
use crate::flow::contact::{blame, load, news, save, statuses, tell_transfer};
use crate::flow::message::tell;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::lifecycle::contact::complete_transfer;
use crate::lifecycle::permission::{Operation, forbidding};
use crate::model::{Contact, Transfer as Pending, TransferStatus};
use crate::protocol::command::TransferOperation;
use crate::protocol::contact::TransferData;
use crate::protocol::{self, Data, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Transfer<'a> {
    command: &'a protocol::contact::Transfer,
}

/// The contact with its version.
pub type Facts = Option<(Contact, u64)>;

impl<'a> Transfer<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::contact::Transfer) -> Self {
        Self { command }
    }

    fn blame(&self, why: Why) -> Refusal {
        blame(why, &self.command.id)
    }

    /// Asks for a transfer.
    fn request(
        &self,
        before: Contact,
        context: &Context<'_>,
    ) -> Result<(Contact, Decision), Refusal> {
        if before.sponsor == *context.registrar {
            return Err(self.blame(Why::NotTransferable("you sponsor the contact already")));
        }
        let Some(given) = &self.command.auth_info else {
            let why = Why::Missing("a transfer needs the authorization information");
            return Err(Refusal::new(why, Namespace::Contact, "authInfo", ""));
        };
        auth_info::verify(
            given,
            before.auth_info.as_ref(),
            context,
            Namespace::Contact,
        )?;
        if before.transfer.as_ref().is_some_and(Pending::is_pending) {
            return Err(self.blame(Why::PendingTransfer));
        }
        if let Some(status) = forbidding(&statuses(&before, 0), Operation::Transfer) {
            return Err(self.blame(Why::Status(status.as_str())));
        }
        let transfer = Pending::request(
            context.registrar.clone(),
            before.sponsor.clone(),
            context.now,
            context.now + context.terms().transfer_wait,
            None,
        );
        let contact = Contact {
            transfer: Some(transfer.clone()),
            ..before
        };
        let mut decision = answer(&contact, &transfer);
        decision.code = Code::CompletedPending;
        decision.writes = tell(&contact.sponsor, news(&contact, &transfer), context)?.into();
        Ok((contact, decision))
    }

    /// Ends a transfer that is under way.
    fn end(
        &self,
        before: Contact,
        status: TransferStatus,
        context: &Context<'_>,
    ) -> Result<(Contact, Decision), Refusal> {
        let pending = before.transfer.clone().filter(Pending::is_pending);
        let may = match (status, &pending) {
            (TransferStatus::ClientCancelled, Some(transfer)) => &transfer.requester,
            _ => &before.sponsor,
        };
        if may != context.registrar {
            return Err(self.blame(Why::NotParty));
        }
        let transfer = pending.ok_or_else(|| self.blame(Why::NotPendingTransfer))?;
        let (loser, actor) = (before.sponsor.clone(), context.registrar.clone());
        let ended = transfer.clone().ended(status, actor.clone(), context.now);
        let contact = if status == TransferStatus::ClientApproved {
            complete_transfer(before, transfer, status, actor, context.now)
        } else {
            Contact {
                transfer: Some(ended.clone()),
                ..before
            }
        };
        let mut decision = answer(&contact, &ended);
        decision.writes = tell_transfer(&contact, &ended, &loser, context)?;
        Ok((contact, decision))
    }

    /// Shows the transfer under way, or the last one.
    fn query(&self, contact: &Contact, context: &Context<'_>) -> Result<Decision, Refusal> {
        let transfer = contact.transfer.as_ref();
        let is_party = contact.sponsor == *context.registrar
            || transfer.is_some_and(|transfer| transfer.involves(context.registrar));
        match &self.command.auth_info {
            Some(given) => {
                let stored = contact.auth_info.as_ref();
                auth_info::verify(given, stored, context, Namespace::Contact)?;
            }
            None if is_party => {}
            None => return Err(self.blame(Why::NotParty)),
        }
        let transfer = transfer.ok_or_else(|| self.blame(Why::NotPendingTransfer))?;
        Ok(answer(contact, transfer))
    }
}

fn answer(contact: &Contact, transfer: &Pending) -> Decision {
    let data = TransferData::new(&contact.id, transfer);
    Decision::answer(Data::ContactTransfer(data))
}

impl Flow for Transfer<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::UnimplementedOption,
        Code::NotTransferable,
        Code::Authorization,
        Code::AuthInfo,
        Code::PendingTransfer,
        Code::NotPendingTransfer,
        Code::DoesNotExist,
        Code::StatusProhibits,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        match self.command.operation {
            TransferOperation::Query => Vec::new(),
            TransferOperation::Request
            | TransferOperation::Approve
            | TransferOperation::Reject
            | TransferOperation::Cancel => vec![Due::Contact(self.command.id.clone())],
        }
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        load(&self.command.id, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let (before, version) = facts.ok_or_else(|| self.blame(Why::DoesNotExist))?;
        let (contact, mut decision) = match self.command.operation {
            TransferOperation::Query => return self.query(&before, context),
            TransferOperation::Request => self.request(before.clone(), context)?,
            TransferOperation::Approve => {
                self.end(before.clone(), TransferStatus::ClientApproved, context)?
            }
            TransferOperation::Reject => {
                self.end(before.clone(), TransferStatus::ClientRejected, context)?
            }
            TransferOperation::Cancel => {
                self.end(before.clone(), TransferStatus::ClientCancelled, context)?
            }
        };
        decision.asserts = vec![Assert::Version(keys::contact(&before.id), version)];
        decision.writes.extend(save(&before, &contact)?);
        Ok(decision)
    }
}
