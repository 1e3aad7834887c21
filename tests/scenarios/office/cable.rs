//! The cable between one machine and the database or another server, which can be cut: nothing comes through any more, and nobody is told.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::servers::servers;

pub struct Cable {
    port: u16,
    whole: Arc<watch::Sender<bool>>,
    carrying: JoinHandle<()>,
}

impl Cable {
    pub async fn to_the_database() -> Self {
        let server = servers().postgres_url.rsplit('@').next().unwrap();
        Self::to(server.trim_end_matches('/')).await
    }

    /// To the server at `host:port`.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (whole, is_whole) = watch::channel(true);
        let server = server.to_owned();
        let carrying = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (far, is_whole) =
                    (TcpStream::connect(&server).await.unwrap(), is_whole.clone());
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                tokio::spawn(carry(near_read, far_write, is_whole.clone()));
                tokio::spawn(carry(far_read, near_write, is_whole));
            }
        });
        Self {
            port,
            whole: Arc::new(whole),
            carrying,
        }
    }

    /// `host:port`, as the server's own.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn cut(&self) {
        self.whole.send(false).unwrap();
    }

    pub fn mend(&self) {
        self.whole.send(true).unwrap();
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut is_whole: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let length = match from.read(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        // What is on its way when the cable is cut arrives when it is mended.
        if is_whole.wait_for(|whole| *whole).await.is_err()
            || to.write_all(&bytes[..length]).await.is_err()
        {
            return;
        }
    }
}
