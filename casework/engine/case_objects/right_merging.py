"""Two records of one IP right made into one: what speaks against it, what the one that stays says then, and what lies on both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from casework import reasons
from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.case_objects.licence_conflicts import conflict, terms_of
from casework.engine.case_objects.record_merging import against_any
from casework.engine.case_objects.right_kinds import KINDS
from casework.engine.state.right_values import Encumbrance
from casework.errors import InvalidForm
from casework.reasons import Why

OWNERS = "owners"
#: What of a right may be taken over, in order; its kind stays, and when it was looked up goes with whoever stands for it.
TAKEN = (*(name for name in FIELDS if name != "checked_on"), OWNERS)
_EMPTY: tuple[Any, ...] = (None, "", [])


def refusals(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> list[Why]:
    """Why the one cannot be merged into the other; empty where it can."""
    found = against_any(gone, kept)
    if gone["id"] != kept["id"] and kept["expired_at"] is not None:
        found.append(reasons.catalogue.MERGE_INTO_EXPIRED)
    if gone["id"] != kept["id"] and (_names(gone, kept) or _names(kept, gone)):
        found.append(reasons.catalogue.MERGE_TWINS)
    return found


def _names(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether one says that the other is its twin, which is filed for the same and is another right."""
    twin = _plain(one["twin"])
    return bool(twin) and twin in {_plain(other[name]) for name in ("number", "application_number")}


def _plain(number: str | None) -> str:
    return (number or "").lower().replace(" ", "")


def _possible(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """What the one that goes says, the other does not say so, and a right of that one's kind may say."""
    kind = KINDS[kept["kind"]]
    return [
        name
        for name in TAKEN
        if gone[name] not in _EMPTY
        and gone[name] != kept[name]
        and (name == OWNERS or name in kind.fields)
        and (name != "status" or gone[name] in kind.statuses)
    ]


def _fills(name: str, gone: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """What nobody has confirmed completes no record that somebody has confirmed: that is for a person to choose."""
    return kept[name] in _EMPTY and (gone["confirmed"] or not kept["confirmed"])


def differing(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """The fields of which one chooses: both say something, and not the same; or only what is not confirmed says something."""
    return [name for name in _possible(gone, kept) if not _fills(name, gone, kept)]


def taken(gone: Mapping[str, Any], kept: Mapping[str, Any], chosen: Collection[str]) -> dict[str, Any]:
    """What the one that stays takes over: what it does not say and the other does, and of what differs the `chosen`.

    Raises InvalidForm for one of these in which they do not differ.
    """
    if not set(chosen) <= set(differing(gone, kept)):
        raise InvalidForm(fields={"chosen": reasons.catalogue.NOTHING_TO_CHOOSE})
    return {name: gone[name] for name in _possible(gone, kept) if name in chosen or _fills(name, gone, kept)}


def stands_then(gone: Mapping[str, Any], kept: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Whether the one that stays becomes confirmed by the merging: somebody stood for the one that goes, and it says just that."""
    after = {**kept, **fields}
    return bool(
        gone["confirmed"]
        and not kept["confirmed"]
        and gone["kind"] == kept["kind"]
        and all(after[name] == gone[name] or after[name] in _EMPTY and gone[name] in _EMPTY for name in TAKEN)
    )


@dataclass(frozen=True, slots=True)
class Clash:
    """Of what lies on the two records what cannot lie on one right together."""

    gone: Encumbrance
    kept: Encumbrance


def clashes(gone: Sequence[Encumbrance], kept: Sequence[Encumbrance]) -> list[Clash]:
    """What stands on the one and bars what stands on the other, either way."""
    return [
        Clash(one, other)
        for one, other in product(gone, kept)
        if one["to"] is None
        and other["to"] is None
        and (conflict(terms_of(one), terms_of(other)) or conflict(terms_of(other), terms_of(one)))
    ]
