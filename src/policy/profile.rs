//! A registry's rules as data: a documented TOML file, embedded for the shipped profiles.

use std::net::IpAddr;

use chrono::TimeDelta;
use serde::Deserialize;

use super::hk::Settings;
use super::name_servers::NameServersSpec;
pub use super::name_servers::{NameServerLimits, Operation};
use crate::model::domain::ContactRole;
use crate::model::{DomainName, Period, Terms};
use crate::xml::Namespace;

/// Rules of one registry; see `profiles/*.toml` for the meaning of each key.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Name of the profile.
    pub name: String,
    /// Repository identifier, the suffix of every roid: 1 to 8 letters, digits or underscores.
    pub repository: String,
    /// Extensions announced beside those that every registry announces, of [`OPTIONAL`].
    pub extensions: Vec<Namespace>,
    /// Zones the registry is authoritative for.
    pub zones: Vec<Zone>,
    /// Periods of registration.
    pub periods: Periods,
    /// Grace periods and stages of a registration.
    pub terms: Terms,
    /// Authorization information.
    pub auth_info: AuthInfoRules,
    /// Contacts of a domain.
    pub contacts: Contacts,
    /// Name servers of a domain.
    pub name_servers: NameServerLimits,
    /// DNSSEC data of a domain.
    pub dnssec: Dnssec,
    /// What the registry publishes of its zones beside the registered names.
    pub dns: Dns,
    /// Limits of the check commands.
    pub check: Check,
    /// Rules of names of .hk and .香港; `None` leaves names to their zones.
    pub hk: Option<Settings>,
}

/// A zone the registry is authoritative for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Zone {
    /// A-form without dots at its ends.
    pub name: String,
    /// Whether A-labels can be registered.
    #[serde(default)]
    pub internationalised: bool,
    /// Fewest characters of a label.
    #[serde(default = "shortest")]
    pub minimum_label: usize,
    /// Most characters of a whole name, its dots included.
    #[serde(default = "longest")]
    pub maximum_name: usize,
    /// Labels nobody can register.
    #[serde(default)]
    pub reserved: Vec<String>,
}

/// The fewest characters a label has (RFC 1035 section 2.3.4).
fn shortest() -> usize {
    1
}

/// The most characters a name has (RFC 1035 section 2.3.4).
fn longest() -> usize {
    253
}

/// Periods of registration.
#[derive(Clone, Debug)]
pub struct Periods {
    /// Periods a create or renew may ask for.
    pub offered: Vec<Period>,
    /// Period when none is asked.
    pub default: Period,
}

/// Authorization information (RFC 9154).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthInfoRules {
    /// Least strength in bits.
    pub minimum_bits: u32,
    /// Days until it is unset again.
    pub lifetime_days: u32,
    /// Fewest characters.
    #[serde(default)]
    pub minimum_length: usize,
    /// Most characters; 0 sets no bound.
    #[serde(default)]
    pub maximum_length: usize,
    /// Whether 8 to 16 characters are taken, too, whatever their strength.
    #[serde(default)]
    pub legacy: bool,
    /// Wrong tries of a name in an hour before it is locked for an hour; 0 sets no bound.
    #[serde(default)]
    pub tries_per_hour: usize,
}

/// Contacts of a domain.
#[derive(Clone, Debug)]
pub struct Contacts {
    /// Whether a registrant is needed.
    pub registrant_required: bool,
    /// Other roles that must be filled.
    pub required: Vec<ContactRole>,
    /// Whether each role has one contact at most.
    pub one_each: bool,
}

/// DNSSEC data of a domain.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dnssec {
    /// Most DS records.
    pub maximum: usize,
    /// Algorithms a DS record may name.
    pub algorithms: Vec<u8>,
    /// Digest types a DS record may have.
    pub digest_types: Vec<u8>,
}

/// What stands at the head of every zone file (RFC 1035 section 3.3.13, RFC 2308 section 4).
#[derive(Clone, Debug)]
pub struct Dns {
    /// Name servers of the zones themselves, the primary first; at least one.
    pub servers: Vec<Server>,
    /// Mailbox of who is responsible, with a dot for the `@`.
    pub mailbox: DomainName,
    /// Seconds until a secondary asks for a new serial.
    pub refresh: u32,
    /// Seconds until it asks again when nobody answered.
    pub retry: u32,
    /// Seconds until it stops to answer without its primary.
    pub expire: u32,
    /// Seconds a resolver remembers that there is no such name.
    pub negative: u32,
    /// Seconds a resolver keeps a record.
    pub ttl: u32,
}

/// A name server of the registry's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name.
    pub name: DomainName,
    /// Addresses; at least one where the name lies in one of the registry's zones.
    pub addresses: Vec<IpAddr>,
}

/// Limits of the check commands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Check {
    /// Most objects one command asks for.
    pub maximum: usize,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No profile of this name is shipped.
    #[error("there is no profile {0}; the shipped ones are {names}", names = SHIPPED_NAMES.join(", "))]
    Unknown(String),
    /// Not the TOML of a profile.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A value is out of range.
    #[error("{0}")]
    Value(String),
}

/// Names of the shipped profiles.
pub const SHIPPED_NAMES: &[&str] = &["hk", "hk-v5.0", "plain"];

/// Extensions that only some registries announce; a profile names them by their prefixes.
pub const OPTIONAL: &[Namespace] = &[Namespace::Bundle, Namespace::Idn, Namespace::Hk];

impl Profile {
    /// Returns a shipped profile.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] for any other name.
    pub fn embedded(name: &str) -> Result<Self, ProfileError> {
        let text = match name {
            "hk" => include_str!("profiles/hk.toml"),
            "hk-v5.0" => include_str!("profiles/hk-v5.0.toml"),
            "plain" => include_str!("profiles/plain.toml"),
            _ => return Err(ProfileError::Unknown(name.to_owned())),
        };
        Self::parse(text)
    }

    /// Reads a profile from its TOML text.
    ///
    /// # Errors
    /// When a key is unknown or missing or a value is out of range.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        toml::from_str::<Spec>(text)?.validate()
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Spec {
    name: String,
    repository: String,
    #[serde(default)]
    extensions: ExtensionsSpec,
    zone: Vec<Zone>,
    periods: PeriodsSpec,
    grace: GraceSpec,
    lifecycle: LifecycleSpec,
    auth_info: AuthInfoRules,
    contacts: ContactsSpec,
    name_servers: NameServersSpec,
    dnssec: Dnssec,
    dns: DnsSpec,
    check: Check,
    hk: Option<Settings>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExtensionsSpec {
    announced: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PeriodsSpec {
    years: Vec<u8>,
    default_years: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GraceSpec {
    add_days: u32,
    renew_days: u32,
    auto_renew_days: u32,
    transfer_days: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct LifecycleSpec {
    auto_renew_years: u8,
    longest_years: u8,
    transfer_days: u32,
    redemption_days: u32,
    restore_report_days: u32,
    pending_delete_days: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ContactsSpec {
    required: Vec<String>,
    #[serde(default)]
    one_each: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DnsSpec {
    servers: Vec<ServerSpec>,
    mailbox: String,
    refresh: u32,
    retry: u32,
    expire: u32,
    negative: u32,
    ttl: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ServerSpec {
    name: String,
    #[serde(default)]
    addresses: Vec<IpAddr>,
}

impl Spec {
    fn validate(self) -> Result<Profile, ProfileError> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !(1..=8).contains(&self.repository.len()) || !self.repository.chars().all(word) {
            let reason = "repository: 1 to 8 letters, digits or underscores";
            return Err(ProfileError::Value(reason.to_owned()));
        }
        for zone in &self.zone {
            // A zone is judged as a name by the labels one would register below it.
            DomainName::parse(&format!("label.{}", zone.name))
                .map_err(|error| ProfileError::Value(format!("zone {}: {error}", zone.name)))?;
        }
        if let Some(settings) = &self.hk {
            settings.check().map_err(ProfileError::Value)?;
        }
        let years = |value| {
            Period::years(value)
                .ok_or_else(|| ProfileError::Value("periods: 1 to 99 years".to_owned()))
        };
        let offered = self
            .periods
            .years
            .into_iter()
            .map(years)
            .collect::<Result<_, _>>()?;
        let periods = Periods {
            offered,
            default: years(self.periods.default_years)?,
        };
        let days = |days: u32| TimeDelta::days(i64::from(days));
        let auto_renewal = match self.lifecycle.auto_renew_years {
            0 => None,
            value => Some(years(value)?),
        };
        let terms = Terms {
            add_grace: days(self.grace.add_days),
            auto_renew_grace: days(self.grace.auto_renew_days),
            renew_grace: days(self.grace.renew_days),
            transfer_grace: days(self.grace.transfer_days),
            auto_renewal,
            longest: years(self.lifecycle.longest_years)?,
            transfer_wait: days(self.lifecycle.transfer_days),
            redemption: days(self.lifecycle.redemption_days),
            restore_report: days(self.lifecycle.restore_report_days),
            pending_delete: days(self.lifecycle.pending_delete_days),
        };
        let contacts = self.contacts.validate()?;
        let name_servers = self.name_servers.validate(&self.zone)?;
        let dns = self.dns.validate(&self.zone)?;
        let extensions = self.extensions.validate()?;
        Ok(Profile {
            name: self.name,
            repository: self.repository,
            extensions,
            zones: self.zone,
            periods,
            terms,
            auth_info: self.auth_info,
            contacts,
            name_servers,
            dnssec: self.dnssec,
            dns,
            check: self.check,
            hk: self.hk,
        })
    }
}

impl ExtensionsSpec {
    fn validate(self) -> Result<Vec<Namespace>, ProfileError> {
        let mut extensions = Vec::new();
        for name in self.announced {
            let mut known = OPTIONAL.iter().copied();
            match known.find(|extension| extension.prefix() == name) {
                Some(extension) if !extensions.contains(&extension) => extensions.push(extension),
                Some(_) | None => {
                    let reason = format!("extensions: {name} is unknown or stands twice");
                    return Err(ProfileError::Value(reason));
                }
            }
        }
        Ok(extensions)
    }
}

impl ContactsSpec {
    fn validate(self) -> Result<Contacts, ProfileError> {
        let mut contacts = Contacts {
            registrant_required: false,
            required: Vec::new(),
            one_each: self.one_each,
        };
        for role in self.required {
            match (role.as_str(), ContactRole::parse(&role)) {
                ("registrant", _) => contacts.registrant_required = true,
                (_, Some(role)) => contacts.required.push(role),
                (_, None) => {
                    let reason = format!("contacts: there is no role {role}");
                    return Err(ProfileError::Value(reason));
                }
            }
        }
        Ok(contacts)
    }
}

impl DnsSpec {
    fn validate(self, zones: &[Zone]) -> Result<Dns, ProfileError> {
        if self.servers.is_empty() {
            let reason = "dns: a zone has at least one name server".to_owned();
            return Err(ProfileError::Value(reason));
        }
        let mailbox = DomainName::parse(&self.mailbox)
            .map_err(|error| ProfileError::Value(format!("dns: mailbox: {error}")))?;
        Ok(Dns {
            servers: servers(self.servers, zones)?,
            mailbox,
            refresh: self.refresh,
            retry: self.retry,
            expire: self.expire,
            negative: self.negative,
            ttl: self.ttl,
        })
    }
}

/// Reads the registry's own servers.
pub(super) fn servers(given: Vec<ServerSpec>, zones: &[Zone]) -> Result<Vec<Server>, ProfileError> {
    let read = |server: ServerSpec| {
        let refuse =
            |reason: String| ProfileError::Value(format!("name server {}: {reason}", server.name));
        let name = DomainName::parse(&server.name).map_err(|error| refuse(error.to_string()))?;
        if server.addresses.is_empty() && zones.iter().any(|zone| name.is_below(&zone.name)) {
            let reason = "in a zone of the registry it needs an address".to_owned();
            return Err(refuse(reason));
        }
        let addresses = server.addresses;
        Ok(Server { name, addresses })
    };
    given.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_is_valid() {
        for name in SHIPPED_NAMES {
            assert_eq!(Profile::embedded(name).unwrap().name, *name);
        }
    }

    #[test]
    fn parse_reads_the_extensions_to_announce() {
        let plain = include_str!("profiles/plain.toml");
        assert_eq!(Profile::parse(plain).unwrap().extensions, []);
        let announce = |names| plain.replace("announced = []", &format!("announced = {names}"));
        let profile = Profile::parse(&announce(r#"["idn", "b-dn", "hk"]"#)).unwrap();
        let expected = [Namespace::Idn, Namespace::Bundle, Namespace::Hk];
        assert_eq!(profile.extensions, expected);
        for names in [
            r#"["domain"]"#,
            r#"["secDNS"]"#,
            r#"[""]"#,
            r#"["idn", "idn"]"#,
        ] {
            let outcome = Profile::parse(&announce(names));
            assert!(matches!(outcome, Err(ProfileError::Value(_))), "{names}");
        }
    }

    #[test]
    fn parse_refuses_an_unknown_key() {
        let text = include_str!("profiles/plain.toml").replace("repository", "repositry");
        assert!(matches!(Profile::parse(&text), Err(ProfileError::Toml(_))));
    }

    #[test]
    fn parse_wants_an_address_of_a_name_server_in_its_own_zone() {
        let plain = include_str!("profiles/plain.toml");
        let moved = plain.replace("\"ns1.registry.test\"", "\"ns1.example\"");
        assert_ne!(plain, moved);
        let error = Profile::parse(&moved).unwrap_err().to_string();
        assert!(
            error.contains("ns1.example") && error.contains("address"),
            "{error}"
        );
        let addressed = moved.replace(
            "{ name = \"ns1.example\" }",
            "{ name = \"ns1.example\", addresses = [\"192.0.2.53\"] }",
        );
        assert!(Profile::parse(&addressed).is_ok());
    }
}
