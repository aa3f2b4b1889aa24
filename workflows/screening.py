"""How a party is looked for in the lists of sanctions, with each of its owners above 25 per cent: asked in a case, kept on the record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.engine.case_objects.screenings import CLEAR, HIT, LONGEST
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Choice, Date, Documents, Form, Note, OwnerField, Rows, Text
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard

RESULTS = {CLEAR: "On no list", HIT: "On a list"}


class OwnerRow(Form):
    owner = OwnerField(label="Owner")
    result = Choice(label="Result", choices=RESULTS)


class Screening(Form):
    """The party itself, and each of its owners above 25 per cent."""

    result = Choice(
        label="Result", choices={CLEAR: "Clear", HIT: "Hit"},
        done={CLEAR: "screened the party with no hit", HIT: "screened the party, with a hit"},
        press={CLEAR: "Record no hit", HIT: "Record a hit"},
    )  # fmt: skip
    checked_on = Date(label="Checked on", past=True)
    holds_until = Date(
        label="Holds until",
        future=True,
        help="Every case of the organisation relies on it up to that day; a year at most.",
    )
    list_versions = Text(label="Lists and their versions", max=500)
    extract = Text(label="What the extract says, or the number of the query", max=500)
    owners = Rows(
        label="Owners above 25 per cent", row=OwnerRow, most=50, fact=True, required=False,
        help="Each owner on the record of the organisation, once.",
    )  # fmt: skip
    evidence = Documents(label="The answer of the lists", required=False)
    finding = Note(label="What was found", when=("result", (HIT,)))


def _owners(f: Facts) -> Any:
    """What the record of the organisation says of the party that the task is about; None where none is on record."""
    return f.from_outside("owners").get(str(f.task.about if f.task is not None else f.about))


def _rows(f: Facts) -> list[Any]:
    return list(f.data.get("owners") or ())


@guard(
    rule="Each owner above 25 per cent on the record of the party's organisation is answered, once.",
    refusal="Answer for each owner above 25 per cent on the record of the party's organisation, once.",
    reads=("owners",),
)
def each_owner_is_screened(f: Facts) -> bool:
    told = _owners(f)
    return sorted(row["owner"] for row in _rows(f)) == sorted(told["owners"] if told else ())


@guard(
    rule="Where an owner stands on a list, the result is a hit.",
    refusal="An owner stands on a list: record a hit, and say what was found.",
)
def hit_of_an_owner_is_a_hit(f: Facts) -> bool:
    return f.data.get("result") == HIT or all(row["result"] == CLEAR for row in _rows(f))


@guard(
    rule="The screening holds until a day that is not before it was made, and a year after it at most.",
    refusal="The screening must hold until a day that is not before it was made, and a year after it at most.",
)
def screening_ends_within_a_year(f: Facts) -> bool:
    checked, until = (date.fromisoformat(str(f.data[name])) for name in ("checked_on", "holds_until"))
    return timedelta() <= until - checked <= LONGEST


@effect(reads=("owners",))
def record_screening(f: Facts) -> Follows:
    """The screening stands on the record of the party's organisation, for every case; where none is on record, in this case alone."""
    told = _owners(f)
    if told is None:
        return {}
    return {
        "screened": {
            "party": str(f.task.about if f.task is not None else f.about),
            "organisation": told["organisation"],
            "result": f.data["result"],
            "checked_on": f.data["checked_on"],
            "valid_until": f.data["holds_until"],
            "owners": {row["owner"]: row["result"] for row in _rows(f)},
            "words": {"lists": "list_versions", "evidence": "extract", "finding": "finding"},
        }
    }
