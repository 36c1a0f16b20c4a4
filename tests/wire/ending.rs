//! Ends: logout, drain, sessions closed by the operator, panics.

use std::time::{Duration, Instant};

use hkepp::server::{Settings, Timeouts};
use tokio::net::TcpStream;

use crate::harness::{Event, Harness, documents, uncapped, unit};

#[tokio::test]
async fn logout_is_answered_then_closed_with_the_tls_notice() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    // What follows the logout is not handled, and must not cost the client its answer.
    let octets = [unit("bye"), unit("too late")].concat();
    client.send(&octets).await;
    let rest = client.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"bye"]);
    let ended = r#"epp_connections_ended_total{reason="finished"}"#;
    harness.wait_for_metric(ended, 1).await;
}

#[tokio::test]
async fn logout_with_much_unread_behind_it_still_delivers_the_answer() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let mut octets = unit("bye");
    for _ in 0..10 {
        octets.extend(unit(&"z".repeat(10_000)));
    }
    client.send(&octets).await;
    let rest = client.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"bye"]);
    assert!(harness.let_go_without_reset(&client).await);
}

#[tokio::test]
async fn drain_answers_the_command_in_flight_then_closes_everyone() {
    let mut harness = Harness::start().await;
    let mut idle = harness.client("registrar-b").await;
    let _silent = harness.tcp().await;
    let mut busy = harness.client("registrar-a").await;
    busy.send(&[unit("hold"), unit("not started")].concat())
        .await;
    assert_eq!(harness.event().await, Event::Handling(b"hold".to_vec()));
    let start = Instant::now();
    harness.stop();
    // The idle client is closed while the other command still runs.
    assert!(idle.read_to_end().await.unwrap().is_empty());
    harness.release();
    let rest = busy.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"released"]);
    drop((idle, busy));
    harness.stopped().await;
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(harness.address).await.is_err());
    assert_eq!(harness.live.count(), 0);
}

#[tokio::test]
async fn drain_cuts_off_a_command_that_never_ends() {
    let mut harness = Harness::start_with(Settings {
        timeouts: Timeouts {
            drain: Duration::from_millis(200),
            ..Timeouts::default()
        },
        ..uncapped()
    })
    .await;
    let mut client = harness.client("registrar-a").await;
    client.send(&unit("hold")).await;
    assert_eq!(harness.event().await, Event::Handling(b"hold".to_vec()));
    harness.stop();
    harness.stopped().await;
    assert_eq!(harness.event().await, Event::Dropped);
    assert!(client.read_unit().await.is_err());
}

#[tokio::test]
async fn drain_does_not_wait_for_a_client_that_reads_nothing() {
    let mut harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&unit("big:50000000")).await;
    let asked = Event::Handling(b"big:50000000".to_vec());
    assert_eq!(harness.event().await, asked);
    let start = Instant::now();
    harness.stop();
    harness.stopped().await;
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn close_certificate_ends_its_sessions_only() {
    let harness = Harness::start().await;
    let mut a = harness.client("registrar-a").await;
    let mut b = harness.client("registrar-b").await;
    assert_eq!(harness.live.close_certificate(&harness.pins[0].1), 1);
    assert!(a.read_to_end().await.unwrap().is_empty());
    assert_eq!(b.ask("x").await, "x");
    let kicked = r#"epp_sessions_kicked_total{reason="unpinned"}"#;
    assert_eq!(harness.metric(kicked), 1);
}

#[tokio::test]
async fn close_registrar_answers_the_command_in_flight_first() {
    let mut harness = Harness::start().await;
    let mut a = harness.client("registrar-a").await;
    let mut b = harness.client("registrar-b").await;
    assert_eq!(a.ask("login:registrar-a").await, "welcome");
    assert_eq!(b.ask("login:registrar-b").await, "welcome");
    assert_eq!(harness.metric("epp_sessions"), 2);
    a.send(&unit("hold")).await;
    while harness.event().await != Event::Handling(b"hold".to_vec()) {}
    assert_eq!(harness.live.close_registrar("registrar-a"), 1);
    harness.release();
    let rest = a.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"released"]);
    assert_eq!(b.ask("x").await, "x");
    drop(a);
    harness.wait_for_connections(1).await;
    assert_eq!(harness.metric("epp_sessions"), 1);
}

#[tokio::test]
async fn panic_in_one_conversation_ends_that_one_only() {
    let harness = Harness::start().await;
    let mut a = harness.client("registrar-a").await;
    let mut b = harness.client("registrar-b").await;
    a.send(&unit("panic")).await;
    assert!(a.read_unit().await.is_err());
    assert_eq!(b.ask("x").await, "x");
    harness.wait_for_metric("epp_panics_total", 1).await;
    harness.wait_for_connections(1).await;
}

#[tokio::test]
async fn reset_by_the_client_frees_its_place() {
    let mut harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&unit("hold")).await;
    assert_eq!(harness.event().await, Event::Handling(b"hold".to_vec()));
    client.stream.get_ref().0.set_zero_linger().unwrap();
    drop(client);
    harness.release();
    harness.wait_for_connections(0).await;
}
