"""Papers that open: PDFs of a page, in both languages, made by the product's own printing.

Where the machine lacks what that leans on (Pango, a font with Chinese letters) they are plainer, in English, and open as well.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from casework.errors import LettersUnavailable
from casework.operations.core.i18n import Speech
from casework.operations.letters.content import FONTS
from casework.operations.letters.pdf import print_pdf
from casework.playbook.chinese import CHINESE

#: What a line says in English and in Chinese.
Both = tuple[str, str]
_INVENTED: Both = (
    "This paper belongs to a demo. Its people, organisations, figures and dates are invented.",
    "本文件属于演示数据，其中的人员、机构、数字和日期均为虚构。",
)

#: What stands in the papers of a title; in any other what stands in a report.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "site": (
        "Acceptance certificate",
        "Acceptance criteria",
        "Commissioning report",
        "Delivery notes",
        "Installation record",
        "Measured values against the criteria",
        "Permits",
    ),
    "agreement": (
        "Agreed text",
        "Draft",
        "Signed agreement",
    ),
    "plan": (
        "Agreement with the assessor",
        "Monitoring plan",
        "Requirements for test data",
        "Statements of interest of every member",
        "Test plan",
        "Verification plan",
    ),
    "list": ("Answer of the lists",),
    "register": (
        "Certificate",
        "Extract of the register",
        "Notice of pledge registration",
        "Notice of the record",
    ),
    "closing": ("Closing report",),
    "data": (
        "Data",
        "Drawings of the nozzle",
        "Evidence",
        "List of existing test data",
    ),
    "loan": (
        "Financial statements, tax record and business plan",
        "Loan contract, pledge contract, identity papers, power of attorney",
        "Mandate",
        "Term sheet",
        "Valuation report",
    ),
    "minutes": ("Minutes",),
}
_KIND_OF = {title: kind for kind, titles in _KINDS.items() for title in titles}
_WORDS: Mapping[str, tuple[Both, ...]] = {
    "agreement": (
        (
            "The parties agree on what is handed over, on its price and on the days of payment.",
            "双方约定交付内容、价款及付款日期。",
        ),
        (
            "Disputes go to mediation first. The paper is kept in two copies of equal force.",
            "发生争议先行调解。本文件一式两份，具有同等效力。",
        ),
    ),
    "closing": (
        (
            "What the case came to, what runs on after it, and when the parties are asked again.",
            "本案的结果、结案后仍在进行的事项，以及回访日期。",
        ),
    ),
    "data": (
        (
            "Values of the last twelve months, by hour, with the place and the class of each meter.",
            "近十二个月的逐时数值，附各计量表的位置和精度等级。",
        ),
        ("Gaps of more than a day are marked; nothing was filled in.", "超过一天的缺测已作标注，未作补值。"),
    ),
    "list": (
        (
            "There is no entry under the names that were asked for. The day of each list is in the record.",
            "所查名称均无记录。各名单的日期见系统登记。",
        ),
    ),
    "loan": (
        (
            "Amount, term, use of the money and source of repayment, as the borrower has stated them.",
            "借款金额、期限、用途和还款来源，由借款人陈述。",
        ),
        ("The pledged patent is named by its number; its annual fee is paid.", "质押专利以专利号列明，年费已缴。"),
    ),
    "minutes": (
        (
            "Both parties were there. The need owner showed the site, the technology owner its figures.",
            "双方均到会。需求方介绍现场情况，技术方说明技术数据。",
        ),
        (
            "Next: the promise of secrecy is signed, then the test data are sent.",
            "下一步：签署保密协议，随后提供测试数据。",
        ),
    ),
    "plan": (
        (
            "What is measured, where, how often, by which method, and who may be present.",
            "测量内容、地点、频次、方法，以及可到场人员。",
        ),
        (
            "The claim holds if it stands within the uncertainty that is named.",
            "结果在所述不确定度范围内的，视为技术主张成立。",
        ),
    ),
    "register": (
        (
            "Number, day and holder are as the record that this paper belongs to has them.",
            "编号、日期和权利人与系统登记一致。",
        ),
    ),
    "report": (
        (
            "The question: does the technology do at this site what its owner claims, and within which limits?",
            "评估问题：该技术在本现场能否达到技术方所称性能，适用范围如何。",
        ),
        (
            "The answer rests on the data of twelve months and on a visit of two days.",
            "依据：十二个月的运行数据和两天的现场查看。",
        ),
        (
            "The values stand within the limits that are named; where they do not, the report says by how much.",
            "数值在所述范围内成立；不成立之处，报告载明偏差。",
        ),
    ),
    "site": (
        (
            "Parts, places and days as both project leaders have seen them; what is still open stands at the end.",
            "部件、位置和日期经双方项目负责人确认；未完成事项列于文末。",
        ),
    ),
}


@dataclass(frozen=True)
class About:
    """Of which case and on which day a paper is."""

    day: date
    number: str = ""
    title: str = ""
    title_zh: str | None = None


def write_paper(title: str, about: About) -> bytes:
    """A PDF of one page."""
    title_zh, kind = CHINESE.get(title, ""), _KIND_OF.get(title, "report")
    try:
        return print_pdf(_html(title, title_zh, about, _WORDS[kind]))
    except LettersUnavailable:
        lines = [en for en, _ in (*_WORDS[kind], _INVENTED)]
        return plain_paper(title, f"{about.number}   {about.day.isoformat()}", [about.title, *lines])


_STYLE = (
    "@page{size:A4;margin:24mm}body{font-size:10.5pt;line-height:1.6;color:#1c1f1d}"
    "h1{font-size:17pt;line-height:1.3;margin:0 0 2mm}p{margin:0 0 3mm}"
    ".of{border-bottom:1pt solid #1d5c3f;padding-bottom:3mm;margin-bottom:7mm;color:#5c635f}"
    ".end{border-top:.5pt solid #d8ddd9;padding-top:3mm;margin-top:9mm;color:#5c635f;font-size:9pt}"
)


def _html(title: str, title_zh: str, about: About, words: Sequence[Both]) -> str:
    # One font for both, in one weight: to cut a second one down to its letters takes as long as the rest of the page.
    fonts = Markup("body,h1{{font-family:{};font-weight:400}}").format(FONTS["zh-Hans"])
    page = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}{fonts}</style></head>'
        '<body><h1>{title}</h1>{heading}<p class="of">{number} {en}<br><span lang="zh-Hans">{zh}</span></p>{words}'
        '<div class="end">{end}</div></body></html>'
    )
    heading = Markup('<h1 lang="zh-Hans">{}</h1>').format(title_zh) if title_zh else ""
    said = Markup("").join(map(_pair, words))
    zh = f"{Speech(chinese=True).day(about.day)} {about.title_zh or ''}"
    en = f"{Speech(chinese=False).day(about.day)} {about.title}"
    return str(
        page.format(
            title=title,
            style=Markup(_STYLE),
            fonts=fonts,
            heading=heading,
            number=about.number,
            en=en,
            zh=zh,
            words=said,
            end=_pair(_INVENTED),
        )
    )


def _pair(words: Both) -> Markup:
    return Markup('<p>{}</p><p lang="zh-Hans">{}</p>').format(*words)


# --- without any library --------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64
_LETTERS = 84


def plain_paper(title: str, about: str, paragraphs: Sequence[str]) -> bytes:
    """A title, what it is about, and paragraphs, in a font that every reader has."""
    lines = [line for words in paragraphs for line in (*textwrap.wrap(words, _LETTERS), "")]
    return _pdf(_page(title, about, lines))


def _page(title: str, about: str, lines: Sequence[str]) -> bytes:
    top = _HEIGHT - _MARGIN
    parts = [
        f"BT /F2 17 Tf {_MARGIN} {top} Td {_text(title[:60])} Tj ET",
        f"BT /F1 10 Tf {_MARGIN} {top - 20} Td {_text(about)} Tj ET",
        f"0.5 w {_MARGIN} {top - 30} m {_WIDTH - _MARGIN} {top - 30} l S",
        f"BT /F1 11 Tf 16 TL {_MARGIN} {top - 58} Td",
        *(f"{_text(line)} Tj T*" for line in lines),
        "ET",
    ]
    return "\n".join(parts).encode("latin-1", "replace")


def _text(words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def _pdf(content: bytes) -> bytes:
    """A whole file: its catalogue, its page with its content, two fonts that every reader has, and where each object is."""
    fonts = "<</Font<</F1 3 0 R/F2 4 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[5 0 R]/Count 1/MediaBox[0 0 {_WIDTH} {_HEIGHT}]/Resources{fonts}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        b"<</Type/Page/Parent 2 0 R/Contents 6 0 R>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
    ]
    made, places = b"%PDF-1.7\n", []
    for n, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    return made + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
