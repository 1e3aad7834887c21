//! Each table of the file, from TOML to its struct.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use toml::Table;
use tracing_subscriber::EnvFilter;

use super::approvers::approvers;
use super::bucket::{self, RawBytes, RawBytesKind};
use super::cash;
use super::dkim;
use super::mail;
use super::model;
use super::oauth;
use super::orders;
use super::password;
use super::payments;
use super::read::{Problem, Problems, Section, flag, list, number, parsed, text};
use super::secret::{self, SecretSource};
use super::values::{account_number, address, amount, database_url, domain, path_in, pattern};
use super::{
    Approval, ApprovalRule, Approver, Authenticity, Company, Config, Log, MailboxSource, Monitor,
    OutgoingTarget, Owners, Reminders, Storage,
};
use crate::basics::bank_account::Iban;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::tax_id::VatId;
use crate::domain::approval::Impatience;
use crate::domain::exception::Ownership;
use crate::domain::ledger::Chart;
use crate::domain::outbound::work_list::TellOwners;

/// The whole file. `None` only together with a noted problem.
pub fn read(root: &Table, folder: &Path, problems: &Problems) -> Option<Config> {
    let company = company(Section::single(root, "company", problems));
    let currency = company.as_ref().map_or(Currency::EUR, |c| c.currency);
    let storage = storage(root, folder, problems);
    let mailboxes = mail::mailboxes(root, folder, problems);
    let outgoing = mail::outgoing(Section::single(root, "outgoing", problems), folder);
    let dkim = dkim::read(Section::single(root, "dkim", problems), folder);
    let oauth = oauth::read(root, folder, problems);
    let sources = mailboxes.iter().map(|mailbox| &mailbox.source);
    oauth::names_are_known(&oauth, sources, &outgoing.target, problems);
    let approvers = approvers(root, problems, currency);
    let approval_rules = approval_rules(root, problems, currency);
    approvers_are_known(&approval_rules, &approvers, problems);
    let approval = approval(Section::single(root, "approval", problems), currency);
    let authenticity = authenticity(Section::single(root, "authenticity", problems));
    let owners = owners(Section::single(root, "owners", problems));
    let reminders = reminders(Section::single(root, "reminders", problems), currency);
    let name = company.as_ref().map_or("", |company| &company.name);
    let orders = orders::read(Section::single(root, "orders", problems), currency);
    let chart = chart(Section::single(root, "ledger", problems));
    let payments = payments::read(root, folder, problems, name);
    let own = company.iter().flat_map(|company| &company.ibans);
    let own = own.chain(payments.accounts.iter().map(|account| &account.iban));
    let countries = own.map(|iban| iban.country().to_owned()).collect();
    let cash = cash::read(Section::single(root, "cash", problems), currency, countries);
    let supplier_passwords = password::read(root, folder, problems);
    let model = model::read(Section::single(root, "model", problems), folder);
    let monitor = monitor(Section::single(root, "monitor", problems));
    let log = log(Section::single(root, "log", problems));
    Some(Config {
        company: company?,
        storage,
        mailboxes,
        outgoing,
        approvers,
        approval_rules,
        approval,
        authenticity,
        owners: owners?,
        orders,
        cash,
        chart,
        payments,
        reminders,
        supplier_passwords,
        dkim,
        oauth,
        model,
        monitor,
        log,
    })
}

fn company(s: Section<'_>) -> Option<Company> {
    let company = Company {
        name: s.get("name", String::new(), text),
        also_known_as: s.get("also_known_as", Vec::new(), list(text)),
        vat_ids: s.get(
            "vat_ids",
            Vec::new(),
            list(parsed("a VAT id with its country prefix", VatId::parse)),
        ),
        ibans: s.get(
            "ibans",
            Vec::new(),
            list(parsed("an IBAN with right check digits", Iban::parse)),
        ),
        account_numbers: s.get("account_numbers", Vec::new(), list(account_number)),
        domains: s.get("domains", Vec::new(), list(domain)),
        invoice_number_patterns: s.get("invoice_number_patterns", Vec::new(), list(pattern)),
        time_zone: s.get(
            "time_zone",
            TimeZone::UTC,
            parsed("an IANA time zone", |name| TimeZone::get(name).ok()),
        ),
        currency: s.get(
            "currency",
            Currency::EUR,
            parsed("an ISO 4217 currency code", Currency::parse),
        ),
    };
    s.finish();
    Some(company)
}

fn storage(root: &Table, folder: &Path, problems: &Problems) -> Storage {
    let s = Section::single(root, "storage", problems);
    let kept = s.get("raw_bytes", RawBytesKind::Folder, RawBytesKind::read);
    let bucket = Section::single(root, "bucket", problems);
    let bucket = bucket::read(bucket, folder, kept == RawBytesKind::Bucket);
    let storage = Storage {
        data_folder: s.get("data_folder", PathBuf::new(), path_in(folder)),
        database_url: s.get("database_url", String::new(), database_url),
        database_password: secret::source(
            &s,
            [
                "database_password_file",
                "database_password_env",
                "database_password_credential",
            ],
            folder,
        ),
        raw_bytes: match (kept, bucket) {
            (RawBytesKind::Database, _) => RawBytes::Database,
            (RawBytesKind::Bucket, Some(bucket)) => RawBytes::Bucket(Box::new(bucket)),
            (RawBytesKind::Folder | RawBytesKind::Bucket, _) => RawBytes::Folder,
        },
        token_key: secret::source(
            &s,
            ["token_key_file", "token_key_env", "token_key_credential"],
            folder,
        ),
    };
    if kept != RawBytesKind::Folder && storage.database_url.starts_with("sqlite:") {
        s.problem(
            "raw_bytes",
            "is for PostgreSQL: with SQLite the mails lie in the data folder beside it",
        );
    }
    s.finish();
    storage
}

fn approval_rules(root: &Table, problems: &Problems, currency: Currency) -> Vec<ApprovalRule> {
    let one = |s: Section<'_>| {
        let rule = ApprovalRule {
            name: s.get("name", String::new(), text),
            above: s.optional("above", amount(currency)),
            supplier: s.optional("supplier", text),
            approvers: s.get("approvers", Vec::new(), list(address)),
            needed: s.get("needed", 1, number(0_u32, 10)),
        };
        if rule.approvers.len() < usize::try_from(rule.needed).unwrap_or(usize::MAX) {
            let named = rule.approvers.len();
            let example = format!("needed = {named}");
            let reason = format!(
                "more than the {named} approvers this rule names: name more, or need fewer"
            );
            s.problem_with("needed", &reason, example);
        }
        s.finish();
        rule
    };
    Section::repeated(root, "approval_rule", problems)
        .into_iter()
        .map(one)
        .collect()
}

fn approvers_are_known(rules: &[ApprovalRule], approvers: &[Approver], problems: &Problems) {
    for (index, rule) in rules.iter().enumerate() {
        for address in &rule.approvers {
            if !approvers.iter().any(|a| a.address.same_mailbox(address)) {
                problems.add(Problem {
                    key: format!("approval_rule[{}].approvers", index + 1),
                    value: format!("\"{address}\""),
                    reason: "has no [[approver]] of its own".into(),
                    example: format!("[[approver]]\n    name = \"…\"\n    address = \"{address}\""),
                });
            }
        }
    }
}

fn approval(s: Section<'_>, currency: Currency) -> Approval {
    let approval = Approval {
        two_above: s.get("two_above", Money::zero(currency), amount(currency)),
        expires_days: s.get("expires_days", 7, number(1_u16, 365)),
        impatience: impatience(&s),
    };
    s.finish();
    approval
}

/// No reminders at all are an empty list; nobody is told after 0 hours.
fn impatience(s: &Section<'_>) -> Impatience {
    let mut remind_hours = s.get(
        "remind_after_hours",
        vec![24, 48],
        list(number(1_u16, 2_000)),
    );
    remind_hours.sort_unstable();
    remind_hours.dedup();
    let escalate_hours = s.get("escalate_after_hours", 72, number(0_u16, 2_000));
    Impatience {
        remind_hours,
        escalate_hours: (escalate_hours > 0).then_some(escalate_hours),
        escalate_to: s.optional("escalate_to", address),
    }
}

fn authenticity(s: Section<'_>) -> Authenticity {
    let authenticity = Authenticity {
        trusted_authserv_ids: s.get("trusted_authserv_ids", Vec::new(), list(text)),
        results_below_received: s.get("results_below_received", false, flag),
        trusted_arc_sealers: s.get("trusted_arc_sealers", Vec::new(), list(domain)),
        verify_dkim: s.get("verify_dkim", false, flag),
        dns_server: s.optional(
            "dns_server",
            parsed("an address with port", |text| text.parse().ok()),
        ),
        internal_relay_domains: s.get("internal_relay_domains", Vec::new(), list(domain)),
    };
    s.finish();
    authenticity
}

fn owners(s: Section<'_>) -> Option<Owners> {
    let due_hours = s.get("due_hours", 8, number(1_u32, 24 * 365));
    let owner = |name| {
        let address = s.optional(name, address)?;
        Some(Ownership {
            owner: address.to_string(),
            due_hours,
        })
    };
    let tell = s.get(
        "tell",
        TellOwners::Hourly,
        parsed("`off`, `daily` or `hourly`", TellOwners::parse),
    );
    let (payables, receivables, mail) = (owner("payables"), owner("receivables"), owner("mail"));
    s.finish();
    Some(Owners {
        payables: payables?,
        receivables: receivables?,
        mail: mail?,
        tell,
    })
}

fn reminders(s: Section<'_>, currency: Currency) -> Reminders {
    let mut levels_days = s.get("levels_days", Vec::new(), list(number(-60, 365)));
    levels_days.sort_unstable();
    levels_days.dedup();
    let reminders = Reminders {
        enabled: s.get("enabled", true, flag),
        claim_days: s.get("claim_days", 10, number(0_i32, 90)),
        bank_data_business_days: s.get("bank_data_business_days", 1, number(0_u32, 60)),
        minimum: s.get("minimum", Money::zero(currency), amount(currency)),
        levels_days,
    };
    s.finish();
    reminders
}

fn chart(s: Section<'_>) -> Chart {
    let usual = Chart::default();
    let chart = Chart {
        expense: s.get("expense", usual.expense, text),
        input_vat: s.get("input_vat", usual.input_vat, text),
        payables: s.get("payables", usual.payables, text),
        receivables: s.get("receivables", usual.receivables, text),
        revenue: s.get("revenue", usual.revenue, text),
        bank: s.get("bank", usual.bank, text),
        clearing: s.get("clearing", usual.clearing, text),
        discount: s.get("discount", usual.discount, text),
        discount_allowed: s.get("discount_allowed", usual.discount_allowed, text),
        bank_charges: s.get("bank_charges", usual.bank_charges, text),
        deductions: s.get("deductions", usual.deductions, text),
    };
    s.finish();
    chart
}

fn monitor(s: Section<'_>) -> Monitor {
    let listen = parsed(
        "an address of this machine and a port, as 127.0.0.1:9187",
        |text| {
            let address: SocketAddr = text.parse().ok()?;
            address.ip().is_loopback().then_some(address)
        },
    );
    let monitor = Monitor {
        listen: s.optional("listen", listen),
    };
    s.finish();
    monitor
}

fn log(s: Section<'_>) -> Log {
    let format = parsed("`text` or `json`", |text| match text {
        "text" => Some(false),
        "json" => Some(true),
        _ => None,
    });
    let log = Log {
        json: s.get("format", false, format),
        filter: s.get("filter", "info".into(), |value| {
            let filter = text(value)?;
            match EnvFilter::try_new(&filter) {
                Ok(_) => Ok(filter),
                Err(error) => Err(format!("is no filter: {error}")),
            }
        }),
    };
    s.finish();
    log
}

/// The secrets a configuration names: what `check` tries to read.
pub fn secrets(config: &Config) -> Vec<(String, &SecretSource)> {
    let mut named = Vec::new();
    for mailbox in &config.mailboxes {
        if let MailboxSource::Imap { server, .. } = &mailbox.source {
            named.extend(
                server
                    .password
                    .as_ref()
                    .map(|s| (format!("password of mailbox {}", mailbox.name), s)),
            );
        }
    }
    if let OutgoingTarget::Smtp(server) = &config.outgoing.target {
        named.extend(
            server
                .password
                .as_ref()
                .map(|s| ("password of outgoing".to_owned(), s)),
        );
    }
    named.extend(
        config
            .storage
            .database_password
            .as_ref()
            .map(|s| ("password of the database".to_owned(), s)),
    );
    let token_key = config.storage.token_key.iter();
    named.extend(token_key.map(|source| ("token key".to_owned(), source)));
    if let RawBytes::Bucket(bucket) = &config.storage.raw_bytes {
        named.push(("key of the bucket".to_owned(), &bucket.secret));
    }
    for one in &config.oauth {
        let kept = [
            ("client secret", &one.client_secret),
            ("refresh token", &one.refresh_token),
        ];
        named.extend(kept.into_iter().filter_map(|(what, source)| {
            Some((format!("{what} of oauth {}", one.name), source.as_ref()?))
        }));
    }
    let dkim = config.dkim.iter();
    named.extend(dkim.map(|dkim| ("private key of dkim".to_owned(), &dkim.key)));
    let model = config.model.iter();
    named.extend(
        model.filter_map(|model| Some(("key of the model".to_owned(), model.key.as_ref()?))),
    );
    for (password, number) in config.supplier_passwords.iter().zip(1..) {
        named.push((
            format!("password of supplier_password[{number}]"),
            &password.source,
        ));
    }
    named
}
