//! Object stores of two makes, and what somebody else does in them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use countinghouse::basics::ids::ContentHash;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::servers::{servers, unique};

/// The account and the key of it that Azurite has for everybody.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// moto looks at who signed, and not at the signature.
const SOMEBODY: &str = "AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A bucket nobody else uses, or a part of one.
pub struct TestBucket {
    kind: &'static str,
    name: String,
    prefix: String,
    url: String,
    secret: &'static str,
}

impl TestBucket {
    /// One that speaks as S3; it is there.
    pub async fn s3() -> Self {
        let bucket = Self::s3_to_come();
        bucket.come().await;
        bucket
    }

    /// The same before anybody made it.
    pub fn s3_to_come() -> Self {
        let name = unique("bucket").to_string();
        Self {
            kind: "s3",
            name: name.split('@').next().unwrap().to_owned(),
            prefix: "office/one".to_owned(),
            url: servers().s3_url.clone(),
            secret: "any",
        }
    }

    /// One of Azure's, in the container of all tests.
    pub fn azure() -> Self {
        let prefix = unique("part").to_string();
        Self {
            kind: "azure",
            name: "tests".to_owned(),
            prefix: prefix.split('@').next().unwrap().to_owned(),
            url: servers().azure_url.clone(),
            secret: ACCOUNT_KEY,
        }
    }

    /// The same server with a key that is not its own.
    pub fn with_a_wrong_key(self) -> Self {
        Self {
            secret: "d3Jvbmc=",
            ..self
        }
    }

    /// The same at the end of a cable.
    pub fn at(self, address: &str) -> Self {
        Self {
            url: format!("http://{address}"),
            ..self
        }
    }

    pub fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// The table of the configuration; its secret is written into this folder.
    pub fn table(&self, folder: &Path) -> String {
        let secret: PathBuf = folder.join("bucket.secret");
        std::fs::write(&secret, self.secret).unwrap();
        let mut text = format!(
            "[bucket]\nkind = {:?}\nname = {:?}\nprefix = {:?}\nendpoint = {:?}\nsecret_file = {secret:?}\n",
            self.kind, self.name, self.prefix, self.url
        );
        let whose = match self.kind {
            "s3" => "access_key_id = \"tests\"\n".to_owned(),
            _ => format!("account = {ACCOUNT:?}\n"),
        };
        writeln!(text, "{whose}").unwrap();
        text
    }

    /// Somebody makes it.
    pub async fn come(&self) {
        self.put("", b"").await;
    }

    /// Somebody writes into the object of that name, past the daemons.
    pub async fn change(&self, hash: ContentHash, bytes: &[u8]) {
        self.put(&self.object(hash), bytes).await;
    }

    /// Somebody removes it.
    pub async fn remove(&self, hash: ContentHash) {
        self.say("DELETE", &self.object(hash), b"").await;
    }

    fn object(&self, hash: ContentHash) -> String {
        let name = hash.to_string();
        let shard = name.chars().take(2).collect::<String>();
        format!("/{}/sha256/{shard}/{name}", self.prefix)
    }

    async fn put(&self, what: &str, bytes: &[u8]) {
        self.say("PUT", what, bytes).await;
    }

    async fn say(&self, method: &str, what: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(self.host()).await.unwrap();
        let head = format!(
            "{method} /{}{what} HTTP/1.1\r\nHost: {}\r\nAuthorization: {SOMEBODY}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.name,
            self.host(),
            bytes.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
}
