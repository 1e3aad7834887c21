//! Signs what we send (RFC 6376 with RFC 8301's rsa-sha256, RFC 8463's ed25519-sha256), where no relay of ours does.

use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// What a reader sees or answers to, and what says what the mail is (RFC 6376 section 5.4.1).
const SIGNED: [&str; 11] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
];

/// Why nothing can be signed. Never anything of the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SigningError {
    /// Not what openssl writes.
    #[error(
        "the DKIM key is no private key in PEM form (`openssl genpkey -algorithm ed25519`, or RSA of 2048 bits or more)"
    )]
    Key,
    /// The mail is none.
    #[error("a mail could not be signed with DKIM")]
    Mail,
}

/// A domain's key, ready to sign.
pub struct Signing(Signer);

enum Signer {
    Rsa(Box<DkimSigner<RsaKey<Sha256>, Done>>),
    Ed25519(Box<DkimSigner<Ed25519Key, Done>>),
}

impl Signing {
    /// `pem` is the private key whose public half stands in DNS at `selector._domainkey.domain`.
    ///
    /// # Errors
    /// It is no such key.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<Self, SigningError> {
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| SigningError::Key)?;
        // Which of the two it is stands inside; a key of the one kind is refused by the other.
        if let PrivateKeyDer::Pkcs8(der) = &key
            && let Ok(key) = Ed25519Key::from_pkcs8_maybe_unchecked_der(der.secret_pkcs8_der())
        {
            return Ok(Self(Signer::Ed25519(signer(key, domain, selector))));
        }
        let key = RsaKey::<Sha256>::from_key_der(key).map_err(|_| SigningError::Key)?;
        Ok(Self(Signer::Rsa(signer(key, domain, selector))))
    }

    /// The mail behind its signature. The signature names the second it was made in, so a second attempt differs from the first
    /// in this one field.
    ///
    /// # Errors
    /// It has no header.
    pub fn sign(&self, mail: &[u8]) -> Result<Vec<u8>, SigningError> {
        let signature = match &self.0 {
            Signer::Rsa(signer) => signer.sign(mail),
            Signer::Ed25519(signer) => signer.sign(mail),
        };
        let header = signature.map_err(|_| SigningError::Mail)?.to_header();
        Ok([header.as_bytes(), mail].concat())
    }
}

fn signer<K: SigningKey>(key: K, domain: &str, selector: &str) -> Box<DkimSigner<K, Done>> {
    let signer = DkimSigner::from_key(key)
        .domain(domain)
        .selector(selector)
        .headers(SIGNED)
        .header_canonicalization(Canonicalization::Relaxed)
        .body_canonicalization(Canonicalization::Relaxed);
    Box::new(signer)
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signing")
    }
}
