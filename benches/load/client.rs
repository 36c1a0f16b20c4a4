//! One closed-loop client: sends a request, waits for the whole answer, sends the next.

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

use crate::Workload;

/// Different frames a client sends in turn, so that no answer is merely repeated.
const VARIANTS: usize = 64;

/// A connected client.
pub struct Client {
    stream: TlsStream<TcpStream>,
    received: Vec<u8>,
    number: usize,
    /// Names created so far.
    created: usize,
}

impl Client {
    /// Connects as registrar-a of the sandbox's certificates.
    pub async fn connect(address: SocketAddr, certificates: &Path, number: usize) -> Self {
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
                vec![CertificateDer::from_pem_file(file("registrar-a.pem")).unwrap()],
                PrivateKeyDer::from_pem_file(file("registrar-a.key")).unwrap(),
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
            created: 0,
        }
    }

    /// Reads the greeting and logs in.
    pub async fn log_in(&mut self) {
        self.receive().await;
        self.stream.write_all(&frame(LOGIN)).await.unwrap();
        self.stream.flush().await.unwrap();
        self.receive().await;
        self.assert_success();
    }

    /// Sends one request; returns the lengths of request and answer.
    pub async fn probe(&mut self, workload: Workload, expected: &str) -> (usize, usize) {
        let request = request(workload, self.number, 0);
        self.exchange(&request).await;
        let answer = String::from_utf8_lossy(&self.received);
        assert!(answer.contains(expected), "{expected} is not in {answer}");
        (request.len(), self.received.len())
    }

    /// Sends requests for a period; returns itself, the latencies in nanoseconds and the exact time taken.
    pub async fn run(
        mut self,
        workload: Workload,
        period: Duration,
    ) -> (Self, Histogram<u64>, Duration) {
        let requests: Vec<Vec<u8>> = (0..VARIANTS)
            .map(|variant| request(workload, self.number, variant))
            .collect();
        let mut latency = Histogram::new(3).unwrap();
        let start = Instant::now();
        let mut sent = start;
        for request in requests.iter().cycle() {
            if workload == Workload::Create {
                self.create().await;
            } else {
                self.exchange(request).await;
            }
            let now = Instant::now();
            let nanoseconds = u64::try_from((now - sent).as_nanos()).unwrap();
            latency.record(nanoseconds).unwrap();
            sent = now;
            if now - start >= period {
                break;
            }
        }
        (self, latency, sent - start)
    }

    /// Creates the contact that every created name refers to.
    pub async fn create_registrant(&mut self) {
        self.exchange(&frame(CREATE_REGISTRANT)).await;
        self.assert_success();
    }

    /// Creates a name nobody has.
    async fn create(&mut self) {
        let request = request(Workload::Create, self.number, self.created);
        self.created += 1;
        self.exchange(&request).await;
        self.assert_success();
    }

    fn assert_success(&self) {
        let answer = String::from_utf8_lossy(&self.received);
        assert!(answer.contains("code=\"1000\""), "refused: {answer}");
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

/// Builds a request; all of one workload are of the same length.
fn request(workload: Workload, client: usize, variant: usize) -> Vec<u8> {
    match workload {
        Workload::Hello => frame(HELLO),
        Workload::Check => {
            let names: String = (0..5)
                .map(|n| {
                    format!(
                        "<domain:name>benchmark-{client:03}-{variant:02}-{n}.example</domain:name>"
                    )
                })
                .collect();
            frame(&CHECK.replace("NAMES", &names))
        }
        Workload::Create => frame(&create(client, variant)),
    }
}

/// Returns the document that creates a name.
pub fn create(client: usize, variant: usize) -> String {
    CREATE.replace(
        "NAME",
        &format!("benchmark-{client:03}-{variant:07}.example"),
    )
}

/// Adds the length header.
fn frame(document: &str) -> Vec<u8> {
    let length = u32::try_from(document.len() + 4).unwrap();
    [&length.to_be_bytes(), document.as_bytes()].concat()
}

const HELLO: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/></epp>"#
);

const CHECK: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><check>"#,
    r#"<domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">NAMES</domain:check>"#,
    r"</check><clTRID>load-0001</clTRID></command></epp>"
);

/// A registrant for every name that is created.
pub const CREATE_REGISTRANT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<contact:create xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"><contact:id>benchmark</contact:id>"#,
    r#"<contact:postalInfo type="int"><contact:name>Chan Tai Man</contact:name><contact:addr>"#,
    r"<contact:city>Central</contact:city><contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>",
    r"<contact:email>chan@example.com</contact:email><contact:authInfo><contact:pw/></contact:authInfo>",
    r"</contact:create></create><clTRID>load-0002</clTRID></command></epp>"
);

const CREATE: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r"<domain:registrant>benchmark</domain:registrant>",
    r"<domain:authInfo><domain:pw/></domain:authInfo></domain:create>",
    r"</create><clTRID>load-0003</clTRID></command></epp>"
);

/// The login of registrar-a.
pub const LOGIN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><login>"#,
    r"<clID>registrar-a</clID><pw>Harbour-2026</pw>",
    r"<options><version>1.0</version><lang>en</lang></options>",
    r"<svcs><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>",
    r"<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI></svcs>",
    r"</login><clTRID>load-0000</clTRID></command></epp>"
);
