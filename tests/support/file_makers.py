"""Files made of a few bytes: papers, pictures and packed documents, harmless or not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<html><script>alert(1)</script></html>"


def pdf(catalog: bytes = b"", *more: bytes, trailer: bytes = b"") -> bytes:
    """A small whole PDF: one empty page, what its catalogue says besides, and more objects from the fourth on."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        *more,
    )
    made, places = b"%PDF-1.7\n", []
    for n, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (n, one)
    start = len(made)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    return made + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)


PDF = pdf()


def png(width: int, height: int) -> bytes:
    def part(kind: bytes, inside: bytes) -> bytes:
        return struct.pack(">I", len(inside)) + kind + inside + struct.pack(">I", zlib.crc32(kind + inside))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 4)) + part(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + frame + b"\xff\xd9"


def packed(entries: dict[str, bytes], *, link: str = "", stored: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, None if stored else zipfile.ZIP_DEFLATED)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    return made.getvalue()


def office(kind: str, more: dict[str, bytes] | None = None) -> bytes:
    """A small document as a word processor, a table or slides make it."""
    if kind in ("odt", "ods", "odp"):
        name = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}[kind]
        mimetype = f"application/vnd.oasis.opendocument.{name}".encode()
        return packed({"mimetype": mimetype, "META-INF/manifest.xml": b"<m/>", "content.xml": b"<c/>", **(more or {})})
    part = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}[kind]
    return packed({"[Content_Types].xml": b"<?xml version='1.0'?><Types/>", part: b"<d/>", **(more or {})})


OFFICE = ("docx", "xlsx", "pptx", "odt", "ods", "odp")
PART = {"docx": "word/x", "xlsx": "xl/x", "pptx": "ppt/x", "odt": "x", "ods": "x", "odp": "x"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PROGRAMS = {
    "exe": b"MZ\x90\x00\x03" + b"\0" * 99, "elf": b"\x7fELF\x02\x01" + b"\0" * 99, "mach": b"\xcf\xfa\xed\xfe" + b"\0" * 99,
    "java": b"\xca\xfe\xba\xbe" + b"\0" * 99, "script": b"#!/bin/sh\nrm -rf /\n",
}  # fmt: skip


def relations(type: str, target: str, mode: str = "External") -> bytes:
    """What a part of a document refers to."""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}" Target="{target}"'
        f' TargetMode="{mode}"/></Relationships>'
    ).encode()


#: Words that would be a script in one place or another, and are words everywhere.
CALL = "alert(1)"
SCRIPTS = (
    f"<script>{CALL}</script>", f"<img src=x onerror={CALL}>", f"<svg onload={CALL}>", f"<body onload={CALL}>",
    f"<iframe src=javascript:{CALL}>",
    f"javascript:{CALL}", f"\"><script>{CALL}</script>", f"'><script>{CALL}</script>", f"</title><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
    f"\" onmouseover={CALL} x=\"", f"' onfocus={CALL} autofocus x='", f"<a href=javascript:{CALL}>x</a>",
    f"<details open ontoggle={CALL}>", f"<input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}>", f"<audio src=x onerror={CALL}>", f"<object data=javascript:{CALL}>",
    f"<embed src=javascript:{CALL}>", f"<math href=javascript:{CALL}>x",
    f"<form action=javascript:{CALL}><button>", f"<link rel=stylesheet href=javascript:{CALL}>",
    f"<style>@import 'javascript:{CALL}';</style>", f"<base href=javascript:{CALL}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{CALL}'>",
    f"{{{{ {CALL} }}}}", f"${{{CALL}}}", f"{{% raw %}}<script>{CALL}</script>", f"<!--><script>{CALL}</script>-->",
    f"<![CDATA[<script>{CALL}</script>]]>",
    f"%3Cscript%3E{CALL}%3C/script%3E", f"&lt;script&gt;{CALL}&lt;/script&gt;", f"\\x3cscript\\x3e{CALL}",
    f"\\u003cscript\\u003e{CALL}", f"<scr<script>ipt>{CALL}</script>",
    f"<SCRIPT SRC=//x>{CALL}</SCRIPT>", f"<img/src=x/onerror={CALL}>", f"<p hx-get=/sign-out hx-trigger=load>{CALL}",
    f"<div data-uploads onclick={CALL}>", f"＜script＞{CALL}＜/script＞",
)  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><l>&a9;</l>"
)
