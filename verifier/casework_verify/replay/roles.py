"""Who held which role when: from the events of registers that the file has, which tell it of those who acted in the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework_verify.faults import Fault
from casework_verify.integrity.canonical import NotCanonical, digest
from casework_verify.integrity.chain import commitment, event_hash
from casework_verify.replay.counting import moment

#: A person's roles are looked at before the log is locked: one may have ended while the action waited for it.
GRACE = timedelta(seconds=30)
#: Roles in a programme that two persons give.
_BY_TWO = frozenset({
    "officer", "supervisor", "compliance", "manager", "auditor", "dispute_officer", "administrator",
})  # fmt: skip
_FILE = "roles.json"


@dataclass(slots=True)
class Membership:
    """A role that somebody was given."""

    id: str
    log: str
    seq: int
    person: str
    role: str
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None
    given_at: datetime
    absence: str | None

    def held(self, at: datetime) -> bool:
        """Whether it was held, and had been given, at a moment or just before."""
        return max(self.starts_at, self.given_at) <= at and (self.ends_at is None or at < self.ends_at + GRACE)


@dataclass(frozen=True, slots=True)
class _Told:
    """An event of a register."""

    log: str
    seq: int
    at: datetime
    kind: str
    actor: str
    effects: Mapping[str, Any]


def _read(rows: Iterable[Mapping[str, Any]]) -> list[_Told]:
    told = [
        _Told(
            row["header"]["log"],
            row["header"]["seq"],
            moment(row["header"]["at"]),
            row["header"]["kind"],
            row["header"]["actor"],
            row["effects"],
        )
        for row in rows
    ]
    return sorted(told, key=lambda one: (one.log, one.seq))


def _is_sealed(row: Mapping[str, Any]) -> bool:
    """Whether an event is as its header and its hash say; which other events its log has is not told here."""
    header = row["header"]
    try:
        parts = (digest(row["effects"]), commitment(row["body"]), event_hash(header))
    except NotCanonical:
        return False
    return parts == (header["effects"], header["body"], row["hash"])


def _time(written: str | None) -> datetime | None:
    return None if written is None else moment(written)


class Roles:
    """What registers tell, read once."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        self._unsealed = [row["header"]["seq"] for row in rows if not _is_sealed(row)]
        self._told = _read(rows)
        self._of: dict[tuple[str, str, str], list[Membership]] = {}
        self._by_id: dict[str, Membership] = {}
        self.calendars: list[tuple[str, datetime, Mapping[str, Any]]] = []
        #: By programme and version the routing tables that were set, and when.
        self.tables: dict[tuple[str, int], tuple[datetime, Mapping[str, Any]]] = {}
        #: Roles that the file says to have been given by one person where nobody tells that two were needed by then.
        self.by_one = 0
        for one in self._told:
            self._take(one)

    def _take(self, one: _Told) -> None:
        effects = one.effects
        if one.kind == "granted":
            given = Membership(
                effects["membership"],
                one.log,
                one.seq,
                str(effects["person"]),
                effects["role"],
                effects["deputy_for"],
                moment(effects["starts_at"]),
                _time(effects["ends_at"]),
                one.at,
                effects.get("absence"),
            )
            self._by_id[given.id] = given
            self._of.setdefault((one.log, given.person, given.role), []).append(given)
        elif one.kind == "ended" and effects["membership"] in self._by_id:
            self._by_id[effects["membership"]].ends_at = _time(effects["ends_at"])
        elif one.kind == "routing_set":
            set_now = effects["routing"]
            self.tables[one.log, set_now["version"]] = (one.at, set_now["table"])
        elif "calendar" in effects and one.kind in ("registered", "changed"):
            self.calendars.append((one.log, one.at, effects["calendar"]))

    def given(self, scope: str, person: str, role: str) -> list[Membership]:
        return self._of.get((scope, person, role), [])

    def held(
        self, scope: str, person: str, role: str, acting_for: str | None, at: datetime, *, any_deputy: bool = False
    ) -> bool:
        """Whether somebody held a role in a scope at a moment, in the own name or as the deputy of somebody."""
        return any(
            (any_deputy or one.deputy_for == acting_for) and one.held(at) for one in self.given(scope, person, role)
        )

    def faults(self) -> Iterator[Fault]:
        """What of this could not have happened so."""
        for number in self._unsealed:
            yield Fault("role_unsealed", {"number": number}, file=_FILE)
        asked = {one.effects["request"]: one for one in self._told if one.kind == "role_asked"}
        away = {one.effects["absence"]: one for one in self._told if one.kind == "away"}
        first_asked = min((one.seq for one in asked.values()), default=None)
        for one in self._told:
            if one.kind != "granted":
                continue
            for code in self._against(one, asked, away, first_asked):
                yield Fault(
                    code,
                    {"role": one.effects["role"], "person": one.effects["person"], "number": one.seq},
                    file=_FILE,
                    log=one.log,
                )

    def _against(
        self, one: _Told, asked: Mapping[str, _Told], away: Mapping[str, _Told], first_asked: int | None
    ) -> Iterator[str]:
        effects = one.effects
        if (request := effects.get("request")) is not None:
            yield from _agreed(one, asked.get(request))
        elif (absence := effects.get("absence")) is not None:
            yield from self._passed_on(one, away.get(absence))
        elif "group" in effects and one.actor == "system":
            # A group at the provider of sign-in gives what one person may give.
            if effects["role"] in _BY_TWO:
                yield "role_without_second"
        elif "invitation" not in effects and one.actor != "system":
            if one.actor in (effects["person"], effects["deputy_for"]) and one.seq != 2:
                yield "role_by_oneself"
            elif effects["role"] in _BY_TWO and first_asked is not None and first_asked < one.seq:
                yield "role_without_second"
            elif effects["role"] in _BY_TWO:
                self.by_one += 1

    def _passed_on(self, one: _Told, absence: _Told | None) -> Iterator[str]:
        """A substitute gets the role of whoever is away, in that one's name, while both last."""
        effects, via = one.effects, self._by_id.get(one.effects.get("via") or "")
        if absence is None or via is None or absence.at > one.at:
            yield "role_passed_on_by_none"
            return
        away = absence.effects
        if (via.person, effects["person"]) != (away["person"], away["substitute"]) or (
            effects["role"],
            effects["deputy_for"],
        ) != (via.role, via.deputy_for or via.person):
            yield "role_passed_on_otherwise"
        elif effects["ends_at"] is None or moment(effects["ends_at"]) > moment(away["ends_at"]):
            yield "role_passed_on_longer"


def _agreed(one: _Told, request: _Told | None) -> Iterator[str]:
    """A second person gives what was asked for, and nothing else."""
    if request is None or (request.log, request.seq) >= (one.log, one.seq):
        yield "role_asked_by_none"
        return
    same = ("person", "role", "deputy_for", "ends_at")
    if any(request.effects.get(name) != one.effects.get(name) for name in same):
        yield "role_other_than_asked"
    asker = request.effects.get("asked_by") or request.actor
    if one.actor != "system" and one.actor in (asker, one.effects["person"], one.effects["deputy_for"]):
        yield "role_agreed_by_one"
