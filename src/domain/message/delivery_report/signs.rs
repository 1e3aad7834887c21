//! By what a report is told from other mail when it follows no standard. Measured on public samples: 44 in 100 reports have
//! no structured part.

use super::named::server_answer;
use super::{MAX_LINES, MailFacts};
use crate::basics::text::fold;
use crate::domain::message::automatic::{has_null_return_path, is_daemon, is_program};

/// Points that make a report.
const ENOUGH: u32 = 4;
/// The same where nothing but the sender's display name speaks of a mail server: a carrier of goods may be called "Mail
/// Delivery", too, and may fail to deliver.
const ENOUGH_BY_NAME: u32 = 6;

/// The signs seen; `None` when they are too few. People write about failed deliveries, too, of goods: without a mail
/// server's own mark no words make a report, and without words no mark does.
pub(super) fn signs(mail: &MailFacts) -> Option<Vec<String>> {
    let subject = fold(&mail.subject);
    let start = mail.text.lines().take(MAX_LINES);
    let text = fold(&start.collect::<Vec<_>>().join("\n"));
    if is_refused_by_list(mail, &subject, &text) {
        return Some(vec!["a mailing list refuses a mail".to_owned()]);
    }
    let has = |list: &[&str], within: &str| list.iter().any(|words| within.contains(words));
    let report = mail.media_type == "multipart/report"
        || mail.report_type.as_deref() == Some("delivery-status");
    let listed = mail.first("X-Failed-Recipients").is_some();
    let from_field = fold(mail.first("From").unwrap_or_default());
    let daemon = mail.from.iter().any(|from| is_daemon(from.local()))
        || has(DAEMONS, &from_field)
        || from_field.ends_with("<>");
    let called_so = has(DAEMON_NAMES, &from_field);
    let null_path = has_null_return_path(mail);
    let returned = mail.returned_message_id.is_some() || holds_a_mail(&mail.text);
    // Some carriers' servers write from an address nobody reads; with the mail they give back, it is theirs.
    let gives_back = returned && mail.from.iter().any(|from| is_program(from.local()));
    let speaks = has(PHRASES, &text);
    let answered = server_answer(&text);
    let all = [
        (report, 2, "multipart/report"),
        (listed, 4, "X-Failed-Recipients"),
        (daemon, 2, "sent by a mail server"),
        (called_so && !daemon, 1, "named as a mail server"),
        (null_path, 1, "null return path"),
        (returned, 1, "a mail is sent back in it"),
        (gives_back, 1, "sent by a program"),
        (
            has(SUBJECTS, &subject),
            2,
            "the subject speaks of failed delivery",
        ),
        (speaks, 2, "the text speaks of failed delivery"),
        (answered, 1, "a mail server's answer is quoted"),
    ];
    let seen = all.iter().filter(|(is_seen, ..)| *is_seen);
    let weight = seen.clone().map(|(_, points, _)| points).sum::<u32>();
    let marked = report || listed || daemon || null_path || gives_back;
    let told = report || listed || null_path || returned || speaks || answered;
    let is_enough = if marked {
        told && weight >= ENOUGH
    } else {
        called_so && weight >= ENOUGH_BY_NAME
    };
    is_enough.then(|| seen.map(|(.., words)| (*words).to_owned()).collect())
}

/// Header fields that only a mail itself has, among the words: the mail is sent back as text.
fn holds_a_mail(text: &str) -> bool {
    let starts = |name: &str| {
        let mut lines = text.lines().take(MAX_LINES);
        lines.any(|line| {
            line.trim_start()
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        })
    };
    starts("Message-ID:") && (starts("Received:") || starts("Return-Path:"))
}

/// A list manager that did not take a mail: written by the list's own address, about membership or permission.
fn is_refused_by_list(mail: &MailFacts, subject: &str, text: &str) -> bool {
    let by_field = LIST_FIELDS.iter().any(|name| mail.first(name).is_some());
    let by_manager = mail.from.iter().any(|from| {
        let local = from.local().to_lowercase();
        LIST_MANAGERS.iter().any(|name| local.starts_with(name))
            || LIST_ROLES.iter().any(|role| local.ends_with(role))
    });
    let refuses = |within: &str| REFUSALS.iter().any(|words| within.contains(words));
    by_field && by_manager && refuses(subject) && refuses(text) && mail.documents == 0
}

// All lists are folded as `basics::text::fold` does.

const LIST_FIELDS: &[&str] = &[
    "X-MLServer",
    "X-ML-Name",
    "X-ML-Info",
    "X-BeenThere",
    "X-Mailman-Version",
    "Mailing-List",
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Subscribe",
];

const LIST_MANAGERS: &[&str] = &["majordomo", "listserv", "mailman", "sympa", "listproc"];

const LIST_ROLES: &[&str] = &["-admin", "-request", "-owner", "-bounces", "-help", "-ctl"];

const REFUSALS: &[&str] = &[
    "not a member",
    "not member",
    "not subscribed",
    "not a subscriber",
    "non-member",
    "non member",
    "not allowed to post",
    "not permitted to post",
    "rejected",
    "kein mitglied",
    "nicht mitglied",
];

/// Names no person and no business has.
const DAEMONS: &[&str] = &[
    "mailer-daemon",
    "mailer daemon",
    "mail delivery system",
    "mail delivery subsystem",
    "mail deliver system",
    "ndr administrator",
];

const DAEMON_NAMES: &[&str] = &[
    "mail delivery",
    "mail administrator",
    "postmaster",
    "mail system",
    "mail router",
    "system administrator",
    "microsoft outlook",
    "internet mail delivery",
    "mail administration",
    "mail transport",
    "e-mail interconnect",
    "mailsystem",
    "mail-system",
    "zustellung",
];

const SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "delivery failed",
    "delivery problem",
    "delivery notification",
    "delivery report",
    "delivery incomplete",
    "failure notice",
    "failure notification",
    "returned mail",
    "returning message",
    "mail delivery",
    "mail could not be delivered",
    "could not be delivered",
    "message delivery",
    "non delivery",
    "nondeliverable",
    "non-delivery",
    "mail system error",
    "mail failure",
    "message not delivered",
    "not delivered",
    "could not send",
    "message undeliverable",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "fehlgeschlagene nachricht",
    "non remis",
    "echec de la remise",
    "no se puede entregar",
    "no se pudo entregar",
    "no se ha podido entregar",
    "impossibile recapitare",
    "mancato recapito",
    "niet bezorgd",
    "onbestelbaar",
    "user unknown",
    "bounce",
    "unknown user",
    "delivery delayed",
    "delayed mail",
    "delayed delivery",
    "delivery status",
    "delivery error",
    "delivery warning",
    "mail warning",
    "mail status report",
    "mail error",
    "undelivered",
    "unable to deliver",
    "failed mail",
    "failed delivery",
    "failure delivery",
    "rejected:",
    "message rejected",
    "address not found",
    "konnte nicht zugestellt",
    "zustellungsproblem",
    "zustellstatus",
    "nachricht nicht zustellbar",
    "unzustellbare nachricht",
    "ruckmeldung zur zustellung",
    "notification d'etat de remise",
    "notification de remise",
    "message non distribue",
    "non distribuable",
    "non delivre",
    "echec de distribution",
    "echec de livraison",
    "echec d'envoi",
    "retour a l'expediteur",
    "no entregado",
    "no entregable",
    "no entregada",
    "error de entrega",
    "fallo en la entrega",
    "correo devuelto",
    "mensaje devuelto",
    "non recapitabile",
    "non recapitato",
    "mancata consegna",
    "consegna non riuscita",
    "errore di consegna",
    "notifica di mancato",
    "niet bestelbaar",
    "niet afgeleverd",
    "kan niet worden bezorgd",
    "bezorging mislukt",
    "aflevering mislukt",
];

const PHRASES: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can not be delivered",
    "was not delivered",
    "were not delivered",
    "not been delivered",
    "unable to deliver",
    "undeliverable",
    "undelivered",
    "delivery to the following recipient",
    "delivery failed",
    "delivery has failed",
    "delivery attempts",
    "failed permanently",
    "permanent error",
    "permanent failure",
    "permanent fatal errors",
    "fatal errors",
    "had an error",
    "had delivery errors",
    "invalid user address",
    "invalid address",
    "error message below",
    "宛先不明",
    "送信できませんでした",
    "配信できません",
    "returned to sender",
    "returned below",
    "message could not be sent",
    "message was undeliverable",
    "did not reach the following recipient",
    "couldn't deliver",
    "could not deliver",
    "failed to deliver",
    "failed address",
    "unknown user",
    "user unknown",
    "no such user",
    "mailbox is full",
    "mailbox full",
    "mailbox unavailable",
    "over quota",
    "transcript of session follows",
    "the following addresses failed",
    "trouble delivering",
    "error delivering",
    "was rejected by",
    "were rejected by",
    "problem delivering",
    "error occurred while trying to deliver",
    "error has occurred while attempting to deliver",
    "wasn't able to deliver",
    "was unable to deliver",
    "unsuccessful delivery",
    "delivery problems",
    "delivery error",
    "no valid recipients",
    "recipient address rejected",
    "recipients were affected",
    "not listed in",
    "does not exist",
    "address not found",
    "wasn't found at",
    "diagnostic information for administrators",
    "message not delivered",
    "message was rejected",
    "message has been rejected",
    "message has been blocked",
    "message has been frozen",
    "doesn't have a",
    "account has been disabled",
    "account is disabled",
    "invalid final delivery",
    "invalid recipient",
    "no recipients",
    "failure reasons",
    "may not have permission to post",
    "still trying to deliver",
    "delivery has been delayed",
    "has not yet been delivered",
    "nicht zugestellt",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
    "konnte nicht ausgeliefert",
    "ist nicht bekannt",
    "diagnoseinformationen fur administratoren",
    "n'a pas pu etre",
    "n'ont pas pu etre",
    "impossible de remettre",
    "n'a pas ete remis",
    "informations de diagnostic pour les administrateurs",
    "destinataire inconnu",
    "no se pudo entregar",
    "no se ha podido entregar",
    "no ha podido ser entregado",
    "no pudo ser entregado",
    "informacion de diagnostico para los administradores",
    "impossibile recapitare",
    "impossibile consegnare",
    "non e stato possibile recapitare",
    "non e stato recapitato",
    "informazioni di diagnostica per gli amministratori",
    "kon niet worden bezorgd",
    "kan niet worden bezorgd",
    "niet worden afgeleverd",
    "diagnostische gegevens voor beheerders",
];
