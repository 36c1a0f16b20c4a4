//! Questions to name servers: does one answer for a name with authority (RFC 1034 section 4.3.1), over UDP and over TCP
//! (RFC 7766 section 5)?
//!
//! One server has one question under way at a time. All it is asked at one address over one transport has the time of
//! [`PATIENCE`] answers, and no more than [`ADDRESSES`] of its addresses are tried, so that neither silence nor many forms
//! make a round endless.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use domain::base::iana::{Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name};
use domain::net::client::dgram::QueryErrorKind;
use domain::net::client::protocol::{AsyncConnect, TcpConnect, UdpConnect};
use domain::net::client::request::{Error, RequestMessage, RequestMessageMulti, SendRequest};
use domain::net::client::{dgram, stream};
use domain::rdata::Soa;
use domain::resolv::StubResolver;
use domain::resolv::stub::conf::{ResolvConf, ServerConf, Transport as Over};
use tokio::time::{Instant, timeout};

use crate::base::metrics::Metrics;
use crate::model::delegation::{DelegationFailure, FailureReason, Transport};
use crate::model::{DomainName, Host};

/// Addresses of one server that are tried, one after the other until one answers.
const ADDRESSES: usize = 8;
/// For how many answers is waited at one address over one transport, whatever the number of forms.
const PATIENCE: u32 = 4;

/// What a question brought: an answer with authority, or why it is none.
type Answer = Result<(), FailureReason>;
type WireName = Name<Vec<u8>>;
type TcpConnection = stream::Connection<RequestMessage<Vec<u8>>, RequestMessageMulti<Vec<u8>>>;

/// Asks name servers.
#[derive(Debug)]
pub(super) struct Asker {
    resolver: StubResolver,
    port: u16,
    limit: Duration,
    metrics: Metrics,
}

impl Asker {
    /// Makes one that asks at `port`, waits `limit` for each answer, and finds the addresses of hosts elsewhere through
    /// `resolver`; `None` is the system's.
    pub(super) fn new(
        resolver: Option<SocketAddr>,
        port: u16,
        limit: Duration,
        metrics: Metrics,
    ) -> Self {
        let conf = match resolver {
            None => ResolvConf::default(),
            Some(address) => {
                let mut conf = ResolvConf::new();
                let server = ServerConf::new(address, Over::UdpTcp);
                conf.servers.push(server);
                conf.finalize();
                conf
            }
        };
        Self {
            resolver: StubResolver::from_conf(conf),
            port,
            limit,
            metrics,
        }
    }

    /// Asks a server for each of these forms; returns for each what failed, nothing where it answers at one of its
    /// addresses over both transports.
    pub(super) async fn ask(
        &self,
        forms: &[DomainName],
        server: &Host,
    ) -> Vec<Vec<DelegationFailure>> {
        let failure = |form: &DomainName, address, transport, reason| DelegationFailure {
            server: server.name.clone(),
            address,
            form: form.clone(),
            transport,
            reason,
        };
        let addresses = self.addresses(server).await;
        if addresses.is_empty() {
            let reason = FailureReason::NoAddress;
            let none = |form| vec![failure(form, None, None, reason)];
            return forms.iter().map(none).collect();
        }
        let mut found: Vec<(&DomainName, bool, Vec<DelegationFailure>)> =
            forms.iter().map(|form| (form, false, Vec::new())).collect();
        for address in addresses {
            let mut missing: Vec<_> = found.iter_mut().filter(|(_, done, _)| !done).collect();
            if missing.is_empty() {
                break;
            }
            let names: Vec<_> = missing.iter().map(|(form, _, _)| wire(form)).collect();
            let socket = SocketAddr::new(address, self.port);
            let over_udp = self.over_udp(&names, socket).await;
            let over_tcp = self.over_tcp(&names, socket).await;
            for ((form, done, failures), (udp, tcp)) in
                missing.iter_mut().zip(over_udp.into_iter().zip(over_tcp))
            {
                *done = udp.is_ok() && tcp.is_ok();
                for (transport, answer) in [(Transport::Udp, udp), (Transport::Tcp, tcp)] {
                    let failed = answer.err();
                    failures.extend(
                        failed.map(|reason| failure(form, Some(address), Some(transport), reason)),
                    );
                }
                if *done {
                    failures.clear();
                }
            }
        }
        found.into_iter().map(|(_, _, failures)| failures).collect()
    }

    /// Returns the addresses of a server: those the registry publishes, or those it has elsewhere.
    async fn addresses(&self, server: &Host) -> Vec<IpAddr> {
        if server.superordinate.is_some() {
            let own = server.addresses.iter().map(|address| address.0);
            return own.take(ADDRESSES).collect();
        }
        let Some(name) = wire(&server.name) else {
            return Vec::new();
        };
        match timeout(self.limit, self.resolver.lookup_host(name)).await {
            Ok(Ok(found)) => found.iter().take(ADDRESSES).collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    /// Asks over UDP, for one name after the other, once more when no answer comes in half the time there is.
    async fn over_udp(&self, names: &[Option<WireName>], address: SocketAddr) -> Vec<Answer> {
        let mut config = dgram::Config::new();
        config.set_read_timeout(self.limit / 2);
        config.set_max_retries(1);
        // An answer fits 512 octets, and there are servers that do not know EDNS.
        config.set_udp_payload_size(None);
        let connection = dgram::Connection::with_config(UdpConnect::new(address), config);
        let deadline = Instant::now() + self.limit * PATIENCE;
        let mut answers = Vec::with_capacity(names.len());
        for name in names {
            let answer = match question(name.as_ref()) {
                Some(_) if Instant::now() >= deadline => Err(FailureReason::NotAsked),
                Some((name, question)) => {
                    let mut request = connection.send_request(question);
                    judge(timeout(self.limit, request.get_response()).await, name)
                }
                None => Err(FailureReason::Garbled),
            };
            self.count(Transport::Udp, answer);
            answers.push(answer);
        }
        answers
    }

    /// Asks over TCP, for one name after the other on one connection, as long as the server keeps it open (RFC 7766
    /// section 6.2.1).
    async fn over_tcp(&self, names: &[Option<WireName>], address: SocketAddr) -> Vec<Answer> {
        let deadline = Instant::now() + self.limit * PATIENCE;
        let mut answers = Vec::with_capacity(names.len());
        while let Some(rest) = names.get(answers.len()..)
            && !rest.is_empty()
        {
            let first = answers.len();
            if Instant::now() >= deadline {
                answers.resize(names.len(), Err(FailureReason::NotAsked));
                break;
            }
            match timeout(self.limit, TcpConnect::new(address).connect()).await {
                Err(_) => answers.push(Err(FailureReason::Silent)),
                Ok(Err(_)) => answers.push(Err(FailureReason::Unreachable)),
                Ok(Ok(socket)) => {
                    let (connection, transport) = TcpConnection::new(socket);
                    {
                        let mut asking =
                            pin!(self.on_connection(&connection, rest, deadline, &mut answers));
                        tokio::select! {
                            () = &mut asking => {}
                            // What came before the end is an answer still.
                            () = transport.run() => asking.await,
                        }
                    }
                    // A server may close after any answer, and is asked again; one that closes without any is at fault.
                    if answers.len() == first {
                        answers.push(Err(FailureReason::Closed));
                    }
                }
            }
        }
        for answer in &answers {
            self.count(Transport::Tcp, *answer);
        }
        answers
    }

    /// Asks on one connection, until it is of no more use.
    async fn on_connection(
        &self,
        connection: &TcpConnection,
        names: &[Option<WireName>],
        deadline: Instant,
        answers: &mut Vec<Answer>,
    ) {
        for name in names {
            if Instant::now() >= deadline {
                return;
            }
            let answer = match question(name.as_ref()) {
                Some((name, question)) => {
                    let mut request = SendRequest::send_request(connection, question);
                    judge(timeout(self.limit, request.get_response()).await, name)
                }
                None => Err(FailureReason::Garbled),
            };
            if answer == Err(FailureReason::Closed) {
                return;
            }
            answers.push(answer);
            if answer == Err(FailureReason::Silent) {
                return;
            }
        }
    }

    /// Counts a question, if it was asked.
    fn count(&self, transport: Transport, answer: Answer) {
        let outcome = match answer {
            Ok(()) => "answered",
            Err(FailureReason::NotAsked) => return,
            Err(reason) => reason.as_str(),
        };
        self.metrics.name_server_query(transport.as_str(), outcome);
    }
}

/// Returns a name as messages write it.
fn wire(name: &DomainName) -> Option<WireName> {
    name.as_str().parse().ok()
}

/// Asks for the start of authority of a name, without recursion.
fn question(name: Option<&WireName>) -> Option<(&WireName, RequestMessage<Vec<u8>>)> {
    let name = name?;
    let mut message = MessageBuilder::new_vec().question();
    message.push((name, Rtype::SOA)).ok()?;
    Some((name, RequestMessage::new(message).ok()?))
}

/// Says whether what came in time is an answer from an authority that holds the start of authority of `name`.
fn judge(
    answer: Result<Result<Message<Bytes>, Error>, tokio::time::error::Elapsed>,
    name: &WireName,
) -> Answer {
    let answer = answer
        .map_err(|_| FailureReason::Silent)?
        .map_err(|error| reason(&error))?;
    let header = answer.header();
    match header.rcode() {
        Rcode::NOERROR => {}
        Rcode::REFUSED => return Err(FailureReason::Refused),
        Rcode::SERVFAIL => return Err(FailureReason::ServerFailure),
        Rcode::NXDOMAIN => return Err(FailureReason::NoSuchName),
        _ => return Err(FailureReason::OtherCode),
    }
    if !header.aa() {
        return Err(FailureReason::Lame);
    }
    let records = answer.answer().map_err(|_| FailureReason::Garbled)?;
    let mut starts = records.limit_to::<Soa<_>>();
    let has_start = starts.any(|record| record.is_ok_and(|record| record.owner() == name));
    has_start.then_some(()).ok_or(FailureReason::NoSoa)
}

/// Says what an error of the client means.
fn reason(error: &Error) -> FailureReason {
    if let Error::Dgram(error) = error {
        return match error.kind() {
            QueryErrorKind::Timeout => FailureReason::Silent,
            QueryErrorKind::Connect | QueryErrorKind::Send | QueryErrorKind::Receive => {
                FailureReason::Unreachable
            }
        };
    }
    let is_garbled = matches!(
        error,
        Error::MessageParseError
            | Error::FormError
            | Error::ShortMessage
            | Error::WrongReplyForQuery
    );
    match is_garbled {
        true => FailureReason::Garbled,
        false => FailureReason::Closed,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use chrono::DateTime;

    use super::*;
    use crate::model::host::HostId;
    use crate::model::{HostAddress, RegistrarId};

    #[tokio::test]
    async fn a_server_in_our_zones_is_asked_at_its_glue_and_no_resolver_for_it() {
        // Nobody resolves there.
        let silent = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let resolver = silent.local_addr().unwrap();
        let asker = Asker::new(
            Some(resolver),
            53,
            Duration::from_millis(200),
            Metrics::default(),
        );
        let name = |text| DomainName::parse(text).unwrap();
        let registrar = RegistrarId::parse("registrar-a").unwrap();
        let glue = [
            HostAddress::v4("203.119.1.1").unwrap(),
            HostAddress::v6("2001:db8::1").unwrap(),
        ];
        let inside = Host {
            id: HostId(1),
            name: name("ns1.bay.example"),
            roid: "H1-HKEPP".to_owned(),
            superordinate: Some(name("bay.example")),
            statuses: Vec::new(),
            addresses: glue.to_vec(),
            sponsor: registrar.clone(),
            creator: registrar,
            created: DateTime::UNIX_EPOCH,
            updated: None,
            transferred: None,
        };
        assert_eq!(
            asker.addresses(&inside).await,
            glue.map(|address| address.0)
        );
        silent.set_nonblocking(true).unwrap();
        assert!(silent.recv_from(&mut [0; 512]).is_err());
        let elsewhere = Host {
            superordinate: None,
            addresses: Vec::new(),
            ..inside
        };
        assert_eq!(asker.addresses(&elsewhere).await, [] as [IpAddr; 0]);
        assert!(silent.recv_from(&mut [0; 512]).is_ok());
    }

    #[tokio::test]
    async fn forms_that_are_many_and_met_with_silence_do_not_take_longer_than_a_few_answers() {
        let silent = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = silent.local_addr().unwrap();
        let _udp = std::net::UdpSocket::bind(address).unwrap();
        let limit = Duration::from_millis(100);
        let asker = Asker::new(None, address.port(), limit, Metrics::default());
        let form = |number| wire(&DomainName::parse(&format!("bay{number}.example")).unwrap());
        let names: Vec<_> = (0..34).map(form).collect();
        for over_udp in [true, false] {
            let begun = Instant::now();
            let answers = match over_udp {
                true => asker.over_udp(&names, address).await,
                false => asker.over_tcp(&names, address).await,
            };
            assert!(begun.elapsed() < limit * 17, "half of what each would take");
            assert_eq!(answers.len(), 34);
            assert_eq!(answers[0], Err(FailureReason::Silent));
            assert_eq!(answers[33], Err(FailureReason::NotAsked));
        }
    }
}
