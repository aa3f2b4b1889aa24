"""Reads a page as a browser does: which values its form would send, and which words belong to which control."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict

VOID = {"input", "br", "img", "meta", "link", "hr"}


@dataclass
class Page(HTMLParser):
    """The controls of the last form that was read, and what refers to what."""

    sent: MultiDict[str, str] = field(default_factory=MultiDict)
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    controls: dict[str, dict[str, str | None]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._select: str | None = None
        self._select_first: str | None = None
        self._select_chosen = False
        self._textarea: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        if id := given.get("id"):
            self.ids.append(id)
        if tag == "label" and (target := given.get("for")):
            self.labelled.add(target)
        self.described.update((given.get("aria-describedby") or "").split())
        name = given.get("name")
        if tag in ("input", "select", "textarea") and name and given.get("type") != "hidden":
            # One that says itself what it is needs no label beside it.
            key = given.get("id") or given.get("aria-label")
            self.controls[str(key)] = given
            if given.get("aria-label"):
                self.labelled.add(str(key))
        if tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.sent.add(name, given.get("value") or "")
        elif tag == "select":
            self._select, self._select_first, self._select_chosen = name, None, False
        elif tag == "option":
            self._option = given
            self._words = ""
        elif tag == "textarea":
            self._textarea, self._words = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "option" and self._select is not None:
            value = self._option.get("value")
            value = self._words if value is None else value
            if self._select_first is None:
                self._select_first = value
            if "selected" in self._option:
                self.sent.add(self._select, value)
                self._select_chosen = True
        elif tag == "select" and self._select is not None:
            if not self._select_chosen:
                self.sent.add(self._select, self._select_first or "")
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            # A browser leaves out the line break that stands right after the tag.
            self.sent.add(self._textarea, self._words.removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        self._words += data


def read_page(source: str) -> Page:
    page = Page()
    page.feed(source)
    return page
