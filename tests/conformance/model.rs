//! Random commands of two registrars against a model of two maps, and races for one name.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::client::object_command;
use crate::support::{Answer, Client, REGISTRARS, Registry};

const DOMAINS: [&str; 3] = ["a.example", "b.example", "c.example"];
const CONTACTS: [&str; 3] = ["ann", "Bob", "cho"];
/// Two below each of two domains, one elsewhere.
const HOSTS: [&str; 5] = [
    "ns1.a.example",
    "ns2.a.example",
    "ns1.b.example",
    "b.example",
    "ns.provider.test",
];

/// A command of a registrar; objects by their number in the lists above.
#[derive(Clone, Debug)]
enum Step {
    CheckDomains,
    CheckContacts,
    CheckHosts,
    InfoDomain(usize),
    InfoContact(usize),
    InfoHost(usize),
    CreateContact(usize),
    CreateHost {
        host: usize,
        address: bool,
    },
    CreateDomain {
        domain: usize,
        registrant: usize,
        technical: Option<usize>,
        hosts: Vec<usize>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let host = 0..HOSTS.len();
    let domain = (
        0..DOMAINS.len(),
        0..CONTACTS.len(),
        proptest::option::of(0..CONTACTS.len()),
        proptest::collection::vec(host.clone(), 0..3),
    );
    prop_oneof![
        1 => Just(Step::CheckDomains),
        1 => Just(Step::CheckContacts),
        1 => Just(Step::CheckHosts),
        2 => (0..DOMAINS.len()).prop_map(Step::InfoDomain),
        2 => (0..CONTACTS.len()).prop_map(Step::InfoContact),
        2 => host.clone().prop_map(Step::InfoHost),
        3 => (0..CONTACTS.len()).prop_map(Step::CreateContact),
        3 => (host, any::<bool>()).prop_map(|(host, address)| Step::CreateHost { host, address }),
        4 => domain.prop_map(|(domain, registrant, technical, hosts)| Step::CreateDomain {
            domain,
            registrant,
            technical,
            hosts,
        }),
    ]
}

/// What a registry remembers, as simply as can be.
#[derive(Debug, Default)]
struct Model {
    /// Sponsor and links of each contact.
    contacts: BTreeMap<usize, (usize, u32)>,
    /// Each host.
    hosts: BTreeMap<usize, Host>,
    /// Sponsor and name servers of each domain.
    domains: BTreeMap<usize, (usize, Vec<usize>)>,
}

#[derive(Debug)]
struct Host {
    sponsor: usize,
    address: bool,
    links: u32,
}

/// Returns the domain a host is below, by its number; nothing for one elsewhere.
fn superordinate(host: usize) -> Option<usize> {
    DOMAINS
        .iter()
        .position(|domain| HOSTS[host].ends_with(domain))
}

impl Model {
    /// Carries a step of `registrar` out and returns its code.
    fn apply(&mut self, registrar: usize, step: &Step) -> u16 {
        match step {
            Step::CheckDomains | Step::CheckContacts | Step::CheckHosts => 1000,
            Step::InfoDomain(domain) => known(self.domains.contains_key(domain)),
            Step::InfoHost(host) => known(self.hosts.contains_key(host)),
            Step::InfoContact(contact) => match self.contacts.get(contact) {
                Some((sponsor, _)) if *sponsor != registrar => 2201,
                found => known(found.is_some()),
            },
            Step::CreateContact(contact) => {
                if self.contacts.contains_key(contact) {
                    return 2302;
                }
                self.contacts.insert(*contact, (registrar, 0));
                1000
            }
            Step::CreateHost { host, address } => self.create_host(registrar, *host, *address),
            Step::CreateDomain {
                domain,
                registrant,
                technical,
                hosts,
            } => {
                let contacts: Vec<usize> = [*registrant].into_iter().chain(*technical).collect();
                self.create_domain(registrar, *domain, &contacts, hosts)
            }
        }
    }

    fn create_host(&mut self, registrar: usize, host: usize, address: bool) -> u16 {
        if let Some(domain) = superordinate(host) {
            match self.domains.get(&domain) {
                None => return 2303,
                Some((sponsor, _)) if *sponsor != registrar => return 2201,
                Some(_) => {}
            }
        }
        if self.hosts.contains_key(&host) {
            return 2302;
        }
        if superordinate(host).is_none() && address {
            return 2306;
        }
        let new = Host {
            sponsor: registrar,
            address,
            links: 0,
        };
        self.hosts.insert(host, new);
        1000
    }

    fn create_domain(
        &mut self,
        registrar: usize,
        domain: usize,
        contacts: &[usize],
        hosts: &[usize],
    ) -> u16 {
        if hosts.len() == 2 && hosts[0] == hosts[1] {
            return 2306;
        }
        if self.domains.contains_key(&domain) {
            return 2302;
        }
        if contacts
            .iter()
            .any(|contact| !self.contacts.contains_key(contact))
        {
            return 2303;
        }
        if hosts.iter().any(|host| !self.hosts.contains_key(host)) {
            return 2303;
        }
        let glueless = |host: &usize| superordinate(*host).is_some() && !self.hosts[host].address;
        if hosts.iter().any(glueless) {
            return 2306;
        }
        for contact in contacts {
            self.contacts.get_mut(contact).unwrap().1 += 1;
        }
        for host in hosts {
            self.hosts.get_mut(host).unwrap().links += 1;
        }
        self.domains.insert(domain, (registrar, hosts.to_vec()));
        1000
    }

    /// Returns sponsor, statuses and name servers that the answer to an info shows.
    fn seen(&self, step: &Step) -> Option<(usize, Vec<&'static str>, Vec<&'static str>)> {
        let linked = |links: u32| {
            if links > 0 {
                vec!["linked", "ok"]
            } else {
                vec!["ok"]
            }
        };
        match step {
            Step::InfoDomain(domain) => {
                let (sponsor, hosts) = &self.domains[domain];
                let status = if hosts.is_empty() { "inactive" } else { "ok" };
                let names = hosts.iter().map(|host| HOSTS[*host]).collect();
                Some((*sponsor, vec![status], names))
            }
            Step::InfoContact(contact) => {
                let (sponsor, links) = self.contacts[contact];
                Some((sponsor, linked(links), Vec::new()))
            }
            Step::InfoHost(host) => {
                let host = &self.hosts[host];
                Some((host.sponsor, linked(host.links), Vec::new()))
            }
            Step::CheckDomains
            | Step::CheckContacts
            | Step::CheckHosts
            | Step::CreateContact(_)
            | Step::CreateHost { .. }
            | Step::CreateDomain { .. } => None,
        }
    }

    /// Returns the verdicts of a check.
    fn available(&self, step: &Step) -> Option<Vec<bool>> {
        let free =
            |count: usize, taken: &dyn Fn(usize) -> bool| (0..count).map(|i| !taken(i)).collect();
        match step {
            Step::CheckDomains => Some(free(DOMAINS.len(), &|i| self.domains.contains_key(&i))),
            Step::CheckContacts => Some(free(CONTACTS.len(), &|i| self.contacts.contains_key(&i))),
            Step::CheckHosts => Some(free(HOSTS.len(), &|i| self.hosts.contains_key(&i))),
            Step::InfoDomain(_)
            | Step::InfoContact(_)
            | Step::InfoHost(_)
            | Step::CreateContact(_)
            | Step::CreateHost { .. }
            | Step::CreateDomain { .. } => None,
        }
    }
}

fn known(known: bool) -> u16 {
    if known { 1000 } else { 2303 }
}

impl Step {
    /// Returns the command.
    fn content(&self) -> String {
        let name = |object: &str, name: &str| format!("<{object}:name>{name}</{object}:name>");
        let id = |id: &str| format!("<contact:id>{id}</contact:id>");
        match self {
            Self::CheckDomains => object_command(
                "check",
                "domain",
                &DOMAINS.map(|d| name("domain", d)).concat(),
            ),
            Self::CheckContacts => object_command("check", "contact", &CONTACTS.map(id).concat()),
            Self::CheckHosts => {
                object_command("check", "host", &HOSTS.map(|h| name("host", h)).concat())
            }
            Self::InfoDomain(domain) => {
                object_command("info", "domain", &name("domain", DOMAINS[*domain]))
            }
            Self::InfoContact(contact) => {
                object_command("info", "contact", &id(CONTACTS[*contact]))
            }
            Self::InfoHost(host) => object_command("info", "host", &name("host", HOSTS[*host])),
            Self::CreateContact(contact) => create_contact(CONTACTS[*contact]),
            Self::CreateHost { host, address } => {
                let address = if *address {
                    "<host:addr>203.0.113.7</host:addr>"
                } else {
                    ""
                };
                object_command("create", "host", &(name("host", HOSTS[*host]) + address))
            }
            Self::CreateDomain {
                domain,
                registrant,
                technical,
                hosts,
            } => {
                let technical = technical.map(|contact| CONTACTS[contact]);
                let hosts: Vec<&str> = hosts.iter().map(|host| HOSTS[*host]).collect();
                create_domain(DOMAINS[*domain], &hosts, CONTACTS[*registrant], technical)
            }
        }
    }
}

fn create_contact(id: &str) -> String {
    let details = "<contact:postalInfo type=\"int\"><contact:name>Chan Tai Man</contact:name>\
                   <contact:addr><contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc>\
                   </contact:addr></contact:postalInfo><contact:email>a@mail.test</contact:email>\
                   <contact:authInfo><contact:pw/></contact:authInfo>";
    object_command(
        "create",
        "contact",
        &format!("<contact:id>{id}</contact:id>{details}"),
    )
}

fn create_domain(name: &str, hosts: &[&str], registrant: &str, technical: Option<&str>) -> String {
    let host = |host: &&str| format!("<domain:hostObj>{host}</domain:hostObj>");
    let hosts = hosts.iter().map(host).collect::<String>();
    let hosts = if hosts.is_empty() {
        hosts
    } else {
        format!("<domain:ns>{hosts}</domain:ns>")
    };
    let technical = technical.map_or_else(String::new, |id| {
        format!("<domain:contact type=\"tech\">{id}</domain:contact>")
    });
    let content = format!(
        "<domain:name>{name}</domain:name>{hosts}<domain:registrant>{registrant}</domain:registrant>\
         {technical}<domain:authInfo><domain:pw/></domain:authInfo>"
    );
    object_command("create", "domain", &content)
}

/// Returns the values of the attribute that starts with `mark`, in order of the alphabet where it is a status.
fn attributes<'a>(answer: &'a Answer, mark: &str) -> Vec<&'a str> {
    let pieces = answer.as_str().split(mark).skip(1);
    pieces.map(|rest| rest.split('"').next().unwrap()).collect()
}

fn compare(model: &Model, step: &Step, answer: &Answer) {
    if let Some(available) = model.available(step) {
        let verdicts = attributes(answer, " avail=\"");
        let verdicts: Vec<bool> = verdicts.into_iter().map(|avail| avail == "1").collect();
        assert_eq!(verdicts, available, "{answer}");
    }
    let Some((sponsor, statuses, name_servers)) = model.seen(step) else {
        return;
    };
    assert!(
        answer.has(&format!(":clID>{}<", REGISTRARS[sponsor])),
        "{answer}"
    );
    let mut seen = attributes(answer, ":status s=\"");
    seen.sort_unstable();
    assert_eq!(seen, statuses, "{answer}");
    assert_eq!(answer.texts_of("domain:hostObj"), name_servers, "{answer}");
}

async fn play(steps: Vec<(usize, Step)>) {
    let registry = Registry::plain().await;
    let mut clients: Vec<Client> = Vec::new();
    for id in &REGISTRARS[..2] {
        clients.push(registry.login(id).await);
    }
    let mut model = Model::default();
    for (registrar, step) in steps {
        let before = registry.store.digest();
        let answer = clients[registrar].command(&step.content()).await;
        let expected = model.apply(registrar, &step);
        assert_eq!(answer.code(), expected, "{registrar} {step:?}: {answer}");
        if expected == 1000 {
            compare(&model, &step, &answer);
        } else {
            assert_eq!(
                registry.store.digest(),
                before,
                "{step:?} left something behind"
            );
        }
    }
}

#[test]
fn random_commands_of_two_registrars_match_the_model() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = proptest::collection::vec((0..2_usize, step()), 1..60);
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(play(steps));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Lets clients send one command each at the same time, round by round, and returns the codes of every round.
async fn race(rounds: usize, command: fn(usize) -> String) -> Vec<Vec<u16>> {
    let registry = Registry::plain().await;
    let mut clients = Vec::new();
    for id in ["registrar-a", "registrar-b"] {
        clients.push(registry.login(id).await);
    }
    for content in [
        create_contact("ann"),
        object_command("create", "host", "<host:name>ns.provider.test</host:name>"),
    ] {
        assert_eq!(clients[0].command(&content).await.code(), 1000);
    }
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(clients.len()));
    let runs: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let start = std::sync::Arc::clone(&start);
            tokio::spawn(async move {
                let mut codes = Vec::new();
                for round in 0..rounds {
                    start.wait().await;
                    codes.push(client.command(&command(round)).await.code());
                }
                codes
            })
        })
        .collect();
    let mut rounds = vec![Vec::new(); rounds];
    for run in runs {
        for (round, code) in rounds.iter_mut().zip(run.await.unwrap()) {
            round.push(code);
        }
    }
    rounds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_for_a_domain_has_one_winner_a_thousand_times() {
    let command = |round| {
        create_domain(
            &format!("r{round}.example"),
            &["ns.provider.test"],
            "ann",
            None,
        )
    };
    for (round, mut codes) in race(1000, command).await.into_iter().enumerate() {
        codes.sort_unstable();
        assert_eq!(codes, [1000, 2302], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_for_a_contact_or_a_host_has_one_winner() {
    let contact = |round| create_contact(&format!("racer-{round}"));
    let host = |round| {
        let name = format!("<host:name>ns{round}.provider.test</host:name>");
        object_command("create", "host", &name)
    };
    for mut codes in race(200, contact)
        .await
        .into_iter()
        .chain(race(200, host).await)
    {
        codes.sort_unstable();
        assert_eq!(codes, [1000, 2302]);
    }
}
