//! `hkepp document`, `consent` and `reserved`: who may have a name, end to end.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::{Server, refusal};

/// Authorization information of the domains.
const SECRET: &str = "Kx7-pQ2vR9-mZ4wL8-tB6nD3-fG5h";

/// Starts a registry of .hk with two contacts.
pub fn registry(home: &Path) -> Server {
    let start = ["--clock", "manual", "--start-time", "2030-01-01T00:00:00Z"];
    let server = Server::sandbox(home, &start);
    for id in ["C-1", "C-2"] {
        #[rustfmt::skip]
        server.epp_json("registrar-a", &[
            "create", "contact", id, "--name", "Chan Tai Man", "--city", "Central", "--cc", "HK",
            "--email", "chan@harbour.test",
        ]);
    }
    server
}

/// Creates a domain; returns the result code.
pub fn create(server: &Server, registrar: &str, name: &str, more: &[&str]) -> u64 {
    #[rustfmt::skip]
    let create = [
        "--json", "create", "domain", name, "--registrant", "C-1", "--admin", "C-1", "--tech", "C-1",
        "--auth-info", SECRET,
    ];
    let output = server.epp(registrar, &[&create, more].concat());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["code"].as_u64().unwrap()
}

fn statuses(server: &Server, name: &str) -> Vec<String> {
    let shown = server.admin_json(&["domain", "show", name]);
    let statuses = shown["statuses"].as_array().unwrap();
    statuses
        .iter()
        .map(|status| status.as_str().unwrap().to_owned())
        .collect()
}

/// Returns the number of the application for `name`.
pub fn application(server: &Server, name: &str) -> String {
    let listed = server.admin_json(&["document", "list", "--state", "open"]);
    let listed = listed.as_array().unwrap();
    let found = listed
        .iter()
        .find(|request| request["domain"] == name)
        .unwrap();
    assert_eq!(found["kind"], "document");
    found["id"].as_str().unwrap().to_owned()
}

/// Takes the next message off the queue of a registrar.
fn next_message(server: &Server, registrar: &str) -> Value {
    let message = server.epp_json(registrar, &["poll", "req"]);
    assert_eq!(message["code"], 1301, "{message}");
    let id = message["queue"]["id"].as_str().unwrap();
    server.epp_json(registrar, &["poll", "ack", id]);
    message
}

fn availability(server: &Server, name: &str) -> (bool, Value) {
    let answer = server.epp_json("registrar-b", &["check", "domain", name]);
    let verdict = &answer["data"][0];
    (
        verdict["available"].as_bool().unwrap(),
        verdict["reason"].clone(),
    )
}

#[test]
fn application_is_approved_and_its_period_begins_then() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    assert_eq!(create(&server, "registrar-a", "my-shop.hk", &[]), 1000);
    let name = "my-shop.com.hk";
    let more = ["--period", "2", "--cltrid", "APPLY-1"];
    assert_eq!(create(&server, "registrar-a", name, &more), 1001);
    assert_eq!(statuses(&server, name), ["pendingCreate"]);
    assert_eq!(create(&server, "registrar-b", name, &[]), 2302);
    let delete = server.epp("registrar-a", &["delete", "domain", name]);
    assert!(refusal(&delete).contains("2304"));

    let id = application(&server, name);
    let shown = server.admin_json(&["document", "show", &id]);
    assert_eq!(shown["wanted"], serde_json::json!([["BR", "CROC"]]));
    assert_eq!(
        [&shown["sponsor"], &shown["due"]],
        ["registrar-a", "2030-01-15T00:00:00Z"]
    );
    server.admin_json(&["sandbox", "advance", "3d"]);
    let approved = server.admin_json(&["document", "approve", &id]);
    assert_eq!(
        [&approved["state"], &approved["by"]],
        ["approved", "operator"]
    );
    let message = next_message(&server, "registrar-a");
    assert_eq!(message["data"]["name"]["paResult"], "1");
    assert_eq!(message["data"]["paTRID"]["clTRID"], "APPLY-1");
    let info = server.epp_json("registrar-a", &["info", "domain", name]);
    assert_eq!(info["data"]["crDate"], "2030-01-01T00:00:00.000Z");
    assert_eq!(info["data"]["exDate"], "2032-01-04T00:00:00.000Z");
    assert_eq!(statuses(&server, name), ["ok"]);
    let again = server.admin(&["document", "approve", &id]);
    assert!(refusal(&again).contains("approved already"));
    let history = server.admin_json(&["domain", "history", name]);
    assert_eq!(history[1]["command"], "document:approve");
    assert_eq!(history[1]["actor"], "operator");
}

#[test]
fn application_is_rejected_and_its_name_free_again() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.org.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1001);
    let id = application(&server, name);
    let reject = ["document", "reject", &id, "--reason", "Not our society"];
    let rejected = server.admin_json(&reject);
    assert_eq!(
        [&rejected["state"], &rejected["reason"]],
        ["rejected", "Not our society"]
    );
    let message = next_message(&server, "registrar-a");
    assert_eq!(message["data"]["name"]["paResult"], "0");
    assert!(availability(&server, name).0);
    assert_eq!(create(&server, "registrar-b", name, &[]), 1001);
    let late = server.admin(&["document", "reject", &id]);
    assert!(refusal(&late).contains("rejected already"));
    let nothing = server.admin(&["document", "approve", "999"]);
    assert!(refusal(&nothing).contains("no request for documents 999"));
}

#[test]
fn application_nobody_decides_lapses() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.net.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1001);
    let id = application(&server, name);
    let end = 14 * 86_400 - 1;
    server.admin_json(&["sandbox", "advance", &format!("{end}s")]);
    assert_eq!(statuses(&server, name), ["pendingCreate"]);
    server.admin_json(&["sandbox", "advance", "1s"]);
    assert!(refusal(&server.admin(&["domain", "show", name])).contains("no domain"));
    let message = next_message(&server, "registrar-a");
    assert_eq!(message["data"]["name"]["paResult"], "0");
    let shown = server.admin_json(&["document", "show", &id]);
    assert_eq!([&shown["state"], &shown["by"]], ["lapsed", "server"]);
    let late = server.admin(&["document", "approve", &id]);
    assert!(refusal(&late).contains("lapsed already"));
    assert!(availability(&server, name).0);
}

#[test]
fn files_of_an_application_are_kept_by_digest() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    assert_eq!(create(&server, "registrar-a", "my-shop.com.hk", &[]), 1001);
    let id = application(&server, "my-shop.com.hk");
    let file = |name: &str, content: &[u8]| {
        let path = home.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let certificate = file("certificate.pdf", b"%PDF-1.7 certificate");
    for _ in 0..2 {
        let shown = server.admin_json(&["document", "attach", &id, &certificate]);
        let files = shown["attachments"].as_array().unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(
            [&files[0]["file"], &files[0]["media"]],
            ["certificate.pdf", "application/pdf"]
        );
        let digest = files[0]["digest"].as_str().unwrap();
        let kept = fs::read(server.dir.join("documents").join(digest)).unwrap();
        assert_eq!(kept, b"%PDF-1.7 certificate");
    }
    let large = [b"%PDF-".as_slice(), &vec![b'x'; 5 * 1024 * 1024]].concat();
    for (path, told) in [
        (
            file("picture.pdf", b"\x89PNG\r\n\x1a\n"),
            "not a PDF, GIF or JPEG",
        ),
        (file("large.pdf", &large), "at most 5242880"),
        ("no-such-file.pdf".to_owned(), "cannot be read"),
    ] {
        let refused = server.admin(&["document", "attach", &id, &path]);
        assert!(refusal(&refused).contains(told), "{path}");
    }
    server.admin_json(&["document", "reject", &id]);
    let late = server.admin(&["document", "attach", &id, &file("late.gif", b"GIF89a")]);
    assert!(refusal(&late).contains("rejected already"));
    let kept = fs::read_dir(server.dir.join("documents")).unwrap();
    assert_eq!(kept.count(), 1);
}

/// Asks for documents of the registrant of `name`; returns the request.
fn demand(server: &Server, name: &str, more: &[&str]) -> Value {
    let request = ["document", "request", name, "--kind", "HKID,PASSNO"];
    server.admin_json(&[&request, more].concat())
}

#[test]
fn documents_that_do_not_come_hold_a_registered_name_until_others_are_approved() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);
    let asked = demand(&server, name, &["--kind", "br"]);
    let id = asked["id"].as_str().unwrap();
    assert_eq!(
        [&asked["subject"], &asked["state"], &asked["due"]],
        ["registered", "open", "2030-01-15T00:00:00Z"]
    );
    let wanted = serde_json::json!([["HKID", "PASSNO"], ["BR"]]);
    assert_eq!(asked["wanted"], wanted);
    assert_eq!(application(&server, name), id);
    let shown = server.admin_json(&["domain", "show", name]);
    assert_eq!(shown["demand"]["id"], id);
    assert_eq!(shown["due"]["change"], "is held for want of documents");
    let told = next_message(&server, "registrar-a").to_string();
    for part in [
        "Documents wanted by 2030-01-15: HKID or PASSNO; BR",
        &format!("documents {id}"),
    ] {
        assert!(told.contains(part), "{told}");
    }
    let update = ["update", "domain", name, "--add-status", "clientHold"];
    server.epp_json("registrar-a", &update);
    let update = ["update", "domain", name, "--remove-status", "clientHold"];
    server.epp_json("registrar-a", &update);
    let end = 14 * 86_400 - 1;
    server.admin_json(&["sandbox", "advance", &format!("{end}s")]);
    assert_eq!(statuses(&server, name), ["ok"]);
    server.admin_json(&["sandbox", "advance", "1s"]);
    assert_eq!(statuses(&server, name), ["serverHold"]);
    let lapsed = server.admin_json(&["document", "show", id]);
    assert_eq!([&lapsed["state"], &lapsed["by"]], ["lapsed", "server"]);
    let told = next_message(&server, "registrar-a").to_string();
    assert!(told.contains("Documents did not come in time"), "{told}");
    let late = server.admin(&["document", "approve", id]);
    assert!(refusal(&late).contains("lapsed already"));

    let again = demand(&server, name, &["--days", "30"]);
    assert_eq!(again["due"], "2030-02-14T00:00:00Z");
    assert_eq!(statuses(&server, name), ["serverHold"]);
    next_message(&server, "registrar-a");
    let approved = server.admin_json(&["document", "approve", again["id"].as_str().unwrap()]);
    assert_eq!(approved["state"], "approved");
    assert_eq!(statuses(&server, name), ["ok"]);
    let told = next_message(&server, "registrar-a").to_string();
    assert!(told.contains("Documents approved"), "{told}");
    let shown = server.admin_json(&["domain", "show", name]);
    assert_eq!([&shown["demand"], &shown["due"]], [&Value::Null; 2]);
    let history = server.admin_json(&["domain", "history", name]);
    let lines = history.as_array().unwrap().iter();
    let commands: Vec<_> = lines
        .map(|line| line["command"].as_str().unwrap())
        .collect();
    assert!(commands.ends_with(&["domain:settle", "document:request", "document:approve"]));
}

#[test]
fn rejected_documents_hold_a_registered_name_at_once() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);
    let hold = ["domain", "hold", name, "--case", "ABUSE-1"];
    server.admin_json(&hold);
    next_message(&server, "registrar-a");
    let asked = demand(&server, name, &["--reason", "The address is wrong"]);
    let id = asked["id"].as_str().unwrap();
    let told = next_message(&server, "registrar-a").to_string();
    assert!(told.contains("PASSNO. The address is wrong"), "{told}");
    let file = home.path().join("passport.gif");
    fs::write(&file, b"GIF89a").unwrap();
    let shown = server.admin_json(&["document", "attach", id, file.to_str().unwrap()]);
    assert_eq!(shown["attachments"][0]["file"], "passport.gif");
    let text = server.admin(&["document", "show", id]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("HKID or PASSNO") && text.contains("registered"),
        "{text}"
    );
    let reject = ["document", "reject", id, "--reason", "Another person's"];
    assert_eq!(server.admin_json(&reject)["state"], "rejected");
    let told = next_message(&server, "registrar-a").to_string();
    assert!(
        told.contains("Documents rejected: Another person's"),
        "{told}"
    );
    let locks = server.admin_json(&["domain", "show", name])["locks"].take();
    assert_eq!(locks[1]["case"], format!("documents {id}"));

    let again = demand(&server, name, &[]);
    server.admin_json(&["document", "approve", again["id"].as_str().unwrap()]);
    let locks = server.admin_json(&["domain", "show", name])["locks"].take();
    assert_eq!(locks.as_array().unwrap().len(), 1);
    assert_eq!(locks[0]["case"], "ABUSE-1", "only holds of demands end");
}

#[test]
fn documents_are_asked_for_once_and_of_registered_names_only() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    for (name, code) in [
        ("my-shop.hk", 1000),
        ("my-shop.com.hk", 1001),
        ("gone.hk", 1000),
    ] {
        assert_eq!(create(&server, "registrar-a", name, &[]), code);
    }
    server.epp_json("registrar-a", &["delete", "domain", "gone.hk"]);
    demand(&server, "my-shop.hk", &[]);
    for (name, more, told) in [
        ("nobody.hk", &[][..], "no domain of this name"),
        ("my-shop.com.hk", &[], "applied for"),
        ("gone.hk", &[], "deleted"),
        ("my-shop.hk", &[], "asked for already"),
        (
            "my-shop.hk",
            &["--reason", "two\nlines"],
            "characters of a line",
        ),
    ] {
        let request = ["document", "request", name, "--kind", "HKID"];
        let refused = server.admin(&[&request, more].concat());
        assert!(refusal(&refused).contains(told), "{name}");
    }
    for arguments in [
        &["--kind", "IDCARD"][..],
        &["--kind", "HKID", "--days", "0"],
        &[],
    ] {
        let request = ["document", "request", "my-shop.hk"];
        let output = server.admin(&[&request, arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let open = server.admin_json(&["document", "list", "--state", "open"]);
    assert_eq!(open.as_array().unwrap().len(), 2);
}

#[test]
fn a_demand_goes_with_the_name_to_another_registrar_and_ends_with_it() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);
    let asked = demand(&server, name, &["--days", "366"]);
    let id = asked["id"].as_str().unwrap();
    next_message(&server, "registrar-a");
    #[rustfmt::skip]
    server.epp_json("registrar-b", &["transfer", "domain", "request", name, "--auth-info", SECRET]);
    server.epp_json("registrar-a", &["transfer", "domain", "approve", name]);
    let listed = server.admin_json(&["document", "list", "--state", "open"]);
    assert_eq!(
        [&listed[0]["id"], &listed[0]["sponsor"]],
        [id, "registrar-b"]
    );
    let info = server.epp_json("registrar-b", &["info", "domain", name]);
    assert_eq!(
        info["extensions"]["infData"]["documents"]["id"], id,
        "{info}"
    );

    server.epp_json("registrar-b", &["delete", "domain", name]);
    assert_eq!(application(&server, name), id, "it can still be restored");
    server.admin_json(&["sandbox", "advance", "35d"]);
    assert!(refusal(&server.admin(&["domain", "show", name])).contains("no domain"));
    let shown = server.admin_json(&["document", "show", id]);
    assert_eq!(shown["state"], "lapsed");
    let open = server.admin_json(&["document", "list", "--state", "open"]);
    assert_eq!(open, serde_json::json!([]));
    let late = server.admin(&["document", "reject", id]);
    assert!(refusal(&late).contains("lapsed already"));
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);
    assert_eq!(statuses(&server, name), ["ok"]);
    assert_ne!(demand(&server, name, &[])["id"], id);
}

#[test]
fn a_name_restored_when_its_documents_are_overdue_is_held() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);
    let asked = demand(&server, name, &[]);
    server.epp_json("registrar-a", &["delete", "domain", name]);
    server.admin_json(&["sandbox", "advance", "20d"]);
    let id = asked["id"].as_str().unwrap();
    let shown = server.admin_json(&["document", "show", id]);
    assert_eq!(shown["state"], "lapsed");
    server.epp_json("registrar-a", &["restore", "request", name]);
    #[rustfmt::skip]
    server.epp_json("registrar-a", &[
        "restore", "report", name, "--deleted", "2030-01-01T00:00:00Z", "--restored", "2030-01-21T00:00:00Z",
        "--reason", "Registrant error", "--statement", "It was", "--statement", "It is",
    ]);
    assert_eq!(statuses(&server, name), ["serverHold"]);
}

#[test]
fn a_name_of_a_person_is_approved_for_its_legal_name_only() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "國學文.個人.香港";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1001);
    let listed = server.admin_json(&["document", "list", "--state", "open"]);
    assert_eq!(listed[0]["subject"], "create");
    let id = listed[0]["id"].as_str().unwrap();
    for other in ["國學", "Kwok Hok Man"] {
        let approve = ["document", "approve", id, "--legal-name", other];
        let told = refusal(&server.admin(&approve));
        assert!(told.contains("hk:R2.5a") && told.contains(other), "{told}");
    }
    let approve = ["document", "approve", id, "--legal-name", "国学文"];
    let approved = server.admin_json(&approve);
    assert_eq!(approved["state"], "approved");
    assert_eq!(approved["applicant"]["legal-name"], "国学文");
    let shown = server.admin_json(&["domain", "show", name]);
    assert_eq!(shown["activated"], "2030-01-01T00:00:00Z");

    let id = demand(&server, name, &[])["id"].take();
    let id = id.as_str().unwrap();
    let approve = ["document", "approve", id, "--legal-name", "國學"];
    assert!(refusal(&server.admin(&approve)).contains("hk:R2.5a"));
    server.admin_json(&["document", "approve", id]);

    assert_eq!(
        create(&server, "registrar-a", "chan-tai-man.idv.hk", &[]),
        1001
    );
    let id = application(&server, "chan-tai-man.idv.hk");
    server.admin_json(&["document", "approve", &id, "--legal-name", "陳大文"]);
}

#[test]
fn domain_is_held_without_its_consent() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "mybank.hk";
    let grant = |reference: &str, more: &[&str]| {
        let grant = [
            "consent",
            "grant",
            name,
            "--authority",
            "MA",
            "--reference",
            reference,
        ];
        server.admin(&[&["--json"], &grant[..], more].concat())
    };
    assert_eq!(
        availability(&server, name),
        (false, "Restricted word (hk:R6.6)".into())
    );
    assert_eq!(create(&server, "registrar-a", name, &[]), 2306);
    assert!(
        grant("B1/15C", &["--expires", "2030-02-01"])
            .status
            .success()
    );
    assert!(availability(&server, name).0);
    assert_eq!(create(&server, "registrar-a", name, &[]), 1000);

    server.admin_json(&["sandbox", "advance", "2030-02-01T15:59:59Z"]);
    assert_eq!(statuses(&server, name), ["ok"]);
    server.admin_json(&["sandbox", "advance", "1s"]);
    assert_eq!(statuses(&server, name), ["serverHold"]);
    let told = next_message(&server, "registrar-a").to_string();
    assert!(
        told.contains("consent MA B1/15C") && told.contains("Consent expired"),
        "{told}"
    );

    assert!(grant("B1/16", &[]).status.success());
    assert_eq!(statuses(&server, name), ["ok"]);
    assert!(
        next_message(&server, "registrar-a")
            .to_string()
            .contains("Consent granted")
    );
    let revoke = |reference: &str| {
        server.admin(&[
            "consent",
            "revoke",
            name,
            "--authority",
            "MA",
            "--reference",
            reference,
        ])
    };
    assert!(refusal(&revoke("B1/15C")).contains("another reference"));
    assert!(revoke("B1/16").status.success());
    assert_eq!(statuses(&server, name), ["serverHold"]);
    assert!(
        next_message(&server, "registrar-a")
            .to_string()
            .contains("Consent revoked")
    );
    assert!(refusal(&revoke("B1/16")).contains("not in force"));
    let listed = server.admin_json(&["consent", "list"]);
    assert_eq!([&listed[0]["state"], &listed[0]["name"]], ["revoked", name]);
    assert_eq!(listed[0]["registrant"], "C-1");

    #[rustfmt::skip]
    let needless = server.admin(&[
        "consent", "grant", "my-shop.hk", "--authority", "IA", "--reference", "X",
    ]);
    assert!(refusal(&needless).contains("no word"));
}

#[test]
fn consent_is_granted_to_a_registrant_and_its_table_tells_whom() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let grant = |registrant: &str| {
        #[rustfmt::skip]
        let grant = [
            "consent", "grant", "mybank.hk", "--authority", "MA", "--reference", "B1/15C", "--registrant", registrant,
        ];
        server.admin(&grant)
    };
    assert!(refusal(&grant("C-9")).contains("no such registrant"));
    assert!(grant("C-2").status.success());
    let other = server.admin_json(&["contact", "show", "C-2"]);
    let table = |verb: &[&str]| {
        let output = server.admin(&[&["consent"], verb].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = table(&["list"]);
    assert!(listed.contains(other["roid"].as_str().unwrap()), "{listed}");
    assert_eq!(create(&server, "registrar-a", "mybank.hk", &[]), 2306);
    assert!(grant("C-1").status.success());
    assert_eq!(create(&server, "registrar-a", "mybank.hk", &[]), 1000);
    let shown = table(&["show", "mybank.hk"]);
    assert!(shown.contains("C-1"), "{shown}");
}

#[test]
fn application_for_a_name_reserved_meanwhile_is_not_approved() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let name = "my-shop.com.hk";
    assert_eq!(create(&server, "registrar-a", name, &[]), 1001);
    let id = application(&server, name);
    server.admin_json(&["reserved", "add", "my-shop"]);
    let why = refusal(&server.admin(&["document", "approve", &id]));
    assert!(
        why.contains("hk:R6.2f") && why.contains("hkepp reserved remove"),
        "{why}"
    );
    assert_eq!(statuses(&server, name), ["pendingCreate"]);
    server.admin_json(&["reserved", "remove", "my-shop"]);
    let approved = server.admin_json(&["document", "approve", &id]);
    assert_eq!(approved["state"], "approved");
    assert_eq!(statuses(&server, name), ["ok"]);
}

#[test]
fn names_of_one_school_have_one_administrative_contact() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    for name in ["one-school.edu.hk", "two-school.edu.hk"] {
        assert_eq!(create(&server, "registrar-a", name, &[]), 1001);
        server.admin_json(&["document", "approve", &application(&server, name)]);
    }
    #[rustfmt::skip]
    let other = server.epp("registrar-a", &[
        "create", "domain", "red-school.edu.hk", "--registrant", "C-1", "--admin", "C-2", "--tech", "C-1",
    ]);
    assert!(refusal(&other).contains("2308"));
    #[rustfmt::skip]
    let change = [
        "update", "domain", "two-school.edu.hk", "--remove-admin", "C-1", "--add-admin", "C-2",
    ];
    assert!(refusal(&server.epp("registrar-a", &change)).contains("2308"));
}

#[test]
fn reserved_names_are_refused_at_once_and_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    server.admin_json(&["reserved", "add", "harbour", "my-pier.com.hk"]);
    let list = home.path().join("reserved.txt");
    fs::write(&list, "# ours\nferry # everywhere\n\n海港.香港\n").unwrap();
    let imported = server.admin_json(&["reserved", "import", list.to_str().unwrap()]);
    assert_eq!(imported.as_array().unwrap().len(), 2);
    let judge = |server: &Server| {
        for name in [
            "harbour.hk",
            "harbour.com.hk",
            "my-pier.com.hk",
            "ferry.org.hk",
        ] {
            assert_eq!(
                availability(server, name),
                (false, "Reserved".into()),
                "{name}"
            );
        }
        assert!(availability(server, "my-pier.hk").0);
        assert_eq!(create(server, "registrar-a", "harbour.hk", &[]), 2306);
    };
    judge(&server);
    server.stop();
    let server = Server::sandbox(home.path(), &[]);
    judge(&server);
    let listed = server.admin_json(&["reserved", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 4);
    assert_eq!(
        [&listed[0]["name"], &listed[0]["kind"]],
        ["ferry", "reserved"]
    );
    server.admin_json(&["reserved", "remove", "harbour"]);
    assert!(availability(&server, "harbour.hk").0);
    for arguments in [["remove", "harbour"], ["add", "-a"], ["add", "a.b.c.hk"]] {
        let refused = server.admin(&["reserved", arguments[0], "--", arguments[1]]);
        refusal(&refused);
    }
    let mixed = server.admin(&["reserved", "add", "good", "a..b"]);
    refusal(&mixed);
    assert!(availability(&server, "good.com.hk").0, "all or nothing");
}
