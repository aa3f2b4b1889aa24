"""Texts of catalogues as people read them: without marks of HTML and doubled sentences; and which of them say nothing.

All of it takes time in proportion to the text, whatever is in it: catalogues are written by strangers.
"""

from __future__ import annotations

import re
from html import unescape
from operator import eq

#: Elements that begin or end a line, or a cell; of what else there is only the words count.
_LINES = frozenset(
    ("address", "article", "aside", "blockquote", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "pre", "section",
     "summary", "table", "tbody", "tfoot", "thead", "tr", "ul")
)  # fmt: skip
_CELLS = frozenset(("td", "th", "option"))
_LONG_NAMES = (
    "abbr|acronym|audio|base|big|body|button|caption|cite|code|col|colgroup|data|datalist|del|dfn|dialog|em|embed|font|head|html|iframe"
    "|img|input|ins|kbd|label|legend|link|map|mark|math|meta|noscript|object|optgroup|output|param|picture|progress|ruby|samp|script"
    "|select|small|source|span|strike|strong|style|sub|sup|svg|template|textarea|time|title|track|tt|var|video|wbr|o:p"
)
#: One letter may as well be a variable: `a <b and c> d` has no element.
_ATTRIBUTES = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))*"""
_TAG = re.compile(
    rf"</?(?:(?P<short>[abipqsu]){_ATTRIBUTES}\s*/?|(?P<long>{'|'.join(sorted(_LINES | _CELLS))}|{_LONG_NAMES})(?:[\s/][^<>]*)?)>"
    r"|<!doctype\b[^<>]*>",
    re.IGNORECASE,
)
#: What stands between these is never read: where it begins, and where it ends.
_UNREAD = {
    "<!--": re.compile("-->"),
    "<script": re.compile(r"</script\s*>", re.IGNORECASE),
    "<style": re.compile(r"</style\s*>", re.IGNORECASE),
}
_BEGINS = re.compile(r"<!--|<script(?=[\s>/])|<style(?=[\s>/])", re.IGNORECASE)
#: With its semicolon: an address such as ?a=1&copy=2 has none.
_ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_marks(words: str) -> str:
    """The words of a text in HTML, its elements left out and its entities written as what they stand for.

    Done twice, since catalogues keep HTML that was itself written as text.
    """
    for _ in range(2):
        if "<" in words:
            words = _TAG.sub(_blank, _read(words))
        if "&" in words:
            words = _ENTITY.sub(lambda found: unescape(found[0]), words)
    return _TAG.sub(_blank, words) if "<" in words else words


def _blank(found: re.Match[str]) -> str:
    name = (found["short"] or found["long"] or "").lower()
    return "\n" if name in _LINES or name == "p" else " " if name in _CELLS else ""


def _read(words: str) -> str:
    """Without comments, scripts and styles. One that has no end is looked for once."""
    kept: list[str] = []
    place, endless = 0, set[str]()
    for begin in _BEGINS.finditer(words):
        kind = begin[0].lower()
        if begin.start() < place or kind in endless:
            continue
        if (end := _UNREAD[kind].search(words, begin.end())) is None:
            endless.add(kind)
            continue
        kept.append(words[place : begin.start()])
        place = end.end()
    return "".join((*kept, words[place:])) if kept or place else words


# --- doubled ---------------------------------------------------------------------------------------------------------

_SENTENCES = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？])")
#: So many words in a row, repeated at once, are a mistake; longer stretches than these are not looked for.
_FEWEST, _MOST = 4, 200


def undoubled(words: str) -> str:
    """Without a sentence that follows on itself, and without words that are said twice in a row ("The EU is in The EU is in need")."""
    if _may_repeat(words):
        parts = _SENTENCES.split(words)
        said = [part.strip() for part in parts]
        kept = [part for n, part in enumerate(parts) if not n or said[n] != said[n - 1] or len(said[n]) < 2]
        if len(kept) < len(parts):
            words = "".join(kept)
    return _without_stutter(words)


def _may_repeat(words: str) -> bool:
    """Whether a sentence may follow on itself: a quick look, since hardly any does."""
    for mark in (". ", ".\n", "! ", "? ", "。", "！", "？"):
        if mark in words:
            said = [part.strip(" \n.!?") for part in words.split(mark)]
            if any(map(eq, said, said[1:])):
                return True
    return False


def _without_stutter(words: str) -> str:
    said = words.split()
    # Hardly any text says four words again: it is looked at no further.
    if len(set(zip(said, said[1:], said[2:], said[3:], strict=False))) > len(said) - _FEWEST:
        return words
    pieces = re.split(r"(\s+)", words)
    said = pieces[::2]
    grams = _grams(said)
    last: dict[tuple[str, ...], int] = {}
    left: list[tuple[int, int]] = []
    for here, gram in enumerate(grams):
        before = last.get(gram)
        if (
            before is not None
            and _FEWEST <= here - before <= _MOST
            and said[before:here] == said[here : 2 * here - before]
            and (not left or before >= left[-1][1])
        ):
            left.append((before, here))
        last[gram] = here
    for begin, end in reversed(left):
        del pieces[2 * begin : 2 * end]
    return "".join(pieces)


def _grams(said: list[str]) -> list[tuple[str, ...]]:
    return list(zip(said, said[1:], said[2:], said[3:], strict=False))


# --- saying nothing --------------------------------------------------------------------------------------------------

_NOTHING = frozenset(
    (
        "n/a", "n.a.", "n.a", "#n/a", "na", "-", "--", "---", "\u2013", "\u2014", "?", "none", "null", "nil", "nan", "unknown", "not known",
        "not available", "not applicable", "not specified", "unspecified", "k.a.", "k. a.", "keine angabe", "keine angaben", "unbekannt",
        "无", "未知", "暂无", "不详", "不适用", "未提供", "无数据",
    )
)  # fmt: skip
_LONGEST_NOTHING = max(map(len, _NOTHING))


def says_nothing(cell: str, *, place: bool = False) -> bool:
    """Whether a cell says that nothing is known. Of a place `NA` is Namibia."""
    words = cell.strip()
    if len(words) > _LONGEST_NOTHING:
        return False
    words = words.casefold()
    return not words or words in _NOTHING and not (place and words == "na")


_PLACEHOLDERS = frozenset(
    (
        "technology provider", "technology seeker", "technology owner", "technology", "technology name", "technology title", "provider",
        "owner", "company", "company name", "name of company", "your company", "organisation name", "organization name", "contact person",
        "title", "project title", "name", "description", "text", "tbd", "tba", "tbc", "to be completed",
        "to be confirmed",
        "to be determined", "to be defined", "to be announced", "to follow", "todo", "sample", "sample text", "example", "dummy",
        "untitled",        "no title", "new technology", "new need", "placeholder",
        "do not use", "foo", "bar", "foobar", "asdf", "qwerty", "abc", "xyz",
        "technologieanbieter", "beispiel", "platzhalter", "测试", "测试数据", "技术提供方", "技术名称", "示例", "待补充", "待定", "标题",
    )
)  # fmt: skip
_LIKE_ONE = re.compile(r"(?:tests?|testing|sample|example|dummy|asdf+|x{3,}|a{4,}|\.{3,}|测试)[\s_.#-]{0,3}[0-9]{0,6}")
_INSERT = re.compile(r"[\[(<]?(?:please )?(?:enter|insert|type|add|write)\b[\w ,'-]{0,60}\bhere\b[\])>.…]{0,4}")


def is_placeholder(words: str) -> bool:
    """Whether a text stands for one that nobody has written yet."""
    head = " ".join(words[:200].casefold().split())
    if "lorem ipsum" in head or "dolor sit amet" in head:
        return True
    if len(words) > 100:
        return False
    plain = head.strip(" .:!\"'*[]()<>…")
    return plain in _PLACEHOLDERS or bool(_LIKE_ONE.fullmatch(plain) or _INSERT.fullmatch(head))
