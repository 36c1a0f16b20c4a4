//! Zones made of stores that hold one thing each.

use std::fmt::Write as _;

use chrono::TimeDelta;
use data_encoding::HEXUPPER;

use super::*;
use crate::model::dnssec::{DnssecData, DsData, KeyData};
use crate::model::domain::sample;
use crate::model::domain::{Application, Asked, Deletion, Stage};
use crate::model::lock::LockKind;
use crate::model::status::DomainStatus;
use crate::model::{DomainName, Host, HostAddress, Lock, Package, Period, RegistrarId};
use crate::policy::Profile;
use crate::store::{Audit, ChangeSet, Memory};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn registrar() -> RegistrarId {
    RegistrarId::parse("registrar-a").unwrap()
}

fn domain(text: &str, name_servers: &[u64]) -> Domain {
    Domain {
        name_servers: name_servers.iter().map(|id| HostId(*id)).collect(),
        created: NOW,
        expires: NOW + TimeDelta::days(365),
        ..sample(text)
    }
}

/// Returns a host below `superordinate`, if there is one, with an address there.
fn host(id: u64, text: &str, superordinate: Option<&str>) -> Host {
    let address = HostAddress::v4(&format!("192.0.2.{id}")).unwrap();
    Host {
        id: HostId(id),
        name: name(text),
        roid: format!("H{id}-HKEPP"),
        superordinate: superordinate.map(name),
        statuses: Vec::new(),
        addresses: superordinate.map(|_| address).into_iter().collect(),
        sponsor: registrar(),
        creator: registrar(),
        created: NOW,
        updated: None,
        transferred: None,
    }
}

/// Exports a zone of a registry of `profile` that holds these objects; returns the lines after the head, in order.
async fn export_of(
    profile: Profile,
    zone: &str,
    domains: &[Domain],
    hosts: &[Host],
) -> (Vec<String>, Summary) {
    let mut change = ChangeSet::new(Audit {
        at: NOW,
        server_transaction: "SV-1".to_owned(),
        client_transaction: None,
        actor: "registrar-a".to_owned(),
        command: "domain:create".to_owned(),
        object: "all".to_owned(),
    });
    for host in hosts {
        change.put(keys::host(host.id), record::encode(host).unwrap());
    }
    for domain in domains {
        change.put(keys::domain(&domain.name), record::encode(domain).unwrap());
    }
    let store = Memory::default();
    store.commit(change).await.unwrap();
    let policy = Policy::new(profile);
    let mut export = Export::new(zone, &policy, &store, NOW).unwrap();
    export.next().await.unwrap().unwrap();
    let mut text = String::new();
    while let Some(lines) = export.next().await.unwrap() {
        text.push_str(&lines);
    }
    let lines = text.lines().map(|line| line.replace("\tIN\t", " "));
    (
        lines.map(|line| line.replace('\t', " ")).collect(),
        export.summary().clone(),
    )
}

async fn export(domains: &[Domain], hosts: &[Host]) -> (Vec<String>, Summary) {
    let plain = Profile::embedded("plain").unwrap();
    export_of(plain, "example", domains, hosts).await
}

#[tokio::test]
async fn glue_stands_once_and_only_when_a_published_name_uses_it() {
    let mut held = domain("held.example", &[2]);
    held.statuses = vec![DomainStatus::ClientHold];
    let domains = [
        domain("bay.example", &[1, 9]),
        domain("cape.example", &[1]),
        held,
    ];
    let hosts = [
        host(1, "ns1.bay.example", Some("bay.example")),
        host(2, "ns2.bay.example", Some("bay.example")),
        host(9, "ns.elsewhere.test", None),
    ];
    let (lines, summary) = export(&domains, &hosts).await;
    assert_eq!(
        lines,
        [
            "bay.example. NS ns1.bay.example.",
            "bay.example. NS ns.elsewhere.test.",
            "ns1.bay.example. A 192.0.2.1",
            "cape.example. NS ns1.bay.example.",
        ]
    );
    assert_eq!(
        (
            summary.domains,
            summary.delegations,
            summary.name_servers,
            summary.glue
        ),
        (2, 2, 3, 1)
    );
}

#[tokio::test]
async fn what_is_not_published_is_absent() {
    let held = |change: fn(&mut Domain)| {
        let mut domain = domain("bay.example", &[9]);
        change(&mut domain);
        domain
    };
    let deleted = |stage| Deletion {
        deleted: NOW,
        stage,
        until: NOW + TimeDelta::days(1),
    };
    let mut unpublished = vec![
        held(|domain| domain.statuses = vec![DomainStatus::ClientHold]),
        held(|domain| domain.statuses = vec![DomainStatus::ServerHold]),
        held(|domain| domain.name_servers.clear()),
        held(|domain| {
            domain.locks = vec![Lock {
                kind: LockKind::Hold,
                case: None,
                suspends: true,
                since: NOW,
                window: None,
            }];
        }),
        held(|domain| {
            domain.application = Some(Application {
                id: 1,
                client_transaction: None,
                server_transaction: "SV-1".to_owned(),
                asked: Asked::Name(Period::years(1).unwrap()),
                until: NOW + TimeDelta::days(1),
            });
        }),
    ];
    for stage in [Stage::Redemption, Stage::Restore, Stage::PendingDelete] {
        let mut domain = domain("bay.example", &[9]);
        domain.deletion = Some(deleted(stage));
        unpublished.push(domain);
    }
    let hosts = [host(9, "ns.elsewhere.test", None)];
    let (lines, _) = export(&[held(|_| {})], &hosts).await;
    assert_eq!(lines, ["bay.example. NS ns.elsewhere.test."]);
    for domain in unpublished {
        let (lines, summary) = export(std::slice::from_ref(&domain), &hosts).await;
        assert_eq!((lines.len(), summary.domains), (0, 0), "{domain:?}");
    }
}

#[tokio::test]
async fn a_server_below_a_held_domain_is_not_named() {
    let mut held = domain("bay.example", &[9]);
    held.statuses = vec![DomainStatus::ServerHold];
    let domains = [
        held,
        // Its only server hangs on the held domain, and so does what hangs on it.
        domain("cape.example", &[1]),
        domain("dune.example", &[2]),
        domain("east.example", &[1, 2, 9]),
    ];
    let hosts = [
        host(1, "ns.bay.example", Some("bay.example")),
        host(2, "ns.cape.example", Some("cape.example")),
        host(9, "ns.elsewhere.test", None),
    ];
    let (lines, summary) = export(&domains, &hosts).await;
    assert_eq!(lines, ["east.example. NS ns.elsewhere.test."]);
    assert_eq!((summary.domains, summary.unreachable), (1, 2));
}

#[tokio::test]
async fn domains_that_serve_each_other_stay_in_the_zone() {
    let domains = [domain("bay.example", &[2]), domain("cape.example", &[1])];
    let hosts = [
        host(1, "ns.bay.example", Some("bay.example")),
        host(2, "ns.cape.example", Some("cape.example")),
    ];
    let (lines, _) = export(&domains, &hosts).await;
    assert_eq!(
        lines,
        [
            "bay.example. NS ns.cape.example.",
            "ns.cape.example. A 192.0.2.2",
            "cape.example. NS ns.bay.example.",
            "ns.bay.example. A 192.0.2.1",
        ]
    );
}

#[tokio::test]
async fn every_form_has_servers_and_its_own_digest() {
    let key = KeyData {
        flags: 257,
        protocol: 3,
        algorithm: 13,
        public_key: vec![9; 64],
    };
    let registered = name("bay.example");
    let signer = |key_tag, digest, key| DsData {
        key_tag,
        algorithm: 13,
        digest_type: 2,
        digest,
        key,
    };
    let made = key.digest(&registered, 2).unwrap();
    let mut packaged = domain("bay.example", &[9]);
    packaged.dnssec = Some(DnssecData::Ds(vec![
        signer(1, vec![7; 32], None),
        signer(key.key_tag(), made.clone(), Some(key.clone())),
    ]));
    packaged.package = Some(Package {
        table: "test".to_owned(),
        simplified: name("simple.example"),
        traditional: registered,
        further: vec![name("third.example")],
    });
    let hosts = [host(9, "ns.elsewhere.test", None)];
    let (lines, summary) = export(&[packaged], &hosts).await;
    let mut expected = String::new();
    let tag = key.key_tag();
    let other = |form: &str| HEXUPPER.encode(&key.digest(&name(form), 2).unwrap());
    for (form, digests) in [
        (
            "bay.example",
            vec![
                (1, HEXUPPER.encode(&[7; 32])),
                (tag, HEXUPPER.encode(&made)),
            ],
        ),
        ("simple.example", vec![(tag, other("simple.example"))]),
        ("third.example", vec![(tag, other("third.example"))]),
    ] {
        writeln!(expected, "{form}. NS ns.elsewhere.test.").unwrap();
        for (tag, digest) in digests {
            writeln!(expected, "{form}. DS {tag} 13 2 {digest}").unwrap();
        }
    }
    assert_eq!(lines.join("\n") + "\n", expected);
    assert_ne!(other("simple.example"), other("third.example"));
    assert_eq!(
        (summary.domains, summary.delegations, summary.ds),
        (1, 3, 4)
    );
}

#[tokio::test]
async fn parked_names_are_served_by_the_registry_without_ds() {
    let mut parked = domain("bay.hk", &[]);
    parked.parked = true;
    parked.dnssec = Some(DnssecData::Ds(vec![DsData {
        key_tag: 1,
        algorithm: 13,
        digest_type: 2,
        digest: vec![7; 32],
        key: None,
    }]));
    let of = |profile: &str| Profile::embedded(profile).unwrap();
    let (lines, _) = export_of(of("hk"), "hk", std::slice::from_ref(&parked), &[]).await;
    assert_eq!(
        lines,
        [
            "bay.hk. NS park1.registry.test.",
            "bay.hk. NS park2.registry.test.",
        ]
    );
    // Another zone's names are another file's.
    let (lines, _) = export_of(of("hk"), "xn--j6w193g", &[parked], &[]).await;
    assert_eq!(lines, [""; 0]);
}

#[test]
fn a_zone_within_another_has_no_file() {
    let mut profile = Profile::embedded("hk").unwrap();
    let mut category = profile.zones[0].clone();
    category.name = "com.hk".to_owned();
    profile.zones.push(category);
    let policy = Policy::new(profile);
    assert_eq!(names(&policy), ["hk", "xn--j6w193g"]);
    assert!(Export::new("com.hk", &policy, &Memory::default(), NOW).is_none());
}
