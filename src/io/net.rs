//! TCP and TLS as every mail connection needs them: quick to send, quick to notice a dead peer, never unencrypted by accident.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

pub use crate::config::Security;

use super::disposition::Disposition;
use super::limits::{FileError, MAX_CONFIG_BYTES, read_bytes};
use crate::config;

/// Sent bytes that stay unacknowledged this long end the connection. The system's default is about 15 minutes.
const DEAD_PEER: Duration = Duration::from_secs(30);
/// A silent connection is probed after this long, three times: a firewall that forgot us is noticed within a minute.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(10);
const KEEPALIVE_TRIES: u32 = 3;

/// Where a mail server is and how it is spoken to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Name or address; the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Certificates (PEM) trusted besides the system's: for a company's own authority.
    pub ca_file: Option<PathBuf>,
    /// The longest wait for any single answer.
    pub timeout: Duration,
}

impl From<&config::Server> for Server {
    fn from(configured: &config::Server) -> Self {
        Self {
            host: configured.host.clone(),
            port: configured.port,
            security: configured.security,
            ca_file: configured.ca_file.clone(),
            timeout: Duration::from_secs(u64::from(configured.timeout_seconds)),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Why there is no connection.
#[derive(thiserror::Error, Debug)]
pub enum NetError {
    /// No such host, nobody listens, or the network is down.
    #[error("cannot connect to {server}")]
    Connect {
        /// host:port.
        server: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// No answer in time.
    #[error("{server} did not answer within {seconds} s while {doing}")]
    TimedOut {
        /// host:port.
        server: String,
        /// What was attempted.
        doing: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// The settings would send mail and passwords in the clear over a network.
    #[error(
        "{server} is not on this machine, so the connection must be encrypted (tls or starttls)"
    )]
    NotEncrypted {
        /// host:port.
        server: String,
    },
    /// The TLS handshake failed: usually the certificate.
    #[error("no TLS with {server}")]
    Tls {
        /// host:port.
        server: String,
        /// What rustls or the network said.
        source: std::io::Error,
    },
    /// Nobody this machine trusts vouches for the server.
    #[error(
        "the certificate of {server} is signed by an authority this machine does not know: if it is your own, name its \
         certificate in ca_file"
    )]
    UnknownIssuer {
        /// host:port.
        server: String,
    },
    /// The server speaks in the clear where TLS was expected.
    #[error(
        "{server} does not begin with TLS: set security = \"starttls\", or the port that begins with it (993, 465)"
    )]
    NoTls {
        /// host:port.
        server: String,
    },
    /// The host is neither a name nor an address.
    #[error("'{host}' is no host name a certificate could be for")]
    HostName {
        /// As configured.
        host: String,
    },
    /// The extra certificate authority could not be read.
    #[error("the certificate authority file is unusable")]
    CaFile(#[from] FileError),
    /// The extra certificate authority holds no usable certificate.
    #[error("{} holds no usable certificate in PEM form", path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
}

impl NetError {
    /// The network heals by itself; certificates and settings do not.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Connect { .. } | Self::TimedOut { .. } => Disposition::Retry,
            // rustls reports a refused certificate as InvalidData; anything else broke on the way.
            Self::Tls { source, .. } if source.kind() != std::io::ErrorKind::InvalidData => {
                Disposition::Retry
            }
            Self::Tls { .. }
            | Self::UnknownIssuer { .. }
            | Self::NoTls { .. }
            | Self::NotEncrypted { .. }
            | Self::HostName { .. } => Disposition::AskPerson,
            Self::CaFile(_) | Self::NoCertificate { .. } => Disposition::AskPerson,
        }
    }
}

/// Any connection, encrypted or not.
pub trait Connection: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug> Connection for T {}

/// Opens the TCP connection. For [`Security::None`] the peer must be on this machine.
pub async fn open_tcp(server: &Server) -> Result<TcpStream, NetError> {
    let failed = |source| NetError::Connect {
        server: server.to_string(),
        source,
    };
    let connecting = TcpStream::connect((server.host.as_str(), server.port));
    let stream = within(server, "connecting", connecting)
        .await?
        .map_err(failed)?;
    let peer = stream.peer_addr().map_err(failed)?;
    if server.security == Security::None && !peer.ip().to_canonical().is_loopback() {
        return Err(NetError::NotEncrypted {
            server: server.to_string(),
        });
    }
    tune(&stream).map_err(failed)?;
    Ok(stream)
}

/// Without nodelay each SMTP command waits 40 ms for the other side's delayed acknowledgement (measured: 22 instead of 600
/// messages a second).
fn tune(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_AFTER)
        .with_interval(KEEPALIVE_EVERY)
        .with_retries(KEEPALIVE_TRIES);
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(DEAD_PEER))
}

/// Raises a connection to TLS and checks the server's certificate against its host name.
pub async fn start_tls<S: Connection>(
    server: &Server,
    stream: S,
) -> Result<TlsStream<S>, NetError> {
    let config = tls_settings(server)?;
    let failed = |source| tls_failure(server, source);
    let name = ServerName::try_from(server.host.clone()).map_err(|_| NetError::HostName {
        host: server.host.clone(),
    })?;
    let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
    within(server, "agreeing on TLS", shaking)
        .await?
        .map_err(failed)
}

/// How TLS is spoken with this server, and whom it must be vouched for by.
///
/// # Errors
/// When its own file of certificates is unusable.
pub fn tls_settings(server: &Server) -> Result<ClientConfig, NetError> {
    let roots = roots(server)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| tls_failure(server, std::io::Error::other(error)))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The two mistakes of settings that look like trouble of the network are told apart.
fn tls_failure(server: &Server, source: std::io::Error) -> NetError {
    let inner = source.get_ref();
    let told = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
    let server = server.to_string();
    if told == Some(&unknown) {
        NetError::UnknownIssuer { server }
    } else if matches!(told, Some(rustls::Error::InvalidMessage(_))) {
        NetError::NoTls { server }
    } else {
        NetError::Tls { server, source }
    }
}

/// Every certificate trusted for this server: the system's and those of its own file.
pub fn certificates(server: &Server) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let mut certificates = rustls_native_certs::load_native_certs().certs;
    if let Some(path) = &server.ca_file {
        let pem = read_bytes(path, MAX_CONFIG_BYTES)?;
        let own = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<Vec<_>, _>>()
            .unwrap_or_default();
        if own.is_empty() {
            return Err(NetError::NoCertificate { path: path.clone() });
        }
        certificates.extend(own);
    }
    Ok(certificates)
}

fn roots(server: &Server) -> Result<RootCertStore, NetError> {
    let mut roots = RootCertStore::empty();
    // A certificate rustls cannot use is left out, as browsers do; what it would have vouched for is then refused.
    roots.add_parsable_certificates(certificates(server)?);
    Ok(roots)
}

async fn within<T>(
    server: &Server,
    doing: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, NetError> {
    let seconds = server.timeout.as_secs();
    timeout(server.timeout, work)
        .await
        .map_err(|_| NetError::TimedOut {
            server: server.to_string(),
            doing,
            seconds,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: u16, security: Security) -> Server {
        Server {
            host: host.to_owned(),
            port,
            security,
            ca_file: None,
            timeout: Duration::from_millis(300),
        }
    }

    #[tokio::test]
    async fn nobody_listening_is_a_passing_trouble() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = open_tcp(&server("127.0.0.1", port, Security::None))
            .await
            .unwrap_err();
        assert_eq!(error.disposition(), Disposition::Retry);
    }

    #[tokio::test]
    async fn a_peer_that_never_shakes_hands_is_given_up_in_time() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = server(
            "127.0.0.1",
            listener.local_addr().unwrap().port(),
            Security::Tls,
        );
        let stream = open_tcp(&server).await.unwrap();
        let error = start_tls(&server, stream).await.unwrap_err();
        assert!(
            matches!(
                error,
                NetError::TimedOut {
                    doing: "agreeing on TLS",
                    ..
                }
            ),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_server_that_speaks_in_the_clear_is_told_from_a_broken_network() {
        use tokio::io::AsyncWriteExt;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = server(
            "127.0.0.1",
            listener.local_addr().unwrap().port(),
            Security::Tls,
        );
        let greeting = tokio::spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            peer.write_all(b"* OK IMAP4rev1 ready\r\n").await.unwrap();
            peer
        });
        let stream = open_tcp(&server).await.unwrap();
        let error = start_tls(&server, stream).await.unwrap_err();
        assert!(error.to_string().contains("starttls"), "{error}");
        assert_eq!(error.disposition(), Disposition::AskPerson);
        drop(greeting.await.unwrap());
    }

    #[test]
    fn an_unknown_authority_leads_to_the_file_for_it() {
        let source = std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer),
        );
        let error = tls_failure(&server("mail.test", 993, Security::Tls), source);
        assert!(error.to_string().contains("ca_file"), "{error}");
    }

    #[test]
    fn an_authority_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        let server = Server {
            ca_file: Some(path),
            ..server("localhost", 1, Security::Tls)
        };
        let error = certificates(&server).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("ca.pem holds no usable certificate in PEM form"),
            "{error}"
        );
    }
}
