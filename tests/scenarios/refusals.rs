//! Answers that approve nothing. Whatever they are, they are answered at most once and stand in the audit trail.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::outbound::Purpose;
use countinghouse::domain::payable::decide::BillField;
use countinghouse::steps::decide_bill::{BillDecision, decide_bill};

use crate::office::Office;
use crate::office::bills::bill;
use crate::office::mails::{Letter, answer};
use crate::office::servers::{servers, unique_at};

const NUMBER: &str = "RE-2001";

/// An office in which Petra is asked about a bill, and the mail that asks her.
async fn petra_is_asked() -> (Office, Letter) {
    let office = Office::sqlite().await;
    office
        .take(&office.people.ap, &bill(NUMBER, 119_000).mail(1))
        .await;
    let request = office.request_about(NUMBER, &office.people.petra).await;
    (office, request)
}

/// Nothing was decided, and the trail says why: the codes of all refusals so far.
async fn nothing_was_decided(office: &Office) -> Vec<String> {
    assert_eq!(office.votes_on(NUMBER).await, 0);
    assert_eq!(office.state_of(NUMBER).await, "awaiting_approval");
    assert!(office.payments_of(NUMBER).await.is_empty());
    codes(office).await
}

async fn codes(office: &Office) -> Vec<String> {
    let refused = office.told("approval answer refused").await;
    let code = |event: &countinghouse::domain::audit::AuditEvent| {
        let found = event.facts.iter().find(|(name, _)| name == "code");
        found.map(|(_, code)| code.clone()).unwrap_or_default()
    };
    refused.iter().map(code).collect()
}

/// How many mails say that an answer was not taken.
async fn refusals_sent(office: &Office) -> usize {
    office
        .outbound()
        .await
        .iter()
        .filter(|mail| mail.purpose == Purpose::ReplyRefused)
        .count()
}

/// The request still waits for Petra: her own clear word counts after all that.
async fn petra_can_still_approve(office: &Office, request: &Letter) {
    office
        .take(
            &request.reply_to,
            &answer(request, &office.people.petra, "approved").write(),
        )
        .await;
    assert_eq!(office.state_of(NUMBER).await, "scheduled");
}

#[tokio::test]
async fn a_stranger_who_knows_the_token_approves_nothing() {
    let (office, request) = petra_is_asked().await;
    let stranger = unique_at("mallory", "ext.test");
    let mut seen = request.clone();
    "your request".clone_into(&mut seen.subject);
    office
        .take(
            &request.reply_to,
            &answer(&seen, &stranger, "approved").write(),
        )
        .await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.other_sender"]);
    let told = office.inbox_of(&stranger).await;
    assert_eq!(told.len(), 1);
    assert!(
        !told[0].raw.contains("1,190.00") && !told[0].raw.contains("Elbkarton"),
        "a stranger learns nothing: {}",
        told[0].raw
    );
    petra_can_still_approve(&office, &request).await;
    office.close(&[ExceptionCode::ReplyRefused]).await;
}

#[tokio::test]
async fn a_forged_sender_approves_nothing() {
    let (office, request) = petra_is_asked().await;
    let petra = &office.people.petra;
    let forged = answer(&request, petra, "approved")
        .verdict("dkim=none; dmarc=fail")
        .write();
    office.take(&request.reply_to, &forged).await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.unproven"]);
    assert_eq!(refusals_sent(&office).await, 1);

    // The forger writes the server's verdict himself. It stands below the server's own line, where everybody can write.
    let own_word = forged.lines().skip(1).collect::<Vec<_>>().join("\n").replace(
        "\nFrom: ",
        "\nAuthentication-Results: mx.fin.test; dkim=pass header.d=fin.test; dmarc=pass header.from=fin.test\nFrom: ",
    );
    office
        .take(
            &request.reply_to,
            &own_word.replace("Message-ID: <", "Message-ID: <again."),
        )
        .await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.unproven"; 2]);
    petra_can_still_approve(&office, &request).await;
    office.close(&[ExceptionCode::ReplyRefused; 2]).await;
}

#[tokio::test]
async fn an_answer_that_a_gateway_handed_on_counts_once_its_seal_is_trusted() {
    let (office, request) = petra_is_asked().await;
    let petra = office.people.petra.clone();
    let domain = petra.domain();
    // The gateway put a line under the mail, so the signature broke; what it saw before, it sealed.
    let handed_on = || {
        answer(&request, &petra, "approved")
            .verdict("dkim=fail; arc=pass; dmarc=fail")
            .field("ARC-Seal: i=1; a=rsa-sha256; d=gate.test; s=g; cv=none; b=AA==")
            .field("ARC-Message-Signature: i=1; a=rsa-sha256; d=gate.test; s=g; h=from:to:subject; bh=AA==; b=AA==")
            .field(&format!("ARC-Authentication-Results: i=1; mx.gate.test; dmarc=pass header.from={domain}"))
            .write()
    };
    office.take(&request.reply_to, &handed_on()).await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.unproven"]);

    let authenticity = "[authenticity]";
    let trusting = "[authenticity]\ntrusted_arc_sealers = [\"gate.test\"]";
    let office = office.reopen_with(authenticity, trusting).await;
    office.take(&request.reply_to, &handed_on()).await;
    assert_eq!(office.state_of(NUMBER).await, "scheduled");
    let votes = office.votes_of(NUMBER).await;
    let proof = format!("DMARC passed for {domain} at gate.test, which sealed the mail (ARC)");
    assert_eq!(
        votes
            .iter()
            .map(|vote| vote.proof.as_str())
            .collect::<Vec<_>>(),
        [proof]
    );
    office.close(&[ExceptionCode::ReplyRefused]).await;
}

#[tokio::test]
async fn two_senders_in_one_from_approve_nothing() {
    let (office, request) = petra_is_asked().await;
    let petra = office.people.petra.to_string();
    let two = answer(&request, &office.people.petra, "approved").write();
    office
        .take(
            &request.reply_to,
            &two.replace(
                &format!("From: {petra}"),
                &format!("From: {petra}, mallory@ext.test"),
            ),
        )
        .await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.other_sender"]);
    assert_eq!(
        refusals_sent(&office).await,
        0,
        "nobody knows whom to answer"
    );
    office.close(&[ExceptionCode::ReplyRefused]).await;
}

#[tokio::test]
async fn a_replayed_approval_is_not_a_second_one() {
    let office = Office::sqlite().await;
    let jonas = &office.people.jonas;
    office
        .take(&office.people.ap, &bill(NUMBER, 2_000_000).mail(1))
        .await;
    let request = office.request_about(NUMBER, jonas).await;
    let approval = answer(&request, jonas, "approved")
        .message_id("<jonas.1@fin.test>")
        .write();
    office.take(&request.reply_to, &approval).await;
    assert_eq!(office.votes_on(NUMBER).await, 1);
    let mails = office.messages().await.len();

    // The same bytes again: the message is known, it only arrived once more.
    let bytes = office
        .on_the_server(&office.people.ap, "INBOX")
        .await
        .pop()
        .unwrap()
        .bytes;
    servers().append(&office.people.ap, &bytes).await;
    office.work().await;
    assert_eq!(office.messages().await.len(), mails);
    // The same mail by another way: other bytes, the same Message-ID.
    office.take(&request.reply_to, &approval).await;
    office
        .take(&request.reply_to, &approval.replace("id 4BCD", "id 4BCE"))
        .await;
    // The same text in a new mail.
    office
        .take(
            &request.reply_to,
            &answer(&request, jonas, "approved").write(),
        )
        .await;
    assert_eq!(office.votes_on(NUMBER).await, 1);
    assert_eq!(office.state_of(NUMBER).await, "awaiting_approval");
    let refused = codes(&office).await;
    assert_eq!(
        refused.len(),
        office.messages().await.len() - mails,
        "{refused:?}"
    );
    assert_eq!(refused.last().map(String::as_str), Some("reply.closed"));
    assert!(refusals_sent(&office).await <= refused.len());
    office.close(&[]).await;
}

#[tokio::test]
async fn an_answer_about_a_bill_that_changed_meanwhile_approves_nothing() {
    let (office, request) = petra_is_asked().await;
    let petra = &office.people.petra;
    let id = office.bill(NUMBER).await.id;
    let correction = BillDecision::Correct(vec![(BillField::DueDate, "2026-12-09".to_owned())]);
    decide_bill(
        &office.desk,
        id,
        &correction,
        "Lena Hoffmann",
        "the supplier gave us another week",
    )
    .await
    .unwrap();
    office.work().await;

    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "approved").write(),
        )
        .await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.superseded"]);
    assert_eq!(refusals_sent(&office).await, 1);
    // She was asked again about the bill as it is now, and that answer counts.
    let inbox = office.inbox_of(petra).await;
    let again = inbox
        .iter()
        .find(|letter| letter.is_request() && letter.message_id != request.message_id)
        .unwrap();
    assert!(
        again.text.contains("2026-12-09") || again.text.contains("9 Dec"),
        "{}",
        again.text
    );
    petra_can_still_approve(&office, again).await;
    assert_eq!(
        office.payments_of(NUMBER).await[0].planned_for.to_string(),
        "2026-12-09"
    );
    office.close(&[]).await;
}

#[tokio::test]
async fn an_approver_who_lost_the_authority_approves_nothing() {
    let (office, request) = petra_is_asked().await;
    let office = office
        .reopen_with("limit = \"10000.00\"", "limit = \"100.00\"")
        .await;
    office
        .take(
            &request.reply_to,
            &answer(&request, &office.people.petra, "approved").write(),
        )
        .await;
    assert_eq!(nothing_was_decided(&office).await, ["reply.no_authority"]);
    assert_eq!(refusals_sent(&office).await, 1);
    office.close(&[ExceptionCode::ReplyRefused]).await;
}

#[tokio::test]
async fn an_absence_notice_that_quotes_the_request_approves_nothing_and_is_not_answered() {
    let (office, request) = petra_is_asked().await;
    let mails_before = office.outbound().await.len();
    let away =
        answer(&request, &office.people.petra, "approved").field("Auto-Submitted: auto-replied");
    office.take(&request.reply_to, &away.write()).await;
    assert!(nothing_was_decided(&office).await.is_empty());
    assert_eq!(
        office.outbound().await.len(),
        mails_before,
        "a program is never answered"
    );
    petra_can_still_approve(&office, &request).await;
    office.close(&[]).await;
}

#[tokio::test]
async fn an_approval_that_is_marked_as_a_programs_does_not_count_and_a_person_is_told() {
    let (office, request) = petra_is_asked().await;
    let marked =
        answer(&request, &office.people.petra, "approved").field("X-Auto-Response-Suppress: All");
    office.take(&request.reply_to, &marked.write()).await;
    assert!(nothing_was_decided(&office).await.is_empty());
    petra_can_still_approve(&office, &request).await;
    office.close(&[ExceptionCode::ReplyRefused]).await;
}

#[tokio::test]
async fn a_quoted_approve_does_not_count() {
    let (office, request) = petra_is_asked().await;
    let petra = &office.people.petra;
    // Nothing but quotation: the mail has no word of her own.
    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "> approved").write(),
        )
        .await;
    assert!(nothing_was_decided(&office).await.is_empty());
    assert_eq!(office.told("approval answer undecided").await.len(), 1);
    // She rejects above a quotation that approves.
    let mut forwarded = request.clone();
    forwarded.text = format!(
        "approved\n\nJonas\n\n> {}",
        request.text.replace('\n', "\n> ")
    );
    office
        .take(
            &request.reply_to,
            &answer(&forwarded, petra, "Rejected: the price is wrong").write(),
        )
        .await;
    assert_eq!(office.state_of(NUMBER).await, "rejected");
    assert!(office.payments_of(NUMBER).await.is_empty());
    let waiting = office.waiting_for_a_person().await;
    assert!(waiting.contains(&ExceptionCode::BillRejected));
    office.close(&waiting).await;
}

#[tokio::test]
async fn an_answer_to_no_request_of_ours_approves_nothing_and_is_answered_once() {
    let (office, mut request) = petra_is_asked().await;
    let real = request.clone();
    for part in [&mut request.message_id, &mut request.subject] {
        *part = part.replace(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], "0");
    }
    let token = request
        .reply_to
        .detail()
        .unwrap()
        .replace(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], "0");
    request.reply_to = office.people.ap.with_detail(&token);
    office
        .take(
            &request.reply_to,
            &answer(&request, &office.people.petra, "approved").write(),
        )
        .await;
    assert_eq!(
        nothing_was_decided(&office).await,
        ["reply.unknown_request"]
    );
    assert_eq!(refusals_sent(&office).await, 1);
    petra_can_still_approve(&office, &real).await;
    office.close(&[]).await;
}
