//! F2: pure rules. Facts and a profile go in, violations come out.
//!
//! A profile is data ([`profile`]); this module holds the decision points every profile shares. What only
//! .hk demands lives in `policy/hk` and its data.

pub mod hk;
pub mod profile;
pub mod violation;

pub use profile::{Profile, Zone};
pub use violation::Violation;

use chrono::{DateTime, TimeDelta, Utc};

use crate::base::code::Code;
use crate::model::domain::ContactRole;
use crate::model::{DomainName, Host, HostAddress, PackageKey, Period, Terms};
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

    /// Returns what a name shares with all its variants; `None` for one that has none.
    pub fn package_key(&self, _name: &DomainName) -> Option<PackageKey> {
        None
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

    /// Judges how far ahead of `now` a registration ends.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn longest(&self, expires: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Violation> {
        let longest = self.profile.terms.longest;
        if expires <= longest.after(now) {
            return Ok(());
        }
        Err(Violation {
            rule: Rule("period:longest"),
            code: Code::ValuePolicy,
            short: "Registered for too long",
            reason: format!(
                "a registration ends at most {} years ahead",
                longest.value()
            ),
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
            rule: limits.rule.unwrap_or(Rule("ns:count")),
            code: Code::ValuePolicy,
            short: "Number of name servers",
            reason: format!(
                "a domain has none or {} to {} name servers",
                limits.minimum, limits.maximum
            ),
        })
    }

    /// Judges whether name servers are independent of each other: no two share an address.
    ///
    /// Of hosts outside the registry's zones no address is known.
    ///
    /// # Errors
    /// The rule they break.
    pub fn independence<'a>(
        &self,
        hosts: impl IntoIterator<Item = &'a Host>,
    ) -> Result<(), Violation> {
        let limits = &self.profile.name_servers;
        if !limits.independent {
            return Ok(());
        }
        let mut known: Vec<(&HostAddress, &DomainName)> = Vec::new();
        for host in hosts {
            for address in &host.addresses {
                if let Some((_, other)) = known.iter().find(|(known, _)| *known == address) {
                    return Err(Violation {
                        rule: limits.rule.unwrap_or(Rule("ns:independent")),
                        code: Code::ValuePolicy,
                        short: "Name servers not independent",
                        reason: format!(
                            "{other} and {} share the address {address}; name servers are independent",
                            host.name
                        ),
                    });
                }
            }
            known.extend(host.addresses.iter().map(|address| (address, &host.name)));
        }
        Ok(())
    }

    /// Says whether the registry's own servers answer for a name until it names some.
    pub fn parks(&self) -> bool {
        !self.profile.name_servers.parking.is_empty()
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

    /// Judges algorithm and digest type of a delegation signer record.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn delegation_signer(&self, algorithm: u8, digest_type: u8) -> Result<(), Violation> {
        let dnssec = &self.profile.dnssec;
        let listed = |values: &[u8]| {
            let values: Vec<String> = values.iter().map(u8::to_string).collect();
            values.join(", ")
        };
        let (rule, reason) = if !dnssec.algorithms.contains(&algorithm) {
            let offered = listed(&dnssec.algorithms);
            (
                Rule("ds:algorithm"),
                format!("the algorithms offered are {offered}"),
            )
        } else if !dnssec.digest_types.contains(&digest_type) {
            let offered = listed(&dnssec.digest_types);
            (
                Rule("ds:digest"),
                format!("the digest types offered are {offered}"),
            )
        } else {
            return Ok(());
        };
        Err(Violation {
            rule,
            code: Code::ValuePolicy,
            short: "DS not offered",
            reason,
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

    /// Returns how long the stages of a registration last.
    pub fn terms(&self) -> &Terms {
        &self.profile.terms
    }

    /// Judges new authorization information; the empty text unsets it.
    ///
    /// The strength is the length times the bits of a character drawn from the classes in use.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn auth_info(&self, secret: &str) -> Result<(), Violation> {
        let refuse = |reason: String| {
            Err(Violation {
                rule: Rule("RFC9154:4.1"),
                code: Code::AuthInfo,
                short: "Weak authInfo",
                reason,
            })
        };
        let minimum = self.profile.auth_info.minimum_bits;
        if secret.is_empty() || minimum == 0 {
            return Ok(());
        }
        if !secret.bytes().all(|octet| octet.is_ascii_graphic()) {
            return refuse("authorization information is visible ASCII".to_owned());
        }
        if strength(secret) < f64::from(minimum) {
            return refuse(format!(
                "authorization information has at least {minimum} bits: 20 random characters of all classes"
            ));
        }
        Ok(())
    }

    /// Returns until when authorization information set at `now` counts; `None` is for ever.
    pub fn auth_info_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.profile.auth_info.lifetime_days {
            0 => None,
            days => Some(now + TimeDelta::days(i64::from(days))),
        }
    }
}

/// Returns the bits a random visible ASCII text of these classes and this length has.
fn strength(secret: &str) -> f64 {
    let has = |class: fn(&u8) -> bool| secret.as_bytes().iter().any(class);
    let classes = [
        (has(u8::is_ascii_lowercase), 26.0),
        (has(u8::is_ascii_uppercase), 26.0),
        (has(u8::is_ascii_digit), 10.0),
        (has(u8::is_ascii_punctuation), 32.0),
    ];
    let used = classes.iter().filter(|(used, _)| *used);
    let alphabet: f64 = used.map(|(_, size)| size).sum();
    secret.len() as f64 * alphabet.max(1.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RegistrarId;
    use crate::model::host::HostId;

    #[test]
    fn auth_info_wants_128_bits_of_visible_ascii_or_nothing() {
        let mut profile = Profile::embedded("plain").unwrap();
        profile.auth_info.minimum_bits = 128;
        let plain = Policy::new(profile);
        for strong in [
            "",
            "Harbour-2026-ferries!",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(plain.auth_info(strong).is_ok(), "{strong}");
        }
        for weak in [
            "2fooBAR",
            "01234567890123456789",
            "Harbour 2026-ferries!!",
            "\u{e9}Harbour-2026-ferries",
        ] {
            assert_eq!(
                plain.auth_info(weak).unwrap_err().code,
                Code::AuthInfo,
                "{weak}"
            );
        }
    }

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

    #[test]
    fn delegation_signer_takes_what_the_profile_lists() {
        let (plain, hk) = (policy("plain"), policy("hk"));
        assert!(plain.delegation_signer(5, 2).is_ok());
        for algorithm in [8, 13, 14, 15, 16] {
            assert!(hk.delegation_signer(algorithm, 2).is_ok());
            assert!(hk.delegation_signer(algorithm, 4).is_ok());
        }
        for (algorithm, digest_type, rule) in [
            (5, 2, "ds:algorithm"),
            (7, 2, "ds:algorithm"),
            (17, 2, "ds:algorithm"),
            (13, 1, "ds:digest"),
        ] {
            let violation = hk.delegation_signer(algorithm, digest_type).unwrap_err();
            assert_eq!(
                (violation.rule, violation.code),
                (Rule(rule), Code::ValuePolicy)
            );
        }
    }

    #[test]
    fn independence_is_no_address_twice() {
        let host = |number: u64, addresses: &[&str]| Host {
            id: HostId(number),
            name: DomainName::parse(&format!("ns{number}.bay.hk")).unwrap(),
            roid: format!("H{number}-HKEPP"),
            superordinate: None,
            statuses: Vec::new(),
            addresses: addresses
                .iter()
                .map(|address| HostAddress(address.parse().unwrap()))
                .collect(),
            sponsor: RegistrarId::parse("registrar-a").unwrap(),
            creator: RegistrarId::parse("registrar-a").unwrap(),
            created: DateTime::UNIX_EPOCH,
            updated: None,
            transferred: None,
        };
        let apart = [
            host(1, &["203.119.1.1", "2001:db8::1"]),
            host(2, &["203.119.1.2"]),
            host(3, &[]),
            host(4, &[]),
        ];
        let together = [
            host(1, &["203.119.1.1"]),
            host(2, &["203.119.1.2", "203.119.1.1"]),
        ];
        let hk = policy("hk");
        assert!(hk.independence(&apart).is_ok());
        let violation = hk.independence(&together).unwrap_err();
        assert_eq!(violation.rule, Rule("hk:R8.1"));
        assert!(violation.reason.contains("203.119.1.1"), "{violation}");
        assert!(policy("plain").independence(&together).is_ok());
    }

    #[test]
    fn name_server_count_of_a_profile_cites_its_rule() {
        let hk = policy("hk");
        for count in [0, 2, 13] {
            assert!(hk.name_server_count(count).is_ok(), "{count}");
        }
        for count in [1, 14] {
            let violation = hk.name_server_count(count).unwrap_err();
            assert_eq!(violation.rule, Rule("hk:R8.1"), "{count}");
        }
        let plain = policy("plain").name_server_count(14).unwrap_err();
        assert_eq!(plain.rule, Rule("ns:count"));
    }
}
