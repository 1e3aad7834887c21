use super::*;

fn opened(parts: &[(&str, &str)]) -> OpenedMail {
    let mut raw = String::from(
        "From: anna@customer.example\r\nTo: ar@fin.example\r\nSubject: Fwd: our payments\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
    );
    for (headers, body) in parts {
        raw.push_str(&format!("--b\r\n{headers}\r\n\r\n{body}\r\n"));
    }
    raw.push_str("--b--\r\n");
    open(raw.as_bytes(), &OwnMail::default()).expect("a mail")
}

fn advice(number: &str, amount: &str) -> String {
    format!(
        "From: anna@customer.example\r\nSubject: Payment advice\r\nContent-Type: text/plain\r\n\r\n\
         We have paid today:\r\n\r\nInvoice {number}   {amount} EUR\r\n"
    )
}

#[test]
fn of_several_remittances_attached_as_mails_every_one_is_a_document() {
    let (first, second) = (advice("MR-1049", "1,070.00"), advice("MR-1050", "321.00"));
    let mail = opened(&[
        ("Content-Type: text/plain", "See below."),
        ("Content-Type: message/rfc822", &first),
        ("Content-Type: message/rfc822", &second),
    ]);
    let texts = mail.documents.iter();
    let texts = texts.map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
    let texts = texts.collect::<Vec<_>>();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("MR-1049")));
    assert!(texts.iter().any(|text| text.contains("MR-1050")));
}

#[test]
fn what_cannot_be_opened_is_named_and_bytes_decide_what_a_file_is() {
    let attached = |name: &str| {
        format!(
            "Content-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment; filename={name}"
        )
    };
    let (archive, script, page) = (
        attached("bills.dat"),
        attached("pay.js"),
        attached("bill.js"),
    );
    let mail = opened(&[
        (&archive, "Rar!\x1a\x07\x01"),
        (&script, "alert(1)"),
        (&page, "%PDF-1.4\r\n1 0 obj"),
        (
            "Content-Type: text/html; name=bill.html\r\nContent-Disposition: attachment; filename=bill.html",
            "<html><body>Rechnung 4711</body></html>",
        ),
    ]);
    assert_eq!(mail.left_closed, ["bills.dat", "pay.js"]);
    let names = mail.documents.iter().map(|part| part.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["bill.js", "bill.html"]);
}

const TYPED: &str =
    "Invoice 17, total 800 EUR for the menus,\r\nplease pay to IBAN DE89370400440532013000.\r\n";

#[test]
fn of_several_bills_typed_into_attached_mails_every_one_is_a_document() {
    let typed = |number: &str| {
        let text = TYPED.replace("17", number);
        format!(
            "From: nora@fieldworks.example\r\nSubject: Invoice {number}\r\nContent-Type: text/plain\r\n\r\n{text}"
        )
    };
    let (first, second) = (typed("17"), typed("18"));
    let pdf = "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf";
    let attached = [
        ("Content-Type: text/plain", "See below."),
        ("Content-Type: message/rfc822", first.as_str()),
        ("Content-Type: message/rfc822", second.as_str()),
    ];
    assert_eq!(opened(&attached).documents.len(), 2);
    let beside_a_file = [attached[0], attached[1], (pdf, "%PDF-1.4\r\n1 0 obj")];
    assert_eq!(opened(&beside_a_file).documents.len(), 2);
}

#[test]
fn a_bill_typed_by_a_program_is_a_document_and_an_automatic_answer_is_none() {
    let mail = |field: &str| {
        let raw = format!(
            "From: billing@saas.example\r\nTo: ap@fin.example\r\nSubject: Your invoice 17\r\n{field}\r\n\r\n{TYPED}"
        );
        open(raw.as_bytes(), &OwnMail::default())
            .expect("a mail")
            .documents
            .len()
    };
    assert_eq!(mail("Auto-Submitted: auto-generated"), 1);
    assert_eq!(mail("Precedence: bulk"), 1);
    assert_eq!(mail("Auto-Submitted: auto-replied"), 0);
}

#[test]
fn a_name_or_its_bytes_make_a_part_a_file_however_it_asks_to_be_shown() {
    let mail = opened(&[
        ("Content-Type: text/plain", "Two bills."),
        (
            "Content-Type: text/html; name=RE-77.html\r\nContent-Disposition: inline; filename=RE-77.html",
            "<html><body>Rechnung 77</body></html>",
        ),
        ("Content-Type: text/plain", "%PDF-1.4\r\n1 0 obj"),
    ]);
    let kinds = mail
        .documents
        .iter()
        .map(|part| part.kind)
        .collect::<Vec<_>>();
    assert_eq!(kinds, [FileType::Html, FileType::Pdf]);
    let only_text = opened(&[(
        "Content-Type: text/html; name=mail.html\r\nContent-Disposition: inline; filename=mail.html",
        "<html><body>Hello</body></html>",
    )]);
    assert!(only_text.documents.is_empty());
}
