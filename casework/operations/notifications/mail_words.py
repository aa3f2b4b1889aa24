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
#: The sentence above a quote ("On Monday … wrote:") has at most so many lines and letters; a program breaks one that is so long, or after
#: a comma.
_MOST_SAID, _MOST_LETTERS, _BROKEN = 3, 400, 50
_WROTE = r"(?:wrote|writes|a écrit|escribió|ha scritto|escreveu|写道|寫道|写到)"
_AT = r"<\s*[^<>\s]+@[^<>\s]+>"
_DAY = r"(?:\b(?:19|20)\d\d\b|(?:19|20)\d\d年|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d{1,2}:\d{2})"
#: That sentence as programs make it: when, then who; or who with an address.
_SAID = (
    re.compile(
        rf"(?:(?:On|At|Le|El|Il|Em)\b|在|于|\d{{1,4}}\b|\d{{4}}年).*{_DAY}.*(?:{_WROTE}|{_AT}\)?)\s*[:：]",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:Am|Op)\b.*{_DAY}.*\b(?:schrieb|schreef)\b.*[:：]", re.IGNORECASE),
    re.compile(rf"[^<>!?:：。！？]{{0,80}}{_AT}.*{_WROTE}\s*[:：]", re.IGNORECASE),
)
#: Who alone: a name of at most so many words.
_NAMED, _MOST_NAMES = re.compile(rf"([^\d<>,.;:!?，。；：！？]{{1,60}}?)\s*{_WROTE}\s*[:：]"), 3
#: What a sentence of the sender's own has, and one that a program made has not.
_OWN = re.compile(
    r"\b(?:I|we|you|he|she|they|my|our|your|as|what|which|who|where|this|that|here|there|if|but)\b|[我你您他她]|这|那|所",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "pre", "hr"}
)
_UNREAD = frozenset({"script", "style", "head", "title", "template"})


def own_words(*parts: str) -> str:
    """What the sender wrote above what is quoted; nothing where all of it is quoted. A signature ends the part in which it stands."""
    lines: list[str] = []
    for words in parts:
        above = _above([line.rstrip("\r") for line in words.split("\n")])
        lines += ["", *above] if lines else above
    lines = _without_quote(lines)
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
    return lines[: begin - _said_above(lines[:begin])]


def _said_above(lines: list[str]) -> int:
    """How many lines at the end are the sentence that a program puts above a quote: by their form, never by their place alone."""
    for form in _SAID:
        for many in range(1, min(_MOST_SAID, len(lines)) + 1):
            above = [line.strip() for line in lines[-many:]]
            if not all(_is_broken(line) for line in above[:-1]):
                break
            whole = " ".join(above)
            if len(whole) <= _MOST_LETTERS and form.fullmatch(whole) and not _OWN.search(whole):
                return many
    return int(bool(lines) and _is_named(lines[-1].strip()))


def _is_broken(line: str) -> bool:
    return len(line) >= _BROKEN or line.endswith((",", "，", "<"))


def _is_named(line: str) -> bool:
    named = _NAMED.fullmatch(line) if len(line) <= _MOST_LETTERS else None
    if named is None or _OWN.search(line):
        return False
    names = named[1].split()
    return 0 < len(names) <= _MOST_NAMES and not any(name[0].islower() for name in names)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread: list[str] = []
        self._quoted, self._begins = 0, True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body" or tag in _BLOCKS and self._unread == ["head"]:
            # A head that nobody closed ends here, as in a browser.
            self._unread = []
        if tag in _UNREAD:
            self._unread.append(tag)
        if tag in _BLOCKS:
            self._break()
        self._quoted += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unread:
            # What was opened within it ends with it.
            del self._unread[self._unread.index(tag) :]
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
