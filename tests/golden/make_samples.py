#!/usr/bin/env python3
"""Writes the sample office (config/demo) and a shelf of golden mails (tests/golden/mail) from the facts in samples/cast.py.

    python3 tests/golden/make_samples.py          writes every file; run twice, every byte is the same
    python3 tests/golden/make_samples.py --check  reads the files back: every mail parses, every sum closes

Needs reportlab, pikepdf, Pillow and xlwt. The program and its tests need none of them: they read the files.

Templates (mails 15 to 20) answer what the program sent. The reader puts in, before parsing:
    {{request_message_id}} {{outbound_message_id}}  with their angle brackets     {{subject}}  of the mail answered, encoded
    {{reply_to}}  the bare address with its token                                 {{recipient}}  the bare address that bounced
"""

import csv
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from samples import boxes, cast, check, codes, faxes, golden, letterheads, mails  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "config" / "demo"
GOLDEN = ROOT / "tests" / "golden" / "mail"
FILES = ROOT / "tests" / "golden" / "files"


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def table(path, titles, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles.split(","))
    writer.writerows(rows)
    write(path, out.getvalue().encode())


def tables():
    table(DEMO / "suppliers.csv", "number,name,vat_id,iban,domains,mail,terms_days,approver",
          [(s.number, s.name, s.vat_id, s.iban, s.domain, s.mail, s.terms_days, s.approver) for s in cast.SUPPLIERS])
    table(DEMO / "customers.csv", "number,name,vat_id,mail,language,domains,ibans",
          [(c.number, c.name, c.vat_id, c.mail, c.language, c.domain, c.iban) for c in cast.CUSTOMERS])
    table(DEMO / "invoices.csv", "number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed",
          [(number, customer.number, issued, due, "EUR", gross, cast.rf(number.replace("-", "")), "yes" if disputed else "no")
           for number, customer, issued, due, gross, disputed in cast.INVOICES])
    table(DEMO / "bank-statement.csv",
          "entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information",
          [("2026-223-01", "2026-11-19", "2026-11-19", "2996.00", "EUR", cast.ALTONA.name, cast.ALTONA.iban,
            "MR-2026-1044 MR 2026/1047 KONTORKUECHE ALTONA ZAHLLAUF 47"),
           ("2026-223-02", "2026-11-19", "2026-11-19", "-89.25", "EUR", "Fernsprech Nord AG",
            cast.iban("DE", "217993500000660312"), "RECHNUNG 11/2026 TELEFON UND INTERNET VERTRAG 5530-118")])


def main():
    if "--check" not in sys.argv:
        tables()
        index = []
        for name, mailbox, day, what, data in mails.all_mails():
            write(DEMO / "mail" / name, data)
            index.append((name, mailbox, day, what))
        table(DEMO / "mail" / "INDEX.csv", "file,mailbox,day,what", index)
        for name, data in golden.all_golden():
            write(GOLDEN / name, data)
        for ending in ("xlsx", "ods", "xls"):
            write(FILES / f"remittance.{ending}", getattr(boxes, ending)())
        for name, data in (*codes.all_codes(), *letterheads.all_letterheads(), *faxes.all_faxes()):
            write(FILES / name, data)
    return check.everything(DEMO, GOLDEN)


if __name__ == "__main__":
    sys.exit(main())
