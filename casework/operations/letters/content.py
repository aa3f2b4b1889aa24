"""What a letter says, in English, in Chinese, or in both side by side: from a few facts to the HTML that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from markupsafe import Markup

from casework.engine.state.document_effects_schema import LetterNumber
from casework.operations.core.i18n import Speech, templates

#: The languages of a letter. In both, the columns stand side by side.
ENGLISH, CHINESE, BOTH = "en", "zh", "both"
LANGUAGES = (ENGLISH, CHINESE, BOTH)
#: The first that is installed of each letter. Chinese text has Chinese fonts first, whose quotation marks are as wide as its
#: characters; they have both scripts, and English text what it needs of them behind its own.
_LATIN, _CHINESE = (
    '"Noto Sans", "Open Sans", "DejaVu Sans Condensed", "DejaVu Sans"',
    '"Noto Sans CJK SC", "WenQuanYi Micro Hei", "Droid Sans Fallback"',
)
FONTS = {
    "en": Markup(f"{_LATIN}, {_CHINESE}, sans-serif"),
    "zh-Hans": Markup(f"{_CHINESE}, {_LATIN}, sans-serif"),
}


@dataclass(frozen=True)
class Named:
    """What is called differently in the two languages."""

    en: str
    zh: str | None = None

    def said(self, *, chinese: bool) -> str:
        return (self.zh if chinese else None) or self.en


@dataclass(frozen=True)
class Content:
    """Everything that a letter says of a case; what its reader may not know is not in here."""

    kind: str
    #: need_owner, technology_owner or provider.
    side: str
    programme: Named
    number: str
    day: date
    name: Named
    need: Named = Named("")
    technology: Named = Named("")
    need_owner: Named = Named("")
    technology_owner: Named = Named("")
    service: Named = Named("")
    question: str = ""
    action: Named = Named("")
    by: date | None = None
    late: bool = False
    outcome: Named = Named("")
    #: Where the case stands, in words to a party.
    stands: Named = Named("")
    #: For whom at the recipient it is.
    attention: str = ""
    contact: Named = Named("")
    email: str = ""
    #: A paragraph of the writer's own.
    words: str = ""
    #: The office that writes; none: the programme itself.
    office: Named = Named("")
    #: The number of the letter, where the office numbers its letters.
    numbered: LetterNumber | None = None
    #: The line of who signs, and whether a place is left for the seal.
    signatory: Named = Named("")
    seal: bool = True

    @property
    def writer(self) -> Named:
        """Who writes: the office, or the programme that names none."""
        return Named(
            self.office.en or self.programme.en, self.office.zh or (None if self.office.en else self.programme.zh)
        )


@dataclass(frozen=True)
class _Words:
    text: str
    heading: bool = False
    quiet: bool = False
    own: bool = False


def write_paper(content: Content, language: str) -> str:
    """The letter as HTML in which whatever anybody typed is words."""
    sheets = [
        _sheet(content, chinese=chinese) for chinese in ((False, True) if language == BOTH else (language == CHINESE,))
    ]
    rows = list(zip(*(sheet["rows"] for sheet in sheets), strict=True))
    # What is empty in every language is left out. What is the writer's own is in one language, and stands once.
    kept = [row[:1] if row[0].own else row for row in rows if any(words.text for words in row)]
    paper = templates(language == CHINESE).get_template("letters/paper.html")
    return paper.render(sheets=sheets, rows=kept, number=content.number, fonts=FONTS)


def subject_of(content: Content, language: str) -> str:
    """What the letter is called, as the title of its document."""
    sheets = [
        _sheet(content, chinese=chinese) for chinese in ((False, True) if language == BOTH else (language == CHINESE,))
    ]
    return " · ".join(str(sheet["subject"]) for sheet in sheets)


def _sheet(content: Content, *, chinese: bool) -> dict[str, object]:
    said = _in_language(content, chinese=chinese)
    words = templates(chinese).get_template("letters/words.html").make_module({"on": said})
    texts = vars(words)
    rows = [
        _Words(texts["reference"], quiet=True),
        _Words(texts["number"], quiet=True),
        _Words(texts["dear"]),
        _Words(texts["attention"]),
        _Words(texts["subject"], heading=True),
        *(_Words(paragraph) for paragraph in texts["paragraphs"]),
        _Words(content.words, own=True),
        _Words(texts["contact"]),
        _Words(texts["regards"]),
        _Words(content.writer.said(chinese=chinese)),
        _Words(content.programme.said(chinese=chinese) if content.office.en or content.office.zh else "", quiet=True),
        _Words(content.signatory.said(chinese=chinese)),
        _Words(Speech(chinese).date_of_letter(content.day)),
        _Words(texts["seal"], quiet=True),
    ]
    language = "zh-Hans" if chinese else "en"
    return {
        "language": language,
        "office": content.writer.said(chinese=chinese),
        "subject": texts["subject"],
        "rows": rows,
    }


def _in_language(content: Content, *, chinese: bool) -> Mapping[str, object]:
    flat = {name: getattr(content, name) for name in asdict(content)}
    fields = {name: value.said(chinese=chinese) if isinstance(value, Named) else value for name, value in flat.items()}
    written = content.numbered["written"] if content.numbered else ""
    return fields | {"reference": written, "by": Speech(chinese).day(content.by) if content.by else ""}


__all__ = ["BOTH", "CHINESE", "ENGLISH", "LANGUAGES", "Content", "Named", "subject_of", "write_paper"]
