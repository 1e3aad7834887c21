"""Reads the written files back with other people's parsers and says what does not hold."""

import csv
import email
import email.policy
import io
import subprocess
import xml.etree.ElementTree as tree
from decimal import Decimal

import pikepdf

from . import cast


def problems_of_numbers():
    for party in cast.SUPPLIERS + cast.CUSTOMERS + [cast.US, cast.PETERSEN]:
        if cast.mod97(party.iban[4:] + party.iban[:4]) != 1:
            yield f"{party.name}: IBAN {party.iban}"
        if party.vat_id.startswith("DE") and cast.german_vat(party.vat_id[2:10]) != party.vat_id:
            yield f"{party.name}: VAT id {party.vat_id}"
    for bill in cast.BILLS:
        closes = bill.net + bill.tax == bill.gross
        if closes == (bill is cast.B07):
            yield f"{bill.number}: {bill.net} + {bill.tax} against {bill.gross}"


def xml_totals(data):
    """Net, tax, gross and the sum of the lines as the XML states them."""
    root = tree.fromstring(data)
    def one(name):
        return Decimal([e for e in root.iter() if e.tag.endswith("}" + name)][0].text)
    if root.tag.endswith("CrossIndustryInvoice"):
        lines = [e for e in root.iter() if e.tag.endswith("}SpecifiedTradeSettlementLineMonetarySummation")]
        return one("TaxBasisTotalAmount"), one("TaxTotalAmount"), one("GrandTotalAmount"), sum(Decimal(e[0].text) for e in lines)
    lines = [child for e in root if e.tag.endswith("Line") for child in e if child.tag.endswith("}LineExtensionAmount")]
    total = [e for e in root if e.tag.endswith("}TaxTotal")][0]
    return one("TaxExclusiveAmount"), Decimal(total[0].text), one("TaxInclusiveAmount"), sum(Decimal(e.text) for e in lines)


def closes(name, data):
    net, tax, gross, lines = xml_totals(data)
    if net + tax != gross or lines != net:
        yield f"{name}: {lines} lines, {net} + {tax} against {gross}"


def page_words(data):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


def problems_of_mail(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        if part.defects:
            yield f"{path.name}: {part.defects}"
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True) or b""
        if data.startswith(b"%PDF"):
            words = page_words(data)
            stated = [b for b in cast.BILLS if b.number in words]
            shown = [f"{b.gross:,.2f}" for b in stated]
            if stated and not any(s in words or s.translate(str.maketrans(",.", ".,")) in words for s in shown):
                yield f"{path.name}: {shown} not on the page"
            with pikepdf.open(io.BytesIO(data)) as pdf:
                for inner, spec in pdf.attachments.items():
                    xml = spec.get_file().read_bytes()
                    if not inner.endswith(".xml"):
                        continue
                    yield from closes(f"{path.name}/{inner}", xml)
                    if f"{xml_totals(xml)[2]:,.2f}".translate(str.maketrans(",.", ".,")) not in words:
                        yield f"{path.name}: page and XML differ"
        elif data.startswith(b"<?xml") and any(root in data[:400] for root in (b"<Invoice", b"<CreditNote", b"CrossIndustryInvoice")):
            yield from closes(path.name, data)


def everything(demo, golden):
    found = list(problems_of_numbers())
    index = list(csv.DictReader((demo / "mail" / "INDEX.csv").open(encoding="utf-8")))
    if sorted(row["file"] for row in index) != sorted(p.name for p in (demo / "mail").glob("*.eml")):
        found.append("INDEX.csv and the folder differ")
    for path in sorted((demo / "mail").glob("*.eml")) + sorted((golden / "standards").glob("*.eml")):
        found.extend(problems_of_mail(path))
    for path in golden.rglob("*.eml"):
        email.message_from_bytes(path.read_bytes())
        if path.stat().st_size > 40_000:
            found.append(f"{path.name}: {path.stat().st_size} bytes")
    open_invoices = {row["number"]: Decimal(row["gross_total"]) for row in csv.DictReader((demo / "invoices.csv").open())}
    credit = next(Decimal(row["amount"]) for row in csv.DictReader((demo / "bank-statement.csv").open()))
    if open_invoices["MR-2026-1044"] + open_invoices["MR-2026-1047"] != credit:
        found.append("the bank credit is not the sum of the two invoices")
    for problem in found:
        print("WRONG", problem)
    print(f"{len(index)} mails, {len(list(golden.rglob('*.eml')))} golden mails, {len(found)} problems")
    return 1 if found else 0
