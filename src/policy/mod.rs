//! F2: pure rules. Facts and a profile go in, violations come out.
//!
//! A profile is data ([`profile`]); this module holds the decision points every profile shares. What only
//! .hk demands lives in `policy/hk` and its data.

mod auth_info;
pub mod finding;
pub mod hk;
mod name_servers;
mod names;
pub mod profile;
pub mod registration;
pub mod violation;

pub use finding::Finding;
pub use hk::{Consents, Standing};
pub use profile::{Profile, Zone};
pub use registration::{Registration, Wanted};
pub use violation::Violation;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::base::code::Code;
use crate::model::consent::Authority;
use crate::model::domain::ContactRole;
use crate::model::lock::LockKind;
use crate::model::name::NameError;
use crate::model::{DomainName, Host, HostAddress, Period, Terms};
use crate::xml::Namespace;
use finding::Verdict;
use hk::{Hk, Table};
use violation::Rule;

/// The rules of one registry.
#[derive(Clone, Debug)]
pub struct Policy {
    profile: Profile,
    hk: Option<Hk>,
}

/// Rules of names that every profile has, in the order in which they are applied.
const OF_ZONES: &[(Rule, &str)] = &[
    (Rule("RFC5731:2.1"), "this registry serves the zone"),
    (
        Rule("zone:depth"),
        "names are registered directly below the zone",
    ),
    (Rule("zone:idn"), "the zone offers names of this kind"),
    (
        Rule("zone:length"),
        "label and name are neither too short nor too long",
    ),
    (Rule("zone:reserved"), "the label is not reserved"),
];

impl Policy {
    /// Makes the rules of a profile, with the shipped variant table.
    pub fn new(profile: Profile) -> Self {
        let settings = profile.hk.clone();
        let hk = settings.map(|settings| Hk::new(settings, Table::shipped()));
        Self { profile, hk }
    }

    /// Makes the rules of a profile with another variant table.
    pub fn with_table(profile: Profile, table: Arc<Table>) -> Self {
        let settings = profile.hk.clone();
        let hk = settings.map(|settings| Hk::new(settings, table));
        Self { profile, hk }
    }

    /// Makes `entries` the registry's own reserved names; see [`Hk::reserving`]. A profile without such a list takes
    /// none.
    ///
    /// # Errors
    /// When an entry is neither a label nor a name that could be registered.
    pub fn reserving<'a>(
        mut self,
        entries: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, NameError> {
        self.hk = self.hk.map(|hk| hk.reserving(entries)).transpose()?;
        Ok(self)
    }

    /// Returns the rules of .hk and .香港, where the profile has them.
    pub fn hk(&self) -> Option<&Hk> {
        self.hk.as_ref()
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

    /// Judges whether `name` may be registered at all, taken or not, with these consents of authorities.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn may_register(&self, name: &DomainName, consents: Consents) -> Result<&Zone, Violation> {
        if let Some(hk) = &self.hk {
            hk.judge(name, consents)?;
        }
        self.by_zone(name)
    }

    /// Judges whether a registrant with these consents may have `name`, which is registered.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn may_hold(&self, name: &DomainName, consents: Consents) -> Result<(), Violation> {
        match &self.hk {
            Some(hk) => hk.judge_words(name, consents).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Returns what is said to people of the registry of an application that breaks a rule, and what they can do.
    pub fn unapprovable(&self, violation: Violation) -> Violation {
        let remedy = Hk::remedy(violation.rule);
        Violation {
            reason: format!("{}: {remedy}", violation.reason),
            ..violation
        }
    }

    /// Returns the authorities whose consent a name needs.
    pub fn consents(&self, name: &DomainName) -> Vec<Authority> {
        self.hk
            .as_ref()
            .map_or_else(Vec::new, |hk| hk.authorities(name))
    }

    /// Judges a name by its zone alone.
    fn by_zone(&self, name: &DomainName) -> Result<&Zone, Violation> {
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
        if self.hk.is_some() {
            return Ok(zone);
        }
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

    /// Says whether the registry announces an extension that not every registry has.
    pub fn announces(&self, extension: Namespace) -> bool {
        self.profile.extensions.contains(&extension)
    }

    /// Says which rule a text breaks that is no name.
    pub fn misshapen(&self, text: &str, error: NameError) -> Violation {
        if self.hk.is_some() {
            return hk::label::misshapen(text, error);
        }
        Violation {
            rule: Rule("RFC1123:2.1"),
            code: Code::ParameterSyntax,
            short: "Invalid name",
            reason: error.to_string(),
        }
    }

    /// Lists every rule a name meets with its verdict; the name is in U-form or A-form, in any case.
    pub fn explain(&self, text: &str) -> Vec<Finding> {
        let name = match hk::label::parse(text) {
            Ok(name) => name,
            Err(error) => return vec![self.misshapen(text, error).into()],
        };
        if let Some(hk) = &self.hk {
            return hk.explain(&name, Consents::default());
        }
        let broken = self.by_zone(&name).err();
        let broken_rule = broken.as_ref().map(|violation| violation.rule);
        let kept = OF_ZONES
            .iter()
            .take_while(|(rule, _)| Some(*rule) != broken_rule)
            .map(|(rule, sentence)| Finding {
                rule: *rule,
                verdict: Verdict::Met,
                code: None,
                sentence: (*sentence).to_owned(),
            });
        kept.chain(broken.map(Finding::from)).collect()
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
            rule: self.period_rule("period:offered"),
            code: Code::ValuePolicy,
            short: "Period not offered",
            reason: format!("the periods offered are {} years", offered.join(", ")),
        })
    }

    /// Returns the rule about periods: that of .hk where its rules hold, otherwise the registry's own by this name.
    fn period_rule(&self, own: &'static str) -> Rule {
        match self.hk {
            Some(_) => hk::rules::PERIODS,
            None => Rule(own),
        }
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
            rule: self.period_rule("period:longest"),
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
    /// [`Code::ParameterMissing`] for a role the profile requires, [`Code::ValuePolicy`] for one that is filled twice
    /// where it must not be.
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
        if let Some(role) = missing {
            return Err(Violation {
                rule: Rule("contact:required"),
                code: Code::ParameterMissing,
                short: "Contact missing",
                reason: format!("a domain needs a contact of the role {role}"),
            });
        }
        let count = |role: &ContactRole| roles.iter().filter(|other| *other == role).count();
        match roles
            .iter()
            .find(|role| contacts.one_each && count(role) > 1)
        {
            None => Ok(()),
            Some(role) => Err(Violation {
                rule: Rule("contact:one-each"),
                code: Code::ValuePolicy,
                short: "Too many contacts",
                reason: format!("a domain has one contact of the role {}", role.as_str()),
            }),
        }
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

    /// Judges the algorithm of a delegation signer record.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn ds_algorithm(&self, algorithm: u8) -> Result<(), Violation> {
        let offered = &self.profile.dnssec.algorithms;
        ds_value(Rule("ds:algorithm"), "algorithms", algorithm, offered)
    }

    /// Judges the digest type of a delegation signer record.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn ds_digest(&self, digest_type: u8) -> Result<(), Violation> {
        let offered = &self.profile.dnssec.digest_types;
        ds_value(Rule("ds:digest"), "digest types", digest_type, offered)
    }

    /// Returns the rule by which a lock of this kind stands; `None` where that is the registry's own affair.
    pub fn lock_rule(&self, kind: LockKind) -> Option<Rule> {
        match kind {
            LockKind::Panel | LockKind::Court => self.hk.as_ref().map(|_| hk::rules::DISPUTE),
            LockKind::Hold | LockKind::Registry => None,
        }
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
}

/// Judges a value of a delegation signer record against those that are offered.
fn ds_value(rule: Rule, values: &str, value: u8, offered: &[u8]) -> Result<(), Violation> {
    if offered.contains(&value) {
        return Ok(());
    }
    let offered: Vec<String> = offered.iter().map(u8::to_string).collect();
    Err(Violation {
        rule,
        code: Code::ValuePolicy,
        short: "DS not offered",
        reason: format!("the {values} offered are {}", offered.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RegistrarId;
    use crate::model::host::HostId;

    fn policy(name: &str) -> Policy {
        Policy::new(Profile::embedded(name).unwrap())
    }

    fn verdict(policy: &Policy, name: &str) -> Result<(), &'static str> {
        let name = DomainName::parse(name).unwrap();
        policy
            .may_register(&name, Consents::default())
            .map(|_| ())
            .map_err(|violation| violation.short)
    }

    #[test]
    fn may_register_judges_zone_level_and_reservation() {
        let plain = policy("plain");
        assert_eq!(verdict(&plain, "shop.example"), Ok(()));
        assert_eq!(verdict(&plain, "a.shop.example"), Err("Wrong level"));
        assert_eq!(verdict(&plain, "shop.hk"), Err("Not in our zones"));
        assert_eq!(
            verdict(&plain, "xn--fiq228c.example"),
            Err("IDN not offered")
        );
        for name in ["hk", "hk-v5.0"] {
            let hk = policy(name);
            assert_eq!(verdict(&hk, "my-shop.hk"), Ok(()));
            assert_eq!(verdict(&hk, "my-shop.com.hk"), Ok(()));
            assert_eq!(verdict(&hk, "com.hk"), Err("Category (hk:R1e)"));
            assert_eq!(verdict(&hk, "shop.example"), Err("Not in our zones"));
        }
    }

    #[test]
    fn explain_ends_with_the_rule_that_a_name_of_a_plain_zone_breaks() {
        let plain = policy("plain");
        let verdicts = |text: &str| -> Vec<Verdict> {
            let findings = plain.explain(text);
            findings.iter().map(|finding| finding.verdict).collect()
        };
        assert_eq!(verdicts("My-Shop.example"), [Verdict::Met; 5]);
        assert_eq!(verdicts("a.shop.example"), [Verdict::Met, Verdict::Refused]);
        assert_eq!(verdicts("-a.example"), [Verdict::Refused]);
        let refused = &plain.explain("-a.example")[0];
        assert_eq!(
            (refused.rule.0, refused.code),
            ("RFC1123:2.1", Some(Code::ParameterSyntax))
        );
    }

    #[test]
    fn the_own_list_is_of_profiles_that_have_one() {
        let hk = policy("hk").reserving(["harbour"]).unwrap();
        assert_eq!(verdict(&hk, "harbour.com.hk"), Err("Reserved"));
        let plain = policy("plain").reserving(["harbour"]).unwrap();
        assert_eq!(verdict(&plain, "harbour.example"), Ok(()));
    }

    #[test]
    fn superordinate_is_the_ancestor_below_the_zone() {
        let plain = policy("plain");
        let superordinate = |name: &str| {
            let name = DomainName::parse(name).unwrap();
            plain.superordinate(&name).map(|name| name.to_string())
        };
        for name in ["ns1.shop.example", "a.b.shop.example", "shop.example"] {
            assert_eq!(superordinate(name).as_deref(), Some("shop.example"));
        }
        assert_eq!(superordinate("ns1.shop.hk"), None);
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
        let twice = [ContactRole::Tech, ContactRole::Tech];
        assert!(plain.contact_roles(true, &twice).is_ok());
    }

    #[test]
    fn periods_and_contacts_are_those_of_the_rules() {
        use ContactRole::{Admin, Billing, Tech};
        for name in ["hk", "hk-v5.0"] {
            let hk = policy(name);
            for years in 1..=10 {
                let refused = hk.create_period(Period::years(years)).err();
                assert_eq!(refused.is_none(), [1, 2, 3, 5].contains(&years), "{years}");
                assert!(refused.is_none_or(|violation| violation.rule.0 == "hk:R3.2"));
            }
            let code = |registrant, roles: &[ContactRole]| {
                hk.contact_roles(registrant, roles).err().map(|v| v.code)
            };
            assert_eq!(code(true, &[Admin, Tech]), None);
            assert_eq!(code(true, &[Admin, Billing, Tech]), None);
            assert_eq!(code(false, &[Admin, Tech]), Some(Code::ParameterMissing));
            assert_eq!(code(true, &[Admin, Billing]), Some(Code::ParameterMissing));
            assert_eq!(code(true, &[Admin, Tech, Tech]), Some(Code::ValuePolicy));
        }
    }

    #[test]
    fn ds_records_are_of_what_the_profile_lists() {
        let (plain, hk) = (policy("plain"), policy("hk"));
        assert!(plain.ds_algorithm(5).is_ok());
        assert!([8, 13, 14, 15, 16].map(|value| hk.ds_algorithm(value).is_ok()) == [true; 5]);
        assert!([2, 4].map(|value| hk.ds_digest(value).is_ok()) == [true; 2]);
        for (judged, rule) in [
            (hk.ds_algorithm(5), "ds:algorithm"),
            (hk.ds_algorithm(7), "ds:algorithm"),
            (hk.ds_algorithm(17), "ds:algorithm"),
            (hk.ds_digest(1), "ds:digest"),
        ] {
            let violation = judged.unwrap_err();
            assert_eq!(
                (violation.rule, violation.code),
                (Rule(rule), Code::ValuePolicy)
            );
        }
    }

    #[test]
    fn disputes_lock_by_a_rule_where_there_are_rules_of_hk() {
        let (plain, hk) = (policy("plain"), policy("hk"));
        for kind in [LockKind::Panel, LockKind::Court] {
            assert_eq!(hk.lock_rule(kind), Some(Rule("hk:R16.5")));
            assert_eq!(plain.lock_rule(kind), None);
        }
        for kind in [LockKind::Hold, LockKind::Registry] {
            assert_eq!(hk.lock_rule(kind), None);
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
