"""QR codes of bills as black and white pictures, one pixel a dot: the EPC code and the Swiss QR-bill."""
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from . import cast


def pbm(text):
    """A plain portable bitmap."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text.encode()))
    code.make()
    rows = ("".join("1" if dot else "0" for dot in row) for row in code.modules)
    side = len(code.modules)
    return "\n".join(["P1", f"{side} {side}", *rows, ""]).encode()


def epc(iban, name, amount, message):
    return pbm("\n".join(["BCD", "002", "1", "SCT", "", name, iban, f"EUR{amount}", "", "", message]))


def swiss(iban, name, amount, currency, reference):
    payee = ["S", name, "Seestrasse", "12", "8002", "Zürich", "CH"]
    nobody = [""] * 7
    return pbm("\r\n".join(["SPC", "0200", "1", iban, *payee, *nobody, amount, currency, *nobody, "SCOR", reference, "", "EPD"]))


def all_codes():
    yield "payment_code_epc.pbm", epc("DE53200994100040215583", "Elbkarton Verpackungen GmbH", "1190.00", "RE-2026-0815")
    yield ("payment_code_swiss.pbm",
           swiss(cast.iban("CH", "00762011623852957"), "Limmat Karton AG", "1190.00", "EUR", cast.rf("RE20260815")))
