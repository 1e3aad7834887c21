//! `inspect` says what the daemon would make of a file, in the keys and digits that are promised.

use crate::office::Office;

#[test]
fn an_amount_keeps_the_digits_of_its_currency() {
    let office = Office::new();
    let bill = include_str!("../golden/mail/standards/ubl-invoice.eml");
    office.write("bill.eml", bill);
    let ran = office.run(&["inspect", "--json", "bill.eml"]).ok();
    let net = &ran.object()["documents"][0]["fields"]["net_total"];
    let shown = net["value"].as_number().map(ToString::to_string);
    assert_eq!(shown.as_deref(), Some("16815.00"), "{net}");
}

#[test]
fn a_reply_is_shown_with_what_it_decides() {
    let office = Office::new();
    office.write("yes.txt", "Approved\n\nPetra\n");
    office.write("no.txt", "Abgelehnt: nicht bestellt\n");
    office.write("who.txt", "Who ordered this?\n");
    let mail = "From: petra@fin.test\nSubject: Re: Please decide\n\nGenehmigt\n\nAm 19.11.2026 schrieb ap:\n> Bitte entscheiden\n";
    office.write("mail.eml", mail);
    let files = ["yes.txt", "no.txt", "who.txt", "mail.eml"];
    let run = ["inspect", "--json", "--as", "reply"];
    let ran = office.run(&[run.as_slice(), &files].concat()).ok();
    let decided = ran.objects().into_iter().map(|mut answer| {
        let decision = answer["decision"].take();
        let verb = decision["verb"].as_str().unwrap().to_owned();
        (verb, decision["reason"].as_str().map(str::to_owned))
    });
    let decided = decided.collect::<Vec<_>>();
    let expected = [
        ("approve", None),
        ("reject", Some("nicht bestellt")),
        ("question", None),
        ("approve", None),
    ];
    let expected = expected.map(|(verb, why)| (verb.to_owned(), why.map(str::to_owned)));
    assert_eq!(decided, expected);
}

#[test]
fn a_mail_that_the_daemon_puts_into_quarantine_is_shown_so() {
    let office = Office::new();
    let nested = include_str!("../golden/mail/hostile/nested-200.eml");
    office.write("nested.eml", nested);
    let processed = office.run(&["process", "nested.eml"]);
    assert_eq!(processed.code, Some(0), "{}", processed.err);
    let kept = office.run(&["messages", "list", "--json"]).ok().object();
    let shown = office
        .run(&["inspect", "--json", "nested.eml"])
        .ok()
        .object();
    assert_eq!(kept["state"], "quarantined");
    assert_eq!(shown["state"], kept["state"]);
    let as_reply = office
        .run(&["inspect", "--json", "--as", "reply", "nested.eml"])
        .ok();
    assert_eq!(as_reply.object()["state"], "quarantined");
}
