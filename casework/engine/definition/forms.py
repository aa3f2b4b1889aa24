"""Forms: the fields that a definition asks for, and how the value of each is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.limits import GuardLimit
from casework.engine.definition.list_names import CATALOGUES


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One question of a form. `fact` fields are read by guards, clocks, figures, letters or records: they stand in an event's effects
    and are never erased, so they hold codes, dates, numbers and ids, never personal words. The others stand in the body."""

    label: str
    required: bool = True
    help: str = ""
    #: Asked only when another field has one of these values.
    when: tuple[str, tuple[Any, ...]] | None = None
    fact: bool = True
    #: Filled from what is known: "case.need_owner", "agreement.sign_local.expires_on", …
    prefill: str | None = None
    #: Known for good once it is filled from there: it is told, and sent as it is.
    settled: bool = False
    #: The name of the guard that says whether it need be asked: where it does not hold the record tells the answer.
    asked_if: str = ""
    #: The heading under which this question and those after it stand.
    group: str = ""

    type: ClassVar[str] = ""

    def rule(self) -> dict[str, Any]:
        """What of this field is a rule (goes into the fingerprint), as JSON."""
        written: dict[str, Any] = {"type": self.type, "required": self.required, "fact": self.fact}
        if self.when is not None:
            written["when"] = [self.when[0], list(self.when[1])]
        if self.prefill is not None:
            written["prefill"] = self.prefill
        told = {"settled": self.settled, "asked_if": self.asked_if}
        return written | {key: said for key, said in told.items() if said} | self.limits()

    def limits(self) -> dict[str, Any]:
        return {}

    def texts(self) -> dict[str, str]:
        words = {"label": self.label, "help": self.help, "group": self.group}
        return {key: said for key, said in words.items() if said or key == "label"}


def _of_answers(**words: Mapping[str, str]) -> dict[str, str]:
    """Words that a field has for each of its answers, by what they are for."""
    return {f"{what}.{answer}": said for what, of_all in words.items() for answer, said in of_all.items()}


@dataclass(frozen=True, kw_only=True)
class Text(FormField):
    """One line of words."""

    max: int = 200
    fact: bool = False
    type: ClassVar[str] = "text"

    def limits(self) -> dict[str, Any]:
        return {"max": self.max}


@dataclass(frozen=True, kw_only=True)
class Note(Text):
    """Some sentences; where they are required, they must hold words."""

    max: int = 10_000
    type: ClassVar[str] = "note"


@dataclass(frozen=True, kw_only=True)
class Number(FormField):
    """A decimal number with a unit; travels as a string so that no digit is lost."""

    unit: str = ""
    min: str | None = None
    max: str | None = None
    whole: bool = False
    type: ClassVar[str] = "number"

    def limits(self) -> dict[str, Any]:
        return {"unit": self.unit, "min": self.min, "max": self.max, "whole": self.whole}


@dataclass(frozen=True, kw_only=True)
class Money(FormField):
    """An amount in a currency: {"amount": "3000000.00", "currency": "CNY"}."""

    type: ClassVar[str] = "money"


@dataclass(frozen=True, kw_only=True)
class Date(FormField):
    """A calendar day in the programme's time zone; `past` and `future` include today.

    `holds` is for how long something holds at most that ends on the day: pages say the programme's own limit, and the day.
    """

    past: bool = False
    future: bool = False
    holds: GuardLimit | None = None
    type: ClassVar[str] = "date"

    def limits(self) -> dict[str, Any]:
        return {"past": self.past, "future": self.future} | ({"holds": self.holds.what} if self.holds else {})


@dataclass(frozen=True, kw_only=True)
class Choice(FormField):
    """One of several codes."""

    choices: Mapping[str, str] = field(default_factory=dict)
    #: What the history says of whoever gave this answer, by code: {"waiver_asked": "asked for a waiver"}.
    done: Mapping[str, str] = field(default_factory=dict)
    #: What the button says that gives this answer, where the form decides: {"upheld": "Uphold the objection"}.
    press: Mapping[str, str] = field(default_factory=dict)
    type: ClassVar[str] = "choice"

    def limits(self) -> dict[str, Any]:
        return {"choices": list(self.choices)}

    def texts(self) -> dict[str, str]:
        answers = {f"choices.{code}": words for code, words in self.choices.items()}
        return super().texts() | answers | _of_answers(done=self.done, press=self.press)


@dataclass(frozen=True, kw_only=True)
class Many(Choice):
    """Any of several codes."""

    type: ClassVar[str] = "many"


@dataclass(frozen=True, kw_only=True)
class YesNo(FormField):
    """Yes or no; `must` refuses the other answer, `consequence` says what yes brings about."""

    must: bool | None = None
    consequence: str = ""
    #: As of a choice, by "yes" and "no".
    done: Mapping[str, str] = field(default_factory=dict)
    press: Mapping[str, str] = field(default_factory=dict)
    type: ClassVar[str] = "yes_no"

    def limits(self) -> dict[str, Any]:
        return {"must": self.must}

    def texts(self) -> dict[str, str]:
        consequence = {"consequence": self.consequence} if self.consequence else {}
        return super().texts() | consequence | _of_answers(done=self.done, press=self.press)


@dataclass(frozen=True, kw_only=True)
class PartyField(FormField):
    """One of the case's two parties: need_owner or technology_owner."""

    type: ClassVar[str] = "party"


@dataclass(frozen=True, kw_only=True)
class RightField(FormField):
    """An IP right of the case, by id."""

    type: ClassVar[str] = "right"


@dataclass(frozen=True, kw_only=True)
class BurdenField(FormField):
    """A licence, an assignment or a transfer that lies on a right of the case, by id."""

    type: ClassVar[str] = "burden"


@dataclass(frozen=True, kw_only=True)
class OwnerField(FormField):
    """An owner of the party that a task is about, by id."""

    type: ClassVar[str] = "owner"


@dataclass(frozen=True, kw_only=True)
class OrganisationField(FormField):
    """An organisation that the case's programme knows, and no provider, by id."""

    type: ClassVar[str] = "organisation"


@dataclass(frozen=True, kw_only=True)
class Rights(FormField):
    """IP rights of the case, by id."""

    type: ClassVar[str] = "rights"


@dataclass(frozen=True, kw_only=True)
class ImpactField(FormField):
    """A record of the case's effect that stands, by id."""

    type: ClassVar[str] = "impact"


@dataclass(frozen=True, kw_only=True)
class Listed(FormField):
    """An entry of a catalogue among the lists of the programme, by version and code: "2025/1.3.2"."""

    catalogue: str = ""
    type: ClassVar[str] = "listed"

    def __post_init__(self) -> None:
        if self.catalogue not in CATALOGUES:
            raise TypeError(f"no programme has a catalogue {self.catalogue!r}")

    def limits(self) -> dict[str, Any]:
        return {"catalogue": self.catalogue}


@dataclass(frozen=True, kw_only=True)
class ListedMany(Listed):
    """Any of the entries of such a list."""

    type: ClassVar[str] = "listed_many"


@dataclass(frozen=True, kw_only=True)
class Person(FormField):
    """A person with an account, by id; `role` is what that person must be in the programme or organisation."""

    role: str = ""
    type: ClassVar[str] = "person"

    def limits(self) -> dict[str, Any]:
        return {"role": str(self.role)}


@dataclass(frozen=True, kw_only=True)
class People(Person):
    """Several people with accounts, by id."""

    type: ClassVar[str] = "people"


@dataclass(frozen=True, kw_only=True)
class Provider(FormField):
    """An organisation that takes referrals of a service, by id."""

    service: str = ""
    type: ClassVar[str] = "provider"

    def limits(self) -> dict[str, Any]:
        return {"service": self.service}


@dataclass(frozen=True, kw_only=True)
class Providers(Provider):
    """Several organisations that take referrals, by id."""

    type: ClassVar[str] = "providers"


@dataclass(frozen=True, kw_only=True)
class Panel(Providers):
    """Several organisations that take referrals, by id, in the order in which they are asked."""

    type: ClassVar[str] = "panel"


@dataclass(frozen=True, kw_only=True)
class Documents(FormField):
    """Documents of the case, by id: of one of the kinds, where any are named, and where `valid` none that has expired."""

    kinds: tuple[str, ...] = ()
    valid: bool = False
    type: ClassVar[str] = "documents"

    def limits(self) -> dict[str, Any]:
        return ({"kinds": list(self.kinds)} if self.kinds else {}) | ({"valid": True} if self.valid else {})


@dataclass(frozen=True, kw_only=True)
class Tasks(FormField):
    """Open tasks of the case, by id."""

    type: ClassVar[str] = "tasks"


@dataclass(frozen=True, kw_only=True)
class Items(FormField):
    """A list of things to do, each with words and a day: [{"what": "…", "by": "2026-03-01"}]."""

    fact: bool = False
    type: ClassVar[str] = "items"


@dataclass(frozen=True, kw_only=True)
class Rows(FormField):
    """The same few questions, row by row: [{"parameter": "…", "value": "94.2"}]. Where the rows are a fact, so are all columns."""

    row: type[Form]
    most: int = 30
    fact: bool = False
    type: ClassVar[str] = "rows"

    def __post_init__(self) -> None:
        asked = self.row.fields()
        if not asked or (odd := {column.type for column in asked.values()} - COLUMN_TYPES):
            raise TypeError(f"a row cannot ask for {min(odd)}" if asked else "a row asks for nothing")
        if taken := {"label", "help", "group"} & asked.keys():
            raise TypeError(f"a row cannot have a field called {min(taken)}")

    def limits(self) -> dict[str, Any]:
        return {"most": self.most, "fields": [{**column, "fact": self.fact} for column in self.row.rule()]}

    def texts(self) -> dict[str, str]:
        return super().texts() | self.row.texts()


COLUMN_TYPES = frozenset({"text", "number", "money", "date", "choice", "listed", "owner"})


class Form:
    """A list of questions, written as class attributes in the order in which they are asked."""

    def __init_subclass__(cls) -> None:
        if taken := {"fields", "rule", "texts"} & {
            name for name, value in vars(cls).items() if isinstance(value, FormField)
        }:
            raise TypeError(f"a form cannot have a field called {min(taken)}")

    @classmethod
    def fields(cls) -> dict[str, FormField]:
        by_name: dict[str, FormField] = {}
        for base in reversed(cls.__mro__):
            by_name |= {name: value for name, value in vars(base).items() if isinstance(value, FormField)}
        return by_name

    @classmethod
    def rule(cls) -> list[WrittenField]:
        return [cast(WrittenField, {"name": name, **form_field.rule()}) for name, form_field in cls.fields().items()]

    @classmethod
    def texts(cls) -> dict[str, str]:
        return {
            f"{name}.{key}": words
            for name, form_field in cls.fields().items()
            for key, words in form_field.texts().items()
        }
