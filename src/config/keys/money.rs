//! Approvals and reminders.

use super::doc::{SectionDoc, may, must, or};

/// `[[approver]]`.
pub(super) const APPROVER: SectionDoc = SectionDoc {
    name: "approver",
    repeated: true,
    about: "A person who may approve bills by answering a mail; one table each. Above approval.two_above two of them are needed.",
    keys: &[
        must("name", "\"Anna Berg\"", "As the mails address them."),
        must(
            "address",
            "\"anna.berg@example.com\"",
            "The exact address they answer from.",
        ),
        may(
            "limit",
            "\"10000.00\"",
            "The highest amount they may approve, gross or to pay, whichever is more, in the company's currency; left away, any.",
        ),
        may(
            "delegate",
            "\"ben.okafor@example.com\"",
            "Another approver, who is asked in their place when they are away or a request comes back, and decides up to their limit, whatever the delegate's own is. A delegate has no delegate.",
        ),
        may(
            "delegate_from",
            "\"2026-12-21\"",
            "The first day on which the delegate may be asked and answer.",
        ),
        may("delegate_until", "\"2027-01-08\"", "The last one."),
        may(
            "delegate_limit",
            "\"5000.00\"",
            "The highest amount the delegate may approve in their place, not above limit, in the company's currency; left away, all they may.",
        ),
    ],
};

/// `[[approval_rule]]`.
pub(super) const APPROVAL_RULE: SectionDoc = SectionDoc {
    name: "approval_rule",
    repeated: true,
    about: "Who is asked about a bill: the union of all rules that match. A supplier's own approver from the import is always added.",
    keys: &[
        must(
            "name",
            "\"everyday bills\"",
            "Shown to the approver and in the audit trail.",
        ),
        may(
            "above",
            "\"10000.00\"",
            "Matches bills whose gross or amount to pay is strictly above this amount, in the company's currency.",
        ),
        may(
            "supplier",
            "\"70012\"",
            "Matches bills of this supplier, by its number.",
        ),
        must(
            "approvers",
            "[\"anna.berg@example.com\"]",
            "Who may be asked, in this order. An empty list with needed = 0 approves by policy.",
        ),
        or(
            "needed",
            "1",
            "2",
            "How many different persons have to agree.",
        ),
    ],
};

/// `[approval]`.
pub(super) const APPROVAL: SectionDoc = SectionDoc {
    name: "approval",
    repeated: false,
    about: "How approval by mail works.",
    keys: &[
        or(
            "two_above",
            "\"10000.00\"",
            "\"10000.00\"",
            "Strictly above this amount, gross or to pay, two different persons must agree, whatever the rules say; in the company's currency.",
        ),
        or(
            "expires_days",
            "7",
            "7",
            "How long an approval request may be answered.",
        ),
        or(
            "remind_after_hours",
            "[24, 48]",
            "[24]",
            "After so many hours an approver who has not answered is reminded. Weekends and bank holidays (TARGET) do not count, nor the time in which a question of the approver is open; mails go out from 8 to 18. With the second one the delegate is asked too. A discount that ends or a due date that is near bring the first one forward. An empty list: never.",
        ),
        or(
            "escalate_after_hours",
            "72",
            "48",
            "After so many such hours somebody else is told, by a mail and an exception. 0: never.",
        ),
        may(
            "escalate_to",
            "\"finance.head@example.com\"",
            "Who is told then; the owner of exceptions about bills where this is left out.",
        ),
    ],
};

/// `[orders]`.
pub(super) const ORDERS: SectionDoc = SectionDoc {
    name: "orders",
    repeated: false,
    about: "Bills that name an order of ours (`import purchase-orders`) are matched with it and with what came in (`import goods-receipts`). Of a share and an amount the stricter counts.",
    keys: &[
        or(
            "orders_from",
            "[]",
            "[\"70001\"]",
            "Suppliers, by their numbers, whose bills must name an order of ours.",
        ),
        or(
            "receipts_from",
            "[]",
            "[\"70001\"]",
            "Suppliers whose bills are not paid before a receipt of the goods is imported. Receipts that are there count for every supplier.",
        ),
        or(
            "price_above_percent",
            "\"2\"",
            "\"2\"",
            "Percent by which a unit price may be above the order's.",
        ),
        or(
            "price_above_amount",
            "\"50.00\"",
            "\"50.00\"",
            "What a line may cost more for that, in the bill's currency.",
        ),
        or(
            "other_percent",
            "\"2\"",
            "\"2\"",
            "Percent of the bill's net that carriage and other lines which were not ordered may come to.",
        ),
        or(
            "other_amount",
            "\"100.00\"",
            "\"100.00\"",
            "What they may cost, in the bill's currency.",
        ),
    ],
};

/// `[ledger]`.
pub(super) const LEDGER: SectionDoc = SectionDoc {
    name: "ledger",
    repeated: false,
    about: "The accounts of `export journal`, as your chart names them; lines of bills are booked where they are coded (`bills code`).",
    keys: &[
        or(
            "expense",
            "\"Uncoded\"",
            "\"6300\"",
            "Lines of bills that nobody has coded.",
        ),
        or("input_vat", "\"InputVAT\"", "\"1406\"", "VAT on bills."),
        or("payables", "\"Payables\"", "\"3300\"", "Owed to suppliers."),
        or(
            "receivables",
            "\"Receivables\"",
            "\"1200\"",
            "Owed by customers.",
        ),
        or(
            "revenue",
            "\"Revenue\"",
            "\"4400\"",
            "What customers were billed, with its VAT, which the import does not tell apart.",
        ),
        or("bank", "\"Bank\"", "\"1800\"", "Our account at the bank."),
        or(
            "clearing",
            "\"Clearing\"",
            "\"1460\"",
            "Money on the bank's statement until it is known what it is for: fees and what nobody identified stay there.",
        ),
        or(
            "discount",
            "\"Discounts\"",
            "\"5730\"",
            "Discounts for paying early, without their VAT.",
        ),
        or(
            "discount_allowed",
            "\"DiscountsAllowed\"",
            "\"4730\"",
            "Discounts that customers took, with their VAT, which the import does not tell apart.",
        ),
        or(
            "bank_charges",
            "\"BankCharges\"",
            "\"6855\"",
            "What banks kept of customers' payments.",
        ),
        or(
            "deductions",
            "\"Deductions\"",
            "\"6930\"",
            "What else customers need not pay, with its VAT.",
        ),
    ],
};

/// `[cash]`.
pub(super) const CASH: SectionDoc = SectionDoc {
    name: "cash",
    repeated: false,
    about: "What is let go when customers pay less than they owe. Amounts are in the company's currency; nothing is let go in others.",
    keys: &[
        or(
            "discount_grace_days",
            "2",
            "3",
            "So many days after its last one a discount for paying early is still allowed.",
        ),
        or(
            "write_off_at_most",
            "\"5.00\"",
            "\"2.00\"",
            "The largest difference of one invoice that is too small to be asked for; 0.00 lets none go.",
        ),
        or(
            "write_off_percent",
            "\"0.5\"",
            "\"1\"",
            "And at most this share of the invoice, in percent. A discount taken too late is only held against the amount above.",
        ),
        or(
            "write_off_month",
            "\"50.00\"",
            "\"20.00\"",
            "And at most so much of one customer in a calendar month.",
        ),
        or(
            "bank_charges_at_most",
            "\"25.00\"",
            "\"15.00\"",
            "So much may banks keep of a payment from abroad that the statement says nothing of; not of one in euros from a SEPA country.",
        ),
        or(
            "deduct_alone_at_most",
            "\"250.00\"",
            "\"100.00\"",
            "What one person may take off an invoice (`invoices deduct`); more needs a second one.",
        ),
    ],
};

/// `[reminders]`.
pub(super) const REMINDERS: SectionDoc = SectionDoc {
    name: "reminders",
    repeated: false,
    about: "Payment reminders to customers.",
    keys: &[
        or(
            "enabled",
            "true",
            "false",
            "Whether reminders are sent at all.",
        ),
        or(
            "minimum",
            "\"10.00\"",
            "\"10.00\"",
            "Open amounts below this are not reminded of, in the company's currency.",
        ),
        or(
            "claim_days",
            "10",
            "10",
            "How many days a remittance without its money keeps its invoices from being reminded of.",
        ),
        or(
            "bank_data_business_days",
            "1",
            "2",
            "Nobody is reminded while the last bank statement is older than so many business days: who seems not to have paid may have. 0: never asked.",
        ),
        or(
            "levels_days",
            "[-7, -3, 0, 3, 7, 14, 30]",
            "[0, 7, 14]",
            "The ladder: days from the due date, earliest first.",
        ),
    ],
};
