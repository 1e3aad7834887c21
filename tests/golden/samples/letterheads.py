"""Bills whose letterhead is a picture: everything about the sender stands in it, the rest of the page is text."""

import io

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from .cast import B01
from .pages import GREY, HEIGHT, Sheet, columns, german, german_date, our_block, totals_german

MM_PER_INCH = 25.4


def drawn(width, height, dpi, lines, ground, ink, mode="RGB"):
    """A picture of so many millimetres; `lines` are place and size in millimetres and the words."""
    scale = dpi / MM_PER_INCH
    picture = Image.new(mode, (round(width * scale), round(height * scale)), ground)
    pen = ImageDraw.Draw(picture)
    for x, y, size, words in lines:
        # The font that comes with Pillow: the same bytes on every machine.
        pen.text((x * scale, y * scale), words, font=ImageFont.load_default(size * scale), fill=ink)
    return picture


def put(sheet, picture, x, y, width, height, kind="PNG"):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **({"quality": 80} if kind == "JPEG" else {}))
    buffer.seek(0)
    sheet.pdf.drawImage(ImageReader(buffer), x * mm, HEIGHT - (y + height) * mm, width * mm, height * mm, mask="auto")


def sender(seller):
    account = " ".join(seller.iban[at:at + 4] for at in range(0, len(seller.iban), 4))
    return (f"{seller.street}, {seller.postcode} {seller.city}", f"USt-IdNr. {seller.vat_id}", f"IBAN {account}")


def rest(sheet, bill):
    sheet.rows(20, 55, our_block(), size=10.5, step=5)
    for i, (label, value) in enumerate([("Rechnungsnummer", bill.number), ("Rechnungsdatum", german_date(bill.issued))]):
        sheet.text(125, 52 + i * 5, label, 9, colour=GREY)
        sheet.text(190, 52 + i * 5, value, 9, align="right")
    sheet.text(20, 98, "Rechnung", 14, True)
    columns(sheet, bill, 116, german, ("Pos.", "Bezeichnung", "Menge", "Einh.", "Einzelpreis", "Gesamt"), GREY)
    y = totals_german(sheet, bill, 124 + len(bill.lines) * 7 + 8)
    sheet.text(20, y + 16, f"Zahlbar bis {german_date(bill.due)} ohne Abzug.")
    return sheet.done()


def clear_ground(bill):
    """Name above, all else below, on a clear ground: a soft mask."""
    sheet = Sheet(f"Rechnung {bill.number}", "")
    clear, green = (255, 255, 255, 0), (30, 80, 55, 255)
    head = drawn(95, 14, 150, [(1, 2, 6.2, bill.seller.name)], clear, green, "RGBA")
    put(sheet, head, 20, 12, 95, 14)
    place, vat_id, account = sender(bill.seller)
    lines = [(1, 1, 3, place), (1, 6, 3, vat_id), (75, 6, 3, account)]
    put(sheet, drawn(170, 12, 150, lines, clear, green, "RGBA"), 20, 272, 170, 12)
    return rest(sheet, bill)


def dark_band(bill):
    """White letters on a dark band over the whole width."""
    sheet = Sheet(f"Rechnung {bill.number}", "")
    place, vat_id, account = sender(bill.seller)
    lines = [(20, 4, 6.5, bill.seller.name), (20, 16, 3, place), (120, 12, 3, vat_id), (120, 17, 3, account)]
    put(sheet, drawn(210, 26, 150, lines, "#1b3a57", "white"), 0, 0, 210, 26, "JPEG")
    return rest(sheet, bill)


def all_letterheads():
    yield "letterhead_clear.pdf", clear_ground(B01)
    yield "letterhead_band.pdf", dark_band(B01)
