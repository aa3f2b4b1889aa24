"""Finds the forms of a page and fills them in without a browser: every place for words with words of our choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TYPED = frozenset({"text", "search", "url", "tel", ""})


@dataclass
class Control:
    """One thing of a form that is sent: how it is typed or chosen, and what stands in it."""

    name: str
    kind: str
    value: str = ""
    most: int | None = None
    number: bool = False
    checked: bool = False
    options: list[str] = field(default_factory=list)

    @property
    def takes_words(self) -> bool:
        return self.kind in TYPED and not self.number


@dataclass
class WebForm:
    """A form as it stands on a page."""

    action: str
    method: str
    draft: bool
    controls: list[Control] = field(default_factory=list)

    @property
    def takes_words(self) -> bool:
        return any(one.takes_words for one in self.controls)

    def filled(self, words: Callable[[Control], str]) -> list[tuple[str, str]]:
        """Pairs to send: `words` where one types, the first choice where one chooses, and what is there already."""
        sent: dict[str, str] = {}
        for one in self.controls:
            if one.takes_words:
                sent[one.name] = words(one)
            elif one.kind == "radio":
                if one.checked or one.name not in sent:
                    sent[one.name] = one.value
            elif one.kind == "checkbox":
                sent.setdefault(one.name, one.value)
            elif one.kind == "select":
                sent[one.name] = one.value or next((each for each in one.options if each), "")
            elif one.kind == "email":
                sent[one.name] = one.value or "somebody@example.org"
            elif one.kind == "password":
                sent[one.name] = "a new and long enough one"
            elif one.kind == "date":
                sent[one.name] = one.value or "2030-01-31"
            elif one.kind not in ("file", "submit", "button"):
                sent[one.name] = one.value or ("1" if one.number else "")
        return list(sent.items())


class Reading(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[WebForm] = []
        self.links: list[str] = []
        self._form: WebForm | None = None
        self._into: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urlsplit(urljoin(self.address, given["href"]))._replace(fragment="").geturl())
        elif tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self._form = WebForm(action, given.get("method", "get").lower(), "data-draft" in given)
            self.forms.append(self._form)
        elif self._form is not None and given.get("name") and tag in ("input", "textarea", "select"):
            kind = given.get("type", "text") if tag == "input" else "text" if tag == "textarea" else tag
            most = int(given["maxlength"]) if given.get("maxlength", "").isdigit() else None
            number = "inputmode" in given and given["inputmode"] != "text" or kind == "number"
            one = Control(given["name"], kind, given.get("value", ""), most, number, "checked" in given)
            self._form.controls.append(one)
            self._into = one if tag == "select" else None
        elif tag == "option" and self._into is not None:
            self._into.options.append(given.get("value", ""))
            if "selected" in given:
                self._into.value = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def read(address: str, source: str) -> Reading:
    found = Reading(address)
    found.feed(source)
    return found


def portions(words: tuple[str, ...]) -> Callable[[Control], str]:
    """For each control in turn as many of the words as it takes, so that over some controls or rounds all have been there."""
    turns: Iterator[int] = iter(range(10**9))
    at: dict[str, int] = {}

    def some(control: Control) -> str:
        most, start = control.most or 2_000, at.setdefault(control.name, next(turns) % len(words))
        taken: list[str] = []
        for n in range(len(words)):
            one = words[(start + n) % len(words)]
            if len(" ".join([*taken, one])) > most:
                break
            taken.append(one)
        at[control.name] = (start + max(len(taken), 1)) % len(words)
        return " ".join(taken)

    return some


__all__ = ["Control", "Reading", "WebForm", "portions", "read"]
