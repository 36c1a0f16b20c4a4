//! One TLS connection to an EPP server, frame by frame (RFC 5734).

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::args::Connection;
use super::readable;
use crate::base::limits::FRAME_MAXIMUM;
use crate::protocol::{Command, Request};
use crate::xml::Writer;

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Octets of a frame's header.
const HEADER: usize = 4;

/// A connection to a server.
#[derive(Debug)]
pub(super) struct Client {
    stream: TlsStream<TcpStream>,
}

impl Client {
    /// Connects, and returns the greeting beside.
    pub(super) async fn connect(connection: &Connection) -> anyhow::Result<(Self, Vec<u8>)> {
        let address = &connection.connect;
        let unreachable =
            || format!("no EPP server answers at {address}; is `hkepp sandbox` running?");
        let connector = TlsConnector::from(Arc::new(configure(connection)?));
        let host = address
            .rsplit_once(':')
            .map_or(address.as_str(), |(host, _)| host);
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let name = ServerName::try_from(host).context("--connect takes HOST:PORT")?;
        let opening = async {
            let tcp = TcpStream::connect(address)
                .await
                .with_context(unreachable)?;
            tcp.set_nodelay(true)?;
            let stream = connector.connect(name, tcp).await;
            stream.context("the TLS handshake failed; do the certificates belong to this server?")
        };
        let stream = timeout(PATIENCE, opening)
            .await
            .with_context(unreachable)??;
        let mut client = Self { stream };
        let refused =
            "the server closed the connection without a greeting; it may not know the certificate";
        let greeting = client.receive().await.context(refused)?;
        Ok((client, greeting))
    }

    /// Sends a document and waits for the answer.
    pub(super) async fn exchange(&mut self, document: &[u8]) -> anyhow::Result<Vec<u8>> {
        let length = u32::try_from(document.len() + HEADER).context("the command is too large")?;
        let frame = [&length.to_be_bytes(), document].concat();
        let exchange = async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await?;
            self.receive().await
        };
        timeout(PATIENCE, exchange)
            .await
            .context("the server did not answer in time")?
    }

    /// Logs out and closes; whatever the server says to it changes nothing any more.
    pub(super) async fn leave(mut self) {
        let logout = Request {
            command: Command::Logout,
            extensions: Vec::new(),
            client_transaction: None,
        };
        let document = logout.encode(Writer::new(Vec::new()));
        if self.exchange(&document).await.is_ok() {
            self.stream.shutdown().await.ok();
        }
    }

    async fn receive(&mut self) -> anyhow::Result<Vec<u8>> {
        const CLOSED: &str = "the server closed the connection";
        let length = self.stream.read_u32().await.context(CLOSED)?;
        let length = usize::try_from(length)?;
        if !(HEADER..=FRAME_MAXIMUM).contains(&length) {
            bail!("the server sent a frame of {length} octets");
        }
        let mut document = vec![0; length - HEADER];
        self.stream
            .read_exact(&mut document)
            .await
            .context(CLOSED)?;
        Ok(document)
    }
}

/// Makes the TLS configuration of a registrar.
fn configure(connection: &Connection) -> anyhow::Result<ClientConfig> {
    let file = |name: String| connection.certs_dir.join(name);
    let mut roots = RootCertStore::empty();
    let authority = file("ca.pem".to_owned());
    for certificate in readable(CertificateDer::pem_file_iter(&authority), &authority)? {
        roots.add(readable(certificate, &authority)?)?;
    }
    let path = file(format!("{}.pem", connection.registrar));
    let chain = readable(CertificateDer::pem_file_iter(&path), &path)?;
    let chain = readable(chain.collect::<Result<Vec<_>, _>>(), &path)?;
    let path = file(format!("{}.key", connection.registrar));
    let key = readable(PrivateKeyDer::from_pem_file(&path), &path)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = builder.with_root_certificates(roots);
    builder
        .with_client_auth_cert(chain, key)
        .context("the client certificate cannot be used")
}
