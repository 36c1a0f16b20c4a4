//! Data units: split, joined, too short, too long, not EPP at all (RFC 5734 section 4).

use std::fs;

use hkepp::base::limits::FRAME_DEFAULT;
use tokio::io::AsyncWriteExt;

use crate::corpus::Corpus;
use crate::harness::{Event, Harness, documents, unit};

#[tokio::test]
async fn connect_receives_the_greeting_unasked_and_first() {
    let harness = Harness::start().await;
    // client() reads the greeting before anything is sent.
    let mut client = harness.client("registrar-a").await;
    assert_eq!(client.ask("hello").await, "hello");
}

#[tokio::test]
async fn send_octet_by_octet_is_answered_once() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    for octet in unit("slowly") {
        client.send(&[octet]).await;
    }
    assert_eq!(client.read_unit().await.unwrap(), b"slowly");
    assert_eq!(client.ask("next").await, "next");
}

#[tokio::test]
async fn send_split_anywhere_gives_the_same_answers() {
    let harness = Harness::start().await;
    let all = [unit("one"), unit("two"), unit("three")].concat();
    for cut in 1..all.len() {
        let mut client = harness.client("registrar-a").await;
        client.send(&all[..cut]).await;
        client.send(&all[cut..]).await;
        for expected in ["one", "two", "three"] {
            assert_eq!(client.read_unit().await.unwrap(), expected.as_bytes());
        }
    }
}

#[tokio::test]
async fn send_fifty_in_one_write_gives_fifty_answers_in_order() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let sent: Vec<String> = (0..50).map(|n| format!("command {n}")).collect();
    let octets: Vec<u8> = sent.iter().flat_map(|document| unit(document)).collect();
    client.send(&octets).await;
    for expected in sent {
        assert_eq!(client.read_unit().await.unwrap(), expected.as_bytes());
    }
}

#[tokio::test]
async fn answers_larger_than_the_write_limit_keep_order_and_content() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let sizes = [10, 200_000, 1, 70_000, 5];
    let octets: Vec<u8> = sizes
        .iter()
        .flat_map(|size| unit(&format!("big:{size}")))
        .collect();
    client.send(&octets).await;
    for size in sizes {
        let answer = client.read_unit().await.unwrap();
        assert!(answer.len() == size && answer.iter().all(|octet| *octet == b'x'));
    }
}

#[tokio::test]
async fn send_an_empty_unit_reaches_the_conversation() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&[0, 0, 0, 4]).await;
    assert_eq!(client.read_unit().await.unwrap(), b"empty");
    assert_eq!(client.ask("x").await, "x");
}

#[tokio::test]
async fn send_at_the_limit_is_answered() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let document = "y".repeat(FRAME_DEFAULT - 4);
    assert_eq!(client.ask(&document).await, document);
    assert_eq!(client.ask("small again").await, "small again");
}

#[tokio::test]
async fn send_a_length_of_no_unit_closes_without_an_answer() {
    let mut harness = Harness::start().await;
    let above = u32::try_from(FRAME_DEFAULT + 1).unwrap().to_be_bytes();
    let little_endian = 101_u32.to_le_bytes();
    let cases: [&[u8]; 13] = [
        &[0, 0, 0, 0],
        &[0, 0, 0, 1],
        &[0, 0, 0, 2],
        &[0, 0, 0, 3],
        &above,
        &little_endian,
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0xff],
        b"<?xml version=\"1.0\"?><epp/>",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"EHLO localhost\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01],
    ];
    for octets in cases {
        let mut client = harness.client("registrar-a").await;
        client.send(octets).await;
        let rest = client.read_to_end().await.unwrap();
        assert!(rest.is_empty(), "{octets:?} was answered: {rest:?}");
        assert_eq!(harness.event().await, Event::Dropped);
    }
    assert_eq!(harness.metric("epp_frames_refused_total"), 13);
    assert_eq!(harness.metric("epp_frames_total"), 0);
}

#[tokio::test]
async fn send_one_octet_of_another_protocol_closes_at_once() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(b"G").await;
    assert!(client.read_to_end().await.unwrap().is_empty());
    assert_eq!(harness.metric("epp_frames_refused_total"), 1);
}

#[tokio::test]
async fn send_a_good_and_a_bad_unit_answers_the_good_one() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let octets = [unit("good"), vec![0, 0, 0, 1], unit("never")].concat();
    client.send(&octets).await;
    let rest = client.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"good"]);
}

#[tokio::test]
async fn send_a_bad_unit_first_leaves_the_second_unhandled() {
    let mut harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    let octets = [vec![0, 0, 0, 3], unit("never")].concat();
    client.send(&octets).await;
    assert!(client.read_to_end().await.unwrap().is_empty());
    assert_eq!(harness.event().await, Event::Dropped);
}

#[tokio::test]
async fn half_close_after_commands_still_gets_the_answers() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&[unit("one"), unit("two")].concat()).await;
    client.stream.shutdown().await.unwrap();
    let rest = client.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"one", b"two"]);
}

#[tokio::test]
async fn half_close_while_a_command_runs_still_gets_the_answer() {
    let mut harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&unit("hold")).await;
    assert_eq!(harness.event().await, Event::Handling(b"hold".to_vec()));
    // End of the TCP stream without the TLS notice, as many clients do.
    client.stream.get_mut().0.shutdown().await.unwrap();
    harness.release();
    let rest = client.read_to_end().await.unwrap();
    assert_eq!(documents(&rest), [b"released"]);
}

#[tokio::test]
async fn close_within_a_unit_is_noticed_quietly() {
    let mut harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&unit("cut off")[..7]).await;
    client.stream.shutdown().await.unwrap();
    assert!(client.read_to_end().await.unwrap().is_empty());
    assert_eq!(harness.event().await, Event::Dropped);
    let ended = r#"epp_connections_ended_total{reason="truncated"}"#;
    harness.wait_for_metric(ended, 1).await;
}

#[tokio::test]
async fn answer_without_a_document_sends_nothing() {
    let harness = Harness::start().await;
    let mut client = harness.client("registrar-a").await;
    client.send(&[unit("silent"), unit("loud")].concat()).await;
    assert_eq!(client.read_unit().await.unwrap(), b"loud");
}

#[tokio::test]
async fn send_the_framing_corpus_gives_the_listed_answers() {
    let Some(corpus) = Corpus::find() else { return };
    let harness = Harness::start().await;
    for entry in fs::read_dir(corpus.directory("framing")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = match name.as_str() {
            "len-0.bin" | "len-max.bin" | "len-negative-i32.bin" => 0,
            "no-frame-raw-xml.bin" | "short-header.bin" => 0,
            // One command, then octets that are no header.
            "crlf-between-frames.bin" | "len-excludes-header.bin" => 1,
            "trailing-newline.bin" => 1,
            "two-pipelined.bin" => 2,
            "fifty-pipelined.bin" => 50,
            other => panic!("no expectation for {other}"),
        };
        let mut client = harness.client("registrar-a").await;
        client.send(&fs::read(&path).unwrap()).await;
        client.stream.shutdown().await.unwrap();
        let rest = client.read_to_end().await.unwrap();
        assert_eq!(documents(&rest).len(), expected, "{name}");
    }
}
