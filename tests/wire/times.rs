//! How long each stage may take: slow, silent and never-reading clients.

use std::time::{Duration, Instant};

use hkepp::server::{Settings, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{interval, timeout};

use crate::harness::{Client, Event, Harness, PATIENCE, uncapped, unit};

/// The time under test; every other one is far longer.
const SHORT: Duration = Duration::from_millis(300);

/// Starts a server with one time shortened.
async fn start(shorten: impl FnOnce(&mut Timeouts)) -> Harness {
    let mut timeouts = Timeouts::default();
    shorten(&mut timeouts);
    Harness::start_with(Settings {
        timeouts,
        ..uncapped()
    })
    .await
}

/// Waits until the server closes, in order; returns how long it took from `start`.
async fn closed_after(client: &mut Client, start: Instant) -> Duration {
    assert!(client.read_to_end().await.unwrap().is_empty());
    start.elapsed()
}

/// Checks that a connection ended for this reason and not before the time was up.
async fn assert_ended(harness: &Harness, reason: &str, elapsed: Duration) {
    assert!(elapsed >= SHORT, "closed after {elapsed:?} only");
    let name = format!("epp_connections_ended_total{{reason=\"{reason}\"}}");
    harness.wait_for_metric(&name, 1).await;
}

#[tokio::test]
async fn stay_silent_in_the_handshake_is_closed() {
    let harness = start(|t| t.handshake = SHORT).await;
    let start = Instant::now();
    let mut tcp = harness.tcp().await;
    // A cut ClientHello: type, version and length of a record, then nothing.
    tcp.write_all(&[0x16, 3, 1, 0, 0xff, 1]).await.unwrap();
    let mut rest = Vec::new();
    let reading = tcp.read_to_end(&mut rest);
    timeout(PATIENCE, reading).await.unwrap().unwrap();
    assert!(rest.is_empty());
    assert!(start.elapsed() >= SHORT);
    let failed = r#"epp_handshakes_failed_total{reason="timeout"}"#;
    harness.wait_for_metric(failed, 1).await;
}

#[tokio::test]
async fn stay_silent_between_commands_is_closed() {
    let harness = start(|t| t.idle = SHORT).await;
    let mut client = harness.client("registrar-a").await;
    assert_eq!(client.ask("x").await, "x");
    let start = Instant::now();
    let elapsed = closed_after(&mut client, start).await;
    assert_ended(&harness, "idle", elapsed + Duration::from_millis(5)).await;
}

#[tokio::test]
async fn stop_within_the_header_is_closed() {
    let harness = start(|t| t.header = SHORT).await;
    let mut client = harness.client("registrar-a").await;
    let start = Instant::now();
    client.send(&[0, 0, 0]).await;
    let elapsed = closed_after(&mut client, start).await;
    assert_ended(&harness, "slow_header", elapsed).await;
}

#[tokio::test]
async fn trickle_a_unit_is_closed_although_octets_keep_coming() {
    let harness = start(|t| t.frame = SHORT).await;
    let client = harness.client("registrar-a").await;
    let start = Instant::now();
    let (mut reading, mut writing) = tokio::io::split(client.stream);
    let trickle = tokio::spawn(async move {
        writing.write_all(&[0, 0, 0xff, 0]).await.unwrap();
        let mut pace = interval(Duration::from_millis(10));
        loop {
            pace.tick().await;
            if writing.write_all(b"x").await.is_err() || writing.flush().await.is_err() {
                return;
            }
        }
    });
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, reading.read_to_end(&mut rest)).await;
    // What the client still sends may turn the close into a reset.
    assert!(read.expect("server does not close").unwrap_or(0) == 0);
    assert_ended(&harness, "slow_frame", start.elapsed()).await;
    trickle.abort();
}

#[tokio::test]
async fn talk_beyond_the_lifetime_is_closed() {
    let harness = start(|t| t.lifetime = SHORT).await;
    let start = Instant::now();
    let mut client = harness.client("registrar-a").await;
    let talking = async {
        loop {
            client.stream.write_all(&unit("x")).await?;
            client.stream.flush().await?;
            client.read_unit().await?;
        }
    };
    let ended: std::io::Result<()> = timeout(PATIENCE, talking).await.unwrap();
    assert!(ended.is_err());
    assert_ended(&harness, "lifetime", start.elapsed()).await;
}

#[tokio::test]
async fn long_waits_below_the_limits_are_served() {
    // A command that takes longer than header, frame and write time together is nobody's fault.
    let mut harness = start(|t| {
        t.header = Duration::from_millis(50);
        t.frame = Duration::from_millis(50);
        t.write = Duration::from_millis(50);
    })
    .await;
    let mut client = harness.client("registrar-a").await;
    client.send(&[unit("hold"), vec![0, 0]].concat()).await;
    assert_eq!(harness.event().await, Event::Handling(b"hold".to_vec()));
    let mut pace = interval(Duration::from_millis(200));
    pace.tick().await;
    pace.tick().await;
    harness.release();
    assert_eq!(client.read_unit().await.unwrap(), b"released");
    client.send(&unit("rest")[2..]).await;
    assert_eq!(client.read_unit().await.unwrap(), b"rest");
}

#[tokio::test]
async fn never_reading_client_stops_being_served_and_is_closed() {
    let mut harness = start(|t| t.write = SHORT).await;
    let client = harness.client("registrar-a").await;
    let (reading, mut writing) = tokio::io::split(client.stream);
    let sent = 4_000;
    let sending = tokio::spawn(async move {
        for _ in 0..sent {
            if writing.write_all(&unit("big:60000")).await.is_err() {
                return;
            }
        }
        writing.flush().await.ok();
    });
    let mut handled = 0;
    while let Event::Handling(_) = harness.event().await {
        handled += 1;
    }
    // What the kernel buffers on both sides is all that was answered.
    assert!(handled < 1_000, "{handled} of {sent} commands were handled");
    let ended = r#"epp_connections_ended_total{reason="not_reading"}"#;
    harness.wait_for_metric(ended, 1).await;
    sending.abort();
    drop(reading);
}

#[tokio::test]
async fn slow_strangers_leave_honest_clients_alone() {
    let harness = start(|t| {
        t.handshake = SHORT;
        t.header = SHORT;
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        slow.push(harness.tcp().await);
    }
    let mut trickling = Vec::new();
    for _ in 0..20 {
        let mut client = harness.client("stranger").await;
        client.send(&[0]).await;
        trickling.push(client);
    }
    let mut honest = harness.client("registrar-a").await;
    for n in 0..100 {
        let document = format!("command {n}");
        assert_eq!(honest.ask(&document).await, document);
    }
    harness.wait_for_connections(1).await;
    assert_eq!(honest.ask("still here").await, "still here");
}
