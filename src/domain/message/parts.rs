//! Which parts of a mail are documents, which is its text, and which are set aside, with the reason.

/// What the bytes of a part are, told from the bytes themselves; the declared type is a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartLooks {
    /// PDF.
    Pdf,
    /// XML of any kind.
    Xml,
    /// PNG, JPEG, GIF, WebP, BMP.
    Image,
    /// TIFF or HEIC: scanners and phones.
    ScanImage,
    /// XLSX, XLS, ODS.
    Spreadsheet,
    /// Text in columns.
    Csv,
    /// An interchange of X12 or EDIFACT.
    Interchange,
    /// Word processor files.
    TextDocument,
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// A mail that was opened; its parts stand beside it.
    OpenedMail,
    /// A container whose files stand beside it.
    Unpacked,
    /// A mail that was left closed.
    ClosedMail,
    /// ZIP.
    Archive,
    /// Archives that are not opened: 7z, RAR, ISO, CAB.
    OtherArchive,
    /// `winmail.dat`.
    Tnef,
    /// An Outlook `.msg` file.
    OutlookMessage,
    /// CMS: a signed file or mail.
    SignedData,
    /// Programs, scripts, files with macros.
    Active,
    /// Bank statement text: MT940, BAI2, OFX, X12.
    BankText,
    /// Zero bytes.
    Empty,
    /// None of these.
    Unknown,
}

/// How a part asks to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// No word about it.
    Unstated,
    /// With the text.
    Inline,
    /// As a file.
    Attached,
}

/// What is known about one part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartFacts {
    /// Its place in the mail.
    pub path: String,
    /// Told from the bytes.
    pub looks: PartLooks,
    /// Declared type, lower case.
    pub declared: String,
    /// File name, cleaned.
    pub name: Option<String>,
    /// Size decoded, in bytes.
    pub size_bytes: usize,
    /// Width and height of an image in pixels, when known.
    pub pixels: Option<(u32, u32)>,
    /// How it asks to be shown.
    pub shown: Shown,
    /// An HTML body names it by its Content-ID.
    pub is_referenced: bool,
    /// The mail it came with has no other text, or this is another form of it.
    pub is_only_text: bool,
}

/// What becomes of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartUse {
    /// Read as a document.
    Document,
    /// The text of the mail.
    Body,
    /// Kept and not read, with the reason.
    SetAside(String),
}

/// Logos and signature images are smaller than this; a scan of a page is larger.
const LOGO_BYTES: usize = 20 * 1024;
/// Nobody reads a page from fewer pixels.
const LOGO_SIDE_PIXELS: u32 = 200;
/// A scan of a page has at least this many pixels along its longer side: 86 dpi on A4.
const SCAN_SIDE_PIXELS: u32 = 1_000;
/// What a text shows across its width is no page below this; a black and white scan sent as a file is smaller.
const SCAN_BYTES: usize = 80 * 1024;
/// A camera's picture has more pixels and bytes than what newsletters show, and is no strip.
const PHOTO_PIXELS: u64 = 2_000_000;
const PHOTO_BYTES: usize = 200 * 1024;

/// A picture that this many earlier mails of the sender's domain brought is their letterhead, and no page.
pub const REPEATED_MAILS: u64 = 3;

/// What becomes of a picture that was read and is no paper anybody knows, when earlier mails of the same domain brought the
/// same bytes. What recognition takes for a paper is never set aside for this, and earlier mails are not judged anew.
pub fn repeated_picture(is_paper: bool, earlier_mails: u64) -> Option<PartUse> {
    let is_letterhead = !is_paper && earlier_mails >= REPEATED_MAILS;
    is_letterhead.then(|| {
        PartUse::SetAside(format!(
            "a picture that {earlier_mails} earlier mails of this sender brought, too: not a page"
        ))
    })
}

/// Decides about one part. `body_is_document` says whether a text holds what a document would: a remittance, for instance.
pub fn part_use(part: &PartFacts, body_is_document: impl Fn(&PartFacts) -> bool) -> PartUse {
    let aside = |reason: &str| PartUse::SetAside(reason.to_owned());
    if is_signature(part) {
        return aside("a signature over the mail, not a document");
    }
    match part.looks {
        PartLooks::Empty => aside("the file is empty: ask for it again"),
        PartLooks::OpenedMail => aside("an attached mail: its parts are read one by one"),
        PartLooks::Unpacked => aside("unpacked: what it holds is read one by one"),
        PartLooks::Active => aside("a program or a file with macros: never opened"),
        PartLooks::OtherArchive => {
            aside("an archive of a kind that is not opened: ask for a ZIP or the files themselves")
        }
        PartLooks::Image => image(part),
        PartLooks::Text | PartLooks::Html if is_body(part) => {
            if body_is_document(part) {
                PartUse::Document
            } else {
                PartUse::Body
            }
        }
        // A name makes it a file, however it asks to be shown, unless it is the text of the mail itself.
        PartLooks::Html if part.shown != Shown::Attached && part.is_only_text => {
            aside("an HTML text of the mail under a name")
        }
        PartLooks::Text if is_calendar_or_card(part) => aside("a calendar entry or address card"),
        PartLooks::Unknown if is_calendar_or_card(part) => {
            aside("a calendar entry or address card")
        }
        PartLooks::Unknown => aside("a file of a kind that is not read"),
        PartLooks::Pdf
        | PartLooks::Html
        | PartLooks::Xml
        | PartLooks::ScanImage
        | PartLooks::Spreadsheet
        | PartLooks::Csv
        | PartLooks::Interchange
        | PartLooks::TextDocument
        | PartLooks::Text
        | PartLooks::ClosedMail
        | PartLooks::Archive
        | PartLooks::Tnef
        | PartLooks::OutlookMessage
        | PartLooks::SignedData
        | PartLooks::BankText => PartUse::Document,
    }
}

/// A file somebody attached that is no document because it cannot be opened: a bill may be in it, so a person is told.
pub fn is_left_closed(part: &PartFacts) -> bool {
    let is_file = part.shown == Shown::Attached || part.name.is_some();
    let is_closed = match part.looks {
        PartLooks::OtherArchive | PartLooks::Active | PartLooks::Empty => true,
        PartLooks::Unknown => !is_calendar_or_card(part),
        PartLooks::Pdf
        | PartLooks::Xml
        | PartLooks::Image
        | PartLooks::ScanImage
        | PartLooks::Spreadsheet
        | PartLooks::Csv
        | PartLooks::Interchange
        | PartLooks::TextDocument
        | PartLooks::Text
        | PartLooks::Html
        | PartLooks::OpenedMail
        | PartLooks::Unpacked
        | PartLooks::ClosedMail
        | PartLooks::Archive
        | PartLooks::Tnef
        | PartLooks::OutlookMessage
        | PartLooks::SignedData
        | PartLooks::BankText => false,
    };
    is_closed && is_file && !part.is_referenced && !is_signature(part)
}

/// A text without a file name that does not ask to be a file.
fn is_body(part: &PartFacts) -> bool {
    let declared = matches!(
        part.declared.as_str(),
        "text/plain" | "text/html" | "text/enriched" | "text/richtext"
    );
    declared && part.name.is_none() && part.shown != Shown::Attached
}

fn is_signature(part: &PartFacts) -> bool {
    let declared = matches!(
        part.declared.as_str(),
        "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
    );
    // A name is a claim: a PDF called so is a PDF.
    let may_be = matches!(
        part.looks,
        PartLooks::SignedData | PartLooks::Text | PartLooks::Unknown | PartLooks::Empty
    );
    may_be && (declared || ends_with(part, &[".p7s", ".asc", ".sig"]))
}

fn is_calendar_or_card(part: &PartFacts) -> bool {
    let declared = matches!(
        part.declared.as_str(),
        "text/calendar" | "text/vcard" | "text/x-vcard" | "text/directory"
    );
    declared || ends_with(part, &[".ics", ".vcf"])
}

fn ends_with(part: &PartFacts, endings: &[&str]) -> bool {
    let name = part.name.as_deref().unwrap_or_default().to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Pictures: a scan is always read, a logo never; in doubt a picture sent as a file is read, one shown in the text is not.
fn image(part: &PartFacts) -> PartUse {
    let in_text = part.is_referenced || part.shown == Shown::Inline;
    if is_scan(part) {
        return PartUse::Document;
    }
    let is_small = match part.pixels {
        Some((width, height)) => {
            let is_short = width.max(height) < SCAN_SIDE_PIXELS;
            width.min(height) < LOGO_SIDE_PIXELS || is_short && part.size_bytes < LOGO_BYTES
        }
        None => part.size_bytes < LOGO_BYTES,
    };
    match (is_small, in_text) {
        (true, true) => PartUse::SetAside("a logo or signature picture in the text".into()),
        (true, false) => PartUse::SetAside("a picture too small to be a page".into()),
        (false, true) if part.is_referenced => {
            PartUse::SetAside("a picture in the text, not a page".into())
        }
        (false, _) => PartUse::Document,
    }
}

/// The size and shape of a page: longer side against shorter between 1.2 and 1.6 (A4 has 1.41, Letter 1.29), whatever its
/// bytes: in black and white they are few. Only of a picture across the text they count. Or the size of a camera's picture in
/// any shape: receipts are long.
fn is_scan(part: &PartFacts) -> bool {
    part.pixels.is_some_and(|(width, height)| {
        let (long, short) = (u64::from(width.max(height)), u64::from(width.min(height)));
        let is_page = long * 10 >= short * 12 && long * 10 <= short * 16;
        let is_scan = is_page && long >= u64::from(SCAN_SIDE_PIXELS);
        let is_photo = long * short >= PHOTO_PIXELS && long <= short * 5;
        let is_across = part.is_referenced && width > height;
        is_scan && (!is_across || part.size_bytes > SCAN_BYTES)
            || is_photo && part.size_bytes > PHOTO_BYTES
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(looks: PartLooks) -> PartFacts {
        PartFacts {
            path: "2".into(),
            looks,
            declared: "application/octet-stream".into(),
            name: Some("file".into()),
            size_bytes: 50_000,
            pixels: None,
            shown: Shown::Attached,
            is_referenced: false,
            is_only_text: false,
        }
    }

    fn image(size_bytes: usize, pixels: (u32, u32), shown: Shown, is_referenced: bool) -> PartUse {
        part_use(
            &PartFacts {
                size_bytes,
                pixels: Some(pixels),
                shown,
                is_referenced,
                ..part(PartLooks::Image)
            },
            |_| false,
        )
    }

    #[test]
    fn logos_are_set_aside() {
        assert!(matches!(
            image(4_000, (300, 80), Shown::Inline, true),
            PartUse::SetAside(_)
        ));
        assert!(matches!(
            image(90_000, (1_800, 150), Shown::Attached, false),
            PartUse::SetAside(_)
        ));
        assert!(matches!(
            image(90_000, (1_200, 300), Shown::Inline, true),
            PartUse::SetAside(_)
        ));
    }

    #[test]
    fn a_picture_that_comes_with_every_mail_is_no_page_unless_it_reads_like_one() {
        assert_eq!(repeated_picture(false, 2), None);
        assert!(matches!(
            repeated_picture(false, 3),
            Some(PartUse::SetAside(_))
        ));
        assert_eq!(repeated_picture(true, 30), None);
    }

    #[test]
    fn a_scan_is_read_wherever_it_stands() {
        for (shown, is_referenced) in [
            (Shown::Inline, true),
            (Shown::Attached, false),
            (Shown::Unstated, true),
        ] {
            assert_eq!(
                image(300_000, (1_240, 1_754), shown, is_referenced),
                PartUse::Document
            );
        }
        assert_eq!(
            image(900_000, (1_200, 3_600), Shown::Inline, true),
            PartUse::Document
        );
        assert_eq!(
            image(40_000, (800, 900), Shown::Attached, false),
            PartUse::Document
        );
        // Black and white at 200 dpi.
        assert_eq!(
            image(9_600, (1_654, 2_339), Shown::Attached, false),
            PartUse::Document
        );
    }

    #[test]
    fn a_text_is_the_body_unless_it_holds_a_document_or_is_a_file() {
        let body = PartFacts {
            declared: "text/plain".into(),
            name: None,
            shown: Shown::Unstated,
            ..part(PartLooks::Text)
        };
        assert_eq!(part_use(&body, |_| false), PartUse::Body);
        assert_eq!(part_use(&body, |_| true), PartUse::Document);
        let file = PartFacts {
            name: Some("remittance.txt".into()),
            ..body
        };
        assert_eq!(part_use(&file, |_| false), PartUse::Document);
    }

    #[test]
    fn what_is_dangerous_or_no_document_is_set_aside_with_its_reason() {
        for looks in [
            PartLooks::Active,
            PartLooks::OtherArchive,
            PartLooks::Empty,
            PartLooks::Unknown,
        ] {
            assert!(
                matches!(part_use(&part(looks), |_| true), PartUse::SetAside(reason) if !reason.is_empty()),
                "{looks:?}"
            );
        }
        let invite = PartFacts {
            name: Some("invite.ics".into()),
            ..part(PartLooks::Text)
        };
        assert!(matches!(part_use(&invite, |_| true), PartUse::SetAside(_)));
        let signature = PartFacts {
            name: Some("smime.p7s".into()),
            ..part(PartLooks::SignedData)
        };
        assert!(matches!(
            part_use(&signature, |_| true),
            PartUse::SetAside(_)
        ));
    }

    #[test]
    fn what_was_attached_and_cannot_be_opened_is_told() {
        for looks in [
            PartLooks::Active,
            PartLooks::OtherArchive,
            PartLooks::Empty,
            PartLooks::Unknown,
        ] {
            assert!(is_left_closed(&part(looks)), "{looks:?}");
        }
        assert!(!is_left_closed(&part(PartLooks::Pdf)));
        let invite = PartFacts {
            name: Some("invite.ics".into()),
            ..part(PartLooks::Unknown)
        };
        assert!(!is_left_closed(&invite));
        let signature = PartFacts {
            name: Some("text.sig".into()),
            ..part(PartLooks::Unknown)
        };
        assert!(!is_left_closed(&signature));
    }

    #[test]
    fn an_html_file_is_a_document_and_a_pdf_is_one_under_any_name() {
        assert_eq!(
            part_use(&part(PartLooks::Html), |_| false),
            PartUse::Document
        );
        let named = PartFacts {
            name: Some("rechnung.sig".into()),
            ..part(PartLooks::Pdf)
        };
        assert_eq!(part_use(&named, |_| false), PartUse::Document);
    }

    #[test]
    fn an_invoice_that_lies_about_its_type_is_still_read() {
        assert_eq!(
            part_use(&part(PartLooks::Pdf), |_| false),
            PartUse::Document
        );
        assert_eq!(
            part_use(&part(PartLooks::Xml), |_| false),
            PartUse::Document
        );
    }
}
