use super::*;
use crate::formats::page::Word;

/// A PDF of numbered objects, the first of them the catalog; the parser finds the objects without a cross-reference table.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    for (number, object) in (1..).zip(objects) {
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    file.push_str("trailer\n<</Root 1 0 R>>\n%%EOF\n");
    file.into_bytes()
}

fn stream(entries: &str, content: &str) -> String {
    format!(
        "<<{entries}/Length {}>>\nstream\n{content}\nendstream",
        content.len()
    )
}

/// One page of 600 by 800 points with Helvetica as F1.
fn one_page(content: &str) -> Vec<u8> {
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".into(),
        stream("", content),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".into(),
    ])
}

fn words(content: &str) -> Vec<Word> {
    read(one_page(content)).unwrap().pages.remove(0).words
}

fn texts(content: &str) -> Vec<String> {
    words(content).into_iter().map(|word| word.text).collect()
}

#[test]
fn words_have_places_from_the_top_left_corner() {
    let words = words("BT /F1 10 Tf 100 700 Td (Total 1.190,00) Tj ET");
    assert_eq!(
        words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
        ["Total", "1.190,00"]
    );
    let place = words[0].place;
    assert!(
        (place.x0 - 100.0).abs() < 0.1
            && (place.top - 92.5).abs() < 0.1
            && (place.bottom - 102.2).abs() < 0.1,
        "{place:?}"
    );
    assert!(words[1].place.x0 > place.x1);
}

#[test]
fn lines_come_from_the_top_whatever_order_they_are_drawn_in() {
    let content = "BT /F1 10 Tf 100 600 Td (second) Tj ET BT /F1 10 Tf 300 700 Td (right) Tj ET BT /F1 10 Tf 100 700 Td (left) Tj ET";
    assert_eq!(texts(content), ["left", "right", "second"]);
}

#[test]
fn kerning_and_fake_bold_with_spaces_on_top_leave_a_word_whole() {
    assert_eq!(
        texts("BT /F1 10 Tf 100 700 Td [(V) 80 (erk) -60 (\\344ufer)] TJ ET"),
        ["Verkäufer"]
    );
    let twice = "BT /F1 10 Tf 100 700 Td (471102) Tj ET BT /F1 10 Tf 100.3 700 Td (471102) Tj ET BT /F1 10 Tf 102 700 Td ( ) Tj ET";
    assert_eq!(texts(twice), ["471102"]);
    assert_eq!(
        texts("BT /F1 10 Tf 100 700 Td [(one) -300 (two)] TJ ET"),
        ["one", "two"]
    );
}

#[test]
fn turned_text_is_grouped_along_its_own_direction() {
    let content = "BT /F1 10 Tf 100 700 Td (Total) Tj ET BT /F1 8 Tf 0 1 -1 0 20 100 Tm (printed in Bonn) Tj ET";
    let words = words(content);
    assert_eq!(
        words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
        ["Total", "printed", "in", "Bonn"]
    );
    let upright = words[1].place;
    assert!(
        upright.bottom - upright.top > upright.x1 - upright.x0,
        "{upright:?}"
    );
    assert!((upright.bottom - 700.0).abs() < 0.1, "{upright:?}");
}

#[test]
fn invisible_text_beside_visible_text_is_left_out_and_said() {
    let content = "BT /F1 10 Tf 100 700 Td (Pay 100) Tj ET BT 3 Tr /F1 10 Tf 100 600 Td (Pay 900) Tj ET BT 0 Tr /F1 10 Tf 900 600 Td (outside) Tj ET";
    let read = read(one_page(content)).unwrap();
    assert_eq!(
        read.pages[0]
            .words
            .iter()
            .map(|w| w.text.as_str())
            .collect::<Vec<_>>(),
        ["Pay", "100"]
    );
    assert_eq!(
        read.issues,
        [Issue::new(
            "page 1",
            "13 invisible characters were left out"
        )]
    );
}

#[test]
fn text_that_a_clip_cuts_away_is_left_out_and_said() {
    let pay = "BT /F1 10 Tf 100 700 Td (Pay 100) Tj ET";
    let other = "q 90 690 80 30 re W n BT /F1 10 Tf 100 600 Td (IBAN 900) Tj ET Q";
    let (words, issues) = seen(&format!("{pay} {other}"));
    assert_eq!(words, ["Pay", "100"]);
    let said = Issue::new("page 1", "7 invisible characters were left out");
    assert_eq!(issues, [said]);
    // Dots that lead up to a value and go on under it, as style sheets draw them.
    let dots = "q 100 690 60 30 re W n BT /F1 10 Tf 100 700 Td (No ..................) Tj ET Q";
    let value = "BT /F1 10 Tf 162 700 Td (4711) Tj ET";
    let (words, issues) = seen(&format!("{dots} {value}"));
    assert_eq!(
        (words.first(), words.last()),
        (Some(&"No".into()), Some(&"4711".into()))
    );
    assert_eq!(issues, []);
    // In a clip that is nothing, and inside one, all is read.
    for shown in [
        "q 0 0 0 0 re W n BT /F1 10 Tf 100 700 Td (Total) Tj ET Q",
        "q 90 690 80 30 re W n BT /F1 10 Tf 100 700 Td (Total) Tj ET Q",
    ] {
        assert_eq!(seen(shown).0, ["Total"], "{shown}");
    }
}

/// The words a reader of the page sees, and what was said about the others.
fn seen(content: &str) -> (Vec<String>, Vec<Issue>) {
    let mut read = read(one_page(content)).unwrap();
    let words = read.pages.remove(0).words.into_iter();
    (words.map(|word| word.text).collect(), read.issues)
}

#[test]
fn words_in_the_colour_of_their_ground_or_under_a_box_are_left_out_and_said() {
    let pay = "BT /F1 10 Tf 100 700 Td (Pay 100) Tj ET";
    let other = "BT /F1 10 Tf 100 600 Td (IBAN 900) Tj ET";
    for hidden in [
        format!("{pay} 1 g {other}"),
        format!("{pay} 0.99 1 0.98 rg {other}"),
        format!("{pay} 0.2 0.2 0.6 rg 90 590 200 30 re f {other}"),
        format!("{other} 1 g 90 590 200 30 re f 0 g {pay}"),
        format!("{other} 0 g 90 590 200 30 re f {pay}"),
        format!("{pay} q 90 500 200 90 re S 1 g {other} Q"),
    ] {
        let (words, issues) = seen(&hidden);
        assert_eq!(words, ["Pay", "100"], "{hidden}");
        let said = issues.iter().map(|issue| issue.problem.as_str());
        assert!(
            said.clone()
                .any(|said| said.starts_with("7 characters nobody can see")),
            "{hidden}"
        );
    }
}

#[test]
fn words_that_stand_out_from_their_ground_are_read() {
    let total = "BT /F1 10 Tf 100 600 Td (Total) Tj ET";
    for shown in [
        // White on a dark bar, as headings of tables are printed.
        format!("0.1 0.1 0.4 rg 90 590 200 30 re f 1 g {total}"),
        format!("q 30 w 90 604 m 300 604 l S Q 1 g {total}"),
        // A box painted before, beside, as a frame only, or cut away by a clip.
        format!("1 g 0 0 600 800 re f 0 g {total}"),
        format!("{total} 1 g 200 590 200 30 re f"),
        format!("{total} 1 g 90 590 200 30 re 95 595 190 20 re f*"),
        format!("{total} q 300 300 50 50 re W n 1 g 0 0 600 800 re f Q"),
        format!("{total} 90 590 200 30 re S"),
        // Grey, as small print is.
        format!("0.8 g {total}"),
    ] {
        let (words, issues) = seen(&shown);
        assert_eq!(words, ["Total"], "{shown}");
        assert_eq!(issues, [], "{shown}");
    }
}

#[test]
fn text_under_a_scan_is_told_apart() {
    let read = read(one_page("BT 3 Tr /F1 10 Tf 100 700 Td (Invoice) Tj ET")).unwrap();
    assert_eq!(read.pages[0].words[0].text, "Invoice");
    assert_eq!(read.pages[0].origin, WordOrigin::Hidden);
}

#[test]
fn a_page_without_text_needs_recognition_unless_it_is_blank() {
    let shapes = read(one_page("10 10 20 30 re f")).unwrap();
    assert!(shapes.pages[0].words.is_empty());
    assert_eq!(shapes.pages[0].origin, WordOrigin::Unreadable);
    let blank = read(one_page("1 g 0 0 595 842 re f")).unwrap();
    assert_eq!(blank.pages[0].origin, WordOrigin::Text);
}

#[test]
fn a_file_cut_off_or_broken_is_damaged_and_no_scan() {
    let whole = one_page("BT /F1 10 Tf 100 700 Td (Invoice) Tj ET");
    let font = b"5 0 obj";
    let font = whole.windows(font.len()).position(|word| word == font);
    let cut = read(whole[..font.unwrap()].to_vec()).unwrap();
    assert!(cut.issues.iter().any(|one| one.problem.contains(CUT_OFF)));

    let mut scan = one_page("0 0 100 100 re f");
    scan.extend_from_slice(b"\n-- \nscanned by the gateway\n");
    assert!(read(scan.clone()).is_ok());
    let end = scan.windows(7).position(|word| word == b"trailer");
    assert_eq!(
        read(scan[..end.unwrap()].to_vec()),
        Err(PdfError::Damaged(CUT_OFF))
    );
    // An update that did not arrive whole: the first end mark is not the last one of the file.
    scan.extend_from_slice(b"6 0 obj\n<<");
    assert_eq!(read(scan), Err(PdfError::Damaged(CUT_OFF)));

    let broken = String::from_utf8(one_page("")).unwrap();
    let broken = broken.replace("/Contents 4 0 R", "/Contents 9 0 R");
    assert!(matches!(
        read(broken.into_bytes()),
        Err(PdfError::Damaged(_))
    ));
}

#[test]
fn files_inside_are_found_in_the_name_tree_and_among_associated_files_once() {
    let file = pdf(&[
        "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Kids[<</Names[(a)5 0 R]>>]>>>>/AF[5 0 R 7 0 R]>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>".into(),
        stream("", ""),
        "<</Type/Filespec/F(factur-x.xml)/UF<FEFF0066002D0078002E0078006D006C>/EF<</F 6 0 R>>>>".into(),
        stream("/Type/EmbeddedFile", "<a/>"),
        "<</Type/Filespec/F(other.txt)/EF<</F 8 0 R>>>>".into(),
        stream("/Type/EmbeddedFile", "note"),
    ]);
    let found = read(file).unwrap().embedded;
    let names = found
        .iter()
        .map(|f| (f.name.as_str(), f.bytes.as_slice()))
        .collect::<Vec<_>>();
    assert_eq!(
        names,
        [("f-x.xml", b"<a/>".as_slice()), ("other.txt", b"note")]
    );
}

#[test]
fn a_user_password_is_told_from_damage_and_an_owner_password_is_no_obstacle() {
    let locked = include_bytes!("../../../tests/golden/files/pdf_user_password.pdf");
    assert_eq!(read(locked.to_vec()), Err(PdfError::Encrypted));
    let restricted = include_bytes!("../../../tests/golden/files/pdf_owner_password.pdf");
    assert_eq!(
        read(restricted.to_vec()).unwrap().pages[0].words[0].text,
        "Invoice"
    );
}

#[test]
fn damaged_files_are_refused_with_a_reason() {
    for bad in [
        b"".as_slice(),
        b"%PDF-1.7\n",
        b"not a pdf at all",
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n",
    ] {
        assert!(matches!(read(bad.to_vec()), Err(PdfError::Damaged(_))));
    }
    assert_eq!(read(vec![0; MAX_BYTES + 1]), Err(PdfError::TooLarge));
}

#[test]
fn pages_above_the_limit_are_counted() {
    let kids = "3 0 R ".to_owned() + &(5..210).map(|n| format!("{n} 0 R ")).collect::<String>();
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>".to_owned();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".into(),
        format!("<</Type/Pages/Kids[{kids}]/Count 206>>"),
        page.clone(),
        stream("", ""),
    ];
    objects.extend((5..210).map(|_| page.clone()));
    let read = read(pdf(&objects)).unwrap();
    assert_eq!((read.pages.len(), read.left_out), (MAX_PAGES, 6));
}

/// A square picture of 80 pixels a side, drawn with 80 points.
fn square(left: u32, pixel: impl Fn(usize, usize) -> u8) -> String {
    let pixels = (0..80 * 80).map(|index| format!("{:02x}", pixel(index % 80, index / 80)));
    let pixels = pixels.collect::<String>();
    format!("q 80 0 0 80 {left} 700 cm BI /W 80 /H 80 /CS /G /BPC 8 /F /AHx ID {pixels}> EI Q ")
}

#[test]
fn a_square_of_noise_beside_the_text_is_not_offered_to_be_recognised_and_a_logo_is() {
    let noise = |x: usize, y: usize| ((x * 7919 + y * 104_729) * (x * 31 + y * 17 + 7) % 251) as u8;
    let logo = |x: usize, y: usize| if x % 9 < 3 && y > 40 { 40 } else { 250 };
    let text = "BT /F1 12 Tf 50 500 Td (Invoice 4711) Tj ET";
    let content = square(50, noise) + &square(300, logo) + text;
    let read = read(one_page(&content)).unwrap();
    let places = read.pages[0].pictures.iter().map(|one| one.place.x0);
    assert_eq!(places.collect::<Vec<_>>(), [300.0]);
}
