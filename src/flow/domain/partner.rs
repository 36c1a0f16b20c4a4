//! Two names held together, one in each script: one registrant, one sponsor, one expiry. What a command does to the
//! registration of one it does to that of the other, in the same commit; name servers and forms stay their own.

use super::consent::{self, InForce};
use super::{blame, delete, find, news, own, permit, save, stored, tell_transfer};
use crate::flow::message::tell;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Refusal};
use crate::lifecycle::permission::Operation;
use crate::model::domain::ContactRole;
use crate::model::{ContactId, Domain, DomainName};
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
    /// The consents to it as its new registrant has them, where it comes to one.
    consents: InForce,
}

impl Partner {
    /// Reads the partner of a domain, if it has one; a name that was registered anew meanwhile is none.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn of<S: Store>(
        domain: Option<&(Domain, u64)>,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        let Some((domain, _)) = domain else {
            return Ok(None);
        };
        let Some(name) = &domain.partner else {
            return Ok(None);
        };
        let found = Self::load(name, context, store).await?;
        Ok(found.filter(|other| other.domain.partner.as_ref() == Some(&domain.name)))
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
            consents: InForce::default(),
        }))
    }

    /// Judges an operation on the other name against the statuses of this one.
    ///
    /// # Errors
    /// 2304 for a status, 2305 for a delete with hosts below it.
    pub(super) fn permit(
        &self,
        operation: Operation,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let name = self.domain.name.as_str();
        permit(&self.domain, operation, name, context)?;
        if operation == Operation::Delete && self.subordinates > 0 {
            let why =
                Why::Association("hosts are subordinate to the name it is held together with");
            return Err(blame(why, name));
        }
        Ok(())
    }

    /// Says whether a delete would end it at once.
    pub(super) fn ends_at_once(&self, context: &Context<'_>) -> bool {
        delete::ends_at_once(&self.domain, context)
    }

    /// Reads the consents to it as a new registrant has them.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn load_consents<S: Store>(
        &mut self,
        registrant: &ContactId,
        context: &Context<'_>,
        store: &S,
    ) -> Result<(), store::Error> {
        let name = &self.domain.name;
        self.consents = consent::of_new_registrant(name, registrant, context, store).await?;
        Ok(())
    }

    /// Returns the consents that were read.
    pub(super) fn consents(&self) -> &InForce {
        &self.consents
    }

    /// Returns what must hold as long as one relies on how it is.
    pub(super) fn unchanged(&self) -> Assert {
        Assert::Version(keys::domain(&self.domain.name), self.version)
    }

    /// Returns its name.
    pub(super) fn name(&self) -> &DomainName {
        &self.domain.name
    }

    /// Returns its contacts.
    pub(super) fn contacts(&self) -> &[(ContactRole, ContactId)] {
        &self.domain.contacts
    }

    /// Lets it follow a change of the other name, `after` which that may be gone; what did not change stays its own.
    ///
    /// # Errors
    /// When the new state or a message cannot be written.
    pub(super) fn follow(
        self,
        before: &Domain,
        after: Option<&Domain>,
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), RecordError> {
        let Some(after) = after else {
            return self.save(None, decision, context);
        };
        let mut domain = self.domain.clone();
        take(
            &mut domain.registrant,
            &before.registrant,
            &after.registrant,
        );
        take(&mut domain.guardian, &before.guardian, &after.guardian);
        take(&mut domain.updated, &before.updated, &after.updated);
        take(&mut domain.expires, &before.expires, &after.expires);
        take(&mut domain.deletion, &before.deletion, &after.deletion);
        take(&mut domain.transfer, &before.transfer, &after.transfer);
        if after.registrant != before.registrant {
            domain.parked = false;
            self.consents.rely(decision)?;
            self.consents.lift(&mut domain);
        }
        if after.sponsor == before.sponsor {
            let begun = after.grace.iter();
            let begun = begun.filter(|grace| !before.grace.contains(grace));
            domain.grace.extend(begun.copied());
        } else {
            domain.sponsor.clone_from(&after.sponsor);
            domain.transferred = after.transferred;
            domain.grace.clone_from(&after.grace);
            // Whoever gets it sets its own (RFC 9154 section 4).
            domain.auth_info = None;
        }
        if after.transfer != before.transfer
            && let Some(transfer) = &domain.transfer
        {
            let loser = &self.domain.sponsor;
            let told = match transfer.is_pending() {
                true => tell(loser, news(&domain, transfer, context), context)?.into(),
                false => tell_transfer(&domain, transfer, loser, context)?,
            };
            decision.writes.extend(told);
        }
        self.save(Some(&domain), decision, context)
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
        permit(&domain, Operation::Update, name, context)?;
        let judged = context.policy.may_pair(&domain.name, &other.name);
        judged.map_err(|violation| blame(Why::Policy(violation), name))?;
        let refuse = |reason| Err(blame(Why::Choice(reason), name));
        if domain.partner.is_some() || other.partner.is_some() {
            return refuse("one of the names is held together with another one already");
        }
        if domain.is_applied_for() || other.is_applied_for() {
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
        decision.asserts.push(self.unchanged());
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

/// Replaces a value that follows another one, if that changed.
fn take<T: Clone + PartialEq>(own: &mut T, before: &T, after: &T) {
    if before != after {
        own.clone_from(after);
    }
}

/// Reads the name to hold another one together with.
///
/// # Errors
/// 2005 for what is no name.
pub(super) fn name(text: &str) -> Result<DomainName, Refusal> {
    let refuse = |error| Refusal::new(Why::Name(error), Namespace::Hk, "pair", text);
    DomainName::parse(text).map_err(refuse)
}

/// Reads with which name to hold a name together; `None` parts it.
///
/// # Errors
/// 2005 for what is no name.
pub(super) fn wish(change: &hk::PairChange) -> Result<Option<DomainName>, Refusal> {
    match change {
        hk::PairChange::With(text) => name(text).map(Some),
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
}

impl Pairing<'_> {
    /// Joins the domain to another name, parts it from its partner, or lets that follow.
    ///
    /// # Errors
    /// 2201, 2303, 2304 and 2306 as [`Partner::join`] has them; 2304 for a status of the partner, 2306 where there is
    /// nothing to part.
    pub(super) fn carry_out(
        self,
        before: &Domain,
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
                partner.permit(Operation::Update, context)?;
                Ok(partner.part(after, decision, context)?)
            }
            (Some(None), None, _) => {
                let why = Why::Choice("the name is held together with no other");
                Err(blame(why, after.name.as_str()))
            }
            (None, Some(partner), _) if after.registrant != before.registrant => {
                partner.permit(Operation::Update, context)?;
                Ok(partner.follow(before, Some(after), decision, context)?)
            }
            (None, _, _) => Ok(()),
        }
    }
}
