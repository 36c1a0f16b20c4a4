//! Questions to name servers: does one answer for a name with authority (RFC 1034 section 4.3.1), over UDP and over TCP
//! (RFC 7766 section 5)?

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use domain::base::iana::{Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name};
use domain::net::client::protocol::{AsyncConnect, TcpConnect, UdpConnect};
use domain::net::client::request::{RequestMessage, RequestMessageMulti, SendRequest};
use domain::net::client::{dgram, stream};
use domain::rdata::Soa;
use domain::resolv::StubResolver;
use domain::resolv::stub::conf::{ResolvConf, ServerConf, Transport};
use tokio::time::timeout;

use crate::model::{DomainName, Host};

/// Asks name servers.
#[derive(Debug)]
pub(super) struct Asker {
    resolver: StubResolver,
    port: u16,
    limit: Duration,
}

impl Asker {
    /// Makes one that asks at `port`, waits `limit` for each answer, and finds the addresses of hosts elsewhere through
    /// `resolver`; `None` is the system's.
    pub(super) fn new(resolver: Option<SocketAddr>, port: u16, limit: Duration) -> Self {
        let conf = match resolver {
            None => ResolvConf::default(),
            Some(address) => {
                let mut conf = ResolvConf::new();
                let server = ServerConf::new(address, Transport::UdpTcp);
                conf.servers.push(server);
                conf.finalize();
                conf
            }
        };
        Self {
            resolver: StubResolver::from_conf(conf),
            port,
            limit,
        }
    }

    /// Says whether `wanted` of these servers, or all where there are fewer, answer for `name`.
    pub(super) async fn is_served(
        &self,
        name: &DomainName,
        servers: &[Host],
        wanted: usize,
    ) -> bool {
        let mut missing = wanted.clamp(1, servers.len().max(1));
        for server in servers {
            if self.is_operational(name, server).await {
                missing -= 1;
            }
            if missing == 0 {
                return true;
            }
        }
        false
    }

    /// Says whether a server answers for `name` at one of its addresses.
    async fn is_operational(&self, name: &DomainName, server: &Host) -> bool {
        for address in self.addresses(server).await {
            let address = SocketAddr::new(address, self.port);
            if self.answers(name, address).await {
                return true;
            }
        }
        false
    }

    /// Returns the addresses of a server: those the registry publishes, or those it has elsewhere.
    async fn addresses(&self, server: &Host) -> Vec<IpAddr> {
        if server.superordinate.is_some() {
            return server.addresses.iter().map(|address| address.0).collect();
        }
        let Some(name) = wire(&server.name) else {
            return Vec::new();
        };
        match timeout(self.limit, self.resolver.lookup_host(name)).await {
            Ok(Ok(found)) => found.iter().collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    /// Says whether what listens at an address answers for `name`, over both transports.
    async fn answers(&self, name: &DomainName, address: SocketAddr) -> bool {
        let Some(name) = wire(name) else {
            return false;
        };
        let over_udp = timeout(self.limit, self.over_udp(&name, address)).await;
        if !is_authoritative(over_udp.ok().flatten(), &name) {
            return false;
        }
        let over_tcp = timeout(self.limit, over_tcp(&name, address)).await;
        is_authoritative(over_tcp.ok().flatten(), &name)
    }

    /// Asks over UDP, once more when no answer comes in half the time there is.
    async fn over_udp(&self, name: &Name<Vec<u8>>, address: SocketAddr) -> Option<Message<Bytes>> {
        let mut config = dgram::Config::new();
        config.set_read_timeout(self.limit / 2);
        config.set_max_retries(1);
        // An answer fits 512 octets, and there are servers that do not know EDNS.
        config.set_udp_payload_size(None);
        let connection = dgram::Connection::with_config(UdpConnect::new(address), config);
        let mut request = connection.send_request(question(name)?);
        request.get_response().await.ok()
    }
}

/// Asks over TCP.
async fn over_tcp(name: &Name<Vec<u8>>, address: SocketAddr) -> Option<Message<Bytes>> {
    let socket = TcpConnect::new(address).connect().await.ok()?;
    let (connection, transport) =
        stream::Connection::<_, RequestMessageMulti<Vec<u8>>>::new(socket);
    let mut request = connection.send_request(question(name)?);
    tokio::select! {
        answer = request.get_response() => answer.ok(),
        () = transport.run() => None,
    }
}

/// Returns a name as messages write it.
fn wire(name: &DomainName) -> Option<Name<Vec<u8>>> {
    name.as_str().parse().ok()
}

/// Asks for the start of authority of a name, without recursion.
fn question(name: &Name<Vec<u8>>) -> Option<RequestMessage<Vec<u8>>> {
    let mut message = MessageBuilder::new_vec().question();
    message.push((name, Rtype::SOA)).ok()?;
    RequestMessage::new(message).ok()
}

/// Says whether an answer comes from an authority and holds the start of authority of `name`.
fn is_authoritative(answer: Option<Message<Bytes>>, name: &Name<Vec<u8>>) -> bool {
    let Some(answer) = answer else {
        return false;
    };
    let header = answer.header();
    let Ok(records) = answer.answer() else {
        return false;
    };
    let mut starts = records.limit_to::<Soa<_>>();
    let has_start = starts.any(|record| record.is_ok_and(|record| record.owner() == name));
    header.aa() && header.rcode() == Rcode::NOERROR && has_start
}
