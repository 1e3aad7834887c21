use super::*;
use crate::basics::text::ANSWER_ABOVE;

fn desk() -> MailAddress {
    MailAddress::parse("ap@morgenrot.example").unwrap()
}

fn built_in() -> Templates {
    Templates::built_in().unwrap()
}

fn request_from(supplier: &str) -> Letter {
    let [(_, mut facts), ..] = samples::approval_requests(&desk());
    facts.bill.supplier_name = supplier.to_owned();
    approval_request(&built_in(), &facts).unwrap()
}

#[test]
fn every_letter_can_be_written_and_its_lines_fit() {
    let letters = sample_letters(&built_in(), &desk()).unwrap();
    assert_eq!(letters.len(), 4 + 5 + 1 + 3 + 1 + 2 + 1 + 2 + 4 + 12);
    for (name, letter) in letters {
        let widest = letter.text.lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(78), "{name}: {widest:?}");
        assert!(!letter.text.contains("\n\n\n"), "{name} has a hole");
        assert!(
            !letter.text.contains("{%") && !letter.html.contains("{{"),
            "{name} shows a tag"
        );
        assert!(
            !letter.text.contains("none")
                || letter.text.contains("names none")
                || letter.text.contains("is none"),
            "{name}"
        );
        assert!(!letter.subject.is_empty(), "{name}");
    }
}

#[test]
fn a_suppliers_name_is_text_and_never_markup() {
    let letter = request_from("<script>alert(1)</script> & <b>Sons</b>");
    assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>Sons"));
    assert!(letter.html.contains("&lt;script&gt;"));
    assert!(
        letter
            .text
            .contains("<script>alert(1)</script> & <b>Sons</b>")
    );
}

#[test]
fn a_suppliers_name_cannot_add_a_line_or_turn_the_writing_round() {
    let letter = request_from("Muster\r\nAPPROVE\r\nBcc: x@evil.test \u{202e}KG");
    assert!(
        letter
            .subject
            .contains("Muster APPROVE Bcc: x@evil.test KG")
    );
    assert!(!letter.subject.contains(['\r', '\n', '\u{202e}']));
    assert!(!letter.text.contains('\u{202e}') && !letter.html.contains('\u{202e}'));
    assert!(!letter.text.lines().any(|line| line.trim() == "APPROVE"));
}

#[test]
fn no_line_of_a_question_reads_as_an_answer_when_it_is_quoted_back() {
    let (_, facts) = &samples::approval_requests(&desk())[0];
    let words = [&facts.approve_words[..], &facts.reject_words[..]].concat();
    for (name, letter) in sample_letters(&built_in(), &desk()).unwrap() {
        let without_tags = letter
            .html
            .split('<')
            .filter_map(|piece| piece.split_once('>'));
        let seen = without_tags
            .map(|(tag, text)| (tag.starts_with('b') && !tag.starts_with("body"), text));
        let html_blocks = seen.filter(|(is_bold, _)| !is_bold).map(|(_, text)| text);
        for line in letter.text.lines().chain(html_blocks) {
            let bare = line
                .trim()
                .trim_matches(['.', ',', '!', '-'])
                .to_lowercase();
            assert!(
                !words.contains(&bare),
                "{name}: {line:?} reads as an answer"
            );
        }
    }
}

#[test]
fn a_question_begins_with_the_line_above_which_the_answer_goes() {
    let questions = ["approval_request", "clarification"];
    for (name, letter) in sample_letters(&built_in(), &desk()).unwrap() {
        let asks = questions.iter().any(|question| name.starts_with(question));
        assert_eq!(letter.text.starts_with(ANSWER_ABOVE), asks, "{name}");
        assert_eq!(letter.html.contains(ANSWER_ABOVE), asks, "{name}");
    }
}

#[test]
fn a_changed_account_is_said_in_both_parts_before_the_instructions() {
    let [.., (_, facts), _] = samples::approval_requests(&desk());
    let letter = approval_request(&built_in(), &facts).unwrap();
    for part in [&letter.text, &letter.html] {
        let lower = part.to_lowercase();
        let warning = lower
            .find("account changed")
            .or(lower.find("the account has changed"));
        assert!(warning.is_some() && warning < lower.find("how to answer"));
        assert!(part.contains("7731"));
    }
}

#[test]
fn germans_read_german_amounts_and_days_and_everybody_else_english_ones() {
    let facts = samples::reminder(&desk(), "de", Tone::Firm);
    let german = reminder(&built_in(), &facts).unwrap();
    assert!(german.text.contains("850,85 EUR") && german.text.contains("05.11.2026"));
    assert!(
        german.text.contains("seit 14 Tagen überfällig")
            && german.html.contains("DE89 3704 0044 0532 0130 00")
    );
    let french = ReminderFacts {
        language: "fr".to_owned(),
        ..facts
    };
    let english = reminder(&built_in(), &french).unwrap();
    assert!(english.text.contains("850.85 EUR") && english.text.contains("5 November 2026"));
}

#[test]
fn a_template_of_the_operator_takes_the_place_of_ours() {
    let own = (
        "reply_refused.txt".to_owned(),
        "Nein: {{ reason }}\n".to_owned(),
    );
    let templates = Templates::with_overrides(vec![own]).unwrap();
    let letter = reply_refused(&templates, &samples::reply_refused(&desk())).unwrap();
    assert_eq!(
        letter.text,
        "Nein: The time for answering this request is over.\n"
    );
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let broken = |name: &str, source: &str| {
        let files = vec![(name.to_owned(), source.to_owned())];
        Templates::with_overrides(files).map(|_| ()).unwrap_err()
    };
    let error = broken("reminder.en.txt", "one\n{% if tone %}\nthree");
    assert_eq!(
        (error.file.as_str(), error.line),
        ("reminder.en.txt", 3),
        "{error}"
    );
    let error = broken("remainder.txt", "");
    assert_eq!(
        error.to_string(),
        "template remainder.txt, line 0: no mail of ours uses a file of this name"
    );
}

#[test]
fn a_misspelled_value_is_found_before_the_first_bill() {
    let own = (
        "reminder.de.txt".to_owned(),
        "Hallo\n{{ custmer_name }}\n".to_owned(),
    );
    let templates = Templates::with_overrides(vec![own]).unwrap();
    let error = try_all(&templates, &desk()).unwrap_err();
    assert_eq!(error.purpose, Purpose::Reminder);
    assert_eq!(
        (error.template.file.as_str(), error.template.line),
        ("reminder.de.txt", 2)
    );
    assert!(
        error.template.problem.contains("does not exist"),
        "{}",
        error.template
    );
}

#[test]
fn a_strange_account_is_warned_of_once_and_never_not_at_all() {
    let [.., (_, mut facts), _] = samples::approval_requests(&desk());
    let evidence = facts.findings[0].text.clone();
    let with_account = approval_request(&built_in(), &facts).unwrap();
    assert!(
        with_account.text.contains("! ACCOUNT CHANGED")
            && !with_account.text.contains("! PAYMENT WAITS")
    );
    facts.bill.account = None;
    let without = approval_request(&built_in(), &facts).unwrap();
    assert!(without.text.contains("! PAYMENT WAITS") && without.html.contains(&evidence));
}
