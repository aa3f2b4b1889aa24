"""Fill in a form as its rules want it: what was said, else what is known, else something ordinary where it must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

from casework.json_values import Answers, JsonMapping, JsonObject
from casework.playbook.chinese import said_in
from casework.playbook.words import ALSO_SAID, CHOICES, DAYS, ITEMS, MOSTLY_NOT, NUMBERS, NUMBERS_OF, WORDS

#: A field, as an edition has it or the API gives it.
Rule = JsonMapping


@dataclass(frozen=True)
class Form:
    """The rules of a form, as an edition has them or the API gives them."""

    #: The transition or task that asks.
    action: str
    rules: Sequence[Rule]
    #: What need not be asked.
    known: Answers = field(default_factory=dict)
    #: In which whoever fills it in writes.
    language: str = "en"

    def row(self, rules: Sequence[Rule], known: Answers | None = None) -> Form:
        """The form of a row of a table in it."""
        return replace(self, rules=rules, known=known or {})


class Facts(Protocol):
    """What lies outside a form: the day, and whom and what there is to name."""

    def day(self, days: int) -> str:
        """So many days from today."""

    def named(self, kind: str, name: str) -> Sequence[str]:
        """The ids of what a script calls so, in a field of this type."""

    def choose(self, rule: Rule) -> object:
        """Whom or what an ordinary person names here. Raises LookupError."""


def fill_form(form: Form, said: Answers, facts: Facts) -> JsonObject:
    """The values to send. Days are said as numbers from today, people and things by name; True is something ordinary.

    What is said as None is left out. Raises LookupError for a field that the form does not have.
    """
    if unknown := said.keys() - {rule["name"] for rule in form.rules}:
        raise LookupError(f"{form.action} has no field {', '.join(sorted(unknown))}")
    data: JsonObject = {}
    for rule in form.rules:
        name = rule["name"]
        if (when := rule.get("when")) and data.get(when[0]) not in when[1]:
            continue
        # A form about one service asks for a provider of that one.
        rule = {"service": data.get("service")} | {key: value for key, value in rule.items() if value is not None}
        if name in said and (said[name] is not True or rule["type"] == "yes_no"):
            if said[name] is not None:
                data[name] = _said(form, rule, said[name], facts)
        elif name in form.known and name not in said:
            data[name] = _known(form, rule, facts)
        elif name in said or rule.get("required") or rule["type"] == "rights" or (form.action, name) in ALSO_SAID:
            data[name] = _ordinary(form, rule, facts)
    return data


def _known(form: Form, rule: Rule, facts: Facts) -> object:
    """What need not be asked; of a table its rows, with what is still to be answered in each."""
    known = form.known[rule["name"]]
    if rule["type"] != "rows":
        return known
    return [fill_form(form.row(rule["fields"], row), {}, facts) for row in known]


def _said(form: Form, rule: Rule, value: object, facts: Facts) -> object:
    match rule["type"], value:
        case "rows", [*rows]:
            return [fill_form(form.row(rule["fields"]), cast(Answers, row), facts) for row in rows]
        case "text" | "note", str(words):
            return said_in(form.language, words)
        case "date", int(days):
            return facts.day(days)
        case "person" | "provider" | "organisation" | "right" as kind, str(name):
            return facts.named(kind, name)[0]
        case "people" | "providers" | "panel" | "rights" | "documents" | "tasks" as kind, [*names]:
            return [id for name in names for id in facts.named(kind, str(name))]
        case "items", [*items]:
            return [
                {"what": said_in(form.language, what), "by": facts.day(days)}
                for what, days in cast(Iterable[tuple[str, int]], items)
            ]
        case "money", _:
            return {"amount": f"{value}.00", "currency": "CNY"}
        case "number", _:
            return str(value)
    return value


def _ordinary(form: Form, rule: Rule, facts: Facts) -> object:
    action, name = form.action, rule["name"]
    match rule["type"]:
        case "text" | "note":
            return said_in(form.language, WORDS.get((action, name)) or WORDS.get(("", name)) or "On file.")
        case "number":
            return NUMBERS_OF.get((action, name)) or NUMBERS.get(name) or str(int(float(rule.get("min", 1))) or 1)
        case "money":
            return {"amount": NUMBERS.get(name, "2400000") + ".00", "currency": "CNY"}
        case "date":
            return facts.day(DAYS.get(name, 0 if rule.get("past") else 30))
        case "choice":
            return CHOICES.get((action, name), rule["choices"][0])
        case "many" | "listed_many":
            return rule.get("choices", [ITEMS.get(rule.get("catalogue", ""))])[:1]
        case "yes_no":
            return rule.get("must", name not in MOSTLY_NOT)
        case "party":
            return "need_owner"
        case "items":
            return [{"what": said_in(form.language, "As the parties have agreed."), "by": facts.day(30)}]
        case "listed":
            return ITEMS[rule["catalogue"]]
        case "rows":
            return [fill_form(form.row(rule["fields"]), {}, facts)]
    return facts.choose(rule)
