"""Referrals that run side by side, as whoever reads the whole case is told of them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.execution.context import Library
from casework.engine.state.case import OPEN_JOIN, Case
from casework.engine.state.join_count import SHORT, members, tally


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinView:
    """Referrals of one service that run side by side, and how many of their results the case waits for."""

    id: str
    service: str
    #: first, all or some.
    rule: str
    #: open, met or given_up.
    state: str
    needed: int
    results: int
    #: How many may still come.
    running: int
    #: How many referrals there are in all.
    asked: int
    #: So many can no longer come.
    short: bool
    referrals: list[str]


def show_joins(case: Case, library: Library) -> list[JoinView]:
    """How many results of each service the case waits for, or waited for, and how many there are."""
    milestones = {track.edition: library[track.edition].milestones for track in case.tracks.values()}
    shown = []
    for join in case.joins.values():
        counted = tally(case, join, milestones)
        shown.append(
            JoinView(
                id=join.id,
                service=join.kind,
                rule=join.rule,
                state=join.state,
                needed=counted.needed(join),
                results=len(counted.results),
                running=len(counted.running),
                asked=counted.asked,
                short=join.state == OPEN_JOIN and counted.verdict(join) == SHORT,
                referrals=[member.id for member in members(case, join)],
            )
        )
    return shown
