use super::*;

/// Ten lines of "letters": boxes of 8 by 12 pixels, forty in a line, no two lines alike.
fn page_of_letters() -> Picture {
    let mut picture = Picture::white(600, 400).unwrap();
    for line in 0..10 {
        for letter in 0..40 {
            for y in 0..12 {
                for x in 0..8 {
                    let from = 60 + letter * 12 + (line * 31 + letter * letter * 17) % 7;
                    let at = (40 + line * 32 + y) * 600 + from + x;
                    picture.grey[at] = 20;
                }
            }
        }
    }
    picture
}

#[test]
fn a_picture_turned_four_times_is_the_same() {
    let picture = page_of_letters();
    for turn in Turn::ALL {
        let once = picture.clone().turned(turn);
        assert_eq!(once.turned(opposite_way(turn)), picture, "{turn:?}");
    }
}

fn opposite_way(turn: Turn) -> Turn {
    match turn {
        Turn::None | Turn::Half => turn,
        Turn::Quarter => Turn::ThreeQuarters,
        Turn::ThreeQuarters => Turn::Quarter,
    }
}

#[test]
fn a_page_that_leans_is_set_level() {
    let page = page_of_letters();
    assert!(ink::lines(&page).lean.abs() < 0.2);
    for degrees in [-7.0, -1.5, 2.0, 5.0] {
        let leaning = page.leaned(degrees);
        let lines = ink::lines(&leaning);
        assert!((lines.lean - degrees).abs() < 0.3, "{degrees}: {lines:?}");
        assert!(!lines.sideways);
        let level = ink::lines(&prepare(leaning, None, None).picture);
        assert!(level.lean.abs() < 0.3, "{degrees}: {level:?}");
    }
}

#[test]
fn a_page_on_its_side_is_turned() {
    let page = page_of_letters().turned(Turn::ThreeQuarters);
    let prepared = prepare(page, None, Some(300.0));
    assert_eq!(prepared.turn, Turn::Quarter);
    assert!(prepared.picture.width > prepared.picture.height);
}

#[test]
fn letters_are_brought_to_the_size_recognition_is_best_at() {
    let page = page_of_letters();
    let height = |picture: &Picture| ink::letter_height(&ink::letters(picture));
    assert_eq!(height(&page), Some(12));
    let prepared = prepare(page, None, Some(150.0));
    let height = height(&prepared.picture);
    assert!(
        height.is_some_and(|height| (24..=28).contains(&height)),
        "{height:?}"
    );
    assert!((prepared.dots_per_inch - 325.0).abs() < 1.0);
}

#[test]
fn shadows_and_weak_print_become_black_on_white() {
    let mut page = page_of_letters();
    for (index, grey) in page.grey.iter_mut().enumerate() {
        let shadow = u8::try_from(index % 600 / 8).unwrap();
        *grey = if *grey < 128 {
            110 - shadow / 2
        } else {
            200 - shadow
        };
    }
    let clean = prepare(page, Some(Turn::None), Some(300.0)).picture;
    let white = clean.grey.iter().filter(|grey| **grey > 220).count();
    let black = clean.grey.iter().filter(|grey| **grey < 80).count();
    assert!(
        white * 10 > clean.grey.len() * 7,
        "{white} of {}",
        clean.grey.len()
    );
    assert!(
        black * 10 > clean.grey.len(),
        "{black} of {}",
        clean.grey.len()
    );
}

#[test]
fn what_a_camera_sprinkles_over_the_paper_goes() {
    let mut page = page_of_letters();
    for (index, grey) in page.grey.iter_mut().enumerate() {
        let grain = u8::try_from(index * index % 997 % 61).unwrap();
        *grey = if *grey < 128 { grain } else { 180 + grain };
    }
    let clean = prepare(page, Some(Turn::None), Some(300.0)).picture;
    let plain = prepare(page_of_letters(), Some(Turn::None), Some(300.0)).picture;
    let grey = |picture: &Picture| {
        let grey = picture
            .grey
            .iter()
            .filter(|grey| (100..240).contains(*grey));
        grey.count()
    };
    let (clean, plain) = (grey(&clean), grey(&plain));
    assert!(clean < plain * 2, "{clean} against {plain}");
}

#[test]
fn white_letters_in_a_dark_box_become_dark_and_rules_vanish() {
    let mut page = page_of_letters();
    for y in 30..100 {
        for grey in &mut page.grey[y * 600 + 40..y * 600 + 560] {
            *grey = 255 - *grey;
        }
    }
    page.grey[370 * 600 + 20..370 * 600 + 500].fill(120);
    let clean = prepare(page, Some(Turn::None), None).picture;
    let plain = prepare(page_of_letters(), Some(Turn::None), None).picture;
    let ink = |picture: &Picture| picture.grey.iter().filter(|grey| **grey < 100).count();
    let (clean, plain) = (ink(&clean), ink(&plain));
    assert!(
        clean.abs_diff(plain) * 20 < plain,
        "{clean} against {plain}"
    );
}

#[test]
fn broken_pictures_say_so_and_never_panic() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\0\xc8\x08\x02\0\0\0";
    let tiff = b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\xff\xff\0\0\0\0\0\0";
    for bytes in [
        &png[..],
        tiff,
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"%PDF-1.4",
        b"",
    ] {
        assert!(decode(bytes, 0).is_err(), "{bytes:?}");
    }
    assert_eq!(decode(png, 1), Err(PictureError::NoSuchPage));
    assert_eq!(decode(b"GIF89a", 0), Err(PictureError::Kind));
}

#[test]
fn a_fax_is_decoded_however_it_is_written_with_square_dots_and_not_when_rows_are_missing() {
    let one = include_bytes!("../../../tests/golden/files/fax_1d.tiff");
    let two = include_bytes!("../../../tests/golden/files/fax_2d.tiff");
    let huffman = include_bytes!("../../../tests/golden/files/fax_huffman.tiff");
    let page = decode(one, 0).unwrap();
    assert_eq!((page.width, page.height), (408, 196));
    let black = page.grey.iter().filter(|grey| **grey == 0).count();
    assert!((4_000..16_000).contains(&black), "{black}");
    assert_eq!(decode(two, 0).unwrap(), page);
    assert_eq!(decode(huffman, 0).unwrap(), page);
    assert_eq!(decode(one, 1), Err(PictureError::NoSuchPage));
    let mut broken = one.to_vec();
    broken[8..700].fill(0);
    assert!(matches!(decode(&broken, 0), Err(PictureError::Damaged(_))));
}
