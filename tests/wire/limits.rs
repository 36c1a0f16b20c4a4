//! Caps, and what happens when the process runs out of files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hkepp::server::Settings;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Harness, PATIENCE, uncapped};

/// Says whether the server keeps a connection: a refused one ends at once.
async fn is_closed(tcp: &mut TcpStream) -> bool {
    let mut octet = [0];
    let read = timeout(PATIENCE, tcp.read(&mut octet)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn connect_beyond_the_cap_of_an_address_is_closed_until_one_logs_in() {
    let harness = Harness::start_with(Settings {
        pre_login_per_address: Some(2),
        ..uncapped()
    })
    .await;
    let mut first = harness.client("registrar-a").await;
    let _second = harness.client("registrar-a").await;
    assert!(is_closed(&mut harness.tcp().await).await);
    let refused = r#"epp_connections_refused_total{reason="address"}"#;
    assert_eq!(harness.metric(refused), 1);
    assert_eq!(first.ask("login:registrar-a").await, "welcome");
    let mut third = harness.client("registrar-a").await;
    assert_eq!(third.ask("x").await, "x");
    assert!(is_closed(&mut harness.tcp().await).await);
}

#[tokio::test]
async fn connect_beyond_the_cap_of_all_is_closed_until_one_leaves() {
    let harness = Harness::start_with(Settings {
        connections: Some(2),
        ..uncapped()
    })
    .await;
    let first = harness.client("registrar-a").await;
    let mut second = harness.client("registrar-b").await;
    assert!(is_closed(&mut harness.tcp().await).await);
    assert_eq!(second.ask("x").await, "x");
    drop(first);
    harness.wait_for_connections(1).await;
    harness.client("registrar-c").await;
}

#[tokio::test]
async fn connect_many_times_leaves_nothing_behind() {
    let harness = Harness::start().await;
    for _ in 0..50 {
        let mut client = harness.client("registrar-a").await;
        assert_eq!(client.ask("login:registrar-a").await, "welcome");
    }
    harness.wait_for_connections(0).await;
    assert_eq!(harness.metric("epp_connections_open"), 0);
    assert_eq!(harness.metric("epp_sessions"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn strangers_are_alerted_however_many_come_at_once() {
    let harness = Harness::start().await;
    // The scheduler's budget is 128 operations, which an accept loop and the task it started last may share: with
    // one of these numbers hardly any of it is left to that task.
    for number in 50..=128 {
        let (busy, let_go) = std::sync::mpsc::channel::<()>();
        // The only worker stands still until all of them wait to be accepted.
        let standing = tokio::spawn(async move { let_go.recv().ok() });
        let strangers: Vec<_> = (0..number)
            .map(|_| {
                let mut tcp = std::net::TcpStream::connect(harness.address).unwrap();
                tcp.write_all(b"hello, server").unwrap();
                tcp.set_read_timeout(Some(PATIENCE)).unwrap();
                tcp
            })
            .collect();
        drop(busy);
        standing.await.unwrap();
        for mut tcp in strangers {
            let mut octet = [0];
            assert_eq!(tcp.read(&mut octet).unwrap(), 1, "one of {number}");
        }
    }
}

/// Name of the variable that tells the child where to write; without it the child test does nothing.
const CHILD: &str = "HKEPP_TEST_STARVED";

#[tokio::test]
async fn run_out_of_files_is_survived_and_recovered_from() {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "limits::starved_server",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = |wanted: &str| loop {
        let line = lines.next().expect("child ended early").unwrap();
        if let Some((_, value)) = line.split_once(wanted) {
            return value.to_owned();
        }
    };
    let address: SocketAddr = told("listening on ").parse().unwrap();
    let mut held = Vec::new();
    for _ in 0..100 {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    told("out of files");
    drop(held);
    let freed = Instant::now();
    // A fresh connection is accepted again: the server answers plain text with an alert.
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, b"hello, server")
        .await
        .unwrap();
    assert!(!is_closed(&mut tcp).await);
    let recovery = freed.elapsed();
    assert!(recovery < Duration::from_secs(2), "took {recovery:?}");
    drop(child.stdin.take());
    told("accept errors: ");
    assert!(child.wait().unwrap().success());
}

/// The child of the test above: serves until its standard input ends.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by run_out_of_files_is_survived_and_recovered_from"]
async fn starved_server() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mut harness = Harness::start().await;
    println!("listening on {}", harness.address);
    harness.wait_for_metric("epp_accept_errors_total", 1).await;
    println!("out of files");
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()))
        .await
        .unwrap()
        .unwrap();
    println!(
        "accept errors: {}",
        harness.metric("epp_accept_errors_total")
    );
    harness.stop();
    harness.stopped().await;
}
