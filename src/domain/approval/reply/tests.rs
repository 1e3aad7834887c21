use super::*;

fn verb(text: &str) -> Verb {
    understand(text).verb
}

#[test]
fn one_word_in_six_languages_approves() {
    for word in [
        "Approve",
        "APPROVED.",
        "genehmigt",
        "Freigegeben!",
        "Approuvé",
        "aprobado",
        "Approvato",
        "akkoord",
        "Goedgekeurd",
        "*Approved*",
        "“approve”",
        "\n\n  approve  \n",
    ] {
        assert_eq!(verb(word), Verb::Approve, "{word:?}");
    }
}

#[test]
fn a_signature_or_the_phones_advertisement_does_not_spoil_an_approval() {
    assert_eq!(
        verb("Genehmigt\n\nMit freundlichen Grüßen\nAnna Berg\nNicht für Dritte bestimmt"),
        Verb::Approve
    );
    assert_eq!(verb("Approved\n\nSent from my iPhone"), Verb::Approve);
    assert_eq!(verb("approve\n\nThanks,\nBen"), Verb::Approve);
}

#[test]
fn a_farewell_a_signature_and_the_companys_small_print_are_no_part_of_the_answer() {
    for below in [
        "Anna",
        "Anna Berg",
        "Anna Berg\nHead of Finance\nOur Company GmbH\n+49 30 123456 | www.fin.test",
        "Dr. Anna Berg\nLeiterin der Buchhaltung\nAlpha SE, Hafenstr. 12, 20457 Hamburg",
        "Best,\nAnna",
        "Best regards from Hamburg\nAnna",
        "Thanks a lot and kind regards\nAnna Berg\nBoston, MA\nCompany No. 123456",
        "Vielen Dank und viele Grüße\nAnna",
        "Mit freundlichen Grüßen / Kind regards\ni. A. Anna Berg\nAmtsgericht Hamburg, HRB 1, keine Haftung",
        "Bien cordialement,\nAnne",
        "Sent from my iPhone, please excuse typos",
        "Get Outlook for iOS https://aka.ms/o0ukef?x=1",
        "This e-mail is confidential. If you are not the intended recipient,\nplease do not read it, but delete it.",
        "Gruß\nAnna\nDiese Nachricht ist vertraulich.\nWenn Sie nicht gemeint sind, löschen Sie sie bitte.",
        "Regards\nAnna\nPlease consider the environment before printing. Is it needed?",
    ] {
        let text = format!("Approve\n\n{below}");
        assert_eq!(verb(&text), Verb::Approve, "{text:?}");
    }
}

#[test]
fn what_is_written_below_the_word_is_read_even_below_a_thank_you() {
    for (below, expected) in [
        (
            "Thanks for sending this over.\nPlease hold payment until delivery.",
            Verb::Unclear,
        ),
        ("Thanks\nPlease hold payment until delivery.", Verb::Unclear),
        ("Thanks,\nAnna\nBut not the second line", Verb::Unclear),
        ("Danke\nZahlung bitte nach Lieferung", Verb::Unclear),
        (
            "Thanks\nPlease deduct the 200 EUR credit first.",
            Verb::Unclear,
        ),
        ("Thanks, Anna\nplus the credit of May", Verb::Unclear),
        (
            "Best regards\nAnna Berg\nwe make coffee a little better.",
            Verb::Approve,
        ),
        ("Grazie\nNon pagare, grazie", Verb::Unclear),
        ("Best regards\nAnna\nWho ordered this?", Verb::Question),
        ("Many thanks, who ordered it?", Verb::Question),
        ("Please pay half of it", Verb::Unclear),
        ("Skonto 3 %", Verb::Unclear),
        ("Danke, dass Sie das geprüft haben", Verb::Unclear),
        ("Best to take it off the next bill", Verb::Unclear),
        ("Anna Berg\nplease pay on Friday", Verb::Unclear),
        ("I have seen the goods.", Verb::Unclear),
    ] {
        let text = format!("Approve\n{below}");
        assert_eq!(verb(&text), expected, "{text:?}");
    }
}

#[test]
fn a_reason_that_begins_like_a_farewell_is_part_of_the_reason() {
    let reason = |text: &str| understand(text).reason.unwrap_or_default();
    assert_eq!(
        reason("Reject\nThanks for the quick bill, the price is wrong\nRegards\nAnna"),
        "Thanks for the quick bill, the price is wrong"
    );
}

#[test]
fn anything_with_a_doubt_in_it_decides_nothing() {
    for text in [
        "",
        "   \n \n",
        "👍",
        "ok",
        "OK?",
        "ok",
        "yes",
        "not approved",
        "approve?",
        "approved?",
        "approve if they deliver",
        "Approved\nbut only if the rest is delivered",
        "Approved, when the goods are there",
        "I do not approve",
        "don't approve",
        "Approve / Reject",
        "approve reject",
        "Approved\n\nReject",
        "approve please",
        "please approve",
        "disapproved",
        "approvedx",
        "nicht genehmigt",
        "genehmigt, aber nur teilweise",
        "Approved\nnot for the second line",
        "It was approved",
        "approve\nWait for my call",
        "ap prove",
        "Approved\nThanks, but only after delivery",
    ] {
        assert!(
            matches!(verb(text), Verb::Unclear | Verb::Question),
            "{text:?} was taken for {}",
            verb(text)
        );
    }
}

#[test]
fn a_rejection_carries_its_reason_from_the_same_line_or_the_next() {
    let reason = |text: &str| (verb(text), understand(text).reason);
    let said = |why: &str| (Verb::Reject, Some(why.to_owned()));
    assert_eq!(reason("Reject: wrong quantity"), said("wrong quantity"));
    assert_eq!(
        reason("Rejected - not ordered by us"),
        said("not ordered by us")
    );
    assert_eq!(
        reason("Abgelehnt\nFalscher Betrag,\nbitte neu\n\nGruß\nAnna"),
        said("Falscher Betrag, bitte neu")
    );
    assert_eq!(reason("Refusé : montant erroné"), said("montant erroné"));
    assert_eq!(
        reason("Abgelehnt\nBestellung fehlt"),
        said("Bestellung fehlt")
    );
    assert_eq!(reason("REJECT wrong quantity"), said("wrong quantity"));
    assert_eq!(reason("*Reject*, not ordered"), said("not ordered"));
    assert_eq!(reason("Reject (not ordered)"), said("not ordered"));
    assert_eq!(
        reason("Abgelehnt weil der Betrag nicht passt"),
        said("weil der Betrag nicht passt")
    );
    assert_eq!(reason("Refusé: pas conforme"), said("pas conforme"));
}

#[test]
fn a_rejection_without_a_reason_has_none() {
    for text in [
        "Reject",
        "reject.",
        "Abgelehnt!\n\nMit freundlichen Grüßen\nAnna",
    ] {
        assert_eq!(
            (verb(text), understand(text).reason),
            (Verb::Reject, None),
            "{text:?}"
        );
    }
}

#[test]
fn a_rejection_with_a_doubt_in_it_decides_nothing() {
    for text in [
        "Reject?",
        "reject or approve",
        "reject\napprove",
        "Reject if it is the second one",
        "Reject is not what I mean, please pay",
        "REJECT is not what I mean",
        "Refuse collection invoice for October, fine with me",
        "rejected items are credited, so this is fine to pay",
        "Reject-items are credited",
        "Abgelehnt wurde nur die erste Lieferung",
        "Reject: fine with me",
    ] {
        assert!(
            matches!(verb(text), Verb::Unclear | Verb::Question),
            "{text:?} was taken for {}",
            verb(text)
        );
    }
}

#[test]
fn questions_and_delegations_are_told_apart_and_decide_nothing() {
    assert_eq!(verb("Who ordered this?"), Verb::Question);
    assert_eq!(verb("Approved\nBut why is VAT 16 %?"), Verb::Question);
    assert_eq!(verb("Delegate to Ben Okafor"), Verb::Delegate);
    assert_eq!(
        understand("Delegate to Ben").reason.as_deref(),
        Some("to Ben")
    );
}

#[test]
fn two_parts_that_disagree_decide_nothing() {
    assert_eq!(
        understand_both("Reject: wrong", Some("Approve")).verb,
        Verb::Unclear
    );
    assert_eq!(
        understand_both("Approve", Some("Approve")).verb,
        Verb::Approve
    );
    assert_eq!(understand_both("Approve", None).verb, Verb::Approve);
    assert_eq!(
        understand_both("Approve", Some("not approved")).verb,
        Verb::Unclear
    );
    let with_signature = "Approve\n\nAnna Berg\nIf you are not the recipient, please delete this.";
    assert_eq!(
        understand_both("Approve", Some(with_signature)).verb,
        Verb::Approve,
        "only the layout differs"
    );
}

#[test]
fn every_word_is_folded_so_that_it_can_be_found() {
    for word in APPROVE_WORDS
        .iter()
        .chain(REJECT_WORDS)
        .chain(DELEGATE_WORDS)
        .chain(DOUBT_WORDS)
    {
        assert_eq!(fold(word), **word);
    }
}
