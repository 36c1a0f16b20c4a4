//! Delegation signer data against RFC 5910 section 4 and RFC 4034.

use super::Refusal;
use super::refusal::Why;
use crate::model::dnssec::{DnssecData, DsData, KeyData};
use crate::policy::Policy;
use crate::protocol::Namespace;
use crate::protocol::ext::secdns;

/// Judges the DNSSEC data of a create.
///
/// # Errors
/// 2306 for key data (this server's interface is DS data), 2102 for a signature lifetime, 2005 or 2306 for a
/// record no resolver could use.
pub(super) fn create(command: &secdns::Create, policy: &Policy) -> Result<DnssecData, Refusal> {
    if let Some(life) = command.max_sig_life {
        let why = Why::Option("maxSigLife is not offered (RFC 5910 section 3.3)");
        let text = life.to_string();
        return Err(Refusal::new(why, Namespace::SecDns, "maxSigLife", &text));
    }
    let records = match &command.data {
        DnssecData::Ds(records) => records,
        DnssecData::Key(_) => {
            let reason = "this server takes dsData, not keyData (RFC 5910 section 4)";
            return Err(Refusal::new(
                Why::Choice(reason),
                Namespace::SecDns,
                "keyData",
                "",
            ));
        }
    };
    policy
        .delegation_signers(records.len())
        .map_err(|violation| {
            Refusal::new(Why::Policy(violation), Namespace::SecDns, "dsData", "")
        })?;
    for (index, record) in records.iter().enumerate() {
        signer(record)?;
        if records.iter().take(index).any(|earlier| earlier == record) {
            let why = Why::Choice("the same DS record stands twice");
            return Err(Refusal::new(why, Namespace::SecDns, "dsData", ""));
        }
    }
    Ok(DnssecData::Ds(records.clone()))
}

fn signer(record: &DsData) -> Result<(), Refusal> {
    let refuse =
        |why, element: &str, text: String| Refusal::new(why, Namespace::SecDns, element, &text);
    if !is_zone_signing(record.algorithm) {
        let why = Why::Choice("not a DNSSEC algorithm for signing zones");
        return Err(refuse(why, "alg", record.algorithm.to_string()));
    }
    let Some(length) = digest_length(record.digest_type) else {
        let why = Why::Choice("the digest types offered are 1, 2 and 4");
        return Err(refuse(why, "digestType", record.digest_type.to_string()));
    };
    if record.digest.len() != length {
        let why = Why::Value("the digest's length does not fit its type");
        return Err(refuse(why, "digest", String::new()));
    }
    record.key.as_ref().map_or(Ok(()), key)
}

fn key(key: &KeyData) -> Result<(), Refusal> {
    if key.protocol != 3 {
        let why = Why::Value("the protocol of a DNSKEY is 3");
        let text = key.protocol.to_string();
        return Err(Refusal::new(why, Namespace::SecDns, "protocol", &text));
    }
    Ok(())
}

/// Says whether IANA lists the algorithm for zone signing (RFC 9904 columns).
fn is_zone_signing(algorithm: u8) -> bool {
    matches!(algorithm, 3 | 5..=8 | 10 | 12..=17 | 23)
}

/// Returns the octets of a digest: SHA-1, SHA-256, SHA-384.
fn digest_length(digest_type: u8) -> Option<usize> {
    match digest_type {
        1 => Some(20),
        2 => Some(32),
        4 => Some(48),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(signer(&record(13, 2, 32)).is_ok());
        assert!(signer(&record(8, 4, 48)).is_ok());
        for wrong in [
            record(0, 2, 32),
            record(123, 2, 32),
            record(13, 255, 32),
            record(13, 2, 20),
        ] {
            assert!(signer(&wrong).is_err(), "{wrong:?}");
        }
    }
}
