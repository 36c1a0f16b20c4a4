//! Delegation signer data against RFC 5910 section 4 and RFC 4034.

use data_encoding::HEXUPPER;

use super::Refusal;
use super::refusal::Why;
use crate::model::DomainName;
use crate::model::dnssec::{DnssecData, DsData, KeyData};
use crate::policy::Policy;
use crate::protocol::Namespace;
use crate::protocol::ext::secdns;

/// Flags of a key that signs a zone, without and with the flag of an entry point (RFC 4034 section 2.1.1).
const ZONE_KEYS: [u16; 2] = [256, 257];

/// Judges the DNSSEC data of a create.
///
/// # Errors
/// 2306 for key data (this server's interface is DS data), 2102 for a signature lifetime, 2005 or 2306 for a
/// record no resolver could use.
pub(super) fn create(
    command: &secdns::Create,
    owner: &DomainName,
    policy: &Policy,
) -> Result<DnssecData, Refusal> {
    refuse_lifetime(command.max_sig_life)?;
    let mut records = Vec::new();
    add(&mut records, &command.data, owner, policy)?;
    Ok(DnssecData::Ds(records))
}

/// Judges what an update asks for, whatever the domain carries.
///
/// # Errors
/// 2102 for urgency or a signature lifetime, 2003 when it asks for nothing.
pub(super) fn judge_update(command: &secdns::Update) -> Result<(), Refusal> {
    if command.urgent {
        let why = Why::Option("urgent changes are not offered (RFC 5910 section 5.2.5)");
        return Err(Refusal::new(why, Namespace::SecDns, "update", ""));
    }
    if command.remove.is_none() && command.add.is_none() && command.change.is_none() {
        let why = Why::Missing("one of rem, add and chg is needed (RFC 5910 section 5.2.5)");
        return Err(Refusal::new(why, Namespace::SecDns, "update", ""));
    }
    refuse_lifetime(command.add.as_ref().and_then(|add| add.max_sig_life))?;
    refuse_lifetime(command.change.and_then(|change| change.max_sig_life))
}

/// Returns what a domain carries after an update: what is removed goes before anything is added.
///
/// # Errors
/// As [`create`], and 2306 for removing what is not there and adding what is.
pub(super) fn update(
    command: &secdns::Update,
    before: Option<&DnssecData>,
    owner: &DomainName,
    policy: &Policy,
) -> Result<Option<DnssecData>, Refusal> {
    let mut records = match before {
        Some(DnssecData::Ds(records)) => records.clone(),
        Some(DnssecData::Key(_)) | None => Vec::new(),
    };
    match &command.remove {
        Some(secdns::Remove::All(true)) => records.clear(),
        Some(secdns::Remove::Ds(removed)) => remove(&mut records, removed)?,
        Some(secdns::Remove::Key(_)) => return Err(refuse_keys()),
        Some(secdns::Remove::All(false)) | None => {}
    }
    if let Some(addition) = &command.add {
        add(&mut records, &addition.data, owner, policy)?;
    }
    Ok((!records.is_empty()).then_some(DnssecData::Ds(records)))
}

fn remove(records: &mut Vec<DsData>, removed: &[DsData]) -> Result<(), Refusal> {
    for record in removed {
        let Some(at) = records.iter().position(|other| is_same(other, record)) else {
            let why = Why::Choice("the domain has no such DS record");
            return Err(blame(why, record));
        };
        records.remove(at);
    }
    Ok(())
}

fn add(
    records: &mut Vec<DsData>,
    data: &DnssecData,
    owner: &DomainName,
    policy: &Policy,
) -> Result<(), Refusal> {
    let DnssecData::Ds(added) = data else {
        return Err(refuse_keys());
    };
    let count = records.len().saturating_add(added.len());
    policy.delegation_signers(count).map_err(|violation| {
        Refusal::new(Why::Policy(violation), Namespace::SecDns, "dsData", "")
    })?;
    let there = records.len();
    for record in added {
        signer(record, owner, policy)?;
        if let Some(at) = records.iter().position(|other| is_same(other, record)) {
            let reason = if at < there {
                "the domain has this DS record already"
            } else {
                "the same DS record stands twice"
            };
            return Err(blame(Why::Choice(reason), record));
        }
        records.push(record.clone());
    }
    Ok(())
}

/// Compares what makes a DS record in the zone; the key beside it only tells where it came from.
fn is_same(one: &DsData, other: &DsData) -> bool {
    one.key_tag == other.key_tag
        && one.algorithm == other.algorithm
        && one.digest_type == other.digest_type
        && one.digest == other.digest
}

fn refuse_lifetime(max_sig_life: Option<i32>) -> Result<(), Refusal> {
    let Some(life) = max_sig_life else {
        return Ok(());
    };
    let why = Why::Option("maxSigLife is not offered (RFC 5910 section 3.3)");
    let text = life.to_string();
    Err(Refusal::new(why, Namespace::SecDns, "maxSigLife", &text))
}

fn refuse_keys() -> Refusal {
    let why = Why::Choice("this server takes dsData, not keyData (RFC 5910 section 4)");
    Refusal::new(why, Namespace::SecDns, "keyData", "")
}

/// Blames a record by its key tag.
fn blame(why: Why, record: &DsData) -> Refusal {
    let text = record.key_tag.to_string();
    Refusal::new(why, Namespace::SecDns, "keyTag", &text)
}

fn signer(record: &DsData, owner: &DomainName, policy: &Policy) -> Result<(), Refusal> {
    let refuse =
        |why, element: &str, text: String| Refusal::new(why, Namespace::SecDns, element, &text);
    if !is_zone_signing(record.algorithm) {
        let why = Why::Choice("not a DNSSEC algorithm for signing zones");
        return Err(refuse(why, "alg", record.algorithm.to_string()));
    }
    let Some(length) = digest_length(record.digest_type) else {
        let why = Why::Choice("the digest types offered are 2 and 4 (SHA-256, SHA-384; RFC 9904)");
        return Err(refuse(why, "digestType", record.digest_type.to_string()));
    };
    policy
        .ds_algorithm(record.algorithm)
        .map_err(|violation| refuse(Why::Policy(violation), "alg", record.algorithm.to_string()))?;
    policy.ds_digest(record.digest_type).map_err(|violation| {
        let text = record.digest_type.to_string();
        refuse(Why::Policy(violation), "digestType", text)
    })?;
    if record.digest.len() != length {
        let why = Why::Value("the digest's length does not fit its type");
        return Err(refuse(why, "digest", String::new()));
    }
    record
        .key
        .as_ref()
        .map_or(Ok(()), |key| verify(key, record, owner))
}

/// Judges a key, and that the record was made of it (RFC 5910 section 4.1).
fn verify(key: &KeyData, record: &DsData, owner: &DomainName) -> Result<(), Refusal> {
    let refuse = |why, element: &str, text: String| {
        Err(Refusal::new(why, Namespace::SecDns, element, &text))
    };
    if key.protocol != 3 {
        let why = Why::Value("the protocol of a DNSKEY is 3");
        return refuse(why, "protocol", key.protocol.to_string());
    }
    if !ZONE_KEYS.contains(&key.flags) {
        let why = Why::Choice("not the key of a zone: flags are 256 or 257");
        return refuse(why, "flags", key.flags.to_string());
    }
    if key.algorithm != record.algorithm {
        let why = Why::Choice("key and record are of different algorithms");
        return refuse(why, "alg", key.algorithm.to_string());
    }
    if key.key_tag() != record.key_tag {
        let why = Why::Choice("the key has another key tag");
        return refuse(why, "keyTag", record.key_tag.to_string());
    }
    if key.digest(owner, record.digest_type).as_ref() != Some(&record.digest) {
        let why = Why::Choice("the digest is not that of the key and this domain");
        return refuse(why, "digest", HEXUPPER.encode(&record.digest));
    }
    Ok(())
}

/// Says whether IANA lists the algorithm for zone signing and does not forbid its use (columns of RFC 9904): DSA
/// and GOST (3, 6, 12) must not sign any more; with SHA-1 (5, 7) it is only not recommended.
fn is_zone_signing(algorithm: u8) -> bool {
    matches!(algorithm, 5 | 7 | 8 | 10 | 13..=17 | 23)
}

/// Returns the octets of a digest: SHA-256, SHA-384. SHA-1 makes no new delegations (RFC 9904).
fn digest_length(digest_type: u8) -> Option<usize> {
    match digest_type {
        2 => Some(32),
        4 => Some(48),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Profile;
    use crate::protocol::Shown;

    fn judge(record: &DsData, owner: &DomainName) -> Result<(), Refusal> {
        signer(
            record,
            owner,
            &Policy::new(Profile::embedded("plain").unwrap()),
        )
    }

    fn record(algorithm: u8, digest_type: u8, octets: usize) -> DsData {
        DsData {
            key_tag: 1,
            algorithm,
            digest_type,
            digest: vec![7; octets],
            key: None,
        }
    }

    #[test]
    fn signer_judges_algorithm_digest_type_and_length() {
        let owner = DomainName::parse("shop.example").unwrap();
        assert!(judge(&record(13, 2, 32), &owner).is_ok());
        assert!(judge(&record(8, 4, 48), &owner).is_ok());
        for allowed in [5, 7, 10, 14, 15, 16] {
            assert!(judge(&record(allowed, 2, 32), &owner).is_ok(), "{allowed}");
        }
        for wrong in [
            record(0, 2, 32),
            record(123, 2, 32),
            // MUST NOT be used (RFC 9904): RSAMD5, DSA, DSA-NSEC3-SHA1, ECC-GOST.
            record(1, 2, 32),
            record(3, 2, 32),
            record(6, 2, 32),
            record(12, 2, 32),
            record(13, 255, 32),
            record(13, 2, 20),
            record(13, 1, 20),
        ] {
            assert!(judge(&wrong, &owner).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn signer_blames_the_value_that_is_not_offered() {
        let owner = DomainName::parse("bay.hk").unwrap();
        let policy = Policy::new(Profile::embedded("hk").unwrap());
        let refusal = signer(&record(5, 2, 32), &owner, &policy).unwrap_err();
        assert_eq!(*refusal.element, Shown::new(Namespace::SecDns, "alg", "5"));
    }

    #[test]
    fn verify_wants_a_zone_key_that_the_record_was_made_of() {
        let owner = DomainName::parse("shop.example").unwrap();
        let key = KeyData {
            flags: 257,
            protocol: 3,
            algorithm: 13,
            public_key: vec![9; 64],
        };
        let right = DsData {
            key_tag: key.key_tag(),
            digest: key.digest(&owner, 2).unwrap(),
            key: Some(key),
            ..record(13, 2, 32)
        };
        assert!(judge(&right, &owner).is_ok());
        let elsewhere = DomainName::parse("pier.example").unwrap();
        assert!(judge(&right, &elsewhere).is_err());
        let changes: [fn(&mut DsData, &mut KeyData); 6] = [
            |record, _| record.key_tag += 1,
            |record, _| record.digest = vec![7; 32],
            |_, key| key.flags = 1,
            |_, key| key.flags = 385,
            |_, key| key.algorithm = 14,
            |_, key| key.public_key = vec![8; 64],
        ];
        for change in changes {
            let mut wrong = right.clone();
            let mut key = wrong.key.take().unwrap();
            change(&mut wrong, &mut key);
            wrong.key = Some(key);
            assert!(judge(&wrong, &owner).is_err(), "{wrong:?}");
        }
    }
}
