//! The door to a language model behind an OpenAI-compatible HTTP endpoint. One question, one answer; nothing is retried here.

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard};

use super::disposition::Disposition;
use super::http::{self, HttpError, Request, What};
use super::net::Server;

/// An answer larger than this is none: a completion of some hundred tokens has a few KiB.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024;

/// Where a model is asked, and how.
#[derive(Debug)]
pub struct ModelEndpoint {
    /// The server.
    pub server: Server,
    /// Path and query of the URL.
    pub path: String,
    /// The key, sent as a bearer token (RFC 6750 section 2.1); local endpoints need none.
    pub key: Option<SecretString>,
    /// The longest wait for the whole answer.
    pub deadline: Duration,
}

/// The model, asked one question at a time: however slow it is, it takes one worker of many.
#[derive(Debug)]
pub struct Model {
    endpoint: ModelEndpoint,
    lane: Mutex<()>,
}

/// Why there is no answer.
#[derive(thiserror::Error, Debug)]
pub enum ModelError {
    /// Somebody else asks just now.
    #[error("the model is being asked something else")]
    Busy,
    /// No whole answer.
    #[error("asking the model")]
    Http(#[from] HttpError),
    /// The endpoint refused.
    #[error("the model at {server} refused with status {status}")]
    Refused {
        /// host:port.
        server: String,
        /// The HTTP status. What it said beside it is not kept: providers repeat the question there, or part of the key.
        status: u16,
    },
}

impl ModelError {
    /// Only waiting for one's turn is worth waiting for: a proposal that fails is not worth a person's time.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Busy => Disposition::Retry,
            Self::Http(_) | Self::Refused { .. } => Disposition::GiveUp,
        }
    }
}

/// The right to ask now.
#[derive(Debug)]
pub struct Turn<'m> {
    endpoint: &'m ModelEndpoint,
    _lane: MutexGuard<'m, ()>,
}

impl Model {
    /// Not yet connected to anything.
    pub fn new(endpoint: ModelEndpoint) -> Self {
        Self {
            endpoint,
            lane: Mutex::new(()),
        }
    }

    /// The right to ask, unless somebody has it.
    ///
    /// # Errors
    /// `Busy`.
    pub fn turn(&self) -> Result<Turn<'_>, ModelError> {
        let lane = self.lane.try_lock().map_err(|_| ModelError::Busy)?;
        Ok(Turn {
            endpoint: &self.endpoint,
            _lane: lane,
        })
    }
}

impl Turn<'_> {
    /// Sends the body of a request and gives the body of the response.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn ask(&self, body: &[u8]) -> Result<Vec<u8>, ModelError> {
        let endpoint = self.endpoint;
        let request = Request {
            server: &endpoint.server,
            path: &endpoint.path,
            what: What::Post {
                media_type: "application/json",
                body,
            },
            bearer: endpoint.key.as_ref(),
            deadline: endpoint.deadline,
            max_response_bytes: MAX_RESPONSE_BYTES,
        };
        let response = http::ask(request).await?;
        if response.status == 200 {
            return Ok(response.body);
        }
        Err(ModelError::Refused {
            server: endpoint.server.to_string(),
            status: response.status,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::net::Security;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A stand-in that answers one request and gives back what it was sent.
    async fn asked(answer: &'static str) -> (Result<Vec<u8>, ModelError>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![0; 4096];
            let mut length = 0;
            while !heard[..length].ends_with(b"{}") {
                length += stream.read(&mut heard[length..]).await.unwrap();
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&heard[..length]).into_owned()
        });
        let model = Model::new(ModelEndpoint {
            server: Server {
                host: "127.0.0.1".into(),
                port,
                security: Security::None,
                ca_file: None,
                timeout: Duration::from_secs(2),
            },
            path: "/v1/chat/completions".into(),
            key: Some(SecretString::from("k-1".to_owned())),
            deadline: Duration::from_secs(2),
        });
        let answer = model.turn().unwrap().ask(b"{}").await;
        (answer, served.await.unwrap())
    }

    #[tokio::test]
    async fn a_question_is_posted_with_its_key_and_answered() {
        let (answer, heard) = asked("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(answer.unwrap(), b"ok");
        assert!(
            heard.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
            "{heard}"
        );
        assert!(heard.contains("Authorization: Bearer k-1\r\n"), "{heard}");
    }

    #[tokio::test]
    async fn a_refusal_and_a_broken_answer_are_told_and_never_retried() {
        let (answer, _) = asked("HTTP/1.1 429 Too Many\r\nContent-Length: 4\r\n\r\nslow").await;
        let error = answer.unwrap_err();
        assert!(error.to_string().contains("429") && !error.to_string().contains("slow"));
        assert_eq!(error.disposition(), Disposition::GiveUp);
        let (answer, _) = asked("hello").await;
        assert!(matches!(
            answer,
            Err(ModelError::Http(HttpError::NotHttp { .. }))
        ));
    }

    #[tokio::test]
    async fn a_slow_model_is_given_up_in_time_and_asked_one_thing_at_a_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let model = Model::new(ModelEndpoint {
            server: Server {
                host: "127.0.0.1".into(),
                port: listener.local_addr().unwrap().port(),
                security: Security::None,
                ca_file: None,
                timeout: Duration::from_secs(2),
            },
            path: "/".into(),
            key: None,
            deadline: Duration::from_millis(200),
        });
        let turn = model.turn().unwrap();
        assert!(matches!(model.turn(), Err(ModelError::Busy)));
        let answer = turn.ask(b"{}").await;
        assert!(
            matches!(answer, Err(ModelError::Http(HttpError::TimedOut { .. }))),
            "{answer:?}"
        );
    }
}
