//! One client: sends a request, waits for the whole answer, sends the next at once or when its time has come.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::load::request;
use crate::load::workload::Workload;

/// Different frames a client sends in turn, so that no answer is merely repeated.
pub const VARIANTS: usize = 64;

/// What a client saw: the latencies in nanoseconds, and the exact time taken.
pub type Seen = (Histogram<u64>, Duration);

/// A connected client.
pub struct Client {
    stream: TlsStream<TcpStream>,
    received: Vec<u8>,
    number: usize,
    /// Whether it talks to an echo, to which every request may be sent again.
    echoed: bool,
    /// Requests of each changing workload so far, so that none is repeated.
    done: HashMap<Workload, usize>,
}

impl Client {
    /// Connects with a registrar's certificate of the sandbox.
    pub async fn connect(
        address: SocketAddr,
        certificates: &Path,
        registrar: &str,
        number: usize,
    ) -> Self {
        let file = |name: &str| certificates.join(name);
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(file("ca.pem")).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_file(file(&format!("{registrar}.pem"))).unwrap()],
                PrivateKeyDer::from_pem_file(file(&format!("{registrar}.key"))).unwrap(),
            )
            .unwrap();
        let tcp = TcpStream::connect(address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .unwrap();
        Self {
            stream,
            received: Vec::with_capacity(16 * 1024),
            number,
            echoed: false,
            done: HashMap::new(),
        }
    }

    /// Reads the greeting and logs in.
    pub async fn log_in(&mut self, registrar: &str) {
        self.receive().await;
        self.send(&request::login(registrar)).await;
    }

    /// Sends one document, which succeeds.
    pub async fn send(&mut self, document: &str) {
        self.exchange(&request::frame(document)).await;
        self.assert_success();
    }

    /// Notes that it talks to an echo.
    pub fn expect_echo(&mut self) {
        self.echoed = true;
    }

    /// Takes another number, and with it other names.
    pub fn renumber(&mut self, number: usize) {
        self.number = number;
    }

    /// Creates the names that this client reads and changes later.
    pub async fn create_stock(&mut self) {
        for variant in 0..VARIANTS {
            self.send(&request::stock(self.number, variant)).await;
        }
    }

    /// Sends one request; returns the lengths of request and answer.
    pub async fn probe(&mut self, workload: Workload) -> (usize, usize) {
        let request = request::frame(&request::request(workload, self.number, 0));
        self.exchange(&request).await;
        let answer = String::from_utf8_lossy(&self.received);
        let expected = workload.expected();
        assert!(answer.contains(expected), "{expected} is not in {answer}");
        (request.len(), self.received.len())
    }

    /// Sends requests for a period, each as soon as the one before is answered.
    pub async fn run(mut self, workload: Workload, period: Duration) -> (Self, Seen) {
        let ready: Vec<Vec<u8>> = if workload.repeats() || self.echoed {
            let variants = 0..VARIANTS;
            variants
                .map(|variant| request::request(workload, self.number, variant))
                .map(|document| request::frame(&document))
                .collect()
        } else {
            Vec::new()
        };
        let mut ready = ready.iter().cycle();
        let mut latency = Histogram::new(3).unwrap();
        let start = Instant::now();
        let mut sent = start;
        loop {
            match ready.next() {
                Some(request) => self.exchange(request).await,
                None => self.next(workload).await,
            }
            let now = Instant::now();
            record(&mut latency, now - sent);
            sent = now;
            if now - start >= period {
                return (self, (latency, sent - start));
            }
        }
    }

    /// Sends requests for a period, one every `interval` from `start` on; a latency counts from when its request
    /// was due, so that a late answer shows in all the requests that waited for it.
    pub async fn pace(
        mut self,
        workload: Workload,
        period: Duration,
        start: Instant,
        interval: Duration,
    ) -> (Self, Seen) {
        let mut latency = Histogram::new(3).unwrap();
        let mut due = start;
        while due - start < period {
            tokio::time::sleep_until(due.into()).await;
            self.next(workload).await;
            record(&mut latency, due.elapsed());
            due += interval;
        }
        (self, (latency, start.elapsed()))
    }

    /// Sends the next request of a workload, which succeeds.
    async fn next(&mut self, workload: Workload) {
        let done = self.done.entry(workload).or_default();
        let number = *done;
        *done += 1;
        let workload = workload.part(self.number + number);
        let document = request::request(workload, self.number, number);
        self.exchange(&request::frame(&document)).await;
        self.assert_success();
    }

    fn assert_success(&self) {
        let answer = String::from_utf8_lossy(&self.received);
        assert!(answer.contains("code=\"1"), "refused: {answer}");
    }

    /// Sends one frame and reads one.
    async fn exchange(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.stream.flush().await.unwrap();
        self.receive().await;
    }

    /// Reads one whole frame.
    async fn receive(&mut self) {
        self.received.clear();
        loop {
            let read = self.stream.read_buf(&mut self.received).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            let Some(header) = self.received.first_chunk::<4>() else {
                continue;
            };
            let length = usize::try_from(u32::from_be_bytes(*header)).unwrap();
            if self.received.len() >= length {
                assert_eq!(self.received.len(), length, "more than one answer");
                return;
            }
        }
    }
}

/// Counts one latency.
fn record(latency: &mut Histogram<u64>, taken: Duration) {
    latency
        .record(u64::try_from(taken.as_nanos()).unwrap())
        .unwrap();
}
