"""What somebody wrote in a mail: its text, without the mail that it answers and without a signature. Pure.

Cut is only what is marked as not written by the sender and stands at the end; in doubt everything stays.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

#: The line that mail programs put above a signature (RFC 3676).
_SIGNATURE = "-- "
#: What Outlook and programs like it put above the mail that is answered.
_ORIGINAL = re.compile(r"^\s*-{2,}\s*(original message|原始邮件|原邮件|邮件原件)\s*-{2,}\s*$", re.IGNORECASE)
#: The head of an answered mail that no line marks: who, when, to whom, about what.
_HEAD = re.compile(
    r"^\s*\*?(from|sent|date|to|cc|subject|发件人|发送时间|发送日期|日期|时间|收件人|抄送|主题)\*?\s*[:：]",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^\s*\*?(from|发件人)\*?\s*[:：]", re.IGNORECASE)
_RULE = re.compile(r"^\s*_{5,}\s*$")
#: So many lines of a head, one below the other, are one; a sentence that begins like it is none.
_LEAST_HEAD = 3
#: The sentence above a quote ("On Monday … wrote:") has at most so many lines.
_MOST_SAID = 3
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "pre", "hr"}
)
_UNREAD = frozenset({"script", "style", "head", "title", "template"})


def own_words(words: str) -> str:
    """What the sender wrote above what is quoted; nothing where all of it is quoted."""
    lines = [line.rstrip("\r") for line in words.split("\n")]
    lines = _without_quote(_above(lines))
    return "\n".join(line.rstrip() for line in lines).strip()


def plain(words: str) -> str:
    """The words without characters that nobody sees, with line ends of one kind."""
    lines = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", "    ")
    seen = (" " if unicodedata.category(one) == "Zs" else one for one in lines)
    return "".join(
        one for one in seen if one == "\n" or not unicodedata.category(one).startswith(("C", "Z")) or one == " "
    )


def text_of_html(written: str) -> str:
    """HTML as text: what is quoted in it begins with ">"."""
    reader = _Reader()
    reader.feed(written)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.pieces)).strip("\n")


def _above(lines: list[str]) -> list[str]:
    """What stands above a signature, or above the head of an answered mail."""
    for place, line in enumerate(lines):
        if line == _SIGNATURE or _ORIGINAL.match(line):
            return lines[:place]
        if _FIRST.match(line) and all(_HEAD.match(one) for one in lines[place : place + _LEAST_HEAD]):
            if len(lines) - place < _LEAST_HEAD:
                continue
            above = lines[:place]
            while above and not above[-1].strip():
                above.pop()
            return above[:-1] if above and _RULE.match(above[-1]) else above
    return lines


def _without_quote(lines: list[str]) -> list[str]:
    """Without a quote at the very end, and the sentence above it; a quote that is answered line by line stays."""
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    begin = last
    while begin and (lines[begin - 1].startswith(">") or not lines[begin - 1].strip()):
        begin -= 1
    if not any(line.startswith(">") for line in lines[begin:last]):
        return lines
    if any(line.startswith(">") for line in lines[:begin]):
        return lines
    said = begin
    while said and lines[said - 1].strip() and begin - said < _MOST_SAID:
        said -= 1
    whole = said == 0 or not lines[said - 1].strip()
    if whole and said < begin and lines[begin - 1].rstrip().endswith((":", "：")):
        return lines[:said]
    return lines[:begin]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread, self._quoted, self._begins = 0, 0, True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag in _BLOCKS:
            self._break()
        self._quoted += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._unread:
            self._unread -= 1
        if tag == "blockquote" and self._quoted:
            self._quoted -= 1
        if tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        words = re.sub(r"[ \t\r\n]+", " ", data)
        if self._unread or not words or self._begins and not words.strip():
            return
        if self._begins:
            self.pieces.append("> " if self._quoted else "")
            words = words.lstrip()
        self.pieces.append(words)
        self._begins = False

    def _break(self) -> None:
        self.pieces.append("\n")
        self._begins = True


__all__ = ["own_words", "plain", "text_of_html"]
