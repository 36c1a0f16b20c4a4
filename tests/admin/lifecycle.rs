//! The states of a domain: `docs/lifecycle.md` draws exactly the edges that a running registry walks.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::process::{Server, json};

/// Authorization information of the domain.
const SECRET: &str = "Kx7-pQ2vR9-mZ4wL8-tB6nD3-fG5h";
/// The domain.
const NAME: &str = "bay.example";

/// An edge: from, to, and what leads there.
type Edge = (String, String, String);

/// A domain, and where it has been.
struct Walk {
    server: Server,
    walked: BTreeSet<Edge>,
}

impl Walk {
    /// Returns the state the registry tells, and when the registration ends.
    fn state(&self) -> (String, Value) {
        let shown = self.server.admin(&["--json", "domain", "show", NAME]);
        if shown.status.code() == Some(1) {
            return ("none".to_owned(), Value::Null);
        }
        let view = json(&shown);
        let state = match view["state"].as_str().unwrap() {
            "ok" | "inactive" => "inUse",
            other => other,
        };
        (state.to_owned(), view["expires"].clone())
    }

    /// Walks an edge by a command or by time.
    fn edge(&mut self, label: &str, lead: impl FnOnce(&mut Self)) {
        let (from, _) = self.state();
        lead(self);
        let (to, _) = self.state();
        self.walked.insert((from, to, label.to_owned()));
    }

    /// Lets time pass, and proves that the state stays until its last second.
    fn wait(&self, days: u32) {
        let before = self.state();
        self.advance(&format!("{}s", days * 86_400 - 1));
        assert_eq!(self.state(), before, "before {days} days are over");
        self.advance("1s");
    }

    fn advance(&self, by: &str) {
        self.server.admin_json(&["sandbox", "advance", by]);
    }

    fn send(&self, registrar: &str, arguments: &[&str]) {
        self.server.epp_json(registrar, arguments);
    }

    fn create(&self) {
        let create = [
            "create",
            "domain",
            NAME,
            "--registrant",
            "C-1",
            "--auth-info",
            SECRET,
        ];
        self.send("registrar-a", &create);
    }

    fn transfer(&self, registrar: &str, operation: &str) {
        let mut arguments = vec!["transfer", "domain", operation, NAME];
        if operation == "request" {
            arguments.extend(["--auth-info", SECRET]);
        }
        self.send(registrar, &arguments);
    }
}

#[test]
fn drawing_of_the_life_of_a_domain_is_what_a_registry_walks() {
    let home = tempfile::tempdir().unwrap();
    let start = [
        "--profile",
        "plain",
        "--clock",
        "manual",
        "--start-time",
        "2030-01-01T00:00:00Z",
    ];
    let server = Server::sandbox(home.path(), &start);
    #[rustfmt::skip]
    server.epp_json("registrar-a", &[
        "create", "contact", "C-1", "--name", "Chan", "--city", "Central", "--cc", "HK", "--email", "c@harbour.test",
    ]);
    let mut walk = Walk {
        server,
        walked: BTreeSet::new(),
    };
    walk_use(&mut walk);
    walk_transfers(&mut walk);
    walk_deletion(&mut walk);
    let drawn = drawn(include_str!("../../docs/lifecycle.md"));
    assert_eq!(walk.walked, drawn);
    assert!(drawn.len() >= 15, "{drawn:?}");
}

fn walk_use(walk: &mut Walk) {
    walk.edge("create", |walk| walk.create());
    let delete = |walk: &mut Walk| walk.send("registrar-a", &["delete", "domain", NAME]);
    walk.edge("delete within the add grace", delete);
    walk.create();
    walk.edge("expiry", |walk| {
        walk.wait(364);
        let (_, before) = walk.state();
        walk.wait(1);
        let (_, after) = walk.state();
        assert_eq!(
            [before, after],
            ["2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"]
        );
    });
    walk.edge("renew", |walk| {
        let renew = ["renew", "domain", NAME, "--current-expiry", "2032-01-01"];
        walk.send("registrar-a", &renew);
        assert_eq!(walk.state().1, "2033-01-01T00:00:00Z");
    });
}

fn walk_transfers(walk: &mut Walk) {
    // Authorization information is forgotten after some days.
    let renew = ["update", "domain", NAME, "--auth-info", SECRET];
    walk.send("registrar-a", &renew);
    for (registrar, operation) in [("registrar-b", "cancel"), ("registrar-a", "reject")] {
        let request = |walk: &mut Walk| walk.transfer("registrar-b", "request");
        walk.edge("transfer request", request);
        let end = |walk: &mut Walk| walk.transfer(registrar, operation);
        walk.edge(&format!("transfer {operation}"), end);
    }
    walk.transfer("registrar-b", "request");
    walk.edge("5 days", |walk| walk.wait(5));
    walk.send("registrar-b", &renew);
    walk.transfer("registrar-a", "request");
    walk.edge("transfer approve", |walk| {
        walk.transfer("registrar-b", "approve")
    });
}

fn walk_deletion(walk: &mut Walk) {
    let delete = |walk: &mut Walk| walk.send("registrar-a", &["delete", "domain", NAME]);
    let request = |walk: &mut Walk| walk.send("registrar-a", &["restore", "request", NAME]);
    #[rustfmt::skip]
    let report = |walk: &mut Walk| walk.send("registrar-a", &[
        "restore", "report", NAME, "--deleted", "2031-01-06T00:00:00Z", "--restored", "2031-01-06T00:00:00Z",
        "--reason", "Deleted by mistake", "--statement", "The holder asked for it", "--statement", "The report is true",
    ]);
    walk.edge("delete", delete);
    walk.edge("restore request", request);
    walk.edge("restore report", report);
    delete(walk);
    request(walk);
    walk.edge("7 days", |walk| walk.wait(7));
    walk.edge("30 days", |walk| walk.wait(30));
    walk.edge("5 days", |walk| walk.wait(5));
}

/// Reads the edges of the drawing.
fn drawn(document: &str) -> BTreeSet<Edge> {
    let edge = |line: &str| {
        let (from, rest) = line.trim().split_once(" --> ")?;
        let (to, label) = rest.split_once(": ")?;
        Some((from.to_owned(), to.to_owned(), label.to_owned()))
    };
    document.lines().filter_map(edge).collect()
}
