//! Authorization information (RFC 9154): how strong it is, how long it counts, how often it may be guessed.

use chrono::{DateTime, TimeDelta, Utc};

use super::hk::rules;
use super::violation::{Rule, Violation};
use super::{Code, Policy};
use crate::model::Tries;

/// Lengths that were usual before RFC 9154, in characters.
const LEGACY: std::ops::RangeInclusive<usize> = 8..=16;

impl Policy {
    /// Judges new authorization information; the empty text unsets it.
    ///
    /// The strength is the length times the bits of a character drawn from the classes in use.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn auth_info(&self, secret: &str) -> Result<(), Violation> {
        let refuse = |reason: String| Err(self.bad_auth_info("Weak authInfo", reason));
        let rules = &self.profile.auth_info;
        let (minimum, maximum) = (rules.minimum_length, rules.maximum_length);
        let bits = rules.minimum_bits;
        if secret.is_empty() || (bits == 0 && minimum == 0 && maximum == 0) {
            return Ok(());
        }
        if !secret.bytes().all(|octet| octet.is_ascii_graphic()) {
            return refuse("authorization information is visible ASCII".to_owned());
        }
        if rules.legacy && LEGACY.contains(&secret.len()) {
            return Ok(());
        }
        if secret.len() < minimum || (maximum > 0 && secret.len() > maximum) {
            return refuse(match maximum {
                0 => format!("authorization information has at least {minimum} characters"),
                _ => format!("authorization information has {minimum} to {maximum} characters"),
            });
        }
        if strength(secret) < f64::from(bits) {
            return refuse(format!(
                "authorization information has at least {bits} bits: 20 random characters of all classes"
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

    /// Returns how many wrong tries of a name's authorization information an hour bears; `None` is any number.
    pub fn wrong_tries(&self) -> Option<usize> {
        let limit = self.profile.auth_info.tries_per_hour;
        (limit > 0).then_some(limit)
    }

    /// Judges whether a name's authorization information may be tried at `now`, after those wrong tries.
    ///
    /// # Errors
    /// [`Code::AuthInfo`] while it is locked.
    pub fn may_try(&self, tries: &Tries, now: DateTime<Utc>) -> Result<(), Violation> {
        let locked = self
            .wrong_tries()
            .and_then(|limit| tries.locked_until(limit));
        match locked.filter(|until| now < *until) {
            None => Ok(()),
            Some(until) => {
                let until = until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                let reason = format!("locked until {until}, after wrong tries");
                Err(self.bad_auth_info("authInfo locked", reason))
            }
        }
    }

    fn bad_auth_info(&self, short: &'static str, reason: String) -> Violation {
        let rule = match self.hk {
            Some(_) => rules::AUTH_INFO,
            None => Rule("RFC9154:4.1"),
        };
        Violation {
            rule,
            code: Code::AuthInfo,
            short,
            reason,
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
    use crate::policy::Profile;

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

    fn verdict(policy: &Policy, secret: &str) -> Result<(), String> {
        policy.auth_info(secret).map_err(|violation| {
            assert_eq!(violation.code, Code::AuthInfo);
            violation.to_string()
        })
    }

    #[test]
    fn auth_info_of_hk_has_20_to_64_characters_of_128_bits() {
        let hk = Policy::new(Profile::embedded("hk").unwrap());
        let strong = "aB3-".repeat(17);
        for length in [0, 20, 64] {
            assert_eq!(verdict(&hk, &strong[..length]), Ok(()), "{length}");
        }
        for length in [1, 8, 16, 19, 65] {
            let reason = "authorization information has 20 to 64 characters (hk:R9b)";
            assert_eq!(
                verdict(&hk, &strong[..length]),
                Err(reason.to_owned()),
                "{length}"
            );
        }
        assert!(verdict(&hk, &"7".repeat(20)).is_err_and(|reason| reason.contains("128 bits")));
        assert!(verdict(&hk, &"7".repeat(39)).is_ok());
        let ascii = "authorization information is visible ASCII (hk:R9b)";
        assert_eq!(
            verdict(&hk, "Harbour 2026-ferries!!"),
            Err(ascii.to_owned())
        );
    }

    #[test]
    fn auth_info_of_old_lengths_is_taken_where_the_profile_says_so() {
        let mut profile = Profile::embedded("hk").unwrap();
        assert!(!profile.auth_info.legacy);
        profile.auth_info.legacy = true;
        let legacy = Policy::new(profile);
        for taken in ["2fooBAR8", "0123456789abcdef", "Harbour-2026-ferries!"] {
            assert_eq!(verdict(&legacy, taken), Ok(()), "{taken}");
        }
        for refused in ["2fooBAR", "0123456789abcdefg", "2foo BAR"] {
            assert!(verdict(&legacy, refused).is_err(), "{refused}");
        }
    }
}
