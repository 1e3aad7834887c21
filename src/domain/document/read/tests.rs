use super::*;
use crate::domain::document::next_step::{NextStep, next_step};
use crate::domain::exception::ExceptionCode;
use crate::formats::sniff::FileType;

fn own() -> OwnIdentity {
    OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        ..OwnIdentity::default()
    }
}

fn read_text(text: &str, subject: &str) -> Reading {
    let mail = MailFacts {
        subject,
        file_name: "body",
        ..MailFacts::default()
    };
    let input = DocumentInput {
        content: Content::Text(text.into()),
        mail,
        with_embedded: true,
    };
    read(&input, &own(), &[])
}

#[test]
fn a_mail_that_lists_payments_is_a_remittance_for_receivables() {
    let reading = read_text(
        "Guten Tag,\n\nwir haben heute überwiesen:\n\n2026-1001   595,00 EUR\n2026-1002   1.190,00 EUR\n\nSumme 1.785,00 EUR\n",
        "Zahlungsavis",
    );
    assert_eq!(reading.classification.kind, DocumentKind::Remittance);
    assert_eq!(reading.payments.len(), 2);
    assert_eq!(next_step(&reading), NextStep::RecordRemittance);
}

#[test]
fn a_file_of_which_pages_were_left_out_asks_a_person() {
    let page = |left_out| {
        let word = |text: &str, row: f32| crate::formats::page::Word {
            text: text.into(),
            place: crate::formats::page::Rect {
                x0: 50.0,
                top: row,
                x1: 200.0,
                bottom: row + 10.0,
            },
        };
        Content::Paginated(Paginated {
            pages: vec![crate::formats::page::Page {
                width: 595.0,
                height: 842.0,
                words: vec![word("Quittung", 60.0), word("Danke", 90.0)],
                ..Default::default()
            }],
            left_out,
            ..Paginated::default()
        })
    };
    let conflict = |left_out| {
        let input = DocumentInput {
            content: page(left_out),
            mail: MailFacts::default(),
            with_embedded: true,
        };
        read(&input, &own(), &[]).classification.conflict
    };
    assert_eq!(conflict(0), None);
    assert!(conflict(7).is_some_and(|why| why.contains("7 of its pages were not read")));
}

#[test]
fn a_picture_that_is_not_read_asks_a_person() {
    let input = DocumentInput {
        content: Content::parse(FileType::Gif, b"GIF89a"),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    let reading = read(&input, &own(), &[]);
    assert_eq!(reading.classification.kind, DocumentKind::Other);
    assert!(
        matches!(next_step(&reading), NextStep::Ask(question) if question.code == ExceptionCode::DocumentUnreadable)
    );
}

#[test]
fn a_csv_of_payments_is_read_by_its_headings() {
    let csv = "invoice;date;amount;currency\n2026-1001;2026-10-01;595,00;EUR\n2026-1002;2026-10-02;1190,00;EUR\n";
    let mail = MailFacts {
        subject: "Remittance advice",
        file_name: "remittance.csv",
        ..MailFacts::default()
    };
    let input = DocumentInput {
        content: Content::parse(FileType::Csv, csv.as_bytes()),
        mail,
        with_embedded: true,
    };
    let reading = read(&input, &own(), &[]);
    assert_eq!(reading.classification.kind, DocumentKind::Remittance);
    let amounts = reading
        .payments
        .iter()
        .map(|line| line.amount.map(|amount| amount.minor()))
        .collect::<Vec<_>>();
    assert_eq!(amounts, [Some(59_500), Some(119_000)]);
}

#[test]
fn a_bill_typed_into_a_mail_is_drafted_and_never_sure() {
    let reading = read_text(
        "Invoice\nInvoice no. 4711\nInvoice date 2026-10-01\nTotal due EUR 500.00\nIBAN DE89370400440532013000\n",
        "",
    );
    assert_eq!(next_step(&reading), NextStep::DraftBill);
    let believed = Confidence::per_mille(900);
    let total = reading.fields.gross_total.or(reading.fields.payable_total);
    assert!(total.is_none_or(|total| total.confidence < believed));
    let number = reading.fields.invoice_number.unwrap();
    assert_eq!(number.value, "4711");
    assert!(number.confidence < believed);
    assert!(
        reading
            .issues
            .iter()
            .any(|issue| issue.to_string().contains("proper invoice"))
    );
}

#[test]
fn head_data_above_the_table_does_not_hide_it() {
    let csv = "Remittance advice;BF-558\nPayer;Fox Ltd\nPayment date;2026-11-23\nCurrency;EUR\n\nInvoice;Invoice date;Gross;Discount;Paid\nMR-1052;2026-10-29;1819.00;0.00;1819.00\nTotal;;1819.00;0.00;1819.00\n";
    let mail = MailFacts {
        subject: "Remittance advice BF-558",
        file_name: "remittance.csv",
        ..MailFacts::default()
    };
    let input = DocumentInput {
        content: Content::parse(FileType::Text, csv.as_bytes()),
        mail,
        with_embedded: true,
    };
    let reading = read(&input, &own(), &[]);
    assert_eq!(
        reading
            .payments
            .iter()
            .map(|l| (l.invoice.as_str(), l.amount.map(|amount| amount.minor())))
            .collect::<Vec<_>>(),
        [("MR-1052", Some(181_900))]
    );
    assert_eq!(reading.fields.total.map(|t| t.value.minor()), Some(181_900));
    assert_eq!(
        next_step(&Reading {
            classification: reading.classification,
            ..Reading::default()
        }),
        NextStep::RecordRemittance
    );
}

#[test]
fn a_bill_in_html_has_the_lines_of_its_table() {
    let html = "<p>Rechnung Nr. GR-2026-77 vom 16.11.2026</p><table>\
        <tr><th>Leistung</th><th>Menge</th><th>Einzelpreis</th><th>Gesamt</th></tr>\
        <tr><td>Fensterreinigung der ganzen Ladenfront</td><td>2</td><td>85,00</td><td>170,00</td></tr>\
        <tr><td>Glasdach</td><td>1</td><td>240,00</td><td>240,00</td></tr>\
        <tr><td>Nettobetrag</td><td></td><td></td><td>410,00 EUR</td></tr>\
        <tr><td>MwSt 19 %</td><td></td><td></td><td>77,90 EUR</td></tr>\
        <tr><td>Rechnungsbetrag</td><td></td><td></td><td>487,90 EUR</td></tr></table>";
    let input = DocumentInput {
        content: Content::parse(FileType::Html, html.as_bytes()),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    let reading = read(&input, &own(), &[]);
    let nets = reading.lines.iter().filter_map(|line| line.net);
    assert_eq!(
        nets.map(|net| net.to_string()).collect::<Vec<_>>(),
        ["170.00", "240.00"]
    );
    assert_eq!(reading.amounts.line_nets.len(), 2);
    assert!(reading.issues.is_empty(), "{:?}", reading.issues);
}

/// The XML of a Factur-X file of the profile MINIMUM: no lines, no account, no day to pay by.
const MINIMUM: &str = r#"<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>F-4711</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261117</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Imprimerie du Port SARL</ram:Name></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>La Tavola GmbH</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>220.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">44.00</ram:TaxTotalAmount><ram:GrandTotalAmount>264.00</ram:GrandTotalAmount><ram:DuePayableAmount>264.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"#;

/// A page on which each word of a text stands at its column and row.
#[expect(clippy::float_arithmetic, reason = "places on a page are no money")]
fn printed(text: &str) -> crate::formats::page::Page {
    let mut words = Vec::new();
    for (row, line) in (0_u8..).zip(text.lines()) {
        let mut column = 0_u8;
        for word in line.split(' ') {
            let length = u8::try_from(word.chars().count()).expect("a short word");
            let (x0, top) = (40.0 + 6.0 * f32::from(column), 40.0 + 14.0 * f32::from(row));
            if length > 0 {
                words.push(crate::formats::page::Word {
                    text: word.into(),
                    place: crate::formats::page::Rect {
                        x0,
                        top,
                        x1: x0 + 6.0 * f32::from(length),
                        bottom: top + 10.0,
                    },
                });
            }
            column += length + 1;
        }
    }
    crate::formats::page::Page {
        width: 595.0,
        height: 842.0,
        words,
        ..Default::default()
    }
}

/// What is read of such a page with this XML inside.
fn hybrid_of(page: &str, xml: &str) -> Reading {
    let content = Content::Paginated(Paginated {
        pages: vec![printed(page)],
        embedded: vec![crate::formats::page::EmbeddedFile {
            name: "factur-x.xml".into(),
            bytes: xml.as_bytes().to_vec(),
        }],
        ..Paginated::default()
    });
    let input = DocumentInput {
        content,
        mail: MailFacts::default(),
        with_embedded: true,
    };
    read(&input, &own(), &[])
}

#[test]
fn of_a_file_with_only_a_header_inside_the_page_says_the_lines_and_where_to_pay() {
    let page = "Imprimerie du Port SARL\n3 quai Sud, 13002 Marseille\n\nLa Tavola GmbH\nGasse 2\n80331 München\n\nFacture\n\nFacture n°: F-4711\nDate de facture: 17/11/2026\nÉchéance: 17/12/2026\n\nDésignation          Qté     Prix unitaire     Montant HT\nCartes de menu A4    200              1,00         200,00\nLivraison              1             20,00          20,00\n\nTotal HT                                           220,00\nTVA 20%                                             44,00\nTotal TTC                                      264,00 EUR\n\nIBAN FR14 2004 1010 0505 0001 3M02 606\n";
    let reading = hybrid_of(page, MINIMUM);
    let found = &reading.classification;
    assert_eq!((found.kind, &found.conflict), (DocumentKind::Bill, &None));
    assert!(
        found
            .reasons
            .iter()
            .any(|why| why.contains("only the header"))
    );
    let nets = reading
        .lines
        .iter()
        .filter_map(|line| line.net.map(|net| net.to_string()));
    assert_eq!(nets.collect::<Vec<_>>(), ["200.00", "20.00"]);
    let account = reading
        .fields
        .iban
        .as_ref()
        .map(|field| field.value.as_str());
    assert_eq!(account, Some("FR1420041010050500013M02606"));
    let number = reading.fields.invoice_number.as_ref().expect("a number");
    assert!(number.confidence >= Confidence::per_mille(900));
    // The page is the document: a number it does not show is only a hint.
    let other = hybrid_of(&page.replace("F-4711", ""), MINIMUM);
    let hint = other.fields.invoice_number.as_ref().expect("a number");
    assert!(hint.value == "F-4711" && hint.confidence < Confidence::per_mille(900));
    // And another total than the page's is a person's.
    let more = hybrid_of(page, &MINIMUM.replace("264.00", "364.00"));
    assert!(
        more.classification
            .conflict
            .is_some_and(|why| why.starts_with("hybrid_mismatch"))
    );
}
