//! Consents of authorities to restricted words: they let one registrant have a name (hk:R6.6, R6.7).
//!
//! There is one of each authority for a name with its variants, the last. It is for one registrant: from the beginning,
//! or from when a registration first relies on it. For others it does not count, so that it ends with its registrant's hold of
//! the name as far as they are concerned.

mod rulings;

pub use rulings::{Grant, Lapse, Revoke};

use crate::flow::{Context, Decision};
use crate::model::consent::{Authority, case_prefix};
use crate::model::lock::LockKind;
use crate::model::{Consent, Contact, ContactId, Domain, DomainName, Lock};
use crate::policy::{Consents, Policy, Standing};
use crate::store::record::RecordError;
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// Consents in force to a name as one registrant has them, with the versions that were read.
#[derive(Debug, Default)]
pub struct InForce {
    /// Who asks; `None` asks whether anybody has them.
    registrant: Option<Registrant>,
    found: Vec<(Key, Consent, u64)>,
}

/// A contact as consents know it.
#[derive(Debug)]
pub struct Registrant {
    key: Key,
    version: u64,
    roid: String,
}

impl Registrant {
    async fn load<S: Store>(id: &ContactId, store: &S) -> Result<Option<Self>, store::Error> {
        let key = keys::contact(id);
        let found = read::<Contact, S>(store, &key).await?;
        Ok(found.map(|(contact, version)| Self {
            key,
            version,
            roid: contact.roid,
        }))
    }

    /// Returns what must hold as long as one relies on who it is.
    fn assert(&self) -> Assert {
        Assert::Version(self.key.clone(), self.version)
    }
}

impl InForce {
    /// Returns how they stand, as the rules judge them.
    pub fn consents(&self) -> Consents {
        Consents::of(self.found.iter().map(|(_, consent, _)| {
            let standing = match self.counts(consent) {
                true => Standing::InForce,
                false => Standing::OfAnother,
            };
            (consent.authority, standing)
        }))
    }

    /// Returns what must hold as long as one relies on them.
    pub fn asserts(&self) -> Vec<Assert> {
        let counted = self.counted();
        let mut asserts: Vec<Assert> = counted
            .map(|(key, _, version)| Assert::Version(key.clone(), *version))
            .collect();
        if !asserts.is_empty() {
            asserts.extend(self.registrant.as_ref().map(Registrant::assert));
        }
        asserts
    }

    /// Returns what makes those the registrant's that were nobody's yet, beside [`Self::asserts`].
    ///
    /// # Errors
    /// When a record could not be written down.
    pub fn bind(&self) -> Result<Vec<Write>, RecordError> {
        let Some(registrant) = &self.registrant else {
            return Ok(Vec::new());
        };
        let unbound = self
            .counted()
            .filter(|(_, consent, _)| consent.holder.is_none());
        let writes = unbound.map(|(key, consent, _)| {
            let consent = Consent {
                holder: Some(registrant.roid.clone()),
                ..consent.clone()
            };
            Ok(Write::Put(key.clone(), record::encode(&consent)?))
        });
        writes.collect()
    }

    /// Lets a decision that gives the registrant the name rely on them; see [`Self::asserts`] and [`Self::bind`].
    ///
    /// # Errors
    /// When a record could not be written down.
    pub fn rely(&self, decision: &mut Decision) -> Result<(), RecordError> {
        decision.asserts.extend(self.asserts());
        decision.writes.extend(self.bind()?);
        Ok(())
    }

    /// Ends the holds under which a domain stands for the want of them.
    pub fn lift(&self, domain: &mut Domain) {
        for (_, consent, _) in self.counted() {
            domain
                .locks
                .retain(|lock| !is_hold(lock, consent.authority));
        }
    }

    fn counts(&self, consent: &Consent) -> bool {
        let registrant = self.registrant.as_ref();
        registrant.is_none_or(|registrant| consent.is_for(&registrant.roid))
    }

    fn counted(&self) -> impl Iterator<Item = &(Key, Consent, u64)> {
        self.found
            .iter()
            .filter(|(_, consent, _)| self.counts(consent))
    }
}

/// Reads the consents in force to a name, as `registrant` has them or, without one, as anybody does; reads nothing for a
/// name that needs none.
///
/// A registrant that does not exist has what anybody has: it is refused for that.
///
/// # Errors
/// When the store fails.
pub async fn in_force<S: Store>(
    name: &DomainName,
    registrant: Option<&ContactId>,
    context: &Context<'_>,
    store: &S,
) -> Result<InForce, store::Error> {
    let mut found = InForce::default();
    for authority in context.policy.consents(name) {
        let key = key(name, authority, context.policy);
        if let Some((consent, version)) = read::<Consent, S>(store, &key).await?
            && consent.is_in_force(context.now)
        {
            found.found.push((key, consent, version));
        }
    }
    if let Some(id) = registrant
        && !found.found.is_empty()
    {
        found.registrant = Registrant::load(id, store).await?;
    }
    Ok(found)
}

/// Reads the consents in force to a registered name as a new registrant has them: what is nobody's is the present one's.
///
/// # Errors
/// When the store fails.
pub async fn of_new_registrant<S: Store>(
    name: &DomainName,
    registrant: &ContactId,
    context: &Context<'_>,
    store: &S,
) -> Result<InForce, store::Error> {
    let mut known = in_force(name, Some(registrant), context, store).await?;
    known
        .found
        .retain(|(_, consent, _)| consent.holder.is_some());
    Ok(known)
}

/// Returns the key of a consent, which covers every variant of the name.
pub fn key(name: &DomainName, authority: Authority, policy: &Policy) -> Key {
    match policy.package_key(name) {
        Some(package) => keys::consent(package.as_str(), authority),
        None => keys::consent(policy.canonical(name).as_str(), authority),
    }
}

/// Says whether a lock is a hold for the want of a consent of `authority`.
fn is_hold(lock: &Lock, authority: Authority) -> bool {
    let prefix = case_prefix(authority);
    let case = lock.case.as_deref();
    lock.kind == LockKind::Hold && case.is_some_and(|case| case.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::domain::sample;

    /// Returns what a registrant has of the consents of both authorities, of which each is for `holders`.
    fn known(holders: [Option<&str>; 2]) -> InForce {
        let found = Authority::ALL.into_iter().zip(holders);
        let found = found.map(|(authority, holder)| {
            let consent = Consent {
                name: DomainName::parse("bank-insurance.hk").unwrap(),
                authority,
                reference: "B1/15C".to_owned(),
                granted: DateTime::UNIX_EPOCH,
                expires: None,
                revoked: None,
                holder: holder.map(str::to_owned),
            };
            (keys::consent("bank-insurance.hk", authority), consent, 7)
        });
        InForce {
            registrant: Some(Registrant {
                key: keys::contact(&ContactId::parse("hk-1").unwrap()),
                version: 3,
                roid: "C1-HKEPP".to_owned(),
            }),
            found: found.collect(),
        }
    }

    #[test]
    fn what_is_nobodys_becomes_the_registrants_and_what_is_anothers_stays() {
        let known = known([None, Some("C2-HKEPP")]);
        let expected = Consents {
            monetary_authority: Standing::InForce,
            insurance_authority: Standing::OfAnother,
        };
        assert_eq!(known.consents(), expected);
        let asserts = known.asserts();
        assert!(
            matches!(&asserts[..], [Assert::Version(_, 7), Assert::Version(contact, 3)]
                if contact.kind() == keys::contact(&ContactId::parse("hk-1").unwrap()).kind()),
            "{asserts:?}"
        );
        let writes = known.bind().unwrap();
        let [Write::Put(_, row)] = &writes[..] else {
            panic!("{writes:?}");
        };
        let bound: Consent = record::decode(row).unwrap();
        assert_eq!(bound.authority, Authority::Monetary);
        assert_eq!(bound.holder.as_deref(), Some("C1-HKEPP"));
        assert!(bound.is_for("C1-HKEPP") && !bound.is_for("C2-HKEPP"));
    }

    #[test]
    fn only_consents_of_the_registrant_lift_holds() {
        let mut domain = sample("bank-insurance.hk");
        for case in ["consent MA A1", "consent IA A2", "abuse 1"] {
            domain.locks.push(Lock {
                kind: LockKind::Hold,
                case: Some(case.to_owned()),
                suspends: true,
                since: DateTime::UNIX_EPOCH,
                window: None,
            });
        }
        known([Some("C1-HKEPP"), Some("C2-HKEPP")]).lift(&mut domain);
        let left: Vec<&str> = domain
            .locks
            .iter()
            .filter_map(|lock| lock.case.as_deref())
            .collect();
        assert_eq!(left, ["consent IA A2", "abuse 1"]);
    }
}
