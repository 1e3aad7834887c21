//! The object store of several machines.

use super::doc::{SectionDoc, may, or};

/// `[bucket]`.
pub(super) const BUCKET: SectionDoc = SectionDoc {
    name: "bucket",
    repeated: false,
    about: "The object store of `raw_bytes = \"bucket\"`, in a program built with `--features object-store`. Mails and files lie in it as `sha256/ab/HASH`, as in the data folder. The daemon reads, writes and lists; it deletes nothing.",
    keys: &[
        may(
            "kind",
            "\"s3\"",
            "`s3` (Amazon S3 and what speaks as it does), `azure` (Azure Blob Storage) or `gcs` (Google Cloud Storage).",
        ),
        may(
            "name",
            "\"example-countinghouse\"",
            "The bucket, or container of Azure. It must be there.",
        ),
        may(
            "prefix",
            "\"office\"",
            "What stands before every name, so that others may use the bucket, too.",
        ),
        may(
            "endpoint",
            "\"https://s3.example.com\"",
            "The server's URL, without the bucket; `http` only on this machine. Left away: the provider's own.",
        ),
        or(
            "region",
            "\"us-east-1\"",
            "\"eu-central-1\"",
            "The region of the bucket; only S3 has one.",
        ),
        may(
            "access_key_id",
            "\"AKIAIOSFODNN7EXAMPLE\"",
            "The id of the access key; only for S3.",
        ),
        may(
            "account",
            "\"examplestorage\"",
            "The storage account; only for Azure.",
        ),
        may(
            "secret_file",
            "\"/etc/countinghouse/bucket.secret\"",
            "File with the secret: for S3 the secret access key, for Azure a key of the storage account, for `gcs` the key of a service account (the JSON file).",
        ),
        may(
            "secret_env",
            "\"BUCKET_SECRET\"",
            "Environment variable that holds that secret.",
        ),
        may(
            "secret_credential",
            "\"bucket\"",
            "Name of a systemd credential that holds that secret.",
        ),
        may(
            "ca_file",
            "\"/etc/ssl/our-ca.pem\"",
            "Certificates to trust besides the system's.",
        ),
    ],
};
