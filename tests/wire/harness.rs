//! A server with a scripted conversation behind real TLS, and clients that speak raw octets to it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hkepp::base::clock::Clock;
use hkepp::base::metrics::Metrics;
use hkepp::daemon::pki;
use hkepp::server::{self, Files, Live, Settings, Tls};
use hkepp::session::conversation::{After, Conversation, Conversations, Peer};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// No step of these tests takes this long unless it hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The greeting of the scripted conversation.
pub const GREETING: &[u8] = b"<greeting/>";

/// What the scripted conversations report.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A document is about to be answered.
    Handling(Vec<u8>),
    /// The conversation was dropped.
    Dropped,
}

/// Opens scripted conversations.
#[derive(Clone)]
pub struct Script {
    events: mpsc::UnboundedSender<Event>,
    release: Arc<Semaphore>,
}

/// A conversation that echoes, but for a few words it obeys.
pub struct Scripted {
    script: Script,
    peer: Peer,
    registrar: Option<String>,
}

impl Conversations for Script {
    type Conversation = Scripted;

    fn open(&self, peer: Peer) -> Scripted {
        Scripted {
            script: self.clone(),
            peer,
            registrar: None,
        }
    }
}

impl Conversation for Scripted {
    fn greeting(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(GREETING);
    }

    async fn handle(&mut self, document: &[u8], out: &mut Vec<u8>) -> After {
        self.script
            .events
            .send(Event::Handling(document.to_vec()))
            .ok();
        let text = String::from_utf8_lossy(document).into_owned();
        match text.split_once(':').unwrap_or((&text, "")) {
            ("", _) => out.extend_from_slice(b"empty"),
            ("silent", _) => {}
            ("panic", _) => panic!("asked to"),
            ("bye", _) => {
                out.extend_from_slice(b"bye");
                return After::Close;
            }
            ("login", name) => {
                self.registrar = Some(name.to_owned());
                out.extend_from_slice(b"welcome");
            }
            ("hold", _) => {
                self.script.release.acquire().await.unwrap().forget();
                out.extend_from_slice(b"released");
            }
            ("big", size) => out.resize(out.len() + size.parse::<usize>().unwrap(), b'x'),
            ("who", _) => {
                let sha256 = self.peer.certificate.as_ref().unwrap().sha256;
                out.extend_from_slice(data_encoding::HEXLOWER.encode(&sha256).as_bytes());
            }
            _ => out.extend_from_slice(document),
        }
        After::Continue
    }

    fn registrar(&self) -> Option<&str> {
        self.registrar.as_deref()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.script.events.send(Event::Dropped).ok();
    }
}

/// A running server.
pub struct Harness {
    pub address: SocketAddr,
    pub directory: TempDir,
    pub tls: Arc<Tls>,
    pub live: Live,
    pub pins: Vec<(String, [u8; 32])>,
    pub events: mpsc::UnboundedReceiver<Event>,
    registry: Registry,
    release: Arc<Semaphore>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
}

impl Harness {
    /// Starts a server with the development PKI and no caps.
    pub async fn start() -> Self {
        Self::start_with(uncapped()).await
    }

    /// Starts a server with the development PKI.
    pub async fn start_with(settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let minted = pki::provide(directory.path(), now()).unwrap();
        let files = files_in(directory.path());
        let mut harness = Self::serve(directory, &files, settings).await;
        harness.pins = minted.pins;
        harness
    }

    /// Starts a server with any TLS material.
    pub async fn serve(directory: TempDir, files: &Files, settings: Settings) -> Self {
        let tls = Arc::new(Tls::load(files, now()).unwrap());
        let (metrics, registry) = Metrics::new();
        let live = Live::new(metrics.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, received) = mpsc::unbounded_channel();
        let release = Arc::new(Semaphore::new(0));
        let script = Script {
            events,
            release: Arc::clone(&release),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(server::serve(
            listener,
            Arc::clone(&tls),
            script,
            live.clone(),
            settings,
            metrics,
            async {
                stopped.await.ok();
            },
        ));
        Self {
            address,
            directory,
            tls,
            live,
            pins: Vec::new(),
            events: received,
            registry,
            release,
            stop: Some(stop),
            served: Some(served),
        }
    }

    /// Connects as the owner of a certificate, performs the handshake, reads the greeting.
    pub async fn client(&self, name: &str) -> Client {
        let mut client = self.try_client(name, TLS13).await.unwrap();
        assert_eq!(client.read_unit().await.unwrap(), GREETING);
        client
    }

    /// Connects as the owner of a certificate; the handshake may seem to succeed even if it does not.
    pub async fn try_client(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> std::io::Result<Client> {
        let identity = identity(self.directory.path(), name);
        let config = client_config(&self.directory.path().join("ca.pem"), identity, versions);
        self.connect(Arc::new(config)).await
    }

    /// Connects with any client configuration.
    pub async fn connect(&self, config: Arc<ClientConfig>) -> std::io::Result<Client> {
        let tcp = self.tcp().await;
        let name = ServerName::try_from("localhost").unwrap();
        let connecting = TlsConnector::from(config).connect(name, tcp);
        let stream = timeout(PATIENCE, connecting)
            .await
            .expect("handshake hangs")?;
        Ok(Client { stream })
    }

    /// Connects without TLS.
    pub async fn tcp(&self) -> TcpStream {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp
    }

    /// Waits for the next report of a conversation.
    pub async fn event(&mut self) -> Event {
        timeout(PATIENCE, self.events.recv())
            .await
            .expect("no event")
            .unwrap()
    }

    /// Lets one held command go on.
    pub fn release(&self) {
        self.release.add_permits(1);
    }

    /// Tells the server to stop.
    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until the server has stopped.
    pub async fn stopped(&mut self) {
        let served = self.served.take().unwrap();
        timeout(PATIENCE, served)
            .await
            .expect("drain hangs")
            .unwrap();
    }

    /// Waits until this many connections are open.
    pub async fn wait_for_connections(&self, wanted: usize) {
        let waiting = async {
            while self.live.count() != wanted {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("connections stay");
    }

    /// Returns the value of one line of /metrics, zero when it is not there.
    pub fn metric(&self, name: &str) -> u64 {
        let mut text = String::new();
        encode(&mut text, &self.registry).unwrap();
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .map_or(0, |value| value.parse().unwrap())
    }

    /// Waits until one line of /metrics reaches a value.
    pub async fn wait_for_metric(&self, name: &str, wanted: u64) {
        let waiting = async {
            while self.metric(name) < wanted {
                tokio::task::yield_now().await;
            }
        };
        let reached = timeout(PATIENCE, waiting).await;
        assert!(reached.is_ok(), "{name} is {}", self.metric(name));
    }
}

/// TLS 1.3 only.
pub const TLS13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
/// TLS 1.2 only.
pub const TLS12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

/// A client's certificates and key.
pub type Identity = Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>;

/// One TLS client.
pub struct Client {
    pub stream: TlsStream<TcpStream>,
}

impl Client {
    /// Sends octets as they are, in one write.
    pub async fn send(&mut self, octets: &[u8]) {
        let sending = async {
            self.stream.write_all(octets).await?;
            self.stream.flush().await
        };
        timeout(PATIENCE, sending)
            .await
            .expect("write hangs")
            .unwrap();
    }

    /// Sends a document and reads the answer.
    pub async fn ask(&mut self, document: &str) -> String {
        self.send(&unit(document)).await;
        String::from_utf8(self.read_unit().await.unwrap()).unwrap()
    }

    /// Reads one data unit and returns its document.
    pub async fn read_unit(&mut self) -> std::io::Result<Vec<u8>> {
        let reading = async {
            let length = self.stream.read_u32().await?;
            let mut document = vec![0; usize::try_from(length).unwrap() - 4];
            self.stream.read_exact(&mut document).await?;
            Ok(document)
        };
        timeout(PATIENCE, reading).await.expect("no answer comes")
    }

    /// Reads until the server closes; an orderly close ends with the TLS notice.
    pub async fn read_to_end(&mut self) -> std::io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        let reading = self.stream.read_to_end(&mut rest);
        timeout(PATIENCE, reading)
            .await
            .expect("server does not close")?;
        Ok(rest)
    }
}

impl Harness {
    /// Says whether the server let go of its only connection in order: a reset may take the last answer
    /// away from a client that has not read it yet.
    pub async fn let_go_without_reset(&self, client: &Client) -> bool {
        self.wait_for_connections(0).await;
        let (tcp, _) = client.stream.get_ref();
        tcp.take_error().unwrap().is_none()
    }
}

/// Frames a document.
pub fn unit(document: &str) -> Vec<u8> {
    let length = u32::try_from(document.len() + 4).unwrap();
    [&length.to_be_bytes(), document.as_bytes()].concat()
}

/// Splits octets into documents; the octets must be whole units.
pub fn documents(mut octets: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !octets.is_empty() {
        let length = u32::from_be_bytes(octets[..4].try_into().unwrap());
        let length = usize::try_from(length).unwrap();
        found.push(octets[4..length].to_vec());
        octets = &octets[length..];
    }
    found
}

/// Settings of the sandbox: no caps.
pub fn uncapped() -> Settings {
    Settings {
        connections: None,
        pre_login_per_address: None,
        ..Settings::default()
    }
}

/// Names the files of the development PKI.
pub fn files_in(directory: &Path) -> Files {
    Files {
        certificate: directory.join("server.pem"),
        key: directory.join("server.key"),
        client_authorities: directory.join("ca.pem"),
        revocation_lists: Vec::new(),
    }
}

/// Reads a client's certificate and key; the name `nobody` has none.
pub fn identity(directory: &Path, name: &str) -> Identity {
    if name == "nobody" {
        return None;
    }
    let file = |extension: &str| -> PathBuf { directory.join(format!("{name}.{extension}")) };
    let certificate = CertificateDer::from_pem_file(file("pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    Some((vec![certificate], key))
}

/// Builds a client configuration that trusts one authority.
pub fn client_config(
    authority: &Path,
    identity: Identity,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
        None => builder.with_no_client_auth(),
    }
}

/// Returns the operating system's time.
pub fn now() -> DateTime<Utc> {
    Clock::System.now()
}
