//! What stands below the words that count: a farewell, a signature, the company's small print; or something the writer
//! wants to be read. The two are told apart by form, since nobody's name or title is known here: what is not surely one of
//! the first counts as the second, and then nothing is decided.

use super::{DOUBT_WORDS, asks, has_word, is_ornament};
use crate::basics::text::fold;

/// What was found below the words that count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Below {
    /// Nothing but a farewell, a signature or small print.
    Nothing,
    /// A question.
    Asks,
    /// A word that makes the answer conditional or takes it back.
    Doubts,
    /// Something else.
    Says,
}

/// How a farewell begins, folded. A line is one when nothing but names and `GREETING_WORDS` follow.
const FAREWELLS: &[&str] = &[
    "best",
    "best regards",
    "kind regards",
    "regards",
    "warm regards",
    "many thanks",
    "thanks",
    "thank you",
    "cheers",
    "yours",
    "sincerely",
    "mit freundlichen",
    "mit freundlichem",
    "mit besten",
    "freundliche",
    "viele",
    "beste",
    "liebe",
    "schone",
    "gruß",
    "gruss",
    "gruße",
    "grusse",
    "danke",
    "vielen dank",
    "mfg",
    "vg",
    "lg",
    "cordialement",
    "bien a vous",
    "bien cordialement",
    "merci",
    "salutations",
    "saludos",
    "un saludo",
    "atentamente",
    "gracias",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "grazie",
    "met vriendelijke",
    "vriendelijke",
    "groet",
    "groeten",
    "bedankt",
    "mvg",
    "--",
    "__",
];
/// How a mail program begins to advertise itself, folded; it says the rest in its own words.
const ADVERTISEMENTS: &[&str] = &[
    "sent from",
    "get outlook",
    "von meinem",
    "gesendet",
    "envoye de",
    "envoye depuis",
    "enviado desde",
    "inviato da",
    "verzonden",
    "verstuurd",
];
/// What stands in a farewell besides names, folded.
const GREETING_WORDS: &[&str] = &[
    "a",
    "again",
    "all",
    "advance",
    "alvast",
    "an",
    "and",
    "aus",
    "avance",
    "auch",
    "best",
    "beste",
    "besten",
    "bien",
    "bonne",
    "cordial",
    "cordiales",
    "cordiali",
    "cordialement",
    "cordialmente",
    "dank",
    "danke",
    "de",
    "dem",
    "der",
    "dir",
    "distinti",
    "e",
    "en",
    "et",
    "euch",
    "faithfully",
    "freundliche",
    "freundlichen",
    "from",
    "gracias",
    "grazie",
    "greetings",
    "groet",
    "groeten",
    "gruß",
    "gruße",
    "grußen",
    "gruss",
    "grusse",
    "grussen",
    "ihnen",
    "im",
    "in",
    "journee",
    "kind",
    "lot",
    "many",
    "meilleures",
    "merci",
    "mit",
    "mille",
    "much",
    "muchas",
    "regards",
    "saludos",
    "saluti",
    "salutations",
    "schone",
    "schonen",
    "schones",
    "sincerely",
    "tag",
    "thank",
    "thanks",
    "the",
    "truly",
    "und",
    "van",
    "veel",
    "vielen",
    "viele",
    "voraus",
    "vorab",
    "vous",
    "vriendelijke",
    "warm",
    "wishes",
    "wochenende",
    "y",
    "you",
    "yours",
];
/// Small words in names, titles and companies, folded; every other word there begins with a capital.
const JOINING_WORDS: &[&str] = &[
    "and", "at", "da", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "e",
    "en", "et", "for", "fur", "het", "i", "im", "in", "la", "le", "of", "the", "und", "van", "vom",
    "von", "y", "zu", "zum", "zur",
];
/// What a mail says about itself when it is not for everybody, folded. From there on nobody speaks any more.
const CONFIDENTIAL: &[&str] = &[
    "confidential",
    "privileged",
    "intended recipient",
    "intended addressee",
    "not the recipient",
    "not the addressee",
    "you have received this",
    "received in error",
    "vertraulich",
    "fur dritte bestimmt",
    "nicht der richtige adressat",
    "nicht der beabsichtigte empfanger",
    "nicht der vorgesehene empfanger",
    "irrtumlich erhalten",
    "confidentiel",
    "destinataire",
    "confidencial",
    "destinatario",
    "confidenzial",
    "riservat",
    "vertrouwelijk",
    "geadresseerde",
];
/// What else only a company's small print says, folded.
const SMALL_PRINT: &[&str] = &[
    "disclaimer",
    "before printing",
    "print this e-mail",
    "print this email",
    "print this mail",
    "registered in england",
    "registered in scotland",
    "registered in ireland",
    "registered office",
    "registered number",
    "company number",
    "company no.",
    "company no:",
    "company reg",
    "vat no.",
    "vat no:",
    "vat reg",
    "vor dem ausdrucken",
    "mail ausdrucken",
    "amtsgericht",
    "handelsregister",
    "registergericht",
    "geschaftsfuhr",
    "sitz der gesellschaft",
    "aufsichtsrat",
    "ust-id",
    "imprimer ce",
    "siege social",
    "antes de imprimir",
    "registro mercantil",
    "prima di stampare",
    "sede legale",
    "kvk",
];
/// How a mail names itself, folded.
const THE_MAIL: &[&str] = &[
    "mail",
    "message",
    "nachricht",
    "courriel",
    "mensaje",
    "correo",
    "messaggio",
    "bericht",
];
/// Doubts that are also parts of companies, places and numbers, folded: “Alpha SE”, “Boston, MA”, “Company No. 5”.
const ALSO_NAMES: &[&str] = &["als", "ma", "no", "non", "pas", "se", "si"];
/// Most words of a farewell, of a mail program's advertisement, and of a line of a signature.
const MAX_FAREWELL_WORDS: usize = 8;
const MAX_ADVERTISEMENT_WORDS: usize = 12;
const MAX_SIGNATURE_WORDS: usize = 10;
/// Most words of the name a signature without a farewell begins with.
const MAX_NAME_WORDS: usize = 4;

/// Reads the lines below the words that count, none of them empty; one of `contrary` takes them back, folded.
pub fn read(lines: &[&str], contrary: &[&str]) -> Below {
    let mut place = Place::UnderTheWords;
    for line in lines {
        if is_small_print(line, place) {
            return Below::Nothing;
        }
        if asks(line) {
            return Below::Asks;
        }
        if has_word(line, contrary) || has_doubt(line, place) {
            return Below::Doubts;
        }
        place = match place {
            _ if is_farewell(line) => Place::Farewell,
            Place::Farewell if is_of_signature(line) => Place::Signed,
            // What follows a name below a farewell is the sender's, but no part of the answer.
            Place::Signed => Place::Signed,
            Place::UnderTheWords if is_name(line) => Place::Signature,
            Place::Signature if is_of_signature(line) => Place::Signature,
            // Also at once below a farewell: whoever goes on after the thanks wants to be read.
            Place::UnderTheWords | Place::Signature | Place::Farewell => return Below::Says,
        };
    }
    Below::Nothing
}

/// The lines above the farewell.
pub fn until_farewell<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let body = lines.iter().take_while(|line| !is_farewell(line));
    body.copied().collect()
}

/// Where in the answer a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    UnderTheWords,
    Signature,
    Farewell,
    Signed,
}

/// It takes leave: below it stand a name, a title, small print.
fn is_farewell(line: &str) -> bool {
    let plain = fold(line);
    let count = plain.split_whitespace().count();
    if begins(&plain, ADVERTISEMENTS) {
        return count <= MAX_ADVERTISEMENT_WORDS;
    }
    begins(&plain, FAREWELLS)
        && count <= MAX_FAREWELL_WORDS
        && line.split_whitespace().all(|word| {
            let folded = fold(word);
            GREETING_WORDS.contains(&folded.trim_matches(is_mark)) || is_capital(word)
        })
}

/// The line begins with one of these and the word ends there.
fn begins(plain: &str, beginnings: &[&str]) -> bool {
    let mut rests = beginnings
        .iter()
        .filter_map(|words| plain.strip_prefix(*words));
    rests.any(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// A name as people sign with: a few words with capitals, without a number and without the end of a sentence.
fn is_name(line: &str) -> bool {
    line.split_whitespace().count() <= MAX_NAME_WORDS
        && !line.contains(|c: char| c.is_numeric())
        && !line.ends_with(['.', '!', ':'])
        && is_of_signature(line)
}

/// A name, a title, a company, a place, a telephone number or an address.
fn is_of_signature(line: &str) -> bool {
    let mut words = line.split_whitespace();
    line.split_whitespace().count() <= MAX_SIGNATURE_WORDS
        && words.all(|word| {
            let folded = fold(word);
            is_capital(word) || JOINING_WORDS.contains(&folded.trim_matches(is_mark))
        })
}

/// Begins with a capital, a digit or nothing that has a case, or is an address of the web or of mail.
fn is_capital(word: &str) -> bool {
    let first = word.chars().find(|c| c.is_alphanumeric());
    first.is_none_or(|first| !first.is_lowercase()) || is_address(word)
}

fn is_address(word: &str) -> bool {
    let inner = word.trim_matches(is_ornament);
    inner.contains('@') || inner.contains("://") || inner.to_lowercase().starts_with("www.")
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

/// What the company adds below a farewell or a signature; at once below the word only what says that it is about the mail.
fn is_small_print(line: &str, place: Place) -> bool {
    let plain = fold(line);
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| plain.contains(phrase));
    match place {
        Place::UnderTheWords => says(CONFIDENTIAL) && says(THE_MAIL),
        Place::Signature | Place::Farewell | Place::Signed => {
            says(CONFIDENTIAL) || says(SMALL_PRINT)
        }
    }
}

/// A word of doubt. Below the answer one that is also part of names counts only as it stands in a sentence.
fn has_doubt(line: &str, place: Place) -> bool {
    if place == Place::UnderTheWords {
        return has_word(line, DOUBT_WORDS);
    }
    let words = line
        .split_whitespace()
        .filter(|word| !is_address(word))
        .collect::<Vec<_>>();
    let is_lower = |word: &&str| word.starts_with(char::is_lowercase);
    let begins_sentence = words.get(1).is_some_and(is_lower);
    words.iter().enumerate().any(|(at, word)| {
        let in_sentence = is_lower(word) || (at == 0 && begins_sentence);
        has_word(word, DOUBT_WORDS) && (in_sentence || !has_word(word, ALSO_NAMES))
    })
}
