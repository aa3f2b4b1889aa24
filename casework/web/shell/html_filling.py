"""Puts what was typed once into the HTML of a form: a draft comes back whichever template the form stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from itertools import accumulate

from markupsafe import Markup, escape

Attributes = list[tuple[str, str | None]]

#: Inputs that hold no words of whoever fills the form in, or words that nobody keeps.
_NOT_TYPED = frozenset({"hidden", "file", "password", "submit", "button", "image", "reset"})
#: Boxes by which somebody says that a consequence was read: ticked anew each time.
SAID_ANEW = frozenset({"sure", "despite", "at_once"})


def fill_in(html: Markup, typed: Mapping[str, Sequence[str]]) -> Markup:
    """The same form with what was typed in it. A box that was there and is not among what was typed was not ticked.

    A list keeps its own choice where what was chosen is not offered any more.
    """
    filler = _Filler(str(html), typed)
    return Markup(filler.filled())


class _Filler(HTMLParser):
    """Notes which parts of the source change; all others stay as they are written."""

    def __init__(self, source: str, typed: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._typed = {name: list(values) for name, values in typed.items() if name not in SAID_ANEW}
        self._lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self._changes: list[tuple[int, int, str]] = []
        #: Where the words of a text area begin, and what stands there instead.
        self._words: tuple[int, str] | None = None
        #: What was chosen in the list that is read, and its options: where each stands, its tag, its value.
        self._chosen: list[str] | None = None
        self._options: list[tuple[int, int, Attributes]] = []

    def filled(self) -> str:
        self.feed(self._source)
        self.close()
        parts, after = list[str](), 0
        for start, end, words in self._changes:
            parts += [self._source[after:start], words]
            after = end
        return "".join([*parts, self._source[after:]])

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "option" and self._chosen is not None:
            self._options.append((*self._span(), attrs))
        elif "disabled" in given or name in SAID_ANEW:
            return
        elif tag == "select":
            self._chosen, self._options = self._typed.get(name), []
        elif tag == "textarea" and (words := self._next(name)) is not None:
            # The first line break of a text area is not part of its words.
            self._words = self._span()[1], f"\n{escape(words)}"
        elif tag == "input":
            self._fill_input(attrs, name, given.get("type") or "text")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._words is not None:
            start, words = self._words
            self._changes.append((start, self._offset(), words))
            self._words = None
        elif tag == "select" and self._chosen is not None:
            offered = {dict(attrs).get("value") for _, _, attrs in self._options}
            if offered & set(self._chosen):
                for start, end, attrs in self._options:
                    marked = dict(attrs).get("value") in self._chosen
                    self._changes.append((start, end, _tag("option", attrs, "selected", marked)))
            self._chosen = None

    def _fill_input(self, attrs: Attributes, name: str, kind: str) -> None:
        start, end = self._span()
        if kind in ("checkbox", "radio"):
            ticked = (dict(attrs).get("value") or "on") in self._typed.get(name, ())
            self._changes.append((start, end, _tag("input", attrs, "checked", ticked)))
        elif kind not in _NOT_TYPED and (words := self._next(name)) is not None:
            others = [(key, value) for key, value in attrs if key != "value"]
            self._changes.append((start, end, _tag("input", [*others, ("value", words)])))

    def _next(self, name: str) -> str | None:
        """What was typed into the next field of this name."""
        left = self._typed.get(name)
        return left.pop(0) if left else None

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _span(self) -> tuple[int, int]:
        start = self._offset()
        return start, start + len(self.get_starttag_text() or "")


def _tag(tag: str, attrs: Attributes, mark: str = "", marked: bool = False) -> str:
    kept = [(key, value) for key, value in attrs if key != mark] + ([(mark, None)] if marked else [])
    words = [
        Markup(" {}").format(key) if value is None else Markup(' {}="{}"').format(key, value) for key, value in kept
    ]
    return Markup("<{}{}>").format(tag, Markup("").join(words))
