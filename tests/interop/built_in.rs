//! The built-in client walks through what is served, as a shell script would use it.

use serde_json::Value;

use crate::process::{Server, json};

/// The registry and its client.
struct Walk {
    server: Server,
    steps: usize,
}

impl Walk {
    /// Sends a command as a registrar and checks code and exit code; returns the data.
    fn step(&mut self, code: u16, registrar: &str, arguments: &[&str]) -> Value {
        let output = self
            .server
            .epp(registrar, &[&["--json"], arguments].concat());
        let mut answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"));
        println!("{registrar} {arguments:?}: {}", answer["code"]);
        assert_eq!(answer["code"], code, "{arguments:?}: {answer}");
        let exit = i32::from(code >= 2000);
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        assert!(answer["server-transaction"].is_string(), "{answer}");
        self.steps += 1;
        answer["data"].take()
    }
}

#[test]
fn walk_built_in_client_passes() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let greeting = json(&server.epp("registrar-a", &["--json", "hello"]));
    assert_eq!(greeting["svcMenu"]["lang"][0], "en");
    let mut walk = Walk { server, steps: 0 };
    walk_logins(&mut walk);
    walk_contacts(&mut walk);
    walk_domains(&mut walk);
    walk_updates(&mut walk);
    walk_the_life_of_a_domain(&mut walk);
    println!("{} steps", walk.steps);
    walk.server.stop();
}

fn walk_logins(walk: &mut Walk) {
    walk.step(1000, "registrar-a", &["login"]);
    walk.step(2200, "registrar-a", &["--password", "Wrong-2026", "login"]);
    let passwords = tempfile::tempdir().unwrap();
    let new = passwords.path().join("new");
    std::fs::write(&new, "a password far beyond sixteen characters\n").unwrap();
    let new = new.to_str().unwrap();
    walk.step(1000, "registrar-c", &["login", "--new-password-file", new]);
    walk.step(2200, "registrar-c", &["login"]);
    walk.step(1000, "registrar-c", &["--password-file", new, "login"]);
}

fn walk_contacts(walk: &mut Walk) {
    let data = walk.step(1000, "registrar-a", &["check", "contact", "own-1", "own-2"]);
    assert_eq!([&data[0]["available"], &data[1]["available"]], [true, true]);
    #[rustfmt::skip]
    let chan = [
        "create", "contact", "own-1", "--name", "Chan Tai Man", "--street", "1 Queen's Road", "--city", "Central",
        "--cc", "HK", "--email", "chan@harbour.test", "--voice", "+852.23456789", "--auth-info", "Quay-Side-2026.Pier+7",
    ];
    walk.step(1000, "registrar-a", &chan);
    walk.step(2302, "registrar-a", &chan);
    #[rustfmt::skip]
    let local = [
        "create", "contact", "own-2", "--local", "--name", "陳大文", "--street", "皇后大道中一號", "--city", "香港",
        "--cc", "HK", "--email", "chan@harbour.test",
    ];
    walk.step(1000, "registrar-a", &local);
    let data = walk.step(1000, "registrar-a", &["info", "contact", "own-2"]);
    assert_eq!(data["postalInfo"][0]["name"], "陳大文");
    assert_eq!(data["postalInfo"][0]["type"], "loc");
    walk.step(2303, "registrar-a", &["info", "contact", "own-9"]);
    walk.step(2201, "registrar-b", &["info", "contact", "own-1"]);
    let secret = [
        "info",
        "contact",
        "own-1",
        "--auth-info",
        "Quay-Side-2026.Pier+7",
    ];
    walk.step(1000, "registrar-b", &secret);
    let wrong = ["info", "contact", "own-1", "--auth-info", "Something-else"];
    walk.step(2202, "registrar-b", &wrong);
}

fn walk_domains(walk: &mut Walk) {
    walk.step(1000, "registrar-a", &["create", "host", "ns1.own.test"]);
    walk.step(2302, "registrar-a", &["create", "host", "ns1.own.test"]);
    walk.step(2005, "registrar-a", &["create", "host", "ns-.own.test"]);
    let ds = format!("12345 13 2 {}", "0123456789ABCDEF".repeat(4));
    #[rustfmt::skip]
    let create = [
        "create", "domain", "own.example", "--period", "2", "--registrant", "own-1", "--admin", "own-1", "--tech",
        "own-2", "--ns", "ns1.own.test", "--auth-info", "Quay-Side-2026.Pier+7", "--ds", ds.as_str(),
    ];
    walk.step(1000, "registrar-a", &create);
    walk.step(2302, "registrar-a", &create);
    let nobody = ["create", "domain", "two.example", "--registrant", "own-9"];
    walk.step(2303, "registrar-a", &nobody);
    let foreign = ["create", "domain", "own.test", "--registrant", "own-1"];
    walk.step(2306, "registrar-a", &foreign);
    #[rustfmt::skip]
    let glue = ["create", "host", "ns1.own.example", "--addr", "203.119.1.1", "--addr", "2001:db8::53"];
    walk.step(1000, "registrar-a", &glue);
    let others = ["create", "host", "ns2.own.example", "--addr", "203.119.1.1"];
    walk.step(2201, "registrar-b", &others);
    walk.step(2303, "registrar-a", &["create", "host", "ns1.none.example"]);
    let data = walk.step(1000, "registrar-a", &["info", "host", "ns1.own.example"]);
    assert_eq!(data["name"], "ns1.own.example");
    let data = walk.step(1000, "registrar-a", &["info", "domain", "own.example"]);
    assert_eq!(data["registrant"], "own-1");
    walk.step(1000, "registrar-b", &["info", "domain", "own.example"]);
    walk.step(2303, "registrar-a", &["info", "domain", "none.example"]);
    let names = ["check", "domain", "own.example", "none.example", "own.test"];
    let data = walk.step(1000, "registrar-a", &names);
    let available: Vec<&Value> = (0..3).map(|index| &data[index]["available"]).collect();
    assert_eq!(available, [false, true, false]);
    assert!(data[0]["reason"].is_string());
    let data = walk.step(1000, "registrar-a", &["check", "host", "ns1.own.example"]);
    assert_eq!(data[0]["available"], false);
}

fn walk_updates(walk: &mut Walk) {
    let update = |option, value| ["update", "domain", "own.example", option, value];
    walk.step(1000, "registrar-a", &update("--add-status", "clientHold"));
    walk.step(2306, "registrar-a", &update("--add-status", "clientHold"));
    walk.step(
        2201,
        "registrar-b",
        &update("--remove-status", "clientHold"),
    );
    walk.step(
        1000,
        "registrar-a",
        &update("--remove-status", "clientHold"),
    );
    walk.step(2303, "registrar-a", &update("--registrant", "nobody"));
    walk.step(1000, "registrar-a", &update("--registrant", "own-2"));
    walk.step(2003, "registrar-a", &["update", "domain", "own.example"]);
    let email = ["update", "contact", "own-1", "--email", "new@harbour.test"];
    walk.step(2201, "registrar-b", &email);
    walk.step(1000, "registrar-a", &email);
    let data = walk.step(1000, "registrar-a", &["info", "contact", "own-1"]);
    assert_eq!(data["email"], "new@harbour.test");
    let address = [
        "update",
        "host",
        "ns1.own.example",
        "--add-addr",
        "203.119.1.9",
    ];
    walk.step(1000, "registrar-a", &address);
    walk.step(2306, "registrar-a", &address);
    walk.step(2201, "registrar-b", &address);
}

fn walk_the_life_of_a_domain(walk: &mut Walk) {
    let renew = [
        "renew",
        "domain",
        "own.example",
        "--current-expiry",
        "2030-01-01",
    ];
    walk.step(2004, "registrar-a", &renew);
    walk.step(2305, "registrar-a", &["delete", "domain", "own.example"]);
    let transfer = |operation| ["transfer", "domain", operation, "own.example"];
    let mut request = transfer("request").to_vec();
    walk.step(2003, "registrar-b", &request);
    request.extend(["--auth-info", "Quay-Side-2026.Pier+7"]);
    walk.step(1300, "registrar-a", &["poll", "req"]);
    walk.step(1001, "registrar-b", &request);
    walk.step(2300, "registrar-b", &request);
    walk.step(1301, "registrar-a", &["poll", "req"]);
    walk.step(2303, "registrar-a", &["poll", "ack", "1"]);
    walk.step(2201, "registrar-b", &transfer("approve"));
    walk.step(1000, "registrar-a", &transfer("approve"));
    walk.step(1301, "registrar-b", &["poll", "req"]);
    let data = walk.step(1000, "registrar-b", &["info", "host", "ns1.own.example"]);
    assert_eq!(data["clID"], "registrar-b");
    let data = walk.step(1000, "registrar-b", &["info", "domain", "own.example"]);
    assert_eq!(data["clID"], "registrar-b");
    walk.step(2305, "registrar-a", &["delete", "contact", "own-1"]);
    walk.step(2305, "registrar-a", &["delete", "host", "ns1.own.test"]);
    #[rustfmt::skip]
    let contact = ["transfer", "contact", "request", "own-1", "--auth-info", "Quay-Side-2026.Pier+7"];
    walk.step(2101, "registrar-b", &contact);
}
