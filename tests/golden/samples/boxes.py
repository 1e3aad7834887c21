"""Files that hold files, and spreadsheets, byte by byte: ZIP, Outlook's .msg and winmail.dat, XLSX, ODS and XLS.
Only the XLS comes from a library (xlwt); the others are small enough to be written by hand, so every byte is the same each time."""

import io
import struct
import zipfile
from pathlib import Path

UTC = (2026, 11, 18, 10, 0, 0)


def archive(files, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in files:
            info = zipfile.ZipInfo(name, UTC)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            info.create_system = 3
            target.writestr(info, data)
    return out.getvalue()


def signed(data, detached=False):
    """CMS SignedData without a signer (RFC 5652 section 5.1 allows none): what carries the file, and nothing that changes."""
    def der(tag, value):
        length = bytes([len(value)]) if len(value) < 128 else bytes([0x84]) + struct.pack(">I", len(value))
        return bytes([tag]) + length + value
    kind = bytes.fromhex("06092a864886f70d0107")
    content = kind + b"\x01" + (b"" if detached else der(0xA0, der(0x04, data)))
    inner = der(0x02, b"\x01") + der(0x31, b"") + der(0x30, content) + der(0x31, b"")
    return der(0x30, kind + b"\x02" + der(0xA0, der(0x30, inner)))


def locked_zip():
    """Made by `zip -X -P geheim` of Info-ZIP, whose encryption Python reads and does not write."""
    return (Path(__file__).parents[1] / "files" / "zip_password.zip").read_bytes()


# --- spreadsheets: (text, text, number, text) rows; a day is ("day", serial, iso), a formula ("sum", value) ---

TITLE = "Zahlungsavis"
HEAD = ("Rechnungsnummer", "Rechnungsdatum", "Zahlbetrag", "Währung")
ROWS = (("MR-2026-1044", (46328, "2026-11-02"), 2140, "EUR"), ("MR-2026-1047", (46332, "2026-11-06"), 856.5, "EUR"))
TOTAL = 2996.5
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx():
    texts = [TITLE, *HEAD, "MR-2026-1044", "EUR", "MR-2026-1047", "Summe"]

    def text(place, value):
        return f'<c r="{place}" t="s"><v>{texts.index(value)}</v></c>'
    rows = [f'<row r="1">{text("A1", TITLE)}</row>',
            '<row r="3">' + "".join(text(f"{c}3", v) for c, v in zip("ABCD", HEAD)) + "</row>"]
    for number, (bill, (serial, _), paid, currency) in enumerate(ROWS, 4):
        rows.append(f'<row r="{number}">{text(f"A{number}", bill)}<c r="B{number}" s="1"><v>{serial}</v></c>'
                    f'<c r="C{number}" s="2"><v>{paid}</v></c>{text(f"D{number}", currency)}</row>')
    rows.append(f'<row r="6">{text("A6", "Summe")}<c r="C6" s="2"><f>SUM(C4:C5)</f><v>{TOTAL}</v></c>{text("D6", "EUR")}</row>')
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    sheet = f'{head}<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'
    hidden = '<row r="1"><c r="A1" t="inlineStr"><is><t>hidden</t></is></c></row>'
    return archive([
        ("[Content_Types].xml", f'{head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="xml" ContentType="application/xml"/>'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' + "".join(
             f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
             for part, kind in (("workbook", "sheet.main"), ("styles", "styles"), ("sharedStrings", "sharedStrings"),
                                ("worksheets/sheet1", "worksheet"), ("worksheets/sheet2", "worksheet"),
                                ("worksheets/sheet3", "worksheet"))) + "</Types>"),
        ("_rels/.rels", f'{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'{head}<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
         '<sheet name="Avis" sheetId="1" r:id="rId1"/><sheet name="x" sheetId="2" state="hidden" r:id="rId2"/>'
         '<sheet name="leer" sheetId="3" r:id="rId3"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELATION}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
         f'<Relationship Id="rId3" Type="{RELATION}/worksheet" Target="worksheets/sheet3.xml"/>'
         f'<Relationship Id="rId4" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
         f'<Relationship Id="rId5" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>'),
        ("xl/styles.xml", f'{head}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
         '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs></styleSheet>'),
        ("xl/sharedStrings.xml", f'{head}<sst xmlns="{MAIN}">' + "".join(
            f"<si><t>{t}</t></si>" if t != "Summe" else "<si><r><t>Sum</t></r><r><t>me</t></r></si>" for t in texts) + "</sst>"),
        ("xl/worksheets/sheet1.xml", sheet.format("".join(rows))),
        ("xl/worksheets/sheet2.xml", sheet.format(hidden)),
        ("xl/worksheets/sheet3.xml", sheet.format("")),
    ])


def ods():
    def text(value):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    def money(value):
        shown = f"{value:.2f}".replace(".", ",")
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = [text(TITLE) + empty.format(1023), empty.format(1024), "".join(text(v) for v in HEAD)]
    for bill, (_, day), paid, currency in ROWS:
        rows.append(f'{text(bill)}<table:table-cell office:value-type="date" office:date-value="{day}"><text:p>x</text:p></table:table-cell>'
                    f"{money(paid)}{text(currency)}")
    rows.append(text("Summe") + empty.format(1) + money(TOTAL) + text("EUR"))
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    body += f'<table:table-row table:number-rows-repeated="1048570">{empty.format(1024)}</table:table-row>'
    name = "urn:oasis:names:tc:opendocument:xmlns"
    content = (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content xmlns:office="{name}:office:1.0" '
               f'xmlns:table="{name}:table:1.0" xmlns:text="{name}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>'
               f'<table:table table:name="Avis">{body}</table:table></office:spreadsheet></office:body></office:document-content>')
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return archive([("mimetype", kind), ("content.xml", content)], stored=("mimetype",))


def xls():
    import xlwt
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Avis")
    day, amount = xlwt.easyxf(num_format_str="DD.MM.YYYY"), xlwt.easyxf(num_format_str="#,##0.00")
    sheet.write(0, 0, TITLE)
    for column, value in enumerate(HEAD):
        sheet.write(2, column, value)
    for row, (bill, (serial, _), paid, currency) in enumerate(ROWS, 3):
        sheet.write(row, 0, bill)
        sheet.write(row, 1, serial, day)
        sheet.write(row, 2, paid, amount)
        sheet.write(row, 3, currency)
    sheet.write(5, 0, "Summe")
    sheet.write(5, 2, TOTAL, amount)
    sheet.write(5, 3, "EUR")
    hidden = book.add_sheet("x")
    hidden.visibility = 1
    hidden.write(0, 0, "hidden")
    book.add_sheet("leer")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- compound files ([MS-CFB]) ---

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


class Compound:
    """Storages and streams, written in version 3: sectors of 512 bytes, small streams in the stream of the root."""

    def __init__(self, tree):
        self.entries, self.sectors, self.next, self.small, self.small_next = [], [], [], b"", []
        self.storage("Root Entry", tree, 5)

    def storage(self, name, tree, kind=1):
        index = len(self.entries)
        entry = {"name": name, "kind": kind, "child": FREE, "right": FREE, "start": 0, "size": 0}
        self.entries.append(entry)
        last = None
        # A list instead of a tree: allowed, and every child hangs on the right of the one before.
        for key, value in sorted(tree.items(), key=lambda it: (len(it[0]), it[0].upper())):
            place = self.storage(key, value) if isinstance(value, dict) else self.stream(key, value)
            if last is None:
                entry["child"] = place
            else:
                self.entries[last]["right"] = place
            last = place
        return index

    def stream(self, name, data):
        start = END if not data else (self.put(data) if len(data) >= 4096 else self.put_small(data))
        self.entries.append({"name": name, "kind": 2, "child": FREE, "right": FREE, "start": start, "size": len(data)})
        return len(self.entries) - 1

    def put(self, data):
        first = len(self.sectors)
        for at in range(0, len(data), 512):
            self.sectors.append(data[at:at + 512].ljust(512, b"\0"))
            self.next.append(len(self.sectors))
        self.next[-1] = END
        return first

    def put_small(self, data):
        first = len(self.small_next)
        for at in range(0, len(data), 64):
            self.small += data[at:at + 64].ljust(64, b"\0")
            self.small_next.append(len(self.small_next) + 1)
        self.small_next[-1] = END
        return first

    def bytes(self):
        root = self.entries[0]
        root["size"] = len(self.small)
        root["start"] = self.put(self.small) if self.small else END
        small_table = self.put(struct.pack(f"<{len(self.small_next)}I", *self.small_next).ljust(512, b"\xff"))
        directory = b"".join(self.entry(it) for it in self.entries)
        directory_start = self.put(directory)
        table_start = len(self.sectors)
        count = 1
        while (table_start + count) > count * 128:
            count += 1
        numbers = self.next + [TABLE] * count
        numbers += [FREE] * (count * 128 - len(numbers))
        table = struct.pack(f"<{len(numbers)}I", *numbers)
        small_sectors = -(-len(self.small_next) * 4 // 512)
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        head += struct.pack("<IIIIIIIII", 0, count, directory_start, 0, 4096, small_table, small_sectors, END, 0)
        head += struct.pack("<109I", *([table_start + n for n in range(count)] + [FREE] * (109 - count)))
        return head + b"".join(self.sectors) + table

    @staticmethod
    def entry(it):
        name = it["name"].encode("utf-16-le")
        head = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name) + 2, it["kind"], 1, FREE, it["right"], it["child"])
        return head + bytes(16) + struct.pack("<I", 0) + bytes(16) + struct.pack("<IQ", it["start"], it["size"])


# --- Outlook messages ([MS-OXMSG]) ---

SUBJECT, BODY, HTML, RTF = 0x0037, 0x1000, 0x1013, 0x1009
SENDER, SENDER_SMTP, SUBMITTED, MESSAGE_ID = 0x0C1A, 0x5D01, 0x0039, 0x1035
NAME, SMTP, RECIPIENT_TYPE = 0x3001, 0x39FE, 0x0C15
FILE, LONG_NAME, SHORT_NAME, METHOD = 0x3701, 0x3707, 0x3704, 0x3705


def properties(values, header):
    """The list of properties and the streams of the long ones: text as UTF-16, bytes as they are, numbers in the list."""
    tree, listed = {}, b""
    for number, value in sorted(values.items()):
        if isinstance(value, int):
            kind, word = (0x40, value) if number == SUBMITTED else (0x03, value)
        else:
            kind = 0x1F if isinstance(value, str) else 0x102
            data = value.encode("utf-16-le") if kind == 0x1F else value
            tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
            word = len(data) + (2 if kind == 0x1F else 0)
        listed += struct.pack("<HHIQ", kind, number, 6, word)
    return {"__properties_version1.0": bytes(header) + listed, **tree}


def message(values, recipients=(), files=(), messages=(), header=32):
    tree = properties(values, header)
    for number, recipient in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = properties(recipient, 8)
    for number, (name, data) in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = properties({LONG_NAME: name, FILE: data, METHOD: 1}, 8)
    for number, inner in enumerate(messages, len(files)):
        tree[f"__attach_version1.0_#{number:08X}"] = {**properties({NAME: "Nachricht", METHOD: 5}, 8), "__substg1.0_3701000D": inner}
    return tree


def msg(tree):
    return Compound(tree).bytes()


def file_time(seconds):
    """100 nanoseconds since 1601."""
    return (seconds + 11_644_473_600) * 10_000_000


def packed_rtf(text):
    """[MS-OXRTFCP], without a single back reference: nine bytes for eight."""
    data = text.encode("ascii")
    out = b""
    for at in range(0, len(data), 8):
        out += b"\0" + data[at:at + 8]
    return struct.pack("<II4sI", len(out) + 12, len(data), b"LZFu", 0) + out


# --- winmail.dat ([MS-OXTNEF]) ---

def tnef(body_rtf, files):
    def attribute(level, name, kind, data):
        return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    def padded(data):
        return data + bytes(-len(data) % 4)

    def prop(kind, number, data):
        return struct.pack("<HHII", kind, number, 1, len(data)) + padded(data)
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    out += attribute(1, 0x9003, 6, struct.pack("<I", 1) + prop(0x102, RTF, packed_rtf(body_rtf)))
    for name, data in files:
        out += attribute(2, 0x9002, 6, struct.pack("<HiHHI", 1, -1, 32, 32, 0))
        out += attribute(2, 0x8010, 1, b"KURZ~1.PDF\0")
        out += attribute(2, 0x800F, 6, data)
        long = name.encode("utf-16-le") + b"\0\0"
        out += attribute(2, 0x9005, 6, struct.pack("<I", 1) + prop(0x1F, LONG_NAME, long))
    return out
