//! `<domain:renew>`: a registration lasts longer (RFC 5731 section 3.2.3).
//!
//! The client says when the registration ends now, so that a command sent twice renews once.

use crate::base::code::Code;
use crate::flow::domain::partner::Partner;
use crate::flow::domain::variants;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain as lifecycle;
use crate::lifecycle::permission::Operation;
use crate::model::domain::Grace;
use crate::model::{Domain, DomainName};
use crate::protocol::domain::RenewData;
use crate::protocol::ext::bundle::Answer;
use crate::protocol::{self, Data, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Renew<'a> {
    command: &'a protocol::domain::Renew,
    name: DomainName,
}

/// The domain with its version, and its partner.
#[derive(Debug)]
pub struct Facts {
    domain: Option<(Domain, u64)>,
    partner: Option<Partner>,
}

impl<'a> Renew<'a> {
    /// Parses the command.
    ///
    /// # Errors
    /// 2005 when the name is no name.
    pub fn new(command: &'a protocol::domain::Renew) -> Result<Self, Refusal> {
        Ok(Self {
            command,
            name: super::domain_name(&command.name)?,
        })
    }
}

impl Flow for Renew<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterRange,
        Code::ParameterSyntax,
        Code::Authorization,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let domain = super::load(&self.name, context, store).await?;
        Ok(Facts {
            partner: Partner::of(domain.as_ref(), context, store).await?,
            domain,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let name = &self.command.name;
        let (before, version) = super::own(facts.domain, name, context)?;
        super::permit(&before, Operation::Renew, name, context)?;
        if let Some(partner) = &facts.partner {
            partner.permit(Operation::Renew, context)?;
        }
        if before.expires.date_naive() != self.command.current_expiry {
            let why = Why::Range("the registration does not end on that day (UTC)");
            let text = self.command.current_expiry.to_string();
            return Err(Refusal::new(why, Namespace::Domain, "curExpDate", &text));
        }
        let period = super::period(self.command.period, before.expires, context)?;
        let mut domain = before.clone();
        domain.expires = period.after(before.expires);
        domain.updated = Some((context.registrar.clone(), context.now));
        let length = context.terms().renew_grace;
        lifecycle::begin_grace(&mut domain, Grace::Renew, context.now, length, period);
        let data = RenewData {
            name: domain.name.to_string(),
            expires: Some(domain.expires),
        };
        let mut decision = Decision {
            data: Some(Data::DomainRenew(data)),
            extensions: variants::answer(&domain, Answer::Renew, context)
                .into_iter()
                .collect(),
            asserts: vec![Assert::Version(keys::domain(&before.name), version)],
            writes: super::save(Some(&before), Some(&domain), context)?,
            ..Decision::default()
        };
        if let Some(partner) = facts.partner {
            partner.follow(&before, Some(&domain), &mut decision, context)?;
        }
        Ok(decision)
    }
}
