//! The section `[name-servers]` of a profile.

use chrono::TimeDelta;
use serde::Deserialize;

use super::hk;
use super::profile::{ProfileError, Server, ServerSpec, Zone, servers};
use super::violation::Rule;
use crate::model::DelegationTerms;

/// Rules on the name servers of a domain.
#[derive(Clone, Debug)]
pub struct NameServerLimits {
    /// Fewest, when it has any.
    pub minimum: usize,
    /// Most.
    pub maximum: usize,
    /// Whether no two of them may share an address.
    pub independent: bool,
    /// The rule that a refusal cites; `None` where the limits are the registry's own.
    pub rule: Option<Rule>,
    /// The registry's servers for names that have named none yet; empty where such names are inactive.
    pub parking: Vec<Server>,
    /// How long they may fail to answer; `None` where nobody asks them.
    pub operation: Option<Operation>,
}

/// Rule on name servers that fail to answer.
#[derive(Clone, Debug)]
pub struct Operation {
    /// How long they may.
    pub terms: DelegationTerms,
    /// The rule that the message to the sponsor cites.
    pub rule: Option<Rule>,
}

/// The section as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NameServersSpec {
    minimum: usize,
    maximum: usize,
    independent: bool,
    rule: Option<String>,
    parking: Vec<ServerSpec>,
    #[serde(default)]
    notice_days: u32,
    #[serde(default)]
    operational_days: u32,
    operational_rule: Option<String>,
}

impl NameServersSpec {
    /// Judges the section, in a registry of `zones`.
    ///
    /// # Errors
    /// When a value is out of range.
    pub(super) fn validate(self, zones: &[Zone]) -> Result<NameServerLimits, ProfileError> {
        let rule = |label: &Option<String>| match label {
            None => Ok(None),
            Some(label) => hk::rules::find(label).map(Some).ok_or_else(|| {
                ProfileError::Value(format!("name-servers: there is no rule {label}"))
            }),
        };
        let operation = match (self.notice_days, self.operational_days) {
            (_, 0) => None,
            (notice, limit) if (1..limit).contains(&notice) => Some(Operation {
                terms: DelegationTerms {
                    notice: TimeDelta::days(i64::from(notice)),
                    limit: TimeDelta::days(i64::from(limit)),
                },
                rule: rule(&self.operational_rule)?,
            }),
            (_, _) => {
                let reason = "name-servers: notice-days: at least 1, fewer than operational-days";
                return Err(ProfileError::Value(reason.to_owned()));
            }
        };
        Ok(NameServerLimits {
            minimum: self.minimum,
            maximum: self.maximum,
            independent: self.independent,
            rule: rule(&self.rule)?,
            parking: servers(self.parking, zones)?,
            operation,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::policy::Profile;

    #[test]
    fn parse_wants_a_notice_before_the_limit_on_failures() {
        let plain = include_str!("profiles/plain.toml");
        let with = |days: &str| plain.replace("parking = []", &format!("parking = []\n{days}"));
        for (days, terms) in [
            ("", None),
            ("operational-days = 0", None),
            ("notice-days = 20", None),
            ("notice-days = 2\noperational-days = 3", Some((2, 3))),
        ] {
            let operation = Profile::parse(&with(days)).unwrap().name_servers.operation;
            let terms =
                terms.map(|(notice, limit)| (TimeDelta::days(notice), TimeDelta::days(limit)));
            let found = operation.map(|operation| (operation.terms.notice, operation.terms.limit));
            assert_eq!(found, terms, "{days}");
        }
        for days in [
            "operational-days = 3",
            "notice-days = 3\noperational-days = 3",
            "notice-days = 2\noperational-days = 3\noperational-rule = \"hk:R99\"",
        ] {
            assert!(Profile::parse(&with(days)).is_err(), "{days}");
        }
    }
}
