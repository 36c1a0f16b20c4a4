//! Decisions on who may have a name: documents, consents, reservations, permissions of registrars.

use super::message::{Approval, NewConsent, NewDemand};
use super::{ACTOR, Desk, Refusal, Reply, Ruling, consent, document, operator};
use crate::base::code::Code;
use crate::flow::domain::application::{self, Attach};
use crate::flow::domain::consent::{Grant, Revoke};
use crate::flow::domain::demand::{self, Ask};
use crate::flow::run::{Failure, run};
use crate::flow::{Context, Flow, Numbers};
use crate::model::document::Subject;
use crate::policy::Policy;
use crate::session::numbers::Numbers as Fresh;
use crate::store::{Audit, Store};

impl Ruling {
    /// Says whether it changes the registry's own list of reserved names.
    pub fn reserves(&self) -> bool {
        match self {
            Self::ReservedAdd(_) | Self::ReservedRemove(_) => true,
            Self::DocumentRequest(_)
            | Self::DocumentApprove(_)
            | Self::DocumentReject(_)
            | Self::DocumentAttach(_)
            | Self::ConsentGrant(_)
            | Self::ConsentRevoke(_)
            | Self::RegistrarPermit(_)
            | Self::RegistrarForbid(_) => false,
        }
    }
}

impl<S: Store> Desk<S> {
    /// Carries a decision out under the rules in force; a refusal is a reply too.
    ///
    /// `numbers` are those that the sessions take theirs from, so that messages stay in order.
    pub async fn rule(&self, ruling: Ruling, policy: &Policy, numbers: &Fresh) -> Reply {
        let done = self.try_rule(ruling, policy, numbers).await;
        done.unwrap_or_else(|refusal| Reply::Refused(refusal.to_string()))
    }

    async fn try_rule(
        &self,
        ruling: Ruling,
        policy: &Policy,
        numbers: &Fresh,
    ) -> Result<Reply, Refusal> {
        let operator = operator()?;
        let transaction = self.transactions.next();
        let context = Context {
            now: self.clock.now(),
            registrar: &operator,
            policy,
            numbers: Numbers(&|| numbers.next()),
            transaction: &transaction,
            // No ruling makes a hash.
            salt: [0; 16],
        };
        match ruling {
            Ruling::DocumentRequest(NewDemand {
                name,
                wanted,
                days,
                reason,
            }) => {
                let ask = Ask {
                    name: &name,
                    wanted: &wanted,
                    days,
                    reason: reason.as_deref(),
                };
                self.run(&ask, "document:request", name.as_str(), &context)
                    .await?;
                document::demanded(&name, &context, &self.store).await
            }
            Ruling::DocumentApprove((id, approval)) => {
                self.decide(id, true, approval, &context).await
            }
            Ruling::DocumentReject((id, reason)) => {
                let approval = Approval {
                    reason,
                    legal_name: None,
                };
                self.decide(id, false, approval, &context).await
            }
            Ruling::DocumentAttach((id, file)) => {
                let request = document::read_open(id, &context, &self.store).await?;
                let attachment = self.attachments.keep(file, context.now).await?;
                let attach = Attach { id, attachment };
                self.run(
                    &attach,
                    "document:attach",
                    request.domain.as_str(),
                    &context,
                )
                .await?;
                document::show(id, &context, &self.store).await
            }
            Ruling::ConsentGrant(NewConsent {
                name,
                authority,
                reference,
                expires,
                registrant,
            }) => {
                let grant = Grant {
                    name: &name,
                    authority,
                    reference: &reference,
                    expires,
                    registrant: registrant.as_ref(),
                };
                self.run(&grant, "consent:grant", name.as_str(), &context)
                    .await?;
                consent::show(&name, &context, &self.store).await
            }
            Ruling::ConsentRevoke((name, authority, reference)) => {
                let revoke = Revoke {
                    name: &name,
                    authority,
                    reference: &reference,
                };
                self.run(&revoke, "consent:revoke", name.as_str(), &context)
                    .await?;
                consent::show(&name, &context, &self.store).await
            }
            Ruling::ReservedAdd(entries) => self.reserve(&entries, policy).await,
            Ruling::ReservedRemove(entries) => self.release(&entries, policy).await,
            Ruling::RegistrarPermit((id, category)) => self.permit(&id, &category, policy).await,
            Ruling::RegistrarForbid((id, category)) => self.forbid(&id, &category, policy).await,
        }
    }

    /// Approves documents, or rejects them: those of an application, or of a registered name.
    async fn decide(
        &self,
        id: u64,
        approved: bool,
        Approval { reason, legal_name }: Approval,
        context: &Context<'_>,
    ) -> Result<Reply, Refusal> {
        let command = match approved {
            true => "document:approve",
            false => "document:reject",
        };
        let (reason, legal_name) = (reason.as_deref(), legal_name.as_deref());
        let request = document::read_open(id, context, &self.store).await?;
        let name = &request.domain;
        match request.subject {
            Subject::Name | Subject::Registrant(_) => {
                let decide = application::Decide {
                    id,
                    name,
                    approved,
                    reason,
                    legal_name,
                };
                self.run(&decide, command, name.as_str(), context).await?;
            }
            Subject::Registered => {
                let decide = demand::Decide {
                    id,
                    name,
                    approved,
                    reason,
                    legal_name,
                };
                self.run(&decide, command, name.as_str(), context).await?;
            }
        }
        document::show(id, context, &self.store).await
    }

    /// Runs a flow as the operator.
    async fn run<F: Flow>(
        &self,
        flow: &F,
        command: &str,
        object: &str,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let audit = || Audit {
            at: context.now,
            server_transaction: context.transaction.to_owned(),
            client_transaction: None,
            actor: ACTOR.to_owned(),
            command: command.to_owned(),
            object: object.to_owned(),
        };
        match run(flow, context, &self.store, audit).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused(refusal)) if refusal.code() == Code::DoesNotExist => {
                Err(Refusal::Nothing("consent to", object.to_owned()))
            }
            Err(Failure::Refused(refusal)) => Err(Refusal::Value(refusal.reason())),
            Err(Failure::Store(error)) => Err(error.into()),
            Err(Failure::Contention) => Err(Refusal::Contention(object.to_owned())),
        }
    }
}
