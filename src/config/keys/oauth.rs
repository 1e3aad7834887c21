//! Where access tokens come from.

use super::doc::{SectionDoc, may, or};

/// `[[oauth]]`.
pub(super) const OAUTH: SectionDoc = SectionDoc {
    name: "oauth",
    repeated: true,
    about: "Where access tokens come from (OAuth 2.0): Microsoft 365, Gmail and others let nobody into mailboxes by password. A mailbox or [outgoing] refers to it by `oauth = NAME` and needs no password then.",
    keys: &[
        may(
            "name",
            "\"m365\"",
            "By what mailboxes refer to it, and what `countinghouse auth` is told.",
        ),
        or(
            "grant",
            "\"client_credentials\"",
            "\"refresh_token\"",
            "`client_credentials`: the program itself was given rights on mailboxes; `refresh_token`: a person signs in once, with `countinghouse auth NAME`.",
        ),
        may(
            "issuer",
            "\"https://login.microsoftonline.com/TENANT/v2.0\"",
            "The provider; its metadata (ISSUER/.well-known/openid-configuration) says where tokens are given.",
        ),
        may(
            "token_endpoint",
            "\"https://login.microsoftonline.com/TENANT/oauth2/v2.0/token\"",
            "Where tokens are given, instead of the issuer's metadata.",
        ),
        may(
            "device_endpoint",
            "\"https://login.microsoftonline.com/TENANT/oauth2/v2.0/devicecode\"",
            "Where `countinghouse auth` begins, instead of the issuer's metadata.",
        ),
        may(
            "client_id",
            "\"00000000-0000-0000-0000-000000000000\"",
            "The id under which this program is registered there.",
        ),
        may(
            "client_secret_file",
            "\"/etc/countinghouse/m365.secret\"",
            "File whose first line is the client secret.",
        ),
        may(
            "client_secret_env",
            "\"M365_SECRET\"",
            "Environment variable that holds the client secret.",
        ),
        may(
            "client_secret_credential",
            "\"m365\"",
            "Name of a systemd credential that holds the client secret.",
        ),
        may(
            "client_secret_ends",
            "\"2027-11-30\"",
            "The last day of the client secret, as the provider said when it was made: two weeks before, somebody is told.",
        ),
        may(
            "refresh_token_file",
            "\"/etc/countinghouse/gmail.refresh\"",
            "File whose first line is a refresh token got elsewhere, where the provider does not offer `countinghouse auth`.",
        ),
        may(
            "refresh_token_env",
            "\"GMAIL_REFRESH\"",
            "Environment variable that holds such a refresh token.",
        ),
        may(
            "refresh_token_credential",
            "\"gmail\"",
            "Name of a systemd credential that holds such a refresh token.",
        ),
        may(
            "scope",
            "\"https://outlook.office365.com/.default\"",
            "What is asked for. Microsoft: https://outlook.office365.com/.default for client_credentials; https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access for refresh_token. Google: https://mail.google.com/.",
        ),
        or(
            "mechanism",
            "\"any\"",
            "\"xoauth2\"",
            "How the mail server is told the token: `oauthbearer` (RFC 7628), `xoauth2`, or `any` for what it offers, the standard one first.",
        ),
        may(
            "ca_file",
            "\"/etc/ssl/our-ca.pem\"",
            "Certificates to trust besides the system's.",
        ),
        or(
            "timeout_seconds",
            "20",
            "20",
            "How long a whole answer of the provider may take.",
        ),
    ],
};
