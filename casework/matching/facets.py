"""What lists of needs and technologies may be narrowed to, as terms of the same index: `=country=DE`; what is not known is `=country=`.

No word of a text begins so, and they count for nothing in a ranking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

MARK = "="
#: What no value is longer than.
LONGEST = 200
#: How an address says that a record does not say; one that says just this is among these.
UNKNOWN = "unknown"
#: By noun what its lists may be narrowed to, in the order in which it is shown.
FACETS: Mapping[str, Sequence[str]] = {
    "technology": ("readiness", "country", "source", "ipc", "topic", "licence", "standard", "stands", "status"),
    "need": ("readiness", "sector", "district", "source", "ipc", "stands", "status"),
}
#: The same of what is published, without an account: nothing of how the office keeps it.
PUBLIC_FACETS: Mapping[str, Sequence[str]] = {
    "technology": ("readiness", "country", "ipc", "topic", "licence", "standard"),
    "need": ("readiness", "sector", "district"),
}


class Facet(NamedTuple):
    """One value of one of them; an empty one says that it is not known."""

    name: str
    value: str


def facets_of(noun: str, record: Mapping[str, Any]) -> list[str]:
    """The terms of a record, each once, in their order; of what may be said and is not, that it is unknown."""
    said: Mapping[str, Iterable[str]] = {
        "readiness": _levels(record.get("readiness_low"), record.get("readiness_high")),
        "country": record.get("countries") or (),
        "source": [record["source"]],
        "ipc": [code.strip()[:1].upper() for code in record.get("ipc") or ()],
        "topic": record.get("green_topics") or (),
        "licence": record.get("licences") or (),
        "standard": [row["name"] for row in record.get("standards") or ()],
        "sector": [record.get("sector") or ""],
        "district": [record.get("district") or ""],
        "stands": ["confirmed" if record["confirmed"] else "claimed"],
        "status": [record["status"]],
    }
    told = {name: sorted({*map(value_of, said[name])} - {""}) or [""] for name in FACETS[noun]}
    return [f"{MARK}{name}{MARK}{value}" for name, values in told.items() for value in values]


def in_public(noun: str, terms: Iterable[str]) -> list[str]:
    """Of the terms of a record those that its public list may be narrowed to."""
    return [term for term in terms if facet_of(term).name in PUBLIC_FACETS[noun]]


def value_of(said: str) -> str:
    """A value as records and addresses say it alike: with single plain blanks, and cut; empty where it is not known."""
    if not said.isprintable():
        said = "".join(letter if letter.isprintable() else " " for letter in said)
    value = " ".join(said.split())[:LONGEST].rstrip()
    return "" if value == UNKNOWN else value


def term_of(facet: Facet) -> str:
    return f"{MARK}{facet.name}{MARK}{value_of(facet.value)}"


def facet_of(term: str) -> Facet:
    _, name, value = term.split(MARK, 2)
    return Facet(name, value)


def _levels(low: int | None, high: int | None) -> list[str]:
    """Each level within a range; where one end is not known it is the other."""
    if low is None and high is None:
        return []
    return [str(level) for level in range(low or high or 1, (high or low or 9) + 1)]
