"""Records that may be one count once on a list: the best of each group stands for all of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence


def fold(
    order: Sequence[str], groups: Iterable[Collection[str]], apart: Iterable[Sequence[str]] = ()
) -> Mapping[str, Sequence[str]]:
    """By each of a list that stands for others those others, in the order of the list.

    Two of a group of which somebody has said that they are two do not stand for each other, and neither for who stands for the other.
    """
    group_of = {id: at for at, group in enumerate(groups) for id in group}
    two = {frozenset(pair) for pair in apart}
    leads: dict[int, list[str]] = {}
    folded: dict[str, list[str]] = {}
    for id in order:
        if id not in group_of:
            continue
        standing = leads.setdefault(group_of[id], [])
        for lead in standing:
            if not any(frozenset((id, other)) in two for other in (lead, *folded.get(lead, ()))):
                folded.setdefault(lead, []).append(id)
                break
        else:
            standing.append(id)
    return folded


def best_documented(
    folded: Mapping[str, Sequence[str]], same: Iterable[Sequence[str]], documented: Mapping[str, Sequence[int | str]]
) -> Mapping[str, str]:
    """By each that stands for others the one of these that is to stand in its place: it tells the same, and is better documented. Of equal
    ones the first stays.

    `same`: pairs that tell nearly the same, word by word; `documented`: of each how well, the more the better. A run from before that
    kept how many values are confirmed, and when the last one was.
    """
    pairs = {frozenset(pair) for pair in same}
    stand = dict[str, str]()
    for lead, others in folded.items():
        telling = [lead, *(id for id in others if frozenset((lead, id)) in pairs)]
        best = max(telling, key=lambda id: tuple(documented.get(id, ())))
        if best != lead:
            stand[lead] = best
    return stand
