//! The file inside a CMS signature (RFC 5652 SignedData): `.p7m` as the Italian exchange and S/MIME mails bring it. Only the
//! content is taken out; no signature is verified, and whoever shows the file has to say so.
//!
//! Signers write BER: lengths may be indefinite and the content cut into pieces (X.690 8.1.3.6, 8.7.3), so both are read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Signatures around a signature: a second signer wraps the first one's file. More than a few are no business of people.
const MAX_WRAPPINGS: usize = 5;
/// Elements inside elements: a signature nests about ten deep, its certificates, which are stepped over, twenty.
const MAX_DEPTH: usize = 40;
/// id-signedData and id-envelopedData: 1.2.840.113549.1.7.2 and .3.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const ENVELOPED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];
/// Enough of a base64 text to see what it holds.
const HEAD_CHARS: usize = 64;

const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const OCTET_STRING_IN_PIECES: u8 = 0x24;
const SEQUENCE: u8 = 0x30;
const TAGGED_0: u8 = 0xa0;

/// Why there is no file to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoContent {
    /// Not CMS, or damaged.
    #[error("the signed file is damaged: its signature cannot be taken off")]
    Damaged,
    /// EnvelopedData.
    #[error("it is encrypted: ask the sender for a file that opens without a key")]
    Encrypted,
    /// SignedData without content: the signed file was sent apart.
    #[error("it is a signature only; the signed file was sent apart from it")]
    Detached,
    /// Another type of CMS.
    #[error("it is neither signed nor encrypted data")]
    OtherType,
    /// Signed over and over.
    #[error("it is signed more than 5 times over")]
    TooManyWrappings,
}

/// True for DER and BER, for PEM armour and for bare base64, by the object identifier of PKCS #7 (1.2.840.113549.1.7) at the
/// beginning.
pub fn is_cms(bytes: &[u8]) -> bool {
    const FAMILY: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    let binary = |bytes: &[u8]| {
        let head = bytes.get(..bytes.len().min(24)).unwrap_or_default();
        let named = head.windows(FAMILY.len()).any(|window| window == FAMILY);
        head.first() == Some(&SEQUENCE) && named
    };
    let text = bytes.trim_ascii_start();
    binary(bytes)
        || text.starts_with(b"-----BEGIN PKCS7-----")
        || text.starts_with(b"-----BEGIN CMS-----")
        || text.starts_with(b"M") && from_base64(text, HEAD_CHARS).is_some_and(|head| binary(&head))
}

/// The innermost signed file, all signatures around it taken off.
///
/// # Errors
/// When there is none to read.
pub fn content(bytes: &[u8]) -> Result<Vec<u8>, NoContent> {
    let mut content = signed_content(bytes)?;
    for _ in 1..MAX_WRAPPINGS {
        if !is_cms(&content) {
            return Ok(content);
        }
        content = signed_content(&content)?;
    }
    if is_cms(&content) {
        Err(NoContent::TooManyWrappings)
    } else {
        Ok(content)
    }
}

fn signed_content(bytes: &[u8]) -> Result<Vec<u8>, NoContent> {
    let decoded;
    let binary = if bytes.first() == Some(&SEQUENCE) {
        bytes
    } else {
        decoded = unarmoured(bytes).ok_or(NoContent::Damaged)?;
        &decoded
    };
    let info = one(binary, SEQUENCE)?;
    let (kind, rest) = element(info).ok_or(NoContent::Damaged)?;
    match kind.value {
        SIGNED_DATA if kind.tag == OBJECT_IDENTIFIER => {}
        ENVELOPED_DATA if kind.tag == OBJECT_IDENTIFIER => return Err(NoContent::Encrypted),
        _ => return Err(NoContent::OtherType),
    }
    let signed = one(one(rest, TAGGED_0)?, SEQUENCE)?;
    // Version and digest algorithms, then the content.
    let (_, rest) = element(signed).ok_or(NoContent::Damaged)?;
    let (_, rest) = element(rest).ok_or(NoContent::Damaged)?;
    let encapsulated = one(rest, SEQUENCE)?;
    let (_, rest) = element(encapsulated).ok_or(NoContent::Damaged)?;
    let Some((tagged, _)) = element(rest).filter(|(tagged, _)| tagged.tag == TAGGED_0) else {
        return Err(NoContent::Detached);
    };
    let (octets, _) = element(tagged.value).ok_or(NoContent::Damaged)?;
    let mut content = Vec::new();
    gather(&octets, 0, &mut content).ok_or(NoContent::Damaged)?;
    Ok(content)
}

/// The octets of a string, in one piece or in several.
fn gather(octets: &Element<'_>, depth: usize, content: &mut Vec<u8>) -> Option<()> {
    match octets.tag {
        OCTET_STRING => content.extend_from_slice(octets.value),
        OCTET_STRING_IN_PIECES if depth < MAX_DEPTH => {
            let mut rest = octets.value;
            while !rest.is_empty() {
                let (piece, after) = element(rest)?;
                gather(&piece, depth + 1, content)?;
                rest = after;
            }
        }
        _ => return None,
    }
    Some(())
}

/// One BER element.
struct Element<'b> {
    tag: u8,
    value: &'b [u8],
}

/// The value of the first element, which must have this tag.
fn one(bytes: &[u8], tag: u8) -> Result<&[u8], NoContent> {
    let (found, _) = element(bytes).ok_or(NoContent::Damaged)?;
    (found.tag == tag)
        .then_some(found.value)
        .ok_or(NoContent::Damaged)
}

/// The first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, length, after) = head(bytes)?;
    match length {
        Length::Definite(length) => {
            let (value, rest) = after.split_at_checked(length)?;
            Some((Element { tag, value }, rest))
        }
        Length::Indefinite => {
            let end = end_of_contents(after)?;
            let (value, rest) = after.split_at_checked(end)?;
            Some((Element { tag, value }, rest.get(2..)?))
        }
    }
}

enum Length {
    Definite(usize),
    Indefinite,
}

/// Tag, length and what follows them. Tags above 30 do not occur in CMS.
fn head(bytes: &[u8]) -> Option<(u8, Length, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    match first {
        0x80 if tag & 0x20 != 0 => Some((tag, Length::Indefinite, rest)),
        0..=0x7f => Some((tag, Length::Definite(usize::from(first)), rest)),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                length.checked_mul(256)?.checked_add(usize::from(*digit))
            })?;
            Some((tag, Length::Definite(length), rest))
        }
        _ => None,
    }
}

/// Where the two zeros stand that end an indefinite length, elements of indefinite length inside it passed over. One walk
/// with a counter and no recursion: a file of nothing but openings costs what its bytes cost.
fn end_of_contents(bytes: &[u8]) -> Option<usize> {
    let (mut rest, mut open) = (bytes, 1_usize);
    loop {
        if rest.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return bytes.len().checked_sub(rest.len());
            }
            rest = rest.get(2..)?;
            continue;
        }
        let (_, length, after) = head(rest)?;
        rest = match length {
            Length::Definite(length) => after.get(length..)?,
            Length::Indefinite if open < MAX_DEPTH => {
                open += 1;
                after
            }
            Length::Indefinite => return None,
        };
    }
}

/// The bytes below PEM armour or bare base64.
fn unarmoured(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = bytes.trim_ascii();
    if !text.starts_with(b"-----") {
        return from_base64(text, usize::MAX);
    }
    let text = std::str::from_utf8(text).ok()?;
    let lines = text.lines().skip(1);
    let body = lines.take_while(|line| !line.starts_with("-----"));
    from_base64(body.collect::<String>().as_bytes(), usize::MAX)
}

/// Base64 with blanks and line ends in it, up to `most` characters of it.
fn from_base64(text: &[u8], most: usize) -> Option<Vec<u8>> {
    let characters = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    let compact = characters.take(most).collect::<Vec<_>>();
    STANDARD.decode(compact).ok()
}

#[cfg(test)]
pub(super) mod tests;
