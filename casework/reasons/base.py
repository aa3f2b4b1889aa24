"""What is said when something is refused: a code with values. Its words stand once, in the catalogue of this package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

_GAP = re.compile(r"%\((\w+)\)s")
#: Gaps of sentences for a day, given like 2026-05-01.
_DAYS = frozenset({"day", "since", "until"})


def N_(words: str) -> str:
    """Marks words for the catalogue of translations; they are translated where they are shown."""
    return words


@dataclass(frozen=True, slots=True)
class Terms:
    """Codes that stand as values in a sentence, such as roles, and what each is called."""

    words: Mapping[str, str]
    #: Whether English for programs and logs says the words; else it says the codes.
    spelt: bool = True
    #: What stands between several.
    joint: str = N_(", ")

    def name(self, code: str) -> str:
        return self.words.get(code, code.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an edition, such as why its guard refuses: its key, "case.guards.consented", and its English words."""

    code: str
    words: str

    def __str__(self) -> str:
        return self.words

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "message": self.words}


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with gaps. Called with the values for them it gives a reason."""

    code: str
    words: str
    #: Of gaps that take codes: what these are called.
    terms: Mapping[str, Terms] = field(default_factory=dict, hash=False)
    gaps: frozenset[str] = frozenset()

    def __call__(self, **values: Value) -> Reason:
        if values.keys() != self.gaps:
            raise TypeError(f"{self.code} takes {sorted(self.gaps)}, not {sorted(values)}")
        return Reason(self, values)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence of the catalogue with its values."""

    template: Template
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def code(self) -> str:
        return self.template.code

    def __str__(self) -> str:
        return render(self, _ENGLISH)

    def as_json(self) -> dict[str, object]:
        values = {name: _as_json(value) for name, value in self.values.items()}
        return {"code": self.code, "message": str(self), "values": values}


Why = Reason | Text
Value = str | int | None | Reason | Text | Sequence[str] | Sequence[Why] | Mapping[str, Why]

CATALOGUE: dict[str, Template] = {}


def template(code: str, words: str, **terms: Terms) -> Template:
    """A sentence of the catalogue with gaps, `%(name)s`."""
    if code in CATALOGUE:
        raise ValueError(f"two reasons have the code {code}")
    CATALOGUE[code] = Template(code, words, terms, frozenset(_GAP.findall(words)))
    return CATALOGUE[code]


def reason(code: str, words: str) -> Reason:
    """A sentence of the catalogue without gaps."""
    return template(code, words)()


class Language(Protocol):
    """How the parts of a sentence are said."""

    def gettext(self, words: str, /) -> str: ...

    def text(self, text: Text, /) -> str: ...

    def term(self, terms: Terms, code: str, /) -> str: ...

    def day(self, iso: str, /) -> str: ...


class _English:
    """For programs, logs and the command line."""

    def gettext(self, words: str) -> str:
        return words

    def text(self, text: Text) -> str:
        return text.words

    def term(self, terms: Terms, code: str) -> str:
        return terms.name(code) if terms.spelt else code

    def day(self, iso: str) -> str:
        return iso


_ENGLISH = _English()


#: How a sentence ends in Chinese: the next one follows without a space.
_STOPS = tuple(stop + close for stop in "。！？；：，、" for close in ("", "”", "）", "》"))


def sentences(words: Iterable[str]) -> str:
    """Sentences one after the other, of one language or of both; markup stays what it is."""
    whole = ""
    for said in filter(None, words):
        whole = whole + ("" if not whole or whole.endswith(_STOPS) else " ") + said
    return whole


def render(said: Why, language: Language) -> str:
    """The sentence in a language."""
    if isinstance(said, Text):
        return language.text(said)
    words = language.gettext(said.template.words)
    if not said.values:
        return words
    terms = said.template.terms
    return words % {
        name: language.day(value)
        if name in _DAYS and isinstance(value, str)
        else _render(value, terms.get(name), language)
        for name, value in said.values.items()
    }


def _render(value: Value, terms: Terms | None, language: Language) -> str:
    if isinstance(value, Reason | Text):
        return render(value, language)
    if isinstance(value, Mapping):
        return language.gettext("; ").join(f"{name}: {render(why, language)}" for name, why in value.items())
    if isinstance(value, str):
        return language.term(terms, value) if terms else value
    if isinstance(value, Sequence):
        parts = (_render(part, terms, language) for part in value)
        # Whole sentences follow each other as they do on a page.
        if terms is None and any(isinstance(part, Reason | Text) for part in value):
            return sentences(parts)
        return language.gettext(terms.joint if terms else ", ").join(parts)
    return "" if value is None else str(value)


def _as_json(value: Value) -> object:
    if isinstance(value, Reason | Text):
        return value.as_json()
    if isinstance(value, Mapping):
        return {name: why.as_json() for name, why in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_json(part) for part in value]
    return value


def from_json(kept: object) -> Why:
    """A reason, or a text of an edition, from its JSON.

    What an earlier release kept may have a code that is gone, or other gaps: then its English words are what is left.
    """
    why = _from_json(kept)
    if not isinstance(why, Reason | Text):
        raise TypeError(f"{kept!r} is no reason")
    return why


def _from_json(kept: object) -> Value:
    if isinstance(kept, list):
        return cast(Value, [_from_json(part) for part in kept])
    if not isinstance(kept, dict):
        return cast(Value, kept)
    # By what it is, not by its keys alone: a field may be called "code" too.
    if not isinstance(kept.get("code"), str):
        return cast(Value, {name: _from_json(why) for name, why in kept.items()})
    if "values" not in kept:
        return Text(kept["code"], kept["message"])
    template = CATALOGUE.get(kept["code"])
    if template is None or template.gaps != kept["values"].keys():
        return Text(kept["code"], kept["message"])
    return Reason(template, {name: _from_json(value) for name, value in kept["values"].items()})
