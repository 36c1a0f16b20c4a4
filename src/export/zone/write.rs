//! Records as lines of a master file (RFC 1035 section 5.1, RFC 3596, RFC 4034 section 5.3).
//!
//! Names here hold letters, digits and hyphens only, so nothing needs an escape; every name is written in full.

use std::net::IpAddr;

use data_encoding::HEXUPPER;

use crate::model::dnssec::DnssecData;
use crate::model::{Domain, DomainName};
use crate::policy::Profile;
use crate::policy::profile::Server;

/// Digest type of a DS record made of a key that came without one: SHA-256 (RFC 8624 section 3.3).
const SHA_256: u8 = 2;

/// Returns the registry's own servers: of its zones, and of names that have none yet.
pub(super) fn own_servers(profile: &Profile) -> impl Iterator<Item = &Server> {
    profile
        .dns
        .servers
        .iter()
        .chain(&profile.name_servers.parking)
}

/// Writes the start of a zone: its authority, its servers, and the addresses of the registry's servers in it.
pub(super) fn head(zone: &str, serial: u32, profile: &Profile) -> String {
    let dns = &profile.dns;
    let primary = dns
        .servers
        .first()
        .map_or("", |server| server.name.as_str());
    let mut lines = format!(
        "$ORIGIN {zone}.\n$TTL {}\n@\tIN\tSOA\t{primary}. {}. {serial} {} {} {} {}\n",
        dns.ttl, dns.mailbox, dns.refresh, dns.retry, dns.expire, dns.negative
    );
    for server in &dns.servers {
        name_server(&mut lines, zone, &server.name);
    }
    let mut written: Vec<&DomainName> = Vec::new();
    for server in own_servers(profile) {
        if server.name.is_below(zone) && !written.contains(&&server.name) {
            addresses(&mut lines, &server.name, server.addresses.iter().copied());
            written.push(&server.name);
        }
    }
    lines
}

/// Writes an NS record.
pub(super) fn name_server(lines: &mut String, owner: &str, server: &DomainName) {
    lines.push_str(&format!("{owner}.\tIN\tNS\t{server}.\n"));
}

/// Writes the addresses of a host; returns how many.
pub(super) fn addresses(
    lines: &mut String,
    host: &DomainName,
    addresses: impl Iterator<Item = IpAddr>,
) -> u64 {
    let mut count = 0;
    for address in addresses {
        let kind = if address.is_ipv4() { "A" } else { "AAAA" };
        lines.push_str(&format!("{host}.\tIN\t{kind}\t{address}\n"));
        count += 1;
    }
    count
}

/// Writes the DS records of one form of a domain's name; returns how many.
pub(super) fn signers(lines: &mut String, domain: &Domain, form: &DomainName) -> u64 {
    let mut count = 0;
    let mut write = |tag: u16, algorithm: u8, digest_type: u8, digest: Option<Vec<u8>>| {
        if let Some(digest) = digest {
            let digest = HEXUPPER.encode(&digest);
            let data = format!("{tag} {algorithm} {digest_type} {digest}");
            lines.push_str(&format!("{form}.\tIN\tDS\t{data}\n"));
            count += 1;
        }
    };
    match &domain.dnssec {
        Some(DnssecData::Ds(records)) => {
            for ds in records {
                let made = || ds.key.as_ref()?.digest(form, ds.digest_type);
                let digest = if *form == domain.name {
                    Some(ds.digest.clone())
                } else {
                    made()
                };
                write(ds.key_tag, ds.algorithm, ds.digest_type, digest);
            }
        }
        Some(DnssecData::Key(keys)) => {
            for key in keys {
                let digest = key.digest(form, SHA_256);
                write(key.key_tag(), key.algorithm, SHA_256, digest);
            }
        }
        None => {}
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_has_the_addresses_of_the_registrys_servers_in_the_zone_once() {
        let mut profile = Profile::embedded("plain").unwrap();
        let server = |name: &str, addresses: &[&str]| Server {
            name: DomainName::parse(name).unwrap(),
            addresses: addresses
                .iter()
                .map(|address| address.parse().unwrap())
                .collect(),
        };
        profile.dns.servers = vec![
            server("a.nic.example", &["192.0.2.1", "2001:db8::1"]),
            server("b.registry.test", &["192.0.2.2"]),
        ];
        profile.name_servers.parking = vec![
            server("a.nic.example", &["192.0.2.1", "2001:db8::1"]),
            server("park.nic.example", &["192.0.2.3"]),
        ];
        let text = head("example", 7, &profile).replace('\t', " ");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "$ORIGIN example.",
                "$TTL 3600",
                "@ IN SOA a.nic.example. hostmaster.registry.test. 7 3600 900 1209600 900",
                "example. IN NS a.nic.example.",
                "example. IN NS b.registry.test.",
                "a.nic.example. IN A 192.0.2.1",
                "a.nic.example. IN AAAA 2001:db8::1",
                "park.nic.example. IN A 192.0.2.3",
            ]
        );
    }
}
