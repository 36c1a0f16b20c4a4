//! Records of every version: the octets in `tests/data/store/records` are what releases have written, and stay readable.
//!
//! Each file lists one record in hexadecimal, field by field; what follows `#` is comment. Every optional field is
//! filled, no two fields are alike and every value of an enumeration occurs, so that no field can be added and none,
//! nor a value, removed or moved unnoticed. Whoever must do that writes a new version in `src/store/record` and
//! leaves these files as they are.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use hkepp::model::applicant::Party;
use hkepp::model::case::{Closed, Outcome};
use hkepp::model::change::{Case, CaseKind, Operation, OperationKind, State};
use hkepp::model::consent::Authority;
use hkepp::model::contact::{Address, Details, Disclose, Disclosed, Phone, PostalInfo, PostalKind};
use hkepp::model::delegation::{DelegationFailure, FailureReason, Transport};
use hkepp::model::dnssec::{DnssecData, DsData, KeyData};
use hkepp::model::document::{
    self, Attachment, Document, DocumentKind, MediaType, Subject, Verdict,
};
use hkepp::model::domain::{
    Application, Asked, ContactRole, Deletion, Demand, Grace, GracePeriod, Holder, Stage,
};
use hkepp::model::host::HostId;
use hkepp::model::lock::LockKind;
use hkepp::model::message::{News, Object, Snapshot};
use hkepp::model::period::{Period, Unit};
use hkepp::model::registrar::{PasswordHash, Pin, RegistrarState};
use hkepp::model::status::{ContactStatus, DomainStatus, HostStatus};
use hkepp::model::{
    Applicant, AuthInfo, CaseFile, Change, Consent, Contact, ContactId, DelegationCheck,
    DocumentRequest, Domain, DomainName, Host, HostAddress, Lock, Message, Package, Registrar,
    RegistrarId, Transfer, TransferStatus, Tries,
};
use hkepp::store::record::{self, Entity};

/// Where the frozen records lie.
const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store/records");

/// Returns the octets of a frozen record.
fn frozen(file: &str) -> Vec<u8> {
    let text = fs::read_to_string(Path::new(FROZEN).join(file)).unwrap();
    let lines = text.lines().map(|line| line.split('#').next().unwrap());
    let digits: String = lines.flat_map(str::split_whitespace).collect();
    HEXLOWER.decode(digits.as_bytes()).unwrap()
}

/// Asserts that a frozen record is read as `entity`, and that `entity` is written as that record.
fn assert_frozen<T>(file: &str, entity: &T)
where
    T: Entity + PartialEq + Debug,
{
    let octets = frozen(file);
    let written = record::encode(entity).unwrap();
    assert_eq!(
        HEXLOWER.encode(&written),
        HEXLOWER.encode(&octets),
        "{file}: this takes a new version of records"
    );
    assert_eq!(record::decode::<T>(&octets).as_ref(), Ok(entity), "{file}");
}

/// Asserts that a frozen record of an older version is read as `entity`.
fn assert_upgraded<T>(file: &str, entity: &T)
where
    T: Entity + PartialEq + Debug,
{
    assert_eq!(
        record::decode::<T>(&frozen(file)).as_ref(),
        Ok(entity),
        "{file}"
    );
}

#[test]
fn document_request_of_version_1_is_upgraded() {
    for (file, verdict) in [
        ("open", None),
        ("approved", Some(Verdict::Approved)),
        ("rejected", Some(Verdict::Rejected)),
        ("lapsed", Some(Verdict::Lapsed)),
    ] {
        assert_upgraded(
            &format!("v1/document-{file}.hex"),
            &document_request(verdict),
        );
    }
}

#[test]
fn document_request_of_version_2_reads_and_writes_as_ever() {
    let registrant = Subject::Registrant(ContactId::parse("Wong-8").unwrap());
    for (file, subject, party, verdict) in [
        ("open", Subject::Name, Party::Person, None),
        (
            "approved",
            registrant,
            Party::Organisation,
            Some(Verdict::Approved),
        ),
        (
            "rejected",
            Subject::Registered,
            Party::Organisation,
            Some(Verdict::Rejected),
        ),
        (
            "lapsed",
            Subject::Name,
            Party::Person,
            Some(Verdict::Lapsed),
        ),
    ] {
        let request = document_request(verdict);
        let request = DocumentRequest {
            subject,
            applicant: Applicant {
                party: Some(party),
                born: NaiveDate::from_ymd_opt(2015, 6, 7),
                adult: Some(false),
                legal_name: Some("Harbour Limited".to_owned()),
                guardian: ContactId::parse("chan-9"),
                is_branch: true,
                documents: request.applicant.documents,
            },
            ..request
        };
        assert_frozen(&format!("v2/document-{file}.hex"), &request);
    }
}

#[test]
fn consent_of_version_1_is_upgraded() {
    for authority in Authority::ALL {
        let file = format!("v1/consent-{}.hex", authority.as_str());
        assert_upgraded(&file, &consent(authority));
    }
}

#[test]
fn consent_of_version_2_reads_and_writes_as_ever() {
    for authority in Authority::ALL {
        let file = format!("v2/consent-{}.hex", authority.as_str());
        let consent = Consent {
            holder: Some("C2-HKEPP".to_owned()),
            ..consent(authority)
        };
        assert_frozen(&file, &consent);
    }
}

/// Returns a consent with what version 1 had.
fn consent(authority: Authority) -> Consent {
    Consent {
        name: DomainName::parse("mybank.hk").unwrap(),
        authority,
        reference: "B1/15C".to_owned(),
        granted: instant("2030-03-01T04:05:06.789Z"),
        expires: Some(instant("2031-12-31T16:00:00Z")),
        revoked: Some(instant("2030-06-01T00:00:00Z")),
        holder: None,
    }
}

#[test]
fn administrative_contact_of_a_group_reads_and_writes_as_ever() {
    assert_frozen("v1/contact-id.hex", &ContactId::parse("Chan-1").unwrap());
}

/// Returns a request with what version 1 had, every kind of document and every form of a file among it.
fn document_request(verdict: Option<Verdict>) -> DocumentRequest {
    let kinds = DocumentKind::ALL;
    let given = kinds.iter().map(|kind| Document {
        kind: *kind,
        words: Some("Charter".to_owned()),
        number: "A123456(3)".to_owned(),
        country: "HK".to_owned(),
        expires: NaiveDate::from_ymd_opt(2031, 12, 31),
        chinese_name: Some("陳大文".to_owned()),
    });
    let forms = [MediaType::Pdf, MediaType::Gif, MediaType::Jpeg];
    let attachments = forms
        .into_iter()
        .enumerate()
        .map(|(index, media)| Attachment {
            digest: [index as u8 + 1; 32],
            media,
            size: 300 + index as u64,
            file: "certificate.pdf".to_owned(),
            attached: instant("2030-03-02T00:00:00Z"),
        });
    DocumentRequest {
        id: 4_294_967_301,
        subject: Subject::Name,
        domain: DomainName::parse("my-shop.com.hk").unwrap(),
        sponsor: RegistrarId::parse("registrar-a").unwrap(),
        opened: instant("2030-03-01T04:05:06.789Z"),
        due: instant("2030-03-15T04:05:06.789Z"),
        wanted: vec![kinds.to_vec(), vec![DocumentKind::Guardian]],
        review: vec!["hk:R6.5".to_owned()],
        applicant: Applicant {
            documents: given.collect(),
            ..Applicant::default()
        },
        attachments: attachments.collect(),
        closed: verdict.map(|verdict| document::Closed {
            verdict,
            at: instant("2030-03-08T00:00:00Z"),
            by: "operator".to_owned(),
            reason: Some("As wanted".to_owned()),
        }),
    }
}

#[test]
fn domain_of_version_1_is_upgraded() {
    assert_upgraded("v1/domain.hex", &domain());
    assert_upgraded("v1/domain-bare.hex", &domain_bare());
}

#[test]
fn contact_of_version_1_is_upgraded() {
    assert_upgraded("v1/contact.hex", &contact());
}

#[test]
fn domain_of_version_2_is_upgraded() {
    assert_upgraded("v2/domain-transferred.hex", &transferred_domain());
    for (file, stage) in [
        ("v2/domain-redemption.hex", Stage::Redemption),
        ("v2/domain-restore.hex", Stage::Restore),
        ("v2/domain-pending-delete.hex", Stage::PendingDelete),
    ] {
        assert_upgraded(file, &deleted_domain(stage));
    }
}

#[test]
fn domain_of_version_3_is_upgraded() {
    assert_upgraded("v3/domain-transferred.hex", &transferred_domain());
    assert_upgraded("v3/domain-held.hex", &held_domain());
    for (file, stage) in [
        ("v3/domain-redemption.hex", Stage::Redemption),
        ("v3/domain-restore.hex", Stage::Restore),
        ("v3/domain-pending-delete.hex", Stage::PendingDelete),
    ] {
        assert_upgraded(file, &deleted_domain(stage));
    }
}

#[test]
fn domain_of_version_4_reads_and_writes_as_ever() {
    assert_frozen("v4/domain-applied.hex", &held_domain());
    assert_frozen("v4/domain-demanded.hex", &demanded_domain());
    for (file, stage) in [
        ("v4/domain-redemption.hex", Stage::Redemption),
        ("v4/domain-restore.hex", Stage::Restore),
        ("v4/domain-pending-delete.hex", Stage::PendingDelete),
    ] {
        assert_frozen(file, &deleted_domain(stage));
    }
}

#[test]
fn contact_of_version_2_reads_and_writes_as_ever() {
    for status in TransferStatus::ALL {
        let file = format!("v2/contact-{}.hex", status.as_str());
        assert_frozen(&file, &transferred_contact(status));
    }
}

#[test]
fn message_of_version_1_is_upgraded() {
    let name = DomainName::parse("a.example").unwrap();
    let [domain, contact, deletion] = [
        News::DomainTransfer {
            name: name.clone(),
            transfer: transfer(TransferStatus::Pending),
            expires: Some(instant("2030-03-01T04:05:06.789Z")),
        },
        News::ContactTransfer {
            id: ContactId::parse("Chan-1").unwrap(),
            transfer: transfer(TransferStatus::Pending),
        },
        News::Deletion { name, purged: true },
    ]
    .map(message);
    assert_upgraded("v1/message-domain.hex", &domain);
    assert_upgraded("v1/message-contact.hex", &contact);
    assert_upgraded("v1/message-deletion.hex", &deletion);
    // What it said it says still.
    assert_upgraded("v2/message-domain.hex", &domain);
    assert_upgraded("v2/message-contact.hex", &contact);
    assert_upgraded("v2/message-deletion.hex", &deletion);
    assert_upgraded("v3/message-domain.hex", &domain);
    assert_upgraded("v3/message-contact.hex", &contact);
    assert_upgraded("v3/message-deletion.hex", &deletion);
    assert_frozen("v4/message-domain.hex", &domain);
    assert_frozen("v4/message-contact.hex", &contact);
    assert_frozen("v4/message-deletion.hex", &deletion);
}

#[test]
fn message_of_versions_2_and_3_is_upgraded_and_version_4_reads_and_writes_as_ever() {
    for (file, object, completed) in [
        ("domain", Object::Domain(domain().name), true),
        ("contact", Object::Contact(contact().id), false),
        ("host", Object::Host(host().name), true),
    ] {
        let pending = News::Pending {
            object,
            completed,
            client_transaction: Some("ABC-12345".to_owned()),
            server_transaction: "HKEPP-7".to_owned(),
            ended: instant("2027-06-08T00:00:00Z"),
        };
        let pending = message(pending);
        for version in ["v2", "v3"] {
            assert_upgraded(&format!("{version}/message-pending-{file}.hex"), &pending);
        }
        assert_frozen(&format!("v4/message-pending-{file}.hex"), &pending);
    }
    let states = State::ALL.into_iter().cycle();
    let cases = CaseKind::ALL.into_iter().cycle();
    for ((kind, state), case) in OperationKind::ALL.into_iter().zip(states).zip(cases) {
        let change = |domain: Domain| News::DomainChange {
            snapshot: Box::new(Snapshot {
                name_servers: vec![host().name, domain.name.clone()],
                domain,
            }),
            change: Change {
                state,
                operation: Operation {
                    kind,
                    detail: Some("sync".to_owned()),
                },
                date: instant("2027-06-09T00:00:00Z"),
                transaction: "HKEPP-8".to_owned(),
                who: "Registry".to_owned(),
                case: Some(Case {
                    kind: case,
                    name: Some("court".to_owned()),
                    id: "HCA 1/2027".to_owned(),
                }),
                reason: Some("By court order".to_owned()),
            },
        };
        let file = format!("message-change-{}.hex", kind.as_str());
        let upgraded = message(change(transferred_domain()));
        assert_upgraded(&format!("v2/{file}"), &upgraded);
        assert_upgraded(&format!("v3/{file}"), &message(change(held_domain())));
        assert_frozen(&format!("v4/{file}"), &message(change(demanded_domain())));
    }
}

fn message(news: News) -> Message {
    Message {
        queued: instant("2027-06-01T00:00:00Z"),
        news,
    }
}

#[test]
fn case_of_version_1_reads_and_writes_as_ever() {
    assert_frozen("v1/case-open.hex", &case(LockKind::Hold, None));
    for (outcome, kind) in [
        (Outcome::PanelDecision, LockKind::Panel),
        (Outcome::CourtOrder, LockKind::Court),
        (Outcome::Settled, LockKind::Panel),
        (Outcome::Relinquished, LockKind::Panel),
        (Outcome::Lifted, LockKind::Hold),
    ] {
        let file = format!("v1/case-{}.hex", outcome.as_str());
        let closed = Closed {
            at: instant("2027-09-01T00:00:00Z"),
            outcome,
            receiver: Some(creator()),
            evidence: Some("decision.pdf".to_owned()),
        };
        assert_frozen(&file, &case(kind, Some(closed)));
    }
}

#[test]
fn tries_of_version_1_read_and_write_as_ever() {
    let wrong = ["2027-08-01T00:00:00Z", "2027-08-01T00:00:01.500Z"].map(instant);
    assert_frozen("v1/tries.hex", &Tries::stored(wrong.to_vec()));
}

#[test]
fn delegation_check_of_version_1_is_upgraded_and_version_2_reads_and_writes_as_ever() {
    let operational = instant("2027-08-01T00:00:00Z");
    let upgraded = DelegationCheck {
        first: Some(operational),
        operational: Some(operational),
        failing: Some(instant("2027-08-02T00:00:01.500Z")),
        rounds: 1,
        told: true,
        ..DelegationCheck::default()
    };
    assert_upgraded("v1/delegation-check.hex", &upgraded);
    let mut check = DelegationCheck {
        first: Some(instant("2027-07-01T00:00:00Z")),
        rounds: 300,
        paused: Some(instant("2027-08-03T00:00:00Z")),
        unnamed: 200,
        ..upgraded
    };
    let name = |text| DomainName::parse(text).unwrap();
    let failure = |address: &str, transport, reason| DelegationFailure {
        server: name("ns.test"),
        address: Some(address.parse().unwrap()),
        form: name("a.hk"),
        transport: Some(transport),
        reason,
    };
    check.failures = vec![DelegationFailure {
        address: None,
        transport: None,
        ..failure("192.0.2.1", Transport::Udp, FailureReason::NoAddress)
    }];
    for (transport, reason) in [
        (Transport::Udp, FailureReason::Silent),
        (Transport::Udp, FailureReason::Unreachable),
        (Transport::Tcp, FailureReason::Closed),
        (Transport::Tcp, FailureReason::Garbled),
        (Transport::Tcp, FailureReason::Refused),
        (Transport::Tcp, FailureReason::ServerFailure),
        (Transport::Tcp, FailureReason::NoSuchName),
        (Transport::Tcp, FailureReason::OtherCode),
        (Transport::Tcp, FailureReason::Lame),
        (Transport::Tcp, FailureReason::NoSoa),
    ] {
        check.failures.push(failure("192.0.2.1", transport, reason));
    }
    let unasked = failure("2001:db8::1", Transport::Tcp, FailureReason::NotAsked);
    check.failures.push(unasked);
    assert_frozen("v2/delegation-check.hex", &check);
}

fn case(kind: LockKind, closed: Option<Closed>) -> CaseFile {
    CaseFile {
        id: "HKIAC-1".to_owned(),
        names: vec![domain().name, host().name],
        kind,
        suspends: true,
        opened: instant("2027-08-01T00:00:00Z"),
        evidence: Some("complaint.pdf".to_owned()),
        closed,
    }
}

#[test]
fn host_of_version_1_reads_and_writes_as_ever() {
    assert_frozen("v1/host.hex", &host());
}

#[test]
fn registrar_of_version_1_is_upgraded() {
    assert_upgraded("v1/registrar.hex", &registrar(RegistrarState::Active));
    let suspended = registrar(RegistrarState::Suspended);
    assert_upgraded("v1/registrar-suspended.hex", &suspended);
}

#[test]
fn registrar_of_version_2_reads_and_writes_as_ever() {
    for (file, state) in [
        ("v2/registrar.hex", RegistrarState::Active),
        ("v2/registrar-suspended.hex", RegistrarState::Suspended),
    ] {
        let registrar = Registrar {
            categories: vec!["edu".to_owned(), "gov".to_owned()],
            ..registrar(state)
        };
        assert_frozen(file, &registrar);
    }
}

#[test]
fn value_of_version_1_reads_and_writes_as_ever() {
    assert_frozen("v1/host-id.hex", &HostId(987_654_321));
    assert_frozen("v1/clock.hex", &instant("2027-03-01T04:05:06.789Z"));
    assert_frozen("v1/clock-ahead.hex", &-86_400_000_i64);
    assert_frozen("v1/profile.hex", &String::from("plain"));
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn sponsor() -> RegistrarId {
    RegistrarId::parse("registrar-a").unwrap()
}

fn creator() -> RegistrarId {
    RegistrarId::parse("registrar-b").unwrap()
}

fn updated() -> Option<(RegistrarId, DateTime<Utc>)> {
    let updater = RegistrarId::parse("registrar-c").unwrap();
    Some((updater, instant("2027-04-02T05:06:07Z")))
}

/// Returns a domain with everything that version 1 had, among it the DS data interface.
fn domain() -> Domain {
    let grace = |kind, until, value, unit| GracePeriod {
        kind,
        until: instant(until),
        period: Period::new(value, unit).unwrap(),
    };
    Domain {
        name: DomainName::parse("xn--j6w193g.example").unwrap(),
        roid: "D1-HKEPP".to_owned(),
        statuses: vec![
            DomainStatus::ClientDeleteProhibited,
            DomainStatus::ClientHold,
            DomainStatus::ClientRenewProhibited,
            DomainStatus::ClientTransferProhibited,
            DomainStatus::ClientUpdateProhibited,
            DomainStatus::Inactive,
            DomainStatus::Ok,
            DomainStatus::PendingCreate,
            DomainStatus::PendingDelete,
            DomainStatus::PendingRenew,
            DomainStatus::PendingTransfer,
            DomainStatus::PendingUpdate,
            DomainStatus::ServerDeleteProhibited,
            DomainStatus::ServerHold,
            DomainStatus::ServerRenewProhibited,
            DomainStatus::ServerTransferProhibited,
            DomainStatus::ServerUpdateProhibited,
        ],
        registrant: ContactId::parse("Chan-1"),
        contacts: vec![
            (ContactRole::Admin, ContactId::parse("lee-2").unwrap()),
            (ContactRole::Billing, ContactId::parse("wong-3").unwrap()),
            (ContactRole::Tech, ContactId::parse("ho-4").unwrap()),
        ],
        name_servers: vec![HostId(5), HostId(300)],
        dnssec: Some(DnssecData::Ds(vec![DsData {
            key_tag: 12_345,
            algorithm: 13,
            digest_type: 2,
            digest: vec![0xd1, 0xd2, 0xd3],
            key: Some(key_data()),
        }])),
        sponsor: sponsor(),
        creator: creator(),
        created: instant("2027-03-01T04:05:06.789Z"),
        updated: updated(),
        expires: instant("2029-03-01T04:05:06.789Z"),
        transferred: Some(instant("2027-05-03T06:07:08.900Z")),
        auth_info: AuthInfo::set("2fooBAR-d", [0xa1; 16], None),
        grace: vec![
            grace(Grace::Add, "2027-03-06T04:05:06.789Z", 2, Unit::Year),
            grace(Grace::AutoRenew, "2027-03-07T00:00:00Z", 1, Unit::Year),
            grace(Grace::Renew, "2027-03-08T00:00:00Z", 18, Unit::Month),
            grace(Grace::Transfer, "2027-03-09T00:00:00Z", 99, Unit::Month),
        ],
        transfer: None,
        deletion: None,
        application: None,
        parked: false,
        locks: Vec::new(),
        package: None,
        partner: None,
        // A domain of an older version came into use when it was created.
        activated: Some(instant("2027-03-01T04:05:06.789Z")),
        guardian: None,
        demand: None,
    }
}

fn transfer(status: TransferStatus) -> Transfer {
    Transfer {
        status,
        requester: creator(),
        requested: instant("2027-06-02T00:00:00Z"),
        actor: sponsor(),
        act_by: instant("2027-06-07T00:00:00Z"),
        period: Period::years(3),
    }
}

/// Returns a domain with what version 2 added: an end of its authorization information, and a transfer.
fn transferred_domain() -> Domain {
    Domain {
        auth_info: AuthInfo::set(
            "2fooBAR-d",
            [0xa1; 16],
            Some(instant("2027-06-15T00:00:00Z")),
        ),
        transfer: Some(transfer(TransferStatus::Pending)),
        ..domain()
    }
}

/// Returns a domain with what version 3 added.
fn held_domain() -> Domain {
    let lock = |kind, case: Option<&str>, suspends, window: Option<&str>| Lock {
        kind,
        case: case.map(str::to_owned),
        suspends,
        since: instant("2027-08-01T00:00:00Z"),
        window: window.map(instant),
    };
    let name = |text: &str| DomainName::parse(text).unwrap();
    Domain {
        application: Some(Application {
            id: 77,
            client_transaction: Some("ABC-12345".to_owned()),
            server_transaction: "HKEPP-9".to_owned(),
            until: instant("2027-08-15T00:00:00Z"),
            asked: Asked::Name(Period::years(5).unwrap()),
        }),
        parked: true,
        locks: vec![
            lock(LockKind::Panel, Some("HKIAC-1"), true, None),
            lock(LockKind::Court, Some("HCA-2"), false, None),
            lock(LockKind::Hold, Some("ABUSE-3"), true, None),
            lock(
                LockKind::Registry,
                None,
                false,
                Some("2027-08-02T00:00:00Z"),
            ),
        ],
        package: Some(Package {
            table: "test-1".to_owned(),
            simplified: name("simplified.example"),
            traditional: name("traditional.example"),
            further: vec![name("further.example")],
        }),
        partner: Some(name("partner.example")),
        // What waits for approval is not in use.
        activated: None,
        ..transferred_domain()
    }
}

/// Returns a domain with what version 4 added.
fn demanded_domain() -> Domain {
    let held = held_domain();
    let contact = |id: &str| ContactId::parse(id).unwrap();
    let holder = Holder {
        registrant: contact("Wong-8"),
        contacts: vec![
            (ContactRole::Admin, contact("cheung-10")),
            (ContactRole::Billing, contact("lam-11")),
            (ContactRole::Tech, contact("yip-12")),
        ],
        guardian: Some(contact("chan-9")),
    };
    Domain {
        application: held.application.clone().map(|application| Application {
            asked: Asked::Holder(holder),
            ..application
        }),
        activated: Some(instant("2027-03-05T06:00:00Z")),
        guardian: Some(contact("ng-13")),
        demand: Some(Demand {
            id: 78,
            until: instant("2027-08-16T00:00:00Z"),
        }),
        ..held
    }
}

/// Returns a domain on its way out.
fn deleted_domain(stage: Stage) -> Domain {
    Domain {
        deletion: Some(Deletion {
            deleted: instant("2027-07-01T00:00:00Z"),
            stage,
            until: instant("2027-07-31T00:00:00Z"),
        }),
        ..domain_bare()
    }
}

/// Returns a contact with what version 2 added.
fn transferred_contact(status: TransferStatus) -> Contact {
    Contact {
        auth_info: AuthInfo::set(
            "2fooBAR-c",
            [0xa2; 16],
            Some(instant("2027-06-15T00:00:00Z")),
        ),
        transfer: Some(Transfer {
            period: None,
            ..transfer(status)
        }),
        ..contact()
    }
}

/// Returns a domain that has nothing but what it must have, and the key data interface.
fn domain_bare() -> Domain {
    Domain {
        statuses: Vec::new(),
        registrant: None,
        contacts: Vec::new(),
        name_servers: Vec::new(),
        dnssec: Some(DnssecData::Key(vec![key_data()])),
        updated: None,
        transferred: None,
        auth_info: None,
        grace: Vec::new(),
        ..domain()
    }
}

fn key_data() -> KeyData {
    KeyData {
        flags: 257,
        protocol: 3,
        algorithm: 13,
        public_key: vec![0xe1, 0xe2, 0xe3, 0xe4],
    }
}

fn contact() -> Contact {
    let phone = |number: &str, extension: &str| Phone {
        number: number.to_owned(),
        extension: Some(extension.to_owned()),
    };
    Contact {
        id: ContactId::parse("Chan-1").unwrap(),
        roid: "C2-HKEPP".to_owned(),
        statuses: vec![
            ContactStatus::ClientDeleteProhibited,
            ContactStatus::ClientTransferProhibited,
            ContactStatus::ClientUpdateProhibited,
            ContactStatus::Linked,
            ContactStatus::Ok,
            ContactStatus::PendingCreate,
            ContactStatus::PendingDelete,
            ContactStatus::PendingTransfer,
            ContactStatus::PendingUpdate,
            ContactStatus::ServerDeleteProhibited,
            ContactStatus::ServerTransferProhibited,
            ContactStatus::ServerUpdateProhibited,
        ],
        details: Details {
            postal: vec![
                postal(PostalKind::International, "Chan Tai Man", "Hong Kong"),
                postal(
                    PostalKind::Local,
                    "\u{9673}\u{5927}\u{6587}",
                    "\u{9999}\u{6e2f}",
                ),
            ],
            voice: Some(phone("+852.21234567", "89")),
            fax: Some(phone("+852.27654321", "10")),
            email: "chan@mail.test".to_owned(),
            disclose: Some(Disclose {
                flag: true,
                elements: vec![
                    Disclosed::Name(PostalKind::International),
                    Disclosed::Org(PostalKind::Local),
                    Disclosed::Address(PostalKind::International),
                    Disclosed::Voice,
                    Disclosed::Fax,
                    Disclosed::Email,
                ],
            }),
        },
        sponsor: sponsor(),
        creator: creator(),
        created: instant("2027-03-01T04:05:06.789Z"),
        updated: updated(),
        transferred: Some(instant("2027-05-03T06:07:08.900Z")),
        auth_info: AuthInfo::set("2fooBAR-c", [0xa2; 16], None),
        transfer: None,
    }
}

fn postal(kind: PostalKind, name: &str, city: &str) -> PostalInfo {
    PostalInfo {
        kind,
        name: name.to_owned(),
        org: Some("Harbour Ltd".to_owned()),
        address: Address {
            street: vec!["1 Pier Road".to_owned(), "Floor 2".to_owned()],
            city: city.to_owned(),
            province: Some("HK".to_owned()),
            postal_code: Some("999077".to_owned()),
            country: "CN".to_owned(),
        },
    }
}

fn host() -> Host {
    Host {
        id: HostId(300),
        name: DomainName::parse("ns1.a.example").unwrap(),
        roid: "H3-HKEPP".to_owned(),
        superordinate: DomainName::parse("a.example").ok(),
        statuses: vec![
            HostStatus::ClientDeleteProhibited,
            HostStatus::ClientUpdateProhibited,
            HostStatus::Linked,
            HostStatus::Ok,
            HostStatus::PendingCreate,
            HostStatus::PendingDelete,
            HostStatus::PendingTransfer,
            HostStatus::PendingUpdate,
            HostStatus::ServerDeleteProhibited,
            HostStatus::ServerUpdateProhibited,
        ],
        addresses: vec![
            HostAddress::v4("203.0.113.9").unwrap(),
            HostAddress::v6("2001:db8::9").unwrap(),
        ],
        sponsor: sponsor(),
        creator: creator(),
        created: instant("2027-03-01T04:05:06.789Z"),
        updated: updated(),
        transferred: Some(instant("2027-05-03T06:07:08.900Z")),
    }
}

/// Returns a registrar with what version 1 had.
fn registrar(state: RegistrarState) -> Registrar {
    Registrar {
        id: sponsor(),
        name: "Harbour Registrar".to_owned(),
        state,
        password_hash: PasswordHash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        password_set: instant("2027-03-02T00:00:00Z"),
        pins: vec![Pin([0xb1; 32]), Pin([0xb2; 32])],
        networks: vec![
            "192.0.2.0/24".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ],
        created: instant("2027-03-01T04:05:06.789Z"),
        categories: Vec::new(),
    }
}
