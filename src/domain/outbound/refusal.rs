//! Whom a mail server blames that refuses a recipient for good.

/// Words of refusals that are about us, whatever recipient they are said to: Postfix tells at RCPT TO what it holds against the
/// client, its greeting and the sender (`smtpd_delay_reject`, the default).
const ABOUT_US: &[&str] = &[
    "sender",
    "relay",
    "client",
    "helo",
    "ehlo",
    "blocked",
    "blacklist",
    "blocklist",
    "spam",
    "spf",
    "dmarc",
    "dkim",
    "authenticat",
    "access denied",
    "not allowed",
    "policy",
    "reputation",
    "rate limit",
    "too many",
    "rcpthosts",
];

/// The refusal says that this recipient gets no mail: by its enhanced code (RFC 3463), and without one by a reply code of RFC 5321
/// section 4.2.3 for mailboxes whose words are not about us. `answer` begins with the enhanced code where there is one. What is
/// unclear blames nobody: the mail is refused and its address stays good.
pub fn blames_recipient(code: u16, answer: &str) -> bool {
    match enhanced(answer) {
        // Bad destination mailbox, system or syntax, ambiguous, moved, null MX (RFC 7505).
        Some((1, 1 | 2 | 3 | 4 | 6 | 10)) => true,
        // Mailbox disabled, full, or not taking this.
        Some((2, _)) => true,
        // No host, no answer from it, no route, routing loop: its domain.
        Some((4, 1 | 3 | 4 | 6)) => true,
        // Undefined, or a code about the protocol: the words say more.
        Some((0 | 5, _)) | None => {
            let words = answer.to_ascii_lowercase();
            let is_about_us = ABOUT_US.iter().any(|word| words.contains(word));
            matches!(code, 550 | 551 | 553 | 556) && !is_about_us
        }
        // The sender's address (X.1.7, X.1.8), security and policy (X.7), the content (X.6), the mail system (X.3).
        Some(_) => false,
    }
}

/// Subject and detail of `5.1.1` at the beginning of an answer.
fn enhanced(answer: &str) -> Option<(u16, u16)> {
    let mut numbers = answer.split_whitespace().next()?.splitn(3, '.');
    let class = numbers.next()?;
    let subject = numbers.next()?.parse().ok()?;
    let detail = numbers.next()?.parse().ok()?;
    (class == "5").then_some((subject, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_who_does_not_exist_is_told_from_a_server_that_does_not_like_us() {
        let gone = [
            (
                550,
                "5.1.1 <a@x.test>: Recipient address rejected: User unknown in local recipient table",
            ),
            (
                550,
                "5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
            ),
            (556, "5.1.10 recipient address has a null MX"),
            (
                552,
                "5.2.2 <a@x.test>: Quota exceeded (mailbox for user is full)",
            ),
            (550, "5.4.4 <a@x.test>: unable to look up host x.test"),
            (550, "No such user here"),
            (550, "5.0.0 Mailbox unavailable"),
        ];
        for (code, answer) in gone {
            assert!(blames_recipient(code, answer), "{code} {answer}");
        }
        let ours = [
            (
                553,
                "5.7.1 <ar@wir.test>: Sender address rejected: not owned by user u",
            ),
            (554, "5.7.1 <a@x.test>: Relay access denied"),
            (
                554,
                "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example",
            ),
            (
                550,
                "5.7.1 <a@x.test>: Recipient address rejected: SPF fail - not authorized",
            ),
            (
                504,
                "5.5.2 <box>: Helo command rejected: need fully-qualified hostname",
            ),
            (
                550,
                "5.1.8 <ar@wir.test>: Sender address rejected: Domain not found",
            ),
            (550, "5.1.7 bad sender"),
            (550, "relaying denied"),
            (
                553,
                "sorry, that domain isn't in my list of allowed rcpthosts",
            ),
            (530, "Authentication required"),
            (503, "bad sequence of commands"),
        ];
        for (code, answer) in ours {
            assert!(!blames_recipient(code, answer), "{code} {answer}");
        }
    }
}
