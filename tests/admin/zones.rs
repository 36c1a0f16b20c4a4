//! `hkepp zone export`: files that other programs read, and that hold what they should and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::process::{Server, finish, hkepp, refusal};
use crate::session::Session;

/// How far the server's memory may grow by an export, in MiB; a file of any length passes through in pages.
const MEMORY_MAXIMUM: u64 = 48;

/// Records of a file: owner, type and data, the same owner together.
type Zone = BTreeMap<String, BTreeSet<(String, String)>>;

fn read(file: &Path) -> Zone {
    let mut zone = Zone::new();
    for line in fs::read_to_string(file).unwrap().lines() {
        if line.starts_with(['$', '@']) {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [owner, "IN", kind, data] = fields[..] else {
            panic!("not a record: {line}");
        };
        let records = zone.entry(owner.to_owned()).or_default();
        let is_new = records.insert((kind.to_owned(), data.to_owned()));
        assert!(is_new, "stands twice: {line}");
    }
    zone
}

/// Returns the owners of records of a type.
fn owners<'a>(zone: &'a Zone, kind: &str) -> BTreeSet<&'a str> {
    let has = |records: &BTreeSet<(String, String)>| records.iter().any(|(of, _)| of == kind);
    let owning = zone.iter().filter(|(_, records)| has(records));
    owning.map(|(owner, _)| owner.as_str()).collect()
}

/// Checks that each address belongs to a server that the file names, below a delegation of the file, and that each
/// server in the zone has one.
pub fn assert_glue_is_whole(file: &Path, apex: &str) {
    let zone = read(file);
    let delegated = owners(&zone, "NS");
    let named: BTreeSet<&str> = zone
        .values()
        .flatten()
        .filter(|(kind, _)| kind == "NS")
        .map(|(_, server)| server.as_str())
        .collect();
    let addressed: BTreeSet<&str> = &owners(&zone, "A") | &owners(&zone, "AAAA");
    for host in &addressed {
        let mut ancestors = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
        let is_below = delegated.contains(host)
            || ancestors.any(|name| name != apex && delegated.contains(name));
        assert!(is_below, "{host} is an orphan");
        assert!(named.contains(host), "nobody uses {host}");
    }
    for server in named {
        let in_zone = server.ends_with(&format!(".{apex}"));
        assert_eq!(in_zone, addressed.contains(server), "{server}");
    }
}

/// Has the file judged by BIND and by ldns.
pub fn assert_valid(file: &Path, zone: &str) {
    let file = file.to_str().unwrap();
    for (program, arguments) in [
        (
            "named-checkzone",
            &[
                "-i", "local", "-k", "fail", "-n", "fail", "-m", "fail", "-r", "fail", zone, file,
            ][..],
        ),
        ("ldns-read-zone", &["-c", file]),
    ] {
        let Ok(output) = Command::new(program).args(arguments).output() else {
            let complete = std::env::var_os("HKEPP_TESTS_COMPLETE").is_some();
            assert!(!complete, "{program} is absent: run tests/run.sh");
            println!("{program} is absent: run tests/run.sh");
            continue;
        };
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {output:?}");
        assert!(told.is_empty(), "{program}: {told}");
    }
}

pub fn export(server: &Server, zone: &str, file: &Path) -> serde_json::Value {
    server.admin_json(&["zone", "export", zone, "--out", file.to_str().unwrap()])
}

#[test]
fn export_holds_what_is_in_use_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let a = |line: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        server.epp_json("registrar-a", &arguments)
    };
    a(
        "create contact C-1 --name Chan --street 1 --city Central --cc HK --email chan@harbour.test \
       --voice +852.23456789",
    );
    a("create host ns1.elsewhere.test");
    for label in ["bay", "cape", "dune", "held", "gone", "idle"] {
        let server = if label == "idle" {
            ""
        } else {
            " --ns ns1.elsewhere.test"
        };
        a(&format!(
            "create domain {label}.example --registrant C-1{server}"
        ));
    }
    for host in ["ns1.bay", "ns2.bay", "ns1.held"] {
        a(&format!(
            "create host {host}.example --addr 203.119.1.1 --addr 2001:db8::1"
        ));
    }
    let digest = "0123456789ABCDEF".repeat(4);
    a("update domain cape.example --add-ns ns1.bay.example --add-ns ns1.held.example");
    let ds = format!("12345 13 2 {digest}");
    let sign = ["update", "domain", "cape.example", "--add-ds", &ds];
    server.epp_json("registrar-a", &sign);
    a("update domain held.example --add-status clientHold");
    a("delete domain gone.example");
    let file = home.path().join("example.zone");
    fs::write(&file, "before").unwrap();
    let told = export(&server, "example", &file);
    assert_valid(&file, "example");
    assert_glue_is_whole(&file, "example.");
    let zone = read(&file);
    let delegated: Vec<&str> = owners(&zone, "NS").into_iter().collect();
    assert_eq!(
        delegated,
        ["bay.example.", "cape.example.", "dune.example.", "example."]
    );
    let records = |owner: &str| {
        let records = zone[owner].iter();
        records
            .map(|(kind, data)| format!("{kind} {data}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        records("cape.example."),
        [
            format!("DS {ds}"),
            "NS ns1.bay.example.".to_owned(),
            "NS ns1.elsewhere.test.".to_owned(),
        ]
    );
    assert_eq!(
        records("ns1.bay.example."),
        ["A 203.119.1.1", "AAAA 2001:db8::1"]
    );
    for (count, expected) in [
        ("domains", 3),
        ("delegations", 3),
        ("name-servers", 4),
        ("ds", 1),
        ("glue", 2),
    ] {
        assert_eq!(told[count], expected, "{count}");
    }
    let text = fs::read_to_string(&file).unwrap();
    let serial = format!(" {} ", told["serial"]);
    assert!(text.lines().nth(2).unwrap().contains(&serial), "{text}");
    // Without a file the same lines, but for the time, go to the terminal.
    let printed = server.admin(&["zone", "export", "EXAMPLE."]).stdout;
    let printed = String::from_utf8(printed).unwrap();
    let after_head = |text: &str| text.lines().skip(3).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(after_head(&printed), after_head(&text));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
}

#[test]
fn export_of_an_unknown_zone_or_to_nowhere_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let file = home.path().join("none.zone");
    let told = refusal(&server.admin(&["zone", "export", "香港", "--out", file.to_str().unwrap()]));
    assert!(
        told.contains("no zone xn--j6w193g") && told.contains("publishes: example"),
        "{told}"
    );
    assert!(!file.exists());
    let nowhere = home.path().join("none/example.zone");
    let told = refusal(&server.admin(&[
        "zone",
        "export",
        "example",
        "--out",
        nowhere.to_str().unwrap(),
    ]));
    assert!(told.contains("cannot be written"), "{told}");
    let mut command = hkepp();
    command
        .args(["zone", "export", "example", "--dir"])
        .arg(home.path().join("other"));
    assert!(refusal(&finish(&mut command)).contains("no server runs"));
}

#[test]
fn export_nobody_reads_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = hkepp();
    command
        .args(["zone", "export", "example", "--dir"])
        .arg(&server.dir);
    let child = command
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

/// Exports many names, 2,000 or `HKEPP_ZONE_NAMES`, each with two servers, one in ten with servers of its own.
#[test]
fn export_of_many_names_is_valid_and_takes_no_memory() {
    let names = std::env::var("HKEPP_ZONE_NAMES").map_or(2000, |names| names.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let mut first = session(&server);
    create_contact(&mut first);
    for provider in 0..10 {
        create_host(&mut first, &format!("ns{provider}.provider.test"), "");
    }
    std::thread::scope(|scope| {
        for part in 0..4 {
            let mut session = session(&server);
            scope.spawn(move || {
                for number in (part..names).step_by(4) {
                    create_name(&mut session, number);
                }
            });
        }
    });
    let file = home.path().join("example.zone");
    fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").unwrap();
    let before = memory(&server, "VmRSS:");
    let begun = Instant::now();
    let told = export(&server, "example", &file);
    let seconds = begun.elapsed().as_secs_f64();
    let grown = memory(&server, "VmHWM:").saturating_sub(before) / 1024;
    let size = fs::metadata(&file).unwrap().len() / 1024;
    println!(
        "{names} names, {size} KiB in {seconds:.2} s; the server's {} MiB grew by {grown} MiB at most",
        before / 1024
    );
    assert_valid(&file, "example");
    assert_glue_is_whole(&file, "example.");
    let zone = read(&file);
    let expected: BTreeSet<String> = (0..names)
        .map(|number| format!("n{number}.example."))
        .collect();
    let mut delegated = owners(&zone, "NS");
    delegated.remove("example.");
    assert!(delegated.into_iter().eq(expected.iter()));
    let with_hosts = names.div_ceil(10);
    assert_eq!(told["domains"], names);
    assert_eq!(told["name-servers"], 2 * (names + with_hosts));
    assert_eq!(told["glue"], 2 * with_hosts);
    assert!(grown <= MEMORY_MAXIMUM, "{grown} MiB");
}

/// Exports while names and the hosts they use come: wherever a page ends, no server is named without its address.
#[test]
fn export_while_names_come_is_valid() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let mut writer = session(&server);
    create_contact(&mut writer);
    for provider in 0..10 {
        create_host(&mut writer, &format!("ns{provider}.provider.test"), "");
    }
    for number in 0..1000 {
        create_name(&mut writer, number);
    }
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ended = &ended;
        scope.spawn(move || {
            // Bounded, so that a failure of the exports ends the test.
            for number in 0..5000 {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                // What was made last, and sorts first, serves a name that sorts last.
                let name = format!("a{}.example", 100_000 - number);
                let content = |name: &str, servers: &str| {
                    format!(
                        "<o:name>{name}</o:name>{servers}<o:registrant>C-1</o:registrant>\
                         <o:authInfo><o:pw></o:pw></o:authInfo>"
                    )
                };
                let servers = "<o:ns><o:hostObj>ns1.provider.test</o:hostObj></o:ns>";
                transform(&mut writer, "create", "domain", &content(&name, servers));
                let host = format!("ns.{name}");
                create_host(&mut writer, &host, "<o:addr>203.119.1.1</o:addr>");
                let servers = format!("<o:ns><o:hostObj>{host}</o:hostObj></o:ns>");
                let last = format!("z{number}.example");
                transform(&mut writer, "create", "domain", &content(&last, &servers));
            }
        });
        let mut lengths = BTreeSet::new();
        for number in 0..8 {
            let file = home.path().join(format!("{number}.zone"));
            lengths.insert(export(&server, "example", &file)["domains"].as_u64());
            assert_valid(&file, "example");
            assert_glue_is_whole(&file, "example.");
        }
        ended.store(true, Ordering::Relaxed);
        assert!(lengths.len() > 1, "nothing came meanwhile: {lengths:?}");
    });
}

/// Returns a figure of the server's memory in KiB.
fn memory(server: &Server, figure: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with(figure))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn session(server: &Server) -> Session {
    let mut session = Session::open(&server.epp_address(), &server.certs, "registrar-a");
    let objects = ["domain", "contact", "host"]
        .map(|kind| format!("<objURI>urn:ietf:params:xml:ns:{kind}-1.0</objURI>"))
        .concat();
    let answer = session
        .send(&format!(
            "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><login><clID>registrar-a</clID>\
             <pw>Harbour-2026</pw><options><version>1.0</version><lang>en</lang></options><svcs>{objects}</svcs>\
             </login></command></epp>"
        ))
        .unwrap();
    assert!(answer.contains("code=\"1000\""), "{answer}");
    session
}

/// Sends a command that must succeed.
fn transform(session: &mut Session, verb: &str, kind: &str, content: &str) {
    let answer = session
        .send(&format!(
            "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><{verb}>\
             <o:{verb} xmlns:o='urn:ietf:params:xml:ns:{kind}-1.0'>{content}</o:{verb}></{verb}></command></epp>"
        ))
        .unwrap();
    assert!(answer.contains("code=\"1000\""), "{answer}");
}

fn create_contact(session: &mut Session) {
    transform(
        session,
        "create",
        "contact",
        "<o:id>C-1</o:id><o:postalInfo type='int'><o:name>Chan</o:name><o:addr><o:street>1</o:street>\
         <o:city>Central</o:city><o:cc>HK</o:cc></o:addr></o:postalInfo><o:voice>+852.23456789</o:voice>\
         <o:email>chan@harbour.test</o:email><o:authInfo><o:pw></o:pw></o:authInfo>",
    );
}

fn create_host(session: &mut Session, name: &str, addresses: &str) {
    transform(
        session,
        "create",
        "host",
        &format!("<o:name>{name}</o:name>{addresses}"),
    );
}

/// Creates the name of a number with two servers; every tenth has two of its own besides.
fn create_name(session: &mut Session, number: usize) {
    let name = format!("n{number}.example");
    let provider = |step: usize| {
        format!(
            "<o:hostObj>ns{}.provider.test</o:hostObj>",
            (number + step) % 10
        )
    };
    let servers = provider(0) + &provider(3);
    transform(
        session,
        "create",
        "domain",
        &format!(
            "<o:name>{name}</o:name><o:ns>{servers}</o:ns><o:registrant>C-1</o:registrant>\
             <o:authInfo><o:pw></o:pw></o:authInfo>"
        ),
    );
    if number.is_multiple_of(10) {
        let mut own = String::new();
        for host in ["ns1", "ns2"] {
            let address = format!("203.{}.{}.1", number / 10 / 256 % 256, number / 10 % 256);
            let addresses = format!("<o:addr>{address}</o:addr>");
            create_host(session, &format!("{host}.{name}"), &addresses);
            own.push_str(&format!("<o:hostObj>{host}.{name}</o:hostObj>"));
        }
        let added = format!("<o:name>{name}</o:name><o:add><o:ns>{own}</o:ns></o:add>");
        transform(session, "update", "domain", &added);
    }
}
