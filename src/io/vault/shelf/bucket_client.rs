//! The client of a bucket: TLS as at all our doors, no proxy, no redirect, a deadline for every wait.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};

use super::bucket::Bucket;
use crate::config::bucket::{self as config, BucketKind};
use crate::io::net::{NetError, Security, Server, tls_settings};

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Until a request is sent and the answer begins, and between two parts of it: 5 MiB at a megabit a second take 42 s.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// From the first byte of a request to the last of its answer; a long answer that is cut off is asked for from there on.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(180);
/// Shorter than the servers': a request on a connection they have closed would fail for nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Here a hiccup is passed over; what lasts is the job's to wait for.
const RETRIES: usize = 2;
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Its own file of certificates.
    #[error("no TLS")]
    Net(#[from] NetError),
    /// The client could not be made.
    #[error("no HTTP client")]
    Http(#[from] reqwest::Error),
    /// The settings fit nothing: most often the secret is of another kind. What was read is not told.
    #[error("its secret is none such as this kind of bucket has")]
    Settings,
}

/// Hands out the one client, whatever the options say: they are in it already.
#[derive(Debug)]
struct OurClient(reqwest::Client);

impl HttpConnector for OurClient {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

impl Bucket {
    /// The bucket of the configuration; nobody asks it yet.
    ///
    /// # Errors
    /// What cannot be used.
    pub fn open(configured: &config::Bucket, secret: &SecretString) -> Result<Self, BucketError> {
        let client = OurClient(client(configured)?);
        let retry = RetryConfig {
            max_retries: RETRIES,
            retry_timeout: RETRY_TIMEOUT,
            ..RetryConfig::default()
        };
        // The builders' errors may show what they were given.
        let objects = match &configured.kind {
            BucketKind::S3 {
                access_key_id,
                region,
            } => AmazonS3Builder::new()
                .with_bucket_name(&configured.name)
                .with_endpoint(&configured.url)
                .with_region(region)
                .with_access_key_id(access_key_id)
                .with_secret_access_key(secret.expose_secret())
                // One object at a time: not all that speak as S3 does know how to delete many.
                .with_disable_bulk_delete(true)
                .with_retry(retry)
                .with_http_connector(client)
                .build()
                .map(shared),
            BucketKind::Azure { account } => MicrosoftAzureBuilder::new()
                .with_container_name(&configured.name)
                .with_endpoint(configured.url.clone())
                .with_account(account)
                .with_access_key(secret.expose_secret())
                .with_retry(retry)
                .with_http_connector(client)
                .build()
                .map(shared),
            BucketKind::Gcs => GoogleCloudStorageBuilder::new()
                .with_bucket_name(&configured.name)
                .with_base_url(&configured.url)
                .with_service_account_key(secret.expose_secret())
                .with_retry(retry)
                .with_http_connector(client)
                .build()
                .map(shared),
        };
        let objects = objects.map_err(|_| BucketError::Settings)?;
        Ok(Self::new(objects, &configured.prefix))
    }
}

fn shared<T: ObjectStore>(objects: T) -> Arc<dyn ObjectStore> {
    Arc::new(objects)
}

fn client(configured: &config::Bucket) -> Result<reqwest::Client, BucketError> {
    let server = Server {
        host: configured.endpoint.host.clone(),
        port: configured.endpoint.port,
        security: configured.endpoint.security,
        ca_file: configured.ca_file.clone(),
        timeout: CONNECT_TIMEOUT,
    };
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls_settings(&server)?)
        .https_only(server.security != Security::None)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build()?;
    Ok(client)
}
