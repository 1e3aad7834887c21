//! What helps to read documents.

use super::doc::{SectionDoc, may, or, password_credential, password_file};

/// `[[supplier_password]]`.
pub(super) const SUPPLIER_PASSWORD: SectionDoc = SectionDoc {
    name: "supplier_password",
    repeated: true,
    about: "What opens the locked files of a supplier: PDF and ZIP. One table for each password; it is tried on files that come from that supplier, and on what our own people hand on.",
    keys: &[
        may(
            "supplier",
            "\"70012\"",
            "The supplier's number: mails from its domains in the books.",
        ),
        or(
            "senders",
            "[]",
            "[\"billing@portal.example\", \"alpha.example\"]",
            "More addresses and domains such files come from.",
        ),
        password_file("\"/etc/countinghouse/alpha.password\""),
        may(
            "password_env",
            "\"ALPHA_PASSWORD\"",
            "Environment variable that holds the password.",
        ),
        password_credential("\"alpha\""),
    ],
};

/// `[model]`.
pub(super) const MODEL: SectionDoc = SectionDoc {
    name: "model",
    repeated: false,
    about: "A language model that may propose what the reader left unsure: off without an endpoint. A proposal counts only when it stands on the page letter for letter and the sums close; it always holds the bill until a person confirms it, and approves nothing.",
    keys: &[
        may(
            "endpoint",
            "\"https://llm.example.com/v1/chat/completions\"",
            "URL of an OpenAI-compatible endpoint; `http` only on this machine. Left away, no model is asked. The text of documents is sent there.",
        ),
        may(
            "name",
            "\"small-model\"",
            "The model's name at that endpoint; in the audit trail it is the one who proposed.",
        ),
        may(
            "key_file",
            "\"/etc/countinghouse/model.key\"",
            "File whose first line is the key of the endpoint.",
        ),
        may(
            "key_env",
            "\"MODEL_KEY\"",
            "Environment variable that holds the key of the endpoint.",
        ),
        may(
            "key_credential",
            "\"model\"",
            "Name of a systemd credential that holds the key of the endpoint.",
        ),
        may(
            "ca_file",
            "\"/etc/ssl/our-ca.pem\"",
            "Certificates to trust besides the system's.",
        ),
        or(
            "timeout_seconds",
            "30",
            "30",
            "How long the whole answer may take.",
        ),
        or(
            "max_text_chars",
            "6000",
            "6000",
            "How much of a document's text is sent, from its beginning; the log says how much it was.",
        ),
        or(
            "hide_accounts",
            "true",
            "false",
            "Whether IBANs are blacked out in the text before it is sent.",
        ),
        or(
            "max_answer_tokens",
            "400",
            "400",
            "The longest answer that is asked for.",
        ),
        or(
            "max_requests_per_day",
            "200",
            "200",
            "After so many questions no more are asked until tomorrow.",
        ),
        or(
            "max_tokens_per_day",
            "500000",
            "500000",
            "The same for tokens of questions and answers, as the endpoint counts them.",
        ),
    ],
};
