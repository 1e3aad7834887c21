//! One question to an HTTP server and its answer (RFC 9112), for the doors that need no more of HTTP. The connection is closed
//! behind it: no redirects are followed, no proxy is asked, nothing is retried here.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::disposition::Disposition;
use super::net::{Connection, NetError, Security, Server, open_tcp, start_tls};
use crate::formats::http_response::{self, HttpResponse, NotHttp};

/// What is asked. It shows nothing of itself: keys and tokens stand in it.
pub struct Request<'r> {
    /// Whom.
    pub server: &'r Server,
    /// Path and query of the URL.
    pub path: &'r str,
    /// GET, or POST with a body.
    pub what: What<'r>,
    /// A key, sent as a bearer token (RFC 6750 section 2.1).
    pub bearer: Option<&'r SecretString>,
    /// The longest wait for the whole answer.
    pub deadline: Duration,
    /// An answer larger than this is none.
    pub max_response_bytes: u64,
}

/// The method.
pub enum What<'r> {
    /// A page.
    Get,
    /// Something is handed over.
    Post {
        /// What the body is.
        media_type: &'static str,
        /// It may hold secrets.
        body: &'r [u8],
    },
}

/// Why there is no answer.
#[derive(thiserror::Error, Debug)]
pub enum HttpError {
    /// There is no connection.
    #[error("no connection")]
    Net(#[from] NetError),
    /// The connection broke.
    #[error("the connection to {server} broke")]
    Broken {
        /// host:port.
        server: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// No whole answer in time.
    #[error("{server} did not answer within {seconds} s")]
    TimedOut {
        /// host:port.
        server: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The answer is larger than any should be.
    #[error("{server} answered more than {limit_bytes} bytes")]
    TooLarge {
        /// host:port.
        server: String,
        /// What was allowed.
        limit_bytes: u64,
    },
    /// What came is no HTTP response.
    #[error("the answer of {server} cannot be read")]
    NotHttp {
        /// host:port.
        server: String,
        /// What is wrong with it.
        source: NotHttp,
    },
}

impl HttpError {
    /// Servers and networks heal; certificates and settings do not.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Net(error) => error.disposition(),
            Self::Broken { .. }
            | Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::NotHttp { .. } => Disposition::Retry,
        }
    }
}

/// Asks, and waits for the answer, whatever its status.
///
/// # Errors
/// Why there is none.
pub async fn ask(request: Request<'_>) -> Result<HttpResponse, HttpError> {
    let waited = timeout(request.deadline, exchange(&request)).await;
    waited.unwrap_or_else(|_| {
        Err(HttpError::TimedOut {
            server: request.server.to_string(),
            seconds: request.deadline.as_secs(),
        })
    })
}

async fn exchange(request: &Request<'_>) -> Result<HttpResponse, HttpError> {
    let server = request.server;
    let tcp = open_tcp(server).await?;
    let mut connection: Box<dyn Connection> = match server.security {
        Security::None => Box::new(tcp),
        Security::Tls | Security::StartTls => Box::new(start_tls(server, tcp).await?),
    };
    let broken = |source| HttpError::Broken {
        server: server.to_string(),
        source,
    };
    let head = Head(request).to_string();
    connection
        .write_all(head.as_bytes())
        .await
        .map_err(broken)?;
    if let What::Post { body, .. } = request.what {
        connection.write_all(body).await.map_err(broken)?;
    }
    connection.flush().await.map_err(broken)?;
    let mut answer = Vec::new();
    let limit_bytes = request.max_response_bytes;
    let mut limited = connection.take(limit_bytes.saturating_add(1));
    // Many servers close a TLS connection without saying so; the length or the last chunk tells whether all is here.
    if let Err(error) = limited.read_to_end(&mut answer).await
        && (answer.is_empty() || error.kind() != std::io::ErrorKind::UnexpectedEof)
    {
        return Err(broken(error));
    }
    let server = server.to_string();
    if u64::try_from(answer.len()).unwrap_or(u64::MAX) > limit_bytes {
        return Err(HttpError::TooLarge {
            server,
            limit_bytes,
        });
    }
    http_response::read(&answer).map_err(|source| HttpError::NotHttp { server, source })
}

/// The head of the request; a key may stand in it, so it is never shown.
struct Head<'e>(&'e Request<'e>);

impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(request) = self;
        let Server { host, port, .. } = request.server;
        let method = match request.what {
            What::Get => "GET",
            What::Post { .. } => "POST",
        };
        write!(
            f,
            "{method} {} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n\
             Connection: close\r\n",
            request.path
        )?;
        if let What::Post { media_type, body } = request.what {
            let length = body.len();
            write!(
                f,
                "Content-Type: {media_type}\r\nContent-Length: {length}\r\n"
            )?;
        }
        if let Some(key) = request.bearer {
            write!(f, "Authorization: Bearer {}\r\n", key.expose_secret())?;
        }
        f.write_str("\r\n")
    }
}
