"""A form as a page shows it: its questions, what stands in them, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from casework.operations.cases.editors import Editor
from casework.web.shell.i18n import labelled, listed

#: What a field offers: (value, words).
Choice = tuple[str, str]
#: Before the name of a field, what its answer is sent as.
PREFIX = "f-"
#: Up to so many answers are shown side by side, more of them in a list to open.
SIDE_BY_SIDE = 6
ONE_OF = frozenset(
    {"choice", "party", "right", "burden", "impact", "listed", "person", "provider", "owner", "organisation"}
)
SEVERAL_OF = frozenset({"many", "rights", "people", "providers", "panel", "documents", "tasks", "listed_many"})


#: A paper that must be on file, handed in with the form whose action asks for it.
PAPER = "paper"
#: Before the name of a field, what a file is sent as, and what one is named by that was kept for it.
FILE, HELD = "u-", "held-"


@dataclass(frozen=True)
class HeldFile:
    """A file that came with a form that was refused; `token` names it when the form is sent again."""

    field: str
    name: str
    size: int
    token: str
    #: Whose paper it is, in words, where that was asked.
    whose: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a list: of things to do, or of answers to the same questions (`cells`)."""

    what: str = ""
    by: str = ""
    faults: tuple[str, ...] = ()
    cells: tuple[Field, ...] = ()


#: So many boxes stand beside one another; of more, which only countries and regions have, the first few.
_SHOWN_AT_ONCE, _NEAREST = 40, 5


@dataclass(frozen=True)
class Field:
    """One question as the page shows it."""

    name: str
    type: str
    label: str
    help: str = ""
    required: bool = True
    #: What stands in it: of text, number, date and one-of fields one, of the others any number.
    values: tuple[str, ...] = ()
    currency: str = "CNY"
    rows: tuple[Row, ...] = ()
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    max: int | None = None
    least: str | None = None
    most: str | None = None
    whole: bool = False
    #: Of a day: no later, or no earlier, than the office's today.
    past: bool = False
    future: bool = False
    #: The question of which this one asks for more: what is chosen there is not offered here.
    besides: str = ""
    consequence: str = ""
    #: The one answer that leads on, as it is sent.
    must: str = ""
    #: Answers that would be refused as the case stands, in words, each with why.
    refused: tuple[tuple[str, str], ...] = ()
    #: The name of the field, and the values of it, on which this one is asked; and the same in words.
    when: str | None = None
    when_values: tuple[str, ...] = ()
    when_words: str = ""
    #: Whether it is asked after what stands in the form when the page is opened.
    asked: bool = True
    #: Whether what stands in it was known before, and nobody has typed anything else since.
    prefilled: bool = False
    #: Known for good: it is told, and sent as it is.
    settled: bool = False
    #: The heading that stands over it, where a part of the form begins.
    group: str = ""
    #: Where the value comes from that stands in it before anybody has typed.
    source: str = ""
    fault: str = ""
    #: Tells it from the fields of other forms on the same page.
    place: str = ""
    #: Before what its answer is sent as, where several forms of a page are sent together.
    within: str = ""
    #: Whether files can be handed in for it here and now, those that came with the form and are kept, and what is asked of each.
    uploads: bool = False
    held: tuple[HeldFile, ...] = ()
    about: tuple[Field, ...] = ()
    #: Who cannot be chosen, each with why.
    left_out: str = ""
    #: In a row of answers: which row it is, in words, and so that it takes little room.
    of_row: str = ""

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.name}{self.place}"

    @property
    def control(self) -> str:
        """What its answer is sent as."""
        return self.within + PREFIX + self.name

    @property
    def summary(self) -> str:
        """The fault as it stands above the form, away from the question."""
        told = self.fault if self.label in self.fault else labelled(self.label, self.fault)
        return labelled(self.of_row, told) if self.of_row else told

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def described_by(self) -> str:
        parts = [
            (self.help, "help"),
            (self.must and not self.fault, "must"),
            (self.when, "only"),
            (self.refused, "refused"),
            (self.consequence, "what"),
            (self.fault, "fault"),
        ]
        return " ".join(f"{self.id}-{part}" for there, part in parts if there)

    @property
    def when_json(self) -> str:
        return json.dumps(self.when_values, ensure_ascii=False)

    @property
    def said(self) -> str:
        """What a settled one says, in words."""
        words = dict(self.choices)
        return listed(words.get(value, value) for value in self.values)

    @property
    def folded(self) -> frozenset[str]:
        """Of countries and regions those that lie folded: all but the nearest, which come first, and what is chosen."""
        if self.type != "many" or len(self.choices) <= _SHOWN_AT_ONCE:
            return frozenset()
        return frozenset(code for code, _ in self.choices[_NEAREST:]) - {*self.values}

    @property
    def one_control(self) -> bool:
        """Whether a plain label serves; groups of controls have a legend."""
        return self.type in ("text", "note", "number", "date") or self.type in ONE_OF and not self.side_by_side

    @property
    def side_by_side(self) -> bool:
        return len(self.choices) <= SIDE_BY_SIDE and not self.of_row

    @property
    def cells(self) -> tuple[Field, ...]:
        return tuple(cell for row in self.rows for cell in row.cells)

    def placed(self, place: str, within: str) -> Field:
        """The same beside fields of other forms, with its rows."""
        rows = tuple(
            replace(row, cells=tuple(cell.placed(f"{cell.place}{place}", within + cell.within) for cell in row.cells))
            for row in self.rows
        )
        return replace(self, place=place, within=within, rows=rows)


@dataclass(frozen=True)
class FormView:
    """A form as the page shows it. `name` is what a draft is kept by; `key` makes the action be done once."""

    name: str
    fields: tuple[Field, ...]
    key: str
    revision: int | None = None
    #: What is wrong with the whole of it, not with one field.
    faults: tuple[str, ...] = ()
    #: When the text was kept that the form was opened with, and what was kept with it beside the answers.
    draft_of: str | None = None
    kept: MultiDict[str, str] = field(default_factory=MultiDict)
    #: What would follow from it: sent again with the box ticked, it is done all the same.
    doubts: tuple[str, ...] = ()
    #: Who else fills it in at this moment.
    editors: tuple[Editor, ...] = ()

    def placed(self, place: str, *, within: str = "") -> FormView:
        """The same form, beside others on one page; sent together with them, `within` a name of its own."""
        return replace(self, fields=tuple(field.placed(f"-{place}", within) for field in self.fields))

    @property
    def uploads(self) -> bool:
        """Whether documents that are asked for can be handed in here and now."""
        return any(field.uploads for field in self.fields)

    def named(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def faulty(self) -> list[Field]:
        return [one for field in self.fields for one in (field, *field.cells, *field.about) if one.fault]


def within(data: MultiDict[str, str], place: str) -> MultiDict[str, str]:
    """What was sent in the fields of one part of a page."""
    return MultiDict(
        [(name.removeprefix(place), value) for name, value in data.items(multi=True) if name.startswith(place)]
    )
