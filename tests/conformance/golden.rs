//! Golden pairs: each `tests/data/<object>/<command>/<case>.req.xml` is answered by `<case>.rsp.xml`.
//!
//! `cases.toml` beside them says as whom each case is sent and after which others. `HKEPP_BLESS=1` rewrites the answers;
//! the difference is then read, not trusted. The same pairs are the samples of the registrar's manual.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hkepp::admin::message::Approval;
use hkepp::admin::{Attachments, Desk, Query, Reply, Ruling};
use hkepp::base::ident::TransactionIds;
use hkepp::flow::select::DECLARED;
use hkepp::model::RegistrarId;
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::support::client::{Login, OBJECTS};
use crate::support::{Answer, Client, Registry, Switched, instant};

/// One entry of `cases.toml`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// What the case shows, for the registrar's manual.
    pub shows: String,
    /// Registrar that sends it.
    #[serde(default = "registrar_a")]
    r#as: String,
    /// Cases sent before, each by its own registrar and after its own `after`.
    #[serde(default)]
    after: Vec<String>,
    /// Profile of the registry.
    #[serde(default = "plain")]
    profile: String,
    /// Words of the extensions named at login; all that the greeting announces when it is not said.
    announced: Option<Vec<String>>,
    /// Names of the objects named at login; all of them when it is not said.
    objects: Option<Vec<String>>,
    /// Registry time of the case, later than that of those before.
    at: Option<String>,
    /// Whether the registry approves every application before the case is sent.
    #[serde(default)]
    approved: bool,
    /// Whether the registry permits its registrar every category before the case is sent.
    #[serde(default)]
    permitted: bool,
    /// Whether the session is logged in when the case is sent.
    #[serde(default = "yes")]
    logged_in: bool,
}

fn registrar_a() -> String {
    "registrar-a".to_owned()
}

fn yes() -> bool {
    true
}

fn plain() -> String {
    "plain".to_owned()
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Reads every `cases.toml`, by `<object>/<command>/<case>`.
pub fn cases() -> BTreeMap<String, Case> {
    let mut cases = BTreeMap::new();
    for file in files(&data(), "cases.toml") {
        let text = fs::read_to_string(&file).unwrap();
        let parsed: BTreeMap<String, Case> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let folder = name_of(file.parent().unwrap());
        cases.extend(
            parsed
                .into_iter()
                .map(|(name, case)| (format!("{folder}/{name}"), case)),
        );
    }
    cases
}

/// Finds the files below `folder` whose names end in `ending`.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// Returns a path below `tests/data` with slashes.
fn name_of(path: &Path) -> String {
    let path = path.strip_prefix(data()).unwrap();
    path.to_str().unwrap().replace('\\', "/")
}

pub fn read(name: &str, ending: &str) -> String {
    let path = data().join(format!("{name}.{ending}.xml"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lists what must be sent for a case, in order: what it comes after, then itself.
fn steps<'a>(name: &'a str, cases: &'a BTreeMap<String, Case>, into: &mut Vec<&'a str>) {
    let case = cases
        .get(name)
        .unwrap_or_else(|| panic!("there is no case {name}"));
    for before in &case.after {
        steps(before, cases, into);
    }
    if !into.contains(&name) {
        into.push(name);
    }
}

/// Plays a case in a registry of its own and returns its answer.
async fn play(name: &str, cases: &BTreeMap<String, Case>) -> Answer {
    let mut order = Vec::new();
    steps(name, cases, &mut order);
    let profile: &'static str = match cases[name].profile.as_str() {
        "plain" => "plain",
        "hk" => "hk",
        other => panic!("{name}: profile {other}"),
    };
    let registry = Registry::of(profile).open().await;
    let mut answer = None;
    for step in order {
        let case = &cases[step];
        if let Some(at) = &case.at {
            registry.clock.advance_to(instant(at));
            // As the jobs of the server do.
            registry.service.settle_due().await.unwrap();
        }
        if case.approved {
            approve(&registry).await;
        }
        if case.permitted {
            permit(&registry, &case.r#as).await;
        }
        let mut client = connect(&registry, case).await;
        let before = registry.store.digest();
        let received = client.send(read(step, "req")).await;
        if received.result().is_none_or(|code| code >= 2000) {
            let unharmed = registry.store.digest() == before;
            assert!(unharmed, "{step} was refused and left something behind");
        }
        answer = Some(received);
    }
    answer.unwrap()
}

/// Returns the operator's desk.
fn desk(registry: &Registry) -> Desk<Switched> {
    Desk {
        store: registry.store.clone(),
        clock: registry.clock.clone(),
        transactions: TransactionIds::new().unwrap(),
        attachments: Attachments::new(Path::new("/nonexistent"), 1024),
    }
}

/// Lets a registrar register in every category.
async fn permit(registry: &Registry, id: &str) {
    let (desk, policy) = (desk(registry), registry.service.policy());
    let id = RegistrarId::parse(id).unwrap();
    for category in policy.restricted_categories() {
        desk.permit(&id, category, &policy).await.unwrap();
    }
}

/// Approves every application that is open.
async fn approve(registry: &Registry) {
    let desk = desk(registry);
    let policy = registry.service.policy();
    let Reply::Documents(requests) = desk.answer(Query::DocumentList(()), &policy).await else {
        panic!("applications are listed");
    };
    for request in requests.iter().filter(|request| request.state == "open") {
        let id = request.id.parse().unwrap();
        let approve = Ruling::DocumentApprove((id, Approval::default()));
        let numbers = registry.service.numbers();
        let reply = desk.rule(approve, &policy, numbers).await;
        assert!(matches!(reply, Reply::Document(view) if view.state == "approved"));
    }
}

/// Connects the registrar of a case.
async fn connect(registry: &Registry, case: &Case) -> Client {
    if !case.logged_in {
        return registry.connect(&case.r#as);
    }
    let greeting = registry.connect(&case.r#as).greeting();
    let announced = greeting.texts_of("extURI");
    let mut login = Login::of(&case.r#as);
    if let Some(names) = &case.objects {
        login = login.objects(&uris(names, &OBJECTS));
    }
    login = match &case.announced {
        Some(names) => login.extensions(&uris(names, &announced)),
        None => login.extensions(&announced),
    };
    registry.login_with(login).await
}

/// Finds the URIs that hold these words.
fn uris<'a>(names: &[String], known: &[&'a str]) -> Vec<&'a str> {
    let uri = |name: &String| *known.iter().find(|uri| uri.contains(name)).unwrap();
    names.iter().map(uri).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_to_each_golden_request_is_its_golden_response() {
    let bless = std::env::var_os("HKEPP_BLESS").is_some();
    let cases = Arc::new(cases());
    let mut playing = JoinSet::new();
    for name in cases.keys().cloned() {
        let cases = Arc::clone(&cases);
        playing.spawn(async move { (play(&name, &cases).await, name) });
    }
    let mut wrong = Vec::new();
    while let Some(played) = playing.join_next().await {
        let (answer, name) = played.unwrap();
        let said = file_name(&name)
            .get(..4)
            .and_then(|code| code.parse::<u16>().ok());
        match (said, answer.result()) {
            (Some(said), Some(code)) => assert_eq!(said, code, "{name}: {answer}"),
            (None, Some(code)) => assert!(code < 2000, "{name}: {answer}"),
            (said, None) => assert_eq!(said, None, "{name} is answered by a greeting"),
        }
        let answer = answer.pretty();
        if bless {
            fs::write(data().join(format!("{name}.rsp.xml")), answer).unwrap();
        } else if answer != read(&name, "rsp") {
            wrong.push(format!("{name} is answered by\n{answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn file_name(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, file)| file)
}

#[test]
fn golden_files_all_belong_to_a_case_with_a_sentence() {
    let cases = cases();
    let known: BTreeSet<String> = cases
        .keys()
        .flat_map(|name| ["req", "rsp"].map(|kind| format!("{name}.{kind}.xml")))
        .collect();
    let found: BTreeSet<String> = files(&data(), ".xml").iter().map(|p| name_of(p)).collect();
    let strays: Vec<&String> = known.symmetric_difference(&found).collect();
    assert!(
        strays.is_empty(),
        "without case or without file: {strays:?}"
    );
    for (name, case) in &cases {
        assert!(case.shows.ends_with('.'), "{name}: {}", case.shows);
    }
}

/// The codes each flow refuses with in its golden pairs are those it declares: none is unreached.
///
/// That no other one appears is judged of every answer of every test.
#[test]
fn declared_refusals_are_each_reached_by_a_golden_pair() {
    let cases = cases();
    for (command, declared) in DECLARED {
        let folder = command.replace(':', "/");
        for code in *declared {
            let start = format!("{folder}/{code}_");
            assert!(
                cases.keys().any(|name| name.starts_with(&start)),
                "{command} declares {code}; no case {start}*"
            );
        }
    }
}
