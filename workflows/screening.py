"""How a party is looked for in the lists of sanctions, with each of its owners above 25 per cent: asked in a case, kept on the record,
and asked for again of whoever signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from casework.engine.case_objects.screenings import CLEAR, HIT, LONGEST, Looked, last_day
from casework.engine.case_objects.signing_words import Words, say_lacking
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Choice, Date, Documents, Form, Note, OwnerField, Rows, Text
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, effect, guard
from casework.engine.state.case import Task
from workflows.own_limits import RECORD_HOLDS, SCREENING_HOLDS
from workflows.signatories import READS, SIGNATORIES, company_of, their_party

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
        holds=RECORD_HOLDS,
        help="Every case of the organisation relies on it up to that day. Where no organisation is on record it counts in this case "
        "alone, and not longer than the programme lets a screening in a case hold.",
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
    at=("owners",),
    law=Law.COMPLIANCE,
)
def each_owner_is_screened(f: Facts) -> bool:
    told = _owners(f)
    return sorted(row["owner"] for row in _rows(f)) == sorted(told["owners"] if told else ())


@guard(
    rule="Where an owner stands on a list, the result is a hit.",
    refusal="An owner stands on a list: record a hit, and say what was found.",
    at=("result",),
    law=Law.COMPLIANCE,
)
def hit_of_an_owner_is_a_hit(f: Facts) -> bool:
    return f.data.get("result") == HIT or all(row["result"] == CLEAR for row in _rows(f))


@guard(
    rule="The screening holds until a day that is not before it was made, and a year after it at most.",
    refusal="The screening must hold until a day that is not before it was made, and a year after it at most.",
    at=("holds_until",),
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


# --- what counts -----------------------------------------------------------------------------------------------------


def newest(f: Facts, record: Mapping[str, Any] | None, task: Task | None) -> Looked | None:
    """The newest screening of an organisation: that on its record, or where none is on record that of this case."""
    if record is not None and (task is None or record["checked_on"] >= str(task.result.get("checked_on", ""))):
        until = last_day(record["checked_on"], record["valid_until"] or "", f.limit(RECORD_HOLDS))
        return Looked(record["result"] == CLEAR, record["owners_free"] is True, record["checked_on"], until)
    if task is None:
        return None
    checked_on, until = (str(task.result.get(name) or "") for name in ("checked_on", "holds_until"))
    until = last_day(checked_on, until, f.limit(SCREENING_HOLDS))
    return Looked(task.result.get("result") == CLEAR, True, checked_on, until)


# --- whoever signs ---------------------------------------------------------------------------------------------------

#: Who has a part in a signing, the organisation on record, and how that was looked for last.
Part = tuple[str, str | None, Looked | None]


def _parts(f: Facts, terms: Mapping[str, Any]) -> Iterator[Part]:
    """Both parties, whoever signs in the place of one by these terms, and the company that takes what goes into a venture."""
    on_record, named = f.from_outside("screenings"), f.from_outside("named_screenings")
    for party in SIGNATORIES:
        organisation = their_party(f, party).get("organisation") or f.case.parties.get(party)
        yield party, organisation, newest(f, on_record.get(party), f.result("screening", about=party))
    for field in SIGNATORIES.values():
        if (signs := terms.get(field)) is not None:
            yield "signatory", signs, newest(f, named.get(signs), None)
    if (company := company_of(terms)) is not None:
        yield "company", company, newest(f, named.get(company), None)


def _lacking(f: Facts) -> list[Part]:
    """Whose screening does not answer for the signing. Who is on a list, or was never looked for, is known from the draft already."""
    drafted = f.fired("propose")
    never = [part for part in _parts(f, drafted.data if drafted else {}) if part[2] is None or not part[2].free]
    if never:
        return never
    day = f.data.get("executed_on")
    signed_on = date.fromisoformat(day) if day else f.today
    return [part for part in _parts(f, f.data) if part[2] is None or not part[2].holds(signed_on)]


def _say_lacking(f: Facts) -> Words:
    return [say_lacking(*part) for part in _lacking(f)]


@guard(
    rule="Both parties, and whoever signs or takes the rights in the place of one, have a screening with no hit that held on the day of the"
    " signing, or was made since.",
    refusal="Whoever signs must be screened, with no hit, by a screening that holds on the day of the signing. Let compliance screen each"
    " on the page of its organisation, or a party by a task of this case; then record the signing.",
    reads=(*READS, "screenings", "named_screenings"),
    limits=(SCREENING_HOLDS, RECORD_HOLDS),
    because=_say_lacking,
    law=Law.COMPLIANCE,
)
def whoever_signs_is_screened(f: Facts) -> bool:
    return not _lacking(f)
