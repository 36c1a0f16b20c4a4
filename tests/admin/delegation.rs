//! Name servers and DS records under the rules of profile `hk`.

use serde_json::{Value, json};

use crate::process::{Server, refusal};
use crate::zones::{assert_glue_is_whole, assert_valid, export};

/// Sends an EPP command, its words parted by blanks, a `|` standing for a blank within one.
fn epp(server: &Server, registrar: &str, line: &str) -> Result<Value, String> {
    let words: Vec<String> = line.split(' ').map(|word| word.replace('|', " ")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = server.epp(registrar, &[&["--json"], &words[..]].concat());
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout).unwrap());
    }
    let told = String::from_utf8(output.stdout.clone()).unwrap() + &refusal(&output);
    Err(told)
}

/// Starts a registry with hosts: two elsewhere, three below bay.hk of which two share an address.
fn registry(home: &std::path::Path) -> Server {
    let server = Server::sandbox(home, &["--profile", "hk"]);
    #[rustfmt::skip]
    let lines = [
        "create contact C-1 --name Chan --street 1 --city Central --cc HK --email c@harbour.test --voice +852.1",
        "create contact C-2 --name Lee --street 1 --city Central --cc HK --email l@harbour.test --voice +852.2",
        "create host ns1.elsewhere.test",
        "create host ns2.elsewhere.test",
        "create domain bay.hk --registrant C-1 --admin C-1 --tech C-1 --ns ns1.elsewhere.test --ns ns2.elsewhere.test",
        "create host ns1.bay.hk --addr 203.119.1.1 --addr 2001:db8::1",
        "create host ns2.bay.hk --addr 203.119.1.2",
        "create host ns3.bay.hk --addr 203.119.1.3 --addr 2001:db8::1",
    ];
    for line in lines {
        epp(&server, "registrar-a", line).unwrap();
    }
    server
}

fn statuses(server: &Server, name: &str) -> Value {
    server.admin_json(&["domain", "show", name])["statuses"].clone()
}

/// Returns the lines of a zone that begin with `owner`, without it.
fn published(server: &Server, zone: &str, owner: &str) -> Vec<String> {
    let output = server.admin(&["zone", "export", zone]);
    let text = String::from_utf8(output.stdout).unwrap();
    let own = text
        .lines()
        .filter_map(|line| line.strip_prefix(&format!("{owner}.\tIN\t")));
    own.map(|record| record.replace('\t', " ")).collect()
}

#[test]
fn name_servers_are_none_or_two_to_thirteen_independent_ones() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let a = |line: &str| epp(&server, "registrar-a", line);
    for refused in [
        "create domain cape.hk --registrant C-1 --admin C-1 --tech C-1 --ns ns1.elsewhere.test",
        "create domain cape.hk --registrant C-1 --admin C-1 --tech C-1 --ns ns1.bay.hk --ns ns3.bay.hk",
        "update domain bay.hk --remove-ns ns2.elsewhere.test",
    ] {
        let told = a(refused).unwrap_err();
        assert!(told.contains("2306") && told.contains("hk:R8.1"), "{told}");
    }
    a("create domain cape.hk --registrant C-1 --admin C-1 --tech C-1 --ns ns1.bay.hk --ns ns2.bay.hk").unwrap();
    // Judged beside those that stay, not beside those that go.
    let told = a("update domain cape.hk --add-ns ns3.bay.hk").unwrap_err();
    assert!(
        told.contains("2306") && told.contains("2001:db8::1"),
        "{told}"
    );
    a("update domain cape.hk --add-ns ns3.bay.hk --remove-ns ns1.bay.hk").unwrap();
    let mut many = String::from("update domain bay.hk");
    for number in 3..=14 {
        a(&format!("create host ns{number}.elsewhere.test")).unwrap();
        many.push_str(&format!(" --add-ns ns{number}.elsewhere.test"));
    }
    let told = a(&many).unwrap_err();
    assert!(told.contains("2306") && told.contains("hk:R8.1"), "{told}");
    a(many.trim_end_matches(" --add-ns ns14.elsewhere.test")).unwrap();
}

#[test]
fn a_name_without_name_servers_is_parked_until_it_first_has_some() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let a = |line: &str| epp(&server, "registrar-a", line).unwrap();
    let parking = ["NS park1.registry.test.", "NS park2.registry.test."];
    let secret = "Kx7-pQ2vR9-mZ4wL8-tB6nD3-fG5h";
    a(&format!(
        "create domain cape.hk --registrant C-1 --admin C-1 --tech C-1 --auth-info {secret}"
    ));
    let shown = a("info domain cape.hk").to_string();
    assert!(!shown.contains("inactive"), "{shown}");
    assert_eq!(statuses(&server, "cape.hk"), json!(["ok"]));
    assert_eq!(published(&server, "hk", "cape.hk"), parking);
    // A transfer to another registrar changes nothing of it.
    epp(
        &server,
        "registrar-b",
        &format!("transfer domain request cape.hk --auth-info {secret}"),
    )
    .unwrap();
    a("transfer domain approve cape.hk");
    assert_eq!(published(&server, "hk", "cape.hk"), parking);
    let b = |line: &str| epp(&server, "registrar-b", line).unwrap();
    b("update domain cape.hk --add-ns ns1.elsewhere.test --add-ns ns2.elsewhere.test");
    assert_eq!(
        published(&server, "hk", "cape.hk"),
        ["NS ns1.elsewhere.test.", "NS ns2.elsewhere.test."]
    );
    b("update domain cape.hk --remove-ns ns1.elsewhere.test --remove-ns ns2.elsewhere.test");
    assert_eq!(statuses(&server, "cape.hk"), json!(["inactive"]));
    assert_eq!(published(&server, "hk", "cape.hk"), [""; 0]);
    a("create domain dune.hk --registrant C-1 --admin C-1 --tech C-1");
    a("update domain dune.hk --registrant C-2");
    assert_eq!(statuses(&server, "dune.hk"), json!(["inactive"]));
    // Each zone has its own names, and both are whole.
    a("create domain xn--fiq228c.xn--j6w193g --registrant C-1 --admin C-1 --tech C-1");
    assert_eq!(
        published(&server, "香港", "xn--fiq228c.xn--j6w193g"),
        parking
    );
    assert_eq!(published(&server, "hk", "xn--fiq228c.xn--j6w193g"), [""; 0]);
    for (zone, names) in [("hk", 1), ("xn--j6w193g", 1)] {
        let file = home.path().join(zone);
        assert_eq!(export(&server, zone, &file)["domains"], names);
        assert_valid(&file, zone);
        assert_glue_is_whole(&file, &format!("{zone}."));
    }
}

#[test]
fn ds_records_are_of_the_algorithms_offered() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let a = |line: &str| epp(&server, "registrar-a", line);
    let digest = "0123456789ABCDEF".repeat(4);
    let long = "0123456789ABCDEF".repeat(6);
    for (refused, code) in [
        (format!("5|2|{digest}"), "2306"),
        (format!("7|2|{digest}"), "2306"),
        (format!("17|2|{digest}"), "2306"),
        (format!("13|1|{}", &digest[..40]), "2306"),
        (format!("13|4|{digest}"), "2005"),
    ] {
        let told = a(&format!("update domain bay.hk --add-ds 1|{refused}")).unwrap_err();
        assert!(told.contains(code), "{refused}: {told}");
    }
    for (tag, algorithm) in [(1, 8), (2, 13), (3, 14), (4, 15), (5, 16), (6, 13), (7, 13)] {
        a(&format!(
            "update domain bay.hk --add-ds {tag}|{algorithm}|2|{digest}"
        ))
        .unwrap();
    }
    a(&format!("update domain bay.hk --add-ds 8|13|4|{long}")).unwrap();
    let told = a(&format!("update domain bay.hk --add-ds 9|13|2|{digest}")).unwrap_err();
    assert!(told.contains("2306"), "{told}");
    let records = published(&server, "hk", "bay.hk");
    let signers = records.iter().filter(|record| record.starts_with("DS "));
    assert_eq!(signers.count(), 8);
}
