//! `<domain:transfer>`: another registrar sponsors a domain (RFC 5731 sections 3.1.3 and 3.2.4, RFC 9154).
//!
//! Whoever knows the authorization information may ask; the sponsor approves or rejects, the requester may
//! cancel, and the server approves what nobody answered. Subordinate hosts follow their domain.

use crate::base::code::Code;
use crate::flow::domain::partner::Partner;
use crate::flow::domain::permits::Permits;
use crate::flow::domain::tries::{self, Noted};
use crate::flow::domain::variants;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info};
use crate::lifecycle::domain::complete_transfer;
use crate::lifecycle::permission::Operation;
use crate::model::{AuthInfo, Domain, DomainName, Transfer as Pending, TransferStatus};
use crate::protocol::command::TransferOperation;
use crate::protocol::domain::TransferData;
use crate::protocol::ext::bundle::Answer;
use crate::protocol::{self, Data, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Transfer<'a> {
    command: &'a protocol::domain::Transfer,
    name: DomainName,
}

/// The domain with its wrong tries, and the authorization information of the contact whose roid the command gives.
#[derive(Debug)]
pub struct Facts {
    domain: Option<(Domain, u64)>,
    contact_auth_info: Option<AuthInfo>,
    /// Wrong tries, where the command gives authorization information.
    tries: Noted,
    partner: Option<Partner>,
    /// What the registrar may have, where it asks for the domain.
    permits: Permits,
}

impl<'a> Transfer<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::domain::Transfer) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::domain_name(&command.name)?,
        })
    }

    fn blame(&self, why: Why) -> Refusal {
        super::blame(why, &self.command.name)
    }

    fn is_request(&self) -> bool {
        self.command.operation == TransferOperation::Request
    }

    /// Asks for a transfer.
    fn request(
        &self,
        before: Domain,
        given: Option<&AuthInfo>,
        tries: &Noted,
        permits: &Permits,
        context: &Context<'_>,
    ) -> Result<(Domain, Decision), Refusal> {
        if before.sponsor == *context.registrar {
            return Err(self.blame(Why::NotTransferable("you sponsor the domain already")));
        }
        let Some(auth_info) = &self.command.auth_info else {
            let why = Why::Missing("a transfer needs the authorization information");
            return Err(Refusal::new(why, Namespace::Domain, "authInfo", ""));
        };
        // Before the authorization information: who may not have the name cannot lock it by wrong tries either.
        permits
            .judge(&before.name, context.policy)
            .map_err(|violation| self.blame(Why::Policy(violation)))?;
        tries::verify(auth_info, given, tries, context)?;
        if before.transfer.as_ref().is_some_and(Pending::is_pending) {
            return Err(self.blame(Why::PendingTransfer));
        }
        super::permit(&before, Operation::Transfer, &self.command.name, context)?;
        let terms = context.terms();
        let period = match self.command.period {
            Some(_) => super::period(self.command.period, before.expires, context)?,
            None => context.policy.profile().periods.default,
        };
        let transfer = Pending::request(
            context.registrar.clone(),
            before.sponsor.clone(),
            context.now,
            context.now + terms.transfer_wait,
            Some(period),
        );
        let mut domain = before;
        domain.transfer = Some(transfer.clone());
        let mut decision = self.answer(&domain, &transfer, context);
        decision.code = Code::CompletedPending;
        let news = super::news(&domain, &transfer, context);
        decision.writes = crate::flow::message::tell(&domain.sponsor, news, context)?.into();
        Ok((domain, decision))
    }

    /// Ends a transfer that is under way.
    fn end(
        &self,
        before: Domain,
        status: TransferStatus,
        context: &Context<'_>,
    ) -> Result<(Domain, Decision), Refusal> {
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
        let domain = if status == TransferStatus::ClientApproved {
            complete_transfer(
                before,
                transfer,
                status,
                actor,
                context.now,
                context.terms(),
            )
        } else {
            Domain {
                transfer: Some(transfer.ended(status, actor, context.now)),
                ..before
            }
        };
        let Some(transfer) = domain.transfer.clone() else {
            return Err(self.blame(Why::NotPendingTransfer));
        };
        let mut decision = self.answer(&domain, &transfer, context);
        decision.writes = super::tell_transfer(&domain, &transfer, &loser, context)?;
        Ok((domain, decision))
    }

    /// Shows the transfer under way, or the last one.
    fn query(
        &self,
        domain: &Domain,
        given: Option<&AuthInfo>,
        tries: &Noted,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        let transfer = domain.transfer.as_ref();
        let is_party = domain.sponsor == *context.registrar
            || transfer.is_some_and(|transfer| transfer.involves(context.registrar));
        match &self.command.auth_info {
            Some(auth_info) => {
                tries::verify(auth_info, given, tries, context)?;
            }
            None if is_party => {}
            None => return Err(self.blame(Why::NotParty)),
        }
        let transfer = transfer.ok_or_else(|| self.blame(Why::NotPendingTransfer))?;
        Ok(self.answer(domain, transfer, context))
    }

    fn answer(&self, domain: &Domain, transfer: &Pending, context: &Context<'_>) -> Decision {
        let expires = super::expiry_of(domain, transfer, context);
        let data = TransferData::new(&domain.name, transfer, expires);
        Decision::answer(Data::DomainTransfer(data))
    }
}

impl Flow for Transfer<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::NotTransferable,
        Code::Authorization,
        Code::AuthInfo,
        Code::PendingTransfer,
        Code::NotPendingTransfer,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        match self.command.operation {
            TransferOperation::Query => Vec::new(),
            TransferOperation::Request
            | TransferOperation::Approve
            | TransferOperation::Reject
            | TransferOperation::Cancel => vec![Due::Domain(self.name.clone())],
        }
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let domain = super::load(&self.name, context, store).await?;
        let roid = auth_info::roid(self.command.auth_info.as_ref());
        let contact_auth_info = match (&domain, roid) {
            (Some((domain, _)), Some(roid)) => {
                auth_info::of_contact(domain, roid, context, store).await?
            }
            _ => None,
        };
        let tries = match (&domain, &self.command.auth_info) {
            (Some((domain, _)), Some(_)) => tries::load(&domain.name, context, store).await?,
            _ => None,
        };
        let asked_for = domain.iter().filter(|_| self.is_request());
        let names = asked_for.map(|(domain, _)| &domain.name);
        Ok(Facts {
            permits: Permits::load(context.registrar, names, context, store).await?,
            partner: Partner::of(domain.as_ref(), context, store).await?,
            domain,
            contact_auth_info,
            tries,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let found = facts.domain;
        let (before, version) = found.ok_or_else(|| self.blame(Why::DoesNotExist))?;
        let by_contact = auth_info::roid(self.command.auth_info.as_ref()).is_some();
        let given = if by_contact {
            facts.contact_auth_info
        } else {
            before.auth_info.clone()
        };
        let (domain, mut decision) = match self.command.operation {
            TransferOperation::Query => {
                return self.query(&before, given.as_ref(), &facts.tries, context);
            }
            TransferOperation::Request => {
                let given = given.as_ref();
                self.request(before.clone(), given, &facts.tries, &facts.permits, context)?
            }
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
        decision.asserts = vec![Assert::Version(keys::domain(&before.name), version)];
        if self.is_request() {
            let unchanged = tries::unchanged(&before.name, &facts.tries, context);
            decision.asserts.extend(unchanged);
            decision.asserts.extend(facts.permits.unchanged());
        }
        decision
            .writes
            .extend(super::save(Some(&before), Some(&domain), context)?);
        let bundle = variants::answer(&domain, Answer::Transfer, context);
        decision.extensions.extend(bundle);
        if let Some(partner) = facts.partner {
            if self.is_request() {
                partner.permit(Operation::Transfer, context)?;
            }
            partner.follow(&before, Some(&domain), &mut decision, context)?;
        }
        Ok(decision)
    }
}
