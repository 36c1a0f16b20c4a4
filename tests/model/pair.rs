//! Two commands that exclude each other, sent at once over the durable store: one is carried out, the other is refused.

use hkepp::fuzzing::step::REGISTRARS;

use crate::number;
use crate::race::{Registry, Session, object, send};

/// A registrar's command, by its place.
type Sent = (usize, String);

/// Two commands on objects of their own.
struct Pair {
    name: &'static str,
    /// What makes the objects; all of it succeeds.
    before: Vec<Sent>,
    left: Sent,
    right: Sent,
    /// Codes when the left one comes first, and when the right one does.
    codes: [(u16, u16); 2],
}

fn contact(id: &str) -> String {
    object(
        "create",
        "contact",
        &format!(
            "<contact:id>{id}</contact:id><contact:postalInfo type=\"int\"><contact:name>Jan de Vries\
             </contact:name><contact:addr><contact:city>Delft</contact:city><contact:cc>NL</contact:cc>\
             </contact:addr></contact:postalInfo><contact:email>a@mail.test</contact:email>\
             <contact:authInfo><contact:pw/></contact:authInfo>"
        ),
    )
}

fn host(name: &str, address: bool) -> String {
    let address = if address {
        "<host:addr>203.0.113.7</host:addr>"
    } else {
        ""
    };
    object(
        "create",
        "host",
        &format!("<host:name>{name}</host:name>{address}"),
    )
}

const SECRET: &str = "Harbour-2026-ferries!Pier-7";

fn domain(name: &str, registrant: &str, server: Option<&str>) -> String {
    let server = server.map_or_else(String::new, |server| {
        format!("<domain:ns><domain:hostObj>{server}</domain:hostObj></domain:ns>")
    });
    object(
        "create",
        "domain",
        &format!(
            "<domain:name>{name}</domain:name>{server}<domain:registrant>{registrant}\
             </domain:registrant><domain:authInfo><domain:pw>{SECRET}</domain:pw></domain:authInfo>"
        ),
    )
}

fn delete(kind: &str, field: &str, name: &str) -> String {
    object(
        "delete",
        kind,
        &format!("<{kind}:{field}>{name}</{kind}:{field}>"),
    )
}

fn transfer(operation: &str, name: &str) -> String {
    let content = format!(
        "<domain:name>{name}</domain:name><domain:authInfo><domain:pw>{SECRET}</domain:pw>\
         </domain:authInfo>"
    );
    let operation = format!("<transfer op=\"{operation}\">");
    object("transfer", "domain", &content).replacen("<transfer>", &operation, 1)
}

fn pairs(round: u64) -> Vec<Pair> {
    let id = format!("p-{round}");
    let [one, two] = [1, 2].map(|number| format!("p{round}-{number}.example"));
    let (outside, below) = (format!("ns.p{round}.test"), format!("ns.{one}"));
    let registrant = (0, contact(&id));
    vec![
        Pair {
            name: "a contact's end and its use",
            before: vec![registrant.clone()],
            left: (0, delete("contact", "id", &id)),
            right: (1, domain(&one, &id, None)),
            codes: [(1000, 2303), (2305, 1000)],
        },
        Pair {
            name: "a host's end and its use",
            before: vec![registrant.clone(), (0, host(&outside, false))],
            left: (0, delete("host", "name", &outside)),
            right: (1, domain(&one, &id, Some(&outside))),
            codes: [(1000, 2303), (2305, 1000)],
        },
        Pair {
            name: "an address's end and its use",
            before: vec![
                registrant.clone(),
                (0, domain(&one, &id, None)),
                (0, host(&below, true)),
            ],
            left: (
                0,
                object(
                    "update",
                    "host",
                    &format!(
                        "<host:name>{below}</host:name><host:rem><host:addr>203.0.113.7</host:addr>\
                         </host:rem>"
                    ),
                ),
            ),
            right: (1, domain(&two, &id, Some(&below))),
            codes: [(1000, 2306), (2305, 1000)],
        },
        Pair {
            name: "a host's new name and its use by another",
            before: vec![registrant.clone(), (0, host(&outside, false))],
            left: (
                0,
                object(
                    "update",
                    "host",
                    &format!(
                        "<host:name>{outside}</host:name><host:chg><host:name>new.{outside}\
                         </host:name></host:chg>"
                    ),
                ),
            ),
            right: (1, domain(&one, &id, Some(&outside))),
            codes: [(1000, 2303), (2305, 1000)],
        },
        Pair {
            name: "a domain's end and a host below it",
            before: vec![registrant.clone(), (0, domain(&one, &id, None))],
            left: (0, delete("domain", "name", &one)),
            right: (0, host(&below, true)),
            codes: [(1000, 2303), (2305, 1000)],
        },
        Pair {
            name: "a domain's end and its transfer",
            before: vec![registrant.clone(), (0, domain(&one, &id, None))],
            left: (0, delete("domain", "name", &one)),
            right: (1, transfer("request", &one)),
            codes: [(1000, 2303), (2304, 1001)],
        },
        Pair {
            name: "two transfers",
            before: vec![registrant.clone(), (0, domain(&one, &id, None))],
            left: (1, transfer("request", &one)),
            right: (2, transfer("request", &one)),
            codes: [(1001, 2300), (2300, 1001)],
        },
        Pair {
            name: "a transfer's approval and its cancelling",
            before: vec![
                registrant,
                (0, domain(&one, &id, None)),
                (1, transfer("request", &one)),
            ],
            left: (0, transfer("approve", &one)),
            right: (1, transfer("cancel", &one)),
            // Once it is approved the requester sponsors the domain, and no transfer is under way.
            codes: [(1000, 2301), (2301, 1000)],
        },
    ]
}

/// Returns the sessions of two registrars, or both of one.
fn two(sessions: &mut [(usize, Session)], left: usize, right: usize) -> [&mut Session; 2] {
    let place = |registrar: usize, second: bool| 2 * registrar + usize::from(second);
    let places = [place(left, false), place(right, true)];
    let sessions = sessions.get_disjoint_mut(places).unwrap();
    sessions.map(|(_, session)| session)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_exclude_each_other_have_one_winner() {
    let rounds = number("HKEPP_PAIR_ROUNDS", 20);
    let registry = Registry::open().await;
    let mut sessions = registry.sessions().await;
    assert_eq!(sessions.len(), 2 * REGISTRARS.len());
    let kinds = pairs(0).len();
    for round in 0..rounds * kinds as u64 {
        let pair = pairs(round).swap_remove(round as usize % kinds);
        for (registrar, document) in &pair.before {
            let view = send(&mut sessions[2 * registrar].1, document).await;
            assert!(view.code < 2000, "{}: {document}: {view}", pair.name);
        }
        let [left, right] = two(&mut sessions, pair.left.0, pair.right.0);
        let (left, right) = if (round / kinds as u64).is_multiple_of(2) {
            tokio::join!(send(left, &pair.left.1), send(right, &pair.right.1))
        } else {
            let (right, left) = tokio::join!(send(right, &pair.right.1), send(left, &pair.left.1));
            (left, right)
        };
        let codes = (left.code, right.code);
        assert!(pair.codes.contains(&codes), "{}: {codes:?}", pair.name);
    }
    let lost = registry.judge().await;
    println!("{rounds} rounds of {kinds} pairs, one winner each; {lost} commits lost a race");
    assert!(lost > rounds, "too few pairs ever met: {lost}");
}
