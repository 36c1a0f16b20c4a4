//! Two names held together, one in each script: one registrant, one sponsor, one expiry. What a command does to the
//! registration of one it does to that of the other, in the same commit; name servers and forms stay their own.

use super::{blame, find, own, permit, save, stored};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Refusal};
use crate::lifecycle::permission::Operation;
use crate::model::{Domain, DomainName};
use crate::protocol::Namespace;
use crate::protocol::ext::hk;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, keys};

/// Returns the name a domain is held together with.
///
/// # Errors
/// When the store fails.
pub(in crate::flow) async fn name_of<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<DomainName>, store::Error> {
    let found = stored(name, context, store).await?;
    Ok(found.and_then(|(domain, _)| domain.partner))
}

/// The other name of a domain, as it is now.
#[derive(Debug)]
pub(super) struct Partner {
    domain: Domain,
    version: u64,
    subordinates: i64,
}

impl Partner {
    /// Reads the partner of a domain, if it has one.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn of<S: Store>(
        domain: Option<&(Domain, u64)>,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        match domain.and_then(|(domain, _)| domain.partner.as_ref()) {
            Some(name) => Self::load(name, context, store).await,
            None => Ok(None),
        }
    }

    /// Reads a domain that is a partner or is to become one.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn load<S: Store>(
        name: &DomainName,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        let Some((domain, version)) = find(name, context, store).await? else {
            return Ok(None);
        };
        let subordinates = keys::subordinate_count(&domain.name);
        Ok(Some(Self {
            subordinates: store.counter(&subordinates).await?,
            domain,
            version,
        }))
    }

    /// Judges an operation on the other name against the statuses of this one.
    ///
    /// # Errors
    /// 2304 for a status, 2305 for a delete with hosts below it.
    pub(super) fn permit(&self, operation: Operation) -> Result<(), Refusal> {
        let name = self.domain.name.as_str();
        permit(&self.domain, operation, name)?;
        if operation == Operation::Delete && self.subordinates > 0 {
            let why =
                Why::Association("hosts are subordinate to the name it is held together with");
            return Err(blame(why, name));
        }
        Ok(())
    }

    /// Lets it follow what the other name has become; `None` is gone.
    ///
    /// # Errors
    /// When the new state cannot be written.
    pub(super) fn follow(
        self,
        other: Option<&Domain>,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), RecordError> {
        let after = other.map(|other| Domain {
            registrant: other.registrant.clone(),
            sponsor: other.sponsor.clone(),
            updated: other.updated.clone(),
            expires: other.expires,
            // Whoever gets it sets its own (RFC 9154 section 4).
            auth_info: match other.transferred == self.domain.transferred {
                true => self.domain.auth_info.clone(),
                false => None,
            },
            transferred: other.transferred,
            grace: other.grace.clone(),
            transfer: other.transfer.clone(),
            deletion: other.deletion.clone(),
            ..self.domain.clone()
        });
        self.save(after.as_ref(), decision, context)
    }

    /// Holds it together with another name of the caller's, or lets it go; both then end when the later one did.
    ///
    /// # Errors
    /// 2201 for another registrar's, 2304 for a status, 2306 for what cannot be held together.
    pub(super) fn join(
        self,
        other: &mut Domain,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let name = self.domain.name.as_str();
        let mut domain = self.judge(other, context).map_err(|refusal| {
            // The client named it in `pair`.
            Refusal::new(refusal.why, Namespace::Hk, "pair", name)
        })?;
        let expires = domain.expires.max(other.expires);
        domain.partner = Some(other.name.clone());
        domain.expires = expires;
        domain.updated = Some((context.registrar.clone(), context.now));
        other.partner = Some(domain.name.clone());
        other.expires = expires;
        self.save(Some(&domain), decision, context)?;
        Ok(())
    }

    /// Judges whether it may be held together with another name, and returns its domain.
    fn judge(&self, other: &Domain, context: &Context<'_>) -> Result<Domain, Refusal> {
        let name = self.domain.name.as_str();
        let found = Some((self.domain.clone(), self.version));
        let (domain, _) = own(found, name, context)?;
        permit(&domain, Operation::Update, name)?;
        let judged = context.policy.may_pair(&domain.name, &other.name);
        judged.map_err(|violation| blame(Why::Policy(violation), name))?;
        let refuse = |reason| Err(blame(Why::Choice(reason), name));
        if domain.partner.is_some() || other.partner.is_some() {
            return refuse("one of the names is held together with another one already");
        }
        if domain.application.is_some() || other.application.is_some() {
            return refuse("an application is held together with another name once it is approved");
        }
        if domain.registrant != other.registrant {
            return refuse("names are held together for one registrant only");
        }
        Ok(domain)
    }

    /// Parts it from the other name.
    ///
    /// # Errors
    /// When the new state cannot be written.
    pub(super) fn part(
        self,
        other: &mut Domain,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), RecordError> {
        other.partner = None;
        let domain = Domain {
            partner: None,
            updated: Some((context.registrar.clone(), context.now)),
            ..self.domain.clone()
        };
        self.save(Some(&domain), decision, context)
    }

    fn save(
        &self,
        after: Option<&Domain>,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), RecordError> {
        let name = &self.domain.name;
        let unchanged = Assert::Version(keys::domain(name), self.version);
        decision.asserts.push(unchanged);
        if after.is_none_or(|after| after.deletion.is_some()) {
            let childless = Assert::CounterEquals(keys::subordinate_count(name), 0);
            decision.asserts.push(childless);
        }
        decision
            .writes
            .extend(save(Some(&self.domain), after, context)?);
        Ok(())
    }
}

/// Reads with which name to hold a name together.
pub(super) fn wish(change: &hk::PairChange) -> Result<Option<DomainName>, Refusal> {
    match change {
        hk::PairChange::With(text) => match DomainName::parse(text) {
            Ok(name) => Ok(Some(name)),
            Err(error) => Err(Refusal::new(Why::Name(error), Namespace::Hk, "pair", text)),
        },
        hk::PairChange::Apart => Ok(None),
    }
}

/// What an update means for the pair of a domain.
#[derive(Debug)]
pub(super) struct Pairing<'a> {
    /// What it asks for; `None` inside is to part.
    pub(super) wish: Option<&'a Option<DomainName>>,
    /// The name it is held together with.
    pub(super) partner: Option<Partner>,
    /// The name asked for.
    pub(super) joined: Option<Partner>,
    /// Whether the update changes what both have in common.
    pub(super) follows: bool,
}

impl Pairing<'_> {
    /// Joins the domain to another name, parts it from its partner, or lets that follow.
    ///
    /// # Errors
    /// 2201, 2303, 2304 and 2306 as [`Partner::join`] has them; 2304 for a status of the partner, 2306 where there is
    /// nothing to part.
    pub(super) fn carry_out(
        self,
        after: &mut Domain,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        match (self.wish, self.partner, self.joined) {
            (Some(Some(_)), _, Some(joined)) => joined.join(after, decision, context),
            (Some(Some(name)), _, None) => {
                let why = Why::DoesNotExist;
                Err(Refusal::new(why, Namespace::Hk, "pair", name.as_str()))
            }
            (Some(None), Some(partner), _) => {
                partner.permit(Operation::Update)?;
                Ok(partner.part(after, decision, context)?)
            }
            (Some(None), None, _) => {
                let why = Why::Choice("the name is held together with no other");
                Err(blame(why, after.name.as_str()))
            }
            (None, Some(partner), _) if self.follows => {
                partner.permit(Operation::Update)?;
                Ok(partner.follow(Some(after), decision, context)?)
            }
            (None, _, _) => Ok(()),
        }
    }
}
