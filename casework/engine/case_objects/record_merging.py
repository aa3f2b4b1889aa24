"""Two records of one need, or of one technology, made into one: what speaks against it, and what the one that stays says afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework import reasons
from casework.engine.case_objects.kept_records import FIELDS, PUBLICATIONS, TECHNOLOGY
from casework.engine.case_objects.record_use import DRAFT, ENDED
from casework.errors import InvalidForm
from casework.reasons import Why

#: Fields that mean something together only: they are taken over as one, under the name of the first.
TOGETHER = (("budget", "budget_currency"), ("cost", "cost_currency"), ("total_cost", "total_cost_currency"),
    ("readiness_low", "readiness_high"))  # fmt: skip
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_PUBLICATION, _OWNER = "publication", "owner_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What decides whether one record may be merged into another of its kind."""

    #: Their records by column, with the owner as the organisation that stands in its place.
    gone: Mapping[str, Any]
    kept: Mapping[str, Any]
    #: The numbers of cases that run for both with the same other side.
    cases: Sequence[str] = ()


def against_any(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> list[Why]:
    """What speaks against it whatever two records are of; of a record and itself nothing else is said."""
    if gone["id"] == kept["id"]:
        return [reasons.catalogue.MERGE_RECORD_WITH_ITSELF]
    found: list[Why] = []
    if gone["merged_into"] is not None or kept["merged_into"] is not None:
        found.append(reasons.catalogue.RECORD_MERGED)
    if gone["programme_id"] != kept["programme_id"]:
        found.append(reasons.catalogue.MERGE_ACROSS_PROGRAMMES)
    return found


def refusals(facts: Facts) -> list[Why]:
    """Why the one cannot be merged into the other; empty where it can."""
    gone, kept = facts.gone, facts.kept
    found = against_any(gone, kept)
    if gone["id"] == kept["id"]:
        return found
    if kept["status"] in ENDED:
        found.append(reasons.catalogue.MERGE_INTO_ENDED)
    if kept["status"] == DRAFT != gone["status"]:
        found.append(reasons.catalogue.MERGE_INTO_DRAFT)
    owners = {one["owner_id"] for one in (gone, kept) if one["owner_id"] is not None}
    if len(owners) == 2:
        found.append(reasons.catalogue.MERGE_OWNERS_DIFFER)
    if facts.cases:
        found.append(reasons.catalogue.MERGE_CASES_OF_ONE_PAIR(cases=", ".join(facts.cases)))
    return found


def units(noun: str) -> list[tuple[str, ...]]:
    """The fields of a record in their order, those that go together as one."""
    together = {names[0]: names for names in TOGETHER}
    others = {name for names in TOGETHER for name in names[1:]}
    return [together.get(name, (name,)) for name in FIELDS[noun] if name not in others | {"status"}]


def differing(noun: str, gone: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """By the first field of each what both say, and not the same; and what is taken over by choice alone. Of these one chooses."""
    return [
        names[0]
        for names in units(noun)
        # Of two owners nobody chooses: they agree before.
        if not (names[0] == _OWNER and _says(kept, names))
        and _says(gone, names)
        and (_says(kept, names) or _kept_back(noun, gone, kept))
        and any(gone[name] != kept[name] for name in names)
        and not _narrows(noun, names, gone, kept)
    ]


def _says(record: Mapping[str, Any], names: Collection[str]) -> bool:
    return any(record[name] not in _EMPTY for name in names)


def taken(noun: str, gone: Mapping[str, Any], kept: Mapping[str, Any], chosen: Collection[str]) -> dict[str, Any]:
    """What the one that stays takes over: what it does not say and the other does, and of what differs the `chosen`.

    The narrower level of publication of two technologies is taken over too, and of a need that is published less nothing but what is
    chosen: what one kept back goes public by no merging. Raises InvalidForm for a chosen one in which there is nothing to choose.
    """
    if not set(chosen) <= set(differing(noun, gone, kept)):
        raise InvalidForm(fields={"chosen": reasons.catalogue.NOTHING_TO_CHOOSE})
    after: dict[str, Any] = {}
    for names in units(noun):
        fills = not _says(kept, names) and not _kept_back(noun, gone, kept)
        if names[0] in chosen or fills or _narrows(noun, names, gone, kept):
            after |= {name: gone[name] for name in names if gone[name] != kept[name]}
    return after


def _narrows(noun: str, names: Collection[str], gone: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """The field is how far a technology is published, and the one that goes is published less."""
    return noun == TECHNOLOGY and names == (_PUBLICATION,) and _published_less(gone, kept)


def _kept_back(noun: str, gone: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """The need that goes is published less. The one that stays is as open as before: who reads it does not lose it by a double that they
    never saw, and reads nothing of that either."""
    return noun != TECHNOLOGY and _published_less(gone, kept)


def _published_less(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    one, other = gone[_PUBLICATION], kept[_PUBLICATION]
    return one in PUBLICATIONS and other in PUBLICATIONS and PUBLICATIONS.index(one) > PUBLICATIONS.index(other)


@dataclass(frozen=True, slots=True)
class Pair:
    """A match of the record that goes, and one of the record that stays with the same other side; None where there is none."""

    gone: str
    gone_has_case: bool
    kept: str | None = None
    kept_has_case: bool = False


def moves(pair: Pair) -> bool:
    """Whether a match becomes the other record's: of two with the same other side each stays where it is."""
    return pair.kept is None


def given_up(pair: Pair) -> str | None:
    """Of two matches with the same other side the one that is refused: one without a case, that of the record that goes first."""
    if pair.kept is None:
        return None
    if not pair.gone_has_case:
        return pair.gone
    return None if pair.kept_has_case else pair.kept
