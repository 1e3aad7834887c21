"""The twenty mails of the demo, in the order they arrive. Each has the shape some real program gives its mail."""

from . import einvoice, mime, pages
from .cast import (ALTONA, AP, AR, B01, B02, B03, B04A, B04B, B05, B06, B07, B08, B12, B13, BALLINROW, BRINDLE, BRODERSEN,
                   CARLA, ELBKARTON, GEESTSTROM, HARMSEN, JONAS, LENA, MAHLWERK, PETERSEN, PETRA, SANDTOR, US)

WED, THU = "2026-11-18", "2026-11-19"


def stamp(day, clock):
    return f"{'Wed, 18' if day == WED else 'Thu, 19'} Nov 2026 {clock} +0100"


def from_supplier(party, sender, mailbox, day, clock, subject, ident, body, ip, agent=None, verdict="pass"):
    queue = "4" + "".join(c for c in ident.upper() if c.isalnum())[:11]
    head = mime.arrived(f"mail.{party.domain}", ip, queue, mailbox, stamp(day, clock), party.domain, verdict)
    fields = [("From", mime.address(sender, party.mail)), ("To", f"<{mailbox}>" if agent == "SAP" else mailbox),
              ("Subject", mime.word(subject)), ("Date", stamp(day, clock)), ("Message-ID", f"<{ident}@{party.domain}>")]
    if agent:
        fields.append(("X-Mailer" if agent != "Thunderbird" else "User-Agent", {"SAP": "SAP NetWeaver 7.50"}.get(agent, agent)))
    return mime.message(head, fields, body)


def german_html(paragraphs):
    inner = "".join(f'<p class="MsoNormal">{p}</p>\r\n'.replace("\r", "") for p in paragraphs)
    return ('<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
            f'<style>p.MsoNormal {{margin:0; font-size:11.0pt; font-family:"Calibri",sans-serif;}}</style></head>\n<body lang="DE">\n{inner}</body></html>\n')


def pdf_bill():
    lines = ["Guten Tag,", "anbei erhalten Sie unsere Rechnung RE-2026-0815 zu Ihrer Bestellung PO-26-0412.",
             "Mit freundlichen Grüßen", "Merle Stechmann<br>Elbkarton Verpackungen GmbH"]
    plain = "\n\n".join(lines).replace("<br>", "\n") + "\n"
    body = mime.multi("mixed", "_004_AM9P250MB0417elbkarton_", [
        mime.alternative("_000_AM9P250MB0417elbkarton_", plain, german_html(lines), "base64"),
        mime.file(pages.letter_german(B01), "Rechnung_RE-2026-0815.pdf"),
    ])
    return from_supplier(ELBKARTON, "Merle Stechmann", AP, WED, "09:12:44", "Rechnung RE-2026-0815", "AM9P250MB0417.7d31c0",
                         body, "192.0.2.17", "Microsoft Outlook 16.0")


def factur_x_bill():
    pdf = einvoice.factur_x(pages.modern_german(B02), einvoice.cii(B02))
    body = mime.multi("mixed", "------------0hQm7RkTz4W1s8uVbYc2dEfG", [
        mime.text("Sehr geehrte Damen und Herren,\n\nim Anhang finden Sie unsere Rechnung MS-260731 über die Jahreswartung Ihres Trommelrösters.\n"
                  "Die Datei ist eine E-Rechnung im Format Factur-X.\n\n-- \nTobias Kreitmayr\nMahlwerk Süd Maschinenservice GmbH\n",
                  encoding="8bit", extra="; format=flowed"),
        mime.file(pdf, "Rechnung MS-260731 Mahlwerk Süd.pdf"),
    ], preamble="This is a multi-part message in MIME format.\n")
    return from_supplier(MAHLWERK, "Tobias Kreitmayr", AP, WED, "10:03:20", "Rechnung MS-260731 – Jahreswartung TR-60",
                         "5b0c9f3e-7a41-4d0e-b1c6-2f90a1d7e660", body, "198.51.100.24", "Thunderbird")


def ubl_bill():
    body = mime.multi("mixed", "=_SAPOutput_00000417_001", [
        mime.text("Sehr geehrte Damen und Herren,\n\nbeigefügt erhalten Sie unsere elektronische Rechnung SR-26-2207 (XRechnung).\n\n"
                  "Diese Nachricht wurde maschinell erstellt.\nSandtor Rohkaffee Kontor GmbH & Co. KG\n", charset="iso-8859-1"),
        mime.file(einvoice.ubl(B03).encode(), "SR-26-2207.xml", "application/xml"),
    ])
    return from_supplier(SANDTOR, "Sandtor Rohkaffee Fibu", AP, WED, "11:30:02", "XRechnung SR-26-2207",
                         "20261118113002.0417.fibu", body, "203.0.113.80", "SAP")


def signature_logo():
    def pixel(x, y):
        inside = (x - 20) ** 2 + (y - 24) ** 2
        if inside < 300:
            return (216, 199, 166) if inside < 130 else (23, 50, 77)
        return (23, 50, 77) if 46 < x < 150 and y in (15, 16, 31, 32) else (255, 255, 255)
    return mime.png(160, 48, pixel)


def two_bills():
    plain = ("Hi Petra,\n\nPlease find attached invoices BBS-10482 and BBS-10485.\nBoth were delivered in full, so I hope all is in order.\n\n"
             "Kind regards,\nAoife\n\nAoife Brannigan\nAccounts, Ballinrow Barista Supplies Ltd\n+353 21 555 0144\n")
    html = ("<html><body><div>Hi Petra,</div><div><br></div><div>Please find attached invoices <b>BBS-10482</b> and <b>BBS-10485</b>.</div>"
            "<div>Both were delivered in full, so I hope all is in order.</div><div><br></div><div>Kind regards,<br>Aoife</div><div><br></div>"
            '<div><img src="cid:ballinrow-logo@ballinrow.example" alt="Ballinrow" width="160" height="48"><br>Aoife Brannigan<br>'
            "Accounts, Ballinrow Barista Supplies Ltd<br>+353 21 555 0144</div></body></html>\n")
    logo = mime.file(signature_logo(), "image001.png", "image/png", disposition="inline",
                     extra="Content-ID: <ballinrow-logo@ballinrow.example>\n")
    related = mime.multi("related", "000000000000b7e4c106a1f2d3e5", [
        mime.alternative("000000000000b7e4be06a1f2d3e4", plain, html), logo])
    body = mime.multi("mixed", "000000000000b7e4c306a1f2d3e6", [
        related,
        mime.file(pages.statement_english(B04A), "Invoice BBS-10482.pdf"),
        mime.file(pages.statement_english(B04B), "Invoice BBS-10485.pdf"),
    ])
    return from_supplier(BALLINROW, "Aoife Brannigan", AP, WED, "12:41:55", "Invoices BBS-10482 and BBS-10485",
                         "CAKx9q2mZt7rB0w4vE1yH8sJd3uLf6nPa5gQ", body, "198.51.100.131")


def credit_note():
    body = mime.multi("mixed", "=_SAPOutput_00000422_001", [
        mime.text("Sehr geehrte Damen und Herren,\n\nfür den reklamierten Sack mit Feuchteschaden erhalten Sie die Gutschrift SR-26-2211\n"
                  "zu unserer Rechnung SR-26-2207.\n\nSandtor Rohkaffee Kontor GmbH & Co. KG\n", charset="iso-8859-1"),
        mime.file(einvoice.ubl(B05).encode(), "SR-26-2211.xml", "text/xml"),
    ])
    return from_supplier(SANDTOR, "Sandtor Rohkaffee Fibu", AP, THU, "07:30:03", "Gutschrift SR-26-2211",
                         "20261119073003.0422.fibu", body, "203.0.113.80", "SAP")


def duplicate():
    body = mime.multi("mixed", "----=_NextPart_000_0031_01DC5A2F.8E1B7C40", [
        mime.text("Guten Tag,\n\nunsere Rechnung RE 2026/0815 senden wir Ihnen vorsorglich noch einmal zu.\n\nIhre Elbkarton Verpackungen GmbH\n"),
        mime.file(pages.letter_german(B06, "Zweitausdruck vom 19.11.2026"), "Rechnung_Zweitausdruck_für_Morgenrot.pdf",
                  "application/octet-stream", "2047"),
    ], preamble="This is a multi-part message in MIME format.\n\n")
    return from_supplier(ELBKARTON, "Elbkarton Buchhaltung", AP, THU, "07:48:10", "Rechnung RE 2026/0815 (Zweitausdruck)",
                         "003001dc5a2f$8e1b7c40$aa517520$", body, "192.0.2.17", "Microsoft Outlook 16.0")


def wrong_sum():
    body = mime.multi("mixed", "Apple-Mail=_5C0E2B77-4D19-4A86-9B7E-1F63D0A8C412", [
        mime.text("Moin,\n\nhier die Rechnung für die Ladentheke.\n\nGruß\nJens Brodersen\n"),
        mime.file(pages.typed_german(B07), "Rechnung 2026-188.pdf", disposition="inline"),
        mime.text("\n\nVon meinem Telefon gesendet\n", encoding="7bit", charset="us-ascii"),
    ])
    return from_supplier(BRODERSEN, "Tischlerei Brodersen", AP, WED, "17:22:31", "Rechnung Ladentheke",
                         "5C0E2B77-4D19-4A86-9B7E-1F63D0A8C412", body, "203.0.113.9", "iPhone Mail (20A362)")


def forwarded():
    inner_body = mime.multi("mixed", "gsb-4471902-11-a", [
        mime.text("Guten Tag,\n\nIhre Stromrechnung für Oktober 2026 liegt dieser Nachricht bei.\n\nGeeststrom Energie eG\n"),
        mime.file(pages.energy_german(B08), "Stromrechnung_2026-10.pdf"),
    ])
    inner = mime.message("", [
        ("From", mime.address("Geeststrom Abrechnung", GEESTSTROM.mail)), ("To", LENA[1]),
        ("Subject", mime.word("Ihre Stromrechnung für Oktober 2026")), ("Date", stamp(WED, "06:00:14")),
        ("Message-ID", f"<abr.4471902.202610@{GEESTSTROM.domain}>")], inner_body).decode()
    body = mime.multi("mixed", "------------Zf83LpQwXn0CtB5yGhKa1uRm", [
        mime.text("Hallo zusammen,\n\ndie kam wieder an mich statt an euch. Bitte einmal übernehmen.\n\nViele Grüße\nLena\n", encoding="8bit"),
        'Content-Type: message/rfc822;\n name="Ihre Stromrechnung.eml"\nContent-Disposition: attachment;\n filename="Ihre Stromrechnung.eml"\n'
        "Content-Transfer-Encoding: 8bit\n\n" + inner,
    ])
    head = mime.arrived("mail.morgenrot.example", "192.0.2.5", "4LH08FORWARD", AP, stamp(WED, "13:15:47"), US.domain)
    return mime.message(head, [
        ("From", mime.address(*LENA)), ("To", AP), ("Subject", mime.word("WG: Ihre Stromrechnung für Oktober 2026")),
        ("Date", stamp(WED, "13:15:47")), ("Message-ID", "<e1f7c0aa-63d2-4b5d-9a0f-0c6b2f7740b8@morgenrot.example>"),
        ("User-Agent", "Mozilla Thunderbird")], body)


def purchase_order():
    body = mime.multi("mixed", "------------kD2vNs7YbTq4JxWm9HzRc0aP", [
        mime.text("Liebe Buchhaltung,\n\nzur Ablage: unsere Bestellung PO-26-0412 an Elbkarton, Rechnung folgt.\n\nViele Grüße\nLena Hoffmann, Einkauf\n",
                  encoding="8bit"),
        mime.file(pages.our_order(B01, "PO-26-0412"), "Bestellung PO-26-0412.pdf"),
    ])
    head = mime.arrived("mail.morgenrot.example", "192.0.2.5", "4LH09ORDER01", AP, stamp(WED, "08:40:05"), US.domain)
    return mime.message(head, [
        ("From", mime.address(*LENA)), ("To", AP), ("Subject", "Bestellung PO-26-0412 (Elbkarton)"), ("Date", stamp(WED, "08:40:05")),
        ("Message-ID", "<0a6d8e55-1f3b-4c47-8d92-77b0c3a1e904@morgenrot.example>"), ("User-Agent", "Mozilla Thunderbird")], body)


def remittance_text():
    body = mime.text(
        "Guten Tag,\n\nmit Wertstellung 19.11.2026 überweisen wir Ihnen für folgende Rechnungen:\n\n"
        "Rechnung          vom           Betrag EUR\n"
        "MR-2026-1044      02.11.2026      2.140,00\n"
        "MR 2026/1047      06.11.2026        856,00\n"
        "------------------------------------------\n"
        "Gesamtbetrag                      2.996,00\n\n"
        "Zahlungsavis Zahllauf 47, unsere Kundennummer bei Ihnen: 20014\n\n"
        "Mit freundlichen Grüßen\nMads Uhlenbrock\nKontorküche Altona GmbH\n", extra="; format=fixed")
    head = mime.arrived(f"mail.{ALTONA.domain}", "198.51.100.60", "4AVIS1044047", AR, stamp(WED, "15:05:38"), ALTONA.domain)
    return mime.message(head, [
        ("From", mime.address("Kontorküche Altona Kreditoren", ALTONA.mail)), ("To", AR),
        ("Subject", "Zahlungsavis 2.996,00 EUR"), ("Date", stamp(WED, "15:05:38")),
        ("Message-ID", f"<zahllauf47.20014@{ALTONA.domain}>")], body)


def remittance_csv():
    rows = ("Remittance advice;BF-2026-0558\nPayer;Brindle & Fox Coffee Bars Ltd\nPayment date;2026-11-23\nCurrency;EUR\n\n"
            "Invoice;Invoice date;Gross;Discount;Paid\nMR-2026-1052;2026-10-29;1819.00;0.00;1819.00\nTotal;;1819.00;0.00;1819.00\n")
    body = mime.multi("mixed", "===============6204817735521190417==", [
        mime.text("Dear supplier,\n\nPlease find attached our remittance advice BF-2026-0558. The payment leaves our bank on 23 November.\n\n"
                  "Accounts Payable\nBrindle & Fox Coffee Bars Ltd\n", encoding="7bit", charset="us-ascii"),
        mime.file(rows.encode(), "remittance_BF-2026-0558.csv", "text/csv"),
    ])
    head = mime.arrived(f"out.{BRINDLE.domain}", "203.0.113.44", "4AVIS0558CSV", AR, stamp(THU, "08:02:19"), BRINDLE.domain)
    return mime.message(head, [
        ("From", mime.address("Brindle & Fox Payables", BRINDLE.mail)), ("To", AR), ("Subject", "Remittance advice BF-2026-0558"),
        ("Date", stamp(THU, "08:02:19")), ("Message-ID", f"<177962530419.558.payrun@{BRINDLE.domain}>")], body)


def unknown_supplier():
    body = mime.multi("mixed", "Apple-Mail=_9D1E6A40-77C3-4F12-A5B8-30C2EE4F9071", [
        mime.text("Sehr geehrte Damen und Herren,\n\nanbei unsere Rechnung für die Arbeiten an Ihrer Lagerhalle.\n\nMit freundlichen Grüßen\nBirte Petersen\n"),
        mime.file(pages.typed_german(B12), "Rechnung 26-0367.pdf"),
    ])
    return from_supplier(PETERSEN, "Birte Petersen", AP, THU, "08:20:51", "Rechnung 26-0367", "9D1E6A40-77C3-4F12-A5B8-30C2EE4F9071",
                         body, "192.0.2.140", "Apple Mail (2.3774)")


def changed_iban():
    lines = ["Sehr geehrte Damen und Herren,", "anbei unsere Rechnung F260988 für die Fahrten der Kalenderwoche 46.",
             "Bitte beachten Sie: Wir haben die Bank gewechselt. Zahlen Sie ab sofort nur noch auf das neue, auf der Rechnung genannte Konto.",
             "Mit freundlichen Grüßen", "Harmsen Spedition KG<br>Faktura"]
    plain = "\n\n".join(lines).replace("<br>", "\n") + "\n"
    body = mime.multi("mixed", "_006_DU0PR07MB9911harmsen_", [
        mime.alternative("_000_DU0PR07MB9911harmsen_", plain, german_html(lines)),
        mime.file(pages.typed_german(B13), "Rechnung_F260988.pdf"),
    ])
    return from_supplier(HARMSEN, "Harmsen Spedition Faktura", AP, THU, "08:31:07", "Rechnung F260988 / neue Bankverbindung",
                         "DU0PR07MB9911.3e87aa", body, "203.0.113.201", "Microsoft Outlook 16.0")


def newsletter():
    plain = ("Bohnenpost im November\n\nNeue Ernten, neue Termine: Besuchen Sie uns auf der Kaffeemesse in Halle 4.\n"
             "Messepreis: 10 % auf alle Siebträger bis 30.11.2026.\n\nAbbestellen: https://bohnenpost.example/ab/7741\n")
    html = ('<html><body style="font-family:Georgia,serif"><h1>Bohnenpost im November</h1><p>Neue Ernten, neue Termine: Besuchen Sie uns auf der '
            'Kaffeemesse in Halle 4.</p><p><b>Messepreis: 10 % auf alle Siebträger bis 30.11.2026.</b></p>'
            '<p><a href="https://bohnenpost.example/ab/7741">Abbestellen</a></p></body></html>\n')
    head = mime.arrived("send.bohnenpost.example", "198.51.100.200", "4NEWSLETTER1", AP, stamp(WED, "16:00:00"), "bohnenpost.example")
    return mime.message(head, [
        ("From", mime.address("Bohnenpost", "news@bohnenpost.example")), ("To", AP), ("Subject", mime.word("☕ Bohnenpost: Messepreise für Röster")),
        ("Date", stamp(WED, "16:00:00")), ("Message-ID", "<nl-2026-11.7741@bohnenpost.example>"), ("Precedence", "bulk"),
        ("List-Id", "Bohnenpost <news.bohnenpost.example>"), ("List-Unsubscribe", "<https://bohnenpost.example/ab/7741>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")], mime.alternative("bp-7741-alt", plain, html))


def reply(who, clock, ident, words, verdict="pass", extra=(), ip="192.0.2.5", subject="AW: {{subject}}", mailbox="{{reply_to}}", quoted=True):
    """A template: what it answers is known only once the program has asked. 8bit, so that the places stay whole."""
    said = words
    if quoted:
        said += ("\nAm 19.11.2026 um 08:00 schrieb Morgenrot Kreditoren:\n> {{subject}}\n>\n> bitte entscheiden Sie über diese Rechnung. Antworten Sie auf diese"
                 "\n> Mail mit dem Wort FREIGEGEBEN oder ABGELEHNT und einem Grund.\n>\n> Morgenrot Kaffeerösterei GmbH, Kreditorenbuchhaltung\n")
    head = mime.arrived("mail.morgenrot.example" if verdict == "pass" else "vps-1180.hosting.example", ip, ident[:12].upper().replace("-", "0"),
                        mailbox, stamp(THU, clock), "morgenrot.example", verdict)
    fields = [("From", mime.address(*who)), ("To", mailbox), ("Subject", subject), ("Date", stamp(THU, clock)),
              ("Message-ID", f"<{ident}@{'morgenrot.example' if verdict == 'pass' else 'vps-1180.hosting.example'}>"),
              ("In-Reply-To", "{{request_message_id}}"), ("References", "{{request_message_id}}"), *extra]
    return mime.message(head, fields, mime.text(said, encoding="8bit"))


def bounce():
    report = ("Content-Type: message/delivery-status\nContent-Description: Delivery report\n\n"
              "Reporting-MTA: dns; mx.morgenrot.example\nX-Postfix-Queue-ID: 4BNC0E19A2\nArrival-Date: Thu, 19 Nov 2026 08:00:11 +0100 (CET)\n\n"
              "Final-Recipient: rfc822; {{recipient}}\nOriginal-Recipient: rfc822;{{recipient}}\nAction: failed\nStatus: 5.1.1\n"
              "Remote-MTA: dns; mx.recipient.example\nDiagnostic-Code: smtp; 550 5.1.1 <{{recipient}}>: Recipient address rejected: User unknown\n")
    original = ("Content-Type: text/rfc822-headers\nContent-Description: Undelivered Message Headers\n\n"
                "From: ar@morgenrot.example\nTo: {{recipient}}\nSubject: {{subject}}\nMessage-ID: {{outbound_message_id}}\nAuto-Submitted: auto-generated\n")
    words = ("This is the mail system at host mx.morgenrot.example.\n\nI'm sorry to have to inform you that your message could not\n"
             "be delivered to one or more recipients. It's attached below.\n\n<{{recipient}}>: host mx.recipient.example said: 550 5.1.1\n"
             "    <{{recipient}}>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n")
    body = mime.multi("report", "4BNC0E19A2.1795071615/mx.morgenrot.example", [
        "Content-Description: Notification\n" + mime.text(words, encoding="8bit", charset="us-ascii"), report, original],
        extra=" report-type=delivery-status;")
    head = ("Return-Path: <>\nReceived: by mx.morgenrot.example (Postfix)\n id 4BNC0E19A2; Thu, 19 Nov 2026 08:00:15 +0100 (CET)\n")
    return mime.message(head, [
        ("Date", stamp(THU, "08:00:15")), ("From", "Mail Delivery System <MAILER-DAEMON@mx.morgenrot.example>"),
        ("Subject", "Undelivered Mail Returned to Sender"), ("To", AR), ("Auto-Submitted", "auto-replied"),
        ("Message-ID", "<20261119070015.4BNC0E19A2@mx.morgenrot.example>")], body)


def all_mails():
    """File name, mailbox, the day it arrives, what it is for, bytes."""
    yield "01-pdf-bill.eml", AP, WED, "Rechnung RE-2026-0815 über 1.190,00 als PDF, Lieferant bekannt", pdf_bill()
    yield "02-factur-x-bill.eml", AP, WED, "Factur-X-Rechnung MS-260731 über 2.171,94: PDF mit eingebettetem XML; dieser Lieferant braucht immer Carla Brandt", factur_x_bill()
    yield "03-ubl-bill.eml", AP, WED, "XRechnung SR-26-2207 über 17.992,05: über 10.000,00, zwei Freigaben", ubl_bill()
    yield "04-two-bills-and-logo.eml", AP, WED, "two English bills, 1,084.00 and 1,359.00, and a signature logo in one mail", two_bills()
    yield "05-credit-note.eml", AP, THU, "UBL-Gutschrift SR-26-2211 über 410,88 zu SR-26-2207", credit_note()
    yield "06-duplicate.eml", AP, THU, "dieselbe Rechnung wie 01 noch einmal, Nummer anders geschrieben, andere Bytes", duplicate()
    yield "07-wrong-sum.eml", AP, WED, "Rechnung 2026-188: netto 840,00 und Steuer 159,60 ergeben nicht 1.000,60", wrong_sum()
    yield "08-forwarded-bill.eml", AP, WED, "Stromrechnung GS-4471902-11 über 2.117,44, von einer Kollegin als .eml weitergeleitet", forwarded()
    yield "09-purchase-order.eml", AP, WED, "Kopie unserer Bestellung PO-26-0412 an Elbkarton", purchase_order()
    yield "10-remittance-text.eml", AR, WED, "Zahlungsavis über 2.996,00 für MR-2026-1044 und MR-2026-1047 als Text", remittance_text()
    yield "11-remittance-csv.eml", AR, THU, "remittance for MR-2026-1052 as CSV; the money is not here yet", remittance_csv()
    yield "12-unknown-supplier.eml", AP, THU, "Rechnung 26-0367 über 831,10 von einem unbekannten Lieferanten", unknown_supplier()
    yield "13-changed-iban.eml", AP, THU, "Rechnung F260988 über 867,65 mit neuer Bankverbindung", changed_iban()
    yield "14-newsletter.eml", AP, WED, "Rundschreiben: nichts für uns", newsletter()
    yield "15-out-of-office.eml", AP, THU, "template: Jonas Lindner is away; automatic answer to an approval request", reply(
        JONAS, "08:00:31", "ooo-7d20f1aa", "Guten Tag,\n\nich bin bis zum 23.11.2026 nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.\n\nJonas Lindner\n",
        extra=[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")], subject="Automatische Antwort: {{subject}}", quoted=False)
    yield "16-bounce.eml", AR, THU, "template: a reminder that could not be delivered (RFC 3464)", bounce()
    yield "17-approve.eml", AP, THU, "template: Petra Vogt approves", reply(PETRA, "09:04:12", "b2c1-approve-01", "Freigegeben\n\nGruß\nPetra Vogt\n")
    yield "18-reject.eml", AP, THU, "template: Carla Brandt rejects, with a reason", reply(
        CARLA, "09:20:48", "c771-reject-01", "Abgelehnt: Die Wartung war im Kaufpreis enthalten, bitte Gutschrift anfordern.\n\nCarla Brandt\n")
    yield "19-stranger.eml", AP, THU, "template: a forged approval; the sender's domain did not sign it", reply(
        PETRA, "09:31:05", "f0f0-forged-01", "Freigegeben\n", verdict="fail", ip="203.0.113.66")
    yield "20-question.eml", AP, THU, "template: Petra Vogt asks back", reply(
        PETRA, "09:40:19", "b2c1-question-01", "Who ordered this? I do not know of any order.\n\nPetra\n", subject="Re: {{subject}}")
