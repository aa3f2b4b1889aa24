"""What `make test` takes of a test that crosses much with much, or repeats much; `make test-long` takes all of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest

#: What is drawn anew in each run: ids, numbers and tokens.
_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|[A-Za-z0-9_-]{40,}")


#: Whether a person may meet a thing.
May = Callable[[str, str], bool]


def nobody(who: str, thing: str) -> bool:
    """Where nothing is known of who may, all are alike."""
    return False


@dataclass(frozen=True)
class Sample:
    """One part of so many; of one, everything.

    Pairs alone are left out: everything on one side is still met by somebody on the other, by as many for each as the part
    allows; whoever may meet it comes before whoever is refused. Which pairs are taken follows from their names, not from ids or
    hash seeds: each run takes the same.
    """

    parts: int

    def pairs(self, people: Iterable[str], things: Iterable[str], may: May = nobody) -> list[tuple[str, str]]:
        """For each person in turn the things that fall to them. Every thing falls to somebody."""
        everybody = list(people)
        most = max(1, round(len(everybody) / self.parts))

        def nearest(thing: str, name: str) -> frozenset[str]:
            # Who is taken of few is taken of many too: people who are in several tests are asked the same in each.
            order = sorted(everybody, key=lambda who: (not may(who, thing), crc32(f"{who} {name}".encode()), who))
            return frozenset(order[:most])

        falls_to = [(one, nearest(one, name)) for one, name in _named(things)]
        return [(who, one) for who in everybody for one, chosen in falls_to if who in chosen]

    def falling_to(self, who: str, people: Iterable[str], things: Iterable[str], may: May = nobody) -> Iterator[str]:
        """Of these things the ones that fall to one of the people."""
        return (one for by, one in self.pairs(people, things, may) if by == who)


def _named(things: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each with a name that is the same in each run."""
    met = Counter[str]()
    for one in things:
        name = _DRAWN.sub("*", one)
        met[name] += 1
        yield one, f"{name} {met[name]}"


def by_default(name: str, value: Any, *, whole: Any) -> pytest.MarkDecorator:
    """Run a test with this value by default, and with the whole in `make test-long`."""
    return pytest.mark.parametrize(name, values(value, whole=whole))


def values(value: Any, *, whole: Any) -> list[Any]:
    """The same for the `params` of a fixture."""
    return [pytest.param(value, id="sample"), pytest.param(whole, id="whole", marks=pytest.mark.long)]


def few_of(values: Iterable[Any], few: int) -> list[Any]:
    """The first few by default, and the others in `make test-long`."""
    return [
        one if n < few else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.long)
        for n, one in enumerate(values)
    ]


#: A third of all pairs, and all of them.
a_third = by_default("sample", Sample(3), whole=Sample(1))
#: For a walk in many worlds.
a_fifth = by_default("sample", Sample(5), whole=Sample(1))


@dataclass(frozen=True)
class Share:
    """Of the test functions under some folders every so many-th; written `FOLDER,FOLDER:TURN/PARTS`.

    Another turn takes others, and all turns together take everything.
    """

    folders: tuple[str, ...]
    turn: int
    parts: int

    @classmethod
    def parse(cls, said: str) -> Share:
        """Raises ValueError where it is not written so."""
        folders, _, part = said.partition(":")
        turn, _, parts = part.partition("/")
        if not folders or not int(parts) > 0:
            raise ValueError(said)
        return cls(tuple(folders.split(",")), int(turn) % int(parts), int(parts))

    def takes(self, nodeid: str) -> bool:
        """Whether a test is in it; whatever lies elsewhere is."""
        if not nodeid.startswith(tuple(folder.rstrip("/") + "/" for folder in self.folders)):
            return True
        return crc32(nodeid.partition("[")[0].encode()) % self.parts == self.turn


__all__ = ["Sample", "Share", "a_fifth", "a_third", "by_default", "few_of", "values"]
