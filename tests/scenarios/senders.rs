//! What senders are told about their mails, and what approvers tell by absence notices.

use countinghouse::basics::address::MailAddress;
use countinghouse::domain::outbound::{OutboundState, Purpose};

use crate::office::Office;
use crate::office::bills::bill;
use crate::office::mails::{self, Letter, answer};
use crate::office::servers::{Make, servers, unique_at};

const POLL: &str = "poll_seconds = 1\n";

async fn that_tells(whom: &str) -> Office {
    let office = Office::sqlite().await;
    let with_feedback = format!("{POLL}feedback = \"{whom}\"\n");
    office.reopen_with(POLL, &with_feedback).await
}

async fn letters_to(office: &Office, sender: &MailAddress) -> Vec<Letter> {
    let sent = office.outbound().await;
    let to_sender = sent.iter().filter(|mail| mail.to == *sender);
    assert!(
        to_sender
            .clone()
            .all(|mail| mail.purpose == Purpose::Feedback)
    );
    if to_sender.count() == 0 {
        return Vec::new();
    }
    office.inbox_of(sender).await
}

#[tokio::test]
async fn a_sender_is_told_once_a_thread_and_day_and_never_for_answering_us() {
    let mut office = that_tells("all").await;
    let (ap, anna) = (office.people.ap.clone(), unique_at("anna", "ext.test"));
    let question = mails::plain(&anna.to_string(), "When will you pay?", "Dear all, when?");
    office.take(&ap, &question).await;
    let told = letters_to(&office, &anna).await;
    assert_eq!(told.len(), 1);
    let letter = &told[0];
    assert_eq!(
        letter.subject,
        "Not received as a document: When will you pay?"
    );
    assert!(
        question.contains(&letter.field("In-Reply-To")),
        "{}",
        letter.raw
    );
    assert_eq!(letter.field("Auto-Submitted"), "auto-replied");
    assert!(letter.text.contains("your mail will be read") && letter.html.contains("Morgenrot"));

    // The same thread on the same day.
    let thread = letter.field("In-Reply-To");
    let again = mails::plain(
        &anna.to_string(),
        "Re: When will you pay?",
        "Anybody there?",
    );
    let again = again.replace(
        "MIME-Version",
        &format!("References: {thread}\nMIME-Version"),
    );
    office.take(&ap, &again).await;
    assert_eq!(letters_to(&office, &anna).await.len(), 1);
    office.next_day().await;
    // Whoever answers such a letter is not told again, on no day.
    let reply = answer(letter, &anna, "Thank you for telling me!").write();
    office.take(&ap, &reply).await;
    assert_eq!(letters_to(&office, &anna).await.len(), 1);
    // Another mail of the next day is.
    let other = mails::plain(&anna.to_string(), "Good morning", "Is anybody there?");
    office.take(&ap, &other).await;
    assert_eq!(letters_to(&office, &anna).await.len(), 2);
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_bill_is_confirmed_with_the_names_of_its_files_and_nothing_else() {
    let office = that_tells("all").await;
    let ap = office.people.ap.clone();
    office.take(&ap, &bill("RE-8101", 119_000).mail(1)).await;
    let sent = office.outbound().await;
    let told = sent.iter().find(|mail| mail.purpose == Purpose::Feedback);
    let told = told.unwrap();
    assert!(
        told.letter.text.contains("RE-8101.xml"),
        "{}",
        told.letter.text
    );
    for ours in [
        "1,190.00",
        "DE53",
        "Elbkarton Verpackungen",
        "approv",
        "Petra",
    ] {
        assert!(
            !told.letter.text.contains(ours),
            "{ours}: {}",
            told.letter.text
        );
    }
    // The relay cannot reach that domain: the letter comes back, and is nobody's work. Cyrus takes any domain.
    for _ in 0..100 {
        let sent = office.outbound().await;
        let mut letters = sent.iter().filter(|mail| mail.purpose == Purpose::Feedback);
        let is_back = letters.any(|mail| mail.state == OutboundState::Bounced);
        if is_back || servers().make == Make::Cyrus {
            office.close(&[]).await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        office.work().await;
    }
    panic!("the letter never came back");
}

#[tokio::test]
async fn programs_lists_and_forged_senders_are_told_nothing_nor_anybody_by_default() {
    let office = that_tells("all").await;
    let (ap, ben) = (office.people.ap.clone(), unique_at("ben", "ext.test"));
    let plain = |subject: &str| mails::plain(&ben.to_string(), subject, "Hello.");
    let with = |subject: &str, field: &str| {
        plain(subject).replace("MIME-Version", &format!("{field}\nMIME-Version"))
    };
    for mail in [
        with("List", "List-Id: <news.ext.test>"),
        with("Program", "Auto-Submitted: auto-generated"),
        with("Bulk", "Precedence: bulk"),
        plain("Forged").replace("dmarc=pass", "dmarc=fail"),
        mails::plain("no-reply@ext.test", "Robot", "Hello."),
    ] {
        office.take(&ap, &mail).await;
    }
    assert!(office.outbound().await.is_empty());
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;

    let office = Office::sqlite().await;
    office
        .take(&office.people.ap, &plain("Off by default"))
        .await;
    assert!(office.outbound().await.is_empty());
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn an_approvers_absence_with_a_day_of_return_is_kept_and_a_forged_one_is_not() {
    let office = Office::sqlite().await;
    let (ap, petra) = (office.people.ap.clone(), office.people.petra.clone());
    office.take(&ap, &bill("RE-8110", 119_000).mail(1)).await;
    let request = office.request_about("RE-8110", &petra).await;
    let away = "Ich bin bis zum 4.12. abwesend und ab dem 7. Dezember wieder da.";
    let notice = |says| answer(&request, &petra, says).field("Auto-Submitted: auto-replied");
    let back_on = async || {
        let today = office.desk.today();
        let absence = office.desk.store.absence_of(&petra, today).await.unwrap();
        absence.map(|absence| absence.back_on.to_string())
    };
    let forged = notice(away).verdict("dmarc=fail").write();
    office.take(&request.reply_to, &forged).await;
    assert_eq!(
        back_on().await,
        None,
        "a stranger does not choose who is asked"
    );
    office
        .take(&request.reply_to, &notice("Ich bin nicht da.").write())
        .await;
    assert_eq!(back_on().await, None);
    office.take(&request.reply_to, &notice(away).write()).await;
    assert_eq!(back_on().await.as_deref(), Some("2026-12-07"));
    assert_eq!(office.state_of("RE-8110").await, "awaiting_approval");
    office.close(&[]).await;
}

#[tokio::test]
async fn jonas_approves_in_the_place_of_petra_who_is_away_and_she_is_told_of_both() {
    let limit = "limit = \"10000.00\"\n";
    let office = Office::sqlite().await;
    let (ap, petra) = (office.people.ap.clone(), office.people.petra.clone());
    let jonas = office.people.jonas.clone();
    let today = office.desk.today();
    let days = format!("delegate_from = \"{today}\"\ndelegate_until = \"2099-12-31\"\n");
    let named = format!("{limit}delegate = \"{jonas}\"\n{days}");
    let office = office.reopen_with(limit, &named).await;
    office.take(&ap, &bill("RE-8112", 119_000).mail(1)).await;
    let request = office.request_about("RE-8112", &petra).await;
    assert!(office.inbox_of(&jonas).await.is_empty());
    let away = "Ich bin bis zum 4.12. abwesend. Meine Vertretung ist Carla Brandt.";
    let notice = answer(&request, &petra, away).field("Auto-Submitted: auto-replied");
    office.take(&request.reply_to, &notice.write()).await;
    let in_her_place = office.request_about("RE-8112", &jonas).await;
    assert!(in_her_place.text.contains("IN THE PLACE OF Petra Vogt"));
    assert!(
        office.inbox_of(&office.people.carla).await.is_empty(),
        "whom a notice names is nobody"
    );
    let approved = answer(&in_her_place, &jonas, "approved").write();
    office.take(&in_her_place.reply_to, &approved).await;
    assert_eq!(office.state_of("RE-8112").await, "scheduled");
    let told = office.inbox_of(&petra).await;
    let told = told.iter().map(|letter| letter.subject.as_str());
    let told = told.filter(|subject| !subject.contains("[#"));
    let starts = told.map(|subject| subject.split(':').next().unwrap_or_default());
    assert_eq!(
        starts.collect::<Vec<_>>(),
        ["Your delegate is asked", "Answered already"]
    );
    office.close(&[]).await;
}
