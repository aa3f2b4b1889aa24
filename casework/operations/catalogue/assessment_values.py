"""What may stand in an assessment of a city's needs, and in a visit or an event of it; every fault is told in one round."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.definition.names import insist_name
from casework.engine.definition.value_types import insist_day
from casework.engine.execution.guards import line
from casework.errors import FieldFault, InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.programme_lists import why_not_listed
from casework.reasons import Why

#: How an assessment stands.
PLANNED, UNDER_WAY, CONCLUDED = STATUSES = ("planned", "under_way", "concluded")
#: How an enterprise that is asked stands.
TO_ASK, ASKED, ANSWERED, REFUSED = STATES = ("to_ask", "asked", "answered", "refused")
#: What a visit or an event is.
KINDS = ("visit", "interview", "meeting", "event")
#: What is said of an assessment, and of a visit, in the order of a page.
FIELDS = (
    "title", "title_zh", "starts_on", "ends_on", "sectors", "districts", "enterprises_target", "needs_target", "status", "conclusion",
)  # fmt: skip
VISIT_FIELDS = ("kind", "day", "title", "place", "district", "participants", "staff", "notes")
#: The most that is aimed at, and the most who are named of a visit.
MOST, MOST_PARTICIPANTS = 100_000, 50
#: What must be said.
_NEVER_EMPTY = {"title", "starts_on", "ends_on", "status", "kind", "day"}
#: What is empty where nothing is said.
_LISTS = {"sectors", "districts", "participants", "staff"}
#: The list of the programme from which a field is chosen.
_LISTED = {"sectors": "sectors", "districts": "districts", "district": "districts"}


def cleaned(
    lists: Lists, fields: JsonMapping, stands: JsonMapping, known: Mapping[str, Collection[str]] | None = None
) -> JsonObject:
    """What is to stand in it, as it is stored. Raises InvalidForm with every fault.

    `stands`: what it says now, which may have left the lists since. `known`: the ids that participants, and staff, may be of.
    """
    faults: dict[str, Why] = {}
    values: JsonObject = {}
    for name, value in fields.items():
        said = value.strip() if isinstance(value, str) else value
        if said in (None, "", []):
            values[name] = [] if name in _LISTS else None
            continue
        try:
            values[name] = _CLEAN[name](said, name)
        except InvalidForm as refusal:
            faults |= refusal.fields
        except FieldFault as refusal:
            faults[name] = refusal.reason
    faults |= {name: reasons.fields.REQUIRED for name in _NEVER_EMPTY & values.keys() if values[name] is None}
    for name in _LISTED.keys() & values.keys():
        before = _codes(stands.get(name))
        for code in _codes(values[name]):
            if code not in before and (why := why_not_listed(lists, _LISTED[name], code)) is not None:
                faults[name] = why
    named = {
        "participants": {one["organisation"] for one in values.get("participants", ())} - {None},
        "staff": {*values.get("staff", ())},
    }
    faults |= {
        name: reasons.fields.NOT_KNOWN_HERE for name, ids in named.items() if ids - {*(known or {}).get(name, ())}
    }
    if not faults:
        faults = dict(_against({**stands, **values}))
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _against(says: JsonMapping) -> Mapping[str, Why]:
    """What does not go together."""
    faults = {}
    if "starts_on" in says and says["ends_on"] < says["starts_on"]:
        faults["ends_on"] = reasons.fields.NOT_BEFORE_FIRST_DAY
    if says.get("status") == CONCLUDED and not says.get("conclusion"):
        faults["conclusion"] = reasons.fields.REQUIRED
    return faults


def _codes(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or ())


def _line(most: int) -> Callable[[Any, str], str]:
    return lambda value, name: insist_name(value, name, most)


def _one_of(codes: tuple[str, ...]) -> Callable[[Any, str], str]:
    def clean(value: Any, name: str) -> str:
        if value not in codes:
            raise InvalidForm(fields={name: reasons.fields.ONE_OF(choices=codes)})
        return str(value)

    return clean


def _day(value: Any, name: str) -> str:
    insist_day(value, name)
    return str(value)


def _count(value: Any, name: str) -> int:
    try:
        count = int(str(value))
    except ValueError:
        count = 0
    if not 1 <= count <= MOST:
        raise InvalidForm(fields={name: reasons.fields.WHOLE_BETWEEN(least="1", most=str(MOST))})
    return count


def _note(value: str, name: str) -> str:
    """Words of several lines."""
    try:
        return line(value, "reason")
    except InvalidForm as refusal:
        raise InvalidForm(fields={name: refusal.fields["reason"]}) from None


def _several(value: Any, name: str) -> list[str]:
    return list(dict.fromkeys(str(one) for one in value))


def _participants(value: Any, name: str) -> list[JsonObject]:
    rows = []
    for row in value:
        given = {part: str(row.get(part) or "").strip() for part in ("organisation", "name", "role")}
        if not (given["organisation"] or given["name"]):
            raise InvalidForm(fields={name: reasons.catalogue.PARTICIPANT_UNNAMED})
        words = {part: insist_name(given[part], name, 200) if given[part] else None for part in ("name", "role")}
        rows.append({"organisation": given["organisation"] or None, **words})
    if len(rows) > MOST_PARTICIPANTS:
        raise InvalidForm(fields={name: reasons.fields.MOST_ENTRIES(most=MOST_PARTICIPANTS)})
    return rows


_CLEAN: Mapping[str, Callable[[Any, str], Any]] = {
    "title": _line(300), "title_zh": _line(300), "starts_on": _day, "ends_on": _day, "sectors": _several, "districts": _several,
    "enterprises_target": _count, "needs_target": _count, "status": _one_of(STATUSES), "conclusion": _note,
    "kind": _one_of(KINDS), "day": _day, "place": _line(300), "district": lambda value, name: str(value), "notes": _note,
    "participants": _participants, "staff": _several,
}  # fmt: skip

__all__ = [
    "ANSWERED", "ASKED", "CONCLUDED", "FIELDS", "KINDS", "MOST_PARTICIPANTS", "PLANNED", "REFUSED", "STATES", "STATUSES", "TO_ASK",
    "UNDER_WAY", "VISIT_FIELDS", "cleaned",
]  # fmt: skip
