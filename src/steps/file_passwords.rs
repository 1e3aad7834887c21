//! The passwords of suppliers' files, as the configuration names them.

use secrecy::{ExposeSecret, SecretString};

use crate::basics::address::MailAddress;
use crate::domain::payable::Supplier;
use crate::domain::payable::locked_file::Opens;

/// All of them. What is logged of it shows none.
#[derive(Debug, Default)]
pub struct FilePasswords {
    known: Vec<(Opens, SecretString)>,
    own_domains: Vec<String>,
}

impl FilePasswords {
    /// These, in this order. `own_domains` are those our own people mail from.
    pub fn new(known: Vec<(Opens, SecretString)>, own_domains: Vec<String>) -> Self {
        Self { known, own_domains }
    }

    /// Those to try on what this sender sent.
    pub fn of(&self, from: Option<&MailAddress>, suppliers: &[Supplier]) -> Vec<String> {
        let known = self.known.iter();
        known
            .filter(|(opens, _)| opens.is_tried(from, &self.own_domains, suppliers))
            .map(|(_, password)| password.expose_secret().to_owned())
            .collect()
    }
}
