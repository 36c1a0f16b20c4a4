//! `hkepp dispute`, `lock` and `domain hold`: conversations of operator and registrars.

use serde_json::{Value, json};

use crate::process::{Server, refusal};

/// Authorization information of the domains.
const SECRET: &str = "Kx7-pQ2vR9-mZ4wL8-tB6nD3-fG5h";
/// DS records.
const DS: &str = "12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";
const NEXT_DS: &str = "54321 13 2 FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210";
/// The domain.
const NAME: &str = "bay.example";

/// Starts a registry with one domain beyond its add grace, which its sponsor keeps from being deleted.
fn registry(home: &std::path::Path) -> Server {
    let start = [
        "--profile",
        "plain",
        "--clock",
        "manual",
        "--start-time",
        "2030-01-01T00:00:00Z",
    ];
    let server = Server::sandbox(home, &start);
    let a = |arguments: &[&str]| server.epp_json("registrar-a", arguments);
    #[rustfmt::skip]
    a(&[
        "create", "contact", "C-1", "--name", "Chan", "--city", "Central", "--cc", "HK", "--email", "c@harbour.test",
    ]);
    a(&["create", "host", "ns1.elsewhere.test"]);
    #[rustfmt::skip]
    a(&[
        "create", "domain", NAME, "--registrant", "C-1", "--ns", "ns1.elsewhere.test", "--ds", DS,
        "--auth-info", SECRET,
    ]);
    a(&[
        "update",
        "domain",
        NAME,
        "--add-status",
        "clientDeleteProhibited",
    ]);
    a(&["create", "host", "ns1.bay.example", "--addr", "203.119.1.1"]);
    server.admin_json(&["sandbox", "advance", "6d"]);
    server
}

/// Returns everything an operator sees of the domain.
fn shown(server: &Server) -> Value {
    server.admin_json(&["domain", "show", NAME])
}

/// Returns the statuses the sponsor sees.
fn statuses(server: &Server) -> Vec<String> {
    let shown = shown(server);
    let statuses = shown["statuses"].as_array().unwrap();
    statuses
        .iter()
        .map(|status| status.as_str().unwrap().to_owned())
        .collect()
}

/// Sends a command that must be refused, and returns the answer.
fn refused(server: &Server, registrar: &str, arguments: &[&str], code: u64) -> String {
    let output = server.epp(registrar, &[&["--json"], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["code"], code, "{arguments:?}: {text}");
    text
}

/// Takes the messages out of a registrar's queue, as documents.
fn messages(server: &Server, registrar: &str) -> Vec<String> {
    let mut messages = Vec::new();
    loop {
        let answer = server.epp_json(registrar, &["poll", "req"]);
        if answer["code"] == 1300 {
            return messages;
        }
        let xml = server.epp(registrar, &["--xml", "poll", "req"]);
        messages.push(String::from_utf8(xml.stdout).unwrap());
        let id = answer["queue"]["id"].as_str().unwrap();
        server.epp_json(registrar, &["poll", "ack", id]);
    }
}

/// Asserts that a message tells a change, with everything in `parts`.
fn assert_told(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn dispute_forbids_every_transform_but_renew_and_leaves_what_stood_before() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let before = shown(&server);
    let open = [
        "dispute",
        "open",
        NAME,
        "--case",
        "HKIAC-1",
        "--suspend-dns",
        "--evidence",
        "complaint-1.pdf",
    ];
    let case = server.admin_json(&open);
    assert_eq!(
        [&case["id"], &case["kind"], &case["state"]],
        ["HKIAC-1", "panel", "open"]
    );
    let now = json!("2030-01-07T00:00:00Z");
    let lock = json!({
        "kind": "panel", "case": "HKIAC-1", "suspends-dns": true, "since": now, "open-until": null,
    });
    assert_eq!(shown(&server)["locks"], json!([lock]));
    let mut locked = vec![
        "clientDeleteProhibited",
        "serverDeleteProhibited",
        "serverHold",
    ];
    locked.extend(["serverTransferProhibited", "serverUpdateProhibited"]);
    assert_eq!(statuses(&server), locked);
    for (registrar, arguments) in [
        ("registrar-a", &["delete", "domain", NAME][..]),
        (
            "registrar-a",
            &[
                "update",
                "domain",
                NAME,
                "--remove-status",
                "clientDeleteProhibited",
            ],
        ),
        (
            "registrar-a",
            &["update", "domain", NAME, "--remove-all-ds"],
        ),
        (
            "registrar-a",
            &[
                "update",
                "host",
                "ns1.bay.example",
                "--add-addr",
                "203.119.1.2",
            ],
        ),
        (
            "registrar-b",
            &["transfer", "domain", "request", NAME, "--auth-info", SECRET],
        ),
    ] {
        let answer = refused(&server, registrar, arguments, 2304);
        assert!(answer.contains("Prohibited forbids it"), "{answer}");
        assert!(
            answer.contains("a dispute before an arbitration panel"),
            "{answer}"
        );
    }
    let close = [
        "dispute",
        "close",
        NAME,
        "--case",
        "HKIAC-1",
        "--outcome",
        "settled",
        "--evidence",
        "notice-2.pdf",
    ];
    let case = server.admin_json(&close);
    assert_eq!([&case["state"], &case["outcome"]], ["closed", "settled"]);
    assert_eq!(
        [&case["evidence"], &case["closing-evidence"]],
        ["complaint-1.pdf", "notice-2.pdf"]
    );
    assert_eq!(shown(&server), before);
    server.admin_json(&[
        "dispute",
        "open",
        NAME,
        "--case",
        "HCA 1/2030",
        "--kind",
        "court",
    ]);
    server.epp_json(
        "registrar-a",
        &["renew", "domain", NAME, "--current-expiry", "2031-01-01"],
    );
    let answer = refused(&server, "registrar-a", &["delete", "domain", NAME], 2304);
    assert!(answer.contains("a dispute before a court"), "{answer}");
    let told = messages(&server, "registrar-a");
    let case = "<changePoll:caseId type=\"custom\" name=\"panel\">HKIAC-1</changePoll:caseId>";
    assert_told(
        &told[0],
        &[
            case,
            ">update<",
            "Dispute opened",
            "s=\"serverHold\"",
            "<changePoll:who>registry<",
        ],
    );
    assert_told(
        &told[1],
        &[
            case,
            "Dispute closed: settled",
            "s=\"clientDeleteProhibited\"",
        ],
    );
    assert!(!told[1].contains("s=\"server"), "{}", told[1]);
    assert_told(&told[2], &["name=\"court\">HCA 1/2030<"]);
    assert_eq!(told.len(), 3);
    let history = server.admin_json(&["domain", "history", NAME]);
    let lines: Vec<_> = history.as_array().unwrap().iter().skip(2).collect();
    let commands: Vec<_> = lines
        .iter()
        .map(|line| line["command"].as_str().unwrap())
        .collect();
    assert_eq!(
        commands,
        [
            "dispute:open",
            "dispute:close",
            "dispute:open",
            "domain:renew"
        ]
    );
    assert_eq!(
        [&lines[0]["actor"], &lines[0]["object"]],
        ["operator", NAME]
    );
    let keys = lines[0]["keys"].to_string();
    assert!(
        keys.contains("case/bay.example") && keys.contains("HKIAC-1"),
        "{keys}"
    );
}

#[test]
fn disputes_nest_and_their_cases_stay_on_record() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let before = shown(&server);
    let open = |case: &str| server.admin(&["dispute", "open", NAME, "--case", case]);
    let close = |case: &str| {
        server.admin(&[
            "dispute",
            "close",
            NAME,
            "--case",
            case,
            "--outcome",
            "settled",
        ])
    };
    assert!(open("C-1").status.success() && open("C-2").status.success());
    assert!(refusal(&open("C-1")).contains("case C-1 on bay.example is open already"));
    server.admin_json(&["domain", "hold", NAME, "--case", "ABUSE-1"]);
    assert!(refusal(&close("ABUSE-1")).contains("is a hold for abuse"));
    let unhold = |case: &str| server.admin(&["domain", "unhold", NAME, "--case", case]);
    assert!(refusal(&unhold("C-2")).contains("is a dispute"));
    assert!(close("C-1").status.success());
    assert!(refusal(&open("C-1")).contains("was closed"));
    assert!(refusal(&close("C-1")).contains("is closed already"));
    assert!(refusal(&close("C-9")).contains("no case C-9"));
    refused(&server, "registrar-a", &["delete", "domain", NAME], 2304);
    assert!(statuses(&server).contains(&"serverHold".to_owned()));
    assert_eq!(shown(&server)["state"], "serverHold");
    assert!(unhold("ABUSE-1").status.success());
    assert!(!statuses(&server).contains(&"serverHold".to_owned()));
    assert!(close("C-2").status.success());
    assert_eq!(shown(&server), before);
    open("C-3");
    let list = |options: &[&str]| -> Vec<[Value; 3]> {
        let cases = server.admin_json(&[&["dispute", "list"], options].concat());
        let row = |case: &Value| ["id", "kind", "state"].map(|column| case[column].clone());
        cases.as_array().unwrap().iter().map(row).collect()
    };
    let rows = [
        ["C-1", "panel", "closed"],
        ["C-2", "panel", "closed"],
        ["C-3", "panel", "open"],
    ];
    assert_eq!(list(&[]), rows);
    assert_eq!(list(&["--open"]), rows[2..]);
    assert_eq!(
        server.admin_json(&["dispute", "show", "C-2"])["outcome"],
        "settled"
    );
    let of_name = server.admin_json(&["dispute", "show", "BAY.example"]);
    assert_eq!(of_name.as_array().unwrap().len(), 3);
    assert!(
        refusal(&server.admin(&["dispute", "show", "none.example"]))
            .contains("no dispute none.example")
    );
    assert!(
        refusal(&server.admin(&["dispute", "open", "none.example", "--case", "C"]))
            .contains("no domain")
    );
    let text = String::from_utf8(server.admin(&["dispute", "list"]).stdout).unwrap();
    assert!(text.contains("C-2") && text.contains("settled"), "{text}");
    let text = String::from_utf8(server.admin(&["domain", "show", NAME]).stdout).unwrap();
    assert!(text.contains("case C-3"), "{text}");
}

#[test]
fn dispute_cancels_a_transfer_and_may_end_in_one() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let request = ["transfer", "domain", "request", NAME, "--auth-info", SECRET];
    server.epp_json("registrar-b", &request);
    server.admin_json(&["dispute", "open", NAME, "--case", "C-1"]);
    assert_eq!(shown(&server)["transfer"]["status"], "serverCancelled");
    for registrar in ["registrar-a", "registrar-b"] {
        let told = messages(&server, registrar);
        assert!(
            told.iter()
                .any(|message| message.contains(">serverCancelled<")),
            "{told:?}"
        );
    }
    let close = |outcome: &str, receiver: &str| {
        let close = [
            "dispute",
            "close",
            NAME,
            "--case",
            "C-1",
            "--outcome",
            outcome,
        ];
        server.admin(&[&close[..], &["--transfer-to", receiver]].concat())
    };
    assert!(refusal(&close("settled", "registrar-c")).contains("only a panel's decision"));
    assert!(refusal(&close("court-order", "registrar-x")).contains("no registrar registrar-x"));
    assert!(refusal(&close("court-order", "registrar-a")).contains("sponsors bay.example already"));
    assert!(close("panel-decision", "registrar-c").status.success());
    let moved = shown(&server);
    assert_eq!(
        [&moved["sponsor"], &moved["expires"]],
        ["registrar-c", "2031-01-01T00:00:00Z"]
    );
    assert_eq!(moved["auth-info-set"], false);
    assert_eq!(moved["transferred"], "2030-01-07T00:00:00Z");
    let case = "<changePoll:caseId type=\"custom\" name=\"panel\">C-1</changePoll:caseId>";
    for (registrar, state) in [("registrar-a", "before"), ("registrar-c", "after")] {
        let told = messages(&server, registrar);
        assert_eq!(told.len(), 1, "{told:?}");
        let state = format!("state=\"{state}\"");
        let clid = format!("<domain:clID>{registrar}<");
        assert_told(
            &told[0],
            &[
                case,
                "op=\"approve\">transfer<",
                &state,
                &clid,
                "panel decision",
            ],
        );
    }
    assert_eq!(
        server.admin_json(&["dispute", "show", "C-1"])["transferred-to"],
        "registrar-c"
    );
}

#[test]
fn relinquished_domain_is_deleted_whatever_its_sponsor_prohibits() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let close = |case: &str| {
        server.admin(&[
            "dispute",
            "close",
            NAME,
            "--case",
            case,
            "--outcome",
            "relinquished",
        ])
    };
    for case in ["C-1", "C-2"] {
        server.admin_json(&["dispute", "open", NAME, "--case", case]);
    }
    assert!(refusal(&close("C-1")).contains("case C-2 on bay.example is open too"));
    server.admin_json(&[
        "dispute",
        "close",
        NAME,
        "--case",
        "C-2",
        "--outcome",
        "settled",
    ]);
    assert!(refusal(&close("C-1")).contains("hosts are subordinate"));
    server.epp_json("registrar-a", &["delete", "host", "ns1.bay.example"]);
    assert!(close("C-1").status.success());
    let deleted = shown(&server);
    assert_eq!(deleted["state"], "redemptionPeriod");
    assert_eq!(deleted["statuses"], json!(["pendingDelete"]));
    assert_eq!(deleted["locks"], json!([]));
    let told = messages(&server, "registrar-a");
    assert_told(
        told.last().unwrap(),
        &[
            ">C-1<",
            ">delete<",
            "Dispute closed: relinquished",
            "pendingDelete",
        ],
    );
    assert!(
        refusal(&server.admin(&["dispute", "open", NAME, "--case", "C-3"]))
            .contains("is being deleted")
    );
    server.admin_json(&["sandbox", "advance", "35d"]);
    assert!(refusal(&server.admin(&["domain", "show", NAME])).contains("no domain"));
    assert_eq!(
        server.admin_json(&["dispute", "show", "C-1"])["outcome"],
        "relinquished"
    );
}

#[test]
fn registry_lock_opens_for_its_window_only() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let before = shown(&server);
    let lock = |arguments: &[&str]| server.admin(&[&["lock"], arguments].concat());
    assert!(refusal(&lock(&["release", NAME])).contains("has no registry lock"));
    assert!(refusal(&lock(&["window", NAME, "--for", "2h"])).contains("has no registry lock"));
    assert!(lock(&["set", NAME]).status.success());
    assert!(refusal(&lock(&["set", NAME])).contains("has a registry lock already"));
    assert!(refusal(&lock(&["window", NAME, "--for", "8d"])).contains("7 days"));
    let roll = [
        "update",
        "domain",
        NAME,
        "--add-ds",
        NEXT_DS,
        "--remove-ds",
        DS,
    ];
    let answer = refused(&server, "registrar-a", &roll, 2304);
    assert!(answer.contains("a registry lock"), "{answer}");
    let open = server.admin_json(&["lock", "window", NAME, "--for", "2h"]);
    assert_eq!(open["locks"][0]["open-until"], "2030-01-07T02:00:00Z");
    assert_eq!(open["statuses"], before["statuses"]);
    server.admin_json(&["sandbox", "advance", "7199s"]);
    server.epp_json("registrar-a", &roll);
    assert_eq!(shown(&server)["ds"], json!([NEXT_DS]));
    let request = ["transfer", "domain", "request", NAME, "--auth-info", SECRET];
    server.epp_json("registrar-b", &request);
    server.admin_json(&["sandbox", "advance", "1s"]);
    let closed = shown(&server);
    assert_eq!(closed["locks"][0]["open-until"], Value::Null);
    // What began in the window goes on, without the prohibition that it excludes.
    let mut expected = vec!["clientDeleteProhibited", "pendingTransfer"];
    expected.extend(["serverDeleteProhibited", "serverUpdateProhibited"]);
    assert_eq!(statuses(&server), expected);
    let back = [
        "update",
        "domain",
        NAME,
        "--add-ds",
        DS,
        "--remove-ds",
        NEXT_DS,
    ];
    refused(&server, "registrar-a", &back, 2304);
    server.epp_json("registrar-a", &["transfer", "domain", "reject", NAME]);
    assert!(statuses(&server).contains(&"serverTransferProhibited".to_owned()));
    refused(&server, "registrar-b", &request, 2304);
    let told = messages(&server, "registrar-a");
    assert_told(&told[0], &["Registry lock set", "serverUpdateProhibited"]);
    assert_told(&told[1], &["Registry lock window opened"]);
    assert!(told.iter().all(|message| !message.contains("caseId")));
    assert!(lock(&["release", NAME]).status.success());
    assert_eq!(shown(&server)["statuses"], before["statuses"]);
    let commands: Vec<_> = server
        .admin_json(&["domain", "history", NAME])
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["command"].as_str().unwrap().to_owned())
        .filter(|command| command.starts_with("lock:"))
        .collect();
    assert_eq!(commands, ["lock:set", "lock:window", "lock:release"]);
}

#[test]
fn wrong_usage_of_locks_exits_with_2() {
    for arguments in [
        &["dispute", "open", NAME][..],
        &["dispute", "open", NAME, "--case", " x"],
        &["dispute", "open", NAME, "--case", "C", "--kind", "hold"],
        &[
            "dispute",
            "close",
            NAME,
            "--case",
            "C",
            "--outcome",
            "lifted",
        ],
        &["lock", "window", NAME],
        &["lock", "window", NAME, "--for", "2031-01-01T00:00:00Z"],
        &["domain", "hold", NAME],
    ] {
        assert_eq!(
            crate::process::run(arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}
