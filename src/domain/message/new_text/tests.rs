use super::*;

/// A request such as ours: it holds both words an approver may answer with.
const REQUEST: &str =
    "Please approve bill RE-7 of Example Ltd.\nAnswer with the word APPROVE, or REJECT and why.";

fn quoted() -> String {
    REQUEST.lines().map(|line| format!("> {line}\n")).collect()
}

fn assert_answer(body: &str, answer: &str) {
    let new = new_text(body);
    assert_eq!(new.text, answer, "in\n{body}");
    assert!(new.certain, "certain in\n{body}");
}

#[test]
fn every_pattern_compiles() {
    marks::compile_all();
}

#[test]
fn attributions_in_the_languages_of_mail_programs() {
    for attribution in [
        "On Sat, Nov 21, 2026 at 10:02 AM Countinghouse <ap@fin.test> wrote:",
        "On Sat, Nov 21, 2026 at 10:02 AM Countinghouse of Example Company Limited <\nap+01ARZ3NDEKTSV4RRFFQ69G5FAV@fin.test> wrote:",
        "Am 21.11.26 um 10:02 schrieb Countinghouse:",
        "Am Sa., 21. Nov. 2026 um 10:02 Uhr schrieb Countinghouse <ap@fin.test>:",
        "Countinghouse <ap@fin.test> schrieb am Sa. 21. Nov. 2026 um 10:02:",
        "Le sam. 21 nov. 2026 à 10:02, Countinghouse <ap@fin.test> a écrit :",
        "El sáb, 21 nov 2026 a las 10:02, Countinghouse (<ap@fin.test>) escribió:",
        "Il giorno sab 21 nov 2026 alle ore 10:02 Countinghouse <ap@fin.test> ha scritto:",
        "Op za 21 nov 2026 om 10:02 schreef Countinghouse <ap@fin.test>:",
        "Em sáb., 21 de nov. de 2026 às 10:02, Countinghouse <ap@fin.test> escreveu:",
        "sob., 21 lis 2026 o 10:02 Countinghouse <ap@fin.test> napisał(a):",
        "Den lör 21 nov. 2026 kl 10:02 skrev Countinghouse <ap@fin.test>:",
        "lør. 21. nov. 2026 kl. 10:02 skrev Countinghouse <ap@fin.test>:",
        "la 21. marrask. 2026 klo 10.02 Countinghouse (ap@fin.test) kirjoitti:",
        "so 21. 11. 2026 v 10:02 odesílatel Countinghouse <ap@fin.test> napsal:",
        "сб, 21 нояб. 2026 г. в 10:02, Countinghouse <ap@fin.test>:\n",
        "сб, 21 лист. 2026 р. о 10:02 Countinghouse <ap@fin.test> пише:",
        "2026年11月21日(土) 10:02 Countinghouse <ap@fin.test>:",
        "Countinghouse <ap@fin.test> 于2026年11月21日周六 10:02写道：",
    ] {
        let body = format!("Approved\n\n{attribution}\n\n{}", quoted());
        let new = new_text(&body);
        assert!(new.text.starts_with("Approved"), "{attribution}");
        assert!(
            !new.text.contains("REJECT") || !new.certain,
            "{attribution}"
        );
        if !attribution.starts_with("сб, 21 нояб") {
            assert_answer(&body, "Approved");
        }
    }
}

#[test]
fn attributions_of_webmail_and_terminals() {
    for attribution in [
        "Op 21 nov 2026, om 10:02 heeft Countinghouse <ap@fin.test> het volgende\ngeschreven:",
        "Am Samstag, 21. November 2026 um 10:02:33 MEZ hat Countinghouse\n<ap@fin.test> Folgendes geschrieben:",
        "Am Samstag, dem 21.11.2026 um 10:02 +0100 schrieb Countinghouse:",
        "On Saturday, November 21st, 2026 at 10:02 AM, Countinghouse <ap@fin.test> wrote:",
        "Le sam. 21 nov. 2026 à 10:02, Countinghouse de la Société Exemple\n<ap@fin.test>\na écrit :",
        "Countinghouse schreef op 2026-11-21 10:02:",
        "Zitat von Countinghouse <ap@fin.test>:",
        "Quoting Countinghouse <ap@fin.test>:",
        "* Countinghouse <ap@fin.test> [2026-11-21 10:02]:",
        "> Countinghouse <ap@fin.test> hat am 21.11.2026 10:02 CET geschrieben:\n>",
        "> Message du 21/11/26 10:02\n> De : \"Countinghouse\" <ap@fin.test>\n> A : anna@example.com\n> Objet : Facture RE-7\n>",
    ] {
        assert_answer(
            &format!("Approved\n\n{attribution}\n{}", quoted()),
            "Approved",
        );
    }
}

#[test]
fn webmail_marks_the_older_mail_in_its_own_language() {
    for separator in [
        "----- Original Message -----\nFrom: \"Countinghouse\" <ap@fin.test>\nTo: \"Anna\" <anna@example.com>\nSubject: Bill",
        "----- Mail original -----\nDe: \"Countinghouse\" <ap@fin.test>\nÀ: \"Anna\" <anna@example.com>\nObjet: Facture",
        "----- Ursprüngliche Mail -----\nVon: \"Countinghouse\" <ap@fin.test>\nAn: \"Anna\" <anna@example.com>\nBetreff: Rechnung",
        "----- Mensaje original -----\nDe: \"Countinghouse\" <ap@fin.test>\nPara: \"Anna\" <anna@example.com>\nAsunto: Factura",
        "----- Messaggio originale -----\nDa: \"Countinghouse\" <ap@fin.test>\nA: \"Anna\" <anna@example.com>\nOggetto: Fattura",
        "-------- Oorspronkelijk bericht --------\nVan: Countinghouse <ap@fin.test>\nDatum: 21-11-26 10:02\nAan: anna@example.com\nOnderwerp: Factuur",
        "Gesendet: Samstag, 21. November 2026 um 10:02 Uhr\nVon: \"Countinghouse\" <ap@fin.test>\nAn: anna@example.com\nBetreff: Rechnung",
        "-----Countinghouse <ap@fin.test> schrieb: -----\nAn: anna@example.com\nVon: Countinghouse <ap@fin.test>\nBetreff: Rechnung",
    ] {
        assert_answer(
            &format!("Approved\n\n{separator}\n\n{REQUEST}\n"),
            "Approved",
        );
    }
}

#[test]
fn outlook_writes_header_lines_in_its_own_language() {
    for header in [
        "From: Countinghouse <ap@fin.test>\nSent: Saturday, November 21, 2026 10:02\nTo: Anna\nSubject: Bill",
        "Von: Countinghouse <ap@fin.test>\nGesendet: Samstag, 21. November 2026 10:02\nAn: Anna\nBetreff: Rechnung",
        "De : Countinghouse <ap@fin.test>\nEnvoyé : samedi 21 novembre 2026 10:02\nÀ : Anna\nObjet : Facture",
        "De: Countinghouse\nEnviado el: sábado, 21 de noviembre de 2026\nPara: Anna\nAsunto: Factura",
        "Da: Countinghouse\nInviato: sabato 21 novembre 2026\nA: Anna\nOggetto: Fattura",
        "Van: Countinghouse\nVerzonden: zaterdag 21 november 2026\nAan: Anna\nOnderwerp: Factuur",
        "Od: Countinghouse\nWysłano: sobota, 21 listopada 2026\nDo: Anna\nTemat: Faktura",
        "Från: Countinghouse\nSkickat: den 21 november 2026\nTill: Anna\nÄmne: Faktura",
        "*From:* Countinghouse\n*Sent:* Saturday\n*To:* Anna\n*Subject:* Bill",
    ] {
        assert_answer(&format!("Approved\n\n{header}\n\n{REQUEST}\n"), "Approved");
        assert_answer(
            &format!("Approved\n________________________________\n{header}\n\n{REQUEST}\n"),
            "Approved",
        );
    }
}

#[test]
fn an_empty_answer_above_a_quote_decides_nothing() {
    for body in [
        format!(
            "On Sat, 21 Nov 2026 at 10:02, ap@fin.test <ap@fin.test> wrote:\n\n{}",
            quoted()
        ),
        format!("On Sat, 21 Nov 2026 at 10:02, ap@fin.test <ap@fin.test> wrote:\n\n{REQUEST}\n"),
        format!("From: a\nSent: b\nTo: c\nSubject: d\n\n{REQUEST}"),
        quoted(),
        String::new(),
        "-- \nAPPROVE\n".to_owned(),
    ] {
        let new = new_text(&body);
        assert!(!new.certain, "{new:?}");
    }
}

#[test]
fn a_quote_and_nothing_else_is_no_answer() {
    let body = format!(
        "> On 21 Nov 2026 at 10:02, ap <ap@fin.test> wrote:\n>\n{}",
        quoted()
    );
    assert_eq!(new_text(&body), NewText::default());
}

#[test]
fn an_answer_below_the_quote_is_found() {
    let body = format!(
        "On Sat, 21 Nov 2026 at 10:02, ap <ap@fin.test> wrote:\n{}\nApproved\n\n-- \nAnna\n",
        quoted()
    );
    assert_answer(&body, "Approved");
}

#[test]
fn answers_between_quoted_lines_are_for_a_person() {
    let body = format!(
        "See below\n\nOn 21 Nov 2026, ap <ap@fin.test> wrote:\n{}But why twice?\n> more\n",
        quoted()
    );
    assert!(!new_text(&body).certain);
    let new = new_text("> Is this yours?\nYes.\n> And this?\nNo.\n");
    assert!(!new.certain);
    assert_eq!(new.own_lines().collect::<Vec<_>>(), ["Yes.", "No."]);
}

#[test]
fn phones_and_signatures_are_cut() {
    assert_answer("Freigegeben\n\nVon meinem iPhone gesendet\n", "Freigegeben");
    for added in [
        "Sent from my iPhone",
        "Sent from Mail for Windows",
        "Von meinem/meiner Galaxy gesendet",
        "Outlook für Android<https://aka.test/x> herunterladen",
        "Obtenez Outlook pour iOS",
        "Envoyé de mon iPhone",
        "Obtenga Outlook para iOS",
        "Enviado desde mi iPhone",
        "Ottieni Outlook per iOS",
        "Inviato da iPhone",
        "Download Outlook voor Android",
        "Verstuurd vanaf mijn iPhone",
    ] {
        assert_answer(&format!("OK\n\n{added}\n"), "OK");
    }
    assert_answer("OK\n-- \nAnna Berg\nCFO\n", "OK");
    assert_answer(
        "Approved\r\n\r\nGet Outlook for iOS<https://aka.test/x>\r\n",
        "Approved",
    );
}

#[test]
fn a_sentence_that_looks_like_an_attribution_stays() {
    assert_answer(
        "On this day\n\nI wrote something\n\nto them.",
        "On this day\n\nI wrote something\n\nto them.",
    );
    for own in [
        "Reject. On the invoice they wrote: see attached",
        "From: now on please use the new address.\nThanks",
        "We paid on 12 November 2026, as Anna wrote:\nthe amount was 100.00.",
        "Le montant est faux.\nDe plus, la date est fausse.",
        "Verzonden op 12 november per post.\nGroet",
        "Gesendet haben wir es gestern.\nGruß",
        "Sent the money yesterday.\nRegards",
    ] {
        assert_answer(own, own);
    }
}

#[test]
fn a_huge_body_is_cut_and_never_certain() {
    let body = "Approved\n".repeat(100_000);
    assert!(!new_text(&body).certain);
    let deep = format!("Approved\n{}", "> ".repeat(100_000));
    assert_eq!(new_text(&deep).own_lines().next(), Some("Approved"));
}

#[test]
fn a_paper_in_a_body_loses_the_mails_it_quotes_and_keeps_its_signature() {
    let paid = "We paid:\n\nNumber   Amount\n---------------\nMR-1     10.00\n| MR-2 | 20.00 |\n\n--\nKettle Ltd";
    assert_eq!(without_quoted_mails(paid), paid);
    let old =
        "On Mon, 2 Nov 2026 at 10:00, Anna <a@us.test> wrote:\n> We paid:\n> MR-0     99.00\n";
    assert_eq!(without_quoted_mails(&format!("{paid}\n\n{old}")), paid);
    let block = "From: Anna <a@us.test>\nSent: Monday, 2 November 2026 10:00\nTo: Kettle <k@kettle.test>\nSubject: Advice\n\nMR-0     99.00\n";
    assert_eq!(without_quoted_mails(&format!("{paid}\n\n{block}")), paid);
    assert_eq!(without_quoted_mails(&format!("{old}\n{paid}")), paid);
    assert!(without_quoted_mails(block).contains("MR-0"));
}

#[test]
fn an_answer_above_a_quote_that_nobody_announces_is_all_there_is() {
    for answer in [
        "Approved, thanks.",
        "Nein, der Preis ist falsch.\n\nSiehe Angebot.",
    ] {
        let body =
            format!("{answer}\n\n> Please approve bill 4711.\n>\n> Reply APPROVE or DECLINE.\n");
        assert_answer(&body, answer);
        assert!(new_text(&body).certain);
    }
    let between = "> Is the price right?\nYes.\n> And the date?\n";
    assert!(!new_text(between).certain);
}
