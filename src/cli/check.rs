//! `check`: names every problem of the configuration at once; `--connect` tries the servers and changes nothing of the company's.

use std::process::ExitCode;

use clap::Args;

use super::{Context, print};
use crate::basics::calendar::{Date, day_in};
use crate::basics::text::chain;
#[cfg(feature = "object-store")]
use crate::config::bucket::{Bucket, RawBytes};
use crate::config::{Config, MailboxSource, OutgoingTarget, sections};
use crate::domain::exception::ends_soon;
use crate::io::clock::Clock;
#[cfg(feature = "object-store")]
use crate::io::keys;
use crate::io::recogniser::models::{HOW_TO_DOWNLOAD, IS_BUILT_IN};
use crate::io::recogniser::{Engine, HOW_TO_INSTALL, Recogniser};
use crate::io::smtp::SmtpSession;
use crate::io::store::{Store, StoreConfig, StoreError};
#[cfg(feature = "object-store")]
use crate::io::vault::Tried;
use crate::setup;
use crate::steps::mail_source::MailSource;

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArguments {
    /// Log in to IMAP, SMTP, the database and the bucket
    #[arg(long)]
    connect: bool,
}

#[derive(Default)]
struct Line {
    what: String,
    problem: Option<String>,
    /// It works, and somebody should make sure that it is meant.
    warning: Option<String>,
    /// By what, and what would be better.
    detail: Option<String>,
}

/// 0 when everything is well, 2 when the configuration is not, 1 when a server does not answer.
///
/// # Errors
/// A bad configuration.
pub async fn check(context: &Context, arguments: CheckArguments) -> anyhow::Result<ExitCode> {
    let config = match context.config() {
        Ok(config) => config,
        Err(failure) if context.json => {
            let each = failure.problems.iter().map(|problem| Line {
                what: "configuration".into(),
                problem: Some(format!("{}: {problem}", failure.file.display())),
                ..Line::default()
            });
            print(&each.map(|line| shown(&line, true)).collect::<String>())?;
            return Ok(ExitCode::from(2));
        }
        Err(failure) => return Err(failure.into()),
    };
    let mut lines = vec![Line {
        what: "configuration".into(),
        ..Line::default()
    }];
    lines.extend(warnings(&config));
    lines.extend(ports(&config));
    let today = day_in(&config.company.time_zone, Clock::system().now());
    lines.extend(old_secrets(&config, today));
    for (what, source) in sections::secrets(&config) {
        lines.push(Line {
            what,
            problem: source.read().err(),
            warning: source.open_to_others(),
            ..Line::default()
        });
    }
    lines.push(Line {
        what: "mail templates".into(),
        problem: crate::config::rules::templates(&config).err(),
        ..Line::default()
    });
    let recogniser = Recogniser::new(context.executable.clone());
    lines.push(scans(&recogniser.with_models_in(&config.storage.data_folder)).await);
    let configured = lines.iter().all(|line| line.problem.is_none());
    // A password that is missing keeps nobody from trying the other servers: every problem at once.
    if arguments.connect {
        connect(&config, &mut lines).await;
    }
    let failed = lines.iter().any(|line| line.problem.is_some());
    print(
        &lines
            .iter()
            .map(|line| shown(line, context.json))
            .collect::<String>(),
    )?;
    Ok(match (failed, configured) {
        (false, _) => ExitCode::SUCCESS,
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::from(2),
    })
}

/// Settings that are right for some and dangerous for others.
fn warnings(config: &Config) -> Vec<Line> {
    let found = [
        ("authenticity.results_below_received", results_below(config)),
        ("authenticity", nothing_proves(config)),
        ("approval.two_above", too_few_approvers(config)),
    ];
    let lines = found.into_iter().filter_map(|(what, warning)| {
        warning.map(|warning| Line {
            what: what.into(),
            warning: Some(warning),
            ..Line::default()
        })
    });
    lines.collect()
}

/// A client secret that ends within two weeks, or has ended.
fn old_secrets(config: &Config, today: Date) -> impl Iterator<Item = Line> {
    config.oauth.iter().filter_map(move |one| {
        let ends = one.client_secret_ends?;
        ends_soon(None, ends, today).then(|| Line {
            what: format!("oauth {}", one.name),
            warning: Some(format!(
                "its client secret ends on {ends}: make a new one at the provider"
            )),
            ..Line::default()
        })
    })
}

/// A mailbox or relay whose port is usually protected otherwise.
fn ports(config: &Config) -> impl Iterator<Item = Line> {
    let mailboxes = config
        .mailboxes
        .iter()
        .filter_map(|mailbox| match &mailbox.source {
            MailboxSource::Imap { server, .. } => {
                Some((format!("mailbox {}", mailbox.name), server))
            }
            MailboxSource::Maildir(_) => None,
        });
    let relay = match &config.outgoing.target {
        OutgoingTarget::Smtp(server) => Some(("outgoing".to_owned(), server)),
        OutgoingTarget::Maildir(_) => None,
    };
    mailboxes.chain(relay).filter_map(|(what, server)| {
        Some(Line {
            what,
            warning: Some(server.unusual_security()?),
            ..Line::default()
        })
    })
}

fn results_below(config: &Config) -> Option<String> {
    config.authenticity.results_below_received.then(|| {
        "senders are proved by a header below the Received line of our server: safe only where that server removes \
         Authentication-Results in its own name from the mails it takes in, else a sender can write the proof"
            .into()
    })
}

fn nothing_proves(config: &Config) -> Option<String> {
    let configured = &config.authenticity;
    let is_empty =
        configured.trusted_authserv_ids.is_empty() && configured.internal_relay_domains.is_empty();
    let proof = if configured.verify_dkim {
        "so only a DKIM signature of the sender's own domain proves an approver: name your mail server in \
         trusted_authserv_ids, or the replies of people whose mail is not signed are refused"
    } else {
        "and verify_dkim is off, so nothing proves an approver and every reply is refused: name your mail server in \
         trusted_authserv_ids"
    };
    is_empty.then(|| format!("no server's results are trusted, {proof}"))
}

/// Who has a limit below the amount cannot be one of the two.
fn too_few_approvers(config: &Config) -> Option<String> {
    let limit = config.approval.two_above;
    let able = config.approvers.iter().filter(|approver| {
        approver
            .limit
            .is_none_or(|own| own.exceeds(limit) == Some(true))
    });
    let count = able.count();
    (count < 2).then(|| {
        format!(
            "bills above {limit} need two approvers, and {count} of those configured may approve so much: such bills will \
             be held; add an [[approver]] or raise a limit"
        )
    })
}

/// Without a program that reads scans the rest works, and every scan waits for a person.
async fn scans(recogniser: &Recogniser) -> Line {
    let (detail, warning) = match recogniser.installed().await {
        Ok(Engine::PpOcr(_)) => (Some("PP-OCRv6".to_owned()), None),
        Ok(Engine::Tesseract(tesseract)) => {
            let missing = tesseract.missing_languages();
            let warning = (!missing.is_empty()).then(|| {
                format!(
                    "scans in some languages are read badly, {} missing: {HOW_TO_INSTALL}",
                    missing.join(", ")
                )
            });
            let better = format!(
                "tesseract {}; PP-OCRv6 reads more: {}",
                tesseract.languages,
                how_to_get_better()
            );
            (Some(better), warning)
        }
        Err(failure) => {
            let warning = format!("they are held for a person: {}", chain(&failure));
            (None, Some(warning))
        }
    };
    Line {
        what: "scans and photos".into(),
        warning,
        detail,
        ..Line::default()
    }
}

fn how_to_get_better() -> String {
    let install = format!("{HOW_TO_DOWNLOAD}, then countinghouse ocr install");
    if IS_BUILT_IN {
        install
    } else {
        format!("build with --features ppocr, {install}")
    }
}

async fn connect(config: &Config, lines: &mut Vec<Line>) {
    let tokens = setup::token_sources(config, &Clock::system());
    for mailbox in &config.mailboxes {
        let kind = match &mailbox.source {
            MailboxSource::Imap { server, folder } => {
                format!("{}:{} {folder}", server.host, server.port)
            }
            MailboxSource::Maildir(path) => path.display().to_string(),
        };
        let problem = match MailSource::open(mailbox, &tokens).await {
            Ok((source, _)) => {
                source.close().await;
                None
            }
            Err(failure) => Some(chain(&failure)),
        };
        lines.push(Line {
            what: format!("mailbox {} ({kind})", mailbox.name),
            problem,
            ..Line::default()
        });
    }
    if let OutgoingTarget::Smtp(server) = &config.outgoing.target {
        let problem = match setup::smtp_account(config, server, &tokens) {
            Ok(account) => SmtpSession::new(account)
                .check()
                .await
                .err()
                .map(|failure| chain(&failure)),
            Err(failure) => Some(failure.to_string()),
        };
        lines.push(Line {
            what: format!("outgoing ({}:{})", server.host, server.port),
            problem,
            ..Line::default()
        });
    }
    #[cfg(feature = "object-store")]
    if let RawBytes::Bucket(configured) = &config.storage.raw_bytes {
        lines.push(bucket(configured).await);
    }
    let problem = match setup::store_config(config) {
        Ok(store) => database(&store).await.err().map(|failure| chain(&failure)),
        Err(failure) => Some(failure.to_string()),
    };
    lines.push(Line {
        what: "database".into(),
        problem,
        ..Line::default()
    });
}

/// Makes a small object in it, reads it and deletes it again.
#[cfg(feature = "object-store")]
async fn bucket(configured: &Bucket) -> Line {
    let tried = async {
        let bucket = setup::bucket(configured).map_err(|failure| failure.to_string())?;
        let name = keys::random_name().map_err(|failure| chain(&failure))?;
        let tried = bucket.try_out(&name).await;
        tried.map_err(|failure| chain(&failure))
    };
    let what = format!("bucket {} ({})", configured.name, configured.url);
    let told = |tried: Tried| {
        let once = "it takes a second object of the same name, which then holds the same";
        let kept = "we may not delete in it and need not: what was tried stays below probe/";
        let told = [(tried.makes_once, once), (tried.deletes, kept)];
        let told = told.iter().filter(|(as_asked, _)| !as_asked);
        let told = told.map(|(_, words)| *words).collect::<Vec<_>>();
        (!told.is_empty()).then(|| told.join("; "))
    };
    match tried.await {
        Ok(tried) => Line {
            what,
            detail: told(tried),
            ..Line::default()
        },
        Err(problem) => Line {
            what,
            problem: Some(problem),
            ..Line::default()
        },
    }
}

/// Books that nobody has made yet are made at first use.
async fn database(config: &StoreConfig) -> Result<(), StoreError> {
    let Some(store) = Store::open_if_any(config).await? else {
        return Ok(());
    };
    let prepared = store.prepare_all().await;
    store.close().await;
    prepared.map(drop)
}

fn shown(line: &Line, json: bool) -> String {
    if json {
        let object = serde_json::json!({"check": line.what, "ok": line.problem.is_none(), "problem": line.problem, "warning": line.warning, "detail": line.detail});
        return format!("{object}\n");
    }
    let detail = line.detail.as_ref();
    let what = detail.map_or(line.what.clone(), |detail| {
        format!("{} ({detail})", line.what)
    });
    match (&line.problem, &line.warning) {
        (Some(problem), _) => format!("FAILED  {what}: {problem}\n"),
        (None, Some(warning)) => format!("warning {what}: {warning}\n"),
        (None, None) => format!("ok      {what}\n"),
    }
}
