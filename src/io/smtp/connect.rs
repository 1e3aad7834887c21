//! From a TCP connection to a relay that is encrypted and knows us.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters,
    TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::token_login;
use super::wait::within;
use super::{SmtpAccount, SmtpError};
use crate::io::login::Proof;
use crate::io::net::{self, Connection, NetError, Security, Server};

/// Connects, raises to TLS as the account demands, and logs in.
pub(super) async fn connect(account: &SmtpAccount) -> Result<AsyncSmtpConnection, SmtpError> {
    let server = &account.server;
    let tcp = net::open_tcp(server).await?;
    let peer = tcp.peer_addr().map_err(|source| NetError::Connect {
        server: server.to_string(),
        source,
    })?;
    let stream: Box<dyn Connection> = match server.security {
        Security::Tls => Box::new(net::start_tls(server, tcp).await?),
        Security::StartTls | Security::None => Box::new(tcp),
    };
    let name = ClientId::Domain(account.hello_name.clone());
    let opening =
        AsyncSmtpConnection::connect_with_transport(Box::new(OurStream { stream, peer }), &name);
    let mut connection = within(server.timeout, "EHLO", opening).await?;
    if server.security == Security::StartTls {
        if !connection.can_starttls() {
            return Err(SmtpError::NoStartTls {
                server: server.to_string(),
            });
        }
        let parameters = tls_parameters(account)?;
        let raised = within(
            server.timeout,
            "STARTTLS",
            connection.starttls(parameters, &name),
        )
        .await;
        if let Err(SmtpError::NotSent { answer, .. }) = raised {
            return Err(tls_trouble(server, answer).into());
        }
        raised?;
    }
    match &account.login {
        None => {}
        Some((user, Proof::Password(password))) => {
            log_in(account, (user, password), &mut connection).await?;
        }
        Some((user, Proof::Token(source))) => {
            token_login::log_in(account, (user, source), &mut connection).await?;
        }
    }
    Ok(connection)
}

/// lettre hides the kind of TLS trouble in its text; a refused certificate must reach a person.
fn tls_trouble(server: &Server, answer: String) -> NetError {
    let server = server.to_string();
    if answer.contains("UnknownIssuer") {
        return NetError::UnknownIssuer { server };
    }
    let kind = if answer.contains("ertificate") {
        io::ErrorKind::InvalidData
    } else {
        io::ErrorKind::Other
    };
    NetError::Tls {
        server,
        source: io::Error::new(kind, answer),
    }
}

fn tls_parameters(account: &SmtpAccount) -> Result<TlsParameters, SmtpError> {
    let server = &account.server;
    let failed = |error: lettre::transport::smtp::Error| {
        SmtpError::from(NetError::Tls {
            server: server.to_string(),
            source: io::Error::other(error),
        })
    };
    let mut builder =
        TlsParametersBuilder::new(server.host.clone()).certificate_store(CertificateStore::None);
    for certificate in net::certificates(server)? {
        builder = builder
            .add_root_certificate(Certificate::from_der(certificate.to_vec()).map_err(failed)?);
    }
    builder.build().map_err(failed)
}

async fn log_in(
    account: &SmtpAccount,
    (user, password): (&str, &SecretString),
    connection: &mut AsyncSmtpConnection,
) -> Result<(), SmtpError> {
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    if connection
        .server_info()
        .get_auth_mechanism(&mechanisms)
        .is_none()
    {
        return Err(SmtpError::LoginRefused {
            answer: "the relay offers neither AUTH PLAIN nor LOGIN".to_owned(),
        });
    }
    let credentials = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
    let answer = within(
        account.server.timeout,
        "AUTH",
        connection.auth(&mechanisms, &credentials),
    )
    .await;
    if let Err(SmtpError::Refused { code, answer, .. }) = answer {
        return Err(SmtpError::LoginRefused {
            answer: format!("{code} {answer}"),
        });
    }
    answer.map(drop)
}

/// Our connection in the shape lettre asks for.
#[derive(Debug)]
struct OurStream {
    stream: Box<dyn Connection>,
    peer: SocketAddr,
}

impl AsyncTokioStream for OurStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for OurStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for OurStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
