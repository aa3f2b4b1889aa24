"""What a record must be to stand on a list at all: each filter says of each record passed, removed, or unknown, which passes.

Every filter judges every candidate by itself, so that no order of them counts, and each says how many it removes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What a filter says of a record."""

    PASSED = "passed"
    #: It passes, with more than was asked for besides: readiness 6 to 9 where 5 to 6 is wanted.
    PARTLY = "partly"
    #: The record does not say: it stays, and is marked.
    UNKNOWN = "unknown"
    REMOVED = "removed"


#: What a legal restriction may be, as far as a filter must tell: none is known to be there; it is to be had in some countries alone;
#: or it is to be had for a use, and whether a need is of that use no field says. All others bar it where they hold.
NO_RESTRICTION, TERRITORY, FIELD_OF_USE = "none", "territory", "field_of_use"


#: How a need says that it looks for a licence: by the code of the product's list, and as sources write it.
_LICENCE = frozenset({"licence", "license", "licensing", "许可", "实施许可", "技术许可", "专利许可", "专利实施许可"})
_BETWEEN = re.compile("[;,/|、，；]")


def wants_licence(form: str | None) -> bool:
    """Whether the form that a need wants is a licence, or one of several that it names: then none that is not to be had will do."""
    return any(part.strip().casefold() in _LICENCE for part in _BETWEEN.split(form or ""))


class Restriction(NamedTuple):
    """What law or contract lays on a technology, and in which countries; without any everywhere."""

    kind: str
    countries: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What filters ask of a record; what is None or empty is not known."""

    readiness: tuple[int, int] | None = None
    countries: Collection[str] = ()
    owner: str | None = None
    #: Whether the record of the owner has expired: then nothing of its becomes a case.
    owner_expired: bool = False
    #: Whether its owner has an interest in the need itself.
    conflict: bool | None = None
    #: Whether a licence is to be had.
    licence: bool | None = None
    #: Certificates that it has and standards that it meets.
    standards: Collection[str] = ()
    #: Those that it is known to lack; None in a run from before that was told: there what it does not name beside others it lacked.
    lacked: Collection[str] | None = ()
    #: Legal restrictions; empty where nobody has looked.
    restrictions: Collection[Restriction] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a need asks of a record; what is None or empty asks nothing."""

    readiness: tuple[int, int] | None = None
    countries: Collection[str] = ()
    #: Organisations that are shut out.
    excluded: Collection[str] = ()
    #: That nobody has an interest in the need who has the technology.
    conflict: bool = False
    licence: bool = False
    standards: Collection[str] = ()
    #: The country where it is to be used, in which no legal restriction may bar it.
    territory: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Filtered:
    """A filter that a need asks for: how many candidates it removed, and of how many it knows nothing."""

    name: str
    removed: int
    unknown: int


def _readiness(wanted: Wanted, facts: Facts) -> Verdict | None:
    if wanted.readiness is None:
        return None
    if facts.readiness is None:
        return Verdict.UNKNOWN
    (low, high), (from_, to) = wanted.readiness, facts.readiness
    if from_ > high or to < low:
        return Verdict.REMOVED
    return Verdict.PASSED if low <= from_ and to <= high else Verdict.PARTLY


def _country(wanted: Wanted, facts: Facts) -> Verdict | None:
    if not wanted.countries:
        return None
    return _passed(bool(set(wanted.countries) & set(facts.countries))) if facts.countries else Verdict.UNKNOWN


def _organisation(wanted: Wanted, facts: Facts) -> Verdict | None:
    if not wanted.excluded:
        return None
    return Verdict.UNKNOWN if facts.owner is None else _passed(facts.owner not in wanted.excluded)


def _conflict(wanted: Wanted, facts: Facts) -> Verdict | None:
    if not wanted.conflict:
        return None
    return Verdict.UNKNOWN if facts.conflict is None else _passed(not facts.conflict)


def _licence(wanted: Wanted, facts: Facts) -> Verdict | None:
    if not wanted.licence:
        return None
    return Verdict.UNKNOWN if facts.licence is None else _passed(facts.licence)


def _standard(wanted: Wanted, facts: Facts) -> Verdict | None:
    if not wanted.standards:
        return None
    asked, has = set(wanted.standards), set(facts.standards)
    if asked & set(facts.lacked or ()):
        return Verdict.REMOVED
    if facts.lacked is None and has:
        return _passed(asked <= has)
    return Verdict.PASSED if asked <= has else Verdict.UNKNOWN


def _restriction(wanted: Wanted, facts: Facts) -> Verdict | None:
    if wanted.territory is None:
        return None
    said = {_barred(one, wanted.territory) for one in facts.restrictions}
    if Verdict.REMOVED in said:
        return Verdict.REMOVED
    return Verdict.PASSED if said == {Verdict.PASSED} else Verdict.UNKNOWN


def _barred(one: Restriction, territory: str) -> Verdict:
    """What one restriction says of a country."""
    if one.kind == NO_RESTRICTION:
        return Verdict.PASSED
    if one.kind == TERRITORY:
        return _passed(territory in one.countries)
    if one.countries and territory not in one.countries:
        return Verdict.PASSED
    return Verdict.UNKNOWN if one.kind == FIELD_OF_USE else Verdict.REMOVED


def _owner(wanted: Wanted, facts: Facts) -> Verdict | None:
    return Verdict.REMOVED if facts.owner_expired else None


def _passed(passed: bool) -> Verdict:
    return Verdict.PASSED if passed else Verdict.REMOVED


#: By name what each says of a record; None where the need does not ask.
FILTERS: Mapping[str, Callable[[Wanted, Facts], Verdict | None]] = {
    "readiness": _readiness,
    "country": _country,
    "organisation": _organisation,
    "conflict": _conflict,
    "licence": _licence,
    "standard": _standard,
    "restriction": _restriction,
    "owner": _owner,
}
#: The one that judges no candidate, as what is not in use is none: it is counted beside them, and no officer relaxes it either.
STATUS = "status"
#: Those that no officer relaxes: what they remove can never be accepted.
ALWAYS = frozenset({"owner", STATUS})


def judged(wanted: Wanted, facts: Facts, relaxed: Collection[str] = ()) -> dict[str, Verdict]:
    """What each filter that is asked for says of a record; one that an officer relaxed says nothing."""
    return {
        name: verdict
        for name, judge in FILTERS.items()
        if name not in relaxed and (verdict := judge(wanted, facts)) is not None
    }


def stricter(said: Sequence[Mapping[str, Verdict]]) -> dict[str, Verdict]:
    """By filter what is said of a record that is judged several times: that it is removed, where it is by any of them.

    Those that no officer relaxes are not among them.
    """
    names = [name for name in dict.fromkeys(name for one in said for name in one) if name not in ALWAYS]
    return {
        name: Verdict.REMOVED
        if any(one.get(name) is Verdict.REMOVED for one in said)
        else next(one[name] for one in said if name in one)
        for name in names
    }


def stays(verdicts: Mapping[str, Verdict]) -> bool:
    """Whether a record stays on the list."""
    return Verdict.REMOVED not in verdicts.values()


def counted(verdicts: Iterable[Mapping[str, Verdict]]) -> list[Filtered]:
    """How many candidates each filter removed, and of how many it knows nothing, in the order of the filters."""
    every = list(verdicts)
    by_filter = {name: [one[name] for one in every if name in one] for name in FILTERS}
    return [
        Filtered(name=name, removed=said.count(Verdict.REMOVED), unknown=said.count(Verdict.UNKNOWN))
        for name, said in by_filter.items()
        if said
    ]
