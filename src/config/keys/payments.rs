//! Paying bills.

use super::doc::{SectionDoc, may, or};

/// `[payments]`.
pub(super) const PAYMENTS: SectionDoc = SectionDoc {
    name: "payments",
    repeated: false,
    about: "What a payment run keeps to (`pay plan`). Amounts are euros.",
    keys: &[
        or(
            "minimum",
            "\"1.00\"",
            "\"1.00\"",
            "A smaller sum waits for more of the same supplier.",
        ),
        or(
            "hurdle_percent",
            "\"10\"",
            "\"7.5\"",
            "A discount is taken when paying early earns more than this a year, in percent.",
        ),
        or(
            "next_run_days",
            "1",
            "7",
            "How many days pass until the next run: what would be late with that one is in this one.",
        ),
        or(
            "account_cooling_off_days",
            "3",
            "5",
            "Banking days between a second person's confirmation of a supplier's account and the first payment to it.",
        ),
        or(
            "horizon_days",
            "7",
            "14",
            "How many days ahead the floor of the account is kept to.",
        ),
        may("run_limit", "\"250000.00\"", "The largest run."),
        may(
            "supplier_limit",
            "\"100000.00\"",
            "The most for one supplier in a run.",
        ),
        or(
            "must_pay",
            "[]",
            "[\"70012\"]",
            "Numbers of suppliers who are paid in time whatever stays on the account.",
        ),
    ],
};

/// `[[payment_account]]`.
pub(super) const PAYMENT_ACCOUNT: SectionDoc = SectionDoc {
    name: "payment_account",
    repeated: true,
    about: "An account bills are paid from. This program writes files for the bank and never moves money itself.",
    keys: &[
        may("name", "\"main\"", "Short name, for `pay plan --account`."),
        may("iban", "\"DE02120300000000202051\"", "The account."),
        or(
            "account_numbers",
            "[]",
            "[\"107049924\"]",
            "What its bank calls it in statements where that is not the IBAN (BAI2); the whole number, zeros before it included.",
        ),
        may(
            "bic",
            "\"BYLADEM1001\"",
            "Its bank's BIC, for banks that want it in the file.",
        ),
        may(
            "holder",
            "\"Example GmbH\"",
            "Whose account it is; left away, the company's name.",
        ),
        or(
            "batch_booking",
            "true",
            "false",
            "Whether the bank's statement shows each file as one sum.",
        ),
        or(
            "floor",
            "\"0.00\"",
            "\"20000.00\"",
            "What should always stay on it: kept to when `pay plan` is told the balance.",
        ),
        or(
            "folder",
            "\"payments\"",
            "\"/var/lib/countinghouse/payments\"",
            "Where `pay export` puts the files.",
        ),
    ],
};
