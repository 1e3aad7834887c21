//! A page for monitoring systems over HTTP/1.1, on this machine alone: nothing can be changed by it, and little asked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::formats::http_request::{Asked, asked};

/// Longer heads are no request for one of two pages.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// How long somebody may take to ask and to take the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whoever asks in the meantime waits.
const AT_ONCE: usize = 4;

/// What is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// 200, 404, 503.
    pub status: u16,
    /// Media type of the text.
    pub media_type: &'static str,
    /// The body.
    pub text: String,
}

impl Page {
    /// Plain words.
    pub fn plain(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            media_type: "text/plain; charset=utf-8",
            text: text.into(),
        }
    }
}

/// Listens at an address of this machine.
///
/// # Errors
/// When somebody else does, or the address is not one of this machine.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Answers for ever. `page` makes the page for a path.
pub async fn serve<F>(listener: TcpListener, page: impl Fn(String) -> F + Clone + Send + 'static)
where
    F: Future<Output = Page> + Send,
{
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, say: it passes.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let page = page.clone();
        tokio::spawn(async move {
            let answered = tokio::time::timeout(PATIENCE, answer(stream, page)).await;
            // Whoever goes away before the answer needs none.
            drop((answered, permit));
        });
    }
}

async fn answer<F: Future<Output = Page>>(
    mut stream: TcpStream,
    page: impl Fn(String) -> F,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < MAX_HEAD_BYTES {
        let mut limited = (&mut stream).take((MAX_HEAD_BYTES - head.len()) as u64);
        if limited.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    let page = match asked(&head) {
        Asked::Get(path) => page(path.to_owned()).await,
        Asked::OtherMethod => Page::plain(405, "only GET\n"),
        Asked::Nonsense => Page::plain(400, "no HTTP/1.1 request\n"),
    };
    let reason = match page.status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        503 => "Service Unavailable",
        _ => "Bad Request",
    };
    let head = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        page.status,
        page.media_type,
        page.text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.text.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(request: &[u8]) -> String {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let page = |path: String| async move {
            match path.as_str() {
                "/health" => Page::plain(200, "well\n"),
                _ => Page::plain(404, "no such page\n"),
            }
        };
        let serving = tokio::spawn(serve(listener, page));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        serving.abort();
        answer
    }

    #[tokio::test]
    async fn a_page_is_answered_and_nonsense_is_refused() {
        let well = ask(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(
            well.starts_with("HTTP/1.1 200 OK\r\n") && well.ends_with("\r\n\r\nwell\n"),
            "{well}"
        );
        assert!(well.contains("Content-Length: 5\r\n"), "{well}");
        assert!(
            ask(b"GET /other HTTP/1.1\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 404 ")
        );
        assert!(
            ask(b"DELETE /health HTTP/1.1\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 405 ")
        );
        assert!(ask(b"\x16\x03\x01\x02").await.starts_with("HTTP/1.1 400 "));
        let long = [b"GET /health HTTP/1.1\r\nX: ".to_vec(), vec![b'a'; 20_000]].concat();
        let long = ask(&long[..MAX_HEAD_BYTES]).await;
        assert!(
            long.starts_with("HTTP/1.1 200 "),
            "the head is cut and enough: {long}"
        );
    }
}
