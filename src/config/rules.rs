//! The policies of the domain, built from the configuration.

use jiff::tz::TimeZone;

use super::payments::Payments;
use super::{Config, Owners};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::domain::approval::Impatience;
use crate::domain::approval::policy::{self, ApprovalPolicy};
use crate::domain::bank::OwnAccount;
use crate::domain::change::ModelDay;
use crate::domain::document::Side;
use crate::domain::document::identity::OwnIdentity;
use crate::domain::ledger::Chart;
use crate::domain::message::authenticity::{AuthenticityPolicy, InternalRelay};
use crate::domain::outbound::feedback::FeedbackPolicy;
use crate::domain::outbound::pace::Pace;
use crate::domain::outbound::reminder_facts::OurAccount;
use crate::domain::outbound::reminder_mail::ReminderSender;
use crate::domain::outbound::templates::Templates;
use crate::domain::payable::checks::order::OrderPolicy;
use crate::domain::receivable::cash_decision::CashPolicy;
use crate::domain::receivable::reminder_ladder::ReminderPolicy;

/// A template larger than this is a wrong file.
const MAX_TEMPLATE_BYTES: u64 = 256 * 1024;

/// What the configuration decides.
#[derive(Debug)]
pub struct Rules {
    /// Our legal name.
    pub company_name: String,
    /// The account customers pay to.
    pub company_iban: Option<Iban>,
    /// Where days begin and end.
    pub time_zone: TimeZone,
    /// Who is asked when no rule can decide.
    pub owners: Owners,
    /// The address mails about bills come from; a token is added to it for replies.
    pub payables_address: MailAddress,
    /// The address mails about customers' money come from.
    pub receivables_address: MailAddress,
    /// The addresses of all mailboxes.
    pub mailbox_addresses: Vec<MailAddress>,
    /// The side of each mailbox, by its name.
    pub mailbox_sides: Vec<(String, Side)>,
    /// What each mailbox tells senders, by its name, and from which address.
    pub feedback: Vec<(String, MailAddress, FeedbackPolicy)>,
    /// Who we are.
    pub identity: OwnIdentity,
    /// Our accounts, as statements name them.
    pub own_accounts: Vec<OwnAccount>,
    /// What proves a sender.
    pub authenticity: AuthenticityPolicy,
    /// Who approves what.
    pub approvals: ApprovalPolicy,
    /// How long approvers are waited for.
    pub impatience: Impatience,
    /// What a bill may differ from its order.
    pub orders: OrderPolicy,
    /// The accounts of the journal.
    pub chart: Chart,
    /// What is let go when customers pay less than they owe.
    pub cash: CashPolicy,
    /// How bills are paid.
    pub payments: Payments,
    /// The dunning ladder; without levels when reminders are switched off.
    pub reminders: ReminderPolicy,
    /// So many business days old may the bank's data be when customers are reminded; `None` where nobody asks.
    pub bank_data_business_days: Option<u32>,
    /// Who the reminders are from.
    pub reminder_sender: ReminderSender,
    /// The wording of our mails.
    pub templates: Templates,
    /// How much mail goes out in a time.
    pub pace: Pace,
    /// What the language model may be asked; none when it is off.
    pub model: Option<ModelPolicy>,
}

/// What the language model may be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelPolicy {
    /// Its name.
    pub name: String,
    /// Characters of a document that are sent.
    pub max_text_chars: usize,
    /// Accounts are blacked out.
    pub hide_accounts: bool,
    /// The longest answer, in tokens.
    pub max_answer_tokens: u32,
    /// Questions a day.
    pub max_requests_per_day: u32,
    /// Tokens a day.
    pub max_tokens_per_day: u64,
}

impl ModelPolicy {
    /// Why no more is asked today.
    pub fn spent(&self, day: &ModelDay) -> Option<&'static str> {
        if day.requests >= self.max_requests_per_day {
            Some("the questions of the day are spent")
        } else if day.tokens >= self.max_tokens_per_day {
            Some("the tokens of the day are spent")
        } else {
            None
        }
    }
}

impl Rules {
    /// The side of a mailbox; a mailbox that is no longer configured has none.
    pub fn side_of(&self, mailbox: &str) -> Side {
        self.mailbox_sides
            .iter()
            .find(|(name, _)| name == mailbox)
            .map_or(Side::None, |(_, side)| *side)
    }
}

/// Builds them all.
///
/// # Errors
/// What in the configuration or its templates does not fit, in words.
pub fn build(config: &Config) -> Result<Rules, String> {
    let address_of = |side| {
        config
            .mailbox_of(side)
            .map(|mailbox| mailbox.address.clone())
    };
    let payables_address = address_of(Side::Payable).ok_or("no mailbox is configured")?;
    let receivables_address = address_of(Side::Receivable).ok_or("no mailbox is configured")?;
    let addresses = config
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.address.clone());
    let sides = config
        .mailboxes
        .iter()
        .map(|mailbox| (mailbox.name.clone(), mailbox.side));
    let feedback = config.mailboxes.iter();
    let feedback = feedback.map(|mailbox| {
        let (name, address) = (mailbox.name.clone(), mailbox.address.clone());
        (name, address, mailbox.feedback)
    });
    Ok(Rules {
        feedback: feedback.collect(),
        company_name: config.company.name.clone(),
        company_iban: config.company.ibans.first().cloned(),
        time_zone: config.company.time_zone.clone(),
        owners: config.owners.clone(),
        payables_address,
        receivables_address: receivables_address.clone(),
        mailbox_addresses: addresses.collect(),
        mailbox_sides: sides.collect(),
        identity: identity(config)?,
        own_accounts: own_accounts(config),
        authenticity: authenticity(config),
        approvals: approvals(config),
        impatience: config.approval.impatience.clone(),
        orders: config.orders.clone(),
        chart: config.chart.clone(),
        cash: config.cash.clone(),
        payments: config.payments.clone(),
        reminders: reminders(config),
        bank_data_business_days: Some(config.reminders.bank_data_business_days)
            .filter(|days| *days > 0),
        reminder_sender: reminder_sender(config, receivables_address.clone()),
        templates: templates(config)?,
        pace: config.outgoing.pace,
        model: config.model.as_ref().map(model),
    })
}

/// Those money is paid from first: their banks' names for them count where the same account stands in `[company]`, too.
fn own_accounts(config: &Config) -> Vec<OwnAccount> {
    let company = &config.company;
    let paying = config.payments.accounts.iter().map(|account| {
        OwnAccount::of_iban_and(account.iban.clone(), account.account_numbers.clone())
    });
    let with_iban = company.ibans.iter().cloned().map(OwnAccount::of_iban);
    let numbers = company.account_numbers.iter().cloned();
    let others = with_iban.chain(numbers.map(OwnAccount::of_number));
    paying.chain(others).collect()
}

fn identity(config: &Config) -> Result<OwnIdentity, String> {
    let company = &config.company;
    let patterns = company
        .invoice_number_patterns
        .iter()
        .map(|pattern| regex::Regex::new(pattern));
    Ok(OwnIdentity {
        names: std::iter::once(&company.name)
            .chain(&company.also_known_as)
            .cloned()
            .collect(),
        vat_ids: company.vat_ids.clone(),
        ibans: company.ibans.clone(),
        domains: company.domains.clone(),
        invoice_number_patterns: patterns
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?,
    })
}

fn authenticity(config: &Config) -> AuthenticityPolicy {
    let configured = &config.authenticity;
    let relay_domains = configured.internal_relay_domains.clone();
    AuthenticityPolicy {
        trusted_authserv_ids: configured
            .trusted_authserv_ids
            .iter()
            .map(|id| id.to_lowercase())
            .collect(),
        results_below_received: configured.results_below_received,
        accept_dkim: true,
        checks_dkim: configured.verify_dkim,
        trusted_arc_sealers: configured.trusted_arc_sealers.clone(),
        internal_relay: (!relay_domains.is_empty()).then_some(InternalRelay {
            domains: relay_domains,
            marker: None,
        }),
    }
}

/// The rules of the file, and above them the one that always stands: a large amount needs two people.
fn approvals(config: &Config) -> ApprovalPolicy {
    let rules = config
        .approval_rules
        .iter()
        .map(|rule| policy::ApprovalRule {
            name: rule.name.clone(),
            above: rule.above,
            supplier: rule.supplier.clone(),
            approvers: rule.approvers.clone(),
            needed: rule.needed,
            everyday: rule.above.is_none() && rule.supplier.is_none(),
        });
    let everybody = config
        .approvers
        .iter()
        .map(|approver| approver.address.clone())
        .collect();
    let two_people = policy::ApprovalRule {
        name: format!("two people above {}", config.approval.two_above),
        above: Some(config.approval.two_above),
        supplier: None,
        approvers: everybody,
        needed: 2,
        everyday: false,
    };
    let approvers = config.approvers.iter().map(|approver| policy::Approver {
        name: approver.name.clone(),
        address: approver.address.clone(),
        limit: approver.limit,
    });
    let delegations = config.approvers.iter();
    let delegations = delegations.filter_map(|approver| approver.delegation.clone());
    ApprovalPolicy {
        approvers: approvers.collect(),
        delegations: delegations.collect(),
        rules: rules.chain([two_people]).collect(),
        currency: config.company.currency,
        expires_days: config.approval.expires_days,
    }
}

fn reminders(config: &Config) -> ReminderPolicy {
    let configured = &config.reminders;
    let days = if configured.enabled {
        configured.levels_days.as_slice()
    } else {
        &[]
    };
    ReminderPolicy::at_days(days, configured.minimum, configured.claim_days)
}

fn reminder_sender(config: &Config, mailbox: MailAddress) -> ReminderSender {
    let account = config.company.ibans.first();
    ReminderSender {
        company_name: config.company.name.clone(),
        account: account.map(|iban| OurAccount {
            holder: config.company.name.clone(),
            iban: iban.clone(),
            bic: None,
        }),
        mailbox,
        contact_name: None,
    }
}

fn model(configured: &super::model::Model) -> ModelPolicy {
    ModelPolicy {
        name: configured.name.clone(),
        max_text_chars: configured.max_text_chars,
        hide_accounts: configured.hide_accounts,
        max_answer_tokens: configured.max_answer_tokens,
        max_requests_per_day: configured.max_requests_per_day,
        max_tokens_per_day: configured.max_tokens_per_day,
    }
}

/// The built-in wording, with the files of the templates folder in place of those of the same name.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn templates(config: &Config) -> Result<Templates, String> {
    let mut files = Vec::new();
    if let Some(folder) = &config.outgoing.templates_folder {
        let unreadable =
            |error: std::io::Error| format!("the templates folder {}: {error}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default()
                .to_owned();
            if name.ends_with(".txt") || name.ends_with(".html") {
                files.push((name, template(&path).map_err(unreadable)?));
            }
        }
    }
    Templates::with_overrides(files).map_err(|error| error.to_string())
}

fn template(path: &std::path::Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    let read = std::fs::File::open(path)?
        .take(MAX_TEMPLATE_BYTES + 1)
        .read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > MAX_TEMPLATE_BYTES {
        let most = MAX_TEMPLATE_BYTES >> 10;
        let why = format!("{} is larger than {most} KiB", path.display());
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, why));
    }
    Ok(text)
}
