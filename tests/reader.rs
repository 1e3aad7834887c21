//! Hostile files and the child processes that read them, on the real executable.
#![expect(clippy::unwrap_used, reason = "a test may end where it is wrong")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use countinghouse::domain::document::extract::bill::MailFacts;
use countinghouse::domain::document::identity::OwnIdentity;
use countinghouse::domain::document::read::{DocumentInput, read};
use countinghouse::domain::document::{Confidence, Method, Reading};
use countinghouse::domain::message::own::OwnMail;
use countinghouse::formats::page::Paginated;
use countinghouse::formats::pdf;
use countinghouse::formats::picture::Picture;
use countinghouse::formats::sniff::file_type;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::reader::{Reader, ReaderError, ReaderSettings};
use countinghouse::io::recogniser::{Recogniser, models};
use countinghouse::steps::open_mail;
use countinghouse::steps::read_content::{read_content, understand};
use countinghouse::steps::tools::Tools;

const GOOD: &[u8] = include_bytes!("golden/files/pdf_owner_password.pdf");
const LOCKED: &[u8] = include_bytes!("golden/files/pdf_user_password.pdf");

fn reader(settings: ReaderSettings) -> Reader {
    Reader::with_settings(PathBuf::from(env!("CARGO_BIN_EXE_countinghouse")), settings)
}

fn first_word(read: Result<Paginated, ReaderError>) -> Option<String> {
    Some(read.ok()?.pages.first()?.words.first()?.text.clone())
}

/// A content stream of 3 GiB of blanks in a file of a few KiB, packed three times.
fn bomb() -> Vec<u8> {
    include_bytes!("golden/files/pdf_flate_bomb.pdf").to_vec()
}

#[tokio::test]
async fn a_good_file_is_read_and_the_child_reads_the_next() {
    let reader = reader(ReaderSettings {
        children: 1,
        ..ReaderSettings::default()
    });
    for _ in 0..5 {
        assert_eq!(
            first_word(reader.read_pdf(GOOD.to_vec(), &[]).await).as_deref(),
            Some("Invoice")
        );
    }
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let reader = reader(ReaderSettings::default());
    assert!(matches!(
        reader.read_pdf(LOCKED.to_vec(), &[]).await,
        Err(ReaderError::Encrypted)
    ));
    assert!(matches!(
        reader.read_pdf(b"%PDF-".to_vec(), &[]).await,
        Err(ReaderError::Damaged(_))
    ));
    assert!(matches!(
        reader.read_pdf(vec![0; 26 << 20], &[]).await,
        Err(ReaderError::TooLarge)
    ));
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec(), &[]).await).as_deref(),
        Some("Invoice")
    );
}

#[tokio::test]
async fn a_bomb_ends_its_child_and_nothing_else() {
    let reader = reader(ReaderSettings {
        children: 1,
        ..ReaderSettings::default()
    });
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec(), &[]).await).as_deref(),
        Some("Invoice")
    );
    let error = reader.read_pdf(bomb(), &[]).await.unwrap_err();
    assert!(matches!(error, ReaderError::Crashed(Some(_))), "{error:?}");
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert_eq!(
        first_word(reader.read_pdf(GOOD.to_vec(), &[]).await).as_deref(),
        Some("Invoice")
    );
}

#[tokio::test]
async fn a_file_that_takes_too_long_is_given_up() {
    let time_limit = Duration::from_millis(20);
    let reader = reader(ReaderSettings {
        children: 1,
        time_limit,
        ..ReaderSettings::default()
    });
    let error = reader.read_pdf(bomb(), &[]).await.unwrap_err();
    assert!(
        matches!(error, ReaderError::TimedOut(limit) if limit == time_limit),
        "{error:?}"
    );
}

#[tokio::test]
async fn many_at_once_share_the_children() {
    let reader = std::sync::Arc::new(reader(ReaderSettings {
        documents_per_child: 3,
        ..ReaderSettings::default()
    }));
    let reads = (0..20).map(|_| {
        let reader = reader.clone();
        tokio::spawn(async move { first_word(reader.read_pdf(GOOD.to_vec(), &[]).await) })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap().as_deref(), Some("Invoice"));
    }
}

#[tokio::test]
async fn an_executable_that_is_not_there_is_our_trouble_not_the_files() {
    let error = Reader::new(PathBuf::from("/nowhere/countinghouse"))
        .read_pdf(GOOD.to_vec(), &[])
        .await
        .unwrap_err();
    assert!(matches!(error, ReaderError::Spawn(_)));
    assert_eq!(error.disposition(), Disposition::Retry);
}

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_countinghouse");

/// The bill of the demo's first mail, as a scanner sees it.
fn scan() -> Picture {
    let mail = include_bytes!("../config/demo/mail/01-pdf-bill.eml");
    let opened = open_mail::open(mail, &OwnMail::default()).unwrap();
    pdf::picture(opened.documents[0].bytes.clone(), &[], 0)
        .unwrap()
        .0
}

fn as_png(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width, picture.height);
    let mut bytes = Vec::new();
    let sides = (width.try_into().unwrap(), height.try_into().unwrap());
    let mut encoder = png::Encoder::new(&mut bytes, sides.0, sides.1);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&picture.grey).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The page with a code in its lower left corner, where the page is empty: each dot six pixels wide, half a millimetre.
fn with_code(mut picture: Picture, bitmap: &str) -> Picture {
    let corner = picture.width * (picture.height * 4 / 5) + picture.width / 10;
    for (y, row) in bitmap.lines().skip(2).enumerate() {
        for (x, _) in row.bytes().enumerate().filter(|(_, dot)| *dot == b'1') {
            for line in 0..6 {
                let start = corner + (y * 6 + line) * picture.width + x * 6;
                picture.grey[start..start + 6].fill(0);
            }
        }
    }
    picture
}

/// A page of A4 that is one picture, as scanners write it, with a stamp of a mail gateway on it.
fn as_scanned_pdf(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width, picture.height);
    let content = "q 595 0 0 842 0 0 cm /I Do Q BT /F 8 Tf 20 20 Td (Received 2026-11-20) Tj ET";
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut object = |number: usize, body: String, stream: &[u8]| {
        pdf.extend_from_slice(format!("{number} 0 obj {body}\n").as_bytes());
        if !stream.is_empty() {
            pdf.extend_from_slice(b"stream\n");
            pdf.extend_from_slice(stream);
            pdf.extend_from_slice(b"\nendstream\n");
        }
        pdf.extend_from_slice(b"endobj\n");
    };
    object(1, "<</Type/Catalog/Pages 2 0 R>>".into(), b"");
    object(2, "<</Type/Pages/Count 1/Kids[3 0 R]>>".into(), b"");
    let resources =
        "<</XObject<</I 5 0 R>>/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources {resources}>>"
    );
    object(3, page, b"");
    object(
        4,
        format!("<</Length {}>>", content.len()),
        content.as_bytes(),
    );
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray/Length {}>>",
        picture.grey.len()
    );
    object(5, image, &picture.grey);
    pdf.extend_from_slice(b"trailer <</Root 1 0 R/Size 6>>\n%%EOF\n");
    pdf
}

/// What reads scans, each way there is.
struct Installed {
    recognisers: Vec<Recogniser>,
    /// Of the one that needs a data folder.
    _folder: tempfile::TempDir,
}

impl Installed {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests/run says where it downloaded the wheel"
    )]
    fn here() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tesseract = || Recogniser::new(PathBuf::from(EXECUTABLE));
        let mut recognisers = vec![tesseract()];
        if models::IS_BUILT_IN {
            let wheel = std::env::var_os("COUNTINGHOUSE_TEST_WHEEL").unwrap();
            models::install(Path::new(&wheel), folder.path()).unwrap();
            recognisers.push(tesseract().with_models_in(folder.path()));
        }
        Self {
            recognisers,
            _folder: folder,
        }
    }
}

async fn reading(recogniser: &Recogniser, bytes: &[u8]) -> Reading {
    let reader = Reader::new(PathBuf::from(EXECUTABLE));
    let tools = Tools {
        reader: &reader,
        recogniser,
        passwords: &[],
    };
    let content = read_content(tools, file_type(bytes), bytes).await;
    let input = DocumentInput {
        content: content.unwrap().unwrap(),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    read(&input, &OwnIdentity::default(), &[])
}

fn is_the_bill(reading: &Reading) {
    let fields = &reading.fields;
    let number = fields.invoice_number.as_ref().unwrap();
    assert_eq!(number.value, "RE-2026-0815");
    assert_eq!(number.method, Method::Ocr);
    assert!(number.confidence.as_per_mille() < 900, "nothing proves it");
    let gross = fields.gross_total.as_ref().unwrap();
    assert_eq!(gross.value.to_string(), "1,190.00 EUR");
    assert!(
        gross.confidence.as_per_mille() >= 900,
        "net and tax add up to it"
    );
    assert!(fields.iban.as_ref().unwrap().confidence.as_per_mille() >= 900);
}

/// These need tesseract, which tests/run installs, and where it is built in the models of PP-OCRv6, which it downloads.
#[tokio::test]
async fn a_photo_that_stands_on_its_head_is_read() {
    let mut picture = scan();
    picture.grey.reverse();
    for recogniser in Installed::here().recognisers {
        is_the_bill(&reading(&recogniser, &as_png(&picture)).await);
    }
}

#[tokio::test]
async fn a_scanned_pdf_is_read_and_the_stamp_on_it_does_not_stand_for_its_text() {
    for recogniser in Installed::here().recognisers {
        is_the_bill(&reading(&recogniser, &as_scanned_pdf(&scan())).await);
    }
}

#[tokio::test]
async fn a_picture_that_comes_again_is_recognised_once_in_each_language() {
    for recogniser in Installed::here().recognisers {
        let picture = scan();
        let once = async |language| {
            let languages = [language];
            let read = recogniser.recognise_once(&picture, 300.0, 60, &languages);
            read.await.unwrap()
        };
        let (first, again) = (once("deu").await, once("deu").await);
        assert!(!first.words.is_empty() && !first.cost.is_zero());
        assert_eq!((&again.words, again.cost), (&first.words, Duration::ZERO));
        let english = once("eng").await;
        assert!(!english.cost.is_zero(), "it may read other words");
    }
}

/// As `reading`, with a look at the pictures beside the text.
async fn understood(recogniser: &Recogniser, bytes: &[u8]) -> Reading {
    let reader = Reader::new(PathBuf::from(EXECUTABLE));
    let tools = Tools {
        reader: &reader,
        recogniser,
        passwords: &[],
    };
    let us = (&OwnIdentity::default(), [].as_slice());
    let file = (file_type(bytes), bytes);
    let understood = understand(tools, file, (MailFacts::default(), true), us).await;
    understood.unwrap().reading
}

#[tokio::test]
async fn a_letterhead_that_is_a_picture_tells_who_sent_the_bill_and_where_to_pay() {
    for file in [
        include_bytes!("golden/files/letterhead_clear.pdf").as_slice(),
        include_bytes!("golden/files/letterhead_band.pdf"),
    ] {
        for recogniser in Installed::here().recognisers {
            let fields = understood(&recogniser, file).await.fields;
            for (field, value, highest) in [
                (fields.supplier_name, "Elbkarton Verpackungen GmbH", 899),
                (fields.supplier_vat, "DE267188348", 899),
                // Its check digits come out.
                (fields.iban, "DE53200994100040215583", 970),
            ] {
                let field = field.unwrap();
                assert_eq!(field.value, value);
                assert_eq!(field.method, Method::Ocr);
                assert!(field.confidence.as_per_mille() <= highest, "{field:?}");
            }
            let gross = fields.gross_total.unwrap();
            assert_eq!(gross.method, Method::Text);
        }
    }
}

#[tokio::test]
async fn without_a_program_that_reads_pictures_a_bill_with_one_is_read_all_the_same() {
    let recogniser = Recogniser::with_programs(PathBuf::from(EXECUTABLE), Vec::new());
    let file = include_bytes!("golden/files/letterhead_band.pdf");
    let reading = understood(&recogniser, file).await;
    assert_eq!(reading.fields.supplier_vat, None);
    let number = reading.fields.invoice_number.unwrap();
    assert_eq!(number.value, "RE-2026-0815");
}

#[tokio::test]
async fn what_the_code_on_a_photo_and_its_print_both_say_is_sure() {
    let picture = with_code(scan(), include_str!("golden/files/payment_code_epc.pbm"));
    for recogniser in Installed::here().recognisers {
        code_and_print_agree(&reading(&recogniser, &as_png(&picture)).await);
    }
}

fn code_and_print_agree(reading: &Reading) {
    assert_eq!(reading.issues, []);
    let fields = &reading.fields;
    let iban = fields.iban.as_ref().unwrap();
    assert_eq!(iban.value, "DE53200994100040215583");
    let gross = fields.gross_total.as_ref().unwrap();
    assert_eq!(gross.value.to_string(), "1,190.00 EUR");
    let sure = [iban.confidence, gross.confidence];
    assert_eq!(sure.map(Confidence::as_per_mille), [980, 980]);
    let reference = fields.payment_reference.as_ref().unwrap();
    assert_eq!(reference.value, "RE-2026-0815");
}

#[tokio::test]
async fn a_swiss_code_for_another_account_than_the_scanned_page_names_asks_a_person() {
    let picture = with_code(scan(), include_str!("golden/files/payment_code_swiss.pbm"));
    let recogniser = Recogniser::new(PathBuf::from(EXECUTABLE));
    let reading = reading(&recogniser, &as_scanned_pdf(&picture)).await;
    let asks = reading.issues.iter().map(ToString::to_string);
    let asks = asks.collect::<Vec<_>>().join("; ");
    assert!(
        asks.contains("the payment code names another account"),
        "{asks}"
    );
    let fields = &reading.fields;
    assert!(fields.iban.as_ref().unwrap().confidence.as_per_mille() < 900);
    let reference = fields.payment_reference.as_ref().unwrap();
    assert!(reference.value.starts_with("RF"), "{reference:?}");
}

/// Bricks without end: no letter, and the tries at it must not take the time of a page.
#[tokio::test]
async fn a_picture_of_something_else_is_not_read_and_costs_no_recognition() {
    let mut picture = Picture::white(1_200, 900).unwrap();
    for (index, grey) in picture.grey.iter_mut().enumerate() {
        let (x, y) = (index % 1_200 + index / 1_200 / 30 % 2 * 20, index / 1_200);
        *grey = if x % 40 < 4 || y % 30 < 4 { 210 } else { 90 };
    }
    // Nothing is installed: asking for it would be an issue.
    let recogniser = Recogniser::with_programs(PathBuf::from(EXECUTABLE), Vec::new());
    let reading = reading(&recogniser, &as_png(&picture)).await;
    let held = reading.classification.conflict.unwrap();
    assert!(held.contains("nothing is written"), "{held}");
}

#[tokio::test]
async fn without_a_program_that_reads_scans_the_document_is_held_and_says_what_to_install() {
    let recogniser = Recogniser::with_programs(PathBuf::from(EXECUTABLE), Vec::new());
    let reading = reading(&recogniser, &as_png(&scan())).await;
    let held = reading.classification.conflict.unwrap();
    assert!(held.contains("apt install tesseract-ocr"), "{held}");
}

/// The child is asked by hand, so that it can be looked at while it waits for the next document.
#[test]
fn the_child_gave_up_its_rights_before_it_read_anything() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_countinghouse"))
        .arg("read-file")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut requests = child.stdin.take().unwrap();
    // The length, what is asked (0: words) and no password.
    let length = u32::try_from(GOOD.len()).unwrap() + 5;
    requests.write_all(&length.to_le_bytes()).unwrap();
    requests.write_all(&[0, 0, 0, 0, 0]).unwrap();
    requests.write_all(GOOD).unwrap();
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut [0; 5])
        .unwrap();

    let about = |what: &str| {
        let mut text = String::new();
        let path = format!("/proc/{}/{what}", child.id());
        std::fs::File::open(path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    let status = about("status");
    assert!(
        status.contains(&"Seccomp: 2".to_owned()),
        "a filter of system calls: {status:?}"
    );
    assert!(
        status.contains(&"NoNewPrivs: 1".to_owned()),
        "no new rights: {status:?}"
    );
    let limits = about("limits");
    for limit in [
        "Max address space 1073741824 1073741824 bytes",
        "Max cpu time 10 10 seconds",
        "Max file size 0 0 bytes",
    ] {
        assert!(limits.contains(&limit.to_owned()), "{limit}: {limits:?}");
    }
    drop(requests);
    assert!(
        child.wait().unwrap().success(),
        "it ends by itself when the pipe is closed"
    );
}
