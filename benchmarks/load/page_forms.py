"""The forms of a page, and how somebody in a hurry answers them: what must be said and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser

from casework.playbook.words import CHOICES, DAYS, MOSTLY_NOT, NUMBERS

#: Elements that have no end.
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
#: By the name of the question; told in a meeting a consent needs no letter.
HABITS: Mapping[str, str] = {**NUMBERS, **dict.fromkeys(MOSTLY_NOT, "no"), "channel": "meeting"}
#: What a question for words is answered with.
WORDS = "As agreed with both sides on the telephone."


@dataclass
class Control:
    """One thing of a form that is sent."""

    name: str
    kind: str
    value: str
    checked: bool = False
    number: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Question:
    """What is asked by some controls: always, or only where another question was answered by one of some values."""

    when: str | None = None
    values: tuple[str, ...] = ()
    optional: bool = False
    controls: list[Control] = field(default_factory=list)


@dataclass
class WebForm:
    """A form as it stands on a page: hidden fields, and its questions in their order."""

    action: str
    asks: bool
    keeps_draft: bool
    uploads: bool
    hidden: list[tuple[str, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def answered(self, action: str, today: date, said: Mapping[str, str]) -> list[tuple[str, str]]:
        """Pairs to send; `said` is by the name of the question, without what all of them begin with."""
        chosen: dict[str, set[str]] = {}
        pairs = list(self.hidden)
        for question in self.questions:
            name = question.controls[0].name.removeprefix("f-").split(".")[0] if question.controls else ""
            if not name or question.when is not None and not chosen.get(question.when, set()) & set(question.values):
                continue
            wanted = said.get(name, CHOICES.get((action, name), HABITS.get(name)))
            sent = list(_answers(question, wanted, today, DAYS.get(name, 0)))
            chosen[name] = {value for _, value in sent}
            pairs += sent
        return pairs


def _answers(question: Question, wanted: str | None, today: date, days: int) -> Iterator[tuple[str, str]]:
    first = question.controls[0]
    if first.kind in ("radio", "checkbox"):
        has = [(one.name, one.value) for one in question.controls if one.checked]
        if wanted not in {one.value for one in question.controls}:
            wanted = None
        if wanted is None and (has or question.optional):
            yield from has
        else:
            yield first.name, wanted or first.value
        return
    for one in question.controls:
        if one.value or question.optional:
            yield one.name, one.value
        elif one.kind == "select":
            yield one.name, wanted if wanted in one.options else next((each for each in one.options if each), "")
        elif one.kind == "date":
            yield one.name, wanted or (today + timedelta(days=days)).isoformat()
        elif one.kind != "file":
            yield one.name, wanted or ("1" if one.number else WORDS)


class _Reading(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[WebForm] = []
        self._form: WebForm | None = None
        #: Open elements of the form, each with the question that it is.
        self._open: list[tuple[str, Question | None]] = []
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag == "form" and given.get("method") == "post":
            files = given.get("enctype") == "multipart/form-data"
            self._form = WebForm(given.get("action", ""), "asks" in classes, "data-draft" in given, files)
            self.forms.append(self._form)
            self._open = []
            return
        form = self._form
        if form is None:
            return
        mine = None
        if "field" in classes:
            above = self._question()
            asks = given if "data-when" in given else None
            when = asks["data-when"] if asks else above.when if above else None
            values = tuple(json.loads(asks["data-values"])) if asks else above.values if above else ()
            mine = Question(when, values)
            form.questions.append(mine)
        elif "optional" in classes and (question := self._question()) is not None:
            question.optional = True
        # What says to which form it belongs belongs to another one.
        if given.get("name") and "form" not in given and tag in ("input", "textarea", "select"):
            self._take(form, tag, given)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        if tag not in _VOID:
            self._open.append((tag, mine))

    def _take(self, form: WebForm, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        number = kind == "number" or given.get("inputmode", "text") != "text"
        one = Control(given["name"], kind, given.get("value", ""), "checked" in given, number)
        question = self._question()
        if question is not None:
            question.controls.append(one)
            self._select = one if tag == "select" else None
        elif kind == "hidden":
            form.hidden.append((one.name, one.value))
        elif one.name == "sure":
            form.hidden.append((one.name, "yes"))

    def _question(self) -> Question | None:
        return next((question for _, question in reversed(self._open) if question is not None), None)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif self._form is not None and tag in {name for name, _ in self._open}:
            while self._open.pop()[0] != tag:
                pass


def read_forms(source: str) -> list[WebForm]:
    """The forms of a page that change something, in their order."""
    found = _Reading()
    found.feed(source)
    return found.forms


__all__ = ["WORDS", "WebForm", "read_forms"]
