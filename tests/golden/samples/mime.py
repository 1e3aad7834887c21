"""Messages as real programs write them, byte by byte: fixed boundaries, fixed dates, nothing left to a library's mood."""

import base64
import quopri
import struct
import textwrap
import zlib
from email.header import Header
from urllib.parse import quote


def word(text):
    """A header value, in RFC 2047 words where it is not ASCII."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=70).encode()


def address(name, mail):
    plain = name.isascii() and name.replace(" ", "").isalnum()
    return f"{name if plain else (word(name) if not name.isascii() else chr(34) + name + chr(34))} <{mail}>"


def qp(text):
    return quopri.encodestring(text.encode(), quotetabs=False).decode()


def b64(data):
    return "\n".join(textwrap.wrap(base64.b64encode(data).decode(), 76))


def text(body, subtype="plain", encoding="quoted-printable", charset="utf-8", extra=""):
    if encoding == "quoted-printable":
        coded = quopri.encodestring(body.encode(charset)).decode()
    elif encoding == "base64":
        coded = b64(body.encode(charset)) + "\n"
    else:
        coded = body
    return f'Content-Type: text/{subtype}; charset="{charset}"{extra}\nContent-Transfer-Encoding: {encoding}\n\n{coded}'


def named(name, style):
    """A file name as RFC 2231 writes it, as older programs write it (RFC 2047 in quotes), or plain."""
    if name.isascii():
        return f'filename="{name}"', f'name="{name}"'
    if style == "2231":
        return f"filename*=UTF-8''{quote(name)}", f"name*=UTF-8''{quote(name)}"
    return f'filename="{word(name)}"', f'name="{word(name)}"'


def file(data, name, kind="application/pdf", style="2231", disposition="attachment", extra=""):
    filename, label = named(name, style)
    return (f"Content-Type: {kind};\n {label}\nContent-Disposition: {disposition};\n {filename}\n"
            f"Content-Transfer-Encoding: base64\n{extra}\n{b64(data)}\n")


def attached(mail):
    return "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n" + mail.decode()


def multi(subtype, boundary, parts, extra="", preamble=""):
    inner = "".join(f"--{boundary}\n{part}{'' if part.endswith(chr(10)) else chr(10)}\n" for part in parts)
    return f'Content-Type: multipart/{subtype};{extra}\n boundary="{boundary}"\n\n{preamble}{inner}--{boundary}--\n'


def alternative(boundary, plain, html, encoding="quoted-printable"):
    return multi("alternative", boundary, [text(plain, encoding=encoding), text(html, "html", encoding)])


def arrived(host, ip, queue, mailbox, when, sender_domain, verdict="pass", selector="s1"):
    """What our own mail exchanger wrote on top: the verdict first, then where the mail came from."""
    result = {"pass": "pass", "fail": "fail", "none": "none"}[verdict]
    dkim = f"dkim={result} header.d={sender_domain} header.s={selector};\n " if verdict == "pass" else "dkim=none; "
    return (f"Return-Path: <bounce@{sender_domain}>\n"
            f"Authentication-Results: mx.morgenrot.example; {dkim}spf={result}\n smtp.mailfrom={sender_domain}; dmarc={result} header.from={sender_domain}\n"
            f"Received: from {host} ({host} [{ip}])\n by mx.morgenrot.example (Postfix) with ESMTPS id {queue}\n"
            f" for <{mailbox}>; {when} (CET)\n")


def message(head, fields, body):
    lines = "".join(f"{name}: {value}\n" for name, value in fields)
    return (head + lines + "MIME-Version: 1.0\n" + body).encode()


def png(width, height, pixel):
    """A small truecolour picture; `pixel(x, y)` gives red, green, blue."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
