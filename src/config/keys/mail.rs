//! Mailboxes, the way out, and what proves a sender.

use super::doc::{PASSWORD_ENV, SectionDoc, may, must, or, password_credential, password_file};

/// `[[mailbox]]`.
pub(super) const MAILBOX: SectionDoc = SectionDoc {
    name: "mailbox",
    repeated: true,
    about: "A mailbox to work. At least one.",
    keys: &[
        must(
            "name",
            "\"ap\"",
            "Its short name in lists and logs; never change it, the books refer to it.",
        ),
        must(
            "side",
            "\"ap\"",
            "`ap` for suppliers' mail, `ar` for customers' mail; the weakest hint of all, it never overrides a document.",
        ),
        must(
            "address",
            "\"ap@example.com\"",
            "Its mail address; approval requests and reminders are sent from it.",
        ),
        or(
            "kind",
            "\"imap\"",
            "\"maildir\"",
            "`imap`, or `maildir` for a local folder.",
        ),
        may(
            "maildir",
            "\"/var/mail/ap\"",
            "The folder, for kind maildir.",
        ),
        may("host", "\"imap.example.com\"", "IMAP server."),
        or(
            "port",
            "993",
            "143",
            "Its port: 993 for tls, 143 for starttls.",
        ),
        or(
            "security",
            "\"tls\"",
            "\"starttls\"",
            "`tls`, `starttls`, or `none` (only for a server on this machine).",
        ),
        may("user", "\"ap@example.com\"", "IMAP user."),
        password_file("\"/etc/countinghouse/imap.password\""),
        PASSWORD_ENV,
        password_credential("\"imap\""),
        may(
            "oauth",
            "\"m365\"",
            "Name of an [[oauth]]: its access token is used instead of a password.",
        ),
        may(
            "ca_file",
            "\"/etc/ssl/our-ca.pem\"",
            "Certificates to trust besides the system's.",
        ),
        or(
            "folder",
            "\"INBOX\"",
            "\"INBOX\"",
            "The folder to fetch from.",
        ),
        or(
            "poll_seconds",
            "60",
            "60",
            "How often to look for new mail.",
        ),
        or(
            "idle",
            "true",
            "false",
            "Let an IMAP server that can tell of new mail between two looks (IDLE); the connection stays open meanwhile.",
        ),
        may(
            "start_at",
            "\"2026-11-01\"",
            "For a mailbox already in use: mails the server got before this day and that stood there at the first look are left alone (`mailbox reconcile` counts them). IMAP only; once the first look was taken, changing it changes nothing.",
        ),
        may(
            "silent_after_hours",
            "48",
            "Tell somebody when no mail came for so many hours of working days; without it, after twice the longest pause of the last eight weeks.",
        ),
        or(
            "timeout_seconds",
            "60",
            "60",
            "How long any answer of the server may take.",
        ),
        or(
            "after_reading",
            "\"flag\"",
            "\"move\"",
            "What to do with a mail once it is in the books: `flag`, `move` or `nothing`. Nothing depends on it.",
        ),
        or(
            "flag",
            "\"\\\\Seen\"",
            "\"$Countinghouse\"",
            "The flag to set.",
        ),
        or(
            "move_to",
            "\"Processed\"",
            "\"Processed\"",
            "The folder to move to; made when it is not there.",
        ),
        or(
            "feedback",
            "\"off\"",
            "\"rejected\"",
            "Tell senders by mail what became of theirs: `off`, `rejected` (no document found, not readable, files that cannot be opened), or `all` (also what was received). Once a thread and day, never to programs, lists or senders who may be forged.",
        ),
        or(
            "feedback_per_sender_per_day",
            "5",
            "5",
            "The most such mails to one sender on one day.",
        ),
        or(
            "max_message_mib",
            "50",
            "50",
            "A larger mail is recorded and quarantined, not read.",
        ),
    ],
};

/// `[outgoing]`.
pub(super) const OUTGOING: SectionDoc = SectionDoc {
    name: "outgoing",
    repeated: false,
    about: "How mail leaves.",
    keys: &[
        or(
            "kind",
            "\"smtp\"",
            "\"maildir\"",
            "`smtp`, or `maildir` to write into a local folder.",
        ),
        may(
            "maildir",
            "\"/var/mail/out\"",
            "The folder, for kind maildir.",
        ),
        may("host", "\"smtp.example.com\"", "SMTP server."),
        or(
            "port",
            "465",
            "587",
            "Its port: 465 for tls, 587 for starttls.",
        ),
        or(
            "security",
            "\"tls\"",
            "\"starttls\"",
            "`tls`, `starttls`, or `none` (only for a server on this machine).",
        ),
        may(
            "user",
            "\"ap@example.com\"",
            "SMTP user; left away, there is no login.",
        ),
        password_file("\"/etc/countinghouse/smtp.password\""),
        PASSWORD_ENV,
        password_credential("\"smtp\""),
        may(
            "oauth",
            "\"m365\"",
            "Name of an [[oauth]]: its access token is used instead of a password.",
        ),
        may(
            "ca_file",
            "\"/etc/ssl/our-ca.pem\"",
            "Certificates to trust besides the system's.",
        ),
        or(
            "timeout_seconds",
            "60",
            "60",
            "How long any answer of the server may take.",
        ),
        or(
            "max_a_day",
            "5000",
            "5000",
            "Mails in 24 hours; more wait, and somebody is asked.",
        ),
        or(
            "max_in_ten_minutes",
            "1000",
            "200",
            "Mails in ten minutes; more wait, and somebody is asked: it may be an accident.",
        ),
        may(
            "max_a_minute_to_a_domain",
            "30",
            "Mails a minute to one domain, where its server wants that; more wait.",
        ),
        may(
            "templates_folder",
            "\"/etc/countinghouse/templates\"",
            "Folder whose files replace the built-in texts of the mails (see config/templates/).",
        ),
    ],
};

/// `[dkim]`.
pub(super) const DKIM: SectionDoc = SectionDoc {
    name: "dkim",
    repeated: false,
    about: "Our own DKIM signature on what we send, for relays that do not sign: off without a domain.",
    keys: &[
        may(
            "domain",
            "\"example.com\"",
            "The domain that signs; DMARC wants that of the mailboxes' addresses.",
        ),
        may(
            "selector",
            "\"finance\"",
            "The public key stands in DNS as TXT at SELECTOR._domainkey.DOMAIN.",
        ),
        may(
            "key_file",
            "\"/etc/countinghouse/dkim.pem\"",
            "The private key in PEM form: Ed25519, or RSA of 2048 bits or more, which more receivers know.",
        ),
        may(
            "key_env",
            "\"DKIM_KEY\"",
            "Environment variable that holds the private key.",
        ),
        may(
            "key_credential",
            "\"dkim\"",
            "Name of a systemd credential that holds the private key.",
        ),
    ],
};

/// `[authenticity]`.
pub(super) const AUTHENTICITY: SectionDoc = SectionDoc {
    name: "authenticity",
    repeated: false,
    about: "What proves that a reply comes from the approver. Without any of these no reply is ever accepted.",
    keys: &[
        or(
            "trusted_authserv_ids",
            "[]",
            "[\"mx.example.com\"]",
            "Names under which our own mail server writes Authentication-Results (RFC 8601); `-` stands for Exchange Online, which writes none. The server must strip that header from incoming mail.",
        ),
        or(
            "results_below_received",
            "false",
            "true",
            "Set for servers that write that header below their own Received line: Gmail, and a relay that hands on to a second server of ours by LMTP. Safe only where that server removes fields of its own name from incoming mail: else a sender could write the proof himself.",
        ),
        or(
            "trusted_arc_sealers",
            "[]",
            "[\"gateway.example.com\"]",
            "Domains of gateways and forwarders that hand mail on to us and are believed about what they saw before they changed it: `d=` of their ARC seal (RFC 8617). The chain counts when our mail server says `arc=pass`, or verify_dkim checks it. From the one believed to the last, all who sealed must be named here.",
        ),
        or(
            "verify_dkim",
            "false",
            "true",
            "Verify DKIM signatures, and the ARC seals of trusted_arc_sealers, ourselves; needs DNS.",
        ),
        may(
            "dns_server",
            "\"192.0.2.53:53\"",
            "DNS server for that; left away, the system's.",
        ),
        or(
            "internal_relay_domains",
            "[]",
            "[\"example.com\"]",
            "Domains whose people send through our own authenticated relay: a trusted `auth=pass` with their address as smtp.auth, the login, proves them.",
        ),
    ],
};
