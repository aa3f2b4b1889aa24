"""Which names each part of a file of a case, and an export, may use: whoever puts in another one has put in what nobody looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from casework_verify.faults import Fault
from casework_verify.finding_rows import NAMES as FINDING_NAMES
from casework_verify.histories import EVENT_NAMES, MOST_FAULTS

_INDEX, _PROOF, _ROLES = "index.json", "proof.json", "roles.json"
#: Of the index: by place the names there. A place is below another one, and `*` whatever stands in a list. What is in a cell besides is
#: held against the history as a whole, or said to be taken as told.
INDEX_NAMES: Mapping[str, str] = {
    "": "form at log case documents head rows",
    "head": "seq hash",
    "case": "number title parties state outcome reasons owner team opened_at closed_at hold consents grants",
    "case.owner": "id name",
    "case.team.*": "id name",
    "case.consents.*": "id party providers documents given_on expires_on ended_at how sheet abroad withheld_abroad",
    "case.grants.*": "id track document given_at ended_at",
    "documents.*": "id title kind party own language valid_until expired registered_at withdrawn_at referral letter provider may_change"
    " versions shared",
    "documents.*.versions.*": "version name type size sha256 filed_at filed_by scan kept path",
    "documents.*.shared.*": "id provider referral given_at ended_at returned_at until last_day",
}
#: Of the rows: by table its columns.
ROWS: Mapping[str, str] = {
    "cases": "id programme_id sealed number title match_id need_id technology_id phase_id follows_from_id parties rights owner_id team"
    " revision state interests joins related hold frozen outcome reasons opened_at closed_at removed_at archived_as",
    "mediations": "id programme_id case_id parties rights title owner_id team revision interests hold frozen outcome reasons opened_at"
    " closed_at",
    "tracks": "id log_id programme_id sealed shown_to shut_out workflow edition kind parent_id provider_id states entered_at opened_at"
    " position revision ended_at outcome replaced came_from fired given barred named received objections part played inbox inbox_at",
    "tasks": "id log_id programme_id sealed shown_to shut_out common track_id name edition rule type queue organisation_id state opened_at"
    " due_at holder_id about of closed_at closed_by acted_for result flagged aftercare awaits before initiator priority turn_at handed wait"
    " items position",
    "clocks": "id log_id track_id task_id consent_id grant_id unit of steps start calendar next state left fires_at",
    "proposals": "id log_id track_id transition actor_id acting_for seq data task_id",
    "consents": "id log_id party providers documents given_on expires_on ended_at how sheet abroad not_to",
    "documents": "id log_id party kind registered_at valid_until track_id withdrawn_at own letter numbered dispatched_how dispatched_on",
    "files": "id log_id document_id version type size filed_at filed_by name digest",
    "grants": "id log_id track_id document_id consents given_at ended_at returned_at until",
    "openings": "id log_id kind state reader_id asker_id decider_id asked_at days until decided_at ended_at told_on",
    "party_links": "id log_id task_id party organisation_id given_by given_at until language documents providers code mail state ended_at",
    "impacts": "id log_id track_id seq recorded_at measure indicator unit level value from_on to_on method uncertainty factor factor_source"
    " conditions baseline_id evidence by_id number replaced_by position",
    "statements": "id log_id track_id technology_id seq recorded_at number verdict issued_on valid_until values replaced_by position",
}
_OF_PROOF: Mapping[str, str] = {
    "": "checkpoint leaves waiting earlier registers witnessed",
    "leaves.*": "seq index hashes",
    "earlier.*": "size hashes",
    "registers.*.*": "seq index hashes",
    "witnessed": "checkpoint hashes",
}
_OF_READINGS: Mapping[str, str] = {
    "": "export of at scope checkpoint readers",
    "scope": "programmes number most more",
    "readers.*": "reader chain readings",
    "readers.*.chain": "first prev head",
    "readers.*.chain.head": "n hash",
    "readers.*.readings.*": "row place hash leaf",
    "readers.*.readings.*.row": "at number path query document",
    "readers.*.readings.*.leaf": "index hashes",
}
_OF_FINDINGS: Mapping[str, str] = {
    "": "export of at scope checkpoint findings",
    "scope": "programmes state owner late most more",
    "findings.*": "row head events leaves",
    "findings.*.row": FINDING_NAMES,
    "findings.*.head": "seq hash",
    "findings.*.leaves.*": "seq index hashes",
}
_OF_ROLES: Mapping[str, str] = {"": "form programme events"}


def index_faults(index: Any) -> list[Fault]:
    """What an index says under a name that none has."""
    rows = {"rows": " ".join(ROWS)} | {f"rows.{table}.*": names for table, names in ROWS.items()}
    return _of(index, {**INDEX_NAMES, **rows}, _INDEX)


def proof_faults(proof: Any, registers: Iterable[Any]) -> list[Fault]:
    """The same of a proof; of registers it tells of those whose events the file has."""
    told = proof.get("registers") if isinstance(proof, dict) else None
    logs = {one for one in registers if isinstance(one, str)}
    more = [Fault("name_unknown", {"name": f"registers.{log}"}, _PROOF) for log in _names(told) if log not in logs]
    return [*_of(proof, _OF_PROOF, _PROOF), *more[:MOST_FAULTS]]


def roles_faults(roles: Any) -> list[Fault]:
    """The same of the roles, whose events are written as all are; what is in a header, in effects and in a body its hashes promise."""
    return _of(roles, {**_OF_ROLES, "events.*": " ".join(sorted(EVENT_NAMES))}, _ROLES)


def export_faults(export: Any) -> list[Fault]:
    """The same of an export; how its events are written is told by whoever reads them."""
    names = _OF_READINGS if export["of"] == "readings" else _OF_FINDINGS
    return [replace(fault, code="export_name", file=None) for fault in _of(export, names, "")]


def _of(value: Any, known: Mapping[str, str], file: str) -> list[Fault]:
    found = (
        Fault("name_unknown", {"name": name}, file)
        for place, names in known.items()
        for name in _others(value, place.split(".") if place else [], frozenset(names.split()), "")
    )
    return list(islice(found, MOST_FAULTS))


def _others(value: Any, place: list[str], names: frozenset[str], at: str) -> Iterator[str]:
    """The names that are there besides, below a place; what has another form is told by whoever reads it."""
    if not place:
        yield from (f"{at}{name}" for name in _names(value) if name not in names)
        return
    first, *rest = place
    if first != "*":
        below = value.get(first) if isinstance(value, dict) else None
        yield from _others(below, rest, names, f"{at}{first}.")
        return
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in each:
        yield from _others(one, rest, names, at)


def _names(value: Any) -> list[str]:
    return sorted(value) if isinstance(value, dict) else []


__all__ = ["INDEX_NAMES", "ROWS", "export_faults", "index_faults", "proof_faults", "roles_faults"]
