//! What RFC 5733 says of a contact's details beyond its schema.

use crate::flow::Refusal;
use crate::flow::refusal::Why;
use crate::model::contact::{Address, Details, Disclose, PostalKind};
use crate::protocol::Namespace;
use crate::protocol::contact::update::Change;

/// Judges the details of a create.
///
/// # Errors
/// 2005 for a value of wrong syntax, 2306 for two forms of one kind, 2308 for a disclosure wish against the
/// policy the greeting announces.
pub(super) fn judge(details: &Details) -> Result<(), Refusal> {
    kinds(details.postal.iter().map(|info| info.kind))?;
    for info in &details.postal {
        postal(
            info.kind,
            Some(&info.name),
            info.org.as_ref(),
            Some(&info.address),
        )?;
    }
    email(&details.email)?;
    details.disclose.as_ref().map_or(Ok(()), disclose)
}

/// Judges what an update gives, as a create would be judged.
///
/// # Errors
/// As [`judge`].
pub(super) fn judge_change(change: &Change) -> Result<(), Refusal> {
    kinds(change.postal.iter().map(|form| form.kind))?;
    for form in &change.postal {
        let (name, org) = (form.name.as_ref(), form.org.as_ref());
        postal(form.kind, name, org, form.address.as_ref())?;
    }
    change.email.as_deref().map_or(Ok(()), email)?;
    change.disclose.as_ref().map_or(Ok(()), disclose)
}

/// Judges that two forms are of different kinds.
fn kinds(mut kinds: impl Iterator<Item = PostalKind>) -> Result<(), Refusal> {
    let (first, second) = (kinds.next(), kinds.next());
    if first.is_some() && first == second {
        let why = Why::Choice("the two postalInfo are of different types (int, loc)");
        return Err(refuse(why, "postalInfo", ""));
    }
    Ok(())
}

fn postal(
    kind: PostalKind,
    name: Option<&String>,
    org: Option<&String>,
    address: Option<&Address>,
) -> Result<(), Refusal> {
    if kind == PostalKind::International {
        let why = Why::Value("postalInfo of type int is US-ASCII (RFC 5733 section 2.3)");
        let texts = [
            ("name", name),
            ("org", org),
            ("city", address.map(|address| &address.city)),
            ("sp", address.and_then(|address| address.province.as_ref())),
            (
                "pc",
                address.and_then(|address| address.postal_code.as_ref()),
            ),
        ];
        let streets = address.map(|address| address.street.as_slice());
        let streets = streets.unwrap_or_default().iter();
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)));
        let mut all = texts.chain(streets.map(|street| ("street", street)));
        if let Some((name, text)) = all.find(|(_, text)| !text.is_ascii()) {
            return Err(refuse(why, name, text));
        }
    }
    match address {
        Some(address) if !is_country(&address.country) => {
            let why = Why::Value("not an ISO 3166-1 alpha-2 country code in upper case");
            Err(refuse(why, "cc", &address.country))
        }
        Some(_) | None => Ok(()),
    }
}

/// Judges an address by the shape every mail system agrees on (RFC 5321 section 4.1.2 without quoting).
fn email(text: &str) -> Result<(), Refusal> {
    let good = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let atom = |c: char| !c.is_whitespace() && !c.is_control() && !"@()<>[]:;,\\\"".contains(c);
        let label = |label: &str| {
            let ends = !label.starts_with('-') && !label.ends_with('-');
            let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
            (1..=63).contains(&label.len()) && ends && label.chars().all(legal)
        };
        (1..=64).contains(&local.len())
            && local
                .split('.')
                .all(|part| !part.is_empty() && part.chars().all(atom))
            && domain.len() <= 253
            && domain.contains('.')
            && domain.split('.').all(label)
    });
    if good {
        Ok(())
    } else {
        Err(refuse(Why::Value("not an e-mail address"), "email", text))
    }
}

/// Judges disclosure wishes: this registry discloses nothing of a contact unless it is asked to, so that
/// both wishes can be kept; an empty wish says nothing.
fn disclose(disclose: &Disclose) -> Result<(), Refusal> {
    if disclose.elements.is_empty() {
        let why = Why::Disclosure("a disclosure wish names at least one element");
        return Err(refuse(why, "disclose", ""));
    }
    Ok(())
}

fn refuse(why: Why, element: &str, text: &str) -> Refusal {
    Refusal::new(why, Namespace::Contact, element, text)
}

/// Says whether ISO 3166-1 assigns the two upper-case letters to a country or territory.
fn is_country(code: &str) -> bool {
    COUNTRIES.split(' ').any(|known| known == code)
}

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO \
    IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR \
    PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK \
    TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_knows_addresses_from_others() {
        for good in [
            "a@example.hk",
            "first.last+tag@mail.example.com.hk",
            "o'neil@example.org",
        ] {
            assert!(email(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.hk", "a".repeat(65));
        for bad in [
            "example",
            "@example.com",
            "@",
            "a@b@example.hk",
            "a..b@example.hk",
            "a@hk",
            &long,
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn countries_are_those_of_iso_3166() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(is_country("HK"));
        for bad in ["XX", "hk", "U", "", "HK GB"] {
            assert!(!is_country(bad), "{bad}");
        }
    }
}
