//! The marks by which mail programs show where an older mail begins, in the languages of the programs seen:
//! en de fr es it nl pt pl sv da no fi cs ru uk ja zh.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// A place where the sender's words may end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    /// "On …, Anna wrote:", perhaps over several lines; the quote begins at line `end`.
    Attribution {
        /// First line after it.
        end: usize,
        /// It stands inside a quote itself.
        is_quoted: bool,
    },
    /// "Original Message", "Forwarded message" and the header lines after it; the older mail begins at line `end`.
    Separator {
        /// First line after it.
        end: usize,
    },
    /// Header lines without a separator, as Outlook writes them.
    Headers {
        /// First line after them.
        end: usize,
    },
    /// A line of dashes or the like: a signature or a rule before something that is not the answer.
    Delimiter,
}

impl Mark {
    /// True for an attribution.
    pub fn opens_quote(&self) -> bool {
        matches!(self, Self::Attribution { .. })
    }
}

/// The marks of one text, by line.
pub struct Marks {
    cuts: Vec<(usize, Mark)>,
    quoted: Vec<bool>,
    attributed: Vec<bool>,
    phone: Vec<bool>,
}

/// Lines an attribution is broken over by programs that wrap at 70 columns, with a long name and a long address.
const MAX_ATTRIBUTION_LINES: usize = 5;
/// Longest attribution, in bytes.
const MAX_ATTRIBUTION_BYTES: usize = 400;
/// Lines longer than this are no marks.
const MAX_MARK_BYTES: usize = 400;

impl Marks {
    /// Reads the lines once.
    pub fn find(lines: &[&str]) -> Self {
        let count = lines.len();
        let mut marks = Self {
            cuts: Vec::new(),
            quoted: lines.iter().map(|line| is_quote(line)).collect(),
            attributed: vec![false; count],
            phone: lines
                .iter()
                .map(|line| line.len() <= MAX_MARK_BYTES && PHONE.is_match(line.trim()))
                .collect(),
        };
        let mut in_code = false;
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            }
            let mark = if in_code || line.trim().is_empty() {
                None
            } else {
                mark_at(lines, at)
            };
            let next = match &mark {
                Some(Mark::Attribution { end, .. }) => {
                    marks
                        .attributed
                        .iter_mut()
                        .take(*end)
                        .skip(at)
                        .for_each(|flag| *flag = true);
                    *end
                }
                Some(Mark::Separator { end } | Mark::Headers { end }) => *end,
                Some(Mark::Delimiter) | None => at + 1,
            };
            marks.cuts.extend(mark.map(|mark| (at, mark)));
            at = next.max(at + 1);
        }
        marks
    }

    /// The line of the first mark; the number of lines when there is none.
    pub fn first_cut(&self) -> usize {
        self.first(true)
    }

    /// The same for an older mail alone: no signature and no rule, which a list of amounts may hold, too.
    pub fn first_older_mail(&self) -> usize {
        self.first(false)
    }

    fn first(&self, by_delimiter: bool) -> usize {
        let above_is_own = |at: usize| self.quoted.iter().take(at).any(|quoted| !quoted);
        let counts = |(at, mark): &&(usize, Mark)| match mark {
            // A quote at the very top may itself contain older attributions.
            Mark::Attribution { is_quoted, .. } => !is_quoted || above_is_own(*at),
            Mark::Separator { .. } | Mark::Headers { .. } => {
                !self.is_quoted(*at) || above_is_own(*at)
            }
            Mark::Delimiter => by_delimiter,
        };
        self.cuts
            .iter()
            .find(counts)
            .map_or(self.quoted.len(), |(at, _)| *at)
    }

    /// Is there an attribution inside a quote?
    pub fn quotes_a_mail(&self) -> bool {
        self.attributed.iter().any(|attributed| *attributed)
    }

    /// The mark at a line.
    pub fn at(&self, line: usize) -> Option<&Mark> {
        self.cuts
            .iter()
            .find(|(at, _)| *at == line)
            .map(|(_, mark)| mark)
    }

    /// The line of the first delimiter, separator or header block at or after `from`.
    pub fn signature_from(&self, from: usize) -> usize {
        let ends = |(at, mark): &&(usize, Mark)| *at >= from && !mark.opens_quote();
        self.cuts
            .iter()
            .find(ends)
            .map_or(self.quoted.len(), |(at, _)| *at)
    }

    /// The line of the first mark of any sort at or after `from`.
    pub fn cut_from(&self, from: usize) -> usize {
        self.cuts
            .iter()
            .find(|(at, _)| *at >= from)
            .map_or(self.quoted.len(), |(at, _)| *at)
    }

    /// Is the line quoted?
    pub fn is_quoted(&self, at: usize) -> bool {
        self.quoted.get(at).copied().unwrap_or(false)
    }

    /// Is the line part of an attribution?
    pub fn is_attribution(&self, at: usize) -> bool {
        self.attributed.get(at).copied().unwrap_or(false)
    }

    /// Is the line what a phone or program adds ("Sent from my …")?
    pub fn is_phone_signature(&self, at: usize) -> bool {
        self.phone.get(at).copied().unwrap_or(false)
    }
}

/// `> …`, `| …` as some web mail writes.
pub fn is_quote(line: &str) -> bool {
    let start = line.trim_start();
    start.starts_with('>') || start.starts_with("| ") || start == "|"
}

fn mark_at(lines: &[&str], at: usize) -> Option<Mark> {
    let line = lines.get(at)?;
    if line.len() > MAX_MARK_BYTES {
        return None;
    }
    let bare = unquoted(line);
    if may_separate(bare) && SEPARATOR.is_match(bare) {
        return Some(Mark::Separator {
            end: headers_end(lines, at + 1).unwrap_or(at + 1),
        });
    }
    if let Some(end) = headers_end(lines, at) {
        return Some(Mark::Headers { end });
    }
    if let Some(end) = attribution_end(lines, at) {
        return Some(Mark::Attribution {
            end,
            is_quoted: is_quote(line),
        });
    }
    (!is_quote(line) && DELIMITER.is_match(line.trim())).then_some(Mark::Delimiter)
}

/// What every separator has: most lines of a mail have none of it, and the pattern is long.
fn may_separate(line: &str) -> bool {
    line.starts_with(['*', '-', '_', '=', '—', 'm', 'M']) || line.contains(':')
}

fn is_header(line: &str) -> bool {
    line.len() <= MAX_MARK_BYTES && line.contains([':', '：']) && HEADER.is_match(unquoted(line))
}

fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', '|', ' ', '\t']).trim_end()
}

/// Joins up to five lines and asks whether they are an attribution; the smallest number that fits wins.
fn attribution_end(lines: &[&str], at: usize) -> Option<usize> {
    let mut joined = String::new();
    let mut taken = 0;
    let mut next = at;
    while taken < MAX_ATTRIBUTION_LINES {
        let line = lines.get(next)?;
        let bare = unquoted(line);
        if bare.is_empty() {
            // Some programs put the address into a paragraph of its own.
            let goes_on = taken == 1
                && lines
                    .get(next + 1)
                    .is_some_and(|line| line.trim_start().starts_with('<'));
            if !goes_on {
                return None;
            }
            next += 1;
            continue;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(bare);
        taken += 1;
        next += 1;
        if joined.len() > MAX_ATTRIBUTION_BYTES {
            return None;
        }
        if is_attribution(&joined, lines.get(next..).unwrap_or_default()) {
            return Some(next);
        }
        let names = |text: &str| text.contains('@') && NAME_AND_ADDRESS.is_match(text);
        if taken == 1 && !BEGINS.is_match(&joined) && !names(&joined) {
            return None;
        }
    }
    None
}

fn is_attribution(joined: &str, after: &[&str]) -> bool {
    let has_address = joined.contains('@');
    if joined.starts_with(['1', '2']) && DATE_AND_SENDER.is_match(joined)
        || has_address && QUOTING.is_match(joined)
    {
        return true;
    }
    if joined.ends_with(':') && NAME_AND_DATE.is_match(joined) {
        return STRONG.is_match(joined);
    }
    let begins = BEGINS.is_match(joined) || has_address && NAME_AND_ADDRESS.is_match(joined);
    if !begins || !VERB_AT_END.is_match(joined) {
        return false;
    }
    // "On the 3rd I wrote:" is a sentence, unless a year, a time or an address stands in it or a quote follows.
    let is_strong = STRONG.is_match(joined);
    let quote_follows = after
        .iter()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| is_quote(line));
    is_strong || quote_follows
}

/// At least three header lines, the first of them at `at`; gives the first line after them.
fn headers_end(lines: &[&str], at: usize) -> Option<usize> {
    if !lines.get(at).is_some_and(|line| is_header(line)) {
        return None;
    }
    let mut count = 0;
    let mut next = at;
    let mut last = at;
    // A subject or a list of addresses may go on over a line or two.
    while let Some(line) = lines.get(next) {
        if is_header(line) {
            count += 1;
            last = next + 1;
        } else if unquoted(line).is_empty() && count > 0 || next > last + 1 {
            break;
        }
        next += 1;
    }
    (count >= 3).then_some(last)
}

fn regex(pattern: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants; a test compiles each"
    )]
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .build()
        .expect("a constant pattern")
}

/// How an attribution begins: with a word for "on" and so on, with a date, or with a weekday.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"^(?:[-_*]+\s*)?(?:(?:on|at|am|le|el|il|op|em|den|dnia|w dniu|dne|ke|på|pe|il giorno|el día|в|у|on behalf)\b|(?:\p{L}+\.?,?\s+)?\d{1,4}[ ./\-年]|(?:\p{L}+\.?,?\s+)?\d{1,2}\.?\s+(?:de\s+)?\p{L}+\.?,?\s+(?:de\s+)?\d{4}|在|于|於)"#,
    )
});

/// `Anna Berg <anna@example.com> …`, `"Anna" [mailto:…]`
static NAME_AND_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"^["'“„]?[^<>"@.!?]{1,60}["'”]?\s*[<\[(]\s*(?:mailto:)?[^\s<>]+@[^\s<>]+[>\])]"#)
});

/// The verb at the end, or the verb with who and when behind it.
static VERB_AT_END: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:\b(?:wrote|writes|schrieb|geschrieben|a écrit|écrit|escribió|ha scritto|scrive|schreef|geschreven|escreveu|napisał(?:\(a\)|a)?|skrev|skreiv|kirjoitti|napsal(?:\(a\)|a)?|написала?|писала?|пишет|пише)\b|написал\(а\)|написав\(ла\)|写道|寫道|のメール|書きました|作成).{0,120}[:：]?\s*-*\s*$",
    )
});

/// What a sentence of the sender's own rarely has: a year, a time of day, an address.
static STRONG: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(?:19|20)\d\d\b|(?:19|20)\d\d年|\b\d{1,2}[:.]\d\d\b|<[^<>]*@[^<>]*>")
});

/// Gmail without a verb: `2016-10-24 15:36 GMT+02:00 Anna Berg <anna@example.com>:`
static DATE_AND_SENDER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}(?:.{0,100}<[^<>]*@[^<>]*>\s*[:：]?\s*$|.{0,12}\d\d:\d\d.{0,3}(?:GMT|UTC).{0,60}$)",
    )
});

/// Horde and Mutt: `Quoting Anna Berg <anna@example.com>:`, `* Anna Berg <anna@example.com> [2026-11-21 10:02]:`
static QUOTING: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:quoting|zitat von|citation de|citando(?: a)?|cita di|citaat van|\*)\s.{0,80}<[^<>]*@[^<>]*>[^.!?]{0,40}:\s*$",
    )
});

/// Roundcube and others set the date last: `Anna Berg schreef op 2026-11-21 10:02:`
static NAME_AND_DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[^.!?]{1,60}\s(?:wrote on|schrieb am|a écrit le|escribió el|ha scritto il|schreef op)\s[^!?]{0,60}\d[^!?]{0,20}:\s*$",
    )
});

static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    let words = "original message|original appointment|forwarded message|forwarded by|reply message|\
        original (?:e-?)?mail|\
        ursprüngliche (?:nachricht|(?:e-?)?mail)|original-?mail|originalnachricht|original-nachricht|weitergeleitete nachricht|\
        message d[’']origine|message original|e?-?mail (?:original|d[’']origine)|courriel original|message transféré|message initial|mensaje original|mensaje reenviado|correo original|\
        messaggio originale|messaggio inoltrato|e?-?mail originale|oorspronkelijk bericht|doorgestuurd bericht|oorspronkelijke e-?mail|origineel bericht|\
        mensagem original|mensagem encaminhada|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|\
        opprinnelig melding|videresendt melding|original meddelelse|oprindelig meddelelse|videresendt meddelelse|\
        alkuperäinen viesti|välitetty viesti|wiadomość oryginalna|oryginalna wiadomość|przekazana wiadomość|\
        původní zpráva|původní e-mail|přeposlaná zpráva|исходное сообщение|пересылаемое сообщение|\
        оригінальне повідомлення|原始邮件|原始郵件|转发的邮件|元のメッセージ|転送メッセージ";
    let begins = "begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré)|\
        inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|início da mensagem reencaminhada|\
        vidarebefordrat brev|videresendt besked|početí přeposlané zprávy";
    regex(&format!(
        r"^(?:\*?[-_=—]{{2,}}\s*(?:{words})\s*:?\s*[-_=—]*\*?|(?:{begins})\s*:|message du \d[\d/.]{{5,9}}\s+(?:à )?\d{{1,2}}[:h]\d\d)\s*$"
    ))
});

/// A header line of a quoted mail; Gmail and Outlook mobile print the names bold.
static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\*?(?:from|sent|date|to|cc|bcc|subject|reply-to|importance|von|gesendet|datum|an|betreff|antwort an|kopie|de|envoyé(?: le| par)?|date d'envoi|à|objet|répondre à|enviado(?: el| em)?|fecha|para|asunto|responder a|da|inviato|data|a|oggetto|risposta|rispondi a|van|verzonden|aan|onderwerp|enviada(?: em)?|assunto|od|wysłano|do|temat|data|från|skickat|till|kopia|ämne|fra|sendt|til|emne|dato|kopi|lähettäjä|lähetetty|päivämäärä|vastaanottaja|kopio|aihe|odesláno|komu|kopie|předmět|от|отправлено|дата|кому|копия|тема|від|надіслано|дата|копія|差出人|送信日時|送信者|宛先|件名|日時|发件人|发送时间|发送日期|收件人|抄送|主题|寄件者|收件者|主旨)\s*\*?\s*[:：]",
    )
});

/// Rules and signature marks: `-- `, `***`, `_____`; one stray mark some programs leave.
static DELIMITER: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:[-–—_*#~=+]{2,}|ᐧ|[—–])$"));

/// What programs add below a short answer.
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[<(\[*_\s]*(?:sent (?:from|via|with|by|using)\b.{0,120}|\S+ from mobile|from my \S+.{0,20}|(?:get|download) \[?outlook for .{0,80}|envoyé (?:depuis|de|à partir de)\b.{0,60}|(?:télécharger|téléchargez|obtenir|obtenez) outlook .{0,60}|von meine[mr](?:/meiner)? .{1,40} gesendet\.?|gesendet (?:von|mit|über)\b.{0,60}|diese nachricht wurde von .{1,60} gesendet\.?|holen sie sich outlook .{0,60}|outlook für .{1,60}(?:beziehen|herunterladen).{0,60}|enviado (?:desde|do|a partir do|con|pelo)\b.{0,60}|(?:obtener|obtenga|obtén|descargar) outlook .{0,60}|obter o? ?outlook .{0,60}|inviato (?:da|dal|con)\b.{0,60}|(?:scarica|ottieni) outlook .{0,60}|(?:verzonden|verstuurd) (?:met|vanaf|via|vanuit)\b.{0,60}|(?:download|krijg) outlook voor .{0,60}|outlook voor .{1,60}downloaden.{0,60}|skickat från\b.{0,60}|sendt fra\b.{0,60}|lähetetty\b.{0,60}|wysłane? z\b.{0,60}|odesláno z\b.{0,60}|отправлено (?:с|из|от)\b.{0,60}|надіслано з\b.{0,60}|從我的 .{1,20} 傳送|发自我的.{1,20}|iphoneから送信)[>)\]*_]*$",
    )
});

#[cfg(test)]
pub fn compile_all() {
    for pattern in [
        &*BEGINS,
        &*NAME_AND_ADDRESS,
        &*VERB_AT_END,
        &*STRONG,
        &*DATE_AND_SENDER,
        &*QUOTING,
        &*NAME_AND_DATE,
        &*SEPARATOR,
        &*HEADER,
        &*DELIMITER,
        &*PHONE,
    ] {
        assert!(!pattern.as_str().is_empty());
    }
}
