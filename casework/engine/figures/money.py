"""Figures 7 and 8: how far requests for a loan on rights and for green finance came, by number and by amount of each currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from casework.engine.case_objects.money import amount_of, owed
from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.counting import Figure, Row, added, numbers
from casework.engine.figures.world import World
from casework.engine.parts import NOTHING, SENDS
from casework.engine.state.case import Track

SENT, SECOND_OF_FIRST, OVERDUE = "sent", "second_over_first", "overdue"


@dataclass(frozen=True)
class Chain:
    """Requests of a case for the same, each sent after the one before had come to nothing: one request, by their services' tracks."""

    case: CaseFacts
    services: tuple[str, ...]

    def last(self, names: Iterable[str]) -> Firing | None:
        """The last time that one of these actions was taken on any of them."""
        wanted = frozenset(names)
        found = [one for one in self.case.firings if one.track in self.services and one.name in wanted]
        return found[-1] if found else None


def loans(world: World) -> Figure:
    """Of the requests sent those that passed each door; the bank's beside the first one's; and what is overdue of what was paid."""
    names = world.names
    chains = [chain for case in world.counted for chain in chains_of(case, names.loan)]
    rows = [Row(of={"what": SENT}, numerator=len(chains), cases=numbers(chain.case.number for chain in chains))]
    through = {door: _through(chains, (action,)) for door, action in names.doors}
    rows += [_row({"what": door}, there, len(chains), world) for door, there in through.items()]
    first, second = (through[door] for door, _ in names.doors[:2])
    rows.append(_row({"what": SECOND_OF_FIRST}, second, len(first), world))
    rows.append(_overdue(world))
    return Figure(rows=tuple(rows))


def finance(world: World) -> Figure:
    """Of what was wanted what was offered and closed, in all and by instrument and by item of the catalogue."""
    names = world.names
    chains = [chain for case in world.counted for chain in chains_of(case, names.finance)]
    groups: list[tuple[dict[str, str | None], list[Chain]]] = [({}, chains)]
    for name, (action, field) in (("instrument", names.instrument), ("item", names.item)):
        said = [(chain, _said(chain, action, field)) for chain in chains]
        groups += [
            ({name: value}, [chain for chain, told in said if told == value])
            for value in sorted({told for _, told in said if told is not None})
        ]
    rows: list[Row] = []
    for of, mine in groups:
        wanted = _through(mine, names.stages[0][1])
        for stage, actions in names.stages:
            there = _through(mine, actions)
            rows.append(_row({"what": stage, **of}, there, len(wanted), world))
    return Figure(rows=tuple(rows))


def chains_of(case: CaseFacts, service: str) -> list[Chain]:
    """What was asked of one provider after another is one; what was asked side by side is not."""
    chains: list[list[Track]] = []
    for track in sorted(case.case.tracks.values(), key=lambda track: _sent(case, track)):
        if not track.is_referral or track.kind != service or not _sent(case, track):
            continue
        before = next((chain for chain in chains if _came_to_nothing(case, chain[-1], _sent(case, track))), None)
        if before is None:
            chains.append([track])
        else:
            before.append(track)
    below = {track.id: track.parent for track in case.case.tracks.values()}
    return [
        Chain(case, tuple(id for id, parent in below.items() if parent in {track.id for track in chain}))
        for chain in chains
    ]


def _sent(case: CaseFacts, track: Track) -> int:
    """The event by which a request was sent; nought where it was not."""
    return next((one.seq for one in case.on_track(track.id) if one.part == SENDS), 0)


def _came_to_nothing(case: CaseFacts, track: Track, by: int) -> bool:
    """Whether a request had ended without a result when another event came."""
    last = case.on_track(track.id)[-1]
    return track.ended_at is not None and bool(NOTHING & track.played.keys()) and last.seq < by


def _through(chains: Iterable[Chain], actions: Sequence[str]) -> list[tuple[Chain, Firing]]:
    return [(chain, one) for chain in chains if (one := chain.last(actions)) is not None]


def _said(chain: Chain, action: str, field: str) -> str | None:
    one = chain.last((action,))
    return None if one is None else one.data.get(field)


def _row(of: dict[str, str | None], there: list[tuple[Chain, Firing]], among: int, world: World) -> Row:
    amounts = (amount_of(one.data.get(world.names.amount)) for _, one in there)
    return Row(
        of=of,
        numerator=len(there),
        denominator=among,
        cases=numbers(chain.case.number for chain, _ in there),
        money=added((currency, amount) for amount, currency in filter(None, amounts)),
    )


def _overdue(world: World) -> Row:
    """Loans that are overdue, of all that were paid, and what is owed of them."""
    names = world.names
    paid, late, owing = 0, [], []
    for case in world.counted:
        for track in case.tracks(names.loan):
            payment = [one for one in case.on_track(track.id) if one.name == names.doors[-1][1]]
            amount = amount_of(payment[-1].data.get(names.amount)) if payment else None
            paid += bool(payment)
            if amount is not None and names.overdue in track.states and track.live:
                task, field = names.repayment
                back = [
                    told[0]
                    for one in case.finished(task)
                    if one.track == track.id and (told := amount_of(one.result.get(field))) is not None
                ]
                late.append(case.number)
                owing.append((amount[1], Decimal(owed(amount[0], back))))
    return Row(of={"what": OVERDUE}, numerator=len(late), denominator=paid, cases=numbers(late), money=added(owing))
