"""Whether the rest of a case can still be done by somebody: four eyes, conflicts and absences taken together. Pure.

A rest is a row of steps, each with everybody who may do it, and pairs of steps that need different persons or the same
one. `assign` finds a person for each, `core` the fewest steps that nobody can do together, and `survives` says how many
absences the rest bears.

Steps with more hands than their neighbours can take away are always possible and are set aside first; in practice
nothing is left. What is left is searched, the step with the fewest hands first, and given up at once where some steps
that need a person each have too few among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Hand(NamedTuple):
    """Somebody who may do a step, perhaps for another person; four eyes count such a deputy as both."""

    person: str
    acting_for: str | None = None

    @property
    def people(self) -> frozenset[str]:
        return frozenset(person for person in self if person is not None)


@dataclass(frozen=True)
class Rest:
    """What is still to be done: who may do each step, and which steps need different persons or the same one."""

    hands: tuple[tuple[Hand, ...], ...]
    apart: frozenset[tuple[int, int]] = frozenset()
    together: frozenset[tuple[int, int]] = frozenset()

    def without(self, steps: Collection[int]) -> Rest:
        """The same with some steps left out, whatever they ask for."""
        kept = [n for n in range(len(self.hands)) if n not in steps]
        place = {old: new for new, old in enumerate(kept)}
        return Rest(tuple(self.hands[n] for n in kept), _moved(self.apart, place), _moved(self.together, place))


def _moved(pairs: Iterable[tuple[int, int]], place: dict[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset((place[a], place[b]) for a, b in pairs if a in place and b in place)


def assign(rest: Rest, away: Collection[str] = ()) -> tuple[Hand, ...] | None:
    """Somebody for every step, none of those who are away; None where there is no such assignment."""
    groups = _groups(len(rest.hands), rest.together)
    if any(groups[a] == groups[b] for a, b in rest.apart):
        return None
    assigned = _Search(_domains(rest, groups, away), {(groups[a], groups[b]) for a, b in rest.apart}).found()
    return None if assigned is None else tuple(assigned[group] for group in groups)


def core(rest: Rest, away: Collection[str] = ()) -> tuple[int, ...]:
    """Steps that cannot be done together, though without any one of them the others can; the earliest such."""
    if assign(rest, away) is not None:
        return ()
    left: set[int] = set()
    for n in reversed(range(len(rest.hands))):
        if assign(rest.without(left | {n}), away) is None:
            left.add(n)
    return tuple(n for n in range(len(rest.hands)) if n not in left)


def survives(rest: Rest, most: int = 2) -> int:
    """How many persons may be away, whoever they are, so that the rest can be done: at most `most`; -1 if not even now."""
    groups = _groups(len(rest.hands), rest.together)
    if any(groups[a] == groups[b] for a, b in rest.apart):
        return -1
    edges = {(groups[a], groups[b]) for a, b in rest.apart}
    domains = _domains(rest, groups, ())
    return next((n - 1 for n in range(most + 1) if _breaks(domains, edges, n, frozenset(), set())), most)


def needed(rest: Rest) -> tuple[str, ...]:
    """Each person without whom the rest cannot be done; nobody where it cannot be done at all."""
    hands = assign(rest) or ()
    return tuple(sorted(person for person in {hand.person for hand in hands} if assign(rest, {person}) is None))


def _breaks(
    domains: list[list[Hand]],
    edges: Collection[tuple[int, int]],
    absences: int,
    away: frozenset[str],
    seen: set[frozenset[str]],
) -> bool:
    """Whether so many absences more can make it impossible: one of them must hit the assignment that there is."""
    if away in seen:
        return False
    seen.add(away)
    present = [[hand for hand in hands if hand.person not in away] for hands in domains]
    search = _Search(present, edges)
    hard, _ = search.kernel(absences)
    assigned = search.found(hard)
    if assigned is None:
        return True
    people = sorted({assigned[n].person for n in hard})
    return absences > 0 and any(_breaks(domains, edges, absences - 1, away | {person}, seen) for person in people)


def _groups(count: int, together: Iterable[tuple[int, int]]) -> list[int]:
    """Of each step, which of the groups it is in that one person does."""
    of = list(range(count))
    for a, b in together:
        keep, gone = of[a], of[b]
        of = [keep if group == gone else group for group in of]
    number = {group: n for n, group in enumerate(dict.fromkeys(of))}
    return [number[group] for group in of]


def _domains(rest: Rest, groups: Sequence[int], away: Collection[str]) -> list[list[Hand]]:
    domains: dict[int, list[Hand]] = {}
    for group, hands in zip(groups, rest.hands, strict=True):
        mine = [fromkey for fromkey in dict.fromkeys(hands) if fromkey.person not in away]
        if group in domains:
            kept = set(mine)
            mine = [hand for hand in domains[group] if hand in kept]
        domains[group] = mine
    return [domains[n] for n in range(len(domains))]


class _Search:
    """Hands for variables such that neighbours have no person in common."""

    def __init__(self, domains: list[list[Hand]], edges: Iterable[tuple[int, int]]) -> None:
        self.domains = domains
        self.beside: list[set[int]] = [set() for _ in domains]
        for a, b in edges:
            self.beside[a].add(b)
            self.beside[b].add(a)
        self.people = {hand: hand.people for hands in domains for hand in hands}
        #: The most persons that a hand of a variable counts as, and the most of its hands that count as one person.
        self.widest = [max((len(self.people[hand]) for hand in hands), default=0) for hands in domains]
        self.share = [
            max(Counter(person for hand in hands for person in self.people[hand]).values(), default=0)
            for hands in domains
        ]

    def found(self, among: Collection[int] | None = None) -> dict[int, Hand] | None:
        """A hand for each of some variables, of all where none are named."""
        if among is None:
            among = range(len(self.domains))
        if not all(self.domains[n] for n in among):
            return None
        hard, easy = self.kernel()
        hard, easy = hard & set(among), [n for n in easy if n in among]
        cliques = [clique for n in hard if len(clique := self._clique(n, hard)) > 1]
        chosen = self._search({}, {n: self.domains[n] for n in hard}, cliques)
        if chosen is None:
            return None
        for n in reversed(easy):
            chosen[n] = self._free(n, chosen)
        return chosen

    def kernel(self, absences: int = 0) -> tuple[set[int], list[int]]:
        """The variables that must be searched, and in their order those that are possible whatever is chosen beside them.

        With `absences` they are possible whoever is away, so many at once.
        """
        hard, easy = set(range(len(self.domains))), []
        frontier = list(hard)
        while frontier:
            n = frontier.pop()
            if n in hard and len(self.domains[n]) > self._taken(n, self.beside[n] & hard, absences):
                hard.remove(n)
                easy.append(n)
                frontier += self.beside[n] & hard
        return hard, easy

    def _taken(self, n: int, others: Iterable[int], absences: int) -> int:
        """The most hands that a variable can lose to its neighbours, and to absences."""
        gone = absences + sum(self.widest[m] for m in others)
        return self.share[n] * gone

    def _free(self, n: int, chosen: dict[int, Hand]) -> Hand:
        """A hand that no neighbour has; of these one who is at work on the case already."""
        busy = frozenset().union(*(self.people[chosen[m]] for m in self.beside[n] if m in chosen))
        known = set(chosen.values())
        free = [hand for hand in self.domains[n] if not self.people[hand] & busy]
        return next((hand for hand in free if hand in known), free[0])

    def _clique(self, n: int, among: Collection[int]) -> list[int]:
        clique = [n]
        for m in sorted(self.beside[n] & set(among), key=lambda other: -len(self.beside[other])):
            if all(m in self.beside[other] for other in clique):
                clique.append(m)
        return clique

    def _search(
        self, chosen: dict[int, Hand], left: dict[int, list[Hand]], cliques: list[list[int]]
    ) -> dict[int, Hand] | None:
        if not left:
            return chosen
        if any(not _matches([left[n] for n in clique if n in left]) for clique in cliques):
            return None
        n = min(left, key=lambda variable: (len(left[variable]), -len(self.beside[variable]), variable))
        known = set(chosen.values())
        for hand in sorted(left[n], key=lambda other: other not in known):
            taken = self.people[hand]
            smaller = {m: hands for m, hands in left.items() if m != n}
            for m in self.beside[n] & smaller.keys():
                smaller[m] = [other for other in smaller[m] if not self.people[other] & taken]
            if all(smaller.values()):
                solution = self._search(chosen | {n: hand}, smaller, cliques)
                if solution is not None:
                    return solution
        return None


def _matches(domains: Sequence[Sequence[Hand]]) -> bool:
    """Whether each can have a person of its own: without it there is no need to search."""
    holder: dict[str, int] = {}

    def place(n: int, tried: set[str]) -> bool:
        for hand in domains[n]:
            if hand.person in tried:
                continue
            tried.add(hand.person)
            if hand.person not in holder or place(holder[hand.person], tried):
                holder[hand.person] = n
                return True
        return False

    return all(place(n, set()) for n in range(len(domains)))
