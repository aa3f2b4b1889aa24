"""The form of one row of a routing table: what a cell of it is as fields, and what fields are as a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext

from casework.engine.decision_tables.conditions import ANY, Condition
from casework.engine.decision_tables.tables import LONGEST_NOTE, Rule, Table, from_json, to_json
from casework.engine.decision_tables.values import feel, plain
from casework.engine.definition.forms import Choice, Form, Many, Note, Number, Text, YesNo
from casework.engine.tasks.allocation import ANYBODY
from casework.engine.tasks.routing import FACTS
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.views import NamedPerson
from casework.web.people.routing_words import FACT_NAMES, POLICIES, Words, anybody, bounds, codes
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_

#: Inputs of which several values may be ticked, those of which one is chosen, and those that are numbers.
_MANY, _ONE, _NUMBERS = ("queue", "service", "kind"), ("technology_field", "sector", "district"), ("amount", "age")
_MOST: Mapping[str, str] = {"amount": "999999999999", "age": "36500"}


class RowForm(Form):
    """What a row says beside its cells."""

    to = Choice(label=N_("Goes to"))
    number = Number(
        label=N_("Place"),
        min="1",
        max="300",
        whole=True,
        help=N_("Which row of the table it is: of consequence where the first one counts."),
    )
    note = Text(
        label=N_("Note"), max=LONGEST_NOTE, required=False, help=N_("Why it is so, for whoever reads the table.")
    )
    hit_policy = Choice(label=N_("Which rows of the table count"), choices=POLICIES)
    ends = YesNo(label=N_("Take this row out"), required=False)
    reason = Note(label=N_("Why"))


class FileForm(Form):
    """A table from a file."""

    table = Note(
        label=N_("The table"),
        max=100_000,
        help=N_("DMN as a modeller saves it, or JSON. It takes the place of the whole table."),
    )
    reason = Note(label=N_("Why"))


class RowFields:
    """The form of a row of a table, with what can be chosen in this programme."""

    def __init__(
        self,
        table: Table,
        row: Rule | None,
        offered: Mapping[str, Sequence[str]],
        people: Sequence[NamedPerson],
        words: Words,
    ) -> None:
        self.table, self.row, self.words = table, row, words
        self.columns = [one.name for one in table.inputs]
        self.cells = dict(zip(self.columns, row.conditions if row else [ANY] * len(self.columns), strict=True))
        self.people = {ANYBODY: "", **{one.id: one.name for one in people}}
        if row is not None and row.outputs[0] is not None:
            self.people.setdefault(str(row.outputs[0]), gettext("somebody who does not work here any more"))
        self.offered = offered

    def _plain(self, fact: str) -> bool:
        """Whether the cell can be said by the usual fields."""
        cell = self.cells[fact]
        if fact in _NUMBERS:
            return bounds(cell) is not None
        found = codes(cell)
        return found is not None and (fact in _MANY or len(found) <= 1)

    def form(self) -> type[Form]:
        own = RowForm.fields()
        asked: dict[str, object] = {}
        for fact in self.columns:
            label = FACT_NAMES[fact]
            if not self._plain(fact):
                asked[f"{fact}_cell"] = Text(label=label, max=2_000, help=N_("As a file has it; - asks nothing."))
            elif fact in _NUMBERS:
                most, whole = _MOST[fact], fact == "age"
                asked[f"{fact}_from"] = Number(label=_FROM[fact], min="0", max=most, whole=whole, required=False)
                asked[f"{fact}_below"] = Number(label=_BELOW[fact], min="0", max=most, whole=whole, required=False)
            else:
                choices = dict.fromkeys([*self.offered[fact], *(codes(self.cells[fact]) or ())], "")
                asked[fact] = (Many if fact in _MANY else Choice)(label=label, required=False, choices=choices)
        asked["to"] = Choice(label=own["to"].label, choices=dict.fromkeys(self.people, ""))
        asked |= {name: own[name] for name in ("note", "number", "hit_policy")}
        asked |= {"ends": own["ends"]} if self.row is not None else {}
        return type("RoutingRowForm", (Form,), {**asked, "reason": own["reason"]})

    def texts(self) -> Texts:
        """The words of the fields, and what each choice is called."""
        form, own = self.form(), own_texts(RowForm)
        labels = {f"{rule['name']}.label": form.texts()[f"{rule['name']}.label"] for rule in form.rule()}
        helps = {key: text for key, text in form.texts().items() if key.endswith(".help")}

        def get(key: str) -> str:
            name, _, code = key.partition(".choices.")
            if code and name == "to":
                return anybody() if code == ANYBODY else self.people.get(code, code)
            if code and name in FACTS:
                return self.words.value(name, code)
            if own.has(key):
                return own.get(key)
            return gettext({**labels, **helps}[key])

        return Texts(get, lambda key: ".choices." in key or own.has(key) or key in labels or key in helps)

    def known(self) -> JsonObject:
        """What stands in the row."""
        place = self.table.rules.index(self.row) + 1 if self.row is not None else len(self.table.rules) + 1
        known: JsonObject = {"number": str(place), "hit_policy": self.table.hit_policy, "to": ANYBODY}
        if self.row is not None:
            known |= {"to": str(self.row.outputs[0] or ANYBODY), "note": self.row.note}
        for fact, cell in self.cells.items():
            known |= self._known(fact, cell)
        return known

    def _known(self, fact: str, cell: Condition) -> JsonObject:
        if not self._plain(fact):
            return {f"{fact}_cell": str(cell)}
        if fact in _NUMBERS:
            said = zip(("from", "below"), bounds(cell) or (), strict=False)
            return {f"{fact}_{end}": plain(value) for end, value in said if value is not None}
        found = codes(cell) or []
        return {fact: found} if fact in _MANY else {fact: found[0]} if found else {}

    def table_with(self, given: JsonMapping) -> Table:
        """The whole table with the row as it was typed, or without it. Raises TableFault."""
        written = to_json(self.table)
        rows = [row for row, rule in zip(written["rules"], self.table.rules, strict=True) if rule is not self.row]
        if not given.get("ends"):
            row = {
                "inputs": [self._cell(fact, given) for fact in self.columns],
                "outputs": [feel(str(given["to"]))],
                "note": str(given.get("note") or ""),
            }
            rows.insert(int(Decimal(str(given["number"]))) - 1, row)
        return from_json(written | {"rules": rows, "hit_policy": given["hit_policy"]})

    def _cell(self, fact: str, given: JsonMapping) -> str:
        if f"{fact}_cell" in given:
            return str(given[f"{fact}_cell"])
        if fact in _NUMBERS:
            low, high = given.get(f"{fact}_from"), given.get(f"{fact}_below")
            if low is not None and high is not None:
                return f"[{low}..{high})"
            return f">= {low}" if low is not None else f"< {high}" if high is not None else "-"
        said = given.get(fact) or []
        return ", ".join(feel(str(one)) for one in ([said] if isinstance(said, str) else said)) or "-"


_FROM: Mapping[str, str] = {"amount": N_("Amount wanted, from (CNY)"), "age": N_("Age of the case, from (days)")}
_BELOW: Mapping[str, str] = {"amount": N_("Amount wanted, below (CNY)"), "age": N_("Age of the case, below (days)")}

__all__ = ["FileForm", "RowFields", "RowForm"]
