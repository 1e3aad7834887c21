"""Invoices as they look on paper: five houses, five layouts. Always the same bytes for the same bill."""

import io
import os
from datetime import date

import pikepdf
import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from .cast import LENA, US, spaced

WIDTH, HEIGHT = A4
INK, GREY = HexColor("#1c1c1c"), HexColor("#6a6a6a")
_fonts = os.path.join(os.path.dirname(reportlab.__file__), "fonts")
pdfmetrics.registerFont(TTFont("Vera", os.path.join(_fonts, "Vera.ttf")))
pdfmetrics.registerFont(TTFont("VeraBd", os.path.join(_fonts, "VeraBd.ttf")))


def german(amount, places=2):
    return f"{amount:,.{places}f}".translate(str.maketrans(",.", ".,"))


def english(amount, places=2):
    return f"{amount:,.{places}f}"


def places_of(price):
    return max(2, -price.as_tuple().exponent)


def plain_quantity(quantity, show):
    return show(quantity, 0) if quantity == quantity.to_integral_value() else show(quantity, 2)


def german_date(iso):
    return f"{iso[8:]}.{iso[5:7]}.{iso[:4]}"


def english_date(iso):
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


class Sheet:
    """A page with the origin at its top left and millimetres for units."""

    def __init__(self, title, author, regular="Helvetica", bold="Helvetica-Bold", compress=1):
        self.buffer = io.BytesIO()
        self.pdf = Canvas(self.buffer, pagesize=A4, invariant=1, pageCompression=compress)
        self.pdf.setTitle(title)
        self.pdf.setAuthor(author)
        self.pdf.setProducer("Belegdruck 4.2")
        self.pdf.setCreator("Fakturierung")
        self.regular, self.bold = regular, bold

    def text(self, x, y, words, size=9.5, bold=False, colour=INK, align="left"):
        self.pdf.setFillColor(colour)
        self.pdf.setFont(self.bold if bold else self.regular, size)
        draw = {"left": self.pdf.drawString, "right": self.pdf.drawRightString, "centre": self.pdf.drawCentredString}
        draw[align](x * mm, HEIGHT - y * mm, words)

    def rows(self, x, y, rows, step=4.6, **how):
        for row in rows:
            self.text(x, y, row, **how)
            y += step
        return y

    def rule(self, x0, x1, y, width=0.6, colour=INK):
        self.pdf.setStrokeColor(colour)
        self.pdf.setLineWidth(width)
        self.pdf.line(x0 * mm, HEIGHT - y * mm, x1 * mm, HEIGHT - y * mm)

    def box(self, x, y, width, height, fill, radius=0):
        self.pdf.setFillColor(fill)
        self.pdf.roundRect(x * mm, HEIGHT - (y + height) * mm, width * mm, height * mm, radius * mm, stroke=0, fill=1)

    def done(self):
        self.pdf.showPage()
        self.pdf.save()
        return self.buffer.getvalue()


def our_block(contact=True):
    block = [US.name]
    if contact:
        block.append("Kreditorenbuchhaltung")
    return block + [US.street, f"{US.postcode} {US.city}"]


def totals_german(sheet, bill, y, left=120, right=190, colour=INK):
    sheet.text(left, y, "Nettobetrag")
    sheet.text(right, y, f"{german(bill.net)} €", align="right")
    for rate, (base, tax) in bill.taxes.items():
        y += 5.2
        of = f" auf {german(base)} €" if len(bill.taxes) > 1 else ""
        sheet.text(left, y, f"zzgl. {rate} % USt.{of}")
        sheet.text(right, y, f"{german(tax)} €", align="right")
    y += 2.6
    sheet.rule(left, right, y, 0.9, colour)
    y += 5.4
    sheet.text(left, y, "Rechnungsbetrag", 11, True)
    sheet.text(right, y, f"{german(bill.gross)} €", 11, True, align="right")
    return y


def letter_german(bill, reprint="", unseen=()):
    """A house that follows the German business letter: fold marks, window address, reference block on the right. Of `unseen`
    the first is printed white on white, the others lie under a white box."""
    seller, green = bill.seller, HexColor("#2f6b4f")
    sheet = Sheet(f"Rechnung {bill.number}", seller.name)
    for i, shade in enumerate(("#2f6b4f", "#5b9577", "#a5c9b5")):
        sheet.box(20 + i * 4, 14 + i * 3, 12, 12, HexColor(shade))
    sheet.text(48, 22, "Elbkarton", 20, True, green)
    sheet.text(48, 28, "Verpackungen, die ankommen", 9, colour=GREY)
    for y in (105, 210):
        sheet.rule(3, 8, y, 0.3, GREY)
    sheet.text(20, 49, f"{seller.name} · {seller.street} · {seller.postcode} {seller.city}", 6.5, colour=GREY)
    sheet.rows(20, 55, our_block(), size=10.5, step=5)
    meta = [
        ("Rechnungsnummer", bill.number), ("Rechnungsdatum", german_date(bill.issued)), ("Kundennummer", "10377"),
        ("Ihre Bestellung", bill.order), ("Lieferdatum", german_date(bill.delivered)), ("Bearbeitung", seller.person),
    ]
    for i, (label, value) in enumerate(meta):
        sheet.text(125, 52 + i * 5, label, 9, colour=GREY)
        sheet.text(190, 52 + i * 5, value, 9, align="right")
    sheet.text(20, 98, f"Rechnung {bill.number}", 14, True)
    if reprint:
        sheet.text(190, 98, reprint, 9, colour=GREY, align="right")
    sheet.text(20, 106, "Vielen Dank für Ihren Auftrag. Wir berechnen Ihnen:")
    columns(sheet, bill, 116, german, ("Pos.", "Bezeichnung", "Menge", "Einh.", "Einzelpreis", "Gesamt"), green)
    y = totals_german(sheet, bill, 124 + len(bill.lines) * 7 + 8, colour=green)
    sheet.rows(20, y + 16, [
        f"Zahlbar bis {german_date(bill.due)} ohne Abzug. Bitte geben Sie bei der Zahlung die Rechnungsnummer an.",
        "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.",
    ])
    for i, words in enumerate(unseen):
        sheet.text(125, 88 + i * 5, words, 9, colour=HexColor("#ffffff") if i == 0 else INK)
    if len(unseen) > 1:
        sheet.box(123, 89, 70, 5 * len(unseen), HexColor("#ffffff"))
    sheet.rule(20, 190, 268, 0.4, green)
    footer(sheet, bill, 273, GREY)
    return sheet.done()


def columns(sheet, bill, y, show, titles, colour, places=(20, 31, 120, 124, 162, 190)):
    pos, text, quantity, unit, price, net = places
    for x, title, align in zip((pos, text, quantity, unit, price, net), titles,
                               ("left", "left", "right", "left", "right", "right")):
        sheet.text(x, y, title, 8.5, True, align=align)
    sheet.rule(pos, net, y + 2, 0.9, colour)
    for number, item in enumerate(bill.lines, 1):
        row = y + 1 + number * 7
        sheet.text(pos, row, str(number))
        sheet.text(text, row, item.text, 9)
        sheet.text(quantity, row, plain_quantity(item.quantity, show), align="right")
        sheet.text(unit, row, item.unit)
        sheet.text(price, row, show(item.price, places_of(item.price)), align="right")
        sheet.text(net, row, show(item.net), align="right")
        sheet.rule(pos, net, row + 2, 0.2, HexColor("#c9c9c9"))


def french(amount):
    return english(amount).translate(str.maketrans(",.", " ,"))


def two_pages_french(seller, lines, allowance):
    """A French house: a heading of two rows repeated on the second page, the sum carried over, descriptions of several rows,
    an allowance on the whole. `lines`: reference, rows of words, quantity, price."""
    sheet = Sheet("Facture FA-2026-118", seller)
    total = sum(quantity * price for _, _, quantity, price in lines)
    net = total - allowance
    tax = (net * 20 / 100).quantize(net)
    half = len(lines) // 2

    def head(page):
        sheet.text(20, 25, seller, 15, True)
        sheet.text(190, 25, f"Facture n° FA-2026-118   page {page}/2", align="right")
        for x, first, second, align in (
                (20, "Réf.", "", "left"), (42, "Désignation", "", "left"), (118, "Qté", "", "right"),
                (150, "Prix", "unitaire HT", "right"), (190, "Montant", "HT", "right")):
            sheet.text(x, 70, first, 8.5, True, align=align)
            sheet.text(x, 74, second, 8.5, True, align=align)

    def body(some, y):
        for reference, words, quantity, price in some:
            sheet.text(20, y, reference, 9)
            sheet.text(118, y, str(quantity), align="right")
            sheet.text(150, y, french(price), align="right")
            sheet.text(190, y, french(quantity * price), align="right")
            y = sheet.rows(42, y, words, size=9) + 2.5
        return y

    sheet.rows(120, 40, our_block(False))
    head(1)
    sheet.rows(20, 40, ["Facture n° : FA-2026-118", "Date de facture : 16/11/2026", "Échéance : 16/12/2026"])
    y = body(lines[:half], 82)
    carried = french(sum(quantity * price for _, _, quantity, price in lines[:half]))
    sheet.text(150, y + 6, "À reporter", align="right")
    sheet.text(190, y + 6, carried, align="right")
    sheet.text(105, 285, f"{seller} - capital 12 000,00 € - RCS Lyon 812 345 678", 7, align="centre")
    sheet.pdf.showPage()
    head(2)
    sheet.text(150, 82, "Report", align="right")
    sheet.text(190, 82, carried, align="right")
    y = body(lines[half:], 90) + 8
    for label, amount in (("Total des lignes HT", total), ("Remise 5 %", -allowance), ("Total HT", net), ("TVA 20 %", tax),
                          ("Total TTC", net + tax)):
        sheet.text(150, y, label, align="right")
        sheet.text(190, y, f"{french(amount)} €", align="right")
        y += 5
    sheet.text(105, 285, f"{seller} - capital 12 000,00 € - RCS Lyon 812 345 678", 7, align="centre")
    return sheet.done()


def footer(sheet, bill, y, colour):
    seller = bill.seller
    sheet.rows(20, y, [seller.name, seller.street, f"{seller.postcode} {seller.city}"], size=7.5, step=3.6, colour=colour)
    sheet.rows(76, y, [f"Tel. {seller.phone}", seller.mail, f"USt-IdNr. {seller.vat_id}", seller.register],
               size=7.5, step=3.6, colour=colour)
    sheet.rows(132, y, [bill.bank, f"IBAN {spaced(bill.iban)}", f"BIC {bill.bic}"], size=7.5, step=3.6, colour=colour)


def statement_english(bill):
    """An Irish house: a heading across the page, dates written out, a shaded amount-due box, reverse charge."""
    seller, navy, sand = bill.seller, HexColor("#17324d"), HexColor("#f3ece0")
    sheet = Sheet(f"Invoice {bill.number}", seller.name)
    sheet.box(0, 0, 210, 34, navy)
    sheet.text(18, 17, "BALLINROW", 19, True, HexColor("#ffffff"))
    sheet.text(18, 24, "barista supplies since 1998", 9, colour=HexColor("#d8c7a6"))
    sheet.text(192, 21, "INVOICE", 24, True, HexColor("#ffffff"), "right")
    sheet.text(18, 46, "Bill to", 8, True, navy)
    sheet.rows(18, 51, our_block(False) + ["Germany", f"VAT no. {US.vat_id}"], step=4.8)
    sheet.text(82, 46, "Deliver to", 8, True, navy)
    sheet.rows(82, 51, ["Morgenrot Rösterei", "Tor 2, Lotsenkamp 14", "20359 Hamburg", "Germany"], step=4.8)
    meta = [("Invoice no.", bill.number), ("Invoice date", english_date(bill.issued)), ("Your PO", bill.order),
            ("Delivery date", english_date(bill.delivered)), ("Terms", f"{seller.terms_days} days net")]
    for i, (label, value) in enumerate(meta):
        sheet.text(138, 46 + i * 5.4, label, 8.5, True, navy)
        sheet.text(192, 46 + i * 5.4, value, 9, align="right")
    sheet.box(18, 84, 174, 8, navy)
    for x, title, align in ((21, "Description", "left"), (112, "Qty", "right"), (116, "Unit", "left"),
                            (156, "Unit price EUR", "right"), (189, "Amount EUR", "right")):
        sheet.text(x, 89.2, title, 8.5, True, HexColor("#ffffff"), align)
    y = 98
    for number, item in enumerate(bill.lines):
        if number % 2:
            sheet.box(18, y - 5, 174, 7.6, sand)
        sheet.text(21, y, item.text)
        sheet.text(112, y, plain_quantity(item.quantity, english), align="right")
        sheet.text(116, y, item.unit)
        sheet.text(156, y, english(item.price), align="right")
        sheet.text(189, y, english(item.net), align="right")
        y += 7.6
    y += 6
    for label, value in (("Subtotal", bill.net), ("VAT 0% (reverse charge)", bill.tax)):
        sheet.text(130, y, label)
        sheet.text(189, y, english(value), align="right")
        y += 5.6
    sheet.box(126, y - 1.5, 66, 10, sand, 1)
    sheet.text(130, y + 5, "Total due", 11, True, navy)
    sheet.text(189, y + 5, f"€{english(bill.gross)}", 11, True, navy, "right")
    sheet.text(130, y + 14, f"Payment due by {english_date(bill.due)}", 9, True)
    y += 30
    sheet.text(18, y, "Payment details", 9, True, navy)
    sheet.rows(18, y + 5.2, [f"Bank: {bill.bank}", f"Account name: {seller.name}", f"IBAN: {spaced(bill.iban)}",
                             f"BIC: {bill.bic}", f"Reference: {bill.number}"])
    sheet.rows(112, y + 5.2, ["Intra-Community supply of goods. VAT to be", "accounted for by the recipient (Article 138",
                              "Directive 2006/112/EC)."], size=8.5, colour=GREY)
    sheet.rule(18, 192, 277, 0.5, navy)
    sheet.text(105, 282, f"{seller.name} · {seller.street}, {seller.city}, {seller.postcode} · VAT no. {seller.vat_id}",
               7.5, colour=GREY, align="centre")
    sheet.text(105, 286, f"{seller.register} · {seller.phone} · {seller.mail}", 7.5, colour=GREY, align="centre")
    return sheet.done()


def modern_german(bill):
    """A workshop with a designer: labels above values, two VAT rates, its own fonts inside the file."""
    seller, rust, pale = bill.seller, HexColor("#a4481f"), HexColor("#f7f1ec")
    sheet = Sheet(f"Rechnung {bill.number}", seller.name, "Vera", "VeraBd")
    sheet.pdf.setStrokeColor(rust)
    sheet.pdf.setLineWidth(3)
    sheet.pdf.circle(184 * mm, HEIGHT - 22 * mm, 7 * mm)
    sheet.pdf.circle(184 * mm, HEIGHT - 22 * mm, 2.5 * mm)
    sheet.text(20, 21, "MAHLWERK SÜD", 15, True, rust)
    sheet.text(20, 27, "Maschinenservice für Röstereien", 8.5, colour=GREY)
    sheet.text(20, 50, f"{seller.name}, {seller.street}, {seller.postcode} {seller.city}", 6, colour=GREY)
    sheet.rows(20, 56, our_block(False), size=9.5, step=5)
    sheet.box(20, 84, 170, 17, pale, 1.5)
    meta = [("Rechnung Nr.", bill.number), ("Datum", german_date(bill.issued)), ("Fällig am", german_date(bill.due)),
            ("Leistungsdatum", german_date(bill.delivered)), ("Bestellnummer", bill.order)]
    for i, (label, value) in enumerate(meta):
        sheet.text(24 + i * 33.5, 90, label, 7, colour=GREY)
        sheet.text(24 + i * 33.5, 96.5, value, 9, True)
    y = 112
    for x, title, align in ((20, "Leistung", "left"), (122, "Menge", "right"), (147, "Einzelpreis", "right"),
                            (163, "USt.", "right"), (190, "Betrag EUR", "right")):
        sheet.text(x, y, title, 7.5, True, rust, align)
    sheet.rule(20, 190, y + 2, 1, rust)
    for item in bill.lines:
        y += 7.5
        sheet.text(20, y, item.text, 8.5)
        sheet.text(122, y, f"{plain_quantity(item.quantity, german)} {item.unit}", 8.5, align="right")
        sheet.text(147, y, german(item.price), 8.5, align="right")
        sheet.text(163, y, f"{item.rate} %", 8.5, align="right")
        sheet.text(190, y, german(item.net), 8.5, align="right")
    sheet.rule(20, 190, y + 3.5, 0.4, GREY)
    y += 11
    for label, value in [("Summe netto", bill.net)] + [
            (f"Umsatzsteuer {rate} % (Basis {german(base)})", tax) for rate, (base, tax) in bill.taxes.items()]:
        sheet.text(163, y, label, 8.5, align="right")
        sheet.text(190, y, german(value), 8.5, align="right")
        y += 5.4
    sheet.box(110, y - 2.5, 80, 10, rust, 1.5)
    sheet.text(114, y + 4, "Gesamtbetrag", 10, True, HexColor("#ffffff"))
    sheet.text(187, y + 4, f"{german(bill.gross)} EUR", 10, True, HexColor("#ffffff"), "right")
    sheet.rows(20, y + 22, ["Diese Rechnung enthält strukturierte Rechnungsdaten nach EN 16931 (Factur-X).",
                            "Bitte überweisen Sie den Gesamtbetrag bis zum Fälligkeitstag unter Angabe der Rechnungsnummer."], size=8.5)
    sheet.rule(20, 190, 266, 1, rust)
    footer(sheet, bill, 271, GREY)
    return sheet.done()


def typed_german(bill):
    """A craftsman's word processor: one typeface, no colour, labels and values in running lines."""
    seller = bill.seller
    sheet = Sheet(f"Rechnung {bill.number}", seller.name, "Times-Roman", "Times-Bold", compress=0)
    sheet.text(105, 22, seller.name, 20, True, align="centre")
    sheet.text(105, 29, f"{seller.street} · {seller.postcode} {seller.city} · Tel. {seller.phone}", 10, align="centre")
    sheet.rule(20, 190, 33, 0.5)
    sheet.rows(20, 50, our_block(False), size=11, step=5.2)
    sheet.text(190, 80, f"{seller.city}, den {german_date(bill.issued)}", 11, align="right")
    sheet.text(20, 92, f"Rechnung Nr. {bill.number}", 14, True)
    sheet.text(20, 100, f"Ausgeführt am {german_date(bill.delivered)}. Für die Arbeiten erlauben wir uns zu berechnen:", 11)
    columns(sheet, bill, 112, german, ("", "Arbeit / Material", "Anzahl", "", "Preis", "Summe"), INK)
    y = totals_german(sheet, bill, 121 + len(bill.lines) * 7 + 8)
    sheet.rows(20, y + 16, [
        f"Bitte überweisen Sie {german(bill.gross)} € bis zum {german_date(bill.due)} auf das Konto",
        f"IBAN {spaced(bill.iban)}, BIC {bill.bic}, {bill.bank}.",
        "", "Mit freundlichen Grüßen", "", seller.person,
    ], size=11, step=5.4)
    sheet.rule(20, 190, 276, 0.5)
    sheet.text(105, 281, f"USt-IdNr. {seller.vat_id} · {seller.register} · {seller.mail}", 9, align="centre")
    return sheet.done()


def energy_german(bill):
    """A utility: the sum first in a large box, the account of it below."""
    seller, blue, sky = bill.seller, HexColor("#0b5d8a"), HexColor("#e6f1f7")
    sheet = Sheet(f"Stromrechnung {bill.number}", seller.name)
    for i in range(3):
        sheet.rule(20 + i * 5, 38 + i * 5, 18 + i * 4, 2.4, blue)
    sheet.text(56, 26, seller.name, 15, True, blue)
    sheet.rows(20, 52, our_block(False), size=10.5, step=5)
    sheet.rows(125, 52, [f"Rechnungsnr.: {bill.number}", "Vertragskonto: 4471902", f"Rechnungsdatum: {german_date(bill.issued)}",
                         "Abrechnungszeitraum: 01.10.2026 - 31.10.2026"], size=9, step=5)
    sheet.text(20, 88, "Ihre Stromrechnung für Oktober 2026", 14, True, blue)
    sheet.box(20, 94, 170, 22, sky, 2)
    sheet.text(26, 103, "Zu zahlender Betrag", 11, True)
    sheet.text(184, 103, f"{german(bill.gross)} €", 14, True, blue, "right")
    sheet.text(26, 111, f"Fällig am {german_date(bill.due)}, Zahlung durch Überweisung", 9.5)
    sheet.text(20, 128, "So setzt sich der Betrag zusammen", 10.5, True, blue)
    columns(sheet, bill, 137, german, ("", "Position", "Menge", "Einheit", "Preis in €", "Betrag in €"), blue)
    totals_german(sheet, bill, 146 + len(bill.lines) * 7 + 8, colour=blue)
    sheet.rows(20, 210, ["Zählerstand am 30.09.2026: 184 306 kWh (abgelesen)", "Zählerstand am 31.10.2026: 190 718 kWh (abgelesen)",
                         "Verbrauch: 6.412 kWh"], size=9, colour=GREY)
    sheet.rule(20, 190, 268, 0.8, blue)
    footer(sheet, bill, 273, GREY)
    return sheet.done()


def our_order(bill, number):
    """Our own purchase order to the supplier: we are the letterhead, the supplier is addressed."""
    plum = HexColor("#7a2048")
    sheet = Sheet(f"Bestellung {number}", US.name)
    sheet.pdf.setFillColor(plum)
    sheet.pdf.wedge(20 * mm, HEIGHT - 34 * mm, 44 * mm, HEIGHT - 10 * mm, 0, 180, stroke=0, fill=1)
    sheet.rule(18, 46, 23, 1.2, plum)
    sheet.text(52, 20, "Morgenrot", 18, True, plum)
    sheet.text(52, 26, "Kaffeerösterei GmbH", 10, colour=GREY)
    seller = bill.seller
    sheet.rows(20, 52, [seller.name, seller.street, f"{seller.postcode} {seller.city}"], size=10.5, step=5)
    for i, (label, value) in enumerate([("Bestellnummer", number), ("Bestelldatum", "09.11.2026"), ("Lieferantennr.", seller.number),
                                        ("Liefertermin", german_date(bill.delivered)), ("Einkauf", LENA[0])]):
        sheet.text(125, 50 + i * 5, label, 9, colour=GREY)
        sheet.text(190, 50 + i * 5, value, 9, align="right")
    sheet.text(20, 92, f"Bestellung {number}", 14, True)
    sheet.text(20, 100, "Wir bestellen zu Ihren bekannten Konditionen:")
    columns(sheet, bill, 110, german, ("Pos.", "Artikel", "Menge", "Einh.", "Preis", "Wert"), plum)
    y = 122 + len(bill.lines) * 7
    sheet.text(124, y, "Bestellwert netto", 10, True)
    sheet.text(190, y, f"{german(bill.net)} EUR", 10, True, align="right")
    sheet.rows(20, y + 14, ["Lieferung frei Haus an: Tor 2, Lotsenkamp 14, 20359 Hamburg.",
                            f"Bitte senden Sie Ihre Rechnung mit der Bestellnummer {number} an {US.mail}."])
    sheet.rule(20, 190, 270, 0.4, plum)
    sheet.rows(20, 275, [f"{US.name} · {US.street} · {US.postcode} {US.city} · USt-IdNr. {US.vat_id}",
                         f"{US.register} · Tel. {US.phone}"], size=7.5, step=3.8, colour=GREY)
    return sheet.done()



def terms_german():
    """The back of a bill."""
    sheet = Sheet("Bedingungen", "Elbkarton")
    sheet.rows(25, 30, ["Allgemeine Geschäftsbedingungen", "1. Diese Bedingungen gelten für alle Lieferungen.",
                        "2. Rechnungen sind ohne Abzug zu bezahlen.", "3. Gerichtsstand ist Hamburg."])
    return sheet.done()


def joined(*files):
    """One file with all their pages."""
    whole = pikepdf.new()
    for file in files:
        whole.pages.extend(pikepdf.open(io.BytesIO(file)).pages)
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()
