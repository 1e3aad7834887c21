use super::*;

const FILE: &[u8] = b"<?xml version='1.0'?><a>hello</a>";

fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    let mut bytes = vec![tag];
    match length {
        0..=0x7f => bytes.push(u8::try_from(length).unwrap()),
        _ => bytes.extend([&[0x82], length.to_be_bytes().as_slice()].concat()),
    }
    bytes.extend(value);
    bytes
}

fn indefinite(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], value, &[0, 0]].concat()
}

/// A SignedData around `octets`, its sequences written by `wrap`.
fn signed(octets: &[u8], wrap: fn(u8, &[u8]) -> Vec<u8>) -> Vec<u8> {
    let data = der(OBJECT_IDENTIFIER, &SIGNED_DATA[..8]);
    let encapsulated = wrap(SEQUENCE, &[data, wrap(TAGGED_0, octets)].concat());
    let rest = [
        der(0x02, &[1]),
        der(0x31, &[]),
        encapsulated,
        der(TAGGED_0, b"certificates"),
        der(0x31, b"signers"),
    ];
    let outer = wrap(TAGGED_0, &wrap(SEQUENCE, &rest.concat()));
    wrap(
        SEQUENCE,
        &[der(OBJECT_IDENTIFIER, SIGNED_DATA), outer].concat(),
    )
}

/// A SignedData around this content.
pub fn signed_content_of(content: &[u8]) -> Vec<u8> {
    signed(&der(OCTET_STRING, content), der)
}

fn plain() -> Vec<u8> {
    signed_content_of(FILE)
}

#[test]
fn the_file_comes_out_of_der_and_of_ber() {
    let in_pieces = [
        der(OCTET_STRING, &FILE[..10]),
        der(OCTET_STRING, &FILE[10..]),
    ]
    .concat();
    for signed in [
        plain(),
        signed(&der(OCTET_STRING, FILE), indefinite),
        signed(&indefinite(OCTET_STRING_IN_PIECES, &in_pieces), indefinite),
        signed(&der(OCTET_STRING_IN_PIECES, &in_pieces), der),
    ] {
        assert!(is_cms(&signed));
        assert_eq!(content(&signed).as_deref(), Ok(FILE));
    }
}

#[test]
fn the_file_comes_out_of_pem_and_of_base64() {
    let text = STANDARD.encode(plain());
    let lines = text
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned());
    let lines = lines.collect::<Vec<_>>().join("\r\n");
    let pem = format!("-----BEGIN PKCS7-----\r\n{lines}\r\n-----END PKCS7-----\r\n");
    for text in [text.clone(), format!("{lines}\r\n"), pem] {
        assert!(is_cms(text.as_bytes()), "{text}");
        assert_eq!(content(text.as_bytes()).as_deref(), Ok(FILE));
    }
    assert!(!is_cms(
        b"MINUTES OF THE MEETING, as promised to everybody who was there and to all others"
    ));
}

#[test]
fn a_file_signed_twice_comes_out_and_one_signed_without_end_does_not() {
    let mut wrapped = plain();
    for _ in 1..MAX_WRAPPINGS {
        wrapped = signed(&der(OCTET_STRING, &wrapped), der);
        assert_eq!(content(&wrapped).as_deref(), Ok(FILE));
    }
    wrapped = signed(&der(OCTET_STRING, &wrapped), der);
    assert_eq!(content(&wrapped), Err(NoContent::TooManyWrappings));
}

#[test]
fn what_holds_no_readable_file_says_why() {
    let enveloped = der(
        SEQUENCE,
        &[der(OBJECT_IDENTIFIER, ENVELOPED_DATA), der(TAGGED_0, &[])].concat(),
    );
    assert_eq!(content(&enveloped), Err(NoContent::Encrypted));
    let data = der(OBJECT_IDENTIFIER, &SIGNED_DATA[..8]);
    let rest = [der(0x02, &[1]), der(0x31, &[]), der(SEQUENCE, &data)].concat();
    let detached = der(
        SEQUENCE,
        &[
            der(OBJECT_IDENTIFIER, SIGNED_DATA),
            der(TAGGED_0, &der(SEQUENCE, &rest)),
        ]
        .concat(),
    );
    assert_eq!(content(&detached), Err(NoContent::Detached));
    assert_eq!(
        content(b"-----BEGIN CMS-----\n?\n-----END CMS-----"),
        Err(NoContent::Damaged)
    );
}

#[test]
fn a_cut_or_hostile_file_is_refused_and_nothing_worse() {
    let good = signed(
        &indefinite(OCTET_STRING_IN_PIECES, &der(OCTET_STRING, FILE)),
        indefinite,
    );
    for length in 0..good.len() {
        let cut = content(good.get(..length).unwrap());
        assert!(cut.is_err() || cut.as_deref() == Ok(FILE), "{length}");
    }
    for at in 0..good.len() {
        for value in [0x00, 0x24, 0x80, 0x84, 0xff] {
            let mut spoilt = good.clone();
            spoilt[at] = value;
            let _answered = content(&spoilt);
        }
    }
    let openings = [&plain()[..2], &[0x24, 0x80].repeat(200_000)].concat();
    assert_eq!(content(&openings), Err(NoContent::Damaged));
}
