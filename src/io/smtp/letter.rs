//! A message made ready for the relay.

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};

use super::SmtpError;
use crate::basics::address::MailAddress;

/// A message made ready: addresses lettre understands, content it does not change.
pub(super) struct Letter<'m> {
    pub(super) from: Option<Address>,
    pub(super) to: Address,
    pub(super) content: &'m [u8],
}

impl<'m> Letter<'m> {
    pub(super) fn new(
        from: Option<&MailAddress>,
        to: &MailAddress,
        message: &'m [u8],
    ) -> Result<Self, SmtpError> {
        let unsendable = |problem: String| SmtpError::Unsendable { problem };
        let address = |address: &MailAddress| {
            let parsed = address.to_string().parse::<Address>();
            parsed.map_err(|error| {
                unsendable(format!(
                    "{} is no address to send to: {error}",
                    address.masked()
                ))
            })
        };
        // A lone line feed may end the message early for the next relay, and start another one (SMTP smuggling).
        if has_bare_line_end(message) {
            return Err(unsendable(
                "it has a line end that is not CRLF (RFC 5321 section 2.3.8)".to_owned(),
            ));
        }
        // lettre ends the content with CRLF dot CRLF of its own; without this the message would grow by an empty line.
        let content = message.strip_suffix(b"\r\n").unwrap_or(message);
        Ok(Self {
            from: from.map(address).transpose()?,
            to: address(to)?,
            content,
        })
    }

    pub(super) fn parameters(
        &self,
        connection: &AsyncSmtpConnection,
    ) -> Result<Vec<MailParameter>, SmtpError> {
        let server = connection.server_info();
        let non_ascii = |address: &Address| !AsRef::<str>::as_ref(address).is_ascii();
        let mut parameters = Vec::new();
        let mut need = |needed: bool, extension, parameter, problem: &str| match needed {
            true if server.supports_feature(extension) => {
                parameters.push(parameter);
                Ok(())
            }
            true => Err(SmtpError::Unsendable {
                problem: problem.to_owned(),
            }),
            false => Ok(()),
        };
        let international = self.from.iter().chain([&self.to]).any(non_ascii);
        let problem = "an address is not ASCII and the relay has no SMTPUTF8";
        need(
            international,
            Extension::SmtpUtfEight,
            MailParameter::SmtpUtfEight,
            problem,
        )?;
        let eight_bit = MailParameter::Body(MailBodyParameter::EightBitMime);
        let problem = "it is not ASCII and the relay has no 8BITMIME";
        need(
            !self.content.is_ascii(),
            Extension::EightBitMime,
            eight_bit,
            problem,
        )?;
        Ok(parameters)
    }
}

fn has_bare_line_end(message: &[u8]) -> bool {
    let returns = memchr::memchr_iter(b'\r', message).count();
    let mut feeds = 0;
    let bare_feed = memchr::memchr_iter(b'\n', message).any(|at| {
        feeds += 1;
        at.checked_sub(1).and_then(|before| message.get(before)) != Some(&b'\r')
    });
    bare_feed || feeds != returns
}
