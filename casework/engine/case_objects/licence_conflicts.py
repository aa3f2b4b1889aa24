"""Which of what lies on an IP right stands in the way of a licence or an assignment that is about to be signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What lies on a right by an agreement. An assignment becomes a transfer with its registration.
LICENCE, ASSIGNMENT, TRANSFER = "licence", "assignment", "transfer"
#: A court has frozen the right, or an office its transfer.
SEIZURE = "seizure"
#: The owner has declared to the office that everybody may have a licence (专利开放许可).
OPEN_LICENCE = "open_licence"
#: Nobody but the licensee; the licensee and the owner; others too. Where nothing is agreed a licence is plain.
EXCLUSIVE, SOLE, PLAIN = "exclusive", "sole", "plain"
#: The territory that takes in every other one.
WORLD = "WORLD"
#: From the one that leaves most to others to the one that leaves nothing.
_REACH = (PLAIN, SOLE, EXCLUSIVE)


@dataclass(frozen=True)
class Terms:
    """Of what is signed, or stands already, all that decides about a conflict."""

    kind: str
    #: Of a licence.
    licence: str = PLAIN
    #: Empty: everywhere, and for every use.
    territories: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    #: Its first and its last day; None: from ever, and without an end.
    first: str | None = None
    last: str | None = None


def terms_of(burden: Mapping[str, Any]) -> Terms:
    """What decides of an encumbrance as it is recorded; what is unsaid is taken for everything."""
    return Terms(
        burden["kind"],
        burden.get("licence") or PLAIN,
        frozenset(burden.get("territories") or ()),
        frozenset(burden.get("fields") or ()),
        burden.get("from"),
        burden.get("until"),
    )


def conflict(wanted: Terms, standing: Terms) -> bool:
    """Whether what stands bars what is wanted.

    Who has assigned a right has nothing left to give. An assignment leaves standing what was licensed before it. Of two licences
    that meet in territory, use and term both must be plain: an exclusive or a sole one has no other licensee beside it. While a
    right is seized its transfer waits. While everybody may have a licence there is no exclusive or sole one (Patent Law Art. 51).
    """
    if standing.kind == OPEN_LICENCE:
        return wanted.kind == LICENCE and wanted.licence != PLAIN and _at_once(wanted, standing)
    if standing.kind == SEIZURE:
        return wanted.kind in (ASSIGNMENT, TRANSFER) and _not_after(wanted.first, standing.last)
    if standing.kind in (ASSIGNMENT, TRANSFER):
        return wanted.kind in (LICENCE, ASSIGNMENT, TRANSFER)
    if (wanted.kind, standing.kind) != (LICENCE, LICENCE):
        return False
    return not (wanted.licence == standing.licence == PLAIN) and _meet(wanted, standing)


def may_sublicense(burden: Mapping[str, Any], givers: Collection[str]) -> bool:
    """Whether one of some organisations holds a licence that stands, of which it may give licences itself.

    What a licence does not say of that it does not allow (Civil Code Art. 867).
    """
    return (
        burden.get("kind") == LICENCE
        and burden.get("to") is None
        and burden.get("sublicence") is True
        and burden.get("holder") in givers
    )


def beyond(wanted: Terms, licence: Terms) -> list[str]:
    """In what a sublicence would be wider than the licence that it is given of; in nothing where that carries it."""
    starts_before = licence.first is not None and (wanted.first is None or wanted.first < licence.first)
    ends_after = licence.last is not None and (wanted.last is None or wanted.last > licence.last)
    wider = {
        "licence": _REACH.index(wanted.licence) > _REACH.index(licence.licence),
        "territories": not _within(wanted.territories, licence.territories, WORLD),
        "uses": not _within(wanted.fields, licence.fields),
        "first": starts_before,
        "last": ends_after,
    }
    return [what for what, is_wider in wider.items() if is_wider]


def _within(some: frozenset[str], others: frozenset[str], everything: str | None = None) -> bool:
    return not others or everything in others or bool(some) and some <= others


def _meet(one: Terms, other: Terms) -> bool:
    return (
        _overlap(one.territories, other.territories, WORLD)
        and _overlap(one.fields, other.fields)
        and _at_once(one, other)
    )


def _at_once(one: Terms, other: Terms) -> bool:
    return _not_after(one.first, other.last) and _not_after(other.first, one.last)


def _overlap(some: frozenset[str], others: frozenset[str], everything: str | None = None) -> bool:
    return not some or not others or everything in some | others or bool(some & others)


def _not_after(first: str | None, last: str | None) -> bool:
    return first is None or last is None or first <= last


def standing_against(
    wanted: Terms,
    burdens: Iterable[Mapping[str, Any]],
    case: str,
    released: Sequence[str] = (),
    givers: Collection[str] = (),
    *,
    licensees: Collection[str] = (),
    sold: Collection[str] = (),
) -> list[Mapping[str, Any]]:
    """What lies on a right that bars what a case wants: of others, not ended, and not released by its holder.

    `givers`: who gives, and owns the right now. By a transfer to one of them it came to be theirs: that bars nothing.
    `licensees`: who gives, and may have a licence that lets it. That licence does not bar what is given of it; nor does an
    assignment, which leaves it standing. `sold`: the tracks of the case's own services, such as a pledge; what one of them has sold
    is another's, and bars the case itself.
    """
    burdens = list(burdens)
    own = [one for one in burdens if may_sublicense(one, licensees) and _meets(wanted, terms_of(one))]
    return [
        burden
        for burden in burdens
        if burden.get("to") is None
        and (burden.get("case") != case or burden.get("track") in sold)
        and burden.get("id") not in released
        and not (burden.get("kind") == TRANSFER and burden.get("holder") in givers)
        and not (burden in own or own and burden.get("kind") in (ASSIGNMENT, TRANSFER))
        and conflict(wanted, terms_of(burden))
    ]


def _meets(wanted: Terms, licence: Terms) -> bool:
    return wanted.kind == LICENCE and _meet(wanted, licence)
