//! Who may do what to an object in which status: `docs/authorization.md` is written from real answers
//! (`HKEPP_BLESS=1`), and every answer is first judged by the rules below, which know nothing of the product's table.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hkepp::model::host::HostId;
use hkepp::model::status::{ContactStatus, DomainStatus, HostStatus};
use hkepp::model::{Contact, ContactId, Domain, DomainName, Host};
use hkepp::store::record::Entity;
use hkepp::store::{Audit, ChangeSet, Key, Store, Write, keys, read, record};

use crate::support::{Client, Registry, instant, start};

const STRONG: &str = "Star.Ferry-2026+Pier7-x";
const OBJECTS: [&str; 3] = ["domain", "contact", "host"];
/// The commands, with the objects that know them.
const COMMANDS: [(&str, &[&str]); 9] = [
    ("info", &OBJECTS),
    ("update", &OBJECTS),
    ("renew", &["domain"]),
    ("delete", &OBJECTS),
    ("transfer request", &["domain", "contact"]),
    ("transfer query", &["domain", "contact"]),
    ("transfer approve", &["domain", "contact"]),
    ("transfer reject", &["domain", "contact"]),
    ("transfer cancel", &["domain", "contact"]),
];
/// Statuses an object is put into, with the objects that know them; `ok` stands for none.
const STATUSES: [(&str, &[&str]); 13] = [
    ("ok", &OBJECTS),
    ("clientDeleteProhibited", &OBJECTS),
    ("serverDeleteProhibited", &OBJECTS),
    ("clientHold", &["domain"]),
    ("serverHold", &["domain"]),
    ("clientRenewProhibited", &["domain"]),
    ("serverRenewProhibited", &["domain"]),
    ("clientTransferProhibited", &["domain", "contact"]),
    ("serverTransferProhibited", &["domain", "contact"]),
    ("clientUpdateProhibited", &OBJECTS),
    ("serverUpdateProhibited", &OBJECTS),
    ("pendingTransfer", &["domain", "contact"]),
    ("pendingDelete", &["domain"]),
];

/// Who sends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Sponsor,
    Other,
    OtherRight,
    OtherWrong,
}

impl Caller {
    const ALL: [Self; 4] = [
        Self::Sponsor,
        Self::Other,
        Self::OtherRight,
        Self::OtherWrong,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Sponsor => "sponsor",
            Self::Other => "other",
            Self::OtherRight => "other, right authInfo",
            Self::OtherWrong => "other, wrong authInfo",
        }
    }

    fn secret(self) -> Option<&'static str> {
        match self {
            Self::Sponsor | Self::Other => None,
            Self::OtherRight => Some(STRONG),
            Self::OtherWrong => Some("Star.Ferry-2026+Pier7-y"),
        }
    }
}

/// Says whether a caller can give authorization information with a command.
fn takes_secret(command: &str, object: &str) -> bool {
    object != "host" && matches!(command, "info" | "transfer request" | "transfer query")
}

/// Returns the code that RFC 5730 to 5733 and 9154 ask for.
fn rule(command: &str, object: &str, status: &str, caller: Caller) -> u16 {
    let sponsor = caller == Caller::Sponsor;
    if caller == Caller::OtherWrong {
        return 2202;
    }
    let pending = status.starts_with("pending");
    let forbidden = |what: &str| status.ends_with(&format!("{what}Prohibited"));
    let transform = |forbidden: bool| match (sponsor, forbidden || pending) {
        (false, _) => 2201,
        (true, true) => 2304,
        (true, false) => 1000,
    };
    let under_way = status == "pendingTransfer";
    match command {
        "info" if object == "contact" && caller == Caller::Other => 2201,
        "info" => 1000,
        "update" => transform(forbidden("Update")),
        "renew" => transform(forbidden("Renew")),
        "delete" => transform(forbidden("Delete")),
        "transfer request" => match caller {
            Caller::Sponsor => 2106,
            Caller::Other => 2003,
            Caller::OtherRight if under_way => 2300,
            Caller::OtherRight if forbidden("Transfer") || pending => 2304,
            Caller::OtherRight | Caller::OtherWrong => 1001,
        },
        "transfer query" if caller == Caller::Other => 2201,
        "transfer query" if under_way => 1000,
        "transfer query" => 2301,
        "transfer cancel" if under_way => 2201,
        "transfer approve" | "transfer reject" | "transfer cancel" => match (sponsor, under_way) {
            (false, _) => 2201,
            (true, true) => 1000,
            (true, false) => 2301,
        },
        other => panic!("no rule for {other}"),
    }
}

/// Returns how an object is named.
fn name(object: &str) -> &'static str {
    match object {
        "domain" => "<domain:name>harbour.example</domain:name>",
        "contact" => "<contact:id>chan-1</contact:id>",
        "host" => "<host:name>ns.provider.test</host:name>",
        other => panic!("no object {other}"),
    }
}

/// Returns a command as it is sent.
fn document(command: &str, object: &str, secret: Option<&str>) -> String {
    let auth = secret.map_or_else(String::new, |secret| {
        format!("<{object}:authInfo><{object}:pw>{secret}</{object}:pw></{object}:authInfo>")
    });
    let (verb, operation) = match command.split_once(' ') {
        Some((verb, operation)) => (verb, format!(" op=\"{operation}\"")),
        None => (command, String::new()),
    };
    let more = match (command, object) {
        ("update", "host") => {
            "<host:chg><host:name>ns9.provider.test</host:name></host:chg>".to_owned()
        }
        ("update", _) => format!(
            "<{object}:chg><{object}:authInfo><{object}:pw/></{object}:authInfo></{object}:chg>"
        ),
        ("renew", _) => "<domain:curExpDate>2028-03-01</domain:curExpDate>".to_owned(),
        _ => auth,
    };
    format!(
        "<{verb}{operation}><{object}:{verb} xmlns:{object}=\"urn:ietf:params:xml:ns:{object}-1.0\">\
         {}{more}</{object}:{verb}></{verb}>",
        name(object)
    )
}

/// Changes a stored record as no command could.
async fn edit<T: Entity>(registry: &Registry, key: Key, change: impl FnOnce(&mut T)) {
    let (mut record, _) = read::<T, _>(&registry.store, &key).await.unwrap().unwrap();
    change(&mut record);
    let mut change = ChangeSet::new(Audit {
        at: start(),
        server_transaction: String::new(),
        client_transaction: None,
        actor: "operator".to_owned(),
        command: "status:set".to_owned(),
        object: key.to_string(),
    });
    change
        .writes
        .push(Write::Put(key, record::encode(&record).unwrap()));
    registry.store.commit(change).await.unwrap();
}

/// Creates the objects, and puts one of them into a status.
async fn prepare(object: &str, status: &str) -> (Registry, Client) {
    let registry = Registry::plain().await;
    let mut a = registry.login("registrar-a").await;
    let contact = format!(
        "{}<contact:postalInfo type=\"int\"><contact:name>Chan Tai Man</contact:name><contact:addr>\
         <contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>\
         <contact:email>a@mail.test</contact:email><contact:authInfo><contact:pw>{STRONG}</contact:pw></contact:authInfo>",
        name("contact")
    );
    a.create("contact", &contact).await;
    a.create("host", name("host")).await;
    if object == "domain" {
        let domain = format!(
            "{}<domain:registrant>chan-1</domain:registrant><domain:authInfo><domain:pw>{STRONG}</domain:pw></domain:authInfo>",
            name("domain")
        );
        a.create("domain", &domain).await;
    }
    match status {
        "ok" => {}
        "pendingTransfer" => {
            let mut c = registry.login("registrar-c").await;
            let asked = c
                .command(&document("transfer request", object, Some(STRONG)))
                .await;
            assert_eq!(asked.code(), 1001, "{asked}");
        }
        "pendingDelete" => {
            registry.clock.advance_to(instant("2027-03-07T00:00:00Z"));
            a.expect("delete", object, name(object), 1001).await;
        }
        other => match object {
            "domain" => {
                let key = keys::domain(&DomainName::parse("harbour.example").unwrap());
                let status = DomainStatus::parse(other).unwrap();
                edit(&registry, key, |domain: &mut Domain| {
                    domain.statuses.push(status)
                })
                .await;
            }
            "contact" => {
                let key = keys::contact(&ContactId::parse("chan-1").unwrap());
                let status = ContactStatus::parse(other).unwrap();
                edit(&registry, key, |contact: &mut Contact| {
                    contact.statuses.push(status)
                })
                .await;
            }
            _ => {
                let name = keys::host_name(&DomainName::parse("ns.provider.test").unwrap());
                let (id, _) = read::<HostId, _>(&registry.store, &name)
                    .await
                    .unwrap()
                    .unwrap();
                let status = HostStatus::parse(other).unwrap();
                edit(&registry, keys::host(id), |host: &mut Host| {
                    host.statuses.push(status)
                })
                .await;
            }
        },
    }
    (registry, a)
}

/// Sends a command and returns the code of its answer.
async fn ask(command: &str, object: &str, status: &str, caller: Caller) -> u16 {
    let (registry, mut a) = prepare(object, status).await;
    let document = document(command, object, caller.secret());
    if caller == Caller::Sponsor {
        return a.command(&document).await.code();
    }
    let mut b = registry.login("registrar-b").await;
    b.command(&document).await.code()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_obeys_the_rules_in_every_status_and_the_table_says_so() {
    let mut table = String::from(
        "# Who may do what\n\nThe code each command is answered with, by the status of the object and by who sends it: the sponsoring\n\
         registrar, or another one, without authorization information, with the right or with a wrong one. A pending\n\
         transfer is one that a third registrar asked for. Written and checked by the tests.\n",
    );
    for object in OBJECTS {
        for (command, _) in COMMANDS
            .iter()
            .filter(|(_, objects)| objects.contains(&object))
        {
            let callers = Caller::ALL
                .into_iter()
                .filter(|caller| caller.secret().is_none() || takes_secret(command, object));
            let callers: Vec<Caller> = callers.collect();
            write!(table, "\n## {object}: {command}\n\n| status |").unwrap();
            for caller in &callers {
                write!(table, " {} |", caller.title()).unwrap();
            }
            writeln!(table, "\n| --- |{}", " --- |".repeat(callers.len())).unwrap();
            let statuses = STATUSES
                .iter()
                .filter(|(_, objects)| objects.contains(&object));
            for (status, _) in statuses {
                write!(table, "| {status} |").unwrap();
                for caller in &callers {
                    let code = ask(command, object, status, *caller).await;
                    let expected = rule(command, object, status, *caller);
                    assert_eq!(
                        code, expected,
                        "{command} of a {object} in {status} by {caller:?}"
                    );
                    write!(table, " {code} |").unwrap();
                }
                table.push('\n');
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authorization.md");
    if std::env::var_os("HKEPP_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert!(
        written == table,
        "docs/authorization.md is out of date: run this test with HKEPP_BLESS=1"
    );
}
