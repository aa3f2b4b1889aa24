"""The form by which a side says of each match whether it is of interest, and what it is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from casework.engine.case_objects.programme_lists import Entry
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Text
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.matching.interest import NO, QUESTION, YES
from casework.operations.matching.interest_links import Says
from casework.web.matching.desk_words import say_range
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.layout import clock, place_names

#: What a side says, as it is asked and as it was said.
ANSWERS: Mapping[str, str] = {
    YES: N_("Interested"), NO: N_("Not interested"), QUESTION: N_("I have a question first"),
}  # fmt: skip
_PARTS = ("says", "why", "words")


class OfMatch(Form):
    says = Choice(label=N_("Is it of interest to you?"), choices=ANSWERS)
    why = Choice(label=N_("Why not"), choices={"other": ""}, when=("says", (NO,)))
    words = Note(label=N_("In your own words, or your question"), required=False, max=4_000)


class Who(Form):
    by = Text(label=N_("Your name"), max=200)
    position = Text(label=N_("Your position"), max=200, required=False)


def form_of(places: Iterable[int], why: Sequence[Entry]) -> tuple[list[Any], Texts]:
    """The rules and the words of the form for the matches at these places, with why one may say no."""
    rules: list[JsonObject] = []
    for n in places:
        for written in OfMatch.rule():
            rule: JsonObject = {**written, "name": f"{written['name']}_{n}"}
            if "when" in rule:
                rule["when"] = [f"says_{n}", rule["when"][1]]
            if written["name"] == "why":
                rule["choices"] = [entry.key for entry in why]
            rules.append(rule)
    rules += [dict(written) for written in Who.rule()]
    words = {f"why.choices.{one.key}": name_of({"name": one.label, "name_zh": one.label_zh}) for one in why}
    own, who = own_texts(OfMatch), own_texts(Who)

    def plain(key: str) -> str:
        name, dot, more = key.partition(".")
        return name.partition("_")[0] + dot + more

    def get(key: str) -> str:
        short = plain(key)
        return words.get(short) or (who.get(short) if who.has(short) else own.get(short))

    def has(key: str) -> bool:
        short = plain(key)
        return short in words or who.has(short) or own.has(short)

    return rules, Texts(get, has)


def said_by(rules: list[Any], data: JsonMapping, places: Mapping[str, int]) -> tuple[dict[str, Says], str, str]:
    """What was said of each match, and who says so, as what. Raises InvalidForm."""
    given: JsonObject = check(build_model("Interest", rules), rules, data, clock().office_today)
    says = {
        match: Says(
            says=given[f"says_{n}"], why=given.get(f"why_{n}") or "", words=(given.get(f"words_{n}") or "").strip()
        )
        for match, n in places.items()
    }
    return says, given["by"], given.get("position") or ""


def at_fields(refusal: InvalidForm, places: Mapping[str, int]) -> InvalidForm:
    """What is wrong with a match, at its fields."""
    place = {f"{match}.{part}": f"{part}_{n}" for match, n in places.items() for part in _PARTS}
    return InvalidForm(fields={place.get(name, name): why for name, why in refusal.fields.items()})


#: What is told of a technology, and of a need.
_LABELS: Mapping[str, str] = {
    "description": N_("Summary"), "problem": N_("Problem solved"), "advantage": N_("Benefit over what there is"),
    "developed_in": N_("Developed in"), "deployed_in": N_("Deployed in"),
}  # fmt: skip
_OF_NEED: Mapping[str, str] = {
    "problem": N_("How it is today"),
    "target": N_("What it must become"),
    "words": N_("The office says"),
}


def say_technology(told: JsonMapping) -> list[tuple[str, str]]:
    """What is told of a technology, each with what it is called."""
    says = told["says"]
    lines = [(gettext(label), _words(says[name])) for name, label in _LABELS.items() if says.get(name)]
    if says.get("readiness_low") or says.get("readiness_high"):
        lines.append((gettext("Readiness"), say_range(says.get("readiness_low"), says.get("readiness_high"))))
    return lines


def say_need(told: JsonMapping) -> list[tuple[str, str]]:
    """What is told of a need to the owner of a technology."""
    return [(gettext(label), told[name]) for name, label in _OF_NEED.items() if told.get(name)]


def title_of(told: JsonMapping) -> str:
    """A title in the reader's language."""
    return name_of({"name": told["title"], "name_zh": told.get("title_zh")})


def _words(value: Any) -> str:
    return place_names(value) if isinstance(value, list) else str(value)


__all__ = ["ANSWERS", "at_fields", "form_of", "said_by", "say_need", "say_technology", "title_of"]
