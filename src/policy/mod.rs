//! F2: pure rules. Facts and a profile go in, violations come out.
//!
//! A profile is data ([`profile`]); this module holds the decision points every profile shares. What only
//! .hk demands lives in `policy/hk` and its data.

pub mod profile;
pub mod violation;

pub use profile::{Profile, Zone};
pub use violation::Violation;

use chrono::{DateTime, Utc};

use crate::base::code::Code;
use crate::model::domain::{ContactRole, Grace, GracePeriod};
use crate::model::{DomainName, Period};
use violation::Rule;

/// The rules of one registry.
#[derive(Clone, Debug)]
pub struct Policy {
    profile: Profile,
}

impl Policy {
    /// Makes the rules of a profile.
    pub fn new(profile: Profile) -> Self {
        Self { profile }
    }

    /// Returns the profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the zone a name lies in, whatever its depth.
    pub fn zone_of(&self, name: &DomainName) -> Option<&Zone> {
        self.profile
            .zones
            .iter()
            .find(|zone| name.is_below(&zone.name))
    }

    /// Judges whether `name` may be registered at all, taken or not.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn may_register(&self, name: &DomainName) -> Result<&Zone, Violation> {
        let refuse = |rule, short, reason| Violation {
            rule,
            code: Code::ValuePolicy,
            short,
            reason,
        };
        let mut zones = self.profile.zones.iter();
        let placed = zones.find_map(|zone| Some((zone, name.below(&zone.name)?)));
        let Some((zone, label)) = placed else {
            let reason = "this registry does not serve the zone of this name".to_owned();
            return Err(refuse(Rule("RFC5731:2.1"), "Not in our zones", reason));
        };
        if label.contains('.') {
            let reason = format!("names are registered directly below {}", zone.name);
            return Err(refuse(Rule("zone:depth"), "Wrong level", reason));
        }
        if label.starts_with("xn--") && !zone.internationalised {
            let reason = format!(
                "internationalised names are not offered below {}",
                zone.name
            );
            return Err(refuse(Rule("zone:idn"), "IDN not offered", reason));
        }
        if label.len() < zone.minimum_label || name.as_str().len() > zone.maximum_name {
            let reason = format!(
                "a label has at least {} characters, a whole name at most {}",
                zone.minimum_label, zone.maximum_name
            );
            return Err(refuse(Rule("zone:length"), "Length not allowed", reason));
        }
        if zone.reserved.iter().any(|reserved| reserved == label) {
            return Err(refuse(
                Rule("zone:reserved"),
                "Reserved",
                "the name is reserved".to_owned(),
            ));
        }
        Ok(zone)
    }

    /// Judges the period of a create, or gives the default one.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn create_period(&self, asked: Option<Period>) -> Result<Period, Violation> {
        let periods = &self.profile.periods;
        let period = asked.unwrap_or(periods.default);
        if periods.offered.contains(&period) {
            return Ok(period);
        }
        let offered: Vec<String> = periods
            .offered
            .iter()
            .map(|p| p.value().to_string())
            .collect();
        Err(Violation {
            rule: Rule("period:offered"),
            code: Code::ValuePolicy,
            short: "Period not offered",
            reason: format!("the periods offered are {} years", offered.join(", ")),
        })
    }

    /// Judges the roles a domain's contacts fill; `registrant` says whether there is one.
    ///
    /// # Errors
    /// [`Code::ParameterMissing`] for a role the profile requires.
    pub fn contact_roles(&self, registrant: bool, roles: &[ContactRole]) -> Result<(), Violation> {
        let contacts = &self.profile.contacts;
        let missing = if contacts.registrant_required && !registrant {
            Some("registrant")
        } else {
            contacts
                .required
                .iter()
                .find(|role| !roles.contains(role))
                .map(|role| role.as_str())
        };
        missing.map_or(Ok(()), |role| {
            Err(Violation {
                rule: Rule("contact:required"),
                code: Code::ParameterMissing,
                short: "Contact missing",
                reason: format!("a domain needs a contact of the role {role}"),
            })
        })
    }

    /// Judges how many name servers a domain has.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn name_server_count(&self, count: usize) -> Result<(), Violation> {
        let limits = &self.profile.name_servers;
        if count == 0 || (limits.minimum..=limits.maximum).contains(&count) {
            return Ok(());
        }
        Err(Violation {
            rule: Rule("ns:count"),
            code: Code::ValuePolicy,
            short: "Number of name servers",
            reason: format!(
                "a domain has none or {} to {} name servers",
                limits.minimum, limits.maximum
            ),
        })
    }

    /// Judges delegation signer data.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn delegation_signers(&self, count: usize) -> Result<(), Violation> {
        let maximum = self.profile.dnssec.maximum;
        if count <= maximum {
            return Ok(());
        }
        Err(Violation {
            rule: Rule("ds:count"),
            code: Code::ValuePolicy,
            short: "Number of DS records",
            reason: format!("a domain has at most {maximum} DS records"),
        })
    }

    /// Judges how many objects one check asks for.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn check_count(&self, count: usize) -> Result<(), Violation> {
        let maximum = self.profile.check.maximum;
        if count <= maximum {
            return Ok(());
        }
        Err(Violation {
            rule: Rule("check:count"),
            code: Code::ValuePolicy,
            short: "Too many objects",
            reason: format!("one check asks for at most {maximum} objects"),
        })
    }

    /// Returns the grace period that a create begins.
    pub fn add_grace(&self, created: DateTime<Utc>, period: Period) -> GracePeriod {
        GracePeriod {
            kind: Grace::Add,
            until: created + self.profile.grace.add(),
            period,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str) -> Policy {
        Policy::new(Profile::embedded(name).unwrap())
    }

    fn verdict(policy: &Policy, name: &str) -> Result<(), &'static str> {
        let name = DomainName::parse(name).unwrap();
        policy
            .may_register(&name)
            .map(|_| ())
            .map_err(|violation| violation.short)
    }

    #[test]
    fn may_register_judges_zone_level_and_reservation() {
        let plain = policy("plain");
        assert_eq!(verdict(&plain, "shop.example"), Ok(()));
        assert_eq!(verdict(&plain, "a.shop.example"), Err("Wrong level"));
        assert_eq!(verdict(&plain, "shop.hk"), Err("Not in our zones"));
        let hk = policy("hk");
        assert_eq!(verdict(&hk, "my-shop.hk"), Ok(()));
        assert_eq!(verdict(&hk, "my-shop.xn--j6w193g"), Ok(()));
        assert_eq!(verdict(&hk, "com.hk"), Err("Reserved"));
        assert_eq!(verdict(&hk, "xn--j6w193g.hk"), Err("IDN not offered"));
    }

    #[test]
    fn create_period_defaults_and_refuses_what_is_not_offered() {
        let plain = policy("plain");
        assert_eq!(
            plain.create_period(None).unwrap(),
            Period::years(1).unwrap()
        );
        assert!(plain.create_period(Period::years(10)).is_ok());
        assert!(plain.create_period(Period::years(11)).is_err());
        assert!(
            plain
                .create_period(Period::new(6, crate::model::period::Unit::Month))
                .is_err()
        );
    }

    #[test]
    fn contact_roles_name_the_missing_one() {
        let plain = policy("plain");
        assert_eq!(
            plain.contact_roles(false, &[]).unwrap_err().code,
            Code::ParameterMissing
        );
        assert!(plain.contact_roles(true, &[]).is_ok());
    }
}
