//! `inspect` says what the daemon would make of a file, in the keys and digits that are promised.

use countinghouse::formats::mime;

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

/// The bytes of the one file of this type in a mail.
fn file_of(mail: &str, media_type: &str) -> Vec<u8> {
    let mail = mime::read(mail.as_bytes()).unwrap();
    let mut parts = mail.parts.iter();
    let found = parts.find(|part| part.content_type == media_type).unwrap();
    found.bytes.to_vec()
}

#[test]
fn an_xml_and_a_pdf_that_name_different_amounts_are_shown_as_a_conflict() {
    let office = Office::new();
    let pdf = file_of(
        include_str!("../../config/demo/mail/01-pdf-bill.eml"),
        "application/pdf",
    );
    let xml = file_of(
        include_str!("../../config/demo/mail/03-ubl-bill.eml"),
        "application/xml",
    );
    let xml = String::from_utf8(xml).unwrap();
    let xml = [
        ("SR-26-2207", "RE-2026-0815"),
        ("DE118903466", "DE267188348"),
        ("DE82200994700072209414", "DE53200994100040215583"),
        (
            "Sandtor Rohkaffee Kontor GmbH &amp; Co. KG",
            "Elbkarton Verpackungen GmbH",
        ),
    ]
    .into_iter()
    .fold(xml, |xml, (other, same)| xml.replace(other, same));
    let mut mail = b"From: a@supplier.example\r\nSubject: Rechnung\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/xml\r\nContent-Disposition: attachment; filename=bill.xml\r\n\r\n".to_vec();
    mail.extend(xml.as_bytes());
    mail.extend(b"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: attachment; filename=bill.pdf\r\n\r\n");
    mail.extend(pdf);
    mail.extend(b"\r\n--b--\r\n");
    office.write("both.eml", mail);
    let shown = office.run(&["inspect", "--json", "both.eml"]).ok().object();
    let documents = shown["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 1, "{shown}");
    let reasons = documents[0]["reasons"].to_string();
    assert!(reasons.contains("hybrid_mismatch"), "{shown}");
}

#[test]
fn a_file_that_is_not_there_is_said_so_and_the_others_are_answered() {
    let office = Office::new();
    office.write("yes.txt", "Approved\n");
    let ran = office.run(&["inspect", "--json", "--as", "reply", "gone.pdf", "yes.txt"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("gone.pdf"), "{}", ran.err);
    let answers = ran.objects();
    assert_eq!(answers.len(), 2);
    assert!(
        answers[0]["issues"][0]
            .as_str()
            .unwrap()
            .contains("gone.pdf")
    );
    assert_eq!(answers[1]["decision"]["verb"], "approve");
}
